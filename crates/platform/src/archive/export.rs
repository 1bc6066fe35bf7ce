//! A volume as one PDF: cover and index, every item that can be a page, closing sheet.
//!
//! **Invariant:** the index counts the pages that are in the PDF, neither more nor fewer; what is no page is named as such.

use super::merge::{self, Piece};
use super::papers::{IndexLine, SheetRow, VolumeCover, VolumePicture, VolumeSheet};
use super::retention;
use super::store::Loaded;
use super::volume::{Placed, Source};
use crate::app::App;
use crate::clock;
use crate::fail::Fail;
use anyhow::Context;
use bytes::Bytes;
use jiff::civil::Date;
use lopdf::Document;
use tokio::sync::Semaphore;

/// Pictures that become pages; what comes after them is in the ZIP only.
const PICTURES_MAX: usize = 300;
/// Bytes of one picture or uploaded PDF that becomes pages: a photograph, a scanned file.
const PRINTED_BYTES_MAX: u64 = 20 << 20;
/// Bytes of all uploaded files that become pages: they are in memory together.
const PRINTED_BYTES_ALL: u64 = 200 << 20;
/// Volumes put together at a time, for each may take some hundred megabytes.
static AT_ONCE: Semaphore = Semaphore::const_new(2);
/// What stands for a character that no font can draw.
const NO_GLYPH: &str = "〓";

/// A volume put together.
pub struct Built {
    pub pdf: Vec<u8>,
    pub(super) entries: Vec<Entry>,
}

/// One line of the index, with what goes into the ZIP.
pub(super) struct Entry {
    pub placed: Placed,
    /// First page and how many, where it is in the PDF.
    pub pages: Option<(i64, i64)>,
    /// A print; none: the stored file itself.
    pub print: Option<Bytes>,
}

/// An item read: its print for the ZIP, its document for the PDF.
struct Part {
    print: Option<Bytes>,
    document: Option<Document>,
}

/// # Errors
/// A paper that cannot be printed, with what to do; a stored file that is not there.
pub async fn build(app: &App, loaded: &Loaded, today: Date) -> Result<Built, Fail> {
    let _one = AT_ONCE.acquire().await.context("the exports are closed")?;
    let printer = Printer::new(app, loaded, today).await?;
    let (mut parts, mut left, mut pictures) = (Vec::new(), PRINTED_BYTES_ALL, 0);
    for placed in &loaded.volume.items {
        parts.push(part(&printer, placed, &mut left, &mut pictures).await?);
    }
    let (mut entries, mut pieces, mut next) = (Vec::new(), Vec::new(), 1);
    for (placed, Part { print, document }) in loaded.volume.items.iter().zip(parts) {
        let pages = document.map(|document| {
            let pages = merge::pages(&document);
            let title = format!("{} {}", placed.number, placed.item.title);
            pieces.push(Piece { title, document });
            next += pages;
            (next - pages, pages)
        });
        entries.push(Entry { placed: placed.clone(), pages, print });
    }
    let cover = app.papers.preview(&printer.cover(&entries)).await?;
    let closing = app.papers.preview(&printer.closing(&entries, next - 1)).await?;
    let pdf = tokio::task::spawn_blocking(move || {
        let own = |bytes: &[u8]| merge::read(bytes).context("a printed page cannot be read");
        let front = own(&cover)?;
        let front_pages = merge::pages(&front);
        let mut all = vec![Piece { title: "封面、卷内目录".into(), document: front }];
        all.extend(pieces);
        all.push(Piece { title: "备考表".into(), document: own(&closing)? });
        merge::merge(all, front_pages).context("the volume cannot be put together")
    });
    let pdf = pdf.await.context("the export broke off")??;
    Ok(Built { pdf, entries })
}

async fn part(printer: &Printer<'_>, placed: &Placed, left: &mut u64, pictures: &mut usize) -> Result<Part, Fail> {
    let app = printer.app;
    let print = match &placed.item.source {
        Source::Paper(id) => app.papers.open(app, &printer.loaded.facts.case.id, id).await?.1,
        Source::Sheet(rows) => {
            let rows = rows.iter().map(|(label, value)| (label.as_str(), value.clone())).collect();
            app.papers.preview(&printer.sheet(&placed.item.title, rows, &[])).await?.into()
        }
        Source::File { sha256, media_type, size } => {
            let is_picture = ["image/png", "image/jpeg"].contains(&media_type.as_str());
            let fits = *size <= PRINTED_BYTES_MAX.min(*left) && (!is_picture || *pictures < PICTURES_MAX);
            if !fits || !(is_picture || media_type == "application/pdf") {
                return Ok(Part { print: None, document: None });
            }
            *left -= size;
            let bytes = app.files.bytes(sha256).await?;
            let printed = if is_picture {
                *pictures += 1;
                // A picture that claims to be one and is not stays a file of the ZIP.
                app.papers.preview(&printer.picture(placed, &bytes)).await.ok().map(Bytes::from)
            } else {
                Some(bytes)
            };
            let document = match printed {
                // A thread of its own also catches a reader that stumbles over what somebody uploaded.
                Some(bytes) => tokio::task::spawn_blocking(move || merge::read(&bytes)).await.unwrap_or_default(),
                None => None,
            };
            return Ok(Part { print: None, document });
        }
    };
    let bytes = print.clone();
    let document = tokio::task::spawn_blocking(move || merge::read(&bytes)).await.context("a paper broke off")?;
    let document = document.with_context(|| format!("{} is no PDF that can be read", placed.item.title))?;
    Ok(Part { print: Some(print), document: Some(document) })
}

