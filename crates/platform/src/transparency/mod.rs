//! The logs for everybody (存证公示): their files, their state in words, the proof of an opinion, and the tools that check them.
//!
//! Reading order: `pages` (the log's files, its page, proofs) · `command` (`sijian verify`, `sijian ledger …`) · `after`
//! (what followed an opinion) · `mirror`, `witness` (those who watch) · `drill` (what is found when somebody tampers).
//!
//! **Invariant:** nothing here can change a log; what is served is what lies in its folder, byte for byte.

pub mod after;
pub mod command;
mod drill;
pub mod mirror;
mod pages;
pub mod witness;

use crate::Feature;
use crate::web::NavItem;

pub const FEATURE: Feature = Feature {
    name: "transparency",
    routes: pages::routes,
    navigation: &[NavItem {
        path: "/log",
        label: "存证日志",
        shown: |who| who.is_none() || who.is_some_and(pages::may_read),
    }],
    case_tabs: &[],
};
