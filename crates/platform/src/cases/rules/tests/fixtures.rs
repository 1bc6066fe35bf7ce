//! Facts in which nothing is wrong, and what people type.

use super::*;

pub(super) static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| crate::deadline::decreed_calendar().unwrap());
/// The day most rows happen on, a Monday.
pub(super) const TODAY: &str = "2026-03-02";
/// 人体损伤程度鉴定.
pub(super) const INJURY: &str = "FY-0201";

pub(super) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub(super) fn licence(scope: &str) -> Licence {
    Licence {
        number: "310000001".into(),
        valid_from: day("2022-01-01"),
        valid_to: day("2026-12-31"),
        scope: scope.split_whitespace().map(|code| code.parse().unwrap()).collect(),
        interruptions: Vec::new(),
    }
}

/// An appraiser called `name`, which is also the id; the account's id is `account of {name}`.
pub(super) fn appraiser(name: &str) -> Appraiser {
    Appraiser {
        id: name.into(),
        institution_id: "house".into(),
        account_id: Some(format!("account of {name}")),
        name: name.into(),
        title: Title::Intermediate,
        licence: Some(licence("FY-02")),
    }
}

pub(super) fn naming(team: Vec<Appraiser>) -> Input {
    Input::Assign { team, reason: String::new() }
}

pub(super) fn but(name: &str, change: impl FnOnce(&mut Appraiser)) -> Appraiser {
    let mut one = appraiser(name);
    change(&mut one);
    one
}

pub(super) fn lapsed(licence: &mut Option<Licence>) {
    licence.as_mut().unwrap().valid_to = day("2026-03-01");
}

pub(super) fn suspended(licence: &mut Option<Licence>) {
    let gap = Interruption { from: day("2026-02-01"), to: Some(day("2026-04-30")) };
    licence.as_mut().unwrap().interruptions.push(gap);
}

pub(super) fn entrustment() -> Entrustment {
    let text = String::new;
    Entrustment {
        supplements: None,
        institution_id: "house".into(),
        item: INJURY.parse().unwrap(),
        matter: "对损伤程度进行鉴定".into(),
        purpose: Purpose::Criminal,
        reappraisal: None,
        case_facts: "二人争执".into(),
        client: ClientContact {
            name: "甲法院".into(),
            address: text(),
            contact: text(),
            phone: text(),
            officer: text(),
            letter: text(),
        },
        examinee: Examinee {
            name: "被鉴定人".into(),
            sex: None,
            birth: None,
            id_number: text(),
            phone: text(),
            address: text(),
        },
        materials: vec![Material {
            name: "病历".into(),
            kind: "文件资料".into(),
            quantity: "1份".into(),
            properties: "完好".into(),
        }],
        materials_confirmed: true,
        injury: None,
        recusal_wish: text(),
        delivery: DeliveryWay::Online,
    }
}

pub(super) fn agreement(term_workdays: u16) -> Agreement {
    Agreement {
        limit_by: LimitBy::Agreed,
        term_workdays,
        fee_fen: 100,
        fee_way: "现金".into(),
        quote: Vec::new(),
        materials_return: MaterialsReturn::Whole,
        collect_weeks: 4,
        other: String::new(),
    }
}

pub(super) fn check() -> AcceptanceCheck {
    AcceptanceCheck {
        answers: Check::CHOICES.iter().map(|(_, _, one)| *one).collect(),
        remarks: String::new(),
        early_reason: String::new(),
        elsewhere: None,
        agreement: agreement(30),
        by: "受理人".into(),
        on: day(TODAY),
    }
}

pub(super) fn examination() -> Examination {
    Examination {
        from: day("2026-02-27"),
        to: day(TODAY),
        place: "本机构".into(),
        present: "无".into(),
        tier: MethodTier::National,
        method: "《人体损伤程度鉴定标准》".into(),
        validation: String::new(),
        record: "检见疤痕".into(),
    }
}

