//! `bench_import`: a ledger of 100,000 closed cases, from its bytes to the commit, as XLSX and CSV; the same with one bad row;
//! and the list out again. SQLite, or PostgreSQL when SIJIAN_TEST_POSTGRES is set. One line a figure.

use anyhow::{Context, Result, ensure};
use platform::accounts::{self, Doer, NewAccount};
use platform::actor::Role;
use platform::app::{App, Config};
use platform::clock::Clock;
use platform::db::{DbError, test_database};
use platform::imports::{Kind, command};
use platform::registry::{Institution, store};
use platform::text::Lang;
use sheets::write::{Csv, Xlsx};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const ROWS: usize = 100_000;
/// Between two acts of somebody else.
const EVERY: Duration = Duration::from_millis(50);
const HEADER: [&str; 12] = [
    "案件编号",
    "被鉴定人",
    "性别",
    "身份证号",
    "联系电话",
    "鉴定事项",
    "委托单位",
    "受理日期",
    "意见书编号",
    "出具日期",
    "状态",
    "鉴定费",
];

#[tokio::main]
async fn main() -> Result<()> {
    for is_xlsx in [true, false] {
        let home = test_database().await?;
        let app = App::new(Config::under(&home.folder), home.database.clone(), Clock::default())?;
        settle(&app).await?;
        let name = if is_xlsx { "XLSX" } else { "CSV" };
        let bad = ledger(&home.folder, is_xlsx, Some(ROWS / 2))?;
        let begun = Instant::now();
        let refused = command::run(&app, &args(&bad)).await.err().context("one bad row was let in")?;
        ensure!(refused.to_string().contains("1 of 100000"), "{refused}");
        ensure!(
            app.db.read().await?.count("select count(*) from event", &[]).await? == 0,
            "a refused import left events"
        );
        println!(
            "{}: {name}, one bad row of {ROWS}: refused after {:.1} s, nothing changed",
            app.db.engine(),
            begun.elapsed().as_secs_f64()
        );
        let good = ledger(&home.folder, is_xlsx, None)?;
        let size = std::fs::metadata(&good)?.len() as f64 / 1_048_576.0;
        let (done, is_done) = tokio::sync::oneshot::channel();
        let others = tokio::spawn(others(app.clone(), is_done));
        let begun = Instant::now();
        command::run(&app, &args(&good)).await?;
        let seconds = begun.elapsed().as_secs_f64();
        let _ = done.send(());
        let waited = others.await??;
        let cases = app.db.read().await?.count("select count(*) from appraisal_case", &[]).await?;
        let events = app.db.read().await?.count("select count(*) from event", &[]).await?;
        ensure!(cases == ROWS as i64 && events == cases, "{cases} cases, {events} events");
        println!(
            "{}: {name} of {size:.0} MB, {ROWS} rows checked, checked again and imported in {seconds:.1} s ({:.0} rows/s); target 60 s; peak {} MB",
            app.db.engine(),
            ROWS as f64 / seconds,
            peak()?
        );
        println!("{}: {name}, meanwhile: {waited}", app.db.engine());
        app.db.close().await;
    }
    Ok(())
}

/// Somebody else who acts all the while: a small transaction every now and then.
async fn others(app: App, mut is_done: tokio::sync::oneshot::Receiver<()>) -> Result<String> {
    let mut waits = Vec::new();
    let mut refused = 0;
    while is_done.try_recv().is_err() {
        let begun = Instant::now();
        match app.db.write().await {
            Ok(mut conn) => {
                conn.run("update account set name = name where login = 'desk'", &[]).await?;
                conn.commit().await?;
            }
            Err(DbError::Busy(_)) => refused += 1,
            Err(other) => return Err(other.into()),
        }
        waits.push(begun.elapsed());
        tokio::time::sleep(EVERY).await;
    }
    waits.sort_unstable();
    let part =
        |of: usize| waits.get(waits.len().saturating_sub(1) * of / 100).copied().unwrap_or_default().as_secs_f64();
    Ok(format!(
        "{} small acts of somebody else, {refused} told that the system is busy; p50 {:.3} s, p99 {:.2} s, longest {:.1} s",
        waits.len(),
        part(50),
        part(99),
        part(100)
    ))
}

fn args(file: &Path) -> command::LedgerArgs {
    command::LedgerArgs {
        file: file.to_owned(),
        institution: Some("甲司法鉴定中心".into()),
        kind: Kind::Cases,
        login: "desk".into(),
        skip_unfinished: false,
        dry_run: false,
        faults: None,
    }
}

async fn settle(app: &App) -> Result<()> {
    let mut conn = app.db.write().await?;
    let house = Institution {
        id: "house".into(),
        name: "甲司法鉴定中心".into(),
        short_name: "甲".into(),
        head_name: "负责人".into(),
        region: "shanghai".into(),
        district: "310101".into(),
        address: "甲路1号".into(),
        phone: "021-1".into(),
        licence: None,
    };
    store::create_institution(&mut conn, &house).await?;
    let desk = NewAccount {
        login: "desk".into(),
        name: "受理".into(),
        roles: vec![Role::FrontDesk],
        organisation_id: Some("house".into()),
        language: Lang::Zh,
        password_hash: None,
    };
    accounts::create_account(&mut conn, &desk, &Doer::machine("bench"), app.clock.now())
        .await
        .map_err(|fail| anyhow::anyhow!("{fail}"))?;
    conn.commit().await?;
    Ok(())
}

/// The file, with one date that may be two days in the row given.
fn ledger(folder: &Path, is_xlsx: bool, bad: Option<usize>) -> Result<PathBuf> {
    let ending = if is_xlsx { "xlsx" } else { "csv" };
    let path = folder.join(format!("ledger-{}.{ending}", bad.is_some()));
    let file = std::io::BufWriter::new(std::fs::File::create(&path)?);
    let row = |n: usize| {
        let day =
            if bad == Some(n) { "24/3/2".to_owned() } else { format!("2024年{}月{}日", n % 12 + 1, n % 28 + 1) };
        [
            format!("2024-{n:06}"),
            format!("人{}", n % 9_973),
            if n.is_multiple_of(2) { "男".into() } else { "女".into() },
            "11010519491231002X".into(),
            format!("138{n:08}"),
            "法医临床鉴定".into(),
            format!("某区人民法院第{}庭", n % 40),
            day,
            format!("甲鉴〔2024〕临鉴字第{n}号"),
            "2025-06-30".into(),
            "已办结".into(),
            format!("{}.50元", 800 + n % 2_000),
        ]
    };
    if is_xlsx {
        let mut sheet = Xlsx::new("台账", &HEADER, &[])?;
        for n in 0..ROWS {
            sheet.row(&row(n))?;
        }
        sheet.finish(file)?;
    } else {
        let mut text = Csv::new(file, &HEADER)?;
        for n in 0..ROWS {
            text.row(&row(n))?;
        }
        text.finish()?;
    }
    Ok(path)
}

/// The most memory that the process has held, in MB.
fn peak() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM")).context("no VmHWM")?;
    let kb: u64 = line.split_whitespace().nth(1).context("no figure")?.parse()?;
    Ok(kb / 1024)
}
