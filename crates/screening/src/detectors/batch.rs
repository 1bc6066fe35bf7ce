//! 月末集中签发与倒签: opinions signed at the month's end under numbers that were given out earlier.
//!
//! **Invariant:** a month-end habit alone, with numbers in order and always there, scores nothing.

use super::evidence::percent;
use super::peers::{Trial, both, rise, too_many};
use super::{Entity, Evidence, EvidenceRow, Finding, Raw, adjust};
use crate::dates::{Day, month_end, weekday, weekdays_between};
use crate::progress::{Stopped, Watcher, step};
use crate::sector::Sector;

/// The next opinions in the order of numbers, whose dates say when a number was given.
const NEXT: usize = 3;
/// Signed this many weekdays after the number was given: inverted.
const LATE: i32 = 2;
/// The last weekdays of a month that count as its end.
const END: i32 = 2;
const CASES_MIN: usize = 40;

/// Scores every institution with enough opinions.
///
/// # Errors
/// Only if the watcher wants no more.
pub fn detect(sector: &Sector, watcher: &dyn Watcher) -> Result<Vec<Finding>, Stopped> {
    step(watcher, "batch", 0, 1)?;
    let mut by: Vec<Vec<(i64, Day, u32)>> = vec![Vec::new(); sector.institutions.len()];
    for (i, case) in sector.accepted() {
        if let (Some(number), Some(day)) = (case.opinion_no, case.issue_date) {
            by[case.institution as usize].push((number, day, i as u32));
        }
    }
    let judged: Vec<usize> = (0..by.len()).filter(|i| by[*i].len() >= CASES_MIN).collect();
    let mut inverted = Vec::new();
    let mut ends = Vec::new();
    let mut late = Vec::new();
    for &i in &judged {
        let lateness = lateness(&mut by[i]);
        let mut at_end = Vec::new();
        let mut all = Vec::new();
        for ((_, day, case), late) in by[i].iter().zip(&lateness) {
            let end = weekdays_between(*day, month_end(*day)) < END && weekday(*day) < 5;
            at_end.push(Trial { day: *day, event: end && *late >= LATE, case: *case });
            all.push(Trial { day: *day, event: end, case: *case });
        }
        at_end.sort_by_key(|t| (t.day, t.case));
        all.sort_by_key(|t| (t.day, t.case));
        inverted.push(at_end);
        ends.push(all);
        late.push(lateness);
    }
    let found = too_many(&inverted);
    let mut raw = Vec::new();
    for (n, &i) in judged.iter().enumerate() {
        let (ln_inverted, first, rate) = &found[n];
        let jump = rise(&ends[n]);
        // A habit may begin some day too: without inverted numbers it stays a habit.
        let ln_p = both(*ln_inverted, jump.ln_p).max(1.5 * ln_inverted);
        let since = if *ln_inverted <= jump.ln_p { first.day } else { jump.day };
        let late_of: rustc_hash::FxHashMap<u32, i32> = by[i].iter().zip(&late[n]).map(|(x, l)| (x.2, *l)).collect();
        let mut rows: Vec<EvidenceRow> = inverted[n]
            .iter()
            .filter(|t| t.event && t.day >= since)
            .map(|t| EvidenceRow {
                case: t.case,
                other: None,
                numbers: vec![("weekdays_after_number", f64::from(late_of[&t.case]))],
            })
            .collect();
        rows.sort_by(|a, b| b.numbers[0].1.total_cmp(&a.numbers[0].1));
        let evidence = Evidence::new(
            "自%{since}起，月末两个工作日签发的比例由%{before}变为%{after}；%{inverted}份月末签发的文号早于日期两个工作日以上（同行%{usual}）。",
            "Since %{since}, the share signed on the last two weekdays of a month went from %{before} to %{after}; %{inverted} of them carry a number older by two weekdays or more (peers %{usual}).",
            vec![
                ("since", crate::dates::format(since)),
                ("before", percent(jump.before.0, jump.before.1)),
                ("after", percent(jump.after.0, jump.after.1)),
                ("inverted", format!("{:.0}", first.events)),
                ("usual", percent(*rate, 1.0)),
            ],
            rows,
        );
        raw.push(Raw {
            number: i as u32,
            score: -ln_p / std::f64::consts::LN_10,
            ln_p,
            since: Some(since),
            group: None,
            evidence,
        });
    }
    Ok(adjust("batch", Entity::Institution, raw))
}

/// Sorts by number, and tells for each opinion how many weekdays after the next numbers it was signed; 0 if in order.
fn lateness(list: &mut [(i64, Day, u32)]) -> Vec<i32> {
    list.sort_unstable_by_key(|x| (x.0, x.1, x.2));
    (0..list.len())
        .map(|i| {
            let mut next: Vec<Day> = list[i + 1..(i + 1 + NEXT).min(list.len())].iter().map(|x| x.1).collect();
            next.sort_unstable();
            // Most of the next numbers were given before this was signed: one of them alone may be the wrong one.
            next.get(next.len() / 2).map_or(0, |given| weekdays_between(*given, list[i].1))
        })
        .collect()
}
