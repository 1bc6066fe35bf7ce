//! The form of every step of a case, and its papers.

use super::acts::{self, Ready, Unready};
use super::content::*;
use super::facts::Facts;
use super::show::{self, INTERNAL};
use super::steps::{Action, Case};
use super::store::{self, Given, Scope};
use super::{attachments, elsewhere, entrust, forms, records, rules, view, work};
use crate::access_log;
use crate::app::App;
use crate::fail::{Fail, Objection};
use crate::fees;
use crate::registry::{self, Appraiser, Categories};
use crate::text::{Say, say};
use crate::web::form::Filled;
use crate::web::{Form, Signed, Ui, done, html};
use askama::Template;
use axum::Router;
use axum::extract::{Path, State as Extract};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::civil::Date;
use worktime::Term;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/cases/{id}/do/{action}", get(open_form).post(take_step))
        .route("/cases/{id}/papers/{paper}", get(download))
        .merge(work::routes())
        .merge(show::routes())
        .merge(entrust::routes())
        .merge(attachments::routes())
        .merge(records::routes())
}

/// An item's name in the reader's language.
pub fn item_name(ui: &Ui, item: &registry::ItemCode) -> String {
    match Categories::get().find(item) {
        Some(one) if ui.is_english() => one.english.to_owned(),
        Some(one) => one.name.to_owned(),
        None => item.to_string(),
    }
}

/// The bytes of a paper of a case in scope.
pub async fn download(
    Extract(app): Extract<App>,
    who: Signed,
    Path((id, paper)): Path<(String, String)>,
) -> Result<Response, Fail> {
    let scope = Scope::of(&who.actor)?;
    let mut conn = app.db.read().await?;
    let is_closed = store::find(&mut conn, &scope, &id).await?.state.is_closed();
    drop(conn);
    let (paper, bytes) = app.papers.open(&app, &id, &paper).await?;
    if matches!(scope, Scope::Client(_)) && INTERNAL.contains(&paper.kind.as_str()) {
        return Err(Fail::NotFound);
    }
    if is_closed {
        access_log::write(&app, &who, &id, access_log::What::Paper, &paper.title, "").await?;
    }
    let name: String = paper.file_name.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}.pdf\"; filename*=UTF-8''{name}", paper.kind)),
    ];
    Ok((headers, bytes).into_response())
}

/// The form of a step.
#[derive(Template)]
#[template(path = "cases/act.html")]
struct ActPage {
    ui: Ui,
    facts: Facts,
    action: Action,
    step: &'static procedure::Step<Case>,
    filled: Filled,
    objections: Vec<Objection>,
    /// Set when someone changed the case while this form was open: what they did.
    changed: Option<Say>,
    appraisers: Vec<Choice>,
    /// For a re-appraisal: the institutions licensed for the item, by id and name.
    institutions: Vec<(String, String)>,
}

/// An appraiser as the assignment form shows him: chosen or not, fit or why not.
struct Choice {
    appraiser: Appraiser,
    objections: Vec<Objection>,
}

async fn open_form(
    Extract(app): Extract<App>,
    who: Signed,
    Path((id, action)): Path<(String, String)>,
) -> Result<Response, Fail> {
    let action: Action = action.parse().map_err(|_| Fail::NotFound)?;
    form_page(&app, &who, &id, action).await
}

/// The empty form of a step, with what stands in the way.
///
/// # Errors
/// [`Fail::Refused`] when the table has no such step here for this person.
pub async fn form_page(app: &App, who: &Signed, id: &str, action: Action) -> Result<Response, Fail> {
    let mut conn = app.db.read().await?;
    let facts = store::facts(&mut conn, &Scope::of(&who.actor)?, id, who.visitor.today).await?;
    let mut form = first_form(&facts, action, who.visitor.today);
    if action == Action::Draft {
        records::prefill(&mut conn, &facts, &mut form).await?;
    }
    let objections = rules::obstacles(&facts, action, &who.actor, who.visitor.today);
    page(&mut conn, who, facts, action, Filled::new(form, Vec::new()), objections, None).await
}

async fn page(
    conn: &mut crate::db::Conn,
    who: &Signed,
    facts: Facts,
    action: Action,
    filled: Filled,
    objections: Vec<Objection>,
    changed: Option<Say>,
) -> Result<Response, Fail> {
    let state = facts.case.state;
    let step = procedure::step::<Case>(Some(state), action, &who.actor.roles)
        .map_err(|no| Fail::Refused(vec![rules::not_now(no, state, action)]))?;
    let appraisers = if matches!(action, Action::Assign | Action::Replace) {
        let all = registry::store::appraisers_of(conn, &facts.case.institution_id).await?;
        all.into_iter()
            .map(|appraiser| {
                let mut objections = rules::unfit(&appraiser, &facts, who.visitor.today);
                objections.extend(rules::barred(&appraiser, &facts));
                Choice { objections, appraiser }
            })
            .collect()
    } else {
        Vec::new()
    };
    let institutions = match action {
        Action::ReAppraise => {
            registry::store::institutions_for(conn, &facts.entrustment().item, who.visitor.today).await?
        }
        _ => Vec::new(),
    };
    let page = ActPage { ui: who.ui(), facts, action, step, filled, objections, changed, appraisers, institutions };
    Ok(html(&page)?.into_response())
}

