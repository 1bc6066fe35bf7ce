//! Tracking (进度查询): where a case stands, by number and short code, without personal data.

use crate::Feature;

pub const FEATURE: Feature = Feature { name: "tracking", routes: axum::Router::new, navigation: &[], case_tabs: &[] };
