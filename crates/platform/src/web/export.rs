//! Any list as XLSX and CSV: the whole of what the person may see, not the page shown.
//!
//! The rows go into a file without a name as they are read, and from there to the browser: nothing is held in memory, and no
//! slow client holds the database. A list that fails half way is an error page, never half a file.
//!
//! **Invariant:** an export shows what the list's page shows to the same person, no more: masked where that is masked.

use crate::fail::Fail;
use crate::text::{Lang, say};
use anyhow::Context;
use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use jiff::civil::Date;
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

/// An export being written.
pub struct Export {
    writer: Writer,
    format: Format,
    file_name: String,
}

impl Export {
    /// `title` and `header` are translator keys, with a width in characters for each column; `total` is how many rows follow.
    ///
    /// # Errors
    /// [`Fail::TooLarge`] with a sentence when the list is too long for one file.
    pub fn new(
        format: Format,
        title: &str,
        lang: Lang,
        today: Date,
        header: &[(&str, f64)],
        total: i64,
    ) -> Result<Self, Fail> {
        if total > ROWS_MAX {
            let said = say("此列表有%{n}行，一次最多导出%{most}行。请先缩小范围，再分次导出。");
            return Err(Fail::TooLarge(said.with("n", total).with("most", ROWS_MAX)));
        }
        let title = lang.t(title);
        let names: Vec<_> = header.iter().map(|(name, _)| lang.t(name)).collect();
        let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        let widths: Vec<f64> = header.iter().map(|(_, width)| *width).collect();
        let writer = match format {
            Format::Xlsx => Writer::Xlsx(Box::new(Xlsx::new(&title, &names, &widths).map_err(failed)?)),
            Format::Csv => Writer::Csv(Box::new(Csv::new(BufWriter::new(nameless()?), &names).map_err(failed)?)),
        };
        Ok(Self { writer, format, file_name: format!("{title} {today}.{}", format.word()) })
    }

    /// # Errors
    /// [`Fail::Full`] when the disk is.
    pub fn row<T: AsRef<str>>(&mut self, cells: &[T]) -> Result<(), Fail> {
        match &mut self.writer {
            Writer::Xlsx(sheet) => sheet.row(cells),
            Writer::Csv(text) => text.row(cells),
        }
        .map_err(failed)
    }

    /// The file as a download.
    ///
    /// # Errors
    /// [`Fail::Full`] when the disk is.
    pub async fn answer(self) -> Result<Response, Fail> {
        let Self { writer, format, file_name } = self;
        let file = tokio::task::spawn_blocking(move || finished(writer)).await.context("an export broke off")??;
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
