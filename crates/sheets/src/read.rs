//! A file's bytes into lines of cells, whatever kind of spreadsheet it is.

use crate::cell::{Cell, Line};
use crate::header::{self, Table};
use crate::limits::{BYTES_MAX, CELLS_MAX, COLUMNS_MAX, HEADER_WITHIN, ROWS_MAX};
use crate::sniff::{self, Kind};
use calamine::{Data, DataRef, ExcelDateTime, Ods, Range, Reader, SheetVisible, Xls, Xlsx};
use jiff::civil::Date;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Why a file is no table to us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    Empty,
    /// Larger than [`BYTES_MAX`].
    TooLarge,
    /// A PDF, a picture, a web page that calls itself `.xls`.
    NotASheet,
    Encrypted,
    /// Unpacks to more than [`crate::UNPACKED_MAX`], or to more than it says.
    Bomb,
    /// Broken off or written wrongly; the reader's own words, for the log.
    Damaged(String),
    TooManyRows,
    TooManyColumns,
    /// Neither UTF-8 nor GB18030.
    Encoding,
    /// No line that looks like a header.
    NoHeader,
    /// A header, and nothing below.
    NoRows,
}

/// Reads a ledger. `is_known` says whether a text is a column's name that the caller knows: it tells the header from titles
/// above and from data below.
///
/// # Errors
/// [`Unreadable`], for each kind of file that is no ledger.
pub fn read(bytes: &[u8], is_known: &dyn Fn(&str) -> bool) -> Result<Table, Unreadable> {
    if bytes.len() > BYTES_MAX {
        return Err(Unreadable::TooLarge);
    }
    let kind = sniff::kind(bytes)?;
    // The readers are other people's code on a file that anybody may have made: a panic in them is a damaged file.
    let sheet = catch_unwind(AssertUnwindSafe(|| match kind {
        Kind::Xlsx => xlsx(bytes),
        Kind::Xls => xls(bytes),
        Kind::Ods => ods(bytes),
        Kind::Csv => text(bytes),
    }))
    .unwrap_or_else(|_| Err(Unreadable::Damaged("the reader panicked".into())))?;
    header::table(kind, sheet, is_known)
}

/// A sheet before anybody looks for its header.
pub(crate) struct Sheet {
    pub name: String,
    pub lines: Vec<Line>,
    /// Sheets of the same file that are not read.
    pub others: Vec<String>,
}

/// Gathers cells into lines, within the limits.
#[derive(Default)]
struct Gatherer {
    lines: Vec<Line>,
}

impl Gatherer {
    fn put(&mut self, row: u32, column: u32, cell: Cell) -> Result<(), Unreadable> {
        if cell.is_empty() {
            return Ok(());
        }
        let column = column as usize;
        if column >= COLUMNS_MAX {
            return Err(Unreadable::TooManyColumns);
        }
        let number = row.saturating_add(1);
        if self.lines.last().is_none_or(|line| line.number != number) {
            if self.lines.len() >= ROWS_MAX + HEADER_WITHIN {
                return Err(Unreadable::TooManyRows);
            }
            let width = self.lines.last().map_or(0, |line| line.cells.len());
            self.lines.push(Line { number, cells: Vec::with_capacity(width) });
        }
        if let Some(line) = self.lines.last_mut() {
            if line.cells.len() <= column {
                line.cells.resize(column + 1, Cell::Empty);
            }
            line.cells[column] = cell;
        }
        Ok(())
    }
}

fn damaged(error: impl std::fmt::Display) -> Unreadable {
    Unreadable::Damaged(error.to_string())
}

/// Piece by piece: one stray cell at the end of the sheet costs nothing.
fn xlsx(bytes: &[u8]) -> Result<Sheet, Unreadable> {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(|error| match error {
        calamine::XlsxError::Password => Unreadable::Encrypted,
        other => damaged(other),
    })?;
    let names = visible(book.sheets_metadata());
    for name in &names {
        let mut gathered = Gatherer::default();
        let mut cells = match book.worksheet_cells_reader(name) {
            Ok(cells) => cells,
            // A sheet that is a chart.
            Err(calamine::XlsxError::NotAWorksheet(_)) => continue,
            Err(error) => return Err(damaged(error)),
        };
        while let Some(cell) = cells.next_cell().map_err(damaged)? {
            let (row, column) = cell.get_position();
            gathered.put(row, column, of_ref(cell.get_value()))?;
        }
        if !gathered.lines.is_empty() {
            return Ok(sheet(name, gathered.lines, &names));
        }
    }
    Err(Unreadable::Empty)
}

fn visible(sheets: &[calamine::Sheet]) -> Vec<String> {
    sheets.iter().filter(|one| one.visible == SheetVisible::Visible).map(|one| one.name.clone()).collect()
}

