//! The nearest rows of every row, copies included: what LOF and k-NN stand on.
//!
//! **Invariant:** neighbours are by distance, then by row; the row itself is not among them, its copies are.

use crate::tree::{Nearest, Tree};
use crate::unique::Places;
use crate::{Fault, Points, Work};

/// Row by row, `each` neighbours: distance and row.
pub(crate) struct Neighbours {
    pub each: usize,
    pub distances: Vec<f64>,
    pub rows: Vec<u32>,
}

/// Rows of one piece of work.
const PIECE: usize = 512;
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
    let pieces = work.pieces(rows, PIECE, |range| {
        let mut nearest = Nearest::new(each);
        let mut open = Vec::new();
        let (mut distances, mut rows) = (Vec::with_capacity(range.len() * each), Vec::new());
        let mut list: Vec<(f64, u32)> = Vec::new();
        for row in range {
            let place = places.of[row];
            list.clear();
            let own = places.members(place as usize).iter().filter(|&&one| one as usize != row).take(each);
            list.extend(own.map(|&one| (0.0, one)));
            if list.len() < each {
                tree.nearest(points.row(row), place, &mut nearest, &mut open);
                // Places of one distance give their rows together, so that ties are by row.
                let mut at = 0;
                while at < nearest.found.len() && list.len() < each {
                    let square = nearest.found[at].0;
                    let end = nearest.found[at..].iter().take_while(|one| one.0 == square).count() + at;
                    let from = list.len();
                    for &(_, place) in &nearest.found[at..end] {
                        list.extend(places.members(place as usize).iter().take(each).map(|&one| (square.sqrt(), one)));
                    }
                    list[from..].sort_unstable_by_key(|one| one.1);
                    at = end;
                }
                list.truncate(each);
            }
            distances.extend(list.iter().map(|one| one.0));
            rows.extend(list.iter().map(|one| one.1));
        }
        (distances, rows)
    })?;
    let (mut distances, mut found) = (Vec::with_capacity(many), Vec::with_capacity(many));
    for (some, theirs) in pieces {
        distances.extend(some);
        found.extend(theirs);
    }
    Ok(Neighbours { each, distances, rows: found })
}
