//! 读入: an extract from Parquet, a batch of rows at a time.
//!
//! **Invariant:** the rows pass the same checks as those of a CSV; a fault is told with file, row (the first is 1) and column.

use std::fs::File;
use std::path::Path;

use bytes::Bytes;
use parquet::column::reader::ColumnReader;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, FileReader, SerializedFileReader};

use super::cells::{self, Cells, Kind, NoCells};
use crate::dates::Day;
use crate::sector::build::{Builder, CaseRow, Fault, InstitutionRow};
use crate::sector::read::{COLUMNS, OPTIONAL};
use crate::sector::{BadInput, Sector};

/// Rows held as cells at a time.
const BATCH_ROWS: usize = 1 << 13;

/// Reads `institutions`, `appraisers`, `texts` and `cases`, each `.parquet`, from `folder`.
///
/// # Errors
/// The first fault, with file, row and column.
pub fn read_parquet(folder: &Path) -> Result<Sector, BadInput> {
    fenced(&folder.display().to_string(), || {
        read_tables(|file| File::open(folder.join(file)).map_err(|e| e.to_string()))
    })
}

/// Reads the four files from memory, by their names.
///
/// # Errors
/// The first fault, with file, row and column.
pub fn read_parquet_files(files: Vec<(String, Vec<u8>)>) -> Result<Sector, BadInput> {
    let files: Vec<(String, Bytes)> = files.into_iter().map(|(name, bytes)| (name, Bytes::from(bytes))).collect();
    fenced("the extract", move || {
        read_tables(|name| {
            let found = files.iter().find(|(known, _)| known == name);
            found.map(|(_, bytes)| bytes.clone()).ok_or_else(|| "is not there".to_owned())
        })
    })
}

/// The library checks what it can and panics over some damage within a page (60.1, `read_num_bytes`): that too is a damaged file.
fn fenced(
    whole: &str,
    read: impl FnOnce() -> Result<Sector, BadInput> + std::panic::UnwindSafe,
) -> Result<Sector, BadInput> {
    std::panic::catch_unwind(read).unwrap_or_else(|_| {
        let what = "a Parquet file in it is damaged; write it anew".to_owned();
        Err(BadInput { file: whole.to_owned(), row: None, column: None, what })
    })
}

fn read_tables<R: ChunkReader + 'static>(open: impl Fn(&str) -> Result<R, String>) -> Result<Sector, BadInput> {
    let mut builder = Builder::new();
    let text = |name| (name, Kind::Text);
    let number = |name| (name, Kind::Number);
    let columns = [text("institution"), text("district"), number("x"), number("y"), text("type")];
    rows(&open, "institutions", &columns, |b, i| {
        builder.institution(&InstitutionRow {
            institution: b.text(0, i),
            district: b.text(1, i),
            x: b.number(2, i),
            y: b.number(3, i),
            kind: b.text(4, i),
        })
    })?;
    rows(&open, "appraisers", &[text("appraiser"), text("institution")], |b, i| {
        builder.appraiser(b.text(0, i), b.text(1, i))
    })?;
    rows(&open, "texts", &[text("text_id"), text("text")], |b, i| builder.text(b.text(0, i), b.text(1, i)))?;
    let columns: Vec<(&str, Kind)> = COLUMNS.iter().chain(&OPTIONAL).map(|name| (*name, kind(name))).collect();
    rows(&open, "cases", &columns, |b, i| builder.case(&b.case(i)))?;
    Ok(builder.finish())
}

/// What a column of cases is read as.
fn kind(column: &str) -> Kind {
    match column {
        "received" | "accept_date" | "exam_date" | "issue_date" => Kind::Day,
        "accepted" | "reappraised" | "overturned" | "complaint" => Kind::Flag,
        "exam_start_min" | "exam_minutes" | "exam_x" | "exam_y" | "opinion_no" | "fee" | "fee_standard" | "age"
        | "grade" | "bac" | "suspended_days" | "record_min" | "instrument_min" | "signed_min" => Kind::Number,
        _ => Kind::Text,
    }
}

/// Some rows, by column.
struct Batch(Vec<Cells>);

impl Batch {
    fn text(&self, column: usize, row: usize) -> &str {
        if let Cells::Text(cells) = &self.0[column] { &cells[row] } else { "" }
    }

    fn number(&self, column: usize, row: usize) -> Option<f64> {
        if let Cells::Number(cells) = &self.0[column] { cells[row] } else { None }
    }

    fn day(&self, column: usize, row: usize) -> Option<Day> {
        if let Cells::Day(cells) = &self.0[column] { cells[row] } else { None }
    }

    fn flag(&self, column: usize, row: usize) -> bool {
        if let Cells::Flag(cells) = &self.0[column] { cells[row] } else { false }
    }

