//! 写出: an extract as Parquet, column by column from one table of columns.
//!
//! **Invariant:** a folder holds a whole extract or the old one: files are written beside and moved, `cases` last.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use parquet::basic::{Compression, ConvertedType, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FloatType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;

use crate::dates::Day;
use crate::sector::{Case, NONE, Sector};

/// Rows of a group: enough to pack well, few enough to hold in memory as they are written.
const GROUP_ROWS: usize = 1 << 16;

/// How a column is taken from the extract, by the row's place.
enum Get {
    Text(for<'a> fn(&'a Sector, usize) -> &'a str),
    /// A number that is an id: written as text.
    Id(fn(&Sector, usize) -> u32),
    Day(fn(&Case) -> Option<Day>),
    Small(fn(&Case) -> f32),
    Large(fn(&Sector, usize) -> f64),
    Whole(fn(&Case) -> Option<i64>),
    Grade(fn(&Case) -> Option<u8>),
    Flag(fn(&Case) -> bool),
}

type Column = (&'static str, Get);

const INSTITUTIONS: [Column; 5] = [
    ("institution", Get::Text(|s, i| s.institution_ids.name(i as u32))),
    ("district", Get::Text(|s, i| s.districts.name(s.institutions[i].district))),
    ("x", Get::Large(|s, i| s.institutions[i].x)),
    ("y", Get::Large(|s, i| s.institutions[i].y)),
    ("type", Get::Text(|s, i| &s.institutions[i].kind)),
];

const APPRAISERS: [Column; 2] = [
    ("appraiser", Get::Text(|s, i| s.appraiser_ids.name(i as u32))),
    ("institution", Get::Text(|s, i| s.institution_ids.name(s.appraiser_home[i]))),
];

const TEXTS: [Column; 2] = [("text_id", Get::Id(|_, i| i as u32)), ("text", Get::Text(|s, i| &s.texts[i]))];

const CASES: [Column; 37] = [
    ("case_id", Get::Text(|s, i| &s.cases[i].id)),
    ("received", Get::Day(|c| Some(c.received))),
    ("institution", Get::Text(|s, i| s.institution_ids.name(s.cases[i].institution))),
    ("category", Get::Text(|s, i| s.categories.name(s.cases[i].category))),
    ("client_type", Get::Text(|s, i| s.client_types.name(s.cases[i].client_type))),
    ("client", Get::Text(|s, i| s.clients.name(s.cases[i].client))),
    ("lawyer", Get::Text(|s, i| s.lawyers.name(s.cases[i].lawyer))),
    ("insurer", Get::Text(|s, i| s.insurers.name(s.cases[i].insurer))),
    ("district", Get::Text(|s, i| s.districts.name(s.cases[i].district))),
    ("accepted", Get::Flag(|c| c.accepted)),
    ("accept_date", Get::Day(|c| c.accept_date)),
    ("exam_date", Get::Day(|c| c.exam_date)),
    ("exam_start_min", Get::Small(|c| c.exam_start)),
    ("exam_minutes", Get::Small(|c| c.exam_minutes)),
    ("exam_x", Get::Small(|c| c.exam_x)),
    ("exam_y", Get::Small(|c| c.exam_y)),
    ("appraiser1", Get::Text(|s, i| s.appraiser_ids.name(s.cases[i].appraiser1))),
    ("appraiser2", Get::Text(|s, i| s.appraiser_ids.name(s.cases[i].appraiser2))),
    ("issue_date", Get::Day(|c| c.issue_date)),
    ("opinion_no", Get::Whole(|c| c.opinion_no)),
    ("fee", Get::Large(|s, i| s.cases[i].fee)),
    ("fee_standard", Get::Large(|s, i| s.cases[i].fee_standard)),
    ("injury", Get::Text(|s, i| s.injuries.name(s.cases[i].injury))),
    ("age", Get::Small(|c| c.age)),
    ("grade", Get::Grade(|c| c.severity)),
    ("bac", Get::Small(|c| c.bac)),
    ("suspended_days", Get::Small(|c| c.suspended_days)),
    ("reappraised", Get::Flag(|c| c.reappraised)),
    ("overturned", Get::Flag(|c| c.overturned)),
    ("complaint", Get::Flag(|c| c.complaint)),
    ("text_id", Get::Id(|s, i| s.cases[i].text)),
    ("phone", Get::Text(|s, i| s.phones.name(s.cases[i].phone))),
    ("hospital", Get::Text(|s, i| s.hospitals.name(s.cases[i].hospital))),
    ("address", Get::Text(|s, i| s.addresses.name(s.cases[i].address))),
    ("record_min", Get::Whole(|c| c.recorded.map(i64::from))),
    ("instrument_min", Get::Whole(|c| c.instrument.map(i64::from))),
    ("signed_min", Get::Whole(|c| c.signed.map(i64::from))),
];

fn tables(sector: &Sector) -> [(&'static str, &'static [Column], usize); 4] {
    [
        ("institutions", &INSTITUTIONS, sector.institutions.len()),
        ("appraisers", &APPRAISERS, sector.appraiser_home.len()),
        ("texts", &TEXTS, sector.texts.len()),
        ("cases", &CASES, sector.cases.len()),
    ]
}

/// The four files in memory, by name: for whoever keeps them elsewhere than in a folder.
///
/// # Errors
/// The writer's, which has no reason to fail in memory.
pub fn parquet_files(sector: &Sector) -> io::Result<[(String, Vec<u8>); 4]> {
    let mut files = [const { (String::new(), Vec::new()) }; 4];
    for (file, (table, columns, rows)) in files.iter_mut().zip(tables(sector)) {
        let bytes = write_table(sector, table, columns, rows, Vec::new()).map_err(io::Error::other)?;
        *file = (super::file(table), bytes);
    }
    Ok(files)
}

/// Writes the extract to `folder`, which is made if it is not there.
///
/// # Errors
/// What the disk says.
pub fn write_parquet(sector: &Sector, folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let tables = tables(sector);
    let part = |table: &str| folder.join(format!("{}.part", super::file(table)));
    for (table, columns, rows) in &tables {
        write_table(sector, table, columns, *rows, BufWriter::new(File::create(part(table))?))
            .map_err(io::Error::other)?;
    }
    for (table, ..) in &tables {
        std::fs::rename(part(table), folder.join(super::file(table)))?;
    }
    Ok(())
}

fn write_table<W: Write + Send>(
    sector: &Sector,
    table: &str,
    columns: &[Column],
    rows: usize,
    out: W,
) -> Result<W, ParquetError> {
    let fields = columns.iter().map(|c| field(c).map(Arc::new)).collect::<Result<Vec<_>, _>>()?;
    let schema = Arc::new(Type::group_type_builder(table).with_fields(fields).build()?);
    let properties = WriterProperties::builder()
        // The library's own version would change the bytes with every update.
        .set_created_by("sijian".into())
        .set_compression(Compression::SNAPPY)
        .build();
    let mut writer = SerializedFileWriter::new(out, schema, Arc::new(properties))?;
    for from in (0..rows).step_by(GROUP_ROWS) {
        let group = from..rows.min(from + GROUP_ROWS);
        let mut out = writer.next_row_group()?;
        for (_, get) in columns {
            write_column(sector, get, group.clone(), &mut out)?;
        }
        out.close()?;
    }
    writer.into_inner()
}

/// The declaration of a column. Everything may be missing but a flag.
fn field((name, get): &Column) -> Result<Type, ParquetError> {
    let of = |physical| Type::primitive_type_builder(name, physical).with_repetition(Repetition::OPTIONAL);
    match get {
        Get::Text(_) | Get::Id(_) => of(Physical::BYTE_ARRAY)
            .with_logical_type(Some(LogicalType::String))
            .with_converted_type(ConvertedType::UTF8),
        Get::Day(_) => {
            of(Physical::INT32).with_logical_type(Some(LogicalType::Date)).with_converted_type(ConvertedType::DATE)
        }
        Get::Small(_) => of(Physical::FLOAT),
        Get::Large(_) => of(Physical::DOUBLE),
        Get::Whole(_) => of(Physical::INT64),
        Get::Grade(_) => of(Physical::INT32),
        Get::Flag(_) => of(Physical::BOOLEAN).with_repetition(Repetition::REQUIRED),
    }
    .build()
}

type Group<'a, W> = SerializedRowGroupWriter<'a, W>;

fn write_column<W: Write + Send>(
    sector: &Sector,
    get: &Get,
    rows: std::ops::Range<usize>,
    out: &mut Group<'_, W>,
) -> Result<(), ParquetError> {
    let cases = |i: usize| &sector.cases[i];
    let given = |n: f64| (!n.is_nan()).then_some(n);
    match get {
        Get::Text(of) => {
            let text = |i| Some(of(sector, i)).filter(|t| !t.is_empty()).map(ByteArray::from);
            optional::<ByteArrayType>(out, rows.map(text))
        }
        Get::Id(of) => {
            let text =
                |i| Some(of(sector, i)).filter(|n| *n != NONE).map(|n| ByteArray::from(n.to_string().into_bytes()));
            optional::<ByteArrayType>(out, rows.map(text))
        }
        Get::Day(of) => optional::<Int32Type>(out, rows.map(|i| of(cases(i)))),
        Get::Small(of) => optional::<FloatType>(out, rows.map(|i| Some(of(cases(i))).filter(|n| !n.is_nan()))),
        Get::Large(of) => optional::<DoubleType>(out, rows.map(|i| given(of(sector, i)))),
        Get::Whole(of) => optional::<Int64Type>(out, rows.map(|i| of(cases(i)))),
        Get::Grade(of) => {
            optional::<Int32Type>(out, rows.map(|i| of(cases(i)).map(|s| if s == 0 { 0 } else { 11 - i32::from(s) })))
        }
        Get::Flag(of) => {
            let values: Vec<bool> = rows.map(|i| of(cases(i))).collect();
            next::<BoolType>(out, &values, None)
        }
    }
}

fn optional<T: DataType>(
    out: &mut Group<'_, impl Write + Send>,
    cells: impl Iterator<Item = Option<T::T>>,
) -> Result<(), ParquetError> {
    let mut values = Vec::new();
    let mut levels = Vec::new();
    for cell in cells {
        levels.push(i16::from(cell.is_some()));
        values.extend(cell);
    }
    next::<T>(out, &values, Some(&levels))
}

fn next<T: DataType>(
    out: &mut Group<'_, impl Write + Send>,
    values: &[T::T],
    levels: Option<&[i16]>,
) -> Result<(), ParquetError> {
    let Some(mut column) = out.next_column()? else {
        return Err(ParquetError::General("more columns than declared".into()));
    };
    column.typed::<T>().write_batch(values, levels, None)?;
    column.close()
}
