//! What may be done with a lead, and when: facts in; a decision, or every objection, out.
//!
//! **Invariant:** nothing is confirmed on a score: the institution was asked, it answered or its term is over, and the two who
//! decide are two people.

use super::steps::{ANSWER, LeadAction, LeadState, Leads};
use crate::actor::Actor;
use crate::fail::Objection;
use crate::perform::{Act, TermChange};
use crate::text::{Say, say};
use jiff::civil::Date;
use procedure::Effect;
use serde_json::{Value as Json, json};
use worktime::{Calendar, Clock, Term};

/// Working days in which an institution answers, if nothing else is said: the time of a statement in the bureau's practice.
pub const ANSWER_WORKDAYS: i64 = 10;
/// The shortest term an institution may be given, and the longest.
pub const ANSWER_WORKDAYS_LEAST: i64 = 5;
pub const ANSWER_WORKDAYS_MOST: i64 = 30;
/// Characters of a statement: four printed pages.
pub const STATEMENT_MAX: usize = 6_000;

/// What the guards look at.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// `None` before it exists.
    pub state: Option<LeadState>,
    pub today: Option<Date>,
    /// The institution was asked at least once since the last reopening.
    pub was_asked: bool,
    pub has_answer: bool,
    pub due_on: Option<Date>,
    pub proposed_by: Option<String>,
    pub institution_id: String,
}

