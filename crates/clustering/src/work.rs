//! How a computation is run: threads, progress, cancellation.
//!
//! **Invariant:** work is cut into pieces by the number of items alone and put together in the order of the pieces, so no result depends on threads.

use crate::Fault;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Whom a long computation tells how far it is, and asks whether to go on.
pub trait Progress: Sync {
    /// `done` of `total` steps of the present phase.
    fn report(&self, done: u64, total: u64);
    /// Whether to stop; asked every few milliseconds.
    fn cancelled(&self) -> bool;
}

/// Tells nobody, never stops.
pub struct Quiet;

impl Progress for Quiet {
    fn report(&self, _: u64, _: u64) {}
    fn cancelled(&self) -> bool {
        false
    }
}

/// Threads and progress of one computation.
#[derive(Clone, Copy)]
pub struct Work<'a> {
    pub threads: usize,
    pub progress: &'a dyn Progress,
}

impl Work<'_> {
    /// One thread, nobody is told.
    pub fn quiet() -> Work<'static> {
        Work { threads: 1, progress: &Quiet }
    }

    /// Stops here if the caller wants to.
    pub(crate) fn go_on(&self) -> Result<(), Fault> {
        if self.progress.cancelled() { Err(Fault::Cancelled) } else { Ok(()) }
    }

    /// Does `many` items in pieces of `piece`; what each piece gives, in order.
    pub(crate) fn pieces<T: Send>(
        &self,
        many: usize,
        piece: usize,
        does: impl Fn(Range<usize>) -> T + Sync,
    ) -> Result<Vec<T>, Fault> {
        let count = many.div_ceil(piece);
        let range = |at: usize| at * piece..((at + 1) * piece).min(many);
        if self.threads <= 1 || count <= 1 {
            let mut given = Vec::with_capacity(count);
            for at in 0..count {
                self.go_on()?;
                given.push(does(range(at)));
                self.progress.report((at + 1) as u64, count as u64);
            }
            return Ok(given);
        }
        let (next, done, stopped) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
        let given: Mutex<Vec<(usize, T)>> = Mutex::new(Vec::with_capacity(count));
        let work = || loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count || stopped.load(Ordering::Relaxed) {
                return;
            }
            if self.progress.cancelled() {
                stopped.store(true, Ordering::Relaxed);
                return;
            }
            let one = does(range(at));
            given.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((at, one));
            self.progress.report((done.fetch_add(1, Ordering::Relaxed) + 1) as u64, count as u64);
        };
        std::thread::scope(|scope| {
            for _ in 1..self.threads.min(count) {
                scope.spawn(work);
            }
            work();
        });
        let mut given = given.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        if stopped.into_inner() {
            return Err(Fault::Cancelled);
        }
        given.sort_unstable_by_key(|(at, _)| *at);
        Ok(given.into_iter().map(|(_, one)| one).collect())
    }
}
