//! The layout of C2SP tlog-tiles: what files a tree of a size has, how they are named and what is in them.
//!
//! **Invariant:** a file's name and its bytes follow from the entries alone. A full tile is 256 hashes wide and never
//! changes; a partial one is never hashed into the level above.

use crate::hash::Hash;
use crate::tree::Range;
use std::fmt;
use std::io;

/// Hashes in a full tile.
pub const WIDTH: usize = 256;

/// Longest entry in bytes: its length is a u16 in a bundle.
pub const ENTRY_BYTES_MAX: usize = 65_535;

/// Levels of tiles: 8 of them hold 2^64 entries.
const LEVELS: u8 = 8;

/// What a tile holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// The entries themselves, each with its length before it.
    Entries,
    /// Hashes: of leaves at 0, of full tiles of the level below above that.
    Hashes(u8),
}

impl Level {
    /// The level of hashes it stands at.
    fn height(self) -> u8 {
        match self {
            Self::Entries => 0,
            Self::Hashes(level) => level,
        }
    }
}

/// A tile: which level, which of it from the left, and how many hashes or entries wide (1 to 256).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tile {
    pub level: Level,
    pub index: u64,
    pub width: usize,
}

impl Tile {
    /// The tile as a tree of `size` leaves has it; `None` if it has none there.
    pub fn of(level: Level, index: u64, size: u64) -> Option<Self> {
        let hashes = size.checked_shr(8 * u32::from(level.height())).unwrap_or(0);
        let width = hashes.saturating_sub(index.checked_mul(256)?).min(256) as usize;
        (width > 0).then_some(Self { level, index, width })
    }

    /// Its path below the log's prefix: `tile/0/x001/234.p/17`.
    pub fn path(&self) -> String {
        let level = match self.level {
            Level::Entries => "entries".to_owned(),
            Level::Hashes(level) => level.to_string(),
        };
        let mut parts = vec![format!("{:03}", self.index % 1000)];
        let mut above = self.index / 1000;
        while above > 0 {
            parts.push(format!("x{:03}", above % 1000));
            above /= 1000;
        }
        parts.reverse();
        let suffix = if self.width < WIDTH { format!(".p/{}", self.width) } else { String::new() };
        format!("tile/{level}/{}{suffix}", parts.join("/"))
    }

    /// Reads a path; `None` unless it is exactly as [`Tile::path`] writes it.
    pub fn parse(path: &str) -> Option<Self> {
        let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let level = match level {
            "entries" => Level::Entries,
            hashes => Level::Hashes(hashes.parse().ok().filter(|level| *level < LEVELS)?),
        };
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, width.parse().ok().filter(|width| (1..WIDTH).contains(width))?),
            None => (rest, WIDTH),
        };
        let mut index = 0_u64;
        for part in number.split('/') {
            let digits = part.strip_prefix('x').unwrap_or(part);
            if digits.len() != 3 || !digits.bytes().all(|sign| sign.is_ascii_digit()) {
                return None;
            }
            index = index.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
        }
        let tile = Self { level, index, width };
        (tile.path() == path).then_some(tile)
    }
}

/// Every file but the checkpoint that a tree of `new` leaves has and a tree of `old` leaves has not: what a mirror fetches.
pub fn between(old: u64, new: u64) -> impl Iterator<Item = Tile> {
    let levels = std::iter::once(Level::Entries).chain((0..LEVELS).map(Level::Hashes));
    levels.flat_map(move |level| {
        let shift = 8 * u32::from(level.height());
        let (had, has) = (old.checked_shr(shift).unwrap_or(0), new.checked_shr(shift).unwrap_or(0));
        let tiles = if has > had { had / 256..has.div_ceil(256) } else { 0..0 };
        tiles.filter_map(move |index| Tile::of(level, index, new))
    })
}

/// The hashes of a tile's bytes; `None` unless there are as many as it is wide.
pub fn hashes(bytes: &[u8], width: usize) -> Option<Vec<Hash>> {
    let (parts, rest) = bytes.as_chunks::<{ Hash::LEN }>();
    (rest.is_empty() && parts.len() == width).then(|| parts.iter().map(|part| Hash(*part)).collect())
}

