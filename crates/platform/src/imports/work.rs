//! The work of a run: read the file, hold every row against what is known, write all or nothing.
//!
//! **Invariant:** `done` is written in the transaction that writes the rows. A process that ends earlier leaves a run that
//! says it is at work and nobody at work on it: that run is broken off, and nothing of it is in the database.

use super::columns::{Kind, Mapping};
use super::ledger::{self, Reading};
use super::registers;
use super::said::{self, RowFault, Told};
use super::store::{self, Counts, Run, State};
use crate::actor::Actor;
use crate::app::App;
use crate::cases::history;
use crate::db::DbError;
use crate::fail::Fail;
use crate::files;
use crate::perform::new_id;
use crate::text::{Lang, say};
use crate::web::Signed;
use anyhow::Context;
use jiff::Timestamp;
use sheets::Table;
use sheets::write::Xlsx;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use tokio::sync::Semaphore;

/// Cases entered by one statement, after which the progress moves.
const AT_ONCE: usize = 500;
/// Faults kept for the page; the file has them all.
pub(super) const TOLD_MAX: usize = 50;
/// Rows of the file of faults; nobody mends more by hand, and most faults of such a file are one.
const FAULTY_ROWS_MAX: usize = 10_000;
/// After so long without a word, a run of another process is taken for broken off: the largest import takes a minute.
const SILENT_SECONDS: i64 = 600;

/// How far a run is: rows read while it is checked, rows written while it is imported.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicUsize,
    all: AtomicUsize,
}

impl Progress {
    fn set(&self, done: usize, all: usize) {
        self.done.store(done, Ordering::Relaxed);
        self.all.store(all, Ordering::Relaxed);
    }

    pub fn get(&self) -> (usize, usize) {
        (self.done.load(Ordering::Relaxed), self.all.load(Ordering::Relaxed))
    }
}

/// Runs that this process works on.
static RUNNING: LazyLock<Mutex<HashMap<String, Arc<Progress>>>> = LazyLock::new(Mutex::default);
/// Tells this process from others on the same database.
static PROCESS: LazyLock<String> = LazyLock::new(|| uuid::Uuid::new_v4().simple().to_string());
/// A ledger of 100,000 rows takes some 200 MB while it is worked on: one at a time, the others wait.
static ONE_AT_A_TIME: Semaphore = Semaphore::const_new(1);

pub fn process() -> String {
    PROCESS.clone()
}

/// How far the run is, if this process works on it.
pub fn progress(run_id: &str) -> Option<(usize, usize)> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner).get(run_id).map(|progress| progress.get())
}

/// Whether a run that says it is at work has nobody at work on it.
pub fn is_abandoned(run: &Run, now: Timestamp) -> bool {
    let silent = now.as_second() - run.changed_at.as_second() > SILENT_SECONDS;
    run.state.is_running() && progress(&run.id).is_none() && (run.process == *PROCESS || silent)
}

/// Holds the run's place among those at work; given back also when the work panics.
struct Place(String, Arc<Progress>);

