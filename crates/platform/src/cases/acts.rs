//! Acts on a case, from the form that was sent to the committed transaction.

use super::code::new_code;
use super::content::{Content, Entrustment, Material};
use super::facts::{Facts, Input, Record};
use super::forms::{self, About};
use super::rules::{self, Decision};
use super::steps::{Action, Case, State};
use super::store::{self, Given, Scope};
use super::{elsewhere, law, making, progress};
use crate::accounts::StepUp;
use crate::actor::{Actor, Role};
use crate::app::App;
use crate::custody;
use crate::fail::{Fail, Fault, Objection};
use crate::fees;
use crate::papers::Ahead;
use crate::perform::{Act, Subject, Tx};
use crate::registry;
use crate::text::say;
use crate::web::{Form, Signed};
use procedure::Procedure;
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::json;
use std::pin::Pin;

/// An act that the rules allow, in its open transaction; nothing is written yet.
pub struct Ready {
    pub tx: Tx,
    pub facts: Facts,
    pub decision: Decision,
    pub action: Action,
    /// Where a document is signed: by what, which text, from which sign-in; kept in the event.
    pub signature: Option<serde_json::Value>,
}

/// Why an act did not get ready, for the page to show beside what was typed.
#[derive(Debug)]
pub enum Unready {
    Faults(Vec<Fault>),
    Objections(Vec<Objection>),
    /// Someone changed the case after the form was opened.
    Changed,
}

/// Reads the form and lets the rules decide, inside a new transaction.
///
/// # Errors
/// [`Fail`] for what no form can mend: a case out of scope, a busy database.
pub async fn prepare(
    app: &App,
    who: &Signed,
    id: &str,
    action: Action,
    form: &Form,
) -> Result<Result<Ready, Unready>, Fail> {
    let step_up = step_up(app, who, action, form).await?;
    prepare_with(app, who, id, action, form, step_up).await
}

/// Who signs, where the action is signed: judged before the transaction, since it takes as long as many a whole act. An
/// empty password is the form's fault.
async fn step_up(app: &App, who: &Signed, action: Action, form: &Form) -> Result<Option<StepUp>, Fail> {
    match form.text("password") {
        password if forms::SIGNED_STEPS.contains(&action) && !password.is_empty() => {
            Ok(Some(StepUp::judge(app, who, password, form.text("code")).await?))
        }
        _ => Ok(None),
    }
}

async fn prepare_with(
    app: &App,
    who: &Signed,
    id: &str,
    action: Action,
    form: &Form,
    step_up: Option<StepUp>,
) -> Result<Result<Ready, Unready>, Fail> {
    let scope = Scope::of(&who.actor)?;
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    let today = tx.today();
    let facts = store::facts(&mut tx.conn, &scope, id, today).await?;
    // A form that does not say which version it was opened at is not one that was opened now.
    if form.text("version").parse::<i64>() != Ok(facts.case.version) {
        return Ok(Err(Unready::Changed));
    }
    let facts = with_what_is_owed(&mut tx, facts, action).await?;
    let appraisers = choosable(&mut tx, &facts, action).await?;
    let about = About { actor: &who.actor, today, facts: &facts, appraisers: &appraisers };
    let input = match forms::input(action, form, &about) {
        None => return Err(Fail::NotFound),
        Some(Err(faults)) => return Ok(Err(Unready::Faults(faults))),
        Some(Ok(input)) => input,
    };
    let ready = match decide(app, tx, facts, input, &who.actor) {
        Ok(ready) => ready,
        Err(unready) => return Ok(Err(unready)),
    };
    match step_up {
        Some(step_up) => sign(who, ready, step_up, form).await,
        None if forms::SIGNED_STEPS.contains(&action) => Err(Fail::SignIn),
        None => Ok(Ok(ready)),
    }
}

/// An act that is being carried out.
pub type Carried<'a> = Pin<Box<dyn Future<Output = Result<(), Fail>> + Send + 'a>>;

