//! What a person sees and changes of the own account: data, password, second factor, where it is signed in.
//!
//! **Invariant:** password and second factor change only after the password (and code) was given again, and every other
//! session of the account ends then.

use super::log::{self, Action, Doer};
use super::second_factor::{self, Code, Enrolment};
use super::sessions::{self, Origin, Place, Session, Stage};
use super::set_up::new_password;
use super::sign_in::{Asked, Entering, faulty, own_path, with_next};
use super::store::{self, Account};
use super::{gate, hashing, instant, must_enrol};
use crate::actor::RoleKind;
use crate::app::App;
use crate::db::Conn;
use crate::fail::{Fail, Fault};
use crate::text::{Say, say};
use crate::web::form::Filled;
use crate::web::{Form, Page, Signed, Ui, Visitor, done, html};
use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use serde_json::Value as Json;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/account", get(show))
        .route("/account/sessions/{id}/end", post(end_session))
        .route("/account/password", get(show_password).post(change_password))
        .route("/account/second-factor", get(show_factor).post(turn_on))
        .route("/account/second-factor/off", post(turn_off))
}

#[derive(Template)]
#[template(path = "accounts/account.html")]
struct AccountPage {
    ui: Ui,
    account: Account,
    places: Vec<Place>,
    here: String,
    codes_left: i64,
    /// Administrators hold none: nothing of theirs is done by a program.
    may_hold_tokens: bool,
}

async fn show(State(app): State<App>, signed: Signed, session: Session) -> Page {
    let mut conn = app.db.read().await?;
    let account = store::find(&mut conn, &signed.actor.account_id).await?.ok_or(Fail::SignIn)?;
    let places = sessions::list(&mut conn, &account.id, instant(&app)).await?;
    let codes_left = second_factor::recovery_codes_left(&mut conn, &account.id).await?;
    let may_hold_tokens = !signed.actor.has(RoleKind::Administrator);
    html(&AccountPage { ui: signed.ui(), account, places, here: session.id, codes_left, may_hold_tokens })
}

