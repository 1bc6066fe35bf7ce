//! Whose payment a row of a statement is. Pure.
//!
//! **Invariant:** a row finds its account by the payment code, or, without one, only where payer and sum point to exactly one.

use super::payments::Payment;
use crate::text::{Say, say};

/// An account on which something is owed, as the matching sees it.
#[derive(Clone, Debug)]
pub struct Owed {
    pub subject_id: String,
    pub payment_code: String,
    pub client_name: String,
    pub outstanding_fen: i64,
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Match {
    /// Goes to this account.
    Found(String),
    /// Was recorded before under the same reference.
    Known,
    /// Goes nowhere, and why.
    Unmatched(Say),
}

/// Matches every row; an earlier row of the file takes from what a later one may still pay.
pub fn match_all(payments: &[Payment], owed: &[Owed], is_known: impl Fn(&str) -> bool) -> Vec<Match> {
    let mut owed = owed.to_vec();
    payments
        .iter()
        .map(|payment| {
            if is_known(&payment.reference) {
                return Match::Known;
            }
            match find(payment, &owed) {
                Ok(at) => {
                    owed[at].outstanding_fen -= payment.fen;
                    Match::Found(owed[at].subject_id.clone())
                }
                Err(why) => Match::Unmatched(why),
            }
        })
        .collect()
}

fn find(payment: &Payment, owed: &[Owed]) -> Result<usize, Say> {
    let remark: String = payment.remark.chars().filter(|sign| !sign.is_whitespace()).collect::<String>().to_uppercase();
    if let Some(at) = owed.iter().position(|one| remark.contains(&one.payment_code)) {
        let left = owed[at].outstanding_fen;
        return if payment.fen <= left {
            Ok(at)
        } else {
            let why = say("付款码%{code}尚欠%{owed}元，少于此笔金额。");
            Err(why.with("code", &owed[at].payment_code).with("owed", paper::amount(left)))
        };
    }
    let fits = |one: &&Owed| one.client_name == payment.payer && one.outstanding_fen == payment.fen;
    let mut fitting = owed.iter().enumerate().filter(|(_, one)| fits(one));
    match (fitting.next(), fitting.next()) {
        (Some((at, _)), None) => Ok(at),
        (Some(_), Some(_)) => Err(say("附言没有付款码，同一付款人有多笔同额欠款。")),
        _ => Err(say("附言没有付款码，付款人和金额也对不上任何欠款。")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::account::PayWay;
    use super::*;

    fn payment(reference: &str, fen: i64, payer: &str, remark: &str) -> Payment {
        Payment {
            reference: reference.into(),
            way: PayWay::Transfer,
            fen,
            payer: payer.into(),
            paid_on: jiff::civil::date(2026, 3, 2),
            remark: remark.into(),
        }
    }

    fn owed(id: &str, client: &str, fen: i64) -> Owed {
        Owed {
            subject_id: id.into(),
            payment_code: format!("F00{id}"),
            client_name: client.into(),
            outstanding_fen: fen,
        }
    }

    #[test]
    fn a_row_goes_to_the_account_it_names_or_alone_fits() {
        let accounts = [owed("A", "甲院", 100), owed("B", "甲院", 200), owed("C", "乙院", 300), owed("D", "乙院", 300)];
        for (row, expected, why) in [
            (payment("1", 100, "路人", "鉴定费 f0 0a"), Some("A"), "the code, spaced and small, whoever pays"),
            (payment("2", 50, "甲院", "F00A"), Some("A"), "a part"),
            (payment("3", 101, "甲院", "F00A"), None, "more than is owed"),
            (payment("4", 200, "甲院", "鉴定费"), Some("B"), "payer and sum point to one"),
            (payment("5", 300, "乙院", "鉴定费"), None, "to two"),
            (payment("6", 100, "丙院", "鉴定费"), None, "to none"),
        ] {
            let found = match_all(&[row], &accounts, |_| false).remove(0);
            let id = if let Match::Found(id) = &found { Some(id.as_str()) } else { None };
            assert_eq!(id, expected, "{why}: {found:?}");
        }
        assert_eq!(match_all(&[payment("9", 100, "甲院", "F00A")], &accounts, |_| true), [Match::Known]);
        let twice = [payment("1", 60, "甲院", "F00A"), payment("2", 60, "甲院", "F00A")];
        let found = match_all(&twice, &accounts, |_| false);
        assert!(matches!(found[..], [Match::Found(_), Match::Unmatched(_)]), "together more than is owed: {found:?}");
    }
}
