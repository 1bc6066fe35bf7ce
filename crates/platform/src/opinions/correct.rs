//! 补正 (通则 41): the letter is printed, and the public page says from now on that the opinion was corrected, and by which
//! letter.
//!
//! **Invariant:** the opinion's own file and hash never change.

use super::store;
use crate::app::App;
use crate::cases::acts::{self, Carried, Ready, Unready};
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
    match correct_ahead(&app, &who, &id, &form).await {
        Ok(Ok(ready)) => cases::pages::finish(ready).await,
        Ok(Err(unready)) => cases::pages::again(&app, &who, &id, Action::Correct, form, unready).await,
        Err(fail) => cases::pages::refused(&app, &who, &id, Action::Correct, form, fail).await,
    }
}

/// Corrects from a form, signed and stamped while no transaction is open. The caller commits.
///
/// # Errors
/// As [`correct`].
pub async fn correct_ahead(app: &App, who: &Signed, id: &str, form: &Form) -> Result<Result<Ready, Unready>, Fail> {
    fn carry<'a>(app: &'a App, ready: &'a mut Ready) -> Carried<'a> {
        Box::pin(correct(app, ready))
    }
    acts::prepare_and_carry(app, who, id, Action::Correct, form, carry).await
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