/// Times an act is begun anew because what it prints changed while it was signed: a number that another took.
const TRIES: usize = 5;

/// As [`prepare`], and carried out by `carry`, whose signed paper is made while no transaction is open: the time-stamp
/// authority may take its time and hold nobody up. What is returned is to be committed.
///
/// First everything is done in a transaction that is taken back, to learn what is printed; then that is printed, signed and
/// stamped; then everything is decided and done anew, and the paper is used if it says the same.
///
/// # Errors
/// As [`prepare`] and `carry`; without a stamp nothing is done.
pub async fn prepare_and_carry(
    app: &App,
    who: &Signed,
    id: &str,
    action: Action,
    form: &Form,
    carry: for<'a> fn(&'a App, &'a mut Ready) -> Carried<'a>,
) -> Result<Result<Ready, Unready>, Fail> {
    // The same randomness each time: the check code is printed.
    let seed: [u8; 32] = rand::random();
    let step_up = step_up(app, who, action, form).await?;
    let mut finished = None;
    for _ in 0..TRIES {
        let mut ready = match prepare_with(app, who, id, action, form, step_up.clone()).await? {
            Ok(ready) => ready,
            Err(unready) => return Ok(Err(unready)),
        };
        ready.tx.random = StdRng::from_seed(seed);
        ready.tx.ahead = Some(Ahead { finished: finished.take(), ordered: None });
        let done = carry(app, &mut ready).await;
        match ready.tx.ahead.take().and_then(|ahead| ahead.ordered) {
            None => return done.map(|()| Ok(ready)),
            Some(order) => {
                drop(ready);
                finished = Some(app.papers.finish(order).await?);
            }
        }
    }
    Err(Fail::refused(say("同一机构同时签发了多份文书，这一份没有签成。"), "", say("案件没有变动。请稍后再办理一次。")))
}

/// Binds the act to the person, once more, and to the text that was seen. The last question before anything is written: a
/// code is not used up for an act that is refused, and a wrong one leaves a trace of its own.
async fn sign(who: &Signed, mut ready: Ready, step_up: StepUp, form: &Form) -> Result<Result<Ready, Unready>, Fail> {
    let bound = bound_to(&ready);
    if let Some((field, _, _)) = bound.as_ref().filter(|(field, _, sha256)| form.text(field) != *sha256) {
        let changed = say("意见书的文本与您打开此页时不同，请重新通读后再签名。");
        return Ok(Err(Unready::Faults(vec![Fault::new(*field, changed)])));
    }
    let mut signature = json!({ "session": who.visitor.session });
    if let Some((_, draft, sha256)) = bound {
        if let Some(version) = draft {
            signature["draft"] = json!(version);
        }
        signature["sha256"] = json!(sha256);
    }
    match step_up.confirm(&mut ready.tx.conn).await? {
        Ok(proven) => {
            signature["proof"] = json!(proven.word());
            ready.signature = Some(signature);
            Ok(Ok(ready))
        }
        Err(faults) => {
            ready.tx.conn.commit().await?;
            Ok(Err(Unready::Faults(faults)))
        }
    }
}

/// What is signed: the form's field that says what was seen, the draft's version, the hash. An issued opinion is known by its
/// file; a correction has a text of its own.
fn bound_to(ready: &Ready) -> Option<(&'static str, Option<i64>, &str)> {
    let facts = &ready.facts;
    match ready.action {
        Action::Correct => None,
        Action::WithdrawOpinion => facts.opinion.as_ref().map(|one| ("opinion_sha256", None, one.sha256.as_str())),
        _ => facts.draft.as_ref().map(|text| ("draft_sha256", Some(text.version), text.sha256.as_str())),
    }
}

/// For a termination: why non-payment would be no ground; read only then.
async fn with_what_is_owed(tx: &mut Tx, mut facts: Facts, action: Action) -> Result<Facts, Fail> {
    if action == Action::Terminate {
        let account = fees::find(&mut tx.conn, &facts.case.id).await?;
        facts.non_payment = account.as_ref().map(fees::relief::non_payment_objections).unwrap_or_default();
    }
    Ok(facts)
}

