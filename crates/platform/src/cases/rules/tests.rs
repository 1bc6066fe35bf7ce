//! Every guard of a case as rows of one table: what is wrong with the facts, and the whole answer.

use super::*;
use crate::actor::Role;
use crate::cases::content::*;
use crate::cases::draft::Draft;
use crate::cases::facts::{Declared, DraftFacts, FirstAppraisal, IssuedOpinion, Member, Record};
use crate::cases::steps::{DL01_PAUSED, DL03, DL05};
use crate::perform::TermRow;
use crate::registry::{Institution, Interruption, Licence, Title};
use crate::text::Lang;
use jiff::Timestamp;
use procedure::{Opening, Procedure};
use std::collections::BTreeSet;
use std::sync::LazyLock;

pub mod fixtures;
use fixtures::*;

/// One guard: facts in which one thing is wrong, and every sentence of the answer, in order. No sentence: it goes through.
struct Row {
    why: &'static str,
    state: State,
    action: Action,
    facts: Facts,
    input: Input,
    who: Actor,
    today: Date,
    answer: Vec<&'static str>,
}

fn row(why: &'static str, state: State, action: Action, answer: &[&'static str]) -> Row {
    let mut facts = facts(state);
    if action == Action::Suspend {
        facts.institution.region = "beijing".into();
    }
    if action == Action::Resume {
        facts.case.content.pauses[0].approved_by = Some("负责人".into());
    }
    if action == Action::Declare || action == Action::Sign {
        facts.team[0].declared = None;
        facts.team[0].signed_at = None;
    }
    let (who, answer) = (actor_for(action), answer.to_vec());
    Row { why, state, action, facts, input: input(action), who, today: day(TODAY), answer }
}

impl Row {
    fn with(mut self, change: impl FnOnce(&mut Facts)) -> Self {
        change(&mut self.facts);
        self
    }

    fn typing(self, input: Input) -> Self {
        Self { input, ..self }
    }

    fn by(self, who: Actor) -> Self {
        Self { who, ..self }
    }

    fn on(self, today: &str) -> Self {
        Self { today: day(today), ..self }
    }

    fn decide(&self) -> Result<Decision, Vec<Objection>> {
        decide(&self.facts, self.input.clone(), &self.who, self.today, &CALENDAR)
    }

    fn objections(&self) -> Vec<Objection> {
        self.decide().err().unwrap_or_default()
    }
}

fn said(objection: &Objection) -> String {
    Lang::Zh.say(&objection.what)
}

fn prove(rows: Vec<Row>) {
    for row in rows {
        let objections = row.objections();
        let (why, state, action) = (row.why, row.state, row.action);
        assert_eq!(objections.iter().map(said).collect::<Vec<_>>(), row.answer, "{why}: {action:?} in {state:?}");
        for one in &objections {
            assert!(!Lang::Zh.say(&one.remedy).is_empty(), "{why}: {} tells nobody what to do", said(one));
            assert!(!one.article.is_empty(), "{why}: {} names no article", said(one));
            assert!(!said(one).contains("%{") && !Lang::Zh.say(&one.remedy).contains("%{"), "{why}: a slot is open");
        }
        let before = obstacles(&row.facts, row.action, &row.who, row.today);
        assert!(objections.starts_with(&before), "{why}: the page's reasons come first in the act's");
    }
}

mod detours;
mod guards;
mod scenarios;
mod withdrawing;

/// A row for a step that is in order goes through, whoever of its roles takes it.
#[test]
fn with_everything_in_order_every_open_step_is_allowed() {
    for step in Case::STEPS.iter().filter(|step| step.opening == Opening::Open) {
        for state in step.from {
            let row = row("in order", *state, step.action, &[]);
            let decision = row.decide().unwrap_or_else(|no| panic!("{:?} from {state:?}: {no:?}", step.action));
            assert_eq!(decision.to, step.to);
            assert_eq!((decision.act.step, decision.act.article), (step.number, step.article));
            assert_eq!((decision.act.from.as_deref(), decision.act.to.as_str()), (Some(state.word()), step.to.word()));
            assert_eq!(decision.act.action, step.action.word());
            assert!(step.by.contains(&decision.act.role), "{:?} recorded for {:?}", decision.act.role, step.action);
            assert_eq!(decision.gives_code, step.action == Action::Commission, "{:?}", step.action);
        }
    }
}

