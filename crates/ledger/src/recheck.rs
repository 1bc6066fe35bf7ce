//! The second way to a root: from the files on the disk, by the recursion of RFC 6962, knowing nothing of how they were
//! written.
//!
//! **Invariant:** what comes back equals the first computation, or there is a [`Mismatch`] and nothing is signed. A single
//! flipped bit in one stored hash made a log of 65 million entries unrecoverable in 2022 (Yeti); it had been signed over.

use crate::checkpoint::Checkpoint;
use crate::hash::Hash;
use crate::reader::{ReadError, Reader};
use crate::store::Tiles;
use crate::tiles::{self, Level, Tile, WIDTH};
use crate::tree::{self, Node, Range};
use std::fmt;

/// What was read back is not what was to be written.
#[derive(Debug)]
pub enum Mismatch {
    Read(ReadError),
    Entry { index: u64 },
    Tile { path: String },
    OldRoot { size: u64 },
    Root { first: Hash, second: Hash },
    Signature,
    Checkpoint,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing was signed, because what was written does not read back: ")?;
        match self {
            Self::Read(error) => error.fmt(f),
            Self::Entry { index } => write!(f, "entry {index} differs from the one that was given"),
            Self::Tile { path } => write!(f, "{path} does not follow from the entries"),
            Self::OldRoot { size } => {
                write!(f, "the first {size} entries have no longer the root that was signed for them")
            }
            Self::Root { first, second } => write!(f, "two computations of the root differ ({first} and {second})"),
            Self::Signature => write!(f, "the fresh signature does not hold"),
            Self::Checkpoint => write!(f, "the checkpoint differs from the one that was signed"),
        }
    }
}

impl std::error::Error for Mismatch {}

impl From<ReadError> for Mismatch {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

/// The root of some hashes, by the definition (RFC 6962, 2.1). Not the way of [`Range`] nor of the tiles.
fn by_definition(hashes: &[Hash]) -> Hash {
    match hashes {
        [] => Hash::empty_root(),
        [one] => *one,
        _ => {
            let (left, right) = hashes.split_at(hashes.len().next_power_of_two() / 2);
            Hash::node(&by_definition(left), &by_definition(right))
        }
    }
}

/// Re-reads what a growth from `old` by `entries` has written and computes the new root from it.
///
/// Reads: the right-hand edge of the old tree, every bundle and every tile that the growth touches.
///
/// # Errors
/// The first thing that does not fit.
pub(crate) fn recompute<T: Tiles + ?Sized>(store: &T, old: &Checkpoint, entries: &[&[u8]]) -> Result<Hash, Mismatch> {
    let size = old.size + entries.len() as u64;
    let mut reader = Reader::open(store, old)?;
    let base = old.size / 256 * 256;
    let mut leaves = Vec::with_capacity(entries.len() + WIDTH);
    for index in base / 256..size.div_ceil(256) {
        leaves.extend(bundle_hashes(store, index, old.size, size, entries)?);
    }
    // The old root once more, now from the entries on the disk, and on to the new one.
    let mut range = Range::new();
    for node in tree::peaks(base) {
        range.push(node.level, reader.node(node)?);
    }
    for leaf in &leaves {
        if range.size() == old.size && range.root() != old.root {
            return Err(Mismatch::OldRoot { size: old.size });
        }
        range.append(*leaf);
    }
    levels(store, &mut reader, size, leaves)?;
    Ok(range.root())
}

/// The leaf hashes of one bundle, its new entries compared with those that were given.
fn bundle_hashes<T: Tiles + ?Sized>(
    store: &T,
    index: u64,
    old: u64,
    size: u64,
    given: &[&[u8]],
) -> Result<Vec<Hash>, Mismatch> {
    let tile = Tile::of(Level::Entries, index, size).ok_or(Mismatch::OldRoot { size: old })?;
    let path = tile.path();
    let bytes = exactly(store, &path)?;
    let found = tiles::entries(&bytes, tile.width).ok_or(ReadError::Form { path })?;
    for (at, entry) in (index * 256..).zip(&found) {
        let wanted = at.checked_sub(old).and_then(|new| given.get(new as usize));
        if wanted.is_some_and(|wanted| wanted != entry) {
            return Err(Mismatch::Entry { index: at });
        }
    }
    Ok(found.into_iter().map(Hash::leaf).collect())
}

/// Compares every tile of hashes that the growth touched with what follows from the leaves.
fn levels<T: Tiles + ?Sized>(
    store: &T,
    reader: &mut Reader<'_, T>,
    size: u64,
    leaves: Vec<Hash>,
) -> Result<(), Mismatch> {
    let (mut fresh, mut first) = (leaves, reader.size() / 256);
    for level in 0..8_u8 {
        let mut roots = Vec::new();
        for (index, hashes) in (first..).zip(fresh.chunks(WIDTH)) {
            let path = Tile { level: Level::Hashes(level), index, width: hashes.len() }.path();
            if exactly(store, &path)? != tiles::hash_bytes(hashes) {
                return Err(Mismatch::Tile { path });
            }
            if hashes.len() == WIDTH {
                roots.push(by_definition(hashes));
            }
        }
        if roots.is_empty() {
            break;
        }
        // The next level begins with what the old tree had in its partial tile there, which hangs from the old root.
        let had = reader.size() >> (8 * (u32::from(level) + 1));
        first = had / 256;
        fresh = (first * 256..had)
            .map(|index| reader.node(Node { level: 8 * (level + 1), index }))
            .collect::<Result<Vec<_>, _>>()?;
        fresh.extend(roots);
    }
    debug_assert!(reader.size() <= size);
    Ok(())
}

/// A file that must be there under this very name.
fn exactly<T: Tiles + ?Sized>(store: &T, path: &str) -> Result<Vec<u8>, ReadError> {
    let read = store.read(path).map_err(|error| ReadError::Store { path: path.to_owned(), error })?;
    read.ok_or_else(|| ReadError::Missing { path: path.to_owned() })
}
