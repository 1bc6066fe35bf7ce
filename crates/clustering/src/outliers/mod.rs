//! How far a row is from the others: six scores. Higher is stranger, always.
//!
//! No score is best everywhere (ADBench; our measurements): the mean of ranks of several is the safest choice.
//!
//! **Invariant:** a score needs no label and, but for the forest, no randomness.

mod ecod;
mod forest;

use crate::measure::mean_ranks;
use crate::neighbours::{self, Neighbours};
use crate::{Fault, Points, Work};

pub use ecod::ecod;
pub use forest::{Forest, isolation_forest};

/// Neighbours that LOF looks at by default, as in scikit-learn.
pub const LOF_NEIGHBOURS: usize = 20;
/// Neighbours that k-NN looks at by default, as in PyOD.
pub const KNN_NEIGHBOURS: usize = 5;
/// Deviations up to which a value is not strange.
const USUAL_DEVIATIONS: f64 = 3.0;
/// The median absolute deviation of the normal distribution, as a share of its standard deviation, inverted.
const NORMAL: f64 = 1.4826;
/// The same of the mean absolute deviation.
const NORMAL_MEAN: f64 = 1.2533;

/// The distance to the `neighbours`-th nearest other row.
///
/// # Errors
/// [`Fault::Parameter`] where `neighbours` is 0, [`Fault::TooMany`], [`Fault::Cancelled`].
pub fn knn(points: &Points, neighbours: usize, work: Work) -> Result<Vec<f64>, Fault> {
    check_neighbours(neighbours)?;
    let Neighbours { each, distances, .. } = neighbours::all(points, neighbours, work)?;
    if each == 0 {
        return Ok(vec![0.0; points.rows()]);
    }
    Ok(distances.chunks_exact(each).map(|some| some[each - 1]).collect())
}

/// The local outlier factor of Breunig and others (2000), as scikit-learn computes it: about 1 inside, greater outside.
///
/// # Errors
/// As [`knn`].
pub fn lof(points: &Points, neighbours: usize, work: Work) -> Result<Vec<f64>, Fault> {
    check_neighbours(neighbours)?;
    let Neighbours { each, distances, rows } = neighbours::all(points, neighbours, work)?;
    if each == 0 {
        return Ok(vec![1.0; points.rows()]);
    }
    let reach: Vec<f64> = distances.chunks_exact(each).map(|some| some[each - 1]).collect();
    let density: Vec<f64> = distances
        .chunks_exact(each)
        .zip(rows.chunks_exact(each))
        .map(|(distances, rows)| {
            let sum: f64 = distances.iter().zip(rows).map(|(distance, &row)| distance.max(reach[row as usize])).sum();
            // Against division by zero among copies; scikit-learn's number.
            1.0 / (sum / each as f64 + 1e-10)
        })
        .collect();
    let ratio = |(row, rows): (usize, &[u32])| {
        rows.iter().map(|&other| density[other as usize] / density[row]).sum::<f64>() / each as f64
    };
    Ok(rows.chunks_exact(each).enumerate().map(ratio).collect())
}

fn check_neighbours(neighbours: usize) -> Result<(), Fault> {
    if neighbours == 0 { Err(Fault::Parameter("at least 1 neighbour is looked at".to_string())) } else { Ok(()) }
}

/// The sum over the columns of how many deviations beyond three a value lies from the median; the deviation is the median absolute one.
/// Where more than half the values of a column are equal that is zero, and the mean absolute one takes its place (Iglewicz and Hoaglin 1993); a
/// constant column counts nothing.
pub fn robust_z(points: &Points) -> Vec<f64> {
    let mut scores = vec![0.0; points.rows()];
    for column in 0..points.columns() {
        let values = points.column(column);
        let middle = median(values.clone());
        let apart: Vec<f64> = values.iter().map(|x| (x - middle).abs()).collect();
        let mean = NORMAL_MEAN * apart.iter().sum::<f64>() / apart.len() as f64;
        let middling = NORMAL * median(apart);
        let deviation = if middling > 0.0 { middling } else { mean };
        if deviation > 0.0 {
            for (score, x) in scores.iter_mut().zip(&values) {
                *score += ((x - middle).abs() / deviation - USUAL_DEVIATIONS).max(0.0);
            }
        }
    }
    scores
}

/// The median; of an even number, the mean of the two in the middle.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let half = values.len() / 2;
    let is_even = values.len().is_multiple_of(2);
    let (below, &mut upper, _) = values.select_nth_unstable_by(half, f64::total_cmp);
    // Halved first: the sum may be beyond what a number holds.
    if is_even { below.iter().copied().fold(f64::NEG_INFINITY, f64::max) / 2.0 + upper / 2.0 } else { upper }
}

/// The mean over several scores of the rank of each row, 0 for the least strange, 1 for the strangest.
pub fn rank_mean(scores: &[Vec<f64>]) -> Vec<f64> {
    let rows = scores.first().map_or(0, Vec::len);
    let mut sums = vec![0.0; rows];
    for scores in scores {
        let mut order: Vec<usize> = (0..rows).collect();
        order.sort_by(|&a, &b| scores[a].total_cmp(&scores[b]));
        let most = (rows as f64 - 1.0).max(1.0);
        sums.iter_mut().zip(mean_ranks(scores, &order)).for_each(|(sum, rank)| *sum += (rank - 1.0) / most);
    }
    sums.iter().map(|sum| sum / scores.len().max(1) as f64).collect()
}

/// The mean of the ranks of isolation forest, k-NN, robust-z and ECOD: the choice where nothing is known. Columns are standardised for k-NN.
///
/// # Errors
/// As the scores'.
pub fn mean_of_ranks(points: &Points, seed: u64, work: Work) -> Result<Vec<f64>, Fault> {
    let scores = [
        isolation_forest(points, Forest { seed, ..Forest::default() }, work)?,
        knn(&points.standardised(), KNN_NEIGHBOURS, work)?,
        robust_z(points),
        ecod(points, work)?,
    ];
    Ok(rank_mean(&scores))
}