/// The bytes of a tile of hashes.
pub fn hash_bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// The entries of a bundle's bytes; `None` unless there are exactly as many as it is wide and nothing after them.
pub fn entries(bytes: &[u8], width: usize) -> Option<Vec<&[u8]>> {
    let mut found = Vec::with_capacity(width);
    let mut rest = bytes;
    while !rest.is_empty() {
        let (length, after) = rest.split_first_chunk::<2>()?;
        let (entry, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        found.push(entry);
        rest = after;
    }
    (found.len() == width).then_some(found)
}

/// The bytes that the first `count` entries of a bundle take, or all there are.
pub(crate) fn prefix(bundle: &[u8], count: usize) -> usize {
    let mut at = 0;
    for _ in 0..count {
        let Some(length) = bundle.get(at..).and_then(|rest| rest.first_chunk::<2>()) else { break };
        at += 2 + usize::from(u16::from_be_bytes(*length));
    }
    at
}

/// Adds an entry to a bundle's bytes.
///
/// # Errors
/// [`TooLong`]; the bundle is then as it was.
pub fn push_entry(bundle: &mut Vec<u8>, entry: &[u8]) -> Result<(), TooLong> {
    let length = u16::try_from(entry.len()).map_err(|_| TooLong(entry.len()))?;
    bundle.extend(length.to_be_bytes());
    bundle.extend(entry);
    Ok(())
}

/// An entry does not fit into a bundle; it has so many bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong(pub usize);

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an entry of {} bytes does not fit into a log; {ENTRY_BYTES_MAX} is the most", self.0)
    }
}

impl std::error::Error for TooLong {}

/// A tile with the complete subtrees inside it, so that it is hashed once.
#[derive(Clone, Debug)]
pub(crate) struct Block(Vec<Vec<Hash>>);

impl Block {
    pub(crate) fn of(hashes: Vec<Hash>) -> Self {
        let mut levels = vec![hashes];
        while let Some(below) = levels.last().filter(|below| below.len() > 1) {
            levels.push(below.as_chunks::<2>().0.iter().map(|[left, right]| Hash::node(left, right)).collect());
        }
        Self(levels)
    }

    /// The subtree of `2^depth` of the tile's hashes.
    pub(crate) fn node(&self, depth: u8, index: usize) -> Option<Hash> {
        self.0.get(usize::from(depth))?.get(index).copied()
    }

    pub(crate) fn hashes(&self) -> &[Hash] {
        &self.0[0]
    }
}

/// The right edge of a tree: what is needed to append to it. The first way to its root; the second is in
/// [`crate::recheck`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Edge {
    pub(crate) size: u64,
    /// The bytes of the last, partial bundle.
    pub(crate) bundle: Vec<u8>,
    /// The hashes of the last, partial tile of each level, from the leaves up.
    pub(crate) levels: Vec<Vec<Hash>>,
}

impl Edge {
    /// Appends an entry; a tile that becomes full goes to `sink`.
    pub(crate) fn append(&mut self, entry: &[u8], sink: &mut Sink<'_>) -> io::Result<()> {
        push_entry(&mut self.bundle, entry).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        if self.size % 256 == 255 {
            sink(&Tile { level: Level::Entries, index: self.size >> 8, width: WIDTH }, &self.bundle)?;
            self.bundle.clear();
        }
        self.push(0, Hash::leaf(entry), sink)?;
        self.size += 1;
        Ok(())
    }

    fn push(&mut self, level: u8, hash: Hash, sink: &mut Sink<'_>) -> io::Result<()> {
        let at = usize::from(level);
        if self.levels.len() <= at {
            self.levels.resize(at + 1, Vec::new());
        }
        self.levels[at].push(hash);
        if self.levels[at].len() < WIDTH {
            return Ok(());
        }
        let full = std::mem::take(&mut self.levels[at]);
        let index = self.size >> (8 * (u32::from(level) + 1));
        sink(&Tile { level: Level::Hashes(level), index, width: WIDTH }, &hash_bytes(&full))?;
        match Block::of(full).node(8, 0) {
            Some(root) => self.push(level + 1, root, sink),
            None => Ok(()),
        }
    }

    /// Sends the partial tiles to `sink` that a tree of `old` leaves did not have.
    pub(crate) fn finish(&self, old: u64, sink: &mut Sink<'_>) -> io::Result<()> {
        for tile in between(old, self.size).filter(|tile| tile.width < WIDTH) {
            match tile.level {
                Level::Entries => sink(&tile, &self.bundle)?,
                Level::Hashes(level) => sink(&tile, &hash_bytes(&self.levels[usize::from(level)]))?,
            }
        }
        Ok(())
    }

    /// The root of what is there.
    pub(crate) fn root(&self) -> Hash {
        let mut range = Range::new();
        for (level, hashes) in self.levels.iter().enumerate().rev() {
            hashes.iter().for_each(|hash| range.push(8 * level as u8, *hash));
        }
        range.root()
    }
}

/// Takes a finished tile and its bytes.
pub(crate) type Sink<'a> = dyn FnMut(&Tile, &[u8]) -> io::Result<()> + 'a;
