//! Core distances, and every edge of mutual reachability that lies in some minimum spanning tree.
//!
//! Two kinds of edges are told apart. *Near* ones are as long as the core distance of an end: they are read off the rows within that distance.
//! *Far* ones are longer than both core distances: Borůvka's algorithm over the k-d tree finds them. In each round the shortest edge out of every
//! component is sought; a search sees all edges of its length, so none that ties is lost. What makes it fast: a node whose rows are all in the
//! component is skipped, the shortest edge of a row stays valid until its other end joins, and a row whose last search came to nothing is not asked
//! again until its component has to look farther than that.
//!
//! **Invariant:** lengths are compared as distances, after the root, because that is where scikit-learn sees ties. Everything is by position in the
//! tree; which edges are found does not depend on threads, only how often a row is searched for.

use crate::tree::{LEAF, Nearest, Node, Tree};
use crate::unique::Places;
use crate::{Fault, Points, Work};
use std::sync::atomic::{AtomicU64, Ordering};

/// Positions of one piece of work.
const PIECE: usize = 1024;
/// Edges that may be held: 2 GiB of them. Only tables of a few repeating distances in many columns come near.
const EDGES_MAX: usize = 1 << 27;

/// Core distances by place or position, and who lies within them.
pub(super) struct Core {
    pub distances: Vec<f64>,
    /// Places other than the own, nearest first; complete.
    pub within: Lists<u32>,
}

/// Lists of each position, one after the other.
pub(super) struct Lists<T> {
    starts: Vec<u32>,
    all: Vec<T>,
}

impl<T: Copy> Lists<T> {
    pub fn of(&self, position: u32) -> &[T] {
        &self.all[self.starts[position as usize] as usize..self.starts[position as usize + 1] as usize]
    }

    /// Both directions of pairs: `pairs` calls back with owner and item, the same each time.
    fn of_pairs(many: usize, zero: T, pairs: impl Fn(&mut dyn FnMut(u32, T))) -> Self {
        let mut starts = vec![0u32; many + 1];
        pairs(&mut |owner, _| starts[owner as usize + 1] += 1);
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut all = vec![zero; starts[many] as usize];
        let mut next = starts.clone();
        pairs(&mut |owner, item| {
            all[next[owner as usize] as usize] = item;
            next[owner as usize] += 1;
        });
        Self { starts, all }
    }
}

/// The edges of all minimum spanning trees (and some that are in none), by position in the tree over places.
pub(super) struct Graph {
    pub places: Places,
    /// Place by place, its position.
    pub position: Vec<u32>,
    place: Vec<u32>,
    pub core: Vec<f64>,
    /// Neighbours within the core distance of one of the two that is at least the other's.
    pub near: Lists<u32>,
    /// Neighbours farther than both core distances, and how far.
    pub far: Lists<(u32, f64)>,
}

impl Graph {
    /// The rows at a position.
    pub fn members(&self, position: u32) -> &[u32] {
        self.places.members(self.place[position as usize] as usize)
    }
}

