//! The rows of the detours: supplement, recusal, pause, extension, the end, what follows an opinion.

use super::*;

#[test]
fn every_guard_of_the_detours_answers_as_its_row_says() {
    prove(all());
}

/// Every row.
pub fn all() -> Vec<Row> {
    [recusing(), standing_still(), extending(), ending_it(), correcting(), following(), accepting_again()]
        .into_iter()
        .flatten()
        .collect()
}

fn decided(sustained: bool) -> Option<RecusalDecision> {
    Some(RecusalDecision { sustained, reason: "理由".into(), by: "负责人".into(), on: day(TODAY) })
}

fn against(name: &str, decision: Option<RecusalDecision>) -> impl Fn(&mut Facts) + use<'_> {
    move |facts| facts.case.content.recusals = vec![RecusalRequest { decision: decision.clone(), ..request(name) }]
}

fn recusing() -> Vec<Row> {
    let undecided = "委托人对甲的回避申请还没有决定。";
    let sustained = "甲已被决定回避。";
    vec![
        row("the client objects to an appraiser of the case", State::Assigned, Action::ObjectToAppraiser, &[]),
        row("to somebody else", State::Assigned, Action::ObjectToAppraiser, &["所选的人不是本案鉴定人。"])
            .typing(Input::ObjectToAppraiser { appraiser_id: "丁".into(), reason: "利害关系".into() }),
        row("twice", State::Assigned, Action::ObjectToAppraiser, &["对甲的回避申请正在等待决定。"])
            .with(against("甲", None)),
        row("again after a decision", State::Assigned, Action::ObjectToAppraiser, &[])
            .with(against("甲", decided(false))),
        row("nothing to decide", State::Assigned, Action::DecideRecusal, &["没有等待决定的回避申请。"])
            .with(|facts| facts.case.content.recusals.clear()),
        row("undecided: nobody begins", State::Assigned, Action::Begin, &[undecided]).with(against("甲", None)),
        row("undecided: nobody signs", State::Approved, Action::Sign, &[undecided]).with(against("甲", None)),
        row("undecided: nothing is issued", State::Approved, Action::Issue, &[undecided]).with(against("甲", None)),
        row("S13 sustained: not by this appraiser", State::Approved, Action::Issue, &[sustained])
            .with(against("甲", decided(true))),
        row("S13 not sustained: it goes on", State::Approved, Action::Issue, &[]).with(against("甲", decided(false))),
        row("S13 the client who disagrees may withdraw", State::Assigned, Action::Withdraw, &[])
            .with(against("甲", decided(false))),
        row("sustained against one who is not on the team any more", State::Approved, Action::Issue, &[])
            .with(against("丙", decided(true))),
        row(
            "who was recused is not named again",
            State::Assigned,
            Action::Replace,
            &["甲已被决定回避，不能继续担任本案鉴定人。"],
        )
        .with(against("甲", decided(true)))
        .typing(Input::Replace { team: vec![appraiser("甲"), appraiser("丙")], reason: "换".into() }),
    ]
}

