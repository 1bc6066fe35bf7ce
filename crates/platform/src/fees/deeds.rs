//! What is done to a fee account by a form: from the page and from a program alike.
//!
//! **Invariant:** nothing is read or written before the account was found in the person's scope, the person may do this, and
//! the version that was seen is the newest.

use super::account::{FeeAccount, Relief};
use super::payments::{FileOfPayments, Payment, PaymentGateway, RecordedByHand};
use super::quote;
use super::refund::{self, Proposal};
use super::statement::Match;
use super::{KEEPERS, acts, forms, store};
use crate::actor::Role;
use crate::app::App;
use crate::fail::{Fail, Fault};
use crate::perform::Tx;
use crate::registry;
use crate::rulebook;
use crate::text::say;
use crate::web::described::{Field, describing};
use crate::web::form::Reader;
use crate::web::{Form, Signed};
use jiff::civil::Date;

/// Bytes of a statement: `payments::ROWS_MAX` rows of 500 bytes.
pub const STATEMENT_MAX: usize = 1_000_000;

crate::words! {
    /// What can be done, by the last part of its address.
    Part {
        Quote, "quote", "登记报价";
        Agreement, "agreement", "登记约定的费用";
        Receipt, "receipts", "登记收款";
        ReliefAsked, "relief", "申请缓、减、免";
        ReliefDecided, "relief-decision", "决定缓、减、免";
        WriteOff, "write-off", "核销";
        Refund, "refund", "结算、退费";
    }
}

impl Part {
    /// Who may send it.
    pub fn by(self) -> &'static [Role] {
        match self {
            Self::ReliefAsked => &[Role::Client, Role::FrontDesk, Role::Head],
            Self::ReliefDecided | Self::WriteOff | Self::Refund => &[Role::Head],
            Self::Quote | Self::Agreement | Self::Receipt => KEEPERS,
        }
    }
}

/// What a form said, read and recorded within its transaction; a proposal is only shown.
pub enum Outcome {
    Done(&'static str),
    Faults(Vec<Fault>),
    Proposed(Proposal),
}

/// Opens the transaction for a form, if this person may send it; none where somebody was faster.
///
/// # Errors
/// An account out of scope, a person who may not.
pub async fn open(
    app: &App,
    who: &Signed,
    id: &str,
    part: Part,
    form: &Form,
) -> Result<Option<(Tx, FeeAccount)>, Fail> {
    let scope = store::scope_of(&who.actor)?;
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    let account = store::find_in(&mut tx.conn, &scope, id).await?;
    who.must_be(part.by())?;
    let is_current = form.text("version").parse::<i64>() == Ok(account.version);
    Ok(is_current.then_some((tx, account)))
}

/// Does it. The caller commits what is done.
///
/// # Errors
/// What the rules of fees refuse.
pub async fn act(app: &App, tx: &mut Tx, account: &mut FeeAccount, part: Part, form: &Form) -> Result<Outcome, Fail> {
    match part {
        Part::Quote => quoted(tx, account, form).await,
        Part::Agreement => agreed(tx, account, form).await,
        Part::Receipt => received(app, tx, account, form).await,
        Part::ReliefAsked => relief_asked(tx, account, form).await,
        Part::ReliefDecided => relief_decided(tx, account, form).await,
        Part::WriteOff => written_off(tx, account, form).await,
        Part::Refund => refunded(app, tx, account, form).await,
    }
}

/// The fields of all of them together: each reads its own.
pub fn described(today: Date) -> Vec<Field> {
    let form = Form::default();
    let (_, fields) = describing(|| {
        let _ = quote::read_lines(&mut Reader::new(&form), &form, None);
        let _ = (forms::agreed(&form), RecordedByHand(&form).payments(today));
        let _ = (forms::relief_asked(&form), forms::relief_decided(&form, today, 0));
        let _ = (forms::written_off(&form), forms::refund(&form), form.text("do"));
    });
    fields
}

async fn quoted(tx: &mut Tx, account: &FeeAccount, form: &Form) -> Result<Outcome, Fail> {
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
}

async fn agreed(tx: &mut Tx, account: &FeeAccount, form: &Form) -> Result<Outcome, Fail> {
    match forms::agreed(form) {
        Err(faults) => Ok(Outcome::Faults(faults)),
        Ok((fen, way)) => {
            acts::agree(tx, &account.subject_id, fen, &way).await?;
            Ok(Outcome::Done("约定的费用已登记。"))
        }
    }
}

async fn received(app: &App, tx: &mut Tx, account: &mut FeeAccount, form: &Form) -> Result<Outcome, Fail> {
    match RecordedByHand(form).payments(tx.today()) {
        Err(faults) => Ok(Outcome::Faults(faults)),
        Ok(payments) => {
            for payment in &payments {
                acts::receive(app, tx, account, payment).await?;
            }
            Ok(Outcome::Done("收款已登记，收费凭据已生成。"))
        }
    }
}

async fn relief_asked(tx: &mut Tx, account: &mut FeeAccount, form: &Form) -> Result<Outcome, Fail> {
    match forms::relief_asked(form) {
        Err(faults) => Ok(Outcome::Faults(faults)),
        Ok((aid_number, note)) => {
            acts::ask_relief(tx, account, aid_number, note).await?;
            Ok(Outcome::Done("缓、减、免申请已提交，等待机构负责人决定。"))
        }
    }
}

async fn relief_decided(tx: &mut Tx, account: &mut FeeAccount, form: &Form) -> Result<Outcome, Fail> {
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
}

async fn written_off(tx: &mut Tx, account: &mut FeeAccount, form: &Form) -> Result<Outcome, Fail> {
    match forms::written_off(form) {
        Err(faults) => Ok(Outcome::Faults(faults)),
        Ok(entry) => {
            acts::write(tx, account, entry).await?;
            Ok(Outcome::Done("已核销。"))
        }
    }
}

async fn refunded(app: &App, tx: &mut Tx, account: &FeeAccount, form: &Form) -> Result<Outcome, Fail> {
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
}

/// # Errors
/// [`Fail::Forbidden`] for who does not look after the money of an institution.
pub fn must_keep(who: &Signed) -> Result<(), Fail> {
    who.must_be(KEEPERS)
}

/// The rows of a bank's statement with what became of each.
pub type Rows = Vec<(Payment, Match)>;

/// Why no row of a statement was recorded.
pub enum Unrecorded {
    /// At least one of them found no account.
    Unmatched(Rows),
    /// It cannot be read.
    Faults(Vec<Fault>),
}

/// Records every payment of a bank's statement for the person's own institution, or none. The caller commits.
///
/// # Errors
/// [`Fail::TooLarge`]; what the rules of fees refuse.
pub async fn record_statement(app: &App, who: &Signed, bytes: &[u8]) -> Result<Result<(Tx, Rows), Unrecorded>, Fail> {
    who.must_be(KEEPERS)?;
    if bytes.len() > STATEMENT_MAX {
        return Err(Fail::TooLarge(say("对账单过大，请分成几个文件再上传。")));
    }
    let payments = match FileOfPayments(bytes).payments(who.visitor.today) {
        Ok(payments) => payments,
        Err(faults) => return Ok(Err(Unrecorded::Faults(faults))),
    };
    let institution = who.actor.organisation_id.clone().unwrap_or_default();
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    let imported = acts::import(app, &mut tx, &institution, payments).await?;
    Ok(if imported.is_done { Ok((tx, imported.rows)) } else { Err(Unrecorded::Unmatched(imported.rows)) })
}
