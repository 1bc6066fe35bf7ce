//! A mirror's judgement: does what the log shows today continue what it showed before?
//!
//! **Invariant:** an alarm carries both signed checkpoints as they stand. Two of them that contradict each other convict the
//! log's operator before anybody, without trusting the mirror.

use crate::checkpoint::Head;
use crate::hash::Hash;
use crate::reader::{ReadError, Reader};
use crate::store::Tiles;
use crate::tree::{self, Wrong};
use std::fmt;

/// How the log got on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Growth {
    /// The same state as before.
    Same,
    /// Grown, and it begins with what was there.
    Grown { from: u64, to: u64 },
}

/// Both signed checkpoints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    pub before: String,
    pub now: String,
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "--- signed before ---\n{}--- signed now ---\n{}", self.before, self.now)
    }
}

/// What a mirror shouts.
#[derive(Debug)]
pub enum Alarm {
    /// Two histories: signed states that no one history has.
    Fork { why: Wrong, evidence: Evidence },
    /// Fewer entries than before.
    Shrunk { before: u64, now: u64, evidence: Evidence },
    /// They are checkpoints of two logs; nothing follows.
    TwoLogs { evidence: Evidence },
    /// The new tiles cannot be read or do not lead to the root that was signed; nothing is shown until they do.
    Unproven { why: ReadError, evidence: Evidence },
}

impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fork { why, evidence } => {
                write!(
                    f,
                    "THE LOG WAS REWRITTEN: its operator signed two histories ({why}). Keep both checkpoints, they are the evidence:\n{evidence}"
                )
            }
            Self::Shrunk { before, now, evidence } => write!(
                f,
                "THE LOG SHRANK: {before} entries were signed, now {now} are shown. An old copy may have been put back; keep \
                 both checkpoints and ask the operator:\n{evidence}"
            ),
            Self::TwoLogs { evidence } => write!(f, "these are checkpoints of two different logs:\n{evidence}"),
            Self::Unproven { why, evidence } => write!(
                f,
                "the log does not show that it continues: {why}. Try again; if it stays so, keep both checkpoints:\n{evidence}"
            ),
        }
    }
}

impl std::error::Error for Alarm {}

/// Judges by a consistency proof that somebody gave; with sizes equal or the old one 0 the proof is empty.
///
/// # Errors
/// The alarm, with its evidence.
pub fn compare(before: &Head, now: &Head, proof: &[Hash]) -> Result<Growth, Box<Alarm>> {
    let evidence = || Evidence { before: before.to_string(), now: now.to_string() };
    let (old, new) = (before.checkpoint(), now.checkpoint());
    if old.origin != new.origin {
        return Err(Box::new(Alarm::TwoLogs { evidence: evidence() }));
    }
    if old.size > new.size {
        return Err(Box::new(Alarm::Shrunk { before: old.size, now: new.size, evidence: evidence() }));
    }
    if old.size > 0 {
        tree::verify_consistency(old.size, new.size, proof, &old.root, &new.root)
            .map_err(|why| Box::new(Alarm::Fork { why, evidence: evidence() }))?;
    }
    if old.size == new.size { Ok(Growth::Same) } else { Ok(Growth::Grown { from: old.size, to: new.size }) }
}

/// Judges by the log's own tiles: the proof is made from them, so that a wrong one is the log's fault and no one else's.
///
/// # Errors
/// The alarm, with its evidence.
pub fn follow<T: Tiles + ?Sized>(before: &Head, now: &Head, store: &T) -> Result<Growth, Box<Alarm>> {
    let (old, new) = (before.checkpoint(), now.checkpoint());
    if old.size == 0 || old.size >= new.size || old.origin != new.origin {
        return compare(before, now, &[]);
    }
    let prove = || Reader::open(store, new)?.prove_consistency(old.size);
    let proof = prove().map_err(|why| {
        let evidence = Evidence { before: before.to_string(), now: now.to_string() };
        Box::new(Alarm::Unproven { why, evidence })
    })?;
    compare(before, now, &proof)
}
