//! What a case's page says of terms, of what can be done, and of what happened.

use super::*;
use crate::actor::Role;
use crate::cases::rules::{ledger_row, sample_facts, sample_person};
use crate::cases::steps::DL01;
use jiff::ToSpan;

/// A term of the sample case, stopped so many days after its last one.
fn stopped(rule: &str, days_late: i32) -> TermRow {
    let mut term = sample_facts(State::InExamination).terms.remove(0);
    term.rule = rule.into();
    term.stopped_on = Some(term.due_on.checked_add(days_late.days()).unwrap());
    term
}

#[test]
fn a_stopped_term_says_what_stopped_it() {
    let agreed_after = |old: &TermRow| TermRow { rule: DL05.into(), starts: old.stopped_on.unwrap(), ..old.clone() };
    for (state, accepted, rule, late, replaced, expected, why) in [
        (State::Issued, true, DL03, 0, false, "按期完成", "the last day counts"),
        (State::Issued, true, DL03, 1, false, "逾期完成", "the opinion came late"),
        (State::Terminated, true, DL03, -3, false, "已停止（终止）", "nobody finished it"),
        (State::Terminated, true, DL03, 3, false, "逾期，已停止（终止）", "it was late when it ended"),
        (State::Withdrawn, true, DL03, -3, false, "已停止（撤回）", "the client ended it"),
        (State::Terminated, true, DL01, -1, false, "按期完成", "acceptance was decided in time, whatever came after"),
        (State::Withdrawn, false, DL01, -1, false, "已停止（撤回）", "before anybody decided on acceptance"),
        (State::Declined, false, DL01, 0, false, "按期完成", "to decline is to decide"),
        (State::InExamination, true, DL03, 4, true, "逾期，已另行约定", "S07: the new limit does not cure the old one"),
        (State::Terminated, true, DL03, 4, true, "逾期，已另行约定", "nor does the end of the case"),
    ] {
        let mut case = sample_facts(state).case;
        case.content.check = case.content.check.filter(|_| accepted);
        let term = stopped(rule, late);
        let mut terms = vec![term.clone()];
        terms.extend(replaced.then(|| agreed_after(&term)));
        let today = term.stopped_on.unwrap();
        assert_eq!(outcome(&case, &terms, &term, today), expected, "{why}");
    }
}

#[test]
fn what_has_no_object_is_not_offered_and_acceptance_comes_before_refusal() {
    let nothing = |_: &mut Facts| {};
    let approved = |facts: &mut Facts| facts.case.content.pauses[0].approved_by = Some("负责人".into());
    let from_a_ledger = |facts: &mut Facts| {
        facts.case.content.history = Some(ledger_row());
        facts.case.content.court.clear();
    };
    type Change<'c> = &'c dyn Fn(&mut Facts);
    for (state, role, change, offered, not_offered, why) in [
        (
            State::Paused,
            Role::Head,
            &nothing as Change,
            &[Action::ApprovePause, Action::RejectPause] as &[_],
            &[] as &[_],
            "a pause that waits for the head",
        ),
        (
            State::Paused,
            Role::Head,
            &approved,
            &[Action::Resume],
            &[Action::ApprovePause, Action::RejectPause],
            "decided: nothing to approve",
        ),
        (
            State::Archived,
            Role::Client,
            &from_a_ledger,
            &[Action::AttendCourt],
            &[Action::Correct, Action::Supplementary, Action::ReAppraise, Action::RecordCourt],
            "an opinion of before the platform",
        ),
        (State::Archived, Role::Client, &nothing, &[Action::Correct, Action::ReAppraise], &[], "one of the platform"),
    ] {
        let mut facts = sample_facts(state);
        change(&mut facts);
        let options = options(&facts, &sample_person(role), facts.case.received_on);
        let has = |action: &Action| options.iter().any(|one| one.action == *action);
        assert!(offered.iter().all(has) && !not_offered.iter().any(has), "{why}");
    }
    let facts = sample_facts(State::Received);
    let options = options(&facts, &sample_person(Role::Head), facts.case.received_on);
    let at = |action| options.iter().position(|one| one.action == action).unwrap();
    assert!(at(Action::Accept) < at(Action::Decline));
}

#[test]
fn the_history_names_what_was_chosen_and_what_came() {
    let ending = serde_json::json!({
        "grounds": [EndGround::Uncooperative, EndGround::Other], "responsibility": Responsibility::Party,
        "explanation": "三次不到场", "returned": "全部退还",
    });
    let material = |name: &str, quantity: &str| serde_json::json!({ "name": name, "kind": "影像资料", "quantity": quantity, "properties": "完好" });
    let supplement =
        serde_json::json!({ "materials": [material("复查影像片", "1张"), material("病历", "2册")], "note": "" });
    let told_of = |action, detail| told(action, detail, Lang::Zh, true);
    assert_eq!(
        told_of(Action::Terminate, &ending),
        [
            ("理由", EndGround::Uncooperative.label().to_owned()),
            ("理由", EndGround::Other.label().to_owned()),
            ("责任在", Responsibility::Party.label().to_owned()),
            ("说明", "三次不到场".to_owned()),
            ("材料退还情况", "全部退还".to_owned()),
        ]
    );
    assert_eq!(told_of(Action::Supplement, &supplement), [("补充的材料", "复查影像片（1张）、病历（2册）".to_owned())]);
    let entrusted = serde_json::json!({ "materials": [material("病历", "1册")], "item": "FY-0201" });
    assert_eq!(told_of(Action::Entrust, &entrusted), [], "the materials of the entrustment stand in their own table");
}