pub(super) fn review() -> Review {
    Review { procedure: "符合规定".into(), opinion: "恰当".into(), by: "复核人".into(), on: day(TODAY) }
}

pub(super) fn delivery() -> Delivery {
    Delivery { way: DeliveryWay::Online, receiver: "承办人".into(), on: day(TODAY), copies: 3 }
}

pub(super) fn member(position: i64, appraiser: Appraiser) -> Member {
    Member { appraiser, position, declared: Some(Declared::Clear), signed_at: None }
}

/// A case in which nothing stands in the way of any step from `state`: 甲 leads, 乙 is the second appraiser.
pub fn facts(state: State) -> Facts {
    let signed = (state == State::Approved).then_some(Timestamp::UNIX_EPOCH);
    let mut team = vec![member(1, appraiser("甲")), member(2, appraiser("乙"))];
    for one in &mut team {
        one.signed_at = signed;
    }
    Facts {
        case: Record {
            id: "case".into(),
            version: 7,
            state,
            institution_id: "house".into(),
            client_organisation_id: "court".into(),
            client_account_id: "account of client".into(),
            code: Some("310000-2026-7KQ2M9XA-C".into()),
            opinion_number: None,
            received_on: day(TODAY),
            due_on: None,
            due_provisional: false,
            content: Content {
                check: Some(check()),
                commissioned_on: Some(day(TODAY)),
                examination: Some(examination()),
                review: Some(review()),
                delivery: Some(delivery()),
                pauses: vec![pause()],
                recusals: vec![request("丙")],
                court: vec![court_notice()],
                ..Content::new(entrustment())
            },
        },
        institution: Institution {
            id: "house".into(),
            name: "甲鉴定中心".into(),
            short_name: "甲".into(),
            head_name: "负责人".into(),

            region: "shanghai".into(),
            district: String::new(),
            address: String::new(),
            phone: String::new(),
            licence: Some(licence("FY-02")),
        },
        team,
        opinion: state.is_issued().then(|| IssuedOpinion {
            number: "甲司鉴字第1号".into(),
            sha256: "00".repeat(32),
            issued_on: day(TODAY),
        }),
        eligible: 2,
        draft: Some(DraftFacts {
            version: 3,
            sha256: String::new(),
            text: Draft {
                analysis: "受检人张三丰的损伤符合钝性外力作用。".into(), ..Draft::default()
            },
            missing: Vec::new(),
            approved_version: Some(3),
            open_must: 0,
            open_remarks: 0,
        }),
        papers: ["opinion_document", "commission_agreement", "acceptance_check", "notice_to_client", "review_opinion"]
            .map(str::to_owned)
            .to_vec(),
        terms: terms(state),
        client_kind: "court".into(),
        first: None,
        elsewhere: Vec::new(),
        records: Default::default(),
        non_payment: Vec::new(),
        materials: vec![crate::custody::Summary { name: "病历".into(), code: "M1".into(), trouble: None }],
    }
}

/// The term that runs in the state, from [`TODAY`].
pub(super) fn terms(state: State) -> Vec<TermRow> {
    match state {
        State::Received | State::AwaitingSupplement => vec![term(DL01, TODAY, "7wd")],
        State::Commissioned
        | State::Assigned
        | State::InExamination
        | State::DraftOpinion
        | State::InReview
        | State::Approved => vec![term(DL03, TODAY, "30wd")],
        State::Paused | State::Suspended => {
            vec![TermRow { paused_from: Some(day(TODAY)), ..term(DL03, TODAY, "30wd") }]
        }
        _ => Vec::new(),
    }
}

pub(super) fn term(rule: &str, starts: &str, length: &str) -> TermRow {
    let length: Term = length.parse().unwrap();
    let reckoning =
        CALENDAR.reckon(&worktime::Clock { start: day(starts), term: length, pauses: vec![], extensions: vec![] });
    TermRow {
        rule: rule.into(),
        article: "《司法鉴定程序通则》".into(),
        starts: day(starts),
        length,
        pauses: Vec::new(),
        extensions: Vec::new(),
        paused_from: None,
        due_on: reckoning.due,
        provisional: reckoning.provisional,
        explanation: Vec::new(),
        stopped_on: None,
    }
}

