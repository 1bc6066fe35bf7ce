//! The press: lays out a template with its data and writes PDF/A-2b.

use crate::fonts::{distinct, is_private};
use crate::{Fault, Fonts, Picture, Printed, desk, desk::Desk};
use jiff::civil::Date;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use typst::diag::SourceDiagnostic;
use typst::foundations::{Bytes, Datetime, Smart};
use typst::layout::{Frame, FrameItem};
use typst::syntax::Source;
use typst::text::is_default_ignorable;
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World, WorldExt, comemo};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

/// The look all papers share: page, fonts, headings, tables, signatures. Templates begin with `#import "house.typ": *`.
const HOUSE: &str = include_str!("house.typ");

/// A thousand pages of text are some 3 MB.
const DATA_MAX: usize = 4 * 1024 * 1024;

/// How many renders a remembered layout outlives. The house rules are used each time and so stay for ever; what
/// belongs to one citizen's paper goes soon, and memory stays level.
const REMEMBERED_RENDERS: usize = 3;

/// A Typst source compiled into the program, under a name of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Template {
    pub name: &'static str,
    pub source: &'static str,
}

/// What the PDF says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imprint {
    pub title: String,
    pub author: String,
    pub date: Date,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pdf {
    pub bytes: Vec<u8>,
    pub pages: usize,
}

/// Renders papers. Cheap to clone, may be used from many threads; a render takes tens of milliseconds of pure work,
/// so an async caller puts it on a blocking thread.
#[derive(Clone)]
pub struct Press {
    fonts: Fonts,
    shop: Arc<Shop>,
}

struct Shop {
    library: LazyHash<Library>,
    house: Source,
    /// Parsed templates: as many as the program has, for a template is a constant.
    templates: Mutex<HashMap<&'static str, Source>>,
}

impl Press {
    pub fn new(fonts: Fonts) -> Self {
        let house = Source::new(desk::id("house.typ"), HOUSE.to_owned());
        let library = LazyHash::new(Library::default());
        Self { fonts, shop: Arc::new(Shop { library, house, templates: Mutex::default() }) }
    }

    pub fn fonts(&self) -> &Fonts {
        &self.fonts
    }

    /// The paper of a struct, by the template that belongs to it.
    pub fn print<P: Printed>(&self, paper: &P) -> Result<Pdf, Vec<Fault>> {
        let data = serde_json::to_value(paper).map_err(|error| vec![template_fault(error)])?;
        self.render(&P::template(), &data, &paper.imprint(), &paper.pictures())
    }

    /// The template reads `data` by `json("data.json")`; the same template, data and imprint give the same bytes.
    pub fn render(
        &self,
        template: &Template,
        data: &Value,
        imprint: &Imprint,
        pictures: &[Picture],
    ) -> Result<Pdf, Vec<Fault>> {
        let faults: Vec<Fault> = pictures.iter().filter_map(|picture| picture.check().err()).collect();
        if !faults.is_empty() {
            return Err(faults);
        }
        self.fonts.open_text().map_err(|fault| vec![Fault::Font(fault)])?;
        let (pictures, places) = desk::place(pictures);
        let data = json!({ "paper": data, "pictures": places }).to_string();
        if data.len() > DATA_MAX {
            return Err(vec![Fault::TooLarge { bytes: data.len(), limit: DATA_MAX }]);
        }
        let ident = typst::utils::hash128(&(template.name, template.source, &data));
        let desk = Desk {
            library: &self.shop.library,
            fonts: &self.fonts,
            house: self.shop.house.clone(),
            template: self.shop.source(template),
            data: Bytes::from_string(data),
            pictures,
        };
        let pdf = self.lay_out(&desk, imprint).and_then(|document| write(&desk, &document, imprint, ident));
        comemo::evict(REMEMBERED_RENDERS);
        pdf
    }

    fn lay_out(&self, desk: &Desk<'_>, imprint: &Imprint) -> Result<PagedDocument, Vec<Fault>> {
        let compiled = typst::compile::<PagedDocument>(desk);
        if let Some(fault) = self.fonts.fault() {
            return Err(vec![fault]);
        }
        let mut document = compiled.output.map_err(|errors| explain(desk, &errors))?;
        let mut missing = Vec::new();
        document.pages().iter().for_each(|page| undrawn(&page.frame, &mut missing));
        if !missing.is_empty() {
            return Err(vec![Fault::MissingGlyph { characters: distinct(missing) }]);
        }
        let date = imprint.date;
        let info = document.info_mut();
        info.title = Some(imprint.title.as_str().into());
        info.author = vec![imprint.author.as_str().into()];
        info.date = Smart::Custom(Datetime::from_ymd_hms(
            date.year().into(),
            date.month().unsigned_abs(),
            date.day().unsigned_abs(),
            0,
            0,
            0,
        ));
        Ok(document)
    }
}

impl Shop {
    fn source(&self, template: &Template) -> Source {
        // A panic elsewhere leaves the map whole: it only ever grows.
        let mut templates = self.templates.lock().unwrap_or_else(PoisonError::into_inner);
        match templates.get(template.name) {
            Some(source) if source.text() == template.source => source.clone(),
            _ => {
                let source = Source::new(desk::id(template.name), template.source.to_owned());
                templates.insert(template.name, source.clone());
                source
            }
        }
    }
}

fn write(desk: &Desk<'_>, document: &PagedDocument, imprint: &Imprint, ident: u128) -> Result<Pdf, Vec<Fault>> {
    let standards = PdfStandards::new(&[PdfStandard::A_2b]);
    let standards = standards.map_err(|error| vec![Fault::Pdf { message: error.message().to_string() }])?;
    let options = PdfOptions {
        ident: Smart::Custom(format!("{} {ident:032x}", imprint.title)),
        creator: Smart::Custom(Some("智慧司鉴".to_owned())),
        standards,
        ..PdfOptions::default()
    };
    let bytes = typst_pdf::pdf(document, &options).map_err(|errors| {
        explain(desk, &errors).into_iter().map(|fault| Fault::Pdf { message: fault.to_string() }).collect::<Vec<_>>()
    })?;
    Ok(Pdf { bytes, pages: document.pages().len() })
}

/// The characters of a frame that were set with glyph 0, the box fonts draw for what they do not have.
fn undrawn(frame: &Frame, missing: &mut Vec<char>) {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => undrawn(&group.frame, missing),
            FrameItem::Text(text) => {
                missing.extend(text.text.chars().filter(|&c| is_private(c.into())));
                for glyph in text.glyphs.iter().filter(|glyph| glyph.id == 0) {
                    let characters = text.text.get(glyph.range()).unwrap_or(&text.text).chars();
                    missing.extend(characters.filter(|&c| !is_default_ignorable(c)));
                }
            }
            _ => {}
        }
    }
}

fn explain(desk: &Desk<'_>, errors: &[SourceDiagnostic]) -> Vec<Fault> {
    errors
        .iter()
        .map(|error| Fault::Template { message: error.message.to_string(), place: place(desk, error) })
        .collect()
}

/// The file and line an error points to.
fn place(desk: &Desk<'_>, error: &SourceDiagnostic) -> Option<String> {
    let source = desk.source(error.span.id()?).ok()?;
    let before = source.text().get(..desk.range(error.span)?.start)?;
    Some(format!("{}:{}", source.id().vpath().get_without_slash(), before.matches('\n').count() + 1))
}

fn template_fault(error: serde_json::Error) -> Fault {
    Fault::Template { message: error.to_string(), place: None }
}
