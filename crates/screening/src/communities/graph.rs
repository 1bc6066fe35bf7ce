//! 图: undirected, weighted, as neighbour lists. Repeated edges are added up, self-loops are kept apart.
//!
//! **Invariant:** every edge stands in the lists of both its ends, neighbours ascending.

/// An undirected edge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    pub a: u32,
    pub b: u32,
    /// Finite and above 0.
    pub weight: f32,
}

/// A graph with sizes of its nodes.
#[derive(Debug, Clone)]
pub struct Graph {
    pub(super) starts: Vec<u32>,
    pub(super) targets: Vec<u32>,
    pub(super) weights: Vec<f32>,
    /// Weight of the self-loop of each node, counted once.
    pub(super) loops: Vec<f64>,
}

impl Graph {
    /// From edges over nodes 0..`nodes`. Edges with a weight that is not finite and above 0 are left out.
    pub fn new(nodes: usize, edges: &[Edge]) -> Self {
        let good = |e: &&Edge| e.weight.is_finite() && e.weight > 0.0;
        let mut loops = vec![0.0; nodes];
        let mut counts = vec![0u32; nodes + 1];
        for e in edges.iter().filter(good) {
            if e.a == e.b {
                loops[e.a as usize] += f64::from(e.weight);
            } else {
                counts[e.a as usize + 1] += 1;
                counts[e.b as usize + 1] += 1;
            }
        }
        for i in 1..counts.len() {
            counts[i] += counts[i - 1];
        }
        let starts = counts.clone();
        let mut list = vec![(0u32, 0f32); starts[nodes] as usize];
        for e in edges.iter().filter(good).filter(|e| e.a != e.b) {
            for (from, to) in [(e.a, e.b), (e.b, e.a)] {
                let at = &mut counts[from as usize];
                list[*at as usize] = (to, e.weight);
                *at += 1;
            }
        }
        let (mut targets, mut weights, mut new_starts) =
            (Vec::with_capacity(list.len()), Vec::with_capacity(list.len()), vec![0u32]);
        for node in 0..nodes {
            let own = &mut list[starts[node] as usize..starts[node + 1] as usize];
            own.sort_unstable_by_key(|x| x.0);
            for same in own.chunk_by(|x, y| x.0 == y.0) {
                targets.push(same[0].0);
                weights.push(same.iter().map(|x| x.1).sum());
            }
            new_starts.push(targets.len() as u32);
        }
        Self { starts: new_starts, targets, weights, loops }
    }

    /// How many nodes.
    pub fn len(&self) -> usize {
        self.loops.len()
    }

    /// No node at all.
    pub fn is_empty(&self) -> bool {
        self.loops.is_empty()
    }

    /// Neighbours of a node with the weights of their edges.
    pub fn neighbours(&self, node: usize) -> impl Iterator<Item = (u32, f32)> + '_ {
        let range = self.starts[node] as usize..self.starts[node + 1] as usize;
        self.targets[range.clone()].iter().copied().zip(self.weights[range].iter().copied())
    }

    /// Sum of the weights at a node; its self-loop counts twice.
    pub fn strength(&self, node: usize) -> f64 {
        self.neighbours(node).map(|x| f64::from(x.1)).sum::<f64>() + 2.0 * self.loops[node]
    }
}
