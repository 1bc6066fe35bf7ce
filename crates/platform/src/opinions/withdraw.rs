//! 撤销鉴定意见 (证据规定 42): the letter is printed and signed, and the public page and the public log say from now on that the
//! opinion is withdrawn.
//!
//! **Invariant:** the opinion's own file and hash never change, and nothing is taken out of the volume.

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
    Router::new().route("/cases/{id}/do/withdraw_opinion", get(form).post(withdraw_step))
}

async fn form(Extract(app): Extract<App>, who: Signed, Path(id): Path<String>) -> Result<Response, Fail> {
    cases::pages::form_page(&app, &who, &id, Action::WithdrawOpinion).await
}

async fn withdraw_step(
    Extract(app): Extract<App>,
    who: Signed,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    match withdraw_ahead(&app, &who, &id, &form).await {
        Ok(Ok(ready)) => cases::pages::finish(ready).await,
        Ok(Err(unready)) => cases::pages::again(&app, &who, &id, Action::WithdrawOpinion, form, unready).await,
        Err(fail) => cases::pages::refused(&app, &who, &id, Action::WithdrawOpinion, form, fail).await,
    }
}

/// Withdraws from a form, signed and stamped while no transaction is open. The caller commits.
///
/// # Errors
/// As [`withdraw`].
pub async fn withdraw_ahead(app: &App, who: &Signed, id: &str, form: &Form) -> Result<Result<Ready, Unready>, Fail> {
    fn carry<'a>(app: &'a App, ready: &'a mut Ready) -> Carried<'a> {
        Box::pin(withdraw(app, ready))
    }
    acts::prepare_and_carry(app, who, id, Action::WithdrawOpinion, form, carry).await
}

/// Carries the withdrawal out: the letter, the event, and the word for everybody.
///
/// # Errors
/// As [`acts::carry_out`]; the letter is always printed now, because its hash is published.
pub async fn withdraw(app: &App, ready: &mut Ready) -> Result<(), Fail> {
    let later = std::mem::replace(&mut ready.tx.papers_later, false);
    acts::carry_out(app, ready, Given::default()).await?;
    ready.tx.papers_later = later;
    let withdrawal = ready.decision.content.withdrawal.clone();
    let withdrawal = withdrawal.ok_or_else(|| Fail::Internal(anyhow::anyhow!("a withdrawal without its facts")))?;
    let case_id = ready.facts.case.id.clone();
    store::mark_withdrawn(&mut ready.tx, &case_id, &withdrawal).await
}
