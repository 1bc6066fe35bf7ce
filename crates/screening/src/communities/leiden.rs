//! Leiden: move nodes to the neighbouring community that gains most, refine each community into well-connected parts, make a graph of the
//! parts, and again, until nothing moves.
//!
//! One formula serves both qualities: the gain of node v in community C is w(v, C) − γ·size(v)·size(C), with sizes = strengths and γ = r / 2m for
//! modularity, sizes = 1 and γ = r for CPM.
//!
//! **Invariant:** a move never lowers the quality, so the loop ends.

use super::Graph;
use crate::progress::{Stopped, Watcher, step};
use crate::random::Random;

/// What is maximised.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Quality {
    /// Newman–Girvan modularity with a resolution; 1 is the usual.
    Modularity(f64),
    /// Constant Potts model: inside, edges are denser than the resolution.
    Cpm(f64),
}

/// Rounds of move, refine, aggregate; a graph halves at least in most of them, so forty are never needed.
const ROUNDS_MAX: usize = 40;
/// Gains below this are rounding.
const GAIN_MIN: f64 = 1e-10;

/// A small graph is begun several times, and gone through again from what was found until nothing is gained: it costs a third of a second there.
const SMALL_NODES: usize = 20_000;
const STARTS: usize = 6;
const PASSES_MAX: usize = 8;

/// The community of each node, numbered by first appearance.
///
/// # Errors
/// Only if the watcher wants no more.
pub fn leiden(graph: &Graph, quality: Quality, seed: u64, watcher: &dyn Watcher) -> Result<Vec<u32>, Stopped> {
    let mut random = Random::new(seed);
    let alone: Vec<u32> = (0..graph.len() as u32).collect();
    if graph.len() > SMALL_NODES {
        return pass(graph, quality, alone, true, &mut random, watcher);
    }
    let mut best: Option<(f64, Vec<u32>)> = None;
    for _ in 0..STARTS {
        let mut found = pass(graph, quality, alone.clone(), true, &mut random, watcher)?;
        let mut height = self::quality(graph, &found, quality);
        for _ in 1..PASSES_MAX {
            let next = pass(graph, quality, found.clone(), false, &mut random, watcher)?;
            let reached = self::quality(graph, &next, quality);
            if reached <= height + GAIN_MIN {
                break;
            }
            (found, height) = (next, reached);
        }
        if best.as_ref().is_none_or(|b| height > b.0 + GAIN_MIN) {
            best = Some((height, found));
        }
    }
    Ok(best.map_or(alone, |b| b.1))
}

/// Once through all levels, from a membership; a fresh one is every node alone.
fn pass(
    graph: &Graph,
    quality: Quality,
    from: Vec<u32>,
    fresh: bool,
    random: &mut Random,
    watcher: &dyn Watcher,
) -> Result<Vec<u32>, Stopped> {
    let (sizes, gamma) = sizes(graph, quality);
    let mut level = Level { graph: graph.clone(), sizes };
    // Where each original node is in the present graph.
    let mut place: Vec<u32> = (0..graph.len() as u32).collect();
    let mut membership = from;
    for round in 0..ROUNDS_MAX {
        step(watcher, "communities", round, ROUNDS_MAX)?;
        let moved = level.move_nodes(&mut membership, gamma, random);
        let many = renumber(&mut membership);
        // Where it begins with communities, these may be split and joined although no node moves.
        let still = !moved && (fresh || round > 0);
        if still || many == level.graph.len() {
            break;
        }
        let mut refined = level.refine(&membership, many, gamma, random);
        let parts = renumber(&mut refined);
        // Nothing to join within the communities: join the communities themselves.
        let (map, many_new) = if parts == level.graph.len() { (&membership, many) } else { (&refined, parts) };
        let mut next = vec![0u32; many_new];
        for (node, part) in map.iter().enumerate() {
            next[*part as usize] = membership[node];
        }
        place.iter_mut().for_each(|p| *p = map[*p as usize]);
        level = level.joined(map, many_new);
        membership = next;
    }
    let mut result: Vec<u32> = place.iter().map(|p| membership[*p as usize]).collect();
    renumber(&mut result);
    Ok(result)
}

