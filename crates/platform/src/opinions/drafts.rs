//! The draft of an opinion: written by its appraisers with the evidence beside it, read by those who review, sign and issue.
//!
//! **Invariant:** versions are never overwritten. What is saved while somebody types is a row of his own and no version.

use super::comments::{self, Comment};
use super::evidence::{self, Evidence};
use super::store::{self, Autosaved, Saved};
use crate::actor::Actor;
use crate::app::App;
use crate::cases::draft::{AnnexRef, Draft, PART_MAX};
use crate::cases::facts::Facts;
use crate::cases::{self, Scope, State};
use crate::fail::{Fail, Fault};
use crate::perform::Tx;
use crate::text::say;
use crate::web::form::Filled;
use crate::web::{Form, Page, Signed, Ui, done, html};
use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State as Extract};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

/// Rows of each part's field; the reader may pull it larger.
const ROWS: [usize; 7] = [5, 7, 12, 12, 4, 4, 3];

pub fn routes() -> Router<App> {
    Router::new()
        .route("/cases/{id}/opinion", get(show).post(save))
        .route("/cases/{id}/opinion/autosave", post(autosave))
}

#[derive(Template)]
#[template(path = "opinions/draft.html")]
struct DraftPage {
    ui: Ui,
    case_id: String,
    facts: Facts,
    /// The newest saved version, 0 before the first.
    version: i64,
    saved: Option<Saved>,
    draft: Draft,
    filled: Filled,
    editable: bool,
    /// Another's version, saved after this form was opened.
    newer: Option<Saved>,
    /// What this person typed and did not save as a version; offered, not put in.
    kept: Option<Autosaved>,
    restored: bool,
    evidence: Evidence,
    comments: Vec<Comment>,
    may_comment: bool,
}

impl DraftPage {
    /// Field, title, rows, characters so far.
    fn fields(&self) -> Vec<(&'static str, &'static str, usize, usize)> {
        let parts = self.draft.parts();
        let counted = |name: &str| self.filled.value(name).chars().count();
        parts.iter().zip(ROWS).map(|((name, title, _), rows)| (*name, *title, rows, counted(name))).collect()
    }

    fn marked(&self, name: &str, text: &str) -> Vec<(String, bool)> {
        comments::marked(text, name, &self.comments)
    }

    fn open_of(&self, name: &str) -> Vec<&Comment> {
        self.comments.iter().filter(|one| one.is_open() && one.part == name).collect()
    }

    fn replies(&self, comment: &Comment) -> Vec<(&'static str, &'static str)> {
        match &self.ui.who {
            Some(who) => comments::replies_open(&self.facts, who, comment),
            None => Vec::new(),
        }
    }

    fn dissenter(&self) -> &str {
        self.facts.member(Some(&self.draft.dissenter)).map_or("", |member| &member.appraiser.name)
    }

    fn is_annexed(&self, one: &AnnexRef) -> bool {
        self.filled.is("annex", &one.source)
    }
}

