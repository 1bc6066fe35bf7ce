//! What the audit administrator reads, and nobody changes: tries to sign in, what was done with accounts, what was exported.

use super::exported;
use super::log::{self, Attempt, Event};
use super::manage::{Listed, address};
use super::store::clean_login;
use crate::actor::Role;
use crate::app::App;
use crate::fail::Fail;
use crate::web::export::{self, Format, Taken};
use crate::web::form::PAGE_ROWS;
use crate::web::{Paging, Signed, Ui, html};
use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/admin/sign-ins", get(sign_ins))
        .route("/admin/account-events", get(account_events))
        .route("/admin/exports", get(exports))
}

const AUDIT: &[Role] = &[Role::AuditAdministrator];

#[derive(Template)]
#[template(path = "accounts/sign_ins.html")]
struct SignInsPage {
    ui: Ui,
    attempts: Vec<Attempt>,
    paging: Paging,
    sought: String,
}

async fn sign_ins(State(app): State<App>, signed: Signed, Query(listed): Query<Listed>) -> Result<Response, Fail> {
    signed.must_be(AUDIT)?;
    let sought = clean_login(&listed.sought());
    if let Some(format) = Format::of(&listed.format) {
        return exported::sign_ins(&app, &signed, &sought, format).await;
    }
    let mut conn = app.db.read().await?;
    let paging = Paging::new(listed.page(), log::count_attempts(&mut conn, &sought).await?);
    let attempts = log::list_attempts(&mut conn, &sought, paging.offset(), PAGE_ROWS).await?;
    Ok(html(&SignInsPage { ui: signed.ui(), attempts, paging, sought })?.into_response())
}

impl SignInsPage {
    fn as_file(&self) -> String {
        address("/admin/sign-ins", &self.sought)
    }
}

#[derive(Template)]
#[template(path = "accounts/account_events.html")]
struct AccountEventsPage {
    ui: Ui,
    events: Vec<Event>,
    paging: Paging,
    sought: String,
}

async fn account_events(
    State(app): State<App>,
    signed: Signed,
    Query(listed): Query<Listed>,
) -> Result<Response, Fail> {
    signed.must_be(AUDIT)?;
    let sought = clean_login(&listed.sought());
    if let Some(format) = Format::of(&listed.format) {
        return exported::account_events(&app, &signed, &sought, format).await;
    }
    let mut conn = app.db.read().await?;
    let paging = Paging::new(listed.page(), log::count_events(&mut conn, &sought).await?);
    let events = log::list_events(&mut conn, &sought, paging.offset(), PAGE_ROWS).await?;
    Ok(html(&AccountEventsPage { ui: signed.ui(), events, paging, sought })?.into_response())
}

impl AccountEventsPage {
    fn as_file(&self) -> String {
        address("/admin/account-events", &self.sought)
    }
}

#[derive(Template)]
#[template(path = "accounts/exports.html")]
struct ExportsPage {
    ui: Ui,
    exports: Vec<Taken>,
    paging: Paging,
    /// The list is not narrowed.
    sought: &'static str,
}

async fn exports(State(app): State<App>, signed: Signed, Query(listed): Query<Listed>) -> Result<Response, Fail> {
    signed.must_be(AUDIT)?;
    if let Some(format) = Format::of(&listed.format) {
        return exported::exports(&app, &signed, format).await;
    }
    let mut conn = app.db.read().await?;
    let paging = Paging::new(listed.page(), export::count_taken(&mut conn).await?);
    let exports = export::list_taken(&mut conn, paging.offset(), PAGE_ROWS).await?;
    Ok(html(&ExportsPage { ui: signed.ui(), exports, paging, sought: "" })?.into_response())
}
