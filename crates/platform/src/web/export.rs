//! Any list as XLSX and CSV: the whole of what the person may see, not the page shown.
//!
//! The rows go into a file without a name as they are read, and from there to the browser: nothing is held in memory, and no
//! slow client holds the database. A list that fails half way is an error page, never half a file.
//!
//! **Invariant:** an export shows what the list's page shows to the same person, no more: masked where that is masked. Who
//! took it, of which list, narrowed to what, with how many rows, is committed to `list_export` before a byte is sent.

use super::visitor::Visitor;
use crate::app::App;
use crate::db::{Conn, DbError, Row};
use crate::fail::Fail;
use crate::perform::new_id;
use crate::text::{Lang, say};
use crate::values;
use anyhow::Context;
use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Map, Value as Json};
use sheets::write::{Csv, Xlsx};
use std::fs::File;
use std::io::{BufWriter, Read, Seek, Write};

/// Rows of one export; more is no list to read but a copy of the register.
pub const ROWS_MAX: i64 = 200_000;
/// Rows read at a time.
pub const ROWS_AT_ONCE: i64 = 2_000;
/// Bytes of one piece of the answer.
const PIECE: usize = 64 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Xlsx,
    Csv,
}

impl Format {
    /// What `?format=` asks for; none: the page.
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "xlsx" => Some(Self::Xlsx),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }
}

enum Writer {
    Xlsx(Box<Xlsx>),
    Csv(Box<Csv<BufWriter<File>>>),
}

/// Who wants which list as a file.
pub struct Wanted<'w> {
    app: &'w App,
    visitor: &'w Visitor,
    format: Format,
    /// Its title, a translator key: the file's name, and the list's in the record.
    list: &'static str,
    filter: Map<String, Json>,
}

impl<'w> Wanted<'w> {
    pub fn new(app: &'w App, visitor: &'w Visitor, format: Format, list: &'static str) -> Self {
        Self { app, visitor, format, list, filter: Map::new() }
    }

    /// What the list is narrowed to, for the record; an empty value narrows nothing.
    pub fn by(mut self, name: &str, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.filter.insert(name.to_owned(), value.into());
        }
        self
    }

    /// A list that is in memory, whole.
    ///
    /// # Errors
    /// As [`Export::new`] and [`Export::answer`].
    pub async fn file<T: AsRef<[String]>>(self, header: &[(&str, f64)], rows: &[T]) -> Result<Response, Fail> {
        let mut export = Export::new(self, header, i64::try_from(rows.len()).unwrap_or(i64::MAX))?;
        for row in rows {
            export.row(row.as_ref())?;
        }
        export.answer().await
    }
}

/// An export being written.
pub struct Export<'w> {
    wanted: Wanted<'w>,
    writer: Writer,
    rows: i64,
    file_name: String,
}

impl<'w> Export<'w> {
    /// `header` are translator keys, with a width in characters for each column; `total` is how many rows follow.
    ///
    /// # Errors
    /// [`Fail::TooLarge`] with a sentence when the list is too long for one file; [`Fail::TooMany`] for who is not signed in
    /// and takes file after file.
    pub fn new(wanted: Wanted<'w>, header: &[(&str, f64)], total: i64) -> Result<Self, Fail> {
        let (format, visitor) = (wanted.format, wanted.visitor);
        if visitor.actor.is_none() {
            wanted.app.limits.export(visitor.ip)?;
        }
        if total > ROWS_MAX {
            let said = say("此列表有%{n}行，一次最多导出%{most}行。请先缩小范围，再分次导出。");
            return Err(Fail::TooLarge(said.with("n", total).with("most", ROWS_MAX)));
        }
        let lang = visitor.lang;
        let title = lang.t(wanted.list);
        let names: Vec<_> = header.iter().map(|(name, _)| lang.t(name)).collect();
        let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        let widths: Vec<f64> = header.iter().map(|(_, width)| *width).collect();
        let writer = match format {
            Format::Xlsx => Writer::Xlsx(Box::new(Xlsx::new(&title, &names, &widths).map_err(failed)?)),
            Format::Csv => Writer::Csv(Box::new(Csv::new(BufWriter::new(nameless()?), &names).map_err(failed)?)),
        };
        let file_name = format!("{title} {}.{}", visitor.today, format.word());
        Ok(Self { wanted, writer, rows: 0, file_name })
    }

    /// # Errors
    /// [`Fail::Full`] when the disk is.
    pub fn row<T: AsRef<str>>(&mut self, cells: &[T]) -> Result<(), Fail> {
        match &mut self.writer {
            Writer::Xlsx(sheet) => sheet.row(cells),
            Writer::Csv(text) => text.row(cells),
        }
        .map_err(failed)?;
        self.rows += 1;
        Ok(())
    }

