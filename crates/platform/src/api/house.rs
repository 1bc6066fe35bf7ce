//! Examination records, materials looked up by their labels, and the bureau's hints.

use super::caller::Caller;
use super::input::{self, Window, query};
use super::once::{Key, commit_made};
use super::shapes;
use super::writing::once;
use crate::app::App;
use crate::cases::records::saving::{self, Unsaved};
use crate::cases::records::store as records;
use crate::fail::{Fail, Fault};
use crate::text::say;
use crate::{custody, flags, supervision};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State as Extract};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::json;

type Pairs = Query<Vec<(String, String)>>;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/api/v1/cases/{id}/records", post(write_record))
        .route("/api/v1/cases/{id}/records/{record}", get(record).post(correct_record))
        .route("/api/v1/cases/{id}/records/{record}/confirm", post(confirm_record))
        .route("/api/v1/materials", get(materials))
        .route("/api/v1/materials/{code}", get(material))
        .route("/api/v1/hints", get(hints))
}

async fn write_record(
    Extract(app): Extract<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Fail> {
    save_record(&app, &caller, &id, None, &headers, &body).await
}

async fn correct_record(
    Extract(app): Extract<App>,
    caller: Caller,
    Path((id, record)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Fail> {
    save_record(&app, &caller, &id, Some(record), &headers, &body).await
}

/// A new record, or the next version of one.
async fn save_record(
    app: &App,
    caller: &Caller,
    id: &str,
    record: Option<String>,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Response, Fail> {
    caller.may("cases:write")?;
    let form = input::form(body)?;
    let key = Key::of(caller, headers, body)?;
    let act = async {
        let record = match record {
            // In scope first; a new record is asked for that as it is saved.
            Some(record) => {
                saving::load(app, &caller.signed, id).await?;
                Some(records::find(&mut app.db.read().await?, id, &record).await?)
            }
            None => None,
        };
        match saving::save(app, &caller.signed, id, record.as_ref(), &form).await? {
            Ok((mut tx, record)) => {
                let saved = records::find(&mut tx.conn, id, &record).await?;
                let body = shapes::record(&saved);
                commit_made(key.as_ref(), tx, &body).await
            }
            Err(Unsaved { faults, .. }) if !faults.is_empty() => Err(Fail::Faults(faults)),
            Err(Unsaved { objections, .. }) => Err(Fail::Refused(objections)),
        }
    };
    once(app, key.as_ref(), act).await
}

/// A record with every version it had, who confirmed its newest, and its files.
async fn record(
    Extract(app): Extract<App>,
    caller: Caller,
    Path((id, record)): Path<(String, String)>,
) -> Result<Response, Fail> {
    caller.may("cases:read")?;
    saving::load(&app, &caller.signed, &id).await?;
    let mut conn = app.db.read().await?;
    let found = records::find(&mut conn, &id, &record).await?;
    let mut shown = shapes::record(&found);
    let versions = records::versions(&mut conn, &record).await?;
    shown["versions"] = versions.iter().map(shapes::record_version).collect();
    let confirmed = found.confirmations.iter();
    shown["confirmations"] = confirmed
        .map(|one| json!({ "by": one.appraiser_name, "is_author": one.is_author, "at": one.confirmed_at }))
        .collect();
    shown["file_list"] = found.files.iter().map(shapes::record_file).collect();
    Ok(axum::Json(shown).into_response())
}

async fn confirm_record(
    Extract(app): Extract<App>,
    caller: Caller,
    Path((id, record)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Fail> {
    caller.may("cases:write")?;
    let form = input::form(&body)?;
    let key = Key::of(&caller, &headers, &body)?;
    let act = async {
        let mut tx = saving::confirm(&app, &caller.signed, &id, &record, &form).await?;
        let body = shapes::record(&records::find(&mut tx.conn, &id, &record).await?);
        commit_made(key.as_ref(), tx, &body).await
    };
    once(&app, key.as_ref(), act).await
}

async fn materials(Extract(app): Extract<App>, caller: Caller, Query(pairs): Pairs) -> Result<Response, Fail> {
    caller.may("custody:read")?;
    let asked = query(pairs);
    let window = Window::of(&asked)?;
    let show = match asked.text("show") {
        "" => custody::Show::All,
        text => {
            let known = custody::Show::ALL.iter().find(|(word, _, _)| *word == text);
            known.ok_or_else(|| Fail::Faults(vec![Fault::new("show", say("请选择一项。"))]))?.2
        }
    };
    let actor = &caller.signed.actor;
    let scope = custody::scope_of(actor)?;
    let mut conn = app.db.read().await?;
    let total = custody::count(&mut conn, &scope, show, &actor.account_id).await?;
    let (offset, rows) = (window.offset(), window.per_page);
    let found = custody::page_of(&mut conn, &scope, show, &actor.account_id, offset, rows).await?;
    let items = found.iter().map(|one| {
        let mut shown = shapes::material(one);
        shown["case_id"] = json!(one.owners.subject_id);
        shown
    });
    Ok(shapes::page(&caller.signed.visitor.path, window, total, items.collect()))
}

async fn material(Extract(app): Extract<App>, caller: Caller, Path(code): Path<String>) -> Result<Response, Fail> {
    caller.may("custody:read")?;
    let scope = custody::scope_of(&caller.signed.actor)?;
    let mut conn = app.db.read().await?;
    let found = custody::find_material(&mut conn, &scope, &code).await?;
    let lang = caller.signed.visitor.lang;
    let mut shown = shapes::material(&found);
    shown["case_id"] = json!(found.owners.subject_id);
    let events = custody::events(&mut conn, &found.id).await?;
    shown["events"] = events.iter().map(|one| shapes::custody_event(lang, one)).collect();
    let photos = custody::photos(&mut conn, &found.id).await?;
    let photo = |one: &custody::Photo| json!({ "id": one.id, "name": one.name, "sha256": one.sha256, "added_by": one.added_by, "added_at": one.added_at });
    shown["photos"] = photos.iter().map(photo).collect();
    Ok(axum::Json(shown).into_response())
}

async fn hints(Extract(app): Extract<App>, caller: Caller, Query(pairs): Pairs) -> Result<Response, Fail> {
    caller.may("supervision:read")?;
    caller.signed.must_be(supervision::READERS)?;
    let asked = query(pairs);
    let window = Window::of(&asked)?;
    let kind = match asked.text("kind") {
        "" => None,
        text => Some(text.parse().map_err(|_| Fail::Faults(vec![Fault::new("kind", say("请选择一项。"))]))?),
    };
    let filter = flags::Filter { kind, institution_id: asked.text("institution").to_owned() };
    let mut conn = app.db.read().await?;
    let total = flags::count(&mut conn, &filter).await?;
    let found = flags::list(&mut conn, &filter, window.offset(), window.per_page).await?;
    let visitor = &caller.signed.visitor;
    let items = found.iter().map(|one| shapes::hint(visitor.lang, one)).collect();
    Ok(shapes::page(&visitor.path, window, total, items))
}
