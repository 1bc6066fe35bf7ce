//! The planned cases, carried out through the real write path, in the order of their days.

use super::city::{Act, City, CityCase, CityPerson, Ground as CityGround, MaterialKind, Sex as CitySex};
use super::people::Cast;
use crate::actor::Actor;
use crate::app::App;
use crate::cases::acts::{self, Ready};
use crate::cases::content::*;
use crate::cases::draft::Draft;
use crate::cases::facts::Input;
use crate::cases::store::{Given, Scope};
use crate::custody;
use crate::fail::Fail;
use crate::fees::{self, PayWay, Payment};
use crate::opinions;
use crate::perform::Tx;
use crate::web::Form;
use indicatif::ProgressBar;
use jiff::Timestamp;
use jiff::civil::Date;
use rand::rngs::StdRng;
use std::collections::HashMap;

/// Steps carried out in one transaction; a commit each would wait for the disk 30,000 times.
const STEPS_A_COMMIT: usize = 200;

/// The id of each case that has been entrusted, by its place in the city.
pub type Ids = HashMap<usize, String>;

/// One client in so many has not paid yet.
const UNPAID_ONE_IN: usize = 11;

/// One step of one case.
struct Planned {
    on: Date,
    case: usize,
    act: Act,
}

/// Carries every planned step out, the city's days in order.
///
/// # Errors
/// A refusal names the case and step: the plan and the rules disagree, and one of them is wrong.
pub async fn out(app: &App, city: &City, cast: &Cast, random: &mut StdRng, bar: &ProgressBar) -> anyhow::Result<Ids> {
    let mut planned: Vec<Planned> = city
        .cases
        .iter()
        .enumerate()
        .flat_map(|(case, one)| one.steps.iter().map(move |step| Planned { on: step.on, case, act: step.act }))
        .collect();
    planned.sort_by_key(|step| (step.on, step.case));
    let mut stage = Stage { app, city, cast, ids: HashMap::new(), minute: 0, day: Date::default() };
    for batch in planned.chunks(STEPS_A_COMMIT) {
        let mut tx = open(app, cast, random.clone()).await.map_err(told)?;
        for step in batch {
            tx = stage.step(tx, step).await.map_err(|fail| {
                let case = &city.cases[step.case];
                anyhow::anyhow!(
                    "demo case {} ({:?}), step {:?} on {}: {fail}",
                    step.case,
                    case.stage,
                    step.act,
                    step.on
                )
            })?;
            bar.inc(1);
        }
        *random = tx.random;
        tx.conn.commit().await?;
    }
    Ok(stage.ids)
}

fn told(fail: Fail) -> anyhow::Error {
    anyhow::anyhow!("{fail}")
}

async fn open(app: &App, cast: &Cast, random: StdRng) -> Result<Tx, Fail> {
    let anyone = cast.clients.first().ok_or(Fail::NotFound)?;
    let mut tx = app.write(anyone, "demo").await?;
    tx.random = random;
    tx.papers_later = true;
    tx.is_history = true;
    Ok(tx)
}

struct Stage<'a> {
    app: &'a App,
    city: &'a City,
    cast: &'a Cast,
    ids: Ids,
    day: Date,
    minute: i64,
}

