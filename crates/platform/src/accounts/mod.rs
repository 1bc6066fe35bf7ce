//! Accounts: who may come in, and as what.
//!
//! Reading order: `roles` (which stand together), `passwords`, `lockout` (pure) · `store`, `log`, `sessions`,
//! `second_factor`, `links` (what is kept) · `gate`, `step_up` (is it you?) · `sign_in`, `set_up`, `own`, `manage`, `audit` (pages).

mod audit;
mod command;
mod demo;
mod exported;
mod gate;
mod hashing;
mod links;
mod lockout;
mod log;
mod manage;
mod own;
mod passwords;
mod roles;
mod second_factor;
mod sessions;
mod set_up;
mod sign_in;
mod step_up;
mod store;
#[cfg(test)]
mod tests;

pub use command::{AdminArgs, run};
pub use demo::{DemoAccount, DemoAccounts, print_demo_accounts, show_demo_accounts};
pub use hashing::hash_once;
pub use log::Doer;
pub use passwords::Passwords;
pub use roles::{home_fits, roles_fit};
pub use sessions::{open_session, recognise};
pub use step_up::{Proven, StepUp};
pub use store::{NewAccount, active_actor, actor_of, create_account};

use crate::Feature;
use crate::actor::{Actor, Role, RoleKind};
use crate::app::App;
use crate::web::NavItem;
use axum::Router;
use jiff::Timestamp;

pub const FEATURE: Feature = Feature {
    name: "accounts",
    routes,
    navigation: &[
        NavItem { path: "/admin/accounts", label: "账户管理", shown: manages },
        NavItem { path: "/admin/sign-ins", label: "登录记录", shown: audits },
        NavItem { path: "/admin/account-events", label: "账户变更记录", shown: audits },
        NavItem { path: "/admin/exports", label: "导出记录", shown: audits },
    ],
    case_tabs: &[],
};

/// Locks secrets of second factors that are still kept in the clear.
///
/// # Errors
/// A master key that is missing or another one.
pub async fn lock_secrets(app: &App) -> anyhow::Result<()> {
    second_factor::lock_secrets(app).await
}

fn routes() -> Router<App> {
    sign_in::routes().merge(set_up::routes()).merge(own::routes()).merge(manage::routes()).merge(audit::routes())
}

fn manages(who: Option<&Actor>) -> bool {
    who.is_some_and(|who| who.is(Role::SystemAdministrator) || who.is(Role::SecurityAdministrator))
}

fn audits(who: Option<&Actor>) -> bool {
    who.is_some_and(|who| who.is(Role::AuditAdministrator))
}

/// Everybody but clients; also an account that has no role yet.
fn is_staff(roles: &[Role]) -> bool {
    roles.is_empty() || roles.iter().any(|role| role.kind() != RoleKind::Client)
}

/// Whether an account must have a second factor before it can do anything: staff, except in the demo, whose passwords are
/// on its sign-in page.
fn must_enrol(app: &App, roles: &[Role]) -> bool {
    !app.config.demo && is_staff(roles)
}

/// Now, for sessions, codes and waits. The demo's clock is moved by days to see terms run out; nobody is to be signed out
/// or locked out by that, and telephones do not follow it.
fn instant(app: &App) -> Timestamp {
    if app.config.demo { app.clock.unmoved() } else { app.clock.now() }
}

/// 256 random bits as text, for a session or a link.
fn new_token() -> String {
    hex::encode(rand::random::<[u8; 32]>())
}
