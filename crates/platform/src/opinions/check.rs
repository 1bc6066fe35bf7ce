//! The page of the opinion check (意见书质检): every finding on the newest saved draft.
//!
//! **Invariant:** it only reads; those who see the draft see it, clients do not.

use super::store;
use crate::app::App;
use crate::cases::facts::Facts;
use crate::cases::{self, Scope};
use crate::fail::Fail;
use crate::web::{Page, Signed, Ui, html};
use askama::Template;
use axum::Router;
use axum::extract::{Path, State as Extract};
use axum::routing::get;
use lint::{Finding, Severity};

pub fn routes() -> Router<App> {
    Router::new().route("/cases/{id}/opinion/check", get(show))
}

#[derive(Template)]
#[template(path = "opinions/findings.html")]
struct CheckPage {
    ui: Ui,
    case_id: String,
    facts: Facts,
    /// The version that was read; none before the first is saved.
    version: Option<i64>,
    found: Vec<Finding>,
}

impl CheckPage {
    fn counts(&self) -> [(Severity, usize); 3] {
        cases::lint::severity_counts(&self.found)
    }

    fn said(&self, one: &Finding) -> String {
        self.ui.say(&cases::lint::said(one))
    }
}

/// The newest draft's version and every finding on it, with the case; no version before the first is saved.
///
/// # Errors
/// A case out of scope; clients.
pub async fn findings(app: &App, who: &Signed, id: &str) -> Result<(Facts, Option<i64>, Vec<Finding>), Fail> {
    let scope = Scope::of(&who.actor)?;
    if matches!(scope, Scope::Client(_)) {
        return Err(Fail::NotFound);
    }
    let mut conn = app.db.read().await?;
    let today = who.visitor.today;
    let facts = cases::store::facts(&mut conn, &scope, id, today).await?;
    let saved = store::newest_draft(&mut conn, id).await?;
    drop(conn);
    let found = saved.as_ref().map(|saved| cases::lint::findings(&facts, &saved.draft, today)).unwrap_or_default();
    Ok((facts, saved.map(|saved| saved.version), found))
}

async fn show(Extract(app): Extract<App>, who: Signed, Path(id): Path<String>) -> Page {
    let (facts, version, found) = findings(&app, &who, &id).await?;
    html(&CheckPage { ui: who.ui(), case_id: id, version, facts, found })
}
