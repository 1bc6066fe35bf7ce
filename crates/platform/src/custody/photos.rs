//! Photographs of a material: taken with the telephone at the label, kept as files by content.
//!
//! **Invariant:** what is kept is a picture by its bytes; a file whose name says another kind is refused.

use super::pages::normalised;
use super::rules::is_of_the_house;
use super::store::{self, Material};
use crate::app::App;
use crate::db::{Conn, DbError};
use crate::fail::Fail;
use crate::files::{self, Stored};
use crate::perform::Tx;
use crate::text::say;
use crate::values;
use crate::web::{Signed, done};
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Multipart, Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jiff::Timestamp;

/// Photographs of one material: each side at each hand-over stays below.
const PHOTOS_MAX: i64 = 60;
/// Bytes of one upload: the largest a telephone makes, with room.
pub const PHOTO_BYTES: usize = 30 << 20;
/// Characters of a shown name.
const NAME_MAX: usize = 120;
/// Kinds by content, with the endings their names may have.
const KINDS: [(&str, &[&str]); 3] =
    [("image/jpeg", &["jpg", "jpeg"]), ("image/png", &["png"]), ("image/webp", &["webp"])];
/// The procedure under which the files of materials are kept.
const PROCEDURE: &str = "material";

pub fn routes() -> Router<App> {
    Router::new()
        .route("/m/{code}/files", post(add).layer(DefaultBodyLimit::max(PHOTO_BYTES)))
        .route("/m/{code}/files/{file}", get(show))
}

#[derive(Clone, Debug)]
pub struct Photo {
    pub id: String,
    pub name: String,
    pub sha256: String,
    pub added_by: String,
    pub added_at: Timestamp,
}

impl Photo {
    /// Enough of its SHA-256 to be held against a copy by eye.
    pub fn short_hash(&self) -> &str {
        self.sha256.get(..16).unwrap_or_default()
    }
}

/// The material's photographs, oldest first.
pub async fn list(conn: &mut Conn, material_id: &str) -> Result<Vec<Photo>, DbError> {
    let rows = conn
        .all(
            "select t.id, t.name, t.sha256, coalesce(a.name, '') as added_by, t.added_at
             from attachment t left join account a on a.id = t.added_by
             where t.subject_id = $1 and t.procedure_name = $2 order by t.added_at, t.id",
            values![material_id, PROCEDURE],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Photo {
                id: row.get("id")?,
                name: row.get("name")?,
                sha256: row.get("sha256")?,
                added_by: row.get("added_by")?,
                added_at: row.get("added_at")?,
            })
        })
        .collect()
}

/// Whether content and name agree on a picture. A name without an ending says nothing.
fn is_photo(media_type: &str, name: &str) -> bool {
    let Some((_, endings)) = KINDS.iter().find(|(kind, _)| *kind == media_type) else { return false };
    match name.rsplit_once('.') {
        Some((_, ending)) => endings.contains(&ending.to_ascii_lowercase().as_str()),
        None => true,
    }
}

async fn add(
    State(app): State<App>,
    who: Signed,
    Path(code): Path<String>,
    mut form: Multipart,
) -> Result<Response, Fail> {
    let material = room(&app, &who, &code).await?;
    let bad = |_| Fail::Bad(say("照片没有传完，或者超过30MB，请重新拍摄或者缩小后上传。"));
    while let Some(field) = form.next_field().await.map_err(bad)? {
        if field.name() != Some("file") {
            continue;
        }
        let name = field.file_name().unwrap_or_default().to_owned();
        let stored = app.files.receive(app.clock.now(), field).await?;
        let (tx, _) = keep(&app, &who, &material, &name, &stored).await?;
        tx.conn.commit().await?;
        return Ok(done(&format!("/m/{}", material.code), "照片已添加。"));
    }
    Err(Fail::Bad(say("没有选择照片，请选择后再上传。")))
}

