//! Rows become entries, entries become a signed and published checkpoint.
//!
//! **Invariant:** an entry has its place in the database before it is in a file; what the files have and what the database
//! has can only differ by entries at the end that the next round writes. Nothing is signed over a folder that is older than
//! the last checkpoint the database knows: that is a restored backup, and somebody must look.

use super::keys::{self, Keys};
use super::{LOGGED, Log, Logged, appointments, witnesses};
use crate::app::{App, Witness};
use crate::db::{Conn, DbError, Value, dialect};
use crate::values;
use anyhow::{Context, ensure};
use jiff::{SignedDuration, Timestamp};
use ledger::{CommitmentKey, Directory, Head, Leaf, SequenceError};
use rand::TryRngCore;
use rand::rngs::OsRng;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Entries of one round, after which a checkpoint is signed.
const BATCH: usize = 2_048;
/// Entries written in one transaction: the database's writer, whom every act needs, is held for a few milliseconds.
const SLICE: i64 = 256;
/// Entries read for one growth of the files.
const GROWTH: i64 = 16_384;
/// Values of one statement; SQLite takes 32,766.
const VALUES_MAX: usize = 30_000;
/// Between two looks, unless much waits. A checkpoint follows its act within a second.
const PAUSE: Duration = Duration::from_millis(300);
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(5);
/// A sequencer that died is replaced after this.
const LEASE: SignedDuration = SignedDuration::from_secs(30);
/// Between two of the audit log's checkpoints in the public log (security.md §1.4).
const ANNOUNCED_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// The sequencer of this process.
pub struct Sequencer {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Sequencer {
    /// # Errors
    /// A log's key that cannot be made or read.
    pub fn start(app: &App) -> anyhow::Result<Self> {
        let keys = keys::keys(app)?;
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(run(app.clone(), keys, stopped));
        Ok(Self { stop, task })
    }

    /// Finishes the round it is in.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        let _ = self.task.await;
    }
}

async fn run(app: App, keys: Arc<Keys>, mut stop: watch::Receiver<bool>) {
    let holder = uuid::Uuid::new_v4().to_string();
    while !*stop.borrow() {
        let pause = match all(&app, &keys, &holder).await {
            // Behind a full batch there is more; else the next acts gather, or each would wait for the log of the one before.
            Ok(placed) if placed >= BATCH => continue,
            Ok(_) => PAUSE,
            Err(error) => {
                tracing::error!("a log does not grow: {error:#}");
                PAUSE_AFTER_ERROR
            }
        };
        tokio::select! { () = tokio::time::sleep(pause) => {}, _ = stop.changed() => {} }
    }
}

/// Logs everything that waits; how many entries. For tests, tools and the end of a bulk load.
///
/// # Errors
/// A database or folder that fails; a folder that is older than the database.
pub async fn round(app: &App) -> anyhow::Result<usize> {
    let keys = keys::keys(app)?;
    let holder = uuid::Uuid::new_v4().to_string();
    let mut done = 0;
    loop {
        let some = all(app, &keys, &holder).await?;
        done += some;
        if some == 0 {
            break;
        }
    }
    let mut conn = app.db.write().await?;
    conn.run("update log_lease set holder = '', until = '' where holder = $1", values![&holder]).await?;
    conn.commit().await?;
    Ok(done)
}

async fn all(app: &App, keys: &Arc<Keys>, holder: &str) -> anyhow::Result<usize> {
    let mut done = 0;
    for log in Log::ALL {
        done += one(app, keys, log, holder).await.with_context(|| format!("the {log} log"))?;
    }
    Ok(done)
}

async fn one(app: &App, keys: &Arc<Keys>, log: Log, holder: &str) -> anyhow::Result<usize> {
    if !is_waited_for(app, log).await? {
        return Ok(0);
    }
    let Some(placed) = place(app, log, holder).await? else { return Ok(0) };
    let grown = grow(app, keys, log).await?;
    Ok(placed.max(grown))
}

/// Whether there is anything to do: a row in the outbox, entries beyond the last checkpoint, or no checkpoint at all.
async fn is_waited_for(app: &App, log: Log) -> anyhow::Result<bool> {
    let mut conn = app.db.read().await?;
    let word = values![log.word()];
    if conn.first("select 1 from log_outbox where log = $1 limit 1", word).await?.is_some() {
        return Ok(true);
    }
    if log == Log::Public && appointments::is_due(&mut conn, app.clock.now()).await? {
        return Ok(true);
    }
    let signed = conn.count("select coalesce(max(size), -1) from log_checkpoint where log = $1", word).await?;
    let placed = conn.count("select coalesce(max(position) + 1, 0) from log_entry where log = $1", word).await?;
    Ok(placed > signed)
}

