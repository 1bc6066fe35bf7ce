//! 市场集中度: how few institutions do the cases of a category or district. It describes; it accuses nobody.
//!
//! **Invariant:** shares are of accepted cases; a market without a case is not listed, one with few is listed without an index.

use crate::dates::civil;
use crate::sector::{NONE, Sector};
use crate::stats::hhi;
use std::collections::BTreeMap;

/// Institutions named of one market.
pub const NAMED_MAX: usize = 10;
/// A market with fewer cases has no index: chance alone adds about 10,000 / cases points, here 200 at most.
pub const CASES_MIN: u32 = 50;
/// From here on a market is moderately, from there on highly concentrated: the United States' Merger Guidelines of 2023 (§ 2.1) as their
/// authors read them. Orientation, not law: a small city with five licensed houses lies above 2,000 whatever they do.
pub const MODERATE: f64 = 1_000.0;
pub const HIGH: f64 = 1_800.0;

/// How an index is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    TooFew,
    Low,
    Moderate,
    High,
}

impl Level {
    /// The level of an index over so many cases.
    pub fn of(cases: u32, hhi: f64) -> Self {
        match hhi {
            _ if cases < CASES_MIN => Self::TooFew,
            n if n >= HIGH => Self::High,
            n if n >= MODERATE => Self::Moderate,
            _ => Self::Low,
        }
    }

    /// As a table writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::TooFew => "too_few",
            Self::Low => "low",
            Self::Moderate => "moderate",
            Self::High => "high",
        }
    }
}

/// One market in one year.
#[derive(Debug, Clone, PartialEq)]
pub struct Market {
    pub category: u32,
    /// Of the clients; `None`: the whole city.
    pub district: Option<u32>,
    /// In which the cases were received.
    pub year: i32,
    pub cases: u32,
    /// Institutions with a case in it.
    pub institutions: u32,
    /// Herfindahl–Hirschman index, 0–10,000.
    pub hhi: f64,
    /// Share of the three largest.
    pub top3: f64,
    /// The largest institutions with their cases, [`NAMED_MAX`] at most.
    pub largest: Vec<(u32, u32)>,
}

impl Market {
    pub fn level(&self) -> Level {
        Level::of(self.cases, self.hhi)
    }
}

/// Every category by year, in the city and in each district of clients.
pub fn markets(sector: &Sector) -> Vec<Market> {
    let mut counts: BTreeMap<(u32, Option<u32>, i32), Vec<u32>> = BTreeMap::new();
    for (_, case) in sector.accepted().filter(|(_, case)| case.category != NONE) {
        let year = civil(case.received).0;
        for district in [None, Some(case.district)] {
            if district == Some(NONE) {
                continue;
            }
            let of =
                counts.entry((case.category, district, year)).or_insert_with(|| vec![0; sector.institutions.len()]);
            of[case.institution as usize] += 1;
        }
    }
    counts.into_iter().map(|((category, district, year), of)| market(category, district, year, &of)).collect()
}

fn market(category: u32, district: Option<u32>, year: i32, of: &[u32]) -> Market {
    let cases: u32 = of.iter().sum();
    let mut largest: Vec<(u32, u32)> = (0..).zip(of.iter().copied()).filter(|(_, n)| *n > 0).collect();
    largest.sort_unstable_by_key(|(institution, n)| (std::cmp::Reverse(*n), *institution));
    let institutions = largest.len() as u32;
    let top3 = largest.iter().take(3).map(|(_, n)| *n).sum::<u32>();
    largest.truncate(NAMED_MAX);
    Market {
        category,
        district,
        year,
        cases,
        institutions,
        hhi: hhi(of.iter().map(|n| f64::from(*n))),
        top3: f64::from(top3) / f64::from(cases.max(1)),
        largest,
    }
}
