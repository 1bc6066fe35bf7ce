//! Work that is done later: a table of jobs, workers that claim them, a small schedule.
//!
//! **Invariant:** a job is written in the transaction of what gives rise to it, and is done at least once: it leaves the
//! table's waiting rows only as done, or as dead after its last try, where the system administrator sees it. So whatever
//! a job does must bear being done twice.

mod pages;
mod schedule;
mod store;
mod worker;

pub use pages::routes;
pub use schedule::{Regular, When};
pub use store::{NewJob, enqueue};
pub use worker::{Workers, run_due};

use crate::app::App;
use crate::values;
use futures::future::BoxFuture;
use jiff::{Span, Timestamp};
use serde_json::Value as Json;

/// The job that every event writes beside itself: the outbox. What it does is handed in like every other kind.
pub const EVENT: &str = "event";

/// A kind of job; the list of them is `JOBS` in `lib.rs`.
pub struct JobKind {
    pub name: &'static str,
    pub run: fn(App, Job) -> BoxFuture<'static, anyhow::Result<Outcome>>,
    /// After so many tries it is dead.
    pub tries: i64,
    /// Waits for others (a mail server, a receiver): never on the worker that is kept for the quick ones.
    pub is_slow: bool,
}

/// A claimed job.
#[derive(Clone, Debug)]
pub struct Job {
    pub id: String,
    pub name: String,
    pub payload: Json,
    /// This try included.
    pub tries: i64,
    /// Should it fail now, it is dead.
    pub is_last_try: bool,
    claim: String,
}

impl Job {
    /// A text of the payload; empty where it has none.
    pub fn text(&self, name: &str) -> &str {
        self.payload[name].as_str().unwrap_or_default()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// No later try can succeed; says why.
    Hopeless(String),
}

/// The first wait after a failure; each later one is twice as long.
const WAIT_FIRST: i64 = 10;
/// And none is longer: an hour, so that a receiver that comes back is not left waiting for days.
const WAIT_LONGEST: i64 = 3_600;

/// Tries that fill three days with these waits.
pub const TRIES_THREE_DAYS: i64 = 79;
/// Tries of work inside the house: a good hour.
pub const TRIES_AN_HOUR: i64 = 10;

/// Seconds to wait after the `tries`-th failure.
fn wait_after(tries: i64) -> i64 {
    let doublings = u32::try_from(tries.clamp(1, 20) - 1).unwrap_or_default();
    (WAIT_FIRST << doublings).min(WAIT_LONGEST)
}

fn later(now: Timestamp, seconds: i64) -> Timestamp {
    now.checked_add(Span::new().seconds(seconds)).unwrap_or(now)
}

/// Days for which a job that is done is kept, to be looked at.
const KEPT_DAYS: i64 = 30;

/// Forgets what was done long ago.
pub const TIDY: JobKind =
    JobKind { name: "jobs.tidy", run: |app, _| Box::pin(tidy(app)), tries: TRIES_AN_HOUR, is_slow: false };

async fn tidy(app: App) -> anyhow::Result<Outcome> {
    let before = later(app.clock.now(), -KEPT_DAYS * 86_400);
    let mut conn = app.db.write().await?;
    conn.run("delete from job where done_at < $1", values![before]).await?;
    conn.commit().await?;
    Ok(Outcome::Done)
}