/// Gives waiting rows their places; how many. None where another process is at it.
async fn place(app: &App, log: Log, holder: &str) -> anyhow::Result<Option<usize>> {
    if log == Log::Public {
        keep_appointments(app, holder).await?;
    }
    let mut placed = 0;
    while placed < BATCH {
        let slice = read(app, log).await?;
        if slice.entries.is_empty() {
            break;
        }
        let count = slice.entries.len();
        if !write(app, log, holder, slice).await? {
            return Ok(None);
        }
        placed += count;
    }
    // The files grow under the lease too, even where nothing new waits.
    if placed == 0 {
        let mut conn = app.db.write().await?;
        if !lease(app, &mut conn, log, holder).await? {
            return Ok(None);
        }
        conn.commit().await?;
    }
    Ok(Some(placed))
}

/// Puts appointments that are due into the outbox.
async fn keep_appointments(app: &App, holder: &str) -> anyhow::Result<()> {
    let now = app.clock.now();
    if !appointments::is_due(&mut app.db.read().await?, now).await? {
        return Ok(());
    }
    let mut conn = app.db.write().await?;
    if lease(app, &mut conn, Log::Public, holder).await? {
        appointments::keep(&mut conn, now).await?;
        conn.commit().await?;
    }
    Ok(())
}

/// Takes or renews the lease; false where another process holds it.
async fn lease(app: &App, conn: &mut Conn, log: Log, holder: &str) -> anyhow::Result<bool> {
    let now = app.clock.unmoved();
    let held = conn
        .run(
            "update log_lease set holder = $2, until = $3 where log = $1 and (holder = $2 or until < $4)",
            values![log.word(), holder, now + LEASE, now],
        )
        .await?;
    Ok(held == 1)
}

/// Waiting rows as entries, ready to be written.
struct Slice {
    /// The place of the first entry.
    first: i64,
    /// What was read of the outbox: only this is done with, since a smaller number may be committed later (PostgreSQL).
    outbox: Vec<i64>,
    entries: Vec<Entry>,
}

struct Entry {
    kind: String,
    source: String,
    id: String,
    leaf: Vec<u8>,
    secret: [u8; 32],
}

impl Entry {
    fn new(kind: &str, source: &str, id: &str, facts: &Json, record: &Json) -> anyhow::Result<Self> {
        let mut secret = [0; 32];
        OsRng.try_fill_bytes(&mut secret).context("the operating system gives no randomness")?;
        let leaf = Leaf::new(kind, facts, &CommitmentKey(secret), record)?.to_bytes();
        Ok(Self { kind: kind.to_owned(), source: source.to_owned(), id: id.to_owned(), leaf, secret })
    }
}

/// Reads and commits to the rows that waited longest. Telling rows never change, so this needs no writer: people who act
/// wait for [`write`] only.
async fn read(app: &App, log: Log) -> anyhow::Result<Slice> {
    let mut conn = app.db.read().await?;
    let first = next_place(&mut conn, log).await?;
    let mut entries = Vec::new();
    if log == Log::Audit && first == 0 {
        entries.extend(before(&mut conn).await?);
    }
    let waiting = conn
        .all(
            "select sequence, source, source_id from log_outbox where log = $1 order by sequence limit $2",
            values![log.word(), SLICE],
        )
        .await?;
    let mut wanted: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let (mut outbox, mut order) = (Vec::new(), Vec::new());
    for row in &waiting {
        let (source, id): (String, String) = (row.get("source")?, row.get("source_id")?);
        outbox.push(row.get("sequence")?);
        wanted.entry(source.clone()).or_default().push(id.clone());
        order.push((source, id));
    }
    let mut made = BTreeMap::new();
    for (source, ids) in &wanted {
        let logged = find(log, source)?;
        for (id, facts, record) in records(app, &mut conn, logged, ids).await? {
            let entry = Entry::new(logged.kind, source, &id, &facts, &record)?;
            made.insert((source.clone(), id), entry);
        }
    }
    for (place, sequence) in order.into_iter().zip(&outbox) {
        let (source, id) = &place;
        let missing = || format!("the row {id} of {source}, number {sequence} of the outbox, is not there");
        entries.push(made.remove(&place).with_context(missing)?);
    }
    Ok(Slice { first, outbox, entries })
}

