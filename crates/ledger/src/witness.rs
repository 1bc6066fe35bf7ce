//! C2SP tlog-witness: the decision of a witness, which cosigns a log's growth only if it continues what it cosigned before.
//!
//! **Invariant:** [`Answer::Accept`] is only ever about a checkpoint that is signed by the log and consistent with the state
//! given. The state is the caller's: it must replace `from` by `to` atomically — if `from` is no longer what is stored,
//! decide again — and make that durable **before** [`Accepted::cosign`] is called. Then no two cosignatures of one witness
//! ever stand on diverging trees, whenever the machine dies.
//!
//! Where the specification changed: a checkpoint of the size already cosigned but with another root is answered 422, as the
//! text of 2026-07 has it (an older one said 409). An unreadable request is answered 400.

use crate::checkpoint::{Checkpoint, CheckpointError, Head};
use crate::hash::{Hash, decimal};
use crate::note::{NOTE_BYTES_MAX, Note, NoteError, Signer, VerifierKey};
use crate::tree::{self, Wrong};
use std::fmt;

/// Most lines of a consistency proof, by the specification.
pub const PROOF_LINES_MAX: usize = 63;

/// Largest request in bytes: a note, 63 hashes and a size.
pub const REQUEST_BYTES_MAX: usize = NOTE_BYTES_MAX + 64 * 46;

/// The body of an `add-checkpoint` request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The size that the log believes was cosigned last.
    pub old: u64,
    /// The consistency proof from there.
    pub proof: Vec<Hash>,
    /// The signed checkpoint, as it stands.
    pub checkpoint: String,
}

/// Why a request cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadRequest {
    TooLarge,
    Utf8,
    OldSize,
    ProofLine { line: usize },
    ProofTooLong,
    NoCheckpoint,
    Checkpoint(CheckpointError),
}

impl fmt::Display for BadRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => write!(f, "the request is longer than {REQUEST_BYTES_MAX} bytes"),
            Self::Utf8 => write!(f, "the request is not UTF-8"),
            Self::OldSize => write!(f, "the first line must be \"old\" and a size in decimal"),
            Self::ProofLine { line } => write!(f, "line {line} is no hash in base64"),
            Self::ProofTooLong => write!(f, "a consistency proof has at most {PROOF_LINES_MAX} lines"),
            Self::NoCheckpoint => write!(f, "an empty line and the checkpoint must follow the proof"),
            Self::Checkpoint(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for BadRequest {}

impl Request {
    /// Reads a request's body.
    ///
    /// # Errors
    /// What of it is not as tlog-witness demands: answer 400.
    pub fn parse(bytes: &[u8]) -> Result<Self, BadRequest> {
        if bytes.len() > REQUEST_BYTES_MAX {
            return Err(BadRequest::TooLarge);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| BadRequest::Utf8)?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or(BadRequest::NoCheckpoint)?;
        let mut lines = head.split('\n').enumerate();
        let old = lines.next().and_then(|(_, line)| decimal(line.strip_prefix("old ")?)).ok_or(BadRequest::OldSize)?;
        let mut proof = Vec::new();
        for (at, line) in lines {
            if proof.len() == PROOF_LINES_MAX {
                return Err(BadRequest::ProofTooLong);
            }
            proof.push(Hash::from_base64(line).ok_or(BadRequest::ProofLine { line: at + 1 })?);
        }
        Ok(Self { old, proof, checkpoint: checkpoint.to_owned() })
    }

    /// The log that the request speaks of, by which the caller finds its keys and what was cosigned last.
    ///
    /// # Errors
    /// There is no checkpoint in it: answer 400.
    pub fn origin(&self) -> Result<String, BadRequest> {
        let note = Note::parse(self.checkpoint.as_bytes()).map_err(|error| BadRequest::Checkpoint(error.into()))?;
        Ok(Checkpoint::parse(&note.text).map_err(BadRequest::Checkpoint)?.origin)
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

/// What a witness keeps of a log: the last state it cosigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    pub size: u64,
    pub root: Hash,
}

/// A checkpoint that may be cosigned once `to` has replaced `from` durably.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// What must still be stored when `to` is.
    pub from: Option<Seen>,
    /// What must be stored before cosigning.
    pub to: Seen,
    head: Head,
}

impl Accepted {
    /// The body of the answer: the cosignature line, made at a time in seconds since 1970. Call it after `to` is durable.
    ///
    /// # Errors
    /// The key is no witness's, or the time out of range.
    pub fn cosign(&self, witness: &Signer, time: u64) -> Result<String, NoteError> {
        Ok(format!("{}\n", witness.cosign(self.head.body(), time)?))
    }

    /// The checkpoint as the log signed it: what the witness keeps as evidence.
    pub fn head(&self) -> &Head {
        &self.head
    }
}

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// 200, after storing.
    Accept(Box<Accepted>),
    /// 400: not readable.
    Bad(BadRequest),
    /// 400: the old size is larger than the new one.
    Shrinks { old: u64, size: u64 },
    /// 403: no signature of a key that is trusted for this log.
    NotSigned { origin: String },
    /// 404: no such log here.
    UnknownLog { origin: String },
    /// 409: another size was cosigned last; the body names it.
    Stale { size: u64 },
    /// 422: the proof does not hold. The head is signed by the log: keep it, it may be evidence.
    Inconsistent { why: Wrong, head: Box<Head> },
}

