//! Reads a log's tiles and believes none of them before it hangs from the signed root.
//!
//! **Invariant:** every hash and every entry that leaves this reader was recomputed up to the root it was opened with. The
//! right-hand edge is checked as a whole when it is opened; a full tile is hashed and compared with its place in the tile
//! above before any hash of it is used. (The published readers checked only the part of a tile that led to the root, and
//! handed out the rest: CVE-2026-56865.)

use crate::checkpoint::Checkpoint;
use crate::hash::Hash;
use crate::store::Tiles;
use crate::tiles::{self, Block, Level, Tile, WIDTH};
use crate::tree::{self, Node, Range, Wrong};
use std::collections::HashMap;
use std::fmt;

/// Most tiles kept, of 16 KiB each.
const CACHE_MAX: usize = 2048;

/// Why something could not be read from a log.
#[derive(Debug)]
pub enum ReadError {
    Store { path: String, error: std::io::Error },
    Missing { path: String },
    Form { path: String },
    Root { size: u64, computed: Hash, signed: Hash },
    Tile { path: String },
    Entry { index: u64 },
    Proof(Wrong),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store { path, error } => write!(f, "{path} could not be read: {error}"),
            Self::Missing { path } => write!(f, "{path} is missing, which a log of this size must have"),
            Self::Form { path } => write!(f, "{path} has not the form of a tile of its width"),
            Self::Root { size, computed, signed } => {
                write!(
                    f,
                    "the tiles at the end of the log of {size} entries lead to the root {computed}, but {signed} was signed"
                )
            }
            Self::Tile { path } => write!(f, "{path} was changed: it does not match the tile above it"),
            Self::Entry { index } => write!(f, "entry {index} was changed: it does not match its hash in the tree"),
            Self::Proof(wrong) => wrong.fmt(f),
        }
    }
}

impl std::error::Error for ReadError {}

impl From<Wrong> for ReadError {
    fn from(wrong: Wrong) -> Self {
        Self::Proof(wrong)
    }
}

/// A log's tiles under one signed root.
pub struct Reader<'a, T: Tiles + ?Sized> {
    store: &'a T,
    size: u64,
    blocks: HashMap<(u8, u64), Block>,
}

impl<'a, T: Tiles + ?Sized> Reader<'a, T> {
    /// Opens the tree that a checkpoint states; whether the checkpoint is signed is the caller's to know
    /// ([`crate::checkpoint::Head`]).
    ///
    /// # Errors
    /// The tiles at the right-hand edge are missing or do not lead to the root.
    pub fn open(store: &'a T, checkpoint: &Checkpoint) -> Result<Self, ReadError> {
        let size = checkpoint.size;
        let mut reader = Self { store, size, blocks: HashMap::new() };
        let mut range = Range::new();
        for level in (0..8_u8).rev() {
            let index = size.checked_shr(8 * (u32::from(level) + 1)).unwrap_or(0);
            let Some(tile) = Tile::of(Level::Hashes(level), index, size) else { continue };
            let hashes = reader.hashes(&tile)?;
            hashes.iter().for_each(|hash| range.push(8 * level, *hash));
            reader.blocks.insert((level, index), Block::of(hashes));
        }
        let computed = range.root();
        if computed == checkpoint.root {
            Ok(reader)
        } else {
            Err(ReadError::Root { size, computed, signed: checkpoint.root })
        }
    }

    /// The number of entries.
    pub fn size(&self) -> u64 {
        self.size
    }

    fn bytes(&self, tile: &Tile) -> Result<Vec<u8>, ReadError> {
        fetch(self.store, tile)
    }

    fn hashes(&self, tile: &Tile) -> Result<Vec<Hash>, ReadError> {
        tiles::hashes(&self.bytes(tile)?, tile.width).ok_or_else(|| ReadError::Form { path: tile.path() })
    }

    /// The hashes of the last, partial tile of a level; none if there is none.
    pub(crate) fn edge(&self, level: u8) -> &[Hash] {
        let index = self.size.checked_shr(8 * (u32::from(level) + 1)).unwrap_or(0);
        self.blocks.get(&(level, index)).map_or(&[], Block::hashes)
    }

    /// The root of a complete subtree.
    ///
    /// # Errors
    /// It lies beyond the tree, or its tile is missing or changed.
    pub fn node(&mut self, node: Node) -> Result<Hash, ReadError> {
        let beyond = ReadError::Proof(Wrong::Beyond { index: node.index, size: self.size });
        let (level, depth) = (node.level / 8, node.level % 8);
        let Some(first) = node.index.checked_mul(1 << depth) else { return Err(beyond) };
        let inside = (first % 256) as usize >> depth;
        self.load(level, first / 256)?;
        self.blocks.get(&(level, first / 256)).and_then(|block| block.node(depth, inside)).ok_or(beyond)
    }

