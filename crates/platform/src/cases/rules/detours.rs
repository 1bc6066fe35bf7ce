//! Guards of the detours: supplement, recusal, pause, extension, the end before an opinion, what follows an opinion.

use super::{clock, objection};
use crate::actor::Actor;
use crate::cases::content::{
    Content, CorrectionPart, EndGround, Ending, Entrustment, Extension, ExtensionBasis, LimitBy, PauseGround,
    RecusalRequest, SupplementaryGround,
};
use crate::cases::facts::{Facts, Input};
use crate::cases::law;
use crate::cases::steps::Action;
use crate::fail::Objection;
use crate::text::say;
use jiff::ToSpan;
use jiff::civil::Date;
use worktime::{Calendar, Term};

/// What stands in the way before any form is filled in.
pub(super) fn obstacles(facts: &Facts, action: Action, actor: &Actor, found: &mut Vec<Objection>) {
    let content = &facts.case.content;
    match action {
        Action::DecideRecusal if open_request(content).is_none() => found.push(objection(
            say("没有等待决定的回避申请。"),
            law::T21,
            say("委托人提出回避申请后，在这里作出决定。"),
        )),
        Action::ApprovePause | Action::RejectPause if !awaits_approval(content) => {
            found.push(objection(say("这次暂停已经批准。"), law::T25_28, say("原因消除后，请办理“恢复计时”。")));
        }
        Action::Resume if awaits_approval(content) && !actor.is(crate::actor::Role::Head) => found.push(objection(
            say("机构负责人还没有批准这次暂停。"),
            law::T25_28,
            say("请机构负责人先批准，或者不同意暂停。"),
        )),
        Action::Extend if facts.opinion_term().is_none() => {
            found.push(objection(say("没有正在计算的鉴定时限。"), law::T28, say("委托书生效后才有可以延长的时限。")))
        }
        Action::RecordCourt if content.court.iter().all(|one| one.outcome.is_some()) => {
            found.push(objection(say("没有等待登记的出庭通知。"), law::T43_46, say("请先登记法院的出庭通知。")))
        }
        Action::Begin | Action::SubmitForReview | Action::Approve | Action::Sign | Action::Issue => {
            recusal_settled(facts, found);
        }
        Action::Correct | Action::Supplementary | Action::ReAppraise | Action::WithdrawOpinion
            if content.history.is_some() =>
        {
            found.push(of_before_the_platform(action));
        }
        _ => {}
    }
    super::withdrawing::obstacles(facts, action, found);
}

/// What a ledger names cannot be corrected or continued here: this platform has neither its text nor its appraisers.
fn of_before_the_platform(action: Action) -> Objection {
    let (article, remedy) = match action {
        Action::Correct => (law::T41, say("请在原意见书上按纸质程序补正，并将补正书存入原案卷。")),
        Action::Supplementary => {
            (law::T30, say("请新建委托，在委托事项中写明补充鉴定和原意见书的编号，并附上原意见书。"))
        }
        Action::WithdrawOpinion => (law::EVIDENCE_40_42, say("请按纸质程序撤销并书面告知委托人，将告知书存入原案卷。")),
        _ => (law::T31_32, say("请新建委托，在委托事项中写明重新鉴定和原意见书的编号，并附上原意见书。")),
    };
    objection(
        say("此案来自历史台账，意见书不是在本平台签发的，不能在此办理“%{action}”。").word("action", action.label()),
        article,
        remedy,
    )
}

/// A pause that is approved waits for no decision; and what follows an opinion of this platform does not follow one that
/// stands in an old ledger only. Court may ask about either.
pub(super) fn has_an_object(facts: &Facts, action: Action) -> bool {
    let content = &facts.case.content;
    let is_of_old = content.history.is_some();
    match action {
        Action::ApprovePause | Action::RejectPause => awaits_approval(content),
        // A withdrawn opinion is neither mended nor withdrawn again; another institution may still re-appraise.
        Action::Correct | Action::Supplementary | Action::WithdrawOpinion => {
            !is_of_old && super::withdrawing::stands(facts)
        }
        Action::ReAppraise => !is_of_old,
        Action::RecordCourt if is_of_old => content.court.iter().any(|one| one.outcome.is_none()),
        _ => true,
    }
}

fn awaits_approval(content: &Content) -> bool {
    content.pauses.last().is_some_and(|pause| pause.approved_by.is_none())
}

/// Nobody goes on with an opinion while a recusal is undecided, or by whom it was sustained against (通则 20, 21).
fn recusal_settled(facts: &Facts, found: &mut Vec<Objection>) {
    for request in &facts.case.content.recusals {
        if !facts.team.iter().any(|member| member.appraiser.id == request.appraiser_id) {
            continue;
        }
        match &request.decision {
            None => found.push(objection(
                say("委托人对%{name}的回避申请还没有决定。").with("name", &request.appraiser),
                law::T21,
                say("请机构负责人先决定是否回避。"),
            )),
            Some(decision) if decision.sustained => found.push(objection(
                say("%{name}已被决定回避。").with("name", &request.appraiser),
                law::T20,
                say("请机构负责人更换鉴定人。"),
            )),
            Some(_) => {}
        }
    }
}

