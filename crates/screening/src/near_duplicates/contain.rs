//! 包含度: texts of which a good part lies in another one: half-copied texts, whose Jaccard similarity is low.
//!
//! Pieces weigh by rarity (idf), so shared boilerplate counts for little. Exact by the same prefix argument over weights.
//!
//! **Invariant:** similarity = weight of the common pieces / weight of the lighter text.

use super::{NoPairs, Pair, Shingled};
use crate::progress::{Watcher, step};

/// All pairs whose common pieces weigh at least `threshold` of the lighter text, by (a, b).
///
/// # Errors
/// As [`super::similar_pairs`].
pub fn containment(
    texts: &Shingled,
    threshold: f64,
    pairs_max: usize,
    watcher: &dyn Watcher,
) -> Result<Vec<Pair>, NoPairs> {
    if !(threshold > 0.0 && threshold <= 1.0) {
        return Err(NoPairs::Threshold(threshold));
    }
    let weights: Vec<f64> = (0..texts.len()).map(|t| texts.weight(t)).collect();
    let (starts, postings) = inverted(texts);
    let mut common = vec![0.0f64; texts.len()];
    let mut touched: Vec<u32> = Vec::new();
    let mut found = Vec::new();
    for a in 0..texts.len() {
        if a % 1024 == 0 {
            step(watcher, "containment", a, texts.len())?;
        }
        let shared = texts.shared(a);
        // What is left after the prefix weighs less than the threshold: a partner must share a piece of the prefix.
        let mut spare = (1.0 - threshold) * weights[a] - (texts.size(a) - shared.len()) as f64 * texts.idf_single();
        for id in shared {
            if spare < -1e-9 {
                break;
            }
            spare -= texts.idf(*id);
            for b in &postings[starts[*id as usize]..starts[*id as usize + 1]] {
                let lighter = (weights[a], a) < (weights[*b as usize], *b as usize);
                if lighter && common[*b as usize] == 0.0 {
                    common[*b as usize] = 1.0;
                    touched.push(*b);
                }
            }
        }
        for b in touched.drain(..) {
            common[b as usize] = 0.0;
            let weight = common_weight(texts, a, b as usize);
            if weights[a] > 0.0 && weight >= threshold * weights[a] - 1e-9 {
                if found.len() >= pairs_max {
                    return Err(NoPairs::TooMany { limit: pairs_max });
                }
                let (low, high) = ((a as u32).min(b), (a as u32).max(b));
                found.push(Pair { a: low, b: high, similarity: (weight / weights[a]).min(1.0) });
            }
        }
    }
    found.sort_unstable_by_key(|p| (p.a, p.b));
    Ok(found)
}

/// The weight of the pieces two texts share.
fn common_weight(texts: &Shingled, a: usize, b: usize) -> f64 {
    let (a, b) = (texts.shared(a), texts.shared(b));
    let (mut i, mut j, mut sum) = (0, 0, 0.0);
    while i < a.len() && j < b.len() {
        let (x, y) = (a[i], b[j]);
        if x == y {
            sum += texts.idf(x);
        }
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    sum
}

/// The texts of each number: (where each number's texts begin, the texts).
fn inverted(texts: &Shingled) -> (Vec<usize>, Vec<u32>) {
    let mut starts = vec![0usize; texts.different() + 1];
    for id in 0..texts.different() {
        starts[id + 1] = starts[id] + texts.frequency(id as u32) as usize;
    }
    let mut at = starts.clone();
    let mut postings = vec![0u32; starts.last().copied().unwrap_or(0)];
    for text in 0..texts.len() {
        for id in texts.shared(text) {
            postings[at[*id as usize]] = text as u32;
            at[*id as usize] += 1;
        }
    }
    (starts, postings)
}
