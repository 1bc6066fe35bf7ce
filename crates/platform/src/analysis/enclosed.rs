//! Files that an institution encloses with its answer: added while it is asked, read by both sides, named in the dossier by hash.
//!
//! **Invariant:** a file comes before the answer or not at all, and none is taken away: what the bureau weighed stays.

use super::pages::OFFICERS;
use super::steps::LeadState;
use super::{asked, store};
use crate::app::App;
use crate::cases::attachments::shown_name;
use crate::db::{Conn, DbError, Row};
use crate::fail::Fail;
use crate::files::{self, Part, Served, Stored};
use crate::text::say;
use crate::values;
use crate::web::{Signed, done};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart, Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use jiff::Timestamp;

/// Files of one lead: a file of each case that is listed as evidence.
pub(super) const FILES_MAX: i64 = 20;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/asked/{id}/files", post(add).layer(DefaultBodyLimit::disable()))
        .route("/asked/{id}/files/{file}", get(own))
        .route("/analysis/leads/{id}/files/{file}", get(read))
}

#[derive(Clone, Debug)]
pub struct Enclosed {
    pub id: String,
    pub name: String,
    pub sha256: String,
    pub size: i64,
    pub added_by: String,
    pub added_at: Timestamp,
}

fn enclosed(row: &Row) -> Result<Enclosed, DbError> {
    Ok(Enclosed {
        id: row.get("id")?,
        name: row.get("name")?,
        sha256: row.get("sha256")?,
        size: row.get("size")?,
        added_by: row.get("added_by_name")?,
        added_at: row.get("added_at")?,
    })
}

/// All of a lead's, the oldest first.
///
/// # Errors
/// The database's.
pub(super) async fn list(conn: &mut Conn, lead_id: &str) -> Result<Vec<Enclosed>, DbError> {
    let sql = "select t.id, t.name, t.sha256, f.size, t.added_by_name, t.added_at from lead_file t
         join stored_file f on f.sha256 = t.sha256 where t.lead_id = $1 order by t.added_at, t.id";
    conn.all(sql, values![lead_id]).await?.iter().map(enclosed).collect()
}

/// Whether one more may come.
async fn room(conn: &mut Conn, id: &str, home: &str) -> Result<(), Fail> {
    let lead = store::find_asked(conn, id, home).await?;
    if lead.state != LeadState::Asked {
        return Err(Fail::refused(
            say("说明提交之后不能再添加文件。"),
            "",
            say("需要补充的，请联系监管人员再次询问。"),
        ));
    }
    if conn.count("select count(*) from lead_file where lead_id = $1", values![id]).await? >= FILES_MAX {
        return Err(Fail::TooLarge(say("最多%{n}个文件，请合并后再上传。").with("n", FILES_MAX)));
    }
    Ok(())
}

async fn add(
    State(app): State<App>,
    who: Signed,
    Path(id): Path<String>,
    mut form: Multipart,
) -> Result<Response, Fail> {
    let home = asked::home(&who)?;
    room(&mut app.db.read().await?, &id, &home).await?;
    let (name, stored) = app.files.uploaded(app.clock.now(), &mut form).await?;
    keep(&app, &who, (&id, &home), &name, &stored).await?;
    Ok(done(&format!("/asked/{id}"), "文件已添加。"))
}

async fn keep(app: &App, who: &Signed, (id, home): (&str, &str), name: &str, stored: &Stored) -> Result<(), Fail> {
    if stored.size == 0 {
        return Err(Fail::Bad(say("文件是空的，请选择一个有内容的文件。")));
    }
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    // It may have been answered while the bytes came in.
    room(&mut tx.conn, id, home).await?;
    files::record(&mut tx.conn, stored, tx.now).await?;
    let (file, now) = (tx.new_id(), tx.now);
    tx.conn
        .run(
            "insert into lead_file (id, lead_id, name, sha256, added_by, added_by_name, added_at) values ($1, $2, $3, $4, $5, $6, $7)",
            values![&file, id, shown_name(name), &stored.sha256, &who.actor.account_id, &who.actor.name, now],
        )
        .await?;
    tx.conn.commit().await?;
    Ok(())
}

/// The institution's own.
async fn own(
    State(app): State<App>,
    who: Signed,
    Path((id, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Fail> {
    let home = asked::home(&who)?;
    store::find_asked(&mut app.db.read().await?, &id, &home).await?;
    served(&app, &id, &file, &headers).await
}

async fn read(
    State(app): State<App>,
    who: Signed,
    Path((id, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Fail> {
    who.must_be(OFFICERS)?;
    served(&app, &id, &file, &headers).await
}

async fn served(app: &App, id: &str, file: &str, headers: &HeaderMap) -> Result<Response, Fail> {
    let all = list(&mut app.db.read().await?, id).await?;
    let one = all.into_iter().find(|one| one.id == file).ok_or(Fail::NotFound)?;
    let size = u64::try_from(one.size).unwrap_or_default();
    let part = Part::of(headers, &one.sha256, size);
    // Bytes to be saved: what an institution sends is opened by nobody's browser on this platform's page.
    Served { sha256: &one.sha256, size, media_type: "application/octet-stream", name: &one.name }
        .answer(&app.files, part)
        .await
}
