//! The fee account of a subject: what happened with its money, and what follows from it. Pure.
//!
//! **Invariant:** the balance is the fold of the entries ([`Balance::after`]); at any time 0 ≤ kept money ≤ charge, so nothing
//! is ever negative and nobody pays more than is owed.

use super::law;
use super::quote::QuoteLine;
use super::refund::{Cause, Responsibility};
use crate::fail::Objection;
use crate::text::{Say, say};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident, $word:literal, $label:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($variant),* }

        impl $name {
            /// Stored word, Chinese name (the translator's key), value; in the order shown.
            pub const CHOICES: &'static [(&'static str, &'static str, $name)] = &[$(($word, $label, $name::$variant)),*];

            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word),* }
            }

            pub fn label(self) -> &'static str {
                match self { $($name::$variant => $label),* }
            }

            /// The words a form may hold.
            pub fn words() -> Vec<(&'static str, $name)> {
                Self::CHOICES.iter().map(|(word, _, one)| (*word, *one)).collect()
            }
        }
    };
}
pub(super) use words;

words! {
    /// 收款方式: each has its own series of receipts.
    PayWay {
        Transfer, "transfer", "银行转账";
        Cash, "cash", "现金";
        Card, "card", "刷卡";
        Online, "online", "扫码支付";
    }
}

impl PayWay {
    /// The sign of the series in a receipt's number.
    pub fn sign(self) -> char {
        match self {
            Self::Transfer => 'T',
            Self::Cash => 'C',
            Self::Card => 'K',
            Self::Online => 'O',
        }
    }
}

words! {
    /// 缓收、减收、免收 (上海条例 36).
    ReliefKind {
        Deferred, "deferred", "缓收";
        Reduced, "reduced", "减收";
        Waived, "waived", "免收";
    }
}

/// One thing that happened with the money of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Entry {
    Quoted {
        lines: Vec<QuoteLine>,
        total_fen: i64,
    },
    Agreed {
        fen: i64,
        way: String,
    },
    Received(Receipt),
    ReliefAsked {
        aid_number: String,
        note: String,
    },
    ReliefGranted {
        relief: ReliefKind,
        /// By how much the charge falls; nothing where it is only deferred.
        fen: i64,
        until: Option<Date>,
        reason: String,
    },
    ReliefRefused {
        reason: String,
    },
    Refunded(Refunded),
    WrittenOff {
        fen: i64,
        reason: String,
    },
}

/// A payment received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub fen: i64,
    /// Gapless for each institution, year and way of payment.
    pub number: String,
    pub way: PayWay,
    /// Who paid: need not be the client.
    pub payer: String,
    /// The bank's or the till's own number; empty for cash.
    pub reference: String,
    pub paid_on: Date,
}

/// The end of an account: what the institution keeps of the charge, and what goes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refunded {
    pub fen: i64,
    pub kept_fen: i64,
    /// What the rules proposed; another sum has a reason.
    pub proposed_fen: i64,
    pub cause: Cause,
    pub responsibility: Responsibility,
    pub reason: String,
    /// How it was reckoned: Chinese, English.
    pub explanation: Vec<(String, String)>,
}

/// Where a request for relief stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Relief {
    #[default]
    None,
    Asked,
    Granted {
        kind: ReliefKind,
        until: Option<Date>,
    },
    Refused,
}

/// What follows from the entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    pub quoted_fen: Option<i64>,
    pub agreed_fen: Option<i64>,
    /// Relieved and written off.
    pub remitted_fen: i64,
    /// What is to be paid in all, after relief, write-off and settlement.
    pub charge_fen: i64,
    pub received_fen: i64,
    pub refunded_fen: i64,
    pub relief: Relief,
    /// A refund has fixed what the institution keeps.
    pub is_settled: bool,
}

impl Balance {
    /// Received and not given back.
    pub fn held_fen(&self) -> i64 {
        self.received_fen - self.refunded_fen
    }

    pub fn outstanding_fen(&self) -> i64 {
        self.charge_fen - self.held_fen()
    }

    /// Money was received and no settlement has fixed what is kept of it.
    pub fn is_unsettled(&self) -> bool {
        !self.is_settled && self.held_fen() > 0
    }

