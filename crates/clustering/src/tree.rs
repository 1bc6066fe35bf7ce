//! A k-d tree over rows, with leaves stored column by column so that the compiler makes vector instructions of the distances.
//!
//! **Invariant:** the bound of a node never exceeds the *computed* distance of any row in it: every step of the bound is a rounding of something not
//! greater, in the same order of addition. So pruning loses nothing, to the last bit.

use crate::Points;

/// Rows of a leaf, at most. A multiple of [`LANES`].
pub(crate) const LEAF: usize = 32;
/// Times the depth of a tree of halves: how deep nodes are split in the middle of their box.
const DEPTH: u32 = 3;
/// Distances that are computed together.
const LANES: usize = 8;

/// A node: its rows are the positions `start..end`; a leaf has no children.
pub(crate) struct Node {
    pub start: u32,
    pub end: u32,
    /// Both children, or `(0, 0)`: the root is nobody's child.
    pub children: (u32, u32),
}

pub(crate) struct Tree {
    pub nodes: Vec<Node>,
    /// Position by position, the index that was given.
    pub order: Vec<u32>,
    /// Node by node: the least and the greatest value of each column.
    boxes: Vec<f64>,
    /// Leaf by leaf, in blocks of LANES rows: column by column.
    blocks: Vec<f64>,
    /// Where a node's block begins; only of leaves.
    block_of: Vec<u32>,
    columns: usize,
    /// From this depth on nodes are split in halves.
    deepest: u32,
}

impl Tree {
    /// Over the rows `chosen` of `points`; at least one.
    pub fn new(points: &Points, chosen: &[u32]) -> Self {
        let columns = points.columns();
        let mut tree = Self {
            nodes: Vec::new(),
            order: (0..chosen.len() as u32).collect(),
            boxes: Vec::new(),
            blocks: Vec::new(),
            block_of: Vec::new(),
            columns,
            deepest: DEPTH * (chosen.len().ilog2() + 1),
        };
        let mut order = std::mem::take(&mut tree.order);
        tree.grow(points, chosen, &mut order, 0, 0);
        tree.order = order;
        tree
    }

    fn grow(&mut self, points: &Points, chosen: &[u32], order: &mut [u32], start: usize, depth: u32) -> u32 {
        let columns = self.columns;
        let (mut low, mut high) = (vec![f64::INFINITY; columns], vec![f64::NEG_INFINITY; columns]);
        for &at in order.iter() {
            for (column, &value) in points.row(chosen[at as usize] as usize).iter().enumerate() {
                low[column] = low[column].min(value);
                high[column] = high[column].max(value);
            }
        }
        let node = self.nodes.len();
        self.nodes.push(Node { start: start as u32, end: (start + order.len()) as u32, children: (0, 0) });
        self.boxes.extend(&low);
        self.boxes.extend(&high);
        self.block_of.push((self.blocks.len() / (LANES * columns)) as u32);
        if order.len() <= LEAF {
            // A leaf in its final order: ascending, so that equal distances are met by index.
            order.sort_unstable();
            for lanes in order.chunks(LANES) {
                let from = self.blocks.len();
                self.blocks.resize(from + LANES * columns, f64::INFINITY);
                for (lane, &at) in lanes.iter().enumerate() {
                    for (column, &value) in points.row(chosen[at as usize] as usize).iter().enumerate() {
                        self.blocks[from + column * LANES + lane] = value;
                    }
                }
            }
            return node as u32;
        }
        // Half of each: a spread that overflows to infinity would make every column equal.
        let spread = |column: usize| high[column] / 2.0 - low[column] / 2.0;
        let widest = (0..columns).fold(0, |best, column| if spread(column) > spread(best) { column } else { best });
        let value = |at: u32| points.row(chosen[at as usize] as usize)[widest];
        let half = match middle(order, low[widest] / 2.0 + high[widest] / 2.0, value) {
            // Rows far from all others are split off, one side nearly empty: that keeps boxes small. Not for ever: depth is bounded.
            half if depth < self.deepest && half > 0 && half < order.len() => half,
            _ => {
                let half = order.len() / 2;
                order.select_nth_unstable_by(half, |&a, &b| value(a).total_cmp(&value(b)).then(a.cmp(&b)));
                half
            }
        };
        let (left, right) = order.split_at_mut(half);
        let left = self.grow(points, chosen, left, start, depth + 1);
        let right = self.grow(points, chosen, right, start + half, depth + 1);
        self.nodes[node].children = (left, right);
        node as u32
    }

