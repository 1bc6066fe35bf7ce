//! The isolation forest of Liu, Ting and Zhou (2008), with scikit-learn's definition of the score.
//!
//! A tree is laid out as a full one of the greatest depth: a row goes down without asking whether it has arrived, sixteen rows side by side.
//!
//! **Invariant:** a tree depends on the seed, its number and the points alone; scores are added in the order of the trees.

use crate::random::Random;
use crate::{Fault, Points, Work};

/// Rows of one piece of work: their copy stays in the nearest cache.
const PIECE: usize = 1024;
/// Rows that go down a tree side by side.
const ABREAST: usize = 16;
/// Rows of a sample at most, which makes a tree of 16,384 leaves.
const SAMPLE_MAX: usize = 16_384;
/// Trees at most.
const TREES_MAX: usize = 10_000;
/// Columns at most: a tree remembers them in 16 bits.
const COLUMNS_MAX: usize = 65_535;

/// The parameters of a forest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forest {
    pub trees: usize,
    /// Rows that a tree is grown from.
    pub sample: usize,
    pub seed: u64,
}

impl Default for Forest {
    /// As in the paper and in scikit-learn.
    fn default() -> Self {
        Self { trees: 100, sample: 256, seed: 0 }
    }
}

/// A full tree in the order of a heap: the root is 1, below `n` are `2n` and `2n + 1`.
struct Tree {
    columns: Vec<u16>,
    limits: Vec<f32>,
    /// How deep each place of the lowest row counts.
    depths: Vec<f32>,
}

/// How easily each row is parted from the others: between 0 and 1, about 0.5 for usual rows.
///
/// # Errors
/// [`Fault::Parameter`] without trees or sample, [`Fault::TooMany`], [`Fault::Cancelled`].
pub fn isolation_forest(points: &Points, forest: Forest, work: Work) -> Result<Vec<f64>, Fault> {
    let (rows, columns) = (points.rows(), points.columns());
    if forest.trees == 0 || forest.sample == 0 {
        return Err(Fault::Parameter("a forest has at least 1 tree, grown from at least 1 row".to_string()));
    }
    for (what, many, most) in [
        ("trees", forest.trees, TREES_MAX),
        ("rows of a sample", forest.sample, SAMPLE_MAX),
        ("columns for a forest", columns, COLUMNS_MAX),
    ] {
        if many > most {
            return Err(Fault::TooMany { what, many, most });
        }
    }
    let sample = forest.sample.min(rows);
    let depth = sample.max(2).next_power_of_two().ilog2();
    let trees = work
        .pieces(forest.trees, 4, |range| {
            range.map(|at| grow(points, sample, depth, Random::of(forest.seed, at as u64))).collect::<Vec<_>>()
        })?
        .into_iter()
        .flatten()
        .collect::<Vec<_>>();
    let usual = forest.trees as f64 * path_length(sample);
    let scores = work.pieces(rows, PIECE, |range| {
        let values: Vec<f32> =
            points.values()[range.start * columns..range.end * columns].iter().map(|&x| x as f32).collect();
        let mut depths = vec![0.0f64; range.len()];
        for tree in &trees {
            descend(tree, depth, &values, columns, &mut depths);
        }
        // One row alone: scikit-learn says 1/2, the power of −1.
        depths.into_iter().map(|sum| (-(if usual > 0.0 { sum / usual } else { 1.0 })).exp2()).collect::<Vec<_>>()
    })?;
    Ok(scores.concat())
}

fn descend(tree: &Tree, depth: u32, values: &[f32], columns: usize, depths: &mut [f64]) {
    let most = tree.columns.len() - 1;
    let (tree_columns, limits) = (&tree.columns[..=most], &tree.limits[..=most]);
    let blocks = values.chunks_exact(ABREAST * columns);
    let rest = blocks.remainder();
    let mut places = [1usize; ABREAST];
    for (block, depths) in blocks.zip(depths.chunks_exact_mut(ABREAST)) {
        places.fill(1);
        for _ in 0..depth {
            for (lane, place) in places.iter_mut().enumerate() {
                let node = *place & most;
                *place = 2 * *place + usize::from(block[lane * columns + tree_columns[node] as usize] > limits[node]);
            }
        }
        depths.iter_mut().zip(places).for_each(|(sum, place)| *sum += f64::from(tree.depths[place & most]));
    }
    let done = depths.len() - rest.len() / columns;
    for (row, sum) in rest.chunks_exact(columns).zip(&mut depths[done..]) {
        let mut place = 1;
        for _ in 0..depth {
            place = 2 * place + usize::from(row[tree.columns[place] as usize] > tree.limits[place]);
        }
        *sum += f64::from(tree.depths[place & most]);
    }
}

/// The mean number of steps to find nothing in a search tree of `many`: what a leaf of several rows counts besides.
fn path_length(many: usize) -> f64 {
    const EULER: f64 = 0.577_215_664_901_532_9;
    match many {
        0 | 1 => 0.0,
        2 => 1.0,
        _ => 2.0 * ((many as f64 - 1.0).ln() + EULER) - 2.0 * (many as f64 - 1.0) / many as f64,
    }
}

fn grow(points: &Points, sample: usize, depth: u32, mut random: Random) -> Tree {
    let columns = points.columns();
    let rows = random.chosen(sample, points.rows());
    let values: Vec<f32> = rows.iter().flat_map(|&row| points.row(row).iter().map(|&x| x as f32)).collect();
    let places = 1usize << depth;
    // Where nothing is asked, everything goes left.
    let mut tree = Tree { columns: vec![0; places], limits: vec![f32::INFINITY; places], depths: vec![0.0; places] };
    let mut order: Vec<u32> = (0..rows.len() as u32).collect();
    let mut candidates: Vec<u16> = (0..columns as u16).collect();
    let mut open = vec![(1usize, 0usize, rows.len(), 0u32)];
    while let Some((place, from, to, level)) = open.pop() {
        let value = |at: u32, column: u16| values[at as usize * columns + column as usize];
        let split = if level == depth || to - from <= 1 {
            None
        } else {
            choose(&order[from..to], &mut candidates, &mut random, value)
        };
        let Some((column, limit)) = split else {
            // The lowest place that a row comes to from here, always left.
            tree.depths[(place << (depth - level)) & (places - 1)] = (f64::from(level) + path_length(to - from)) as f32;
            continue;
        };
        (tree.columns[place], tree.limits[place]) = (column, limit);
        let mut half = from;
        for at in from..to {
            if value(order[at], column) <= limit {
                order.swap(at, half);
                half += 1;
            }
        }
        open.push((2 * place + 1, half, to, level + 1));
        open.push((2 * place, from, half, level + 1));
    }
    tree
}

/// A column that is not constant among the rows, and a limit between its least and greatest value; both at random.
fn choose(
    order: &[u32],
    candidates: &mut [u16],
    random: &mut Random,
    value: impl Fn(u32, u16) -> f32,
) -> Option<(u16, f32)> {
    for left in (0..candidates.len()).rev() {
        let pick = random.below(left + 1);
        candidates.swap(pick, left);
        let column = candidates[left];
        let (mut low, mut high) = (f32::INFINITY, f32::NEG_INFINITY);
        for &at in order {
            low = low.min(value(at, column));
            high = high.max(value(at, column));
        }
        if low < high {
            let limit = (f64::from(low) + random.unit() * (f64::from(high) - f64::from(low))) as f32;
            // At most below the greatest, so that both sides have rows.
            return Some((column, if limit >= high { low } else { limit.max(low) }));
        }
    }
    None
}
