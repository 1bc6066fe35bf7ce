//! The archive (档案): the volume of a case, its export, retention and legal hold.

use crate::Feature;

pub const FEATURE: Feature = Feature { name: "archive", routes: axum::Router::new, navigation: &[], case_tabs: &[] };