fn standing_still() -> Vec<Row> {
    let not_here = |ground| match ground {
        PauseGround::Unstable => "本地规则没有这一项理由：被鉴定人或者鉴定材料处于不稳定状态。",
        _ => "本地规则没有这一项理由：委托人、当事人拒绝支付鉴定费用。",
    };
    let pausing = |ground| Input::Pause { ground, detail: "情况".into() };
    let suspending = |ground| Input::Suspend { ground, detail: "情况".into() };
    vec![
        row("S11 a witness does not come", State::InExamination, Action::Pause, &[])
            .typing(pausing(PauseGround::WitnessAbsence)),
        row(
            "an unstable state is no ground in Shanghai",
            State::InExamination,
            Action::Pause,
            &[not_here(PauseGround::Unstable)],
        )
        .typing(pausing(PauseGround::Unstable)),
        row("not by somebody else's appraiser", State::InExamination, Action::Pause, &["您不是本案的鉴定人。"])
            .by(as_appraiser("丁", Role::Appraiser)),
        row("by the head", State::InExamination, Action::Pause, &[]).by(person(Role::Head)),
        row(
            "C8 no suspension in Shanghai",
            State::InExamination,
            Action::Suspend,
            &["本机构所在地的规则没有中止鉴定。", not_here(PauseGround::Unstable)],
        )
        .with(|facts| facts.institution.region = "shanghai".into()),
        row("C8 Beijing suspends", State::InExamination, Action::Suspend, &[]),
        row(
            "C8 not before its regulation was in force",
            State::InExamination,
            Action::Suspend,
            &["本机构所在地的规则没有中止鉴定。", not_here(PauseGround::Unstable)],
        )
        .on("2020-12-31"),
        row(
            "C8 Beijing does not suspend for a fee",
            State::InExamination,
            Action::Suspend,
            &[not_here(PauseGround::Unpaid)],
        )
        .typing(suspending(PauseGround::Unpaid)),
        row("C8 Guangdong does", State::InExamination, Action::Suspend, &[])
            .with(|facts| facts.institution.region = "guangdong".into())
            .typing(suspending(PauseGround::Unpaid)),
        row("approved once is enough", State::Paused, Action::ApprovePause, &["这次暂停已经批准。"])
            .with(|facts| facts.case.content.pauses[0].approved_by = Some("负责人".into())),
        row(
            "the desk does not resume what nobody approved",
            State::Paused,
            Action::Resume,
            &["机构负责人还没有批准这次暂停。"],
        )
        .with(|facts| facts.case.content.pauses[0].approved_by = None),
        row("the head who resumes approves", State::Paused, Action::Resume, &[])
            .with(|facts| facts.case.content.pauses[0].approved_by = None)
            .by(person(Role::Head)),
        row("asked for yesterday", State::Received, Action::RequestSupplement, &["补充材料的期限早于今天。"]).typing(
            Input::RequestSupplement(SupplementRequest {
                needed: "片".into(),
                until: Some(day("2026-03-01")),
                asked_on: day(TODAY),
                answer: None,
            }),
        ),
    ]
}

fn extend(workdays: u16, basis: ExtensionBasis) -> Input {
    Input::Extend(extension(workdays, basis))
}

fn by_court(facts: &mut Facts) {
    facts.case.content.check.as_mut().unwrap().agreement.limit_by = LimitBy::Court;
}

