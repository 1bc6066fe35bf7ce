//! Two coordinates for a picture of the rows: their first two principal components.
//!
//! **Invariant:** the sign of a component is such that its greatest weight is positive, so the picture does not flip between runs.

use crate::{Fault, Points};

/// Columns at most: the rotations take the cube of them.
const COLUMNS_MAX: usize = 500;
/// Sweeps of Jacobi's rotations; ten are plenty for double precision.
const SWEEPS_MAX: usize = 60;

/// A projection onto two components.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    /// Row by row, both coordinates.
    pub coordinates: Vec<[f64; 2]>,
    /// The weight of each column in both components.
    pub weights: [Vec<f64>; 2],
    /// The share of the variance that each component holds, 0 to 1.
    pub shares: [f64; 2],
}

/// The first two principal components of `points`, centred, not scaled.
///
/// # Errors
/// [`Fault::TooMany`] columns.
pub fn principal(points: &Points) -> Result<Projection, Fault> {
    let (rows, columns) = (points.rows(), points.columns());
    if columns > COLUMNS_MAX {
        return Err(Fault::TooMany { what: "columns for a projection", many: columns, most: COLUMNS_MAX });
    }
    let mut means = vec![0.0; columns];
    for row in 0..rows {
        means.iter_mut().zip(points.row(row)).for_each(|(mean, x)| *mean += x / rows as f64);
    }
    let centred = |row: usize| points.row(row).iter().zip(&means).map(|(x, mean)| x - mean).collect::<Vec<_>>();
    let mut matrix = vec![0.0; columns * columns];
    for row in 0..rows {
        let row = centred(row);
        for (a, x) in row.iter().enumerate() {
            row[a..].iter().enumerate().for_each(|(b, y)| matrix[a * columns + a + b] += x * y / rows as f64);
        }
    }
    for a in 0..columns {
        (0..a).for_each(|b| matrix[a * columns + b] = matrix[b * columns + a]);
    }
    let (values, vectors) = eigen(matrix, columns);
    let mut order: Vec<usize> = (0..columns).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    let total: f64 = values.iter().sum();
    let component = |at: usize| match order.get(at) {
        Some(&which) => {
            let mut weights: Vec<f64> = (0..columns).map(|row| vectors[row * columns + which]).collect();
            let greatest =
                weights.iter().fold(0.0f64, |best, one| if one.abs() > best.abs() + 1e-12 { *one } else { best });
            if greatest < 0.0 {
                weights.iter_mut().for_each(|one| *one = -*one);
            }
            (weights, if total > 0.0 { values[which].max(0.0) / total } else { 0.0 })
        }
        None => (vec![0.0; columns], 0.0),
    };
    let ((first, first_share), (second, second_share)) = (component(0), component(1));
    let along = |row: &[f64], weights: &[f64]| row.iter().zip(weights).map(|(x, weight)| x * weight).sum();
    let coordinates = (0..rows).map(centred).map(|row| [along(&row, &first), along(&row, &second)]).collect();
    Ok(Projection { coordinates, weights: [first, second], shares: [first_share, second_share] })
}

/// Eigenvalues and eigenvectors (as columns) of a symmetric matrix, by Jacobi's rotations.
fn eigen(mut matrix: Vec<f64>, many: usize) -> (Vec<f64>, Vec<f64>) {
    let mut vectors = vec![0.0; many * many];
    (0..many).for_each(|at| vectors[at * many + at] = 1.0);
    let scale: f64 = (0..many).map(|at| matrix[at * many + at].abs()).sum();
    for _ in 0..SWEEPS_MAX {
        let off: f64 =
            (0..many).flat_map(|a| (0..a).map(move |b| (a, b))).map(|(a, b)| matrix[a * many + b].abs()).sum();
        if off <= scale * 1e-15 || !off.is_finite() {
            break;
        }
        for a in 0..many {
            for b in a + 1..many {
                let between = matrix[a * many + b];
                if between == 0.0 {
                    continue;
                }
                let tilt = (matrix[b * many + b] - matrix[a * many + a]) / (2.0 * between);
                let tangent = tilt.signum() / (tilt.abs() + (tilt * tilt + 1.0).sqrt());
                let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
                let sine = tangent * cosine;
                let turn = |cells: &mut Vec<f64>, one: usize, other: usize| {
                    let (x, y) = (cells[one], cells[other]);
                    cells[one] = cosine * x - sine * y;
                    cells[other] = sine * x + cosine * y;
                };
                (0..many).for_each(|at| turn(&mut matrix, at * many + a, at * many + b));
                (0..many).for_each(|at| turn(&mut matrix, a * many + at, b * many + at));
                (0..many).for_each(|at| turn(&mut vectors, at * many + a, at * many + b));
            }
        }
    }
    ((0..many).map(|at| matrix[at * many + at]).collect(), vectors)
}
