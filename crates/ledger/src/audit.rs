//! The full audit of a log's files: every entry hashed again, every tile derived again, the root compared with the
//! signature.
//!
//! **Invariant:** a sound report means that every file the checkpoint covers, partial tiles of earlier sizes included, has
//! exactly the bytes that follow from the entries, and that the root of the entries is the signed one.

use crate::checkpoint::{CheckpointError, Head};
use crate::hash::Hash;
use crate::note::VerifierKey;
use crate::reader::{ReadError, Reader, fetch};
use crate::sequence::{CHECKPOINT, PENDING};
use crate::store::Tiles;
use crate::tiles::{self, Level, Tile, WIDTH};
use crate::tree::{Node, Range};
use std::collections::HashMap;
use std::fmt;
use std::io;

/// One thing that is wrong.
#[derive(Debug)]
pub enum Finding {
    Checkpoint { path: String, error: CheckpointError },
    NoCheckpoint,
    Torn { published: u64, pending: u64 },
    Unreadable(ReadError),
    Entry { index: u64 },
    Tile { path: String },
    Root { computed: Hash, signed: Hash },
    Stopped { entry: u64 },
    Store(io::Error),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Checkpoint { path, error } => write!(f, "{path}: {error}"),
            Self::NoCheckpoint => write!(f, "there is no checkpoint; this is no log, or its first file was taken away"),
            Self::Torn { published, pending } => {
                write!(
                    f,
                    "the published checkpoint ({published} entries) and the last signed one ({pending}) contradict each other"
                )
            }
            Self::Unreadable(error) => error.fmt(f),
            Self::Entry { index } => {
                write!(f, "entry {index} was changed: it does not match its hash in the signed tree")
            }
            Self::Tile { path } => write!(f, "{path} was changed: it does not follow from the entries"),
            Self::Root { computed, signed } => {
                write!(f, "the entries have the root {computed}, but {signed} was signed")
            }
            Self::Stopped { entry } => write!(f, "from entry {entry} on nothing could be checked"),
            Self::Store(error) => write!(f, "the files could not be listed: {error}"),
        }
    }
}

/// The outcome of an audit.
#[derive(Debug, Default)]
pub struct Report {
    /// The checkpoint that was checked against: the largest signed one.
    pub head: Option<Head>,
    /// Entries that were hashed.
    pub entries: u64,
    /// Files that were compared byte by byte.
    pub files: u64,
    /// What is wrong; empty for a sound log.
    pub findings: Vec<Finding>,
    /// Files that the checkpoint does not cover: a growth that was not finished, or something put there.
    pub uncovered: Vec<String>,
}

impl Report {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Audits all of a log's files. Every entry that belongs to the log is shown to `seen` with its place, in order: there the
/// caller compares it with what it knows.
pub fn audit<T: Tiles + ?Sized>(store: &T, log: &VerifierKey, seen: &mut dyn FnMut(u64, &[u8])) -> Report {
    let mut report = Report::default();
    report.head = head(store, log, &mut report.findings);
    let Some(head) = report.head.clone() else { return report };
    let mut widths: HashMap<(Level, u64), Vec<usize>> = HashMap::new();
    match store.list() {
        Ok(paths) => {
            for path in paths {
                match Tile::parse(&path) {
                    Some(tile) => widths.entry((tile.level, tile.index)).or_default().push(tile.width),
                    None if path == CHECKPOINT || path == PENDING => report.files += 1,
                    None => report.uncovered.push(path),
                }
            }
        }
        Err(error) => report.findings.push(Finding::Store(error)),
    }
    let size = head.checkpoint().size;
    let reader =
        Reader::open(store, head.checkpoint()).map_err(|error| report.findings.push(Finding::Unreadable(error)));
    let mut auditor =
        Auditor { store, size, widths, report, reader: reader.ok(), levels: Vec::new(), done: Vec::new() };
    auditor.entries(seen);
    auditor.rest(head.checkpoint().root)
}

/// The largest checkpoint that the log signed.
fn head<T: Tiles + ?Sized>(store: &T, log: &VerifierKey, findings: &mut Vec<Finding>) -> Option<Head> {
    let mut open = |path: &str| match store.read(path) {
        Ok(bytes) => match Head::open(&bytes?, log) {
            Ok(head) => Some(head),
            Err(error) => {
                findings.push(Finding::Checkpoint { path: path.to_owned(), error });
                None
            }
        },
        Err(error) => {
            findings.push(Finding::Unreadable(ReadError::Store { path: path.to_owned(), error }));
            None
        }
    };
    let (published, pending) = (open(CHECKPOINT), open(PENDING));
    if published.is_none() && pending.is_none() && findings.is_empty() {
        findings.push(Finding::NoCheckpoint);
    }
    if let (Some(published), Some(pending)) = (&published, &pending) {
        let (one, other) = (published.checkpoint(), pending.checkpoint());
        let torn = one.size > other.size || (one.size == other.size && one.root != other.root);
        let forked = !torn
            && Reader::open(store, other)
                .and_then(|mut reader| reader.root_at(one.size))
                .is_ok_and(|root| root != one.root);
        if torn || forked {
            findings.push(Finding::Torn { published: one.size, pending: other.size });
        }
    }
    pending.or(published)
}

struct Auditor<'a, T: Tiles + ?Sized> {
    store: &'a T,
    size: u64,
    /// The widths in which a tile lies there.
    widths: HashMap<(Level, u64), Vec<usize>>,
    report: Report,
    /// Tiles that hang from the signed root, to say which of two differing files was changed.
    reader: Option<Reader<'a, T>>,
    /// Hashes of the tile in work, of each level.
    levels: Vec<Vec<Hash>>,
    /// Tiles of each level that are done.
    done: Vec<u64>,
}

