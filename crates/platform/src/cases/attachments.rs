//! Files beside a case: streamed in and out, kept by content, shown by the name their owner gave them.

use super::Scope;
use super::facts::Record;
use super::steps::State;
use super::store;
use crate::access_log;
use crate::actor::RoleKind;
use crate::app::App;
use crate::db::{Conn, DbError, Row};
use crate::fail::Fail;
use crate::files::{self, Part, Served, Stored};
use crate::perform::Tx;
use crate::text::say;
use crate::values;
use crate::web::{Signed, done};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart, Path, State as Extract};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use jiff::Timestamp;

/// Files of one case; an hour of video a day for a year stays below.
const FILES_MAX: i64 = 500;
/// Characters of a file's shown name.
const NAME_MAX: usize = 120;
/// Kinds a browser may be told; everything else is bytes to be saved.
const TOLD_KINDS: [&str; 6] = ["application/pdf", "image/jpeg", "image/png", "video/mp4", "audio/mpeg", "text/plain"];

pub fn routes() -> Router<App> {
    Router::new()
        .route("/cases/{id}/files", post(add).layer(DefaultBodyLimit::disable()))
        .route("/cases/{id}/files/{file}", get(download))
}

#[derive(Clone, Debug)]
pub struct Attachment {
    pub id: String,
    pub name: String,
    pub sha256: String,
    pub size: i64,
    pub media_type: String,
    pub added_by: String,
    pub added_at: Timestamp,
}

const COLUMNS: &str =
    "select t.id, t.name, t.sha256, f.size, f.media_type, coalesce(a.name, '') as added_by, t.added_at
     from attachment t join stored_file f on f.sha256 = t.sha256 left join account a on a.id = t.added_by";

fn read(row: &Row) -> Result<Attachment, DbError> {
    Ok(Attachment {
        id: row.get("id")?,
        name: row.get("name")?,
        sha256: row.get("sha256")?,
        size: row.get("size")?,
        media_type: row.get("media_type")?,
        added_by: row.get("added_by")?,
        added_at: row.get("added_at")?,
    })
}

/// The case's files, oldest first.
pub async fn list(conn: &mut Conn, case_id: &str) -> Result<Vec<Attachment>, DbError> {
    let rows =
        conn.all(format!("{COLUMNS} where t.subject_id = $1 order by t.added_at, t.id"), values![case_id]).await?;
    rows.iter().map(read).collect()
}

/// Whether files may still be added: by those who work on the case, until it is closed.
pub fn may_add(case: &Record, actor: &crate::actor::Actor) -> bool {
    let closed = [State::Archived, State::Declined, State::Terminated, State::Withdrawn].contains(&case.state);
    !closed && (actor.has(RoleKind::Client) || actor.has(RoleKind::Institution))
}

async fn add(
    Extract(app): Extract<App>,
    who: Signed,
    Path(id): Path<String>,
    mut form: Multipart,
) -> Result<Response, Fail> {
    room_for_one(&app, &who, &id).await?;
    let (name, stored) = app.files.uploaded(app.clock.now(), &mut form).await?;
    let (tx, ..) = keep(&app, &who, &id, &name, &stored).await?;
    tx.conn.commit().await?;
    Ok(done(&format!("/cases/{id}"), "文件已上传。"))
}

/// Whether one more file may come, before its bytes are read.
///
/// # Errors
/// The case is not in sight, is closed, or has as many files as one case may have.
pub async fn room_for_one(app: &App, who: &Signed, id: &str) -> Result<(), Fail> {
    // Nothing may hold a connection while a slow client sends two gigabytes: it ends with this function.
    let mut conn = app.db.read().await?;
    let case = store::find(&mut conn, &Scope::of(&who.actor)?, id).await?;
    let many = conn.count("select count(*) from attachment where subject_id = $1", values![id]).await?;
    if !may_add(&case, &who.actor) {
        return Err(closed());
    }
    if many >= FILES_MAX {
        return Err(Fail::TooLarge(say("此案已有%{n}个文件，请合并后再上传。").with("n", many)));
    }
    Ok(())
}

