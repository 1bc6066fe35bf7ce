//! Failures as pages: what happened, what to do next; a request id under what is ours to mend.

use super::page::Ui;
use super::problem;
use super::visitor::Visitor;
use crate::app::App;
use crate::fail::{Fail, Objection};
use crate::text::{Say, say};
use askama::Template;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Response as HttpResponse, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use std::any::Any;
use std::sync::{Arc, Mutex};
use tower_http::csrf::ProtectionError;

/// The failure on its way from the handler to [`dress`], which knows the visitor's language.
#[derive(Clone)]
struct Undressed(Arc<Mutex<Option<Fail>>>);

impl IntoResponse for Fail {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Undressed(Arc::new(Mutex::new(Some(self)))));
        response
    }
}

impl Fail {
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::SignIn => StatusCode::UNAUTHORIZED,
            Self::Faults(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Refused(_) | Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Bad(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Full => StatusCode::INSUFFICIENT_STORAGE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

#[derive(Template)]
#[template(path = "web/error.html")]
struct ErrorPage {
    ui: Ui,
    title: Say,
    text: Say,
    objections: Vec<Objection>,
    /// Shown where the fault is ours, so that it can be found in the log.
    request_id: Option<String>,
}

pub(super) async fn dress(State(_app): State<App>, visitor: Visitor, request: Request, next: Next) -> Response {
    // PostgreSQL keeps no NUL, and no address of ours has one; in forms it is dropped (web/form.rs).
    if visitor.path.contains("%00") {
        return page(not_understood(), StatusCode::BAD_REQUEST, &visitor);
    }
    let response = next.run(request).await;
    let Some(undressed) = response.extensions().get::<Undressed>().cloned() else {
        return plain_rejection(response, &visitor);
    };
    let fail = undressed.0.lock().ok().and_then(|mut held| held.take()).unwrap_or(Fail::NotFound);
    page(fail, response.status(), &visitor)
}

/// The page of a failure met before [`dress`] is reached: by the accounts' middleware.
pub fn answer(fail: Fail, visitor: &Visitor) -> Response {
    let status = fail.status();
    page(fail, status, visitor)
}

/// Rejections of axum itself (an id that is none, a body cut off) come as bare text; they get the same page.
fn plain_rejection(response: Response, visitor: &Visitor) -> Response {
    let is_text =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    match response.status() {
        StatusCode::PAYLOAD_TOO_LARGE if is_text => {
            page(Fail::TooLarge(say("表单内容过长，请缩短文字，或作为文件上传。")), response.status(), visitor)
        }
        status if status.is_client_error() && is_text => page(not_understood(), status, visitor),
        _ => response,
    }
}

fn not_understood() -> Fail {
    Fail::Bad(say("请求无法识别，请从页面上的按钮或链接进入。"))
}

fn page(fail: Fail, status: StatusCode, visitor: &Visitor) -> Response {
    if problem::is_wanted(visitor) {
        let status = if status == StatusCode::METHOD_NOT_ALLOWED { status } else { fail.status() };
        log(&fail, visitor);
        return problem::answer(&fail, status, visitor);
    }
    if matches!(fail, Fail::SignIn) && visitor.is_fragment {
        // A part of a page asks in the background: the sign-in page must not land inside it, but the person must be told.
        let ui = visitor.ui();
        let (said, link) = (ui.t("登录已失效，最近的修改没有保存。请在新窗口登录，再回到这里保存。"), ui.t("登录"));
        let told = format!(
            "<p id=\"signed-out\" class=\"warn\" role=\"alert\">{said} <a href=\"/sign-in\" target=\"_blank\" rel=\"noopener\">{link}</a></p>"
        );
        let headers = [("hx-retarget", "#signed-out"), ("hx-reswap", "outerHTML")];
        return (StatusCode::UNAUTHORIZED, headers, Html(told)).into_response();
    }
    if matches!(fail, Fail::SignIn) {
        let next = format!("/sign-in?next={}", path_escaped(&visitor.path));
        return Redirect::to(&next).into_response();
    }
    let status = if status == StatusCode::METHOD_NOT_ALLOWED { status } else { fail.status() };
    let wait = wait(&fail);
    let ours = log(&fail, visitor);
    let (title, text) = words(&fail);
    let objections = if let Fail::Refused(objections) = fail { objections } else { Vec::new() };
    let shown = ErrorPage { ui: visitor.ui(), title, text, objections, request_id: ours };
    let mut response = match shown.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    };
    if let Some(seconds) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Seconds until the next try makes sense.
pub(super) fn wait(fail: &Fail) -> Option<u64> {
    match fail {
        Fail::TooMany(seconds) => Some(*seconds),
        Fail::Busy => Some(2),
        _ => None,
    }
}

/// Writes into the log what is ours to mend; the request id by which it is found there.
fn log(fail: &Fail, visitor: &Visitor) -> Option<String> {
    let Fail::Internal(error) = fail else { return None };
    tracing::error!(request_id = %visitor.request_id, path = %path_only(&visitor.path), "{error:#}");
    Some(visitor.request_id.clone())
}

pub(super) fn words(fail: &Fail) -> (Say, Say) {
    match fail {
        Fail::NotFound => (say("未找到"), say("此页面不存在，或者不在您可以查看的范围内。请核对编号，或回到工作台。")),
        Fail::Forbidden(text) => (say("没有权限"), text.clone()),
        Fail::SignIn => (say("请先登录"), say("登录后即可继续。")),
        Fail::Faults(_) => (say("填写有误"), say("请更正所列各项后再提交。")),
        Fail::Refused(_) => (say("现在不能这样办理"), say("下列各项须先解决：")),
        Fail::Conflict(text) => (say("已有更新"), text.clone()),
        Fail::Bad(text) => (say("请求有误"), text.clone()),
        Fail::TooLarge(text) => (say("内容过大"), text.clone()),
        Fail::TooMany(seconds) => (say("请求过于频繁"), say("请在%{n}秒后再试。").with("n", seconds)),
        Fail::Busy => (say("系统繁忙"), say("另一项操作正在写入。您的操作没有执行，也没有丢失数据，请稍后重试。")),
        Fail::Full => {
            (say("磁盘已满"), say("服务器的磁盘已满，您的操作没有执行，已有数据完好。请通知系统管理员清理磁盘后重试。"))
        }
        Fail::Internal(_) => (
            say("系统出错"),
            say("您的操作没有执行，已有数据完好。请稍后重试；如仍出错，请把下面的编号告诉系统管理员。"),
        ),
    }
}

/// For the log: without the query, and without the token of a set-up link or the code of an opinion.
fn path_only(path: &str) -> &str {
    let path = path.split('?').next().unwrap_or_default();
    ["/set-up/", "/verify/", "/V/", "/v/", "/api/v1/verify/"]
        .into_iter()
        .find(|secret| path.starts_with(secret))
        .unwrap_or(path)
}

fn path_escaped(path: &str) -> String {
    path.bytes().fold(String::new(), |all, byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => all + &char::from(byte).to_string(),
        other => all + &format!("%{other:02X}"),
    })
}

/// The answer to a form sent from another site.
pub(super) fn cross_site(_: ProtectionError) -> HttpResponse<Body> {
    Fail::Forbidden(say("此请求来自其他网站，已被拒绝。请在本站页面上重新操作。")).into_response()
}

pub(super) fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let what =
        panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()));
    tracing::error!("panic in a handler: {}", what.unwrap_or_default());
    (StatusCode::INTERNAL_SERVER_ERROR, "系统出错，您的操作没有执行。 Something failed; nothing was changed.")
        .into_response()
}