async fn next_place(conn: &mut Conn, log: Log) -> Result<i64, DbError> {
    conn.count("select coalesce(max(position) + 1, 0) from log_entry where log = $1", values![log.word()]).await
}

/// Gives a slice its places. False where another process is at it: nothing of the slice is used then.
async fn write(app: &App, log: Log, holder: &str, slice: Slice) -> anyhow::Result<bool> {
    let mut conn = app.db.write().await?;
    // Under the lease nobody else gives places; who had it until now may have given these while the slice was read.
    if !lease(app, &mut conn, log, holder).await? || next_place(&mut conn, log).await? != slice.first {
        return Ok(false);
    }
    let (mut rows, mut secrets) = (Vec::new(), Vec::new());
    for (position, entry) in (slice.first..).zip(&slice.entries) {
        rows.extend_from_slice(values![
            log.word(),
            position,
            &entry.kind,
            &entry.source,
            &entry.id,
            entry.leaf.clone()
        ]);
        secrets.extend_from_slice(values![log.word(), position, entry.secret.to_vec()]);
    }
    let places = dialect::rows(&conn, slice.entries.len(), 6);
    let sql = format!("insert into log_entry (log, position, kind, source, source_id, leaf) values {places}");
    conn.run(sql, &rows).await?;
    let places = dialect::rows(&conn, slice.entries.len(), 3);
    conn.run(format!("insert into log_key (log, position, secret) values {places}"), &secrets).await?;
    if !slice.outbox.is_empty() {
        let done: Vec<Value> = slice.outbox.iter().map(|sequence| Value::from(*sequence)).collect();
        let places = dialect::places(&conn, done.len());
        conn.run(format!("delete from log_outbox where sequence in ({places})"), &done).await?;
    }
    conn.commit().await?;
    Ok(true)
}

fn find(log: Log, source: &str) -> anyhow::Result<&'static Logged> {
    LOGGED.iter().find(|one| one.log == log && one.table == source).with_context(|| format!("{source} is not logged"))
}

/// Rows as the entries commit to them: key, public facts, record.
pub(super) async fn records(
    app: &App,
    conn: &mut Conn,
    logged: &Logged,
    ids: &[String],
) -> anyhow::Result<Vec<(String, Json, Json)>> {
    let object = |pairs: &[(&str, String)]| {
        let inside: Vec<String> = pairs.iter().map(|(name, sql)| format!("'{name}', {sql}")).collect();
        dialect::json_object(&app.db, &inside.join(", "))
    };
    let columns: Vec<_> = logged.columns.iter().map(|name| (*name, format!("t.{name}"))).collect();
    let facts: Vec<_> = logged.facts.iter().map(|(name, sql)| (*name, sql.replace("{row}", "t"))).collect();
    let key = logged.key_of("t");
    let mut found = Vec::new();
    for some in ids.chunks(VALUES_MAX) {
        let (sought, values) = if logged.is_by_sequence() {
            let numbers: Result<Vec<i64>, _> = some.iter().map(|id| id.parse::<i64>()).collect();
            ("t.sequence", numbers?.into_iter().map(Value::from).collect::<Vec<Value>>())
        } else {
            (key.as_str(), some.iter().map(Value::from).collect())
        };
        let sql = format!(
            "select {key} as source_id, {} as record, {} as facts from {} t where {sought} in ({})",
            object(&columns),
            object(&facts),
            logged.table,
            dialect::places(conn, some.len())
        );
        for row in conn.all(sql, &values).await? {
            let (record, facts): (String, String) = (row.get("record")?, row.get("facts")?);
            found.push((row.get("source_id")?, serde_json::from_str(&facts)?, serde_json::from_str(&record)?));
        }
    }
    Ok(found)
}

/// The log's first entry commits to the rows that were there before it.
async fn before(conn: &mut Conn) -> anyhow::Result<Option<Entry>> {
    let record = rows_before(conn).await?;
    if record["count"] == 0 {
        return Ok(None);
    }
    Ok(Some(Entry::new(BEFORE, BEFORE_SOURCE, "all", &json!({}), &record)?))
}

pub(super) const BEFORE: &str = "log.before";
pub(super) const BEFORE_SOURCE: &str = "log_before";

pub(super) async fn rows_before(conn: &mut Conn) -> anyhow::Result<Json> {
    let mut hash = Sha256::new();
    let rows = conn.all("select source, source_id from log_before order by source, source_id", &[]).await?;
    for row in &rows {
        let (source, id): (String, String) = (row.get("source")?, row.get("source_id")?);
        hash.update(format!("{source}\n{id}\n"));
    }
    Ok(json!({ "count": rows.len(), "sha256": hex::encode(hash.finalize()) }))
}

