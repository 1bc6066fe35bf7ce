//! From the spanning tree to groups: single linkage, the condensed tree, excess of mass, labels, probabilities, GLOSH.
//!
//! **Invariant:** every order (of merges, of splits, of sums) is scikit-learn's, because labels at ties and the last bits of stabilities hang on it.

use super::{Edge, Found};
use crate::NOISE;

/// One merge of single linkage: two nodes (a row, or rows + the number of an earlier merge), height, rows below.
pub(super) struct Merge {
    left: u32,
    right: u32,
    length: f64,
    size: u32,
}

/// A row of the condensed tree: a row or a group (from `rows` on; `rows` is the root) leaves its parent at a density.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Split {
    pub parent: u32,
    pub child: u32,
    /// The reciprocal of the distance.
    pub density: f64,
    pub size: u32,
}

/// Merges the rows along the edges, taken in `order`.
pub(super) fn single_linkage(edges: &[Edge], order: &[u32]) -> Vec<Merge> {
    let rows = edges.len() + 1;
    let mut above: Vec<u32> = (0..2 * rows as u32 - 1).collect();
    let mut size = vec![1u32; 2 * rows - 1];
    let mut merges = Vec::with_capacity(edges.len());
    for (at, &edge) in order.iter().enumerate() {
        let Edge { from, to, length } = edges[edge as usize];
        let (left, right) = (top(&mut above, from), top(&mut above, to));
        let merged = rows + at;
        size[merged] = size[left as usize] + size[right as usize];
        merges.push(Merge { left, right, length, size: size[merged] });
        above[left as usize] = merged as u32;
        above[right as usize] = merged as u32;
    }
    merges
}

fn top(above: &mut [u32], node: u32) -> u32 {
    let mut root = node;
    while above[root as usize] != root {
        root = above[root as usize];
    }
    let mut at = node;
    while above[at as usize] != root {
        at = std::mem::replace(&mut above[at as usize], root);
    }
    root
}

/// The condensed tree: what is smaller than `least` leaves its group row by row.
pub(super) fn condense(merges: &[Merge], rows: usize, least: usize) -> Vec<Split> {
    let least = least.min(u32::MAX as usize) as u32;
    let size = |node: u32| if (node as usize) < rows { 1 } else { merges[node as usize - rows].size };
    let (mut splits, mut next) = (Vec::with_capacity(rows + 64), rows as u32 + 1);
    // Breadth first, node and the group it is in.
    let mut open = std::collections::VecDeque::from([(2 * rows as u32 - 2, rows as u32)]);
    let mut below = Vec::new();
    while let Some((node, group)) = open.pop_front() {
        if (node as usize) < rows {
            continue;
        }
        let Merge { left, right, length, .. } = merges[node as usize - rows];
        let density = if length > 0.0 { 1.0 / length } else { f64::INFINITY };
        let (is_left, is_right) = (size(left) >= least, size(right) >= least);
        for (child, stays, other) in [(left, is_left, is_right), (right, is_right, is_left)] {
            if stays && other {
                splits.push(Split { parent: group, child: next, density, size: size(child) });
                open.push_back((child, next));
                next += 1;
            } else if stays {
                open.push_back((child, group));
            } else {
                below.clear();
                below.push(child);
                let mut at = 0;
                while at < below.len() {
                    let node = below[at];
                    at += 1;
                    if (node as usize) < rows {
                        splits.push(Split { parent: group, child: node, density, size: 1 });
                    } else {
                        let merge = &merges[node as usize - rows];
                        below.extend([merge.left, merge.right]);
                    }
                }
            }
        }
    }
    splits
}

