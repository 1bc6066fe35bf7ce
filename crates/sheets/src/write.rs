//! Tables out: XLSX in constant memory, CSV that Excel opens rightly. Row by row; nothing is held back.
//!
//! **Invariant:** a text is a text to whoever opens the file: in XLSX it is stored as one, in CSV it never begins a formula.

use rust_xlsxwriter::{Format, FormatAlign, Workbook};
use std::io::{self, Write};

/// What makes a program take a text in a CSV file for a formula.
pub const FORMULA_SIGNS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Writes an XLSX file.
pub struct Xlsx {
    book: Workbook,
    row: u32,
}

impl Xlsx {
    /// A sheet with its header; `widths` in characters, in the order of the columns.
    ///
    /// # Errors
    /// A disk that is full: rows are kept in a temporary file.
    pub fn new(sheet: &str, header: &[&str], widths: &[f64]) -> io::Result<Self> {
        let mut book = Workbook::new();
        let page = book.add_worksheet_with_constant_memory().map_err(io::Error::other)?;
        page.set_name(sheet_name(sheet)).map_err(io::Error::other)?;
        page.set_freeze_panes(1, 0).map_err(io::Error::other)?;
        for (column, width) in (0_u16..).zip(widths) {
            page.set_column_width(column, *width).map_err(io::Error::other)?;
        }
        let bold = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
        for (column, name) in (0_u16..).zip(header) {
            page.write_string_with_format(0, column, *name, &bold).map_err(io::Error::other)?;
        }
        Ok(Self { book, row: 0 })
    }

    /// # Errors
    /// A disk that is full, or more rows than a sheet has.
    pub fn row<T: AsRef<str>>(&mut self, cells: &[T]) -> io::Result<()> {
        self.row += 1;
        let page = self.book.worksheet_from_index(0).map_err(io::Error::other)?;
        for (column, text) in (0_u16..).zip(cells) {
            let text = text.as_ref();
            if !text.is_empty() {
                page.write_string(self.row, column, cut(text)).map_err(io::Error::other)?;
            }
        }
        Ok(())
    }

    /// # Errors
    /// A disk that is full.
    pub fn finish(mut self, out: impl Write + Send) -> io::Result<()> {
        self.book.save_to_writer(out).map_err(io::Error::other)
    }
}

/// Excel takes 31 signs, and not these.
fn sheet_name(name: &str) -> String {
    let name: String = name.chars().filter(|sign| !"[]:*?/\\'".contains(*sign)).take(31).collect();
    if name.is_empty() { "Sheet1".to_owned() } else { name }
}

fn cut(text: &str) -> &str {
    text.char_indices().nth(crate::limits::CELL_MAX).map_or(text, |(end, _)| &text[..end])
}

/// Writes a CSV file: UTF-8 with a mark by which Excel knows it, lines as Windows ends them.
pub struct Csv<W: Write>(csv::Writer<W>);

impl<W: Write> Csv<W> {
    /// # Errors
    /// A disk that is full.
    pub fn new(mut out: W, header: &[&str]) -> io::Result<Self> {
        out.write_all("\u{feff}".as_bytes())?;
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        writer.write_record(header).map_err(io::Error::other)?;
        Ok(Self(writer))
    }

    /// # Errors
    /// A disk that is full.
    pub fn row<T: AsRef<str>>(&mut self, cells: &[T]) -> io::Result<()> {
        for text in cells {
            self.0.write_field(harmless(text.as_ref())).map_err(io::Error::other)?;
        }
        self.0.write_record(None::<&[u8]>).map_err(io::Error::other)
    }

    /// # Errors
    /// A disk that is full.
    pub fn finish(self) -> io::Result<W> {
        self.0.into_inner().map_err(|error| io::Error::other(error.to_string()))
    }
}

/// A text that a program could take for a formula gets an apostrophe before it.
pub fn harmless(text: &str) -> String {
    if text.starts_with(FORMULA_SIGNS) { format!("'{text}") } else { text.to_owned() }
}