/// Brings the files up to the database and publishes; how many entries were new.
async fn grow(app: &App, keys: &Arc<Keys>, log: Log) -> anyhow::Result<usize> {
    let mut conn = app.db.read().await?;
    let known =
        conn.count("select coalesce(max(size), -1) from log_checkpoint where log = $1", values![log.word()]).await?;
    drop(conn);
    let mut grown = 0;
    loop {
        let (folder, own) = (keys::folder(app, log), keys.clone());
        let size = blocking(move || begun(&folder, &own, log)).await?;
        ensure!(
            i64::try_from(size)? >= known,
            "the folder {} has {size} entries, but a checkpoint of {known} was published: it was restored from an old backup. \
             Bring the newest copy of the folder back, from a mirror if need be; nothing is signed until then",
            keys::folder(app, log).display()
        );
        let mut conn = app.db.read().await?;
        let rows = conn
            .all(
                "select leaf from log_entry where log = $1 and position >= $2 order by position limit $3",
                values![log.word(), i64::try_from(size)?, GROWTH],
            )
            .await?;
        drop(conn);
        let leaves = rows.iter().map(|row| row.get("leaf")).collect::<Result<Vec<Vec<u8>>, _>>()?;
        let (folder, own, count) = (keys::folder(app, log), keys.clone(), leaves.len());
        let witnesses = app.config.witnesses.clone();
        let head = blocking(move || published(&folder, &own, log, &leaves, &witnesses)).await?;
        remember(app, log, &head).await?;
        grown += count;
        if count < GROWTH as usize {
            return Ok(grown);
        }
    }
}

fn begun(folder: &std::path::Path, keys: &Keys, log: Log) -> anyhow::Result<u64> {
    let mut files = Directory::new(folder);
    let head = match ledger::signed(&files, keys.verifier(log))? {
        Some(head) => head,
        None => ledger::begin(&mut files, keys.signer(log))?,
    };
    Ok(head.checkpoint().size)
}

fn published(
    folder: &std::path::Path,
    keys: &Keys,
    log: Log,
    leaves: &[Vec<u8>],
    watched_by: &[Witness],
) -> Result<Head, SequenceError> {
    let mut files = Directory::new(folder);
    let leaves: Vec<&[u8]> = leaves.iter().map(Vec::as_slice).collect();
    let head = if leaves.is_empty() {
        ledger::signed(&files, keys.verifier(log))?.ok_or(SequenceError::NotBegun)?
    } else {
        ledger::append(&mut files, keys.signer(log), &leaves)?
    };
    // Witnesses watch the public log, in which the audit log's checkpoints are entries.
    let head = if log == Log::Public { witnesses::ask(folder, head, watched_by) } else { head };
    ledger::publish(&mut files, &head, keys.verifier(log))
}

/// Keeps the checkpoint, and once a minute announces the audit log's in the public log.
async fn remember(app: &App, log: Log, head: &Head) -> anyhow::Result<()> {
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let checkpoint = head.checkpoint();
    let size = i64::try_from(checkpoint.size)?;
    let new = conn
        .run(
            "insert into log_checkpoint (log, size, root, note, signed_at) values ($1, $2, $3, $4, $5) on conflict do nothing",
            values![log.word(), size, checkpoint.root.to_string(), head.to_string(), now],
        )
        .await?;
    if new == 1 && log == Log::Audit {
        let row = conn.first("select announced_at from log_lease where log = 'audit'", &[]).await?;
        let announced: Option<Timestamp> = row.map(|row| row.get("announced_at")).transpose()?.flatten();
        let is_due = announced.is_none_or(|at| now.duration_since(at) >= ANNOUNCED_EVERY);
        if is_due {
            conn.run(
                "insert into log_outbox (log, source, source_id) values ('public', 'log_checkpoint', $1)",
                values![format!("audit/{size}")],
            )
            .await?;
            conn.run("update log_lease set announced_at = $1 where log = 'audit'", values![now]).await?;
        }
    }
    conn.commit().await?;
    Ok(())
}

async fn blocking<T: Send + 'static, E: Into<anyhow::Error> + Send + 'static>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> anyhow::Result<T> {
    tokio::task::spawn_blocking(work).await.context("the work on the files broke off")?.map_err(Into::into)
}
