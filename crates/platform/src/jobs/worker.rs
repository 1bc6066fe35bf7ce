//! Workers: each claims a job, runs it, writes how it went, and looks for the next.
//!
//! **Invariant:** no job runs longer than its claim; a worker that is asked to stop finishes the job it has.

use super::schedule::{self, Regular};
use super::{Job, JobKind, Outcome, store};
use crate::app::App;
use crate::db::DbError;
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Seconds of a claim; what a dead worker had is another's after that.
const CLAIM: i64 = 300;
/// A job is broken off before its claim ends.
const LONGEST: Duration = Duration::from_secs(240);
/// Between two looks when there was nothing to do.
const PAUSE: Duration = Duration::from_secs(1);
/// After the database could not be asked.
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(5);

/// Workers of this process.
pub struct Workers {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Workers {
    /// Starts `count` workers (at least two: the first is kept for quick jobs).
    pub fn start(app: &App, kinds: &'static [JobKind], schedule: &'static [Regular], count: usize) -> Self {
        let (stop, stopped) = watch::channel(false);
        let tasks = (0..count.max(2))
            .map(|n| {
                let mine = kinds.iter().filter(|kind| n > 0 || !kind.is_slow).collect();
                let schedule = if n == 0 { schedule } else { &[] };
                tokio::spawn(work(app.clone(), mine, schedule, stopped.clone()))
            })
            .collect();
        Self { stop, tasks }
    }

    /// Takes no new job, and waits for those that run.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        for task in self.tasks {
            let _ = task.await;
        }
    }
}

async fn work(app: App, kinds: Vec<&'static JobKind>, schedule: &'static [Regular], mut stop: watch::Receiver<bool>) {
    let mut seen = HashMap::new();
    while !*stop.borrow() {
        let looked = async {
            schedule::enqueue_due(&app.db, schedule, app.clock.now(), &mut seen).await?;
            run_one(&app, &kinds).await
        };
        let pause = match looked.await {
            Ok(true) => continue,
            Ok(false) => PAUSE,
            Err(error) => {
                tracing::warn!("a worker cannot use the database: {error}");
                PAUSE_AFTER_ERROR
            }
        };
        tokio::select! { () = tokio::time::sleep(pause) => {}, _ = stop.changed() => {} }
    }
}

/// Runs what is due now, one after the other, and what that makes due; how many tries it took. For tests and tools.
///
/// # Errors
/// A database that cannot be asked.
pub async fn run_due(app: &App, kinds: &'static [JobKind]) -> Result<usize, DbError> {
    let kinds: Vec<&JobKind> = kinds.iter().collect();
    let mut done = 0;
    while run_one(app, &kinds).await? {
        done += 1;
    }
    Ok(done)
}

async fn run_one(app: &App, kinds: &[&'static JobKind]) -> Result<bool, DbError> {
    let Some(job) = store::claim(&app.db, kinds, app.clock.now(), CLAIM).await? else { return Ok(false) };
    let Some(kind) = kinds.iter().find(|kind| kind.name == job.name) else { return Ok(false) };
    if job.tries > kind.tries {
        // Every try ended with its worker, which wrote nothing.
        store::fail(&app.db, &job, true, "the worker died in every try", app.clock.now()).await?;
        return Ok(true);
    }
    let result = carry_out(app, kind, job.clone()).await;
    let now = app.clock.now();
    match result {
        Ok(Outcome::Done) => store::finish(&app.db, &job, now).await?,
        Ok(Outcome::Hopeless(why)) => {
            tracing::warn!(job = %job.id, kind = %job.name, "given up: {why}");
            store::fail(&app.db, &job, true, &why, now).await?;
        }
        Err(error) => {
            tracing::warn!(job = %job.id, kind = %job.name, tries = job.tries, "{error:#}");
            store::fail(&app.db, &job, job.is_last_try, &format!("{error:#}"), now).await?;
        }
    }
    Ok(true)
}

/// In a task of its own: what panics or hangs in a job is that job's failure and nothing else.
async fn carry_out(app: &App, kind: &JobKind, job: Job) -> anyhow::Result<Outcome> {
    let mut task = tokio::spawn((kind.run)(app.clone(), job));
    match tokio::time::timeout(LONGEST, &mut task).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(anyhow::anyhow!("the job panicked")),
        Err(_) => {
            task.abort();
            Err(anyhow::anyhow!("the job took longer than {} seconds", LONGEST.as_secs()))
        }
    }
}
