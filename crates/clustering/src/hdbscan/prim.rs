//! The spanning tree in the order of Prim's algorithm from the first row: the nearest row outside next, ties by row; over all distances
//! (`dense`), or over the edges that `reach` found (`sparse`).
//!
//! **Invariant:** both give the same edges in the same order, to the bit: `sparse` sees every edge that lies in *some* minimum spanning tree, and
//! Prim's algorithm never takes another.

use super::Edge;
use super::reach::{self, Graph};
use crate::tree::Tree;
use crate::unique::Places;
use crate::{Fault, Points, Work};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Rows whose distances are computed together.
const LANES: usize = 8;
/// Steps between two questions whether to go on.
const STEPS: usize = 256;

/// Rows outside the tree, in blocks of eight, column by column; made anew when half of them are inside.
struct Outside {
    rows: Vec<u32>,
    blocks: Vec<f64>,
}

impl Outside {
    fn new(points: &Points, rows: Vec<u32>) -> Self {
        let columns = points.columns();
        let mut blocks = vec![0.0; rows.len().div_ceil(LANES) * LANES * columns];
        for (at, &row) in rows.iter().enumerate() {
            for (column, &value) in points.row(row as usize).iter().enumerate() {
                blocks[(at / LANES * columns + column) * LANES + at % LANES] = value;
            }
        }
        Self { rows, blocks }
    }
}

/// By every distance.
pub(super) fn dense(points: &Points, min_samples: usize, work: Work) -> Result<Vec<Edge>, Fault> {
    let (rows, columns) = (points.rows(), points.columns());
    let places = Places::new(points);
    let tree = Tree::new(points, &places.firsts());
    let by_place = reach::core(points, &places, &tree, min_samples, work)?.distances;
    let core: Vec<f64> = places.of.iter().map(|&place| by_place[place as usize]).collect();
    drop((places, tree));
    let mut nearest = vec![(f64::INFINITY, 0u32); rows];
    let mut is_inside = vec![false; rows];
    let mut outside = Outside::new(points, (0..rows as u32).collect());
    let mut edges = Vec::with_capacity(rows - 1);
    let mut current = 0;
    for step in 1..rows {
        if step % STEPS == 0 {
            work.go_on()?;
            work.progress.report(step as u64, rows as u64);
        }
        is_inside[current] = true;
        if (rows - step) * 2 <= outside.rows.len() {
            let left = outside.rows.into_iter().filter(|&row| !is_inside[row as usize]).collect();
            outside = Outside::new(points, left);
        }
        let mut best = (f64::INFINITY, u32::MAX);
        for (some, block) in outside.rows.chunks(LANES).zip(outside.blocks.chunks_exact(LANES * columns)) {
            let mut squares = [0.0f64; LANES];
            for (column, x) in block.chunks_exact(LANES).zip(points.row(current)) {
                for lane in 0..LANES {
                    let apart = x - column[lane];
                    squares[lane] += apart * apart;
                }
            }
            for (&row, square) in some.iter().zip(squares) {
                if is_inside[row as usize] {
                    continue;
                }
                let length = square.sqrt().max(core[current]).max(core[row as usize]);
                let known = &mut nearest[row as usize];
                if length < known.0 {
                    *known = (length, current as u32);
                }
                if known.0 < best.0 || best.1 == u32::MAX {
                    best = (known.0, row);
                }
            }
        }
        edges.push(Edge { from: nearest[best.1 as usize].1, to: best.1, length: best.0 });
        current = best.1 as usize;
    }
    Ok(edges)
}

/// By the edges of a k-d tree.
pub(super) fn sparse(points: &Points, min_samples: usize, work: Work) -> Result<Vec<Edge>, Fault> {
    let graph = reach::graph(points, min_samples, work)?;
    Ok(walk(&graph, points.rows()))
}

/// A row that can be taken: how far, which, from where. The order of the heap.
type Candidate = Reverse<(u64, u32, u32)>;

struct Walk<'a> {
    graph: &'a Graph,
    heap: BinaryHeap<Candidate>,
    nearest: Vec<f64>,
    edges: Vec<Edge>,
}

fn walk(graph: &Graph, rows: usize) -> Vec<Edge> {
    let mut walk = Walk {
        graph,
        heap: BinaryHeap::new(),
        nearest: vec![f64::INFINITY; rows],
        edges: Vec::with_capacity(rows - 1),
    };
    let mut is_entered = vec![false; graph.places.many()];
    walk.take(0, &mut is_entered);
    while let Some(Reverse((length, row, from))) = walk.heap.pop() {
        let length = f64::from_bits(length);
        // Taken already, or a nearer way was found since.
        if walk.nearest[row as usize] != length {
            continue;
        }
        walk.edges.push(Edge { from, to: row, length });
        walk.take(row, &mut is_entered);
    }
    walk.edges
}

/// How far a row is that is inside: nothing is nearer.
const INSIDE: f64 = -1.0;

impl Walk<'_> {
    /// Row `row` is inside now; what can be reached from it becomes a candidate.
    fn take(&mut self, row: u32, is_entered: &mut [bool]) {
        self.nearest[row as usize] = INSIDE;
        let graph = self.graph;
        let position = graph.position[graph.places.of[row as usize] as usize];
        // The copies of a row reach nothing that the first of them inside did not reach as well, earlier.
        if std::mem::replace(&mut is_entered[position as usize], true) {
            return;
        }
        let core = graph.core[position as usize];
        let copies = graph.members(position);
        if core == 0.0 {
            // All copies at once: nothing is nearer than they are.
            for &copy in copies.iter().filter(|&&copy| copy != row) {
                self.nearest[copy as usize] = INSIDE;
                self.edges.push(Edge { from: row, to: copy, length: 0.0 });
            }
        } else {
            self.offer(copies, core, row);
        }
        for &next in graph.near.of(position) {
            self.offer_place(next, core.max(graph.core[next as usize]), row);
        }
        for &(next, length) in graph.far.of(position) {
            self.offer_place(next, length, row);
        }
    }

    /// Of a place with a core distance of zero only the first row can be taken from outside: the others have the same distance and follow it.
    fn offer_place(&mut self, position: u32, length: f64, from: u32) {
        let members = self.graph.members(position);
        let many = if self.graph.core[position as usize] == 0.0 { 1 } else { members.len() };
        self.offer(&members[..many], length, from);
    }

    fn offer(&mut self, rows: &[u32], length: f64, from: u32) {
        for &row in rows {
            if length < self.nearest[row as usize] {
                self.nearest[row as usize] = length;
                self.heap.push(Reverse((length.to_bits(), row, from)));
            }
        }
    }
}