fn open_request(content: &Content) -> Option<&RecusalRequest> {
    content.recusals.iter().find(|request| request.decision.is_none())
}

/// What is wrong in what the form says.
pub(super) fn objections(facts: &Facts, input: &Input, today: Date, calendar: &Calendar, found: &mut Vec<Objection>) {
    match input {
        Input::RequestSupplement(request) if request.until.is_some_and(|until| until < today) => {
            found.push(objection(say("补充材料的期限早于今天。"), law::T14, say("请填写今天或者以后的日期。")))
        }
        Input::ObjectToAppraiser { appraiser_id, .. } => objecting(facts, appraiser_id, found),
        Input::Pause { ground, .. } => allowed_ground(facts, "pause.grounds", *ground, today, found),
        Input::Suspend { ground, .. } => allowed_ground(facts, "suspension.grounds", *ground, today, found),
        Input::Extend(extension) => extending(facts, extension, today, calendar, found),
        Input::Terminate(ending) => terminating(facts, ending, found),
        Input::Correct(correction) => correcting(facts, correction, found),
        Input::WithdrawOpinion(withdrawal) => super::withdrawing::objections(facts, withdrawal, today, found),
        Input::Supplementary(entrustment) => supplementing(entrustment, found),
        Input::ReAppraise(entrustment) => reappraising(facts, entrustment, found),
        Input::AttendCourt(notice) if notice.notice_on > today || notice.hearing_on < notice.notice_on => {
            found.push(objection(
                say("收到通知的日期不能晚于今天，也不能晚于开庭日期。"),
                law::T43_46,
                say("请核对出庭通知上的日期。"),
            ));
        }
        Input::RecordCourt(_) => {
            let next = facts.case.content.court.iter().find(|one| one.outcome.is_none());
            if let Some(notice) = next.filter(|notice| notice.hearing_on > today) {
                found.push(objection(
                    say("开庭日期%{on}还没有到。").with("on", notice.hearing_on),
                    law::T43_46,
                    say("请在开庭之后登记出庭情况。"),
                ));
            }
        }
        _ => {}
    }
}

fn objecting(facts: &Facts, appraiser_id: &str, found: &mut Vec<Objection>) {
    if !facts.team.iter().any(|member| member.appraiser.id == appraiser_id) {
        found.push(objection(say("所选的人不是本案鉴定人。"), law::T20, say("请选择本案的鉴定人。")));
    }
    let waits = |one: &RecusalRequest| one.appraiser_id == appraiser_id && one.decision.is_none();
    if let Some(one) = facts.case.content.recusals.iter().find(|one| waits(one)) {
        found.push(objection(
            say("对%{name}的回避申请正在等待决定。").with("name", &one.appraiser),
            law::T21,
            say("请等待机构负责人的决定；对决定有异议的，可以撤回委托。"),
        ));
    }
}

/// A ground counts only where the rules of the place have it.
fn allowed_ground(facts: &Facts, rule: &str, ground: PauseGround, today: Date, found: &mut Vec<Objection>) {
    let pack = facts.pack(today);
    if !pack.words(rule).contains(&ground.word()) {
        found.push(objection(
            say("本地规则没有这一项理由：%{ground}。").word("ground", ground.label()),
            law::T25_28,
            say("请改选列出的理由；时间照常计算的，可以办理延长时限。"),
        ));
    }
}

/// Whether suspension is known where the institution sits; else only the clock can stand still (rules.md C8).
pub(super) fn may_suspend(facts: &Facts, today: Date) -> bool {
    facts.pack(today).is_on("suspension")
}

fn extending(facts: &Facts, extension: &Extension, today: Date, calendar: &Calendar, found: &mut Vec<Objection>) {
    let Some(term) = facts.opinion_term() else { return };
    let pack = facts.pack(today);
    let Some(Term::Workdays(most)) = pack.term("DL04") else { return };
    let by_court = facts.case.content.check.as_ref().is_some_and(|check| check.agreement.limit_by == LimitBy::Court);
    if extension.basis != ExtensionBasis::Head && extension.paper.is_empty() {
        found.push(objection(
            say("没有写明书面文件的名称、编号和日期。"),
            law::T28,
            say("请写明委托人书面同意的文件，或者人民法院准许的文书。"),
        ));
    }
    if by_court && extension.basis != ExtensionBasis::Court {
        found.push(objection(
            say("本案时限由人民法院确定，机构不能自行延长。"),
            law::DL07,
            say("请书面向人民法院申请，取得准许后选择“人民法院书面准许”。"),
        ));
    }
    if by_court {
        within_the_courts_frame(facts, extension, today, calendar, found);
    }
    let by_head: u16 = facts
        .case
        .content
        .extensions
        .iter()
        .filter(|one| one.basis == ExtensionBasis::Head)
        .map(|one| one.workdays)
        .sum();
    let together = by_head.saturating_add(extension.workdays);
    if extension.basis == ExtensionBasis::Head && together > most {
        found.push(objection(
            say("机构负责人批准的延长一共%{n}个工作日，一般不得超过%{most}个工作日。")
                .with("n", together)
                .with("most", most),
            law::T28,
            say("请缩短延长的天数；确需更长的，请与委托人书面约定新的时限后，选择“与委托人书面约定新的时限”。"),
        ));
    }
    if extension.basis == ExtensionBasis::Head && today > term.due_on {
        found.push(objection(
            say("鉴定时限已于%{due}届满，事后批准不能补救。").with("due", term.due_on),
            law::T28,
            say("请与委托人书面约定新的时限；此前的超期仍然记录在案。"),
        ));
    }
}

