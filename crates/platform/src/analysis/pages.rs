//! The supervisors' pages: all leads, how right the detectors were; runs and single leads have files of their own.

use super::runs::{self, Run};
use super::steps::LeadState;
use super::store::{self, Filter, Lead, Precision};
use super::{asked, enclosed, groups, lead, market, rates, run_pages, told, workload};
use crate::actor::Role;
use crate::app::App;
use crate::fail::Fail;
use crate::registry;
use crate::web::export::{Export, Format, ROWS_AT_ONCE, Wanted};
use crate::web::form::PAGE_ROWS;
use crate::web::{Page, Paging, Signed, Ui, html};
use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use screening::detectors::{Both, DESCRIPTIONS, Description};
use serde::Deserialize;

/// Who sees leads: those who watch over practice.
pub(super) const OFFICERS: &[Role] = &[Role::Supervisor];
/// Reasons of dismissals on a detector's page.
const REASONS: i64 = 50;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/analysis", get(overview))
        .route("/analysis/precision", get(precision))
        .route("/analysis/precision/{detector}", get(detector))
        .merge(groups::routes())
        .merge(market::routes())
        .merge(workload::routes())
        .merge(rates::routes())
        .merge(enclosed::routes())
        .merge(run_pages::routes())
        .merge(lead::routes())
        .merge(asked::routes())
}

#[derive(Deserialize)]
struct Asked {
    state: Option<String>,
    #[serde(default)]
    detector: String,
    #[serde(default)]
    strength: String,
    #[serde(default)]
    institution: String,
    #[serde(default)]
    page: String,
    #[serde(default)]
    format: String,
}

/// The word of a list of every state.
const ALL: &str = "all";

impl Asked {
    /// Without a state: what waits for somebody.
    fn filter(&self) -> Filter {
        let state = self.state.as_deref().unwrap_or("open");
        Filter {
            state: if state == ALL { String::new() } else { state.to_owned() },
            detector: self.detector.clone(),
            strength: self.strength.clone(),
            institution_id: self.institution.trim().to_owned(),
        }
    }
}

#[derive(Template)]
#[template(path = "analysis/overview.html")]
struct Overview {
    ui: Ui,
    leads: Vec<Lead>,
    paging: Paging,
    /// Word, label and number of each tab.
    tabs: Vec<(&'static str, &'static str, i64)>,
    institutions: Vec<(String, String)>,
    newest: Option<Run>,
    filter: Filter,
}

impl Overview {
    fn detectors(&self) -> [&'static str; 20] {
        told::ALL
    }

    fn strengths(&self) -> [(&'static str, &'static str); 3] {
        [("strong", "强"), ("medium", "中"), ("weak", "弱")]
    }

    fn state_asked(&self) -> &str {
        if self.filter.state.is_empty() { ALL } else { &self.filter.state }
    }

    fn at(&self, state: &str, more: &str) -> String {
        let Filter { detector, strength, institution_id, .. } = &self.filter;
        let state = if state.is_empty() { ALL } else { state };
        format!("/analysis?state={state}&detector={detector}&strength={strength}&institution={institution_id}{more}")
    }

    fn at_state(&self, state: &str) -> String {
        self.at(state, "")
    }

    fn at_page(&self, page: &i64) -> String {
        self.at(&self.filter.state, &format!("&page={page}"))
    }

    fn file(&self, format: &str) -> String {
        self.at(&self.filter.state, &format!("&format={format}"))
    }
}

const HEADER: [(&str, f64); 9] = [
    ("线索编号", 14.0),
    ("检测项目", 20.0),
    ("对象", 26.0),
    ("对象类别", 12.0),
    ("鉴定机构", 28.0),
    ("强度", 8.0),
    ("预期误报率", 12.0),
    ("状态", 14.0),
    ("首次发现", 18.0),
];

