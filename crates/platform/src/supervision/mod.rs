//! Practice supervision (执业监管): what a supervisor is pointed to.
//!
//! **Invariant:** a hint accuses nobody: it is read here beside its rule and its case, and decided on elsewhere.

mod hints;

pub use hints::facts;

use crate::Feature;
use crate::actor::Role;
use crate::web::NavItem;

pub const FEATURE: Feature = Feature {
    name: "supervision",
    routes: hints::routes,
    navigation: &[NavItem {
        path: "/supervision/hints",
        label: "监管提示",
        shown: |who| who.is_some_and(|who| READERS.iter().any(|role| who.is(*role))),
    }],
    case_tabs: &[],
};

/// Supervisors work with hints; the complaint officer looks up what is known of a case.
pub const READERS: &[Role] = &[Role::Supervisor, Role::ComplaintOfficer];