#[test]
fn the_table_says_no_to_other_states_and_other_roles() {
    for action in Action::ALL.iter().filter(|action| Case::STEPS.iter().any(|s| s.action == **action)) {
        for state in State::ALL {
            for role in Role::ALL {
                let no = match procedure::step::<Case>(Some(*state), *action, &[*role]) {
                    Ok(_) => continue,
                    Err(no) => not_now(no, *state, *action),
                };
                let what = said(&no);
                assert!(what.contains(action.label()) && !what.contains("%{"), "{what}");
                assert!(no.article.is_empty() && !Lang::Zh.say(&no.remedy).is_empty(), "{what}");
            }
        }
    }
    let no = |row: Row| row.objections().iter().map(said).collect::<Vec<_>>();
    assert_eq!(
        no(row("", State::Issued, Action::Accept, &[])),
        ["案件现在处于“已签发”，不能办理“受理”。"],
        "one reason: what else is missing does not matter in the wrong state"
    );
    assert_eq!(
        no(row("", State::Approved, Action::Issue, &[]).by(person(Role::Client))),
        ["您的角色不能办理“签发意见书”。"]
    );
    assert_eq!(
        said(&not_now(NotNow::NotOffered, State::Received, Action::Terminate)),
        "“终止鉴定”在本版本中尚不能办理。"
    );
}

/// Every sentence that the guards can say is the answer of a row of the table.
#[test]
fn no_guard_is_without_a_row() {
    let sources =
        [include_str!("../rules.rs"), include_str!("before.rs"), include_str!("after.rs"), include_str!("detours.rs")];
    let keys: BTreeSet<&str> = sources
        .iter()
        .flat_map(|source| source.split("objection(").skip(1))
        .filter_map(|rest| rest.split_once("say(\"")?.1.split('"').next())
        .collect();
    assert!(keys.len() > 30, "the guards are no longer written as they are looked for here: {keys:?}");
    let met: BTreeSet<&str> =
        guards::all().iter().chain(&detours::all()).flat_map(Row::objections).map(|one| one.what.key()).collect();
    let unmet: Vec<_> = keys.difference(&met).collect();
    assert!(unmet.is_empty(), "no row brings about {unmet:?}");
}

/// The terms of a decision: rule, due date, whether provisional.
fn starts(terms: &[TermChange]) -> Vec<(&str, String, bool)> {
    let started = terms.iter().filter_map(|term| match term {
        TermChange::Start { rule, reckoning, .. } => Some((*rule, reckoning.due.to_string(), reckoning.provisional)),
        TermChange::Stop { .. } | TermChange::Pause { .. } | TermChange::Change { .. } => None,
    });
    started.collect()
}

fn stops(terms: &[TermChange]) -> Vec<&str> {
    terms.iter().filter_map(|term| if let TermChange::Stop { rule } = term { Some(*rule) } else { None }).collect()
}

#[test]
fn seven_workdays_to_decide_on_acceptance() {
    for (received, due, why) in [
        ("2025-09-26", "2025-10-13", "S01: two made-up workdays and National Day in between"),
        ("2026-10-03", "2026-10-15", "S26b: arrives on a holiday"),
        ("2026-10-10", "2026-10-20", "S26b: arrives on a made-up Saturday"),
        ("2026-02-10", "2026-02-26", "S26c: the strict reckoning over Spring Festival"),
    ] {
        assert_eq!(
            starts(&[acceptance_term("shanghai", day(received), &CALENDAR)]),
            [(DL01, due.to_owned(), false)],
            "{why}"
        );
    }
}

#[test]
fn thirty_workdays_for_the_opinion_or_as_agreed() {
    for (signed, agreed, due, provisional, why) in [
        ("2026-03-02", 30, "2026-04-14", false, "S03 without its pause"),
        ("2026-04-13", 30, "2026-05-27", false, "S05 without its extension"),
        ("2026-03-02", 60, "2026-05-28", false, "S09: as agreed for a difficult case"),
        ("2026-03-02", 1, "2026-03-03", false, "the shortest that can be agreed"),
        ("2026-12-10", 30, "2027-01-21", true, "S26e: into a year without a decree"),
    ] {
        let row = row(why, State::Accepted, Action::Commission, &[])
            .with(|facts| facts.case.content.check.as_mut().unwrap().agreement = agreement(agreed))
            .on(signed);
        let decision = row.decide().unwrap();
        assert_eq!(starts(&decision.act.terms), [(DL03, due.to_owned(), provisional)], "{why}");
        assert_eq!(decision.content.commissioned_on, Some(day(signed)), "{why}");
    }
}

