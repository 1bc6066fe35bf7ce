//! Imports: a ledger or a register is sent, its columns are said, checked, and imported, all or nothing.

use super::caller::Caller;
use super::input::{self, Window, query};
use super::once::{Answer, Key, commit};
use super::shapes;
use super::writing::once;
use crate::app::App;
use crate::fail::{Fail, Fault};
use crate::imports::columns::{Kind, Mapping};
use crate::imports::deeds;
use crate::imports::store::{self, Run};
use crate::imports::work::{self, Asker};
use crate::perform::Tx;
use crate::text::say;
use crate::web::Form;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, Query, State as Extract};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

type Pairs = Query<Vec<(String, String)>>;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/api/v1/imports", get(list).post(upload).layer(DefaultBodyLimit::disable()))
        .route("/api/v1/imports/{id}", get(show))
        .route("/api/v1/imports/{id}/check", post(check))
        .route("/api/v1/imports/{id}/import", post(import))
        .route("/api/v1/imports/{id}/faults", get(faults))
}

async fn list(Extract(app): Extract<App>, caller: Caller, Query(pairs): Pairs) -> Result<Response, Fail> {
    caller.may("imports:read")?;
    let (actor, visitor) = (&caller.signed.actor, &caller.signed.visitor);
    deeds::must_import(actor)?;
    let window = Window::of(&query(pairs))?;
    let mut conn = app.db.read().await?;
    let (owner, kinds) = (store::owner(actor), deeds::kinds(actor));
    let (runs, total) = store::list(&mut conn, &owner, &kinds, window.offset(), window.per_page).await?;
    Ok(shapes::page(&visitor.path, window, total, runs.iter().map(|run| shapes::import(visitor.lang, run)).collect()))
}

async fn show(Extract(app): Extract<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Fail> {
    caller.may("imports:read")?;
    let run = deeds::find(&app, &caller.signed.actor, &id).await?;
    Ok(axum::Json(shapes::import(caller.signed.visitor.lang, &run)).into_response())
}

/// The body is the file; nothing of it is in the register before it is imported.
async fn upload(
    Extract(app): Extract<App>,
    caller: Caller,
    Query(pairs): Pairs,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Fail> {
    caller.may("imports:write")?;
    let (actor, visitor) = (&caller.signed.actor, &caller.signed.visitor);
    deeds::must_import(actor)?;
    let asked = query(pairs);
    let kind: Option<Kind> = asked.text("kind").parse().ok();
    let stored = deeds::receive(&app, body.into_data_stream()).await?;
    let key = Key::of(&caller, &headers, stored.sha256.as_bytes())?;
    let act = async {
        let file = (asked.text("name"), &stored);
        let (tx, run) = deeds::take_in(&app, actor, &visitor.request_id, kind, file).await?;
        let location = Some(format!("/api/v1/imports/{}", run.id));
        let body = shapes::import(visitor.lang, &run).to_string();
        commit(key.as_ref(), tx, Answer { status: StatusCode::CREATED, location, body }).await
    };
    once(&app, key.as_ref(), act).await
}

async fn check(
    Extract(app): Extract<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Fail> {
    caller.may("imports:write")?;
    let form = input::form(&body)?;
    let key = Key::of(&caller, &headers, &body)?;
    let (actor, request) = (&caller.signed.actor, &caller.signed.visitor.request_id);
    let act = async {
        let run = deeds::find(&app, actor, &id).await?;
        let mapping = mapped(&run, &form).map_err(Fail::Faults)?;
        let asked = (mapping, form.is_checked("skip_unfinished"));
        let asked = deeds::ask_check(&app, actor, request, run, asked).await?;
        begun(&app, &caller, key.as_ref(), asked).await
    };
    once(&app, key.as_ref(), act).await
}

async fn import(
    Extract(app): Extract<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Fail> {
    caller.may("imports:write")?;
    let key = Key::of(&caller, &headers, &body)?;
    let (actor, request) = (&caller.signed.actor, &caller.signed.visitor.request_id);
    let act = async {
        let run = deeds::find(&app, actor, &id).await?;
        let asked = deeds::ask_import(&app, actor, request, run).await?;
        begun(&app, &caller, key.as_ref(), asked).await
    };
    once(&app, key.as_ref(), act).await
}

/// Commits what was asked for, and begins it; a repeated request is answered by its key and begins nothing.
async fn begun(app: &App, caller: &Caller, key: Option<&Key>, (tx, run): (Tx, Run)) -> Result<Response, Fail> {
    let location = Some(format!("/api/v1/imports/{}", run.id));
    let body = shapes::import(caller.signed.visitor.lang, &run).to_string();
    let answer = commit(key, tx, Answer { status: StatusCode::ACCEPTED, location, body }).await?;
    work::begin(app.clone(), Asker::of(&caller.signed), run);
    Ok(answer)
}

/// The columns as they were proposed, but for the fields that the program names: a column's place, or nothing for none.
///
/// # Errors
/// A field that there is not, a column that the file does not have, a required field without one: all at once.
fn mapped(run: &Run, form: &Form) -> Result<Mapping, Vec<Fault>> {
    let mut mapping = run.mapping.clone();
    let mut faults = Vec::new();
    for (field, _, _) in run.kind.fields() {
        let Some(typed) = form.all(field).first().copied() else { continue };
        let at = typed.parse::<usize>().ok().filter(|at| run.shape.columns.iter().any(|(column, _)| column == at));
        match at {
            Some(at) => drop(mapping.insert((*field).to_owned(), at)),
            None if typed.is_empty() => drop(mapping.remove(*field)),
            None => faults.push(Fault::new(*field, say("文件中没有这一列，请填写columns中的at。"))),
        }
    }
    for (field, _, _) in
        run.kind.fields().iter().filter(|(field, _, required)| *required && !mapping.contains_key(*field))
    {
        if !faults.iter().any(|fault: &Fault| fault.field == *field) {
            faults.push(Fault::new(*field, say("请选择一项。")));
        }
    }
    if faults.is_empty() { Ok(mapping) } else { Err(faults) }
}

/// The faulty rows as a sheet, with what is wrong beside each.
async fn faults(Extract(app): Extract<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Fail> {
    caller.may("imports:read")?;
    let run = deeds::find(&app, &caller.signed.actor, &id).await?;
    let bytes = deeds::faults(&app, &run).await?;
    Ok(([(header::CONTENT_TYPE, work::XLSX)], bytes).into_response())
}