/// Clients see the opinion when it is issued, not while it is written.
pub async fn load(app: &App, who: &Signed, id: &str) -> Result<(Facts, Option<Saved>), Fail> {
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

#[derive(Deserialize)]
struct Opened {
    #[serde(default)]
    restore: String,
}

async fn show(Extract(app): Extract<App>, who: Signed, Path(id): Path<String>, Query(opened): Query<Opened>) -> Page {
    let (facts, saved) = load(&app, &who, &id).await?;
    let mut conn = app.db.read().await?;
    let kept = store::autosaved(&mut conn, &id, &who.actor.account_id).await?;
    drop(conn);
    let draft = saved.as_ref().map_or_else(|| first_draft(&facts), |saved| saved.draft.clone());
    let mut page = page(&app, &who, facts, saved, draft, None).await?;
    if !page.editable {
        return html(&page);
    }
    let is_newer = |kept: &Autosaved| page.saved.as_ref().is_none_or(|saved| kept.saved_at > saved.saved_at);
    match kept.filter(is_newer).filter(|kept| kept.draft != page.draft) {
        Some(kept) if !opened.restore.is_empty() => {
            // With the version it was typed after: if another saved meanwhile, saving shows both.
            page.version = kept.after;
            page.filled = Filled::new(typed(&kept.draft), Vec::new());
            page.restored = true;
        }
        kept => page.kept = kept,
    }
    html(&page)
}

async fn page(
    app: &App,
    who: &Signed,
    facts: Facts,
    saved: Option<Saved>,
    draft: Draft,
    filled: Option<Filled>,
) -> Result<DraftPage, Fail> {
    let mut conn = app.db.read().await?;
    let evidence = evidence::gather(&mut conn, &facts, who.visitor.today).await?;
    let comments = comments::list(&mut conn, &facts.case.id).await?;
    Ok(DraftPage {
        ui: who.ui(),
        case_id: facts.case.id.clone(),
        version: saved.as_ref().map_or(0, |saved| saved.version),
        filled: filled.unwrap_or_else(|| Filled::new(typed(&draft), Vec::new())),
        editable: may_edit(&facts, &who.actor),
        may_comment: saved.is_some() && comments::may_comment(&facts, &who.actor),
        facts,
        saved,
        draft,
        newer: None,
        kept: None,
        restored: false,
        evidence,
        comments,
    })
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
    let mut fields = std::collections::BTreeMap::<String, Vec<String>>::new();
    for (name, _, text) in draft.parts() {
        fields.insert(name.to_owned(), vec![text.to_owned()]);
    }
    fields.insert("dissenter".into(), vec![draft.dissenter.clone()]);
    fields.insert("annex".into(), draft.annex_refs.iter().map(|one| one.source.clone()).collect());
    Form::from_fields(fields)
}

/// The form as a draft; what was annexed before is needed to tell what was unticked.
fn read(form: &Form, before: &[AnnexRef], choices: &[AnnexRef]) -> Draft {
    let mut draft = Draft {
        case_facts: form.text("case_facts").into(),
        data_abstract: form.text("data_abstract").into(),
        process: form.text("process").into(),
        analysis: form.text("analysis").into(),
        opinion: form.text("opinion").into(),
        annexes: form.text("annexes").into(),
        dissent: form.text("dissent").into(),
        dissenter: form.text("dissenter").into(),
        annex_refs: Vec::new(),
    };
    evidence::annex(&mut draft, before, choices, form);
    draft
}

/// What was sent, as a draft; or every fault of it.
async fn sent(
    app: &App,
    who: &Signed,
    facts: &Facts,
    saved: Option<&Saved>,
    form: &Form,
) -> Result<(Draft, Vec<Fault>), Fail> {
    if !may_edit(facts, &who.actor) {
        return Err(not_editable());
    }
    let evidence = evidence::gather(&mut app.db.read().await?, facts, who.visitor.today).await?;
    let before = saved.map(|saved| saved.draft.annex_refs.clone()).unwrap_or_default();
    let draft = read(form, &before, &evidence.choices);
    let faults = faults(facts, &draft);
    Ok((draft, faults))
}

/// Saves a draft as the next version, for whoever sends it otherwise than from the page: the transaction, still open.
///
/// # Errors
/// Every fault of the form, that it cannot be edited now, or that another version was saved meanwhile.
pub async fn save_version(app: &App, who: &Signed, id: &str, form: &Form) -> Result<(Tx, i64, Draft), Fail> {
    let (facts, saved) = load(app, who, id).await?;
    let (draft, faults) = sent(app, who, &facts, saved.as_ref(), form).await?;
    if !faults.is_empty() {
        return Err(Fail::Faults(faults));
    }
    let mut tx = still_editable(app, who, id).await?;
    let version = store::save_draft(&mut tx, id, seen(form), &draft).await?;
    store::forget_autosaved(&mut tx, id).await?;
    Ok((tx, version, draft))
}

async fn save(Extract(app): Extract<App>, who: Signed, Path(id): Path<String>, form: Form) -> Result<Response, Fail> {
    match save_version(&app, &who, &id, &form).await {
        Ok((tx, ..)) => {
            tx.conn.commit().await?;
            Ok(done(&format!("/cases/{id}/opinion"), "草稿已保存。"))
        }
        Err(Fail::Faults(faults)) => {
            let (facts, saved) = load(&app, &who, &id).await?;
            let (draft, _) = sent(&app, &who, &facts, saved.as_ref(), &form).await?;
            let page = page(&app, &who, facts, saved, draft, Some(Filled::new(form, faults))).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, html(&page)?).into_response())
        }
        Err(Fail::Conflict(_)) => {
            let (facts, saved) = load(&app, &who, &id).await?;
            let (draft, _) = sent(&app, &who, &facts, saved.as_ref(), &form).await?;
            let mut page = page(&app, &who, facts, saved.clone(), draft, Some(Filled::new(form, Vec::new()))).await?;
            page.newer = saved;
            Ok((StatusCode::CONFLICT, html(&page)?).into_response())
        }
        Err(fail) => Err(fail),
    }
}

