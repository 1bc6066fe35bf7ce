//! 留存的提取数据: an extract as one ZIP of the four tables that `sijian screen` reads, the same bytes for the same extract.
//!
//! **Invariant:** what is read back is what was written: a run is repeated from here, not from the database, which has moved
//! on since.

use anyhow::{Context, bail};
use screening::dates;
use screening::sector::{Sector, Sources, read};
use std::fmt::Write as _;
use std::io::{Cursor, Read, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

const TABLES: [&str; 4] = ["institutions.csv", "appraisers.csv", "cases.csv", "texts.tsv"];
/// Bytes of one table that are read back at most: ten times a city's ten years.
const TABLE_MAX: u64 = 8 << 30;

/// The extract as a ZIP.
///
/// # Errors
/// The packer's, which has no reason to fail in memory.
pub fn pack(sector: &Sector) -> anyhow::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    // No time of day in it: the same extract has the same bytes whenever it is packed.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default())
        .large_file(true);
    let tables = [institutions(sector), appraisers(sector), cases(sector), texts(sector)];
    for (name, table) in TABLES.into_iter().zip(tables) {
        zip.start_file(name, options)?;
        zip.write_all(table.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}

/// Reads a ZIP back.
///
/// # Errors
/// A ZIP that is none, or tables that do not fit together; says which.
pub fn unpack(bytes: &[u8]) -> anyhow::Result<Sector> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).context("the kept extract is no ZIP")?;
    let mut table = |name: &str| -> anyhow::Result<Cursor<Vec<u8>>> {
        let mut text = Vec::new();
        let file = zip.by_name(name).with_context(|| format!("the kept extract has no {name}"))?;
        file.take(TABLE_MAX + 1).read_to_end(&mut text)?;
        if text.len() as u64 > TABLE_MAX {
            bail!("{name} is longer than {TABLE_MAX} bytes");
        }
        Ok(Cursor::new(text))
    };
    let [institutions, appraisers, cases, texts] = TABLES;
    let sources = Sources {
        institutions: table(institutions)?,
        appraisers: table(appraisers)?,
        cases: table(cases)?,
        texts: table(texts)?,
    };
    Ok(read(sources)?)
}

fn institutions(sector: &Sector) -> String {
    let mut out = String::from("institution,district,x,y,type\n");
    for (n, one) in sector.institutions.iter().enumerate() {
        let id = sector.institution_ids.name(n as u32);
        let _ = writeln!(out, "{id},{},{},{},{}", sector.districts.name(one.district), one.x, one.y, one.kind);
    }
    out
}

fn appraisers(sector: &Sector) -> String {
    let mut out = String::from("appraiser,institution\n");
    for (n, home) in sector.appraiser_home.iter().enumerate() {
        let _ = writeln!(out, "{},{}", sector.appraiser_ids.name(n as u32), sector.institution_ids.name(*home));
    }
    out
}

fn texts(sector: &Sector) -> String {
    let mut out = String::from("text_id\ttext\n");
    for (n, text) in sector.texts.iter().enumerate() {
        let _ = writeln!(out, "T{n}\t{}", text.replace(['\t', '\n', '\r', '"'], " "));
    }
    out
}

/// A number as short as it reads back the same; empty for none.
fn number(value: f64) -> String {
    if value.is_nan() { String::new() } else { format!("{value}") }
}

fn small(value: f32) -> String {
    if value.is_nan() { String::new() } else { format!("{value}") }
}

