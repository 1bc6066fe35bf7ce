//! Guards that need no form: what stands in the way of an action for this person today.

use super::{APPRAISERS_LEAST, institution_fit, objection, unfit};
use crate::actor::{Actor, Role};
use crate::cases::content::Content;
use crate::cases::facts::{Declared, Facts, Member};
use crate::cases::law;
use crate::cases::steps::Action;
use crate::custody;
use crate::fail::Objection;
use crate::text::say;
use jiff::civil::Date;

/// Every reason, known before the form is filled in, why `action` would be refused. Empty: it may be tried.
pub fn obstacles(facts: &Facts, action: Action, actor: &Actor, today: Date) -> Vec<Objection> {
    let mut found = Vec::new();
    match action {
        Action::Accept => {
            found.extend(institution_fit(facts, today));
            found.extend(too_few(facts));
        }
        Action::Commission => found.extend(institution_fit(facts, today)),
        Action::Assign | Action::Replace => found.extend(too_few(facts)),
        Action::Declare => match me(facts, actor, &mut found) {
            // Once for each assignment: whoever declared a conflict does not take it back, the institution decides (通则 21).
            Some(member) if member.declared.is_some() => found.push(objection(
                say("您已经作过回避声明。"),
                law::T20,
                say("情况有变化的，请告知机构负责人更换鉴定人。"),
            )),
            _ => {}
        },
        Action::Begin => {
            lead_only(facts, actor, &mut found);
            declared_by_all(facts, &mut found);
            team_fit(facts, today, &mut found);
            // Nobody examines what the house does not have (通则 12, 22).
            let awaited = facts.materials.iter().filter(|one| !one.is_received());
            found.extend(awaited.filter_map(custody::Summary::objection));
        }
        Action::Draft => {
            me(facts, actor, &mut found);
        }
        Action::SubmitForReview => {
            lead_only(facts, actor, &mut found);
            draft_complete(facts, &mut found);
            records_confirmed(facts, &mut found);
            found.extend(crate::cases::lint::blocking(facts, today));
        }
        Action::SendBack => not_own_work(facts, actor, &mut found),
        Action::Approve => {
            not_own_work(facts, actor, &mut found);
            comments_met(facts, &mut found);
        }
        Action::Sign => sign(facts, actor, today, &mut found),
        Action::Issue => issue(facts, today, &mut found),
        Action::Archive => volume(facts, &mut found),
        Action::Pause if !actor.is(Role::Head) => {
            me(facts, actor, &mut found);
        }
        Action::Suspend if !super::is_known_here(facts, action, today) => found.push(objection(
            say("本机构所在地的规则没有中止鉴定。"),
            law::T25_28,
            say("请办理“暂停计时”，或者延长时限、终止鉴定。"),
        )),
        Action::Correct => {
            me(facts, actor, &mut found);
        }
        _ => {}
    }
    super::detours::obstacles(facts, action, actor, &mut found);
    found
}

fn too_few(facts: &Facts) -> Option<Objection> {
    (facts.eligible < APPRAISERS_LEAST).then(|| {
        objection(
            say("本机构现有%{n}名可以办理此事项的鉴定人，至少需要两名。").with("n", facts.eligible),
            law::T18_19,
            say("请决定不予受理；已经受理的，应当终止鉴定。"),
        )
    })
}

/// The person as an appraiser of this case; an objection where that is not so.
fn me<'f>(facts: &'f Facts, actor: &Actor, found: &mut Vec<Objection>) -> Option<&'f Member> {
    let member = facts.member(actor.appraiser_id.as_deref());
    if member.is_none() {
        found.push(objection(
            say("您不是本案的鉴定人。"),
            law::T18_19,
            say("本步骤由被指派的鉴定人办理；如需加入，请机构负责人更换鉴定人。"),
        ));
    }
    member
}

fn lead_only(facts: &Facts, actor: &Actor, found: &mut Vec<Objection>) {
    let lead = facts.lead();
    let is_lead = lead.is_some_and(|lead| Some(lead.appraiser.id.as_str()) == actor.appraiser_id.as_deref());
    if !is_lead {
        let name = lead.map_or(String::new(), |lead| lead.appraiser.name.clone());
        found.push(objection(
            say("本步骤由第一鉴定人%{name}办理。").with("name", name),
            law::T18_19,
            say("请由第一鉴定人登录办理。"),
        ));
    }
}

fn declared_by_all(facts: &Facts, found: &mut Vec<Objection>) {
    for member in &facts.team {
        match member.declared {
            Some(Declared::Clear) => {}
            Some(Declared::Conflicted) => found.push(objection(
                say("%{name}声明有应当回避的情形。").with("name", &member.appraiser.name),
                law::T20,
                say("请机构负责人决定回避并更换鉴定人。"),
            )),
            None => found.push(objection(
                say("%{name}还没有作回避声明。").with("name", &member.appraiser.name),
                law::T20,
                say("请%{name}登录后在案件页面作出声明。").with("name", &member.appraiser.name),
            )),
        }
    }
}

