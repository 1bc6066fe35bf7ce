//! Institutions that work alike (聚类): groups for supervision by group, made at the end of a run and kept with it.
//!
//! **Invariant:** a group says how its institutions work, never how well; groups that do not hold are not shown as groups.

use super::facts::Known;
use super::pages::OFFICERS;
use super::picture;
use super::runs::{self, Run};
use crate::app::App;
use crate::fail::Fail;
use crate::files;
use crate::perform::Tx;
use crate::text::Lang;
use crate::values;
use crate::web::export::{Format, Wanted};
use crate::web::{Page, Signed, Ui, html};
use anyhow::Context;
use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use screening::groups::{FEATURES, feature_name};
use screening::pictures::Picture;
use screening::progress::Unwatched;
use screening::sector::Sector;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;

/// The seed of the draws that ask whether groups hold; in the versions of each run.
pub(super) const SEED: u64 = 20_261_201;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/analysis/groups", get(show))
}

/// What is kept: institutions by their ids, names are looked up when it is shown.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// The group of each institution and its measures, in the order of [`FEATURES`].
    rows: Vec<(String, usize, Vec<Option<f64>>)>,
    /// For each group what sets it apart: feature, its median, that of all.
    apart: Vec<Vec<(String, f64, f64)>>,
    stability: Option<f64>,
    left_out: Vec<String>,
    map: Picture,
}

/// Groups the institutions of a run's extract and keeps the result; its hash. Nothing where there are too few to group.
///
/// # Errors
/// The database's or the disk's.
pub(super) async fn keep(app: &App, tx: &mut Tx, sector: Arc<Sector>, known: &Known) -> Result<Option<String>, Fail> {
    let ids = known.institutions.clone();
    let work = tokio::task::spawn_blocking(move || made(&sector, &ids));
    let Some(kept) = work.await.context("the grouping broke off").map_err(Fail::Internal)? else { return Ok(None) };
    let bytes = serde_json::to_vec(&kept).context("groups are no JSON").map_err(Fail::Internal)?;
    let stored = app.files.put(bytes, "application/json").await?;
    files::record(&mut tx.conn, &stored, tx.now).await?;
    Ok(Some(stored.sha256))
}

fn made(sector: &Sector, ids: &HashMap<String, String>) -> Option<Kept> {
    let found = screening::groups::groups(sector, SEED, &Unwatched).ok().filter(|found| !found.rows.is_empty())?;
    let mut map = found.map(sector, None).ok()?;
    let id = |pseudonym: &str| ids.get(pseudonym).cloned().unwrap_or_default();
    for point in &mut map.points {
        point.id = id(&point.id);
    }
    let finite = |value: &f64| value.is_finite().then_some(*value);
    let of = |number: u32| id(sector.institution_ids.name(number));
    Some(Kept {
        rows: found.rows.iter().map(|r| (of(r.institution), r.group, r.values.iter().map(finite).collect())).collect(),
        apart: found
            .groups
            .iter()
            .map(|g| g.apart.iter().map(|a| (a.feature.to_owned(), a.group, a.all)).collect())
            .collect(),
        stability: found.stability,
        left_out: found.left_out.iter().map(|number| of(*number)).collect(),
        map: Picture::ClusterMap(map),
    })
}

/// A group as the page shows it.
struct Shown {
    number: usize,
    /// What sets it apart: in words, its median, that of all.
    apart: Vec<(String, String, String)>,
    /// Id and name.
    members: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "analysis/groups.html")]
struct GroupsPage {
    ui: Ui,
    run: Option<Run>,
    groups: Vec<Shown>,
    holds: bool,
    stability: String,
    map: Option<picture::Shown>,
    left_out: Vec<String>,
    features: Vec<String>,
    /// Name, group, measures.
    rows: Vec<(String, usize, Vec<String>)>,
}

impl GroupsPage {
    fn names_left_out(&self) -> String {
        self.left_out.join(" · ")
    }
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    format: String,
}

