//! Notices (通知): what is told to whom, in the platform, by mail and by webhook; reminders of legal dates.
//!
//! Reading order: `table` (who is told of what; pure) · `tell`, `remind` (jobs that turn events and dates into notices; `leads` for the analysis) ·
//! `store` (what is kept) · `mail`, `hook_send`, `guard` (channels) · `inbox`, `wishes`, `hooks` (pages).
//!
//! **Invariant:** one source (an event, a stage of a term) tells a recipient once, whatever is tried again; a notice holds a
//! number, a state and a date, never a name of a party.

mod exported;
mod guard;
mod hook_send;
mod hooks;
mod inbox;
mod leads;
mod mail;
mod remind;
mod store;
mod table;
mod tell;
mod wishes;

pub use inbox::{Told, ToldOfCase, count_unread, inbox, read, told_of_case};
pub use mail::check as check_mail;
pub use table::print as print_table;

use crate::Feature;
use crate::actor::{Actor, Role};
use crate::app::App;
use crate::cases::Scope;
use crate::jobs::{self, JobKind, TRIES_AN_HOUR, TRIES_THREE_DAYS};
use crate::web::{CaseTab, NavItem};
use axum::Router;

/// Locks secrets that are still kept in the clear.
///
/// # Errors
/// A master key that is missing or another one.
pub async fn lock_secrets(app: &App) -> anyhow::Result<()> {
    hook_send::lock_secrets(app).await
}

pub const FEATURE: Feature = Feature {
    name: "notices",
    routes,
    navigation: &[
        NavItem { path: "/notices", label: "通知", shown: |who| who.is_some() },
        NavItem {
            path: "/admin/jobs",
            label: "后台任务",
            shown: |who| who.is_some_and(|who| who.is(Role::SystemAdministrator)),
        },
    ],
    case_tabs: &[CaseTab { path: "/notices", label: "通知", shown: is_inside }],
};

pub const TELL: JobKind =
    JobKind { name: jobs::EVENT, run: |app, job| Box::pin(tell::run(app, job)), tries: TRIES_AN_HOUR, is_slow: false };
pub const REMIND: JobKind =
    JobKind { name: "notices.remind", run: |app, _| Box::pin(remind::run(app)), tries: TRIES_AN_HOUR, is_slow: false };
pub const MAIL: JobKind =
    JobKind { name: mail::JOB, run: |app, job| Box::pin(mail::run(app, job)), tries: TRIES_THREE_DAYS, is_slow: true };
pub const SWEEP: JobKind =
    JobKind { name: "notices.sweep", run: |app, _| Box::pin(mail::sweep(app)), tries: TRIES_AN_HOUR, is_slow: false };
pub const CONFIRM: JobKind = JobKind {
    name: mail::CONFIRM,
    run: |app, job| Box::pin(mail::confirm(app, job)),
    tries: TRIES_AN_HOUR,
    is_slow: true,
};
pub const WEBHOOK: JobKind = JobKind {
    name: hook_send::JOB,
    run: |app, job| Box::pin(hook_send::run(app, job)),
    tries: TRIES_THREE_DAYS,
    is_slow: true,
};

fn routes() -> Router<App> {
    inbox::routes().merge(wishes::routes()).merge(hooks::routes()).merge(jobs::routes())
}

/// Who sees what was told of a case: its institution and the bureau, not the client.
fn is_inside(who: &Actor) -> bool {
    !matches!(Scope::of(who), Err(_) | Ok(Scope::Client(_)))
}
