//! What is done with an account: decided by [`Balance::after`], written with its paper and its flag in the caller's transaction.
//!
//! **Invariant:** every entry goes through [`write`]; the caller commits.

use super::account::{Entry, FeeAccount, Receipt, Refunded};
use super::law;
use super::papers::{FeeReceipt, RefundSheet};
use super::payments::Payment;
use super::quote::{self, Quote, QuoteLine};
use super::refund::Proposal;
use super::statement::{Match, match_all};
use super::store;
use super::tariff::{Tariff, tariff};
use crate::app::App;
use crate::fail::{Fail, Objection};
use crate::flags::{self, Kind, NewFlag};
use crate::perform::Tx;
use crate::registry;
use crate::text::say;
use serde_json::json;

/// Whose account is opened.
#[derive(Clone, Copy, Debug)]
pub struct Opening<'a> {
    pub procedure: &'static str,
    pub subject_id: &'a str,
    pub institution_id: &'a str,
    pub client_organisation_id: &'a str,
}

/// Opens the account of a new subject.
pub async fn open(tx: &mut Tx, opening: &Opening<'_>) -> Result<(), Fail> {
    // The last ten signs of an identifier are random; as in the migration.
    let tail: String = opening.subject_id.chars().skip(26).take(10).collect();
    let account = FeeAccount {
        subject_id: opening.subject_id.to_owned(),
        procedure: opening.procedure.to_owned(),
        institution_id: opening.institution_id.to_owned(),
        client_organisation_id: opening.client_organisation_id.to_owned(),
        payment_code: format!("F{}", tail.to_uppercase()),
        version: 0,
        history: Vec::new(),
        balance: Default::default(),
    };
    store::create(tx, &account).await?;
    Ok(())
}

/// Writes an entry if the balance allows it.
///
/// # Errors
/// The balance's objection; [`Fail::Conflict`] when another was faster.
pub(super) async fn write(tx: &mut Tx, account: &mut FeeAccount, entry: Entry) -> Result<(), Fail> {
    let after = account.balance.after(&entry).map_err(|objection| Fail::Refused(vec![objection]))?;
    store::append(tx, account, entry, after).await
}

async fn account_of(tx: &mut Tx, subject_id: &str) -> Result<FeeAccount, Fail> {
    store::find(&mut tx.conn, subject_id).await?.ok_or(Fail::NotFound)
}

/// The tariff that binds the account's institution today.
pub async fn tariff_of(tx: &mut Tx, institution_id: &str) -> Result<Option<Tariff>, Fail> {
    let today = tx.today();
    let institution = registry::store::find_institution(&mut tx.conn, institution_id).await?;
    Ok(institution.and_then(|one| tariff(&one.region, today)))
}

/// Records a quote and tells supervision of every line below its guide price.
///
/// # Errors
/// A line above its guide price; a settled account.
pub async fn record_quote(tx: &mut Tx, subject_id: &str, lines: Vec<QuoteLine>) -> Result<(), Fail> {
    let mut account = account_of(tx, subject_id).await?;
    let tariff = tariff_of(tx, &account.institution_id).await?;
    let quote = quote::quote(lines, tariff.as_ref()).map_err(Fail::Refused)?;
    let Quote { lines, total_fen, deviations } = quote;
    write(tx, &mut account, Entry::Quoted { lines, total_fen }).await?;
    for deviation in deviations {
        let detail = json!({ "text": "报价低于政府指导价。", "code": deviation.code, "price_fen": deviation.price_fen,
            "guide_fen": deviation.guide_fen });
        raise(tx, &account, detail).await?;
    }
    Ok(())
}

async fn raise(tx: &mut Tx, account: &FeeAccount, detail: serde_json::Value) -> Result<(), Fail> {
    let flag = NewFlag {
        kind: Kind::FeeDeviation,
        institution_id: account.institution_id.clone(),
        article: law::SH_FEES,
        detail,
    };
    flags::raise(tx, &account.procedure, &account.subject_id, &flag).await?;
    Ok(())
}

/// Records what was agreed with the client; a sum below a quote with guided rows is told to supervision.
///
/// # Errors
/// More than was quoted; less than was received; a settled account.
pub async fn agree(tx: &mut Tx, subject_id: &str, fen: i64, way: &str) -> Result<(), Fail> {
    let mut account = account_of(tx, subject_id).await?;
    let quoted = account.balance.quoted_fen;
    if let Some(quoted) = quoted.filter(|quoted| fen > *quoted) {
        return Err(Fail::refused(
            say("约定的%{fen}元高于报价的%{quoted}元。")
                .with("fen", paper::amount(fen))
                .with("quoted", paper::amount(quoted)),
            law::SH23,
            say("请先登记新的报价并告知委托人，再登记约定的费用。"),
        ));
    }
    let tariff = tariff_of(tx, &account.institution_id).await?;
    let is_below = quoted.is_some_and(|quoted| fen < quoted) && quote::is_guided(account.quote(), tariff.as_ref());
    write(tx, &mut account, Entry::Agreed { fen, way: way.to_owned() }).await?;
    if is_below {
        let detail = json!({ "text": "约定的费用低于按政府指导价的报价。", "agreed_fen": fen, "quoted_fen": quoted });
        raise(tx, &account, detail).await?;
    }
    Ok(())
}

