//! The calendar: decreed years as tables, plain weekends around them.
//!
//! **Invariant:** the decreed years are one unbroken run. Inside it a day is looked up; before and after it every
//! Monday to Friday is a working day, and dates after it are provisional.

use crate::decree::{self, CalendarFault};
use crate::term::Term;
use jiff::Span;
use jiff::civil::{Date, Weekday, date};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What kind of day a day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day<'a> {
    /// Monday to Friday, not decreed otherwise.
    Workday,
    /// A Saturday or Sunday that is worked for the named holiday (调休上班日).
    MadeUp(&'a str),
    /// Saturday or Sunday, not decreed otherwise.
    Weekend,
    /// A decreed day off for the named holiday, on whatever day of the week.
    Holiday(&'a str),
}

impl Day<'_> {
    pub fn is_workday(self) -> bool {
        matches!(self, Self::Workday | Self::MadeUp(_))
    }
}

/// The last day of a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Due {
    /// The last day on which the act is in time.
    pub date: Date,
    /// The counting or the rolling reached into a year whose holidays are not decreed yet.
    pub provisional: bool,
}

/// As [`Day`], with the name as an index into `Calendar::names`.
#[derive(Clone, Copy)]
enum Code {
    Workday,
    MadeUp(usize),
    Weekend,
    Holiday(usize),
}

/// The working days of a run of decreed years.
#[derive(Clone)]
pub struct Calendar {
    /// First and last decreed year; none for [`Calendar::weekends_only`].
    years: Option<(i16, i16)>,
    /// The day before the first decreed day, and the last decreed day.
    eve: Date,
    last: Date,
    /// Index into `codes` and `ordinals` of the first day of each month, from January of the first decreed year.
    months: Vec<usize>,
    codes: Vec<Code>,
    /// For each decreed day, the number of working days from the first decreed day through it.
    ordinals: Vec<u32>,
    /// The decreed working days in order: the one with ordinal `n` is at `n - 1`.
    workdays: Vec<Date>,
    names: Vec<String>,
    version: String,
}

impl Calendar {
    /// A calendar of decreed years, each with the text of its file: a header `date,kind,holiday`, then one line a
    /// day, kind `off` or `work`. The years must follow one another without a gap, in any order.
    ///
    /// # Errors
    /// Every fault of every file, in sentences.
    pub fn from_years(years: &[(i16, &str)]) -> Result<Self, Vec<CalendarFault>> {
        let decreed = decree::read(years)?;
        let mut calendar = Self::weekends_only();
        // `read` refuses an empty list and years out of range, so the defaults below are never taken.
        let first = years.iter().map(|(year, _)| *year).min().unwrap_or_default();
        let last = years.iter().map(|(year, _)| *year).max().unwrap_or_default();
        calendar.years = Some((first, last));
        let mut day = date(first, 1, 1);
        calendar.eve = day.yesterday().unwrap_or(day);
        calendar.last = date(last, 12, 31);
        while day <= calendar.last {
            if day.day() == 1 {
                calendar.months.push(calendar.codes.len());
            }
            let code = match decreed.get(&day) {
                Some(decreed) if decreed.worked => Code::MadeUp(name_index(&mut calendar.names, &decreed.holiday)),
                Some(decreed) => Code::Holiday(name_index(&mut calendar.names, &decreed.holiday)),
                None if is_weekend(day) => Code::Weekend,
                None => Code::Workday,
            };
            if matches!(code, Code::Workday | Code::MadeUp(_)) {
                calendar.workdays.push(day);
            }
            calendar.codes.push(code);
            calendar.ordinals.push(u32::try_from(calendar.workdays.len()).unwrap_or(u32::MAX));
            day = plus_days(day, 1);
        }
        let digest =
            digest(decreed.iter().map(|(day, decreed)| format!("{day},{},{};", decreed.worked, decreed.holiday)));
        calendar.version = format!("{first}-{last}/{digest:08x}");
        Ok(calendar)
    }

