//! DBSCAN (Ester and others 1996): rows with enough neighbours within a radius, joined; the labels of scikit-learn.
//!
//! **Invariant:** the groups are the components of the core rows under the radius, numbered by their first core row; a border row joins the first
//! group that reaches it. The order of the rows decides nothing else.

use crate::tree::{Node, Tree};
use crate::unique::Places;
use crate::{Fault, NOISE, Points, Work};

/// Places of one piece of work.
const PIECE: usize = 512;

/// Groups of `points`: row by row, the group from 0, or [`NOISE`].
///
/// # Errors
/// [`Fault::Parameter`] where `radius` is not positive or `min_samples` is 0, [`Fault::Cancelled`].
pub fn dbscan(points: &Points, radius: f64, min_samples: usize, work: Work) -> Result<Vec<i32>, Fault> {
    if !(radius > 0.0 && radius.is_finite()) {
        return Err(Fault::Parameter("the radius of DBSCAN is a number above 0; give --radius".to_string()));
    }
    if min_samples == 0 {
        return Err(Fault::Parameter("min-samples is at least 1: the row itself".to_string()));
    }
    let places = Places::new(points);
    let tree = Tree::new(points, &places.firsts());
    let limit = radius * radius;
    let row = |place: u32| points.row(places.members(place as usize)[0] as usize);
    let is_core: Vec<bool> = work
        .pieces(places.many(), PIECE, |range| {
            let counts = |place: u32| {
                let mut count = 0;
                tree.within(row(place), limit, |position, _| {
                    count += places.members(tree.order[position as usize] as usize).len();
                    count < min_samples
                });
                count >= min_samples
            };
            range.map(|place| counts(place as u32)).collect::<Vec<_>>()
        })?
        .concat();
    let mut joined = Joined::new(&tree, &is_core, limit);
    for place in 0..places.many() as u32 {
        if (place as usize).is_multiple_of(PIECE) {
            work.go_on()?;
        }
        if is_core[place as usize] {
            joined.reach(&tree, &is_core, place, row(place), limit);
        }
    }
    Ok(label(&places, &tree, &is_core, &mut joined, limit, row))
}

fn label<'a>(
    places: &Places,
    tree: &Tree,
    is_core: &[bool],
    joined: &mut Joined,
    limit: f64,
    row: impl Fn(u32) -> &'a [f64],
) -> Vec<i32> {
    let mut group_of = vec![NOISE; places.many()];
    let mut groups = 0;
    let mut labels = vec![NOISE; places.many()];
    // Places are in the order of their first rows.
    for place in 0..places.many() as u32 {
        if is_core[place as usize] {
            let top = joined.top(place) as usize;
            if group_of[top] == NOISE {
                group_of[top] = groups;
                groups += 1;
            }
            labels[place as usize] = group_of[top];
        }
    }
    for place in (0..places.many() as u32).filter(|&place| !is_core[place as usize]) {
        let mut first = i32::MAX;
        tree.within(row(place), limit, |position, _| {
            let other = tree.order[position as usize];
            if is_core[other as usize] {
                first = first.min(labels[other as usize]);
            }
            true
        });
        if first != i32::MAX {
            labels[place as usize] = first;
        }
    }
    places.of.iter().map(|&place| labels[place as usize]).collect()
}

/// Which core places are in one group so far. A node narrower than the radius is one group from the start.
struct Joined {
    above: Vec<u32>,
    /// Of a node narrower than the radius: one of its core places, or `None` where it has none.
    dense: Vec<Option<Option<u32>>>,
}

impl Joined {
    fn new(tree: &Tree, is_core: &[bool], limit: f64) -> Self {
        let mut joined = Self { above: (0..is_core.len() as u32).collect(), dense: vec![None; tree.nodes.len()] };
        // Nodes come before those below them, from left to right.
        let mut end_of_told = 0;
        for (at, node) in tree.nodes.iter().enumerate() {
            if tree.width(at as u32) <= limit {
                let mut cores =
                    (node.start..node.end).map(|at| tree.order[at as usize]).filter(|&at| is_core[at as usize]);
                let first = cores.next();
                joined.dense[at] = Some(first);
                // Below a dense node everything is dense and joined: only its parent's news are told.
                if let Some(first) = first.filter(|_| end_of_told <= node.start) {
                    cores.for_each(|other| joined.join(first, other));
                }
                end_of_told = end_of_told.max(node.end);
            }
        }
        joined
    }

    fn top(&mut self, at: u32) -> u32 {
        let mut root = at;
        while self.above[root as usize] != root {
            root = self.above[root as usize];
        }
        let mut at = at;
        while self.above[at as usize] != root {
            at = std::mem::replace(&mut self.above[at as usize], root);
        }
        root
    }

    fn join(&mut self, one: u32, other: u32) {
        let (one, other) = (self.top(one), self.top(other));
        self.above[one.max(other) as usize] = one.min(other);
    }

    /// Joins a core place with every core place within the radius.
    fn reach(&mut self, tree: &Tree, is_core: &[bool], place: u32, row: &[f64], limit: f64) {
        let mut open = vec![0u32];
        let mut squares = [0.0; crate::tree::LEAF];
        while let Some(node) = open.pop() {
            if tree.bound(node, row) > limit {
                continue;
            }
            let dense = self.dense[node as usize];
            match dense {
                Some(None) => continue,
                Some(Some(one)) if self.top(one) == self.top(place) => continue,
                Some(Some(one)) if tree.reach(node, row) <= limit => {
                    self.join(one, place);
                    continue;
                }
                _ => {}
            }
            let Node { start, end, children } = tree.nodes[node as usize];
            if children != (0, 0) {
                open.extend([children.0, children.1]);
                continue;
            }
            tree.leaf(node, row, &mut squares);
            for (position, square) in (start..end).zip(squares) {
                let other = tree.order[position as usize];
                if square <= limit && is_core[other as usize] {
                    self.join(other, place);
                    // The rest of a dense node is joined with this one.
                    if dense.is_some() {
                        break;
                    }
                }
            }
        }
    }
}
