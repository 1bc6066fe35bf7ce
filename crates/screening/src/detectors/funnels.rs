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

/// An institution with fewer cases that count is not judged.
pub const CASES_MIN: f64 = 30.0;
/// Nor is one of which fewer events are expected: below it the normal limits of a funnel promise too much.
pub const EXPECTED_MIN: f64 = 5.0;
/// Limits of z: one honest institution in twenty lies outside the inner ones, one in five hundred outside the outer ones.
pub const INNER: f64 = 1.959_964;
pub const OUTER: f64 = 3.090_232;

/// Where an institution stands in a funnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    TooFew,
    FarBelow,
    Below,
    Within,
    Above,
    FarAbove,
}

impl Standing {
    pub fn of(cases: f64, expected: f64, z: f64) -> Self {
        match z {
            _ if cases < CASES_MIN || expected < EXPECTED_MIN => Self::TooFew,
            z if z > OUTER => Self::FarAbove,
            z if z > INNER => Self::Above,
            z if z < -OUTER => Self::FarBelow,
            z if z < -INNER => Self::Below,
            _ => Self::Within,
        }
    }

    /// As a table writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::TooFew => "too_few",
            Self::FarBelow => "below_998",
            Self::Below => "below_95",
            Self::Within => "within",
            Self::Above => "above_95",
            Self::FarAbove => "above_998",
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
