//! The fees of one case: quote, agreement, receipts, relief, refund, and what is outstanding.
//!
//! **Invariant:** an account that is not in a person's scope is not found; in scope, who may not act is told who may.

use super::account::{Entry, FeeAccount, PayWay, Relief, ReliefKind};
use super::deeds::{self, Outcome, Part};
use super::quote::{self, QuoteLine, TypedRow};
use super::refund::{Cause, Proposal, Responsibility};
use super::store;
use super::tariff::{Tariff, TariffRow, tariff};
use super::{forms, may_see};
use crate::app::App;
use crate::custody;
use crate::fail::{Fail, Objection};
use crate::papers::{self, Paper};
use crate::perform::{self, Tx};
use crate::registry;
use crate::rulebook;
use crate::text::{Say, say};
use crate::web::form::Filled;
use crate::web::{Form, Signed, Ui, done, html};
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

pub fn routes() -> Router<App> {
    Router::new()
        .route("/cases/{id}/fees", get(show))
        .route("/cases/{id}/fees/quote", post(quoted))
        .route("/cases/{id}/fees/agreement", post(agreed))
        .route("/cases/{id}/fees/receipts", post(received))
        .route("/cases/{id}/fees/relief", post(relief_asked))
        .route("/cases/{id}/fees/relief/decision", post(relief_decided))
        .route("/cases/{id}/fees/write-off", post(written_off))
        .route("/cases/{id}/fees/refund", post(refunded))
}

/// States in which a subject ended with nothing to show for its fee, whatever the procedure: its events say so.
const ENDED: [&str; 2] = ["terminated", "withdrawn"];
/// An act after which there is nothing to show for the fee any more, though the subject stays where it is.
const TAKEN_BACK: &str = "withdraw_opinion";

/// A form that was not taken: what was typed, and why.
struct Again {
    part: Part,
    filled: Filled,
    objections: Vec<Objection>,
    proposal: Option<Proposal>,
    is_changed: bool,
}

#[derive(Template)]
#[template(path = "fees/case_fees.html")]
struct CaseFees {
    ui: Ui,
    case_id: String,
    account: FeeAccount,
    /// What the subject is called: the examinee.
    name: String,
    /// The subject ended before an opinion; money that was received is to be reckoned up.
    has_ended: bool,
    papers: Vec<Paper>,
    tariff: Option<Tariff>,
    refund_rule: &'static str,
    again: Option<Again>,
}

async fn show(State(app): State<App>, who: Signed, Path(id): Path<String>) -> Result<Response, Fail> {
    page(&app, &who, &id, None).await
}

async fn page(app: &App, who: &Signed, id: &str, again: Option<Again>) -> Result<Response, Fail> {
    let scope = store::scope_of(&who.actor)?;
    let mut conn = app.db.read().await?;
    let account = store::find_in(&mut conn, &scope, id).await?;
    if !may_see(&who.actor) {
        return Err(Fail::Forbidden(say("费用由委托人和本机构的受理人员、负责人、档案管理员查阅。请联系他们。")));
    }
    let papers = papers::list(&mut conn, id).await?;
    let papers =
        papers.into_iter().filter(|one| ["fee_receipt", "refund_sheet"].contains(&one.kind.as_str())).collect();
    let institution = registry::store::find_institution(&mut conn, &account.institution_id).await?;
    let region = institution.map(|one| one.region).unwrap_or_default();
    let name = match custody::find_subject(&mut conn, &scope, id).await {
        Ok((owners, _)) => owners.label,
        Err(Fail::NotFound) => String::new(),
        Err(fail) => return Err(fail),
    };
    let state = perform::last_state(&mut conn, &account.procedure, id).await?;
    let has_ended = state.is_some_and(|state| ENDED.contains(&state.as_str()))
        || perform::has_happened(&mut conn, &account.procedure, id, TAKEN_BACK).await?;
    let today = who.visitor.today;
    let status = match &again {
        None => StatusCode::OK,
        Some(again) if !again.filled.faults.is_empty() => StatusCode::UNPROCESSABLE_ENTITY,
        Some(again) if again.is_changed || !again.objections.is_empty() => StatusCode::CONFLICT,
        Some(_) => StatusCode::OK,
    };
    let refund_rule = rulebook::pack(&region, today).article("refund");
    let tariff = tariff(&region, today);
    let (ui, case_id) = (who.ui(), id.to_owned());
    let page = CaseFees { ui, case_id, account, name, has_ended, papers, tariff, refund_rule, again };
    Ok((status, html(&page)?).into_response())
}