/// Major, difficult and complex matters: 60 working days in all (法〔2020〕202号 13).
fn within_the_courts_frame(
    facts: &Facts,
    extension: &Extension,
    today: Date,
    calendar: &Calendar,
    found: &mut Vec<Objection>,
) {
    let (Some(term), Some(frame)) = (facts.opinion_term(), facts.pack(today).term("DL07")) else { return };
    let latest = calendar.reckon(&worktime::Clock { term: frame, extensions: Vec::new(), ..term.clock() }).due;
    let (_, reckoning) = clock::with_extension(term, extension.workdays, calendar);
    if reckoning.due > latest {
        found.push(objection(
            say("延长后的时限%{to}超过人民法院委托鉴定的上限%{latest}。")
                .with("to", reckoning.due)
                .with("latest", latest),
            law::DL07,
            say("请缩短延长的天数。"),
        ));
    }
}

fn terminating(facts: &Facts, ending: &Ending, found: &mut Vec<Objection>) {
    if ending.grounds.is_empty() {
        found.push(objection(
            say("没有选择终止鉴定的理由。"),
            law::T29,
            say("请至少选择一项法定理由；都不符合的，应当继续鉴定。"),
        ));
    }
    // A recipient of legal aid is not put out for not paying (上海条例 36; 法律援助法 53).
    if ending.grounds.contains(&EndGround::WithdrawnOrUnpaid) {
        found.extend(facts.non_payment.iter().cloned());
    }
}

/// 通则 41: a correction must not change what the opinion means (S17).
fn correcting(facts: &Facts, correction: &crate::cases::content::Correction, found: &mut Vec<Objection>) {
    if correction.wrong == correction.right {
        found.push(objection(say("改正前后的文字相同。"), law::T41, say("请写明错误的文字和正确的文字。")));
    }
    let text = facts.draft.as_ref().map(|draft| &draft.text);
    let part = text.map(|draft| match correction.part {
        CorrectionPart::CaseFacts => draft.case_facts.as_str(),
        CorrectionPart::Abstract => &draft.data_abstract,
        CorrectionPart::Process => &draft.process,
        CorrectionPart::Analysis => &draft.analysis,
        CorrectionPart::Annexes => &draft.annexes,
        // Made from the case or put on by hand: there is no text to look the place up in.
        CorrectionPart::Cover | CorrectionPart::General => &correction.wrong,
    });
    if part.is_some_and(|part| !part.contains(&correction.wrong)) {
        found.push(objection(
            say("“%{part}”中没有这段文字。").word("part", correction.part.label()),
            law::T41,
            say("请从意见书原文中照抄有错误的文字。"),
        ));
    }
    if super::meaning::signs(&correction.wrong) != super::meaning::signs(&correction.right) {
        found.push(objection(
            say("这处改动会改变鉴定意见的原意，不能补正。"),
            law::T41,
            say("有遗漏或者有新材料的，由委托人申请补充鉴定；否则由办案机关决定重新鉴定。"),
        ));
    }
}

fn supplementing(entrustment: &Entrustment, found: &mut Vec<Objection>) {
    let ground = entrustment.supplements.as_ref().map(|one| one.ground);
    if ground == Some(SupplementaryGround::NewMaterials) && entrustment.materials.is_empty() {
        found.push(objection(say("没有登记新的鉴定材料。"), law::T30, say("请登记新材料，或者改选其他理由。")));
    }
}

/// 通则 31, 32; 上海条例 33.
fn reappraising(facts: &Facts, entrustment: &Entrustment, found: &mut Vec<Objection>) {
    if !facts.client_is_organ() {
        found.push(objection(
            say("重新鉴定由办案机关委托。"),
            law::T31_32,
            say("当事人对鉴定意见有异议的，请向办案机关申请重新鉴定。"),
        ));
    }
    let special = entrustment.reappraisal.as_ref().is_some_and(|earlier| !earlier.special_reason.is_empty());
    if entrustment.institution_id == facts.case.institution_id && !special {
        found.push(objection(
            say("重新鉴定应当委托原鉴定机构以外的机构。"),
            law::T31_32,
            say("请选择其他机构；确有特殊原因由原机构办理的，写明原因，并由其他鉴定人进行。"),
        ));
    }
}

/// 证据规定 79; 刑诉法 187: the notice comes at least three days before the hearing.
pub fn notice_is_late(notice_on: Date, hearing_on: Date, days: i64) -> bool {
    hearing_on.checked_sub(days.days()).is_ok_and(|latest| notice_on > latest)
}
