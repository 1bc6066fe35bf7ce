//! The nearest rows of every row, copies included: what LOF and k-NN stand on.
//!
//! **Invariant:** neighbours are by distance, then by row; the row itself is not among them, its copies are.

use crate::tree::{LEAF, Nearest, Node, Tree};
use crate::unique::Places;
use crate::{Fault, Points, Work};

/// Row by row, `each` neighbours: distance and row.
pub(crate) struct Neighbours {
    pub each: usize,
    pub distances: Vec<f64>,
    pub rows: Vec<u32>,
}

/// Leaves of one piece of work.
const PIECE: usize = 16;
/// Neighbours in all: beyond this the lists alone would take two gigabytes.
const NEIGHBOURS_MAX: usize = 160_000_000;

/// The `each` nearest rows of every row; fewer where there are fewer rows.
pub(crate) fn all(points: &Points, each: usize, work: Work) -> Result<Neighbours, Fault> {
    let rows = points.rows();
    let each = each.min(rows - 1);
    let many = rows * each;
    if many > NEIGHBOURS_MAX {
        return Err(Fault::TooMany { what: "neighbours (rows times neighbours)", many, most: NEIGHBOURS_MAX });
    }
    let places = Places::new(points);
    let firsts = places.firsts();
    let tree = Tree::new(points, &firsts);
    let row_of = |place: u32| points.row(firsts[place as usize] as usize);
    let leaves = tree.leaves();
    let pieces = work.pieces(leaves.len(), PIECE, |range| {
        let mut nearest: Vec<Nearest> = (0..LEAF).map(|_| Nearest::new(each)).collect();
        let mut lists = Vec::new();
        for &leaf in &leaves[range] {
            tree.nearest_of_leaf(leaf, row_of, &mut nearest);
            let Node { start, end, .. } = tree.nodes[leaf as usize];
            for (&place, nearest) in tree.order[start as usize..end as usize].iter().zip(&nearest) {
                for &row in places.members(place as usize) {
                    lists.extend(list(&places, place, row, &nearest.found, each));
                }
            }
        }
        lists
    })?;
    let (mut distances, mut found) = (vec![0.0; many], vec![0; many]);
    let in_order = tree.order.iter().flat_map(|&place| places.members(place as usize));
    for (row, list) in in_order.zip(pieces.iter().flat_map(|piece| piece.chunks_exact(each.max(1)))) {
        let from = *row as usize * each;
        for (at, &(distance, other)) in list.iter().enumerate() {
            (distances[from + at], found[from + at]) = (distance, other);
        }
    }
    Ok(Neighbours { each, distances, rows: found })
}

/// The neighbours of one row: its copies, then the rows of the nearest places.
fn list(places: &Places, place: u32, row: u32, nearest: &[(f64, u32)], each: usize) -> Vec<(f64, u32)> {
    let copies = places.members(place as usize).iter().filter(|&&one| one != row);
    let mut list: Vec<(f64, u32)> = copies.take(each).map(|&one| (0.0, one)).collect();
    // Places of one distance give their rows together, so that ties are by row.
    for equal in nearest.chunk_by(|a, b| a.0 == b.0) {
        if list.len() >= each {
            break;
        }
        let from = list.len();
        for &(square, place) in equal {
            list.extend(places.members(place as usize).iter().take(each).map(|&one| (square.sqrt(), one)));
        }
        list[from..].sort_unstable_by_key(|one| one.1);
    }
    list.truncate(each);
    list
}
