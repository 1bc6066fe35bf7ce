//! Guards on what the form says, and how its facts enter the case.

use super::{APPRAISERS_LEAST, TeamChange, nothing, objection, unfit};
use crate::actor::Actor;
use crate::cases::content::{
    AcceptanceCheck, Check, Conflict, Content, ElsewhereChoice, Examination, InjuryBasis, MethodTier, RecusalRequest,
};
use crate::cases::elsewhere;
use crate::cases::facts::{Declared, Facts, Input};
use crate::cases::law;
use crate::fail::Objection;
use crate::fees;
use crate::registry::Appraiser;
use crate::text::say;
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value as Json, json};

/// Days after the injury before which a function-based grade is not given (损伤程度标准 4.2).
pub const INJURY_DAYS: i64 = 90;

/// Every reason, in what the form says, why the act is refused.
pub(super) fn objections(facts: &Facts, input: &Input, actor: &Actor, today: Date) -> Vec<Objection> {
    let mut found = Vec::new();
    match input {
        Input::Decline(refusal) if refusal.grounds.is_empty() => found.push(objection(
            say("没有选择不予受理的理由。"),
            law::T15,
            say("请至少选择一项法定理由；七项都不符合的，应当受理。"),
        )),
        Input::Accept(check) => accept(facts, check, today, &mut found),
        Input::Assign { team, reason } => {
            named(facts, team, today, &mut found);
            same_appraisers(facts, team, reason, &mut found);
        }
        Input::Replace { team, .. } => {
            named(facts, team, today, &mut found);
        }
        Input::Draft(examination) => method(examination, today, &mut found),
        Input::Approve(_) | Input::SendBack { .. } => {
            // The reviewer's comparison is by account too: an appraiser without a linked register entry cannot slip through.
            let own = facts
                .team
                .iter()
                .any(|member| member.appraiser.account_id.as_deref() == Some(actor.account_id.as_str()));
            if own && facts.member(actor.appraiser_id.as_deref()).is_none() {
                found.push(objection(say("您是本案的鉴定人，不能复核自己的意见。"), law::T35, say("请另选复核人。")));
            }
        }
        Input::Deliver(delivery) if delivery.on > today => found.push(objection(
            say("送达日期%{on}还没有到。").with("on", delivery.on),
            law::T39,
            say("请填写实际送达的日期。"),
        )),
        _ => {}
    }
    found
}

/// Another institution seems to have the matter: the platform refuses nothing by itself, a person decides (NA6).
fn decided_elsewhere(facts: &Facts, check: &AcceptanceCheck, found: &mut Vec<Objection>) {
    if !elsewhere::asks(&facts.elsewhere) {
        return;
    }
    match &check.elsewhere {
        None => found.push(objection(
            say("疑似同一事项已委托其他机构，还没有作出核实决定。"),
            law::T15,
            say("请向委托人核实，在“同一事项核对”中选择核实结果并写明理由；确属同时委托其他机构的，请决定不予受理。"),
        )),
        Some(decided)
            if decided.choice == ElsewhereChoice::ReAppraisal && facts.entrustment().reappraisal.is_none() =>
        {
            found.push(objection(
                say("核实结果选择了重新鉴定，但委托没有写明是重新鉴定。"),
                law::T31_32,
                say("请委托人按重新鉴定另行提交委托，写明原鉴定机构、鉴定人和理由。"),
            ));
        }
        Some(_) => {}
    }
}

