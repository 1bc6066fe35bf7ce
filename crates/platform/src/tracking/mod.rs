//! Tracking (进度查询): where a case stands, by number and short code, without personal data.
//!
//! **Invariant:** what the public page shows is a [`stage::View`], whose fields are stages, role words, days and dates: there
//! is no field that a name or a number of a person could be in. An unknown number and a wrong code answer alike.

mod codes;
mod pages;
pub mod papers;
mod stage;

pub use codes::{grouped, look_up, normalised, of_case};
pub use stage::{Place, View};

use crate::Feature;
use crate::actor::{Actor, Role};
use crate::web::{CaseTab, NavItem};

pub const FEATURE: Feature = Feature {
    name: "tracking",
    routes: pages::routes,
    navigation: &[NavItem { path: "/track", label: "进度查询", shown: |who| who.is_none() }],
    case_tabs: &[CaseTab { path: "/tracking", label: "进度查询单", shown: may_hand_out }],
};

/// Those who give the slip to a party: the client, and the institution's desk.
fn may_hand_out(who: &Actor) -> bool {
    who.is(Role::Client) || who.is(Role::FrontDesk) || who.is(Role::Head)
}
