//! Fees (收费): quotes from the dated tariff, receipts, refunds, legal-aid relief.

use crate::Feature;

pub const FEATURE: Feature = Feature { name: "fees", routes: axum::Router::new, navigation: &[], case_tabs: &[] };