/// The distance of each place to the `min_samples`-th row, its own rows counted, and the places within it.
pub(super) fn core(
    points: &Points,
    places: &Places,
    tree: &Tree,
    min_samples: usize,
    work: Work,
) -> Result<Core, Fault> {
    let leaves = tree.leaves();
    let pieces = work.pieces(leaves.len(), PIECE / LEAF, |range| {
        let mut nearest: Vec<Nearest> = (0..LEAF).map(|_| Nearest::new(min_samples)).collect();
        let (mut distances, mut ends, mut all) = (Vec::new(), Vec::new(), Vec::new());
        let row_of = |place: u32| points.row(places.members(place as usize)[0] as usize);
        for &leaf in &leaves[range] {
            // One more than needed tells whether the last distance goes on.
            tree.nearest_of_leaf(leaf, row_of, &mut nearest);
            let Node { start, end, .. } = tree.nodes[leaf as usize];
            for (&place, nearest) in tree.order[start as usize..end as usize].iter().zip(&nearest) {
                let members = places.members(place as usize);
                let mut core = 0.0;
                if members.len() < min_samples {
                    let row = row_of(place);
                    let mut count = members.len();
                    for &(square, other) in &nearest.found {
                        core = square.sqrt();
                        count += places.members(other as usize).len();
                        if count >= min_samples {
                            break;
                        }
                    }
                    let reaches = |square: f64| square.sqrt() <= core;
                    let goes_on =
                        nearest.found.len() == min_samples && nearest.found.last().is_some_and(|last| reaches(last.0));
                    if goes_on {
                        // Rounded up, so that the root decides.
                        tree.within(row, core * core * (1.0 + 1e-15), |position, square| {
                            let other = tree.order[position as usize];
                            if other != place && reaches(square) {
                                all.push(other);
                            }
                            true
                        });
                    } else {
                        all.extend(nearest.found.iter().take_while(|one| reaches(one.0)).map(|one| one.1));
                    }
                }
                distances.push(core);
                ends.push(all.len());
            }
        }
        (distances, ends, all)
    })?;
    if pieces.iter().map(|piece| piece.2.len()).sum::<usize>() > EDGES_MAX {
        return Err(too_many_edges());
    }
    let mut sorted = Core { distances: vec![0.0; places.many()], within: Lists { starts: vec![0], all: Vec::new() } };
    // By position here; the distances by place.
    let mut position = 0;
    for (distances, ends, all) in pieces {
        let before = sorted.within.all.len();
        for (distance, end) in distances.into_iter().zip(ends) {
            sorted.distances[tree.order[position] as usize] = distance;
            sorted.within.starts.push((before + end) as u32);
            position += 1;
        }
        sorted.within.all.extend(all);
    }
    Ok(sorted)
}

fn too_many_edges() -> Fault {
    Fault::Parameter(
        "too many equal distances: the table repeats a few values in many columns; give a smaller --min-samples or fewer columns".to_string(),
    )
}

/// Every edge that Prim's algorithm could take.
pub(super) fn graph(points: &Points, min_samples: usize, work: Work) -> Result<Graph, Fault> {
    let places = Places::new(points);
    let tree = Tree::new(points, &places.firsts());
    let Core { distances, within } = core(points, &places, &tree, min_samples, work)?;
    let mut position = vec![0u32; places.many()];
    for (at, &place) in tree.order.iter().enumerate() {
        position[place as usize] = at as u32;
    }
    let core: Vec<f64> = tree.order.iter().map(|&place| distances[place as usize]).collect();
    drop(distances);
    let within =
        Lists { all: within.all.iter().map(|&place| position[place as usize]).collect(), starts: within.starts };
    let rows: Vec<u32> = tree.order.iter().map(|&place| places.members(place as usize)[0]).collect();
    let many = places.many();
    let far = Search::new(points, &tree, &rows, &core).run(&within, work)?;
    let near = Lists::of_pairs(many, 0u32, |each| {
        for one in 0..many as u32 {
            for &other in within.of(one) {
                if core[other as usize] <= core[one as usize] {
                    each(one, other);
                    each(other, one);
                }
            }
        }
    });
    let far = Lists::of_pairs(many, (0u32, 0.0), |each| {
        for &(one, other, length) in &far {
            each(one, (other, length));
            each(other, (one, length));
        }
    });
    Ok(Graph { place: tree.order, places, position, core, near, far })
}

/// No row: a search came to nothing.
const NONE: u32 = u32::MAX;

/// What is known of the shortest edge of a row out of its component.
#[derive(Clone, Copy)]
struct Shortest {
    /// Its length; without an end, no edge is shorter than this.
    length: f64,
    end: u32,
}

struct Search<'a> {
    points: &'a Points,
    tree: &'a Tree,
    rows: &'a [u32],
    core: &'a [f64],
    /// Node by node, the least core distance in it.
    least_core: Vec<f64>,
    /// Node by node, the component of all its rows, or `NONE`.
    pure: Vec<u32>,
    component: Vec<u32>,
    shortest: Vec<Shortest>,
}

