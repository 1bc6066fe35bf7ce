//! 近似重复文本: all pairs of texts that share most of their five-character pieces, found exactly.
//!
//! A city's year fits in memory, so no pair is missed to save time: prefix filter and positional filter (Bayardo, Ma, Srikant 2007;
//! Xiao et al. 2008, PPJoin) prove most pairs below the threshold without looking at them.
//!
//! **Invariant:** every pair at or above the threshold is reported once with its exact similarity, and no other (pieces are told apart by
//! 64-bit hashes: among 10⁷ different ones two collide with probability 3·10⁻⁶).

mod contain;
mod join;
mod shingles;

pub use contain::containment;
pub use join::similar_pairs;
pub use shingles::{Digits, SHINGLE, Shingled};

use crate::progress::Stopped;

/// Two texts, by their place in the input, `a` < `b`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// Place of the earlier text.
    pub a: u32,
    /// Place of the later text.
    pub b: u32,
    /// Jaccard similarity or containment, in (0, 1].
    pub similarity: f64,
}

/// Why no pairs came back.
#[derive(Debug, Clone, PartialEq)]
pub enum NoPairs {
    /// The watcher wanted no more.
    Stopped,
    /// More pairs than the caller can hold; a thousand copies of one text are half a million pairs.
    TooMany {
        /// The limit.
        limit: usize,
    },
    /// The threshold must be in (0, 1].
    Threshold(f64),
}

impl From<Stopped> for NoPairs {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

impl std::fmt::Display for NoPairs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stopped => write!(f, "{Stopped}"),
            Self::TooMany { limit } => {
                write!(
                    f,
                    "more than {limit} pairs: the texts repeat each other by the thousand; raise the threshold or remove the repeated ones"
                )
            }
            Self::Threshold(t) => write!(f, "the threshold must be above 0 and at most 1, and is {t}"),
        }
    }
}

impl std::error::Error for NoPairs {}

/// Pairs held at most: 16 bytes each, so 1.6 GB. A hundred thousand different texts have thirty thousand.
pub const PAIRS_MAX: usize = 100_000_000;

/// The Jaccard similarity of two texts by the definition, for checking and for single pairs.
pub fn jaccard(a: &str, b: &str, digits: Digits) -> f64 {
    let (a, b) = (shingles::hashes(a, digits), shingles::hashes(b, digits));
    let (mut i, mut j, mut both) = (0, 0, 0usize);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                both += 1;
                i += 1;
                j += 1;
            }
        }
    }
    let any = a.len() + b.len() - both;
    if any == 0 { 0.0 } else { both as f64 / any as f64 }
}
