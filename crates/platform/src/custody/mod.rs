//! Custody (材料流转): every material from its receipt to its return, in whose hand and at which place, derived from events.

use crate::Feature;

pub const FEATURE: Feature = Feature { name: "custody", routes: axum::Router::new, navigation: &[], case_tabs: &[] };
