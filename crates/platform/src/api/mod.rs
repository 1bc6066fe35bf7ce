//! The interface for programs: `/api/v1`, from the same tables and forms as the pages.

use crate::Feature;

pub const FEATURE: Feature = Feature { name: "api", routes: axum::Router::new, navigation: &[], case_tabs: &[] };
