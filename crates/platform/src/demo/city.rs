//! A fictional city of appraisal institutions, their people and some thousand cases, as a plan: data only. The seeding
//! module carries the plan out through the real write path.
//!
//! Everything is plainly invented: institutions are called `演示·…`, licence and citizen numbers begin with 99, a region
//! that does not exist, and telephone numbers cannot be dialled.
//!
//! **Invariant:** the plan depends on its arguments alone, and nothing in it happens after `today`.

mod cases;
mod institutions;
mod kinds;
mod organs;
mod pace;
mod people;
mod rng;
#[cfg(test)]
mod tests;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

pub use kinds::*;
pub use people::check_digit;
pub use rng::Rng;

/// How far back the oldest case goes, with a margin: no licence in use may begin later.
const WINDOW_DAYS: i64 = 270;

/// The city, counting Monday to Friday as working days: a caller that knows the holidays rolls dates forward, or
/// better, uses [`city_with_calendar`].
pub fn city(seed: u64, institutions: usize, appraisers: usize, cases: usize, today: Date) -> City {
    city_with_calendar(seed, institutions, appraisers, cases, today, &is_weekday)
}

/// The city, with the working days as `is_workday` tells them: then the shares of overdue cases and of cases due soon
/// are exact also across holidays.
pub fn city_with_calendar(
    seed: u64,
    institutions: usize,
    appraisers: usize,
    cases: usize,
    today: Date,
    is_workday: &dyn Fn(Date) -> bool,
) -> City {
    let districts = districts();
    let institutions = institutions::institutions(seed, institutions, &districts, today);
    let appraisers = institutions::appraisers(seed, appraisers, &institutions, today);
    let organs = organs::organs(seed, &districts, today);
    let days = pace::Days::before(today, is_workday);
    let cases = cases::cases(seed, cases, (&institutions, &appraisers, &organs), &days);
    City { institutions, appraisers, organs, cases }
}

/// A district of Shanghai.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct District {
    /// 6 digits.
    pub code: &'static str,
    pub name: &'static str,
    pub english: &'static str,
}

/// The districts of `data/districts.tsv`, in its order.
pub fn districts() -> Vec<District> {
    const TABLE: &str = include_str!("../../data/districts.tsv");
    TABLE
        .lines()
        .filter(|line| !line.starts_with('#'))
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split('\t');
            Some(District { code: cells.next()?, name: cells.next()?, english: cells.next()? })
        })
        .collect()
}

fn is_weekday(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// `days` later, or earlier if negative; stays at the ends of the calendar.
fn days_after(day: Date, days: i64) -> Date {
    day.saturating_add(days.days())
}

fn years_after(day: Date, years: i16) -> Date {
    day.saturating_add(years.years())
}