/// What the acting person says.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    Find,
    TakeUp { note: &'a str },
    Ask { question: &'a str, workdays: i64 },
    Answer { answer: &'a str },
    Propose { reason: &'a str },
    Concur { reason: &'a str },
    Object { reason: &'a str },
    Dismiss { reason: &'a str },
    Reopen { reason: &'a str },
}

impl<'a> Input<'a> {
    pub fn action(&self) -> LeadAction {
        match self {
            Self::Find => LeadAction::Find,
            Self::TakeUp { .. } => LeadAction::TakeUp,
            Self::Ask { .. } => LeadAction::Ask,
            Self::Answer { .. } => LeadAction::Answer,
            Self::Propose { .. } => LeadAction::Propose,
            Self::Concur { .. } => LeadAction::Concur,
            Self::Object { .. } => LeadAction::Object,
            Self::Dismiss { .. } => LeadAction::Dismiss,
            Self::Reopen { .. } => LeadAction::Reopen,
        }
    }

    /// What is said, and as what it is kept.
    pub fn statement(&self) -> Option<(&'static str, &'a str)> {
        match *self {
            Self::Find => None,
            Self::TakeUp { note } => (!note.is_empty()).then_some(("note", note)),
            Self::Ask { question, .. } => Some(("question", question)),
            Self::Answer { answer } => Some(("answer", answer)),
            Self::Propose { reason } => Some(("proposal", reason)),
            Self::Concur { reason } => Some(("concurrence", reason)),
            Self::Object { reason } => Some(("objection", reason)),
            Self::Dismiss { reason } => Some(("dismissal", reason)),
            Self::Reopen { reason } => Some(("reopening", reason)),
        }
    }
}

/// Decides on an act.
///
/// # Errors
/// Every objection at once, each with what to do.
pub fn decide(
    facts: &Facts,
    input: &Input,
    actor: &Actor,
    today: Date,
    calendar: &Calendar,
) -> Result<(Act, LeadState), Vec<Objection>> {
    let step = procedure::step::<Leads>(facts.state, input.action(), &actor.roles).map_err(|_| {
        let (what, remedy) = (say("您现在不能办理这一步骤。"), say("请刷新页面，按页面列出的步骤办理。"));
        vec![Objection { what, article: "", remedy }]
    })?;
    let found: Vec<Objection> = objections(facts, input, actor, today)
        .into_iter()
        .map(|(what, remedy)| Objection { what, article: step.article, remedy })
        .collect();
    if !found.is_empty() {
        return Err(found);
    }
    let workdays = match input {
        Input::Ask { workdays, .. } => *workdays,
        _ => 0,
    };
    let act = Act {
        step: step.number,
        action: input.action().word().into(),
        article: step.article,
        role: actor.acting_as(step.by),
        from: facts.state.map(|state| state.word().into()),
        to: step.to.word().into(),
        terms: step
            .effects
            .iter()
            .filter_map(|effect| term(effect, facts, step.article, workdays, today, calendar))
            .collect(),
        detail: match workdays {
            0 => Json::Null,
            n => json!({ "workdays": n }),
        },
    };
    Ok((act, step.to))
}

fn term(
    effect: &Effect,
    facts: &Facts,
    article: &'static str,
    workdays: i64,
    today: Date,
    calendar: &Calendar,
) -> Option<TermChange> {
    match effect {
        Effect::Starts(_) => {
            let length = Term::Workdays(u16::try_from(workdays).unwrap_or(u16::MAX));
            let clock = Clock { start: today, term: length, pauses: Vec::new(), extensions: Vec::new() };
            let reckoning = calendar.reckon(&clock);
            let length = length.to_string();
            Some(TermChange::Start { rule: ANSWER, article, starts: today, length, pauses: Vec::new(), reckoning })
        }
        // Nothing to stop where it has been answered.
        Effect::Stops(rule) if facts.due_on.is_some() => Some(TermChange::Stop { rule }),
        _ => None,
    }
}

fn objections(facts: &Facts, input: &Input, actor: &Actor, today: Date) -> Vec<(Say, Say)> {
    let mut found = Vec::new();
    if let Some((_, said)) = input.statement() {
        if said.trim().is_empty() {
            found.push((say("没有写明内容。"), say("请写明后再办理。")));
        }
        if said.chars().count() > STATEMENT_MAX {
            found.push((
                say("文字超过%{n}字。").with("n", STATEMENT_MAX),
                say("请精简后再提交，其余材料可以另行寄送。"),
            ));
        }
    }
    match input {
        Input::Ask { workdays, .. } if !(ANSWER_WORKDAYS_LEAST..=ANSWER_WORKDAYS_MOST).contains(workdays) => found
            .push((
                say("说明期限应为%{least}至%{most}个工作日。")
                    .with("least", ANSWER_WORKDAYS_LEAST)
                    .with("most", ANSWER_WORKDAYS_MOST),
                say("请另定期限：机构要有时间核对案卷。"),
            )),
        Input::Answer { .. } if actor.organisation_id.as_deref() != Some(facts.institution_id.as_str()) => {
            found.push((say("这条线索不是向您的机构提出的。"), say("无须再办。")));
        }
        Input::Propose { .. } => {
            if !facts.was_asked {
                found.push((say("还没有听取机构的说明。"), say("请先要求机构说明。")));
            } else if !facts.has_answer && facts.due_on.is_some_and(|due| today <= due) {
                found.push((say("机构的说明期限还没有届满。"), say("请等待机构说明，或者期限届满后再提议。")));
            }
        }
        Input::Concur { .. } if facts.proposed_by.as_deref() == Some(actor.account_id.as_str()) => {
            found.push((say("提议的人不能自己确认。"), say("请由另一名执业监管人员核对后确认。")));
        }
        _ => {}
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::Role;
    use crate::text::Lang;
    use jiff::civil::date;

    fn actor(id: &str, role: Role) -> Actor {
        Actor {
            account_id: id.into(),
            login: id.into(),
            name: id.into(),
            roles: vec![role],
            organisation_id: Some("house".into()),
            organisation_name: String::new(),
            appraiser_id: None,
            language: Lang::Zh,
        }
    }

    fn facts(state: LeadState) -> Facts {
        Facts { state: Some(state), was_asked: true, institution_id: "house".into(), ..Facts::default() }
    }

    #[test]
    fn each_no_has_its_reason() {
        let today = date(2026, 3, 10);
        let calendar = crate::deadline::decreed_calendar().unwrap();
        let officer = actor("one", Role::Supervisor);
        let mut waiting = facts(LeadState::Asked);
        waiting.due_on = Some(date(2026, 3, 10));
        let mut own = facts(LeadState::Proposed);
        own.proposed_by = Some("one".into());
        let mut elsewhere = facts(LeadState::Asked);
        elsewhere.institution_id = "other".into();
        let head = actor("head", Role::Head);
        let cases: [(&Facts, Input, &Actor, &str); 7] = [
            (&facts(LeadState::New), Input::Propose { reason: "x" }, &officer, "不能办理"),
            (&facts(LeadState::UnderReview), Input::Ask { question: "", workdays: 10 }, &officer, "没有写明"),
            (&facts(LeadState::UnderReview), Input::Ask { question: "x", workdays: 2 }, &officer, "说明期限应为"),
            (&waiting, Input::Propose { reason: "x" }, &officer, "没有届满"),
            (&own, Input::Concur { reason: "x" }, &officer, "不能自己确认"),
            (&elsewhere, Input::Answer { answer: "x" }, &head, "不是向您的机构"),
            (&facts(LeadState::Asked), Input::Answer { answer: "x" }, &officer, "不能办理"),
        ];
        for (facts, input, who, expected) in cases {
            let no = decide(facts, &input, who, today, &calendar).unwrap_err();
            let said: Vec<String> = no.iter().map(|one| Lang::Zh.say(&one.what)).collect();
            assert!(said.iter().any(|one| one.contains(expected)), "{input:?}: {said:?}");
        }
    }

    #[test]
    fn the_term_is_in_working_days_and_ends_with_the_answer() {
        let today = date(2026, 3, 10);
        let calendar = crate::deadline::decreed_calendar().unwrap();
        let officer = actor("one", Role::Supervisor);
        let ask = Input::Ask { question: "x", workdays: 10 };
        let (act, to) = decide(&facts(LeadState::UnderReview), &ask, &officer, today, &calendar).unwrap();
        assert_eq!(to, LeadState::Asked);
        let [TermChange::Start { reckoning, .. }] = &act.terms[..] else { panic!("{:?}", act.terms) };
        assert_eq!(reckoning.due, date(2026, 3, 24), "ten working days after a Tuesday");
        let mut asked = facts(LeadState::Asked);
        asked.due_on = Some(reckoning.due);
        let head = actor("head", Role::Head);
        let (act, _) = decide(&asked, &Input::Answer { answer: "x" }, &head, today, &calendar).unwrap();
        assert!(matches!(act.terms[..], [TermChange::Stop { rule: ANSWER }]));
        let (_, to) = decide(&asked, &Input::Propose { reason: "x" }, &officer, date(2026, 3, 25), &calendar).unwrap();
        assert_eq!(to, LeadState::Proposed, "the day after the term nobody need wait longer");
    }
}