    /// The file as a download, once the record of it is kept. The caller holds no connection any more.
    ///
    /// # Errors
    /// [`Fail::Full`] when the disk is; what cannot be recorded is not handed out.
    pub async fn answer(self) -> Result<Response, Fail> {
        let Self { wanted, writer, rows, file_name } = self;
        let file = tokio::task::spawn_blocking(move || finished(writer)).await.context("an export broke off")??;
        record(&wanted, rows).await?;
        let format = wanted.format;
        let length = file.metadata().map_err(failed)?.len();
        let name: String = file_name.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let headers = [
            (header::CONTENT_TYPE, format.media_type().to_owned()),
            (header::CONTENT_LENGTH, length.to_string()),
            (
                header::CONTENT_DISPOSITION,
                format!("attachment; filename=\"list.{}\"; filename*=UTF-8''{name}", format.word()),
            ),
        ];
        Ok((headers, Body::from_stream(pieces(file))).into_response())
    }
}

async fn record(wanted: &Wanted<'_>, rows: i64) -> Result<(), Fail> {
    let Wanted { app, visitor, .. } = wanted;
    let who = visitor.actor.as_ref();
    let now = app.clock.now();
    let address = visitor.path.split('?').next().unwrap_or_default();
    let mut conn = app.db.write().await?;
    conn.run(
        "insert into list_export (id, list, address, filter, format, rows_written, by_id, by_name, organisation, exported_at, request_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        values![
            new_id(now), wanted.list, address, Json::from(wanted.filter.clone()).to_string(), wanted.format.word(), rows,
            who.map_or("", |who| &who.account_id), who.map_or("", |who| &who.name),
            who.map_or("", |who| &who.organisation_name), now, &visitor.request_id,
        ],
    )
    .await?;
    conn.commit().await?;
    Ok(())
}

/// One export, as it was recorded.
#[derive(Clone, Debug)]
pub struct Taken {
    pub list: String,
    pub address: String,
    /// Name and value of what it was narrowed to.
    pub filter: Vec<(String, String)>,
    pub format: String,
    pub rows: i64,
    /// Empty for who was not signed in.
    pub by_name: String,
    pub organisation: String,
    pub exported_at: Timestamp,
    pub request_id: String,
}

impl Taken {
    /// Who took it, in words.
    pub fn by(&self, lang: &Lang) -> String {
        if self.by_name.is_empty() { lang.t("未登录的访客").into_owned() } else { self.by_name.clone() }
    }

    /// What it was narrowed to, as it stood in the request.
    pub fn filter(&self) -> String {
        self.filter.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
    }
}

pub async fn count_taken(conn: &mut Conn) -> Result<i64, DbError> {
    conn.count("select count(*) from list_export", &[]).await
}

/// What was exported, newest first.
pub async fn list_taken(conn: &mut Conn, offset: i64, rows: i64) -> Result<Vec<Taken>, DbError> {
    let read = |row: &Row| {
        let filter: Map<String, Json> = serde_json::from_str(&row.get::<String>("filter")?).unwrap_or_default();
        let filter = filter.into_iter().map(|(name, value)| (name, value.as_str().unwrap_or_default().to_owned()));
        Ok(Taken {
            list: row.get("list")?,
            address: row.get("address")?,
            filter: filter.collect(),
            format: row.get("format")?,
            rows: row.get("rows_written")?,
            by_name: row.get("by_name")?,
            organisation: row.get("organisation")?,
            exported_at: row.get("exported_at")?,
            request_id: row.get("request_id")?,
        })
    };
    let sql = "select list, address, filter, format, rows_written, by_name, organisation, exported_at, request_id
         from list_export order by sequence desc limit $1 offset $2";
    conn.all(sql, values![rows, offset]).await?.iter().map(read).collect()
}

fn finished(writer: Writer) -> Result<File, Fail> {
    let mut file = match writer {
        Writer::Csv(text) => text.finish().map_err(failed)?.into_inner().map_err(|error| failed(error.into_error()))?,
        Writer::Xlsx(sheet) => {
            let mut out = BufWriter::new(nameless()?);
            sheet.finish(&mut out).map_err(failed)?;
            out.flush().map_err(failed)?;
            out.into_inner().map_err(|error| failed(error.into_error()))?
        }
    };
    file.rewind().map_err(failed)?;
    Ok(file)
}

/// A file that nobody can open by name and that is gone when it is closed, also when the process is killed.
pub(crate) fn nameless() -> Result<File, Fail> {
    let path = std::env::temp_dir().join(format!("sijian-export-{}", uuid::Uuid::new_v4().simple()));
    let file = File::options().read(true).write(true).create_new(true).open(&path).map_err(failed)?;
    std::fs::remove_file(&path).map_err(failed)?;
    Ok(file)
}

/// The file's content from where it stands, piece by piece.
pub(crate) fn pieces(file: File) -> impl futures::Stream<Item = std::io::Result<Bytes>> {
    futures::stream::try_unfold(file, |mut file| async move {
        let read = tokio::task::spawn_blocking(move || {
            let mut piece = vec![0; PIECE];
            let length = file.read(&mut piece)?;
            piece.truncate(length);
            Ok::<_, std::io::Error>((piece, file))
        });
        let (piece, file) = read.await.map_err(std::io::Error::other)??;
        Ok((!piece.is_empty()).then(|| (Bytes::from(piece), file)))
    })
}

fn failed(error: std::io::Error) -> Fail {
    if error.kind() == std::io::ErrorKind::StorageFull { Fail::Full } else { Fail::Internal(error.into()) }
}
