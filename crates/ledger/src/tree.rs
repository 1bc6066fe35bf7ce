//! The Merkle tree of RFC 6962: roots, proofs of inclusion and of consistency, made and checked.
//!
//! **Invariant:** a proof is accepted only if every hash in it was used and the root comes out; what is too long, too short
//! or about nothing is refused, never ignored.
//!
//! Degenerate cases, decided:
//! - The root of no leaves is the hash of nothing. Nothing is included in it.
//! - Consistency *from* an empty tree proves nothing, and [`verify_consistency`] refuses it: who starts at nothing must say
//!   so himself (a witness does, [`crate::witness`]).
//! - Consistency of a tree with itself is an empty proof and equal roots.
//! - An empty *subtree* is consistent with any tree it lies in, as the draft on Merkle tree certificates has it.

use crate::hash::Hash;
use std::fmt;

/// A complete subtree: the `2^level` leaves from `index * 2^level` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Node {
    /// Height above the leaves.
    pub level: u8,
    /// Which of its level, from the left.
    pub index: u64,
}

/// Why a proof does not hold, or cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The entry lies beyond the tree.
    Beyond { index: u64, size: u64 },
    /// The older tree is larger than the newer one.
    Shrinks { old: u64, new: u64 },
    /// Nothing can be proven from an empty tree.
    Nothing,
    /// This is no subtree of a tree of that size.
    NoSubtree { start: u64, end: u64, size: u64 },
    /// The proof has more hashes than the path is long.
    TooLong,
    /// The proof has fewer hashes than the path is long.
    TooShort,
    /// The hashes lead to another root of the newer (or the only) tree.
    Root { computed: Hash, expected: Hash },
    /// The hashes lead to another root of the older tree.
    OldRoot { computed: Hash, expected: Hash },
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Beyond { index, size } => write!(f, "entry {index} does not exist in a log of {size} entries"),
            Self::Shrinks { old, new } => write!(f, "a log of {old} entries cannot have become one of {new}"),
            Self::Nothing => write!(f, "from an empty log nothing can be proven"),
            Self::NoSubtree { start, end, size } => {
                write!(f, "entries {start} to {end} are no subtree of a log of {size} entries")
            }
            Self::TooLong => write!(f, "the proof has more hashes than its path is long"),
            Self::TooShort => write!(f, "the proof has fewer hashes than its path is long"),
            Self::Root { computed, expected } => {
                write!(f, "the proof leads to the root {computed}, but the log signed {expected}")
            }
            Self::OldRoot { computed, expected } => {
                write!(f, "the proof leads to the older root {computed}, but the log had signed {expected}")
            }
        }
    }
}

impl std::error::Error for Wrong {}

/// A growing tree of which only the roots of its complete subtrees are kept: enough to append and to know the root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Range {
    size: u64,
    peaks: Vec<Hash>,
}

impl Range {
    /// The tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends the hash of one leaf.
    pub fn append(&mut self, leaf: Hash) {
        self.push(0, leaf);
    }

    /// Appends a complete subtree of `2^level` leaves. The size must be a multiple of that, which the callers here hold.
    pub(crate) fn push(&mut self, level: u8, root: Hash) {
        let mut node = root;
        for _ in 0..(self.size >> level).trailing_ones() {
            // There is a peak for every one in the size.
            if let Some(left) = self.peaks.pop() {
                node = Hash::node(&left, &node);
            }
        }
        self.peaks.push(node);
        self.size += 1 << level;
    }

    /// The root of what is there.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else { return Hash::empty_root() };
        peaks.fold(*last, |right, left| Hash::node(left, &right))
    }
}

/// The largest power of two below `n`, for `n` of at least 2.
fn split(n: u64) -> u64 {
    1 << (u64::BITS - 1 - (n - 1).leading_zeros())
}

/// The complete subtrees of a tree of `size` leaves, from the left.
pub(crate) fn peaks(size: u64) -> impl Iterator<Item = Node> {
    (0..64_u8)
        .rev()
        .filter(move |level| size >> level & 1 == 1)
        .map(move |level| Node { level, index: (size >> level) - 1 })
}

/// The hash of the leaves `lo..hi`, a range as the recursion of RFC 6962 meets it.
fn span<E>(lo: u64, hi: u64, nodes: &mut impl FnMut(Node) -> Result<Hash, E>) -> Result<Hash, E> {
    let width = hi - lo;
    if width.is_power_of_two() {
        let level = width.trailing_zeros() as u8;
        return nodes(Node { level, index: lo >> level });
    }
    let middle = lo + split(width);
    let left = span(lo, middle, nodes)?;
    Ok(Hash::node(&left, &span(middle, hi, nodes)?))
}

/// The root of a tree of `size` leaves, from its complete subtrees.
///
/// # Errors
/// What `nodes` fails with.
pub fn root<E>(size: u64, nodes: &mut impl FnMut(Node) -> Result<Hash, E>) -> Result<Hash, E> {
    if size == 0 { Ok(Hash::empty_root()) } else { span(0, size, nodes) }
}

