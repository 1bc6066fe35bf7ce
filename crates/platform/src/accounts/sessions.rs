//! Who is signed in where: a random token in a cookie, its hash in the database.
//!
//! **Invariant:** an actor is read from the database for every request, so a disabled account or a role taken away counts
//! from the next request on; a sign-in that is not finished has a session but no actor.

use super::{instant, is_staff};
use crate::actor::{Actor, Role};
use crate::app::App;
use crate::db::{Conn, DbError, Row};
use crate::fail::Fail;
use crate::perform::new_id;
use crate::values;
use crate::web::{self, LANGUAGE_COOKIE, Visitor};
use axum::Router;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::CookieJar;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

pub const COOKIE: &str = "__Host-sijian";

/// 等保三级: staff who leave their desk are signed out after a quarter of an hour; the public after twice that.
const IDLE_STAFF: SignedDuration = SignedDuration::from_mins(15);
const IDLE_CLIENT: SignedDuration = SignedDuration::from_mins(30);
/// A working day; after it everybody signs in again.
const LONGEST: SignedDuration = SignedDuration::from_hours(12);
/// Time to fetch the telephone and install the program that makes codes.
const HALF_WAY: SignedDuration = SignedDuration::from_mins(15);
/// How exact "last seen" is; reading pages does not write all the time.
const SEEN_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// Sign-ins of one account at a time; the oldest gives way.
const SESSIONS_MAX: i64 = 10;
const AGENT_LONGEST: usize = 200;

/// How far a sign-in has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Password right, code of the second factor missing.
    Second,
    /// Password has to be changed first.
    Password,
    /// A second factor has to be set up first.
    Enrol,
    Open,
}

impl Stage {
    fn word(self) -> &'static str {
        match self {
            Self::Second => "second",
            Self::Password => "password",
            Self::Enrol => "enrol",
            Self::Open => "open",
        }
    }

    /// The page on which a sign-in that has come so far goes on.
    pub fn page(self) -> Option<&'static str> {
        match self {
            Self::Second => Some("/sign-in/second"),
            Self::Password => Some("/account/password"),
            Self::Enrol => Some("/account/second-factor"),
            Self::Open => None,
        }
    }
}

impl std::str::FromStr for Stage {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let all = [Self::Second, Self::Password, Self::Enrol, Self::Open];
        all.into_iter().find(|one| one.word() == text).ok_or_else(|| format!("{text:?} is no stage"))
    }
}

crate::text_columns!(Stage);

/// The session of a request, finished or not.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub id: String,
    pub token_hash: String,
    pub stage: Stage,
    /// A second factor's secret that was shown on the enrolment page of this session and not confirmed yet; locked.
    pub pending_secret: Option<Vec<u8>>,
    /// Whose session it is; only with [`Stage::Open`] the request acts as that person.
    pub actor: Actor,
}

impl<S: Send + Sync> FromRequestParts<S> for Session {
    type Rejection = Fail;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fail> {
        parts.extensions.get::<Self>().cloned().ok_or(Fail::SignIn)
    }
}

/// The session if the request has one.
pub(super) struct Perhaps(pub Option<Session>);

impl<S: Send + Sync> FromRequestParts<S> for Perhaps {
    type Rejection = Fail;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fail> {
        Ok(Self(parts.extensions.get::<Session>().cloned()))
    }
}

/// Where a sign-in comes from, as the owner is shown it.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    pub ip: String,
    pub agent: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Origin {
    type Rejection = Fail;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fail> {
        let ip = Visitor::from_request_parts(parts, state).await?.ip.to_string();
        let agent = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
        Ok(Self { ip, agent: agent.chars().take(AGENT_LONGEST).collect() })
    }
}

/// Tells every request who is asking.
pub fn recognise(routes: Router<App>, app: App) -> Router<App> {
    routes.layer(middleware::from_fn_with_state(app, recognise_visitor))
}

async fn recognise_visitor(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let jar = CookieJar::from_headers(request.headers());
    let token = jar.get(COOKIE).map(|cookie| cookie.value().to_owned());
    // Programs come with a token, never with a cookie: a page of another site could make a browser send that.
    let is_apart = ["/assets/", "/api/v1/"].iter().any(|start| request.uri().path().starts_with(start));
    let Some(token) = token.filter(|_| !is_apart) else {
        return next.run(request).await;
    };
    let session = match find(&app, &token).await {
        Ok(session) => session,
        // Not knowing who asks, nobody is let in, nor told that they are signed out.
        Err(fail) => {
            return match request.extensions().get::<Visitor>() {
                Some(visitor) => web::answer(fail, visitor),
                None => fail.into_response(),
            };
        }
    };
    if let Some(session) = session {
        if let Some(visitor) = request.extensions_mut().get_mut::<Visitor>().filter(|_| session.stage == Stage::Open) {
            if jar.get(LANGUAGE_COOKIE).is_none() {
                visitor.lang = session.actor.language;
            }
            visitor.actor = Some(session.actor.clone());
            visitor.session = Some(session.id.clone());
        }
        request.extensions_mut().insert(session);
    }
    next.run(request).await
}

