//! The worked scenarios of the rule book that concern a case, from step to step: what each does to the terms, and what the
//! supervisors are told. Their guards are rows of `detours` and `guards`; pure dates are tested in `worktime`.

use super::*;
use crate::flags::Kind;

/// A case whose terms move on with its steps.
struct Story {
    facts: Facts,
}

impl Story {
    /// An examination whose agreement took effect on the day.
    fn from(effective: &str) -> Self {
        let mut facts = facts(State::InExamination);
        facts.terms = vec![term(DL03, effective, "30wd")];
        facts.case.content.pauses.clear();
        facts.case.content.recusals.clear();
        Self { facts }
    }

    /// Takes the step on the day and keeps what it did.
    fn step(&mut self, on: &str, who: Role, input: Input) -> Decision {
        let who = if who == Role::Appraiser { as_appraiser("甲", who) } else { person(who) };
        let decision = decide(&self.facts, input, &who, day(on), &CALENDAR)
            .unwrap_or_else(|objections| panic!("{on}: {:?}", objections.iter().map(said).collect::<Vec<_>>()));
        self.facts.case.state = decision.to;
        self.facts.case.content = decision.content.clone();
        for change in &decision.act.terms {
            self.take(change, on);
        }
        decision
    }

    /// As `perform` writes it.
    fn take(&mut self, change: &TermChange, on: &str) {
        let open =
            |rule: &str, terms: &mut Vec<TermRow>| terms.iter().position(|term| term.rule == rule && term.is_open());
        let terms = &mut self.facts.terms;
        match change {
            TermChange::Start { rule, starts, length, pauses, reckoning, .. } => {
                let new = term(rule, &starts.to_string(), length);
                terms.push(TermRow { pauses: pauses.clone(), due_on: reckoning.due, ..new });
            }
            TermChange::Stop { rule } => {
                if let Some(at) = open(rule, terms) {
                    terms[at].stopped_on = Some(day(on));
                }
            }
            TermChange::Pause { rule, from } => {
                let at = open(rule, terms).unwrap();
                terms[at].paused_from = Some(*from);
            }
            TermChange::Change { rule, pauses, extensions, reckoning } => {
                let at = open(rule, terms).unwrap();
                let one = &mut terms[at];
                (one.pauses, one.extensions) = (pauses.clone(), extensions.clone());
                (one.paused_from, one.due_on, one.provisional) = (None, reckoning.due, reckoning.provisional);
            }
        }
    }

    fn due(&self, rule: &str) -> Option<String> {
        self.facts.terms.iter().find(|term| term.rule == rule && term.is_open()).map(|term| term.due_on.to_string())
    }

    fn pause(&mut self, on: &str, ground: PauseGround) {
        self.step(on, Role::Appraiser, Input::Pause { ground, detail: "情况".into() });
        self.step(on, Role::Head, Input::ApprovePause);
    }

    fn resume(&mut self, on: &str) {
        self.step(on, Role::FrontDesk, Input::Resume { note: "已到".into() });
    }
}

fn kinds(decision: &Decision) -> Vec<Kind> {
    decision.flags.iter().map(|flag| flag.kind).collect()
}

