//! One lead for supervisors: what, why, what else it could be, the evidence, and the step that is next.

use super::pages::OFFICERS;
use super::rules::{ANSWER_WORKDAYS, Input};
use super::steps::{LeadAction, LeadState, Leads};
use super::store::{self, Lead};
use super::view::View;
use super::{act, told};
use crate::actor::Role;
use crate::app::App;
use crate::fail::{Fail, Objection};
use crate::papers::{self, Paper};
use crate::web::{Form, Page, Signed, Ui, done, html};
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use procedure::Procedure;

/// Sightings that are asked for others of the same group: a month of nights.
const SIGHTINGS_ASKED: usize = 30;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/analysis/leads/{id}", get(show))
        .route("/analysis/leads/{id}/do/{action}", post(take_step))
        .route("/analysis/leads/{id}/papers/{paper}", get(paper))
}

#[derive(Template)]
#[template(path = "analysis/lead.html")]
struct LeadPage {
    ui: Ui,
    view: View,
    related: Vec<Lead>,
    papers: Vec<Paper>,
    /// Steps that a supervisor may take, and what spoke against the one just tried.
    actions: Vec<(LeadAction, Vec<Objection>)>,
    form: Form,
    tried: Option<LeadAction>,
}

impl LeadPage {
    fn is_overdue(&self) -> bool {
        self.view.lead.due_on.is_some_and(|due| due < self.ui.today)
    }

    fn is_open(&self, action: &LeadAction) -> bool {
        self.tried == Some(*action)
    }

    fn asks_days(&self, action: &LeadAction) -> bool {
        *action == LeadAction::Ask
    }

    fn is_required(&self, action: &LeadAction) -> bool {
        *action != LeadAction::TakeUp
    }

    fn days(&self, action: &LeadAction) -> String {
        let typed = if self.is_open(action) { self.form.text("workdays") } else { "" };
        if typed.is_empty() { ANSWER_WORKDAYS.to_string() } else { typed.to_owned() }
    }

    fn typed(&self, action: &LeadAction) -> &str {
        if self.is_open(action) { self.form.text("text") } else { "" }
    }

    /// What is to be written.
    fn asks(&self, action: &LeadAction) -> &'static str {
        match action {
            LeadAction::TakeUp => "核查备注（可不填）",
            LeadAction::Ask => "请机构说明什么",
            LeadAction::Dismiss => "排除理由：怎样合理地解释",
            LeadAction::Propose => "核查了什么、查明了什么",
            LeadAction::Concur => "第二人核对的情况",
            _ => "理由",
        }
    }
}

/// The steps from a state that are an officer's.
fn offered(state: LeadState) -> Vec<LeadAction> {
    let rows = Leads::STEPS.iter().filter(|row| row.from.contains(&state) && row.by.contains(&Role::Supervisor));
    rows.map(|row| row.action).collect()
}

async fn page(app: &App, who: &Signed, id: &str, tried: Option<(LeadAction, Vec<Objection>)>, form: Form) -> Page {
    let mut conn = app.db.read().await?;
    let lead = store::find(&mut conn, id).await?;
    let ui = who.ui();
    let view = View::of_bureau(&mut conn, lead, ui.lang).await?;
    let mut related = Vec::new();
    // A run that took only the strongest may have found this one alone: the one before it knew the others.
    for sighting in view.sightings.iter().take(SIGHTINGS_ASKED) {
        related = store::related(&mut conn, id, &view.lead.detector, sighting).await?;
        if !related.is_empty() {
            break;
        }
    }
    let papers = papers::list(&mut conn, id).await?;
    let faults = |action: LeadAction| match &tried {
        Some((one, found)) if *one == action => found.clone(),
        _ => Vec::new(),
    };
    let actions = offered(view.lead.state).into_iter().map(|action| (action, faults(action))).collect();
    let tried = tried.as_ref().map(|(action, _)| *action);
    html(&LeadPage { ui, view, related, papers, actions, form, tried })
}

async fn show(State(app): State<App>, who: Signed, Path(id): Path<String>) -> Page {
    who.must_be(OFFICERS)?;
    page(&app, &who, &id, None, Form::default()).await
}

fn input<'f>(action: LeadAction, form: &'f Form) -> Result<Input<'f>, Fail> {
    let text = form.text("text");
    Ok(match action {
        LeadAction::TakeUp => Input::TakeUp { note: text },
        // What is no number is no term that the rules allow.
        LeadAction::Ask => Input::Ask { question: text, workdays: form.text("workdays").parse().unwrap_or_default() },
        LeadAction::Propose => Input::Propose { reason: text },
        LeadAction::Concur => Input::Concur { reason: text },
        LeadAction::Object => Input::Object { reason: text },
        LeadAction::Dismiss => Input::Dismiss { reason: text },
        LeadAction::Reopen => Input::Reopen { reason: text },
        LeadAction::Find | LeadAction::Answer => return Err(Fail::NotFound),
    })
}

fn said(action: LeadAction) -> &'static str {
    match action {
        LeadAction::Ask => "已要求机构说明，机构会收到通知。",
        LeadAction::Propose => "已提议确认，请另一名监管人员核对。",
        LeadAction::Concur => "线索已确认，核查报告已生成。",
        LeadAction::Dismiss => "线索已排除，理由计入该检测项目的准确率。",
        _ => "已办理。",
    }
}

async fn take_step(
    State(app): State<App>,
    who: Signed,
    Path((id, action)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Fail> {
    who.must_be(OFFICERS)?;
    let action: LeadAction = action.parse().map_err(|_| Fail::NotFound)?;
    let version = form.text("version").parse().unwrap_or_default();
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    match act::act(&app, &mut tx, &id, Some(version), &input(action, &form)?).await {
        Ok(_) => {
            tx.conn.commit().await?;
            Ok(done(&format!("/analysis/leads/{id}"), said(action)))
        }
        Err(Fail::Refused(found)) => {
            drop(tx);
            let page = page(&app, &who, &id, Some((action, found)), form).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(fail) => Err(fail),
    }
}

async fn paper(
    State(app): State<App>,
    who: Signed,
    Path((id, paper)): Path<(String, String)>,
) -> Result<Response, Fail> {
    who.must_be(OFFICERS)?;
    store::find(&mut app.db.read().await?, &id).await?;
    let (paper, bytes) = app.papers.open(&app, &id, &paper).await?;
    let name: String = paper.file_name.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"dossier.pdf\"; filename*=UTF-8''{name}")),
    ];
    Ok((headers, bytes).into_response())
}
