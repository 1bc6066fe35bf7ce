//! Checkpoints that were announced: whoever waits for one is not left waiting because nothing else happens.
//!
//! **Invariant:** each appointment is logged once, at its moment or later; the checkpoint over it is signed after that.

use crate::db::{Conn, DbError};
use crate::perform::Tx;
use crate::values;
use jiff::Timestamp;

/// Announces that the public log signs a checkpoint at this moment.
///
/// # Errors
/// A database that fails.
pub async fn announce(tx: &mut Tx, at: Timestamp) -> Result<(), DbError> {
    let id = tx.new_id();
    tx.conn.run("insert into log_appointment (id, due_at) values ($1, $2)", values![id, at]).await?;
    Ok(())
}

pub(super) async fn is_due(conn: &mut Conn, now: Timestamp) -> Result<bool, DbError> {
    let due = "select 1 from log_appointment where is_kept = 0 and due_at <= $1 limit 1";
    Ok(conn.first(due, values![now]).await?.is_some())
}

/// Puts what is due into the outbox. By the holder of the lease only.
pub(super) async fn keep(conn: &mut Conn, now: Timestamp) -> Result<(), DbError> {
    let due = "update log_appointment set is_kept = 1 where is_kept = 0 and due_at <= $1 returning id";
    for row in conn.all(due, values![now]).await? {
        let put = "insert into log_outbox (log, source, source_id) values ('public', 'log_appointment', $1)";
        conn.run(put, values![row.get::<String>("id")?]).await?;
    }
    Ok(())
}
