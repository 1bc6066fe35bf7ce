//! Electronic signatures of what an institution issues: the keys of institutions and appraisers, the time stamps, and what a
//! kept file says of who signed it. How a signature looks and why is crate `seal`'s matter
//! (`docs/decisions/0104-pdf-signature.md`).
//!
//! Reading order: `store` (keys and certificates), `trust` (whom we believe), `demo` (the
//! demonstration's authority), `stamps` (the time-stamp authority), `pens` (who signs, in what order) · `seen` (what a file
//! carries), `command` (`sijian keys`, `sijian verify`).
//!
//! **Invariant:** from the first certificate of an institution on, nothing leaves it without its signature and those of the
//! appraisers, each with a time stamp; a key that ended is never passed over in silence.

pub mod command;
mod demo;
mod pem;
mod pens;
mod seen;
mod stamps;
mod store;
mod trust;

pub use demo::prepare as prepare_demo;
pub use pens::{Approval, finish};
pub use seen::{Seen, seen};
pub use store::{Owner, OwnerKind};

use crate::Feature;
use crate::app::App;
use crate::master_key::{self, Master};
use anyhow::bail;
use axum::Router;

pub const FEATURE: Feature = Feature { name: "signing", routes: Router::new, navigation: &[], case_tabs: &[] };

/// Whether a server may start: where keys are kept, their master key must be there and fit.
///
/// # Errors
/// What is missing and where it was looked for.
pub async fn check_start(app: &App) -> anyhow::Result<()> {
    let keys = store::all(&mut app.db.read().await?).await?;
    let Some(first) = keys.first() else { return Ok(()) };
    let path = master_key::path(&app.config);
    match master_key::load(&app.config)? {
        None => bail!(
            "the database holds {} signing keys, and the master key that opens them is not at {}: put it there, or name its \
             place with --master-key-file (SIJIAN_MASTER_KEY_FILE)",
            keys.len(),
            path.display()
        ),
        Some(master) if !opens(&master, first) => bail!(
            "the master key at {} is not the one that the signing keys were locked with: put the right one there",
            path.display()
        ),
        Some(_) => Ok(()),
    }
}

/// Whether it is the key that this one lies locked under.
fn opens(master: &Master, kept: &store::Kept) -> bool {
    let record = &kept.record;
    master.key.open(&record.id, record.algorithm, &record.sealed).is_ok()
}

/// What `sijian doctor` says of it, line by line.
///
/// # Errors
/// A database that does not answer, or a file that cannot be read.
pub async fn report(app: &App) -> anyhow::Result<String> {
    let keys = store::all(&mut app.db.read().await?).await?;
    let now = app.clock.now();
    let mut lines = vec![format!("signing keys: {}, of which {} may sign now", keys.len(), {
        keys.iter().filter(|one| !one.record.certificates.is_empty() && one.record.may_sign(now)).count()
    })];
    let checked = match check_start(app).await {
        Ok(()) => master_key::check_start(app).await,
        other => other,
    };
    let is_there = master_key::load(&app.config)?.is_some();
    lines.push(match checked {
        Ok(()) if !is_there => "master key: not needed yet".to_owned(),
        Ok(()) => format!("master key: opens what lies locked ({})", master_key::path(&app.config).display()),
        Err(error) => format!("master key: {error}"),
    });
    for one in keys.iter().filter(|one| one.record.may_sign(now)) {
        if let Some(certificate) = one.record.certificates.first() {
            let (_, until) = certificate.validity();
            if until < now + ENDS_SOON {
                lines.push(format!(
                    "certificate of {}: ends at {until}; make a new key (sijian keys make)",
                    certificate.subject()
                ));
            }
        }
    }
    let trust = trust::load(app, &mut app.db.read().await?).await?;
    lines.push(format!("trusted roots: {} ({})", trust.roots.len(), trust::folder(&app.config).display()));
    lines.push(match (&app.config.signing.tsa_url, app.config.demo) {
        (Some(url), _) => format!("time stamps: {url}"),
        (None, true) => "time stamps: the demo's own".to_owned(),
        (None, false) => "time stamps: none named (--tsa-url); institutions with keys cannot issue".to_owned(),
    });
    Ok(lines.join("\n"))
}

/// A certificate that ends within a month is told of.
const ENDS_SOON: jiff::SignedDuration = jiff::SignedDuration::from_hours(24 * 30);
