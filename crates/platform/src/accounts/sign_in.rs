//! In and out: the sign-in page, the second factor, signing out, the language.

use super::demo::{self, DemoAccounts};
use super::log::{self, Action, Doer, Outcome};
use super::second_factor::Code;
use super::sessions::{self, Origin, Perhaps, Session, Stage};
use super::store::{self, Account, clean_login};
use super::{gate, instant, must_enrol};
use crate::app::App;
use crate::db::Conn;
use crate::fail::{Fail, Fault};
use crate::text::{Lang, say};
use crate::web::form::Filled;
use crate::web::{Form, LANGUAGE_COOKIE, Page, Signed, Ui, Visitor, done, html};
use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value as Json;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/sign-in", get(show).post(submit))
        .route("/sign-in/second", get(show_second).post(submit_second))
        .route("/sign-out", post(sign_out))
        .route("/sign-out-everywhere", post(sign_out_everywhere))
        .route("/language", post(choose_language))
}

/// Longest address to return to; longer ones are made up.
const NEXT_LONGEST: usize = 2_000;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    next: String,
    #[serde(default)]
    login: String,
}

impl Asked {
    pub fn next(&self) -> String {
        own_path(&self.next)
    }
}

/// The path if it leads to a page of ours, else the first page: no link may send a person who signs in to another site.
pub(super) fn own_path(path: &str) -> String {
    let mut signs = path.chars();
    let ours = signs.next() == Some('/')
        && !matches!(signs.next(), Some('/' | '\\'))
        && path.len() <= NEXT_LONGEST
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if ours { path.to_owned() } else { "/".to_owned() }
}

/// `page` with the address to go to afterwards.
pub(super) fn with_next(page: &str, next: &str) -> String {
    if next == "/" {
        return page.to_owned();
    }
    let escaped = next.bytes().fold(String::new(), |all, byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => all + &char::from(byte).to_string(),
        other => all + &format!("%{other:02X}"),
    });
    format!("{page}?next={escaped}")
}

/// A page that says what is wrong with what was typed.
pub(super) fn faulty(page: Page) -> Result<Response, Fail> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page?).into_response())
}

#[derive(Template)]
#[template(path = "accounts/sign_in.html")]
struct SignInPage {
    ui: Ui,
    filled: Filled,
    next: String,
    demo: Option<DemoAccounts>,
}

async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Perhaps(session): Perhaps,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    // Whoever is in the middle of signing in goes on there; whoever is signed in has no business here.
    if let Some(session) = session {
        let next = asked.next();
        let to = session.stage.page().map_or_else(|| next.clone(), |page| with_next(page, &next));
        return Ok(Redirect::to(&to).into_response());
    }
    let filled = Filled::new(Form::of([("login", asked.login.as_str())]), Vec::new());
    let page = SignInPage { ui: visitor.ui(), filled, next: asked.next(), demo: demo::shown(&app).await? };
    Ok(html(&page)?.into_response())
}

async fn submit(
    State(app): State<App>,
    visitor: Visitor,
    Perhaps(old): Perhaps,
    origin: Origin,
    form: Form,
) -> Result<Response, Fail> {
    let now = instant(&app);
    let login = clean_login(form.text("login"));
    let next = own_path(form.text("next"));
    let account = store::find_by_login(&mut app.db.read().await?, &login).await?;
    let right = gate::password(&app, account.as_ref(), &login, form.text("password"), visitor.ip, now).await?;
    let Some((conn, account)) = right else {
        // One sentence for every reason, or it would tell which logins exist and which are closed.
        let fault = say("登录名或密码不正确。连续输错5次的，暂停登录1至30分钟。");
        let filled = Filled::new(Form::of([("login", login.as_str())]), vec![Fault::new("login", fault)]);
        return faulty(html(&SignInPage { ui: visitor.ui(), filled, next, demo: demo::shown(&app).await? }));
    };
    let entering = Entering { app: &app, origin: &origin, old: old.as_ref(), next: &next, said: None, now };
    entering.go_on(conn, &account, false).await
}

/// Somebody on the way in.
pub(super) struct Entering<'a> {
    pub app: &'a App,
    pub origin: &'a Origin,
    /// The session so far, which ends: every step in gives a new token.
    pub old: Option<&'a Session>,
    pub next: &'a str,
    /// What the page arrived at says was done.
    pub said: Option<&'static str>,
    pub now: Timestamp,
}

impl Entering<'_> {
    /// What is demanded next of an account whose password was right.
    fn stage(&self, account: &Account, is_second_passed: bool) -> Stage {
        let rules = self.app.config.passwords;
        if account.has_factor && !is_second_passed {
            Stage::Second
        } else if rules.is_expired(account.password_set_at, self.now) {
            Stage::Password
        } else if !account.has_factor && must_enrol(self.app, &account.roles) {
            Stage::Enrol
        } else {
            Stage::Open
        }
    }

    /// Opens the next session, commits, and leads to where the person was going or to what is still demanded.
    pub async fn go_on(&self, mut conn: Conn, account: &Account, is_second_passed: bool) -> Result<Response, Fail> {
        let (token, stage) = self.open(&mut conn, account, is_second_passed).await?;
        conn.commit().await?;
        let to = stage.page().map_or_else(|| self.next.to_owned(), |page| with_next(page, self.next));
        let mut response = match self.said {
            Some(said) => done(&to, said),
            None => Redirect::to(&to).into_response(),
        };
        sessions::give(&mut response, &token);
        Ok(response)
    }

    /// The same without committing and answering: the new token, and how far it opens.
    pub async fn open(
        &self,
        conn: &mut Conn,
        account: &Account,
        is_second_passed: bool,
    ) -> Result<(String, Stage), Fail> {
        let stage = self.stage(account, is_second_passed);
        if let Some(old) = self.old {
            sessions::end(conn, old).await?;
        }
        let outcome = if stage == Stage::Open { Outcome::SignedIn } else { Outcome::HalfWay };
        log::write_attempt(conn, Some(account), "", &self.origin.ip, outcome, self.now).await?;
        let token = sessions::start(conn, &account.id, stage, self.origin, self.now).await?;
        Ok((token, stage))
    }
}

