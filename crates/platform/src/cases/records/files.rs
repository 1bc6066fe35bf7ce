//! Photos, audio, video and documents of a record: what a file is, its content says; its name must agree.
//!
//! **Invariant:** a file under a name that lies is refused whole, and what is kept may run nothing in a browser.

use super::store;
use crate::app::App;
use crate::cases::Scope;
use crate::cases::attachments::logged;
use crate::cases::store as cases;
use crate::db::{Conn, DbError, Row};
use crate::fail::Fail;
use crate::files::{Part, Served, Stored};
use crate::perform::Tx;
use crate::text::{Say, say};
use crate::values;
use crate::web::{Signed, done};
use axum::extract::{Multipart, Path, State as Extract};
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::Timestamp;

/// Files of one record; a series of photographs of one examination stays below.
const FILES_MAX: i64 = 200;
/// Characters of a file's shown name, and of the note beside it.
const NAME_MAX: usize = 120;

/// The families of files that a record may hold: endings of names, beginnings of media types.
const FAMILIES: [(&str, &[&str], &[&str]); 5] = [
    ("照片", &["jpg", "jpeg", "png", "webp", "heic", "tif", "tiff", "bmp", "gif"], &["image/"]),
    ("录音", &["mp3", "m4a", "wav", "amr", "ogg", "flac", "aac"], &["audio/", "video/mp4", "application/ogg"]),
    ("录像", &["mp4", "mov", "avi", "mkv", "webm", "wmv", "m4v"], &["video/"]),
    ("PDF文件", &["pdf"], &["application/pdf"]),
    ("文本文件", &["txt", "csv"], &["text/plain"]),
];

/// How a browser plays a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Player {
    Sound,
    Film,
}

#[derive(Clone, Debug)]
pub struct RecordFile {
    pub id: String,
    pub record_id: String,
    pub name: String,
    pub sha256: String,
    pub size: i64,
    pub media_type: String,
    pub note: String,
    pub added_by: String,
    pub added_at: Timestamp,
}

impl RecordFile {
    /// A browser can show it in place.
    pub fn is_picture(&self) -> bool {
        ["image/jpeg", "image/png", "image/webp", "image/gif"].contains(&self.media_type.as_str())
    }

    /// A browser can play it in place, as sound or as a film. What else is recorded is taken as a file.
    pub fn player(&self) -> Option<Player> {
        const SOUNDS: [&str; 12] = [
            "audio/mpeg",
            "audio/mp4",
            "audio/m4a",
            "audio/x-m4a",
            "audio/aac",
            "audio/ogg",
            "audio/opus",
            "audio/wav",
            "audio/x-wav",
            "audio/flac",
            "audio/x-flac",
            "application/ogg",
        ];
        const FILMS: [&str; 5] = ["video/mp4", "video/webm", "video/ogg", "video/x-m4v", "video/quicktime"];
        let ending = self.name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
        let kind = self.media_type.as_str();
        // An m4a is a film's container without a film.
        let is_sound = SOUNDS.contains(&kind) || FAMILIES[1].1.contains(&ending.as_str()) && FILMS.contains(&kind);
        match is_sound {
            true => Some(Player::Sound),
            false if FILMS.contains(&kind) => Some(Player::Film),
            false => None,
        }
    }

    /// What it is, as a translator key.
    pub fn family(&self) -> &'static str {
        let fits = |kinds: &&[&str]| kinds.iter().any(|kind| self.media_type.starts_with(kind));
        FAMILIES.iter().rev().find(|(_, _, kinds)| fits(kinds)).map_or("文件", |(name, _, _)| name)
    }

    pub fn size_text(&self) -> String {
        match self.size {
            size if size >= 1 << 20 => format!("{:.1} MB", size as f64 / 1_048_576.0),
            size => format!("{} kB", (size + 1023) / 1024),
        }
    }
}

