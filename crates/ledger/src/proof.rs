//! C2SP tlog-proof: the file beside an opinion that shows, without asking anybody, that its entry was logged.
//!
//! **Invariant:** a proof's parts are claims until [`crate::verify_proof`] has checked them; the enclosed leaf too.

use crate::checkpoint::Head;
use crate::hash::{Hash, decimal, decode, encode};
use crate::leaf::CommitmentKey;
use crate::reader::{ReadError, Reader};
use crate::store::Tiles;
use std::fmt;

/// The first line.
pub const PROOF_VERSION: &str = "c2sp.org/tlog-proof@v1";

/// Largest proof file in bytes; ours have less than two thousand.
pub const PROOF_BYTES_MAX: usize = 256 * 1024;

/// Most hashes: a path in a tree of 2^64 leaves.
const HASHES_MAX: usize = 64;

/// A proof of inclusion with the checkpoint it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// What the application adds; see [`Enclosed`].
    pub extra: Option<Vec<u8>>,
    /// Which entry of the log, from 0.
    pub index: u64,
    /// Siblings from the leaf up.
    pub hashes: Vec<Hash>,
    /// The signed checkpoint, as it stands.
    pub checkpoint: String,
}

/// What is wrong with a proof file's form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofError {
    TooLarge,
    Utf8,
    Version,
    Extra,
    Index,
    Hash { line: usize },
    TooManyHashes,
    NoCheckpoint,
}

impl fmt::Display for ProofError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => {
                write!(f, "the proof file is longer than {PROOF_BYTES_MAX} bytes; it is no proof of ours")
            }
            Self::Utf8 => write!(f, "the proof file is no text (UTF-8); take the original file"),
            Self::Version => write!(f, "the proof file does not begin with {PROOF_VERSION:?}; take the original file"),
            Self::Extra => write!(f, "the proof file's \"extra\" line was changed: it is no base64"),
            Self::Index => write!(f, "the proof file's \"index\" line is missing or no number"),
            Self::Hash { line } => write!(f, "line {line} of the proof file is no hash"),
            Self::TooManyHashes => write!(f, "the proof file has more than {HASHES_MAX} hashes"),
            Self::NoCheckpoint => write!(f, "the proof file ends before the log's checkpoint; it is not complete"),
        }
    }
}

impl std::error::Error for ProofError {}

impl Proof {
    /// Reads a proof file.
    ///
    /// # Errors
    /// What of it is not as tlog-proof demands.
    pub fn parse(bytes: &[u8]) -> Result<Self, ProofError> {
        if bytes.len() > PROOF_BYTES_MAX {
            return Err(ProofError::TooLarge);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| ProofError::Utf8)?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or(ProofError::NoCheckpoint)?;
        let mut lines = head.split('\n').enumerate().peekable();
        if lines.next().is_none_or(|(_, line)| line != PROOF_VERSION) {
            return Err(ProofError::Version);
        }
        let extra = match lines.next_if(|(_, line)| line.starts_with("extra ")) {
            Some((_, line)) => Some(decode(&line["extra ".len()..]).ok_or(ProofError::Extra)?),
            None => None,
        };
        let index =
            lines.next().and_then(|(_, line)| decimal(line.strip_prefix("index ")?)).ok_or(ProofError::Index)?;
        let mut hashes = Vec::new();
        for (at, line) in lines {
            if hashes.len() == HASHES_MAX {
                return Err(ProofError::TooManyHashes);
            }
            hashes.push(Hash::from_base64(line).ok_or(ProofError::Hash { line: at + 1 })?);
        }
        Ok(Self { extra, index, hashes, checkpoint: checkpoint.to_owned() })
    }

    /// Makes the proof for an entry under a signed checkpoint, from the log's tiles.
    ///
    /// # Errors
    /// The entry lies beyond the checkpoint, or a tile is missing or changed.
    pub fn make<T: Tiles + ?Sized>(
        reader: &mut Reader<'_, T>,
        head: &Head,
        index: u64,
        enclosed: Option<&Enclosed>,
    ) -> Result<Self, ReadError> {
        let hashes = reader.prove_inclusion(index)?;
        Ok(Self { extra: enclosed.map(Enclosed::to_bytes), index, hashes, checkpoint: head.to_string() })
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{PROOF_VERSION}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.hashes.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

/// What our proofs carry as extra data, so that one file is enough: the entry, and the key of its commitment if the holder
/// may have it. Bytes: 0x01, key (32), entry; or 0x00, entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enclosed {
    pub key: Option<CommitmentKey>,
    pub leaf: Vec<u8>,
}

impl Enclosed {
    /// Reads the extra data; `None` if they are not of ours.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        match bytes.split_first()? {
            (0, leaf) => Some(Self { key: None, leaf: leaf.to_vec() }),
            (1, rest) => {
                let (key, leaf) = rest.split_first_chunk::<32>()?;
                Some(Self { key: Some(CommitmentKey(*key)), leaf: leaf.to_vec() })
            }
            _ => None,
        }
    }

    /// The extra data.
    pub fn to_bytes(&self) -> Vec<u8> {
        match &self.key {
            Some(key) => [&[1], key.0.as_slice(), &self.leaf].concat(),
            None => [&[0], self.leaf.as_slice()].concat(),
        }
    }
}
