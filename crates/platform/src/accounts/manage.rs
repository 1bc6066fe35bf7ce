//! The pages on which accounts are managed: the system administrator makes them and closes them, the security
//! administrator says what they may do and hands out set-up links.
//!
//! **Invariant:** no account becomes able to act by one person's hand: who created it grants it nothing, nobody changes the
//! own roles, and each act, done or refused, has its row in the log.

use super::exported;
use super::log::{self, Action, Doer};
use super::roles::{home_fits, roles_fit};
use super::sign_in::faulty;
use super::store::{self, Account, NewAccount, clean_login, login_reads_well};
use super::{instant, links, must_enrol, second_factor, sessions};
use crate::actor::{Actor, Role};
use crate::app::App;
use crate::db::Conn;
use crate::fail::{Fail, Objection};
use crate::text::{Lang, say};
use crate::web::export::Format;
use crate::web::form::{Filled, PAGE_ROWS, Reader};
use crate::web::{Form, Page, Paging, Signed, Ui, done, html};
use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value as Json, json};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/admin/accounts", get(list))
        .route("/admin/accounts/new", get(show_new).post(create))
        .route("/admin/accounts/{id}", get(show))
        .route("/admin/accounts/{id}/disable", post(disable))
        .route("/admin/accounts/{id}/enable", post(enable))
        .route("/admin/accounts/{id}/second-factor/reset", post(reset_factor))
        .route("/admin/accounts/{id}/roles", post(set_roles))
        .route("/admin/accounts/{id}/link", post(issue_link))
}

const SYSTEM: &[Role] = &[Role::SystemAdministrator];
const SECURITY: &[Role] = &[Role::SecurityAdministrator];
const EITHER: &[Role] = &[Role::SystemAdministrator, Role::SecurityAdministrator];
const NAME_LONGEST: usize = 60;
const SOUGHT_LONGEST: usize = 100;

/// What a list is asked for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Listed {
    #[serde(default)]
    pub q: String,
    #[serde(default)]
    pub page: String,
    #[serde(default)]
    pub format: String,
}

impl Listed {
    /// The page asked for; a number that is none is the first.
    pub fn page(&self) -> i64 {
        self.page.parse().unwrap_or(1)
    }

    pub fn sought(&self) -> String {
        self.q.trim().chars().take(SOUGHT_LONGEST).collect()
    }
}

#[derive(Template)]
#[template(path = "accounts/accounts.html")]
struct AccountsPage {
    ui: Ui,
    accounts: Vec<Account>,
    paging: Paging,
    sought: String,
    may_create: bool,
}

async fn list(State(app): State<App>, signed: Signed, Query(listed): Query<Listed>) -> Result<Response, Fail> {
    signed.must_be(EITHER)?;
    let sought = listed.sought();
    if let Some(format) = Format::of(&listed.format) {
        return exported::accounts(&app, &signed, &sought, format).await;
    }
    let mut conn = app.db.read().await?;
    let paging = Paging::new(listed.page(), store::count(&mut conn, &sought).await?);
    let accounts = store::list(&mut conn, &sought, paging.offset(), PAGE_ROWS).await?;
    let may_create = signed.actor.is(Role::SystemAdministrator);
    Ok(html(&AccountsPage { ui: signed.ui(), accounts, paging, sought, may_create })?.into_response())
}

impl AccountsPage {
    fn as_file(&self) -> String {
        address("/admin/accounts", &self.sought)
    }
}

/// A list narrowed to what was looked for, up to where `format=` goes.
pub(super) fn address(path: &str, sought: &str) -> String {
    let sought: String = sought.bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("{path}?q={sought}&")
}

#[derive(Template)]
#[template(path = "accounts/new_account.html")]
struct NewAccountPage {
    ui: Ui,
    filled: Filled,
    organisations: Vec<(String, String)>,
}

async fn new_page(app: &App, signed: &Signed, filled: Filled) -> Page {
    let organisations = store::organisations(&mut app.db.read().await?).await?;
    html(&NewAccountPage { ui: signed.ui(), filled, organisations })
}

async fn show_new(State(app): State<App>, signed: Signed) -> Page {
    signed.must_be(SYSTEM)?;
    new_page(&app, &signed, Filled::default()).await
}