/// What a form shows before anything is typed.
fn first_form(facts: &Facts, action: Action, today: Date) -> Form {
    let mut form = Form::default();
    match action {
        Action::Accept => {
            form.set("term_workdays", rules::APPRAISAL_WORKDAYS.to_string());
            form.set("collect_weeks", "4");
            form.set("limit_by", LimitBy::Agreed.word());
        }
        Action::Draft => {
            form.set("to", today.to_string());
            form.set("place", &facts.institution.name);
        }
        Action::Deliver => {
            form.set("on", today.to_string());
            form.set("copies", "3");
            form.set("receiver", &facts.entrustment().client.officer);
            form.set("way", facts.entrustment().delivery.word());
        }
        Action::Extend => form.set("basis", ExtensionBasis::Head.word()),
        Action::Correct => form.set("kind", CorrectionKind::Wording.word()),
        Action::WithdrawOpinion => form.set("refund", RefundUndertaking::Full.word()),
        Action::Supplementary | Action::ReAppraise => form.set("matter", &facts.entrustment().matter),
        Action::AttendCourt => {
            form.set("notice_on", today.to_string());
            let names: Vec<_> = facts.team.iter().map(|member| member.appraiser.name.clone()).collect();
            form.set("persons", names.join("、"));
            form.set("fee", "0");
        }
        _ => {}
    }
    form
}

