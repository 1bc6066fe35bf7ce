//! Every guard of a case as rows of one table: what is wrong with the facts, and the whole answer.

use super::*;
use crate::actor::Role;
use crate::cases::content::*;
use crate::cases::facts::{Declared, DraftFacts, Member, Record};
use crate::registry::{Institution, Interruption, Licence, Title};
use crate::text::Lang;
use jiff::Timestamp;
use procedure::{Opening, Procedure};
use std::collections::BTreeSet;
use std::sync::LazyLock;

static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| crate::deadline::decreed_calendar().unwrap());
/// The day most rows happen on, a Monday.
const TODAY: &str = "2026-03-02";
/// 人体损伤程度鉴定.
const INJURY: &str = "FY-0201";

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn licence(scope: &str) -> Licence {
    Licence {
        number: "310000001".into(),
        valid_from: day("2022-01-01"),
        valid_to: day("2026-12-31"),
        scope: scope.split_whitespace().map(|code| code.parse().unwrap()).collect(),
        interruptions: Vec::new(),
    }
}

/// An appraiser called `name`, which is also the id; the account's id is `account of {name}`.
fn appraiser(name: &str) -> Appraiser {
    Appraiser {
        id: name.into(),
        institution_id: "house".into(),
        account_id: Some(format!("account of {name}")),
        name: name.into(),
        title: Title::Intermediate,
        licence: Some(licence("FY-02")),
    }
}

fn but(name: &str, change: impl FnOnce(&mut Appraiser)) -> Appraiser {
    let mut one = appraiser(name);
    change(&mut one);
    one
}

fn lapsed(licence: &mut Option<Licence>) {
    licence.as_mut().unwrap().valid_to = day("2026-03-01");
}

fn suspended(licence: &mut Option<Licence>) {
    let gap = Interruption { from: day("2026-02-01"), to: Some(day("2026-04-30")) };
    licence.as_mut().unwrap().interruptions.push(gap);
}

fn entrustment() -> Entrustment {
    let text = String::new;
    Entrustment {
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
        materials: Vec::new(),
        materials_confirmed: true,
        injury: None,
        recusal_wish: text(),
        delivery: DeliveryWay::Online,
    }
}

fn agreement(term_workdays: u16) -> Agreement {
    Agreement {
        term_workdays,
        fee_fen: 100,
        fee_way: "现金".into(),
        materials_return: MaterialsReturn::Whole,
        collect_weeks: 4,
        other: String::new(),
    }
}

fn check() -> AcceptanceCheck {
    AcceptanceCheck {
        answers: Check::CHOICES.iter().map(|(_, _, one)| *one).collect(),
        remarks: String::new(),
        early_reason: String::new(),
        agreement: agreement(30),
        by: "受理人".into(),
        on: day(TODAY),
    }
}

fn examination() -> Examination {
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

fn review() -> Review {
    Review { procedure: "符合规定".into(), opinion: "恰当".into(), by: "复核人".into(), on: day(TODAY) }
}

fn delivery() -> Delivery {
    Delivery { way: DeliveryWay::Online, receiver: "承办人".into(), on: day(TODAY), copies: 3 }
}

fn member(position: i64, appraiser: Appraiser) -> Member {
    Member { appraiser, position, declared: Some(Declared::Clear), signed_at: None }
}

/// A case in which nothing stands in the way of any step from `state`: 甲 leads, 乙 is the second appraiser.
fn facts(state: State) -> Facts {
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
                entrustment: entrustment(),
                check: Some(check()),
                refusal: None,
                commissioned_on: Some(day(TODAY)),
                examination: Some(examination()),
                review: Some(review()),
                delivery: Some(delivery()),
                shelf: None,
                history: None,
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
        eligible: 2,
        draft: Some(DraftFacts { version: 3, missing: Vec::new(), approved_version: Some(3) }),
        papers: ["opinion_document", "commission_agreement", "acceptance_check", "notice_to_client", "review_opinion"]
            .map(str::to_owned)
            .to_vec(),
    }
}

