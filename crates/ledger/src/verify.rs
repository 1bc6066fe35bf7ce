//! What a judge's program calls: entry, proof file, policy file in; what was shown or every reason against it out.
//!
//! **Invariant:** no network, no clock, no file; the answer follows from the three inputs alone. Everything that can be
//! checked is checked, and every fault is said, not only the first.

use crate::checkpoint::{Checkpoint, CheckpointError, Head};
use crate::hash::Hash;
use crate::leaf::{Leaf, LeafError};
use crate::note::{Note, NoteError, VerifierKey};
use crate::policy::{Policy, PolicyError};
use crate::proof::{Enclosed, Proof, ProofError};
use crate::tree::{self, Wrong};
use serde_json::Value;
use std::fmt;

/// What was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The log that has the entry.
    pub origin: String,
    /// Which entry of it, from 0.
    pub index: u64,
    /// How many entries the log had when it signed.
    pub size: u64,
    /// The root it signed.
    pub root: Hash,
    /// The witnesses of the policy that saw this state of the log.
    pub witnesses: Vec<Witnessed>,
}

/// A witness that cosigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witnessed {
    /// Its name in the policy.
    pub name: String,
    /// When it says it signed, in seconds since 1970.
    pub time: u64,
}

/// A reason why a proof shows nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    Policy(PolicyError),
    Proof(ProofError),
    Checkpoint(CheckpointError),
    UnknownLog { origin: String },
    LogSignature(CheckpointError),
    Inclusion(Wrong),
    WitnessSignature(NoteError),
    Quorum { wanted: String, found: Vec<String> },
    NoEnclosedLeaf,
    NoKey,
    Leaf(LeafError),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Policy(error) => write!(f, "the policy cannot be used: {error}"),
            Self::Proof(error) => error.fmt(f),
            Self::Checkpoint(error) => write!(f, "the checkpoint in the proof file cannot be read: {error}"),
            Self::UnknownLog { origin } => {
                write!(
                    f,
                    "the proof is from the log {origin:?}, which the policy does not name; check that the policy is the published one"
                )
            }
            Self::LogSignature(error) => write!(f, "the log's signature does not hold: {error}"),
            Self::Inclusion(wrong) => {
                write!(f, "the entry is not the one that was logged, or the proof belongs to another: {wrong}")
            }
            Self::WitnessSignature(error) => write!(f, "a witness's signature does not hold: {error}"),
            Self::Quorum { wanted, found } if found.is_empty() => {
                write!(f, "the policy asks for {wanted}, but no witness of it has signed; ask for a newer proof file")
            }
            Self::Quorum { wanted, found } => write!(
                f,
                "the policy asks for {wanted}, but only {} signed; ask for a newer proof file",
                found.join(", ")
            ),
            Self::NoEnclosedLeaf => write!(f, "the proof file does not contain the entry; give the entry beside it"),
            Self::NoKey => write!(f, "the proof file does not contain the key to the record"),
            Self::Leaf(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Refusal {}

/// Checks offline that the entry is in a log that the policy believes, as seen by the witnesses it asks for.
///
/// # Errors
/// Every reason against it.
pub fn verify_proof(leaf: &[u8], proof: &[u8], policy: &[u8]) -> Result<Verified, Vec<Refusal>> {
    let policy = Policy::parse(policy).map_err(Refusal::Policy);
    let proof = Proof::parse(proof).map_err(Refusal::Proof);
    match (policy, proof) {
        (Ok(policy), Ok(proof)) => check(leaf, &proof, &policy),
        (policy, proof) => Err(policy.err().into_iter().chain(proof.err()).collect()),
    }
}

/// The same for a proof file that encloses its entry, which is handed back when it holds.
///
/// # Errors
/// Every reason against it.
pub fn verify_enclosed(proof: &[u8], policy: &[u8]) -> Result<(Verified, Leaf), Vec<Refusal>> {
    let enclosed = enclosed(proof)?;
    let leaf = Leaf::parse(&enclosed.leaf).map_err(|error| vec![Refusal::Leaf(error)])?;
    Ok((verify_proof(&enclosed.leaf, proof, policy)?, leaf))
}

/// The same, and that this record is the one that was committed to, by the key in the proof file.
///
/// # Errors
/// Every reason against it.
pub fn verify_record(record: &Value, proof: &[u8], policy: &[u8]) -> Result<(Verified, Leaf), Vec<Refusal>> {
    let key = enclosed(proof)?.key.ok_or_else(|| vec![Refusal::NoKey])?;
    let (verified, leaf) = verify_enclosed(proof, policy)?;
    leaf.opens(&key, record).map_err(|error| vec![Refusal::Leaf(error)])?;
    Ok((verified, leaf))
}

fn enclosed(proof: &[u8]) -> Result<Enclosed, Vec<Refusal>> {
    let proof = Proof::parse(proof).map_err(|error| vec![Refusal::Proof(error)])?;
    proof.extra.as_deref().and_then(Enclosed::parse).ok_or_else(|| vec![Refusal::NoEnclosedLeaf])
}

/// Checks a proof and a policy that were read.
///
/// # Errors
/// Every reason against it.
pub fn check(leaf: &[u8], proof: &Proof, policy: &Policy) -> Result<Verified, Vec<Refusal>> {
    let text = proof.checkpoint.as_bytes();
    let (note, claimed) = read(text)?;
    let Checkpoint { origin, size, root, .. } = claimed;
    let included = tree::verify_inclusion(proof.index, size, &Hash::leaf(leaf), &proof.hashes, &root);
    match (judge(text, &note, &origin, policy), included) {
        (Ok(witnesses), Ok(())) => Ok(Verified { origin, index: proof.index, size, root, witnesses }),
        (judged, included) => {
            let mut refusals = judged.err().unwrap_or_default();
            refusals.extend(included.err().map(Refusal::Inclusion));
            Err(refusals)
        }
    }
}

/// Checks a signed checkpoint alone: that a log of the policy signed it and the witnesses it asks for have seen it.
///
/// # Errors
/// Every reason against it.
pub fn verify_checkpoint(text: &[u8], policy: &Policy) -> Result<(Checkpoint, Vec<Witnessed>), Vec<Refusal>> {
    let (note, claimed) = read(text)?;
    let witnesses = judge(text, &note, &claimed.origin, policy)?;
    Ok((claimed, witnesses))
}

/// What a checkpoint claims; nothing of it is checked.
fn read(text: &[u8]) -> Result<(Note, Checkpoint), Vec<Refusal>> {
    let note = Note::parse(text).map_err(|error| vec![Refusal::Checkpoint(error.into())])?;
    let claimed = Checkpoint::parse(&note.text).map_err(|error| vec![Refusal::Checkpoint(error)])?;
    Ok((note, claimed))
}

fn judge(text: &[u8], note: &Note, origin: &str, policy: &Policy) -> Result<Vec<Witnessed>, Vec<Refusal>> {
    let mut refusals: Vec<Refusal> = log_refusal(text, origin, policy.logs()).into_iter().collect();
    let signed = note.verify(policy.witnesses()).unwrap_or_else(|error| {
        refusals.push(Refusal::WitnessSignature(error));
        Vec::new()
    });
    let keys: Vec<VerifierKey> = signed.iter().map(|signed| signed.key.clone()).collect();
    let witnesses: Vec<Witnessed> = signed
        .iter()
        .filter_map(|signed| Some(Witnessed { name: policy.witness_name(&signed.key)?.to_owned(), time: signed.time? }))
        .collect();
    if !policy.is_met(&keys) {
        let found = witnesses.iter().map(|witness| witness.name.clone()).collect();
        refusals.push(Refusal::Quorum { wanted: policy.quorum_in_words(), found });
    }
    if refusals.is_empty() { Ok(witnesses) } else { Err(refusals) }
}

/// Why none of the policy's logs signed the checkpoint; `None` if one did. A log may have several keys, after a change.
fn log_refusal(text: &[u8], origin: &str, logs: &[VerifierKey]) -> Option<Refusal> {
    let mut refusal = Refusal::UnknownLog { origin: origin.to_owned() };
    for log in logs.iter().filter(|log| log.name() == origin) {
        match Head::open(text, log) {
            Ok(_) => return None,
            Err(error) => refusal = Refusal::LogSignature(error),
        }
    }
    Some(refusal)
}
