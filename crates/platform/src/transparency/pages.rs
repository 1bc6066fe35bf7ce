//! The log's page, its files as the C2SP formats name them, and the proof of an opinion.
//!
//! **Invariant:** the public log is everybody's; of the audit log the public sees the checkpoint, and its files only those
//! who supervise or audit: how many events a day there are is nobody else's business.

use crate::actor::{Actor, Role};
use crate::app::App;
use crate::fail::Fail;
use crate::log::{self, Log, Signed as Published};
use crate::opinions;
use crate::text::say;
use crate::web::{Page, Signed, Ui, Visitor, html};
use anyhow::Context;
use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use ledger::{CommitmentKey, Directory, Enclosed, Proof, Reader, Tiles};
use serde::Deserialize;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/log", get(show))
        .route("/log/policy.txt", get(policy))
        .route("/log/public/{*path}", get(public_file))
        .route("/log/audit/checkpoint", get(audit_checkpoint))
        .route("/log/audit/tile/{*path}", get(audit_file))
        .route("/verify/{code}/proof", get(proof))
}

const AUDITORS: &[Role] = &[Role::Supervisor, Role::AuditAdministrator];

pub fn may_read(who: &Actor) -> bool {
    AUDITORS.iter().any(|role| who.is(*role))
}

#[derive(Template)]
#[template(path = "transparency/log.html")]
struct LogPage {
    ui: Ui,
    /// Name of the log, its key, its newest checkpoint.
    logs: Vec<(&'static str, String, Option<Published>)>,
    policy: String,
    witnesses: usize,
}

async fn show(State(app): State<App>, visitor: Visitor) -> Page {
    let keys = log::keys(&app).map_err(Fail::Internal)?;
    let mut conn = app.db.read().await?;
    let mut logs = Vec::new();
    for (log, name) in [(Log::Public, "公示日志"), (Log::Audit, "审计日志")] {
        logs.push((name, keys.verifier(log).to_string(), log::newest_checkpoint(&mut conn, log).await?));
    }
    let policy = policy_of(&app)?;
    html(&LogPage { ui: visitor.ui(), logs, policy, witnesses: app.config.witnesses.len() })
}

/// What a verifier believes: the public log, and the witnesses this installation has asked to watch it.
fn policy_of(app: &App) -> Result<String, Fail> {
    let keys = log::keys(app).map_err(Fail::Internal)?;
    Ok(log::policy(&keys, &app.config.witnesses))
}

async fn policy(State(app): State<App>) -> Result<Response, Fail> {
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], policy_of(&app)?).into_response())
}

async fn public_file(State(app): State<App>, Path(path): Path<String>) -> Result<Response, Fail> {
    file(&app, Log::Public, path).await
}

async fn audit_checkpoint(State(app): State<App>) -> Result<Response, Fail> {
    file(&app, Log::Audit, ledger::CHECKPOINT.to_owned()).await
}

async fn audit_file(State(app): State<App>, who: Signed, Path(path): Path<String>) -> Result<Response, Fail> {
    who.must_be(AUDITORS)?;
    file(&app, Log::Audit, format!("tile/{path}")).await
}

/// A published file: the checkpoint or a tile; whatever else lies in the folder is not there.
async fn file(app: &App, log: Log, path: String) -> Result<Response, Fail> {
    let is_checkpoint = path == ledger::CHECKPOINT;
    if !is_checkpoint && ledger::tiles::Tile::parse(&path).is_none() {
        return Err(Fail::NotFound);
    }
    let folder = log::folder(app, log);
    let read = move || Directory::new(folder).read(&path);
    let bytes = tokio::task::spawn_blocking(read).await.context("reading a log broke off")?.context("a log's file")?;
    let bytes = bytes.ok_or(Fail::NotFound)?;
    // A tile never changes; the checkpoint is another one a second later.
    let (kind, keep) = match is_checkpoint {
        true => ("text/plain; charset=utf-8", "no-cache"),
        false => ("application/octet-stream", "public, max-age=31536000, immutable"),
    };
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, keep)], bytes).into_response())
}

#[derive(Deserialize)]
struct Asked {
    /// `withdrawal`: of the letter that withdrew it; else of the opinion.
    #[serde(default)]
    of: String,
}

/// The proof of the opinion with this check code: entry, key, path, checkpoint. Lies beside the PDF and needs nobody.
async fn proof(
    State(app): State<App>,
    visitor: Visitor,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    app.limits.verify(visitor.ip)?;
    let code = opinions::normalised_code(&code);
    let mut conn = app.db.read().await?;
    let opinion = opinions::store::find_by_code(&mut conn, &code).await?.ok_or(Fail::NotFound)?;
    let case_id = opinions::store::case_of(&mut conn, &code).await?.ok_or(Fail::NotFound)?;
    let of_letter = asked.of == "withdrawal";
    if of_letter && opinions::store::withdrawal(&mut conn, &code).await?.is_none() {
        return Err(Fail::NotFound);
    }
    let table = if of_letter { "opinion_withdrawal" } else { "opinion" };
    let entry = log::entry_of(&mut conn, Log::Public, table, &case_id).await?.ok_or_else(soon)?;
    let published = log::newest_checkpoint(&mut conn, Log::Public).await?.ok_or_else(soon)?;
    drop(conn);
    if entry.position >= published.size {
        return Err(soon());
    }
    let text = made(&app, entry, published).await?;
    let suffix = if of_letter { "-withdrawal" } else { "" };
    let name: String =
        format!("{}{suffix}.tlog-proof", opinion.number).bytes().map(|byte| format!("%{byte:02X}")).collect();
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"opinion{suffix}.tlog-proof\"; filename*=UTF-8''{name}"),
        ),
    ];
    Ok((headers, text).into_response())
}

fn soon() -> Fail {
    Fail::refused(
        say("这份意见书还没有写入存证日志的检查点。"),
        "",
        say("签发后通常一秒内写入；请稍后重新打开此页。仍然没有的，请联系平台运行单位。"),
    )
}

async fn made(app: &App, entry: log::Entry, published: Published) -> Result<String, Fail> {
    let keys = log::keys(app).map_err(Fail::Internal)?;
    let (folder, verifier) = (log::folder(app, Log::Public), keys.verifier(Log::Public).clone());
    let make = move || -> anyhow::Result<String> {
        let head = ledger::Head::open(published.note.as_bytes(), &verifier)?;
        let files = Directory::new(folder);
        let mut reader = Reader::open(&files, head.checkpoint())?;
        let key = entry.secret.and_then(|secret| <[u8; 32]>::try_from(secret).ok()).map(CommitmentKey);
        let enclosed = Enclosed { key, leaf: entry.leaf };
        Ok(Proof::make(&mut reader, &head, u64::try_from(entry.position)?, Some(&enclosed))?.to_string())
    };
    tokio::task::spawn_blocking(make).await.context("making a proof broke off")?.map_err(Fail::Internal)
}
