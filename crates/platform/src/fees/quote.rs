//! A quote: what is charged for what. Pure.
//!
//! **Invariant:** a line of a guided row is never above the guide price; one below it is a deviation, which supervision is told.

use super::law;
use super::tariff::{Regime, Tariff};
use crate::fail::{Fault, Objection};
use crate::text::say;
use crate::web::Form;
use crate::web::form::Reader;
use serde::{Deserialize, Serialize};

/// Lines of one quote; more is a list that belongs into a file.
pub const LINES_MAX: usize = 50;
/// Most that one line or one account may come to, in fen: 10 million yuan.
pub const FEN_MAX: i64 = 1_000_000_000;
/// Most units of one line.
const UNITS_MAX: i64 = 10_000;
/// Characters of a line's name.
const NAME_MAX: usize = 200;
/// Rows that an empty form shows.
const ROWS_SHOWN: usize = 3;

/// One line: a row of the tariff, or free text where `code` is empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteLine {
    pub code: String,
    pub name: String,
    pub units: i64,
    /// Of one unit.
    pub price_fen: i64,
}

impl QuoteLine {
    pub fn total_fen(&self) -> i64 {
        self.units.saturating_mul(self.price_fen)
    }
}

/// A price that differs from the guide price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deviation {
    pub code: String,
    pub price_fen: i64,
    pub guide_fen: i64,
}

/// Lines that may be charged, with their sum and where they depart from the guide price.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quote {
    pub lines: Vec<QuoteLine>,
    pub total_fen: i64,
    pub deviations: Vec<Deviation>,
}

/// Adds up and holds every line against the tariff.
///
/// # Errors
/// One objection for each line that is above its guide price or names a row that the tariff does not have, and for a sum too large.
pub fn quote(lines: Vec<QuoteLine>, tariff: Option<&Tariff>) -> Result<Quote, Vec<Objection>> {
    let mut objections = Vec::new();
    let mut deviations = Vec::new();
    for line in lines.iter().filter(|line| !line.code.is_empty()) {
        let Some(row) = tariff.and_then(|tariff| tariff.row(&line.code)) else {
            objections.push(Objection {
                what: say("收费标准中没有%{code}。").with("code", &line.code),
                article: law::SH36,
                remedy: say("请从当日有效的收费标准中选择项目，或者改为自行填写名称。"),
            });
            continue;
        };
        match row.guide_fen {
            Some(guide) if line.price_fen > guide => objections.push(Objection {
                what: say("%{name}的单价%{price}元高于政府指导价%{guide}元。")
                    .with("name", &line.name)
                    .with("price", paper::amount(line.price_fen))
                    .with("guide", paper::amount(guide)),
                article: law::SH_FEES,
                remedy: say("请把单价改为不高于政府指导价的数额。"),
            }),
            Some(guide) if line.price_fen < guide => {
                deviations.push(Deviation { code: line.code.clone(), price_fen: line.price_fen, guide_fen: guide });
            }
            _ => {}
        }
    }
    let total_fen = lines.iter().fold(0_i64, |sum, line| sum.saturating_add(line.total_fen()));
    if total_fen > FEN_MAX {
        objections.push(Objection {
            what: say("合计%{amount}元，超过系统可以登记的上限。").with("amount", paper::amount(total_fen)),
            article: "",
            remedy: say("请核对数量和单价。"),
        });
    }
    if objections.is_empty() { Ok(Quote { lines, total_fen, deviations }) } else { Err(objections) }
}

/// Whether any line of the quote has a guide price.
pub fn is_guided(lines: &[QuoteLine], tariff: Option<&Tariff>) -> bool {
    lines
        .iter()
        .any(|line| tariff.and_then(|tariff| tariff.row(&line.code)).is_some_and(|row| row.regime == Regime::Guided))
}

/// A row of the form as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedRow {
    pub code: String,
    pub name: String,
    pub units: String,
    pub price: String,
}

/// The rows typed, and empty ones below them.
pub fn typed_rows(form: &Form) -> Vec<TypedRow> {
    let column = |field: &str, at: usize| form.all(field).get(at).copied().unwrap_or_default().to_owned();
    let fields = ["quote_code", "quote_name", "quote_units", "quote_price"];
    let typed = fields.iter().map(|field| form.all(field).len()).max().unwrap_or_default().min(LINES_MAX + 1);
    let mut rows: Vec<TypedRow> = (0..typed)
        .map(|at| TypedRow {
            code: column("quote_code", at),
            name: column("quote_name", at),
            units: column("quote_units", at),
            price: column("quote_price", at),
        })
        .filter(|row| !(row.code.is_empty() && row.name.is_empty() && row.price.is_empty()))
        .collect();
    let shown = (rows.len() + 1).max(ROWS_SHOWN);
    rows.resize(shown, TypedRow::default());
    rows
}

