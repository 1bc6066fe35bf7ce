//! The archive: volumes, their export, holds and filing.

use super::caller::Caller;
use super::input::{self, Window, query};
use super::once::{Key, commit_made};
use super::shapes;
use super::writing::once;
use crate::access_log;
use crate::app::App;
use crate::archive::{self, Package};
use crate::fail::{Fail, Fault};
use crate::perform::Tx;
use crate::text::say;
use crate::web::Form;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State as Extract};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

type Pairs = Query<Vec<(String, String)>>;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/api/v1/volumes", get(volumes))
        .route("/api/v1/cases/{id}/volume", get(volume))
        .route("/api/v1/cases/{id}/volume.pdf", get(volume_pdf))
        .route("/api/v1/cases/{id}/volume.zip", get(volume_zip))
        .route("/api/v1/cases/{id}/volume/hold", post(hold))
        .route("/api/v1/cases/{id}/volume/filing", post(file))
}

async fn volumes(Extract(app): Extract<App>, caller: Caller, Query(pairs): Pairs) -> Result<Response, Fail> {
    caller.may("archive:read")?;
    caller.signed.must_be(archive::KEEPERS)?;
    let asked = query(pairs);
    let window = Window::of(&asked)?;
    let is_filed = match asked.text("show") {
        "" | "open" => false,
        "filed" => true,
        _ => return Err(Fail::Faults(vec![Fault::new("show", say("请选择一项。"))])),
    };
    let visitor = &caller.signed.visitor;
    let mut conn = app.db.read().await?;
    let (offset, rows) = (window.offset(), window.per_page);
    let (lines, total) = archive::list(&mut conn, &caller.signed.actor, is_filed, offset, rows).await?;
    let items = lines.into_iter().map(|line| shapes::volume_line(visitor.lang, &archive::dated(&app, line)));
    Ok(shapes::page(&visitor.path, window, total, items.collect()))
}

async fn volume(Extract(app): Extract<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Fail> {
    caller.may("archive:read")?;
    let who = &caller.signed;
    let mut conn = app.db.read().await?;
    let loaded = archive::load(&mut conn, &who.actor, &id, who.visitor.today).await?;
    drop(conn);
    access_log::write(&app, who, &id, access_log::What::Volume, "", "").await?;
    Ok(axum::Json(shapes::volume(who.visitor.lang, &loaded, archive::days(&app, &loaded))).into_response())
}

async fn volume_pdf(
    Extract(app): Extract<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(pairs): Pairs,
) -> Result<Response, Fail> {
    packaged(&app, &caller, &id, &query(pairs), Package::Pdf).await
}

async fn volume_zip(
    Extract(app): Extract<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(pairs): Pairs,
) -> Result<Response, Fail> {
    packaged(&app, &caller, &id, &query(pairs), Package::Zip).await
}

async fn packaged(app: &App, caller: &Caller, id: &str, asked: &Form, package: Package) -> Result<Response, Fail> {
    caller.may("archive:read")?;
    archive::package(app, &caller.signed, id, asked, package).await?.map_err(Fail::Faults)
}

async fn hold(
    Extract(app): Extract<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Fail> {
    caller.may("archive:write")?;
    let form = input::form(&body)?;
    let key = Key::of(&caller, &headers, &body)?;
    let act = async {
        let (tx, _) = archive::hold(&app, &caller.signed, &id, &form).await?.map_err(Fail::Faults)?;
        shown(&app, &caller, &id, key.as_ref(), tx).await
    };
    once(&app, key.as_ref(), act).await
}

async fn file(
    Extract(app): Extract<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Fail> {
    caller.may("archive:write")?;
    let form = input::form(&body)?;
    let key = Key::of(&caller, &headers, &body)?;
    let act = async {
        let tx = archive::file(&app, &caller.signed, &id, &form).await?.map_err(Fail::Faults)?;
        shown(&app, &caller, &id, key.as_ref(), tx).await
    };
    once(&app, key.as_ref(), act).await
}

/// Commits, and answers the volume as it stands then.
async fn shown(app: &App, caller: &Caller, id: &str, key: Option<&Key>, mut tx: Tx) -> Result<Response, Fail> {
    let visitor = &caller.signed.visitor;
    let loaded = archive::load(&mut tx.conn, &caller.signed.actor, id, visitor.today).await?;
    let body = shapes::volume(visitor.lang, &loaded, archive::days(app, &loaded));
    commit_made(key, tx, &body).await
}