/// The quality of a membership: modularity, or CPM's sum over communities.
pub fn quality(graph: &Graph, membership: &[u32], quality: Quality) -> f64 {
    let (sizes, gamma) = sizes(graph, quality);
    let many = membership.iter().max().map_or(0, |m| *m as usize + 1);
    let (mut inside, mut size) = (0.0, vec![0.0; many]);
    let mut whole = 0.0;
    for node in 0..graph.len() {
        size[membership[node] as usize] += sizes[node];
        inside += 2.0 * graph.loops[node];
        whole += graph.strength(node);
        inside += graph
            .neighbours(node)
            .filter(|x| membership[x.0 as usize] == membership[node])
            .map(|x| f64::from(x.1))
            .sum::<f64>();
    }
    match quality {
        Quality::Modularity(_) if whole > 0.0 => (inside - gamma * size.iter().map(|s| s * s).sum::<f64>()) / whole,
        Quality::Modularity(_) => 0.0,
        Quality::Cpm(_) => inside / 2.0 - gamma * size.iter().map(|s| s * (s - 1.0) / 2.0).sum::<f64>(),
    }
}

fn sizes(graph: &Graph, quality: Quality) -> (Vec<f64>, f64) {
    match quality {
        Quality::Modularity(r) => {
            let sizes: Vec<f64> = (0..graph.len()).map(|v| graph.strength(v)).collect();
            let whole: f64 = sizes.iter().sum();
            (sizes, if whole > 0.0 { r / whole } else { 0.0 })
        }
        Quality::Cpm(r) => (vec![1.0; graph.len()], r),
    }
}

/// Numbers communities by first appearance; how many.
fn renumber(membership: &mut [u32]) -> usize {
    let mut new = vec![u32::MAX; membership.iter().max().map_or(0, |m| *m as usize + 1)];
    let mut next = 0;
    for m in membership.iter_mut() {
        let n = &mut new[*m as usize];
        if *n == u32::MAX {
            *n = next;
            next += 1;
        }
        *m = *n;
    }
    next as usize
}

struct Level {
    graph: Graph,
    sizes: Vec<f64>,
}

/// Weights of a node to the communities around it.
struct Around {
    weight: Vec<f32>,
    touched: Vec<u32>,
}

impl Around {
    fn new(many: usize) -> Self {
        Self { weight: vec![0.0; many], touched: Vec::with_capacity(64) }
    }

    fn collect(&mut self, graph: &Graph, node: usize, membership: &[u32], keep: impl Fn(u32) -> bool) {
        for c in self.touched.drain(..) {
            self.weight[c as usize] = 0.0;
        }
        for (other, w) in graph.neighbours(node) {
            if keep(other) {
                let c = membership[other as usize];
                let sum = &mut self.weight[c as usize];
                if *sum == 0.0 {
                    self.touched.push(c);
                }
                *sum += w;
            }
        }
    }
}

impl Level {
    /// Moves nodes until none gains; true if any moved. A queue holds those whose surroundings changed.
    fn move_nodes(&self, membership: &mut [u32], gamma: f64, random: &mut Random) -> bool {
        let n = self.graph.len();
        let mut size = vec![0.0; n];
        for (node, c) in membership.iter().enumerate() {
            size[*c as usize] += self.sizes[node];
        }
        let mut queue: std::collections::VecDeque<u32> = order(n, random).into();
        let mut queued = vec![true; n];
        let mut around = Around::new(n);
        let mut moved = false;
        while let Some(node) = queue.pop_front() {
            let v = node as usize;
            queued[v] = false;
            let own = membership[v];
            around.collect(&self.graph, v, membership, |_| true);
            let scale = gamma * self.sizes[v];
            let stay = f64::from(around.weight[own as usize]) - scale * (size[own as usize] - self.sizes[v]);
            let mut best = (stay + GAIN_MIN, own);
            for c in &around.touched {
                if *c != own {
                    let gain = f64::from(around.weight[*c as usize]) - scale * size[*c as usize];
                    if gain > best.0 || (gain == best.0 && *c < best.1) {
                        best = (gain, *c);
                    }
                }
            }
            if best.1 == own {
                continue;
            }
            moved = true;
            size[own as usize] -= self.sizes[v];
            size[best.1 as usize] += self.sizes[v];
            membership[v] = best.1;
            for (other, _) in self.graph.neighbours(v) {
                if membership[other as usize] != best.1 && !queued[other as usize] {
                    queued[other as usize] = true;
                    queue.push_back(other);
                }
            }
        }
        moved
    }