impl Answer {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Accept(_) => 200,
            Self::Bad(_) | Self::Shrinks { .. } => 400,
            Self::NotSigned { .. } => 403,
            Self::UnknownLog { .. } => 404,
            Self::Stale { .. } => 409,
            Self::Inconsistent { .. } => 422,
        }
    }

    /// The content type.
    pub fn content_type(&self) -> &'static str {
        match self {
            Self::Stale { .. } => "text/x.tlog.size",
            _ => "text/plain; charset=utf-8",
        }
    }
}

/// The body of a refusal; for a stale size exactly what the specification wants. An acceptance's body is
/// [`Accepted::cosign`]'s.
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accept(_) => write!(f, "accepted"),
            Self::Bad(error) => writeln!(f, "{error}"),
            Self::Shrinks { old, size } => {
                writeln!(f, "the old size {old} is larger than the checkpoint's size {size}")
            }
            Self::NotSigned { origin } => writeln!(f, "no signature of a key known for {origin} holds"),
            Self::UnknownLog { origin } => writeln!(f, "the log {origin} is not known to this witness"),
            Self::Stale { size } => writeln!(f, "{size}"),
            Self::Inconsistent { why, .. } => {
                writeln!(f, "the log's history was rewritten, or the proof is wrong: {why}")
            }
        }
    }
}

/// Decides on a request. `keys`: those trusted for the log that [`Request::origin`] names, empty if it is not known;
/// `seen`: what was cosigned for it last, as read in the transaction that will store the answer.
pub fn decide(request: &Request, keys: &[VerifierKey], seen: Option<Seen>) -> Answer {
    let origin = match request.origin() {
        Ok(origin) => origin,
        Err(error) => return Answer::Bad(error),
    };
    if keys.is_empty() {
        return Answer::UnknownLog { origin };
    }
    let text = request.checkpoint.as_bytes();
    let Some(head) = keys.iter().find_map(|key| Head::open(text, key).ok()) else {
        return Answer::NotSigned { origin };
    };
    let Checkpoint { size, root, .. } = *head.checkpoint();
    let old = request.old;
    if old > size {
        return Answer::Shrinks { old, size };
    }
    let last = seen.map_or(0, |seen| seen.size);
    if old != last {
        return Answer::Stale { size: last };
    }
    match consistent(seen.filter(|seen| seen.size > 0), size, &root, &request.proof) {
        Ok(()) => Answer::Accept(Box::new(Accepted { from: seen, to: Seen { size, root }, head })),
        Err(why) => Answer::Inconsistent { why, head: Box::new(head) },
    }
}

fn consistent(seen: Option<Seen>, size: u64, root: &Hash, proof: &[Hash]) -> Result<(), Wrong> {
    match seen {
        // From nothing everything grows, and there is nothing to prove.
        None if proof.is_empty() => Ok(()),
        None => Err(Wrong::TooLong),
        Some(seen) => tree::verify_consistency(seen.size, size, proof, &seen.root, root),
    }
}