fn extending() -> Vec<Row> {
    let too_long = "机构负责人批准的延长一共45个工作日，一般不得超过30个工作日。";
    let courts = "本案时限由人民法院确定，机构不能自行延长。";
    let extending = |why, answer: &[&'static str]| row(why, State::InExamination, Action::Extend, answer);
    vec![
        extending("30 working days are the most", &[]).typing(extend(30, ExtensionBasis::Head)),
        extending("S06 45 are too many for the head", &[too_long]).typing(extend(45, ExtensionBasis::Head)),
        extending("S06 the client may agree in writing", &[]).typing(extend(45, ExtensionBasis::Agreement)),
        extending("S06 but in writing", &["没有写明书面文件的名称、编号和日期。"])
            .typing(Input::Extend(Extension { paper: String::new(), ..extension(45, ExtensionBasis::Agreement) })),
        extending("25 and 20 are 45 too", &[too_long])
            .with(|facts| facts.case.content.extensions = vec![extension(25, ExtensionBasis::Head)])
            .typing(extend(20, ExtensionBasis::Head)),
        extending("S07 on the day after the limit", &["鉴定时限已于2026-04-14届满，事后批准不能补救。"])
            .on("2026-04-15"),
        extending("S07 on its last day it is in time", &[]).on("2026-04-14"),
        extending("S07 the client may agree to a new limit", &[])
            .on("2026-04-15")
            .typing(extend(20, ExtensionBasis::Agreement)),
        extending("S09 the head alone cannot", &[courts]).with(by_court),
        extending("S09 nor can the client", &[courts]).with(by_court).typing(extend(20, ExtensionBasis::Agreement)),
        extending("S09 the court grants 20", &[]).with(by_court).typing(extend(20, ExtensionBasis::Court)),
        extending("S09 60 in all are the frame", &[]).with(by_court).typing(extend(30, ExtensionBasis::Court)),
        extending("S09 not 61", &["延长后的时限2026-05-29超过人民法院委托鉴定的上限2026-05-28。"])
            .with(by_court)
            .typing(extend(31, ExtensionBasis::Court)),
        extending("nothing runs", &["没有正在计算的鉴定时限。"]).with(|facts| facts.terms.clear()),
    ]
}

fn ending_it() -> Vec<Row> {
    vec![
        row("no ground", State::InExamination, Action::Terminate, &["没有选择终止鉴定的理由。"])
            .typing(Input::Terminate(ending(&[]))),
        row("S14 with too few appraisers left", State::Commissioned, Action::Terminate, &[])
            .with(|facts| facts.eligible = 1)
            .typing(Input::Terminate(ending(&[EndGround::Refusal, EndGround::Other]))),
        row(
            "for legal aid, non-payment is no ground",
            State::InExamination,
            Action::Terminate,
            &["法律援助受援人的缓、减、免申请还没有决定，不能以未付费用为由终止鉴定。"],
        )
        .with(|facts| {
            facts.non_payment = vec![Objection {
                what: say("法律援助受援人的缓、减、免申请还没有决定，不能以未付费用为由终止鉴定。"),
                article: "《上海市司法鉴定管理条例》第三十六条",
                remedy: say("请机构负责人先在“费用”页决定缓收、减收或者免收。"),
            }];
        })
        .typing(Input::Terminate(ending(&[EndGround::WithdrawnOrUnpaid]))),
        row("but another ground stands", State::InExamination, Action::Terminate, &[])
            .with(|facts| {
                facts.non_payment = vec![Objection { what: say("无"), article: "无", remedy: say("无") }];
            })
            .typing(Input::Terminate(ending(&[EndGround::ForceMajeure]))),
        row("from a pause", State::Paused, Action::Terminate, &[]),
        row("the client withdraws from a pause", State::Paused, Action::Withdraw, &[]),
    ]
}

fn correcting() -> Vec<Row> {
    let correct = |why, answer: &[&'static str]| row(why, State::Delivered, Action::Correct, answer);
    let changes = "这处改动会改变鉴定意见的原意，不能补正。";
    vec![
        correct("a misspelt name", &[]),
        correct("not by somebody else's appraiser", &["您不是本案的鉴定人。"]).by(as_appraiser("丁", Role::Appraiser)),
        correct("S17 a grade", &[changes])
            .with(|facts| facts.draft.as_mut().unwrap().text.analysis = "评定为九级。".into())
            .typing(Input::Correct(correction("九级", "十级"))),
        correct("yes into no", &[changes]).typing(Input::Correct(correction("符合", "不符合"))),
        correct("what does not stand there", &["“五、分析说明”中没有这段文字。"])
            .typing(Input::Correct(correction("李四", "李四四"))),
        correct("nothing is changed", &["改正前后的文字相同。"]).typing(Input::Correct(correction("张三丰", "张三丰"))),
    ]
}

fn from_a_ledger(facts: &mut Facts) {
    facts.case.content.history = Some(ledger_row());
}

fn following() -> Vec<Row> {
    let late = |days: &str| Input::AttendCourt(CourtAttendance { notice_on: day(days), ..court_notice() });
    vec![
        row("new materials without materials", State::Delivered, Action::Supplementary, &["没有登记新的鉴定材料。"])
            .typing(Input::Supplementary(Box::new(Entrustment { materials: Vec::new(), ..supplementary() }))),
        row("re-appraisal elsewhere", State::Delivered, Action::ReAppraise, &[]),
        row(
            "by the same institution",
            State::Delivered,
            Action::ReAppraise,
            &["重新鉴定应当委托原鉴定机构以外的机构。"],
        )
        .typing(Input::ReAppraise(Box::new(reappraisal("house", "")))),
        row("for special reasons", State::Delivered, Action::ReAppraise, &[])
            .typing(Input::ReAppraise(Box::new(reappraisal("house", "本市仅此一家")))),
        row("not by a citizen", State::Delivered, Action::ReAppraise, &["重新鉴定由办案机关委托。"])
            .with(|facts| facts.client_kind = "citizen".into()),
        row(
            "a notice from tomorrow",
            State::Delivered,
            Action::AttendCourt,
            &["收到通知的日期不能晚于今天，也不能晚于开庭日期。"],
        )
        .typing(late("2026-03-03")),
        row("recorded before the hearing", State::Delivered, Action::RecordCourt, &["开庭日期2026-03-03还没有到。"])
            .with(|facts| facts.case.content.court[0].hearing_on = day("2026-03-03")),
        row(
            "a ledger's opinion is corrected on paper",
            State::Archived,
            Action::Correct,
            &["您不是本案的鉴定人。", "此案来自历史台账，意见书不是在本平台签发的，不能在此办理“补正”。"],
        )
        .with(from_a_ledger)
        .by(as_appraiser("丁", Role::Appraiser)),
        row(
            "nor continued",
            State::Archived,
            Action::Supplementary,
            &["此案来自历史台账，意见书不是在本平台签发的，不能在此办理“补充鉴定”。"],
        )
        .with(from_a_ledger),
        row(
            "nor followed by another",
            State::Archived,
            Action::ReAppraise,
            &["此案来自历史台账，意见书不是在本平台签发的，不能在此办理“重新鉴定”。"],
        )
        .with(from_a_ledger),
        row("but a court may ask about it", State::Archived, Action::AttendCourt, &[]).with(from_a_ledger),
        row("no notice", State::Delivered, Action::RecordCourt, &["没有等待登记的出庭通知。"])
            .with(|facts| facts.case.content.court.clear()),
        row(
            "S16 the first appraisers are known by id",
            State::Commissioned,
            Action::Assign,
            &["甲参加过原鉴定，应当回避。"],
        )
        .with(|facts| {
            let mut earlier = reappraisal("house", "特殊原因");
            earlier.reappraisal.as_mut().unwrap().appraisers = "丙、丁".into();
            facts.case.content.entrustment = earlier;
            facts.first = Some(FirstAppraisal { institution_id: "house".into(), team: vec!["甲".into()] });
        })
        .typing(naming(vec![but("甲", |one| one.title = Title::Senior), appraiser("乙")])),
        row(
            "a supplementary appraisal by others",
            State::Commissioned,
            Action::Assign,
            &["乙没有参加原鉴定，补充鉴定应当由原鉴定人进行。"],
        )
        .with(|facts| {
            facts.case.content.entrustment = supplementary();
            facts.first =
                Some(FirstAppraisal { institution_id: "house".into(), team: vec!["甲".into(), "丙".into()] });
        }),
        row("by others with a reason", State::Commissioned, Action::Assign, &[])
            .with(|facts| {
                facts.case.content.entrustment = supplementary();
                let team = vec!["甲".into(), "丙".into()];
                facts.first = Some(FirstAppraisal { institution_id: "house".into(), team });
            })
            .typing(Input::Assign { team: vec![appraiser("甲"), appraiser("乙")], reason: "丙已离职".into() }),
    ]
}

/// A re-appraisal at the door of the second institution.
fn accepting_again() -> Vec<Row> {
    let again = |institution: &'static str, special: &'static str| {
        move |facts: &mut Facts| {
            let mut entrustment = reappraisal("house", special);
            entrustment.reappraisal.as_mut().unwrap().institution = institution.into();
            facts.case.content.entrustment = entrustment;
        }
    };
    let accept = |why, answer: &[&'static str]| row(why, State::Received, Action::Accept, answer);
    vec![
        accept("of another institution's opinion", &[]).with(again("乙鉴定中心", "")),
        accept("of the own opinion", &["重新鉴定应当委托原鉴定机构以外的机构。"]).with(again("甲鉴定中心", "")),
        accept("of the own opinion for special reasons", &[]).with(again("甲鉴定中心", "本市仅此一家")),
        accept("S17 for a citizen", &["重新鉴定由办案机关委托。"])
            .with(again("乙鉴定中心", ""))
            .with(|facts| facts.client_kind = "citizen".into()),
    ]
}

#[test]
fn who_has_to_stay_out_is_told_beside_the_name_before_anybody_is_chosen() {
    let again = || reappraisal("other house", "");
    type Case<'c> = (&'c str, &'c dyn Fn(&mut Facts), &'c str, &'c [&'c str]);
    let cases: [Case; 6] = [
        ("nothing is known against him", &|_| {}, "甲", &[]),
        ("S13 recused", &against("甲", decided(true)), "甲", &["甲已被决定回避，不能继续担任本案鉴定人。"]),
        ("S13 not recused", &against("甲", decided(false)), "甲", &[]),
        (
            "by his own word",
            &|facts| facts.team[1].declared = Some(Declared::Conflicted),
            "乙",
            &["乙声明有应当回避的情形，不能继续担任本案鉴定人。"],
        ),
        (
            "S10 of the first opinion, by name",
            &|facts| facts.case.content.entrustment = again(),
            "甲",
            &["甲参加过原鉴定，应当回避。"],
        ),
        ("S10 not of the first opinion", &|facts| facts.case.content.entrustment = again(), "丙", &[]),
    ];
    for (why, change, name, expected) in cases {
        let mut facts = facts(State::Assigned);
        change(&mut facts);
        let found = barred(&appraiser(name), &facts);
        let said: Vec<_> = found.iter().map(|one| Lang::Zh.say(&one.what)).collect();
        assert_eq!(said, expected, "{why}");
    }
}