/// Chooses the groups by excess of mass, and tells every row its own.
pub(super) fn groups(splits: &[Split], rows: usize, tree_length: f64) -> Found {
    let many = splits.iter().map(|split| split.parent as usize - rows + 1).max().unwrap_or(1);
    let inner = |id: u32| id as usize - rows;
    let is_group = |split: &&Split| split.child as usize >= rows;
    let mut births = vec![0.0; many];
    let mut parents = vec![0usize; many];
    for split in splits.iter().filter(is_group) {
        births[inner(split.child)] = split.density;
        parents[inner(split.child)] = inner(split.parent);
    }
    let mut stability = vec![0.0; many];
    for split in splits {
        let parent = inner(split.parent);
        stability[parent] += (split.density - births[parent]) * f64::from(split.size);
    }
    let passes = excess_of_mass(&mut stability, &parents);
    // A group counts where none above it does; ids ascend downwards. The root never counts.
    let mut group_of = vec![NOISE; many];
    let (mut groups, mut chosen) = (0, Vec::new());
    for id in 1..many {
        group_of[id] = group_of[parents[id]];
        if passes[id] && group_of[id] == NOISE {
            group_of[id] = groups;
            groups += 1;
            chosen.push(id);
        }
    }
    let deaths = last_deaths(splits, rows, many);
    let greatest = greatest_densities(splits, rows, &parents);
    let mut found = Found {
        labels: vec![NOISE; rows],
        probabilities: vec![0.0; rows],
        outlier_scores: vec![0.0; rows],
        groups: groups as usize,
        tree_length,
    };
    for split in splits.iter().filter(|split| (split.child as usize) < rows) {
        let (row, parent) = (split.child as usize, inner(split.parent));
        found.outlier_scores[row] = glosh(split.density, greatest[parent]);
        let label = group_of[parent];
        if label != NOISE {
            found.labels[row] = label;
            let death = deaths[chosen[label as usize]];
            let is_certain = death == 0.0 || split.density.is_infinite();
            found.probabilities[row] = if is_certain { 1.0 } else { split.density.min(death) / death };
        }
    }
    found
}

/// Which groups are at least as stable as what is below them; the stability of the others becomes that of what is below.
fn excess_of_mass(stability: &mut [f64], parents: &[usize]) -> Vec<bool> {
    let many = stability.len();
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); many];
    for id in 1..many {
        children[parents[id]].push(id);
    }
    let mut passes = vec![false; many];
    for id in (1..many).rev() {
        let below: f64 = children[id].iter().map(|&child| stability[child]).fold(0.0, |sum, one| sum + one);
        // With copies a stability is not a number; then the comparison is false and the group stands, as in scikit-learn.
        passes[id] = true;
        if below > stability[id] {
            passes[id] = false;
            stability[id] = below;
        }
    }
    passes
}

/// The greatest density of the last run of splits of each group: scikit-learn takes the splits as sorted by group, which they are not, and
/// its probabilities are relative to this.
fn last_deaths(splits: &[Split], rows: usize, many: usize) -> Vec<f64> {
    let mut deaths = vec![0.0; many];
    let mut run: Option<(u32, f64)> = None;
    for split in splits {
        run = match run {
            Some((parent, greatest)) if parent == split.parent => Some((parent, greatest.max(split.density))),
            _ => Some((split.parent, split.density)),
        };
        if let Some((parent, greatest)) = run {
            deaths[parent as usize - rows] = greatest;
        }
    }
    deaths
}

/// The greatest density at or below each group.
fn greatest_densities(splits: &[Split], rows: usize, parents: &[usize]) -> Vec<f64> {
    let mut greatest = vec![0.0f64; parents.len()];
    for split in splits {
        let parent = split.parent as usize - rows;
        greatest[parent] = greatest[parent].max(split.density);
    }
    for id in (1..parents.len()).rev() {
        greatest[parents[id]] = greatest[parents[id]].max(greatest[id]);
    }
    greatest
}

/// Campello and others (2015): how far below the densest of its group a row was lost.
fn glosh(density: f64, greatest: f64) -> f64 {
    if greatest == 0.0 || density.is_infinite() {
        0.0
    } else if greatest.is_infinite() {
        1.0
    } else {
        (greatest - density) / greatest
    }
}
