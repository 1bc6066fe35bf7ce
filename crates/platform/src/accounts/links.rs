//! Set-up links: handed to a person who is to choose a password; one use, a day long, only the hash kept.

use super::sessions::hashed;
use crate::app::App;
use crate::db::{Conn, DbError};
use crate::values;
use jiff::{SignedDuration, Timestamp};

const LASTS: SignedDuration = SignedDuration::from_hours(24);

/// Makes a new link for the account, after which older ones open nothing. The caller shows it once.
pub(super) async fn issue(conn: &mut Conn, app: &App, account_id: &str, now: Timestamp) -> Result<String, DbError> {
    let token = super::new_token();
    conn.run("update set_up_link set used_at = $1 where account_id = $2 and used_at is null", values![now, account_id])
        .await?;
    conn.run(
        "insert into set_up_link (token_hash, account_id, created_at, expires_at) values ($1, $2, $3, $4)",
        values![hashed(&token), account_id, now, now + LASTS],
    )
    .await?;
    Ok(format!("{}/set-up/{token}", app.config.base_url))
}

/// Whose link it is, while it can be used.
pub(super) async fn owner(conn: &mut Conn, token: &str, now: Timestamp) -> Result<Option<String>, DbError> {
    let row = conn
        .first(
            "select l.account_id from set_up_link l join account a on a.id = l.account_id and a.disabled_at is null
             where l.token_hash = $1 and l.used_at is null and l.expires_at > $2",
            values![hashed(token), now],
        )
        .await?;
    row.map(|row| row.get("account_id")).transpose()
}

/// Uses the link up; false when somebody was quicker or it has ended.
pub(super) async fn spend(conn: &mut Conn, token: &str, now: Timestamp) -> Result<bool, DbError> {
    let used = conn
        .run(
            "update set_up_link set used_at = $1 where token_hash = $2 and used_at is null and expires_at > $1",
            values![now, hashed(token)],
        )
        .await?;
    Ok(used == 1)
}
