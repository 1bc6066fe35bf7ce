//! A volume as a ZIP: the PDF, every item as a file, index and checksums.
//!
//! **Invariant:** `SHA256SUMS` holds what was read while packing, and a stored file whose content is not what its row says
//! breaks the export off. The ZIP is built in a file on the disk, never in memory.

use super::export::{Built, Entry};
use super::volume::{Placed, Source};
use crate::app::App;
use crate::clock;
use crate::fail::Fail;
use crate::files::Files;
use crate::text::{Lang, say};
use crate::web::export::nameless;
use anyhow::Context;
use bytes::Bytes;
use futures::StreamExt;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{Seek, Write};
use std::pin::pin;
use tokio::runtime::Handle;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Bytes of one ZIP: ten hours of court video.
const ZIP_BYTES_MAX: u64 = 20 << 30;
/// Characters of a name inside the ZIP; with the number, below what file systems take (255 bytes).
const NAME_MAX: usize = 60;

/// Where a file of the ZIP comes from.
enum Content {
    Bytes(Bytes),
    Stored { sha256: String, is_packed: bool },
}

/// The volume as a ZIP, in a file that is gone once it is closed.
///
/// # Errors
/// [`Fail::TooLarge`] past the limit, [`Fail::Full`] when the disk is.
pub async fn zip(app: &App, built: Built) -> Result<File, Fail> {
    let sizes = built.entries.iter().map(|one| match &one.placed.item.source {
        Source::File { size, .. } => *size,
        _ => one.print.as_ref().map_or(0, |bytes| bytes.len() as u64),
    });
    if sizes.sum::<u64>() + built.pdf.len() as u64 > ZIP_BYTES_MAX {
        let said = say("本卷文件共超过%{n}GB，不能导出为一个ZIP。请逐个下载录像。");
        return Err(Fail::TooLarge(said.with("n", ZIP_BYTES_MAX >> 30)));
    }
    let mut names = Vec::new();
    let mut contents = vec![("00-案卷.pdf".to_owned(), Content::Bytes(built.pdf.into()))];
    for Entry { placed, print, .. } in &built.entries {
        let name = file_name(placed);
        names.push(name.clone());
        let content = match (&placed.item.source, print) {
            (Source::File { sha256, media_type, .. }, _) => {
                Content::Stored { sha256: sha256.clone(), is_packed: !media_type.starts_with("text/") }
            }
            (_, Some(bytes)) => Content::Bytes(bytes.clone()),
            (_, None) => continue,
        };
        contents.push((name, content));
    }
    contents.push(("index.csv".to_owned(), Content::Bytes(index(&built.entries, &names)?.into())));
    let (files, runtime) = (app.files.clone(), Handle::current());
    tokio::task::spawn_blocking(move || pack(&files, &runtime, contents)).await.context("the export broke off")?
}

fn pack(files: &Files, runtime: &Handle, contents: Vec<(String, Content)>) -> Result<File, Fail> {
    let mut zip = ZipWriter::new(nameless()?);
    let mut sums = String::new();
    for (name, content) in contents {
        let mut hash = Sha256::new();
        match content {
            Content::Bytes(bytes) => {
                zip.start_file(name.as_str(), options(false)).map_err(broken)?;
                zip.write_all(&bytes).map_err(full)?;
                hash.update(&bytes);
            }
            Content::Stored { sha256, is_packed } => {
                zip.start_file(name.as_str(), options(is_packed)).map_err(broken)?;
                let content = runtime.block_on(files.content(&sha256))?;
                let mut content = pin!(content);
                while let Some(piece) = runtime.block_on(content.next()) {
                    let piece = piece.context("a stored file cannot be read")?;
                    zip.write_all(&piece).map_err(full)?;
                    hash.update(&piece);
                }
                if hex::encode(hash.clone().finalize()) != sha256 {
                    return Err(Fail::Internal(anyhow::anyhow!("the stored file {sha256} is not what it was")));
                }
            }
        }
        sums += &format!("{}  {name}\n", hex::encode(hash.finalize()));
    }
    zip.start_file("SHA256SUMS", options(false)).map_err(broken)?;
    zip.write_all(sums.as_bytes()).map_err(full)?;
    let mut file = zip.finish().map_err(broken)?;
    file.rewind().map_err(full)?;
    Ok(file)
}

