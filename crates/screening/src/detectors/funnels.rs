//! 比率漏斗图: refusal, complaint, re-appraisal, overturning by institution against what the case mix lets expect. It describes; [`super::rates`] makes leads of it.
//!
//! **Invariant:** the expectation of a case is the rate of its category and kind of client over the whole city.

use crate::sector::{Case, Sector};
use crate::stats::funnel::{Funnel, Point, funnel};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    Refused,
    Complaint,
    Reappraised,
    /// Of the re-appraised.
    Overturned,
}

impl Rate {
    pub const ALL: [Rate; 4] = [Rate::Refused, Rate::Complaint, Rate::Reappraised, Rate::Overturned];

    /// Its key, also of its title.
    pub fn name(self) -> &'static str {
        match self {
            Rate::Refused => "refused",
            Rate::Complaint => "complaint",
            Rate::Reappraised => "reappraised",
            Rate::Overturned => "overturned",
        }
    }

    pub(crate) fn event(self, case: &Case) -> Option<bool> {
        match self {
            Rate::Refused => Some(!case.accepted),
            Rate::Complaint => case.accepted.then_some(case.complaint),
            Rate::Reappraised => case.accepted.then_some(case.reappraised),
            Rate::Overturned => (case.accepted && case.reappraised).then_some(case.overturned),
        }
    }
}

/// A funnel over institutions.
#[derive(Debug, Clone, PartialEq)]
pub struct RateFunnel {
    pub rate: Rate,
    /// Cases of each institution that count, and its point.
    pub cases: Vec<f64>,
    pub points: Vec<Point>,
    pub funnel: Funnel,
}

/// The funnel of a rate over all institutions.
pub fn rate_funnel(sector: &Sector, rate: Rate) -> RateFunnel {
    let kinds = sector.client_types.len().max(1);
    let stratum = |c: &Case| c.category as usize * kinds + c.client_type as usize;
    let mut strata = vec![(0.0, 0.0); sector.categories.len() * kinds];
    for case in &sector.cases {
        if let Some(event) = rate.event(case) {
            strata[stratum(case)].0 += f64::from(u8::from(event));
            strata[stratum(case)].1 += 1.0;
        }
    }
    let mut points = vec![Point { observed: 0.0, expected: 0.0, variance: 0.0 }; sector.institutions.len()];
    let mut cases = vec![0.0; sector.institutions.len()];
    for case in &sector.cases {
        if let Some(event) = rate.event(case) {
            let (events, n) = strata[stratum(case)];
            let p: f64 = events / n;
            let point = &mut points[case.institution as usize];
            point.observed += f64::from(u8::from(event));
            point.expected += p;
            point.variance += p * (1.0 - p);
            cases[case.institution as usize] += 1.0;
        }
    }
    let funnel = funnel(&points);
    RateFunnel { rate, cases, points, funnel }
}
