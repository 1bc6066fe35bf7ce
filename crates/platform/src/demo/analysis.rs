//! The demo's ring and what became of what was found: old cases of eight institutions with a planted ring at the first, a
//! run of a month ago, leads in every state, and a run of last night.
//!
//! **Invariant:** leads are raised by the detectors and moved by the rules; nothing here writes a lead.

use super::city::City;
use super::people::Cast;
use crate::accounts;
use crate::analysis::{self, Input, facts, fill, plant, runs};
use crate::app::App;
use crate::fail::Fail;
use crate::jobs;
use crate::perform::Tx;
use crate::values;
use anyhow::Context;
use jiff::civil::Date;
use jiff::{Span, ToSpan};
use rand::SeedableRng;
use rand::rngs::StdRng;
use screening::sector::Sector;

/// From so many cases on a demo has its ring without being asked: a city to show, not a small one to try.
pub const CASES_LEAST: usize = 1_000;
/// Days ago that the first run was; the ring's last case lies before it.
const FIRST_RUN: i64 = 35;
/// Appraisers that an institution of the ring's city needs.
const APPRAISERS_LEAST: usize = 4;
/// The demo's cases are few: a weaker lead is shown too.
const Q_MAX: f64 = 0.2;

fn told(fail: Fail) -> anyhow::Error {
    anyhow::anyhow!("the demo's analysis: {fail}")
}

/// Plants the ring, runs the screen, and lets the supervisors work on a part of what it finds.
///
/// # Errors
/// The database's; a refusal would be a fault of the plan.
pub async fn plant(app: &App, city: &City, cast: &Cast, seed: u64) -> anyhow::Result<()> {
    let today = app.clock.today();
    let then = today.checked_sub(Span::new().days(FIRST_RUN)).unwrap_or(today);
    let sector = plant::ring(seed, facts::day(then))?;
    let houses = houses(city, cast, &sector)?;
    fill::cases(app, &sector, &houses, "演示·", StdRng::seed_from_u64(seed), |_, _| {}).await.map_err(told)?;
    app.clock.move_to(then);
    let done = history(app, then, today).await;
    app.clock.move_to(today);
    done?;
    run(app).await
}

/// The first institutions with enough appraisers stand for the ring's city.
fn houses(city: &City, cast: &Cast, sector: &Sector) -> anyhow::Result<Vec<fill::House>> {
    let mut houses = Vec::new();
    for (n, (house, one)) in cast.institutions.iter().zip(&city.institutions).enumerate() {
        let people = city.appraisers.iter().zip(&cast.appraisers).filter(|(plan, _)| plan.institution == n);
        let appraisers: Vec<_> = people.map(|(_, (one, _))| (one.id.clone(), one.name.clone())).collect();
        if appraisers.len() >= APPRAISERS_LEAST && houses.len() < sector.institutions.len() {
            houses.push(fill::House { id: house.id.clone(), short_name: one.short_name.clone(), appraisers });
        }
    }
    if houses.len() < sector.institutions.len() {
        anyhow::bail!("the demo has only {} institutions with enough appraisers", houses.len());
    }
    Ok(houses)
}

pub(super) async fn officer(app: &App, login: &str) -> anyhow::Result<Tx> {
    let actor = accounts::actor_of(&mut app.db.read().await?, login).await?;
    let actor = actor.with_context(|| format!("the demo has no account {login}"))?;
    Ok(app.write(&actor, "demo").await?)
}

async fn run(app: &App) -> anyhow::Result<()> {
    let mut tx = officer(app, "supervisor").await?;
    let parameters = runs::Parameters { from: None, q_max: Q_MAX };
    runs::request(&mut tx, app.db.engine(), parameters, None).await.map_err(told)?;
    tx.conn.commit().await?;
    jobs::run_due(app, crate::JOBS).await?;
    Ok(())
}

/// A lead of the first run by kind, the strongest first.
async fn leads(app: &App, entity: &str) -> anyhow::Result<Vec<String>> {
    let sql = "select id from lead where entity = $1 order by q_ppm, number";
    let rows = app.db.read().await?.all(sql, values![entity]).await?;
    Ok(rows.iter().map(|row| row.get("id")).collect::<Result<_, _>>()?)
}

async fn act(app: &App, login: &str, lead: &str, input: Input<'_>) -> anyhow::Result<()> {
    let mut tx = officer(app, login).await?;
    analysis::act(app, &mut tx, lead, None, &input).await.map_err(told)?;
    tx.conn.commit().await?;
    Ok(())
}

const QUESTION: &str = "请逐案说明委托来源、检查经过和评定等级的依据，并提供检查记录与影像。";
const ANSWER: &str = "本机构已调取所列案卷逐一核对：检查记录、影像与评定依据齐全，案件来源为委托人自行选择。";

/// What happened to leads since the first run. The ring's institution itself is left for who tries the demo.
async fn history(app: &App, then: Date, today: Date) -> anyhow::Result<()> {
    run(app).await?;
    let (lawyers, appraisers) = (leads(app, "lawyer").await?, leads(app, "appraiser").await?);
    let head = "head-01";
    if let Some(lead) = appraisers.first() {
        act(app, "supervisor", lead, Input::TakeUp { note: "先看同一鉴定人办理的法院案件。" }).await?;
        act(app, "supervisor", lead, Input::Ask { question: QUESTION, workdays: 10 }).await?;
        app.clock.move_to(then.saturating_add(6.days()));
        act(
            app,
            head,
            lead,
            Input::Answer {
                answer: "所列案件检查时间偏短，系记录不完整。已责令补充说明并培训。"
            },
        )
        .await?;
        act(app, "supervisor", lead, Input::Propose { reason: "抽查八卷，检查记录缺失五卷，与影像不符两卷。" }).await?;
        act(app, "supervisor-2", lead, Input::Concur { reason: "另行抽查四卷，情况一致，同意确认。" }).await?;
    }
    if let Some(lead) = lawyers.first() {
        act(app, "supervisor-2", lead, Input::TakeUp { note: "" }).await?;
        act(app, "supervisor-2", lead, Input::Dismiss { reason: "该所专做重伤案件，各机构的等级都高，属合理解释。" })
            .await?;
    }
    app.clock.move_to(today.saturating_sub(9.days()));
    if let Some(lead) = lawyers.get(1) {
        act(app, "supervisor", lead, Input::TakeUp { note: "" }).await?;
        act(app, "supervisor", lead, Input::Ask { question: QUESTION, workdays: 10 }).await?;
        app.clock.move_to(today.saturating_sub(2.days()));
        act(app, head, lead, Input::Answer { answer: ANSWER }).await?;
    }
    if let Some(lead) = appraisers.get(1) {
        act(app, "supervisor", lead, Input::TakeUp { note: "" }).await?;
        act(app, "supervisor", lead, Input::Ask { question: QUESTION, workdays: 5 }).await?;
    }
    Ok(())
}
