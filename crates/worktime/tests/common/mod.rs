//! The decreed calendar, and the little words that tables of dates need.

use jiff::civil::Date;
use worktime::{Calendar, Clock, Pause, Reckoning, Term};

macro_rules! years {
    ($($year:literal)*) => {
        [$(($year, include_str!(concat!("../../../platform/data/calendar/", $year, ".csv")))),*]
    };
}

pub const YEARS: [(i16, &str); 11] = years!(2016 2017 2018 2019 2020 2021 2022 2023 2024 2025 2026);

pub fn calendar() -> Calendar {
    Calendar::from_years(&YEARS).expect("the decreed calendar has no faults")
}

#[allow(dead_code, reason = "each test file uses its own part")]
pub fn d(text: &str) -> Date {
    text.parse().expect(text)
}

#[allow(dead_code, reason = "each test file uses its own part")]
pub fn reckon(calendar: &Calendar, start: &str, term: &str, pauses: &[&str], extensions: &[&str]) -> Reckoning {
    calendar.reckon(&Clock {
        start: d(start),
        term: term.parse::<Term>().expect(term),
        pauses: pauses.iter().map(|pause| pause.parse::<Pause>().expect(pause)).collect(),
        extensions: extensions.iter().map(|term| term.parse::<Term>().expect(term)).collect(),
    })
}
