//! The versions of a draft and what differs between any two of them, to read and to print.

use super::store::{self, Saved};
use crate::app::App;
use crate::cases::draft::Draft;
use crate::cases::facts::Facts;
use crate::fail::Fail;
use crate::web::diff::{Piece, pieces};
use crate::web::{Page, Signed, Ui, html};
use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State as Extract};
use axum::routing::get;
use serde::Deserialize;

pub fn routes() -> Router<App> {
    Router::new().route("/cases/{id}/opinion/versions", get(show))
}

#[derive(Deserialize)]
struct Between {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    side: String,
}

/// A part of the document in both versions.
struct Part {
    title: &'static str,
    pieces: Vec<Piece>,
}

impl Part {
    fn is_changed(&self) -> bool {
        self.pieces.iter().any(|one| one.is_inserted() || one.is_deleted())
    }
}

#[derive(Template)]
#[template(path = "opinions/versions.html")]
struct Versions {
    ui: Ui,
    case_id: String,
    facts: Facts,
    versions: Vec<Saved>,
    from: i64,
    to: i64,
    /// The two texts beside each other instead of in one.
    side: bool,
    parts: Vec<Part>,
}

async fn show(Extract(app): Extract<App>, who: Signed, Path(id): Path<String>, Query(between): Query<Between>) -> Page {
    let (facts, newest) = super::drafts::load(&app, &who, &id).await?;
    let newest = newest.map_or(0, |saved| saved.version);
    let versions = store::drafts(&mut app.db.read().await?, &id).await?;
    let to = between.to.parse().unwrap_or(newest).clamp(newest.min(1), newest);
    let from = between.from.parse().unwrap_or((to - 1).max(1)).clamp(newest.min(1), newest);
    let draft = |version: i64| versions.iter().find(|one| one.version == version).map(|one| &one.draft);
    let parts = match (draft(from), draft(to)) {
        (Some(before), Some(after)) => {
            let (before, after) = (before.clone(), after.clone());
            // Long texts take a while to compare; other requests do not wait for it.
            let compared = tokio::task::spawn_blocking(move || differences(&before, &after)).await;
            compared.map_err(|error| Fail::Internal(error.into()))?
        }
        _ => Vec::new(),
    };
    html(&Versions { ui: who.ui(), case_id: id, facts, versions, from, to, side: between.side == "yes", parts })
}

fn differences(before: &Draft, after: &Draft) -> Vec<Part> {
    let both = before.parts().into_iter().zip(after.parts());
    both.filter(|((_, _, before), (_, _, after))| !before.is_empty() || !after.is_empty())
        .map(|((_, title, before), (_, _, after))| Part { title, pieces: pieces(before, after) })
        .collect()
}
