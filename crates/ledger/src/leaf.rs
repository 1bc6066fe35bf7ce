//! The entry of our logs: facts that the law publishes anyway, and a commitment to everything else.
//!
//! ```text
//! sijian-leaf/v1
//! <kind>
//! <public facts, JSON in canonical form>
//! <base64 of HMAC-SHA256(key, canonical record)>
//! ```
//!
//! **Invariant:** nobody learns or guesses the record from the entry: the commitment is keyed by 32 random bytes that lie
//! beside the record and are never used twice. Deleting the key makes the commitment noise and leaves every proof valid.

use crate::hash::{Hash, decode, encode};
use crate::jcs::{self, JcsError};
use crate::tiles::{ENTRY_BYTES_MAX, TooLong};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use std::fmt;

/// The first line of every entry.
pub const VERSION: &str = "sijian-leaf/v1";

/// Longest kind in bytes; ours are about twenty.
const KIND_BYTES_MAX: usize = 64;

/// The key of one commitment: 32 random bytes, one for each entry, drawn by the caller. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct CommitmentKey(pub [u8; 32]);

impl CommitmentKey {
    /// Reads the base64 form.
    pub fn from_base64(text: &str) -> Option<Self> {
        decode(text)?.try_into().ok().map(Self)
    }

    /// The base64 form, as it lies beside the record.
    pub fn to_base64(&self) -> String {
        encode(&self.0)
    }

    /// The commitment to a record.
    ///
    /// # Errors
    /// The record has no canonical form.
    pub fn commit(&self, record: &Value) -> Result<Hash, JcsError> {
        let text = jcs::canonical(record)?;
        // RFC 2104: a key shorter than a block is followed by zeros.
        let mut block = [0; 64];
        block[..32].copy_from_slice(&self.0);
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(text.as_bytes());
        Ok(Hash(mac.finalize().into_bytes().into()))
    }
}

impl fmt::Debug for CommitmentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CommitmentKey(…)")
    }
}

/// What is wrong with an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeafError {
    Form,
    Kind { kind: String },
    Facts(JcsError),
    TooLong(TooLong),
    OtherRecord,
}

impl fmt::Display for LeafError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => write!(f, "this is no entry of a log of ours: it must be four lines, the first {VERSION:?}"),
            Self::Kind { kind } => {
                write!(
                    f,
                    "{kind:?} is no kind of entry: up to {KIND_BYTES_MAX} small letters, digits, dots, dashes, underscores"
                )
            }
            Self::Facts(error) => error.fmt(f),
            Self::TooLong(error) => error.fmt(f),
            Self::OtherRecord => {
                write!(
                    f,
                    "the log holds a commitment to another record: the record or its key was changed after it was logged"
                )
            }
        }
    }
}

impl std::error::Error for LeafError {}

impl From<JcsError> for LeafError {
    fn from(error: JcsError) -> Self {
        Self::Facts(error)
    }
}

/// An entry of our logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    kind: String,
    facts: String,
    commitment: Hash,
}

impl Leaf {
    /// The entry of a record: what it is, what of it is public (an object), and the key of its commitment.
    ///
    /// # Errors
    /// A kind with other signs, facts or a record without canonical form, an entry that is too long.
    pub fn new(kind: &str, facts: &Value, key: &CommitmentKey, record: &Value) -> Result<Self, LeafError> {
        if !facts.is_object() {
            return Err(JcsError::NoJson.into());
        }
        let leaf = Self { kind: kind.to_owned(), facts: jcs::canonical(facts)?, commitment: key.commit(record)? };
        leaf.checked()
    }

    fn checked(self) -> Result<Self, LeafError> {
        let fits = |sign: u8| sign.is_ascii_lowercase() || sign.is_ascii_digit() || b"._-".contains(&sign);
        if self.kind.is_empty() || self.kind.len() > KIND_BYTES_MAX || !self.kind.bytes().all(fits) {
            return Err(LeafError::Kind { kind: self.kind.chars().take(KIND_BYTES_MAX).collect() });
        }
        let length = self.to_string().len();
        if length > ENTRY_BYTES_MAX { Err(LeafError::TooLong(TooLong(length))) } else { Ok(self) }
    }

    /// Reads an entry.
    ///
    /// # Errors
    /// What of it is not as this file says.
    pub fn parse(bytes: &[u8]) -> Result<Self, LeafError> {
        let text = std::str::from_utf8(bytes).map_err(|_| LeafError::Form)?;
        let lines: Vec<&str> = text.strip_suffix('\n').ok_or(LeafError::Form)?.split('\n').collect();
        let [version, kind, facts, commitment] = lines[..] else { return Err(LeafError::Form) };
        let commitment = Hash::from_base64(commitment).filter(|_| version == VERSION).ok_or(LeafError::Form)?;
        jcs::parse(facts)?;
        Self { kind: kind.to_owned(), facts: facts.to_owned(), commitment }.checked()
    }

    /// The bytes that are logged.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.to_string().into_bytes()
    }

    /// Its hash in the tree.
    pub fn hash(&self) -> Hash {
        Hash::leaf(self.to_string().as_bytes())
    }

    /// What kind of fact it is: `opinion.issued`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The public facts, JSON in canonical form.
    pub fn facts(&self) -> &str {
        &self.facts
    }

    /// The commitment to the record.
    pub fn commitment(&self) -> &Hash {
        &self.commitment
    }

    /// Checks that this record, with the key beside it, is the one that was logged.
    ///
    /// # Errors
    /// [`LeafError::OtherRecord`], or a record without canonical form.
    pub fn opens(&self, key: &CommitmentKey, record: &Value) -> Result<(), LeafError> {
        if key.commit(record)? == self.commitment { Ok(()) } else { Err(LeafError::OtherRecord) }
    }
}

impl fmt::Display for Leaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{VERSION}\n{}\n{}\n{}", self.kind, self.facts, self.commitment)
    }
}
