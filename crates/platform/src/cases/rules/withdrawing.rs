//! Guards of 撤销鉴定意见 (T26). The law is silent on who may withdraw and when; this is the reading that protects whoever
//! relies on the opinion: a closed list of grounds, no second time, the court named where it had adopted the opinion, and
//! nothing that would let the institution keep a fee that the law gives back.

use super::objection;
use crate::cases::content::{Adoption, OpinionWithdrawal, RefundUndertaking, WithdrawalGround};
use crate::cases::facts::Facts;
use crate::cases::law;
use crate::cases::steps::Action;
use crate::fail::Objection;
use crate::flags::{Kind, NewFlag};
use crate::text::say;
use jiff::civil::Date;
use serde_json::{Value as Json, json};

/// What stands in the way before any form is filled in: of the withdrawal itself, and of what would treat the opinion as good.
pub(super) fn obstacles(facts: &Facts, action: Action, found: &mut Vec<Objection>) {
    let Some(withdrawal) = &facts.case.content.withdrawal else { return };
    let on = withdrawal.on;
    match action {
        Action::WithdrawOpinion => found.push(objection(
            say("鉴定意见已于%{on}撤销。").with("on", on),
            law::EVIDENCE_40_42,
            say("撤销只办理一次，也不能取消；需要新的意见的，由办案机关委托重新鉴定。"),
        )),
        Action::Correct => found.push(objection(
            say("鉴定意见已于%{on}撤销，不能补正。").with("on", on),
            law::T41,
            say("需要新的意见的，由办案机关委托重新鉴定。"),
        )),
        Action::Supplementary => found.push(objection(
            say("鉴定意见已于%{on}撤销，不能补充鉴定。").with("on", on),
            law::T30,
            say("补充鉴定是原鉴定的组成部分；请办理重新鉴定，或者新建委托。"),
        )),
        _ => {}
    }
}

/// Whether the opinion is one of this platform's and still stands, for what needs that.
pub(super) fn stands(facts: &Facts) -> bool {
    facts.case.content.withdrawal.is_none()
}

/// What is wrong in what the form says.
pub(super) fn objections(facts: &Facts, withdrawal: &OpinionWithdrawal, today: Date, found: &mut Vec<Objection>) {
    let pack = facts.pack(today);
    if !pack.words("withdrawal.grounds").contains(&withdrawal.ground.word()) {
        found.push(objection(
            say("本地规则没有这一项理由：%{ground}。").word("ground", withdrawal.ground.label()),
            law::EVIDENCE_40_42,
            say("请改选列出的理由；可以补正、补充鉴定的，不撤销。"),
        ));
    }
    if withdrawal.ground == WithdrawalGround::Authority && withdrawal.document.is_empty() {
        found.push(objection(
            say("没有写明决定撤销的文书。"),
            withdrawal.ground.article(),
            say("请写明人民法院或者司法行政机关决定的名称、编号和日期。"),
        ));
    }
    if withdrawal.adopted == Adoption::Yes && withdrawal.court.is_empty() {
        found.push(objection(
            say("意见已被采信，但没有写明人民法院和案号。"),
            law::EVIDENCE_40_42,
            say("请写明采信该意见的人民法院和案号，告知书要写给它看。"),
        ));
    }
    if let (Some(article), RefundUndertaking::Reckoned) = (withdrawal.full_refund_by(), withdrawal.refund) {
        found.push(objection(
            say("依法应当全部退还鉴定费用，不能按责任核算。"),
            article,
            say("请选择“全部退还已收的鉴定费用”，撤销后在“费用”页结算。"),
        ));
    }
}

/// The facts of the act: what was withdrawn, and why.
pub(super) fn told(facts: &Facts, withdrawal: &OpinionWithdrawal) -> Json {
    json!({
        "ground": withdrawal.ground.label(), "explanation": withdrawal.explanation, "paper": withdrawal.document,
        "adopted": withdrawal.adopted, "court": withdrawal.court, "refund": withdrawal.refund,
        "number": facts.opinion.as_ref().map(|one| one.number.as_str()),
        "sha256": facts.opinion.as_ref().map(|one| one.sha256.as_str()),
    })
}

/// Supervisors look at every withdrawal; whether a court had adopted the opinion, and permits it, decides what they do.
pub(super) fn flag(facts: &Facts, withdrawal: &OpinionWithdrawal) -> NewFlag {
    let is_permitted = !withdrawal.document.is_empty();
    let detail = json!({ "ground": withdrawal.ground.label(), "adopted": withdrawal.adopted.label(), "permitted": is_permitted });
    NewFlag {
        kind: Kind::OpinionWithdrawn,
        institution_id: facts.case.institution_id.clone(),
        article: law::EVIDENCE_40_42,
        detail,
    }
}
