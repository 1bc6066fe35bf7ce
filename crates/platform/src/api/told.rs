//! What is told: notices of an account and of a case, and where a case stands by its number and short code.

use super::caller::Caller;
use super::input::{self, Window, query};
use super::shapes;
use crate::app::App;
use crate::fail::{Fail, Fault};
use crate::notices;
use crate::text::{Lang, say};
use crate::tracking::{self, Place, View};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State as Extract};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value as Json, json};

type Pairs = Query<Vec<(String, String)>>;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/api/v1/notices", get(inbox))
        .route("/api/v1/notices/read", post(read))
        .route("/api/v1/cases/{id}/notices", get(of_case))
        .route("/api/v1/cases/{id}/tracking", get(of_parties))
        .route("/api/v1/track", post(track))
}

async fn inbox(Extract(app): Extract<App>, caller: Caller, Query(pairs): Pairs) -> Result<Response, Fail> {
    caller.may("notices:read")?;
    let window = Window::of(&query(pairs))?;
    let (actor, visitor) = (&caller.signed.actor, &caller.signed.visitor);
    let mut conn = app.db.read().await?;
    let (told, total) =
        notices::inbox(&mut conn, &actor.account_id, visitor.lang, window.offset(), window.per_page).await?;
    let items = told.iter().map(|one| {
        json!({
            "id": one.id, "case_id": one.case_id, "text": one.text, "state": one.state, "at": one.at,
            "is_read": one.is_read,
        })
    });
    Ok(shapes::page(&visitor.path, window, total, items.collect()))
}

/// One notice, or with `all` every one. Marking twice is marking once, so there is no key to it.
async fn read(Extract(app): Extract<App>, caller: Caller, body: Bytes) -> Result<Response, Fail> {
    caller.may("notices:write")?;
    let form = input::form(&body)?;
    let one = Some(form.text("id")).filter(|id| !id.is_empty());
    if one.is_none() && !form.is_checked("all") {
        return Err(Fail::Faults(vec![Fault::new("id", say("请填写通知的id，或者填写all。"))]));
    }
    let unread = notices::read(&app, &caller.signed.actor.account_id, one).await?;
    Ok(axum::Json(json!({ "unread": unread })).into_response())
}

/// What was told to whom about a case; of the house and the bureau.
async fn of_case(
    Extract(app): Extract<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(pairs): Pairs,
) -> Result<Response, Fail> {
    caller.may("cases:read")?;
    let window = Window::of(&query(pairs))?;
    let visitor = &caller.signed.visitor;
    let (told, total) = notices::told_of_case(&app, &caller.signed, &id, window.offset(), window.per_page).await?;
    let items = told.iter().map(|one| {
        json!({
            "text": one.text, "to": one.to, "channel": visitor.lang.t(one.channel), "state": visitor.lang.t(one.state),
            "at": one.at, "sent_at": one.sent_at, "read_at": one.read_at,
        })
    });
    Ok(shapes::page(&visitor.path, window, total, items.collect()))
}

/// Number and code, to hand to a party; for those who see the case.
async fn of_parties(Extract(app): Extract<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Fail> {
    caller.may("cases:read")?;
    let (number, code) = tracking::of_case(&app, &caller.signed, &id).await?;
    let address = format!("{}/track/{number}", app.config.base_url);
    Ok(axum::Json(json!({ "number": number, "code": code, "address": address })).into_response())
}

/// Number and code come in the body: an address would stand in logs.
async fn track(Extract(app): Extract<App>, caller: Caller, body: Bytes) -> Result<Response, Fail> {
    caller.may("register:read")?;
    let visitor = &caller.signed.visitor;
    app.limits.track(visitor.ip)?;
    let form = input::form(&body)?;
    let asked = ["number", "code"].map(|field| (field, tracking::normalised(form.text(field))));
    let empty = asked.iter().filter(|(_, text)| text.is_empty());
    let faults: Vec<Fault> = empty.map(|(field, _)| Fault::new(*field, say("请填写。"))).collect();
    if !faults.is_empty() {
        return Err(Fail::Faults(faults));
    }
    let [(_, number), (_, code)] = asked;
    let found = tracking::look_up(&app, &number, &code).await?.ok_or(Fail::NotFound)?;
    let view = View::of(&found, visitor.today, &app.calendar);
    Ok(axum::Json(progress(visitor.lang, &view)).into_response())
}

/// A case as the public page tells it: no personal data.
fn progress(lang: Lang, view: &View) -> Json {
    let stages: Vec<Json> = view
        .stages
        .iter()
        .map(|stage| {
            let place = match stage.place {
                Place::Done => "done",
                Place::Here => "here",
                Place::Ahead => "ahead",
            };
            let (since, workdays) = stage.spent.unzip();
            json!({ "name": lang.t(stage.label), "place": place, "since": since, "workdays": workdays })
        })
        .collect();
    let due = view.due.as_ref();
    json!({
        "stages": stages, "ended": view.ended.map(|text| lang.t(text)), "next": view.next.map(|text| lang.t(text)),
        "due_on": due.map(|(on, _, _)| on), "due": due.map(|(_, rule, _)| lang.say(rule)),
        "due_provisional": due.is_some_and(|(_, _, provisional)| *provisional), "is_overdue": view.is_overdue,
        "is_paused": view.is_paused, "days_not_counted": view.not_counted, "issued_on": view.issued_on,
    })
}
