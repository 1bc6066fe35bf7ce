//! `bench_log`: how many leaves a second go all the way: row → outbox → entry → tiles → signed and published checkpoint, on
//! SQLite with `synchronous=FULL` (or PostgreSQL when SIJIAN_TEST_POSTGRES is set). One line a figure.
//!
//! A writer commits acts at a fixed pace; the real sequencer runs beside it. Somebody who looks at the published checkpoint
//! every few milliseconds tells how long each commit waited to be in it.

use anyhow::{Context, Result, ensure};
use jiff::Timestamp;
use platform::accounts::{self, Doer, NewAccount};
use platform::actor::{Actor, Role};
use platform::app::{App, Config};
use platform::clock::Clock;
use platform::db::test_database;
use platform::log::{self, Log, Sequencer};
use platform::perform::{Act, Subject};
use platform::text::Lang;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How often the published checkpoint is looked at.
const LOOK: Duration = Duration::from_millis(5);
/// After the last commit the sequencer may take this long.
const PATIENCE: Duration = Duration::from_secs(60);
/// The city's own peak (security.md §5), and what is demanded.
const PEAK: u64 = 20;
const DEMANDED: u64 = 3_000;

#[tokio::main]
async fn main() -> Result<()> {
    // Leaves a commit, leaves a second (0: as fast as it goes), seconds.
    for (group, pace, seconds) in [(1, PEAK, 20), (10, DEMANDED, 20), (50, 0, 15), (1, 0, 15)] {
        let home = test_database().await?;
        let app = App::new(Config::under(&home.folder), home.database.clone(), Clock::default())?;
        let who = settle(&app).await?;
        let sequencer = Sequencer::start(&app)?;
        let figures = run(&app, &who, group, pace, Duration::from_secs(seconds)).await?;
        sequencer.stop().await;
        println!("{}: {}", app.db.engine(), figures.line(group, pace));
        app.db.close().await;
    }
    Ok(())
}

struct Figures {
    leaves: u64,
    writing: Duration,
    /// From the first commit until everything was published.
    until_published: Duration,
    /// For each commit, how long until it was in a published checkpoint, the shortest first.
    delays: Vec<Duration>,
    checkpoints: usize,
}

impl Figures {
    fn line(&self, group: u64, pace: u64) -> String {
        let part = |of: usize| self.delays[(self.delays.len() - 1) * of / 100].as_secs_f64();
        let asked = if pace == 0 { "as fast as it goes".to_owned() } else { format!("asked for {pace}/s") };
        format!(
            "{asked}, {group} a commit: {:.0} leaves/s committed and {:.0}/s published over {:.0} s ({} leaves, {} checkpoints); \
             commit to published checkpoint p50 {:.2} s, p99 {:.2} s, longest {:.2} s",
            self.leaves as f64 / self.writing.as_secs_f64(),
            self.leaves as f64 / self.until_published.as_secs_f64(),
            self.until_published.as_secs_f64(),
            self.leaves,
            self.checkpoints,
            part(50),
            part(99),
            part(100),
        )
    }
}

async fn run(app: &App, who: &Actor, group: u64, pace: u64, lasts: Duration) -> Result<Figures> {
    let path = log::folder(app, Log::Audit).join("checkpoint");
    let start = settled(&path, app).await?;
    let stop = Arc::new(AtomicBool::new(false));
    let looking = std::thread::spawn({
        let (path, stop) = (path.clone(), stop.clone());
        move || watch(&path, &stop)
    });
    let begun = Instant::now();
    let mut commits = Vec::new();
    let mut leaves = 0;
    while begun.elapsed() < lasts {
        if pace > 0 {
            let due = begun + Duration::from_secs_f64(leaves as f64 / pace as f64);
            tokio::time::sleep(due.saturating_duration_since(Instant::now())).await;
        }
        commit(app, who, leaves, group).await?;
        leaves += group;
        commits.push((start + leaves, Instant::now()));
    }
    let writing = begun.elapsed();
    while size(&path) < start + leaves {
        ensure!(begun.elapsed() < lasts + PATIENCE, "the sequencer does not come to an end");
        tokio::time::sleep(LOOK).await;
    }
    let until_published = begun.elapsed();
    stop.store(true, Ordering::Relaxed);
    let seen = looking.join().ok().context("the watcher fell")?;
    let mut delays = Vec::new();
    let mut at = 0;
    for (size, when) in commits {
        while at < seen.len() && seen[at].0 < size {
            at += 1;
        }
        let (_, shown) = seen.get(at).context("a commit that was never seen published")?;
        delays.push(shown.saturating_duration_since(when));
    }
    delays.sort_unstable();
    Ok(Figures { leaves, writing, until_published, delays, checkpoints: seen.len() })
}

/// One transaction with so many events, durable when this returns.
async fn commit(app: &App, who: &Actor, from: u64, many: u64) -> Result<()> {
    let fail = |fail: platform::fail::Fail| anyhow::anyhow!("{fail}");
    let act = Act {
        step: "T01",
        action: "entrust".into(),
        article: "通则 11",
        role: Role::Client,
        from: None,
        to: "received".into(),
        terms: Vec::new(),
        detail: json!({ "note": "二〇二六年十一月，材料三份，当面核对无误。" }),
    };
    let acts: Vec<_> = (from..from + many)
        .map(|n| (Subject { procedure: "bench", id: format!("case-{n}"), version: 0 }, act.clone()))
        .collect();
    let mut tx = app.write(who, "bench").await?;
    tx.perform_many(&acts).await.map_err(fail)?;
    tx.conn.commit().await?;
    Ok(())
}

/// Each new size of the published checkpoint, with the moment it was seen.
fn watch(path: &Path, stop: &AtomicBool) -> Vec<(u64, Instant)> {
    let mut seen: Vec<(u64, Instant)> = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let now = size(path);
        if seen.last().is_none_or(|(last, _)| *last < now) {
            seen.push((now, Instant::now()));
        }
        std::thread::sleep(LOOK);
    }
    seen
}

fn size(path: &Path) -> u64 {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().nth(1).and_then(|line| line.parse().ok()).unwrap_or_default()
}

/// The size once the account's own entries are published.
async fn settled(path: &Path, app: &App) -> Result<u64> {
    let begun = Instant::now();
    loop {
        let waiting = app.db.read().await?.count("select count(*) from log_outbox", &[]).await?;
        let entries = app.db.read().await?.count("select count(*) from log_entry where log = 'audit'", &[]).await?;
        let now = size(path);
        if waiting == 0 && entries > 0 && i64::try_from(now)? == entries {
            return Ok(now);
        }
        ensure!(begun.elapsed() < PATIENCE, "the log does not begin");
        tokio::time::sleep(LOOK).await;
    }
}

async fn settle(app: &App) -> Result<Actor> {
    let mut conn = app.db.write().await?;
    let account = NewAccount {
        login: "bench".into(),
        name: "计量".into(),
        roles: vec![Role::AuditAdministrator],
        organisation_id: None,
        language: Lang::Zh,
        password_hash: None,
    };
    let now: Timestamp = app.clock.now();
    let id = accounts::create_account(&mut conn, &account, &Doer::machine("bench"), now)
        .await
        .map_err(|fail| anyhow::anyhow!("{fail}"))?;
    conn.commit().await?;
    Ok(Actor {
        account_id: id,
        login: account.login,
        name: account.name,
        roles: account.roles,
        organisation_id: None,
        organisation_name: String::new(),
        appraiser_id: None,
        language: Lang::Zh,
    })
}
