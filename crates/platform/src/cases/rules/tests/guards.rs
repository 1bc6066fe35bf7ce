//! The rows, in the order in which a case meets them.

use super::*;
use crate::cases::elsewhere::{Hit, Stage};
use crate::custody;

/// Every row.
pub fn all() -> Vec<Row> {
    [
        acceptance(),
        injury_timing(),
        assigning(),
        naming_again(),
        beginning(),
        examining(),
        reviewing(),
        signing(),
        issuing(),
        closing(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn without(missing: &[Check]) -> Input {
    let mut check = check();
    check.answers.retain(|one| !missing.contains(one));
    Input::Accept(check)
}

/// A check that was not ticked, as the answer says it.
const UNCHECKED: [(Check, &str); 7] = [
    (Check::Scope, "受理审查没有通过：委托事项在本机构登记的业务范围内。"),
    (Check::Materials, "受理审查没有通过：鉴定材料真实、完整、充分，取得方式合法。"),
    (Check::Purpose, "受理审查没有通过：鉴定用途合法，不违背社会公德。"),
    (Check::Requirement, "受理审查没有通过：鉴定要求符合司法鉴定执业规则和相关技术规范。"),
    (Check::Ability, "受理审查没有通过：鉴定要求未超出本机构的技术条件和鉴定能力。"),
    (Check::Sole, "受理审查没有通过：委托人未就同一事项同时委托其他机构。"),
    (Check::NoConflict, "受理审查没有通过：本机构及其负责人没有应当回避的情形。"),
];
const TOO_FEW: &str = "本机构现有1名可以办理此事项的鉴定人，至少需要两名。";

const UNDECIDED: &str = "疑似同一事项已委托其他机构，还没有作出核实决定。";

fn seen_elsewhere(facts: &mut Facts) {
    facts.elsewhere.push(Hit {
        stage: Stage::Accepted,
        days: 2,
        is_strong: true,
        grounds: vec!["证件号码相同", "事件日期相同"],
        own_case: None,
    });
}

fn decided(choice: ElsewhereChoice) -> Option<Elsewhere> {
    Some(Elsewhere { choice, reason: "已核实。".into(), seen: Vec::new() })
}

fn acceptance() -> Vec<Row> {
    let accept = |why, answer: &[&'static str]| row(why, State::Received, Action::Accept, answer);
    let mut rows: Vec<Row> = UNCHECKED
        .iter()
        .map(|(check, answer)| accept("one check is missing", &[*answer]).typing(without(&[*check])))
        .collect();
    let (checks, answers): (Vec<Check>, Vec<&'static str>) = UNCHECKED.into_iter().unzip();
    rows.extend([
        accept("every check is missing", &answers).typing(without(&checks)),
        accept("scope does not cover the item", &["委托事项FY-0201不在本机构登记的业务范围内。"])
            .with(|facts| facts.institution.licence = Some(licence("FY-01 FY-0202"))),
        accept("licence has run out", &["本机构的司法鉴定许可证已过有效期。"])
            .with(|facts| lapsed(&mut facts.institution.licence)),
        accept("licence is suspended", &["本机构的司法鉴定许可证已停止执业或者注销。"])
            .with(|facts| suspended(&mut facts.institution.licence)),
        accept("licence is not valid yet", &["本机构的司法鉴定许可证尚未生效。"])
            .with(|facts| facts.institution.licence.as_mut().unwrap().valid_from = day("2026-03-03")),
        accept("valid on its last day", &[])
            .with(|facts| facts.institution.licence.as_mut().unwrap().valid_to = day(TODAY)),
        accept("no licence at all", &["本机构没有司法鉴定许可证。"]).with(|facts| facts.institution.licence = None),
        accept("S21: a hit at another institution is decided by a person", &[UNDECIDED]).with(seen_elsewhere),
        accept("S21: decided, with a reason", &[])
            .with(seen_elsewhere)
            .typing(Input::Accept(AcceptanceCheck { elsewhere: decided(ElsewhereChoice::Different), ..check() })),
        accept(
            "S21: a re-appraisal that the entrustment does not state",
            &["核实结果选择了重新鉴定，但委托没有写明是重新鉴定。"],
        )
        .with(seen_elsewhere)
        .typing(Input::Accept(AcceptanceCheck { elsewhere: decided(ElsewhereChoice::ReAppraisal), ..check() })),
        accept("a case of the own institution is shown and hinders nothing", &[]).with(|facts| {
            seen_elsewhere(facts);
            facts.elsewhere[0].own_case = Some("other".into());
        }),
        accept("one eligible appraiser", &[TOO_FEW]).with(|facts| facts.eligible = 1),
        accept("the client did not confirm the materials", &["委托人没有确认鉴定材料的真实性和合法性。"])
            .with(|facts| facts.case.content.entrustment.materials_confirmed = false),
        accept(
            "several at once, all told",
            &[
                "本机构的司法鉴定许可证已过有效期。",
                "委托事项FY-0201不在本机构登记的业务范围内。",
                TOO_FEW,
                UNCHECKED[1].1,
            ],
        )
        .with(|facts| {
            facts.institution.licence = Some(licence("FY-01"));
            lapsed(&mut facts.institution.licence);
            facts.eligible = 1;
        })
        .typing(without(&[Check::Materials])),
        row("no ground is chosen", State::Received, Action::Decline, &["没有选择不予受理的理由。"])
            .typing(Input::Decline(Refusal { grounds: vec![], explanation: "x".into(), returned: "y".into() })),
        row(
            "licence ran out between acceptance and agreement",
            State::Accepted,
            Action::Commission,
            &["本机构的司法鉴定许可证已过有效期。"],
        )
        .with(|facts| lapsed(&mut facts.institution.licence)),
    ]);
    rows
}

/// S26a: injured on 2026-01-20; a function-based grade is given from the 90th day on, 2026-04-20.
fn injury_timing() -> Vec<Row> {
    let too_early: &[&'static str] = &["以容貌毁损或者功能障碍为依据的，应当在损伤90日后鉴定，最早为2026-04-20。"];
    let injured = |why, basis, today, answer: &[&'static str]| {
        row(why, State::Received, Action::Accept, answer)
            .with(move |facts| facts.case.content.entrustment.injury = Some(Injury { on: day("2026-01-20"), basis }))
            .on(today)
    };
    let reason = AcceptanceCheck {
        early_reason: "治疗已终结；可能遗留功能障碍，三个月后复查。".into(), ..check()
    };
    vec![
        injured("S26a on the 80th day", InjuryBasis::Function, "2026-04-10", too_early),
        injured("S26a on the 89th day", InjuryBasis::Function, "2026-04-19", too_early),
        injured("S26a on the 90th day", InjuryBasis::Function, "2026-04-20", &[]),
        injured("S26a with special circumstances", InjuryBasis::Function, "2026-04-10", &[])
            .typing(Input::Accept(reason)),
        injured("a primary injury is graded at once", InjuryBasis::Primary, "2026-01-21", &[]),
        injured("a complication needs no 90 days", InjuryBasis::Complication, "2026-02-21", &[]),
    ]
}

const ONE_CHOSEN: &str = "选了1名鉴定人，至少需要两名。";

fn assigning() -> Vec<Row> {
    let assign = |why, second: Appraiser, answer: &[&'static str]| {
        row(why, State::Commissioned, Action::Assign, answer).typing(naming(vec![appraiser("甲"), second]))
    };
    vec![
        row("one appraiser", State::Commissioned, Action::Assign, &[ONE_CHOSEN]).typing(naming(vec![appraiser("甲")])),
        row("nobody", State::Commissioned, Action::Assign, &["选了0名鉴定人，至少需要两名。"]).typing(naming(vec![])),
        row("the institution has too few", State::Commissioned, Action::Assign, &[TOO_FEW])
            .with(|facts| facts.eligible = 1),
        assign("no licence", but("乙", |one| one.licence = None), &["乙没有执业证。"]),
        assign("expired", but("乙", |one| lapsed(&mut one.licence)), &["乙的执业证（310000001）已过有效期。"]),
        assign(
            "suspended",
            but("乙", |one| suspended(&mut one.licence)),
            &["乙的执业证（310000001）已停止执业或者注销。"],
        ),
        assign(
            "S16: another category",
            but("丙", |one| one.licence = Some(licence("FY-0203"))),
            &["丙的执业类别不包括FY-0201。"],
        ),
        assign("of another institution", but("丁", |one| one.institution_id = "other".into()), &["丁不在本机构执业。"]),
        assign(
            "everything wrong with one of them",
            but("丁", |one| {
                one.institution_id = "other".into();
                one.licence = Some(licence("WZ-02"));
                lapsed(&mut one.licence);
            }),
            &["丁不在本机构执业。", "丁的执业证（310000001）已过有效期。", "丁的执业类别不包括FY-0201。"],
        ),
    ]
}

/// The second opinion of 张三 and 李四's.
fn again(facts: &mut Facts) {
    facts.case.content.entrustment.reappraisal = Some(Earlier {
        institution: "乙中心".into(),
        appraisers: "张三、李四".into(),
        ground: "依据不足".into(),
        case_id: None,
        special_reason: String::new(),
    });
}

fn naming_again() -> Vec<Row> {
    let senior = |name, title| but(name, |one| one.title = title);
    let assign = |why, team: Vec<Appraiser>, answer: &[&'static str]| {
        row(why, State::Commissioned, Action::Assign, answer).typing(naming(team)).with(again)
    };
    let replace = |why, name, declared, answer: &[&'static str]| {
        row(why, State::Assigned, Action::Replace, answer)
            .with(move |facts| facts.team[0].declared = declared)
            .typing(Input::Replace { team: vec![appraiser(name), appraiser("乙")], reason: "回避".into() })
    };
    let stays = "甲声明有应当回避的情形，不能继续担任本案鉴定人。";
    vec![
        assign(
            "no senior title",
            vec![appraiser("甲"), appraiser("乙")],
            &["重新鉴定的鉴定人中没有高级专业技术职称者。"],
        ),
        assign("a full senior title", vec![senior("甲", Title::Senior), appraiser("乙")], &[]),
        assign("an associate senior title", vec![appraiser("甲"), senior("乙", Title::AssociateSenior)], &[]),
        assign(
            "one of the first appraisers",
            vec![senior("甲", Title::Senior), appraiser("李四")],
            &["李四参加过原鉴定，应当回避。"],
        ),
        assign(
            "both of them, and no senior",
            vec![appraiser("张三"), appraiser("李四")],
            &[
                "重新鉴定的鉴定人中没有高级专业技术职称者。",
                "张三参加过原鉴定，应当回避。",
                "李四参加过原鉴定，应当回避。",
            ],
        ),
        assign(
            "a name that only contains a first appraiser's",
            vec![senior("张三丰", Title::Senior), appraiser("乙")],
            &[],
        ),
        replace("the conflicted one is named again", "甲", Some(Declared::Conflicted), &[stays]),
        replace("the conflicted one is replaced", "丙", Some(Declared::Conflicted), &[]),
        replace("who is clear may stay", "甲", Some(Declared::Clear), &[]),
        row("replaced by nobody", State::Assigned, Action::Replace, &[ONE_CHOSEN])
            .typing(Input::Replace { team: vec![appraiser("乙")], reason: "x".into() }),
    ]
}

const NOT_MINE: &str = "您不是本案的鉴定人。";
const LEADS: &str = "本步骤由第一鉴定人甲办理。";

fn beginning() -> Vec<Row> {
    let begin = |why, answer: &[&'static str]| row(why, State::Assigned, Action::Begin, answer);
    vec![
        row("a stranger declares", State::Assigned, Action::Declare, &[NOT_MINE])
            .by(as_appraiser("丙", Role::Appraiser)),
        row("an account that is no appraiser declares", State::Assigned, Action::Declare, &[NOT_MINE])
            .by(person(Role::Appraiser)),
        row("declares twice", State::Assigned, Action::Declare, &["您已经作过回避声明。"])
            .with(|facts| facts.team[0].declared = Some(Declared::Clear)),
        row("takes a conflict back", State::Assigned, Action::Declare, &["您已经作过回避声明。"])
            .with(|facts| facts.team[0].declared = Some(Declared::Conflicted)),
        begin("a material has not come in", &["材料“病历”（M1）还没有接收。"])
            .with(|facts| facts.materials[0].trouble = Some(custody::Trouble::NotReceived)),
        begin("a material is lost, and begun all the same: it may be found", &[])
            .with(|facts| facts.materials[0].trouble = Some(custody::Trouble::Lost)),
        begin("the second appraiser begins", &[LEADS]).by(as_appraiser("乙", Role::Appraiser)),
        begin("a stranger begins", &[LEADS]).by(as_appraiser("丙", Role::Appraiser)),
        begin("one has not declared", &["乙还没有作回避声明。"]).with(|facts| facts.team[1].declared = None),
        begin("one declared a conflict", &["乙声明有应当回避的情形。"])
            .with(|facts| facts.team[1].declared = Some(Declared::Conflicted)),
        begin("the team is one", &["本案只有1名鉴定人，至少需要两名。"]).with(|facts| facts.team.truncate(1)),
        begin("there is no team", &["本步骤由第一鉴定人办理。", "本案只有0名鉴定人，至少需要两名。"])
            .with(|facts| facts.team.clear()),
        begin("a licence ran out since", &["甲的执业证（310000001）已过有效期。"])
            .with(|facts| lapsed(&mut facts.team[0].appraiser.licence)),
    ]
}

fn examining() -> Vec<Row> {
    let draft = |why, examination: Examination, answer: &[&'static str]| {
        row(why, State::InExamination, Action::Draft, answer).typing(Input::Draft(examination))
    };
    let submit = |why, answer: &[&'static str]| row(why, State::DraftOpinion, Action::SubmitForReview, answer);
    let accepted = Examination { tier: MethodTier::Accepted, ..examination() };
    let validated = Examination { validation: "三家机构验证".into(), ..accepted.clone() };
    let disordered: &[&'static str] = &["鉴定日期应当先后有序，并且不晚于今天。"];
    vec![
        row("a stranger drafts", State::InExamination, Action::Draft, &[NOT_MINE])
            .by(as_appraiser("丙", Role::Appraiser)),
        row("the second appraiser may draft", State::InExamination, Action::Draft, &[])
            .by(as_appraiser("乙", Role::Appraiser)),
        draft(
            "an accepted method without validation",
            accepted,
            &["采用多数专家认可的方法，但没有写明验证和认可的情况。"],
        ),
        draft("an accepted method, validated", validated, &[]),
        draft(
            "ends before it begins",
            Examination { from: day(TODAY), to: day("2026-03-01"), ..examination() },
            disordered,
        ),
        draft("ends tomorrow", Examination { to: day("2026-03-03"), ..examination() }, disordered),
        submit("the second appraiser submits", &[LEADS]).by(as_appraiser("乙", Role::Appraiser)),
        submit("a record is not signed off", &["第2号鉴定记录还没有由记录人确认。"])
            .with(|facts| facts.records.unconfirmed = vec![2]),
        submit("nothing is drafted", &["意见书还没有起草。"]).with(|facts| facts.draft = None),
        submit(
            "parts are empty",
            &[
                "意见书的“二、基本案情”还是空的。",
                "意见书的“五、分析说明”还是空的。",
                "意见书的“六、鉴定意见”还是空的。",
            ],
        )
        .with(|facts| {
            let draft = crate::cases::draft::Draft {
                data_abstract: "摘要".into(),
                process: "过程".into(),
                opinion: " \n".into(),
                ..Default::default()
            };
            facts.draft.as_mut().unwrap().missing = draft.missing();
        }),
    ]
}

fn reviewing() -> Vec<Row> {
    let own = "乙是本案的鉴定人，不能复核自己的意见。";
    let mut rows = vec![
        row("what must be changed is not", State::InReview, Action::Approve, &["有1条“必须修改”的复核批注没有解决。"])
            .with(|facts| facts.draft.as_mut().unwrap().open_must = 1),
        row("it may be sent back for that", State::InReview, Action::SendBack, &[])
            .with(|facts| facts.draft.as_mut().unwrap().open_must = 1),
        row("remarks are open", State::InReview, Action::Approve, &[])
            .with(|facts| facts.draft.as_mut().unwrap().open_remarks = 3),
    ];
    for action in [Action::Approve, Action::SendBack] {
        rows.extend([
            row("an appraiser of the case reviews", State::InReview, action, &[own])
                .by(as_appraiser("乙", Role::Reviewer)),
            row(
                "the account of an appraiser reviews",
                State::InReview,
                action,
                &["您是本案的鉴定人，不能复核自己的意见。"],
            )
            .by(Actor { appraiser_id: None, ..as_appraiser("乙", Role::Reviewer) }),
            row("another appraiser of the house reviews", State::InReview, action, &[])
                .by(as_appraiser("丙", Role::Reviewer)),
        ]);
    }
    rows
}

const CHANGED: &str = "意见书在复核之后有改动。";

fn signing() -> Vec<Row> {
    let sign = |why, answer: &[&'static str]| row(why, State::Approved, Action::Sign, answer);
    vec![
        sign("a stranger signs", &[NOT_MINE]).by(as_appraiser("丙", Role::Appraiser)),
        sign("signs twice", &["您已经签名。"]).with(|facts| facts.team[0].signed_at = Some(Timestamp::UNIX_EPOCH)),
        sign("the draft is newer than the review", &[CHANGED]).with(|facts| facts.draft.as_mut().unwrap().version = 4),
        sign("nobody reviewed", &[CHANGED]).with(|facts| facts.draft.as_mut().unwrap().approved_version = None),
        sign("there is no draft", &[CHANGED]).with(|facts| facts.draft = None),
        sign("the licence ended the day before", &["甲的执业证（310000001）已过有效期。"])
            .with(|facts| lapsed(&mut facts.team[0].appraiser.licence)),
        sign("suspended on the day of signing", &["甲的执业证（310000001）已停止执业或者注销。"])
            .with(|facts| suspended(&mut facts.team[0].appraiser.licence)),
        sign("valid again after the suspension", &[])
            .with(|facts| suspended(&mut facts.team[0].appraiser.licence))
            .on("2026-05-01"),
    ]
}

fn issuing() -> Vec<Row> {
    let issue = |why, answer: &[&'static str]| row(why, State::Approved, Action::Issue, answer);
    vec![
        issue("one has not signed", &["乙还没有签名。"]).with(|facts| facts.team[1].signed_at = None),
        issue("there is no review", &["没有复核意见。"]).with(|facts| facts.case.content.review = None),
        issue("a material is lost", &["材料“病历”（M1）下落不明。"])
            .with(|facts| facts.materials[0].trouble = Some(custody::Trouble::Lost)),
        issue("a hand-over waits", &["材料“病历”（M1）的交接等待乙确认。"])
            .with(|facts| facts.materials[0].trouble = Some(custody::Trouble::Unconfirmed("乙".into()))),
        issue("a chain does not fit", &["材料“病历”（M1）的流转有2处异常没有说明。"])
            .with(|facts| facts.materials[0].trouble = Some(custody::Trouble::Irregular(2))),
        issue("a material never came in", &["材料“病历”（M1）还没有接收。"])
            .with(|facts| facts.materials[0].trouble = Some(custody::Trouble::NotReceived)),
        issue("there is no case code", &["案件没有统一编号。"]).with(|facts| facts.case.code = None),
        issue("the draft is newer than the review", &[CHANGED]).with(|facts| facts.draft.as_mut().unwrap().version = 4),
        issue("the institution is suspended", &["本机构的司法鉴定许可证已停止执业或者注销。"])
            .with(|facts| suspended(&mut facts.institution.licence)),
        issue("an appraiser moved away", &["乙不在本机构执业。"])
            .with(|facts| facts.team[1].appraiser.institution_id = "other".into()),
        issue(
            "everything at once",
            &[
                "本机构没有司法鉴定许可证。",
                "乙没有执业证。",
                "甲还没有签名。",
                "乙还没有签名。",
                "没有复核意见。",
                "案件没有统一编号。",
                CHANGED,
            ],
        )
        .with(|facts| {
            facts.institution.licence = None;
            facts.team[1].appraiser.licence = None;
            for one in &mut facts.team {
                one.signed_at = None;
            }
            facts.case.content.review = None;
            facts.case.code = None;
            facts.draft = None;
        }),
    ]
}

fn closing() -> Vec<Row> {
    let archive = |why, answer: &[&'static str]| row(why, State::Delivered, Action::Archive, answer);
    vec![
        row("delivered tomorrow", State::Issued, Action::Deliver, &["送达日期2026-03-03还没有到。"])
            .typing(Input::Deliver(Delivery { on: day("2026-03-03"), ..delivery() })),
        archive("one paper is missing", &["案卷中没有司法鉴定告知书。"])
            .with(|facts| facts.papers.retain(|kind| kind != "notice_to_client")),
        archive(
            "the volume is empty",
            &[
                "案卷中没有司法鉴定意见书。",
                "案卷中没有司法鉴定委托书。",
                "案卷中没有受理审查表。",
                "案卷中没有司法鉴定告知书。",
                "案卷中没有司法鉴定复核意见。",
                "案卷中没有送达记录。",
                "案卷中没有鉴定过程记录。",
            ],
        )
        .with(|facts| {
            facts.papers.clear();
            facts.case.content.delivery = None;
            facts.case.content.examination = None;
        }),
    ]
}

#[test]
fn acceptance_is_guarded() {
    prove(acceptance());
    prove(injury_timing());
}

/// S14: of three appraisers for the item one is suspended and one's licence has expired; two are needed.
#[test]
fn s14_one_eligible_appraiser_is_left() {
    let three =
        [appraiser("甲"), but("乙", |one| suspended(&mut one.licence)), but("丙", |one| lapsed(&mut one.licence))];
    let row = row("S14", State::Received, Action::Accept, &[TOO_FEW])
        .with(|facts| facts.eligible = three.iter().filter(|one| unfit(one, facts, day(TODAY)).is_empty()).count());
    let declines = super::row("S14 declines", State::Received, Action::Decline, &[]).with(|facts| facts.eligible = 1);
    prove(vec![row, declines]);
}

#[test]
fn naming_is_guarded() {
    prove(assigning());
    prove(naming_again());
}

#[test]
fn the_examination_is_guarded() {
    prove(beginning());
    prove(examining());
}

#[test]
fn review_and_signature_are_guarded() {
    prove(reviewing());
    prove(signing());
}

#[test]
fn issue_and_archive_are_guarded() {
    prove(issuing());
    prove(closing());
}
