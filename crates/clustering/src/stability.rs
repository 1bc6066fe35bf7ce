//! Whether groups hold: the same algorithm on random parts of the rows, and how far its groups agree with those of all rows.
//!
//! **Invariant:** parts are drawn from the seed, one after the other; the same seed judges every number of groups on the same parts.

use crate::kmeans::kmeans;
use crate::measure::adjusted_rand;
use crate::random::Random;
use crate::ward::ward;
use crate::{Fault, Points, Work};

/// The share of rows in a part.
const PART: f64 = 0.8;
/// Starts of k-means on a part.
const STARTS: usize = 3;

/// An algorithm that is told the number of groups.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Method {
    Kmeans,
    Ward,
}

impl Method {
    /// `groups` groups of `points`: row by row, the group from 0.
    ///
    /// # Errors
    /// As the algorithm's.
    pub fn groups(self, points: &Points, groups: usize, seed: u64, work: Work) -> Result<Vec<i32>, Fault> {
        match self {
            Self::Kmeans => Ok(kmeans(points, groups, STARTS, seed, work)?.labels),
            Self::Ward => ward(points, groups, work),
        }
    }
}

/// How stable `groups` groups are: the mean adjusted Rand index between the groups of `parts` random four fifths of the rows and the groups of all
/// rows. 1: always the same; below 0.6 the groups say little.
///
/// # Errors
/// As the algorithm's.
pub fn stability(
    points: &Points,
    method: Method,
    groups: usize,
    parts: usize,
    seed: u64,
    work: Work,
) -> Result<f64, Fault> {
    let whole = method.groups(points, groups, seed, work)?;
    let many = ((points.rows() as f64 * PART).ceil() as usize).max(groups).min(points.rows());
    let mut sum = 0.0;
    for part in 0..parts.max(1) {
        let mut random = Random::of(seed, part as u64);
        let mut rows = random.chosen(many, points.rows());
        rows.sort_unstable();
        let labels = method.groups(&points.chosen(&rows), groups, seed, work)?;
        let expected: Vec<i32> = rows.iter().map(|&row| whole[row]).collect();
        sum += adjusted_rand(&labels, &expected);
    }
    Ok(sum / parts.max(1) as f64)
}

/// The most stable number of groups between 2 and `most`, with the stability of each from 2 on. Of equally stable ones the smaller.
///
/// # Errors
/// [`Fault::Parameter`] with fewer than three rows; as the algorithm's.
pub fn best_groups(
    points: &Points,
    method: Method,
    most: usize,
    parts: usize,
    seed: u64,
    work: Work,
) -> Result<(usize, Vec<f64>), Fault> {
    let most = most.min(points.rows().saturating_sub(1));
    if most < 2 {
        return Err(Fault::Parameter("a number of groups is chosen among at least three rows".to_string()));
    }
    let all =
        (2..=most).map(|groups| stability(points, method, groups, parts, seed, work)).collect::<Result<Vec<_>, _>>()?;
    let best = (0..all.len()).fold(0, |best, at| if all[at] > all[best] + 1e-12 { at } else { best });
    Ok((best + 2, all))
}
