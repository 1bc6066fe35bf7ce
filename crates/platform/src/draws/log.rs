//! The log that draws stand in. The one place where the city's transparency log is put in: `crate::log` has the same calls.
//!
//! Until then a small log of its own: a leaf a row, one Merkle root, checkpoints signed by a key in the data folder.
//!
//! **Invariant:** rows only grow; the first checkpoint at or after an instant never changes.

use crate::app::App;
use crate::cases::elsewhere::key;
use crate::db::Conn;
use crate::fail::Fail;
use crate::perform::Tx;
use crate::values;
use jiff::Timestamp;
use ledger::tree::Range;
use ledger::{Checkpoint, Hash, Kind, Signer, VerifierKey};
use serde_json::Value as Json;

/// A checkpoint as it was published.
#[derive(Clone, Debug)]
pub struct Published {
    /// The signed text.
    pub note: String,
    pub published_at: Timestamp,
}

/// The log's name.
pub fn origin(app: &App) -> String {
    let host = app.config.base_url.split("://").last().unwrap_or_default();
    format!("{host}/draws")
}

/// The log's public key, for `sijian draw verify --log-key`.
pub fn verifier(app: &App) -> Result<VerifierKey, Fail> {
    Ok(signer(app)?.verifier().clone())
}

/// Writes public facts; nothing of a person is in them. Their place in the log.
pub async fn append(tx: &mut Tx, kind: &str, facts: &Json) -> Result<i64, Fail> {
    let sequence = size(&mut tx.conn).await?;
    let facts = serde_json::json!({ "kind": kind, "facts": facts });
    let leaf = ledger::jcs::canonical(&facts).map_err(|error| Fail::Internal(error.into()))?;
    let now = tx.now;
    tx.conn
        .run("insert into draw_log (sequence, leaf, logged_at) values ($1, $2, $3)", values![sequence, leaf, now])
        .await?;
    Ok(sequence)
}

/// How many entries there are.
pub async fn size(conn: &mut Conn) -> Result<i64, Fail> {
    Ok(conn.count("select count(*) from draw_log", &[]).await?)
}

/// The first checkpoint signed at an instant or later that has `size` entries.
pub async fn checkpoint_at_or_after(conn: &mut Conn, at: Timestamp, size: i64) -> Result<Option<Published>, Fail> {
    let row = conn
        .first(
            "select note, published_at from draw_checkpoint where published_at >= $1 and size >= $2 order by size limit 1",
            values![at, size],
        )
        .await?;
    row.map(|row| Ok(Published { note: row.get("note")?, published_at: row.get("published_at")? })).transpose()
}

/// Signs a checkpoint if the awaited one is not there and its moment has come. The city's log does this by itself.
pub async fn sign_if_due(app: &App, tx: &mut Tx, at: Timestamp, wanted: i64) -> Result<(), Fail> {
    if tx.now < at || checkpoint_at_or_after(&mut tx.conn, at, wanted).await?.is_some() {
        return Ok(());
    }
    append(tx, "draws.moment", &serde_json::json!({ "at": at.to_string() })).await?;
    let rows = tx.conn.all("select leaf from draw_log order by sequence", &[]).await?;
    let mut tree = Range::new();
    for row in &rows {
        tree.append(Hash::leaf(row.get::<String>("leaf")?.as_bytes()));
    }
    let checkpoint = Checkpoint { origin: origin(app), size: tree.size(), root: tree.root(), extensions: Vec::new() };
    let head = checkpoint.sign(&signer(app)?).map_err(|error| Fail::Internal(error.into()))?;
    let (size, now) = (rows.len() as i64, tx.now);
    tx.conn
        .run(
            "insert into draw_checkpoint (size, note, published_at) values ($1, $2, $3)",
            values![size, head.to_string(), now],
        )
        .await?;
    Ok(())
}

fn signer(app: &App) -> Result<Signer, Fail> {
    let secret = key::load(&app.config.data, "draw-log").map_err(|error| Fail::Internal(error.into()))?;
    let seed = secret.digest("draw-log", "signer");
    Signer::from_seed(&origin(app), Kind::Log, &seed).map_err(|error| Fail::Internal(error.into()))
}
