//! 单元格: the cells of a column as this crate needs them, whatever numeric or text type another program chose for it.
//!
//! **Invariant:** a cell that does not fit is told with its row; nothing is rounded into an id.

use parquet::basic::{ConvertedType, LogicalType, TimeUnit};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::ParquetError;
use parquet::schema::types::ColumnDescriptor;

use crate::dates::{self, Day};

/// What a column is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    Day,
    Flag,
}

/// The cells of some rows of a column.
#[derive(Debug)]
pub enum Cells {
    Text(Vec<String>),
    Number(Vec<Option<f64>>),
    Day(Vec<Option<Day>>),
    Flag(Vec<bool>),
    /// The file has no such column.
    Missing,
}

/// Why cells could not be read; the row counts within the batch.
#[derive(Debug)]
pub enum NoCells {
    Row(usize, String),
    File(ParquetError),
}

impl From<ParquetError> for NoCells {
    fn from(e: ParquetError) -> Self {
        Self::File(e)
    }
}

/// How the integers of a column of days count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Clock {
    Days,
    /// Instants, so many to a day.
    PerDay(i64),
    None,
}

fn clock(column: &ColumnDescriptor) -> Clock {
    const DAY_MS: i64 = 86_400_000;
    match (column.logical_type_ref(), column.converted_type()) {
        (Some(LogicalType::Date), _) | (None, ConvertedType::DATE) => Clock::Days,
        (Some(LogicalType::Timestamp(t)), _) => Clock::PerDay(match t.unit {
            TimeUnit::MILLIS => DAY_MS,
            TimeUnit::MICROS => DAY_MS * 1_000,
            TimeUnit::NANOS => DAY_MS * 1_000_000,
        }),
        (None, ConvertedType::TIMESTAMP_MILLIS) => Clock::PerDay(DAY_MS),
        (None, ConvertedType::TIMESTAMP_MICROS) => Clock::PerDay(DAY_MS * 1_000),
        _ => Clock::None,
    }
}

/// A value of the file, before it is known what is wanted of it.
enum Value {
    Whole(i64),
    Broken(f64),
    Text(ByteArray),
    Flag(bool),
}

/// Reads the next `rows` cells of a column.
pub fn read(reader: &mut ColumnReader, column: &ColumnDescriptor, kind: Kind, rows: usize) -> Result<Cells, NoCells> {
    let most = column.max_def_level();
    let decimal = matches!(column.logical_type_ref(), Some(LogicalType::Decimal(_)))
        || column.converted_type() == ConvertedType::DECIMAL;
    if decimal || column.max_rep_level() > 0 {
        return Err(NoCells::Row(0, "lists and decimals are not read; write plain numbers or text".into()));
    }
    let values: Vec<Option<Value>> = match reader {
        ColumnReader::BoolColumnReader(r) => batch(r, most, rows, Value::Flag)?,
        ColumnReader::Int32ColumnReader(r) => batch(r, most, rows, |n| Value::Whole(n.into()))?,
        ColumnReader::Int64ColumnReader(r) => batch(r, most, rows, Value::Whole)?,
        ColumnReader::FloatColumnReader(r) => batch(r, most, rows, |n| Value::Broken(n.into()))?,
        ColumnReader::DoubleColumnReader(r) => batch(r, most, rows, Value::Broken)?,
        ColumnReader::ByteArrayColumnReader(r) => batch(r, most, rows, Value::Text)?,
        _ => return Err(NoCells::Row(0, "this type of column is not read; write numbers, text or dates".into())),
    };
    let clock = clock(column);
    Ok(match kind {
        Kind::Text => Cells::Text(each(values, |v| v.map_or(Ok(String::new()), text))?),
        Kind::Number => Cells::Number(each(values, |v| v.map(number).transpose())?),
        Kind::Day => Cells::Day(each(values, |v| v.map_or(Ok(None), |v| day(v, clock)))?),
        Kind::Flag => Cells::Flag(each(values, |v| v.map_or(Ok(false), flag))?),
    })
}

fn batch<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    most: i16,
    rows: usize,
    as_value: impl Fn(T::T) -> Value,
) -> Result<Vec<Option<Value>>, ParquetError> {
    let mut values = Vec::new();
    let mut levels = Vec::new();
    let (read, ..) = reader.read_records(rows, Some(&mut levels), None, &mut values)?;
    let short = || ParquetError::EOF("the column ends early".into());
    if read != rows || (most > 0 && levels.len() != rows) {
        return Err(short());
    }
    let mut values = values.into_iter().map(as_value);
    if most == 0 {
        return Ok(values.map(Some).collect());
    }
    levels
        .iter()
        .map(|level| if *level == most { values.next().map(Some).ok_or_else(short) } else { Ok(None) })
        .collect()
}

fn each<T>(values: Vec<Option<Value>>, of: impl Fn(Option<Value>) -> Result<T, String>) -> Result<Vec<T>, NoCells> {
    values.into_iter().enumerate().map(|(row, v)| of(v).map_err(|what| NoCells::Row(row, what))).collect()
}

/// A text of the file, without spaces around. A field of more than 32 MB is nobody's.
const TEXT_MAX: usize = 32 << 20;

fn text(value: Value) -> Result<String, String> {
    match value {
        Value::Text(bytes) if bytes.data().len() > TEXT_MAX => Err(format!("a field is longer than {TEXT_MAX} bytes")),
        Value::Text(bytes) => bytes.as_utf8().map(|t| t.trim().to_owned()).map_err(|_| "is not UTF-8 text".to_owned()),
        Value::Whole(n) => Ok(n.to_string()),
        // Ids of a column with gaps: table programs make them 12.0.
        Value::Broken(n) if n.fract() == 0.0 && n.abs() < 1e15 => Ok(format!("{n:.0}")),
        Value::Broken(n) => Err(format!("text or a whole number is needed, not {n}")),
        Value::Flag(_) => Err("text is needed, not yes or no".into()),
    }
}

fn number(value: Value) -> Result<f64, String> {
    match value {
        Value::Whole(n) => Ok(n as f64),
        Value::Broken(n) => Ok(n),
        _ => Err("a number is needed: the column holds text or yes and no".into()),
    }
}

fn day(value: Value, clock: Clock) -> Result<Option<Day>, String> {
    let needed = || "a real date like 2024-01-31 is needed, as a date, an instant or text".to_owned();
    let found = match (value, clock) {
        (Value::Whole(n), Clock::Days) => Day::try_from(n).ok(),
        (Value::Whole(n), Clock::PerDay(ticks)) => Day::try_from(n.div_euclid(ticks)).ok(),
        (Value::Text(bytes), _) => match bytes.as_utf8().map(str::trim) {
            Ok("") => return Ok(None),
            Ok(text) => dates::parse(text),
            Err(_) => None,
        },
        _ => None,
    };
    let years = dates::day(1900, 1, 1)..dates::day(2200, 1, 1);
    found.filter(|d| years.contains(d)).map(Some).ok_or_else(needed)
}

fn flag(value: Value) -> Result<bool, String> {
    match value {
        Value::Flag(yes) => Ok(yes),
        Value::Whole(0) => Ok(false),
        Value::Whole(1) => Ok(true),
        Value::Broken(0.0) => Ok(false),
        Value::Broken(1.0) => Ok(true),
        _ => Err("yes or no, 0 or 1 is needed".into()),
    }
}