async fn end_session(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<Response, Fail> {
    let mut conn = app.db.write().await?;
    if !sessions::end_one(&mut conn, &signed.actor.account_id, &id).await? {
        return Err(Fail::NotFound);
    }
    conn.commit().await?;
    Ok(done("/account", "该处登录已退出。"))
}

#[derive(Template)]
#[template(path = "accounts/password.html")]
struct PasswordPage {
    ui: Ui,
    filled: Filled,
    login: String,
    next: String,
    advice: Say,
    /// The password has run out and must be changed before anything else.
    is_demanded: bool,
}

impl PasswordPage {
    fn new(app: &App, visitor: &Visitor, session: &Session, next: String, faults: Vec<Fault>) -> Self {
        Self {
            ui: visitor.ui(),
            filled: Filled::new(Form::default(), faults),
            login: session.actor.login.clone(),
            next,
            advice: app.config.passwords.advice(),
            is_demanded: session.stage == Stage::Password,
        }
    }
}

/// Lets a session of these stages pass; another goes on where it is, by way of the sign-in page.
fn at_stage(session: &Session, stages: &[Stage], next: &str) -> Option<Response> {
    (!stages.contains(&session.stage)).then(|| Redirect::to(&with_next("/sign-in", next)).into_response())
}

const PASSWORD_STAGES: &[Stage] = &[Stage::Open, Stage::Password];
const FACTOR_STAGES: &[Stage] = &[Stage::Open, Stage::Enrol];

async fn show_password(
    State(app): State<App>,
    visitor: Visitor,
    session: Session,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    if let Some(elsewhere) = at_stage(&session, PASSWORD_STAGES, &asked.next()) {
        return Ok(elsewhere);
    }
    Ok(html(&PasswordPage::new(&app, &visitor, &session, asked.next(), Vec::new()))?.into_response())
}

async fn change_password(
    State(app): State<App>,
    visitor: Visitor,
    session: Session,
    origin: Origin,
    form: Form,
) -> Result<Response, Fail> {
    let now = instant(&app);
    let next = own_path(form.text("next"));
    if let Some(elsewhere) = at_stage(&session, PASSWORD_STAGES, &next) {
        return Ok(elsewhere);
    }
    let again = |faults| faulty(html(&PasswordPage::new(&app, &visitor, &session, next.clone(), faults)));
    let account = own_account(&app, &session).await?;
    let password = match new_password(&app, &account, &form).await? {
        Ok(password) => password,
        Err(faults) => return again(faults),
    };
    if form.text("current") == form.text("password") {
        return again(vec![Fault::new("password", say("新密码与现在的密码相同。"))]);
    }
    let hash = hashing::hash(&password).await?;
    let checked = gate::password(&app, Some(&account), "", form.text("current"), visitor.ip, now).await?;
    let Some((mut conn, account)) = checked else { return again(vec![wrong_password("current")]) };
    store::set_password(&mut conn, &account.id, &hash, now).await?;
    let account = store::find(&mut conn, &account.id).await?.ok_or(Fail::SignIn)?;
    record(&mut conn, &account, Action::PasswordChanged, &visitor, now).await?;
    sessions::end_all(&mut conn, &account.id).await?;
    let to = if session.stage == Stage::Open { "/account" } else { &next };
    let entering =
        Entering {
            app: &app, origin: &origin, old: None, next: to, said: Some("密码已更改，其他登录均已退出。"), now
        };
    entering.go_on(conn, &account, true).await
}

fn wrong_password(field: &str) -> Fault {
    Fault::new(field, say("密码不正确。连续输错5次的，须等待1至30分钟。"))
}

async fn own_account(app: &App, session: &Session) -> Result<Account, Fail> {
    store::find(&mut app.db.read().await?, &session.actor.account_id).await?.ok_or(Fail::SignIn)
}

async fn record(
    conn: &mut Conn,
    account: &Account,
    action: Action,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<(), Fail> {
    let doer = Doer::owner(account, &visitor.request_id);
    log::write(conn, &doer, (&account.id, &account.login), action, true, &Json::Null, now).await?;
    Ok(())
}

#[derive(Template)]
#[template(path = "accounts/enrol.html")]
struct EnrolPage {
    ui: Ui,
    filled: Filled,
    next: String,
    enrolment: Enrolment,
    /// Staff who have none yet come here right after their password and cannot go elsewhere.
    is_demanded: bool,
}

#[derive(Template)]
#[template(path = "accounts/factor.html")]
struct FactorPage {
    ui: Ui,
    filled: Filled,
    codes_left: i64,
    /// Switched off, it has to be set up again at once.
    is_demanded: bool,
}

#[derive(Template)]
#[template(path = "accounts/recovery_codes.html")]
struct RecoveryCodesPage {
    ui: Ui,
    codes: Vec<String>,
    next: String,
}

async fn show_factor(
    State(app): State<App>,
    visitor: Visitor,
    session: Session,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    if let Some(elsewhere) = at_stage(&session, FACTOR_STAGES, &asked.next()) {
        return Ok(elsewhere);
    }
    let account = own_account(&app, &session).await?;
    if account.has_factor {
        return Ok(factor_page(&app, &visitor, &account, Vec::new()).await?.into_response());
    }
    // The secret belongs to this session: a page opened twice shows the same picture, another session another one.
    let secret = match second_factor::pending(&app, &session)? {
        Some(secret) => secret,
        None => {
            let secret = second_factor::new_secret();
            let mut conn = app.db.write().await?;
            second_factor::keep_pending(&app, &mut conn, &session, &secret).await?;
            conn.commit().await?;
            secret
        }
    };
    Ok(enrol_page(&visitor, &session, &secret, asked.next(), Vec::new())?.into_response())
}

async fn factor_page(app: &App, visitor: &Visitor, account: &Account, faults: Vec<Fault>) -> Page {
    let codes_left = second_factor::recovery_codes_left(&mut app.db.read().await?, &account.id).await?;
    let filled = Filled::new(Form::default(), faults);
    html(&FactorPage { ui: visitor.ui(), filled, codes_left, is_demanded: must_enrol(app, &account.roles) })
}

fn enrol_page(visitor: &Visitor, session: &Session, secret: &[u8], next: String, faults: Vec<Fault>) -> Page {
    html(&EnrolPage {
        ui: visitor.ui(),
        filled: Filled::new(Form::default(), faults),
        next,
        enrolment: second_factor::enrolment(secret, &session.actor.login)?,
        is_demanded: session.stage == Stage::Enrol,
    })
}

async fn turn_on(
    State(app): State<App>,
    visitor: Visitor,
    session: Session,
    origin: Origin,
    form: Form,
) -> Result<Response, Fail> {
    let now = instant(&app);
    let next = own_path(form.text("next"));
    if let Some(elsewhere) = at_stage(&session, FACTOR_STAGES, &next) {
        return Ok(elsewhere);
    }
    let account = own_account(&app, &session).await?;
    let Some(secret) = second_factor::pending(&app, &session)?.filter(|_| !account.has_factor) else {
        return Ok(Redirect::to(&with_next("/account/second-factor", &next)).into_response());
    };
    let again = |faults| faulty(enrol_page(&visitor, &session, &secret, next.clone(), faults));
    let Some(step) = second_factor::step_of(&secret, form.text("code"), now)? else {
        return again(vec![Fault::new("code", say("验证码不正确。请核对手机的时间，输入最新的6位数字。"))]);
    };
    // Right after the password it need not be given again; in a session that has been open for hours it must.
    let (mut conn, account) = if session.stage == Stage::Enrol {
        let mut conn = app.db.write().await?;
        let account =
            store::lock(&mut conn, &account.id).await?.filter(|one| one.disabled_at.is_none()).ok_or(Fail::SignIn)?;
        (conn, account)
    } else {
        let checked = gate::password(&app, Some(&account), "", form.text("password"), visitor.ip, now).await?;
        let Some(checked) = checked else { return again(vec![wrong_password("password")]) };
        checked
    };
    if account.has_factor {
        return Err(Fail::Conflict(say("您已在别处启用了动态验证码。")));
    }
    let codes = second_factor::turn_on(&app, &mut conn, &account.id, &secret, step, now).await?;
    record(&mut conn, &account, Action::FactorOn, &visitor, now).await?;
    sessions::end_all(&mut conn, &account.id).await?;
    let entering = Entering { app: &app, origin: &origin, old: None, next: &next, said: None, now };
    let account = store::find(&mut conn, &account.id).await?.ok_or(Fail::SignIn)?;
    let (token, _) = entering.open(&mut conn, &account, true).await?;
    conn.commit().await?;
    let next = if session.stage == Stage::Open { "/account".to_owned() } else { next };
    let mut response = html(&RecoveryCodesPage { ui: visitor.ui(), codes, next })?.into_response();
    sessions::give(&mut response, &token);
    Ok(response)
}

async fn turn_off(
    State(app): State<App>,
    signed: Signed,
    session: Session,
    origin: Origin,
    form: Form,
) -> Result<Response, Fail> {
    let now = instant(&app);
    let visitor = &signed.visitor;
    let account = own_account(&app, &session).await?;
    let checked = gate::password(&app, Some(&account), "", form.text("password"), visitor.ip, now).await?;
    let Some((mut conn, account)) = checked else {
        return faulty(factor_page(&app, visitor, &account, vec![wrong_password("password")]).await);
    };
    if gate::code(&app, &mut conn, &account, form.text("code"), visitor.ip, now).await? == Code::Wrong {
        conn.commit().await?;
        let fault = Fault::new("code", say("验证码不正确或已用过。请等下一个验证码出现后再输入。"));
        return faulty(factor_page(&app, visitor, &account, vec![fault]).await);
    }
    second_factor::turn_off(&mut conn, &account.id).await?;
    record(&mut conn, &account, Action::FactorOff, visitor, now).await?;
    sessions::end_all(&mut conn, &account.id).await?;
    let account = store::find(&mut conn, &account.id).await?.ok_or(Fail::SignIn)?;
    let entering =
        Entering {
            app: &app, origin: &origin, old: None, next: "/account", said: Some("动态验证码已关闭。"), now
        };
    entering.go_on(conn, &account, true).await
}
