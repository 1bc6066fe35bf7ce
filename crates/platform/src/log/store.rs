//! What the logs' tables hold, for those who ask: entries of rows, checkpoints by time.

use super::Log;
use crate::db::{Conn, DbError, Row, Value};
use crate::values;
use jiff::Timestamp;

/// An entry with its place and the key that opens it; none once the record was erased.
#[derive(Clone, Debug)]
pub struct Entry {
    pub position: i64,
    pub leaf: Vec<u8>,
    pub secret: Option<Vec<u8>>,
}

/// The entry of a row, once the sequencer has placed it.
pub async fn entry_of(conn: &mut Conn, log: Log, source: &str, source_id: &str) -> Result<Option<Entry>, DbError> {
    let row = conn
        .first(
            "select e.position, e.leaf, k.secret from log_entry e
             left join log_key k on k.log = e.log and k.position = e.position
             where e.log = $1 and e.source = $2 and e.source_id = $3",
            values![log.word(), source, source_id],
        )
        .await?;
    row.map(|row| Ok(Entry { position: row.get("position")?, leaf: row.get("leaf")?, secret: row.get("secret")? }))
        .transpose()
}

/// How many entries a log has, and how many more wait for their places.
pub async fn length(conn: &mut Conn, log: Log) -> Result<i64, DbError> {
    let word = values![log.word()];
    let placed = conn.count("select coalesce(max(position) + 1, 0) from log_entry where log = $1", word).await?;
    Ok(placed + conn.count("select count(*) from log_outbox where log = $1", word).await?)
}

/// A checkpoint that was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    pub size: i64,
    /// Base64, as it stands in the note.
    pub root: String,
    /// The signed text.
    pub note: String,
    pub signed_at: Timestamp,
}

fn signed(row: &Row) -> Result<Signed, DbError> {
    Ok(Signed {
        size: row.get("size")?,
        root: row.get("root")?,
        note: row.get("note")?,
        signed_at: row.get("signed_at")?,
    })
}

const CHECKPOINT: &str = "select size, root, note, signed_at from log_checkpoint where log = $1";

pub async fn newest_checkpoint(conn: &mut Conn, log: Log) -> Result<Option<Signed>, DbError> {
    let row = conn.first(format!("{CHECKPOINT} order by size desc limit 1"), values![log.word()]).await?;
    row.as_ref().map(signed).transpose()
}

/// The first checkpoint that was signed at `at` or later and has `size` entries or more.
pub async fn checkpoint_at_or_after(
    conn: &mut Conn,
    log: Log,
    at: Timestamp,
    size: i64,
) -> Result<Option<Signed>, DbError> {
    let sql = format!("{CHECKPOINT} and signed_at >= $2 and size >= $3 order by size limit 1");
    let row = conn.first(sql, &[Value::from(log.word()), Value::from(at), Value::from(size)]).await?;
    row.as_ref().map(signed).transpose()
}
