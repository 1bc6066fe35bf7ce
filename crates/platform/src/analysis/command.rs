//! `sijian generate city … --database URL|--data DIR`: a synthetic city's cases in an installation's database.
//!
//! **Invariant:** only an installation without institutions is filled: made-up cases never stand among real ones.

use super::fill;
use crate::app::{App, Config};
use crate::clock::Clock;
use crate::db::Database;
use anyhow::{Context, bail};
use screening::city::{self, City};
use screening::command::CityArgs;
use screening::progress::Watcher;
use serde_json::json;
use std::path::PathBuf;

/// Where files go when only a database is named.
const DATA: &str = "data";

/// Draws the city and writes it; a sentence, or JSON.
///
/// # Errors
/// A plan that does not fit, a database that cannot be opened or that holds institutions already.
pub async fn generate(args: &CityArgs, watcher: &dyn Watcher) -> anyhow::Result<String> {
    let plan = args.plan().map_err(anyhow::Error::msg)?;
    let data = args.data.clone().unwrap_or_else(|| PathBuf::from(DATA));
    std::fs::create_dir_all(&data).with_context(|| format!("the folder {} cannot be made", data.display()))?;
    let database = match &args.database {
        Some(url) => Database::postgres(url).await?,
        None => Database::sqlite(&data.join("sijian.db")).await?,
    };
    let app = App::new(Config::under(&data), database, Clock::default())?;
    if app.db.read().await?.count("select count(*) from institution", &[]).await? > 0 {
        bail!("the database holds institutions already; a city is generated into an empty installation only");
    }
    let city = City::draw(&plan, watcher)?;
    let sector = city::extract(&city).context("the city does not fit together")?;
    let filled = fill::city(&app, &sector, plan.seed, |done, whole| watcher.progress("database", done, whole))
        .await
        .map_err(|fail| anyhow::anyhow!("{fail}"))?;
    app.db.close().await;
    if args.json {
        return Ok(json!({
            "cases": filled.cases, "reappraisals": filled.reappraisals, "institutions": filled.institutions,
            "appraisers": filled.appraisers, "seed": plan.seed,
        })
        .to_string());
    }
    Ok(format!(
        "{} cases, {} re-appraisals as cases of their own, {} institutions, {} appraisers. Left out: coordinates, complaints.",
        filled.cases, filled.reappraisals, filled.institutions, filled.appraisers
    ))
}