/// The live session of a token, seen now.
async fn find(app: &App, token: &str) -> Result<Option<Session>, Fail> {
    let now = instant(app);
    let token_hash = hashed(token);
    let rows = app
        .db
        .read()
        .await?
        .all(
            "select s.id, s.stage, s.seen_at, s.ends_at, s.pending_secret, a.id as account_id, a.login, a.name,
                 a.organisation_id, coalesce(o.name, '') as organisation_name, a.language, p.id as appraiser_id, r.role
             from session s join account a on a.id = s.account_id and a.disabled_at is null
             left join organisation o on o.id = a.organisation_id
             left join appraiser p on p.account_id = a.id
             left join account_role r on r.account_id = a.id
             where s.token_hash = $1",
            values![&token_hash],
        )
        .await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let actor = actor(row, &rows)?;
    let (seen_at, ends_at): (Timestamp, Timestamp) = (row.get("seen_at")?, row.get("ends_at")?);
    if now >= ends_at || now.duration_since(seen_at) >= idle(app, &actor.roles) {
        return Ok(None);
    }
    let session = Session {
        id: row.get("id")?,
        token_hash,
        stage: row.get("stage")?,
        pending_secret: row.get("pending_secret")?,
        actor,
    };
    if now.duration_since(seen_at) >= SEEN_EVERY {
        // A busy database must not keep anybody from reading; the next request tries again.
        if let Err(error) = see(app, &session, now).await {
            tracing::debug!("last seen not written: {error}");
        }
    }
    Ok(Some(session))
}

async fn see(app: &App, session: &Session, now: Timestamp) -> Result<(), DbError> {
    let mut conn = app.db.write().await?;
    conn.run("update session set seen_at = $1 where token_hash = $2", values![now, &session.token_hash]).await?;
    conn.commit().await
}

fn actor(row: &Row, rows: &[Row]) -> Result<Actor, DbError> {
    let mut roles = Vec::new();
    for row in rows {
        roles.extend(row.get::<Option<Role>>("role")?);
    }
    roles.sort();
    Ok(Actor {
        account_id: row.get("account_id")?,
        login: row.get("login")?,
        name: row.get("name")?,
        roles,
        organisation_id: row.get("organisation_id")?,
        organisation_name: row.get("organisation_name")?,
        appraiser_id: row.get("appraiser_id")?,
        language: row.get("language")?,
    })
}

/// In the demo nobody is sent away while looking around.
fn idle(app: &App, roles: &[Role]) -> SignedDuration {
    if app.config.demo {
        LONGEST
    } else if is_staff(roles) {
        IDLE_STAFF
    } else {
        IDLE_CLIENT
    }
}

/// Opens a session and returns its token, which is nowhere else. Clears away what has ended.
pub(super) async fn start(
    conn: &mut Conn,
    account_id: &str,
    stage: Stage,
    origin: &Origin,
    now: Timestamp,
) -> Result<String, DbError> {
    let token = super::new_token();
    let ends_at = now + if stage == Stage::Open { LONGEST } else { HALF_WAY };
    conn.run("delete from session where ends_at <= $1", values![now]).await?;
    conn.run(
        "insert into session (token_hash, id, account_id, stage, started_at, seen_at, ends_at, ip, agent)
         values ($1, $2, $3, $4, $5, $5, $6, $7, $8)",
        values![hashed(&token), new_id(now), account_id, stage.word(), now, ends_at, &origin.ip, &origin.agent],
    )
    .await?;
    conn.run(
        "delete from session where account_id = $1 and id not in
             (select id from session where account_id = $1 order by started_at desc, id desc limit $2)",
        values![account_id, SESSIONS_MAX],
    )
    .await?;
    Ok(token)
}

pub(super) async fn end(conn: &mut Conn, session: &Session) -> Result<(), DbError> {
    conn.run("delete from session where token_hash = $1", values![&session.token_hash]).await.map(|_| ())
}

pub(super) async fn end_all(conn: &mut Conn, account_id: &str) -> Result<(), DbError> {
    conn.run("delete from session where account_id = $1", values![account_id]).await.map(|_| ())
}

/// Ends one of the account's sessions; whether there was such a one.
pub(super) async fn end_one(conn: &mut Conn, account_id: &str, id: &str) -> Result<bool, DbError> {
    Ok(conn.run("delete from session where account_id = $1 and id = $2", values![account_id, id]).await? == 1)
}

/// A session as its owner sees it.
pub(super) struct Place {
    pub id: String,
    pub started_at: Timestamp,
    pub seen_at: Timestamp,
    pub ip: String,
    pub agent: String,
}

/// Where the account is signed in, newest first; at most [`SESSIONS_MAX`].
pub(super) async fn list(conn: &mut Conn, account_id: &str, now: Timestamp) -> Result<Vec<Place>, DbError> {
    let rows = conn
        .all(
            "select id, started_at, seen_at, ip, agent from session
             where account_id = $1 and stage = 'open' and ends_at > $2 order by started_at desc",
            values![account_id, now],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Place {
                id: row.get("id")?,
                started_at: row.get("started_at")?,
                seen_at: row.get("seen_at")?,
                ip: row.get("ip")?,
                agent: row.get("agent")?,
            })
        })
        .collect()
}

/// The cookie that carries a token: for this host only, over TLS only, out of reach of scripts and of other sites' forms.
pub(super) fn give(response: &mut Response, token: &str) {
    put(response, &format!("{COOKIE}={token}; Path=/; Secure; HttpOnly; SameSite=Lax"));
}

pub(super) fn take_back(response: &mut Response) {
    put(response, &format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"));
}

fn put(response: &mut Response, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

pub(super) fn hashed(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// A session for an account without its password: for tests, benchmarks and the demo's tour. Returns the cookie header.
///
/// # Errors
/// The database's.
#[doc(hidden)]
pub async fn open_session(app: &App, account_id: &str) -> Result<String, DbError> {
    let mut conn = app.db.write().await?;
    let origin = Origin { ip: "127.0.0.1".into(), agent: String::new() };
    let token = start(&mut conn, account_id, Stage::Open, &origin, instant(app)).await?;
    conn.commit().await?;
    Ok(format!("{COOKIE}={token}"))
}
