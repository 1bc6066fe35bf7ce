//! 市场集中度: how few institutions do the cases of a category, in the city and by the clients' district, year by year.
//!
//! **Invariant:** it describes a market and accuses nobody in it; where cases are few no index is shown, and the page says so.

use super::facts::Known;
use super::figures::{self, in_address, percent};
use super::pages::OFFICERS;
use super::picture;
use super::runs::Run;
use super::told;
use crate::app::App;
use crate::fail::Fail;
use crate::registry::{self, Categories};
use crate::web::export::{Format, Wanted};
use crate::web::form::PAGE_ROWS;
use crate::web::{Page, Paging, Signed, Ui, html};
use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use screening::dates;
use screening::detectors::Description;
use screening::detectors::concentration::{CASES_MIN, HIGH, Level, MODERATE, markets};
use screening::pictures::{Bar, Bars, Picture};
use screening::sector::Sector;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

/// Markets kept of a run: fifty categories, seventeen areas and ten years are fewer. Those with most cases stay.
const MARKETS_MAX: usize = 10_000;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/analysis/market", get(show))
}

/// What is kept of a run.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    institutions: Vec<String>,
    /// Names of categories and codes of districts, as the extract has them.
    categories: Vec<String>,
    districts: Vec<String>,
    /// The first and the last day of receipt.
    span: Option<(String, String)>,
    markets: Vec<Row>,
    left_out: usize,
}

/// One market in one year; numbers are places in the lists above.
#[derive(Serialize, Deserialize)]
struct Row {
    category: usize,
    district: Option<usize>,
    year: i32,
    cases: u32,
    institutions: u32,
    hhi: f64,
    top3: f64,
    largest: Vec<(usize, u32)>,
}

pub(super) fn made(sector: &Sector, known: &Known) -> Kept {
    let row = |one: screening::detectors::concentration::Market| Row {
        category: one.category as usize,
        district: one.district.map(|district| district as usize),
        year: one.year,
        cases: one.cases,
        institutions: one.institutions,
        hhi: one.hhi,
        top3: one.top3,
        largest: one.largest.iter().map(|(institution, cases)| (*institution as usize, *cases)).collect(),
    };
    let mut all: Vec<Row> = markets(sector).into_iter().map(row).collect();
    let left_out = all.len().saturating_sub(MARKETS_MAX);
    if left_out > 0 {
        all.sort_by_key(|one| Reverse(one.cases));
        all.truncate(MARKETS_MAX);
    }
    let names = |names: &screening::sector::Names| (0..names.len() as u32).map(|n| names.name(n).to_owned()).collect();
    Kept {
        institutions: figures::institutions(sector, known),
        categories: names(&sector.categories),
        districts: names(&sector.districts),
        span: sector.span().map(|(first, last)| (dates::format(first), dates::format(last))),
        markets: all,
        left_out,
    }
}

/// The word of every area, or of every year.
const ALL: &str = "all";

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    category: String,
    #[serde(default)]
    area: String,
    year: Option<String>,
    #[serde(default)]
    page: String,
    #[serde(default)]
    format: String,
}

/// What the list is narrowed to.
struct Filter {
    /// A category's key; empty for all.
    category: String,
    /// A district's code; empty for the city as a whole, [`ALL`] for the city and every district.
    area: String,
    /// A year or [`ALL`].
    year: String,
}

impl Filter {
    fn fits(&self, kept: &Kept, row: &Row) -> bool {
        let is_area = match (self.area.as_str(), row.district) {
            (ALL, _) | ("", None) => true,
            (code, Some(district)) => kept.districts.get(district).is_some_and(|one| one == code),
            _ => false,
        };
        let category = kept.categories.get(row.category).map_or("", String::as_str);
        is_area
            && (self.category.is_empty() || self.category == key(category))
            && (self.year == ALL || self.year == row.year.to_string())
    }

    /// Whether one market is asked for by name.
    fn is_one(&self) -> bool {
        !self.category.is_empty() && self.area != ALL && self.year != ALL
    }

    /// Whether the years of one category are asked for: then they stand in their order.
    fn is_by_year(&self) -> bool {
        !self.category.is_empty() && self.area != ALL && self.year == ALL
    }
}

