//! 精确连接: the pairs of texts with Jaccard similarity at or above a threshold.
//!
//! Texts of the same pieces are joined as one and multiplied at the end, so that a million copies of one text cost no more than their pairs.
//!
//! **Invariant:** the filters only drop pairs that cannot reach the threshold.

use rustc_hash::{FxHashMap, FxHasher};
use std::hash::Hasher;

use super::{NoPairs, Pair, Shingled};
use crate::progress::{Watcher, step};

/// Rounding must not lose a pair that is exactly at the threshold.
const EDGE: f64 = 1e-9;

/// All pairs with Jaccard similarity ≥ `threshold`, by (a, b). Texts without a character are in no pair.
///
/// # Errors
/// A threshold outside (0, 1], more than `pairs_max` pairs, or a watcher that wants no more.
pub fn similar_pairs(
    texts: &Shingled,
    threshold: f64,
    pairs_max: usize,
    watcher: &dyn Watcher,
) -> Result<Vec<Pair>, NoPairs> {
    if !(threshold > 0.0 && threshold <= 1.0) {
        return Err(NoPairs::Threshold(threshold));
    }
    let groups = same_sets(texts);
    let mut order: Vec<u32> = (0..groups.len() as u32).collect();
    order.sort_by_key(|g| (texts.size(groups[*g as usize][0] as usize), groups[*g as usize][0]));
    let mut join = Join::new(texts, threshold, &groups);
    let mut found = Vec::new();
    let too_many = NoPairs::TooMany { limit: pairs_max };
    for (done, group) in order.iter().enumerate() {
        if done % 1024 == 0 {
            step(watcher, "near-duplicates", done, order.len())?;
        }
        let members = &groups[*group as usize];
        if members.len() * (members.len() - 1) / 2 + found.len() > pairs_max {
            return Err(too_many);
        }
        for (i, a) in members.iter().enumerate() {
            found.extend(members[i + 1..].iter().map(|b| Pair { a: *a, b: *b, similarity: 1.0 }));
        }
        join.probe(*group);
        for (other, similarity) in join.matches.drain(..) {
            let others = &groups[other as usize];
            if members.len() * others.len() + found.len() > pairs_max {
                return Err(too_many);
            }
            for a in members {
                found.extend(others.iter().map(|b| Pair { a: *a.min(b), b: *a.max(b), similarity }));
            }
        }
    }
    found.sort_unstable_by_key(|p| (p.a, p.b));
    Ok(found)
}

/// Texts of exactly the same pieces, each group ascending. A text with a piece of its own is alone.
fn same_sets(texts: &Shingled) -> Vec<Vec<u32>> {
    let mut by_hash: FxHashMap<u64, Vec<u32>> = FxHashMap::default();
    let mut groups: Vec<Vec<u32>> = Vec::new();
    for text in 0..texts.len() {
        if texts.size(text) == 0 {
            continue;
        }
        let shared = texts.shared(text);
        if shared.len() < texts.size(text) {
            groups.push(vec![text as u32]);
            continue;
        }
        let mut hasher = FxHasher::default();
        shared.iter().for_each(|id| hasher.write_u32(*id));
        let candidates = by_hash.entry(hasher.finish()).or_default();
        match candidates.iter().find(|g| texts.shared(groups[**g as usize][0] as usize) == shared) {
            Some(g) => groups[*g as usize].push(text as u32),
            None => {
                candidates.push(groups.len() as u32);
                groups.push(vec![text as u32]);
            }
        }
    }
    groups
}

/// Where a number stands in an indexed text.
#[derive(Clone, Copy)]
struct Posting {
    group: u32,
    /// Place among all pieces of the text, single ones first.
    place: u32,
}