    /// The square of the distance from a row to a node's box: no row in it is nearer.
    #[inline]
    pub fn bound(&self, node: u32, row: &[f64]) -> f64 {
        let at = node as usize * 2 * self.columns;
        let (low, high) = self.boxes[at..at + 2 * self.columns].split_at(self.columns);
        row.iter().zip(low).zip(high).fold(0.0, |sum, ((x, low), high)| {
            let out = (low - x).max(x - high).max(0.0);
            sum + out * out
        })
    }

    /// The square of the distance from a row to the farthest corner of a node's box.
    pub fn reach(&self, node: u32, row: &[f64]) -> f64 {
        let at = node as usize * 2 * self.columns;
        let (low, high) = self.boxes[at..at + 2 * self.columns].split_at(self.columns);
        row.iter().zip(low).zip(high).fold(0.0, |sum, ((x, low), high)| {
            let out = (x - low).abs().max((x - high).abs());
            sum + out * out
        })
    }

    /// The square of the diagonal of a node's box: no two rows in it are farther apart.
    pub fn width(&self, node: u32) -> f64 {
        let at = node as usize * 2 * self.columns;
        let (low, high) = self.boxes[at..at + 2 * self.columns].split_at(self.columns);
        low.iter().zip(high).fold(0.0, |sum, (low, high)| sum + (high - low) * (high - low))
    }

    /// The squares of the distances from a row to the rows of a leaf, position by position; what is beyond its end is infinite or not a number.
    #[inline]
    pub fn leaf(&self, node: u32, row: &[f64], into: &mut [f64; LEAF]) {
        let (start, end) = (self.nodes[node as usize].start, self.nodes[node as usize].end);
        let blocks = ((end - start) as usize).div_ceil(LANES);
        let from = self.block_of[node as usize] as usize * LANES * self.columns;
        let stored = &self.blocks[from..from + blocks * LANES * self.columns];
        for (block, into) in stored.chunks_exact(LANES * self.columns).zip(into.chunks_exact_mut(LANES)) {
            let mut sum = [0.0f64; LANES];
            for (column, x) in block.chunks_exact(LANES).zip(row) {
                for lane in 0..LANES {
                    let apart = column[lane] - x;
                    sum[lane] += apart * apart;
                }
            }
            into.copy_from_slice(&sum);
        }
    }

    /// Calls `visit` with position and square distance of every row whose square distance is at most `limit`; until it says no.
    pub fn within(&self, row: &[f64], limit: f64, mut visit: impl FnMut(u32, f64) -> bool) {
        let mut open = vec![0u32];
        let mut squares = [0.0; LEAF];
        while let Some(node) = open.pop() {
            if self.bound(node, row) > limit {
                continue;
            }
            let Node { start, end, children } = self.nodes[node as usize];
            if children != (0, 0) {
                open.extend([children.1, children.0]);
                continue;
            }
            self.leaf(node, row, &mut squares);
            for (position, &square) in (start..end).zip(&squares) {
                if square <= limit && !visit(position, square) {
                    return;
                }
            }
        }
    }
}

/// Puts what is at most `value` before the rest; where the rest begins.
fn middle(order: &mut [u32], limit: f64, value: impl Fn(u32) -> f64) -> usize {
    let mut half = 0;
    for at in 0..order.len() {
        if value(order[at]) <= limit {
            order.swap(at, half);
            half += 1;
        }
    }
    half
}

/// The nearest rows found so far, by square distance, then by index.
pub(crate) struct Nearest {
    pub found: Vec<(f64, u32)>,
    most: usize,
}

