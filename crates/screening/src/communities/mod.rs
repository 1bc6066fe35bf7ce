//! 社群发现: groups of nodes that are tied to each other more than to the rest: Leiden (Traag, Waltman, van Eck 2019) by modularity or CPM.
//!
//! Modularity merges groups that are small against the whole (its resolution limit). Rings are small: cut the edges by significance first
//! ([`significant_edges`]), or use CPM.
//!
//! **Invariant:** every community is connected, and the same graph and seed give the same membership.

mod bipartite;
mod graph;
mod leiden;

pub use bipartite::significant_edges;
pub use graph::{Edge, Graph};
pub use leiden::{Quality, leiden, quality};

/// Normalised mutual information of two labellings, arithmetic mean normalisation, 0–1; for benches and tests.
pub fn nmi(a: &[u32], b: &[u32]) -> f64 {
    use std::collections::BTreeMap;
    let n = a.len().min(b.len()) as f64;
    let mut pairs: BTreeMap<(u32, u32), f64> = BTreeMap::new();
    let (mut of_a, mut of_b): (BTreeMap<u32, f64>, BTreeMap<u32, f64>) = Default::default();
    for (x, y) in a.iter().zip(b) {
        *pairs.entry((*x, *y)).or_default() += 1.0;
        *of_a.entry(*x).or_default() += 1.0;
        *of_b.entry(*y).or_default() += 1.0;
    }
    let entropy = |m: &BTreeMap<u32, f64>| -m.values().map(|c| c / n * (c / n).ln()).sum::<f64>();
    let mutual: f64 = pairs.iter().map(|((x, y), c)| c / n * (c * n / (of_a[x] * of_b[y])).ln()).sum();
    let mean = (entropy(&of_a) + entropy(&of_b)) / 2.0;
    if mean > 0.0 { (mutual / mean).clamp(0.0, 1.0) } else { 1.0 }
}
