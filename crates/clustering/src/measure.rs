//! How well groups and scores agree with the truth, or with each other.
//!
//! **Invariant:** none of the measures depends on the names of groups.

use crate::{NOISE, Points, points::square_distance};
use std::collections::BTreeMap;

/// The adjusted Rand index of Hubert and Arabie (1985): 1 for the same groups, about 0 for chance. Of lists of the same length.
pub fn adjusted_rand(one: &[i32], other: &[i32]) -> f64 {
    let (mut cells, mut left, mut right) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for (a, b) in one.iter().zip(other) {
        *cells.entry((a, b)).or_insert(0u64) += 1;
        *left.entry(a).or_insert(0u64) += 1;
        *right.entry(b).or_insert(0u64) += 1;
    }
    let pairs = |many: u64| many as f64 * (many as f64 - 1.0) / 2.0;
    let together: f64 = cells.values().map(|&many| pairs(many)).sum();
    let (left, right): (f64, f64) = (left.values().map(|&n| pairs(n)).sum(), right.values().map(|&n| pairs(n)).sum());
    let expected = left * right / pairs(one.len() as u64).max(1.0);
    let most = (left + right) / 2.0;
    if most == expected { 1.0 } else { (together - expected) / (most - expected) }
}

/// The area under the curve of hits against false alarms: how probably a true outlier scores higher than another row, ties half.
pub fn area_under_curve(scores: &[f64], is_outlier: &[bool]) -> f64 {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[a].total_cmp(&scores[b]));
    let ranks = mean_ranks(scores, &order);
    let outliers = is_outlier.iter().filter(|one| **one).count() as f64;
    let others = scores.len() as f64 - outliers;
    let sum: f64 = ranks.iter().zip(is_outlier).filter(|(_, is)| **is).map(|(rank, _)| rank).sum();
    (sum - outliers * (outliers + 1.0) / 2.0) / (outliers * others)
}

/// The rank of each score from 1, ties with the mean of their ranks; `order` sorts the scores.
pub(crate) fn mean_ranks(scores: &[f64], order: &[usize]) -> Vec<f64> {
    let mut ranks = vec![0.0; scores.len()];
    let mut from = 0;
    for tied in order.chunk_by(|&a, &b| scores[a] == scores[b]) {
        let rank = from as f64 + (tied.len() as f64 + 1.0) / 2.0;
        tied.iter().for_each(|&at| ranks[at] = rank);
        from += tied.len();
    }
    ranks
}

/// Labels with each row of noise given to the group of its nearest row that is none; all noise stays as it is.
pub fn filled(points: &Points, labels: &[i32]) -> Vec<i32> {
    let grouped: Vec<usize> = (0..labels.len()).filter(|&row| labels[row] != NOISE).collect();
    let nearest = |row: usize| {
        let best = grouped.iter().map(|&other| (square_distance(points.row(row), points.row(other)), other));
        best.min_by(|a, b| a.0.total_cmp(&b.0)).map_or(NOISE, |(_, other)| labels[other])
    };
    labels.iter().enumerate().map(|(row, &label)| if label == NOISE { nearest(row) } else { label }).collect()
}
