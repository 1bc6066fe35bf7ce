//! The tariff: which items have a guide price and which are left to the market, as dated data of `data/tariff`.
//!
//! The tariff in force is named by the rule `fees.tariff` of the region's pack; no price is written anywhere else.
//!
//! **Invariant:** a row of the market has no price; a guided row has one.

use crate::registry::{Categories, ItemCode};
use crate::rulebook::{self, Rule};
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

const FILES: &[(&str, &str)] = &[("shanghai-2024", include_str!("../../data/tariff/shanghai-2024.csv"))];

/// How the price of a row comes about (上海条例 36: two price regimes).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Regime {
    /// 政府指导价: not above it.
    Guided,
    /// 市场调节价: as agreed.
    Market,
}

impl Regime {
    pub fn label(self) -> &'static str {
        match self {
            Self::Guided => "政府指导价",
            Self::Market => "市场调节价",
        }
    }
}

/// One row of a tariff.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct TariffRow {
    pub code: String,
    pub name: String,
    pub english: String,
    pub unit: String,
    pub unit_english: String,
    /// Price of one unit; none on the market.
    pub guide_fen: Option<i64>,
    pub regime: Regime,
    /// Class, field or item of `data/categories.tsv` that the row belongs to.
    pub items: String,
    pub article: String,
    /// How far the row was checked against the law (rules.md §0.1); `unread` where the text was not seen.
    pub trust: String,
    pub note: String,
    pub note_english: String,
}

impl TariffRow {
    /// Whether the row may apply to the item.
    pub fn fits(&self, item: &ItemCode) -> bool {
        item.to_string().starts_with(&self.items)
    }

    /// The guide price in figures; empty on the market.
    pub fn guide_text(&self) -> String {
        self.guide_fen.map(paper::amount).unwrap_or_default()
    }
}

/// A tariff in force: its name, the rule that chooses it, its rows.
#[derive(Clone, Copy, Debug)]
pub struct Tariff {
    pub name: &'static str,
    pub rule: &'static Rule,
    pub rows: &'static [TariffRow],
}

/// The tariff in force in the region on the day; none where no rule names one.
pub fn tariff(region: &str, on: Date) -> Option<Tariff> {
    let rule = rulebook::pack(region, on).rule("fees.tariff")?;
    let (name, rows) = book().get_key_value(rule.value)?;
    Some(Tariff { name, rule, rows })
}

impl Tariff {
    pub fn row(&self, code: &str) -> Option<&'static TariffRow> {
        self.rows.iter().find(|row| row.code == code)
    }

    /// Whether the item's class is one of the tree at all.
    pub fn knows(&self, items: &str) -> bool {
        Categories::get().all().any(|one| one.code.to_string().starts_with(items))
    }
}

fn book() -> &'static BTreeMap<&'static str, Vec<TariffRow>> {
    static BOOK: OnceLock<BTreeMap<&'static str, Vec<TariffRow>>> = OnceLock::new();
    // The files are ours and a test reads each line; a line that is none is left out here.
    BOOK.get_or_init(|| FILES.iter().map(|(name, text)| (*name, rows(text).flatten().collect())).collect())
}

fn rows(text: &str) -> impl Iterator<Item = Result<TariffRow, csv::Error>> {
    csv::Reader::from_reader(text.as_bytes()).into_deserialize()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn every_line_is_a_row_and_only_guided_rows_have_a_price() {
        for (name, text) in FILES {
            let mut codes = std::collections::BTreeSet::new();
            for row in rows(text) {
                let row = row.unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_eq!(
                    row.guide_fen.is_some_and(|fen| fen > 0),
                    row.regime == Regime::Guided,
                    "{name} {}",
                    row.code
                );
                assert!(
                    !row.article.is_empty() && !row.trust.is_empty() && !row.english.is_empty(),
                    "{name} {}",
                    row.code
                );
                assert_eq!(
                    row.note.is_empty(),
                    row.note_english.is_empty(),
                    "{name} {}: a note in one language",
                    row.code
                );
                let tariff = tariff("shanghai", date(2026, 3, 2)).unwrap();
                assert!(tariff.knows(&row.items), "{name} {}: {} is no category", row.code, row.items);
                assert!(codes.insert(row.code.clone()), "{name}: {} is written twice", row.code);
            }
            assert!(!codes.is_empty(), "{name} is empty");
        }
    }

    #[test]
    fn the_tariff_is_chosen_by_region_and_day() {
        for (region, day, found, why) in [
            (
                "shanghai",
                date(2023, 12, 31),
                None,
                "the catalogue of 2023 is not in force yet; the earlier one is not kept",
            ),
            ("shanghai", date(2024, 1, 1), Some("shanghai-2024"), "its first day"),
            ("shanghai", date(2026, 3, 2), Some("shanghai-2024"), "no successor"),
            ("guangdong", date(2026, 3, 2), None, "no tariff of that province was read"),
            ("nowhere", date(2026, 3, 2), None, "no such region"),
        ] {
            assert_eq!(tariff(region, day).map(|one| one.name), found, "{region} {day}: {why}");
        }
    }

    #[test]
    fn the_prices_that_are_known() {
        let tariff = tariff("shanghai", date(2026, 3, 2)).unwrap();
        for (code, fen, why) in [
            ("BL-01", Some(375_000), "autopsy within 24 hours: 3,750"),
            ("BL-02", Some(700_000), "later: 7,000"),
            ("BL-03", Some(75_000), "external examination: 750"),
            ("BL-04", Some(200_000), "later: 2,000"),
            ("BL-05", Some(150_000), "heart, brain, lung: 1,500"),
            ("BL-06", Some(75_000), "another organ: 750"),
            ("BL-08", Some(150_000), "by itself: 1,500"),
            ("SC-FY", None, "the market has no price"),
        ] {
            assert_eq!(tariff.row(code).unwrap().guide_fen, fen, "{code}: {why}");
        }
        assert!(tariff.row("BL-08").unwrap().fits(&"FY-0104".parse().unwrap()));
        assert!(!tariff.row("BL-08").unwrap().fits(&"FY-0201".parse().unwrap()));
    }
}