    /// A row of `cases`; the places are those of [`COLUMNS`].
    fn case(&self, row: usize) -> CaseRow<'_> {
        let text = |c| self.text(c, row);
        let number = |c| self.number(c, row);
        let day = |c| self.day(c, row);
        let flag = |c| self.flag(c, row);
        CaseRow {
            case_id: text(0),
            received: day(1),
            institution: text(2),
            category: text(3),
            client_type: text(4),
            client: text(5),
            lawyer: text(6),
            insurer: text(7),
            district: text(8),
            accepted: flag(9),
            accept_date: day(10),
            exam_date: day(11),
            exam_start_min: number(12),
            exam_minutes: number(13),
            exam_x: number(14),
            exam_y: number(15),
            appraiser1: text(16),
            appraiser2: text(17),
            issue_date: day(18),
            opinion_no: number(19),
            fee: number(20),
            fee_standard: number(21),
            injury: text(22),
            age: number(23),
            grade: number(24),
            bac: number(25),
            suspended_days: number(26),
            reappraised: flag(27),
            overturned: flag(28),
            complaint: flag(29),
            text_id: text(30),
            phone: text(31),
            hospital: text(32),
            address: text(33),
            record_min: number(34),
            instrument_min: number(35),
            signed_min: number(36),
        }
    }
}

/// Gives every row of a table to `take`.
fn rows<R: ChunkReader + 'static>(
    open: impl Fn(&str) -> Result<R, String>,
    table: &str,
    columns: &[(&str, Kind)],
    mut take: impl FnMut(&Batch, usize) -> Result<(), Fault>,
) -> Result<(), BadInput> {
    let file = super::file(table);
    let bad = |row: Option<u64>, column: Option<&str>, what: String| BadInput {
        file: file.clone(),
        row,
        column: column.map(str::to_owned),
        what,
    };
    let broken = |e: ParquetError| bad(None, None, unreadable(&e));
    let source = open(&file).map_err(|e| bad(None, None, e))?;
    let reader = SerializedFileReader::new(source).map_err(broken)?;
    let places = places(&reader, columns).map_err(|(column, what)| bad(None, Some(column), what))?;
    let schema = reader.metadata().file_metadata().schema_descr_ptr();
    let mut done = 0u64;
    for g in 0..reader.num_row_groups() {
        let group = reader.get_row_group(g).map_err(broken)?;
        let many = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
        let open = |place: &Option<usize>| place.map(|at| group.get_column_reader(at).map_err(broken)).transpose();
        let mut readers = places.iter().map(open).collect::<Result<Vec<Option<ColumnReader>>, BadInput>>()?;
        for from in (0..many).step_by(BATCH_ROWS) {
            let count = BATCH_ROWS.min(many - from);
            let mut batch = Batch(Vec::with_capacity(columns.len()));
            for (n, (name, kind)) in columns.iter().enumerate() {
                let (Some(reader), Some(place)) = (&mut readers[n], places[n]) else {
                    batch.0.push(Cells::Missing);
                    continue;
                };
                let cells = cells::read(reader, &schema.column(place), *kind, count);
                batch.0.push(cells.map_err(|e| match e {
                    NoCells::Row(row, what) => bad(Some(done + row as u64 + 1), Some(name), what),
                    NoCells::File(e) => bad(None, Some(name), unreadable(&e)),
                })?);
            }
            for row in 0..count {
                take(&batch, row).map_err(|f| bad(Some(done + row as u64 + 1), Some(f.column), f.what))?;
            }
            done += count as u64;
        }
    }
    Ok(())
}

/// Where the columns are in the file; of those that may be missing, `None`.
fn places<'a>(
    reader: &SerializedFileReader<impl ChunkReader + 'static>,
    columns: &[(&'a str, Kind)],
) -> Result<Vec<Option<usize>>, (&'a str, String)> {
    let schema = reader.metadata().file_metadata().schema_descr();
    let names: Vec<String> = schema.columns().iter().map(|c| c.path().string()).collect();
    let find = |name: &&'a str| names.iter().position(|n| n == name);
    columns
        .iter()
        .map(|(name, _)| {
            if OPTIONAL.contains(name) {
                return Ok(find(name));
            }
            find(name)
                .map(Some)
                .ok_or_else(|| (*name, format!("this column is missing; the file has: {}", names.join(", "))))
        })
        .collect()
}

fn unreadable(e: &ParquetError) -> String {
    let told = e.to_string();
    match told.split_once("Disabled feature at compile time: ") {
        Some((_, packing)) => format!("is packed with {packing}; write it with Snappy or unpacked"),
        None => format!("cannot be read as Parquet: {told}"),
    }
}
