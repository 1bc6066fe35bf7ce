//! A table of numbers from CSV, and columns of results back to CSV.
//!
//! **Invariant:** either every cell that was asked for is a finite number, or the faults are told by row and column, all at once up to a limit.
//! Rows keep their order.

use crate::outliers::median;
use crate::{Fault, Points};
use std::io::{Read, Write};

/// Faults that are told; who has more has one cause for all of them.
pub const FAULTS_MAX: usize = 20;
/// Cells at most: 2 GiB of numbers.
pub const CELLS_MAX: usize = 1 << 28;
/// Columns at most; a file of more is no table of indicators.
pub const COLUMNS_MAX: usize = 10_000;
/// Bytes of one cell that are repeated in a fault.
const SHOWN_MAX: usize = 40;

/// What is read from a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// The columns that count, by name, in this order; all but `id` where empty.
    pub columns: Vec<String>,
    /// A column that names the rows and counts nothing.
    pub id: Option<String>,
    /// Whether an empty cell takes the median of its column; else it is a fault.
    pub impute_median: bool,
}

/// A table that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The names of the columns that count.
    pub columns: Vec<String>,
    /// The name of the column of ids and the ids, row by row.
    pub ids: Option<(String, Vec<String>)>,
    pub points: Points,
    /// How many empty cells took a median.
    pub imputed: usize,
}

/// Reads a table with a header.
///
/// # Errors
/// [`Fault::Table`] with every fault up to [`FAULTS_MAX`]; [`Fault::TooMany`]; [`Fault::Empty`].
pub fn read(from: impl Read, reading: &Reading) -> Result<Table, Fault> {
    let mut lines = csv::ReaderBuilder::new().flexible(true).from_reader(from);
    let header = lines.headers().map_err(|error| unreadable(&error))?.clone();
    let names: Vec<String> = header.iter().map(|name| name.trim_start_matches('\u{feff}').trim().to_string()).collect();
    let (chosen, id) = choose(&names, reading)?;
    let mut cells = Cells { values: Vec::new(), ids: Vec::new(), faults: Vec::new(), more: 0, gaps: Vec::new() };
    let mut record = csv::ByteRecord::new();
    let mut row = 0;
    loop {
        match lines.read_byte_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(error) => return Err(unreadable(&error)),
        }
        row += 1;
        if record.len() != names.len() {
            cells.fault(format!("row {row}: {} cells, but the header names {} columns", record.len(), names.len()));
            continue;
        }
        for &column in &chosen {
            cells.take(&record[column], row, &names[column]);
        }
        if let Some(id) = id {
            cells.ids.push(String::from_utf8_lossy(&record[id]).into_owned());
        }
        if cells.values.len() > CELLS_MAX {
            return Err(Fault::TooMany { what: "cells", many: cells.values.len(), most: CELLS_MAX });
        }
    }
    finish(cells, &chosen, id, &names, reading)
}

fn unreadable(error: &csv::Error) -> Fault {
    Fault::Table(vec![format!("this is no readable CSV: {error}")])
}

/// The positions of the columns that count, and of the ids.
fn choose(names: &[String], reading: &Reading) -> Result<(Vec<usize>, Option<usize>), Fault> {
    let mut faults = Vec::new();
    let mut find = |name: &String| {
        let found = names.iter().position(|one| one == name);
        if found.is_none() {
            faults.push(format!("there is no column '{name}'; the columns are {}", shown(&names.join(", "))));
        }
        found
    };
    let id = reading.id.as_ref().and_then(&mut find);
    let chosen: Vec<usize> = if reading.columns.is_empty() {
        (0..names.len()).filter(|at| Some(*at) != id).collect()
    } else {
        reading.columns.iter().filter_map(&mut find).collect()
    };
    let mut sorted = chosen.clone();
    sorted.sort_unstable();
    sorted.dedup();
    if sorted.len() < chosen.len() {
        faults.push("a column is named twice".to_string());
    }
    if !faults.is_empty() {
        return Err(Fault::Table(faults));
    }
    if chosen.len() > COLUMNS_MAX {
        return Err(Fault::TooMany { what: "columns", many: chosen.len(), most: COLUMNS_MAX });
    }
    if chosen.is_empty() { Err(Fault::Empty) } else { Ok((chosen, id)) }
}