/// A category in addresses: the code of its field, or its name where it is none of ours.
fn key(category: &str) -> String {
    let field = Categories::get().fields().find(|field| field.name == category);
    field.map_or_else(|| category.to_owned(), |field| field.code.to_string())
}

fn category_name(ui: &Ui, category: &str) -> String {
    let field = Categories::get().fields().find(|field| field.name == category);
    field.filter(|_| ui.is_english()).map_or(category, |field| field.english).to_owned()
}

/// How a level is called.
fn level(level: Level) -> &'static str {
    match level {
        Level::TooFew => "案件太少",
        Level::Low => "不集中",
        Level::Moderate => "中度集中",
        Level::High => "高度集中",
    }
}

/// A market as it is shown.
struct Shown {
    category: String,
    area: String,
    year: i32,
    cases: u32,
    institutions: u32,
    level: Level,
    hhi: f64,
    top3: f64,
    /// Points more than the year before, where both years have an index.
    change: Option<f64>,
    /// Id, name, cases.
    largest: Vec<(String, String, u32)>,
    /// Its address.
    at: String,
}

impl Shown {
    fn is_enough(&self) -> bool {
        self.level != Level::TooFew
    }

    fn level(&self) -> &'static str {
        level(self.level)
    }

    fn hhi(&self) -> String {
        if self.is_enough() { format!("{:.0}", self.hhi) } else { "–".into() }
    }

    fn top3(&self) -> String {
        if self.is_enough() { percent(self.top3) } else { "–".into() }
    }

    fn change(&self) -> String {
        self.change.map_or_else(|| "–".into(), |points| format!("{points:+.0}"))
    }

    fn share(&self, cases: &u32) -> String {
        percent(f64::from(*cases) / f64::from(self.cases.max(1)))
    }

    fn others(&self) -> u32 {
        self.cases - self.largest.iter().map(|(_, _, cases)| cases).sum::<u32>()
    }

    fn share_of_others(&self) -> String {
        self.share(&self.others())
    }

    fn leader(&self) -> Option<&(String, String, u32)> {
        self.largest.first().filter(|_| self.is_enough())
    }

    fn cells(&self, ui: &Ui) -> [String; 11] {
        let (name, share) = self.leader().map(|(_, name, n)| (name.clone(), self.share(n))).unwrap_or_default();
        [
            self.category.clone(),
            self.area.clone(),
            self.year.to_string(),
            self.cases.to_string(),
            self.institutions.to_string(),
            self.hhi(),
            ui.t(self.level()).into_owned(),
            self.top3(),
            self.change(),
            name,
            share,
        ]
    }
}

const HEADER: [(&str, f64); 11] = [
    ("业务类别", 20.0),
    ("委托人所在区", 14.0),
    ("收案年份", 10.0),
    ("案件数", 10.0),
    ("机构数", 10.0),
    ("HHI", 10.0),
    ("集中程度", 14.0),
    ("前三家份额", 12.0),
    ("比上一年", 12.0),
    ("最大的机构", 30.0),
    ("最大机构的份额", 14.0),
];

#[derive(Template)]
#[template(path = "analysis/market.html")]
struct MarketPage {
    ui: Ui,
    run: Option<Run>,
    has_figures: bool,
    filter: Filter,
    /// Key and name.
    categories: Vec<(String, String)>,
    areas: Vec<(String, String)>,
    years: Vec<i32>,
    span: Option<(String, String)>,
    left_out: usize,
    /// All that fit, and the part shown.
    rows: Vec<Shown>,
    paging: Paging,
    picture: Option<picture::Shown>,
}

impl MarketPage {
    fn shown(&self) -> &[Shown] {
        let from = self.paging.offset().max(0) as usize;
        let to = (from + PAGE_ROWS as usize).min(self.rows.len());
        self.rows.get(from..to).unwrap_or_default()
    }

    fn one(&self) -> Option<&Shown> {
        self.rows.first().filter(|row| self.filter.is_one() && self.rows.len() == 1 && row.is_enough())
    }

    fn at_page(&self, page: &i64) -> String {
        format!("{}&page={page}", address(&self.filter.category, &self.filter.area, &self.filter.year))
    }

