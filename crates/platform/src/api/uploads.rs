//! Files as bytes: beside a case, of a record, photographs of a material. The body of a request is the file.
//!
//! A file is kept as it arrives, so a repeated request is answered by its key only after it was sent again.

use super::caller::Caller;
use super::input::query;
use super::once::{Answer, Key, commit};
use super::writing::once;
use crate::app::App;
use crate::cases::records::files as of_record;
use crate::fail::Fail;
use crate::files::Stored;
use crate::perform::Tx;
use crate::{cases, custody};
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, Query, State as Extract};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::json;

type Pairs = Query<Vec<(String, String)>>;

pub(super) fn routes() -> Router<App> {
    let photo = DefaultBodyLimit::max(custody::PHOTO_BYTES);
    Router::new()
        .route("/api/v1/cases/{id}/files", post(add_file).layer(DefaultBodyLimit::disable()))
        .route("/api/v1/cases/{id}/records/{record}/files", post(add_to_record).layer(DefaultBodyLimit::disable()))
        .route("/api/v1/cases/{id}/records/{record}/files/{file}", get(record_file))
        .route("/api/v1/materials/{code}/photos", post(add_photo).layer(photo))
        .route("/api/v1/materials/{code}/photos/{file}", get(photo_file))
}

/// Commits the file that was added, and says where it is.
async fn added(key: Option<&Key>, tx: Tx, at: &str, file: &str, name: &str, stored: &Stored) -> Result<Response, Fail> {
    let body = json!({ "id": file, "name": name, "sha256": stored.sha256, "size": stored.size }).to_string();
    commit(key, tx, Answer { status: StatusCode::CREATED, location: Some(format!("{at}/{file}")), body }).await
}

async fn add_file(
    Extract(app): Extract<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(pairs): Pairs,
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
        added(key.as_ref(), tx, &format!("/api/v1/cases/{id}/files"), &file, &name, &stored).await
    };
    once(&app, key.as_ref(), act).await
}

async fn add_to_record(
    Extract(app): Extract<App>,
    caller: Caller,
    Path((id, record)): Path<(String, String)>,
    Query(pairs): Pairs,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Fail> {
    caller.may("files:write")?;
    let who = &caller.signed;
    of_record::room(&app, who, &id, &record).await?;
    let stored = app.files.receive(app.clock.now(), body.into_data_stream()).await?;
    let key = Key::of(&caller, &headers, stored.sha256.as_bytes())?;
    let asked = query(pairs);
    let act = async {
        let name = of_record::checked(asked.text("name"), &stored)?;
        let taken = [(name, stored)];
        let (tx, ids) = of_record::keep(&app, who, (&id, &record), asked.text("note"), &taken).await?;
        let ([(name, stored)], at) = (&taken, format!("/api/v1/cases/{id}/records/{record}/files"));
        added(key.as_ref(), tx, &at, &ids.concat(), name, stored).await
    };
    once(&app, key.as_ref(), act).await
}

async fn record_file(
    Extract(app): Extract<App>,
    caller: Caller,
    Path(path): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Fail> {
    caller.may("files:read")?;
    of_record::download(Extract(app), caller.signed, Path(path), headers).await
}

async fn add_photo(
    Extract(app): Extract<App>,
    caller: Caller,
    Path(code): Path<String>,
    Query(pairs): Pairs,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Fail> {
    caller.may("files:write")?;
    let who = &caller.signed;
    let material = custody::room_for_photo(&app, who, &code).await?;
    let stored = app.files.receive(app.clock.now(), body.into_data_stream()).await?;
    let key = Key::of(&caller, &headers, stored.sha256.as_bytes())?;
    let name = query(pairs).text("name").to_owned();
    let act = async {
        let (tx, photo) = custody::keep_photo(&app, who, &material, &name, &stored).await?;
        added(key.as_ref(), tx, &format!("/api/v1/materials/{}/photos", material.code), &photo, &name, &stored).await
    };
    once(&app, key.as_ref(), act).await
}

async fn photo_file(
    Extract(app): Extract<App>,
    caller: Caller,
    Path(path): Path<(String, String)>,
) -> Result<Response, Fail> {
    caller.may("files:read")?;
    custody::show_photo(Extract(app), caller.signed, Path(path)).await
}