    /// A calendar without a decree: Monday to Friday are working days, in every year. Everything it says of a due
    /// date is provisional.
    pub fn weekends_only() -> Self {
        // Any day would do as the place where the empty table lies.
        let nowhere = date(1970, 1, 1);
        Self {
            years: None,
            eve: nowhere,
            last: nowhere,
            months: Vec::new(),
            codes: Vec::new(),
            ordinals: Vec::new(),
            workdays: Vec::new(),
            names: Vec::new(),
            version: "weekends-only".to_string(),
        }
    }

    /// The first year with a decree; none for [`Calendar::weekends_only`].
    pub fn first_decreed_year(&self) -> Option<i16> {
        self.years.map(|(first, _)| first)
    }

    /// The last year with a decree; none for [`Calendar::weekends_only`].
    pub fn last_decreed_year(&self) -> Option<i16> {
        self.years.map(|(_, last)| last)
    }

    /// Which decrees these are, short: `2016-2026/5f0c81d2`, years and a digest of every decreed day. Two calendars of
    /// one version agree on every date. The digest finds changes; it does not resist forgery.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What kind of day this is.
    pub fn day(&self, date: Date) -> Day<'_> {
        match self.index(date).map(|index| self.codes[index]) {
            Some(Code::Workday) => Day::Workday,
            Some(Code::Weekend) => Day::Weekend,
            Some(Code::MadeUp(name)) => Day::MadeUp(&self.names[name]),
            Some(Code::Holiday(name)) => Day::Holiday(&self.names[name]),
            None if is_weekend(date) => Day::Weekend,
            None => Day::Workday,
        }
    }

    pub fn is_workday(&self, date: Date) -> bool {
        self.day(date).is_workday()
    }

    /// Does this date rest on weekends alone, because the decree of its year is not out yet? Years before the first
    /// decreed one are reckoned by weekends too, but no decree is awaited for them: they are not provisional.
    ///
    /// The decree of a year has now and then changed the last days of December before it (2018-12-29 was worked for
    /// New Year 2019). Such a day belongs in the file of its own year; until then it is not marked here.
    pub fn is_provisional(&self, date: Date) -> bool {
        self.years.is_none_or(|_| date > self.last)
    }

    /// The first working day after this day.
    pub fn next_workday(&self, date: Date) -> Date {
        self.add_workdays(date, 1)
    }

    /// This day if it is a working day, else the next one (民法典 203).
    pub fn roll_forward(&self, date: Date) -> Date {
        if self.is_workday(date) { date } else { self.next_workday(date) }
    }

    /// This day if it is a working day, else the one before: for reminders, and for limits one should not let roll.
    pub fn roll_back(&self, date: Date) -> Date {
        let mut day = date;
        while !self.is_workday(day) {
            let Ok(yesterday) = day.yesterday() else { return day };
            day = yesterday;
        }
        day
    }

    /// The number of working days in `(after, through]`; 0 if `through` is not later.
    pub fn workdays_between(&self, after: Date, through: Date) -> u32 {
        let between = self.ordinal(through).saturating_sub(self.ordinal(after));
        u32::try_from(between).unwrap_or(0)
    }

    /// The last day of an uninterrupted term; `start` is day zero (民法典 201–203).
    ///
    /// A term that would end after 9999-12-31 ends on that day, provisionally.
    pub fn due(&self, start: Date, term: Term) -> Due {
        let end = self.unrolled(start, term);
        let date = if matches!(term, Term::Workdays(_)) { end } else { self.roll_forward(end) };
        Due { date, provisional: self.is_provisional(date) }
    }

    /// The last day of a term before it rolls: for limits where one should not rely on the rolling. For working days
    /// it is the due date.
    pub fn unrolled(&self, start: Date, term: Term) -> Date {
        let span = match term {
            Term::Workdays(number) => return self.add_workdays(start, number),
            Term::Days(number) => Span::new().try_days(number),
            Term::Months(number) => Span::new().try_months(number),
            Term::Years(number) => Span::new().try_years(number),
        };
        // jiff takes the last day of a month that has no corresponding day, as 民法典 202 does. A span it refuses to
        // hold (20 000 years and more) ends beyond its dates too.
        span.and_then(|span| start.checked_add(span)).unwrap_or(Date::MAX)
    }

    fn add_workdays(&self, start: Date, number: u16) -> Date {
        if number == 0 {
            return start;
        }
        let number = usize::from(number);
        if let Some(index) = self.index(start) {
            return self.workday_numbered(self.ordinals[index] as usize + number);
        }
        if start > self.last {
            return weekdays_after(start, number);
        }
        let before = weekdays_between(start, self.eve);
        if number <= before { weekdays_after(start, number) } else { self.workday_numbered(number - before) }
    }

    /// The working day with this ordinal, counted from the first decreed day on; beyond the table by weekends.
    fn workday_numbered(&self, ordinal: usize) -> Date {
        match self.workdays.get(ordinal - 1) {
            Some(date) => *date,
            None => weekdays_after(self.last, ordinal - self.workdays.len()),
        }
    }

    /// Working days from the first decreed day through this day; negative before it.
    fn ordinal(&self, date: Date) -> i64 {
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        match self.index(date) {
            Some(index) => i64::from(self.ordinals[index]),
            None if date > self.last => count(self.workdays.len() + weekdays_between(self.last, date)),
            None => -count(weekdays_between(date, self.eve)),
        }
    }

    /// Where a decreed day is in the tables.
    fn index(&self, date: Date) -> Option<usize> {
        let (first, _) = self.years?;
        let years = usize::try_from(i32::from(date.year()) - i32::from(first)).ok()?;
        let start = self.months.get(years * 12 + date.month() as usize - 1)?;
        Some(start + date.day() as usize - 1)
    }
}

