//! Verifiable draws (随机抽取): institutions for a client, experts, inspections, samples. The arithmetic is the crate `draws`.
//!
//! **Invariant:** the commitment is in the log before the seed can be known, and a draw is drawn once: a refusal takes the
//! next numbers, and there is no act that draws anew.

mod act;
mod command;
mod forms;
mod pages;
mod picture;
mod prepare;
mod published;
mod rules;
mod steps;
pub mod store;

pub use ::draws::{BeaconRule, Candidate, Method};
pub use act::{commit, draw, prepare_draw};
pub use command::{DrawArgs, run};
pub use forms::Typed;
pub use prepare::plan;
pub use steps::{Action, Draws, State};

use crate::Feature;
use crate::actor::Role;
use crate::web::NavItem;

pub const FEATURE: Feature = Feature {
    name: "draws",
    routes: pages::routes,
    navigation: &[NavItem {
        path: "/draws",
        label: "随机抽取",
        shown: |who| who.is_some_and(|who| OFFICERS.iter().any(|role| who.is(*role))),
    }],
    case_tabs: &[],
};

/// Who prepares draws for others. A client draws only for itself.
const OFFICERS: &[Role] = &[Role::LicensingOfficer, Role::Supervisor, Role::AssociationOfficer];
