//! Database and log held against each other: what was changed, taken away, slipped in, put elsewhere, or cut off.
//!
//! Every row that is logged is read and its commitment computed anew; every entry of the files is hashed anew; and the two
//! must be one list. Who changes the database by hand has to change the files too, and those hang from a signed root.
//!
//! **Invariant:** nothing is believed of the database that it says of itself: positions and leaves count only as the files
//! have them, and the files only under the log's signature.

use super::keys::{self, Keys};
use super::sequence::{BEFORE_SOURCE, records, rows_before};
use super::{LOGGED, Log, Logged};
use crate::app::App;
use crate::db::{Conn, Row, Value};
use crate::values;
use anyhow::Context;
use ledger::{CommitmentKey, Directory, Hash, Leaf};
use serde_json::Value as Json;
use std::fmt;

/// Rows or entries read at a time.
const AT_ONCE: i64 = 2_000;
/// Findings told one by one; a log that was replaced altogether has millions.
const TOLD_MAX: usize = 1_000;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The files contradict themselves or their signature.
    Files { log: Log, what: String },
    /// The row is not as it was logged.
    Changed { log: Log, source: String, id: String, position: i64 },
    /// An entry without its row.
    Missing { log: Log, source: String, id: String, position: i64 },
    /// A row that was never logged and does not wait to be.
    Added { log: Log, source: String, id: String },
    /// The database's entry is not the one at this place of the files.
    Moved { log: Log, position: i64 },
    /// The files have an entry that the database lacks.
    Forgotten { log: Log, position: i64 },
    /// A checkpoint was published, but the files or the database end before it.
    CutOff { log: Log, published: i64, there: i64 },
    /// The rows from before the log are not those it committed to.
    Before { log: Log },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Files { log, what } => write!(f, "{log}: {what}"),
            Self::Changed { log, source, id, position } => {
                write!(f, "{log}: row {id} of {source} was CHANGED after it was logged (entry {position})")
            }
            Self::Missing { log, source, id, position } => {
                write!(f, "{log}: row {id} of {source} is MISSING (entry {position})")
            }
            Self::Added { log, source, id } => {
                write!(f, "{log}: row {id} of {source} was ADDED past the log: it has no entry and waits for none")
            }
            Self::Moved { log, position } => {
                write!(f, "{log}: entry {position} of the database is not the one in the files: changed or REORDERED")
            }
            Self::Forgotten { log, position } => {
                write!(f, "{log}: entry {position} is in the files, but was TAKEN AWAY from the database")
            }
            Self::CutOff { log, published, there } => {
                write!(f, "{log}: {published} entries were published, only {there} are there: the end was CUT OFF")
            }
            Self::Before { log } => {
                write!(f, "{log}: the list of rows from before the log was changed after it was committed to")
            }
        }
    }
}

/// What was looked at, and what is wrong.
#[derive(Debug, Default)]
pub struct Report {
    /// Entries in the files of both logs.
    pub entries: u64,
    /// Rows held against their entries.
    pub rows: u64,
    /// Rows that wait to be logged: those of the last second.
    pub waiting: u64,
    /// Rows whose key was erased (个人信息保护法第四十七条): their entries stay and can no longer be opened.
    pub erased: u64,
    pub findings: Vec<Finding>,
    /// Findings beyond [`TOLD_MAX`], counted only.
    pub more: u64,
}

impl Report {
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }

    fn find(&mut self, finding: Finding) {
        if self.findings.len() < TOLD_MAX { self.findings.push(finding) } else { self.more += 1 }
    }
}

/// Looks at everything. The sequencer may go on meanwhile: what is beyond the checkpoint seen first is left out.
///
/// # Errors
/// A database or folder that cannot be read at all.
pub async fn reconcile(app: &App) -> anyhow::Result<Report> {
    let mut conn = app.db.read().await?;
    reconcile_in(app, &mut conn).await
}

/// The same on what this transaction sees.
///
/// # Errors
/// As [`reconcile`].
pub async fn reconcile_in(app: &App, conn: &mut Conn) -> anyhow::Result<Report> {
    let keys = keys::keys(app)?;
    let mut report = Report::default();
    for log in Log::ALL {
        files(app, &keys, log, conn, &mut report).await?;
        for logged in LOGGED.iter().filter(|one| one.log == log) {
            rows(app, log, logged, conn, &mut report).await?;
        }
    }
    before(conn, &mut report).await?;
    Ok(report)
}