/// Commits what was done, or shows the page with the form as it was typed.
async fn close(
    app: &App,
    who: &Signed,
    id: &str,
    part: Part,
    form: Form,
    tx: Tx,
    outcome: Result<Outcome, Fail>,
) -> Result<Response, Fail> {
    let mut again =
        Again { part, filled: Filled::default(), objections: Vec::new(), proposal: None, is_changed: false };
    let mut faults = Vec::new();
    match outcome {
        Ok(Outcome::Done(what)) => {
            tx.conn.commit().await?;
            return Ok(done(&format!("/cases/{id}/fees"), what));
        }
        Ok(Outcome::Faults(found)) => faults = found,
        Ok(Outcome::Proposed(proposal)) => again.proposal = Some(proposal),
        Err(Fail::Refused(objections)) => again.objections = objections,
        Err(Fail::Conflict(_)) => again.is_changed = true,
        Err(other) => return Err(other),
    }
    drop(tx);
    again.filled = Filled::new(form, faults);
    page(app, who, id, Some(again)).await
}

async fn changed(app: &App, who: &Signed, id: &str, part: Part, form: Form) -> Result<Response, Fail> {
    let filled = Filled::new(form, Vec::new());
    page(app, who, id, Some(Again { part, filled, objections: Vec::new(), proposal: None, is_changed: true })).await
}

async fn send(app: App, who: Signed, id: String, part: Part, form: Form) -> Result<Response, Fail> {
    let Some((mut tx, mut account)) = deeds::open(&app, &who, &id, part, &form).await? else {
        return changed(&app, &who, &id, part, form).await;
    };
    let outcome = deeds::act(&app, &mut tx, &mut account, part, &form).await;
    close(&app, &who, &id, part, form, tx, outcome).await
}

macro_rules! handler {
    ($name:ident, $part:expr) => {
        async fn $name(
            State(app): State<App>,
            who: Signed,
            Path(id): Path<String>,
            form: Form,
        ) -> Result<Response, Fail> {
            send(app, who, id, $part, form).await
        }
    };
}

handler!(quoted, Part::Quote);
handler!(agreed, Part::Agreement);
handler!(received, Part::Receipt);
handler!(relief_asked, Part::ReliefAsked);
handler!(relief_decided, Part::ReliefDecided);
handler!(written_off, Part::WriteOff);
handler!(refunded, Part::Refund);

impl CaseFees {
    /// What was typed into the part that was not taken; empty for the others.
    fn filled(&self, part: Part) -> Filled {
        self.again.as_ref().filter(|again| again.part == part).map(|again| again.filled.clone()).unwrap_or_default()
    }

    /// The form of a payment, with what is most likely filled in.
    fn receipt_form(&self) -> Filled {
        let mut filled = self.filled(Part::Receipt);
        if filled.form == Form::default() {
            filled.form.set("receipt_fen", plain(self.account.balance.outstanding_fen()));
            filled.form.set("paid_on", self.ui.today.to_string());
        }
        filled
    }

    fn agreement_form(&self) -> Filled {
        let mut filled = self.filled(Part::Agreement);
        if let (true, Some(quoted)) = (filled.form == Form::default(), self.account.balance.quoted_fen) {
            filled.form.set("agree_fen", plain(quoted));
        }
        filled
    }

