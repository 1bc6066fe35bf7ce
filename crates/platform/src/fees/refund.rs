//! What goes back when an appraisal ends without an opinion, or its opinion does not serve. Pure.
//!
//! The law gives full refunds for the institution's faults (证据规定 35, 40, 42, 81); else Shanghai says "by cause and
//! responsibility" (上海条例 29) and the nation and Guangdong say "as agreed" (rule `refund`). What the law leaves open the
//! head decides; the proposal shows how it was reckoned.
//!
//! **Invariant:** a proposal is between nothing and what was received; another sum has a reason.

use super::account::{Balance, Refunded, words};
use super::law;
use crate::fail::Objection;
use crate::rulebook::Pack;
use crate::text::{Lang, Say, say};

words! {
    /// Why it ends: the grounds of 通则 29 (rules.md §1.6), and those for which the law itself gives a refund.
    Cause {
        T1, "t1", "发现有不得受理的情形";
        T2, "t2", "鉴定材料耗尽，委托人不能补充";
        T3, "t3", "委托人拒不履行义务、被鉴定人拒不配合或者鉴定活动受到严重干扰";
        T4, "t4", "委托人撤销委托，或者委托人、当事人拒绝支付鉴定费用";
        T5, "t5", "不可抗力";
        T6, "t6", "其他需要终止鉴定的情形";
        Overdue, "overdue", "无正当理由未按期完成，另行委托鉴定";
        Unfit, "unfit", "不具备相应资格、程序严重违法或者意见明显依据不足";
        Retracted, "retracted", "无正当理由撤销已采信的鉴定意见";
        Absent, "absent", "鉴定人拒不出庭作证";
        Recusal, "recusal", "鉴定机构应当回避";
    }
}

words! {
    /// Whose doing it is.
    Responsibility {
        Institution, "institution", "鉴定机构";
        Client, "client", "委托人";
        Party, "party", "当事人";
        Nobody, "nobody", "各方均无责任";
    }
}

words! {
    /// How far the work was; a starting point for the share that the head states.
    Stage {
        NotBegun, "not_begun", "尚未开始鉴定";
        Examining, "examining", "正在检验鉴定";
        Drafted, "drafted", "已起草意见书";
        Reviewed, "reviewed", "已复核、待签发";
    }
}

impl Stage {
    /// The share of the work done, in per cent: the house's starting point (no law has one).
    pub fn percent(self) -> i64 {
        match self {
            Self::NotBegun => 0,
            Self::Examining => 40,
            Self::Drafted => 80,
            Self::Reviewed => 100,
        }
    }
}

/// What is known when an appraisal ends.
#[derive(Clone, Copy, Debug)]
pub struct Ended {
    pub cause: Cause,
    pub responsibility: Responsibility,
    /// Share of the work done, 0 to 100.
    pub work_percent: i64,
    /// What the agreement lets the institution keep, in per cent of the charge, where it says so (通则 16; 广东 30).
    pub agreed_percent: Option<i64>,
}

/// What the rules propose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    pub ended_by: Cause,
    pub responsibility: Responsibility,
    /// What the institution keeps of the charge; the rest is not owed any more.
    pub kept_fen: i64,
    pub refund_fen: i64,
    pub article: &'static str,
    pub lines: Vec<Say>,
}

impl Proposal {
    /// The lines in Chinese and English, as they are stored.
    pub fn explanation(&self) -> Vec<(String, String)> {
        self.lines.iter().map(|line| (Lang::Zh.say(line), Lang::En.say(line))).collect()
    }
}

/// The article by which everything goes back, whatever the responsibility and the pack.
fn full_by_law(ended: &Ended) -> Option<&'static str> {
    match ended.cause {
        Cause::Overdue => Some(law::E35),
        Cause::Unfit => Some(law::E40),
        Cause::Retracted => Some(law::E42),
        Cause::Absent => Some(law::E81),
        _ => None,
    }
}