fn person(role: Role) -> Actor {
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
fn as_appraiser(name: &str, role: Role) -> Actor {
    Actor { account_id: format!("account of {name}"), appraiser_id: Some(name.into()), ..person(role) }
}

fn clear() -> Declaration {
    Declaration { conflicts: Vec::new(), note: String::new() }
}

fn conflicted() -> Declaration {
    Declaration { conflicts: vec![Conflict::Interest, Conflict::InCourt], note: String::new() }
}

/// An input with which the action goes through.
fn input(action: Action) -> Input {
    match action {
        Action::Decline => Input::Decline(Refusal {
            grounds: vec![Ground::Scope],
            explanation: "说明".into(),
            returned: "已退".into(),
        }),
        Action::Accept => Input::Accept(check()),
        Action::Commission => Input::Commission,
        Action::Assign => Input::Assign(vec![appraiser("甲"), appraiser("乙")]),
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
        other => unreachable!("{other:?} has no input yet"),
    }
}

/// Whoever the table names first for the action; an appraiser is 甲, who leads.
fn actor_for(action: Action) -> Actor {
    let row = Case::STEPS.iter().find(|row| row.action == action).unwrap();
    match row.by[0] {
        Role::Appraiser => as_appraiser("甲", Role::Appraiser),
        other => person(other),
    }
}

/// One guard: facts in which one thing is wrong, and every sentence of the answer, in order. No sentence: it goes through.
struct Row {
    why: &'static str,
    state: State,
    action: Action,
    facts: Facts,
    input: Input,
    who: Actor,
    today: Date,
    answer: Vec<&'static str>,
}

fn row(why: &'static str, state: State, action: Action, answer: &[&'static str]) -> Row {
    let mut facts = facts(state);
    if action == Action::Declare || action == Action::Sign {
        facts.team[0].declared = None;
        facts.team[0].signed_at = None;
    }
    let (who, answer) = (actor_for(action), answer.to_vec());
    Row { why, state, action, facts, input: input(action), who, today: day(TODAY), answer }
}

impl Row {
    fn with(mut self, change: impl FnOnce(&mut Facts)) -> Self {
        change(&mut self.facts);
        self
    }

    fn typing(self, input: Input) -> Self {
        Self { input, ..self }
    }

    fn by(self, who: Actor) -> Self {
        Self { who, ..self }
    }

    fn on(self, today: &str) -> Self {
        Self { today: day(today), ..self }
    }

    fn decide(&self) -> Result<Decision, Vec<Objection>> {
        decide(&self.facts, self.input.clone(), &self.who, self.today, &CALENDAR)
    }

    fn objections(&self) -> Vec<Objection> {
        self.decide().err().unwrap_or_default()
    }
}

fn said(objection: &Objection) -> String {
    Lang::Zh.say(&objection.what)
}

fn prove(rows: Vec<Row>) {
    for row in rows {
        let objections = row.objections();
        let (why, state, action) = (row.why, row.state, row.action);
        assert_eq!(objections.iter().map(said).collect::<Vec<_>>(), row.answer, "{why}: {action:?} in {state:?}");
        for one in &objections {
            assert!(!Lang::Zh.say(&one.remedy).is_empty(), "{why}: {} tells nobody what to do", said(one));
            assert!(!one.article.is_empty(), "{why}: {} names no article", said(one));
            assert!(!said(one).contains("%{") && !Lang::Zh.say(&one.remedy).contains("%{"), "{why}: a slot is open");
        }
        let before = obstacles(&row.facts, row.action, &row.who, row.today);
        assert!(objections.starts_with(&before), "{why}: the page's reasons come first in the act's");
    }
}

mod guards;

/// A row for a step that is in order goes through, whoever of its roles takes it.
#[test]
fn with_everything_in_order_every_open_step_is_allowed() {
    for step in Case::STEPS.iter().filter(|step| step.opening == Opening::Open) {
        for state in step.from {
            let row = row("in order", *state, step.action, &[]);
            let decision = row.decide().unwrap_or_else(|no| panic!("{:?} from {state:?}: {no:?}", step.action));
            assert_eq!(decision.to, step.to);
            assert_eq!((decision.act.step, decision.act.article), (step.number, step.article));
            assert_eq!((decision.act.from.as_deref(), decision.act.to.as_str()), (Some(state.word()), step.to.word()));
            assert_eq!(decision.act.action, step.action.word());
            assert!(step.by.contains(&decision.act.role), "{:?} recorded for {:?}", decision.act.role, step.action);
            assert_eq!(decision.gives_code, step.action == Action::Commission, "{:?}", step.action);
        }
    }
}

