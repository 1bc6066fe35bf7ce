//! The papers of an account: the receipt and the refund sheet, as data for the templates beside this file.
//!
//! **Invariant:** a paper is only data; it decides nothing, and figures and capitals come from the same number.

use super::account::{Balance, FeeAccount, Receipt, Refunded};
use super::refund::Proposal;
use jiff::civil::Date;
use paper::{amount, capital_amount, printed, zh_date};
use serde::Serialize;

/// 收费凭据: proof inside the house that money was received. Not a tax invoice, and says so.
#[derive(Serialize, Clone, Debug)]
pub struct FeeReceipt {
    pub number: String,
    pub institution: String,
    pub payer: String,
    pub payment_code: String,
    pub way: String,
    pub reference: String,
    pub amount: String,
    pub capital: String,
    pub charge: String,
    pub outstanding: String,
    pub paid_on: String,
    pub by: String,
    pub dated: String,
    #[serde(skip)]
    pub printed_on: Date,
}

impl FeeReceipt {
    /// The account is as it stands after the payment.
    pub fn of(institution: &str, account: &FeeAccount, receipt: &Receipt, by: &str, today: Date) -> Self {
        Self {
            number: receipt.number.clone(),
            institution: institution.to_owned(),
            payer: receipt.payer.clone(),
            payment_code: account.payment_code.clone(),
            way: receipt.way.label().to_owned(),
            reference: receipt.reference.clone(),
            amount: amount(receipt.fen),
            capital: capital_amount(receipt.fen),
            charge: amount(account.balance.charge_fen),
            outstanding: amount(account.balance.outstanding_fen()),
            paid_on: zh_date(receipt.paid_on),
            by: by.to_owned(),
            dated: zh_date(today),
            printed_on: today,
        }
    }
}

impl FeeReceipt {
    /// The name under which it is saved.
    pub fn file_name(&self) -> String {
        format!("收费凭据{}.pdf", self.number)
    }
}

/// 退费核算单: how the refund was reckoned, and what was decided.
#[derive(Serialize, Clone, Debug)]
pub struct RefundSheet {
    pub institution: String,
    pub payment_code: String,
    pub cause: String,
    pub responsibility: String,
    pub article: String,
    pub agreed: String,
    pub received: String,
    pub lines: Vec<String>,
    pub proposed: String,
    pub refund: String,
    pub capital: String,
    pub kept: String,
    pub reason: String,
    pub by: String,
    pub dated: String,
    #[serde(skip)]
    pub printed_on: Date,
}

impl RefundSheet {
    /// The name under which it is saved.
    pub const FILE_NAME: &'static str = "退费核算单.pdf";

    pub fn of(
        institution: &str,
        account: &FeeAccount,
        before: &Balance,
        proposal: &Proposal,
        refunded: &Refunded,
        by: &str,
        today: Date,
    ) -> Self {
        Self {
            institution: institution.to_owned(),
            payment_code: account.payment_code.clone(),
            cause: refunded.cause.label().to_owned(),
            responsibility: refunded.responsibility.label().to_owned(),
            article: proposal.article.to_owned(),
            agreed: amount(before.charge_fen),
            received: amount(before.held_fen()),
            lines: refunded.explanation.iter().map(|(zh, _)| zh.clone()).collect(),
            proposed: amount(refunded.proposed_fen),
            refund: amount(refunded.fen),
            capital: capital_amount(refunded.fen),
            kept: amount(refunded.kept_fen),
            reason: refunded.reason.clone(),
            by: by.to_owned(),
            dated: zh_date(today),
            printed_on: today,
        }
    }
}

printed!(FeeReceipt, "fee_receipt.typ", "司法鉴定收费凭据", |paper| paper.institution);
printed!(RefundSheet, "refund_sheet.typ", "司法鉴定退费核算单", |paper| paper.institution);

/// Fictional papers; a test renders them all.
#[cfg(test)]
#[path = "papers/samples.rs"]
mod samples;