#[test]
fn terms_stop_with_the_steps_that_answer_them() {
    for (state, action, stopped) in [
        (State::Received, Action::Accept, vec![DL01, DL01_PAUSED]),
        (State::Received, Action::Decline, vec![DL01, DL01_PAUSED]),
        (State::Approved, Action::Issue, vec![DL03, DL05]),
        (State::InReview, Action::Terminate, vec![DL01, DL01_PAUSED, DL03, DL05]),
        (State::Approved, Action::Sign, vec![]),
        (State::InReview, Action::SendBack, vec![]),
    ] {
        let decision = row("stops", state, action, &[]).decide().unwrap();
        assert_eq!(stops(&decision.act.terms), stopped, "{action:?}");
        assert!(starts(&decision.act.terms).is_empty(), "{action:?}");
    }
}

#[test]
fn what_the_form_said_enters_the_case_and_its_event() {
    let decided = |row: Row| row.decide().unwrap();
    let sent_back = decided(row("", State::InReview, Action::SendBack, &[]));
    assert_eq!(sent_back.content.review, None, "a review does not outlive the text it was of");
    assert_eq!(sent_back.act.detail["comments"], "请补充");
    let approved = decided(row("", State::InReview, Action::Approve, &[]));
    assert_eq!(approved.act.detail["draft"], 3, "the approval is of one version");
    let assigned = decided(row("", State::Commissioned, Action::Assign, &[]));
    assert_eq!(assigned.team, TeamChange::Named(vec!["甲".into(), "乙".into()]), "the lead is first");
    let replaced = decided(row("", State::Assigned, Action::Replace, &[]));
    assert_eq!(replaced.act.detail["before"], json!(["甲", "乙"]));
    assert_eq!(replaced.act.detail["appraisers"], json!(["丙", "乙"]));
    let declared = decided(row("", State::Assigned, Action::Declare, &[]).typing(Input::Declare(conflicted())));
    let TeamChange::Declared { appraiser_id, conflict: Some(words) } = &declared.team else { panic!("{declared:?}") };
    assert!(appraiser_id == "甲" && words.contains("利害关系") && words.contains("；"), "{words}");
    let signed = decided(row("", State::Approved, Action::Sign, &[]));
    assert_eq!(signed.team, TeamChange::Signed { appraiser_id: "甲".into() });
    let archived = decided(row("", State::Delivered, Action::Archive, &[]));
    assert_eq!(archived.content.shelf.as_deref(), Some("A-1"));
}

#[test]
fn the_role_acted_in_is_recorded() {
    let delivered = |who: Actor| row("", State::Issued, Action::Deliver, &[]).by(who).decide().unwrap().act.role;
    assert_eq!(delivered(person(Role::Client)), Role::Client);
    assert_eq!(delivered(person(Role::FrontDesk)), Role::FrontDesk);
    let both = Actor { roles: vec![Role::FrontDesk, Role::Head], ..person(Role::Head) };
    let head = Actor { roles: vec![Role::Head], ..both.clone() };
    let accepted = |who: Actor| row("", State::Received, Action::Accept, &[]).by(who).decide().unwrap().act.role;
    assert_eq!((accepted(both), accepted(head)), (Role::FrontDesk, Role::Head));
}

#[test]
fn the_acceptance_due_date_is_shown_only_while_it_is_due() {
    let mut case = facts(State::Received).case;
    case.due_on = Some(day("2026-03-11"));
    assert_eq!(acceptance_due(&case), Some(day("2026-03-11")));
    case.state = State::Accepted;
    assert_eq!(acceptance_due(&case), None);
}

/// The decision stays with what was seen; without a hit there was nothing to decide.
#[test]
fn a_decision_on_a_hit_is_kept_with_what_was_seen() {
    let decided = || Elsewhere { choice: ElsewhereChoice::Different, reason: "已核实。".into(), seen: Vec::new() };
    let typed = || Input::Accept(AcceptanceCheck { elsewhere: Some(decided()), ..check() });
    let without = row("", State::Received, Action::Accept, &[]).typing(typed()).decide().unwrap();
    assert_eq!(without.content.check.unwrap().elsewhere, None);
    let hit = crate::cases::elsewhere::Hit {
        stage: crate::cases::elsewhere::Stage::Accepted,
        days: 2,
        is_strong: true,
        grounds: vec!["证件号码相同"],
        own_case: None,
    };
    let with = row("", State::Received, Action::Accept, &[]).with(|facts| facts.elsewhere.push(hit)).typing(typed());
    let with = with.decide().unwrap();
    let kept = with.content.check.unwrap().elsewhere.unwrap();
    assert_eq!((kept.seen.len(), kept.seen[0].days, kept.seen[0].stage.as_str()), (1, 2, "accepted"));
    assert_eq!(with.act.detail["elsewhere"]["reason"], "已核实。");
}
