//! The draft of an opinion: written by its appraisers, read by those who review, sign and issue.

use super::store::{self, Saved};
use crate::actor::Actor;
use crate::app::App;
use crate::cases::draft::{Draft, PART_MAX};
use crate::cases::facts::Facts;
use crate::cases::{self, Scope, State};
use crate::fail::{Fail, Fault};
use crate::text::say;
use crate::web::form::Filled;
use crate::web::{Form, Page, Signed, Ui, done, html};
use askama::Template;
use axum::Router;
use axum::extract::{Path, State as Extract};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

pub fn routes() -> Router<App> {
    Router::new().route("/cases/{id}/opinion", get(show).post(save))
}

#[derive(Template)]
#[template(path = "opinions/draft.html")]
struct DraftPage {
    ui: Ui,
    facts: Facts,
    /// The newest saved version, 0 before the first.
    version: i64,
    saved: Option<Saved>,
    draft: Draft,
    filled: Filled,
    editable: bool,
    /// Another's version, saved after this form was opened.
    newer: Option<Saved>,
}

/// Clients see the opinion when it is issued, not while it is written.
async fn load(app: &App, who: &Signed, id: &str) -> Result<(Facts, Option<Saved>), Fail> {
    let scope = Scope::of(&who.actor)?;
    if matches!(scope, Scope::Client(_)) {
        return Err(Fail::NotFound);
    }
    let mut conn = app.db.read().await?;
    let facts = cases::store::facts(&mut conn, &scope, id, who.visitor.today).await?;
    let saved = store::newest_draft(&mut conn, id).await?;
    Ok((facts, saved))
}

fn may_edit(facts: &Facts, actor: &Actor) -> bool {
    facts.case.state == State::DraftOpinion && facts.member(actor.appraiser_id.as_deref()).is_some()
}

async fn show(Extract(app): Extract<App>, who: Signed, Path(id): Path<String>) -> Page {
    let (facts, saved) = load(&app, &who, &id).await?;
    let draft = saved.as_ref().map_or_else(|| first_draft(&facts), |saved| saved.draft.clone());
    let form = typed(&draft);
    html(&page(&who, facts, saved, draft, Filled::new(form, Vec::new())))
}

fn page(who: &Signed, facts: Facts, saved: Option<Saved>, draft: Draft, filled: Filled) -> DraftPage {
    let editable = may_edit(&facts, &who.actor);
    let version = saved.as_ref().map_or(0, |saved| saved.version);
    DraftPage { ui: who.ui(), facts, version, saved, draft, filled, editable, newer: None }
}

/// What is known already is put in; the appraiser writes on from there.
fn first_draft(facts: &Facts) -> Draft {
    let mut draft = Draft { case_facts: facts.entrustment().case_facts.clone(), ..Draft::default() };
    let names: Vec<_> =
        facts.entrustment().materials.iter().map(|one| format!("{} {}", one.name, one.quantity)).collect();
    draft.annexes = names.join("\n");
    if let Some(examination) = &facts.case.content.examination {
        draft.process = format!("{}\n{}", examination.method, examination.record);
    }
    draft
}

fn typed(draft: &Draft) -> Form {
    let mut form = Form::default();
    for (name, _, text) in draft.parts() {
        form.set(name, text);
    }
    form
}

async fn save(Extract(app): Extract<App>, who: Signed, Path(id): Path<String>, form: Form) -> Result<Response, Fail> {
    let (facts, saved) = load(&app, &who, &id).await?;
    if !may_edit(&facts, &who.actor) {
        return Err(not_editable());
    }
    let draft = Draft {
        case_facts: form.text("case_facts").into(),
        data_abstract: form.text("data_abstract").into(),
        process: form.text("process").into(),
        analysis: form.text("analysis").into(),
        opinion: form.text("opinion").into(),
        annexes: form.text("annexes").into(),
        dissent: form.text("dissent").into(),
    };
    let faults = too_long(&draft);
    if !faults.is_empty() {
        let page = page(&who, facts, saved, draft, Filled::new(form, faults));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, html(&page)?).into_response());
    }
    let before = form.text("version").parse::<i64>().unwrap_or(0);
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    // Asked again inside the transaction: the lead may have sent the draft to review since the page was checked.
    let now = cases::store::find(&mut tx.conn, &Scope::of(&who.actor)?, &id).await?;
    if now.state != State::DraftOpinion {
        return Err(not_editable());
    }
    match store::save_draft(&mut tx, &id, before, &draft).await {
        Ok(_) => {
            tx.conn.commit().await?;
            Ok(done(&format!("/cases/{id}/opinion"), "草稿已保存。"))
        }
        Err(Fail::Conflict(_)) => {
            drop(tx);
            let (facts, saved) = load(&app, &who, &id).await?;
            let mut page = page(&who, facts, saved.clone(), draft, Filled::new(form, Vec::new()));
            page.newer = saved;
            Ok((StatusCode::CONFLICT, html(&page)?).into_response())
        }
        Err(fail) => Err(fail),
    }
}

fn not_editable() -> Fail {
    Fail::refused(
        say("现在不能修改意见书草稿。"),
        cases::law::T35,
        say("起草阶段由本案鉴定人修改；复核中需要修改的，请复核人退回。"),
    )
}

fn too_long(draft: &Draft) -> Vec<Fault> {
    let long = draft.parts().into_iter().filter(|(_, _, text)| text.chars().count() > PART_MAX);
    long.map(|(name, _, _)| Fault::new(name, say("最多%{n}个字。").with("n", PART_MAX))).collect()
}