#[test]
fn the_table_says_no_to_other_states_and_other_roles() {
    for action in Action::ALL.iter().filter(|action| Case::STEPS.iter().any(|s| s.action == **action)) {
        for state in State::ALL {
            for role in Role::ALL {
                let no = match procedure::step::<Case>(Some(*state), *action, &[*role]) {
                    Ok(_) => continue,
                    Err(no) => not_now(no, *state, *action),
                };
                let what = said(&no);
                assert!(what.contains(action.label()) && !what.contains("%{"), "{what}");
                assert!(no.article.is_empty() && !Lang::Zh.say(&no.remedy).is_empty(), "{what}");
            }
        }
    }
    let no = |row: Row| row.objections().iter().map(said).collect::<Vec<_>>();
    assert_eq!(
        no(row("", State::Issued, Action::Accept, &[])),
        ["案件现在处于“已签发”，不能办理“受理”。"],
        "one reason: what else is missing does not matter in the wrong state"
    );
    assert_eq!(
        no(row("", State::Approved, Action::Issue, &[]).by(person(Role::Client))),
        ["您的角色不能办理“签发意见书”。"]
    );
    let not_offered = procedure::step::<Case>(Some(State::Received), Action::Terminate, &[Role::Head]).err().unwrap();
    assert_eq!(said(&not_now(not_offered, State::Received, Action::Terminate)), "“终止鉴定”在本版本中尚不能办理。");
}

/// Every sentence that the guards can say is the answer of a row of the table.
#[test]
fn no_guard_is_without_a_row() {
    let sources = [include_str!("../rules.rs"), include_str!("before.rs"), include_str!("after.rs")];
    let keys: BTreeSet<&str> = sources
        .iter()
        .flat_map(|source| source.split("objection(").skip(1))
        .filter_map(|rest| rest.split_once("say(\"")?.1.split('"').next())
        .collect();
    assert!(keys.len() > 30, "the guards are no longer written as they are looked for here: {keys:?}");
    let met: BTreeSet<&str> = guards::all().iter().flat_map(Row::objections).map(|one| one.what.key()).collect();
    let unmet: Vec<_> = keys.difference(&met).collect();
    assert!(unmet.is_empty(), "no row brings about {unmet:?}");
}

/// The terms of a decision: rule, due date, whether provisional.
fn starts(terms: &[TermChange]) -> Vec<(&str, String, bool)> {
    let started = terms.iter().filter_map(|term| match term {
        TermChange::Start { rule, reckoning, .. } => Some((*rule, reckoning.due.to_string(), reckoning.provisional)),
        TermChange::Stop { .. } => None,
    });
    started.collect()
}

fn stops(terms: &[TermChange]) -> Vec<&str> {
    terms.iter().filter_map(|term| if let TermChange::Stop { rule } = term { Some(*rule) } else { None }).collect()
}

#[test]
fn seven_workdays_to_decide_on_acceptance() {
    for (received, due, why) in [
        ("2025-09-26", "2025-10-13", "S01: two made-up workdays and National Day in between"),
        ("2026-10-03", "2026-10-15", "S26b: arrives on a holiday"),
        ("2026-10-10", "2026-10-20", "S26b: arrives on a made-up Saturday"),
        ("2026-02-10", "2026-02-26", "S26c: the strict reckoning over Spring Festival"),
    ] {
        assert_eq!(starts(&[acceptance_term(day(received), &CALENDAR)]), [(DL01, due.to_owned(), false)], "{why}");
    }
}

