//! 压案: some cases parked, or suspended for very long, at an institution that is otherwise no slower than it always is.
//!
//! **Invariant:** the institution's own pace is taken out first: being slow with everything scores nothing.

use super::evidence::percent;
use super::peers::{Rise, Trial, both, rise, too_many};
use super::{Entity, Evidence, EvidenceRow, Finding, Raw, adjust};
use crate::dates::{month_end, weekdays_between};
use crate::progress::{Stopped, Watcher, step};
use crate::sector::Sector;
use crate::stats::robust;

/// A case is in the tail if it takes this many robust spreads of its category longer than its institution's median.
const TAIL: f64 = 2.0;
/// An institution with fewer cases is not judged.
const CASES_MIN: usize = 30;
/// A tail that grew by less than this share of the cases is no parking.
const MATERIAL: f64 = 0.015;

/// Scores every institution with enough cases.
///
/// # Errors
/// Only if the watcher wants no more.
pub fn detect(sector: &Sector, watcher: &dyn Watcher) -> Result<Vec<Finding>, Stopped> {
    step(watcher, "delay", 0, 1)?;
    let residuals = residuals(sector);
    let long = long_suspension(sector);
    let mut by_institution: Vec<Vec<(Trial, Trial)>> = vec![Vec::new(); sector.institutions.len()];
    for (i, case) in sector.accepted() {
        let Some(accepted) = case.accept_date else { continue };
        // What is held back for the month's end is the batch detector's question.
        let batched = case.issue_date.is_some_and(|d| weekdays_between(d, month_end(d)) < 2);
        let slow = residuals[i] > TAIL && !batched;
        let tail = Trial { day: accepted, event: slow, case: i as u32 };
        let parked = Trial { event: case.suspended_days > long, ..tail };
        by_institution[case.institution as usize].push((tail, parked));
    }
    let judged: Vec<usize> = (0..by_institution.len()).filter(|i| by_institution[*i].len() >= CASES_MIN).collect();
    let series = |parked: bool| -> Vec<Vec<Trial>> {
        let pick = |t: &(Trial, Trial)| if parked { t.1 } else { t.0 };
        judged
            .iter()
            .map(|i| {
                let mut one: Vec<Trial> = by_institution[*i].iter().map(pick).collect();
                one.sort_by_key(|t| (t.day, t.case));
                one
            })
            .collect()
    };
    let parked_found = too_many(&series(true));
    // A long tail that was always there belongs to the work of the institution; one that began some day does not.
    let tails: Vec<Rise> = series(false).iter().map(|s| rise(s)).collect();
    let mut raw = Vec::new();
    for (n, &i) in judged.iter().enumerate() {
        let (tail, parked) = (&tails[n], &parked_found[n]);
        let grew = tail.after.0 / tail.after.1.max(1.0) - tail.before.0 / tail.before.1.max(1.0);
        let ln_tail = if grew >= MATERIAL { tail.ln_p } else { 0.0 };
        let ln_p = both(ln_tail, parked.0);
        let (first, trials) =
            if parked.0 <= ln_tail { (parked.1.day, parked.1.trials) } else { (tail.day, tail.after.1) };
        let mut rows: Vec<EvidenceRow> = by_institution[i]
            .iter()
            .filter(|t| (t.0.event || t.1.event) && t.0.day >= first)
            .map(|t| EvidenceRow {
                case: t.0.case,
                other: None,
                numbers: vec![
                    ("suspended_days", f64::from(sector.cases[t.0.case as usize].suspended_days)),
                    ("spreads_over_usual", residuals[t.0.case as usize]),
                ],
            })
            .collect();
        rows.sort_by(|a, b| {
            (b.numbers[0].1 / 10.0 + b.numbers[1].1).total_cmp(&(a.numbers[0].1 / 10.0 + a.numbers[1].1))
        });
        let evidence = Evidence::new(
            "自%{since}起，%{cases}件中有%{parked}件中止超过%{days}天（同行一般%{usual}），%{slow}件远超本机构通常时限。",
            "Since %{since}, of %{cases} cases %{parked} were suspended for more than %{days} days (peers %{usual}) and %{slow} took far longer than is usual here.",
            vec![
                ("since", crate::dates::format(first)),
                ("cases", format!("{trials:.0}")),
                ("parked", by_institution[i].iter().filter(|t| t.1.event && t.0.day >= first).count().to_string()),
                ("days", format!("{long:.0}")),
                ("usual", percent(parked.2, 1.0)),
                ("slow", by_institution[i].iter().filter(|t| t.0.event && t.0.day >= first).count().to_string()),
            ],
            rows,
        );
        raw.push(Raw {
            number: i as u32,
            score: -ln_p / std::f64::consts::LN_10,
            ln_p,
            since: Some(first),
            group: None,
            evidence,
        });
    }
    Ok(adjust("delay", Entity::Institution, raw))
}

/// How many robust spreads of its category each case took longer than its institution's own median; NaN without dates.
fn residuals(sector: &Sector) -> Vec<f64> {
    let mut residual = vec![f64::NAN; sector.cases.len()];
    let mut groups: Vec<Vec<usize>> = vec![Vec::new(); sector.categories.len() * sector.institutions.len()];
    for (i, case) in sector.accepted() {
        if let (Some(from), Some(to)) = (case.accept_date, case.issue_date) {
            residual[i] = f64::from(weekdays_between(from, to).max(1)).ln();
            groups[case.category as usize * sector.institutions.len() + case.institution as usize].push(i);
        }
    }
    // A backlog that grows slows everybody: where there are cases enough, the median is that of the quarter.
    let quarter = |i: &usize| sector.cases[*i].accept_date.map_or(0, |d| crate::dates::month(d) / 3);
    for group in &mut groups {
        group.sort_by_key(|i| (quarter(i), *i));
    }
    for of_category in groups.chunks(sector.institutions.len().max(1)) {
        let mut spread = Vec::new();
        for group in of_category {
            let whole = robust::median(&group.iter().map(|i| residual[*i]).collect::<Vec<_>>());
            for part in group.chunk_by(|a, b| quarter(a) == quarter(b)) {
                let own = robust::median(&part.iter().map(|i| residual[*i]).collect::<Vec<_>>());
                let weight = part.len() as f64 / (part.len() as f64 + 20.0);
                part.iter().for_each(|i| residual[*i] -= weight * own + (1.0 - weight) * whole);
            }
            if group.len() >= CASES_MIN {
                // The lower half: parked cases widen the upper one.
                spread.push(-robust::quantile(&group.iter().map(|i| residual[*i]).collect::<Vec<_>>(), 0.159));
            }
        }
        let width = robust::median(&spread);
        let width = if width.is_finite() { width.max(0.05) } else { 1.0 };
        for group in of_category {
            group.iter().for_each(|i| residual[*i] /= width);
        }
    }
    residual
}

/// Suspensions longer than this are rare at nearly every institution: half as long again as the
/// median over institutions of their 99.9 % point, at least 5 days.
fn long_suspension(sector: &Sector) -> f32 {
    let mut by: Vec<Vec<f64>> = vec![Vec::new(); sector.institutions.len()];
    for (_, case) in sector.accepted() {
        by[case.institution as usize].push(f64::from(case.suspended_days));
    }
    let high: Vec<f64> = by.iter().filter(|v| v.len() >= CASES_MIN).map(|v| robust::quantile(v, 0.999)).collect();
    let usual = robust::median(&high);
    if usual.is_finite() { (usual * 1.5).max(5.0).ceil() as f32 } else { 30.0 }
}
