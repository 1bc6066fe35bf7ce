//! 留存的提取数据: an extract as one ZIP of four Parquet files that `sijian screen` reads once unpacked, the same bytes for the same extract.
//!
//! Parquet packs its pages, so the ZIP only holds the files together. Runs of before 2026-12 kept a ZIP of CSV; those are read as well.
//!
//! **Invariant:** what is read back is what was written: a run is repeated from here, not from the database, which has moved
//! on since.

use anyhow::{Context, bail};
use screening::sector::{Sector, Sources, parquet_files, read, read_parquet_files};
use std::io::{Cursor, Read, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

const TABLES: [&str; 4] = ["institutions.parquet", "appraisers.parquet", "texts.parquet", "cases.parquet"];
/// The tables of older runs.
const TABLES_OF_TEXT: [&str; 4] = ["institutions.csv", "appraisers.csv", "cases.csv", "texts.tsv"];
/// Bytes of one table that are read back at most: ten times a city's ten years.
const TABLE_MAX: u64 = 8 << 30;

/// The extract as a ZIP.
///
/// # Errors
/// The packer's, which has no reason to fail in memory.
pub fn pack(sector: &Sector) -> anyhow::Result<Vec<u8>> {
    zipped(parquet_files(sector)?.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())))
}

fn zipped<'a>(files: impl Iterator<Item = (&'a str, &'a [u8])>) -> anyhow::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    // No time of day in it: the same extract has the same bytes whenever it is packed.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default())
        .large_file(true);
    for (name, bytes) in files {
        zip.start_file(name, options)?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// Reads a ZIP back.
///
/// # Errors
/// A ZIP that is none, or tables that do not fit together; says which.
pub fn unpack(bytes: &[u8]) -> anyhow::Result<Sector> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).context("the kept extract is no ZIP")?;
    let is_text = zip.index_for_name(TABLES_OF_TEXT[0]).is_some();
    let mut table = |name: &str| -> anyhow::Result<Vec<u8>> {
        let mut content = Vec::new();
        let file = zip.by_name(name).with_context(|| format!("the kept extract has no {name}"))?;
        file.take(TABLE_MAX + 1).read_to_end(&mut content)?;
        if content.len() as u64 > TABLE_MAX {
            bail!("{name} is longer than {TABLE_MAX} bytes");
        }
        Ok(content)
    };
    if is_text {
        let [institutions, appraisers, cases, texts] = TABLES_OF_TEXT;
        let sources = Sources {
            institutions: Cursor::new(table(institutions)?),
            appraisers: Cursor::new(table(appraisers)?),
            cases: Cursor::new(table(cases)?),
            texts: Cursor::new(table(texts)?),
        };
        return Ok(read(sources)?);
    }
    let mut files = Vec::new();
    for name in TABLES {
        files.push((name.to_owned(), table(name)?));
    }
    Ok(read_parquet_files(files)?)
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
            phone: sector.phones.number("P1"),
            hospital: NONE,
            address: NONE,
            recorded: Some(28_800_600),
            instrument: None,
            signed: None,
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
            other.exam_start.is_nan()
                && other.recorded == one.recorded
                && other.opinion_no == one.opinion_no
                && other.accept_date == one.accept_date
        );
    }

    /// Runs of before keep CSV without the youngest columns.
    #[test]
    fn an_older_extract_is_still_read() {
        let cases = "case_id,received,institution,category,client_type,client,lawyer,insurer,district,accepted,accept_date,exam_date,\
            exam_start_min,exam_minutes,exam_x,exam_y,appraiser1,appraiser2,issue_date,opinion_no,fee,fee_standard,injury,age,grade,bac,\
            suspended_days,reappraised,overturned,complaint,text_id\n\
            C1,2026-01-05,I1,clinical,court,O1,,,310101,1,2026-01-06,,,,,,A1,,2026-01-20,,1500,1500,leg,41,8,,0,0,0,0,T0\n";
        let files: [(&str, &[u8]); 4] = [
            ("institutions.csv", b"institution,district,x,y,type\nI1,310101,0,0,\n"),
            ("appraisers.csv", b"appraiser,institution\nA1,I1\n"),
            ("cases.csv", cases.as_bytes()),
            ("texts.tsv", "text_id\ttext\nT0\t分析说明\n".as_bytes()),
        ];
        let sector = unpack(&zipped(files.into_iter()).unwrap()).unwrap();
        assert_eq!((&*sector.cases[0].id, sector.cases[0].severity, sector.cases[0].phone), ("C1", Some(3), NONE));
    }

    #[test]
    fn what_is_no_extract_is_said_to_be_none() {
        assert!(unpack(b"nothing").unwrap_err().to_string().contains("no ZIP"));
    }
}