    fn file(&self, format: &str) -> String {
        format!("{}&format={format}", address(&self.filter.category, &self.filter.area, &self.filter.year))
    }

    fn whole(&self, format: &str) -> String {
        format!("{}&format={format}", address("", ALL, ALL))
    }

    fn is_narrowed(&self) -> bool {
        !self.filter.category.is_empty() || self.filter.area != ALL || self.filter.year != ALL
    }

    fn about(&self) -> Option<&'static Description> {
        told::detector("concentration")
    }

    fn both(&self, text: &screening::detectors::Both) -> &'static str {
        told::both(self.ui.lang, text)
    }

    /// How the index is read, with the numbers that the page uses.
    fn reading(&self) -> String {
        let said = crate::text::say(
            "HHI是各机构份额（百分数）的平方和：一家独占为10000，十家均分为1000。%{moderate}以下为不集中，%{moderate}至%{high}为中度集中，%{high}以上为高度集中。",
        );
        self.ui.say(&said.with("moderate", MODERATE).with("high", HIGH))
    }

    fn too_few(&self) -> String {
        self.ui.f1("案件少于%{n}件的市场不计算指数：案件少时，偶然就会使指数偏高。", "n", CASES_MIN)
    }

    fn partial(&self) -> Option<String> {
        let (first, last) = self.span.as_ref()?;
        let said = "分析的案件收案日期自%{first}至%{last}；首尾两年可能不是全年，比较年份时请注意。";
        Some(self.ui.lang.f2(said, ("first", first), ("last", last)))
    }
}

fn address(category: &str, area: &str, year: &str) -> String {
    format!("/analysis/market?category={}&area={}&year={}", in_address(category), in_address(area), in_address(year))
}

async fn show(State(app): State<App>, who: Signed, Query(asked): Query<Asked>) -> Result<Response, Fail> {
    who.must_be(OFFICERS)?;
    let mut conn = app.db.read().await?;
    let (run, kept) = figures::newest::<Kept>(&app, &mut conn, |figures| &figures.market).await?;
    let names = figures::institution_names(&mut conn).await?;
    drop(conn);
    let (ui, has_figures) = (who.ui(), kept.is_some());
    let kept = kept.unwrap_or_else(|| made(&Sector::default(), &Known::default()));
    let year = asked.year.unwrap_or_else(|| newest_year(&kept));
    let filter = Filter { category: asked.category, area: asked.area, year };
    let rows = rows(&ui, &kept, &filter, &names);
    if let Some(format) = Format::of(&asked.format) {
        let wanted = Wanted::new(&app, &who.visitor, format, "市场集中度")
            .by("category", &filter.category)
            .by("area", &filter.area)
            .by("year", &filter.year);
        let cells: Vec<_> = rows.iter().map(|row| row.cells(&ui)).collect();
        return wanted.file(&HEADER, &cells).await;
    }
    let years: BTreeSet<i32> = kept.markets.iter().map(|row| row.year).collect();
    let page: Page = html(&MarketPage {
        paging: Paging::new(asked.page.parse().unwrap_or(1), rows.len() as i64),
        picture: (!rows.is_empty()).then(|| picture::shown(&drawn(&ui, &filter, &rows), ui.lang)),
        categories: categories(&ui, &kept),
        areas: areas(&ui, &kept),
        years: years.into_iter().rev().collect(),
        span: kept.span,
        left_out: kept.left_out,
        ui,
        run,
        has_figures,
        filter,
        rows,
    });
    Ok(page?.into_response())
}

/// The newest year in which some category has enough cases in the city; a year that has just begun has not.
fn newest_year(kept: &Kept) -> String {
    let in_city = || kept.markets.iter().filter(|row| row.district.is_none());
    let enough = in_city().filter(|row| row.cases >= CASES_MIN).map(|row| row.year).max();
    enough.or_else(|| in_city().map(|row| row.year).max()).map_or_else(|| ALL.into(), |year| year.to_string())
}

fn categories(ui: &Ui, kept: &Kept) -> Vec<(String, String)> {
    let used: BTreeSet<usize> = kept.markets.iter().map(|row| row.category).collect();
    let name = |n: usize| kept.categories.get(n).map_or("", String::as_str);
    let mut all: Vec<_> = used.into_iter().map(|n| (key(name(n)), category_name(ui, name(n)))).collect();
    all.sort();
    all
}

