//! 比率漏斗图: refusal, complaint, re-appraisal and overturning of every institution against what its case mix lets expect.
//!
//! **Invariant:** it describes; the detectors of the same names make the leads. Nobody with few cases is placed outside the limits.

use super::facts::Known;
use super::figures::{self, percent};
use super::pages::OFFICERS;
use super::picture;
use super::runs::Run;
use super::told;
use crate::app::App;
use crate::fail::Fail;
use crate::web::export::{Format, Wanted};
use crate::web::{Page, Signed, Ui, html};
use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use screening::detectors::Description;
use screening::detectors::funnels::{CASES_MIN, EXPECTED_MIN, Rate, Standing, rate_funnel};
use screening::pictures::{FunnelPlot, FunnelPoint, Picture};
use screening::sector::Sector;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/analysis/rates", get(show))
}

/// What is kept of a run: the funnels in the order of [`Rate::ALL`], with ids of institutions. A row an institution and rate: no limit
/// is needed where every institution is one of the register's.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Kept {
    funnels: Vec<FunnelPlot>,
}

pub(super) fn made(sector: &Sector, known: &Known) -> Kept {
    let ids = figures::institutions(sector, known);
    let funnel = |rate: Rate| {
        let mut plot = FunnelPlot::of(sector, &rate_funnel(sector, rate), None);
        for (point, id) in plot.points.iter_mut().zip(&ids) {
            point.id.clone_from(id);
        }
        plot
    };
    Kept { funnels: Rate::ALL.into_iter().map(funnel).collect() }
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    rate: String,
    #[serde(default)]
    format: String,
}

/// A rate in the reader's words.
fn name(rate: Rate) -> &'static str {
    match rate {
        Rate::Refused => "不予受理率",
        Rate::Complaint => "投诉率",
        Rate::Reappraised => "重新鉴定率",
        Rate::Overturned => "重新鉴定后推翻率",
    }
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::TooFew => "案件太少",
        Standing::FarBelow => "低于外线",
        Standing::Below => "低于内线",
        Standing::Within => "在限内",
        Standing::Above => "高于内线",
        Standing::FarAbove => "高于外线",
    }
}

/// An institution in a funnel, as it is shown.
struct Shown {
    id: String,
    name: String,
    point: FunnelPoint,
    overall: f64,
}

impl Shown {
    fn standing(&self) -> Standing {
        Standing::of(self.point.cases, self.point.expected, self.point.z)
    }

    fn word(&self) -> &'static str {
        standing(self.standing())
    }

    fn is_outside(&self) -> bool {
        matches!(self.standing(), Standing::FarAbove | Standing::FarBelow)
    }

    fn ratio(&self) -> Option<f64> {
        (self.point.expected > 0.0).then(|| self.point.observed / self.point.expected)
    }

    /// Name, cases, observed, expected, ratio, adjusted rate, z.
    fn cells(&self) -> [String; 7] {
        let or_none = |value: Option<String>| value.unwrap_or_else(|| "–".into());
        [
            self.name.clone(),
            format!("{:.0}", self.point.cases),
            format!("{:.0}", self.point.observed),
            format!("{:.1}", self.point.expected),
            or_none(self.ratio().map(|ratio| format!("{ratio:.2}"))),
            or_none(self.ratio().map(|ratio| percent(ratio * self.overall))),
            or_none(self.ratio().map(|_| format!("{:+.2}", self.point.z))),
        ]
    }
}

const HEADER: [(&str, f64); 9] = [
    ("比率", 18.0),
    ("鉴定机构", 28.0),
    ("案件数", 10.0),
    ("实际", 10.0),
    ("预期", 10.0),
    ("实际与预期之比", 14.0),
    ("校正后的比率", 12.0),
    ("标准化偏离", 12.0),
    ("所在区间", 12.0),
];

#[derive(Template)]
#[template(path = "analysis/rates.html")]
struct RatesPage {
    ui: Ui,
    run: Option<Run>,
    has_figures: bool,
    rate: Rate,
    rows: Vec<Shown>,
    overall: f64,
    /// Institutions without a case that counts.
    without: usize,
    picture: Option<picture::Shown>,
}