struct Cells {
    values: Vec<f64>,
    ids: Vec<String>,
    faults: Vec<String>,
    more: usize,
    /// Positions of empty cells.
    gaps: Vec<usize>,
}

impl Cells {
    fn fault(&mut self, sentence: String) {
        if self.faults.len() < FAULTS_MAX { self.faults.push(sentence) } else { self.more += 1 }
    }

    fn take(&mut self, cell: &[u8], row: usize, column: &str) {
        let text = std::str::from_utf8(cell).unwrap_or("\u{fffd}").trim();
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() => self.values.push(value),
            Ok(_) => self.fault(format!("row {row}, column '{column}': '{}' is not a finite number", shown(text))),
            Err(_) if text.is_empty() => {
                self.gaps.push(self.values.len());
                self.values.push(f64::NAN);
            }
            Err(_) => self.fault(format!("row {row}, column '{column}': '{}' is not a number", shown(text))),
        }
    }
}

fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN_MAX) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_string(),
    }
}

fn finish(
    mut cells: Cells,
    chosen: &[usize],
    id: Option<usize>,
    names: &[String],
    reading: &Reading,
) -> Result<Table, Fault> {
    let many = chosen.len();
    if cells.faults.is_empty() {
        // Only a whole table has gaps that can be placed.
        let gaps = std::mem::take(&mut cells.gaps);
        if reading.impute_median {
            impute(&mut cells, &gaps, chosen, names);
        } else {
            for &gap in &gaps {
                let column = &names[chosen[gap % many]];
                cells.fault(format!(
                    "row {}, column '{column}': the cell is empty (--impute median fills it)",
                    gap / many + 1
                ));
            }
        }
        if cells.faults.is_empty() {
            let columns = chosen.iter().map(|&at| names[at].clone()).collect();
            let ids = id.map(|at| (names[at].clone(), cells.ids));
            return Ok(Table { columns, ids, points: Points::new(cells.values, many)?, imputed: gaps.len() });
        }
    }
    if cells.more > 0 {
        cells.faults.push(format!("and {} more", cells.more));
    }
    Err(Fault::Table(cells.faults))
}

fn impute(cells: &mut Cells, gaps: &[usize], chosen: &[usize], names: &[String]) {
    let many = chosen.len();
    let mut medians = vec![None; many];
    for &gap in gaps {
        let column = gap % many;
        let value = *medians[column].get_or_insert_with(|| {
            let known: Vec<f64> =
                cells.values.iter().skip(column).step_by(many).copied().filter(|x| !x.is_nan()).collect();
            if known.is_empty() { f64::NAN } else { median(known) }
        });
        if value.is_nan() {
            cells.fault(format!(
                "column '{}' is empty: there is no median; leave it out by --columns",
                names[chosen[column]]
            ));
            return;
        }
        cells.values[gap] = value;
    }
}

/// A column of results.
pub enum Column<'a> {
    Label(&'a [i32]),
    Number(&'a [f64]),
    Text(&'a [String]),
}

/// Writes columns of the same length with a header; a number as short as it can be read back.
///
/// # Errors
/// Those of the writer.
pub fn write(to: impl Write, columns: &[(&str, Column<'_>)]) -> std::io::Result<()> {
    let mut to = csv::Writer::from_writer(to);
    to.write_record(columns.iter().map(|(name, _)| *name))?;
    let rows = columns.first().map_or(0, |(_, column)| match column {
        Column::Label(all) => all.len(),
        Column::Number(all) => all.len(),
        Column::Text(all) => all.len(),
    });
    for row in 0..rows {
        for (_, column) in columns {
            match column {
                Column::Label(all) => to.write_field(all[row].to_string())?,
                Column::Number(all) => to.write_field(all[row].to_string())?,
                Column::Text(all) => to.write_field(&all[row])?,
            }
        }
        to.write_record(None::<&[u8]>)?;
    }
    to.flush()
}