    fn may(&self, part: Part) -> bool {
        self.ui.who.as_ref().is_some_and(|who| part.by().iter().any(|role| who.is(*role)))
    }

    /// What is rarely wanted is folded, but for the next thing to do and for a form that came back.
    fn stands_open(&self, part: Part) -> bool {
        let came_back = self.again.as_ref().is_some_and(|again| again.part == part);
        came_back
            || match part {
                Part::ReliefDecided => self.is_asked() && self.may(part),
                Part::Refund => self.has_ended && self.account.balance.is_unsettled(),
                _ => false,
            }
    }

    fn is_asked(&self) -> bool {
        self.account.balance.relief == Relief::Asked
    }

    fn rows(&self) -> Vec<TypedRow> {
        quote::typed_rows(&self.filled(Part::Quote).form)
    }

    fn tariff_rows(&self) -> &'static [TariffRow] {
        self.tariff.map_or(&[], |tariff| tariff.rows)
    }

    fn owed(&self) -> String {
        paper::amount(self.account.balance.outstanding_fen())
    }

    /// The sum of a line of the quote.
    fn total(&self, line: &QuoteLine) -> String {
        paper::amount(line.total_fen())
    }

    fn quoted(&self) -> &[QuoteLine] {
        self.account.quote()
    }

    /// An entry of the history in words.
    fn told(&self, entry: &Entry) -> String {
        self.ui.say(&told(entry))
    }

    /// What people wrote into an entry.
    fn written(&self, entry: &Entry) -> String {
        match entry {
            Entry::Agreed { way, .. } => way.clone(),
            Entry::ReliefAsked { note, .. } => note.clone(),
            Entry::ReliefGranted { reason, .. }
            | Entry::ReliefRefused { reason }
            | Entry::WrittenOff { reason, .. } => reason.clone(),
            Entry::Refunded(refunded) => refunded.reason.clone(),
            Entry::Quoted { .. } | Entry::Received(_) => String::new(),
        }
    }
}

/// Yuan as a form takes it.
fn plain(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

fn yuan(fen: &i64) -> String {
    paper::amount(*fen)
}

/// In capitals, as an official paper has it.
fn capital(fen: &i64) -> String {
    paper::capital_amount(*fen)
}

fn told(entry: &Entry) -> Say {
    let amount = paper::amount;
    match entry {
        Entry::Quoted { total_fen, .. } => say("报价%{fen}元").with("fen", amount(*total_fen)),
        Entry::Agreed { fen, .. } => say("约定费用%{fen}元").with("fen", amount(*fen)),
        Entry::Received(receipt) => say("收款%{fen}元，凭据%{number}，%{way}，付款人%{payer}")
            .with("fen", amount(receipt.fen))
            .with("number", &receipt.number)
            .word("way", receipt.way.label())
            .with("payer", &receipt.payer),
        Entry::ReliefAsked { aid_number, .. } => {
            say("申请缓、减、免，法律援助文书%{number}").with("number", aid_number)
        }
        Entry::ReliefGranted { relief: ReliefKind::Deferred, until, .. } => {
            say("决定缓收至%{date}").with("date", until.map(|day| day.to_string()).unwrap_or_default())
        }
        Entry::ReliefGranted { relief: ReliefKind::Reduced, fen, .. } => {
            say("决定减收%{fen}元").with("fen", amount(*fen))
        }
        Entry::ReliefGranted { relief: ReliefKind::Waived, fen, .. } => {
            say("决定免收%{fen}元").with("fen", amount(*fen))
        }
        Entry::ReliefRefused { .. } => say("不同意缓、减、免"),
        Entry::Refunded(refunded) => say("结算：退费%{fen}元，留取%{kept}元")
            .with("fen", amount(refunded.fen))
            .with("kept", amount(refunded.kept_fen)),
        Entry::WrittenOff { fen, .. } => say("核销%{fen}元").with("fen", amount(*fen)),
    }
}
