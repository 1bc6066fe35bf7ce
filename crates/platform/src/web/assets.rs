//! Style, scripts and pictures, embedded at build time (read from the disk in a debug build).

use crate::app::App;
use crate::fail::Fail;
use axum::Router;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "assets/"]
#[include = "*.css"]
#[include = "*.js"]
#[include = "*.svg"]
#[exclude = "node_modules/*"]
struct Own;

#[derive(RustEmbed)]
#[folder = "assets/node_modules/htmx.org/dist/"]
#[include = "htmx.min.js"]
struct Packages;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/assets/{name}", get(file)).route("/favicon.ico", get(icon))
}

fn find(name: &str) -> Option<EmbeddedFile> {
    Own::get(name).or_else(|| Packages::get(name))
}

pub(super) fn address(name: &str) -> String {
    let hash = find(name).map(|file| hex::encode(&file.metadata.sha256_hash()[..6])).unwrap_or_default();
    format!("/assets/{name}?v={hash}")
}

async fn file(Path(name): Path<String>) -> Result<Response, Fail> {
    let file = find(&name).ok_or(Fail::NotFound)?;
    let kind = file.metadata.mimetype().to_owned();
    // The address carries the content's hash, so what it names never changes.
    let keep = if cfg!(debug_assertions) { "no-cache" } else { "public, max-age=31536000, immutable" };
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, keep.to_owned())], file.data).into_response())
}

async fn icon() -> Result<Response, Fail> {
    file(Path("sijian.svg".to_owned())).await
}
