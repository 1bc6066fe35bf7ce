//! Days as ledgers write them.

use crate::cell::Cell;
use crate::clean::{Flaw, is_nothing, narrow};
use jiff::ToSpan;
use jiff::civil::Date;

/// Excel counts from here (1900 was no leap year, Excel thinks it was).
const EPOCH: Date = jiff::civil::date(1899, 12, 30);
/// Serial numbers that are days people write: 1927 to 2119. A bare 2026 is a year, not the 18th of July 1905.
const SERIALS: std::ops::RangeInclusive<f64> = 10_000.0..=80_000.0;
/// Years that a ledger can speak of; births lie before it begins.
const YEARS: std::ops::RangeInclusive<i16> = 1850..=2119;

/// The day that the cell says; none where there is nothing.
///
/// # Errors
/// [`Flaw::AmbiguousDate`] for 26/3/2 and 3/2/2026, [`Flaw::NotADate`] for everything that is no day.
pub fn date(cell: &Cell) -> Result<Option<Date>, Flaw> {
    match cell {
        Cell::Empty => Ok(None),
        Cell::Error(_) => Err(Flaw::Formula),
        Cell::Day(day) => known(*day).map(Some),
        Cell::Number(number) => serial(*number).map(Some),
        Cell::Text(text) => {
            let text = narrow(text);
            if is_nothing(&text) {
                return Ok(None);
            }
            let packed: String = text.chars().filter(|sign| !sign.is_whitespace()).collect();
            match written(&packed) {
                Err(Flaw::NotADate) => {
                    // What follows a space may be the time of the day, or the day of the week.
                    let first = text.split_whitespace().next().unwrap_or_default();
                    let rest = text.trim_start()[first.len()..].trim();
                    let (first, rest) = first.split_once('T').unwrap_or((first, rest));
                    if is_time(rest) { written(first).map(Some) } else { Err(Flaw::NotADate) }
                }
                day => day.map(Some),
            }
        }
    }
}

fn known(day: Date) -> Result<Date, Flaw> {
    if YEARS.contains(&day.year()) { Ok(day) } else { Err(Flaw::NotADate) }
}

/// 20260302, or Excel's count of days.
fn serial(number: f64) -> Result<Date, Flaw> {
    if number.fract() == 0.0 && (18_500_101.0..=21_191_231.0).contains(&number) {
        return written(&format!("{number:.0}"));
    }
    if !SERIALS.contains(&number) {
        return Err(Flaw::NotADate);
    }
    EPOCH.checked_add((number.trunc() as i64).days()).map_err(|_| Flaw::NotADate)
}

fn is_time(text: &str) -> bool {
    let weekday = text.starts_with("星期") || text.starts_with('周');
    !text.is_empty() && (weekday || text.chars().all(|sign| sign.is_ascii_digit() || matches!(sign, ':' | '.' | 'Z')))
}

/// A text without spaces, in the usual width.
fn written(text: &str) -> Result<Date, Flaw> {
    let text = if text.chars().any(|sign| NUMERALS.contains(&sign)) { in_digits(text)? } else { text.to_owned() };
    let text = text.trim_end_matches(['日', '号']);
    let parts: Vec<&str> = text.split(['年', '月', '-', '.', '/', '—', '–', '、']).collect();
    if !parts.iter().all(|part| !part.is_empty() && part.bytes().all(|sign| sign.is_ascii_digit())) {
        return Err(Flaw::NotADate);
    }
    match parts[..] {
        [year, month, day] if year.len() == 4 && month.len() <= 2 && day.len() <= 2 => of(year, month, day),
        [first, second, third] if first.len() <= 2 && second.len() <= 2 && matches!(third.len(), 1 | 2 | 4) => {
            Err(Flaw::AmbiguousDate)
        }
        [all] if all.len() == 8 => of(&all[..4], &all[4..6], &all[6..]),
        [all] if all.len() == 6 => Err(Flaw::AmbiguousDate),
        _ => Err(Flaw::NotADate),
    }
}

