//! Ward's groups (1963): always join the two groups whose union spreads least. By chains of nearest neighbours over centres: quadratic in time,
//! linear in memory.
//!
//! **Invariant:** the merges, sorted by height, are those of the greedy algorithm; ties go to the lower group.

use crate::kmeans::{check_groups, numbered};
use crate::points::square_distance;
use crate::{Fault, Points, Work};

/// Rows at most: the time grows with the square, 20,000 rows take some ten seconds.
const ROWS_MAX: usize = 20_000;

/// One merge: two rows that stand for their groups, and how far the groups are apart (as scikit-learn and SciPy measure it).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Merge {
    pub one: usize,
    pub other: usize,
    pub height: f64,
}

/// All merges of `points`, lowest first.
///
/// # Errors
/// [`Fault::TooMany`] rows, [`Fault::Cancelled`].
pub fn merges(points: &Points, work: Work) -> Result<Vec<Merge>, Fault> {
    let rows = points.rows();
    if rows > ROWS_MAX {
        return Err(Fault::TooMany { what: "rows for Ward's groups", many: rows, most: ROWS_MAX });
    }
    let mut centres: Vec<Vec<f64>> = (0..rows).map(|row| points.row(row).to_vec()).collect();
    let mut sizes = vec![1.0f64; rows];
    let mut open: Vec<usize> = (0..rows).collect();
    let (mut chain, mut merges): (Vec<usize>, Vec<Merge>) = (Vec::new(), Vec::with_capacity(rows));
    while open.len() > 1 {
        work.go_on()?;
        let at = chain.pop().unwrap_or(open[0]);
        let before = chain.last().copied();
        let apart = |other: usize| {
            2.0 * sizes[at] * sizes[other] / (sizes[at] + sizes[other]) * square_distance(&centres[at], &centres[other])
        };
        // Ties go to the one before in the chain, so that the chain ends.
        let mut best = before.map_or((f64::INFINITY, usize::MAX), |other| (apart(other), other));
        for &other in open.iter().filter(|&&other| other != at) {
            let height = apart(other);
            if height < best.0 || best.1 == usize::MAX {
                best = (height, other);
            }
        }
        if Some(best.1) != before {
            chain.extend([at, best.1]);
            continue;
        }
        chain.pop();
        let (one, other) = (at.min(best.1), at.max(best.1));
        merges.push(Merge { one, other, height: best.0.sqrt() });
        let (small, large) = (sizes[other], sizes[one] + sizes[other]);
        let moved = std::mem::take(&mut centres[other]);
        centres[one].iter_mut().zip(&moved).for_each(|(centre, to)| *centre += (to - *centre) * (small / large));
        sizes[one] = large;
        open.retain(|&group| group != other);
        work.progress.report(merges.len() as u64, rows as u64);
    }
    merges.sort_by(|a, b| a.height.total_cmp(&b.height));
    Ok(merges)
}

/// `groups` groups of `points`: row by row, the group from 0, numbered by first row.
///
/// # Errors
/// As [`merges`]; [`Fault::Parameter`] where there are fewer rows than groups, or no group.
pub fn ward(points: &Points, groups: usize, work: Work) -> Result<Vec<i32>, Fault> {
    check_groups(groups, points.rows())?;
    Ok(cut(&merges(points, work)?, points.rows(), groups))
}

/// The groups that are left when all but the last merges are made.
pub fn cut(merges: &[Merge], rows: usize, groups: usize) -> Vec<i32> {
    let mut above: Vec<u32> = (0..rows as u32).collect();
    let top = |above: &mut Vec<u32>, at: u32| {
        let mut at = at;
        while above[at as usize] != at {
            above[at as usize] = above[above[at as usize] as usize];
            at = above[at as usize];
        }
        at
    };
    for merge in merges.iter().take(rows - groups.min(rows)) {
        let (one, other) = (top(&mut above, merge.one as u32), top(&mut above, merge.other as u32));
        above[one.max(other) as usize] = one.min(other);
    }
    let tops: Vec<u32> = (0..rows as u32).map(|row| top(&mut above, row)).collect();
    numbered(&tops, rows).0
}