impl Nearest {
    pub fn new(most: usize) -> Self {
        Self { found: Vec::with_capacity(most + 1), most }
    }

    /// No row farther than this can enter.
    #[inline]
    fn limit(&self) -> f64 {
        if self.most == 0 {
            return f64::NEG_INFINITY;
        }
        if self.found.len() < self.most { f64::INFINITY } else { self.found[self.most - 1].0 }
    }

    #[inline]
    fn offer(&mut self, square: f64, index: u32) {
        let full = self.found.len() == self.most;
        if full && (square, index) >= self.found[self.most - 1] {
            return;
        }
        let mut at = self.found.len();
        while at > 0 && (square, index) < self.found[at - 1] {
            at -= 1;
        }
        if full {
            self.found.pop();
        }
        self.found.insert(at, (square, index));
    }
}

impl Tree {
    /// Offers the rows of a leaf.
    #[inline]
    fn look(&self, node: u32, row: &[f64], but: u32, nearest: &mut Nearest, squares: &mut [f64; LEAF]) {
        let Node { start, end, .. } = self.nodes[node as usize];
        self.leaf(node, row, squares);
        let mut limit = nearest.limit();
        for (position, &square) in (start..end).zip(squares.iter()) {
            if square <= limit {
                let index = self.order[position as usize];
                if index != but {
                    nearest.offer(square, index);
                    limit = nearest.limit();
                }
            }
        }
    }

    /// The square of the distance between two boxes.
    fn between(&self, one: u32, other: u32) -> f64 {
        let of = |node: u32| {
            let at = node as usize * 2 * self.columns;
            self.boxes[at..at + 2 * self.columns].split_at(self.columns)
        };
        let ((low, high), (other_low, other_high)) = (of(one), of(other));
        low.iter().zip(high).zip(other_low.iter().zip(other_high)).fold(0.0, |sum, ((low, high), (from, to))| {
            let out = (from - high).max(low - to).max(0.0);
            sum + out * out
        })
    }

    /// The nearest rows of all rows of a leaf, themselves left out, ties by index; `row` gives the row of an index. The leaf's rows walk the tree
    /// together: what one brings into the cache serves all.
    pub fn nearest_of_leaf<'a>(&self, leaf: u32, row: impl Fn(u32) -> &'a [f64], nearest: &mut [Nearest]) {
        let Node { start, end, .. } = self.nodes[leaf as usize];
        let mine = &self.order[start as usize..end as usize];
        let mut squares = [0.0; LEAF];
        for (&index, nearest) in mine.iter().zip(nearest.iter_mut()) {
            nearest.found.clear();
            self.look(leaf, row(index), index, nearest, &mut squares);
        }
        let widest = |nearest: &[Nearest]| nearest[..mine.len()].iter().map(Nearest::limit).fold(0.0, f64::max);
        let mut limit = widest(nearest);
        let mut open = vec![(0.0, 0u32)];
        while let Some((bound, node)) = open.pop() {
            if bound > limit || node == leaf {
                continue;
            }
            let children = self.nodes[node as usize].children;
            if children != (0, 0) {
                let (left, right) = (self.between(leaf, children.0), self.between(leaf, children.1));
                // The nearer one is looked at first.
                if left <= right {
                    open.extend([(right, children.1), (left, children.0)]);
                } else {
                    open.extend([(left, children.0), (right, children.1)]);
                }
                continue;
            }
            for (&index, nearest) in mine.iter().zip(nearest.iter_mut()) {
                let row = row(index);
                if self.bound(node, row) <= nearest.limit() {
                    self.look(node, row, index, nearest, &mut squares);
                }
            }
            limit = widest(nearest);
        }
    }

    /// All leaves, from left to right: their rows are the positions in order.
    pub fn leaves(&self) -> Vec<u32> {
        (0..self.nodes.len() as u32).filter(|&node| self.nodes[node as usize].children == (0, 0)).collect()
    }
}