#[derive(Template)]
#[template(path = "accounts/second.html")]
struct SecondPage {
    ui: Ui,
    filled: Filled,
    next: String,
}

async fn show_second(visitor: Visitor, session: Session, Query(asked): Query<Asked>) -> Result<Response, Fail> {
    if session.stage != Stage::Second {
        return Ok(Redirect::to(&with_next("/sign-in", &asked.next())).into_response());
    }
    let page = SecondPage { ui: visitor.ui(), filled: Filled::default(), next: asked.next() };
    Ok(html(&page)?.into_response())
}

async fn submit_second(
    State(app): State<App>,
    visitor: Visitor,
    session: Session,
    origin: Origin,
    form: Form,
) -> Result<Response, Fail> {
    let now = instant(&app);
    let next = own_path(form.text("next"));
    if session.stage != Stage::Second {
        return Ok(Redirect::to(&with_next("/sign-in", &next)).into_response());
    }
    gate::address_may_try(&app, visitor.ip, now).await?;
    let mut conn = app.db.write().await?;
    let account = store::lock(&mut conn, &session.actor.account_id).await?.ok_or(Fail::SignIn)?;
    match gate::code(&app, &mut conn, &account, form.text("code"), visitor.ip, now).await? {
        Code::Wrong => {
            conn.commit().await?;
            let fault = say("验证码不正确或已用过。请等下一个验证码出现后再输入；连续输错5次的，暂停登录1至30分钟。");
            let filled = Filled::new(Form::default(), vec![Fault::new("code", fault)]);
            return faulty(html(&SecondPage { ui: visitor.ui(), filled, next }));
        }
        Code::Recovery => {
            let doer = Doer::owner(&account, &visitor.request_id);
            let whose = (account.id.as_str(), account.login.as_str());
            log::write(&mut conn, &doer, whose, Action::RecoveryCodeUsed, true, &Json::Null, now).await?;
        }
        Code::Digits => {}
    }
    let entering = Entering { app: &app, origin: &origin, old: Some(&session), next: &next, said: None, now };
    entering.go_on(conn, &account, true).await
}

async fn sign_out(State(app): State<App>, Perhaps(session): Perhaps) -> Result<Response, Fail> {
    if let Some(session) = session {
        let mut conn = app.db.write().await?;
        sessions::end(&mut conn, &session).await?;
        conn.commit().await?;
    }
    let mut response = done("/sign-in", "已退出登录。");
    sessions::take_back(&mut response);
    Ok(response)
}

async fn sign_out_everywhere(State(app): State<App>, signed: Signed) -> Result<Response, Fail> {
    let now = instant(&app);
    let actor = &signed.actor;
    let mut conn = app.db.write().await?;
    sessions::end_all(&mut conn, &actor.account_id).await?;
    let doer = Doer::person(actor, &signed.visitor.request_id);
    let whose = (actor.account_id.as_str(), actor.login.as_str());
    log::write(&mut conn, &doer, whose, Action::SignedOutEverywhere, true, &Json::Null, now).await?;
    conn.commit().await?;
    let mut response = done("/sign-in", "已在所有设备上退出登录。");
    sessions::take_back(&mut response);
    Ok(response)
}

/// A year; the choice is renewed by making it again.
const LANGUAGE_SECONDS: u32 = 365 * 86_400;

async fn choose_language(State(app): State<App>, visitor: Visitor, form: Form) -> Result<Response, Fail> {
    let language: Lang = form.text("language").parse().map_err(|_| Fail::Bad(say("本站只有中文和英文。")))?;
    if let Some(actor) = &visitor.actor {
        let mut conn = app.db.write().await?;
        store::set_language(&mut conn, &actor.account_id, language).await?;
        conn.commit().await?;
    }
    let mut response = Redirect::to(&own_path(form.text("back"))).into_response();
    let cookie = format!(
        "{LANGUAGE_COOKIE}={}; Path=/; Max-Age={LANGUAGE_SECONDS}; Secure; HttpOnly; SameSite=Lax",
        language.word()
    );
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_ours_are_returned_to() {
        for (path, to) in [
            ("/cases/1?x=1&y=%E6%A1%88", "/cases/1?x=1&y=%E6%A1%88"),
            ("/案", "/"),
            ("", "/"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("/a\\b", "/"),
            ("https://evil.example", "/"),
            ("javascript:alert(1)", "/"),
            ("/a\r\nSet-Cookie: x=1", "/"),
            ("/\t/evil.example", "/"),
        ] {
            assert_eq!(own_path(path), to, "{path:?}");
        }
        assert_eq!(with_next("/sign-in/second", "/a?b=1"), "/sign-in/second?next=/a%3Fb%3D1");
    }
}
