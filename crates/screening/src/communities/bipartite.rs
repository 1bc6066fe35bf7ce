//! 二部图投影: who shares more partners than chance lets expect: edges for rings, cut by significance before any community is sought.
//!
//! **Invariant:** an edge is kept by its own tail probability, adjusted over all pairs that share anything.

use std::collections::BTreeMap;

use super::Edge;
use crate::stats::fdr::benjamini_hochberg;
use crate::stats::tails::ln_poisson_upper;

/// A left and a right actor and how many cases they share.
pub type Tie = (u32, u32, u32);

/// Ties with more cases than the volumes of both ends let expect (Poisson lift), at false-discovery rate `q`; the weight is −log10 p.
///
/// Right actors are numbered after the left ones: node of right actor r is `lefts + r`.
pub fn significant_edges(ties: &[Tie], lefts: u32, q: f64) -> Vec<Edge> {
    let mut sum: BTreeMap<(u32, u32), f64> = BTreeMap::new();
    let (mut left, mut right, mut whole): (BTreeMap<u32, f64>, BTreeMap<u32, f64>, f64) = Default::default();
    for (a, b, n) in ties {
        let n = f64::from(*n);
        *sum.entry((*a, *b)).or_default() += n;
        *left.entry(*a).or_default() += n;
        *right.entry(*b).or_default() += n;
        whole += n;
    }
    let pairs: Vec<(&(u32, u32), f64)> = sum
        .iter()
        .map(|(pair, n)| (pair, ln_poisson_upper(*n as u64, left[&pair.0] * right[&pair.1] / whole)))
        .collect();
    let adjusted = benjamini_hochberg(&pairs.iter().map(|p| p.1.exp()).collect::<Vec<_>>());
    pairs
        .iter()
        .zip(adjusted)
        .filter(|(_, a)| *a <= q)
        .map(|((pair, ln_p), _)| Edge {
            a: pair.0,
            b: lefts + pair.1,
            weight: ((-ln_p / std::f64::consts::LN_10) as f32).max(1e-3),
        })
        .collect()
}