pub(super) fn pause() -> PauseRecord {
    PauseRecord {
        ground: PauseGround::Supplement,
        detail: "缺片".into(),
        from: day(TODAY),
        approved_by: None,
        through: None,
        suspends: false,
    }
}

/// A request of the client that waits for its decision, against someone who is not on the team.
pub(super) fn request(name: &str) -> RecusalRequest {
    RecusalRequest {
        appraiser_id: name.into(),
        appraiser: name.into(),
        reason: "近亲属".into(),
        on: day(TODAY),
        decision: None,
    }
}

pub(super) fn court_notice() -> CourtAttendance {
    CourtAttendance {
        court: "甲区人民法院".into(),
        case_number: "（2026）甲01号".into(),
        notice_on: day("2026-02-20"),
        hearing_on: day("2026-02-27"),
        place: "第一法庭".into(),
        persons: "甲".into(),
        fee_fen: 0,
        notice_late: false,
        outcome: None,
    }
}

pub(super) fn extension(workdays: u16, basis: ExtensionBasis) -> Extension {
    Extension {
        workdays,
        reason: ExtensionReason::Technique,
        explanation: "疑难".into(),
        basis,
        paper: if basis == ExtensionBasis::Head { String::new() } else { "（2026）函字第1号".into() },
        on: day(TODAY),
        from: None,
        to: None,
    }
}

pub(super) fn ending(grounds: &[EndGround]) -> Ending {
    Ending {
        grounds: grounds.to_vec(),
        explanation: "说明".into(),
        returned: "已退".into(),
        responsibility: Responsibility::Nobody,
        on: day(TODAY),
    }
}

pub(super) fn correction(wrong: &str, right: &str) -> Correction {
    Correction {
        kind: CorrectionKind::Wording,
        part: CorrectionPart::Analysis,
        place: "第1行".into(),
        wrong: wrong.into(),
        right: right.into(),
        by: "甲".into(),
        on: day(TODAY),
    }
}

/// For a serious breach, before any court rested on it.
pub(super) fn withdrawal() -> OpinionWithdrawal {
    OpinionWithdrawal {
        ground: WithdrawalGround::Procedure,
        explanation: "采样时无人见证".into(),
        document: String::new(),
        adopted: Adoption::No,
        court: String::new(),
        refund: RefundUndertaking::Full,
        by: "负责人".into(),
        on: day(TODAY),
    }
}

pub(super) fn supplementary() -> Entrustment {
    let ground = SupplementaryGround::NewMaterials;
    let supplements = Some(Supplements { case_id: "case".into(), opinion_number: "1".into(), ground });
    Entrustment { supplements, ..entrustment() }
}

pub(super) fn reappraisal(institution: &str, special: &str) -> Entrustment {
    let earlier = Earlier {
        institution: "甲鉴定中心".into(),
        appraisers: "甲、乙".into(),
        ground: "办案机关认为需要".into(),
        case_id: Some("case".into()),
        special_reason: special.into(),
    };
    Entrustment { institution_id: institution.into(), reappraisal: Some(earlier), ..entrustment() }
}

pub fn person(role: Role) -> Actor {
    Actor {
        account_id: format!("account of {role}"),
        login: role.word().into(),
        name: role.label().into(),
        roles: vec![role],
        organisation_id: Some("house".into()),
        organisation_name: String::new(),
        appraiser_id: None,
        language: Lang::Zh,
    }
}

/// The appraiser `name` with a role, signed in.
pub(super) fn as_appraiser(name: &str, role: Role) -> Actor {
    Actor { account_id: format!("account of {name}"), appraiser_id: Some(name.into()), ..person(role) }
}

pub(super) fn clear() -> Declaration {
    Declaration { conflicts: Vec::new(), note: String::new() }
}

pub(super) fn conflicted() -> Declaration {
    Declaration { conflicts: vec![Conflict::Interest, Conflict::InCourt], note: String::new() }
}