async fn create(State(app): State<App>, signed: Signed, form: Form) -> Result<Response, Fail> {
    signed.must_be(SYSTEM)?;
    let mut reader = Reader::new(&form);
    let login = clean_login(&reader.required("login", NAME_LONGEST));
    let name = reader.required("name", NAME_LONGEST);
    let organisation = form.text("organisation").to_owned();
    let language = reader.choice("language", &[("zh", Lang::Zh), ("en", Lang::En)]);
    if !login.is_empty() && !login_reads_well(&login) {
        reader.fault("login", say("登录名由2至60个字母、数字或“. - _ @”组成。"));
    }
    let mut conn = app.db.write().await?;
    if store::find_by_login(&mut conn, &login).await?.is_some() {
        reader.fault("login", say("此登录名已被使用。"));
    }
    let known = store::organisations(&mut conn).await?.into_iter().any(|(id, _)| id == organisation);
    if !organisation.is_empty() && !known {
        reader.fault("organisation", say("请选择一项。"));
    }
    let organisation_id = Some(organisation).filter(|id| !id.is_empty());
    let language = language.unwrap_or_default();
    let new = NewAccount { login, name, roles: Vec::new(), organisation_id, language, password_hash: None };
    let new = match reader.finish(new) {
        Ok(new) => new,
        Err(faults) => {
            drop(conn);
            return faulty(new_page(&app, &signed, Filled::new(form, faults)).await);
        }
    };
    let doer = Doer::person(&signed.actor, &signed.visitor.request_id);
    let id = store::create_account(&mut conn, &new, &doer, instant(&app)).await?;
    conn.commit().await?;
    Ok(done(&format!("/admin/accounts/{id}"), "账户已建立。请安全管理员授予角色并发放设置链接。"))
}

#[derive(Template)]
#[template(path = "accounts/manage.html")]
struct ManagePage {
    ui: Ui,
    account: Account,
    /// A new set-up link, shown this once.
    link: Option<String>,
    is_system: bool,
    is_security: bool,
    /// Why this person may not grant roles here.
    objections: Vec<Objection>,
}

impl ManagePage {
    fn roles(&self) -> &'static [Role] {
        Role::ALL
    }

    fn has(&self, role: &Role) -> bool {
        self.account.roles.contains(role)
    }
}

fn manage_page(signed: &Signed, account: Account, link: Option<String>) -> Page {
    let objections = may_grant(&signed.actor, &account);
    let (is_system, is_security) =
        (signed.actor.is(Role::SystemAdministrator), signed.actor.is(Role::SecurityAdministrator));
    html(&ManagePage { ui: signed.ui(), account, link, is_system, is_security, objections })
}

async fn show(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Page {
    signed.must_be(EITHER)?;
    let account = store::find(&mut app.db.read().await?, &id).await?.ok_or(Fail::NotFound)?;
    manage_page(&signed, account, None)
}

/// Why this administrator may not give this account rights or a way in; nothing when all is well.
fn may_grant(actor: &Actor, account: &Account) -> Vec<Objection> {
    let mut objections = Vec::new();
    if account.id == actor.account_id {
        objections.push(Objection {
            what: say("任何人不能更改自己账户的角色，也不能为自己发放设置链接。"),
            article: "GB/T 22239-2019 8.1.5",
            remedy: say("请由另一位安全管理员办理。"),
        });
    }
    if account.created_by.as_deref() == Some(&actor.account_id) {
        objections.push(Objection {
            what: say("建立账户的人不能为该账户授予角色或发放设置链接。"),
            article: "GB/T 22239-2019 8.1.5",
            remedy: say("请由另一位安全管理员办理。"),
        });
    }
    objections
}

/// An act on an account, begun: the account is locked, and what is decided goes into the log with it.
struct Handling<'a> {
    conn: Conn,
    account: Account,
    signed: &'a Signed,
    action: Action,
    now: Timestamp,
}

impl<'a> Handling<'a> {
    async fn begin(app: &App, signed: &'a Signed, roles: &[Role], id: &str, action: Action) -> Result<Self, Fail> {
        signed.must_be(roles)?;
        let mut conn = app.db.write().await?;
        let account = store::lock(&mut conn, id).await?.ok_or(Fail::NotFound)?;
        Ok(Self { conn, account, signed, action, now: instant(app) })
    }

    async fn log(&mut self, is_done: bool, detail: &Json) -> Result<(), Fail> {
        let doer = Doer::person(&self.signed.actor, &self.signed.visitor.request_id);
        let whose = (self.account.id.as_str(), self.account.login.as_str());
        log::write(&mut self.conn, &doer, whose, self.action, is_done, detail, self.now).await?;
        Ok(())
    }