/// The files by themselves, then against the database's list of entries.
async fn files(app: &App, keys: &Keys, log: Log, conn: &mut Conn, report: &mut Report) -> anyhow::Result<()> {
    let (folder, verifier) = (keys::folder(app, log), keys.verifier(log).clone());
    let audit = move || {
        let mut leaves = Vec::new();
        let audited = ledger::audit(&Directory::new(folder), &verifier, &mut |_, entry| leaves.push(Hash::leaf(entry)));
        (audited, leaves)
    };
    let (audited, leaves) = tokio::task::spawn_blocking(audit).await.context("the audit broke off")?;
    for finding in &audited.findings {
        report.find(Finding::Files { log, what: finding.to_string() });
    }
    report.entries += audited.entries;
    let there = i64::try_from(leaves.len())?;
    let word = values![log.word()];
    let published = conn.count("select coalesce(max(size), 0) from log_checkpoint where log = $1", word).await?;
    let entries = conn.count("select count(*) from log_entry where log = $1", word).await?;
    // Entries that have their place but no file yet are those of the last moment, never fewer than was published.
    if there < published || entries < published {
        report.find(Finding::CutOff { log, published, there: there.min(entries) });
    }
    let mut from = 0;
    while from < there {
        let sql = "select position, leaf from log_entry where log = $1 and position >= $2 and position < $3 order by position";
        let found = conn.all(sql, &[Value::from(log.word()), Value::from(from), Value::from(from + AT_ONCE)]).await?;
        let mut found = found.iter().map(place_and_leaf).peekable();
        for position in from..(from + AT_ONCE).min(there) {
            match found.peek() {
                Some(Ok((at, _))) if *at == position => {
                    let (_, leaf) = found.next().context("a row that was there")??;
                    if usize::try_from(position).ok().and_then(|at| leaves.get(at)) != Some(&Hash::leaf(&leaf)) {
                        report.find(Finding::Moved { log, position });
                    }
                }
                Some(Err(_)) => drop(found.next().context("a row that was there")??),
                _ => report.find(Finding::Forgotten { log, position }),
            }
        }
        from += AT_ONCE;
    }
    Ok(())
}

fn place_and_leaf(row: &Row) -> anyhow::Result<(i64, Vec<u8>)> {
    Ok((row.get("position")?, row.get("leaf")?))
}

/// The entries of one table against its rows, then rows that have no entry.
async fn rows(app: &App, log: Log, logged: &Logged, conn: &mut Conn, report: &mut Report) -> anyhow::Result<()> {
    let mut after = -1;
    loop {
        let sql = "select e.position, e.source_id, e.leaf, k.secret from log_entry e
                   left join log_key k on k.log = e.log and k.position = e.position
                   where e.log = $1 and e.source = $2 and e.position > $3 order by e.position limit $4";
        let entries = conn.all(sql, values![log.word(), logged.table, after, AT_ONCE]).await?;
        let Some(last) = entries.last() else { break };
        after = last.get("position")?;
        let ids = entries.iter().map(|row| row.get("source_id")).collect::<Result<Vec<String>, _>>()?;
        let mut there: std::collections::HashMap<String, Json> = std::collections::HashMap::new();
        for (id, _, record) in records(app, conn, logged, &ids).await? {
            there.insert(id, record);
        }
        for row in &entries {
            let (position, id): (i64, String) = (row.get("position")?, row.get("source_id")?);
            let source = logged.table.to_owned();
            report.rows += 1;
            let Some(record) = there.get(&id) else {
                report.find(Finding::Missing { log, source, id, position });
                continue;
            };
            let Some(secret) = row.get::<Option<Vec<u8>>>("secret")? else {
                report.erased += 1;
                continue;
            };
            let leaf: Vec<u8> = row.get("leaf")?;
            let opens = <[u8; 32]>::try_from(secret).ok().zip(Leaf::parse(&leaf).ok());
            if opens.is_none_or(|(key, leaf)| leaf.opens(&CommitmentKey(key), record).is_err()) {
                report.find(Finding::Changed { log, source, id, position });
            }
        }
    }
    added(log, logged, conn, report).await
}

async fn added(log: Log, logged: &Logged, conn: &mut Conn, report: &mut Report) -> anyhow::Result<()> {
    if logged.since.is_empty() {
        // Only some of its rows are put into the outbox, by the sequencer.
        return Ok(());
    }
    let waiting = "select count(*) from log_outbox where log = $1 and source = $2";
    report.waiting += u64::try_from(conn.count(waiting, values![log.word(), logged.table]).await?)?;
    let key = logged.key_of("t");
    let sql = format!(
        "select {key} as source_id from {} t
         where not exists (select 1 from log_entry e where e.log = $1 and e.source = $2 and e.source_id = {key})
           and not exists (select 1 from log_outbox o where o.log = $1 and o.source = $2 and o.source_id = {key})
           and not exists (select 1 from log_before b where b.source = $2 and b.source_id = {key})
         order by 1",
        logged.table
    );
    for row in conn.all(sql, values![log.word(), logged.table]).await? {
        report.find(Finding::Added { log, source: logged.table.to_owned(), id: row.get("source_id")? });
    }
    Ok(())
}

/// The list of rows from before the log, as its first entry committed to it.
async fn before(conn: &mut Conn, report: &mut Report) -> anyhow::Result<()> {
    let log = Log::Audit;
    let record = rows_before(conn).await?;
    let entry = super::entry_of(conn, log, BEFORE_SOURCE, "all").await?;
    let is_right = match entry {
        None => {
            record["count"] == 0 || conn.count("select count(*) from log_entry where log = 'audit'", &[]).await? == 0
        }
        Some(entry) => {
            let key = entry.secret.and_then(|secret| <[u8; 32]>::try_from(secret).ok());
            let opened = key.zip(Leaf::parse(&entry.leaf).ok());
            opened.is_some_and(|(key, leaf)| leaf.opens(&CommitmentKey(key), &record).is_ok())
        }
    };
    if !is_right {
        report.find(Finding::Before { log });
    }
    Ok(())
}
