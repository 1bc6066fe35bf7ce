//! The fees of one case: quote, agreement, receipts, relief, refund, and what is outstanding.
//!
//! **Invariant:** an account that is not in a person's scope is not found; in scope, who may not act is told who may.

use super::account::{Entry, FeeAccount, PayWay, Relief, ReliefKind};
use super::payments::{PaymentGateway, RecordedByHand};
use super::quote::{self, QuoteLine, TypedRow};
use super::refund::{self, Cause, Proposal, Responsibility};
use super::store;
use super::tariff::{Tariff, TariffRow, tariff};
use super::{KEEPERS, acts, forms, may_see};
use crate::actor::Role;
use crate::app::App;
use crate::custody;
use crate::fail::{Fail, Fault, Objection};
use crate::papers::{self, Paper};
use crate::perform::{self, Tx};
use crate::registry;
use crate::rulebook;
use crate::text::{Say, say};
use crate::web::form::{Filled, Reader};
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

/// The forms of the page, by the last part of their address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Quote,
    Agreement,
    Receipt,
    ReliefAsked,
    ReliefDecided,
    WriteOff,
    Refund,
}

impl Part {
    /// Who may send it.
    fn by(self) -> &'static [Role] {
        match self {
            Self::ReliefAsked => &[Role::Client, Role::FrontDesk, Role::Head],
            Self::ReliefDecided | Self::WriteOff | Self::Refund => &[Role::Head],
            Self::Quote | Self::Agreement | Self::Receipt => KEEPERS,
        }
    }
}

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

/// What a form said, read and recorded within its transaction; a part that is only shown again says so.
enum Outcome {
    Done(&'static str),
    Faults(Vec<Fault>),
    Proposed(Proposal),
}

/// Opens the transaction for a form, if this person may send it and nobody was faster.
async fn open(app: &App, who: &Signed, id: &str, part: Part, form: &Form) -> Result<Option<(Tx, FeeAccount)>, Fail> {
    let scope = store::scope_of(&who.actor)?;
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    let account = store::find_in(&mut tx.conn, &scope, id).await?;
    who.must_be(part.by())?;
    let is_current = form.text("version").parse::<i64>() == Ok(account.version);
    Ok(is_current.then_some((tx, account)))
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

/// A handler: opens, lets `act` work on transaction, account and form, closes.
macro_rules! handler {
    ($name:ident, $part:expr, |$app:ident, $tx:ident, $account:ident, $form:ident| $act:expr) => {
        async fn $name(
            State(app): State<App>,
            who: Signed,
            Path(id): Path<String>,
            form: Form,
        ) -> Result<Response, Fail> {
            let Some((mut tx, mut account)) = open(&app, &who, &id, $part, &form).await? else {
                return changed(&app, &who, &id, $part, form).await;
            };
            let outcome = {
                let ($app, $tx, $account, $form) = (&app, &mut tx, &mut account, &form);
                async { $act }.await
            };
            close(&app, &who, &id, $part, form, tx, outcome).await
        }
    };
}

handler!(quoted, Part::Quote, |_app, tx, account, form| {
    let tariff = acts::tariff_of(tx, &account.institution_id).await?;
    let mut reader = Reader::new(form);
    let lines = quote::read_lines(&mut reader, form, tariff.as_ref());
    if lines.is_empty() {
        reader.fault("quote_code", say("请至少填写一项。"));
    }
    match reader.finish(lines) {
        Err(faults) => Ok(Outcome::Faults(faults)),
        Ok(lines) => {
            acts::record_quote(tx, &account.subject_id, lines).await?;
            Ok(Outcome::Done("报价已登记。"))
        }
    }
});

handler!(agreed, Part::Agreement, |_app, tx, account, form| {
    match forms::agreed(form) {
        Err(faults) => Ok(Outcome::Faults(faults)),
        Ok((fen, way)) => {
            acts::agree(tx, &account.subject_id, fen, &way).await?;
            Ok(Outcome::Done("约定的费用已登记。"))
        }
    }
});

handler!(received, Part::Receipt, |app, tx, account, form| {
    match RecordedByHand(form).payments(tx.today()) {
        Err(faults) => Ok(Outcome::Faults(faults)),
        Ok(payments) => {
            for payment in &payments {
                acts::receive(app, tx, account, payment).await?;
            }
            Ok(Outcome::Done("收款已登记，收费凭据已生成。"))
        }
    }
});

handler!(relief_asked, Part::ReliefAsked, |_app, tx, account, form| {
    match forms::relief_asked(form) {
        Err(faults) => Ok(Outcome::Faults(faults)),
        Ok((aid_number, note)) => {
            acts::ask_relief(tx, account, aid_number, note).await?;
            Ok(Outcome::Done("缓、减、免申请已提交，等待机构负责人决定。"))
        }
    }
});

handler!(relief_decided, Part::ReliefDecided, |_app, tx, account, form| {
    match forms::relief_decided(form, tx.today(), account.balance.outstanding_fen()) {
        Err(faults) => Ok(Outcome::Faults(faults)),
        Ok(_) if account.balance.relief == Relief::None => Err(Fail::refused(
            say("没有缓、减、免申请。"),
            super::law::SH36,
            say("请先登记法律援助文书编号，提出申请。"),
        )),
        Ok(entry) => {
            acts::write(tx, account, entry).await?;
            Ok(Outcome::Done("已决定缓、减、免申请。"))
        }
    }
});

handler!(written_off, Part::WriteOff, |_app, tx, account, form| {
    match forms::written_off(form) {
        Err(faults) => Ok(Outcome::Faults(faults)),
        Ok(entry) => {
            acts::write(tx, account, entry).await?;
            Ok(Outcome::Done("已核销。"))
        }
    }
});

handler!(refunded, Part::Refund, |app, tx, account, form| {
    match forms::refund(form) {
        Err(faults) => Ok(Outcome::Faults(faults)),
        Ok(typed) => {
            if account.balance.agreed_fen.is_none() {
                return Err(Fail::refused(say("尚未约定费用，没有可以结算的。"), "", say("请先登记约定的费用。")));
            }
            let institution = registry::store::find_institution(&mut tx.conn, &account.institution_id).await?;
            let region = institution.map(|one| one.region).unwrap_or_default();
            let proposal = refund::propose(&typed.ended, &account.balance, rulebook::pack(&region, tx.today()));
            if form.text("do") != "refund" {
                return Ok(Outcome::Proposed(proposal));
            }
            let refunded =
                refund::decide(&proposal, typed.decided_fen, &typed.reason, &account.balance).map_err(Fail::Refused)?;
            acts::refund(app, tx, &account.subject_id, &proposal, refunded).await?;
            Ok(Outcome::Done("费用已结算，退费核算单已生成。"))
        }
    }
});

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
