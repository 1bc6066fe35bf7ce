//! What the audit administrator reads, and nobody changes: tries to sign in, and what was done with accounts.

use super::log::{self, Attempt, Event};
use super::manage::Listed;
use super::store::clean_login;
use crate::actor::Role;
use crate::app::App;
use crate::web::{Page, Paging, Signed, Ui, html};
use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::routing::get;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/admin/sign-ins", get(sign_ins)).route("/admin/account-events", get(account_events))
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

async fn sign_ins(State(app): State<App>, signed: Signed, Query(listed): Query<Listed>) -> Page {
    signed.must_be(AUDIT)?;
    let sought = clean_login(&listed.sought());
    let mut conn = app.db.read().await?;
    let paging = Paging::new(listed.page(), log::count_attempts(&mut conn, &sought).await?);
    let attempts = log::list_attempts(&mut conn, &sought, paging.offset()).await?;
    html(&SignInsPage { ui: signed.ui(), attempts, paging, sought })
}

#[derive(Template)]
#[template(path = "accounts/account_events.html")]
struct AccountEventsPage {
    ui: Ui,
    events: Vec<Event>,
    paging: Paging,
    sought: String,
}

async fn account_events(State(app): State<App>, signed: Signed, Query(listed): Query<Listed>) -> Page {
    signed.must_be(AUDIT)?;
    let sought = clean_login(&listed.sought());
    let mut conn = app.db.read().await?;
    let paging = Paging::new(listed.page(), log::count_events(&mut conn, &sought).await?);
    let events = log::list_events(&mut conn, &sought, paging.offset()).await?;
    html(&AccountEventsPage { ui: signed.ui(), events, paging, sought })
}
