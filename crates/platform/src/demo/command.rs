//! `sijian demo`: builds the city when it is not there yet, then serves it.

use super::{analysis, carry, city, clock, detours, draws, people};
use crate::actor::Actor;
use crate::app::{App, Config};
use crate::clock::Clock;
use crate::db::Database;
use crate::signing;
use crate::text::Lang;
use crate::values;
use anyhow::{Context, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::path::{Path, PathBuf};

/// Institutions and appraisers of the demo city (rules.md §9.3 sizes Shanghai so).
const INSTITUTIONS: usize = 60;
const APPRAISERS: usize = 900;

#[derive(Args, Clone, Debug)]
pub struct DemoArgs {
    /// Folder of the demo's database and files
    #[arg(long, default_value = "demo-data")]
    pub data: PathBuf,
    /// Port to serve on, at 127.0.0.1
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
    /// The same seed makes the same city
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How many cases; 0 makes an empty city
    #[arg(long, default_value_t = 3000)]
    pub cases: usize,
    /// The day the demo starts on, e.g. 2026-09-25; today if not given
    #[arg(long)]
    pub today: Option<Date>,
    /// Build the city and stop, without serving
    #[arg(long)]
    pub no_serve: bool,
    /// Plant a ring for the analysis to find; done by itself from 1000 cases on
    #[arg(long)]
    pub ring: bool,
    /// PostgreSQL instead of the SQLite file in the data folder
    #[arg(long, env = "SIJIAN_DATABASE_URL")]
    pub database_url: Option<String>,
}

/// A demo application, with its city.
///
/// # Errors
/// A database that holds something else, a folder that cannot be written, or a missing font.
pub async fn prepare(args: &DemoArgs) -> anyhow::Result<App> {
    std::fs::create_dir_all(&args.data)
        .with_context(|| format!("the folder {} cannot be made", args.data.display()))?;
    let plan = format!(
        "seed {} cases {} from {}",
        args.seed,
        args.cases,
        args.today.map_or("today".into(), |day| day.to_string())
    );
    let (mut app, built) = open(args).await?;
    match built {
        Some(built) if built == plan => {
            println!(
                "演示城市已在 {} 中，直接启动。 The demo city is in {} already.",
                args.data.display(),
                args.data.display()
            );
            let mut conn = app.db.read().await?;
            if let Some(day) = clock::saved(&mut conn).await? {
                app.clock.move_to(day);
            }
            return Ok(app);
        }
        Some(_) if args.database_url.is_none() => {
            println!("参数有变，重新生成演示城市。 The demo city is made anew: it was another one.");
            app.db.close().await;
            forget(&args.data)?;
            app = open(args).await?.0;
        }
        Some(_) => bail!("the database holds another demo city; give an empty one in SIJIAN_DATABASE_URL"),
        None => {}
    }
    build(&app, args, &plan).await?;
    Ok(app)
}

/// Opens the demo's database; which city it holds, if it holds one whole.
async fn open(args: &DemoArgs) -> anyhow::Result<(App, Option<String>)> {
    let database = match &args.database_url {
        Some(url) => Database::postgres(url).await?,
        None => Database::sqlite(&args.data.join("sijian.db")).await?,
    };
    let clock = Clock::default();
    if let Some(day) = args.today {
        clock.move_to(day);
    }
    let config = Config {
        demo: true,
        loopback_webhooks: true,
        base_url: format!("http://127.0.0.1:{}", args.port),
        ..Config::under(&args.data)
    };
    let app = App::new(config, database, clock)?;
    signing::prepare_demo(&app)?;
    let mut conn = app.db.read().await?;
    let plan = conn.first("select value from setting where name = 'demo_plan'", &[]).await?;
    let plan = plan.map(|row| row.get::<String>("value")).transpose()?;
    let begun = conn.count("select count(*) from account", &[]).await? > 0;
    // Begun and never finished counts as another city: it is made anew.
    Ok((app, plan.or(begun.then(String::new))))
}

/// Removes what an earlier demo left in its folder, and nothing else.
fn forget(data: &Path) -> anyhow::Result<()> {
    for name in ["sijian.db", "sijian.db-wal", "sijian.db-shm"] {
        let path = data.join(name);
        if path.exists() {
            std::fs::remove_file(&path).with_context(|| format!("{} cannot be removed", path.display()))?;
        }
    }
    let files = data.join("files");
    if files.exists() {
        std::fs::remove_dir_all(&files).with_context(|| format!("{} cannot be removed", files.display()))?;
    }
    Ok(())
}

async fn build(app: &App, args: &DemoArgs, plan: &str) -> anyhow::Result<()> {
    let today = app.clock.today();
    let is_workday = |day: Date| app.calendar.is_workday(day);
    let city = city::city_with_calendar(args.seed, INSTITUTIONS, APPRAISERS, args.cases, today, &is_workday);
    let mut tx = app.write(&nobody(), "demo").await?;
    tx.random = StdRng::seed_from_u64(args.seed);
    let size = city.institutions.len() + city.appraisers.len() + city.organs.len();
    let bar = progress(size, "机构与人员 institutions and people");
    let cast = people::write(&mut tx, &city, &bar).await.map_err(|fail| anyhow::anyhow!("{fail}"))?;
    // One stream all the way: begun anew from the same seed, it would draw the same codes a second time.
    let mut random = tx.random;
    tx.conn.commit().await?;
    bar.finish();
    let steps = city.cases.iter().map(|case| case.steps.len()).sum();
    let bar = progress(steps, "案件 cases");
    let ids = carry::out(app, &city, &cast, &mut random, &bar).await?;
    detours::take(app, &city, &cast, &ids, random).await?;
    bar.finish();
    draws::lay_out(app).await?;
    if args.ring || args.cases >= analysis::CASES_LEAST {
        analysis::plant(app, &city, &cast, args.seed).await?;
    }
    let mut conn = app.db.write().await?;
    conn.run("insert into setting (name, value) values ('demo_plan', $1)", values![plan]).await?;
    if args.today.is_some() {
        clock::save(&mut conn, today).await?;
    }
    conn.commit().await?;
    Ok(())
}

fn nobody() -> Actor {
    Actor {
        account_id: String::new(),
        login: "demo".into(),
        name: "演示".into(),
        roles: Vec::new(),
        organisation_id: None,
        organisation_name: String::new(),
        appraiser_id: None,
        language: Lang::Zh,
    }
}

fn progress(size: usize, what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(size as u64).with_message(what);
    if let Ok(style) = ProgressStyle::with_template("{msg:32} [{bar:40}] {pos}/{len} {elapsed} · {eta}") {
        bar.set_style(style.progress_chars("=> "));
    }
    bar
}
