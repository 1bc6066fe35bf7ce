//! Cluster analysis (聚类分析): what a supervisor should look at first, and what becomes of it.
//!
//! Reading order: `facts` (an extract without names; `reading` of texts, `kept` as a file) · `runs`, `work` (a screen as a
//! procedure and its job) · `found` (findings become leads) · `steps`, `rules`, `store`, `act` (the life of a lead) · pages.
//!
//! **Invariant:** nothing is decided by a score. A lead is confirmed by two people after its institution was asked, and until
//! then nobody outside the bureau and that institution sees it.

mod act;
mod asked;
pub mod command;
mod drawn;
mod enclosed;
pub mod facts;
mod figures;
pub mod fill;
mod found;
mod groups;
pub mod kept;
mod lead;
mod market;
mod markets;
mod pages;
pub mod papers;
mod picture;
pub mod plant;
mod rates;
mod reading;
mod rules;
mod run_pages;
pub mod runs;
mod steps;
pub mod store;
mod told;
mod view;
mod work;
mod workload;

pub use act::act;
pub use rules::Input;
pub use steps::{ANSWER, LeadAction, LeadState, Leads, RunAction, RunState, Runs};
pub use work::findings;

use crate::Feature;
use crate::actor::Role;
use crate::jobs::{JobKind, TRIES_AN_HOUR};
use crate::web::NavItem;

pub const FEATURE: Feature = Feature {
    name: "analysis",
    routes: pages::routes,
    navigation: &[
        NavItem {
            path: "/analysis", label: "聚类分析", shown: |who| who.is_some_and(|who| who.is(Role::Supervisor))
        },
        NavItem { path: "/asked", label: "监管询问", shown: |who| who.is_some_and(|who| who.is(Role::Head)) },
    ],
    case_tabs: &[],
};

/// Computes a run.
pub const RUN: JobKind =
    JobKind { name: runs::JOB, run: |app, job| Box::pin(work::run(app, job)), tries: 3, is_slow: true };
/// Asks each night for the screen of the last two years.
pub const NIGHTLY: JobKind = JobKind {
    name: "analysis.nightly",
    run: |app, _| Box::pin(work::nightly(app)),
    tries: TRIES_AN_HOUR,
    is_slow: false,
};
