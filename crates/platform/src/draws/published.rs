//! What a draw has in the city's public log: its entries, the awaited checkpoint, and the ways from the ones to the other.
//!
//! **Invariant:** the awaited checkpoint is the first that was signed at the announced moment or later and has the plan and
//! all hashes in it; it never becomes another one.

use super::store::{Entry, Record, moment};
use crate::app::App;
use crate::db::Conn;
use crate::fail::Fail;
use crate::log::{self, Log, Signed};
use crate::perform::Tx;
use crate::values;
use ::draws::Published;
use serde_json::Value as Json;

/// The table whose rows are a draw's public facts.
pub const TABLE: &str = "draw_log";

/// The awaited checkpoint with the entries under it.
#[derive(Clone, Debug)]
pub struct Awaited {
    pub checkpoint: Signed,
    /// The plan's entry, then those of the parties in the plan's order.
    pub published: Vec<Published>,
}

/// Writes public facts for the log; nothing of a person is in them. Their number among the draws' facts.
pub async fn tell(tx: &mut Tx, kind: &str, facts: &Json) -> Result<i64, Fail> {
    let number = tx.conn.count("select coalesce(max(sequence) + 1, 0) from draw_log", &[]).await?;
    let leaf = ::draws::told(kind, facts).map_err(|error| Fail::Internal(error.into()))?;
    let now = tx.now;
    let sql = "insert into draw_log (sequence, leaf, logged_at) values ($1, $2, $3)";
    tx.conn.run(sql, values![number, leaf, now]).await?;
    Ok(number)
}

/// The entries that must be under the checkpoint: the plan's, then the parties' in the plan's order.
fn fixed<'a>(record: &Record, entries: &'a [Entry]) -> Vec<&'a Entry> {
    let plan = entries.iter().find(|one| one.kind == "commit");
    let of = |party: &String| entries.iter().find(|one| one.kind == "contribute" && one.party == *party);
    plan.into_iter().chain(record.plan.seed_rule.parties.iter().filter_map(of)).collect()
}

/// The awaited checkpoint, if it is there.
pub async fn checkpoint(conn: &mut Conn, record: &Record, entries: &[Entry]) -> Result<Option<Signed>, Fail> {
    let Some((at, rule)) = moment(record).zip(record.plan.seed_rule.log.as_ref()) else { return Ok(None) };
    let places: Option<Vec<i64>> = fixed(record, entries).iter().map(|one| one.position).collect();
    let Some(places) = places else { return Ok(None) };
    let size = places.iter().map(|one| one + 1).chain(i64::try_from(rule.size).ok()).max().unwrap_or(i64::MAX);
    Ok(log::checkpoint_at_or_after(conn, Log::Public, at, size).await?)
}

/// The awaited checkpoint and the proofs under it. Reads files: before a writer is taken.
pub async fn awaited(app: &App, record: &Record, entries: &[Entry]) -> Result<Option<Awaited>, Fail> {
    let mut conn = app.db.read().await?;
    let Some(checkpoint) = checkpoint(&mut conn, record, entries).await? else { return Ok(None) };
    let mut found = Vec::new();
    for one in fixed(record, entries) {
        let source_id = one.log_sequence.to_string();
        found.extend(log::entry_of(&mut conn, Log::Public, TABLE, &source_id).await?);
    }
    drop(conn);
    let places = found.iter().map(|one| one.position).collect();
    let paths = log::paths(app, Log::Public, &checkpoint, places).await.map_err(Fail::Internal)?;
    let published = found.into_iter().zip(paths).map(|(entry, path)| -> anyhow::Result<Published> {
        let hashes = path.iter().map(ToString::to_string).collect();
        Ok(Published { entry: String::from_utf8(entry.leaf)?, index: u64::try_from(entry.position)?, hashes })
    });
    let published = published.collect::<Result<_, _>>().map_err(Fail::Internal)?;
    Ok(Some(Awaited { checkpoint, published }))
}
