//! Imports (导入) of the ledgers that institutions keep today.

use crate::Feature;

pub const FEATURE: Feature = Feature { name: "imports", routes: axum::Router::new, navigation: &[], case_tabs: &[] };
