//! The same request twice, done once: the answer of a POST with an `Idempotency-Key` is kept with the act.
//!
//! **Invariant:** the answer is written in the transaction of the act, so it is there exactly when the act was done. What was
//! refused is not kept: nothing was done, and a second try may succeed.

use super::caller::Caller;
use super::tokens::hashed;
use crate::app::App;
use crate::db::{Conn, DbError};
use crate::fail::{Fail, Fault};
use crate::perform::Tx;
use crate::text::say;
use crate::values;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::SignedDuration;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

const HEADER: &str = "idempotency-key";
/// Signs of a key: a UUID and what people put around it.
const KEY_MAX: usize = 200;
/// How long an answer is kept; a client that tries longer looks first.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// An answer that can be given again.
pub(super) struct Answer {
    pub status: StatusCode,
    pub location: Option<String>,
    pub body: String,
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = (self.status, [(header::CONTENT_TYPE, "application/json")], self.body).into_response();
        if let Some(location) = self.location.and_then(|to| to.parse().ok()) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        response
    }
}

/// A key with what it was sent for.
pub(super) struct Key {
    token_id: String,
    key: String,
    path: String,
    body_hash: String,
}

impl Key {
    /// # Errors
    /// [`Fail::Faults`] for a key that is too long or no plain text.
    pub fn of(caller: &Caller, headers: &HeaderMap, body: &[u8]) -> Result<Option<Self>, Fail> {
        let Some(given) = headers.get(HEADER) else { return Ok(None) };
        let key = given.to_str().ok().map(str::trim).filter(|key| (1..=KEY_MAX).contains(&key.len()));
        let fault = || say("此标头须为1至%{n}个英文字母、数字或符号。").with("n", KEY_MAX);
        let key = key.ok_or_else(|| Fail::Faults(vec![Fault::new("Idempotency-Key", fault())]))?;
        Ok(Some(Self {
            token_id: caller.token_id.clone(),
            // Hashed: whatever somebody puts into a key is not read by people.
            key: hashed(key),
            path: caller.signed.visitor.path.clone(),
            body_hash: hex::encode(Sha256::digest(body)),
        }))
    }

    /// Whether the key of this request was used for its address before; what was sent then is not compared.
    ///
    /// # Errors
    /// A key that is none.
    pub async fn was_used(app: &App, caller: &Caller, headers: &HeaderMap) -> Result<bool, Fail> {
        let Some(key) = Self::of(caller, headers, &[])? else { return Ok(false) };
        let row = key.find(&mut app.db.read().await?, app.clock.now() - KEPT).await?;
        Ok(row.map(|row| row.get::<String>("path")).transpose()?.is_some_and(|path| path == key.path))
    }

    /// The answer that was given to this request before.
    ///
    /// # Errors
    /// [`Fail::Faults`] when the key was used for another request.
    pub async fn kept(&self, app: &App) -> Result<Option<Response>, Fail> {
        let mut conn = app.db.read().await?;
        let since = app.clock.now() - KEPT;
        let Some(row) = self.find(&mut conn, since).await? else { return Ok(None) };
        if row.get::<String>("path")? != self.path || row.get::<String>("body_hash")? != self.body_hash {
            let what = say("此Idempotency-Key已用于另一个请求，请换一个。");
            return Err(Fail::Faults(vec![Fault::new("Idempotency-Key", what)]));
        }
        let status = u16::try_from(row.get::<i64>("status")?).ok().and_then(|one| StatusCode::from_u16(one).ok());
        let answer =
            Answer { status: status.unwrap_or(StatusCode::OK), location: row.get("location")?, body: row.get("body")? };
        Ok(Some(([("idempotency-replayed", "true")], answer).into_response()))
    }

    async fn find(&self, conn: &mut Conn, since: jiff::Timestamp) -> Result<Option<crate::db::Row>, DbError> {
        conn.first(
            "select path, body_hash, status, location, body from api_answer where token_id = $1 and idempotency_key = $2 and created_at > $3",
            values![&self.token_id, &self.key, since],
        )
        .await
    }

    async fn keep(&self, tx: &mut Tx, answer: &Answer) -> Result<(), DbError> {
        let now = tx.now;
        tx.conn
            .run("delete from api_answer where token_id = $1 and created_at <= $2", values![&self.token_id, now - KEPT])
            .await?;
        tx.conn
            .run(
                "insert into api_answer (token_id, idempotency_key, path, body_hash, status, location, body, created_at)
                 values ($1, $2, $3, $4, $5, $6, $7, $8)",
                values![
                    &self.token_id, &self.key, &self.path, &self.body_hash, i64::from(answer.status.as_u16()),
                    answer.location.clone(), &answer.body, now,
                ],
            )
            .await
            .map(|_| ())
    }
}

/// Commits the act together with its answer.
///
/// # Errors
/// [`Fail::Conflict`] when the same key is being used by a request that has not ended.
pub(super) async fn commit(key: Option<&Key>, mut tx: Tx, answer: Answer) -> Result<Response, Fail> {
    if let Some(key) = key {
        match key.keep(&mut tx, &answer).await {
            Err(DbError::Constraint(_)) => {
                return Err(Fail::Conflict(say("带有同一Idempotency-Key的请求正在处理，请稍后重试。")));
            }
            other => other?,
        }
    }
    tx.conn.commit().await?;
    Ok(answer.into_response())
}

/// [`commit`] of an act that made something, which is shown.
///
/// # Errors
/// As [`commit`].
pub(super) async fn commit_made(key: Option<&Key>, tx: Tx, made: &Json) -> Result<Response, Fail> {
    commit(key, tx, Answer { status: StatusCode::CREATED, location: None, body: made.to_string() }).await
}
