//! Reading the yearly holiday decree (国务院办公厅放假通知) from its CSV file `date,kind,holiday`.
//!
//! **Invariant:** what is read without a fault changes something a reader would expect: `off` is a day of rest,
//! `work` is a Saturday or Sunday that is worked, each day at most once, in the year the file is named after.

use crate::term::excerpt;
use jiff::civil::{Date, Weekday};
use std::collections::BTreeMap;
use std::fmt;

/// Years a decree may be of. Wide enough for any case, narrow enough that date arithmetic beside it is always in range.
pub(crate) const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

const HEADER: &str = "date,kind,holiday";

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decreed {
    pub worked: bool,
    pub holiday: String,
}

/// One thing wrong with a calendar file, as a sentence with the year and, where it is about a line, the line number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarFault {
    /// The year the file was given for; 0 where no file was given.
    pub year: i16,
    /// Counted from 1; none where the whole file is at fault.
    pub line: Option<usize>,
    pub kind: FaultKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// No file was given at all.
    NoYears,
    YearOutOfRange,
    YearTwice,
    /// A year between two given years has no file: it would silently be reckoned by weekends.
    YearMissing,
    NoHeader,
    NoDays,
    Columns(usize),
    BadDate(String),
    WrongYear(Date),
    BadKind(String),
    NoHoliday,
    DayTwice(Date),
    /// `work` on a Monday to Friday, which is a working day without a decree.
    WorkOnWeekday(Date),
}

impl CalendarFault {
    pub fn zh(&self) -> String {
        let what = match &self.kind {
            FaultKind::NoYears => "没有给出任何年份的日历，请至少载入一个年份".to_string(),
            FaultKind::YearOutOfRange => format!("年份须在 {} 至 {} 之间", YEARS.start(), YEARS.end()),
            FaultKind::YearTwice => "同一年份的日历给了两次，请保留一份".to_string(),
            FaultKind::YearMissing => "缺少该年的日历，而其前后年份都有，请补上".to_string(),
            FaultKind::NoHeader => format!("第一行须为表头“{HEADER}”"),
            FaultKind::NoDays => "没有任何一天，请填入该年的放假安排".to_string(),
            FaultKind::Columns(found) => format!("应有 3 列，实有 {found} 列"),
            FaultKind::BadDate(given) => format!("“{given}”不是日期，请写成 2026-01-31 的样子"),
            FaultKind::WrongYear(date) => format!("{date} 不属于该年"),
            FaultKind::BadKind(given) => format!("“{given}”不是 off（放假）或 work（调休上班）"),
            FaultKind::NoHoliday => "没有写节日名称".to_string(),
            FaultKind::DayTwice(date) => format!("{date} 出现了两次"),
            FaultKind::WorkOnWeekday(date) => format!("{date} 不是周末，本来就上班，不能写作 work"),
        };
        match self.line {
            _ if self.kind == FaultKind::NoYears => format!("{what}。"),
            Some(line) => format!("{} 年日历第 {line} 行：{what}。", self.year),
            None => format!("{} 年日历：{what}。", self.year),
        }
    }

    pub fn en(&self) -> String {
        let what = match &self.kind {
            FaultKind::NoYears => "no year was given, load at least one".to_string(),
            FaultKind::YearOutOfRange => format!("the year must be from {} to {}", YEARS.start(), YEARS.end()),
            FaultKind::YearTwice => "the year was given twice, keep one file".to_string(),
            FaultKind::YearMissing => "the file is missing, though years before and after it are there".to_string(),
            FaultKind::NoHeader => format!("the first line must be the header \"{HEADER}\""),
            FaultKind::NoDays => "there is no day in it".to_string(),
            FaultKind::Columns(found) => format!("there should be 3 columns, not {found}"),
            FaultKind::BadDate(given) => format!("\"{given}\" is not a date, write it like 2026-01-31"),
            FaultKind::WrongYear(date) => format!("{date} is not in this year"),
            FaultKind::BadKind(given) => format!("\"{given}\" is neither \"off\" nor \"work\""),
            FaultKind::NoHoliday => "the name of the holiday is missing".to_string(),
            FaultKind::DayTwice(date) => format!("{date} is there twice"),
            FaultKind::WorkOnWeekday(date) => {
                format!("{date} is not on a weekend and is worked anyway, it cannot be \"work\"")
            }
        };
        match self.line {
            _ if self.kind == FaultKind::NoYears => format!("Calendar: {what}."),
            Some(line) => format!("Calendar {}, line {line}: {what}.", self.year),
            None => format!("Calendar {}: {what}.", self.year),
        }
    }
}

impl fmt::Display for CalendarFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.zh())
    }
}

impl std::error::Error for CalendarFault {}

/// Every decreed day of all the files, or every fault of all of them.
pub(crate) fn read(years: &[(i16, &str)]) -> Result<BTreeMap<Date, Decreed>, Vec<CalendarFault>> {
    let mut faults = year_faults(years);
    let mut days = BTreeMap::new();
    for (year, text) in years {
        read_year(*year, text, &mut days, &mut faults);
    }
    if faults.is_empty() { Ok(days) } else { Err(faults) }
}

