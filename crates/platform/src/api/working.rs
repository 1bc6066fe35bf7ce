//! The work on a case beside its steps: materials come in and move, files are added, the draft is written.

use super::caller::Caller;
use super::input::query;
use super::once::{Answer, Key, commit, commit_made};
use super::writing::once;
use super::{input, shapes};
use crate::app::App;
use crate::custody::{self, Deed};
use crate::fail::Fail;
use crate::{cases, opinions};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, Query, State as Extract};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::json;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/api/v1/cases/{id}/materials", post(register))
        .route("/api/v1/cases/{id}/materials/receive", post(receive))
        .route("/api/v1/materials/{code}/deeds/{deed}", post(act))
        .route("/api/v1/cases/{id}/draft", get(draft).post(write_draft))
        .route("/api/v1/cases/{id}/files", post(add_file).layer(DefaultBodyLimit::disable()))
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

async fn draft(Extract(app): Extract<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Fail> {
    caller.may("cases:read")?;
    let (_, saved) = opinions::load_draft(&app, &caller.signed, &id).await?;
    let saved = saved.ok_or(Fail::NotFound)?;
    Ok(axum::Json(shapes::draft(saved.version, &saved.sha256, &saved.draft)).into_response())
}

async fn write_draft(
    Extract(app): Extract<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Fail> {
    caller.may("cases:write")?;
    let form = input::form(&body)?;
    let key = Key::of(&caller, &headers, &body)?;
    let act = async {
        let (mut tx, version, draft) = opinions::save_version(&app, &caller.signed, &id, &form).await?;
        let saved = opinions::store::newest_draft(&mut tx.conn, &id).await?.ok_or(Fail::NotFound)?;
        let body = shapes::draft(version, &saved.sha256, &draft);
        commit_made(key.as_ref(), tx, &body).await
    };
    once(&app, key.as_ref(), act).await
}

/// The body is the file; it is kept as it arrives, so a repeated request is answered by its key only after it was sent again.
async fn add_file(
    Extract(app): Extract<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Fail> {
    caller.may("files:write")?;
    let who = &caller.signed;
    cases::room_for_file(&app, who, &id).await?;
    let stored = app.files.receive(app.clock.now(), body.into_data_stream()).await?;
    let key = Key::of(&caller, &headers, stored.sha256.as_bytes())?;
    let name = query(pairs).text("name").to_owned();
    let act = async {
        let (tx, file) = cases::keep_file(&app, who, &id, &name, &stored).await?;
        let location = Some(format!("/api/v1/cases/{id}/files/{file}"));
        let body = json!({ "id": file, "name": name, "sha256": stored.sha256, "size": stored.size }).to_string();
        commit(key.as_ref(), tx, Answer { status: StatusCode::CREATED, location, body }).await
    };
    once(&app, key.as_ref(), act).await
}