/// Records a payment and prints its receipt. The same reference again on the same account, for the same sum, changes
/// nothing and gives the first receipt.
///
/// # Errors
/// More than is owed; a reference used for something else; a receipt that cannot be printed.
pub async fn receive(app: &App, tx: &mut Tx, account: &mut FeeAccount, payment: &Payment) -> Result<Receipt, Fail> {
    if let Some(known) = account.receipt_of(&payment.reference).filter(|one| !one.reference.is_empty()) {
        return if known.fen == payment.fen { Ok(known.clone()) } else { Err(used(&payment.reference)) };
    }
    if !payment.reference.is_empty() {
        let other = store::subject_of_reference(&mut tx.conn, &account.institution_id, &payment.reference).await?;
        if other.is_some() {
            return Err(used(&payment.reference));
        }
    }
    let mut receipt = Receipt {
        fen: payment.fen,
        number: String::new(),
        way: payment.way,
        payer: payment.payer.clone(),
        reference: payment.reference.clone(),
        paid_on: payment.paid_on,
    };
    // First whether it may be at all: a refused payment takes no number.
    account.balance.after(&Entry::Received(receipt.clone())).map_err(|objection| Fail::Refused(vec![objection]))?;
    let (year, sign) = (tx.today().year(), payment.way.sign());
    let series = format!("receipt:{}:{year}:{sign}", account.institution_id);
    let number = store::next_number(tx, &series).await?;
    receipt.number = format!("{year}-{sign}-{number:06}");
    write(tx, account, Entry::Received(receipt.clone())).await?;
    let sheet = FeeReceipt::of(&institution_name(tx, account).await?, account, &receipt, &tx.actor.name, tx.today());
    let (procedure, subject) = (account.procedure.clone(), account.subject_id.clone());
    app.papers.make(app, tx, &procedure, &subject, &sheet.file_name(), &sheet).await?;
    Ok(receipt)
}

fn used(reference: &str) -> Fail {
    Fail::refused(
        say("流水号%{reference}已经登记过另一笔收款。").with("reference", reference),
        "",
        say("请核对流水号；同一笔款项只登记一次。"),
    )
}

async fn institution_name(tx: &mut Tx, account: &FeeAccount) -> Result<String, Fail> {
    let institution = registry::store::find_institution(&mut tx.conn, &account.institution_id).await?;
    Ok(institution.map(|one| one.name).unwrap_or_default())
}

/// Settles the account as decided ([`super::refund::decide`]) and prints the refund sheet.
///
/// # Errors
/// An account that has moved on so far that the sum fits no more; a sheet that cannot be printed.
pub async fn refund(
    app: &App,
    tx: &mut Tx,
    subject_id: &str,
    proposal: &Proposal,
    refunded: Refunded,
) -> Result<(), Fail> {
    let mut account = account_of(tx, subject_id).await?;
    let before = account.balance;
    write(tx, &mut account, Entry::Refunded(refunded.clone())).await?;
    let name = institution_name(tx, &account).await?;
    let sheet = RefundSheet::of(&name, &account, &before, proposal, &refunded, &tx.actor.name, tx.today());
    app.papers.make(app, tx, &account.procedure, subject_id, RefundSheet::FILE_NAME, &sheet).await?;
    Ok(())
}

/// A client of legal aid asks for relief.
///
/// # Errors
/// A settled account.
pub async fn ask_relief(tx: &mut Tx, account: &mut FeeAccount, aid_number: String, note: String) -> Result<(), Fail> {
    write(tx, account, Entry::ReliefAsked { aid_number, note }).await
}

/// What became of a statement.
#[derive(Debug)]
pub struct Imported {
    pub rows: Vec<(Payment, Match)>,
    /// All rows found their account or were known, and are recorded.
    pub is_done: bool,
}

/// Records every payment of a statement, or none of them where one row finds no account.
///
/// # Errors
/// As [`receive`].
pub async fn import(app: &App, tx: &mut Tx, institution_id: &str, payments: Vec<Payment>) -> Result<Imported, Fail> {
    let owed = store::owed(&mut tx.conn, institution_id).await?;
    let known = store::references(&mut tx.conn, institution_id).await?;
    let matches = match_all(&payments, &owed, |reference| known.iter().any(|one| one == reference));
    let is_done = !matches.iter().any(|one| matches!(one, Match::Unmatched(_)));
    if is_done {
        for (payment, found) in payments.iter().zip(&matches) {
            if let Match::Found(subject_id) = found {
                let mut account = account_of(tx, subject_id).await?;
                receive(app, tx, &mut account, payment).await?;
            }
        }
    }
    Ok(Imported { rows: payments.into_iter().zip(matches).collect(), is_done })
}

/// What an objection-only check of a quote says, for rules that decide before anything is written.
pub fn quote_objections(lines: &[QuoteLine], region: &str, on: jiff::civil::Date) -> Vec<Objection> {
    quote::quote(lines.to_vec(), tariff(region, on).as_ref()).err().unwrap_or_default()
}