/// Puts a stored file beside the case: the transaction, still open, the file's id, and the name it is kept under.
///
/// # Errors
/// An empty file; as [`room_for_one`].
pub async fn keep(
    app: &App,
    who: &Signed,
    id: &str,
    name: &str,
    stored: &Stored,
) -> Result<(Tx, String, String), Fail> {
    if stored.size == 0 {
        return Err(Fail::Bad(say("文件是空的，请选择一个有内容的文件。")));
    }
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    // The case may have been closed while the bytes came in.
    let case = store::find(&mut tx.conn, &Scope::of(&who.actor)?, id).await?;
    if !may_add(&case, &who.actor) {
        return Err(closed());
    }
    files::record(&mut tx.conn, stored, tx.now).await?;
    let (file, name, now) = (tx.new_id(), shown_name(name), tx.now);
    tx.conn
        .run(
            "insert into attachment (id, procedure_name, subject_id, name, sha256, added_by, added_at) values ($1, 'case', $2, $3, $4, $5, $6)",
            values![&file, id, &name, &stored.sha256, &who.actor.account_id, now],
        )
        .await?;
    Ok((tx, file, name))
}

fn closed() -> Fail {
    Fail::refused(say("此案不能再添加文件。"), "", say("案件办结之后的文件，请交档案管理员。"))
}

/// The last part of whatever path the browser sent, without control signs; never used as a path here.
pub fn shown_name(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control()).take(NAME_MAX).collect();
    if name.trim().is_empty() { "file".into() } else { name }
}

/// The bytes of a file of a case in scope.
pub async fn download(
    Extract(app): Extract<App>,
    who: Signed,
    Path((id, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Fail> {
    let mut conn = app.db.read().await?;
    let is_closed = store::find(&mut conn, &Scope::of(&who.actor)?, &id).await?.state.is_closed();
    let row = conn.first(format!("{COLUMNS} where t.subject_id = $1 and t.id = $2"), values![&id, &file]).await?;
    let one = read(&row.ok_or(Fail::NotFound)?)?;
    drop(conn);
    let size = u64::try_from(one.size).unwrap_or_default();
    let part = Part::of(&headers, &one.sha256, size);
    if is_closed {
        logged(&app, &who, &id, (&one.name, &one.sha256), &part).await?;
    }
    let kind = if TOLD_KINDS.contains(&one.media_type.as_str()) {
        one.media_type.as_str()
    } else {
        "application/octet-stream"
    };
    Served { sha256: &one.sha256, size, media_type: kind, name: &one.name }.answer(&app.files, part).await
}

/// Digits of a file's hash that stand in the log beside its name: two files of one name are two readings.
const HASH_SHOWN: usize = 12;

/// Writes down that a file of a closed case, or a part of it, is read.
pub(super) async fn logged(
    app: &App,
    who: &Signed,
    case_id: &str,
    (name, sha256): (&str, &str),
    part: &Part,
) -> Result<(), Fail> {
    let file = format!("{name} · {}", sha256.get(..HASH_SHOWN).unwrap_or(sha256));
    match part {
        part if part.has_beginning() => access_log::write(app, who, case_id, access_log::What::File, &file, "").await,
        Part::Beyond => Ok(()),
        _ => access_log::go_on(app, who, case_id, access_log::What::File, &file).await,
    }
}

#[cfg(test)]
mod tests {
    use super::shown_name;

    #[test]
    fn a_name_is_only_a_name() {
        assert_eq!(shown_name("../../etc/passwd"), "passwd");
        assert_eq!(shown_name("C:\\病历\\首页.jpg"), "首页.jpg");
        assert_eq!(shown_name("a\r\nSet-Cookie: x"), "aSet-Cookie: x");
        assert_eq!(shown_name("  "), "file");
    }
}