/// Prints the pages that belong to the volume itself.
struct Printer<'a> {
    app: &'a App,
    loaded: &'a Loaded,
    today: Date,
    /// Characters in names and records that no font can draw.
    undrawn: Vec<char>,
}

impl<'a> Printer<'a> {
    async fn new(app: &'a App, loaded: &'a Loaded, today: Date) -> Result<Self, Fail> {
        let mut text = String::new();
        for placed in &loaded.volume.items {
            text += &placed.item.title;
            if let Source::Sheet(rows) = &placed.item.source {
                text.extend(rows.iter().flat_map(|(label, value)| [label.as_str(), value.as_str()]));
            }
        }
        let case = &loaded.facts.case.content.entrustment;
        text.extend([case.client.name.as_str(), case.examinee.name.as_str()]);
        text.extend(loaded.shelf.as_deref());
        text.extend(loaded.holds.iter().map(|one| one.reason.as_str()));
        let undrawn = app.papers.missing_glyphs(text).await?;
        Ok(Self { app, loaded, today, undrawn })
    }

    fn drawable(&self, text: &str) -> String {
        text.chars().fold(String::new(), |mut all, sign| {
            if self.undrawn.contains(&sign) {
                all.push_str(NO_GLYPH)
            } else {
                all.push(sign)
            }
            all
        })
    }

    fn rows(&self, rows: Vec<(&str, String)>) -> Vec<SheetRow> {
        let row = |(label, value): (&str, String)| SheetRow { label: label.to_owned(), value: self.drawable(&value) };
        rows.into_iter().map(row).collect()
    }

    fn institution(&self) -> String {
        self.loaded.facts.institution.name.clone()
    }

    fn sheet(&self, title: &str, rows: Vec<(&str, String)>, signatures: &[&str]) -> VolumeSheet {
        VolumeSheet {
            institution: self.institution(),
            title: self.drawable(title),
            rows: self.rows(rows),
            signatures: signatures.iter().map(|label| (*label).to_owned()).collect(),
            printed_on: self.today,
        }
    }

    fn picture(&self, placed: &Placed, bytes: &Bytes) -> VolumePicture {
        VolumePicture {
            institution: self.institution(),
            caption: format!("{} {}", placed.number, self.drawable(&placed.item.title)),
            bytes: bytes.to_vec(),
            printed_on: self.today,
        }
    }

    fn cover(&self, entries: &[Entry]) -> VolumeCover {
        let case = &self.loaded.facts.case;
        let entrustment = &case.content.entrustment;
        let day = |date: Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
        let line = |entry: &Entry| IndexLine {
            number: entry.placed.number.to_string(),
            section: entry.placed.section.label().to_owned(),
            title: self.drawable(&entry.placed.item.title),
            dated: clock::day_of(entry.placed.item.made_at).to_string(),
            pages: match entry.pages {
                Some((first, 1)) => first.to_string(),
                Some((first, pages)) => format!("{first}–{}", first + pages - 1),
                None => "见ZIP".to_owned(),
            },
        };
        // A copy of a volume must not look as if its opinion still stood.
        let outcome = match &case.content.withdrawal {
            Some(withdrawal) => format!("{}；鉴定意见已于{}撤销", case.state.label(), withdrawal.on),
            None => case.state.label().to_owned(),
        };
        VolumeCover {
            institution: self.institution(),
            number: case.opinion_number.clone().or_else(|| case.code.clone()).unwrap_or_default(),
            rows: self.rows(vec![
                ("案件编号", case.code.clone().unwrap_or_default()),
                ("委托人", entrustment.client.name.clone()),
                ("被鉴定人（物）", entrustment.examinee.name.clone()),
                ("鉴定类别", entrustment.item.to_string()),
                ("收到委托", case.received_on.to_string()),
                ("办理结果", outcome),
                ("结案日期", day(self.loaded.ended_on)),
                ("归档日期", day(self.loaded.filed_on)),
                ("存放位置", self.loaded.shelf.clone().unwrap_or_default()),
                ("保管期限", self.retention()),
            ]),
            index: entries.iter().map(line).collect(),
            missing: self.loaded.volume.missing.iter().map(|one| one.title.to_owned()).collect(),
            printed_on: self.today,
        }
    }

    fn retention(&self) -> String {
        let facts = &self.loaded.facts;
        let (region, item) = (&facts.institution.region, &facts.case.content.entrustment.item);
        let from = self.loaded.kept_from();
        let found = from.and_then(|from| retention::retention(region, item, from, &self.app.calendar));
        match found {
            Some(one) => one.until.map_or_else(|| "永久".to_owned(), |until| format!("至{until}")),
            None => String::new(),
        }
    }

    /// 备考表.
    fn closing(&self, entries: &[Entry], pages: i64) -> VolumeSheet {
        let apart: Vec<&str> =
            entries.iter().filter(|one| one.pages.is_none()).map(|one| one.placed.item.title.as_str()).collect();
        let missing: Vec<&str> = self.loaded.volume.missing.iter().map(|one| one.title).collect();
        let held = self.loaded.holds.first().filter(|one| one.is_set);
        let hold = held.map_or_else(|| "无".to_owned(), |one| format!("{}（{}）", one.reason, one.by_name));
        let rows = vec![
            ("本卷件数", entries.len().to_string()),
            ("本卷页数", pages.to_string()),
            ("只在ZIP中的文件", apart.join("\n")),
            ("缺少的文书", missing.join("、")),
            ("保管期限", self.retention()),
            ("保全", hold),
            ("打印日期", self.today.to_string()),
        ];
        self.sheet("备考表", rows, &["立卷人", "检查人"])
    }
}
