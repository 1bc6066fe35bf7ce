//! The tamper drill: on a copy, rows are changed, deleted, slipped in, and files flipped and cut, each at random; after each
//! the reconciler must find it. What it does not find is a hole, and is said.

use super::command::DrillArgs;
use crate::app::{App, Config};
use crate::clock::Clock;
use crate::db::{Conn, Database, DbError, Value, dialect};
use crate::log::{self, LOGGED, Log, Logged, reconcile};
use crate::values;
use anyhow::{Context, bail, ensure};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What is done to the copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Harm {
    Changed,
    Deleted,
    Inserted,
    Swapped,
    EntryDeleted,
    EntryChanged,
    TailCut,
    FileFlipped,
    FileCut,
}

const HARMS: [Harm; 9] = [
    Harm::Changed,
    Harm::Deleted,
    Harm::Inserted,
    Harm::Swapped,
    Harm::EntryDeleted,
    Harm::EntryChanged,
    Harm::TailCut,
    Harm::FileFlipped,
    Harm::FileCut,
];

pub async fn run(app: &App, args: &DrillArgs) -> anyhow::Result<String> {
    let Database::Sqlite { .. } = app.db else {
        bail!(
            "the drill works on a copy it makes itself, which it can of SQLite only; restore a backup of PostgreSQL into SQLite, or run it on a demo city"
        )
    };
    log::round(app).await?;
    let home = tempdir()?;
    let outcome = on_copy(app, args, &home).await;
    let _ = std::fs::remove_dir_all(&home);
    outcome
}

fn tempdir() -> anyhow::Result<PathBuf> {
    let path = std::env::temp_dir().join(format!("sijian-drill-{}", uuid::Uuid::new_v4().simple()));
    std::fs::create_dir_all(&path)?;
    Ok(path)
}

