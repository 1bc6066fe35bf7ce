//! The guards of a case: facts in; a decision, or every objection, out. No database, no clock, no request.
//!
//! **Invariant:** [`obstacles`] (what the page greys a button for) is the first half of [`decide`], so a page never offers
//! what the act would refuse for reasons known before the form is filled in.

mod after;
mod before;
mod clock;
mod detours;
mod meaning;
mod taking;
mod withdrawing;

pub use after::barred;
pub use before::obstacles;
pub use detours::notice_is_late;

use super::content::{Content, Entrustment};
use super::facts::{Facts, Input};
use super::steps::{Action, Case, DL01, State};
use crate::actor::Actor;
use crate::cases::law;
use crate::fail::Objection;
use crate::flags::NewFlag;
use crate::perform::{Act, TermChange};
use crate::registry::Appraiser;
use crate::rulebook;
use crate::text::{Say, say};
use jiff::civil::Date;
use procedure::NotNow;
use serde_json::json;
use worktime::{Calendar, Term};

/// Working days for the decision on acceptance (通则 13).
pub const ACCEPTANCE_WORKDAYS: u16 = 7;
/// Working days for the appraisal where nothing else is agreed (通则 28).
pub const APPRAISAL_WORKDAYS: u16 = 30;
/// Appraisers that one matter needs (通则 19).
pub const APPRAISERS_LEAST: usize = 2;

