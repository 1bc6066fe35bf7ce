//! Notices (通知): what is told to whom, in the platform, by mail and by webhook; reminders.

use crate::Feature;

pub const FEATURE: Feature = Feature { name: "notices", routes: axum::Router::new, navigation: &[], case_tabs: &[] };
