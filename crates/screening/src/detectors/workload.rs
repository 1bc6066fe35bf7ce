//! 工作量: days on which an appraiser examined impossibly much, or could not have got from one place to the next. It describes.
//!
//! **Invariant:** one row is one day of one appraiser; every case of the day is named, in the order of its time.

use super::ghost::{Exam, exams};
use crate::dates::Day;
use crate::sector::Sector;

/// More examinations than this on one day are listed: one every twenty-four minutes of eight hours, without a break.
pub const EXAMS_MAX: usize = 20;
/// More minutes than this on one day are listed: ten hours of examining alone.
pub const MINUTES_MAX: f64 = 600.0;
/// No city's traffic is faster from door to door.
const KM_PER_MINUTE: f64 = 1.0;
/// Within this the places are one (coordinates are rounded).
const SAME_KM: f64 = 1.0;

/// An examination of the day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Examined {
    pub case: u32,
    /// Minutes after midnight.
    pub start: f64,
    pub end: f64,
    /// Whether another one of the day was going on.
    pub overlaps: bool,
    /// Whether there was no time to get here from the one before.
    pub unreachable: bool,
}

/// A day of an appraiser.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkDay {
    pub appraiser: u32,
    pub day: Day,
    pub cases: Vec<Examined>,
    pub minutes: f64,
    /// Pairs of cases that overlap in time.
    pub overlapping: usize,
    /// Minutes counted more than once because examinations overlap.
    pub doubled: f64,
    /// Cases to whose place there was no time to travel from the one before.
    pub unreachable: usize,
}

/// What an extract's days come to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Workload {
    /// Days of an appraiser with an examination whose time is known.
    pub days: usize,
    /// Examinations whose time is known, and those whose place is known too.
    pub timed: usize,
    pub placed: usize,
    /// The impossible ones: by the pairs and journeys that cannot be, then by the minutes counted twice, then the latest first.
    pub impossible: Vec<WorkDay>,
}

/// Days with an overlap, an impossible way, or more than `exams_max` examinations or `minutes_max` minutes; the worst first.
pub fn workload(sector: &Sector, exams_max: usize, minutes_max: f64) -> Workload {
    let mut all = Workload::default();
    for (appraiser, list) in exams(sector).iter().enumerate() {
        for day in list.chunk_by(|a, b| a.day == b.day) {
            let row = work_day(sector, appraiser as u32, day);
            all.days += 1;
            all.timed += day.len();
            all.placed += day.iter().filter(|one| !sector.cases[one.case as usize].exam_x.is_nan()).count();
            let is_long = row.cases.len() > exams_max || row.minutes > minutes_max;
            if row.overlapping > 0 || row.unreachable > 0 || is_long {
                all.impossible.push(row);
            }
        }
    }
    all.impossible.sort_by(|a, b| {
        (b.overlapping + b.unreachable)
            .cmp(&(a.overlapping + a.unreachable))
            .then(b.doubled.total_cmp(&a.doubled))
            .then(b.day.cmp(&a.day))
            .then(a.appraiser.cmp(&b.appraiser))
    });
    all
}

/// A day whose examinations stand in the order of their beginnings.
fn work_day(sector: &Sector, appraiser: u32, day: &[Exam]) -> WorkDay {
    let mut row = WorkDay {
        appraiser,
        day: day[0].day,
        cases: Vec::with_capacity(day.len()),
        minutes: day.iter().map(|one| one.end - one.start).sum(),
        overlapping: 0,
        doubled: 0.0,
        unreachable: 0,
    };
    // Ends of those before, in order: how many of them lie after a beginning is how many it overlaps.
    let mut ends: Vec<f64> = Vec::with_capacity(day.len());
    for (n, one) in day.iter().enumerate() {
        let open = ends.len() - ends.partition_point(|end| *end <= one.start);
        let last = ends.last().copied().unwrap_or(one.start);
        row.overlapping += open;
        row.doubled += (last.min(one.end) - one.start).max(0.0);
        let next = day.get(n + 1);
        let unreachable = open == 0 && n > 0 && is_unreachable(sector, &day[n - 1], one);
        row.unreachable += usize::from(unreachable);
        row.cases.push(Examined {
            case: one.case,
            start: one.start,
            end: one.end,
            overlaps: open > 0 || next.is_some_and(|next| next.start < one.end),
            unreachable,
        });
        ends.insert(ends.partition_point(|end| *end <= one.end), one.end);
    }
    row
}

/// Whether nobody gets from the end of the first to the beginning of the second; not so where a place is unknown.
fn is_unreachable(sector: &Sector, first: &Exam, second: &Exam) -> bool {
    let (p, q) = (&sector.cases[first.case as usize], &sector.cases[second.case as usize]);
    let km = f64::from(p.exam_x - q.exam_x).hypot(f64::from(p.exam_y - q.exam_y));
    km > SAME_KM && (second.start - first.end) * KM_PER_MINUTE < km
}
