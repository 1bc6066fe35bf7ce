//! The page of one case: what can be done now and why not, its terms, what happened, its papers and files.

use super::facts::{self, Facts, Record};
use super::pages::item_name;
use super::queue::Urgency;
use super::steps::State;
use super::store::{self, Scope};
use super::{attachments, view};
use crate::actor::{Actor, RoleKind};
use crate::app::App;
use crate::db::{Conn, DbError};
use crate::fees;
use crate::papers::{self, Paper};
use crate::perform::TermRow;
use crate::web::{Page, Signed, Ui, html};
use askama::Template;
use axum::Router;
use axum::extract::{Path, State as Extract};
use axum::routing::get;

pub fn routes() -> Router<App> {
    Router::new().route("/cases/{id}", get(show))
}

#[derive(Template)]
#[template(path = "cases/show.html")]
struct ShowCase {
    ui: Ui,
    facts: Facts,
    urgency: Urgency,
    steps: Vec<view::OpenStep>,
    case_id: String,
    events: Vec<view::Event>,
    papers: Vec<Paper>,
    files: Vec<attachments::Attachment>,
    may_add_files: bool,
    may_draft: bool,
    /// It ended before an opinion, or its opinion was withdrawn, with money received, and nobody has reckoned yet what goes back (上海条例 29).
    is_unsettled: bool,
}

async fn show(Extract(app): Extract<App>, who: Signed, Path(id): Path<String>) -> Page {
    let scope = Scope::of(&who.actor)?;
    let today = who.visitor.today;
    let mut conn = app.db.read().await?;
    let facts = store::facts(&mut conn, &scope, &id, today).await?;
    let is_client = matches!(scope, Scope::Client(_));
    let events = view::events(&mut conn, &id, who.visitor.lang, is_client).await?;
    let papers = papers::list(&mut conn, &id).await?;
    let files = attachments::list(&mut conn, &id).await?;
    let may_add_files = attachments::may_add(&facts.case, &who.actor);
    let running = facts.terms.iter().any(|term| term.is_open() && term.paused_from.is_none());
    let urgency = Urgency::of(facts.case.due_on, running, today, &app.calendar);
    let steps = view::options(&facts, &who.actor, today);
    let is_unsettled = is_unsettled(&mut conn, &facts.case, &who.actor).await?;
    let may_draft = !is_client && facts.case.content.examination.is_some();
    html(&ShowCase {
        ui: who.ui(),
        facts,
        urgency,
        steps,
        case_id: id,
        events,
        papers: visible(papers, is_client),
        files,
        may_add_files,
        may_draft,
        is_unsettled,
    })
}

/// Whether money is to be reckoned up after the end, as far as the reader is to see money.
async fn is_unsettled(conn: &mut Conn, case: &Record, who: &Actor) -> Result<bool, DbError> {
    let is_withdrawn = case.content.withdrawal.is_some();
    let has_ended = is_withdrawn || matches!(case.state, State::Terminated | State::Withdrawn);
    if !has_ended || !fees::may_see(who) {
        return Ok(false);
    }
    Ok(fees::find(conn, &case.id).await?.is_some_and(|account| account.balance.is_unsettled()))
}

/// Papers that stay inside the institution: the client never sees the review.
pub(super) const INTERNAL: [&str; 2] = ["review_opinion", "acceptance_check"];

/// The papers that this reader may see.
pub fn visible(papers: Vec<Paper>, is_client: bool) -> Vec<Paper> {
    papers.into_iter().filter(|paper| !(is_client && INTERNAL.contains(&paper.kind.as_str()))).collect()
}

impl ShowCase {
    fn due(&self) -> String {
        view::due_words(self.ui.lang, self.urgency)
    }

    fn outcome(&self, term: &TermRow) -> &'static str {
        view::outcome(&self.facts.case, &self.facts.terms, term, self.ui.today)
    }

    /// From when, how long; the due date follows.
    fn span(&self, term: &TermRow) -> String {
        let length = if self.ui.is_english() { term.length.en() } else { term.length.zh() };
        self.ui.lang.f2("起算日 %{start}，%{length}，到期日", ("start", term.starts), ("length", length))
    }

    /// Nothing of the main road is left; what may follow an opinion stands below.
    fn is_over(&self) -> bool {
        self.steps.iter().all(|step| step.is_detour)
    }

    fn has_detours(&self) -> bool {
        self.steps.iter().any(|step| step.is_detour)
    }

    /// Cases that followed from this one, for those who may see them: another institution's is not for this one.
    fn shows_follow_ups(&self) -> bool {
        let content = &self.facts.case.content;
        !content.follow_ups.is_empty() && self.ui.who.as_ref().is_some_and(|who| !who.has(RoleKind::Institution))
    }

    /// An old ledger without the matter has the item's code in its place, which says nothing beside the item's name.
    fn has_matter(&self) -> bool {
        let asked = self.facts.entrustment();
        asked.matter != asked.item.to_string()
    }

    fn has_materials(&self) -> bool {
        self.facts.case.content.history.is_none() || self.facts.case.content.materials().next().is_some()
    }

    /// A size people read.
    fn size(file: &attachments::Attachment) -> String {
        match file.size {
            ..1_024 => format!("{} B", file.size),
            1_024..1_048_576 => format!("{} KB", file.size / 1_024),
            _ => format!("{:.1} MB", file.size as f64 / 1_048_576.0),
        }
    }

    fn masked_id(&self) -> String {
        view::masked(&self.facts.entrustment().examinee.id_number)
    }

    fn masked_phone(&self) -> String {
        view::masked_phone(&self.facts.entrustment().examinee.phone)
    }
}
