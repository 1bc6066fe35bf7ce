//! The transparency log: nothing that was logged can be changed, taken back or slipped in unseen. Our own, and pure.
//!
//! It speaks the public C2SP formats (tlog-tiles, signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof, tlog-policy,
//! tlog-witness) over the tree of RFC 6962, so that programs of others read and check it. No clock, no randomness, no
//! network; files only through [`Tiles`]. Why own code: `docs/decisions/0101-own-ledger.md`.
//!
//! **Invariant:** nothing is believed because it is there. A text counts once its signature holds, a tile once it hangs from
//! a signed root, a root once it was computed twice.
//!
//! Who calls what:
//!
//! - **The platform's sequencer**, one at a time per log: [`begin`] once; then [`append`] with the next entries (write,
//!   `fsync`, re-read, recompute, sign), [`Head::with_cosignatures`] with the witnesses' answers, [`publish`]. An entry is a
//!   [`Leaf`]'s `to_bytes`, its key is drawn by the caller and kept beside the record.
//! - **Whoever hands out proofs**: [`Reader::open`] on the published checkpoint, [`Proof::make`], written with `to_string`.
//! - **A verifier**, offline: [`verify_proof`] with entry, proof file and policy file; [`verify_enclosed`] if the proof file
//!   encloses its entry; [`verify_record`] to hold a record against it;
//!   [`verify_checkpoint`] for a checkpoint alone. What comes back is what was shown, or every reason
//!   against it in sentences.
//! - **A mirror or monitor**: [`Head::open`], [`tiles::between`] for what to fetch, [`follow`] for grown, forked or shrunk
//!   with both checkpoints as evidence, [`audit()`] for all files.
//! - **A witness**: [`witness::Request::parse`], [`witness::decide`], store, then [`witness::Accepted::cosign`].

pub mod audit;
pub mod checkpoint;
mod hash;
pub mod jcs;
pub mod leaf;
pub mod monitor;
pub mod note;
pub mod policy;
pub mod proof;
pub mod reader;
pub mod recheck;
pub mod sequence;
pub mod store;
pub mod tiles;
pub mod tree;
pub mod verify;
pub mod witness;

pub use audit::{Report, audit};
pub use checkpoint::{Checkpoint, CheckpointError, Head};
pub use hash::Hash;
pub use leaf::{CommitmentKey, Leaf, LeafError};
pub use monitor::{Alarm, Growth, compare, follow};
pub use note::{Kind, NoteError, Signer, VerifierKey};
pub use policy::{Policy, PolicyError};
pub use proof::{Enclosed, Proof, ProofError};
pub use reader::{ReadError, Reader};
pub use sequence::{BATCH_MAX, CHECKPOINT, PENDING, SequenceError, append, begin, publish, published, signed};
pub use store::{Directory, Memory, Tiles};
pub use verify::{Refusal, Verified, Witnessed, verify_checkpoint, verify_enclosed, verify_proof, verify_record};