const COLUMNS: &str =
    "f.id, f.record_id, f.name, f.sha256, s.size, f.media_type, f.note, coalesce(a.name, '') as added_by, f.added_at
     from examination_record_file f join examination_record r on r.id = f.record_id
     join stored_file s on s.sha256 = f.sha256 left join account a on a.id = f.added_by";

fn read(row: &Row) -> Result<RecordFile, DbError> {
    Ok(RecordFile {
        id: row.get("id")?,
        record_id: row.get("record_id")?,
        name: row.get("name")?,
        sha256: row.get("sha256")?,
        size: row.get("size")?,
        media_type: row.get("media_type")?,
        note: row.get("note")?,
        added_by: row.get("added_by")?,
        added_at: row.get("added_at")?,
    })
}

/// The files of all records of a case, the oldest first.
pub async fn of_case(conn: &mut Conn, case_id: &str) -> Result<Vec<RecordFile>, DbError> {
    let rows =
        conn.all(format!("select {COLUMNS} where r.case_id = $1 order by f.added_at, f.id"), values![case_id]).await?;
    rows.iter().map(read).collect()
}

/// Why a file of this name and content is not taken.
fn refusal(name: &str, media_type: &str) -> Option<Say> {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    match FAMILIES.iter().find(|(_, endings, _)| endings.contains(&ending.as_str())) {
        None => Some(
            say("“%{name}”不是可以存入鉴定记录的文件。请上传照片、录音、录像、PDF或者文本文件；其他文件请在案件页面上传。")
                .with("name", name),
        ),
        Some((_, _, kinds)) if kinds.iter().any(|kind| media_type.starts_with(kind)) => None,
        Some((family, _, _)) => Some(
            say("“%{name}”的名称说它是%{family}，但内容是%{found}。文件没有保存；请用原始文件重新上传。")
                .with("name", name)
                .word("family", family)
                .with("found", media_type),
        ),
    }
}

pub(super) async fn add(
    Extract(app): Extract<App>,
    who: Signed,
    Path((id, record)): Path<(String, String)>,
    mut form: Multipart,
) -> Result<Response, Fail> {
    let many = room(&app, &who, &id, &record).await?;
    let bad = |_| Fail::Bad(say("文件没有传完，请重新上传。"));
    let (mut note, mut taken) = (String::new(), Vec::new());
    while let Some(field) = form.next_field().await.map_err(bad)? {
        match field.name() {
            Some("note") => note = field.text().await.map_err(bad)?,
            Some("file") => {
                let name = field.file_name().unwrap_or_default().to_owned();
                has_room(many + i64::try_from(taken.len()).unwrap_or(i64::MAX))?;
                let stored = app.files.receive(app.clock.now(), field).await?;
                taken.push((checked(&name, &stored)?, stored));
            }
            _ => {}
        }
    }
    let (tx, _) = keep(&app, &who, (&id, &record), &note, &taken).await?;
    tx.conn.commit().await?;
    Ok(done(&format!("/cases/{id}/records/{record}"), "文件已上传。"))
}

fn has_room(many: i64) -> Result<(), Fail> {
    if many < FILES_MAX {
        return Ok(());
    }
    Err(Fail::TooLarge(say("这份记录已有%{n}个文件，请另建一份记录。").with("n", FILES_MAX)))
}

/// How many files the record has, if this person may add another; asked before bytes are read.
///
/// # Errors
/// A record out of scope, who may not write it, one that is full.
pub async fn room(app: &App, who: &Signed, id: &str, record: &str) -> Result<i64, Fail> {
    let (facts, _) = super::saving::load(app, who, id).await?;
    // Nothing may hold a connection while a slow client sends two gigabytes: it ends with this function.
    let mut conn = app.db.read().await?;
    store::find(&mut conn, id, record).await?;
    let sql = "select count(*) from examination_record_file where record_id = $1";
    let many = conn.count(sql, values![record]).await?;
    drop(conn);
    super::saving::must_write(&facts, &who.actor)?;
    has_room(many)?;
    Ok(many)
}

