//! Markets of a run: what is kept of them, what a list is narrowed to, and a market in words.
//!
//! **Invariant:** a market with few cases has no index here either, whatever was kept of it.

use super::facts::Known;
use super::figures::{self, in_address, percent};
use crate::registry::{self, Categories};
use crate::web::Ui;
use screening::dates;
use screening::detectors::concentration::{CASES_MIN, Level, markets};
use screening::sector::Sector;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Markets kept of a run: fifty categories, seventeen areas and ten years are fewer. Those with most cases stay.
const MARKETS_MAX: usize = 10_000;

/// What is kept of a run.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    institutions: Vec<String>,
    /// Names of categories and codes of districts, as the extract has them.
    categories: Vec<String>,
    districts: Vec<String>,
    /// The first and the last day of receipt.
    pub(super) span: Option<(String, String)>,
    markets: Vec<Row>,
    pub(super) left_out: usize,
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

/// The markets of an extract, to be kept.
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
pub(super) const ALL: &str = "all";

/// What the list is narrowed to.
pub(super) struct Filter {
    /// A category's key; empty for all.
    pub(super) category: String,
    /// A district's code; empty for the city as a whole, [`ALL`] for the city and every district.
    pub(super) area: String,
    /// A year or [`ALL`].
    pub(super) year: String,
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
    pub(super) fn is_one(&self) -> bool {
        !self.category.is_empty() && self.area != ALL && self.year != ALL
    }

    /// Whether the years of one category are asked for: then they stand in their order.
    pub(super) fn is_by_year(&self) -> bool {
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
pub(super) struct Shown {
    pub(super) category: String,
    pub(super) area: String,
    pub(super) year: i32,
    pub(super) cases: u32,
    pub(super) institutions: u32,
    pub(super) level: Level,
    pub(super) hhi: f64,
    pub(super) top3: f64,
    /// Points more than the year before, where both years have an index.
    pub(super) change: Option<f64>,
    /// Id, name, cases.
    pub(super) largest: Vec<(String, String, u32)>,
    /// Its address.
    pub(super) at: String,
}

impl Shown {
    pub(super) fn is_enough(&self) -> bool {
        self.level != Level::TooFew
    }

    pub(super) fn level(&self) -> &'static str {
        level(self.level)
    }

    pub(super) fn hhi(&self) -> String {
        if self.is_enough() { format!("{:.0}", self.hhi) } else { "–".into() }
    }

    pub(super) fn top3(&self) -> String {
        if self.is_enough() { percent(self.top3) } else { "–".into() }
    }

    pub(super) fn change(&self) -> String {
        self.change.map_or_else(|| "–".into(), |points| format!("{points:+.0}"))
    }

    pub(super) fn share(&self, cases: &u32) -> String {
        percent(f64::from(*cases) / f64::from(self.cases.max(1)))
    }

    pub(super) fn others(&self) -> u32 {
        self.cases - self.largest.iter().map(|(_, _, cases)| cases).sum::<u32>()
    }

    pub(super) fn share_of_others(&self) -> String {
        self.share(&self.others())
    }

    pub(super) fn leader(&self) -> Option<&(String, String, u32)> {
        self.largest.first().filter(|_| self.is_enough())
    }

    pub(super) fn cells(&self, ui: &Ui) -> [String; 11] {
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

/// The address of the list narrowed to these.
pub(super) fn address(category: &str, area: &str, year: &str) -> String {
    format!("/analysis/market?category={}&area={}&year={}", in_address(category), in_address(area), in_address(year))
}

/// The newest year with half as many cases in the city as the fullest: one that has just begun shows little.
pub(super) fn newest_year(kept: &Kept) -> String {
    let mut cases: BTreeMap<i32, u32> = BTreeMap::new();
    for row in kept.markets.iter().filter(|row| row.district.is_none()) {
        *cases.entry(row.year).or_default() += row.cases;
    }
    let most = cases.values().max().copied().unwrap_or_default();
    let newest = cases.iter().rev().find(|(_, cases)| **cases * 2 >= most);
    newest.map_or_else(|| ALL.into(), |(year, _)| year.to_string())
}

/// The years that have a market, the newest first.
pub(super) fn years(kept: &Kept) -> Vec<i32> {
    let years: BTreeSet<i32> = kept.markets.iter().map(|row| row.year).collect();
    years.into_iter().rev().collect()
}

/// Key and name of every category that has a market.
pub(super) fn categories(ui: &Ui, kept: &Kept) -> Vec<(String, String)> {
    let used: BTreeSet<usize> = kept.markets.iter().map(|row| row.category).collect();
    let name = |n: usize| kept.categories.get(n).map_or("", String::as_str);
    let mut all: Vec<_> = used.into_iter().map(|n| (key(name(n)), category_name(ui, name(n)))).collect();
    all.sort();
    all
}

/// Code and name of every district that has a market.
pub(super) fn areas(ui: &Ui, kept: &Kept) -> Vec<(String, String)> {
    let used: BTreeSet<usize> = kept.markets.iter().filter_map(|row| row.district).collect();
    let codes: BTreeSet<&String> = used.into_iter().filter_map(|n| kept.districts.get(n)).collect();
    codes.into_iter().map(|code| (code.clone(), registry::district_name(ui, code))).collect()
}

/// The markets that fit: the most concentrated first, the years of one category in their order; without an index last.
pub(super) fn rows(ui: &Ui, kept: &Kept, filter: &Filter, names: &HashMap<String, String>) -> Vec<Shown> {
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
