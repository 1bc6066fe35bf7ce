//! Fees (收费): quotes from the dated tariff, agreements, receipts, refunds, legal-aid relief.
//!
//! An account belongs to a subject of any procedure and carries its own owners, so this feature knows no case.
//! Reading order: `tariff`, `quote`, `account`, `refund`, `relief`, `statement` (pure) · `payments` (where payments are known
//! from) · `store`, `acts` (what is written) · `forms`, `deeds` (what is sent) · `pages`, `lists` (what people see).

mod account;
mod acts;
pub mod deeds;
mod forms;
pub mod law;
mod lists;
mod pages;
pub mod papers;
mod payments;
mod quote;
pub mod refund;
pub mod relief;
mod statement;
pub mod store;
mod tariff;

pub use account::{Balance, Entry, FeeAccount, PayWay, Receipt, Refunded, Relief, ReliefKind};
pub use acts::{Opening, agree, ask_relief, import, open, quote_objections, receive, record_quote, refund};
pub use deeds::described;
pub use lists::FIRST_REGION;
pub use payments::{FileOfPayments, Payment, PaymentGateway, RecordedByHand};
pub use quote::{Deviation, Quote, QuoteLine, TypedRow, quote, read_lines, typed_rows};
pub use statement::Match;
pub use store::{OwedLine, Totals, changed_meanwhile, find, outstanding};
pub use tariff::{Regime, Tariff, TariffRow, tariff};

use crate::Feature;
use crate::actor::{Actor, Role, RoleKind};
use crate::app::App;
use crate::web::{CaseTab, NavItem};
use axum::Router;

/// Who looks after the money of an institution.
const KEEPERS: &[Role] = &[Role::FrontDesk, Role::Head];

pub const FEATURE: Feature = Feature {
    name: "fees",
    routes,
    navigation: &[
        NavItem { path: "/fees", label: "费用", shown: |who| who.is_some_and(keeps) },
        NavItem { path: "/fees/tariff", label: "收费标准", shown: |_| true },
    ],
    case_tabs: &[CaseTab { path: "/fees", label: "费用", shown: may_see }],
};

fn routes() -> Router<App> {
    pages::routes().merge(lists::routes())
}

fn keeps(who: &Actor) -> bool {
    KEEPERS.iter().any(|role| who.is(*role))
}

/// Whether a person sees the fees of the cases in scope: client, bureau, and of the house who does not examine or review.
pub fn may_see(who: &Actor) -> bool {
    who.is(Role::Client) || who.has(RoleKind::Bureau) || keeps(who) || who.is(Role::Archivist)
}
