//! 市场集中度: how few institutions do the cases of a category, in the city and by the clients' district, year by year.
//!
//! **Invariant:** it describes a market and accuses nobody in it; where cases are few no index is shown, and the page says so.

use super::facts::Known;
use super::figures;
use super::markets::{ALL, Filter, Kept, Shown, address, areas, categories, made, newest_year, rows, years};
use super::pages::OFFICERS;
use super::picture;
use super::runs::Run;
use super::told;
use crate::app::App;
use crate::fail::Fail;
use crate::web::export::{Format, Wanted};
use crate::web::form::PAGE_ROWS;
use crate::web::{Page, Paging, Signed, Ui, html};
use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use screening::detectors::Description;
use screening::detectors::concentration::{CASES_MIN, HIGH, MODERATE};
use screening::pictures::{Bar, Bars, Picture};
use screening::sector::Sector;
use serde::Deserialize;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/analysis/market", get(show))
}

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

    /// What the list is narrowed to, in words: on paper the choices above are not there.
    fn narrowed(&self) -> String {
        let named = |list: &[(String, String)], key: &str| {
            list.iter().find(|(one, _)| one == key).map(|(_, name)| name.clone())
        };
        let word = |key: &'static str| self.ui.t(key).into_owned();
        let Filter { category, area, year } = &self.filter;
        let area = match area.as_str() {
            "" => word("全市"),
            ALL => word("全市和各区"),
            code => named(&self.areas, code).unwrap_or_default(),
        };
        let category = named(&self.categories, category).unwrap_or_else(|| word("全部类别"));
        let year = if year == ALL { word("全部年份") } else { year.clone() };
        [category, area, year].join(" · ")
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
    let page: Page = html(&MarketPage {
        paging: Paging::new(asked.page.parse().unwrap_or(1), rows.len() as i64),
        picture: (!rows.is_empty()).then(|| picture::shown(&drawn(&ui, &filter, &rows), ui.lang)),
        categories: categories(&ui, &kept),
        areas: areas(&ui, &kept),
        years: years(&kept),
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

/// Markets drawn with those among them that have no index.
const DASHES_MAX: usize = 12;

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
    // A long picture of dashes says nothing: of many only those with an index are drawn.
    let some: Vec<&Shown> = rows.iter().filter(|row| rows.len() <= DASHES_MAX || row.is_enough()).collect();
    let mut bars = Bars::new("hhi", some.iter().map(|row| bar(row)).collect(), lines, false);
    bars.left_out += rows.len() - some.len();
    Picture::Bars(bars)
}