struct Join<'a> {
    texts: &'a Shingled,
    threshold: f64,
    groups: &'a [Vec<u32>],
    /// Postings of the prefixes of the texts seen, by number; those too short to match any more are skipped by `begin`.
    index: FxHashMap<u32, (usize, Vec<Posting>)>,
    /// Overlap counted so far by group; `DEAD` is out.
    overlap: Vec<u32>,
    touched: Vec<u32>,
    matches: Vec<(u32, f64)>,
}

const DEAD: u32 = u32::MAX;

impl<'a> Join<'a> {
    fn new(texts: &'a Shingled, threshold: f64, groups: &'a [Vec<u32>]) -> Self {
        let overlap = vec![0; groups.len()];
        Self {
            texts,
            threshold,
            groups,
            index: FxHashMap::default(),
            overlap,
            touched: Vec::new(),
            matches: Vec::new(),
        }
    }

    /// Finds the partners of a group among those indexed, all of them not larger, then indexes it.
    fn probe(&mut self, group: u32) {
        let text = self.groups[group as usize][0] as usize;
        let (shared, size) = (self.texts.shared(text), self.texts.size(text));
        let single = size - shared.len();
        let t = self.threshold;
        let least_size = (t * size as f64 - EDGE).ceil() as usize;
        // Two sets with Jaccard ≥ t share a piece among the first size − ⌈t·size⌉ + 1 of each.
        let prefix = (size - least_size + 1).saturating_sub(single).min(shared.len());
        for (i, id) in shared[..prefix].iter().enumerate() {
            let place = single + i;
            if let Some((begin, postings)) = self.index.get_mut(id) {
                while *begin < postings.len()
                    && self.texts.size(self.groups[postings[*begin].group as usize][0] as usize) < least_size
                {
                    *begin += 1;
                }
                for posting in &postings[*begin..] {
                    let count = &mut self.overlap[posting.group as usize];
                    if *count == DEAD {
                        continue;
                    }
                    let other = self.texts.size(self.groups[posting.group as usize][0] as usize);
                    let need = needed(t, size, other);
                    let rest = 1 + (size - place - 1).min(other - posting.place as usize - 1);
                    if *count == 0 {
                        self.touched.push(posting.group);
                    }
                    if *count as usize + rest >= need {
                        *count += 1;
                    } else {
                        *count = DEAD;
                    }
                }
            }
        }
        self.verify(text);
        // A later, not smaller text must share one of the first size − ⌈2t/(1+t)·size⌉ + 1 (Xiao et al. 2008, indexing prefix).
        let least = (2.0 * t / (1.0 + t) * size as f64 - EDGE).ceil() as usize;
        let indexed = (size - least + 1).saturating_sub(single).min(shared.len());
        for (i, id) in shared[..indexed].iter().enumerate() {
            let posting = Posting { group, place: (single + i) as u32 };
            self.index.entry(*id).or_default().1.push(posting);
        }
    }

    fn verify(&mut self, text: usize) {
        let size = self.texts.size(text);
        for other_group in self.touched.drain(..) {
            let count = std::mem::take(&mut self.overlap[other_group as usize]);
            if count == DEAD {
                continue;
            }
            let other = self.groups[other_group as usize][0] as usize;
            let other_size = self.texts.size(other);
            let need = needed(self.threshold, size, other_size);
            if let Some(both) = common(self.texts.shared(text), self.texts.shared(other), need) {
                self.matches.push((other_group, both as f64 / (size + other_size - both) as f64));
            }
        }
    }
}

/// Common pieces that Jaccard ≥ t asks of two sets.
fn needed(t: f64, a: usize, b: usize) -> usize {
    (t / (1.0 + t) * (a + b) as f64 - EDGE).ceil().max(1.0) as usize
}

/// How many numbers two ascending lists share, or `None` as soon as it must be fewer than `need`.
fn common(a: &[u32], b: &[u32], need: usize) -> Option<usize> {
    let (mut i, mut j, mut both) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        if both + (a.len() - i).min(b.len() - j) < need {
            return None;
        }
        let (x, y) = (a[i], b[j]);
        both += usize::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    (both >= need).then_some(both)
}
