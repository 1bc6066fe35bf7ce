//! Legal aid: a recipient in difficulty has the fee deferred, reduced or waived (上海条例 36; 法律援助法 53). Pure.
//!
//! **Invariant:** a request stays open until it is decided, and while it is open or granted nobody is put out for not paying.

use super::account::{FeeAccount, Relief};
use super::law;
use crate::fail::Objection;
use crate::text::say;

/// Why non-payment is no ground to terminate (通则 29(4)); empty where it is one.
pub fn non_payment_objections(account: &FeeAccount) -> Vec<Objection> {
    let mut objections = Vec::new();
    match account.balance.relief {
        Relief::Asked => objections.push(Objection {
            what: say("法律援助受援人的缓、减、免申请还没有决定，不能以未付费用为由终止鉴定。"),
            article: law::SH36,
            remedy: say("请机构负责人先在“费用”页决定缓收、减收或者免收。"),
        }),
        Relief::Granted { kind, .. } => objections.push(Objection {
            what: say("法律援助受援人的费用已决定%{kind}，不能以未付费用为由终止鉴定。").word("kind", kind.label()),
            article: law::LA53,
            remedy: say("请继续鉴定；余款按决定的方式收取或者核销。"),
        }),
        Relief::None | Relief::Refused => {}
    }
    if account.balance.agreed_fen.is_none() || account.balance.outstanding_fen() == 0 {
        objections.push(Objection {
            what: say("没有应付而未付的费用。"),
            article: law::T29,
            remedy: say("请选择其他终止理由，或者继续鉴定。"),
        });
    }
    objections
}

#[cfg(test)]
mod tests {
    use super::super::account::{Balance, ReliefKind};
    use super::*;

    #[test]
    fn a_recipient_of_legal_aid_is_not_put_out_for_not_paying() {
        let granted = |kind| Relief::Granted { kind, until: None };
        for (agreed, received, relief, objections, why) in [
            (Some(2_400), 0, Relief::None, 0, "unpaid: a ground"),
            (Some(2_400), 2_000, Relief::None, 0, "a rest unpaid: a ground"),
            (Some(2_400), 2_400, Relief::None, 1, "paid"),
            (None, 0, Relief::None, 1, "nothing agreed, nothing owed"),
            (Some(2_400), 0, Relief::Asked, 1, "undecided"),
            (Some(2_400), 0, granted(ReliefKind::Deferred), 1, "deferred"),
            (Some(2_400), 0, granted(ReliefKind::Reduced), 1, "reduced"),
            (Some(2_400), 2_400, granted(ReliefKind::Waived), 2, "waived, and nothing owed"),
            (Some(2_400), 0, Relief::Refused, 0, "no recipient, or not in difficulty"),
        ] {
            let balance = Balance {
                agreed_fen: agreed,
                charge_fen: agreed.unwrap_or_default(),
                received_fen: received,
                relief,
                ..Balance::default()
            };
            let account = FeeAccount {
                subject_id: "s".into(),
                procedure: "case".into(),
                institution_id: "i".into(),
                client_organisation_id: "c".into(),
                payment_code: "F".into(),
                version: 1,
                history: Vec::new(),
                balance,
            };
            assert_eq!(non_payment_objections(&account).len(), objections, "{why}");
        }
    }
}