impl Stage<'_> {
    /// The office opens at nine; each step of a day a little later than the one before.
    fn instant(&mut self, on: Date) -> Timestamp {
        if on != self.day {
            self.day = on;
            self.minute = 0;
        }
        self.minute += 1;
        let open =
            on.at(9, 0, 0, 0).to_zoned_datetime(crate::clock::zone()).map(|at| at.timestamp()).unwrap_or_default();
        open.checked_add(jiff::Span::new().seconds(self.minute * 20)).unwrap_or(open)
    }

    async fn step(&mut self, mut tx: Tx, step: &Planned) -> Result<Tx, Fail> {
        let plan = &self.city.cases[step.case];
        tx.now = self.instant(step.on);
        let house = self.cast.institutions.get(plan.institution).ok_or(Fail::NotFound)?;
        let client = self.cast.clients.get(plan.organ).ok_or(Fail::NotFound)?;
        let who = |n: Option<usize>| n.and_then(|n| self.cast.appraisers.get(n)).map(|(_, actor)| actor);
        let (lead, second, reviewer) = (who(plan.lead), who(plan.second), who(plan.reviewer));
        match step.act {
            Act::Write => {
                tx.actor = client.clone();
                let form = typed(plan, &house.id);
                crate::cases::write_draft(&mut tx, &form).await?;
            }
            Act::Submit => {
                tx.actor = client.clone();
                let id = acts::entrust(self.app, &mut tx, entrustment(self.city, plan, &house.id)?).await?;
                self.ids.insert(step.case, id);
            }
            Act::Decline => tx = self.act(tx, step, &house.head, Input::Decline(refusal(plan))).await?,
            Act::Accept => {
                tx = self.act(tx, step, &house.desk, Input::Accept(check(plan, &house.desk.name, step.on))).await?
            }
            Act::Commission => tx = self.act(tx, step, client, Input::Commission).await?,
            Act::Assign => {
                tx.actor = house.desk.clone();
                self.pay(&mut tx, step).await?;
                let team = [plan.lead, plan.second].into_iter().flatten();
                let team = team.filter_map(|n| self.cast.appraisers.get(n)).map(|(one, _)| one.clone()).collect();
                tx = self.act(tx, step, &house.head, Input::Assign { team, reason: String::new() }).await?;
            }
            Act::Begin => {
                for one in [lead, second].into_iter().flatten() {
                    let clear = Declaration { conflicts: Vec::new(), note: String::new() };
                    tx = self.act(tx, step, one, Input::Declare(clear)).await?;
                }
                tx.actor = house.desk.clone();
                let id = self.ids.get(&step.case).ok_or(Fail::NotFound)?;
                custody::receive_announced(self.app, &mut tx, id, "完好").await?;
                tx = self.act(tx, step, lead.ok_or(Fail::NotFound)?, Input::Begin).await?;
            }
            Act::DraftOpinion => {
                let lead = lead.ok_or(Fail::NotFound)?;
                tx = self.act(tx, step, lead, Input::Draft(examination(plan, step.on))).await?;
                let id = self.ids.get(&step.case).ok_or(Fail::NotFound)?;
                opinions::store::save_draft(&mut tx, id, 0, &draft(plan)).await?;
            }
            Act::SubmitOpinion => tx = self.act(tx, step, lead.ok_or(Fail::NotFound)?, Input::SubmitForReview).await?,
            Act::SendBack => {
                let comments =
                    plan.review_remark.clone().unwrap_or_else(|| "请核对分析说明与所附材料是否一致。".into());
                tx = self.act(tx, step, reviewer.ok_or(Fail::NotFound)?, Input::SendBack { comments }).await?;
            }
            Act::Approve => tx = self.approve(tx, step, reviewer.ok_or(Fail::NotFound)?).await?,
            Act::SignFirst => tx = self.act(tx, step, lead.ok_or(Fail::NotFound)?, Input::Sign).await?,
            Act::Issue => {
                tx = self.act(tx, step, second.ok_or(Fail::NotFound)?, Input::Sign).await?;
                let mut ready = self.ready(tx, step, &house.head, Input::Issue).await?;
                opinions::issue(self.app, &mut ready).await?;
                tx = ready.tx;
            }
            Act::Deliver => {
                let receiver = self.city.organs[plan.organ].contact_name.clone();
                let delivery = Delivery { way: DeliveryWay::Online, receiver, on: step.on, copies: 3 };
                tx = self.act(tx, step, &house.desk, Input::Deliver(delivery)).await?;
                let id = self.ids.get(&step.case).ok_or(Fail::NotFound)?;
                custody::return_in_hand(self.app, &mut tx, id, &self.city.organs[plan.organ].contact_name).await?;
            }
            Act::Archive => {
                let shelf = format!("演示档案室{}-{:04}", step.on.year(), step.case);
                tx = self.act(tx, step, &house.archivist, Input::Archive { shelf }).await?;
            }
        }
        Ok(tx)
    }

    /// The client has paid what was agreed, most of the time.
    async fn pay(&self, tx: &mut Tx, step: &Planned) -> Result<(), Fail> {
        if step.case.is_multiple_of(UNPAID_ONE_IN) {
            return Ok(());
        }
        let id = self.ids.get(&step.case).ok_or(Fail::NotFound)?;
        let mut account = fees::find(&mut tx.conn, id).await?.ok_or(Fail::NotFound)?;
        let payment = Payment {
            reference: format!("YS{}{:06}", step.on.year(), step.case),
            way: PayWay::Transfer,
            fen: account.balance.outstanding_fen(),
            payer: self.city.organs[self.city.cases[step.case].organ].name.clone(),
            paid_on: step.on,
            remark: account.payment_code.clone(),
        };
        fees::receive(self.app, tx, &mut account, &payment).await?;
        Ok(())
    }

    async fn ready(&self, mut tx: Tx, step: &Planned, actor: &Actor, input: Input) -> Result<Ready, Fail> {
        tx.actor = actor.clone();
        let id = self.ids.get(&step.case).ok_or(Fail::NotFound)?;
        let scope = Scope::of(actor)?;
        acts::act(self.app, tx, &scope, id, input).await
    }

    async fn act(&self, tx: Tx, step: &Planned, actor: &Actor, input: Input) -> Result<Tx, Fail> {
        let mut ready = self.ready(tx, step, actor, input).await?;
        acts::carry_out(self.app, &mut ready, Given::default()).await?;
        Ok(ready.tx)
    }

    async fn approve(&self, tx: Tx, step: &Planned, reviewer: &Actor) -> Result<Tx, Fail> {
        let review = Review {
            procedure: "委托受理、鉴定人指派、回避、材料流转、鉴定时限和实时记录均符合规定。".into(),
            opinion: "鉴定方法选用恰当，依据充分，论证完整，鉴定意见表述准确。".into(),
            by: reviewer.name.clone(),
            on: step.on,
        };
        let mut ready = self.ready(tx, step, reviewer, Input::Approve(review)).await?;
        opinions::review_paper(self.app, &mut ready).await?;
        Ok(ready.tx)
    }
}

