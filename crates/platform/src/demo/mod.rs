//! The demo: a made-up city that plays the real write path, and a clock that can be moved on.
//!
//! **Invariant:** everything here is fictional, and none of it is reachable unless the program was started by `sijian demo`.

mod analysis;
mod carry;
pub mod city;
mod clock;
mod command;
mod detours;
mod draws;
mod people;
#[cfg(test)]
mod tests;
pub mod wording;

pub use command::{DemoArgs, prepare};

use crate::Feature;
use crate::web::NavItem;

pub const FEATURE: Feature = Feature { name: "demo", routes: clock::routes, navigation: NO_LINKS, case_tabs: &[] };
const NO_LINKS: &[NavItem] = &[];