fn team_fit(facts: &Facts, today: Date, found: &mut Vec<Objection>) {
    for member in &facts.team {
        found.extend(unfit(&member.appraiser, facts, today));
    }
    if facts.team.len() < APPRAISERS_LEAST {
        found.push(objection(
            say("本案只有%{n}名鉴定人，至少需要两名。").with("n", facts.team.len()),
            law::T18_19,
            say("请机构负责人补充指派鉴定人。"),
        ));
    }
}

fn draft_complete(facts: &Facts, found: &mut Vec<Objection>) {
    match &facts.draft {
        None => found.push(objection(say("意见书还没有起草。"), law::T36, say("请打开“意见书草稿”填写各部分并保存。"))),
        Some(draft) => {
            for part in &draft.missing {
                found.push(objection(
                    say("意见书的“%{part}”还是空的。").word("part", part),
                    law::T36,
                    say("请打开“意见书草稿”补齐这一部分并保存。"),
                ));
            }
        }
    }
}

/// Each record is signed off by the appraiser who made it (通则 27).
fn records_confirmed(facts: &Facts, found: &mut Vec<Objection>) {
    for number in &facts.records.unconfirmed {
        found.push(objection(
            say("第%{n}号鉴定记录还没有由记录人确认。").with("n", number),
            law::T27,
            say("请记录人打开“鉴定记录”，核对后确认。"),
        ));
    }
}

/// What a reviewer said must be changed has been changed, or the reviewer has taken it back.
fn comments_met(facts: &Facts, found: &mut Vec<Objection>) {
    let open = facts.draft.as_ref().map_or(0, |draft| draft.open_must);
    if open > 0 {
        found.push(objection(
            say("有%{n}条“必须修改”的复核批注没有解决。").with("n", open),
            law::T35,
            say("请退回修改，或者在“意见书草稿”中解决、撤回批注。"),
        ));
    }
}

/// A reviewer is none of the appraisers (rules.md T16; the house's reading of 通则 35).
fn not_own_work(facts: &Facts, actor: &Actor, found: &mut Vec<Objection>) {
    if let Some(member) = facts.member(actor.appraiser_id.as_deref()) {
        found.push(objection(
            say("%{name}是本案的鉴定人，不能复核自己的意见。").with("name", &member.appraiser.name),
            law::T35,
            say("请另选复核人。"),
        ));
    }
}

fn sign(facts: &Facts, actor: &Actor, today: Date, found: &mut Vec<Objection>) {
    let Some(member) = me(facts, actor, found) else { return };
    if member.signed_at.is_some() {
        found.push(objection(say("您已经签名。"), law::T37_SH30, say("无须再次签名。")));
    }
    found.extend(unfit(&member.appraiser, facts, today));
    unchanged_since_review(facts, found);
}

fn unchanged_since_review(facts: &Facts, found: &mut Vec<Objection>) {
    let draft = facts.draft.as_ref();
    if draft.is_none_or(|draft| draft.approved_version != Some(draft.version)) {
        found.push(objection(
            say("意见书在复核之后有改动。"),
            law::T35,
            say("请退回复核，由复核人对现在的文本作出复核意见。"),
        ));
    }
}

/// Everything that must hold on the day the opinion leaves the house (通则 35–39; 上海条例 30).
fn issue(facts: &Facts, today: Date, found: &mut Vec<Objection>) {
    found.extend(institution_fit(facts, today));
    team_fit(facts, today, found);
    for member in facts.team.iter().filter(|member| member.signed_at.is_none()) {
        found.push(objection(
            say("%{name}还没有签名。").with("name", &member.appraiser.name),
            law::T37_SH30,
            say("请%{name}登录后在案件页面签名。").with("name", &member.appraiser.name),
        ));
    }
    if facts.case.content.review.is_none() {
        found.push(objection(say("没有复核意见。"), law::T35, say("请先由复核人复核。")));
    }
    if facts.case.code.is_none() {
        found.push(objection(say("案件没有统一编号。"), law::T36, say("请先签订委托书，由平台赋码。")));
    }
    // An opinion rests on its materials: while one is unaccounted for, it does not leave the house (通则 22).
    found.extend(custody::unaccounted(&facts.materials).into_iter().filter_map(custody::Summary::objection));
    found.extend(crate::cases::lint::blocking(facts, today));
    unchanged_since_review(facts, found);
}

/// What a volume cannot be closed without (通则 42; rules.md §8.1).
const VOLUME: [(&str, &str); 5] = [
    ("opinion_document", "司法鉴定意见书"),
    ("commission_agreement", "司法鉴定委托书"),
    ("acceptance_check", "受理审查表"),
    ("notice_to_client", "司法鉴定告知书"),
    ("review_opinion", "司法鉴定复核意见"),
];

fn volume(facts: &Facts, found: &mut Vec<Objection>) {
    for (kind, title) in VOLUME {
        if !facts.papers.iter().any(|paper| paper == kind) {
            found.push(objection(
                say("案卷中没有%{title}。").word("title", title),
                law::T42,
                say("请先补齐该文书，再归档。"),
            ));
        }
    }
    let Content { delivery, examination, .. } = &facts.case.content;
    if delivery.is_none() {
        found.push(objection(say("案卷中没有送达记录。"), law::T42, say("请先登记送达。")));
    }
    if examination.is_none() {
        found.push(objection(say("案卷中没有鉴定过程记录。"), law::T42, say("请先补齐鉴定记录。")));
    }
}