/// What was decided, for the store to carry out.
#[derive(Clone, Debug)]
pub struct Decision {
    pub act: Act,
    pub to: State,
    pub content: Content,
    pub team: TeamChange,
    /// The unified case code is given with this step.
    pub gives_code: bool,
    /// What supervisors are pointed to.
    pub flags: Vec<NewFlag>,
    /// The case that follows from this one: a supplementary or a re-appraisal.
    pub opens: Option<Box<Entrustment>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TeamChange {
    Unchanged,
    /// These, the first of them leading.
    Named(Vec<String>),
    /// This appraiser declared; the words of a conflict, if there is one.
    Declared {
        appraiser_id: String,
        conflict: Option<String>,
    },
    Signed {
        appraiser_id: String,
    },
}

/// Decides on an act.
///
/// # Errors
/// Every objection at once, each with its article and what to do.
pub fn decide(
    facts: &Facts,
    input: Input,
    actor: &Actor,
    today: Date,
    calendar: &Calendar,
) -> Result<Decision, Vec<Objection>> {
    let action = input.action();
    let step = procedure::step::<Case>(Some(facts.case.state), action, &actor.roles)
        .map_err(|no| vec![not_now(no, facts.case.state, action)])?;
    let mut objections = obstacles(facts, action, actor, today);
    objections.extend(after::objections(facts, &input, actor, today));
    detours::objections(facts, &input, today, calendar, &mut objections);
    if !objections.is_empty() {
        return Err(objections);
    }
    let mut content = facts.case.content.clone();
    let terms = clock::changes(facts, step, &input, today, calendar);
    let flags = taking::flags(facts, &input, today);
    let opens = match &input {
        Input::Supplementary(entrustment) | Input::ReAppraise(entrustment) => Some(entrustment.clone()),
        _ => None,
    };
    let (mut detail, team) = after::take_in(&mut content, facts, input, actor, today);
    if let (Action::Extend, Some(extension)) = (action, content.extensions.last_mut()) {
        (extension.from, extension.to) = clock::limits(facts, &terms);
        detail["from"] = json!(extension.from);
        detail["to"] = json!(extension.to);
    }
    let role = actor.acting_as(step.by);
    let act = Act {
        step: step.number,
        action: action.word().into(),
        article: step.article,
        role,
        from: Some(facts.case.state.word().into()),
        to: step.to.word().into(),
        terms,
        detail,
    };
    Ok(Decision { act, to: step.to, content, team, gives_code: action == Action::Commission, flags, opens })
}

/// The term of a new entrustment: 7 working days from the day of receipt (通则 13).
pub fn acceptance_term(region: &str, received_on: Date, calendar: &Calendar) -> TermChange {
    let term = rulebook::pack(region, received_on).term(DL01).unwrap_or(Term::Workdays(ACCEPTANCE_WORKDAYS));
    clock::start(DL01, law::T13, term, received_on, Vec::new(), calendar)
}

/// Whether the action exists where the institution sits; what the place does not know is not offered there.
pub fn is_known_here(facts: &Facts, action: Action, today: Date) -> bool {
    taking::is_known_here(facts, action, today)
}

/// Whether there is something for the action to be done to; what has none is not offered at all.
pub fn has_an_object(facts: &Facts, action: Action) -> bool {
    detours::has_an_object(facts, action)
}

/// The last day for the decision on acceptance, while that is what is due.
pub fn acceptance_due(case: &super::facts::Record) -> Option<Date> {
    case.due_on.filter(|_| case.state == State::Received)
}

/// Why the table itself says no.
pub fn not_now(no: NotNow, state: State, action: Action) -> Objection {
    let (what, remedy) = match no {
        NotNow::WrongState => (
            say("案件现在处于“%{state}”，不能办理“%{action}”。")
                .word("state", state.label())
                .word("action", action.label()),
            say("请刷新案件页面，按页面列出的步骤办理。"),
        ),
        NotNow::WrongRole => {
            (say("您的角色不能办理“%{action}”。").word("action", action.label()), say("请由案件页面上标明的人员办理。"))
        }
        NotNow::NotOffered => (
            say("“%{action}”在本版本中尚不能办理。").word("action", action.label()),
            say("请先按纸质程序办理，并保存好文书。"),
        ),
    };
    Objection { what, article: "", remedy }
}

pub(super) fn objection(what: Say, article: &'static str, remedy: Say) -> Objection {
    Objection { what, article, remedy }
}

/// Why this appraiser may not work on the item today: licence, category, institution (通则 18; 上海条例 49).
pub fn unfit(appraiser: &Appraiser, facts: &Facts, today: Date) -> Vec<Objection> {
    let mut objections = Vec::new();
    let item = &facts.entrustment().item;
    if appraiser.institution_id != facts.case.institution_id {
        objections.push(objection(
            say("%{name}不在本机构执业。").with("name", &appraiser.name),
            law::T18_19,
            say("请指派在本机构登记执业的鉴定人。"),
        ));
    }
    match &appraiser.licence {
        None => objections.push(objection(
            say("%{name}没有执业证。").with("name", &appraiser.name),
            law::T18_19,
            say("请改派持有有效执业证的鉴定人。"),
        )),
        Some(licence) => {
            if !licence.is_valid(today) {
                objections.push(objection(
                    say("%{name}的执业证（%{number}）%{standing}。")
                        .with("name", &appraiser.name)
                        .with("number", &licence.number)
                        .word("standing", licence.standing(today).label()),
                    law::T18_19,
                    say("请改派持有有效执业证的鉴定人，或者先办理执业证延续。"),
                ));
            }
            if !licence.covers(item) {
                objections.push(objection(
                    say("%{name}的执业类别不包括%{item}。").with("name", &appraiser.name).with("item", item),
                    law::SH49,
                    say("请指派执业类别包括该事项的鉴定人。"),
                ));
            }
        }
    }
    objections
}

/// The institution's own licence for the item today (通则 15; 上海条例 48).
pub(super) fn institution_fit(facts: &Facts, today: Date) -> Vec<Objection> {
    let mut objections = Vec::new();
    match &facts.institution.licence {
        None => {
            objections.push(objection(say("本机构没有司法鉴定许可证。"), law::T15, say("请先办理登记，不得受理。")))
        }
        Some(licence) => {
            if !licence.is_valid(today) {
                objections.push(objection(
                    say("本机构的司法鉴定许可证%{standing}。").word("standing", licence.standing(today).label()),
                    law::T15,
                    say("许可证恢复有效之前，不得受理、不得出具意见书。"),
                ));
            }
            let item = &facts.entrustment().item;
            if !licence.covers(item) {
                objections.push(objection(
                    say("委托事项%{item}不在本机构登记的业务范围内。").with("item", item),
                    law::T15,
                    say("请决定不予受理，并退还鉴定材料。"),
                ));
            }
        }
    }
    objections
}

/// The detail of an event that has nothing to tell beyond itself.
pub(super) fn nothing() -> serde_json::Value {
    json!({})
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(super) use tests::fixtures::{facts as sample_facts, ledger_row, person as sample_person};
