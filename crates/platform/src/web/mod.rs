//! The web: how a request becomes a page. Knows no feature; the list of features is in `lib.rs`.
//!
//! **Invariant:** every response passes the layers of [`dress`]: request id, headers, error pages.

pub mod assets;
pub mod described;
pub mod diff;
mod errors;
pub mod export;
pub mod form;
pub mod headers;
pub mod limits;
mod page;
mod problem;
mod visitor;

pub use errors::answer;
pub use form::{Form, Paging};
pub use page::{CaseTab, NavItem, Page, Ui, done, html};
pub use visitor::{LANGUAGE_COOKIE, RequestId, Signed, Visitor};

use crate::app::App;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderName, StatusCode, Uri};
use axum::middleware;
use axum::response::IntoResponse;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};

/// A form with all its texts; uploads have their own limit.
const FORM_MAX: usize = 2 << 20;
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Puts the layers around the features' routes. `recognise` is the accounts' middleware that tells who is asking; it is
/// handed in because `web` knows no feature.
pub fn dress(app: App, routes: Router<App>, recognise: impl FnOnce(Router<App>, App) -> Router<App>) -> Router {
    let routes = routes
        .merge(assets::routes())
        .fallback(nothing_here)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(FORM_MAX))
        .layer(CsrfLayer::new().with_rejection_response(errors::cross_site))
        .layer(middleware::from_fn_with_state(app.clone(), errors::dress));
    let routes = recognise(routes, app.clone());
    routes
        .layer(middleware::from_fn_with_state(app.clone(), visitor::arrive))
        .layer(middleware::from_fn(headers::secure))
        .layer(
            ServiceBuilder::new()
                .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
                .layer(PropagateRequestIdLayer::new(REQUEST_ID))
                .layer(CatchPanicLayer::custom(errors::panicked))
                .layer(CompressionLayer::new()),
        )
        .with_state(app)
}

async fn nothing_here(_: State<App>, _: Uri) -> impl IntoResponse {
    crate::fail::Fail::NotFound
}

async fn wrong_method() -> impl IntoResponse {
    (
        StatusCode::METHOD_NOT_ALLOWED,
        crate::fail::Fail::Bad(crate::text::say("此地址不接受这种请求。请从页面上的按钮或链接进入。")),
    )
}