fn due(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn s03_a_supplement_stands_the_clock_still_until_a_saturday_that_is_worked() {
    let mut story = Story::from("2026-03-02");
    assert_eq!(story.due(DL03), due("2026-04-14"));
    story.pause("2026-03-16", PauseGround::Supplement);
    assert!(story.facts.terms[0].paused_from.is_some());
    story.resume("2026-04-08");
    assert_eq!(story.due(DL03), due("2026-05-09"), "not moved to Monday 05-11");
}

#[test]
fn a_pause_that_the_head_does_not_agree_to_is_none() {
    let mut story = Story::from("2026-03-02");
    let ground = PauseGround::Supplement;
    story.step("2026-03-16", Role::Appraiser, Input::Pause { ground, detail: "情况".into() });
    story.step("2026-03-20", Role::Head, Input::RejectPause { reason: "材料齐全".into() });
    assert_eq!(story.due(DL03), due("2026-04-14"), "its days count");
    assert!(story.facts.case.content.pauses.is_empty());
}

#[test]
fn s05_an_extension_counts_on_from_the_base_due_date() {
    let mut story = Story::from("2026-04-13");
    assert_eq!(story.due(DL03), due("2026-05-27"));
    let granted = story.step("2026-05-25", Role::Head, Input::Extend(extension(20, ExtensionBasis::Head)));
    assert_eq!(story.due(DL03), due("2026-06-25"));
    assert!(kinds(&granted).is_empty(), "within what the head may grant");
    let kept = story.facts.case.content.extensions[0].clone();
    assert_eq!((kept.from, kept.to), (Some(day("2026-05-27")), Some(day("2026-06-25"))), "as the notice says");
}

#[test]
fn s06_45_days_are_not_silently_stored() {
    let mut story = Story::from("2026-04-13");
    let alone = decide(
        &story.facts,
        Input::Extend(extension(45, ExtensionBasis::Head)),
        &person(Role::Head),
        day("2026-05-25"),
        &CALENDAR,
    );
    assert_eq!(alone.unwrap_err().len(), 1, "the default guard refuses");
    let agreed = story.step("2026-05-25", Role::Head, Input::Extend(extension(45, ExtensionBasis::Agreement)));
    assert_eq!(story.due(DL03), due("2026-07-30"));
    assert_eq!(kinds(&agreed), [Kind::LongExtension], "and the supervisor is told");
}

#[test]
fn s07_an_approval_after_the_limit_cures_nothing() {
    let mut story = Story::from("2026-04-13");
    let agreed = story.step("2026-05-28", Role::Head, Input::Extend(extension(20, ExtensionBasis::Agreement)));
    assert_eq!(kinds(&agreed), [Kind::LateExtension]);
    let old = story.facts.terms.iter().find(|term| term.rule == DL03).unwrap();
    assert_eq!(old.stopped_on, Some(day("2026-05-28")), "ended, and overdue for good");
    assert!(old.stopped_on > Some(old.due_on));
    assert_eq!(story.due(DL05), due("2026-06-26"), "20 working days from the agreement, 06-19 to 06-21 off");
}

#[test]
fn s09_a_courts_limit_is_extended_by_the_court() {
    for (granted, expected) in [(true, "2026-05-14"), (false, "2026-04-14")] {
        let mut story = Story::from("2026-03-02");
        story.facts.case.content.check.as_mut().unwrap().agreement.limit_by = LimitBy::Court;
        if granted {
            story.step("2026-04-10", Role::Head, Input::Extend(extension(20, ExtensionBasis::Court)));
        }
        assert_eq!(story.due(DL03), due(expected), "granted: {granted}");
    }
}

#[test]
fn s11_the_guardian_comes_a_week_later() {
    let mut story = Story::from("2026-06-01");
    assert_eq!(story.due(DL03), due("2026-07-14"));
    story.pause("2026-06-17", PauseGround::WitnessAbsence);
    story.resume("2026-06-24");
    assert_eq!(story.due(DL03), due("2026-07-20"));
}

#[test]
fn s14_too_few_appraisers_are_a_matter_for_the_register() {
    let mut facts = facts(State::Commissioned);
    facts.eligible = 1;
    let input = Input::Terminate(ending(&[EndGround::Other]));
    let decision = decide(&facts, input, &person(Role::Head), day(TODAY), &CALENDAR).unwrap();
    assert_eq!(kinds(&decision), [Kind::TooFewAppraisers]);
    facts.eligible = 3;
    let input = Input::Terminate(ending(&[EndGround::Other]));
    let decision = decide(&facts, input, &person(Role::Head), day(TODAY), &CALENDAR).unwrap();
    assert!(decision.flags.is_empty(), "three are enough");
}

#[test]
fn s26c_the_strict_date_alarms_and_the_other_stands_beside_it() {
    let mut story = Story::from("2026-02-10");
    story.facts.case.state = State::Received;
    story.facts.case.content.supplements.clear();
    story.facts.terms = vec![term(DL01, "2026-02-10", "7wd")];
    let asked = SupplementRequest { needed: "片".into(), until: None, asked_on: day("2026-02-12"), answer: None };
    story.step("2026-02-12", Role::FrontDesk, Input::RequestSupplement(asked));
    assert_eq!(story.facts.terms[0].paused_from, None, "the strict term runs on");
    let came = Supplement { materials: entrustment().materials, note: String::new(), on: day("2026-02-26") };
    story.step("2026-02-26", Role::Client, Input::Supplement(came));
    assert_eq!((story.due(DL01), story.due(DL01_PAUSED)), (due("2026-02-26"), due("2026-03-04")));
    story.step("2026-03-02", Role::Head, input(Action::Decline));
    assert_eq!((story.due(DL01), story.due(DL01_PAUSED)), (None, None), "the decision answers both");
}

#[test]
fn s26d_a_pause_during_the_extension_from_a_sunday_that_is_worked() {
    let mut story = Story::from("2026-08-10");
    assert_eq!(story.due(DL03), due("2026-09-20"));
    story.step("2026-09-18", Role::Head, Input::Extend(extension(30, ExtensionBasis::Head)));
    assert_eq!(story.due(DL03), due("2026-11-06"));
    story.pause("2026-10-12", PauseGround::ReExtraction);
    story.resume("2026-10-23");
    assert_eq!(story.due(DL03), due("2026-11-19"));
}

#[test]
fn s26f_a_notice_within_three_days_of_the_hearing_is_late() {
    for (notice, is_late) in [("2026-10-06", false), ("2026-10-07", true), ("2026-09-30", false)] {
        assert_eq!(notice_is_late(day(notice), day("2026-10-09"), 3), is_late, "{notice}");
    }
}

#[test]
fn an_absence_from_court_is_told_and_an_excused_one_is_not() {
    for (attended, told) in [(Attended::Absent, vec![Kind::CourtAbsence]), (Attended::Excused, vec![])] {
        let input = Input::RecordCourt(CourtOutcome { attended, record: "情况".into(), on: day(TODAY) });
        let facts = facts(State::Delivered);
        let decision = decide(&facts, input, &as_appraiser("甲", Role::Appraiser), day(TODAY), &CALENDAR).unwrap();
        assert_eq!(kinds(&decision), told);
    }
}