/// The version the form was opened at.
fn seen(form: &Form) -> i64 {
    form.text("version").parse().unwrap_or(0)
}

/// A writing transaction in which the draft may still be changed: the lead may have sent it to review meanwhile.
async fn still_editable(app: &App, who: &Signed, id: &str) -> Result<Tx, Fail> {
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    let now = cases::store::find(&mut tx.conn, &Scope::of(&who.actor)?, id).await?;
    if now.state == State::DraftOpinion { Ok(tx) } else { Err(not_editable()) }
}

/// Keeps what is typed while it is typed; or throws it away when asked to. The answer is a line for the page.
async fn autosave(
    Extract(app): Extract<App>,
    who: Signed,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let (facts, saved) = load(&app, &who, &id).await?;
    if !may_edit(&facts, &who.actor) {
        return Err(not_editable());
    }
    if form.text("do") == "discard" {
        let mut tx = still_editable(&app, &who, &id).await?;
        store::forget_autosaved(&mut tx, &id).await?;
        tx.conn.commit().await?;
        return Ok(done(&format!("/cases/{id}/opinion"), "未保存的内容已丢弃。"));
    }
    let evidence = evidence::gather(&mut app.db.read().await?, &facts, who.visitor.today).await?;
    let before = saved.as_ref().map(|saved| saved.draft.annex_refs.clone()).unwrap_or_default();
    let draft = read(&form, &before, &evidence.choices);
    let lang = who.visitor.lang;
    if !too_long(&draft).is_empty() {
        return Ok(line(&who, &id, lang.t("有的部分太长，没有自动保存。").into_owned()));
    }
    let mut tx = still_editable(&app, &who, &id).await?;
    if saved.as_ref().is_some_and(|saved| saved.draft == draft) {
        store::forget_autosaved(&mut tx, &id).await?;
    } else {
        store::autosave(&mut tx, &id, seen(&form), &draft).await?;
    }
    let at = crate::clock::minute_of(tx.now);
    tx.conn.commit().await?;
    let is_old = saved.is_some_and(|saved| saved.version != seen(&form));
    let said = if is_old {
        lang.f1("已自动保存 %{at}。他人已保存新版本，保存草稿时会显示对照。", "at", at)
    } else {
        lang.f1("已自动保存 %{at}，尚未成为新的一版。", "at", at)
    };
    Ok(line(&who, &id, said))
}

/// A line for the page that asked in the background; without the script, the page itself.
fn line(who: &Signed, id: &str, said: String) -> Response {
    if who.visitor.is_fragment {
        Html(said).into_response()
    } else {
        Redirect::to(&format!("/cases/{id}/opinion")).into_response()
    }
}

fn not_editable() -> Fail {
    Fail::refused(
        say("现在不能修改意见书草稿。"),
        cases::law::T35,
        say("起草阶段由本案鉴定人修改；复核中需要修改的，请复核人退回。"),
    )
}

fn faults(facts: &Facts, draft: &Draft) -> Vec<Fault> {
    let mut faults = too_long(draft);
    if !draft.dissent.is_empty() && facts.member(Some(&draft.dissenter)).is_none() {
        faults.push(Fault::new("dissenter", say("请选择持不同意见的鉴定人，其姓名会写入意见书。")));
    }
    faults
}

fn too_long(draft: &Draft) -> Vec<Fault> {
    let long = draft.parts().into_iter().filter(|(_, _, text)| text.chars().count() > PART_MAX);
    long.map(|(name, _, _)| Fault::new(name, say("最多%{n}个字。").with("n", PART_MAX))).collect()
}