fn purpose(text: &str) -> Purpose {
    match text {
        text if text.contains("刑事") => Purpose::Criminal,
        text if text.contains("行政") => Purpose::Administrative,
        text if text.contains("民事") => Purpose::Civil,
        text if text.contains("保险") || text.contains("理赔") => Purpose::Insurance,
        text if text.contains("调解") => Purpose::Mediation,
        _ => Purpose::Other,
    }
}

fn letter(plan: &CityCase) -> String {
    format!("（{}）演委鉴字第{}号", plan.received_on.year(), plan.received_on.day_of_year())
}

pub(super) fn examinee(plan: &CityCase) -> Examinee {
    let person = |one: &CityPerson| Examinee {
        name: one.name.clone(),
        sex: Some(if one.sex == CitySex::Male { Sex::Male } else { Sex::Female }),
        birth: Some(one.born_on),
        id_number: one.id_number.clone(),
        phone: one.phone.clone(),
        address: String::new(),
    };
    plan.examinee.as_ref().map_or_else(
        || Examinee {
            name: plan.object.clone(),
            sex: None,
            birth: None,
            id_number: String::new(),
            phone: String::new(),
            address: String::new(),
        },
        person,
    )
}

fn entrustment(city: &City, plan: &CityCase, institution_id: &str) -> Result<Entrustment, Fail> {
    let item = plan.item.parse().map_err(|error| Fail::Internal(anyhow::Error::new(error)))?;
    let organ = &city.organs[plan.organ];
    Ok(Entrustment {
        institution_id: institution_id.into(),
        item,
        matter: plan.matter.clone(),
        purpose: purpose(&plan.purpose),
        reappraisal: plan.reappraisal.then(|| Earlier {
            institution: "演示·外地司法鉴定中心".into(),
            appraisers: "甲某、乙某".into(),
            ground: "委托人认为原鉴定依据不足，决定重新鉴定。".into(),
            case_id: None,
            special_reason: String::new(),
        }),
        case_facts: plan.case_facts.clone(),
        client: ClientContact {
            name: organ.name.clone(),
            address: organ.address.clone(),
            contact: organ.contact_name.clone(),
            phone: organ.phone.clone(),
            officer: organ.contact_name.clone(),
            letter: letter(plan),
        },
        examinee: examinee(plan),
        materials: materials(plan),
        materials_confirmed: true,
        injury: None,
        recusal_wish: String::new(),
        delivery: DeliveryWay::Online,
        supplements: None,
    })
}

