//! 进度与取消: how long work tells where it is and asks whether to go on.
//!
//! **Invariant:** a watcher sees the work, it never changes its result.

/// Watches long work. All methods have a harmless default, so a watcher says only what it wants to.
pub trait Watcher: Sync {
    /// `done` of `whole` parts of the step `step` are done. `done` never falls within a step.
    fn progress(&self, step: &'static str, done: usize, whole: usize) {
        let _ = (step, done, whole);
    }
    /// Asked often; once it says true the work ends with [`Stopped`].
    fn is_cancelled(&self) -> bool {
        false
    }
}

/// Sees nothing and lets everything run.
pub struct Unwatched;

impl Watcher for Unwatched {}

/// The work was cancelled by its watcher; nothing was produced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped;

impl std::fmt::Display for Stopped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the work was cancelled")
    }
}

impl std::error::Error for Stopped {}

/// Tells the watcher and asks it at once.
///
/// # Errors
/// [`Stopped`] if the watcher wants no more.
pub fn step(watcher: &dyn Watcher, name: &'static str, done: usize, whole: usize) -> Result<(), Stopped> {
    watcher.progress(name, done, whole);
    if watcher.is_cancelled() { Err(Stopped) } else { Ok(()) }
}
