//! Search of cases: names, initials, numbers, the tail of an ID number, and the full text of opinions and records.
//!
//! An inverted index of our own, the same on both databases: sets of dense case numbers, in blocks (`search_posting`). Scope,
//! state and "something is due" are tokens like any other, so that an answer is counted without reading a case.
//!
//! **Invariant:** an answer holds only what is in the reader's scope, and its count is complete.

mod find;
mod index;
mod order;
mod postings;
#[cfg(test)]
mod tests;
mod tokens;

pub use find::{Found, Refused, Sought, Why, find};
use index::{FRESH_MANY, missing, waiting};
pub use index::{fold, index_case, index_many, index_text, is_ready, reindex};
pub use tokens::{Field, QUERY_MAX, TextKind};

use crate::app::App;
use std::sync::atomic::{AtomicBool, Ordering};

/// One fold of a process at a time.
static FOLDING: AtomicBool = AtomicBool::new(false);

/// Folds in the background what waits, if it is much; the reader of a search does not wait for it.
pub fn fold_if_many(app: &App) {
    if FOLDING.swap(true, Ordering::AcqRel) {
        return;
    }
    let app = app.clone();
    tokio::spawn(async move {
        if let Err(error) = fold_many(&app).await {
            tracing::error!(%error, "the search index could not be folded");
        }
        FOLDING.store(false, Ordering::Release);
    });
}

async fn fold_many(app: &App) -> Result<(), crate::db::DbError> {
    let mut conn = app.db.read().await?;
    let waiting = waiting(&mut conn).await?;
    drop(conn);
    if waiting >= FRESH_MANY {
        fold(&app.db).await?;
    }
    Ok(())
}

/// Takes in the cases from before this index, in the background, when an installation starts.
pub fn catch_up(app: &App) {
    let app = app.clone();
    tokio::spawn(async move {
        let caught_up = async {
            let mut conn = app.db.read().await?;
            let is_behind = !is_ready(&mut conn).await? || missing(&mut conn).await? > 0;
            drop(conn);
            if is_behind { reindex(&app.db, |_, _| ()).await.map(|_| ()) } else { Ok::<_, crate::db::DbError>(()) }
        };
        if let Err(error) = caught_up.await {
            tracing::error!(%error, "the search index could not be built");
        }
    });
}

/// A line of `sijian doctor`.
///
/// # Errors
/// A database that does not answer.
pub async fn report(app: &App) -> Result<String, crate::db::DbError> {
    let mut conn = app.db.read().await?;
    let (missing, waiting) = (missing(&mut conn).await?, waiting(&mut conn).await?);
    Ok(match (is_ready(&mut conn).await?, missing) {
        (true, 0) => format!("search: every case is in the index, {waiting} wait to be folded"),
        (_, missing) => format!("search: the index is behind by {missing} cases; run: sijian reindex"),
    })
}
