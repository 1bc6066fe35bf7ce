//! 描述性指标: markets, impossible days and rates of a run: made at its end, kept beside it, read by their pages.
//!
//! **Invariant:** what is kept has ids and no names; names are looked up when it is shown, so that a page never shows an old one.

use super::facts::Known;
use super::runs::{self, Figures, Run};
use super::{markets, rates, workload};
use crate::app::App;
use crate::db::{Conn, DbError, Value};
use crate::fail::Fail;
use crate::files::{self, Stored};
use crate::perform::Tx;
use crate::registry;
use anyhow::Context;
use screening::sector::Sector;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::sync::Arc;

/// Names looked up in one statement.
const NAMES_AT_ONCE: usize = 500;

/// Figures that are stored and not yet recorded.
pub(super) struct Made {
    market: Stored,
    workload: Stored,
    rates: Stored,
}

impl Made {
    /// Records the files; where they are.
    ///
    /// # Errors
    /// The database's.
    pub(super) async fn keep(self, tx: &mut Tx) -> Result<Figures, Fail> {
        for stored in [&self.market, &self.workload, &self.rates] {
            files::record(&mut tx.conn, stored, tx.now).await?;
        }
        let Self { market, workload, rates } = self;
        Ok(Figures { market: market.sha256, workload: workload.sha256, rates: rates.sha256 })
    }
}

/// Computes and stores the figures of a run's extract.
///
/// # Errors
/// The disk's.
pub(super) async fn made(app: &App, sector: Arc<Sector>, known: Arc<Known>) -> Result<Made, Fail> {
    let work = tokio::task::spawn_blocking(move || -> anyhow::Result<[Vec<u8>; 3]> {
        Ok([
            json(&markets::made(&sector, &known))?,
            json(&workload::made(&sector, &known))?,
            json(&rates::made(&sector, &known))?,
        ])
    });
    let [market, workload, rates] = work.await.context("the figures broke off")?.map_err(Fail::Internal)?;
    Ok(Made {
        market: app.files.put(market, JSON).await?,
        workload: app.files.put(workload, JSON).await?,
        rates: app.files.put(rates, JSON).await?,
    })
}

const JSON: &str = "application/json";

fn json(kept: &impl Serialize) -> anyhow::Result<Vec<u8>> {
    serde_json::to_vec(kept).context("figures are no JSON")
}

/// The newest run and what it kept; nothing of a run that was made before figures were.
///
/// # Errors
/// The database's or the disk's; a file that cannot be read.
pub(super) async fn newest<K: DeserializeOwned>(
    app: &App,
    conn: &mut Conn,
    which: fn(&Figures) -> &String,
) -> Result<(Option<Run>, Option<K>), Fail> {
    let run = runs::newest_done(conn).await?;
    let Some(sha256) = run.as_ref().and_then(|run| run.summary.figures.as_ref()).map(which) else {
        return Ok((run, None));
    };
    let bytes = app.files.bytes(sha256).await?;
    let kept = serde_json::from_slice(&bytes).context("kept figures cannot be read").map_err(Fail::Internal)?;
    Ok((run, Some(kept)))
}

/// Names of all institutions by their ids.
///
/// # Errors
/// The database's.
pub(super) async fn institution_names(conn: &mut Conn) -> Result<HashMap<String, String>, DbError> {
    Ok(registry::store::institution_names(conn).await?.into_iter().collect())
}

/// Names of some appraisers by their ids.
///
/// # Errors
/// The database's.
pub(super) async fn appraiser_names(conn: &mut Conn, ids: &[&str]) -> Result<HashMap<String, String>, DbError> {
    let mut names = HashMap::new();
    for some in ids.chunks(NAMES_AT_ONCE) {
        let bound: Vec<Value> = some.iter().map(|id| Value::from(*id)).collect();
        let sql = format!("select id, name from appraiser where id in ({})", slots(some.len()));
        for row in conn.all(sql, &bound).await? {
            names.insert(row.get("id")?, row.get("name")?);
        }
    }
    Ok(names)
}

/// `$1, $2, …`
pub(super) fn slots(many: usize) -> String {
    (1..=many).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
}

/// The ids of the sector's institutions, in their order.
pub(super) fn institutions(sector: &Sector, known: &Known) -> Vec<String> {
    let id = |n: u32| known.institutions.get(sector.institution_ids.name(n)).cloned().unwrap_or_default();
    (0..sector.institutions.len() as u32).map(id).collect()
}

/// A share in percent.
pub(super) fn percent(share: f64) -> String {
    format!("{:.1}%", share * 100.0)
}

/// A word as part of an address.
pub(super) fn in_address(word: &str) -> String {
    word.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