impl fmt::Debug for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Calendar").field(&self.version).finish()
    }
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn plus_days(date: Date, days: i64) -> Date {
    // The callers' numbers are far below what a span can hold; what leaves the range of dates saturates.
    Span::new().try_days(days).map_or(Date::MAX, |span| date.saturating_add(span))
}

/// The `number`th Monday-to-Friday day after `start`; `number` is at least 1.
fn weekdays_after(start: Date, number: usize) -> Date {
    let weekday = i64::from(start.weekday().to_monday_zero_offset());
    // From a Saturday or Sunday one counts as from the Friday before.
    let (back, weekday) = if weekday > 4 { (weekday - 4, 4) } else { (0, weekday) };
    let number = i64::try_from(number).unwrap_or(i64::MAX / 2);
    let over_weekend = if weekday + number % 5 > 4 { 2 } else { 0 };
    plus_days(start, number / 5 * 7 + number % 5 + over_weekend - back)
}

/// Monday-to-Friday days in `(after, through]`; 0 if `through` is not later.
fn weekdays_between(after: Date, through: Date) -> usize {
    if through <= after {
        return 0;
    }
    let days = usize::try_from((through - after).get_days()).unwrap_or(0);
    let weekday = after.weekday().to_monday_zero_offset() as usize;
    let odd = (1..=days % 7).filter(|step| (weekday + step) % 7 < 5).count();
    days / 7 * 5 + odd
}

fn name_index(names: &mut Vec<String>, name: &str) -> usize {
    names.iter().position(|known| known == name).unwrap_or_else(|| {
        names.push(name.to_string());
        names.len() - 1
    })
}

/// FNV-1a, 32 bits.
fn digest(parts: impl Iterator<Item = String>) -> u32 {
    parts.fold(0x811c_9dc5, |hash, part| {
        part.bytes().fold(hash, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
    })
}