fn cases(sector: &Sector) -> String {
    let mut out = String::from(
        "case_id,received,institution,category,client_type,client,lawyer,insurer,district,accepted,accept_date,exam_date,\
         exam_start_min,exam_minutes,exam_x,exam_y,appraiser1,appraiser2,issue_date,opinion_no,fee,fee_standard,injury,age,\
         grade,bac,suspended_days,reappraised,overturned,complaint,text_id\n",
    );
    let day = |day: Option<i32>| day.map_or_else(String::new, dates::format);
    for case in &sector.cases {
        let flag = |is: bool| u8::from(is);
        let text = if (case.text as usize) < sector.texts.len() { format!("T{}", case.text) } else { String::new() };
        let grade = match case.severity {
            None => String::new(),
            Some(0) => "0".to_owned(),
            Some(severity) => (11 - severity.min(10)).to_string(),
        };
        let head = [
            case.id.to_string(),
            dates::format(case.received),
            sector.institution_ids.name(case.institution).to_owned(),
            sector.categories.name(case.category).to_owned(),
            sector.client_types.name(case.client_type).to_owned(),
            sector.clients.name(case.client).to_owned(),
            sector.lawyers.name(case.lawyer).to_owned(),
            sector.insurers.name(case.insurer).to_owned(),
            sector.districts.name(case.district).to_owned(),
            flag(case.accepted).to_string(),
            day(case.accept_date),
            day(case.exam_date),
            small(case.exam_start),
            small(case.exam_minutes),
            small(case.exam_x),
            small(case.exam_y),
            sector.appraiser_ids.name(case.appraiser1).to_owned(),
            sector.appraiser_ids.name(case.appraiser2).to_owned(),
            day(case.issue_date),
            case.opinion_no.map_or_else(String::new, |no| no.to_string()),
            number(case.fee),
            number(case.fee_standard),
            sector.injuries.name(case.injury).to_owned(),
            small(case.age),
            grade,
            small(case.bac),
            small(case.suspended_days),
            flag(case.reappraised).to_string(),
            flag(case.overturned).to_string(),
            flag(case.complaint).to_string(),
            text,
        ];
        out += &head.join(",");
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use screening::sector::{Case, Institution, NONE};

    fn sector() -> Sector {
        let mut sector = Sector::default();
        let institution = sector.institution_ids.number("I1");
        let district = sector.districts.number("310101");
        sector.institutions.push(Institution { district, x: 0.0, y: 0.0, kind: String::new() });
        let appraiser = sector.appraiser_ids.number("A1");
        sector.appraiser_home.push(institution);
        sector.texts.push("分析\"说明\"".into());
        sector.cases.push(Case {
            id: "C1".into(),
            received: 20_000,
            institution,
            category: sector.categories.number("法医临床鉴定"),
            client_type: sector.client_types.number("court"),
            client: sector.clients.number("O1"),
            lawyer: NONE,
            insurer: NONE,
            district,
            accepted: true,
            accept_date: Some(20_003),
            exam_date: None,
            exam_start: f32::NAN,
            exam_minutes: 12.5,
            exam_x: f32::NAN,
            exam_y: f32::NAN,
            appraiser1: appraiser,
            appraiser2: NONE,
            issue_date: Some(20_030),
            opinion_no: Some(2_026_000_001),
            fee: 2_400.1,
            fee_standard: 2_000.0,
            injury: sector.injuries.number("leg"),
            age: 41.0,
            severity: Some(3),
            bac: f32::NAN,
            suspended_days: 0.0,
            reappraised: true,
            overturned: false,
            complaint: false,
            text: 0,
        });
        sector
    }

    #[test]
    fn what_is_read_back_is_what_was_written() {
        let sector = sector();
        let bytes = pack(&sector).unwrap();
        assert_eq!(bytes, pack(&sector).unwrap(), "the same bytes twice");
        let back = unpack(&bytes).unwrap();
        assert_eq!(pack(&back).unwrap(), pack(&unpack(&bytes).unwrap()).unwrap());
        let (one, other) = (&sector.cases[0], &back.cases[0]);
        assert_eq!(
            (one.fee, one.severity, one.exam_minutes, &one.id),
            (other.fee, other.severity, other.exam_minutes, &other.id)
        );
        assert!(
            other.exam_start.is_nan() && other.opinion_no == one.opinion_no && other.accept_date == one.accept_date
        );
    }

    #[test]
    fn what_is_no_extract_is_said_to_be_none() {
        assert!(unpack(b"nothing").unwrap_err().to_string().contains("no ZIP"));
    }
}