    /// Splits each community into parts that grew node by node along edges, each well connected to its community.
    fn refine(&self, membership: &[u32], many: usize, gamma: f64, random: &mut Random) -> Vec<u32> {
        let n = self.graph.len();
        let mut whole = vec![0.0; many];
        for (node, c) in membership.iter().enumerate() {
            whole[*c as usize] += self.sizes[node];
        }
        let mut part: Vec<u32> = (0..n as u32).collect();
        let mut size = self.sizes.clone();
        // Weight from each part to the rest of its community.
        let mut out: Vec<f64> = (0..n)
            .map(|v| {
                self.graph
                    .neighbours(v)
                    .filter(|x| membership[x.0 as usize] == membership[v])
                    .map(|x| f64::from(x.1))
                    .sum()
            })
            .collect();
        let mut alone = vec![true; n];
        let mut around = Around::new(n);
        for node in order(n, random) {
            let v = node as usize;
            let community = whole[membership[v] as usize];
            if !alone[v] || out[v] < gamma * self.sizes[v] * (community - self.sizes[v]) - GAIN_MIN {
                continue;
            }
            around.collect(&self.graph, v, &part, |o| membership[o as usize] == membership[v]);
            let mut best = (GAIN_MIN, part[v]);
            for c in &around.touched {
                let i = *c as usize;
                if out[i] >= gamma * size[i] * (community - size[i]) - GAIN_MIN {
                    let gain = f64::from(around.weight[i]) - gamma * self.sizes[v] * size[i];
                    if gain > best.0 {
                        best = (gain, *c);
                    }
                }
            }
            if best.1 != part[v] {
                let i = best.1 as usize;
                out[i] += out[v] - 2.0 * f64::from(around.weight[i]);
                size[i] += self.sizes[v];
                part[v] = best.1;
                // The part is named by its first node, which is no longer alone either.
                alone[v] = false;
                alone[i] = false;
            }
        }
        part
    }

    /// The graph whose nodes are the parts.
    fn joined(&self, part: &[u32], many: usize) -> Level {
        let mut sizes = vec![0.0; many];
        let mut loops = vec![0.0; many];
        let mut counts = vec![0u32; many + 1];
        for (v, p) in part.iter().enumerate() {
            sizes[*p as usize] += self.sizes[v];
            loops[*p as usize] += self.graph.loops[v];
            counts[*p as usize + 1] += 1;
        }
        for i in 1..counts.len() {
            counts[i] += counts[i - 1];
        }
        let mut at = counts.clone();
        let mut nodes = vec![0u32; part.len()];
        for (v, p) in part.iter().enumerate() {
            nodes[at[*p as usize] as usize] = v as u32;
            at[*p as usize] += 1;
        }
        let mut around = Around::new(many);
        let (mut starts, mut targets, mut weights) = (vec![0u32], Vec::new(), Vec::new());
        for p in 0..many {
            for c in around.touched.drain(..) {
                around.weight[c as usize] = 0.0;
            }
            let mut inside = 0.0;
            for v in &nodes[counts[p] as usize..counts[p + 1] as usize] {
                for (other, w) in self.graph.neighbours(*v as usize) {
                    let c = part[other as usize];
                    if c as usize == p {
                        inside += f64::from(w);
                        continue;
                    }
                    let sum = &mut around.weight[c as usize];
                    if *sum == 0.0 {
                        around.touched.push(c);
                    }
                    *sum += w;
                }
            }
            loops[p] += inside / 2.0;
            targets.extend_from_slice(&around.touched);
            weights.extend(around.touched.iter().map(|c| around.weight[*c as usize]));
            starts.push(targets.len() as u32);
        }
        Level { graph: Graph { starts, targets, weights, loops }, sizes }
    }
}

/// All nodes in random order. Of many nodes: from a random one on. In the order of memory this is a third faster than shuffled, and the queue
/// shuffles soon enough.
fn order(n: usize, random: &mut Random) -> Vec<u32> {
    if n <= SMALL_NODES {
        let mut all: Vec<u32> = (0..n as u32).collect();
        random.shuffle(&mut all);
        return all;
    }
    let first = random.below(n) as u32;
    (first..n as u32).chain(0..first).collect()
}