impl RatesPage {
    fn rates(&self) -> [(&'static str, &'static str, bool); 4] {
        Rate::ALL.map(|rate| (rate.name(), name(rate), rate == self.rate))
    }

    fn outside(&self) -> usize {
        self.rows.iter().filter(|row| row.is_outside()).count()
    }

    fn few(&self) -> usize {
        self.rows.iter().filter(|row| row.standing() == Standing::TooFew).count()
    }

    fn said(&self) -> String {
        let said = crate::text::say("全市%{rate}；%{n}家机构中%{out}家在外线之外，%{few}家案件太少、不作判断。");
        let said = said.with("rate", percent(self.overall)).with("n", self.rows.len());
        self.ui.say(&said.with("out", self.outside()).with("few", self.few()))
    }

    fn least(&self) -> String {
        let said = crate::text::say("案件少于%{cases}件或者预期少于%{events}件的，案件太少，不作判断。");
        self.ui.say(&said.with("cases", CASES_MIN).with("events", EXPECTED_MIN))
    }

    fn is_complaint(&self) -> bool {
        self.rate == Rate::Complaint
    }

    fn about(&self) -> Option<&'static Description> {
        told::detector("funnels")
    }

    fn both(&self, text: &screening::detectors::Both) -> &'static str {
        told::both(self.ui.lang, text)
    }
}

async fn show(State(app): State<App>, who: Signed, Query(asked): Query<Asked>) -> Result<Response, Fail> {
    who.must_be(OFFICERS)?;
    let mut conn = app.db.read().await?;
    let (run, kept) = figures::newest::<Kept>(&app, &mut conn, |figures| &figures.rates).await?;
    let names = figures::institution_names(&mut conn).await?;
    drop(conn);
    let ui = who.ui();
    let has_figures = kept.is_some();
    let kept = kept.unwrap_or_default();
    if let Some(format) = Format::of(&asked.format) {
        let mut cells = Vec::new();
        for (rate, funnel) in Rate::ALL.into_iter().zip(&kept.funnels) {
            for row in rows(funnel, &names) {
                let own = [ui.t(name(rate)).into_owned()];
                cells.push([&own[..], &row.cells(), &[ui.t(row.word()).into_owned()]].concat());
            }
        }
        return Wanted::new(&app, &who.visitor, format, "比率漏斗图").file(&HEADER, &cells).await;
    }
    let at = Rate::ALL.iter().position(|rate| rate.name() == asked.rate);
    // Re-appraisal is what a supervisor asks for first.
    let at = at.unwrap_or(2);
    let funnel = kept.funnels.get(at);
    let rows = funnel.map(|funnel| rows(funnel, &names)).unwrap_or_default();
    let page: Page = html(&RatesPage {
        rate: Rate::ALL[at],
        overall: funnel.map_or(0.0, |funnel| funnel.overall),
        without: funnel.map_or(0, |funnel| funnel.points.len() - rows.len()),
        picture: funnel.filter(|funnel| funnel.overall > 0.0).map(|funnel| {
            let points = rows.iter().map(|row| FunnelPoint {
                id: row.name.clone(),
                marked: row.is_outside(),
                ..row.point.clone()
            });
            picture::shown(&Picture::Funnel(FunnelPlot { points: points.collect(), ..funnel.clone() }), ui.lang)
        }),
        ui,
        run,
        has_figures,
        rows,
    });
    Ok(page?.into_response())
}

/// The institutions with a case that counts: those furthest above expectation first, those with too few cases last.
fn rows(funnel: &FunnelPlot, names: &HashMap<String, String>) -> Vec<Shown> {
    let mut all: Vec<Shown> = funnel
        .points
        .iter()
        .filter(|point| point.cases > 0.0)
        .map(|point| Shown {
            id: point.id.clone(),
            name: names.get(&point.id).cloned().unwrap_or_default(),
            point: point.clone(),
            overall: funnel.overall,
        })
        .collect();
    all.sort_by(|a, b| {
        let few = |row: &Shown| row.standing() == Standing::TooFew;
        few(a).cmp(&few(b)).then(b.point.z.total_cmp(&a.point.z)).then_with(|| a.name.cmp(&b.name))
    });
    all
}
