//! What can be done: entrusting, and every step of the table, each through its own door.

use super::caller::Caller;
use super::once::{Answer, Key, commit};
use super::{input, shapes};
use crate::actor::Role;
use crate::app::App;
use crate::cases::acts::{self, Unready};
use crate::cases::store::Given;
use crate::cases::{self, Action, Case, Scope};
use crate::fail::{Fail, Fault};
use crate::opinions;
use crate::perform::Tx;
use crate::text::say;
use crate::web::{Form, Signed};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State as Extract};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::post;
use procedure::{Opening, Procedure};
use serde_json::json;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/api/v1/cases", post(entrust)).route("/api/v1/cases/{id}/steps/{action}", post(take_step))
}

/// Whether the table has a step of this action that people take from a case that is there.
pub(super) fn is_step(action: Action) -> bool {
    Case::STEPS.iter().any(|row| row.action == action && row.opening == Opening::Open && !row.from.is_empty())
}

/// Answers a request that was answered before, else does it. One that failed because its twin was faster gets the twin's
/// answer.
pub(super) async fn once<F: Future<Output = Result<Response, Fail>>>(
    app: &App,
    key: Option<&Key>,
    act: F,
) -> Result<Response, Fail> {
    let Some(key) = key else { return act.await };
    if let Some(kept) = key.kept(app).await? {
        return Ok(kept);
    }
    match act.await {
        Err(fail) => key.kept(app).await?.ok_or(fail),
        done => done,
    }
}

async fn entrust(
    Extract(app): Extract<App>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Fail> {
    caller.may("cases:write")?;
    caller.signed.must_be(&[Role::Client])?;
    let form = input::form(&body)?;
    let key = Key::of(&caller, &headers, &body)?;
    once(&app, key.as_ref(), send(&app, &caller.signed, &form, key.as_ref())).await
}

async fn send(app: &App, who: &Signed, form: &Form, key: Option<&Key>) -> Result<Response, Fail> {
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    let entrustment = cases::checked_entrustment(app, &mut tx, form, who.visitor.lang).await?.map_err(Fail::Faults)?;
    let id = acts::entrust(app, &mut tx, entrustment).await?;
    let location = Some(format!("/api/v1/cases/{id}"));
    let body = shown(app, who, &mut tx, &id).await?;
    commit(key, tx, Answer { status: StatusCode::CREATED, location, body }).await
}

async fn take_step(
    Extract(app): Extract<App>,
    caller: Caller,
    Path((id, action)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Fail> {
    caller.may("cases:write")?;
    let action: Action = action.parse().ok().filter(|action| is_step(*action)).ok_or(Fail::NotFound)?;
    let form = input::form(&body)?;
    // A hash of a body with a password in it would be a way to guess the password.
    let kept = form.clone().without(cases::SECRETS).to_json();
    let key = Key::of(&caller, &headers, kept.as_bytes())?;
    once(&app, key.as_ref(), step(&app, &caller.signed, &id, action, form, key.as_ref())).await
}

async fn step(
    app: &App,
    who: &Signed,
    id: &str,
    action: Action,
    mut form: Form,
    key: Option<&Key>,
) -> Result<Response, Fail> {
    // Without a version nothing is done; the form is still read, so that every fault is told at once.
    let mut missing = None;
    if form.text("version").parse::<i64>().is_err() {
        let mut conn = app.db.read().await?;
        let case = cases::store::find(&mut conn, &Scope::of(&who.actor)?, id).await?;
        form.set("version", case.version.to_string());
        missing = Some(Fault::new("version", say("请填写所见案件的版本号（version）。")));
    }
    // Without a version nothing may be done, so nothing is signed either.
    let prepared = match action {
        Action::Issue if missing.is_none() => opinions::issue_ahead(app, who, id, &form).await?,
        Action::Correct if missing.is_none() => opinions::correct_ahead(app, who, id, &form).await?,
        Action::WithdrawOpinion if missing.is_none() => opinions::withdraw_ahead(app, who, id, &form).await?,
        _ => acts::prepare(app, who, id, action, &form).await?,
    };
    let mut ready = match (prepared, missing) {
        (Ok(ready), None) => ready,
        (Err(Unready::Faults(faults)), missing) => {
            return Err(Fail::Faults(missing.into_iter().chain(faults).collect()));
        }
        (_, Some(missing)) => return Err(Fail::Faults(vec![missing])),
        (Err(Unready::Objections(objections)), None) => return Err(Fail::Refused(objections)),
        (Err(Unready::Changed), None) => return Err(Fail::changed_meanwhile()),
    };
    match action {
        Action::Approve => opinions::review_paper(app, &mut ready).await?,
        Action::Issue | Action::Correct | Action::WithdrawOpinion => {}
        _ => acts::carry_out(app, &mut ready, Given::default()).await?,
    }
    let mut tx = ready.tx;
    let body = shown(app, who, &mut tx, id).await?;
    commit(key, tx, Answer { status: StatusCode::OK, location: None, body }).await
}

/// The case after the act, as it will be once committed; only its id where the act took it out of the actor's scope.
async fn shown(app: &App, who: &Signed, tx: &mut Tx, id: &str) -> Result<String, Fail> {
    let today = tx.today();
    match cases::store::facts(&mut tx.conn, &Scope::of(&who.actor)?, id, today).await {
        Ok(facts) => Ok(shapes::case(&facts, who, today, &app.calendar).to_string()),
        Err(Fail::NotFound) => Ok(json!({ "id": id }).to_string()),
        Err(fail) => Err(fail),
    }
}
