//! Files as bytes: beside a case, of a record, photographs of a material. The body of a request is the file.

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
    Router::new()
        .route("/api/v1/cases/{id}/files", post(add_file).layer(DefaultBodyLimit::disable()))
        .route("/api/v1/cases/{id}/records/{record}/files", post(add_to_record).layer(DefaultBodyLimit::disable()))
        .route("/api/v1/cases/{id}/records/{record}/files/{file}", get(record_file))
        .route("/api/v1/materials/{code}/photos", post(add_photo).layer(DefaultBodyLimit::disable()))
        .route("/api/v1/materials/{code}/photos/{file}", get(photo_file))
}

/// A body that is to be kept.
struct Sent<'s> {
    app: &'s App,
    caller: &'s Caller,
    headers: &'s HeaderMap,
    /// At most so many bytes, where the kind of file has a limit of its own.
    most: u64,
    /// Where files of its kind are found.
    at: String,
}

/// Takes the body in where there is `room` for it, and keeps it: the transaction, the file's id, its name. A file is received
/// before its key can be looked up, and one that is full or closed by now still gets the answer that it had.
async fn added<T>(
    sent: Sent<'_>,
    body: Body,
    room: Result<T, Fail>,
    keep: impl AsyncFnOnce(T, Stored) -> Result<(Tx, String, String), Fail>,
) -> Result<Response, Fail> {
    let Sent { app, caller, headers, most, at } = sent;
    let room = match room {
        Err(fail) if !Key::was_used(app, caller, headers).await? => return Err(fail),
        room => room,
    };
    let stored = app.files.receive_up_to(app.clock.now(), most, body.into_data_stream()).await?;
    let key = Key::of(caller, headers, stored.sha256.as_bytes())?;
    let act = async {
        let (sha256, size) = (stored.sha256.clone(), stored.size);
        let (tx, file, name) = keep(room?, stored).await?;
        let body = json!({ "id": file, "name": name, "sha256": sha256, "size": size }).to_string();
        let location = Some(format!("{at}/{file}"));
        commit(key.as_ref(), tx, Answer { status: StatusCode::CREATED, location, body }).await
    };
    once(app, key.as_ref(), act).await
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
    let (who, asked) = (&caller.signed, query(pairs));
    let at = format!("/api/v1/cases/{id}/files");
    let sent = Sent { app: &app, caller: &caller, headers: &headers, most: u64::MAX, at };
    let room = cases::room_for_file(&app, who, &id).await;
    added(sent, body, room, async |(), stored| cases::keep_file(&app, who, &id, asked.text("name"), &stored).await)
        .await
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
    let (who, asked) = (&caller.signed, query(pairs));
    let at = format!("/api/v1/cases/{id}/records/{record}/files");
    let sent = Sent { app: &app, caller: &caller, headers: &headers, most: u64::MAX, at };
    let room = of_record::room(&app, who, &id, &record).await;
    added(sent, body, room, async |_, stored| {
        let name = of_record::checked(asked.text("name"), &stored)?;
        let taken = [(name.clone(), stored)];
        let (tx, ids) = of_record::keep(&app, who, (&id, &record), asked.text("note"), &taken).await?;
        Ok((tx, ids.concat(), name))
    })
    .await
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
    let (who, asked) = (&caller.signed, query(pairs));
    let at = format!("/api/v1/materials/{code}/photos");
    let sent = Sent { app: &app, caller: &caller, headers: &headers, most: custody::PHOTO_BYTES, at };
    let room = custody::room_for_photo(&app, who, &code).await;
    added(sent, body, room, async |material, stored| {
        custody::keep_photo(&app, who, &material, asked.text("name"), &stored).await
    })
    .await
}

async fn photo_file(
    Extract(app): Extract<App>,
    caller: Caller,
    Path(path): Path<(String, String)>,
) -> Result<Response, Fail> {
    caller.may("files:read")?;
    custody::show_photo(Extract(app), caller.signed, Path(path)).await
}
