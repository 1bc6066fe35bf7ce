//! The archive (档案): the volume of a case, its export, retention and legal hold.
//!
//! Reading order: `volume`, `retention` (pure) · `store` (what is kept) · `papers`, `merge`, `export` (PDF), `pack` (ZIP) · `deeds`, `pages`.
//!
//! **Invariant:** a volume is put together from what the case holds, never kept a second time; nothing is ever deleted
//! here, whatever the retention says. Who reads or exports one is logged before a byte is sent.

mod deeds;
mod export;
mod merge;
mod pack;
mod pages;
pub mod papers;
mod retention;
mod store;
mod volume;

pub use deeds::{Package, dated, days, described, file, hold, package};
pub use retention::Retention;
pub use store::{Line, Loaded, list, load};

use crate::Feature;
use crate::actor::{Actor, Role, RoleKind};
use crate::cases::Scope;
use crate::web::{CaseTab, NavItem};

pub const FEATURE: Feature = Feature {
    name: "archive",
    routes: pages::routes,
    navigation: &[NavItem {
        path: "/archive",
        label: "档案",
        shown: |who| who.is_some_and(|who| KEEPERS.iter().any(|role| who.is(*role))),
    }],
    case_tabs: &[CaseTab { path: "/volume", label: "案卷", shown: sees_volumes }],
};

/// Who sees the list of volumes.
pub const KEEPERS: &[Role] = &[
    Role::Archivist,
    Role::Head,
    Role::LicensingOfficer,
    Role::Supervisor,
    Role::ComplaintOfficer,
    Role::Statistician,
];

/// The volume holds the review and the records: it stays in the house.
fn sees_volumes(who: &Actor) -> bool {
    Scope::of(who).is_ok_and(|scope| !matches!(scope, Scope::Client(_)))
}

fn is_bureau(who: &Actor) -> bool {
    who.has(RoleKind::Bureau)
}