fn areas(ui: &Ui, kept: &Kept) -> Vec<(String, String)> {
    let used: BTreeSet<usize> = kept.markets.iter().filter_map(|row| row.district).collect();
    let codes: BTreeSet<&String> = used.into_iter().filter_map(|n| kept.districts.get(n)).collect();
    codes.into_iter().map(|code| (code.clone(), registry::district_name(ui, code))).collect()
}

/// The markets that fit: the most concentrated first, the years of one category in their order; without an index last.
fn rows(ui: &Ui, kept: &Kept, filter: &Filter, names: &HashMap<String, String>) -> Vec<Shown> {
    let enough = |row: &&Row| row.cases >= CASES_MIN;
    let before: HashMap<_, f64> =
        kept.markets.iter().filter(enough).map(|row| ((row.category, row.district, row.year + 1), row.hhi)).collect();
    let mut all: Vec<&Row> = kept.markets.iter().filter(|row| filter.fits(kept, row)).collect();
    if filter.is_by_year() {
        all.sort_by_key(|row| row.year);
    } else {
        all.sort_by(|a, b| {
            let few = |row: &Row| row.cases < CASES_MIN;
            few(a)
                .cmp(&few(b))
                .then(if few(a) { b.cases.cmp(&a.cases) } else { b.hhi.total_cmp(&a.hhi) })
                .then((b.year, a.category, a.district).cmp(&(a.year, b.category, b.district)))
        });
    }
    let shown = |row: &Row| {
        let category = kept.categories.get(row.category).map_or("", String::as_str);
        let code = row.district.and_then(|n| kept.districts.get(n)).map_or("", String::as_str);
        let largest = row.largest.iter().map(|(n, cases)| {
            let id = kept.institutions.get(*n).cloned().unwrap_or_default();
            (id.clone(), names.get(&id).cloned().unwrap_or_default(), *cases)
        });
        Shown {
            category: category_name(ui, category),
            area: if code.is_empty() { ui.t("全市").into_owned() } else { registry::district_name(ui, code) },
            year: row.year,
            cases: row.cases,
            institutions: row.institutions,
            level: Level::of(row.cases, row.hhi),
            hhi: row.hhi,
            top3: row.top3,
            change: before
                .get(&(row.category, row.district, row.year))
                .filter(|_| enough(&row))
                .map(|earlier| row.hhi - earlier),
            largest: largest.collect(),
            at: address(&key(category), code, &row.year.to_string()),
        }
    };
    all.into_iter().map(shown).collect()
}

/// Of one market the shares of its institutions; else the indices of all that are asked for.
fn drawn(ui: &Ui, filter: &Filter, rows: &[Shown]) -> Picture {
    if let [one] = rows
        && filter.is_one()
        && one.is_enough()
    {
        let share = |cases: u32| f64::from(cases) / f64::from(one.cases.max(1));
        let bar =
            |name: String, cases: u32| Bar { name, value: Some(share(cases)), note: cases.to_string(), marked: false };
        let mut bars: Vec<Bar> = one.largest.iter().map(|(_, name, cases)| bar(name.clone(), *cases)).collect();
        if one.others() > 0 {
            bars.push(bar(ui.t("其余机构").into_owned(), one.others()));
        }
        return Picture::Bars(Bars::new("market_share", bars, Vec::new(), true));
    }
    let name = |row: &Shown| {
        let mut parts = Vec::new();
        if filter.year == ALL {
            parts.push(row.year.to_string());
        }
        if filter.area == ALL {
            parts.push(row.area.clone());
        }
        if filter.category.is_empty() || parts.is_empty() {
            parts.push(row.category.clone());
        }
        parts.join(" · ")
    };
    let bar = |row: &Shown| Bar {
        name: name(row),
        value: row.is_enough().then_some(row.hhi),
        note: if row.is_enough() { String::new() } else { ui.t("案件太少").into_owned() },
        marked: false,
    };
    let lines = vec![("moderate".to_owned(), MODERATE), ("high".to_owned(), HIGH)];
    Picture::Bars(Bars::new("hhi", rows.iter().map(bar).collect(), lines, false))
}