/// An edge found: two positions, its length.
type Found = (u32, u32, f64);

impl<'a> Search<'a> {
    fn new(points: &'a Points, tree: &'a Tree, rows: &'a [u32], core: &'a [f64]) -> Self {
        let mut least_core = vec![f64::INFINITY; tree.nodes.len()];
        for (node, Node { start, end, children }) in tree.nodes.iter().enumerate().rev() {
            least_core[node] = if *children == (0, 0) {
                core[*start as usize..*end as usize].iter().copied().fold(f64::INFINITY, f64::min)
            } else {
                least_core[children.0 as usize].min(least_core[children.1 as usize])
            };
        }
        let shortest = core.iter().map(|&length| Shortest { length, end: NONE }).collect();
        let (pure, component) = (vec![NONE; tree.nodes.len()], (0..rows.len() as u32).collect());
        Self { points, tree, rows, core, least_core, pure, component, shortest }
    }

    /// Rounds until there is one component; the far edges found.
    fn run(mut self, within: &Lists<u32>, work: Work) -> Result<Vec<Found>, Fault> {
        let many = self.rows.len();
        let mut far: Vec<Found> = Vec::new();
        let mut left = many;
        // An edge within the core distance cannot be beaten: most rows need no search in the first round.
        for at in 0..many {
            let mine = self.core[at];
            if let Some(&end) = within.of(at as u32).iter().find(|&&other| self.core[other as usize] <= mine) {
                self.shortest[at] = Shortest { length: mine, end };
            }
        }
        while left > 1 {
            let best: Vec<AtomicU64> = (0..many).map(|_| AtomicU64::new(f64::INFINITY.to_bits())).collect();
            for at in 0..many {
                let Shortest { length, end } = self.shortest[at];
                if end != NONE && self.component[end as usize] != self.component[at] {
                    best[self.component[at] as usize].fetch_min(length.to_bits(), Ordering::Relaxed);
                }
            }
            let pieces = work.pieces(many, PIECE, |range| self.piece(range, &best))?;
            let mut at = 0;
            for (shortest, found) in pieces {
                self.shortest[at..at + shortest.len()].copy_from_slice(&shortest);
                at += shortest.len();
                far.extend(found);
            }
            if far.len() > EDGES_MAX {
                return Err(too_many_edges());
            }
            let before = left;
            left = self.join(&best, left);
            if left == before {
                return Err(Fault::Parameter(
                    "the distances are beyond what a number holds; scale the columns".to_string(),
                ));
            }
        }
        // Found from both ends, once each.
        far.iter_mut().for_each(|one| *one = (one.0.min(one.1), one.0.max(one.1), one.2));
        far.sort_unstable_by_key(|one| (one.0, one.1));
        far.dedup_by_key(|one| (one.0, one.1));
        Ok(far)
    }

    /// The shortest edges of some rows, as far as they can matter, and the far edges seen.
    fn piece(&self, range: std::ops::Range<usize>, best: &[AtomicU64]) -> (Vec<Shortest>, Vec<Found>) {
        let mut found = Vec::new();
        let mut open = Vec::new();
        let shortest = range
            .map(|at| {
                let known = self.shortest[at];
                let mine = self.component[at];
                if known.end != NONE && self.component[known.end as usize] != mine {
                    return known;
                }
                let best = &best[mine as usize];
                let limit = f64::from_bits(best.load(Ordering::Relaxed));
                let core = self.core[at];
                // At the limit only a far edge would still count, and none is as short as the core distance.
                if core >= limit && limit.is_finite() || known.length > limit {
                    return Shortest { length: known.length, end: NONE };
                }
                let new = self.search(at as u32, limit, &mut found, &mut open);
                if new.end != NONE {
                    best.fetch_min(new.length.to_bits(), Ordering::Relaxed);
                }
                new
            })
            .collect();
        (shortest, found)
    }