#[test]
fn thirty_workdays_for_the_opinion_or_as_agreed() {
    for (signed, agreed, due, provisional, why) in [
        ("2026-03-02", 30, "2026-04-14", false, "S03 without its pause"),
        ("2026-04-13", 30, "2026-05-27", false, "S05 without its extension"),
        ("2026-03-02", 60, "2026-05-28", false, "S09: as agreed for a difficult case"),
        ("2026-03-02", 1, "2026-03-03", false, "the shortest that can be agreed"),
        ("2026-12-10", 30, "2027-01-21", true, "S26e: into a year without a decree"),
    ] {
        let row = row(why, State::Accepted, Action::Commission, &[])
            .with(|facts| facts.case.content.check.as_mut().unwrap().agreement = agreement(agreed))
            .on(signed);
        let decision = row.decide().unwrap();
        assert_eq!(starts(&decision.act.terms), [(DL03, due.to_owned(), provisional)], "{why}");
        assert_eq!(decision.content.commissioned_on, Some(day(signed)), "{why}");
    }
}

#[test]
fn terms_stop_with_the_steps_that_answer_them() {
    for (state, action, stopped) in [
        (State::Received, Action::Accept, vec![DL01]),
        (State::Received, Action::Decline, vec![DL01]),
        (State::Approved, Action::Issue, vec![DL03]),
        (State::Approved, Action::Sign, vec![]),
        (State::InReview, Action::SendBack, vec![]),
    ] {
        let decision = row("stops", state, action, &[]).decide().unwrap();
        assert_eq!(stops(&decision.act.terms), stopped, "{action:?}");
        assert!(starts(&decision.act.terms).is_empty(), "{action:?}");
    }
}

#[test]
fn what_the_form_said_enters_the_case_and_its_event() {
    let decided = |row: Row| row.decide().unwrap();
    let sent_back = decided(row("", State::InReview, Action::SendBack, &[]));
    assert_eq!(sent_back.content.review, None, "a review does not outlive the text it was of");
    assert_eq!(sent_back.act.detail["comments"], "请补充");
    let approved = decided(row("", State::InReview, Action::Approve, &[]));
    assert_eq!(approved.act.detail["draft"], 3, "the approval is of one version");
    let assigned = decided(row("", State::Commissioned, Action::Assign, &[]));
    assert_eq!(assigned.team, TeamChange::Named(vec!["甲".into(), "乙".into()]), "the lead is first");
    let replaced = decided(row("", State::Assigned, Action::Replace, &[]));
    assert_eq!(replaced.act.detail["before"], json!(["甲", "乙"]));
    assert_eq!(replaced.act.detail["appraisers"], json!(["丙", "乙"]));
    let declared = decided(row("", State::Assigned, Action::Declare, &[]).typing(Input::Declare(conflicted())));
    let TeamChange::Declared { appraiser_id, conflict: Some(words) } = &declared.team else { panic!("{declared:?}") };
    assert!(appraiser_id == "甲" && words.contains("利害关系") && words.contains("；"), "{words}");
    let signed = decided(row("", State::Approved, Action::Sign, &[]));
    assert_eq!(signed.team, TeamChange::Signed { appraiser_id: "甲".into() });
    let archived = decided(row("", State::Delivered, Action::Archive, &[]));
    assert_eq!(archived.content.shelf.as_deref(), Some("A-1"));
}

#[test]
fn the_role_acted_in_is_recorded() {
    let delivered = |who: Actor| row("", State::Issued, Action::Deliver, &[]).by(who).decide().unwrap().act.role;
    assert_eq!(delivered(person(Role::Client)), Role::Client);
    assert_eq!(delivered(person(Role::FrontDesk)), Role::FrontDesk);
    let both = Actor { roles: vec![Role::FrontDesk, Role::Head], ..person(Role::Head) };
    let head = Actor { roles: vec![Role::Head], ..both.clone() };
    let accepted = |who: Actor| row("", State::Received, Action::Accept, &[]).by(who).decide().unwrap().act.role;
    assert_eq!((accepted(both), accepted(head)), (Role::FrontDesk, Role::Head));
}

#[test]
fn the_acceptance_due_date_is_shown_only_while_it_is_due() {
    let mut case = facts(State::Received).case;
    case.due_on = Some(day("2026-03-11"));
    assert_eq!(acceptance_due(&case), Some(day("2026-03-11")));
    case.state = State::Accepted;
    assert_eq!(acceptance_due(&case), None);
}
