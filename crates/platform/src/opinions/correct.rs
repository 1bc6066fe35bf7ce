//! 补正 (通则 41): the letter is printed, and the public page says from now on that the opinion was corrected, and by which
//! letter.
//!
//! **Invariant:** the opinion's own file and hash never change.

use super::store;
use crate::app::App;
use crate::cases::acts::{self, Ready};
use crate::cases::store::Given;
use crate::cases::{self, Action};
use crate::fail::Fail;
use crate::web::{Form, Signed};
use axum::Router;
use axum::extract::{Path, State as Extract};
use axum::response::Response;
use axum::routing::get;

pub fn routes() -> Router<App> {
    Router::new().route("/cases/{id}/do/correct", get(form).post(correct_step))
}

async fn form(Extract(app): Extract<App>, who: Signed, Path(id): Path<String>) -> Result<Response, Fail> {
    cases::pages::form_page(&app, &who, &id, Action::Correct).await
}

async fn correct_step(
    Extract(app): Extract<App>,
    who: Signed,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    match acts::prepare(&app, &who, &id, Action::Correct, &form).await? {
        Err(unready) => cases::pages::again(&app, &who, &id, Action::Correct, form, unready).await,
        Ok(mut ready) => match correct(&app, &mut ready).await {
            Ok(()) => cases::pages::finish(ready).await,
            Err(fail) => {
                drop(ready);
                cases::pages::refused(&app, &who, &id, Action::Correct, form, fail).await
            }
        },
    }
}

/// Carries the correction out: the letter, the event, and the word on the public page.
///
/// # Errors
/// As [`acts::carry_out`]; the letter is always printed now, because its hash is published.
pub async fn correct(app: &App, ready: &mut Ready) -> Result<(), Fail> {
    let later = std::mem::replace(&mut ready.tx.papers_later, false);
    acts::carry_out(app, ready, Given::default()).await?;
    ready.tx.papers_later = later;
    let case_id = ready.facts.case.id.clone();
    store::mark_corrected(&mut ready.tx, &case_id).await
}