pub(super) fn materials(plan: &CityCase) -> Vec<Material> {
    let kind = |kind: MaterialKind| match kind {
        MaterialKind::Document => "文件资料",
        MaterialKind::Specimen => "检材",
        MaterialKind::Object => "物品",
        MaterialKind::Sample => "样本",
        MaterialKind::Data => "电子数据",
    };
    plan.materials
        .iter()
        .map(|one| Material {
            name: one.name.clone(),
            kind: kind(one.kind).into(),
            quantity: format!("{}{}", one.quantity, one.unit),
            properties: format!("{}，{}", one.properties, one.preservation),
        })
        .collect()
}

/// A draft that its client has not sent yet, as typed so far.
fn typed(plan: &CityCase, institution_id: &str) -> Form {
    let mut form = Form::default();
    form.set("institution_id", institution_id);
    form.set("item", &plan.item);
    form.set("matter", &plan.matter);
    form.set("case_facts", &plan.case_facts);
    form.set("examinee_name", examinee(plan).name);
    form.set("client_letter", letter(plan));
    form.set("purpose", purpose(&plan.purpose).word());
    form.set("delivery", "online");
    form
}

fn refusal(plan: &CityCase) -> Refusal {
    let ground = match plan.stage {
        super::city::Stage::Declined(CityGround::Na1) => Ground::Scope,
        super::city::Stage::Declined(CityGround::Na2) => Ground::Materials,
        super::city::Stage::Declined(CityGround::Na3) => Ground::Purpose,
        super::city::Stage::Declined(CityGround::Na4) => Ground::Requirement,
        super::city::Stage::Declined(CityGround::Na5) => Ground::Ability,
        super::city::Stage::Declined(CityGround::Na6) => Ground::Elsewhere,
        _ => Ground::Other,
    };
    Refusal {
        grounds: vec![ground],
        explanation: plan.decline_reason.clone().unwrap_or_default(),
        returned: "鉴定材料已全部原样退还委托人。".into(),
    }
}

fn check(plan: &CityCase, by: &str, on: Date) -> AcceptanceCheck {
    AcceptanceCheck {
        answers: Check::CHOICES.iter().map(|(_, _, one)| *one).collect(),
        remarks: String::new(),
        early_reason: String::new(),
        agreement: Agreement {
            term_workdays: u16::try_from(plan.limit_workdays).unwrap_or(30),
            limit_by: LimitBy::Agreed,
            fee_fen: 240_000,
            fee_way: "受理时一次收取".into(),
            quote: Vec::new(),
            materials_return: MaterialsReturn::Whole,
            collect_weeks: 4,
            other: String::new(),
        },
        by: by.into(),
        on,
        // Counts only where the made-up city happens to hold the same matter twice.
        elsewhere: Some(Elsewhere {
            choice: ElsewhereChoice::Different,
            reason: "已电话向委托人核实，两次委托的事件不同。".into(),
            seen: Vec::new(),
        }),
    }
}

fn examination(plan: &CityCase, on: Date) -> Examination {
    let opinion = plan.opinion.as_ref();
    let method = opinion.map(|one| one.methods.join("；")).filter(|text| !text.is_empty());
    let text = |part: Option<&String>, otherwise: &str| {
        part.filter(|text| !text.is_empty()).cloned().unwrap_or_else(|| otherwise.into())
    };
    Examination {
        from: plan.day_of(Act::Begin).unwrap_or(on),
        to: on,
        place: text(opinion.map(|one| &one.place), "本机构实验室"),
        present: text(opinion.map(|one| &one.present), "无"),
        tier: MethodTier::Industry,
        method: method.unwrap_or_else(|| "本专业行业技术规范".into()),
        validation: String::new(),
        record: text(opinion.map(|one| &one.process), "按照所列方法进行检验，详见鉴定记录。"),
    }
}

pub(super) fn draft(plan: &CityCase) -> Draft {
    let Some(one) = &plan.opinion else { return Draft::default() };
    Draft {
        case_facts: plan.case_facts.clone(),
        data_abstract: one.digest.clone(),
        process: one.process.clone(),
        analysis: one.analysis.clone(),
        opinion: one.conclusion.clone(),
        annexes: one.annexes.join("\n"),
        ..Draft::default()
    }
}
