//! k-means: centres chosen far apart (Arthur and Vassilvitskii 2007, the best of a few tries as in scikit-learn), then Lloyd's steps.
//!
//! **Invariant:** sums are added in pieces of a fixed size, in order, so the result does not depend on threads.

use crate::points::square_distance;
use crate::random::Random;
use crate::{Fault, Points, Work};

/// Rows of one piece of work.
const PIECE: usize = 4096;
/// Steps of Lloyd at most; the centres stand still long before.
const STEPS_MAX: usize = 300;
/// Groups at most: beyond it the distances to all centres are what takes the time, and the groups say nothing.
const GROUPS_MAX: usize = 10_000;

/// What k-means found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Row by row, the group from 0; numbered by first row.
    pub labels: Vec<i32>,
    /// Group by group, its centre.
    pub centres: Vec<Vec<f64>>,
    /// The sum of the square distances to the centres.
    pub inertia: f64,
}

/// `groups` groups of `points`, the best of `starts`.
///
/// # Errors
/// [`Fault::Parameter`] where there are fewer rows than groups, or no group; [`Fault::TooMany`]; [`Fault::Cancelled`].
pub fn kmeans(points: &Points, groups: usize, starts: usize, seed: u64, work: Work) -> Result<Found, Fault> {
    check_groups(groups, points.rows())?;
    let mut best: Option<(f64, Vec<f64>, Vec<u32>)> = None;
    for start in 0..starts.max(1) {
        let mut random = Random::of(seed, start as u64);
        let one = lloyd(points, first_centres(points, groups, &mut random, work)?, work)?;
        if best.as_ref().is_none_or(|best| one.0 < best.0) {
            best = Some(one);
        }
    }
    let Some((inertia, centres, nearest)) = best else { return Err(Fault::Empty) };
    let (labels, order) = numbered(&nearest, groups);
    let centres =
        order.iter().map(|&at| centres[at * points.columns()..(at + 1) * points.columns()].to_vec()).collect();
    Ok(Found { labels, centres, inertia })
}

pub(crate) fn check_groups(groups: usize, rows: usize) -> Result<(), Fault> {
    if groups == 0 || groups > rows {
        return Err(Fault::Parameter(format!("{groups} groups of {rows} rows: give between 1 and {rows} groups")));
    }
    if groups > GROUPS_MAX {
        return Err(Fault::TooMany { what: "groups", many: groups, most: GROUPS_MAX });
    }
    Ok(())
}

/// Numbers groups by their first rows; the old numbers in the new order.
pub(crate) fn numbered(nearest: &[u32], groups: usize) -> (Vec<i32>, Vec<usize>) {
    let mut number = vec![-1i32; groups];
    let mut order = Vec::new();
    let labels = nearest
        .iter()
        .map(|&old| {
            if number[old as usize] < 0 {
                number[old as usize] = order.len() as i32;
                order.push(old as usize);
            }
            number[old as usize]
        })
        .collect();
    (labels, order)
}

fn first_centres(points: &Points, groups: usize, random: &mut Random, work: Work) -> Result<Vec<f64>, Fault> {
    let rows = points.rows();
    let tries = 2 + (groups as f64).ln() as usize;
    let mut centres = points.row(random.below(rows)).to_vec();
    let to = |row: usize| square_distance(points.row(row), &centres);
    let mut nearest: Vec<f64> = (0..rows).map(to).collect();
    for _ in 1..groups {
        work.go_on()?;
        let total: f64 = nearest.iter().sum();
        let mut best: Option<(f64, usize, Vec<f64>)> = None;
        for _ in 0..tries {
            let mut left = random.unit() * total;
            let pick = nearest.iter().position(|square| {
                left -= square;
                left < 0.0
            });
            // All rows lie on centres: any will do.
            let pick = pick.unwrap_or_else(|| random.below(rows));
            let pieces = work.pieces(rows, PIECE, |range| {
                range
                    .map(|row| nearest[row].min(square_distance(points.row(row), points.row(pick))))
                    .collect::<Vec<_>>()
            })?;
            let closer = pieces.concat();
            let sum: f64 = closer.iter().sum();
            if best.as_ref().is_none_or(|best| sum < best.0) {
                best = Some((sum, pick, closer));
            }
        }
        if let Some((_, pick, closer)) = best {
            centres.extend_from_slice(points.row(pick));
            nearest = closer;
        }
    }
    Ok(centres)
}

/// What one piece of rows adds to its centres.
struct Sums {
    nearest: Vec<u32>,
    sums: Vec<f64>,
    counts: Vec<u64>,
    inertia: f64,
}

fn lloyd(points: &Points, mut centres: Vec<f64>, work: Work) -> Result<(f64, Vec<f64>, Vec<u32>), Fault> {
    let (rows, columns) = (points.rows(), points.columns());
    let groups = centres.len() / columns;
    let mut last: Vec<u32> = Vec::new();
    for step in 0.. {
        let pieces = work.pieces(rows, PIECE, |range| assign(points, &centres, groups, range))?;
        let (mut sums, mut counts, mut inertia) = (vec![0.0; centres.len()], vec![0u64; groups], 0.0);
        let mut nearest = Vec::with_capacity(rows);
        for piece in pieces {
            sums.iter_mut().zip(&piece.sums).for_each(|(sum, more)| *sum += more);
            counts.iter_mut().zip(&piece.counts).for_each(|(sum, more)| *sum += more);
            inertia += piece.inertia;
            nearest.extend(piece.nearest);
        }
        if nearest == last || step == STEPS_MAX {
            return Ok((inertia, centres, nearest));
        }
        for group in (0..groups).filter(|&group| counts[group] > 0) {
            for column in 0..columns {
                centres[group * columns + column] = sums[group * columns + column] / counts[group] as f64;
            }
        }
        last = nearest;
    }
    Ok((0.0, centres, last))
}

fn assign(points: &Points, centres: &[f64], groups: usize, range: std::ops::Range<usize>) -> Sums {
    let columns = points.columns();
    // Column by column, so that one row is compared with several centres at a time.
    let mut by_column = vec![0.0; centres.len()];
    for (at, &value) in centres.iter().enumerate() {
        by_column[at % columns * groups + at / columns] = value;
    }
    let mut done = Sums {
        nearest: Vec::with_capacity(range.len()),
        sums: vec![0.0; centres.len()],
        counts: vec![0; groups],
        inertia: 0.0,
    };
    let mut squares = vec![0.0; groups];
    for row in range {
        squares.fill(0.0);
        for (x, column) in points.row(row).iter().zip(by_column.chunks_exact(groups)) {
            for (square, centre) in squares.iter_mut().zip(column) {
                *square += (x - centre) * (x - centre);
            }
        }
        let mut best = 0;
        for at in 1..groups {
            if squares[at] < squares[best] {
                best = at;
            }
        }
        done.nearest.push(best as u32);
        done.counts[best] += 1;
        done.inertia += squares[best];
        let sums = &mut done.sums[best * columns..(best + 1) * columns];
        sums.iter_mut().zip(points.row(row)).for_each(|(sum, x)| *sum += x);
    }
    done
}
