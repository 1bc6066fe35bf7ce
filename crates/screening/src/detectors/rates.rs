//! 比率线索: refusal, complaints, re-appraisal and overturning above what the case mix lets expect and honest differences explain.
//!
//! The funnel ([`super::funnels`]) gives expectation and spread; the tail is beta-binomial, because small institutions make no normal z.
//!
//! **Invariant:** an institution is compared with the whole city at the same category and kind of client, never with "all".

use super::evidence::percent;
use super::funnels::{CASES_MIN, Rate, rate_funnel};
use super::{Entity, Evidence, EvidenceRow, Finding, Raw, adjust};
use crate::progress::{Stopped, Watcher, step};
use crate::sector::Sector;
use crate::stats::tails::ln_beta_binomial_upper;

/// Refusals above expectation.
///
/// # Errors
/// Only if the watcher wants no more.
pub fn refused(sector: &Sector, watcher: &dyn Watcher) -> Result<Vec<Finding>, Stopped> {
    judge(sector, Rate::Refused, watcher)
}

/// Complaints above expectation.
///
/// # Errors
/// Only if the watcher wants no more.
pub fn complaint(sector: &Sector, watcher: &dyn Watcher) -> Result<Vec<Finding>, Stopped> {
    judge(sector, Rate::Complaint, watcher)
}

/// Re-appraisals above expectation.
///
/// # Errors
/// Only if the watcher wants no more.
pub fn reappraised(sector: &Sector, watcher: &dyn Watcher) -> Result<Vec<Finding>, Stopped> {
    judge(sector, Rate::Reappraised, watcher)
}

/// Overturned of the re-appraised above expectation.
///
/// # Errors
/// Only if the watcher wants no more.
pub fn overturned(sector: &Sector, watcher: &dyn Watcher) -> Result<Vec<Finding>, Stopped> {
    judge(sector, Rate::Overturned, watcher)
}

fn judge(sector: &Sector, rate: Rate, watcher: &dyn Watcher) -> Result<Vec<Finding>, Stopped> {
    step(watcher, rate.name(), 0, 1)?;
    let found = rate_funnel(sector, rate);
    let mut raw = Vec::new();
    for (i, point) in found.points.iter().enumerate() {
        let cases = found.cases[i];
        if cases < CASES_MIN || point.expected <= 0.0 || point.expected >= cases {
            continue;
        }
        let p = point.expected / cases;
        // The between-variance of the ratio observed/expected, as an intra-class correlation.
        let rho = (found.funnel.tau2 * p / (1.0 - p)).clamp(0.0, 0.5);
        let ln_p = ln_beta_binomial_upper(point.observed as u64, cases as u64, p, rho);
        let rows = if ln_p < -3.0 { rows(sector, rate, i as u32) } else { Vec::new() };
        let evidence = Evidence::new(
            "%{cases}件中有%{events}件（%{share}）；同类别、同类委托人的案件按全市水平应为%{expected}件（%{usual}）。",
            "%{events} of %{cases} cases (%{share}); cases of the same category and kind of client would give %{expected} (%{usual}) at the city's rate.",
            vec![
                ("cases", format!("{cases:.0}")),
                ("events", format!("{:.0}", point.observed)),
                ("share", percent(point.observed, cases)),
                ("expected", format!("{:.1}", point.expected)),
                ("usual", percent(p, 1.0)),
            ],
            rows,
        );
        let score = -ln_p / std::f64::consts::LN_10;
        raw.push(Raw { number: i as u32, score, ln_p, since: None, group: None, evidence });
    }
    Ok(adjust(rate.name(), Entity::Institution, raw))
}

/// The latest cases with the event.
fn rows(sector: &Sector, rate: Rate, institution: u32) -> Vec<EvidenceRow> {
    let is_event = |c: &&(usize, &crate::sector::Case)| rate.event(c.1) == Some(true);
    let mut all: Vec<(usize, &crate::sector::Case)> =
        sector.cases.iter().enumerate().filter(|c| c.1.institution == institution).collect();
    all.sort_by_key(|c| (std::cmp::Reverse(c.1.received), c.0));
    let row = |c: &(usize, &crate::sector::Case)| EvidenceRow { case: c.0 as u32, other: None, numbers: Vec::new() };
    all.iter().filter(is_event).take(super::evidence::ROWS_MAX).map(row).collect()
}