impl Place {
    fn take(run_id: &str) -> Self {
        let progress = Arc::new(Progress::default());
        RUNNING.lock().unwrap_or_else(PoisonError::into_inner).insert(run_id.to_owned(), progress.clone());
        Self(run_id.to_owned(), progress)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        RUNNING.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}

/// Who asked for the work, and for which request.
#[derive(Clone, Debug)]
pub struct Asker {
    pub actor: Actor,
    pub lang: Lang,
    pub request_id: String,
}

impl Asker {
    pub fn of(who: &Signed) -> Self {
        Self { actor: who.actor.clone(), lang: who.visitor.lang, request_id: who.visitor.request_id.clone() }
    }
}

/// Begins the run's work in the background. The run says already that it is at work.
pub fn begin(app: App, asker: Asker, run: Run) {
    let place = Place::take(&run.id);
    tokio::spawn(async move {
        let id = run.id.clone();
        let progress = place.1.clone();
        if let Err(fail) = work(&app, &asker, run, &progress).await {
            tracing::error!(run = %id, "an import broke off: {fail}");
        }
        drop(place);
    });
}

/// Does the run's work: a check, or a check and the import. What became of it; a failure leaves the run broken off.
///
/// # Errors
/// The failure, for the log.
pub async fn work(app: &App, asker: &Asker, run: Run, progress: &Progress) -> Result<Run, Fail> {
    let was = run.state;
    let result = match ONE_AT_A_TIME.acquire().await {
        Ok(_permit) => checked_or_imported(app, asker, run.clone(), progress).await,
        Err(closed) => Err(Fail::Internal(closed.into())),
    };
    if result.is_err() {
        let broken = Run { state: State::BrokenOff, ..run };
        let mut conn = app.db.write().await?;
        store::advance(&mut conn, &broken, &[was], app.clock.now()).await?;
        conn.commit().await?;
    }
    result
}

async fn checked_or_imported(app: &App, asker: &Asker, run: Run, progress: &Progress) -> Result<Run, Fail> {
    let is_import = run.state == State::Importing;
    let was = run.state;
    let prepared = prepare(app, asker, &run, progress).await?;
    let is_sound = prepared.counts.bad == 0 && prepared.counts.good > 0;
    let mut run = Run { counts: prepared.counts, faults: prepared.told, faults_sha256: None, ..run };
    if is_import && is_sound {
        run.state = State::Done;
        write(app, asker, &run, prepared.rows, progress).await?;
        return Ok(run);
    }
    run.state = if is_sound { State::Checked } else { State::Refused };
    let stored = match prepared.faulty {
        Some(bytes) => Some(app.files.put(bytes, XLSX).await?),
        None => None,
    };
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    if let Some(stored) = &stored {
        files::record(&mut conn, stored, now).await?;
        run.faults_sha256 = Some(stored.sha256.clone());
    }
    store::advance(&mut conn, &run, &[was], now).await?;
    conn.commit().await?;
    Ok(run)
}

pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

enum Rows {
    Cases(Vec<history::Closed>),
    Register(Vec<registers::Entry>),
}

/// A file that was read and held against what is known.
struct Prepared {
    rows: Rows,
    counts: Counts,
    told: Vec<Told>,
    /// The faulty rows as a sheet.
    faulty: Option<Vec<u8>>,
}

async fn prepare(app: &App, asker: &Asker, run: &Run, progress: &Progress) -> Result<Prepared, Fail> {
    let bytes = app.files.bytes(&run.sha256).await?;
    let mut conn = app.db.read().await?;
    let known = match run.kind {
        Kind::Cases => Held::Cases(store::known(&mut conn, &run.owner_id).await?),
        _ => Held::Register(registers::Known::load(&mut conn).await?),
    };
    drop(conn);
    let (lang, now, run) = (asker.lang, app.clock.now(), run.clone());
    let place = RUNNING.lock().unwrap_or_else(PoisonError::into_inner).get(&run.id).cloned();
    let work = move || read(&bytes, &run, &known, lang, now, place.as_deref());
    let prepared = tokio::task::spawn_blocking(work).await.context("the file's reader broke off")??;
    progress.set(0, prepared.counts.good as usize);
    Ok(prepared)
}

enum Held {
    Cases(ledger::Known),
    Register(registers::Known),
}

fn read(
    bytes: &[u8],
    run: &Run,
    known: &Held,
    lang: Lang,
    now: Timestamp,
    progress: Option<&Progress>,
) -> Result<Prepared, Fail> {
    let table = sheets::read(bytes, &super::columns::is_known).map_err(|why| Fail::Bad(said::unreadable(&why)))?;
    let all = table.lines.len();
    let (rows, faults, bad, skipped) = match known {
        Held::Cases(known) => {
            let today = crate::clock::day_of(now);
            let reading =
                Reading { mapping: &run.mapping, skip_unfinished: run.skip_unfinished, file: &run.file_name, today };
            let done = |done| progress.iter().for_each(|progress| progress.set(done, all));
            let read = ledger::read(&table, &reading, known, done);
            (Rows::Cases(read.cases), read.faults, read.bad, read.skipped)
        }
        Held::Register(known) => {
            let read = registers::read(run.kind, &table, &run.mapping, known, || new_id(now));
            (Rows::Register(read.entries), read.faults, read.bad, read.skipped)
        }
    };
    let counts =
        Counts { total: all as i64, good: (all - bad - skipped) as i64, bad: bad as i64, skipped: skipped as i64 };
    let told = faults.iter().take(TOLD_MAX).map(|fault| fault.told(lang)).collect();
    let faulty = if faults.is_empty() { None } else { Some(sheet_of_faults(&table, &faults, lang)?) };
    Ok(Prepared { rows, counts, told, faulty })
}

/// Row number, what is wrong in sentences, and the row as it stands: to be mended and sent again.
fn sheet_of_faults(table: &Table, faults: &[RowFault], lang: Lang) -> Result<Vec<u8>, Fail> {
    let failed = |error: std::io::Error| Fail::Internal(error.into());
    let (number, wrong) = (lang.t("行号"), lang.t("问题"));
    let mut header: Vec<&str> = vec![number.as_ref(), wrong.as_ref()];
    header.extend(table.columns.iter().map(|column| column.name.as_str()));
    let mut sheet = Xlsx::new(&lang.t("错误行"), &header, &[8.0, 60.0]).map_err(failed)?;
    let mut by_row: HashMap<u32, Vec<String>> = HashMap::new();
    for fault in faults {
        let Told { field, what, .. } = fault.told(lang);
        let text =
            if field.is_empty() { what } else { lang.f2("%{field}：%{what}", ("field", field), ("what", what)) };
        by_row.entry(fault.row).or_default().push(text);
    }
    let faulty = table.lines.iter().filter_map(|line| by_row.get(&line.number).map(|said| (line, said)));
    for (line, said) in faulty.take(FAULTY_ROWS_MAX) {
        let mut cells = vec![line.number.to_string(), said.join("\n")];
        cells.extend(table.columns.iter().map(|column| line.at(column.at).shown()));
        sheet.row(&cells).map_err(failed)?;
    }
    let mut bytes = Vec::new();
    sheet.finish(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// Everything in one transaction, and that it is done.
async fn write(app: &App, asker: &Asker, run: &Run, rows: Rows, progress: &Progress) -> Result<(), Fail> {
    let mut tx = app.write(&asker.actor, &asker.request_id).await?;
    // What happened long ago is told to nobody.
    tx.is_history = true;
    let now = tx.now;
    if !store::advance(&mut tx.conn, run, &[State::Importing], now).await? {
        return Err(Fail::Conflict(say("此次导入已由他人处理，请刷新后查看结果。")));
    }
    match rows {
        Rows::Cases(cases) => {
            store::stand_in(&mut tx.conn, &run.owner_id).await?;
            let all = cases.len();
            let mut done = 0;
            let mut cases = cases.into_iter();
            loop {
                let some: Vec<_> = cases.by_ref().take(AT_ONCE).collect();
                if some.is_empty() {
                    break;
                }
                done += some.len();
                let numbers: Vec<String> = some.iter().map(|one| one.history.ledger_number.clone()).collect();
                let ids = history::enter(&mut tx, some).await?;
                let pairs: Vec<(String, String)> = numbers.into_iter().zip(ids).collect();
                store::remember(&mut tx.conn, run, &pairs).await.map_err(twice)?;
                progress.set(done, all);
            }
        }
        Rows::Register(entries) => {
            let all = entries.len();
            registers::write(&mut tx.conn, &entries, |done| progress.set(done, all)).await.map_err(twice)?;
        }
    }
    tx.conn.commit().await?;
    // The new cases are found already; the index takes them in while others go on writing.
    if let Err(error) = crate::cases::search::fold(&app.db).await {
        tracing::warn!("the search index waits for the imported cases: {error}");
    }
    Ok(())
}

/// What the check found free was taken meanwhile, by another import.
fn twice(error: DbError) -> Fail {
    match error {
        DbError::Constraint(_) => Fail::Conflict(say("检查之后，已有他人导入了相同编号的行。请重新检查。")),
        other => other.into(),
    }
}

/// The mapping's required fields that have no column.
pub fn missing(kind: Kind, mapping: &Mapping) -> Vec<&'static str> {
    let fields = kind.fields().iter().filter(|(field, _, is_required)| *is_required && !mapping.contains_key(*field));
    fields.map(|(_, label, _)| *label).collect()
}
