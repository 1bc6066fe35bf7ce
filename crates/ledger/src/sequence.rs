//! The publishing rule: write, make durable, re-read and recompute by a second way, sign, keep, and only then publish.
//!
//! **Invariant:** no root is signed that was not computed twice, from the entries given and from the files on the disk, and
//! that does not continue the last root that was signed. What was signed is on the disk ([`PENDING`]) before anybody sees it,
//! so that a crash between signing and publishing cannot lead to a second, other signature for the same size.
//!
//! One sequencer at a time per log: the caller holds a lock (the platform: one in its database).

use crate::checkpoint::{Checkpoint, CheckpointError, Head};
use crate::hash::Hash;
use crate::note::{Signer, VerifierKey};
use crate::reader::{ReadError, Reader, fetch};
use crate::recheck::{self, Mismatch};
use crate::store::Tiles;
use crate::tiles::{ENTRY_BYTES_MAX, Edge, Level, Tile};
use std::fmt;
use std::io;

/// The published checkpoint's path.
pub const CHECKPOINT: &str = "checkpoint";

/// The path of the last checkpoint that was signed, published or not.
pub const PENDING: &str = "pending";

/// Most entries in one growth: they are held in memory once more while they are re-read.
pub const BATCH_MAX: usize = 65_536;

/// Why a log did not grow, or a checkpoint was not published.
#[derive(Debug)]
pub enum SequenceError {
    NotBegun,
    Begun,
    NoEntries,
    TooMany { entries: usize },
    TooLong { at: usize, bytes: usize },
    Store { path: String, error: io::Error },
    Read(ReadError),
    Checkpoint(CheckpointError),
    Mismatch(Mismatch),
    Torn { published: u64, pending: u64 },
    NeverSigned { size: u64 },
}

impl fmt::Display for SequenceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotBegun => write!(f, "the log has no checkpoint yet; begin it first"),
            Self::Begun => write!(f, "the log has begun already; a log begins once"),
            Self::NoEntries => write!(f, "there is nothing to append"),
            Self::TooMany { entries } => {
                write!(f, "{entries} entries are too many at once; append {BATCH_MAX} at a time")
            }
            Self::TooLong { at, bytes } => {
                write!(f, "the entry at place {at} has {bytes} bytes; {ENTRY_BYTES_MAX} is the most")
            }
            Self::Store { path, error } => write!(f, "{path} could not be written or read: {error}"),
            Self::Read(error) => write!(f, "the log cannot be continued: {error}"),
            Self::Checkpoint(error) => write!(f, "the log's checkpoint is not usable: {error}"),
            Self::Mismatch(error) => error.fmt(f),
            Self::Torn { published, pending } => write!(
                f,
                "the published checkpoint ({published} entries) and the last one signed ({pending} entries) contradict each \
                 other; stop the log, keep its folder, and compare it with a mirror"
            ),
            Self::NeverSigned { size } => {
                write!(f, "the checkpoint of {size} entries is not the last one signed here, so it is not published")
            }
        }
    }
}

impl std::error::Error for SequenceError {}

