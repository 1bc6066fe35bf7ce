//! The public face: the first page for who comes in without an account.

use crate::Feature;
use crate::actor::RoleKind;
use crate::app::App;
use crate::cases;
use crate::fail::Fail;
use crate::web::{Ui, Visitor, html};
use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

pub const FEATURE: Feature = Feature { name: "portal", routes, navigation: &[], case_tabs: &[] };

fn routes() -> Router<App> {
    Router::new().route("/", get(home))
}

#[derive(Template)]
#[template(path = "portal/home.html")]
struct Home {
    ui: Ui,
}

/// Who works on cases begins at the work queue, an administrator at the account, the others at the directory.
async fn home(visitor: Visitor) -> Result<Response, Fail> {
    match &visitor.actor {
        Some(actor) if cases::Scope::of(actor).is_ok() => Ok(Redirect::to("/work").into_response()),
        Some(actor) if actor.has(RoleKind::Administrator) => Ok(Redirect::to("/account").into_response()),
        Some(_) => Ok(Redirect::to("/institutions").into_response()),
        None => Ok(html(&Home { ui: visitor.ui() })?.into_response()),
    }
}