fn of(year: &str, month: &str, day: &str) -> Result<Date, Flaw> {
    let number = |text: &str| text.parse::<i16>().map_err(|_| Flaw::NotADate);
    let small = |text: &str| text.parse::<i8>().map_err(|_| Flaw::NotADate);
    known(Date::new(number(year)?, small(month)?, small(day)?).map_err(|_| Flaw::NotADate)?)
}

const NUMERALS: [char; 13] = ['〇', '零', '○', '一', '二', '三', '四', '五', '六', '七', '八', '九', '十'];

/// 二〇二六年三月二十一日 in digits.
fn in_digits(text: &str) -> Result<String, Flaw> {
    let (year, rest) = text.split_once('年').ok_or(Flaw::NotADate)?;
    let (month, day) = rest.split_once('月').ok_or(Flaw::NotADate)?;
    let day = day.trim_end_matches(['日', '号']);
    let year: Option<String> = year.chars().map(|sign| digit(sign).map(|one| one.to_string())).collect();
    match (year, below_hundred(month), below_hundred(day)) {
        (Some(year), Some(month), Some(day)) => Ok(format!("{year}-{month}-{day}")),
        _ => Err(Flaw::NotADate),
    }
}

fn digit(sign: char) -> Option<u32> {
    match NUMERALS.iter().position(|one| *one == sign)? {
        0..=2 => Some(0),
        12 => None,
        place => u32::try_from(place - 2).ok(),
    }
}

/// 三, 十, 十二, 二十, 二十一.
fn below_hundred(text: &str) -> Option<u32> {
    let one = |text: &str| {
        let mut signs = text.chars();
        signs.next().and_then(digit).filter(|_| signs.next().is_none())
    };
    match text.split_once('十') {
        None => one(text),
        Some((tens, ones)) => {
            let tens = if tens.is_empty() { 1 } else { one(tens)? };
            Some(tens * 10 + if ones.is_empty() { 0 } else { one(ones)? })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_style_of_ledgers_is_read() {
        let second_of_march = jiff::civil::date(2026, 3, 2);
        for text in [
            "2026-3-2",
            "2026.3.2",
            "2026/03/02",
            "2026年3月2日",
            "20260302",
            "二〇二六年三月二日",
            "二零二六年三月二号",
            "２０２６－０３－０２",
            " 2026 年 3 月 2 日 ",
            "2026-03-02 10:30:00",
            "2026-03-02T10:30:00",
            "2026/3/2 星期一",
            "2026、3、2",
        ] {
            assert_eq!(date(&Cell::text(text)), Ok(Some(second_of_march)), "{text}");
        }
        assert_eq!(date(&Cell::Number(46_083.0)), Ok(Some(second_of_march)), "a serial number");
        assert_eq!(date(&Cell::Number(46_083.75)), Ok(Some(second_of_march)), "with the time of the day");
        assert_eq!(date(&Cell::Number(20_260_302.0)), Ok(Some(second_of_march)), "eight digits as a number");
        assert_eq!(date(&Cell::text("二〇二五年十二月三十一日")), Ok(Some(jiff::civil::date(2025, 12, 31))));
        assert_eq!(date(&Cell::text("—")), Ok(None));
    }

    #[test]
    fn what_may_be_two_days_is_none() {
        for (cell, flaw) in [
            (Cell::text("26/3/2"), Flaw::AmbiguousDate),
            (Cell::text("3/2/2026"), Flaw::AmbiguousDate),
            (Cell::text("260302"), Flaw::AmbiguousDate),
            (Cell::text("2026-2-30"), Flaw::NotADate),
            (Cell::text("2026年3月"), Flaw::NotADate),
            (Cell::text("上周"), Flaw::NotADate),
            (Cell::text("十月"), Flaw::NotADate),
            (Cell::text("二〇二六年三月"), Flaw::NotADate),
            (Cell::Number(2_026.0), Flaw::NotADate),
            (Cell::Number(f64::NAN), Flaw::NotADate),
            (Cell::Number(-1.0), Flaw::NotADate),
            (Cell::Error("#VALUE!".into()), Flaw::Formula),
        ] {
            assert_eq!(date(&cell), Err(flaw), "{cell:?}");
        }
    }
}