async fn choosable(tx: &mut Tx, facts: &Facts, action: Action) -> Result<Vec<registry::Appraiser>, Fail> {
    if matches!(action, Action::Assign | Action::Replace) {
        Ok(registry::store::appraisers_of(&mut tx.conn, &facts.case.institution_id).await?)
    } else {
        Ok(Vec::new())
    }
}

fn decide(app: &App, tx: Tx, facts: Facts, input: Input, actor: &Actor) -> Result<Ready, Unready> {
    let action = input.action();
    match rules::decide(&facts, input, actor, tx.today(), &app.calendar) {
        Ok(decision) => Ok(Ready { tx, facts, decision, action, signature: None }),
        Err(objections) => Err(Unready::Objections(objections)),
    }
}

/// Decides on an input that comes from no form (the demo city, an import), in the given transaction.
///
/// # Errors
/// The rules' objections, as a refusal.
pub async fn act(app: &App, tx: Tx, scope: &Scope, id: &str, input: Input) -> Result<Ready, Fail> {
    let mut tx = tx;
    let today = tx.today();
    let facts = store::facts(&mut tx.conn, scope, id, today).await?;
    let facts = with_what_is_owed(&mut tx, facts, input.action()).await?;
    let actor = tx.actor.clone();
    decide(app, tx, facts, input, &actor).map_err(|unready| match unready {
        Unready::Objections(objections) => Fail::Refused(objections),
        Unready::Faults(_) | Unready::Changed => Fail::changed_meanwhile(),
    })
}

/// Writes what was decided: case, event, terms, and the papers of the step. The caller commits.
///
/// # Errors
/// [`Fail::Conflict`] when another was faster; a paper that cannot be printed refuses the whole act.
pub async fn carry_out(app: &App, ready: &mut Ready, given: Given) -> Result<(), Fail> {
    let Ready { tx, facts, decision, action, signature } = ready;
    let mut given = given;
    if let Some(signature) = signature.take() {
        if !decision.act.detail.is_object() {
            decision.act.detail = json!({});
        }
        decision.act.detail["signature"] = signature;
    }
    if decision.gives_code {
        let year = tx.today().year();
        given.code = Some(new_code(&app.config.case_code, year, &mut tx.random));
    }
    if let Some(entrustment) = decision.opens.take() {
        let follow_up = entrust(app, tx, *entrustment).await?;
        decision.content.follow_ups.push(follow_up);
    }
    store::carry_out(tx, &facts.case, decision, &given).await?;
    if let (Action::Draft, Some(examination)) = (*action, &decision.content.examination) {
        super::records::summarise(tx, facts, examination, &app.calendar).await?;
    }
    if *action == Action::SendBack || *action == Action::SubmitForReview {
        store::forget_signatures(tx, &facts.case.id).await?;
    }
    if matches!(*action, Action::Decline | Action::Terminate | Action::Withdraw) {
        custody::not_brought(tx, &facts.case.id).await?;
    }
    if *action == Action::Supplement {
        let answered = decision.content.supplements.iter().rev().find_map(|one| one.answer.as_ref());
        let materials = answered.map(|answer| answer.materials.as_slice()).unwrap_or_default();
        announce(tx, &facts.case, materials).await?;
    }
    charge(tx, &facts.case.id, *action, &decision.content).await?;
    if let (Action::Accept, Some(check)) = (*action, &decision.content.check) {
        elsewhere::flag(tx, &facts.case, check).await?;
    }
    let code = given.code.as_deref().or(facts.case.code.as_deref()).map(str::to_owned);
    making::papers(app, tx, facts, *action, &decision.content, code.as_deref()).await?;
    Ok(())
}

