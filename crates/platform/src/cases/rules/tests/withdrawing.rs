//! Guards of T26 and of what may follow it, one row for every sentence.

use super::*;
use crate::flags::Kind;

fn withdraw(why: &'static str, change: impl FnOnce(&mut OpinionWithdrawal), answer: &[&'static str]) -> Row {
    let mut typed = withdrawal();
    change(&mut typed);
    row(why, State::Delivered, Action::WithdrawOpinion, answer).typing(Input::WithdrawOpinion(typed))
}

fn withdrawn(facts: &mut Facts) {
    facts.case.content.withdrawal = Some(withdrawal());
}

const KEEPS_THE_FEE: &str = "依法应当全部退还鉴定费用，不能按责任核算。";

#[test]
fn each_guard_says_its_sentence() {
    let reckoned = |one: &mut OpinionWithdrawal| one.refund = RefundUndertaking::Reckoned;
    let adopted = |one: &mut OpinionWithdrawal| {
        one.adopted = Adoption::Yes;
        one.ground = WithdrawalGround::Materials;
        one.court = "示例区人民法院（2026）示01民初1号".into();
    };
    prove(vec![
        withdraw("a serious breach, before a court rests on it", |_| {}, &[]),
        withdraw(
            "an order without its paper",
            |one| one.ground = WithdrawalGround::Authority,
            &["没有写明决定撤销的文书。"],
        ),
        withdraw(
            "an order with it",
            |one| {
                one.ground = WithdrawalGround::Authority;
                one.document = "示例市司法局决定".into();
            },
            &[],
        ),
        withdraw(
            "adopted, by nobody named",
            |one| one.adopted = Adoption::Yes,
            &["意见已被采信，但没有写明人民法院和案号。"],
        ),
        withdraw("adopted, the court named", adopted, &[]),
        withdraw(
            "adopted, the fee kept",
            |one| {
                adopted(one);
                reckoned(one);
            },
            &[KEEPS_THE_FEE],
        ),
        withdraw("证据规定 40: a serious breach gives everything back", reckoned, &[KEEPS_THE_FEE]),
        withdraw(
            "false materials are not the house's doing: as reckoned",
            |one| {
                one.ground = WithdrawalGround::Materials;
                reckoned(one);
            },
            &[],
        ),
        withdraw(
            "all at once",
            |one| {
                one.ground = WithdrawalGround::Authority;
                one.adopted = Adoption::Yes;
                reckoned(one);
            },
            &["没有写明决定撤销的文书。", "意见已被采信，但没有写明人民法院和案号。", KEEPS_THE_FEE],
        ),
        row("not a second time", State::Archived, Action::WithdrawOpinion, &["鉴定意见已于2026-03-02撤销。"])
            .with(withdrawn),
        row("nor is it mended", State::Delivered, Action::Correct, &["鉴定意见已于2026-03-02撤销，不能补正。"])
            .with(withdrawn),
        row("nor completed", State::Delivered, Action::Supplementary, &["鉴定意见已于2026-03-02撤销，不能补充鉴定。"])
            .with(withdrawn),
        row("others may appraise anew", State::Delivered, Action::ReAppraise, &[]).with(withdrawn),
        row("court may still call", State::Delivered, Action::AttendCourt, &[]).with(withdrawn),
        row("what lies undelivered is delivered", State::Issued, Action::Deliver, &[]).with(withdrawn),
        row(
            "one of an old ledger is withdrawn on paper",
            State::Archived,
            Action::WithdrawOpinion,
            &["此案来自历史台账，意见书不是在本平台签发的，不能在此办理“撤销鉴定意见”。"],
        )
        .with(|facts| {
            facts.case.content.history = Some(ledger_row());
            facts.opinion = None;
        }),
    ]);
}

/// No ground is left out of the nation's list, and each has its article.
#[test]
fn the_grounds_are_the_lists() {
    let national = crate::rulebook::pack("shanghai", day(TODAY)).words("withdrawal.grounds");
    let words: Vec<&str> = WithdrawalGround::CHOICES.iter().map(|(word, _, _)| *word).collect();
    assert_eq!(national, words);
    for (_, _, ground) in WithdrawalGround::CHOICES {
        assert!(ground.article().starts_with('《'), "{ground:?}");
        assert_eq!(ground.is_refunded_in_full(), ground.article() == crate::fees::law::E40, "{ground:?}");
    }
}

#[test]
fn a_ground_that_the_place_does_not_know_is_refused() {
    // Before 2020-05-01 there was no such rule anywhere.
    let row = withdraw("too early", |_| {}, &["本地规则没有这一项理由：鉴定程序严重违法。"]).on("2020-04-30");
    assert_eq!(row.objections().iter().map(said).collect::<Vec<_>>(), row.answer);
}

#[test]
fn it_leaves_the_case_where_it_is_and_points_the_supervisors_to_it() {
    for state in [State::Issued, State::Delivered, State::Archived] {
        let row = row("", state, Action::WithdrawOpinion, &[]);
        let decision = row.decide().unwrap();
        assert_eq!((decision.to, decision.act.terms.len()), (state, 0), "the case and its terms stay");
        assert_eq!(decision.content.withdrawal, Some(withdrawal()));
        assert_eq!(decision.flags.iter().map(|flag| flag.kind).collect::<Vec<_>>(), [Kind::OpinionWithdrawn]);
        assert_eq!(decision.act.detail["sha256"], "00".repeat(32), "the event names the file");
    }
    for role in [Role::Appraiser, Role::FrontDesk, Role::Client, Role::Archivist, Role::Reviewer, Role::Supervisor] {
        let mut row = row("", State::Delivered, Action::WithdrawOpinion, &[]);
        row.who = person(role);
        assert!(row.decide().is_err(), "{role}");
    }
}