fn accept(facts: &Facts, check: &AcceptanceCheck, today: Date, found: &mut Vec<Objection>) {
    decided_elsewhere(facts, check, found);
    for (_, label, one) in Check::CHOICES.iter().filter(|(_, _, one)| !check.answers.contains(one)) {
        let article = match one {
            Check::NoConflict => law::SH25,
            _ => law::T15,
        };
        found.push(objection(
            say("受理审查没有通过：%{check}。").word("check", label),
            article,
            say("核实后确认的，请勾选；不能确认的，请要求补充材料或者决定不予受理。"),
        ));
    }
    found.extend(fees::quote_objections(&check.agreement.quote, &facts.institution.region, today));
    let entrustment = facts.entrustment();
    if let Some(earlier) = &entrustment.reappraisal {
        if !facts.client_is_organ() {
            found.push(objection(
                say("重新鉴定由办案机关委托。"),
                law::T31_32,
                say("请决定不予受理，并告知委托人向办案机关申请。"),
            ));
        }
        if earlier.institution == facts.institution.name && earlier.special_reason.is_empty() {
            found.push(objection(
                say("重新鉴定应当委托原鉴定机构以外的机构。"),
                law::T31_32,
                say("请决定不予受理，告知委托人选择其他机构；确有特殊原因的，由委托人写明后重新提交。"),
            ));
        }
    }
    if !entrustment.materials_confirmed {
        found.push(objection(
            say("委托人没有确认鉴定材料的真实性和合法性。"),
            law::SH22,
            say("请委托人确认后重新提交委托。"),
        ));
    }
    if let Some(injury) = &entrustment.injury {
        let earliest = injury.on.checked_add(INJURY_DAYS.days()).unwrap_or(injury.on);
        if injury.basis == InjuryBasis::Function && today < earliest && check.early_reason.is_empty() {
            found.push(objection(
                say("以容貌毁损或者功能障碍为依据的，应当在损伤90日后鉴定，最早为%{date}。").with("date", earliest),
                law::INJURY_4_2,
                say("请待期满后受理；确有特殊情况的，写明理由以及可能的后遗症和复查安排。"),
            ));
        }
    }
}

fn named(facts: &Facts, team: &[Appraiser], today: Date, found: &mut Vec<Objection>) {
    if team.len() < APPRAISERS_LEAST {
        found.push(objection(
            say("选了%{n}名鉴定人，至少需要两名。").with("n", team.len()),
            law::T18_19,
            say("请再选一名执业类别相符的鉴定人。"),
        ));
    }
    for appraiser in team {
        found.extend(unfit(appraiser, facts, today));
    }
    if facts.entrustment().reappraisal.is_some() && !team.iter().any(|one| one.title.is_senior()) {
        found.push(objection(
            say("重新鉴定的鉴定人中没有高级专业技术职称者。"),
            law::T31_32,
            say("请至少指派一名具有相关专业高级专业技术职称的鉴定人。"),
        ));
    }
    found.extend(team.iter().flat_map(|one| barred(one, facts)));
}

/// Why this appraiser, fit or not, has to stay out of this case: the first opinion in a re-appraisal, a recusal that was
/// sustained, a conflict declared (通则 20).
pub fn barred(one: &Appraiser, facts: &Facts) -> Vec<Objection> {
    let mut found = Vec::new();
    if took_part_before(one, facts) {
        found.push(objection(
            say("%{name}参加过原鉴定，应当回避。").with("name", &one.name),
            law::T20,
            say("请改派没有参加过原鉴定的鉴定人。"),
        ));
    }
    let is_against = |request: &RecusalRequest| {
        request.appraiser_id == one.id && request.decision.as_ref().is_some_and(|decision| decision.sustained)
    };
    if facts.case.content.recusals.iter().any(is_against) {
        found.push(objection(
            say("%{name}已被决定回避，不能继续担任本案鉴定人。").with("name", &one.name),
            law::T20,
            say("请改派其他鉴定人。"),
        ));
    }
    if facts.member(Some(&one.id)).is_some_and(|member| member.declared == Some(Declared::Conflicted)) {
        found.push(objection(
            say("%{name}声明有应当回避的情形，不能继续担任本案鉴定人。").with("name", &one.name),
            law::T20,
            say("请改派其他鉴定人。"),
        ));
    }
    found
}

fn took_part_before(one: &Appraiser, facts: &Facts) -> bool {
    let Some(earlier) = &facts.entrustment().reappraisal else { return false };
    // Known by id where the first case is on this platform: a name can be another's.
    let known = facts.first.as_ref().map(|first| first.team.as_slice()).unwrap_or_default();
    let mut first = earlier.appraisers.split(|c: char| c.is_whitespace() || "、，,；;".contains(c));
    known.contains(&one.id) || first.any(|name| name == one.name)
}

/// 上海条例 32: a supplementary appraisal is done by the first appraisers, others only where those cannot.
fn same_appraisers(facts: &Facts, team: &[Appraiser], reason: &str, found: &mut Vec<Objection>) {
    let (Some(_), Some(first)) = (&facts.entrustment().supplements, &facts.first) else { return };
    let others: Vec<&str> =
        team.iter().filter(|one| !first.team.contains(&one.id)).map(|one| one.name.as_str()).collect();
    if !others.is_empty() && reason.is_empty() {
        found.push(objection(
            say("%{names}没有参加原鉴定，补充鉴定应当由原鉴定人进行。").with("names", others.join("、")),
            law::SH32,
            say("请指派原鉴定人；原鉴定人离职等不能进行的，写明原因。"),
        ));
    }
}

