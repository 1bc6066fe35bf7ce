//! How the facts of a detour enter the case, and what it tells the supervisors.

use super::{TeamChange, nothing};
use crate::actor::{Actor, Role};
use crate::cases::content::{
    Attended, Content, Ending, ExtensionBasis, PauseGround, PauseRecord, RecusalDecision, RecusalRequest,
    SupplementRequest,
};
use crate::cases::facts::{Facts, Input};
use crate::cases::law;
use crate::cases::steps::{Action, State};
use crate::flags::{Kind, NewFlag};
use jiff::civil::Date;
use serde_json::{Value as Json, json};
use worktime::Term;

/// Puts what a detour's form said into the case; returns the event's detail and what changes in the team.
pub(super) fn take_in(
    content: &mut Content,
    facts: &Facts,
    input: Input,
    actor: &Actor,
    today: Date,
) -> (Json, TeamChange) {
    let detail = match input {
        Input::RequestSupplement(request) => {
            content.supplements.push(request.clone());
            json!({ "needed": request.needed, "until": request.until })
        }
        Input::Supplement(supplement) => {
            let told = json!({ "materials": supplement.materials, "note": supplement.note });
            match content.supplements.iter_mut().rfind(|request| request.answer.is_none()) {
                Some(request) => request.answer = Some(supplement),
                // Something handed in unasked, while the clock stands still for another reason.
                None => content.supplements.push(SupplementRequest {
                    needed: String::new(),
                    until: None,
                    asked_on: today,
                    answer: Some(supplement),
                }),
            }
            told
        }
        Input::ObjectToAppraiser { appraiser_id, reason } => {
            let name = facts.team.iter().find(|one| one.appraiser.id == appraiser_id);
            let appraiser = name.map(|one| one.appraiser.name.clone()).unwrap_or_default();
            let told = json!({ "appraisers": [appraiser], "reason": reason });
            content.recusals.push(RecusalRequest { appraiser_id, appraiser, reason, on: today, decision: None });
            told
        }
        Input::DecideRecusal { sustained, reason } => {
            let decision = RecusalDecision { sustained, reason: reason.clone(), by: actor.name.clone(), on: today };
            let request = content.recusals.iter_mut().find(|request| request.decision.is_none());
            let appraiser = request.as_ref().map(|request| request.appraiser.clone()).unwrap_or_default();
            if let Some(request) = request {
                request.decision = Some(decision);
            }
            json!({ "appraisers": [appraiser], "sustained": sustained, "explanation": reason })
        }
        Input::Pause { ground, detail } => stand_still(content, actor, ground, detail, false, today),
        Input::Suspend { ground, detail } => stand_still(content, actor, ground, detail, true, today),
        Input::ApprovePause => {
            approve(content, actor);
            nothing()
        }
        Input::RejectPause { reason } => {
            content.pauses.pop();
            json!({ "explanation": reason })
        }
        Input::Resume { note } | Input::Continue { note } => {
            if actor.is(Role::Head) {
                approve(content, actor);
            }
            let from = content.pauses.last().map(|pause| pause.from);
            if let Some(pause) = content.pauses.last_mut() {
                pause.through = Some(today);
            }
            json!({ "note": note, "from": from, "through": today })
        }
        Input::Extend(extension) => {
            let told = json!({
                "workdays": extension.workdays, "explanation": extension.explanation, "basis": extension.basis,
                "paper": extension.paper,
            });
            content.extensions.push(extension);
            told
        }
        Input::Terminate(ending) | Input::Withdraw(ending) => end(content, ending),
        Input::Correct(correction) => {
            let told = json!({ "part": correction.part, "place": correction.place, "wrong": correction.wrong,
                "right": correction.right });
            content.corrections.push(correction);
            told
        }
        Input::Supplementary(entrustment) => {
            json!({ "ground": entrustment.supplements.as_ref().map(|one| one.ground) })
        }
        Input::ReAppraise(entrustment) => {
            json!({ "reason": entrustment.reappraisal.as_ref().map(|one| one.ground.clone()) })
        }
        Input::AttendCourt(notice) => {
            let told = json!({ "hearing_on": notice.hearing_on, "late": notice.notice_late, "court": notice.court });
            content.court.push(notice);
            told
        }
        Input::RecordCourt(outcome) => {
            let told = json!({ "attended": outcome.attended, "note": outcome.record });
            if let Some(notice) = content.court.iter_mut().find(|one| one.outcome.is_none()) {
                notice.outcome = Some(outcome);
            }
            told
        }
        Input::WithdrawOpinion(withdrawal) => {
            let told = super::withdrawing::told(facts, &withdrawal);
            content.withdrawal = Some(withdrawal);
            told
        }
        // The steps of the main road are taken in by `after`.
        _ => nothing(),
    };
    (detail, TeamChange::Unchanged)
}