/// The lines typed. A row of the tariff brings its name, and its guide price where none is typed.
pub fn read_lines(reader: &mut Reader, form: &Form, tariff: Option<&Tariff>) -> Vec<QuoteLine> {
    let mut lines = Vec::new();
    let typed = typed_rows(form).into_iter().filter(|row| *row != TypedRow::default() && !row.is_empty());
    for (at, row) in (1..).zip(typed) {
        let known = tariff.and_then(|tariff| tariff.row(&row.code));
        let one = Form::of([("units", row.units.as_str()), ("price", row.price.as_str())]);
        let mut inner = Reader::new(&one);
        let units = if row.units.is_empty() { 1 } else { inner.number("units", 1, UNITS_MAX) };
        let price_fen = match known.and_then(|known| known.guide_fen).filter(|_| row.price.is_empty()) {
            Some(guide) => guide,
            None => inner.fen("price", FEN_MAX),
        };
        let name = match known {
            Some(known) if row.name.is_empty() => known.name.clone(),
            _ => row.name.clone(),
        };
        let is_bad = !inner.faults.is_empty() || name.is_empty() || name.chars().count() > NAME_MAX;
        if is_bad {
            reader.faults.push(Fault::new(
                "quote_code",
                say("第%{n}行：请写明项目名称、数量（整数）和单价（例如1200.50）。").with("n", at),
            ));
        }
        lines.push(QuoteLine { code: row.code, name, units, price_fen });
    }
    if lines.len() > LINES_MAX {
        reader.fault("quote_code", say("最多登记%{n}项，其余请列成清单作为附件。").with("n", LINES_MAX));
    }
    lines
}

impl TypedRow {
    fn is_empty(&self) -> bool {
        self.code.is_empty() && self.name.is_empty() && self.price.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tariff::tariff;
    use super::*;
    use jiff::civil::date;

    fn line(code: &str, units: i64, price_fen: i64) -> QuoteLine {
        QuoteLine { code: code.into(), name: "甲".into(), units, price_fen }
    }

    #[test]
    fn a_quote_is_held_against_the_guide_price() {
        let tariff = tariff("shanghai", date(2026, 3, 2)).unwrap();
        for (lines, expected, why) in [
            (vec![line("BL-01", 1, 375_000)], Some((375_000, 0)), "the guide price itself"),
            (vec![line("BL-01", 1, 375_001)], None, "a fen above is refused"),
            (vec![line("BL-01", 1, 300_000)], Some((300_000, 1)), "below is allowed and told"),
            (vec![line("BL-05", 3, 150_000), line("BL-06", 2, 75_000)], Some((600_000, 0)), "units count"),
            (vec![line("SC-FY", 1, 9_000_000)], Some((9_000_000, 0)), "the market has no guide price"),
            (vec![line("", 1, 240_000)], Some((240_000, 0)), "free text"),
            (vec![line("XX-99", 1, 1)], None, "no such row"),
            (vec![line("", 10_000, FEN_MAX)], None, "beyond every sum, without overflow"),
            (vec![], Some((0, 0)), "nothing"),
        ] {
            let found = quote(lines, Some(&tariff)).ok().map(|one| (one.total_fen, one.deviations.len()));
            assert_eq!(found, expected, "{why}");
        }
        assert!(quote(vec![line("BL-01", 1, 1)], None).is_err(), "a row of no tariff");
    }

    #[test]
    fn a_row_of_the_tariff_brings_its_name_and_price() {
        let tariff = tariff("shanghai", date(2026, 3, 2)).unwrap();
        let form = Form::of([
            ("quote_code", "BL-01"),
            ("quote_name", ""),
            ("quote_units", ""),
            ("quote_price", ""),
            ("quote_code", ""),
            ("quote_name", "差旅费"),
            ("quote_units", "2"),
            ("quote_price", "100.50"),
            ("quote_code", ""),
            ("quote_name", ""),
            ("quote_units", "1"),
            ("quote_price", ""),
        ]);
        let mut reader = Reader::new(&form);
        let lines = read_lines(&mut reader, &form, Some(&tariff));
        assert_eq!(reader.faults, []);
        assert_eq!(
            lines.iter().map(|one| (one.name.as_str(), one.units, one.price_fen)).collect::<Vec<_>>(),
            [("尸体解剖（早期）", 1, 375_000), ("差旅费", 2, 10_050)]
        );
        let form = Form::of([("quote_code", "SC-FY"), ("quote_units", "x"), ("quote_price", "")]);
        let mut reader = Reader::new(&form);
        read_lines(&mut reader, &form, Some(&tariff));
        assert_eq!(reader.faults.len(), 1, "a row of the market needs a price");
    }
}
