//! From what was typed to a plan: candidates of the register, exclusions, and the fairest lottery.
//!
//! **Invariant:** no connection is held while the linear program runs.

use super::forms::Typed;
use crate::app::App;
use crate::db::{Conn, DbError};
use crate::fail::{Fail, Fault};
use crate::log::{self, Log};
use crate::perform::Tx;
use crate::registry::{ItemCode, store};
use crate::text::{Say, say};
use draws::{ALGORITHM, Candidate, Exclusion, Kinds, LogRule, Method, Plan, PlanFault, SeedRule, Unfair, fairest};
use jiff::civil::Date;
use rand::RngCore;
use std::collections::BTreeMap;

/// Kinds that a lottery is made for: the linear program of more would keep a server busy for minutes.
const KINDS_MAX: usize = 600;
/// Institutions read at a time.
const ROWS: i64 = 500;

/// The institutions that may take an item today, or all that hold a valid licence.
pub async fn licensed(conn: &mut Conn, item: Option<&ItemCode>, today: Date) -> Result<Vec<Candidate>, DbError> {
    let narrowed = store::Narrowed { name: String::new(), district: String::new(), item: item.cloned() };
    let mut all = Vec::new();
    for offset in (0..).step_by(ROWS as usize) {
        let (some, total) = store::list_institutions(conn, &narrowed, offset, ROWS).await?;
        for one in some {
            let fits = one
                .licence
                .is_some_and(|licence| licence.is_valid(today) && item.is_none_or(|item| licence.covers(item)));
            if fits {
                let traits = BTreeMap::from([("区县".to_owned(), one.district)]);
                all.push(Candidate { id: one.id, name: one.name, weight: 1, traits });
            }
        }
        if offset + ROWS >= total {
            break;
        }
    }
    Ok(all)
}

/// The name of the public log, from whose checkpoints seeds come.
pub fn origin(app: &App) -> Result<String, Fail> {
    Ok(log::keys(app).map_err(Fail::Internal)?.verifier(Log::Public).name().to_owned())
}

/// The plan of what was typed, its lottery still to be made; or every fault.
pub async fn plan(app: &App, tx: &mut Tx, typed: &Typed) -> Result<Result<Plan, Vec<Fault>>, Fail> {
    let today = tx.today();
    let mut candidates = match typed.candidates.is_empty() {
        true => licensed(&mut tx.conn, typed.item.as_ref(), today).await?,
        false => typed.candidates.clone(),
    };
    let mut faults = Vec::new();
    let mut exclusions = Vec::new();
    for (who, reason) in &typed.exclusions {
        match candidates.iter().position(|one| one.id == *who || one.name == *who) {
            Some(at) => {
                let one = candidates.remove(at);
                exclusions.push(Exclusion { id: one.id, name: one.name, reason: reason.clone() });
            }
            None => faults.push(Fault::new("exclusions", say("候选名单中没有“%{who}”。").with("who", who))),
        }
    }
    let mut salt = [0_u8; 16];
    tx.random.fill_bytes(&mut salt);
    let plan = Plan {
        id: tx.new_id(),
        purpose: typed.purpose.into(),
        title: typed.title.clone(),
        algorithm: ALGORITHM.into(),
        method: typed.method,
        seats: typed.seats,
        candidates,
        exclusions,
        quotas: typed.quotas.clone(),
        lottery: None,
        seed_rule: SeedRule {
            // Size and moment are set when the plan is published.
            log: typed.uses_log.then_some(LogRule { origin: origin(app)?, size: 0, not_before: String::new() }),
            beacon: typed.beacon.clone(),
            parties: typed.parties.clone(),
        },
        salt: salt.iter().map(|byte| format!("{byte:02x}")).collect(),
    };
    faults.extend(plan.list_faults().iter().map(told));
    Ok(if faults.is_empty() { Ok(plan) } else { Err(faults) })
}

/// Gives a stratified plan its lottery. Without a connection held: the linear program takes seconds.
pub async fn with_lottery(mut plan: Plan) -> Result<Result<Plan, Vec<Fault>>, Fail> {
    if plan.method != Method::Stratified {
        return Ok(Ok(plan));
    }
    if Kinds::of(&plan).len() > KINDS_MAX {
        let fault = say("名额把候选者分成了%{n}种以上，请减少特征。").with("n", KINDS_MAX);
        return Ok(Err(vec![Fault::new("quotas", fault)]));
    }
    let answer = tokio::task::spawn_blocking(move || {
        let found = fairest(&plan);
        found.map(|fair| {
            plan.lottery = Some(fair.lottery);
            plan
        })
    });
    match answer.await.map_err(|error| Fail::Internal(error.into()))? {
        Ok(plan) => Ok(Ok(plan)),
        Err(Unfair::NoPanel) => {
            Ok(Err(vec![Fault::new("quotas", say("没有一组人选能同时满足全部名额。请放宽名额或者增加候选者。"))]))
        }
        Err(error) => Err(Fail::Internal(error.into())),
    }
}

/// A plan's fault beside its field.
fn told(fault: &PlanFault) -> Fault {
    let (field, what): (&str, Say) = match fault {
        PlanFault::NoCandidates => ("candidates", say("没有候选者：名册中没有符合条件的机构，或者全部被排除。")),
        PlanFault::TooManyCandidates { .. } => {
            ("candidates", say("候选者最多%{n}个。").with("n", draws::CANDIDATES_MAX))
        }
        PlanFault::FewerCandidates { candidates, seats } => {
            ("seats", say("候选者只有%{n}个，抽不出%{seats}个。").with("n", candidates).with("seats", seats))
        }
        PlanFault::Twice { id } => ("candidates", say("编号“%{id}”出现两次。").with("id", id)),
        PlanFault::Weight { id } => ("candidates", say("“%{id}”的权重不对：不按权重抽取的，不填权重。").with("id", id)),
        PlanFault::QuotaOrder { value, .. } => ("quotas", say("“%{value}”的最少多于最多。").with("value", value)),
        PlanFault::QuotaTwice { value, .. } => ("quotas", say("“%{value}”有两行名额。").with("value", value)),
        PlanFault::PartyTwice { party } => ("parties", say("“%{party}”列了两次。").with("party", party)),
        PlanFault::Excluded { id } => ("exclusions", say("编号“%{id}”出现两次。").with("id", id)),
        other => return Fault::new("title", say("方案有误：%{what}").with("what", other)),
    };
    Fault::new(field, what)
}