/// What goes back of what was received.
pub fn propose(ended: &Ended, balance: &Balance, pack: Pack<'_>) -> Proposal {
    let rule = pack.rule("refund");
    let by_agreement = rule.is_none_or(|rule| rule.value == "agreed");
    let article = rule.map_or(law::T29, |rule| rule.article);
    let mut lines = vec![
        say("终止的原因：%{cause}；责任：%{who}。")
            .word("cause", ended.cause.label())
            .word("who", ended.responsibility.label()),
        say("应收%{charge}元，已收%{held}元。")
            .with("charge", paper::amount(balance.charge_fen))
            .with("held", paper::amount(balance.held_fen())),
    ];
    let full = full_by_law(ended)
        .or((ended.cause == Cause::Recusal).then_some(if by_agreement { law::GD32 } else { law::SH29 }))
        .or((ended.responsibility == Responsibility::Institution).then_some(article));
    let (percent, article) = if let Some(by) = full {
        lines.push(say("因鉴定机构一方的原因，全部退还。"));
        (0, by)
    } else if let (true, Some(agreed)) = (by_agreement, ended.agreed_percent) {
        lines.push(say("按委托书的约定，留取应收的%{percent}%。").with("percent", agreed));
        (agreed, article)
    } else {
        if by_agreement {
            lines.push(say("委托书没有约定退费办法，以下按已完成的工作试算，由机构负责人与委托人商定。"));
        }
        let why = match ended.responsibility {
            Responsibility::Client => say("责任在委托人，留取已完成工作的费用。"),
            Responsibility::Party => say("责任在当事人，留取已完成工作的费用。"),
            _ => say("各方均无责任，留取已完成工作的费用，其余退还。"),
        };
        lines.push(why);
        lines.push(say("已完成的工作占%{percent}%。").with("percent", ended.work_percent));
        (ended.work_percent, article)
    };
    // Rounded down: a fen in doubt is the payer's.
    let kept_fen = balance.charge_fen.saturating_mul(percent.clamp(0, 100)) / 100;
    let refund_fen = (balance.held_fen() - kept_fen).max(0);
    lines.push(
        say("留取%{kept}元，应退%{refund}元。")
            .with("kept", paper::amount(kept_fen))
            .with("refund", paper::amount(refund_fen)),
    );
    if balance.held_fen() < kept_fen {
        lines.push(
            say("已收不足留取的数额，尚欠%{owed}元。").with("owed", paper::amount(kept_fen - balance.held_fen())),
        );
    }
    Proposal { ended_by: ended.cause, responsibility: ended.responsibility, kept_fen, refund_fen, article, lines }
}

/// What the head decides: the proposal, or another sum with a reason.
///
/// # Errors
/// More than was received; another sum without a reason; less than everything where the law itself gives everything.
pub fn decide(
    proposal: &Proposal,
    decided_fen: Option<i64>,
    reason: &str,
    balance: &Balance,
) -> Result<Refunded, Vec<Objection>> {
    let fen = decided_fen.unwrap_or(proposal.refund_fen);
    let mut objections = Vec::new();
    let mut object = |what: Say, article, remedy: Say| objections.push(Objection { what, article, remedy });
    if !(0..=balance.held_fen()).contains(&fen) {
        object(
            say("退费%{fen}元不在0至已收的%{held}元之间。")
                .with("fen", paper::amount(fen))
                .with("held", paper::amount(balance.held_fen())),
            proposal.article,
            say("请核对退费金额。"),
        );
    }
    if fen != proposal.refund_fen && reason.is_empty() {
        object(
            say("退费%{fen}元与核算的%{proposed}元不同，但没有写明理由。")
                .with("fen", paper::amount(fen))
                .with("proposed", paper::amount(proposal.refund_fen)),
            proposal.article,
            say("请写明理由，理由会保存并印在退费核算单上。"),
        );
    }
    if fen < proposal.refund_fen && [law::E35, law::E40, law::E42, law::E81].contains(&proposal.article) {
        object(
            say("依法应当全部退还%{held}元。").with("held", paper::amount(balance.held_fen())),
            proposal.article,
            say("请全部退还；认为不应退还的，请以人民法院的裁定为准。"),
        );
    }
    if !objections.is_empty() {
        return Err(objections);
    }
    // Another sum than the proposed one settles the account: nothing more is owed beyond what is kept.
    let kept_fen = if fen == proposal.refund_fen { proposal.kept_fen } else { balance.held_fen() - fen };
    Ok(Refunded {
        fen,
        kept_fen,
        proposed_fen: proposal.refund_fen,
        cause: proposal.ended_by,
        responsibility: proposal.responsibility,
        reason: reason.to_owned(),
        explanation: proposal.explanation(),
    })
}

#[cfg(test)]
#[path = "refund_tests.rs"]
mod tests;
