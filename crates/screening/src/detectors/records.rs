//! 记录补写: examination records of several days written in one sitting, long after the examinations.
//!
//! The law asks for a record at the time of the examination (通则 27). A sitting is a run of writings of one appraiser with short breaks; a record
//! counts as written up if it was written on a later day than the examination and its sitting holds many such records of several days. Sittings are
//! counted, not records: ten records of one evening are one evening. Some always write at the month's end: so there must be too many against the
//! peers *and* more than before.
//!
//! **Invariant:** only cases where both times are known count; nothing is found where the extract has no times of writing.

use super::evidence::percent;
use super::peers::{Trial, rise, too_many};
use super::{Entity, Evidence, EvidenceRow, Finding, Raw, adjust};
use crate::progress::{Stopped, Watcher, step};
use crate::sector::{DAY_MINUTES, Minute, NONE, Sector};

/// A longer break ends a sitting.
const BREAK: Minute = 60;
/// Records of so many examination days, so many in all, make a sitting one of writing up.
const DAYS_MIN: usize = 3;
const RECORDS_MIN: usize = 4;
/// An appraiser with fewer records is not judged.
const TRIALS_MIN: usize = 30;

/// A record with its two times.
struct Written {
    case: u32,
    /// Day of the examination and minute of writing.
    examined: i32,
    at: Minute,
    /// Records of its sitting, and the days they were of; set once the sitting is known.
    sitting: usize,
    days: usize,
}

impl Written {
    fn later(&self) -> i32 {
        self.at.div_euclid(DAY_MINUTES) - self.examined
    }

    fn is_written_up(&self) -> bool {
        self.sitting >= RECORDS_MIN && self.days >= DAYS_MIN && self.later() >= 1
    }
}

/// Scores every appraiser with enough records.
///
/// # Errors
/// Only if the watcher wants no more.
pub fn detect(sector: &Sector, watcher: &dyn Watcher) -> Result<Vec<Finding>, Stopped> {
    step(watcher, "records", 0, 1)?;
    let mut by: Vec<Vec<Written>> = (0..sector.appraiser_home.len()).map(|_| Vec::new()).collect();
    for (i, case) in sector.accepted().filter(|(_, c)| c.appraiser1 != NONE) {
        if let (Some(at), Some(examined)) = (case.recorded, case.exam_date) {
            by[case.appraiser1 as usize].push(Written { case: i as u32, examined, at, sitting: 1, days: 1 });
        }
    }
    let mut of: Vec<(u32, Vec<Written>)> = (0..).zip(by).filter(|(_, list)| list.len() >= TRIALS_MIN).collect();
    for (_, list) in &mut of {
        sittings(list);
    }
    let series: Vec<Vec<Trial>> = of.iter().map(|(_, list)| trials(list)).collect();
    let found = too_many(&series);
    let raw = of.iter().enumerate().map(|(n, (appraiser, list))| {
        let (level, first, rate) = &found[n];
        let jump = rise(&series[n]);
        let ln_p = level.max(jump.ln_p);
        let score = -(0.5 * level + 0.5 * jump.ln_p) / std::f64::consts::LN_10;
        let since = first.day.max(jump.day);
        let after: Vec<&Written> = list.iter().filter(|w| w.at.div_euclid(DAY_MINUTES) >= since).collect();
        let evidence = if ln_p < -2.0 { evidence(&after, since, *rate) } else { Evidence::default() };
        Raw { number: *appraiser, score, ln_p, since: Some(since), group: None, evidence }
    });
    Ok(adjust("records", Entity::Appraiser, raw.collect()))
}

/// Puts the records in the order of writing and counts each one's sitting.
fn sittings(list: &mut [Written]) {
    list.sort_by_key(|w| (w.at, w.case));
    for some in list.chunk_by_mut(|a, b| b.at - a.at <= BREAK) {
        let mut days: Vec<i32> = some.iter().map(|w| w.examined).collect();
        days.sort_unstable();
        days.dedup();
        let (sitting, days) = (some.len(), days.len());
        some.iter_mut().for_each(|w| (w.sitting, w.days) = (sitting, days));
    }
}

/// One trial a sitting; the case is its first.
fn trials(list: &[Written]) -> Vec<Trial> {
    let one = |some: &[Written]| Trial {
        day: some[0].at.div_euclid(DAY_MINUTES),
        event: some.iter().any(Written::is_written_up),
        case: some[0].case,
    };
    list.chunk_by(|a, b| b.at - a.at <= BREAK).map(one).collect()
}

fn evidence(after: &[&Written], since: i32, rate: f64) -> Evidence {
    let mut late: Vec<&&Written> = after.iter().filter(|w| w.is_written_up()).collect();
    let evenings: std::collections::BTreeSet<i32> = late.iter().map(|w| w.at.div_euclid(DAY_MINUTES)).collect();
    late.sort_by_key(|w| (std::cmp::Reverse((w.sitting, w.later())), w.case));
    let rows = late
        .iter()
        .map(|w| EvidenceRow {
            case: w.case,
            other: None,
            numbers: vec![("days_after_examination", f64::from(w.later())), ("written_together", w.sitting as f64)],
        })
        .collect();
    Evidence::new(
        "自%{since}起，%{records}份检查记录中有%{late}份（%{share}）是在%{evenings}个晚上或者时段里一次补写的，每次涉及至少%{days}天的检查；同行的书写时段中一般有%{peers}是补写。",
        "Since %{since}, %{late} of %{records} examination records (%{share}) were written up in %{evenings} sittings, each of examinations of %{days} days at least; of the peers' sittings %{peers} are such.",
        vec![
            ("since", crate::dates::format(since)),
            ("records", after.len().to_string()),
            ("late", late.len().to_string()),
            ("share", percent(late.len() as f64, after.len() as f64)),
            ("evenings", evenings.len().to_string()),
            ("days", DAYS_MIN.to_string()),
            ("peers", percent(rate, 1.0)),
        ],
        rows,
    )
}