    /// The shortest edge of one row out of its component, if it is not longer than `limit`; all far ones of that length are written down.
    fn search(&self, at: u32, limit: f64, found: &mut Vec<Found>, open: &mut Vec<(f64, u32)>) -> Shortest {
        let row = self.points.row(self.rows[at as usize] as usize);
        let (mine, core) = (self.component[at as usize], self.core[at as usize]);
        let mut shortest = Shortest { length: limit, end: NONE };
        // Rounded up, so that the root decides.
        let widen = |length: f64| length * length * (1.0 + 1e-15);
        let mut widest = widen(limit);
        let before = found.len();
        let mut squares = [0.0; LEAF];
        open.clear();
        open.push((0.0, 0));
        while let Some((bound, node)) = open.pop() {
            if bound > widest || self.is_useless(node, mine, shortest.length) {
                continue;
            }
            let Node { start, end, children } = self.tree.nodes[node as usize];
            if children != (0, 0) {
                let (left, right) = (self.tree.bound(children.0, row), self.tree.bound(children.1, row));
                if left <= right {
                    open.extend([(right, children.1), (left, children.0)]);
                } else {
                    open.extend([(left, children.0), (right, children.1)]);
                }
                continue;
            }
            self.tree.leaf(node, row, &mut squares);
            for (other, &square) in (start..end).zip(&squares) {
                if square > widest || self.component[other as usize] == mine {
                    continue;
                }
                let distance = square.sqrt();
                let cores = core.max(self.core[other as usize]);
                let length = distance.max(cores);
                if length < shortest.length || (length == shortest.length && shortest.end == NONE) {
                    if length < shortest.length {
                        found.truncate(before);
                        widest = widen(length);
                    }
                    shortest = Shortest { length, end: other };
                }
                if length == shortest.length && distance > cores {
                    found.push((at, other, length));
                }
            }
            // Nothing is shorter than the own core distance, and a far edge is longer.
            if shortest.end != NONE && shortest.length <= core {
                break;
            }
        }
        shortest
    }

    /// Whether no edge into a node can be shorter than `length`, nor far and as long.
    fn is_useless(&self, node: u32, mine: u32, length: f64) -> bool {
        self.pure[node as usize] == mine || (self.least_core[node as usize] >= length && length.is_finite())
    }

    /// Joins each component along its shortest edge; how many are left.
    fn join(&mut self, best: &[AtomicU64], left: usize) -> usize {
        let many = self.rows.len();
        let mut above: Vec<u32> = (0..many as u32).collect();
        let mut left = left;
        let mut is_joined = vec![false; many];
        for at in 0..many {
            let (component, Shortest { length, end }) = (self.component[at], self.shortest[at]);
            let is_best = end != NONE
                && !is_joined[component as usize]
                && self.component[end as usize] != component
                && length.to_bits() == best[component as usize].load(Ordering::Relaxed);
            if is_best {
                is_joined[component as usize] = true;
                let (one, other) = (top(&mut above, component), top(&mut above, self.component[end as usize]));
                if one != other {
                    above[one.max(other) as usize] = one.min(other);
                    left -= 1;
                }
            }
        }
        for at in 0..many {
            self.component[at] = top(&mut above, self.component[at]);
        }
        for (node, Node { start, end, children }) in self.tree.nodes.iter().enumerate().rev() {
            let (one, other) = if *children == (0, 0) {
                let mine = &self.component[*start as usize..*end as usize];
                (mine[0], if mine.iter().all(|one| *one == mine[0]) { mine[0] } else { NONE })
            } else {
                (self.pure[children.0 as usize], self.pure[children.1 as usize])
            };
            self.pure[node] = if one == other { one } else { NONE };
        }
        left
    }
}

fn top(above: &mut [u32], at: u32) -> u32 {
    let mut root = at;
    while above[root as usize] != root {
        root = above[root as usize];
    }
    let mut at = at;
    while above[at as usize] != root {
        at = std::mem::replace(&mut above[at as usize], root);
    }
    root
}
