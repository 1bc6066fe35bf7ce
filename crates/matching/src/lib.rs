//! The same person, event and item recognised across institutions by keyed fingerprints. Pure.
//!
//! **Invariant:** two matters are compared by their fingerprints alone. A fingerprint is a keyed hash: who holds the table
//! without the key learns nothing from it, and a comparison tells which kinds of data agree, never the data.

mod compare;
mod hash;
mod identity;
mod normal;
mod print;

pub use compare::{Ground, Match, Strength, compare};
pub use hash::{Key, Secret};
pub use identity::{is_sound, meant, normalised_id};
pub use normal::{letter, name, phone, sound};
pub use print::{Kind, Matter, Print, prints};
