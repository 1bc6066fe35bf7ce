//! Failures for programs: RFC 9457 problem details, with every fault and every objection at once.

use super::errors::{wait, words};
use super::visitor::Visitor;
use crate::fail::Fail;
use crate::text::say;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value as Json, json};

/// Below this address programs ask, not people.
const PROGRAMS: &str = "/api/";

/// Whether the one who asks is a program.
pub(super) fn is_wanted(visitor: &Visitor) -> bool {
    visitor.path.starts_with(PROGRAMS)
}

/// The failure as `application/problem+json`, in the language that was asked for.
pub(super) fn answer(fail: &Fail, status: StatusCode, visitor: &Visitor) -> Response {
    let lang = visitor.lang;
    let (title, mut detail) = words(fail);
    if matches!(fail, Fail::SignIn) {
        detail = say("请在Authorization标头中给出有效的接口令牌：Bearer sjn_…");
    }
    let mut body = json!({
        "type": "about:blank",
        "title": lang.say(&title),
        "status": status.as_u16(),
        "detail": lang.say(&detail),
        "request_id": visitor.request_id,
    });
    match fail {
        Fail::Faults(faults) => {
            body["errors"] =
                faults.iter().map(|one| json!({ "field": one.field, "message": lang.say(&one.what) })).collect();
        }
        Fail::Refused(objections) => {
            body["objections"] = objections
                .iter()
                .map(|one| json!({ "what": lang.say(&one.what), "article": lang.t(one.article), "remedy": lang.say(&one.remedy) }))
                .collect::<Json>();
        }
        _ => {}
    }
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    let mut response = (status, kind, body.to_string()).into_response();
    if matches!(fail, Fail::SignIn) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"sijian\""));
    }
    if let Some(seconds) = wait(fail) {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
