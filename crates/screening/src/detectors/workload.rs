//! 工作量: days on which an appraiser examined impossibly much, or could not have got from one place to the next. It describes.
//!
//! **Invariant:** one row is one day of one appraiser; the cases of the day are named.

use super::ghost::exams;
use crate::dates::Day;
use crate::sector::Sector;

/// No city's traffic is faster from door to door.
const KM_PER_MINUTE: f64 = 1.0;
/// Within this the places are one (coordinates are rounded).
const SAME_KM: f64 = 1.0;

/// A day of an appraiser.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkDay {
    pub appraiser: u32,
    pub day: Day,
    pub exams: usize,
    pub minutes: f64,
    /// Pairs of cases that overlap in time.
    pub overlapping: Vec<(u32, u32)>,
    /// Pairs of cases between whose places there was no time to travel.
    pub unreachable: Vec<(u32, u32)>,
}

/// Days with an overlap, an impossible way, or more than `exams_max` examinations or `minutes_max` minutes; by appraiser and day.
pub fn impossible_days(sector: &Sector, exams_max: usize, minutes_max: f64) -> Vec<WorkDay> {
    let mut found = Vec::new();
    for (appraiser, list) in exams(sector).iter().enumerate() {
        for day in list.chunk_by(|a, b| a.day == b.day) {
            let mut row = WorkDay {
                appraiser: appraiser as u32,
                day: day[0].day,
                exams: day.len(),
                minutes: day.iter().map(|e| e.end - e.start).sum(),
                overlapping: Vec::new(),
                unreachable: Vec::new(),
            };
            for pair in day.windows(2) {
                let (a, b) = (&pair[0], &pair[1]);
                let (p, q) = (&sector.cases[a.case as usize], &sector.cases[b.case as usize]);
                let km = f64::from(p.exam_x - q.exam_x).hypot(f64::from(p.exam_y - q.exam_y));
                if b.start < a.end {
                    row.overlapping.push((a.case, b.case));
                } else if km > SAME_KM && (b.start - a.end) * KM_PER_MINUTE < km {
                    row.unreachable.push((a.case, b.case));
                }
            }
            if !row.overlapping.is_empty()
                || !row.unreachable.is_empty()
                || row.exams > exams_max
                || row.minutes > minutes_max
            {
                found.push(row);
            }
        }
    }
    found
}
