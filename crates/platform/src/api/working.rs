//! Materials come in and move; their labels; the places where they are kept.

use super::caller::Caller;
use super::once::{Key, commit_made};
use super::writing::once;
use super::{input, shapes};
use crate::actor::RoleKind;
use crate::app::App;
use crate::custody::{self, Deed};
use crate::fail::Fail;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State as Extract};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::json;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/api/v1/cases/{id}/materials", post(register))
        .route("/api/v1/cases/{id}/materials/receive", post(receive))
        .route("/api/v1/materials/{code}/deeds/{deed}", post(act))
        .route("/api/v1/cases/{id}/labels.pdf", get(labels))
        .route("/api/v1/places", get(places).post(arrange))
}

async fn register(
    Extract(app): Extract<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Fail> {
    take_in(&app, &caller, &id, &headers, &body, true).await
}

async fn receive(
    Extract(app): Extract<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Fail> {
    take_in(&app, &caller, &id, &headers, &body, false).await
}

async fn take_in(
    app: &App,
    caller: &Caller,
    id: &str,
    headers: &HeaderMap,
    body: &Bytes,
    is_new: bool,
) -> Result<Response, Fail> {
    caller.may("custody:write")?;
    let mut form = input::form(body)?;
    let key = Key::of(caller, headers, body)?;
    let who = &caller.signed;
    let act = async {
        let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
        form.set("do", if is_new { "register" } else { "receive" });
        // The page's guard against a form sent twice; here the key is that.
        form.set("count", custody::of_subject(&mut tx.conn, id).await?.len().to_string());
        custody::take_in(app, &mut tx, id, &form).await?.map_err(Fail::Faults)?;
        let all = custody::of_subject(&mut tx.conn, id).await?;
        let items: Vec<_> = all.iter().map(shapes::material).collect();
        let body = json!({ "total": items.len(), "items": items });
        commit_made(key.as_ref(), tx, &body).await
    };
    once(app, key.as_ref(), act).await
}

async fn act(
    Extract(app): Extract<App>,
    caller: Caller,
    Path((code, deed)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Fail> {
    caller.may("custody:write")?;
    let deed: Deed = deed.parse().map_err(|_| Fail::NotFound)?;
    let form = input::form(&body)?;
    let key = Key::of(&caller, &headers, &body)?;
    let who = &caller.signed;
    let act = async {
        let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
        let after = custody::act_on(&app, &mut tx, &code, deed, &form).await?;
        let body = shapes::material(&after);
        commit_made(key.as_ref(), tx, &body).await
    };
    once(&app, key.as_ref(), act).await
}

/// The labels of all materials of a case, to be printed.
async fn labels(Extract(app): Extract<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Fail> {
    caller.may("custody:read")?;
    custody::labels(Extract(app), caller.signed, Path(id), RawQuery(None)).await
}

async fn places(Extract(app): Extract<App>, caller: Caller) -> Result<Response, Fail> {
    caller.may("custody:read")?;
    let actor = &caller.signed.actor;
    let Some(institution) = actor.organisation_id.as_deref().filter(|_| actor.has(RoleKind::Institution)) else {
        return Err(Fail::NotFound);
    };
    let mut conn = app.db.read().await?;
    let places = custody::places(&mut conn, institution).await?;
    Ok(shapes::whole(places.iter().map(shapes::place).collect()))
}

/// A place is added (`do=add`) or renamed (`do=set`), or witnesses are asked for (`do=witness`); every place as it is then.
async fn arrange(
    Extract(app): Extract<App>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Fail> {
    caller.may("custody:write")?;
    let form = input::form(&body)?;
    let key = Key::of(&caller, &headers, &body)?;
    let act = async {
        let mut tx = custody::arrange(&app, &caller.signed, &form).await?.map_err(Fail::Faults)?;
        let institution = caller.signed.actor.organisation_id.as_deref().unwrap_or_default();
        let items: Vec<_> = custody::places(&mut tx.conn, institution).await?.iter().map(shapes::place).collect();
        commit_made(key.as_ref(), tx, &json!({ "total": items.len(), "items": items })).await
    };
    once(&app, key.as_ref(), act).await
}
