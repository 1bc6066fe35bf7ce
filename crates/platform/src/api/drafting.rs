//! The draft of an opinion: its versions, what the check finds, what reviewers remark, how it would be printed.

use super::caller::Caller;
use super::once::{Key, commit_made};
use super::writing::once;
use super::{input, shapes};
use crate::app::App;
use crate::cases;
use crate::fail::Fail;
use crate::opinions;
use crate::perform::Tx;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State as Extract};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value as Json, json};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/api/v1/cases/{id}/draft", get(draft).post(write_draft))
        .route("/api/v1/cases/{id}/draft.pdf", get(preview))
        .route("/api/v1/cases/{id}/draft/findings", get(findings))
        .route("/api/v1/cases/{id}/draft/comments", get(comments).post(comment))
        .route("/api/v1/cases/{id}/draft/comments/{comment}", post(reply))
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

async fn preview(Extract(app): Extract<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Fail> {
    caller.may("cases:read")?;
    opinions::preview(Extract(app), caller.signed, Path(id)).await
}

/// What the opinion check (意见书质检) finds in the newest draft.
async fn findings(Extract(app): Extract<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Fail> {
    caller.may("cases:read")?;
    let (_, version, found) = opinions::findings(&app, &caller.signed, &id).await?;
    let version = version.ok_or(Fail::NotFound)?;
    let lang = caller.signed.visitor.lang;
    let one = |one: &lint::Finding| {
        let (rule, (before, passage, after)) = (one.rule.rule(), &one.excerpt);
        json!({
            "draft_version": version, "severity": one.severity.word(), "part": lang.t(one.part.title()),
            "rule": lang.t(rule.title), "article": lang.t(rule.basis), "message": lang.say(&cases::lint::said(one)),
            "remedy": lang.t(rule.remedy), "before": before, "passage": passage, "after": after,
        })
    };
    Ok(shapes::whole(found.iter().map(one).collect()))
}

fn told(one: &opinions::Comment) -> Json {
    let replies: Vec<Json> = one
        .replies
        .iter()
        .map(|reply| {
            json!({ "kind": reply.kind, "body": reply.body, "author_name": reply.author_name, "written_at": reply.written_at })
        })
        .collect();
    json!({
        "id": one.id, "version": one.version, "part": one.part, "quote": one.quote, "weight": one.weight, "body": one.body,
        "author_name": one.author_name, "written_at": one.written_at, "is_open": one.is_open(), "replies": replies,
    })
}

async fn comments(Extract(app): Extract<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Fail> {
    caller.may("cases:read")?;
    // In scope first; clients never see what is remarked.
    opinions::load_draft(&app, &caller.signed, &id).await?;
    let all = opinions::comments(&mut app.db.read().await?, &id).await?;
    Ok(shapes::whole(all.iter().map(told).collect()))
}

async fn comment(
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
        let tx = opinions::comment_on(&app, &caller.signed, &id, &form).await?;
        all_of(tx, &id, key.as_ref()).await
    };
    once(&app, key.as_ref(), act).await
}

async fn reply(
    Extract(app): Extract<App>,
    caller: Caller,
    Path((id, comment)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Fail> {
    caller.may("cases:write")?;
    let form = input::form(&body)?;
    let key = Key::of(&caller, &headers, &body)?;
    let act = async {
        let tx = opinions::reply_to(&app, &caller.signed, &id, &comment, &form).await?;
        all_of(tx, &id, key.as_ref()).await
    };
    once(&app, key.as_ref(), act).await
}

/// Commits, and answers every comment as it stands then.
async fn all_of(mut tx: Tx, id: &str, key: Option<&Key>) -> Result<Response, Fail> {
    let items: Vec<Json> = opinions::comments(&mut tx.conn, id).await?.iter().map(told).collect();
    commit_made(key, tx, &json!({ "total": items.len(), "items": items })).await
}