/// What is packed already (video, pictures) is only laid in.
fn options(is_packed: bool) -> SimpleFileOptions {
    let method = if is_packed { zip::CompressionMethod::Stored } else { zip::CompressionMethod::Deflated };
    SimpleFileOptions::default().compression_method(method).large_file(true)
}

fn broken(error: zip::result::ZipError) -> Fail {
    match error {
        zip::result::ZipError::Io(error) => full(error),
        other => Fail::Internal(other.into()),
    }
}

fn full(error: std::io::Error) -> Fail {
    if error.kind() == std::io::ErrorKind::StorageFull { Fail::Full } else { Fail::Internal(error.into()) }
}

/// `03-司法鉴定告知书.pdf`: the number of the index, the title as far as a file system takes it.
fn file_name(placed: &Placed) -> String {
    let title = &placed.item.title;
    let (stem, ending) = match placed.item.source {
        Source::File { .. } => match title.rsplit_once('.') {
            Some((stem, ending)) if ending.len() <= 5 && ending.chars().all(|sign| sign.is_ascii_alphanumeric()) => {
                (stem, ending)
            }
            _ => (title.as_str(), "bin"),
        },
        _ => (title.as_str(), "pdf"),
    };
    let clean: String = stem
        .chars()
        .map(|sign| if sign.is_control() || r#"/\:*?"<>|"#.contains(sign) { '_' } else { sign })
        .take(NAME_MAX)
        .collect();
    format!("{:02}-{}.{ending}", placed.number, clean.trim_matches([' ', '.']))
}

/// The index as a table, for programs.
fn index(entries: &[Entry], names: &[String]) -> Result<Vec<u8>, Fail> {
    // Spreadsheets take a text without the mark for another encoding.
    let mut table = csv::Writer::from_writer("\u{FEFF}".as_bytes().to_vec());
    let failed = |error: csv::Error| Fail::Internal(error.into());
    table.write_record(["序号", "类别", "名称", "日期", "首页", "页数", "文件"]).map_err(failed)?;
    for (entry, name) in entries.iter().zip(names) {
        let (first, pages) = entry.pages.map_or_else(Default::default, |(a, b)| (a.to_string(), b.to_string()));
        let Placed { number, section, item } = &entry.placed;
        // No cell may begin a formula.
        let title =
            if item.title.starts_with(['=', '+', '-', '@']) { format!("'{}", item.title) } else { item.title.clone() };
        let day = clock::day_of(item.made_at).to_string();
        let (number, section) = (number.to_string(), Lang::Zh.t(section.label()).into_owned());
        table.write_record([&number, &section, &title, &day, &first, &pages, name]).map_err(failed)?;
    }
    table.into_inner().map_err(|error| Fail::Internal(error.into_error().into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::volume::{Item, Section};

    #[test]
    fn names_in_the_zip_are_readable_and_harmless() {
        for (title, is_file, wanted, why) in [
            ("司法鉴定告知书", false, "03-司法鉴定告知书.pdf", "a print"),
            ("检查.JPG", true, "03-检查.JPG", "its own ending"),
            ("a/b\\..\n.png", true, "03-a_b_.._.png", "no path, no line of SHA256SUMS of its own"),
            ("没有结尾", true, "03-没有结尾.bin", "an ending that says nothing"),
        ] {
            let source = if is_file {
                Source::File { sha256: String::new(), media_type: String::new(), size: 0 }
            } else {
                Source::Sheet(Vec::new())
            };
            let made_at = jiff::Timestamp::UNIX_EPOCH;
            let item = Item { kind: "file".into(), title: title.into(), made_at, pages: None, source };
            assert_eq!(file_name(&Placed { number: 3, section: Section::Other, item }), wanted, "{why}");
        }
    }
}