async fn on_copy(app: &App, args: &DrillArgs, home: &Path) -> anyhow::Result<String> {
    copy(&app.config.data.join("log"), &home.join("log"))?;
    copy(&app.config.data.join("keys"), &home.join("keys"))?;
    let file = home.join("sijian.db");
    app.db.copy_to(&file).await?;
    let db = Database::sqlite(&file).await?;
    let copy = App::new(Config { base_url: app.config.base_url.clone(), ..Config::under(home) }, db, Clock::default())?;
    disarm(&copy).await?;
    let report = reconcile::reconcile(&copy).await?;
    ensure!(report.is_sound(), "the log is not sound before the drill: {}", report.findings[0]);
    let mut random = StdRng::seed_from_u64(args.seed);
    let mut done: BTreeMap<Harm, (usize, usize)> = BTreeMap::new();
    let mut missed = Vec::new();
    for n in 0..args.mutations {
        let harm = HARMS[n % HARMS.len()];
        let (told, is_found) = match harm {
            Harm::FileFlipped | Harm::FileCut => on_file(&copy, harm, &mut random).await?,
            _ => on_rows(&copy, harm, &mut random).await?,
        };
        let count = done.entry(harm).or_default();
        count.0 += 1;
        count.1 += usize::from(is_found);
        if !is_found {
            missed.push(told);
        }
    }
    copy.db.close().await;
    let lines: Vec<String> =
        done.iter().map(|(harm, (all, found))| format!("  {harm:?}: {found} of {all} found")).collect();
    let text = format!("{} changes on a copy with {} entries\n{}", args.mutations, report.entries, lines.join("\n"));
    ensure!(missed.is_empty(), "{text}\nNOT FOUND:\n{}", missed.join("\n"));
    Ok(format!("{text}\n✓ every one was found"))
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Takes the copy's triggers away: whoever tampers is master of the database.
async fn disarm(copy: &App) -> anyhow::Result<()> {
    let mut conn = copy.db.write().await?;
    for row in conn.all(dialect::triggers(&copy.db), &[]).await? {
        conn.run(format!("drop trigger {}", row.get::<String>("name")?), &[]).await?;
    }
    conn.commit().await?;
    Ok(())
}

/// Harms rows inside a transaction that is taken back afterwards.
async fn on_rows(copy: &App, harm: Harm, random: &mut StdRng) -> anyhow::Result<(String, bool)> {
    let mut conn = copy.db.write().await?;
    conn.run(dialect::defer_constraints(&copy.db), &[]).await?;
    let logged = table(&mut conn, random).await?;
    let told = match harm {
        Harm::Changed => changed(&mut conn, logged, random).await?,
        Harm::Deleted => {
            let id = any_row(&mut conn, logged, random).await?;
            conn.run(format!("delete from {} as t where {} = $1", logged.table, logged.key_of("t")), values![&id])
                .await?;
            format!("row {id} of {} deleted", logged.table)
        }
        Harm::Inserted => inserted(&mut conn, random).await?,
        Harm::Swapped => swapped(&mut conn, random).await?,
        Harm::EntryDeleted | Harm::EntryChanged => entry(&mut conn, harm, random).await?,
        _ => tail(&mut conn, random).await?,
    };
    let report = reconcile::reconcile_in(copy, &mut conn).await?;
    Ok((told, !report.is_sound()))
}

/// A copy of an event slips in, under a subject of its own.
async fn inserted(conn: &mut Conn, random: &mut StdRng) -> anyhow::Result<String> {
    let logged = LOGGED.iter().find(|one| one.table == EVENTS).context("events are logged")?;
    let many = conn.count(format!("select count(*) from {EVENTS}"), &[]).await?;
    let at = random.random_range(0..many.max(1));
    let copied: Vec<String> = logged
        .columns
        .iter()
        .map(|name| match *name {
            "id" | "subject_id" => format!("'x' || {name}"),
            other => other.to_owned(),
        })
        .collect();
    let sql = format!(
        "insert into {EVENTS} ({}) select {} from {EVENTS} order by sequence limit 1 offset $1",
        logged.columns.join(", "),
        copied.join(", ")
    );
    conn.run(sql, values![at]).await?;
    Ok(format!("a copy of event {at} slipped in"))
}

const EVENTS: &str = "event";

async fn table(conn: &mut Conn, random: &mut StdRng) -> anyhow::Result<&'static Logged> {
    let mut there = Vec::new();
    for one in LOGGED.iter().filter(|one| !one.since.is_empty()) {
        let sql = "select count(*) from log_entry where log = $1 and source = $2";
        if conn.count(sql, values![one.log.word(), one.table]).await? > 1 {
            there.push(one);
        }
    }
    ensure!(!there.is_empty(), "nothing was logged yet");
    Ok(there[random.random_range(0..there.len())])
}

async fn any_row(conn: &mut Conn, logged: &Logged, random: &mut StdRng) -> anyhow::Result<String> {
    let many = conn
        .count(
            "select count(*) from log_entry where log = $1 and source = $2",
            values![logged.log.word(), logged.table],
        )
        .await?;
    let at = random.random_range(0..many);
    let sql = "select source_id from log_entry where log = $1 and source = $2 order by position limit 1 offset $3";
    let row = conn.first(sql, values![logged.log.word(), logged.table, at]).await?.context("a row")?;
    Ok(row.get("source_id")?)
}

