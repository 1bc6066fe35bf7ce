//! `acknowledged write FOLDER` commits acts for ever and prints the number of each once it is acknowledged, the sequencer running
//! beside it; `acknowledged check FOLDER LAST` says whether everything up to LAST is there and database and logs are one. For
//! `scripts/power-cuts`.

use anyhow::{Context, Result, bail, ensure};
use platform::app::{App, Config};
use platform::clock::Clock;
use platform::db::Database;
use platform::log::{self, Sequencer, reconcile};
use platform::values;
use std::io::Write;
use std::path::PathBuf;

#[tokio::main]
async fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [_, "write", folder] => write(folder.into()).await,
        [_, "check", folder, last] => check(folder.into(), last.parse().context("LAST is a number")?).await,
        _ => bail!("acknowledged write FOLDER | acknowledged check FOLDER LAST"),
    }
}

async fn open(folder: PathBuf) -> Result<App> {
    std::fs::create_dir_all(&folder)?;
    let database = Database::sqlite(&folder.join("sijian.db")).await?;
    App::new(Config::under(folder), database, Clock::default())
}

async fn write(folder: PathBuf) -> Result<()> {
    let app = open(folder).await?;
    let _sequencer = Sequencer::start(&app)?;
    let mut out = std::io::stdout();
    for number in 1_i64.. {
        let mut conn = app.db.write().await?;
        let act = "insert into account_event (happened_at, actor_id, actor_name, account_id, account_login, action, result, detail, request_id)
                   values ('2026-11-30T00:00:00.000Z', null, 'drill', $1, 'drill', 'drill', 'done', '{}', 'drill')";
        conn.run(act, values![number.to_string()]).await?;
        conn.commit().await?;
        writeln!(out, "{number}")?;
        out.flush()?;
    }
    Ok(())
}

async fn check(folder: PathBuf, last: i64) -> Result<()> {
    let app = open(folder).await?;
    let mut conn = app.db.read().await?;
    let there = conn.count("select count(*) from account_event where actor_name = 'drill'", &[]).await?;
    ensure!(there >= last, "{} of {last} acknowledged acts are lost", last - there);
    let said: String = conn.all("pragma integrity_check", &[]).await?[0].at(0)?;
    ensure!(said == "ok", "integrity_check: {said}");
    drop(conn);
    // The dead writer's lease would run out by itself in half a minute; nobody else is here to hold it.
    let mut conn = app.db.write().await?;
    conn.run("update log_lease set holder = '', until = ''", &[]).await?;
    conn.commit().await?;
    while log::round(&app).await? > 0 {}
    let report = reconcile::reconcile(&app).await?;
    ensure!(report.waiting == 0, "{} rows are in no log", report.waiting);
    match report.findings.first() {
        Some(finding) => bail!("{finding}"),
        None => {
            println!("{there} acts, {last} acknowledged; database and logs are one");
            Ok(())
        }
    }
}
