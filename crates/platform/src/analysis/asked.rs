//! The institution's side: what it was asked, why, what of it is its own, and its answer.
//!
//! **Invariant:** an institution that was not asked finds nothing here, and one that was finds nothing of another.

use super::enclosed::FILES_MAX;
use super::rules::Input;
use super::steps::LeadState;
use super::store::{self, Lead};
use super::view::View;
use super::{act, told};
use crate::actor::Role;
use crate::app::App;
use crate::fail::{Fail, Objection};
use crate::web::form::PAGE_ROWS;
use crate::web::{Form, Page, Paging, Signed, Ui, done, html};
use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

/// Who answers for an institution.
const HEADS: &[Role] = &[Role::Head];

pub fn routes() -> Router<App> {
    Router::new().route("/asked", get(list)).route("/asked/{id}", get(show).post(answer))
}

#[derive(Deserialize)]
struct Listed {
    #[serde(default)]
    page: String,
}

#[derive(Template)]
#[template(path = "analysis/asked_list.html")]
struct AskedList {
    ui: Ui,
    leads: Vec<Lead>,
    paging: Paging,
}

/// The state in the institution's words: what the bureau does inside is not told before it is decided.
fn shown(state: &LeadState) -> &'static str {
    match state {
        LeadState::Asked => "待本机构说明",
        LeadState::Confirmed => "司法局已确认",
        LeadState::Dismissed => "司法局已排除",
        _ => "司法局核查中",
    }
}

/// The institution of a head.
pub(super) fn home(who: &Signed) -> Result<String, Fail> {
    who.must_be(HEADS)?;
    who.actor.organisation_id.clone().ok_or(Fail::NotFound)
}

async fn list(State(app): State<App>, who: Signed, Query(listed): Query<Listed>) -> Page {
    let home = home(&who)?;
    let mut conn = app.db.read().await?;
    let (_, total) = store::list_asked(&mut conn, &home, 0, 0).await?;
    let paging = Paging::new(listed.page.parse().unwrap_or(1), total);
    let (leads, _) = store::list_asked(&mut conn, &home, paging.offset(), PAGE_ROWS).await?;
    html(&AskedList { ui: who.ui(), leads, paging })
}

#[derive(Template)]
#[template(path = "analysis/asked.html")]
struct AskedPage {
    ui: Ui,
    view: View,
    may_answer: bool,
    objections: Vec<Objection>,
    typed: String,
}

impl AskedPage {
    fn state(&self) -> &'static str {
        shown(&self.view.lead.state)
    }

    fn files_max(&self) -> i64 {
        FILES_MAX
    }

    fn is_overdue(&self) -> bool {
        self.view.lead.due_on.is_some_and(|due| due < self.ui.today)
    }
}

async fn page(app: &App, who: &Signed, id: &str, objections: Vec<Objection>, typed: String) -> Page {
    let home = home(who)?;
    let mut conn = app.db.read().await?;
    let lead = store::find_asked(&mut conn, id, &home).await?;
    let may_answer = lead.state == LeadState::Asked;
    let ui = who.ui();
    let view = View::of_institution(&mut conn, lead, ui.lang).await?;
    html(&AskedPage { ui, view, may_answer, objections, typed })
}

async fn show(State(app): State<App>, who: Signed, Path(id): Path<String>) -> Page {
    page(&app, &who, &id, Vec::new(), String::new()).await
}

async fn answer(State(app): State<App>, who: Signed, Path(id): Path<String>, form: Form) -> Result<Response, Fail> {
    home(&who)?;
    let version = form.text("version").parse().unwrap_or_default();
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    let input = Input::Answer { answer: form.text("text") };
    match act::act(&app, &mut tx, &id, Some(version), &input).await {
        Ok(_) => {
            tx.conn.commit().await?;
            Ok(done(&format!("/asked/{id}"), "说明已提交，监管人员会收到通知。"))
        }
        Err(Fail::Refused(found)) => {
            drop(tx);
            let page = page(&app, &who, &id, found, form.text("text").to_owned()).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(fail) => Err(fail),
    }
}