fn feature(lang: Lang, key: &str) -> String {
    let (chinese, english) = feature_name(key);
    if lang == Lang::En { english } else { chinese }.to_owned()
}

/// A measure as it is read: shares in percent.
fn measure(key: &str, value: f64) -> String {
    match key {
        "cases_per_year" => format!("{value:.0}"),
        "turnaround" => format!("{value:.1}"),
        "fee_ratio" | "mean_grade" => format!("{value:.2}"),
        _ => format!("{:.1}%", value * 100.0),
    }
}

async fn show(State(app): State<App>, who: Signed, Query(asked): Query<Asked>) -> Result<Response, Fail> {
    who.must_be(OFFICERS)?;
    let ui = who.ui();
    let mut conn = app.db.read().await?;
    let run = runs::newest_done(&mut conn).await?;
    let mut names: HashMap<String, String> = HashMap::new();
    for row in conn.all("select o.id, o.name from institution i join organisation o on o.id = i.id", values![]).await? {
        names.insert(row.get("id")?, row.get("name")?);
    }
    drop(conn);
    let kept: Option<Kept> = match run.as_ref().and_then(|run| run.summary.groups.as_ref()) {
        Some(sha256) => Some(
            serde_json::from_slice(&app.files.bytes(sha256).await?)
                .context("the kept groups cannot be read")
                .map_err(Fail::Internal)?,
        ),
        None => None,
    };
    let page = filled(ui, run, kept, &names);
    if let Some(format) = Format::of(&asked.format) {
        let mut header = vec![("鉴定机构", 28.0), ("组别", 8.0)];
        header.extend(FEATURES.iter().map(|key| (feature_name(key).0, 14.0)));
        let wanted = Wanted::new(&app, &who.visitor, format, "机构分组");
        let rows: Vec<Vec<String>> = page
            .rows
            .iter()
            .map(|(name, group, cells)| [vec![name.clone(), (group + 1).to_string()], cells.clone()].concat())
            .collect();
        return wanted.file(&header, &rows).await;
    }
    let page: Page = html(&page);
    Ok(page?.into_response())
}

fn filled(ui: Ui, run: Option<Run>, kept: Option<Kept>, names: &HashMap<String, String>) -> GroupsPage {
    let lang = ui.lang;
    let features = FEATURES.iter().map(|key| feature(lang, key)).collect();
    let Some(mut kept) = kept else {
        let (groups, left_out, rows) = Default::default();
        return GroupsPage {
            ui,
            run,
            groups,
            holds: false,
            stability: String::new(),
            map: None,
            left_out,
            features,
            rows,
        };
    };
    let name = |id: &str| names.get(id).cloned().unwrap_or_default();
    if let Picture::ClusterMap(map) = &mut kept.map {
        map.points.iter_mut().for_each(|point| point.id = name(&point.id));
    }
    let groups = kept.apart.iter().enumerate().map(|(number, apart)| Shown {
        number: number + 1,
        apart: apart
            .iter()
            .map(|(key, group, all)| (feature(lang, key), measure(key, *group), measure(key, *all)))
            .collect(),
        members: kept.rows.iter().filter(|r| r.1 == number).map(|r| (r.0.clone(), name(&r.0))).collect(),
    });
    let cells = |values: &[Option<f64>]| {
        let cell = |(key, value): (&&str, &Option<f64>)| value.map_or_else(|| "–".into(), |value| measure(key, value));
        FEATURES.iter().zip(values).map(cell).collect()
    };
    GroupsPage {
        holds: kept.apart.len() > 1,
        stability: kept.stability.map_or_else(|| "–".into(), |value| format!("{value:.2}")),
        map: Some(picture::shown(&kept.map, lang)),
        groups: groups.collect(),
        left_out: kept.left_out.iter().map(|id| name(id)).collect(),
        rows: kept.rows.iter().map(|(id, group, values)| (name(id), *group, cells(values))).collect(),
        run,
        features,
        ui,
    }
}
