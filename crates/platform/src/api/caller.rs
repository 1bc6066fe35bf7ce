//! Who asks with a token: its owner as the owner stands now.
//!
//! **Invariant:** the account, its roles and its organisation are read for every request; a disabled account, a revoked or an
//! expired token is nobody.

use super::scopes;
use super::tokens::hashed;
use crate::accounts;
use crate::app::App;
use crate::db::DbError;
use crate::fail::Fail;
use crate::values;
use crate::web::{Signed, Visitor};
use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use jiff::{SignedDuration, Timestamp};

/// How exact "last used" is; reading does not write all the time.
const USED_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// A request with a good token.
pub(super) struct Caller {
    pub signed: Signed,
    pub token_id: String,
    scopes: String,
}

impl Caller {
    /// # Errors
    /// [`Fail::Forbidden`] when the token was not made for this.
    pub fn may(&self, scope: &str) -> Result<(), Fail> {
        if self.scopes.split(' ').any(|one| one == scope) { Ok(()) } else { Err(scopes::lacking(scope)) }
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Fail;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fail> {
        let visitor = Visitor::from_request_parts(parts, app).await?;
        let given = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let secret = given.and_then(bearer).ok_or(Fail::SignIn)?;
        let now = app.clock.now();
        let mut conn = app.db.read().await?;
        let row = conn
            .first(
                "select id, account_id, scopes, expires_at, last_used_at from api_token where secret_hash = $1 and revoked_at is null",
                values![hashed(secret)],
            )
            .await?
            .ok_or(Fail::SignIn)?;
        let token_id: String = row.get("id")?;
        app.limits.api(&token_id)?;
        if row.get::<Timestamp>("expires_at")? <= now {
            return Err(Fail::SignIn);
        }
        let account_id: String = row.get("account_id")?;
        let actor = accounts::active_actor(&mut conn, &account_id).await?.ok_or(Fail::SignIn)?;
        drop(conn);
        let used: Option<Timestamp> = row.get("last_used_at")?;
        if used.is_none_or(|at| now.duration_since(at) >= USED_EVERY) {
            // A busy database must not keep anybody from reading; the next request tries again.
            if let Err(error) = note_use(app, &token_id, now).await {
                tracing::debug!("last use of a token not written: {error}");
            }
        }
        let visitor = Visitor { actor: Some(actor.clone()), session: Some(format!("token {token_id}")), ..visitor };
        Ok(Self { signed: Signed { actor, visitor }, token_id, scopes: row.get("scopes")? })
    }
}

/// The secret of `Bearer sjn_…`; the scheme's name in any case (RFC 7235).
fn bearer(given: &str) -> Option<&str> {
    let (scheme, secret) = given.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

async fn note_use(app: &App, token_id: &str, now: Timestamp) -> Result<(), DbError> {
    let mut conn = app.db.write().await?;
    conn.run("update api_token set last_used_at = $2 where id = $1", values![token_id, now]).await?;
    conn.commit().await
}