/// What is wrong with the list of years itself.
fn year_faults(years: &[(i16, &str)]) -> Vec<CalendarFault> {
    let fault = |year, kind| CalendarFault { year, line: None, kind };
    let mut sorted: Vec<i16> = years.iter().map(|(year, _)| *year).collect();
    sorted.sort_unstable();
    if sorted.is_empty() {
        return vec![fault(0, FaultKind::NoYears)];
    }
    let mut faults: Vec<_> = sorted
        .iter()
        .filter(|year| !YEARS.contains(year))
        .map(|year| fault(*year, FaultKind::YearOutOfRange))
        .collect();
    sorted.retain(|year| YEARS.contains(year));
    for pair in sorted.windows(2) {
        if pair[0] == pair[1] {
            faults.push(fault(pair[0], FaultKind::YearTwice));
        }
        faults.extend((pair[0] + 1..pair[1]).map(|year| fault(year, FaultKind::YearMissing)));
    }
    faults
}

fn read_year(year: i16, text: &str, days: &mut BTreeMap<Date, Decreed>, faults: &mut Vec<CalendarFault>) {
    let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    if lines.next().map(|(_, line)| line.trim()) != Some(HEADER) {
        faults.push(CalendarFault { year, line: Some(1), kind: FaultKind::NoHeader });
    }
    let mut rows = 0_usize;
    for (index, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        rows += 1;
        let read = read_line(year, line).and_then(|(date, decreed)| match days.insert(date, decreed) {
            Some(_) => Err(FaultKind::DayTwice(date)),
            None => Ok(()),
        });
        if let Err(kind) = read {
            faults.push(CalendarFault { year, line: Some(index + 1), kind });
        }
    }
    if rows == 0 {
        faults.push(CalendarFault { year, line: None, kind: FaultKind::NoDays });
    }
}

fn read_line(year: i16, line: &str) -> Result<(Date, Decreed), FaultKind> {
    let columns: Vec<&str> = line.split(',').map(str::trim).collect();
    let [date_text, kind, holiday] = columns[..] else {
        return Err(FaultKind::Columns(columns.len()));
    };
    // jiff also reads `20260131` and a date with a time; a table that people compare by eye has one form.
    let date = date_text
        .parse::<Date>()
        .ok()
        .filter(|date| date.to_string() == date_text)
        .ok_or_else(|| FaultKind::BadDate(excerpt(date_text)))?;
    if date.year() != year {
        return Err(FaultKind::WrongYear(date));
    }
    let worked = match kind {
        "off" => false,
        "work" => true,
        other => return Err(FaultKind::BadKind(excerpt(other))),
    };
    if holiday.is_empty() {
        return Err(FaultKind::NoHoliday);
    }
    if worked && !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) {
        return Err(FaultKind::WorkOnWeekday(date));
    }
    Ok((date, Decreed { worked, holiday: holiday.to_string() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_faults_are_told_at_once_with_year_and_line() {
        let bad = "date,kind,holiday\n2026-01-01,off,元旦\n2026-01-01,off,元旦\n2025-01-02,off,元旦\n2026-01-05,work,元旦\n\
                   20260106,off,元旦\n2026-01-07,free,元旦\n2026-01-08,off,\n2026-01-09,off\n";
        let faults = read(&[(2023, "date,kind,holiday\n"), (2026, bad), (2026, "2026-05-01,off,劳动节"), (9000, bad)])
            .expect_err("faulty");
        let told: Vec<String> = faults.iter().map(CalendarFault::en).collect();
        for expected in [
            "Calendar 9000: the year must be from 1900 to 2200.",
            "Calendar 2024: the file is missing, though years before and after it are there.",
            "Calendar 2025: the file is missing, though years before and after it are there.",
            "Calendar 2026: the year was given twice, keep one file.",
            "Calendar 2023: there is no day in it.",
            "Calendar 2026, line 3: 2026-01-01 is there twice.",
            "Calendar 2026, line 4: 2025-01-02 is not in this year.",
            "Calendar 2026, line 5: 2026-01-05 is not on a weekend and is worked anyway, it cannot be \"work\".",
            "Calendar 2026, line 6: \"20260106\" is not a date, write it like 2026-01-31.",
            "Calendar 2026, line 7: \"free\" is neither \"off\" nor \"work\".",
            "Calendar 2026, line 8: the name of the holiday is missing.",
            "Calendar 2026, line 9: there should be 3 columns, not 2.",
            "Calendar 2026, line 1: the first line must be the header \"date,kind,holiday\".",
        ] {
            assert!(told.iter().any(|sentence| sentence == expected), "{expected}\nnot in\n{}", told.join("\n"));
        }
        assert!(faults.iter().any(|fault| fault.zh() == "2026 年日历第 3 行：2026-01-01 出现了两次。"));
        assert_eq!(read(&[]).expect_err("none").len(), 1);
    }

    #[test]
    fn a_file_saved_on_windows_is_read() {
        let days = read(&[(2026, "\u{feff}date,kind,holiday\r\n2026-01-01,off,元旦\r\n\r\n")]).expect("no fault");
        assert_eq!(days.len(), 1);
        assert_eq!(days.values().next().map(|day| day.holiday.as_str()), Some("元旦"));
    }
}
