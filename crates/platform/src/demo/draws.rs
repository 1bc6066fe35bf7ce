//! The demo's draws: one that is published and waits for its moment, one that is drawn, with its transcript.
//!
//! **Invariant:** both go through the acts of the draws; nothing here writes a draw.

use super::analysis::officer;
use crate::app::App;
use crate::draws::{self, Typed};
use crate::fail::Fail;
use anyhow::{Context, bail};

/// Minutes until the seed of the draw that waits: whoever tries the demo sees it wait, and moves the clock.
const WAITS_MINUTES: i64 = 3 * 24 * 60;
/// A made-up beacon: what is real would be looked up.
const BEACON: (&str, &str, &str) = ("演示信标（虚构）", "第1期", "5e1f00d5ca1ab1e0c0ffee00decade0123456789abcdef00");

fn told(fail: Fail) -> anyhow::Error {
    anyhow::anyhow!("the demo's draws: {fail}")
}

/// Lays both out, the older one first.
///
/// # Errors
/// The database's; a refusal would be a fault of the plan.
pub async fn lay_out(app: &App) -> anyhow::Result<()> {
    let beacon = draws::BeaconRule { name: BEACON.0.into(), round: BEACON.1.into() };
    let panel = Typed {
        purpose: "panel",
        title: "演示：疑难案件专家组（虚构人员）".into(),
        candidates: experts(),
        exclusions: vec![("演示专家03".into(), "与当事人有利害关系（演示）".into())],
        seats: 3,
        uses_log: false,
        beacon: Some(beacon),
        ..inspection()
    };
    draw(app, panel, Some(BEACON.2)).await?;
    draw(app, inspection(), None).await
}

fn inspection() -> Typed {
    Typed {
        purpose: "inspection",
        title: "演示：双随机检查的鉴定机构".into(),
        item: None,
        candidates: Vec::new(),
        exclusions: Vec::new(),
        method: draws::Method::Uniform,
        seats: 2,
        quotas: Vec::new(),
        uses_log: true,
        beacon: None,
        minutes: WAITS_MINUTES,
        parties: Vec::new(),
    }
}

fn experts() -> Vec<draws::Candidate> {
    let expert = |n: usize| draws::Candidate {
        id: format!("YS-{n:02}"),
        name: format!("演示专家{n:02}"),
        weight: 1,
        traits: [("专业".to_owned(), ["法医临床", "法医病理", "影像"][n % 3].to_owned())].into(),
    };
    (1..=12).map(expert).collect()
}

async fn draw(app: &App, typed: Typed, beacon: Option<&str>) -> anyhow::Result<()> {
    let mut tx = officer(app, "supervisor").await?;
    let plan = match draws::plan(app, &mut tx, &typed).await.map_err(told)? {
        Ok(plan) => plan,
        Err(faults) => bail!("the demo's draw is not planned: {faults:?}"),
    };
    let mut record = draws::prepare_draw(&mut tx, plan, typed.minutes, "", "").await.map_err(told)?;
    let facts = draws::store::facts(&mut tx, &record).await.map_err(told)?;
    draws::commit(app, &mut tx, &mut record, &facts).await.map_err(told)?;
    if let Some(value) = beacon {
        let facts = draws::store::facts(&mut tx, &record).await.map_err(told)?;
        draws::draw(&mut tx, &mut record, facts, None, value).await.map_err(told)?;
    }
    tx.conn.commit().await.context("the demo's draw")
}
