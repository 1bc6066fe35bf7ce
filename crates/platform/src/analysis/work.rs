//! The job of a run: extract, keep, screen, keep, raise leads; the nightly job asks for one.
//!
//! **Invariant:** what is screened is what was kept: the extract is packed, stored and read back before a detector sees it, so
//! that a repetition from the kept bytes begins where the run began.

use super::facts::{self, Known};
use super::runs::{self, Parameters, Q_MAX, Run, Summary};
use super::steps::{RunAction, RunState};
use super::told::ALL;
use super::{figures, found, groups, kept};
use crate::actor::{Actor, Role};
use crate::app::App;
use crate::fail::Fail;
use crate::files;
use crate::jobs::{Job, Outcome};
use crate::text::Lang;
use anyhow::Context;
use jiff::{Span, Timestamp};
use screening::detectors::Finding;
use screening::progress::Watcher;
use screening::screen;
use screening::sector::Sector;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Threads of one run; pages are served meanwhile.
const THREADS_MAX: usize = 4;
/// Between two looks at the run's row: whether it is cancelled, and to write how far it is.
const LOOK: Duration = Duration::from_millis(500);
/// Days that the nightly screen looks back: two years. In one year what began before it has no beginning, and average precision falls from
/// .92 to .69 (decision 0103).
const NIGHTLY_DAYS: i64 = 731;

/// Who acts at night.
fn machine() -> Actor {
    Actor {
        account_id: String::new(),
        login: "nightly".into(),
        name: "夜间筛查".into(),
        roles: vec![Role::Supervisor],
        organisation_id: None,
        organisation_name: String::new(),
        appraiser_id: None,
        language: Lang::Zh,
    }
}

/// Asks for the screen of the last two years.
pub(super) async fn nightly(app: App) -> anyhow::Result<Outcome> {
    let mut tx = app.write(&machine(), "nightly").await?;
    let from = tx.today().checked_sub(Span::new().days(NIGHTLY_DAYS)).ok();
    let engine = app.db.engine();
    runs::request(&mut tx, engine, Parameters { from, q_max: Q_MAX }, None).await.map_err(told)?;
    tx.conn.commit().await?;
    Ok(Outcome::Done)
}

fn told(fail: Fail) -> anyhow::Error {
    match fail {
        Fail::Internal(error) => error,
        other => anyhow::anyhow!("{other}"),
    }
}

/// Computes a run; a run that was cancelled or is done is left as it is.
pub(super) async fn run(app: App, job: Job) -> anyhow::Result<Outcome> {
    let mut tx = app.write(&machine(), &job.id).await?;
    let mut run = runs::find(&mut tx.conn, job.text("run")).await.map_err(told)?;
    match run.state {
        RunState::Requested => runs::carry_out(&mut tx, &mut run, RunAction::Start, json!({})).await.map_err(told)?,
        // A worker died at it: once more from the beginning.
        RunState::Running => {}
        RunState::Done | RunState::Failed | RunState::Cancelled => return Ok(Outcome::Done),
    }
    tx.conn.commit().await?;
    let result = compute(&app, &job, &mut run).await;
    match result {
        Ok(()) => Ok(Outcome::Done),
        Err(fail) if is_over(&app, &run.id).await? => {
            tracing::info!(run = %run.id, "a run was ended while it was computed: {fail}");
            Ok(Outcome::Done)
        }
        Err(fail) if job.is_last_try || matches!(fail, Fail::TooLarge(_)) => {
            let mut tx = app.write(&machine(), &job.id).await?;
            run = runs::find(&mut tx.conn, &run.id).await.map_err(told)?;
            let error = told(fail);
            run.error = format!("{error:#}");
            let detail = json!({ "error": run.error });
            runs::carry_out(&mut tx, &mut run, RunAction::Fail, detail).await.map_err(told)?;
            tx.conn.commit().await?;
            Ok(Outcome::Hopeless(format!("{error:#}")))
        }
        Err(fail) => Err(told(fail)),
    }
}

async fn is_over(app: &App, id: &str) -> anyhow::Result<bool> {
    let run = runs::find(&mut app.db.read().await?, id).await.map_err(told)?;
    Ok(run.state != RunState::Running)
}