/// The proof that the leaf `index` is in the tree of `size` leaves: siblings from the leaf up.
///
/// # Errors
/// [`Wrong::Beyond`]; what `nodes` fails with.
pub fn prove_inclusion<E: From<Wrong>>(
    index: u64,
    size: u64,
    nodes: &mut impl FnMut(Node) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    if index >= size {
        return Err(Wrong::Beyond { index, size }.into());
    }
    let (mut lo, mut hi, mut proof) = (0, size, Vec::new());
    while hi - lo > 1 {
        let middle = lo + split(hi - lo);
        if index < middle {
            proof.push(span(middle, hi, nodes)?);
            hi = middle;
        } else {
            proof.push(span(lo, middle, nodes)?);
            lo = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// The proof that the tree of `new` leaves begins with the tree of `old` leaves (RFC 6962, 2.1.2).
///
/// # Errors
/// [`Wrong::Nothing`], [`Wrong::Shrinks`]; what `nodes` fails with.
pub fn prove_consistency<E: From<Wrong>>(
    old: u64,
    new: u64,
    nodes: &mut impl FnMut(Node) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    if old == 0 {
        return Err(Wrong::Nothing.into());
    }
    if old > new {
        return Err(Wrong::Shrinks { old, new }.into());
    }
    let (mut lo, mut hi, mut whole, mut proof) = (0, new, true, Vec::new());
    while old != hi {
        let middle = lo + split(hi - lo);
        if old <= middle {
            proof.push(span(middle, hi, nodes)?);
            hi = middle;
        } else {
            proof.push(span(lo, middle, nodes)?);
            (lo, whole) = (middle, false);
        }
    }
    if !whole {
        proof.push(span(lo, hi, nodes)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Checks that `leaf` is the leaf `index` of the tree of `size` leaves with that root.
///
/// # Errors
/// Why it is not.
pub fn verify_inclusion(index: u64, size: u64, leaf: &Hash, proof: &[Hash], root: &Hash) -> Result<(), Wrong> {
    if index >= size {
        return Err(Wrong::Beyond { index, size });
    }
    let (mut at, mut last, mut computed) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return Err(Wrong::TooLong);
        }
        if at & 1 == 1 || at == last {
            computed = Hash::node(sibling, &computed);
            // A right-hand edge may have no sibling on some levels.
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            computed = Hash::node(&computed, sibling);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    if last != 0 {
        return Err(Wrong::TooShort);
    }
    if computed == *root { Ok(()) } else { Err(Wrong::Root { computed, expected: *root }) }
}

/// Checks that the tree of `new` leaves begins with the tree of `old` leaves.
///
/// # Errors
/// Why it does not; [`Wrong::Nothing`] for an empty old tree.
pub fn verify_consistency(old: u64, new: u64, proof: &[Hash], old_root: &Hash, new_root: &Hash) -> Result<(), Wrong> {
    if old > new {
        return Err(Wrong::Shrinks { old, new });
    }
    if old == 0 {
        return Err(Wrong::Nothing);
    }
    verify_subtree_consistency(0, old, new, proof, old_root, new_root)
}

/// Whether `start..end` is a subtree: it begins at a multiple of the power of two that holds it. At 0 every range is one.
fn is_subtree(start: u64, end: u64) -> bool {
    let fits = |width| start.is_multiple_of(width);
    start <= end && (start == 0 || (end - start).checked_next_power_of_two().is_some_and(fits))
}

/// Checks that `leaf` is the leaf `index` of the subtree `start..end` with that root.
///
/// # Errors
/// Why it is not.
pub fn verify_subtree_inclusion(
    index: u64,
    start: u64,
    end: u64,
    leaf: &Hash,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), Wrong> {
    if !is_subtree(start, end) {
        return Err(Wrong::NoSubtree { start, end, size: end });
    }
    let inside = index.checked_sub(start).ok_or(Wrong::Beyond { index, size: end })?;
    verify_inclusion(inside, end - start, leaf, proof, root)
}

/// Checks that the subtree `start..end` is one of the tree of `size` leaves (draft-ietf-plants-merkle-tree-certs, 4.4).
///
/// # Errors
/// Why it is not.
pub fn verify_subtree_consistency(
    start: u64,
    end: u64,
    size: u64,
    proof: &[Hash],
    subtree: &Hash,
    root: &Hash,
) -> Result<(), Wrong> {
    if !is_subtree(start, end) || end > size {
        return Err(Wrong::NoSubtree { start, end, size });
    }
    if start == end {
        let empty = Hash::empty_root();
        return match proof {
            [] if *subtree == empty => Ok(()),
            [] => Err(Wrong::OldRoot { computed: empty, expected: *subtree }),
            _ => Err(Wrong::TooLong),
        };
    }
    let (mut first, mut last, mut tree) = (start, end - 1, size - 1);
    // Up to the node where the subtree meets the tree: itself if it is complete or ends the tree, else its last part.
    while first != last && (last == tree || last & 1 == 1) {
        (first, last, tree) = (first >> 1, last >> 1, tree >> 1);
    }
    let mut rest = proof.iter();
    let start_at = if first == last { subtree } else { rest.next().ok_or(Wrong::TooShort)? };
    let (mut old, mut new) = (*start_at, *start_at);
    for sibling in rest {
        if tree == 0 {
            return Err(Wrong::TooLong);
        }
        if last & 1 == 1 || last == tree {
            if first < last {
                old = Hash::node(sibling, &old);
            }
            new = Hash::node(sibling, &new);
            while last & 1 == 0 && last != 0 {
                (first, last, tree) = (first >> 1, last >> 1, tree >> 1);
            }
        } else {
            new = Hash::node(&new, sibling);
        }
        (first, last, tree) = (first >> 1, last >> 1, tree >> 1);
    }
    if tree != 0 {
        return Err(Wrong::TooShort);
    }
    if old != *subtree {
        return Err(Wrong::OldRoot { computed: old, expected: *subtree });
    }
    if new == *root { Ok(()) } else { Err(Wrong::Root { computed: new, expected: *root }) }
}
