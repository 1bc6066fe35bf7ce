//! The page behind a set-up link: choose a password, then go on as after any right password.

use super::log::{self, Action, Doer};
use super::passwords::{Passwords, clean};
use super::sessions::{self, Origin};
use super::sign_in::{Entering, faulty};
use super::store::{self, Account};
use super::{hashing, instant, links};
use crate::app::App;
use crate::fail::{Fail, Fault};
use crate::text::{Say, say};
use crate::web::form::Filled;
use crate::web::{Form, Page, Ui, Visitor, html};
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use serde_json::Value as Json;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/set-up/{token}", get(show).post(submit))
}

#[derive(Template)]
#[template(path = "accounts/set_up.html")]
struct SetUpPage {
    ui: Ui,
    filled: Filled,
    login: String,
    name: String,
    advice: Say,
}

async fn owner(app: &App, token: &str) -> Result<Account, Fail> {
    let mut conn = app.db.read().await?;
    let owner = links::owner(&mut conn, token, instant(app)).await?.ok_or_else(ended)?;
    store::find(&mut conn, &owner).await?.ok_or_else(ended)
}

fn ended() -> Fail {
    Fail::Bad(say("此设置链接不存在、已使用过或已过期（24小时内有效）。请向安全管理员索取新的链接。"))
}

fn page(app: &App, visitor: &Visitor, account: &Account, filled: Filled) -> Page {
    let advice = app.config.passwords.advice();
    html(&SetUpPage { ui: visitor.ui(), filled, login: account.login.clone(), name: account.name.clone(), advice })
}

async fn show(State(app): State<App>, visitor: Visitor, Path(token): Path<String>) -> Page {
    let account = owner(&app, &token).await?;
    page(&app, &visitor, &account, Filled::default())
}

async fn submit(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
    origin: Origin,
    form: Form,
) -> Result<Response, Fail> {
    let now = instant(&app);
    let account = owner(&app, &token).await?;
    let password = match new_password(&app, &account, &form).await? {
        Ok(password) => password,
        Err(faults) => return faulty(page(&app, &visitor, &account, Filled::new(Form::default(), faults))),
    };
    let hash = hashing::hash(&password).await?;
    let mut conn = app.db.write().await?;
    if !links::spend(&mut conn, &token, now).await? {
        return Err(ended());
    }
    store::set_password(&mut conn, &account.id, &hash, now).await?;
    sessions::end_all(&mut conn, &account.id).await?;
    let whose = (account.id.as_str(), account.login.as_str());
    let doer = Doer::owner(&account, &visitor.request_id);
    log::write(&mut conn, &doer, whose, Action::PasswordSet, true, &Json::Null, now).await?;
    let account =
        store::lock(&mut conn, &account.id).await?.filter(|one| one.disabled_at.is_none()).ok_or_else(ended)?;
    let entering = Entering { app: &app, origin: &origin, old: None, next: "/", said: Some("密码已设置。"), now };
    // The link is the first factor; a second one that the account has is still asked for.
    entering.go_on(conn, &account, false).await
}

/// The new password from the fields `password` and `again`, or all that is wrong with it.
pub(super) async fn new_password(
    app: &App,
    account: &Account,
    form: &Form,
) -> Result<Result<String, Vec<Fault>>, Fail> {
    let rules: Passwords = app.config.passwords;
    let password = clean(form.text("password"));
    let mut faults = rules.faults(&password, &account.login);
    if clean(form.text("again")) != password {
        faults.push(Fault::new("again", say("两次输入的密码不一致。")));
    }
    if faults.is_empty() {
        let former = store::former_passwords(&mut app.db.read().await?, account, rules.remembered()).await?;
        for hash in &former {
            if hashing::matches(&password, Some(hash)).await? {
                faults
                    .push(Fault::new("password", say("不能使用最近%{n}次用过的密码。").with("n", rules.remembered())));
                break;
            }
        }
    }
    Ok(if faults.is_empty() { Ok(password) } else { Err(faults) })
}
