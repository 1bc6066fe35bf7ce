//! 读入: the four tables as CSV become one [`Sector`].
//!
//! **Invariant:** what is read is complete and consistent, or the first fault is told; nothing is guessed or left out.

use std::io::Read;

use super::build::{Builder, CaseRow, Fault, InstitutionRow};
use super::table::Table;
use super::{BadInput, Sector};

/// The tables, opened.
pub struct Sources<R: Read> {
    pub institutions: R,
    pub appraisers: R,
    pub cases: R,
    pub texts: R,
}

/// Reads all four.
///
/// # Errors
/// The first fault, with file, row and column.
pub fn read<R: Read>(sources: Sources<R>) -> Result<Sector, BadInput> {
    let mut builder = Builder::new();
    read_institutions(sources.institutions, &mut builder)?;
    read_appraisers(sources.appraisers, &mut builder)?;
    read_texts(sources.texts, &mut builder)?;
    read_cases(sources.cases, &mut builder)?;
    Ok(builder.finish())
}

/// A fault of the row the table stands at.
fn of<R: Read>(table: &Table<R>, fault: Fault) -> BadInput {
    table.bad_in(fault.column, fault.what)
}

fn read_institutions<R: Read>(source: R, builder: &mut Builder) -> Result<(), BadInput> {
    let (mut table, at) =
        Table::open("institutions.csv", source, b',', &["institution", "district", "x", "y", "type"])?;
    while table.advance()? {
        let row = InstitutionRow {
            institution: table.text(at[0]),
            district: table.text(at[1]),
            x: table.number(at[2])?,
            y: table.number(at[3])?,
            kind: table.text(at[4]),
        };
        builder.institution(&row).map_err(|f| of(&table, f))?;
    }
    Ok(())
}

fn read_appraisers<R: Read>(source: R, builder: &mut Builder) -> Result<(), BadInput> {
    let (mut table, at) = Table::open("appraisers.csv", source, b',', &["appraiser", "institution"])?;
    while table.advance()? {
        builder.appraiser(table.text(at[0]), table.text(at[1])).map_err(|f| of(&table, f))?;
    }
    Ok(())
}

fn read_texts<R: Read>(source: R, builder: &mut Builder) -> Result<(), BadInput> {
    let (mut table, at) = Table::open("texts.tsv", source, b'\t', &["text_id", "text"])?;
    while table.advance()? {
        builder.text(table.text(at[0]), table.text(at[1])).map_err(|f| of(&table, f))?;
    }
    Ok(())
}

/// The columns of `cases`, in every form of the extract.
pub(super) const COLUMNS: [&str; 31] = [
    "case_id",
    "received",
    "institution",
    "category",
    "client_type",
    "client",
    "lawyer",
    "insurer",
    "district",
    "accepted",
    "accept_date",
    "exam_date",
    "exam_start_min",
    "exam_minutes",
    "exam_x",
    "exam_y",
    "appraiser1",
    "appraiser2",
    "issue_date",
    "opinion_no",
    "fee",
    "fee_standard",
    "injury",
    "age",
    "grade",
    "bac",
    "suspended_days",
    "reappraised",
    "overturned",
    "complaint",
    "text_id",
];

/// The columns of `cases` that may be missing; their places are those of [`COLUMNS`] and after.
pub const OPTIONAL: [&str; 6] = ["phone", "hospital", "address", "record_min", "instrument_min", "signed_min"];

fn read_cases<R: Read>(source: R, builder: &mut Builder) -> Result<(), BadInput> {
    let (mut table, mut at) = Table::open("cases.csv", source, b',', &COLUMNS)?;
    at.extend(OPTIONAL.map(|column| table.find(column).unwrap_or(usize::MAX)));
    while table.advance()? {
        let row = case_row(&table, &at)?;
        builder.case(&row).map_err(|f| of(&table, f))?;
    }
    Ok(())
}

fn case_row<'a, R: Read>(table: &'a Table<R>, at: &[usize]) -> Result<CaseRow<'a>, BadInput> {
    let text = |p: usize| table.text(at[p]);
    let number = |p: usize| table.number(at[p]);
    let day = |p: usize| table.day(at[p]);
    let flag = |p: usize| table.flag(at[p]);
    Ok(CaseRow {
        case_id: text(0),
        received: day(1)?,
        institution: text(2),
        category: text(3),
        client_type: text(4),
        client: text(5),
        lawyer: text(6),
        insurer: text(7),
        district: text(8),
        accepted: flag(9)?,
        accept_date: day(10)?,
        exam_date: day(11)?,
        exam_start_min: number(12)?,
        exam_minutes: number(13)?,
        exam_x: number(14)?,
        exam_y: number(15)?,
        appraiser1: text(16),
        appraiser2: text(17),
        issue_date: day(18)?,
        opinion_no: number(19)?,
        fee: number(20)?,
        fee_standard: number(21)?,
        injury: text(22),
        age: number(23)?,
        grade: number(24)?,
        bac: number(25)?,
        suspended_days: number(26)?,
        reappraised: flag(27)?,
        overturned: flag(28)?,
        complaint: flag(29)?,
        text_id: text(30),
        phone: text(31),
        hospital: text(32),
        address: text(33),
        record_min: number(34)?,
        instrument_min: number(35)?,
        signed_min: number(36)?,
    })
}