    /// The balance with one more entry.
    ///
    /// # Errors
    /// Why the entry cannot be: more than is owed, nothing agreed yet, an account that is settled.
    pub fn after(self, entry: &Entry) -> Result<Self, Objection> {
        let mut next = self;
        match entry {
            Entry::Quoted { total_fen, .. } => {
                self.open()?;
                next.quoted_fen = Some(positive_or_nought(*total_fen)?);
            }
            Entry::Agreed { fen, .. } => {
                self.open()?;
                next.agreed_fen = Some(positive_or_nought(*fen)?);
                next.charge_fen = fen - self.remitted_fen;
                if next.charge_fen < self.held_fen() {
                    let least = self.held_fen() + self.remitted_fen;
                    return Err(no(
                        say("约定的%{fen}元低于已收和已减免的%{least}元。")
                            .with("fen", paper::amount(*fen))
                            .with("least", paper::amount(least)),
                        law::SH23,
                        say("请先办理退费，或者填写不低于该数的金额。"),
                    ));
                }
            }
            Entry::Received(receipt) => {
                self.agreed()?;
                positive(receipt.fen)?;
                if receipt.fen > self.outstanding_fen() {
                    return Err(no(
                        say("收款%{fen}元超过尚欠的%{owed}元。")
                            .with("fen", paper::amount(receipt.fen))
                            .with("owed", paper::amount(self.outstanding_fen())),
                        law::SH36,
                        say("请核对金额；多付的部分请退回付款人，只登记应收的数额。"),
                    ));
                }
                next.received_fen += receipt.fen;
            }
            Entry::ReliefAsked { .. } => {
                self.open()?;
                next.relief = Relief::Asked;
            }
            Entry::ReliefGranted { relief, fen, until, .. } => {
                self.open()?;
                match relief {
                    ReliefKind::Deferred if *fen == 0 => {}
                    ReliefKind::Deferred => {
                        return Err(no(
                            say("缓收不减少应付的数额。"),
                            law::SH36,
                            say("要减少的，请选择减收或者免收。"),
                        ));
                    }
                    ReliefKind::Reduced | ReliefKind::Waived => self.remit(*fen, &mut next)?,
                }
                next.relief = Relief::Granted { kind: *relief, until: *until };
            }
            Entry::ReliefRefused { .. } => {
                self.open()?;
                next.relief = Relief::Refused;
            }
            Entry::WrittenOff { fen, .. } => {
                self.remit(*fen, &mut next)?;
            }
            Entry::Refunded(refunded) => {
                let back = (self.held_fen() - refunded.kept_fen).max(0);
                if !(0..=self.charge_fen).contains(&refunded.kept_fen) || refunded.fen != back {
                    return Err(no(
                        say("留取的费用须在0至%{charge}元之间，退费为已收减去留取。")
                            .with("charge", paper::amount(self.charge_fen)),
                        law::SH29,
                        say("请核对退费金额。"),
                    ));
                }
                next.refunded_fen += back;
                next.charge_fen = refunded.kept_fen;
                next.is_settled = true;
            }
        }
        Ok(next)
    }

    /// The balance of a whole history.
    pub fn of<'e>(entries: impl IntoIterator<Item = &'e Entry>) -> Self {
        // What was written was allowed when it was written; an entry that is none any more changes nothing.
        entries.into_iter().fold(Self::default(), |balance, entry| balance.after(entry).unwrap_or(balance))
    }

    fn open(&self) -> Result<(), Objection> {
        if !self.is_settled {
            return Ok(());
        }
        Err(no(say("费用已经结算。"), law::SH29, say("结算之后只能登记收取余款、退费和核销。")))
    }

    fn agreed(&self) -> Result<(), Objection> {
        if self.agreed_fen.is_some() {
            return Ok(());
        }
        Err(no(
            say("尚未约定费用，不能收款。"),
            law::SH23,
            say("请先与委托人约定收费项目、标准和金额，并登记约定的费用。"),
        ))
    }

    fn remit(&self, fen: i64, next: &mut Self) -> Result<(), Objection> {
        self.agreed()?;
        positive(fen)?;
        if fen > self.outstanding_fen() {
            return Err(no(
                say("减免%{fen}元超过尚欠的%{owed}元。")
                    .with("fen", paper::amount(fen))
                    .with("owed", paper::amount(self.outstanding_fen())),
                law::SH36,
                say("已收的部分请办理退费，其余再减免。"),
            ));
        }
        next.charge_fen -= fen;
        next.remitted_fen += fen;
        Ok(())
    }
}

fn no(what: Say, article: &'static str, remedy: Say) -> Objection {
    Objection { what, article, remedy }
}

fn positive(fen: i64) -> Result<i64, Objection> {
    if fen > 0 { Ok(fen) } else { Err(no(say("金额须大于零。"), "", say("请填写金额。"))) }
}

fn positive_or_nought(fen: i64) -> Result<i64, Objection> {
    if fen >= 0 { Ok(fen) } else { Err(no(say("金额不能为负数。"), "", say("请填写金额。"))) }
}

/// An entry as it was recorded.
#[derive(Clone, Debug)]
pub struct Recorded {
    pub entry: Entry,
    pub at: Timestamp,
    pub by: String,
}

/// The account of a subject, with everything that happened on it.
#[derive(Clone, Debug)]
pub struct FeeAccount {
    pub subject_id: String,
    pub procedure: String,
    pub institution_id: String,
    pub client_organisation_id: String,
    /// What a payer writes into the remark of a transfer, so that the statement finds the account.
    pub payment_code: String,
    pub version: i64,
    /// Oldest first.
    pub history: Vec<Recorded>,
    pub balance: Balance,
}

impl FeeAccount {
    /// The lines of the newest quote.
    pub fn quote(&self) -> &[QuoteLine] {
        self.history
            .iter()
            .rev()
            .find_map(|one| match &one.entry {
                Entry::Quoted { lines, .. } => Some(lines.as_slice()),
                _ => None,
            })
            .unwrap_or_default()
    }

    /// The receipt of that number at the bank or the till, if it is recorded here.
    pub fn receipt_of(&self, reference: &str) -> Option<&Receipt> {
        self.history.iter().find_map(|one| match &one.entry {
            Entry::Received(receipt) if receipt.reference == reference => Some(receipt),
            _ => None,
        })
    }
}

#[cfg(test)]
#[path = "account_tests.rs"]
mod tests;