fn stand_still(
    content: &mut Content,
    actor: &Actor,
    ground: PauseGround,
    detail: String,
    suspends: bool,
    today: Date,
) -> Json {
    let told = json!({ "ground": ground.label(), "explanation": detail });
    let approved_by = actor.is(Role::Head).then(|| actor.name.clone());
    content.pauses.push(PauseRecord { ground, detail, from: today, approved_by, through: None, suspends });
    told
}

fn approve(content: &mut Content, actor: &Actor) {
    if let Some(pause) = content.pauses.last_mut().filter(|pause| pause.approved_by.is_none()) {
        pause.approved_by = Some(actor.name.clone());
    }
}

fn end(content: &mut Content, ending: Ending) -> Json {
    let told = json!({ "grounds": ending.grounds, "explanation": ending.explanation, "returned": ending.returned,
        "responsibility": ending.responsibility });
    content.ending = Some(ending);
    told
}

/// What a supervisor is pointed to by this act.
pub(super) fn flags(facts: &Facts, input: &Input, today: Date) -> Vec<NewFlag> {
    let flag =
        |kind, article, detail| NewFlag { kind, institution_id: facts.case.institution_id.clone(), article, detail };
    let mut found = Vec::new();
    match input {
        Input::Extend(extension) => {
            let most = match facts.pack(today).term("DL04") {
                Some(Term::Workdays(most)) => most,
                _ => super::APPRAISAL_WORKDAYS,
            };
            if extension.workdays > most {
                found.push(flag(Kind::LongExtension, law::T28, json!({ "workdays": extension.workdays, "on": today })));
            }
            if let Some(term) = facts.opinion_term().filter(|term| today > term.due_on) {
                let basis = ExtensionBasis::word(extension.basis);
                found.push(flag(
                    Kind::LateExtension,
                    law::T28,
                    json!({ "due": term.due_on, "on": today, "basis": basis }),
                ));
            }
        }
        Input::RecordCourt(outcome) if outcome.attended == Attended::Absent => {
            found.push(flag(Kind::CourtAbsence, law::EVIDENCE_79_81, json!({ "on": outcome.on })));
        }
        Input::WithdrawOpinion(withdrawal) => found.push(super::withdrawing::flag(facts, withdrawal)),
        Input::Decline(_) | Input::Terminate(_) => {
            // S14: an item registered for three has fewer left.
            let least = facts.pack(today).number("scope.least").unwrap_or_default();
            let eligible = i64::try_from(facts.eligible).unwrap_or(i64::MAX);
            if facts.knows_eligible() && eligible < least {
                let item = facts.entrustment().item.to_string();
                let article = facts.pack(today).article("scope.least");
                found.push(flag(Kind::TooFewAppraisers, article, json!({ "item": item, "eligible": eligible })));
            }
        }
        _ => {}
    }
    found
}

/// Whether this action exists where the institution sits: what the place does not know is not offered there.
pub(super) fn is_known_here(facts: &Facts, action: Action, today: Date) -> bool {
    match action {
        Action::Suspend => super::detours::may_suspend(facts, today),
        Action::Continue => facts.case.state == State::Suspended,
        _ => true,
    }
}