/// The material, if this person may add another photograph of it; asked before bytes are read.
///
/// # Errors
/// A material out of scope, one that has enough, who is not of the house.
pub async fn room(app: &App, who: &Signed, code: &str) -> Result<Material, Fail> {
    // Nothing may hold a connection while a slow telephone sends: it ends with this function.
    let mut conn = app.db.read().await?;
    let material = store::find(&mut conn, &store::scope_of(&who.actor)?, &normalised(code)).await?;
    let sql = "select count(*) from attachment where subject_id = $1 and procedure_name = $2";
    let many = conn.count(sql, values![&material.id, PROCEDURE]).await?;
    if !is_of_the_house(&material, &who.actor) {
        return Err(Fail::refused(
            say("照片由鉴定机构的人员添加。"),
            super::T22,
            say("如对材料有疑问，请联系受理此案的鉴定机构。"),
        ));
    }
    if many >= PHOTOS_MAX {
        return Err(Fail::TooLarge(
            say("此材料已有%{n}张照片，不能再添加。请把其余照片作为案件文件上传。").with("n", many),
        ));
    }
    Ok(material)
}

/// Puts a stored photograph beside its material: its id. The caller commits.
///
/// # Errors
/// What is no photograph, or says another kind in its name.
pub async fn keep(
    app: &App,
    who: &Signed,
    material: &Material,
    name: &str,
    stored: &Stored,
) -> Result<(Tx, String), Fail> {
    let name = shown_name(name);
    if !is_photo(&stored.media_type, &name) {
        return Err(Fail::Bad(
            say("“%{name}”的内容不是照片，或者与扩展名不符。请上传JPEG、PNG或者WebP照片。").with("name", &name),
        ));
    }
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    files::record(&mut tx.conn, stored, tx.now).await?;
    let (file, now) = (tx.new_id(), tx.now);
    tx.conn
        .run(
            "insert into attachment (id, procedure_name, subject_id, name, sha256, added_by, added_at) values ($1, $2, $3, $4, $5, $6, $7)",
            values![&file, PROCEDURE, &material.id, name, &stored.sha256, &who.actor.account_id, now],
        )
        .await?;
    Ok((tx, file))
}

/// The last part of whatever path the browser sent, without control signs; never used as a path here.
fn shown_name(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|sign| !sign.is_control()).take(NAME_MAX).collect();
    if name.trim().is_empty() { "photo".into() } else { name }
}

pub async fn show(
    State(app): State<App>,
    who: Signed,
    Path((code, file)): Path<(String, String)>,
) -> Result<Response, Fail> {
    let mut conn = app.db.read().await?;
    let material = store::find(&mut conn, &store::scope_of(&who.actor)?, &normalised(&code)).await?;
    let row = conn
        .first(
            "select t.sha256, f.media_type from attachment t join stored_file f on f.sha256 = t.sha256
             where t.subject_id = $1 and t.procedure_name = $2 and t.id = $3",
            values![&material.id, PROCEDURE, &file],
        )
        .await?
        .ok_or(Fail::NotFound)?;
    let (sha256, media_type): (String, String) = (row.get("sha256")?, row.get("media_type")?);
    drop(conn);
    let content = app.files.content(&sha256).await?;
    let headers = [
        (header::CONTENT_TYPE, media_type),
        // Even opened in place, what somebody uploaded may run nothing.
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
    ];
    Ok((headers, Body::from_stream(content)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_photograph_is_one_by_its_bytes_and_its_name() {
        for (media_type, name, yes, why) in [
            ("image/jpeg", "a.JPG", true, "as a telephone names it"),
            ("image/png", "a", true, "a name that says nothing"),
            ("image/png", "a.jpg", false, "the name lies"),
            ("application/pdf", "a.jpg", false, "no picture at all"),
            ("text/plain", "a.png", false, "a text that calls itself one"),
            ("image/svg+xml", "a.svg", false, "a drawing that may run scripts"),
        ] {
            assert_eq!(is_photo(media_type, name), yes, "{why}");
        }
    }
}