fn method(examination: &Examination, today: Date, found: &mut Vec<Objection>) {
    if matches!(examination.tier, MethodTier::Accepted | MethodTier::Group) && examination.validation.is_empty() {
        found.push(objection(
            say("采用多数专家认可的方法，但没有写明验证和认可的情况。"),
            law::T23,
            say("请写明没有国家标准、行业标准可用的理由，以及该方法的验证和认可情况。"),
        ));
    }
    if examination.to > today || examination.from > examination.to {
        found.push(objection(say("鉴定日期应当先后有序，并且不晚于今天。"), law::T27, say("请核对鉴定的起止日期。")));
    }
}

/// Puts what the form said into the case; returns the event's detail and what changes in the team.
pub(super) fn take_in(
    content: &mut Content,
    facts: &Facts,
    input: Input,
    actor: &Actor,
    today: Date,
) -> (Json, TeamChange) {
    let mut team = TeamChange::Unchanged;
    let detail = match input {
        Input::Decline(refusal) => {
            content.refusal = Some(refusal.clone());
            json!(refusal)
        }
        Input::Accept(mut check) => {
            // Without a hit there was nothing to decide; with one, what was seen is kept beside the decision.
            check.elsewhere = check.elsewhere.filter(|_| elsewhere::asks(&facts.elsewhere));
            if let Some(decided) = &mut check.elsewhere {
                let others = facts.elsewhere.iter().filter(|hit| hit.own_case.is_none());
                decided.seen = others.map(elsewhere::Hit::kept).collect();
            }
            content.check = Some(check.clone());
            json!(check)
        }
        Input::Commission => {
            content.commissioned_on = Some(today);
            json!({ "agreement": content.check.as_ref().map(|check| &check.agreement) })
        }
        Input::Assign { team: named, reason } => {
            team = TeamChange::Named(named.iter().map(|one| one.id.clone()).collect());
            json!({ "appraisers": names(&named), "reason": reason })
        }
        Input::Replace { team: named, reason } => {
            team = TeamChange::Named(named.iter().map(|one| one.id.clone()).collect());
            let before: Vec<_> = facts.team.iter().map(|member| member.appraiser.name.clone()).collect();
            json!({ "before": before, "appraisers": names(&named), "reason": reason })
        }
        Input::Declare(declaration) => {
            let words: Vec<_> = declaration.conflicts.iter().map(|one| Conflict::label(*one)).collect();
            team = TeamChange::Declared {
                appraiser_id: actor.appraiser_id.clone().unwrap_or_default(),
                conflict: (!words.is_empty()).then(|| words.join("；")),
            };
            json!(declaration)
        }
        Input::Draft(examination) => {
            content.examination = Some(examination.clone());
            json!(examination)
        }
        Input::SubmitForReview => json!({ "draft": facts.draft.as_ref().map(|draft| draft.version) }),
        Input::SendBack { comments } => {
            content.review = None;
            json!({ "comments": comments })
        }
        Input::Approve(review) => {
            content.review = Some(review.clone());
            json!({ "procedure": review.procedure, "opinion": review.opinion,
                    "draft": facts.draft.as_ref().map(|draft| draft.version) })
        }
        Input::Sign => {
            team = TeamChange::Signed { appraiser_id: actor.appraiser_id.clone().unwrap_or_default() };
            json!({ "draft": facts.draft.as_ref().map(|draft| draft.version) })
        }
        Input::Deliver(delivery) => {
            content.delivery = Some(delivery.clone());
            json!(delivery)
        }
        Input::Archive { shelf } => {
            content.shelf = Some(shelf.clone());
            json!({ "shelf": shelf })
        }
        Input::Begin | Input::Issue => nothing(),
        detour => return super::taking::take_in(content, facts, detour, actor, today),
    };
    (detail, team)
}

fn names(team: &[Appraiser]) -> Vec<&str> {
    team.iter().map(|one| one.name.as_str()).collect()
}