/// What acceptance quotes and the commission agrees, on the case's fee account.
async fn charge(tx: &mut Tx, case_id: &str, action: Action, content: &Content) -> Result<(), Fail> {
    let Some(check) = &content.check else { return Ok(()) };
    match action {
        Action::Accept => fees::record_quote(tx, case_id, check.agreement.quoted()).await,
        Action::Commission => fees::agree(tx, case_id, check.agreement.fee_fen, &check.agreement.fee_way).await,
        _ => Ok(()),
    }
}

/// T01: an entrustment becomes a case, received today.
///
/// # Errors
/// A refusal when the institution is none; the caller has read the form.
pub async fn entrust(app: &App, tx: &mut Tx, entrustment: Entrustment) -> Result<String, Fail> {
    let actor = tx.actor.clone();
    let step = procedure::step::<Case>(None, Action::Entrust, &actor.roles)
        .map_err(|no| Fail::Refused(vec![rules::not_now(no, State::Received, Action::Entrust)]))?;
    let client = actor.organisation_id.clone().ok_or_else(no_client)?;
    let institution = registry::store::find_institution(&mut tx.conn, &entrustment.institution_id).await?;
    let region = institution.ok_or_else(no_institution)?.region;
    let id = tx.new_id();
    let received_on = tx.today();
    let act = Act {
        step: step.number,
        action: Action::Entrust.word().into(),
        article: step.article,
        role: Role::Client,
        from: None,
        to: step.to.word().into(),
        terms: vec![rules::acceptance_term(&region, received_on, &app.calendar)],
        detail: json!({ "item": entrustment.item, "materials": entrustment.materials, "letter": entrustment.client.letter }),
    };
    let subject = Subject { procedure: Case::NAME, id: id.clone(), version: 0 };
    let due = tx.perform(&subject, &act).await?;
    let record = Record {
        id: id.clone(),
        version: 1,
        state: step.to,
        institution_id: entrustment.institution_id.clone(),
        client_organisation_id: client,
        client_account_id: actor.account_id.clone(),
        code: None,
        opinion_number: None,
        received_on,
        due_on: due.on,
        due_provisional: due.provisional,
        content: Content::new(entrustment),
    };
    let client_name = record.content.entrustment.client.name.clone();
    store::create(tx, &record, &client_name, &due).await?;
    announce(tx, &record, &record.content.entrustment.materials).await?;
    let opening = fees::Opening {
        procedure: Case::NAME,
        subject_id: &id,
        institution_id: &record.institution_id,
        client_organisation_id: &record.client_organisation_id,
    };
    fees::open(tx, &opening).await?;
    elsewhere::remember(app, tx, &id, &record.content.entrustment).await?;
    progress::number(tx, &id).await?;
    Ok(id)
}

/// Whose a case's materials are.
pub fn material_owners(case: &Record) -> custody::Owners {
    custody::Owners {
        procedure: Case::NAME.into(),
        subject_id: case.id.clone(),
        label: case.content.entrustment.examinee.name.clone(),
        institution_id: case.institution_id.clone(),
        client_organisation_id: case.client_organisation_id.clone(),
    }
}

/// Materials enter custody: with the client until the front desk receives them.
async fn announce(tx: &mut Tx, case: &Record, materials: &[Material]) -> Result<(), Fail> {
    let owners = material_owners(case);
    let announced = |one: &Material| custody::Announced {
        name: one.name.clone(),
        kind: one.kind.clone(),
        quantity: one.quantity.clone(),
        properties: one.properties.clone(),
    };
    let materials: Vec<custody::Announced> = materials.iter().map(announced).collect();
    custody::open(&mut tx.conn, &[(&owners, case.received_on)]).await?;
    custody::register(tx, &owners, &materials, case.received_on).await
}

fn no_client() -> Fail {
    Fail::refused(say("您的账号没有所属的委托单位。"), law::SH21, say("请联系安全管理员，为账号补充所属单位。"))
}

fn no_institution() -> Fail {
    Fail::refused(say("所选的鉴定机构不在名册内。"), law::T12, say("请返回重新选择鉴定机构。"))
}