/// An input with which the action goes through.
pub(super) fn input(action: Action) -> Input {
    match action {
        Action::Decline => Input::Decline(Refusal {
            grounds: vec![Ground::Scope],
            explanation: "说明".into(),
            returned: "已退".into(),
        }),
        Action::Accept => Input::Accept(check()),
        Action::Commission => Input::Commission,
        Action::RequestSupplement => Input::RequestSupplement(SupplementRequest {
            needed: "首次影像".into(),
            until: None,
            asked_on: day(TODAY),
            answer: None,
        }),
        Action::Supplement => {
            Input::Supplement(Supplement { materials: entrustment().materials, note: String::new(), on: day(TODAY) })
        }
        Action::ObjectToAppraiser => {
            Input::ObjectToAppraiser { appraiser_id: "甲".into(), reason: "近亲属".into() }
        }
        Action::DecideRecusal => Input::DecideRecusal { sustained: false, reason: "无此关系".into() },
        Action::Pause => Input::Pause { ground: PauseGround::Supplement, detail: "缺片".into() },
        Action::ApprovePause => Input::ApprovePause,
        Action::RejectPause => Input::RejectPause { reason: "无须补充".into() },
        Action::Resume => Input::Resume { note: "已补充".into() },
        Action::Suspend => Input::Suspend { ground: PauseGround::Unstable, detail: "伤情未稳定".into() },
        Action::Continue => Input::Continue { note: "已稳定".into() },
        Action::Extend => Input::Extend(extension(20, ExtensionBasis::Head)),
        Action::Terminate => Input::Terminate(ending(&[EndGround::Uncooperative])),
        Action::Withdraw => Input::Withdraw(ending(&[EndGround::WithdrawnOrUnpaid])),
        Action::Correct => Input::Correct(correction("张三丰", "张三峰")),
        Action::Supplementary => Input::Supplementary(Box::new(supplementary())),
        Action::ReAppraise => Input::ReAppraise(Box::new(reappraisal("other-house", ""))),
        Action::AttendCourt => Input::AttendCourt(court_notice()),
        Action::RecordCourt => {
            Input::RecordCourt(CourtOutcome {
                attended: Attended::InPerson, record: "答复质询".into(), on: day(TODAY)
            })
        }
        Action::WithdrawOpinion => Input::WithdrawOpinion(withdrawal()),
        Action::Assign => Input::Assign { team: vec![appraiser("甲"), appraiser("乙")], reason: String::new() },
        Action::Replace => {
            Input::Replace { team: vec![appraiser("丙"), appraiser("乙")], reason: "甲出国".into() }
        }
        Action::Declare => Input::Declare(clear()),
        Action::Begin => Input::Begin,
        Action::Draft => Input::Draft(examination()),
        Action::SubmitForReview => Input::SubmitForReview,
        Action::SendBack => Input::SendBack { comments: "请补充".into() },
        Action::Approve => Input::Approve(review()),
        Action::Sign => Input::Sign,
        Action::Issue => Input::Issue,
        Action::Deliver => Input::Deliver(delivery()),
        Action::Archive => Input::Archive { shelf: "A-1".into() },
        Action::Entrust | Action::ImportLedger => unreachable!("it creates the case: there are no facts yet"),
    }
}

/// Whoever the table names first for the action; an appraiser is 甲, who leads.
pub(super) fn actor_for(action: Action) -> Actor {
    let row = Case::STEPS.iter().find(|row| row.action == action).unwrap();
    match row.by[0] {
        Role::Appraiser => as_appraiser("甲", Role::Appraiser),
        other => person(other),
    }
}

/// What an old ledger says of a case.
pub fn ledger_row() -> History {
    History {
        ledger_number: "2019-001".into(),
        outcome: "办结".into(),
        issued_on: None,
        appraisers: String::new(),
        fee_fen: None,
        remarks: String::new(),
        file: "台账.xlsx".into(),
        row: 2,
    }
}