impl<T: Tiles + ?Sized> Auditor<'_, T> {
    fn entries(&mut self, seen: &mut dyn FnMut(u64, &[u8])) {
        for index in 0..self.size.div_ceil(256) {
            let Some(tile) = Tile::of(Level::Entries, index, self.size) else { continue };
            let bytes = match fetch(self.store, &tile) {
                Ok(bytes) => bytes,
                Err(error) => return self.stop(error, index * 256),
            };
            let Some(entries) = tiles::entries(&bytes, tile.width) else {
                return self.stop(ReadError::Form { path: tile.path() }, index * 256);
            };
            let mut hashes: Vec<Hash> = entries.iter().map(|entry| Hash::leaf(entry)).collect();
            for (at, hash) in (index * 256..).zip(&mut hashes) {
                let node = Node { level: 0, index: at };
                let signed = self.reader.as_mut().and_then(|reader| reader.node(node).ok());
                if let Some(signed) = signed.filter(|signed| signed != hash) {
                    self.report.findings.push(Finding::Entry { index: at });
                    // Go on with what was signed: one changed entry is one finding.
                    *hash = signed;
                }
            }
            entries.iter().zip(index * 256..).for_each(|(entry, at)| seen(at, entry));
            self.report.entries += entries.len() as u64;
            self.compare(&tile, &bytes);
            hashes.into_iter().for_each(|hash| self.push(0, hash));
        }
    }

    fn stop(&mut self, error: ReadError, entry: u64) {
        self.report.findings.push(Finding::Unreadable(error));
        self.report.findings.push(Finding::Stopped { entry });
    }

    fn push(&mut self, level: u8, hash: Hash) {
        let at = usize::from(level);
        if self.levels.len() <= at {
            self.levels.resize(at + 1, Vec::new());
        }
        self.levels[at].push(hash);
        if self.levels[at].len() == WIDTH {
            let full = std::mem::take(&mut self.levels[at]);
            self.tile(level, &full);
            let mut range = Range::new();
            full.iter().for_each(|hash| range.append(*hash));
            self.push(level + 1, range.root());
        }
    }

    /// Compares a tile of hashes, now known, with every file of it.
    fn tile(&mut self, level: u8, hashes: &[Hash]) {
        let index = self.done.get(usize::from(level)).copied().unwrap_or(0);
        self.done.resize(self.done.len().max(usize::from(level) + 1), 0);
        self.done[usize::from(level)] += 1;
        let tile = Tile { level: Level::Hashes(level), index, width: hashes.len() };
        self.compare(&tile, &tiles::hash_bytes(hashes));
    }

    /// Compares the known bytes of a tile with every file of it: its own and the partial ones of earlier sizes.
    fn compare(&mut self, tile: &Tile, bytes: &[u8]) {
        let widths = self.widths.remove(&(tile.level, tile.index)).unwrap_or_default();
        if !widths.iter().any(|width| *width == tile.width || *width == WIDTH) {
            self.report.findings.push(Finding::Unreadable(ReadError::Missing { path: tile.path() }));
        }
        for width in widths {
            let path = Tile { width, ..*tile }.path();
            if width > tile.width {
                self.report.uncovered.push(path);
                continue;
            }
            self.report.files += 1;
            match self.store.read(&path) {
                Ok(Some(found)) if Some(found.as_slice()) == bytes.get(..length(tile.level, bytes, width)) => {}
                Ok(_) => self.report.findings.push(Finding::Tile { path }),
                Err(error) => self.report.findings.push(Finding::Unreadable(ReadError::Store { path, error })),
            }
        }
    }

    /// The partial tiles at the end, the root, and what is left over.
    fn rest(mut self, signed: Hash) -> Report {
        let mut range = Range::new();
        for level in (0..self.levels.len()).rev() {
            let hashes = std::mem::take(&mut self.levels[level]);
            hashes.iter().for_each(|hash| range.push(8 * level as u8, *hash));
            if !hashes.is_empty() {
                self.tile(level as u8, &hashes);
            }
        }
        let computed = range.root();
        if range.size() == self.size && computed != signed {
            self.report.findings.push(Finding::Root { computed, signed });
        }
        let left = self.widths.into_iter().flat_map(|((level, index), widths)| {
            widths.into_iter().map(move |width| Tile { level, index, width }.path())
        });
        self.report.uncovered.extend(left);
        self.report.uncovered.sort();
        self.report
    }
}

/// The bytes that the first `width` hashes or entries of a tile take.
fn length(level: Level, bytes: &[u8], width: usize) -> usize {
    match level {
        Level::Hashes(_) => width * Hash::LEN,
        Level::Entries => tiles::prefix(bytes, width),
    }
}
