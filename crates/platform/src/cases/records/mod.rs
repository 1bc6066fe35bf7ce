//! Examination records of a case (鉴定记录, 通则 27): written when the activity happens, in versions, confirmed by who made
//! them, with photos, audio and video.
//!
//! **Invariant:** nothing written here is changed or removed; a correction is a new version with its reason, a late entry
//! says so for ever.

pub mod content;
pub mod files;
mod forms;
mod pages;
mod rules;
pub mod saving;
pub mod store;

pub(super) use pages::{prefill, routes};
pub(super) use store::{RecordFacts, facts, summarise};