impl From<ReadError> for SequenceError {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

impl From<CheckpointError> for SequenceError {
    fn from(error: CheckpointError) -> Self {
        Self::Checkpoint(error)
    }
}

impl From<Mismatch> for SequenceError {
    fn from(error: Mismatch) -> Self {
        Self::Mismatch(error)
    }
}

/// Signs and publishes the checkpoint of a log without entries.
///
/// # Errors
/// [`SequenceError::Begun`]; the store fails.
pub fn begin<T: Tiles + ?Sized>(store: &mut T, signer: &Signer) -> Result<Head, SequenceError> {
    for path in [CHECKPOINT, PENDING] {
        if read(store, path)?.is_some() {
            return Err(SequenceError::Begun);
        }
    }
    let head = sign_and_keep(store, signer, 0, Hash::empty_root())?;
    publish(store, &head, signer.verifier())
}

/// The checkpoint that the public sees; `None` before [`begin`].
///
/// # Errors
/// It is not this log's, or is not signed by it.
pub fn published<T: Tiles + ?Sized>(store: &T, log: &VerifierKey) -> Result<Option<Head>, SequenceError> {
    read(store, CHECKPOINT)?.map(|bytes| Ok(Head::open(&bytes, log)?)).transpose()
}

/// The last checkpoint that was signed, whether it was published or not; `None` before [`begin`].
///
/// # Errors
/// One of the two is not signed by the log, or they contradict each other.
pub fn signed<T: Tiles + ?Sized>(store: &T, log: &VerifierKey) -> Result<Option<Head>, SequenceError> {
    let pending = read(store, PENDING)?.map(|bytes| Head::open(&bytes, log)).transpose()?;
    let (published, pending) = match (published(store, log)?, pending) {
        (Some(published), Some(pending)) => (published, pending),
        // A mirror has no pending one; a crash within `begin` leaves no published one.
        (published, pending) => return Ok(published.or(pending)),
    };
    let (one, other) = (published.checkpoint(), pending.checkpoint());
    if one.size > other.size || (one.size == other.size && one.root != other.root) {
        return Err(SequenceError::Torn { published: one.size, pending: other.size });
    }
    Ok(Some(pending))
}

/// Appends entries after the last that was signed for: writes the tiles, makes them durable, re-reads and recomputes them,
/// signs. The checkpoint that comes back is kept on the disk but not yet published: collect cosignatures
/// ([`Head::with_cosignatures`]) and call [`publish`].
///
/// After an error the log is as it was, at most with files that no checkpoint covers. The next growth begins with the same
/// entries, which the caller has given their places before; so these files are right as soon as they are covered.
///
/// # Errors
/// Nothing was signed, and why.
pub fn append<T: Tiles + ?Sized>(store: &mut T, signer: &Signer, entries: &[&[u8]]) -> Result<Head, SequenceError> {
    check(entries)?;
    let head = signed(store, signer.verifier())?.ok_or(SequenceError::NotBegun)?;
    let old = head.checkpoint();
    let mut edge = load(store, old)?;
    let mut failed = String::new();
    let mut sink = |tile: &Tile, bytes: &[u8]| store.write(&tile.path(), bytes).inspect_err(|_| failed = tile.path());
    let mut grow = || {
        entries.iter().try_for_each(|entry| edge.append(entry, &mut sink))?;
        edge.finish(old.size, &mut sink)
    };
    if let Err(error) = grow() {
        return Err(SequenceError::Store { path: failed, error });
    }
    store.sync().map_err(|error| SequenceError::Store { path: "tile".to_owned(), error })?;
    let (first, second) = (edge.root(), recheck::recompute(store, old, entries)?);
    if first != second {
        return Err(Mismatch::Root { first, second }.into());
    }
    sign_and_keep(store, signer, edge.size, second)
}

fn check(entries: &[&[u8]]) -> Result<(), SequenceError> {
    if entries.is_empty() {
        return Err(SequenceError::NoEntries);
    }
    if entries.len() > BATCH_MAX {
        return Err(SequenceError::TooMany { entries: entries.len() });
    }
    match entries.iter().position(|entry| entry.len() > ENTRY_BYTES_MAX) {
        Some(at) => Err(SequenceError::TooLong { at, bytes: entries[at].len() }),
        None => Ok(()),
    }
}

/// The right-hand edge of the tree of a checkpoint, all of it checked against the root.
fn load<T: Tiles + ?Sized>(store: &T, old: &Checkpoint) -> Result<Edge, SequenceError> {
    let mut reader = Reader::open(store, old)?;
    let mut edge = Edge { size: old.size, ..Edge::default() };
    edge.levels = (0..8).map(|level| reader.edge(level).to_vec()).collect();
    if let Some(tile) = Tile::of(Level::Entries, old.size / 256, old.size) {
        // Checks every entry of it.
        reader.bundle(tile.index)?;
        edge.bundle = fetch(store, &tile)?;
    }
    Ok(edge)
}

/// Signs a root, checks the signature, and has it on the disk before it goes anywhere.
fn sign_and_keep<T: Tiles + ?Sized>(
    store: &mut T,
    signer: &Signer,
    size: u64,
    root: Hash,
) -> Result<Head, SequenceError> {
    let origin = signer.verifier().name().to_owned();
    let head = Checkpoint { origin, size, root, extensions: Vec::new() }.sign(signer)?;
    let text = head.to_string();
    if Head::open(text.as_bytes(), signer.verifier()).as_ref() != Ok(&head) {
        return Err(Mismatch::Signature.into());
    }
    keep(store, PENDING, &text)?;
    Ok(head)
}

/// Publishes a checkpoint that [`append`] signed, with whatever cosignatures it carries.
///
/// # Errors
/// It is not the last one signed here, or does not continue the published one; the store fails.
pub fn publish<T: Tiles + ?Sized>(store: &mut T, head: &Head, log: &VerifierKey) -> Result<Head, SequenceError> {
    let next = head.checkpoint();
    let last = signed(store, log)?.ok_or(SequenceError::NotBegun)?;
    if last.checkpoint() != next {
        return Err(SequenceError::NeverSigned { size: next.size });
    }
    if let Some(before) = published(store, log)? {
        let before = before.checkpoint();
        let torn = SequenceError::Torn { published: before.size, pending: next.size };
        if before.size > next.size || Reader::open(store, next)?.root_at(before.size)? != before.root {
            return Err(torn);
        }
    }
    keep(store, CHECKPOINT, &head.to_string())?;
    Ok(head.clone())
}

/// Replaces a checkpoint's file and reads it back.
fn keep<T: Tiles + ?Sized>(store: &mut T, path: &str, text: &str) -> Result<(), SequenceError> {
    let fault = |error| SequenceError::Store { path: path.to_owned(), error };
    store.write(path, text.as_bytes()).map_err(fault)?;
    store.sync().map_err(fault)?;
    match read(store, path)? {
        Some(bytes) if bytes == text.as_bytes() => Ok(()),
        _ => Err(Mismatch::Checkpoint.into()),
    }
}

fn read<T: Tiles + ?Sized>(store: &T, path: &str) -> Result<Option<Vec<u8>>, SequenceError> {
    store.read(path).map_err(|error| SequenceError::Store { path: path.to_owned(), error })
}