    /// Sees to it that a tile is among the checked ones.
    fn load(&mut self, level: u8, index: u64) -> Result<(), ReadError> {
        if self.blocks.contains_key(&(level, index)) {
            return Ok(());
        }
        // The partial tiles are all there since the beginning.
        let tile = Tile::of(Level::Hashes(level), index, self.size)
            .filter(|tile| tile.width == WIDTH)
            .ok_or(ReadError::Proof(Wrong::Beyond { index, size: self.size }))?;
        let above = self.node(Node { level: 8 * (level + 1), index })?;
        let block = Block::of(self.hashes(&tile)?);
        if block.node(8, 0) != Some(above) {
            return Err(ReadError::Tile { path: tile.path() });
        }
        if self.blocks.len() >= CACHE_MAX {
            let edge = self.size >> 8;
            self.blocks.retain(|(level, index), _| *level > 0 || *index == edge);
        }
        self.blocks.insert((level, index), block);
        Ok(())
    }

    /// One entry.
    ///
    /// # Errors
    /// It lies beyond the log, or its bundle is missing or changed.
    pub fn entry(&mut self, index: u64) -> Result<Vec<u8>, ReadError> {
        if index >= self.size {
            return Err(Wrong::Beyond { index, size: self.size }.into());
        }
        let entries = self.bundle(index / 256)?;
        entries.into_iter().nth((index % 256) as usize).ok_or(Wrong::Beyond { index, size: self.size }.into())
    }

    /// All entries of a bundle, 256 or in the last one fewer.
    ///
    /// # Errors
    /// It lies beyond the log, or is missing or changed.
    pub fn bundle(&mut self, index: u64) -> Result<Vec<Vec<u8>>, ReadError> {
        let tile = Tile::of(Level::Entries, index, self.size).ok_or(Wrong::Beyond { index, size: self.size })?;
        let bytes = self.bytes(&tile)?;
        let entries = tiles::entries(&bytes, tile.width).ok_or_else(|| ReadError::Form { path: tile.path() })?;
        for (at, entry) in (index * 256..).zip(&entries) {
            if self.node(Node { level: 0, index: at })? != Hash::leaf(entry) {
                return Err(ReadError::Entry { index: at });
            }
        }
        Ok(entries.into_iter().map(<[u8]>::to_vec).collect())
    }

    /// The proof that the entry `index` is in this tree.
    ///
    /// # Errors
    /// It lies beyond, or a tile is missing or changed.
    pub fn prove_inclusion(&mut self, index: u64) -> Result<Vec<Hash>, ReadError> {
        tree::prove_inclusion(index, self.size, &mut |node| self.node(node))
    }

    /// The proof that this tree begins with the tree of `old` entries.
    ///
    /// # Errors
    /// `old` is 0 or beyond, or a tile is missing or changed.
    pub fn prove_consistency(&mut self, old: u64) -> Result<Vec<Hash>, ReadError> {
        tree::prove_consistency(old, self.size, &mut |node| self.node(node))
    }

    /// The root that the log had at `old` entries.
    ///
    /// # Errors
    /// `old` is beyond, or a tile is missing or changed.
    pub fn root_at(&mut self, old: u64) -> Result<Hash, ReadError> {
        if old > self.size {
            return Err(Wrong::Shrinks { old, new: self.size }.into());
        }
        tree::root(old, &mut |node| self.node(node))
    }
}

/// The bytes of a tile: the partial file, or the beginning of the full one that replaced it. Nothing is checked yet.
pub(crate) fn fetch<T: Tiles + ?Sized>(store: &T, tile: &Tile) -> Result<Vec<u8>, ReadError> {
    let read = |path: String| store.read(&path).map_err(|error| ReadError::Store { path, error });
    if let Some(bytes) = read(tile.path())? {
        return Ok(bytes);
    }
    let missing = || ReadError::Missing { path: tile.path() };
    if tile.width == WIDTH {
        return Err(missing());
    }
    let full = read(Tile { width: WIDTH, ..*tile }.path())?.ok_or_else(missing)?;
    let form = || ReadError::Form { path: Tile { width: WIDTH, ..*tile }.path() };
    let length = match tile.level {
        Level::Hashes(_) => tile.width * Hash::LEN,
        Level::Entries => {
            let entries = tiles::entries(&full, WIDTH).ok_or_else(form)?;
            entries.iter().take(tile.width).map(|entry| entry.len() + 2).sum()
        }
    };
    full.get(..length).map(<[u8]>::to_vec).ok_or_else(form)
}