async fn overview(State(app): State<App>, who: Signed, Query(asked): Query<Asked>) -> Result<Response, Fail> {
    who.must_be(OFFICERS)?;
    let filter = asked.filter();
    let mut conn = app.db.read().await?;
    let total = store::count(&mut conn, &filter).await?;
    if let Some(format) = Format::of(&asked.format) {
        let wanted = Wanted::new(&app, &who.visitor, format, "分析线索")
            .by("state", &filter.state)
            .by("detector", &filter.detector)
            .by("strength", &filter.strength)
            .by("institution", &filter.institution_id);
        let mut export = Export::new(wanted, &HEADER, total)?;
        for offset in (0..total).step_by(ROWS_AT_ONCE as usize) {
            for one in store::list(&mut conn, &filter, offset, ROWS_AT_ONCE).await? {
                export.row(&row(&who.ui(), &one))?;
            }
        }
        drop(conn);
        return export.answer().await;
    }
    let paging = Paging::new(asked.page.parse().unwrap_or(1), total);
    let leads = store::list(&mut conn, &filter, paging.offset(), PAGE_ROWS).await?;
    let mut tabs = Vec::new();
    let words = [("open", "待办理"), ("", "全部线索")];
    for (word, label) in words.into_iter().chain(LeadState::ALL.iter().map(|state| (state.word(), state.label()))) {
        let same = Filter { state: word.to_owned(), ..filter.clone() };
        tabs.push((word, label, store::count(&mut conn, &same).await?));
    }
    let institutions = registry::store::institution_names(&mut conn).await?;
    let newest = runs::newest_done(&mut conn).await?;
    let page: Page = html(&Overview { ui: who.ui(), leads, paging, tabs, institutions, newest, filter });
    Ok(page?.into_response())
}

fn row(ui: &Ui, lead: &Lead) -> [String; 9] {
    [
        lead.number.clone(),
        told::title(ui.lang, &lead.detector),
        lead.entity_name.clone(),
        ui.t(told::entity(&lead.entity)).into_owned(),
        lead.institution_name.clone(),
        ui.t(told::strength(lead.q)).into_owned(),
        told::percent(lead.q),
        ui.t(lead.state.label()).into_owned(),
        ui.minute(&lead.found_at),
    ]
}

#[derive(Template)]
#[template(path = "analysis/precision.html")]
struct PrecisionPage {
    ui: Ui,
    rows: Vec<(Precision, String)>,
}

impl PrecisionPage {
    fn honest(&self, detector: &str) -> &'static str {
        told::detector(detector).map_or("", |one| told::both(self.ui.lang, &one.honest))
    }
}

/// The share in words: without a decision there is none.
fn share(ui: &Ui, one: &Precision) -> String {
    match one.per_mille() {
        None => ui.t("尚无结论").into_owned(),
        Some(n) => format!("{}.{}% ({}/{})", n / 10, n % 10, one.confirmed, one.confirmed + one.dismissed),
    }
}

async fn precision(State(app): State<App>, who: Signed) -> Page {
    who.must_be(OFFICERS)?;
    let counted = store::precision(&mut app.db.read().await?).await?;
    let of = |name: &str| {
        let known = counted.iter().find(|one| one.detector == name).cloned();
        known.unwrap_or_else(|| Precision { detector: name.to_owned(), ..Precision::default() })
    };
    let ui = who.ui();
    let rows = told::ALL.iter().map(|name| of(name)).map(|one| (share(&ui, &one), one)).map(|(text, one)| (one, text));
    html(&PrecisionPage { rows: rows.collect(), ui })
}

#[derive(Template)]
#[template(path = "analysis/detector.html")]
struct DetectorPage {
    ui: Ui,
    one: &'static Description,
    counts: Precision,
    rate: String,
    /// Id and number of a dismissed lead, and why.
    reasons: Vec<(String, String, String)>,
}

impl DetectorPage {
    fn both(&self, text: &Both) -> &'static str {
        told::both(self.ui.lang, text)
    }
}

async fn detector(State(app): State<App>, who: Signed, Path(name): Path<String>) -> Page {
    who.must_be(OFFICERS)?;
    let one = DESCRIPTIONS.iter().find(|one| one.name == name).ok_or(Fail::NotFound)?;
    let mut conn = app.db.read().await?;
    let counted = store::precision(&mut conn).await?;
    let counts = counted.into_iter().find(|one| one.detector == name);
    let counts = counts.unwrap_or_else(|| Precision { detector: name.clone(), ..Precision::default() });
    let reasons = store::dismissals(&mut conn, &name, REASONS).await?;
    let rate = share(&who.ui(), &counts);
    html(&DetectorPage { ui: who.ui(), one, counts, rate, reasons })
}