async fn changed(conn: &mut Conn, logged: &Logged, random: &mut StdRng) -> anyhow::Result<String> {
    let id = any_row(conn, logged, random).await?;
    // What the schema itself refuses is no harm: then another column of the row.
    let first = random.random_range(0..logged.columns.len());
    for at in 0..logged.columns.len() {
        let column = logged.columns[(first + at) % logged.columns.len()];
        for to in [format!("coalesce({column}, '') || '~'"), format!("coalesce({column}, 0) + 100000")] {
            let sql = format!("update {} as t set {column} = {to} where {} = $1", logged.table, logged.key_of("t"));
            match conn.run(sql, values![&id]).await {
                Ok(_) => return Ok(format!("{column} of row {id} of {} changed", logged.table)),
                Err(DbError::Constraint(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    bail!("no column of row {id} of {} can be changed", logged.table)
}

/// Two events exchange their places in the order.
async fn swapped(conn: &mut Conn, random: &mut StdRng) -> anyhow::Result<String> {
    let many = conn.count("select count(*) from event", &[]).await?;
    ensure!(many > 1, "there is one event only");
    let at = random.random_range(0..many - 1);
    let rows = conn.all("select sequence from event order by sequence limit 2 offset $1", values![at]).await?;
    let (one, other): (i64, i64) = (rows[0].get("sequence")?, rows[1].get("sequence")?);
    for (from, to) in [(one, -1), (other, one), (-1, other)] {
        conn.run(format!("update {EVENTS} set sequence = $2 where sequence = $1"), values![from, to]).await?;
    }
    Ok(format!("events {one} and {other} exchanged"))
}

async fn entry(conn: &mut Conn, harm: Harm, random: &mut StdRng) -> anyhow::Result<String> {
    let log = Log::ALL[random.random_range(0..2)].word();
    let many = conn.count("select count(*) from log_entry where log = $1", values![log]).await?;
    ensure!(many > 0, "the {log} log is empty");
    let at = random.random_range(0..many);
    let sql = match harm {
        Harm::EntryDeleted => "delete from log_entry where log = $1 and position = $2",
        _ => "update log_entry set leaf = leaf || x'7e' where log = $1 and position = $2",
    };
    conn.run(sql, values![log, at]).await?;
    Ok(format!("{harm:?} {at} of the {log} log"))
}

/// The newest rows and everything the database says of them go together.
async fn tail(conn: &mut Conn, random: &mut StdRng) -> anyhow::Result<String> {
    let many = conn.count("select count(*) from log_entry where log = 'audit'", &[]).await?;
    let cut = random.random_range(1..=many.min(50));
    let from = many - cut;
    let rows = conn
        .all("select source, source_id from log_entry where log = 'audit' and position >= $1", values![from])
        .await?;
    for row in rows {
        let (source, id): (String, String) = (row.get("source")?, row.get("source_id")?);
        let logged = LOGGED.iter().find(|one| one.log == Log::Audit && one.table == source);
        let Some(logged) = logged else { continue };
        conn.run(format!("delete from {source} as t where {} = $1", logged.key_of("t")), values![id]).await?;
    }
    let value: Value = from.into();
    for sql in [
        "delete from log_entry where log = 'audit' and position >= $1",
        "delete from log_checkpoint where log = 'audit' and size > $1",
    ] {
        conn.run(sql, std::slice::from_ref(&value)).await?;
    }
    Ok(format!("the last {cut} rows cut off, with their entries and checkpoints"))
}

async fn on_file(copy: &App, harm: Harm, random: &mut StdRng) -> anyhow::Result<(String, bool)> {
    let log = Log::ALL[random.random_range(0..2)];
    let folder = log::folder(copy, log);
    let files = ledger::Directory::new(&folder);
    let mut paths = ledger::Tiles::list(&files)?;
    // An older partial tile may be gone, by the specification, and the last signed checkpoint is kept twice.
    paths.retain(|path| {
        path == ledger::CHECKPOINT || (path.starts_with("tile/") && !path.contains(".p/")) || harm == Harm::FileFlipped
    });
    ensure!(!paths.is_empty(), "the {log} log has no files");
    let path = &paths[random.random_range(0..paths.len())];
    let file = folder.join(path);
    let kept = std::fs::read(&file)?;
    let told = if harm == Harm::FileFlipped {
        let mut bytes = kept.clone();
        let bit = random.random_range(0..bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        std::fs::write(&file, bytes)?;
        format!("bit {bit} of {log}/{path} flipped")
    } else {
        std::fs::write(&file, &kept[..random.random_range(0..kept.len())])?;
        format!("{log}/{path} cut short")
    };
    let report = reconcile::reconcile(copy).await?;
    std::fs::write(&file, kept)?;
    Ok((told, !report.is_sound()))
}
