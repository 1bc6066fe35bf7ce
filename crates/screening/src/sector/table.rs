//! 表格读取: one CSV or TSV table, row by row, every fault told with file, row and column.
//!
//! **Invariant:** a row number counts as a spreadsheet does: the header is row 1.

use std::io::Read;

/// A field no reader should hold: an opinion's analysis of ten megabytes is still below.
const FIELD_MAX: usize = 32 << 20;

/// What is wrong with the input, where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadInput {
    /// The file, as it was named.
    pub file: String,
    /// Row as a spreadsheet counts, if it is about a row.
    pub row: Option<u64>,
    /// Column name, if it is about a field.
    pub column: Option<String>,
    /// What is wrong and what would be right.
    pub what: String,
}

impl std::fmt::Display for BadInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {}", self.what)
    }
}

impl std::error::Error for BadInput {}

/// A table being read.
pub struct Table<R: Read> {
    file: String,
    reader: csv::Reader<R>,
    record: csv::StringRecord,
    columns: Vec<String>,
    row: u64,
}

impl<R: Read> Table<R> {
    /// Reads the header and asks for `columns`; the fields are later asked for by their place in `columns`.
    pub fn open(file: &str, source: R, delimiter: u8, columns: &[&str]) -> Result<(Self, Vec<usize>), BadInput> {
        let reader = csv::ReaderBuilder::new().delimiter(delimiter).quoting(delimiter != b'\t').from_reader(source);
        let mut table =
            Self { file: file.into(), reader, record: csv::StringRecord::new(), columns: Vec::new(), row: 1 };
        let header = table.reader.headers().cloned().map_err(|e| table.unreadable(&e))?;
        table.columns = header.iter().map(|h| h.trim_start_matches('\u{feff}').trim().to_owned()).collect();
        let mut places = Vec::new();
        for column in columns {
            match table.columns.iter().position(|c| c == column) {
                Some(place) => places.push(place),
                None => {
                    let what = format!("this column is missing; the file has: {}", table.columns.join(", "));
                    return Err(BadInput { file: file.into(), row: None, column: Some((*column).to_owned()), what });
                }
            }
        }
        Ok((table, places))
    }

    /// The place of a column that may be missing.
    pub fn find(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|c| c == column)
    }

    /// Goes to the next row; false at the end.
    pub fn advance(&mut self) -> Result<bool, BadInput> {
        self.row += 1;
        let more = self.reader.read_record(&mut self.record).map_err(|e| self.unreadable(&e))?;
        if more && self.record.iter().any(|f| f.len() > FIELD_MAX) {
            return Err(self.bad(None, format!("a field is longer than {FIELD_MAX} bytes")));
        }
        Ok(more)
    }

    fn unreadable(&self, error: &csv::Error) -> BadInput {
        let what = match error.kind() {
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                format!("has {len} fields where the header has {expected_len}")
            }
            csv::ErrorKind::Utf8 { .. } => "is not UTF-8 text".to_owned(),
            csv::ErrorKind::Io(e) => format!("cannot be read: {e}"),
            _ => "cannot be read as a table".to_owned(),
        };
        BadInput { file: self.file.clone(), row: Some(self.row), column: None, what }
    }

    /// A fault of this row, in the column at `place`.
    pub fn bad(&self, place: Option<usize>, what: String) -> BadInput {
        let column = place.and_then(|p| self.columns.get(p).cloned());
        BadInput { file: self.file.clone(), row: Some(self.row), column, what }
    }

    /// A fault of this row, in a column by name.
    pub fn bad_in(&self, column: &str, what: String) -> BadInput {
        BadInput { file: self.file.clone(), row: Some(self.row), column: Some(column.to_owned()), what }
    }

    /// The field at `place`, without spaces around.
    pub fn text(&self, place: usize) -> &str {
        self.record.get(place).unwrap_or("").trim()
    }

    /// A finite number, or `None` if the field is empty.
    pub fn number(&self, place: usize) -> Result<Option<f64>, BadInput> {
        match self.text(place) {
            "" => Ok(None),
            text => match text.parse::<f64>() {
                Ok(n) if n.is_finite() => Ok(Some(n)),
                _ => Err(self.bad(Some(place), format!("a finite number is needed, not “{}”", short(text)))),
            },
        }
    }

    /// A day, or `None` if the field is empty.
    pub fn day(&self, place: usize) -> Result<Option<crate::dates::Day>, BadInput> {
        match self.text(place) {
            "" => Ok(None),
            text => crate::dates::parse(text).map(Some).ok_or_else(|| {
                self.bad(Some(place), format!("a real date like 2024-01-31 is needed, not “{}”", short(text)))
            }),
        }
    }

    /// 0 or 1; empty is 0.
    pub fn flag(&self, place: usize) -> Result<bool, BadInput> {
        match self.text(place) {
            "" | "0" | "0.0" => Ok(false),
            "1" | "1.0" => Ok(true),
            text => Err(self.bad(Some(place), format!("0 or 1 is needed, not “{}”", short(text)))),
        }
    }
}

fn short(text: &str) -> String {
    if text.chars().count() > 40 {
        format!("{}…", text.chars().take(40).collect::<String>())
    } else {
        text.to_owned()
    }
}
