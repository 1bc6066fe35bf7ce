//! Verifiable draws: who is drawn is settled by a list that was fixed first and by numbers that nobody could know then.
//!
//! 1. **Plan.** Candidates, exclusions with their reasons, quotas, seats and the rule of the seed are written down
//!    ([`Plan`]); the SHA-256 of its canonical JSON ([`Plan::commitment`]) is published.
//! 2. **Contributions.** Each party publishes the hash of a text of its own ([`contribution`]) before the announced moment.
//! 3. **Seed.** Afterwards the announced checkpoint of a log (or a public beacon's value) is there, the parties show their
//!    texts, and all of it is hashed together ([`Transcript::seed_of`]). The transcript encloses the log's entries of plan
//!    and hashes ([`Published`]): they hang from that checkpoint, so they were there first.
//! 4. **Draw.** The seed gives a stream of numbers ([`Stream`]); the numbers give the drawn ([`draw`]). Who refuses is replaced
//!    by the next numbers of the same stream.
//!
//! One honest party is enough. Its text is unknown to all others until every other part of the seed can no longer be changed:
//! the plan and all hashes are published before the checkpoint, texts are shown after it. Whoever did not know the honest
//! text could not steer the hash of everything; whoever shows no text stops the draw, seen by all, but gets no other one.
//!
//! **Invariant:** the same transcript gives the same drawn on every machine; only whole numbers and SHA-256 decide. The
//! linear program of [`fairest`] runs before the commitment, and its result is part of the plan: a verifier needs no solver.

mod draw;
mod fair;
mod kinds;
mod plan;
mod published;
mod stream;
mod verify;

pub use draw::{Drawn, NoDraw, draw};
pub use fair::{Fairness, Unfair, fairest};
pub use kinds::{Kinds, fairness};
pub use plan::{
    ALGORITHM, BeaconRule, CANDIDATES_MAX, Candidate, Exclusion, LogRule, Lottery, Method, PARTS, Panel, Plan,
    PlanFault, Quota, SEATS_MAX, SeedRule, WEIGHT_MAX, contribution,
};
pub use published::{ENTRY_KIND, Published, told};
pub use stream::Stream;
pub use verify::{Contribution, Fault, Refusal, TRANSCRIPT_BYTES_MAX, Transcript, verify};