fn sheet(name: &str, lines: Vec<Line>, names: &[String]) -> Sheet {
    let others = names.iter().filter(|other| *other != name).cloned().collect();
    Sheet { name: name.to_owned(), lines, others }
}

fn xls(bytes: &[u8]) -> Result<Sheet, Unreadable> {
    let mut book: Xls<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(|error| match error {
        calamine::XlsError::Password => Unreadable::Encrypted,
        other => damaged(other),
    })?;
    let names = visible(book.sheets_metadata());
    first_filled(&names, |name| book.worksheet_range(name).map_err(damaged))
}

fn ods(bytes: &[u8]) -> Result<Sheet, Unreadable> {
    crate::ods::is_harmless(bytes)?;
    let mut book: Ods<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(|error| match error {
        calamine::OdsError::Password => Unreadable::Encrypted,
        other => damaged(other),
    })?;
    let names = visible(book.sheets_metadata());
    first_filled(&names, |name| book.worksheet_range(name).map_err(damaged))
}

fn first_filled(
    names: &[String],
    mut range: impl FnMut(&str) -> Result<Range<Data>, Unreadable>,
) -> Result<Sheet, Unreadable> {
    for name in names {
        let cells = range(name)?;
        if cells.width().saturating_mul(cells.height()) > CELLS_MAX {
            return Err(Unreadable::TooManyColumns);
        }
        let Some((top, left)) = cells.start() else { continue };
        let mut gathered = Gatherer::default();
        for (row, column, value) in cells.used_cells() {
            gathered.put(top + row as u32, left + column as u32, of_data(value))?;
        }
        if !gathered.lines.is_empty() {
            return Ok(sheet(name, gathered.lines, names));
        }
    }
    Err(Unreadable::Empty)
}

fn of_data(value: &Data) -> Cell {
    match value {
        Data::Empty => Cell::Empty,
        Data::Int(number) => Cell::Number(*number as f64),
        Data::Float(number) => Cell::Number(*number),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => Cell::text(text),
        Data::Bool(yes) => truth(*yes),
        Data::DateTime(instant) => day(instant),
        Data::Error(error) => Cell::Error(error.to_string().into()),
        // Rich text and whatever the reader learns to tell apart later: as it is shown.
        #[allow(unreachable_patterns)]
        other => Cell::text(&other.to_string()),
    }
}

fn of_ref(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::text(text),
        DataRef::SharedString(text) => Cell::text(text),
        DataRef::Bool(yes) => truth(*yes),
        DataRef::DateTime(instant) => day(instant),
        DataRef::Error(error) => Cell::Error(error.to_string().into()),
    }
}

fn truth(yes: bool) -> Cell {
    Cell::text(if yes { "是" } else { "否" })
}

/// The day of an instant; a duration, or a number that is no day, stays a number.
fn day(instant: &ExcelDateTime) -> Cell {
    let (year, month, day, ..) = instant.to_ymd_hms_milli();
    let date = i16::try_from(year)
        .ok()
        .zip(i8::try_from(month).ok().zip(i8::try_from(day).ok()))
        .and_then(|(year, (month, day))| Date::new(year, month, day).ok());
    match date {
        Some(date) if instant.is_datetime() && instant.as_f64() >= 1.0 => Cell::Day(date),
        _ => Cell::Number(instant.as_f64()),
    }
}

/// CSV or what Excel calls Unicode text; commas, tabs or semicolons.
fn text(bytes: &[u8]) -> Result<Sheet, Unreadable> {
    let text = decoded(bytes)?;
    let head: String = text.lines().take(HEADER_WITHIN).collect();
    let delimiter = [b',', b'\t', b';'].into_iter().max_by_key(|sign| {
        // The first of equals wins, so that a text without any is read with commas.
        (head.bytes().filter(|byte| byte == sign).count(), u8::from(*sign == b','))
    });
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter.unwrap_or(b','))
        .from_reader(text.as_bytes());
    let mut gathered = Gatherer::default();
    let mut record = csv::StringRecord::new();
    let mut row = 0;
    while reader.read_record(&mut record).map_err(damaged)? {
        for (column, cell) in (0_u32..).zip(record.iter()) {
            gathered.put(row, column, Cell::text(cell))?;
        }
        row += 1;
    }
    if gathered.lines.is_empty() {
        return Err(Unreadable::Empty);
    }
    Ok(Sheet { name: String::new(), lines: gathered.lines, others: Vec::new() })
}

fn decoded(bytes: &[u8]) -> Result<String, Unreadable> {
    let encoding = match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None if std::str::from_utf8(bytes).is_ok() => encoding_rs::UTF_8,
        None => encoding_rs::GB18030,
    };
    let (text, _, is_faulty) = encoding.decode(bytes);
    if is_faulty { Err(Unreadable::Encoding) } else { Ok(text.into_owned()) }
}
