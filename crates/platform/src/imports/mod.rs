//! Imports (导入) of what people keep today: ledgers of closed cases, registers of institutions, appraisers and organisations.
//!
//! Upload, say what the columns are, a dry run with every fault by row and column, then all or nothing.
//!
//! **Invariant:** an import is one transaction; its run says `done` in that transaction and nowhere else.

pub mod columns;
pub mod command;
pub mod deeds;
mod ledger;
mod pages;
mod reading;
mod registers;
mod said;
pub mod store;
pub mod work;

pub use columns::Kind;

use crate::Feature;
use crate::actor::Role;
use crate::web::NavItem;

/// Who brings cases in, and who the registers.
const IMPORTERS: [Role; 3] = [Role::FrontDesk, Role::Head, Role::LicensingOfficer];

pub const FEATURE: Feature = Feature {
    name: "imports",
    routes: pages::routes,
    navigation: &[NavItem {
        path: "/imports",
        label: "导入台账",
        shown: |who| who.is_some_and(|who| IMPORTERS.iter().any(|role| who.is(*role))),
    }],
    case_tabs: &[],
};
