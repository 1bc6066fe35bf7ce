//! A person's tokens: made with a name, scopes and an end, shown once, revoked at any time.
//!
//! **Invariant:** of a secret only its SHA-256 is kept; a revoked token is never good again.

use super::scopes::SCOPES;
use crate::actor::RoleKind;
use crate::app::App;
use crate::db::{Conn, DbError};
use crate::fail::Fail;
use crate::perform::new_id;
use crate::text::say;
use crate::values;
use crate::web::form::{Filled, Reader};
use crate::web::{Form, Page, Signed, Ui, done, html};
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

/// What every secret begins with, so that one that was published by mistake is recognised.
const PREFIX: &str = "sjn_";
/// Characters of a token's name.
const NAME_MAX: usize = 100;
/// A token that nobody renews ends within a year.
const DAYS_MAX: i64 = 365;
/// Live tokens of one person; more are forgotten ones.
const TOKENS_MOST: usize = 20;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/account/tokens", get(show).post(act))
}

pub(super) fn hashed(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

struct Token {
    id: String,
    name: String,
    scopes: Vec<&'static str>,
    created_at: Timestamp,
    expires_at: Timestamp,
    last_used_at: Option<Timestamp>,
    is_expired: bool,
}

#[derive(Template)]
#[template(path = "api/tokens.html")]
struct TokensPage {
    ui: Ui,
    filled: Filled,
    tokens: Vec<Token>,
    choices: &'static [(&'static str, &'static str, &'static str)],
    /// Just made: the one time that it is shown.
    secret: Option<String>,
}

/// The person's tokens that were not revoked, oldest first.
async fn list(conn: &mut Conn, account_id: &str, now: Timestamp) -> Result<Vec<Token>, DbError> {
    let rows = conn
        .all(
            "select id, name, scopes, created_at, expires_at, last_used_at from api_token
             where account_id = $1 and revoked_at is null order by created_at, id",
            values![account_id],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let words: String = row.get("scopes")?;
            let has = |word: &str| words.split(' ').any(|one| one == word);
            let expires_at: Timestamp = row.get("expires_at")?;
            Ok(Token {
                id: row.get("id")?,
                name: row.get("name")?,
                scopes: SCOPES.iter().filter(|(word, _, _)| has(word)).map(|(_, label, _)| *label).collect(),
                created_at: row.get("created_at")?,
                expires_at,
                last_used_at: row.get("last_used_at")?,
                is_expired: expires_at <= now,
            })
        })
        .collect()
}

/// The three administrators act on accounts, not on cases: nothing of theirs is done by a program.
fn must_hold(who: &Signed) -> Result<(), Fail> {
    if who.actor.has(RoleKind::Administrator) {
        return Err(Fail::Forbidden(say("管理员账户不能使用接口令牌。请用业务账户创建。")));
    }
    Ok(())
}

async fn page(app: &App, who: &Signed, filled: Filled, secret: Option<String>) -> Page {
    let mut conn = app.db.read().await?;
    let tokens = list(&mut conn, &who.actor.account_id, app.clock.now()).await?;
    html(&TokensPage { ui: who.ui(), filled, tokens, choices: SCOPES, secret })
}

async fn show(State(app): State<App>, who: Signed) -> Page {
    must_hold(&who)?;
    page(&app, &who, Filled::new(Form::of([("days", "90")]), Vec::new()), None).await
}

async fn act(State(app): State<App>, who: Signed, form: Form) -> Result<Response, Fail> {
    must_hold(&who)?;
    if form.text("revoke").is_empty() {
        return create(&app, &who, form).await;
    }
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let revoked = conn
        .run(
            "update api_token set revoked_at = $3 where id = $1 and account_id = $2 and revoked_at is null",
            values![form.text("revoke"), &who.actor.account_id, now],
        )
        .await?;
    if revoked == 0 {
        return Err(Fail::NotFound);
    }
    conn.commit().await?;
    Ok(done("/account/tokens", "令牌已撤销，立即失效。"))
}

async fn create(app: &App, who: &Signed, form: Form) -> Result<Response, Fail> {
    let mut reader = Reader::new(&form);
    let name = reader.required("name", NAME_MAX);
    let days = reader.number("days", 1, DAYS_MAX);
    let scopes: Vec<&str> = SCOPES.iter().map(|(word, _, _)| *word).filter(|word| form.has("scopes", word)).collect();
    if scopes.is_empty() {
        reader.fault("scopes", say("请至少选择一项权限。"));
    }
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    if list(&mut conn, &who.actor.account_id, now).await?.len() >= TOKENS_MOST {
        reader.fault("name", say("每人最多%{n}个令牌，请先撤销不用的。").with("n", TOKENS_MOST));
    }
    let faults = reader.faults;
    if !faults.is_empty() {
        drop(conn);
        let shown = page(app, who, Filled::new(form, faults), None).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response());
    }
    let secret = format!("{PREFIX}{}", hex::encode(rand::random::<[u8; 32]>()));
    let expires_at = now + SignedDuration::from_hours(24 * days);
    conn.run(
        "insert into api_token (id, account_id, name, scopes, secret_hash, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7)",
        values![new_id(now), &who.actor.account_id, name, scopes.join(" "), hashed(&secret), now, expires_at],
    )
    .await?;
    conn.commit().await?;
    let filled = Filled::new(Form::of([("days", "90")]), Vec::new());
    Ok(page(app, who, filled, Some(secret)).await?.into_response())
}
