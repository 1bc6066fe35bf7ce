//! The inbox, its number in the navigation, and what was told about a case.
//!
//! Newest first: what came last is where a person goes on; the tab "unread" keeps what is left over in sight.

use super::exported;
use super::store::{self, Kept, Line};
use crate::actor::Role;
use crate::app::App;
use crate::cases::Scope;
use crate::cases::store::find;
use crate::db::{Conn, DbError};
use crate::fail::Fail;
use crate::text::Lang;
use crate::web::export::Format;
use crate::web::form::PAGE_ROWS;
use crate::web::{Form, Paging, Signed, Ui, Visitor, done, html};
use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, Request, State};
use axum::http::Method;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use jiff::Timestamp;
use serde::Deserialize;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/notices", get(show).post(mark)).route("/cases/{id}/notices", get(of_case))
}

/// Puts the number of unread notices beside the link of the navigation, on every page of a person who is signed in.
pub fn count_unread(routes: Router<App>, app: &App) -> Router<App> {
    routes.layer(middleware::from_fn_with_state(app.clone(), count))
}

async fn count(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let is_get = request.method() == Method::GET;
    if let Some(visitor) = request.extensions_mut().get_mut::<Visitor>().filter(|one| is_get && !one.is_fragment)
        && let Some(who) = &visitor.actor
    {
        let unread = async { store::unread(&mut app.db.read().await?, &who.account_id).await };
        match unread.await {
            Ok(n) => visitor.badges.push(("/notices", n)),
            // The page is worth more than the number; the page's own queries will say what is wrong.
            Err(error) => tracing::warn!("unread notices cannot be counted: {error}"),
        }
    }
    next.run(request).await
}

#[derive(Deserialize)]
struct Listed {
    #[serde(default)]
    show: String,
    #[serde(default)]
    page: String,
    #[serde(default)]
    format: String,
}

#[derive(Template)]
#[template(path = "notices/inbox.html")]
struct InboxPage {
    ui: Ui,
    lines: Vec<Line>,
    unread: i64,
    only_unread: bool,
    paging: Paging,
    may_register: bool,
}

async fn show(State(app): State<App>, signed: Signed, Query(listed): Query<Listed>) -> Result<Response, Fail> {
    let who = &signed.actor.account_id;
    let only_unread = listed.show != "all";
    if let Some(format) = Format::of(&listed.format) {
        return exported::inbox(&app, &signed, only_unread, format).await;
    }
    let mut conn = app.db.read().await?;
    let unread = store::unread(&mut conn, who).await?;
    let total = if only_unread { unread } else { store::count_all(&mut conn, who).await? };
    let paging = Paging::new(listed.page.parse().unwrap_or(1), total);
    let lines = store::inbox(&mut conn, who, only_unread, paging.offset(), PAGE_ROWS).await?;
    let may_register = signed.actor.is(Role::Head) || signed.actor.is(Role::Client);
    Ok(html(&InboxPage { ui: signed.ui(), lines, unread, only_unread, paging, may_register })?.into_response())
}

impl InboxPage {
    fn address(&self) -> &'static str {
        if self.only_unread { "/notices?show=unread&" } else { "/notices?show=all&" }
    }
}

/// `open` one notice (read, and on to its case), `read` one, or `all`.
async fn mark(State(app): State<App>, signed: Signed, form: Form) -> Result<Response, Fail> {
    let mut conn = app.db.write().await?;
    let now = app.clock.now();
    let who = &signed.actor.account_id;
    let (open, read) = (form.text("open"), form.text("read"));
    let one = if open.is_empty() { read } else { open };
    if one.is_empty() {
        if form.is_checked("all") {
            store::mark_read(&mut conn, who, None, now).await?;
            conn.commit().await?;
            return Ok(done("/notices", "全部通知已标为已读。"));
        }
        return Ok(Redirect::to("/notices").into_response());
    }
    let path = store::mark_read(&mut conn, who, Some(one), now).await?.ok_or(Fail::NotFound)?;
    conn.commit().await?;
    let to = if open.is_empty() { "/notices".to_owned() } else { path };
    Ok(Redirect::to(&to).into_response())
}