    /// Goes on if there are no objections; else leaves the refusal in the log.
    async fn unless(mut self, objections: Vec<Objection>, detail: &Json) -> Result<Self, Fail> {
        if objections.is_empty() {
            return Ok(self);
        }
        self.log(false, detail).await?;
        self.conn.commit().await?;
        Err(Fail::Refused(objections))
    }

    async fn finish(mut self, detail: &Json, said: &'static str) -> Result<Response, Fail> {
        self.log(true, detail).await?;
        self.conn.commit().await?;
        Ok(done(&format!("/admin/accounts/{}", self.account.id), said))
    }
}

async fn disable(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<Response, Fail> {
    let act = Handling::begin(&app, &signed, SYSTEM, &id, Action::Disabled).await?;
    let mut objections = Vec::new();
    if act.account.id == signed.actor.account_id {
        objections.push(Objection {
            what: say("不能停用自己的账户。"),
            article: "",
            remedy: say("请由另一位系统管理员办理。"),
        });
    }
    let mut act = act.unless(objections, &Json::Null).await?;
    if act.account.disabled_at.is_none() {
        store::set_disabled(&mut act.conn, &id, Some(act.now)).await?;
    }
    sessions::end_all(&mut act.conn, &id).await?;
    act.finish(&Json::Null, "账户已停用，其所有登录均已退出。").await
}

async fn enable(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<Response, Fail> {
    let mut act = Handling::begin(&app, &signed, SYSTEM, &id, Action::Enabled).await?;
    store::set_disabled(&mut act.conn, &id, None).await?;
    act.finish(&Json::Null, "账户已启用。").await
}

/// For a person whose telephone and recovery codes are gone. The password stays, and links are the security
/// administrator's: neither alone can take an account over.
async fn reset_factor(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<Response, Fail> {
    let act = Handling::begin(&app, &signed, SYSTEM, &id, Action::FactorReset).await?;
    let mut objections = Vec::new();
    if act.account.id == signed.actor.account_id {
        objections.push(Objection {
            what: say("不能在此重置自己的动态验证码。"),
            article: "",
            remedy: say("请在“我的账户”中凭密码和验证码办理，或由另一位系统管理员办理。"),
        });
    }
    let mut act = act.unless(objections, &Json::Null).await?;
    second_factor::turn_off(&mut act.conn, &id).await?;
    sessions::end_all(&mut act.conn, &id).await?;
    act.finish(&Json::Null, "动态验证码已重置，下次登录时重新设置。").await
}

async fn set_roles(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let asked: Result<Vec<Role>, _> = form.all("role").into_iter().map(str::parse).collect();
    let mut roles = asked.map_err(|_| Fail::Bad(say("没有这种角色，请从页面上选择。")))?;
    roles.sort();
    roles.dedup();
    let act = Handling::begin(&app, &signed, SECURITY, &id, Action::RolesSet).await?;
    let mut objections = may_grant(&signed.actor, &act.account);
    objections.extend(roles_fit(&roles));
    objections.extend(home_fits(&roles, act.account.organisation_kind.as_deref()));
    let detail = json!({ "before": store::words(&act.account.roles), "roles": store::words(&roles) });
    let mut act = act.unless(objections, &detail).await?;
    store::write_roles(&mut act.conn, &id, &roles).await?;
    // What is signed in goes on with the new roles, but nobody becomes staff without the second factor of staff.
    if must_enrol(&app, &roles) && !act.account.has_factor {
        sessions::end_all(&mut act.conn, &id).await?;
    }
    act.finish(&detail, "角色已更改，自下一次请求起生效。").await
}

async fn issue_link(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<Response, Fail> {
    let act = Handling::begin(&app, &signed, SECURITY, &id, Action::LinkIssued).await?;
    let mut objections = may_grant(&signed.actor, &act.account);
    if act.account.disabled_at.is_some() {
        objections.push(Objection {
            what: say("账户已停用。"),
            article: "",
            remedy: say("请先由系统管理员启用账户。"),
        });
    }
    let mut act = act.unless(objections, &Json::Null).await?;
    let link = links::issue(&mut act.conn, &app, &id, act.now).await?;
    act.log(true, &Json::Null).await?;
    act.conn.commit().await?;
    let page = manage_page(&signed, act.account, Some(link))?;
    Ok(axum::response::IntoResponse::into_response(page))
}
