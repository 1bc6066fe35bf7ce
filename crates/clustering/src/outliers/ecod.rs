//! ECOD (Li and others 2022): how far out in the tails of its columns a row lies. Equal to PyOD.
//!
//! **Invariant:** no parameter, no randomness.

use crate::{Fault, Points, Work};

/// The sum over the columns of the greatest of three negative logarithms: of the left tail, of the right tail, of the tail on the skewed side.
///
/// # Errors
/// [`Fault::Cancelled`].
pub fn ecod(points: &Points, work: Work) -> Result<Vec<f64>, Fault> {
    let rows = points.rows();
    // The logarithm of each rank, once.
    let step = if rows > 1 { (1.0 - 1.0 / rows as f64) / (rows as f64 - 1.0) } else { 0.0 };
    let rarity: Vec<f64> =
        (0..rows).map(|at| if at + 1 == rows { 0.0 } else { -(1.0 / rows as f64 + at as f64 * step).ln() }).collect();
    let mut scores = vec![0.0; rows];
    // A few columns at a time, so that memory does not grow with the columns.
    let at_once = work.threads.max(1);
    for from in (0..points.columns()).step_by(at_once) {
        let many = at_once.min(points.columns() - from);
        let columns = work.pieces(many, 1, |range| column(points, from + range.start, &rarity))?;
        for column in columns {
            scores.iter_mut().zip(column).for_each(|(score, more)| *score += more);
        }
    }
    Ok(scores)
}

fn column(points: &Points, at: usize, rarity: &[f64]) -> Vec<f64> {
    let values = points.column(at);
    let skew = skew_sign(&values);
    let rows = values.len();
    let mut order: Vec<(u64, u32)> = values.iter().enumerate().map(|(row, x)| (sortable(*x), row as u32)).collect();
    order.sort_unstable();
    let mut scores = vec![0.0; rows];
    let mut from = 0;
    for equal in order.chunk_by(|a, b| a.0 == b.0) {
        let to = from + equal.len();
        // Of the left tail, the last rank of the equal ones; of the right tail, counted from the other end.
        let (left, right) = (rarity[to - 1], rarity[rows - 1 - from]);
        let skewed = if skew < 0 {
            left
        } else if skew > 0 {
            right
        } else {
            left + right
        };
        let score = left.max(right).max(skewed);
        equal.iter().for_each(|one| scores[one.1 as usize] = score);
        from = to;
    }
    scores
}

/// Bits that sort as the numbers do.
fn sortable(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

/// The sign of the skewness; 0 for a column that is constant but for rounding, as SciPy sees it.
fn skew_sign(values: &[f64]) -> i32 {
    let many = values.len() as f64;
    let mean = values.iter().sum::<f64>() / many;
    let (mut second, mut third) = (0.0, 0.0);
    for value in values {
        let apart = value - mean;
        second += apart * apart;
        third += apart * apart * apart;
    }
    if second / many <= (f64::EPSILON * mean) * (f64::EPSILON * mean) {
        return 0;
    }
    i32::from(third > 0.0) - i32::from(third < 0.0)
}
