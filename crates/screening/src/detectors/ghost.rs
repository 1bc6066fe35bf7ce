//! 挂名: examinations of one appraiser that overlap or stand apart from the rest of his day.
//!
//! A day of examinations is one after another from the morning on. A time that is not is either mistyped, as everybody does now and then,
//! or belongs to an examination he was not at.
//!
//! **Invariant:** everybody is measured by the city's own rate of typing errors, not by a rate of ours.

use super::evidence::percent;
use super::peers::{Trial, too_many};
use super::{Entity, Evidence, EvidenceRow, Finding, Raw, adjust};
use crate::progress::{Stopped, Watcher, step};
use crate::sector::{NONE, Sector};
use crate::stats::robust;

/// An appraiser with fewer examinations is not judged.
const EXAMS_MIN: usize = 20;
/// A gap is odd if it is longer than twice this share of all gaps and a pause: an examination that ended early leaves one.
const USUAL_GAPS: f64 = 0.97;
const PAUSE: f64 = 45.0;

/// An examination in its day.
pub(super) struct Exam {
    pub case: u32,
    pub day: i32,
    pub start: f64,
    pub end: f64,
}

/// The examinations of each appraiser by day and time.
pub(super) fn exams(sector: &Sector) -> Vec<Vec<Exam>> {
    let mut by: Vec<Vec<Exam>> = (0..sector.appraiser_home.len()).map(|_| Vec::new()).collect();
    for (i, case) in sector.accepted() {
        let (Some(day), false) = (case.exam_date, case.exam_start.is_nan() || case.exam_minutes.is_nan()) else {
            continue;
        };
        if case.appraiser1 != NONE {
            let start = f64::from(case.exam_start);
            by[case.appraiser1 as usize].push(Exam {
                case: i as u32,
                day,
                start,
                end: start + f64::from(case.exam_minutes),
            });
        }
    }
    for list in &mut by {
        list.sort_by(|a, b| a.day.cmp(&b.day).then(a.start.total_cmp(&b.start)).then(a.case.cmp(&b.case)));
    }
    by
}

/// Gap of each examination to the end of those before it that day (to the opening for the first), and the case it touches.
///
/// An overlap with an examination that is itself odd says nothing new and counts as no gap: one wrong time is one event.
fn gaps(list: &[Exam], opening: f64, is_odd: &dyn Fn(f64, bool) -> bool) -> Vec<(f64, Option<u32>)> {
    let mut out = Vec::with_capacity(list.len());
    let (mut day, mut end, mut last, mut last_odd) = (i32::MIN, opening, None, false);
    for exam in list {
        if exam.day != day {
            (day, end, last, last_odd) = (exam.day, opening, None, false);
        }
        let mut gap = exam.start - end;
        if gap < 0.0 && last_odd {
            gap = 0.0;
        }
        let odd = is_odd(gap, last.is_some());
        out.push((gap, last));
        if exam.end > end || last.is_none() {
            end = exam.end.max(end);
            last = Some(exam.case);
            last_odd = odd;
        }
    }
    out
}

/// Scores every appraiser with enough examinations.
///
/// # Errors
/// Only if the watcher wants no more.
pub fn detect(sector: &Sector, watcher: &dyn Watcher) -> Result<Vec<Finding>, Stopped> {
    step(watcher, "ghost", 0, 1)?;
    let exams = exams(sector);
    let firsts: Vec<f64> = exams
        .iter()
        .flat_map(|l| l.iter().enumerate().filter(|(i, e)| *i == 0 || l[i - 1].day != e.day).map(|(_, e)| e.start))
        .collect();
    let opening = robust::quantile(&firsts, 0.05);
    let all: Vec<f64> = exams.iter().flat_map(|l| gaps(l, opening, &|_, _| false)).map(|g| g.0).collect();
    let wide = robust::quantile(&all, USUAL_GAPS) * 2.0 + PAUSE;
    let early = -5.0;
    let judged: Vec<usize> = (0..exams.len()).filter(|a| exams[*a].len() >= EXAMS_MIN).collect();
    // Before the city's opening hour is only early, not odd: people have keys.
    let is_odd = |gap: f64, touched: bool| gap > wide || (gap < if touched { -0.5 } else { early - 120.0 });
    let gaps: Vec<Vec<(f64, Option<u32>)>> = exams.iter().map(|l| gaps(l, opening, &is_odd)).collect();
    let series: Vec<Vec<Trial>> = judged
        .iter()
        .map(|a| {
            exams[*a]
                .iter()
                .zip(&gaps[*a])
                .map(|(e, g)| Trial { day: e.day, event: is_odd(g.0, g.1.is_some()), case: e.case })
                .collect()
        })
        .collect();
    let found = too_many(&series);
    let raw = judged
        .iter()
        .enumerate()
        .map(|(n, &a)| {
            let (ln_p, first, rate) = &found[n];
            let mut rows: Vec<EvidenceRow> = exams[a]
                .iter()
                .zip(&gaps[a])
                .filter(|(e, g)| is_odd(g.0, g.1.is_some()) && e.day >= first.day)
                .map(|(e, g)| EvidenceRow {
                    case: e.case,
                    other: g.1.filter(|_| g.0 < 0.0),
                    numbers: vec![("start_minute", e.start), ("minutes", e.end - e.start), ("gap_minutes", g.0)],
                })
                .collect();
            // Overlaps first: they need no explanation of the day's order.
            rows.sort_by(|a, b| b.other.is_some().cmp(&a.other.is_some()).then(a.case.cmp(&b.case)));
            let overlaps = rows.iter().filter(|r| r.other.is_some()).count();
            let evidence = Evidence::new(
                "自%{since}起，%{exams}次检查中有%{odd}次时间与本人当日日程不符（其中%{overlaps}次重叠），全市一般为%{usual}。",
                "Since %{since}, of %{exams} examinations %{odd} do not fit the appraiser's day (%{overlaps} overlap); usual in the city: %{usual}.",
                vec![
                    ("since", crate::dates::format(first.day)),
                    ("exams", format!("{:.0}", first.trials)),
                    ("odd", format!("{:.0}", first.events)),
                    ("overlaps", overlaps.to_string()),
                    ("usual", percent(*rate, 1.0)),
                ],
                rows,
            );
            Raw { number: a as u32, score: -ln_p / std::f64::consts::LN_10, ln_p: *ln_p, since: Some(first.day), group: None, evidence }
        })
        .collect();
    Ok(adjust("ghost", Entity::Appraiser, raw))
}