async fn compute(app: &App, job: &Job, run: &mut Run) -> Result<(), Fail> {
    let (bytes, known, left_out) = match (&run.repeats, &run.extract_sha256) {
        (Some(_), Some(sha256)) => (app.files.bytes(sha256).await?.to_vec(), None, 0),
        _ => {
            let extract = facts::extract(app, run.parameters.from).await?;
            let (known, left_out) = (extract.known, extract.left_out);
            let sector = extract.sector;
            (blocking(move || kept::pack(&sector)).await?, Some(known), left_out)
        }
    };
    if known.is_some() {
        let stored = app.files.put(bytes.clone(), "application/zip").await?;
        let mut conn = app.db.write().await?;
        files::record(&mut conn, &stored, app.clock.now()).await?;
        conn.commit().await?;
        run.extract_sha256 = Some(stored.sha256);
    }
    let sector = Arc::new(blocking(move || kept::unpack(&bytes)).await?);
    let findings = screened(app, &run.id, sector.clone()).await?;
    let table = screen::table(&sector, &findings).into_bytes();
    let stored = app.files.put(table, "text/csv").await?;
    // Made before anything is held: others write meanwhile.
    let known = known.map(Arc::new);
    let made = match &known {
        Some(known) => Some(figures::made(app, sector.clone(), known.clone()).await?),
        None => None,
    };
    let mut tx = app.write(&machine(), &job.id).await?;
    files::record(&mut tx.conn, &stored, tx.now).await?;
    let first = match &run.repeats {
        Some(first) => runs::find(&mut tx.conn, first).await?.findings_sha256,
        None => None,
    };
    run.summary = summary(&sector, &findings, left_out);
    if let (Some(known), Some(made)) = (&known, made) {
        run.summary.groups = groups::keep(app, &mut tx, sector.clone(), known).await?;
        run.summary.figures = Some(made.keep(&mut tx).await?);
    }
    run.summary.agrees = first.map(|sha256| sha256 == stored.sha256);
    run.findings_sha256 = Some(stored.sha256);
    if let Some(known) = known {
        raise(&mut tx, run, &sector, &known, &findings).await?;
    }
    let detail = json!({ "extract": run.extract_sha256, "findings": run.findings_sha256, "summary": run.summary });
    runs::carry_out(&mut tx, run, RunAction::Finish, detail).await?;
    tx.conn.commit().await?;
    Ok(())
}

async fn raise(
    tx: &mut crate::perform::Tx,
    run: &mut Run,
    sector: &Sector,
    known: &Known,
    findings: &[Finding],
) -> Result<(), Fail> {
    let (new, again) = found::raise(tx, &run.id, &run.parameters, sector, known, findings).await?;
    run.summary.new_leads = new;
    run.summary.seen_again = again;
    Ok(())
}

fn summary(sector: &Sector, findings: &[Finding], left_out: usize) -> Summary {
    Summary {
        cases: sector.cases.len(),
        left_out,
        institutions: sector.institutions.len(),
        appraisers: sector.appraiser_home.len(),
        findings: findings.len(),
        coverage: facts::coverage(sector),
        ..Summary::default()
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> anyhow::Result<T> + Send + 'static) -> Result<T, Fail> {
    let done = tokio::task::spawn_blocking(work).await.context("the work broke off")?;
    done.map_err(Fail::Internal)
}

/// Sees how far the detectors are; told when to stop.
#[derive(Default)]
struct Seen {
    is_cancelled: AtomicBool,
    /// Thousandths of each step.
    steps: Mutex<BTreeMap<&'static str, i64>>,
}

impl Watcher for Seen {
    fn progress(&self, step: &'static str, done: usize, whole: usize) {
        if let Ok(mut steps) = self.steps.lock() {
            steps.insert(step, i64::try_from(done * 1_000 / whole.max(1)).unwrap_or(1_000));
        }
    }

    fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Relaxed)
    }
}

impl Seen {
    /// The step that is the least far, and the whole in thousandths of all detectors.
    fn told(&self) -> (&'static str, i64) {
        let Ok(steps) = self.steps.lock() else { return ("", 0) };
        let open = steps.iter().filter(|(_, done)| **done < 1_000).min_by_key(|(_, done)| **done);
        (open.map_or("", |(name, _)| name), steps.values().sum())
    }
}

async fn screened(app: &App, id: &str, sector: Arc<Sector>) -> Result<Vec<Finding>, Fail> {
    let seen = Arc::new(Seen::default());
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS_MAX);
    let watcher = seen.clone();
    let mut work = tokio::task::spawn_blocking(move || screen::screen_all(&sector, threads, watcher.as_ref()));
    let whole = 1_000 * ALL.len() as i64;
    loop {
        match tokio::time::timeout(LOOK, &mut work).await {
            Ok(done) => {
                let found = done.context("the screen broke off")?;
                return found.map_err(|stopped| Fail::Internal(stopped.into()));
            }
            Err(_) => {
                let (step, done) = seen.told();
                let mut conn = app.db.write().await?;
                let is_on = runs::progress(&mut conn, id, step, done, whole).await?;
                conn.commit().await?;
                seen.is_cancelled.store(!is_on, Ordering::Relaxed);
            }
        }
    }
}

/// The table of findings of an extract; for the test that it is the same on one thread and on two.
///
/// # Errors
/// Nothing stops it.
pub fn findings(sector: &Sector, threads: usize) -> anyhow::Result<String> {
    let found = screen::screen_all(sector, threads, &screening::progress::Unwatched)?;
    Ok(screen::table(sector, &found))
}

/// When the job would have been late; kept for the page of a run that waits.
pub(super) fn waits_long(requested_at: Timestamp, now: Timestamp) -> bool {
    now.as_second() - requested_at.as_second() > 60
}