/// The name it is kept under.
///
/// # Errors
/// An empty file, a name that lies.
pub fn checked(name: &str, stored: &Stored) -> Result<String, Fail> {
    let name = crate::cases::attachments::shown_name(name);
    if stored.size == 0 {
        return Err(Fail::Bad(say("文件是空的，请选择一个有内容的文件。")));
    }
    match refusal(&name, &stored.media_type) {
        Some(said) => Err(Fail::Bad(said)),
        None => Ok(name),
    }
}

/// Puts stored files, whose names were [`checked`], beside the record: their ids. The caller commits.
///
/// # Errors
/// None was sent; the case moved on while they came in.
pub async fn keep(
    app: &App,
    who: &Signed,
    (id, record): (&str, &str),
    note: &str,
    taken: &[(String, Stored)],
) -> Result<(Tx, Vec<String>), Fail> {
    if taken.is_empty() {
        return Err(Fail::Bad(say("没有选择文件，请选择后再上传。")));
    }
    let note: String = note.chars().filter(|c| !c.is_control()).take(NAME_MAX).collect();
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    let today = tx.today();
    let now = cases::facts(&mut tx.conn, &Scope::of(&who.actor)?, id, today).await?;
    super::saving::must_write(&now, &who.actor)?;
    let mut ids = Vec::new();
    for (name, stored) in taken {
        crate::files::record(&mut tx.conn, stored, tx.now).await?;
        let (file, now) = (tx.new_id(), tx.now);
        tx.conn
            .run(
                "insert into examination_record_file (id, record_id, name, sha256, media_type, note, added_by, added_at)
                 values ($1, $2, $3, $4, $5, $6, $7, $8)",
                values![&file, record, name, &stored.sha256, &stored.media_type, note.trim(), &who.actor.account_id, now],
            )
            .await?;
        ids.push(file);
    }
    Ok((tx, ids))
}

pub async fn download(
    Extract(app): Extract<App>,
    who: Signed,
    Path((id, record, item)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Fail> {
    let (facts, _) = super::saving::load(&app, &who, &id).await?;
    let mut conn = app.db.read().await?;
    let sql = format!("select {COLUMNS} where r.case_id = $1 and r.id = $2 and f.id = $3");
    let one = read(&conn.first(sql, values![&id, &record, &item]).await?.ok_or(Fail::NotFound)?)?;
    drop(conn);
    let size = u64::try_from(one.size).unwrap_or_default();
    let part = Part::of(&headers, &one.sha256, size);
    if facts.case.state.is_closed() {
        logged(&app, &who, &id, (&one.name, &one.sha256), &part).await?;
    }
    // Never a page: what is text is shown as text, and what a browser would run is sealed off.
    let kind = if one.family() == "文件" { "application/octet-stream".to_owned() } else { one.media_type.clone() };
    let kind = if kind.contains("svg") || kind.contains("html") { "application/octet-stream".to_owned() } else { kind };
    Served { sha256: &one.sha256, size, media_type: &kind, name: &one.name }.answer(&app.files, part).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_lies_is_refused() {
        for (name, media_type, is_taken, why) in [
            ("检查.JPG", "image/jpeg", true, "a photo"),
            ("检查.jpg", "image/png", true, "another kind of picture is still a photo"),
            ("检查.jpg", "application/zip", false, "a program under a photo's name"),
            ("谈话.m4a", "video/mp4", true, "the container of both"),
            ("谈话.mp3", "video/x-msvideo", false, "a film is no sound"),
            ("报告.pdf", "text/plain", false, "text under a document's name"),
            ("数据.csv", "text/plain", true, "measured values"),
            ("工具.exe", "application/vnd.microsoft.portable-executable", false, "nothing that runs"),
            ("没有结尾", "image/jpeg", false, "a name that says nothing"),
        ] {
            assert_eq!(refusal(name, media_type).is_none(), is_taken, "{name} {media_type}: {why}");
        }
    }
}