#[derive(Template)]
#[template(path = "notices/of_case.html")]
struct OfCasePage {
    ui: Ui,
    case_id: String,
    name: String,
    kept: Vec<Kept>,
    paging: Paging,
}

impl OfCasePage {
    fn address(&self) -> String {
        format!("/cases/{}/notices?", self.case_id)
    }
}

async fn of_case(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<String>,
    Query(listed): Query<Listed>,
) -> Result<Response, Fail> {
    let scope = Scope::of(&signed.actor)?;
    if matches!(scope, Scope::Client(_)) {
        return Err(Fail::NotFound);
    }
    let mut conn = app.db.read().await?;
    let case = find(&mut conn, &scope, &id).await?;
    if let Some(format) = Format::of(&listed.format) {
        return exported::of_case(conn, &app, &signed, &case, format).await;
    }
    let page: i64 = listed.page.parse().unwrap_or(1);
    let (_, total) = store::of_case(&mut conn, &id, 0, 0).await?;
    let paging = Paging::new(page, total);
    let (kept, _) = store::of_case(&mut conn, &id, paging.offset(), PAGE_ROWS).await?;
    let name = case.code.clone().unwrap_or_default();
    Ok(html(&OfCasePage { ui: signed.ui(), case_id: id, name, kept, paging })?.into_response())
}

/// A notice in words, for a reader that is no page.
pub struct Told {
    pub id: String,
    /// Empty where it is about no case.
    pub case_id: String,
    pub text: String,
    pub state: String,
    pub at: Timestamp,
    pub is_read: bool,
}

/// Marks one notice of an account, or all of them, as read; how many are left unread.
///
/// # Errors
/// [`Fail::NotFound`] for a notice that is not this account's.
pub async fn read(app: &App, account_id: &str, one: Option<&str>) -> Result<i64, Fail> {
    let mut conn = app.db.write().await?;
    let now = app.clock.now();
    let found = store::mark_read(&mut conn, account_id, one, now).await?;
    if one.is_some() && found.is_none() {
        return Err(Fail::NotFound);
    }
    let unread = store::unread(&mut conn, account_id).await?;
    conn.commit().await?;
    Ok(unread)
}

/// What was told about a case, for a reader that is no page.
pub struct ToldOfCase {
    pub text: String,
    pub to: String,
    /// Chinese words (translator's keys).
    pub channel: &'static str,
    pub state: &'static str,
    pub at: Timestamp,
    pub sent_at: Option<Timestamp>,
    pub read_at: Option<Timestamp>,
}

/// A part of what was told to whom about a case, and how much there is in all.
///
/// # Errors
/// A case out of scope; clients.
pub async fn told_of_case(
    app: &App,
    who: &Signed,
    id: &str,
    offset: i64,
    rows: i64,
) -> Result<(Vec<ToldOfCase>, i64), Fail> {
    let scope = Scope::of(&who.actor)?;
    if matches!(scope, Scope::Client(_)) {
        return Err(Fail::NotFound);
    }
    let mut conn = app.db.read().await?;
    find(&mut conn, &scope, id).await?;
    let (kept, total) = store::of_case(&mut conn, id, offset, rows).await?;
    let told = kept.into_iter().map(|one| ToldOfCase {
        text: one.line.text(&who.visitor.lang),
        channel: one.channel(),
        state: one.state(),
        at: one.line.created_at,
        to: one.to,
        sent_at: one.sent_at,
        read_at: one.read_at,
    });
    Ok((told.collect(), total))
}

/// A part of an account's inbox, newest first, and how many there are in all.
///
/// # Errors
/// The database's.
pub async fn inbox(
    conn: &mut Conn,
    account_id: &str,
    lang: Lang,
    offset: i64,
    rows: i64,
) -> Result<(Vec<Told>, i64), DbError> {
    let lines = store::inbox(conn, account_id, false, offset, rows).await?;
    let told = lines.into_iter().map(|line| Told {
        text: line.text(&lang),
        state: line.state(&lang),
        case_id: line.case_id().unwrap_or_default().to_owned(),
        id: line.delivery_id,
        at: line.created_at,
        is_read: line.is_read,
    });
    Ok((told.collect(), store::count_all(conn, account_id).await?))
}