async fn take_step(
    Extract(app): Extract<App>,
    who: Signed,
    Path((id, action)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Fail> {
    let action: Action = action.parse().map_err(|_| Fail::NotFound)?;
    match acts::prepare(&app, &who, &id, action, &form).await? {
        Err(unready) => again(&app, &who, &id, action, form, unready).await,
        Ok(mut ready) => match acts::carry_out(&app, &mut ready, Given::default()).await {
            Ok(()) => finish(ready).await,
            Err(fail) => {
                drop(ready);
                refused(&app, &who, &id, action, form, fail).await
            }
        },
    }
}

/// Commits, and shows the case with what was done.
pub async fn finish(ready: Ready) -> Result<Response, Fail> {
    let Ready { tx, facts, action, .. } = ready;
    tx.conn.commit().await?;
    Ok(done(&format!("/cases/{}", facts.case.id), done_word(action)))
}

/// What a failed act means for the form: refusals and conflicts are shown beside what was typed, the rest is a page of its own.
pub async fn refused(
    app: &App,
    who: &Signed,
    id: &str,
    action: Action,
    form: Form,
    fail: Fail,
) -> Result<Response, Fail> {
    match fail {
        Fail::Refused(objections) => again(app, who, id, action, form, Unready::Objections(objections)).await,
        Fail::Conflict(_) => again(app, who, id, action, form, Unready::Changed).await,
        other => Err(other),
    }
}

/// The form again, with everything that was typed and what is wrong.
pub async fn again(
    app: &App,
    who: &Signed,
    id: &str,
    action: Action,
    form: Form,
    unready: Unready,
) -> Result<Response, Fail> {
    let form = form.without(forms::SECRETS);
    let mut conn = app.db.read().await?;
    let facts = store::facts(&mut conn, &Scope::of(&who.actor)?, id, who.visitor.today).await?;
    let (faults, objections, changed) = match unready {
        Unready::Faults(faults) => (faults, rules::obstacles(&facts, action, &who.actor, who.visitor.today), None),
        Unready::Objections(objections) => (Vec::new(), objections, None),
        Unready::Changed => {
            let last = view::events(&mut conn, id, who.visitor.lang, true).await?.into_iter().next();
            let by = last.as_ref().map(|event| event.actor_name.clone()).unwrap_or_default();
            let what = last.as_ref().map_or("", |event| event.action.label());
            let said = say("在您打开此页之后，%{who}已办理“%{what}”。您填写的内容仍在下面；请核对案件现况后再提交。");
            (Vec::new(), Vec::new(), Some(said.with("who", by).word("what", what)))
        }
    };
    let status = if faults.is_empty() { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    if procedure::step::<Case>(Some(facts.case.state), action, &who.actor.roles).is_err() {
        // The other act led elsewhere: this form has no place any more. The page shows the text that was typed.
        return Ok((
            StatusCode::CONFLICT,
            html(&Overtaken { ui: who.ui(), facts, action, filled: Filled::new(form, Vec::new()), changed })?,
        )
            .into_response());
    }
    let page = page(&mut conn, who, facts, action, Filled::new(form, faults), objections, changed).await?;
    Ok((status, page).into_response())
}

/// A form whose step is no longer to be had: what was typed, so that nothing is lost.
#[derive(Template)]
#[template(path = "cases/overtaken.html")]
struct Overtaken {
    ui: Ui,
    facts: Facts,
    action: Action,
    filled: Filled,
    changed: Option<Say>,
}

impl Overtaken {
    /// The texts typed, without the hidden fields.
    fn typed(&self) -> Vec<String> {
        self.filled
            .form
            .names()
            .filter(|name| !["version", "draft_sha256", "opinion_sha256"].contains(name))
            .flat_map(|name| self.filled.form.all(name))
            .filter(|text| text.chars().count() > 3)
            .map(str::to_owned)
            .collect()
    }
}

fn done_word(action: Action) -> &'static str {
    match action {
        Action::RequestSupplement => "已通知委托人补充材料。",
        Action::Supplement => "补充的材料已登记。",
        Action::ObjectToAppraiser => "回避申请已提交，等待鉴定机构决定。",
        Action::DecideRecusal => "回避决定已作出，决定书已生成。",
        Action::Pause => "时限已暂停计算。",
        Action::ApprovePause => "已批准暂停。",
        Action::RejectPause => "已恢复计时，这次暂停不予扣除。",
        Action::Resume | Action::Continue => "已恢复，时限继续计算。",
        Action::Suspend => "已中止鉴定。",
        Action::Extend => "时限已延长，告知书已生成。",
        Action::Terminate => "已终止鉴定，告知书已生成。",
        Action::Withdraw => "委托已撤回。",
        Action::Correct => "补正书已生成。",
        Action::WithdrawOpinion => "鉴定意见已撤销，告知书已生成，核验页面和存证日志已注明。",
        Action::Supplementary => "补充鉴定的委托已提交。",
        Action::ReAppraise => "重新鉴定的委托已提交。",
        Action::AttendCourt => "出庭通知已登记。",
        Action::RecordCourt => "出庭情况已登记。",
        Action::Accept => "已受理，等待签订委托书。",
        Action::Decline => "已决定不予受理，告知书已生成。",
        Action::Commission => "委托书已生效，平台已赋统一案件编号，鉴定时限开始计算。",
        Action::Assign | Action::Replace => "已指派鉴定人。",
        Action::Declare => "回避声明已记录。",
        Action::Begin => "鉴定已开始。",
        Action::Draft => "鉴定记录已保存，可以起草意见书。",
        Action::SubmitForReview => "已提交复核。",
        Action::SendBack => "已退回修改。",
        Action::Approve => "复核已通过。",
        Action::Sign => "已签名。",
        Action::Issue => "意见书已签发。",
        Action::Deliver => "已登记送达。",
        Action::Archive => "已归档。",
        _ => "已办理。",
    }
}

impl ActPage {
    /// The grounds that the rules of the place know, for a pause or a suspension.
    fn grounds(&self) -> Vec<(&'static str, &'static str, PauseGround)> {
        let rule = if self.action == Action::Suspend { "suspension.grounds" } else { "pause.grounds" };
        let words = self.facts.pack(self.ui.today).words(rule);
        PauseGround::CHOICES.iter().copied().filter(|(word, _, _)| words.contains(word)).collect()
    }

    /// The grounds of a withdrawal that the rules of the place know.
    fn withdrawal_grounds(&self) -> Vec<(&'static str, &'static str, WithdrawalGround)> {
        let words = self.facts.pack(self.ui.today).words("withdrawal.grounds");
        WithdrawalGround::CHOICES.iter().copied().filter(|(word, _, _)| words.contains(word)).collect()
    }

    /// The institutions that may re-appraise: others (通则 32), and apart from them the first one, for special reasons only.
    fn choices(&self, is_first: bool) -> Vec<&(String, String)> {
        self.institutions.iter().filter(|(id, _)| (*id == self.facts.case.institution_id) == is_first).collect()
    }

    /// Working days by which the head may extend a limit (通则 28).
    fn extension_most(&self) -> u16 {
        match self.facts.pack(self.ui.today).term("DL04") {
            Some(Term::Workdays(most)) => most,
            _ => rules::APPRAISAL_WORKDAYS,
        }
    }

    fn acceptance_due(&self) -> Option<Date> {
        rules::acceptance_due(&self.facts.case)
    }

    /// The rows of materials typed so far, and some empty ones.
    fn material_rows(&self) -> Vec<[String; 4]> {
        const EMPTY_ROWS: usize = 3;
        let column = |name: &str| self.filled.form.all(name);
        let (names, kinds) = (column("material_name"), column("material_kind"));
        let (quantities, properties) = (column("material_quantity"), column("material_properties"));
        let at = |column: &[&str], row: usize| column.get(row).copied().unwrap_or_default().to_owned();
        let filled = names.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
        (0..filled + EMPTY_ROWS)
            .map(|row| [at(&names, row), at(&kinds, row), at(&quantities, row), at(&properties, row)])
            .collect()
    }

    /// The rows of the quote, as typed and some empty ones.
    fn quote_rows(&self) -> Vec<fees::TypedRow> {
        fees::typed_rows(&self.filled.form)
    }

    fn tariff_rows(&self) -> &'static [fees::TariffRow] {
        fees::tariff(&self.facts.institution.region, self.ui.today).map_or(&[], |tariff| tariff.rows)
    }

    /// How many of the house's appraisers may not work on this item today.
    fn unfit(&self) -> usize {
        self.appraisers.iter().filter(|one| !one.objections.is_empty()).count()
    }
}
