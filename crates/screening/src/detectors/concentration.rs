//! 市场集中度: how few institutions do the cases of a category or district. It describes; it accuses nobody.
//!
//! **Invariant:** shares are of accepted cases; a market without a case is not listed.

use crate::dates::civil;
use crate::sector::{NONE, Sector};
use crate::stats::hhi;

/// One market in one year.
#[derive(Debug, Clone, PartialEq)]
pub struct Market {
    pub category: u32,
    /// `None`: the whole city.
    pub district: Option<u32>,
    pub year: i32,
    pub cases: u32,
    /// Institutions with a case in it.
    pub institutions: u32,
    /// Herfindahl–Hirschman index, 0–10,000.
    pub hhi: f64,
    /// Share of the three largest.
    pub top3: f64,
    /// The largest institution.
    pub largest: u32,
}

/// Every category by year, in the city and in each district of clients.
pub fn markets(sector: &Sector) -> Vec<Market> {
    let mut counts: std::collections::BTreeMap<(u32, Option<u32>, i32), Vec<u32>> = std::collections::BTreeMap::new();
    for (_, case) in sector.accepted() {
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
    counts
        .into_iter()
        .map(|((category, district, year), of)| {
            let cases: u32 = of.iter().sum();
            let mut sorted = of.clone();
            sorted.sort_unstable_by(|a, b| b.cmp(a));
            let largest =
                of.iter().enumerate().max_by_key(|(i, n)| (**n, std::cmp::Reverse(*i))).map_or(0, |x| x.0 as u32);
            Market {
                category,
                district,
                year,
                cases,
                institutions: of.iter().filter(|n| **n > 0).count() as u32,
                hhi: hhi(of.iter().map(|n| f64::from(*n))),
                top3: f64::from(sorted.iter().take(3).sum::<u32>()) / f64::from(cases.max(1)),
                largest,
            }
        })
        .collect()
}
