//! 读入: the four tables become one [`Sector`].
//!
//! **Invariant:** what is read is complete and consistent, or the first fault is told; nothing is guessed or left out.

use std::io::Read;

use rustc_hash::FxHashSet;

use super::table::Table;
use super::{BadInput, Case, Institution, NONE, Names, Sector};

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
    let mut sector = Sector::default();
    read_institutions(sources.institutions, &mut sector)?;
    read_appraisers(sources.appraisers, &mut sector)?;
    let texts = read_texts(sources.texts, &mut sector)?;
    read_cases(sources.cases, &texts, &mut sector)?;
    Ok(sector)
}

fn read_institutions<R: Read>(source: R, sector: &mut Sector) -> Result<(), BadInput> {
    let (mut table, at) =
        Table::open("institutions.csv", source, b',', &["institution", "district", "x", "y", "type"])?;
    while table.advance()? {
        new_id(&table, at[0], &mut sector.institution_ids)?;
        let place = |p: usize| table.number(p)?.ok_or_else(|| table.bad(Some(p), "must not be empty".into()));
        let (x, y) = (place(at[2])?, place(at[3])?);
        sector.institutions.push(Institution {
            district: sector.districts.number(table.needed(at[1])?),
            x,
            y,
            kind: table.text(at[4]).into(),
        });
    }
    Ok(())
}

fn read_appraisers<R: Read>(source: R, sector: &mut Sector) -> Result<(), BadInput> {
    let (mut table, at) = Table::open("appraisers.csv", source, b',', &["appraiser", "institution"])?;
    while table.advance()? {
        new_id(&table, at[0], &mut sector.appraiser_ids)?;
        sector.appraiser_home.push(known(&table, at[1], &sector.institution_ids, "institutions.csv")?);
    }
    Ok(())
}

fn read_texts<R: Read>(source: R, sector: &mut Sector) -> Result<Names, BadInput> {
    let (mut table, at) = Table::open("texts.tsv", source, b'\t', &["text_id", "text"])?;
    let mut ids = Names::default();
    while table.advance()? {
        new_id(&table, at[0], &mut ids)?;
        sector.texts.push(table.text(at[1]).into());
    }
    Ok(ids)
}

/// Takes an id that must be new.
fn new_id<R: Read>(table: &Table<R>, place: usize, ids: &mut Names) -> Result<(), BadInput> {
    let id = table.needed(place)?;
    let before = ids.len() as u32;
    if ids.number(id) < before {
        return Err(table.bad(Some(place), format!("“{id}” is there twice")));
    }
    Ok(())
}

fn known<R: Read>(table: &Table<R>, place: usize, ids: &Names, file: &str) -> Result<u32, BadInput> {
    let id = table.needed(place)?;
    ids.find(id).ok_or_else(|| table.bad(Some(place), format!("“{id}” is not in {file}")))
}

const COLUMNS: [&str; 31] = [
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

fn read_cases<R: Read>(source: R, texts: &Names, sector: &mut Sector) -> Result<(), BadInput> {
    let (mut table, at) = Table::open("cases.csv", source, b',', &COLUMNS)?;
    let mut seen: FxHashSet<Box<str>> = FxHashSet::default();
    while table.advance()? {
        let id: Box<str> = table.needed(at[0])?.into();
        if !seen.insert(id.clone()) {
            return Err(table.bad(Some(at[0]), format!("“{id}” is there twice")));
        }
        let case = read_case(&table, &at, id, texts, sector)?;
        sector.cases.push(case);
    }
    Ok(())
}

fn read_case<R: Read>(
    table: &Table<R>,
    at: &[usize],
    id: Box<str>,
    texts: &Names,
    sector: &mut Sector,
) -> Result<Case, BadInput> {
    let small = |p: usize| table.number(at[p]).map(|n| n.map_or(f32::NAN, |n| n as f32));
    let or_none = |p: usize, ids: &Names, file: &str| match table.text(at[p]) {
        "" => Ok(NONE),
        _ => known(table, at[p], ids, file),
    };
    let accepted = table.flag(at[9])?;
    let not_below_zero = |p: usize| match table.number(at[p])? {
        Some(n) if n < 0.0 => Err(table.bad(Some(at[p]), "must not be below 0".into())),
        n => Ok(n),
    };
    for (place, why) in [(10, "an accepted case has a day of acceptance"), (16, "an accepted case has an appraiser")] {
        if accepted && table.text(at[place]).is_empty() {
            return Err(table.bad(Some(at[place]), why.into()));
        }
    }
    Ok(Case {
        id,
        received: table.day(at[1])?.ok_or_else(|| table.bad(Some(at[1]), "must not be empty".into()))?,
        institution: known(table, at[2], &sector.institution_ids, "institutions.csv")?,
        category: sector.categories.number(table.needed(at[3])?),
        client_type: sector.client_types.number(table.needed(at[4])?),
        client: sector.clients.number(table.text(at[5])),
        lawyer: sector.lawyers.number(whole(table.text(at[6]))),
        insurer: sector.insurers.number(whole(table.text(at[7]))),
        district: sector.districts.number(table.text(at[8])),
        accepted,
        accept_date: table.day(at[10])?,
        exam_date: table.day(at[11])?,
        exam_start: not_below_zero(12)?.map_or(f32::NAN, |n| n as f32),
        exam_minutes: not_below_zero(13)?.map_or(f32::NAN, |n| n as f32),
        exam_x: small(14)?,
        exam_y: small(15)?,
        appraiser1: or_none(16, &sector.appraiser_ids, "appraisers.csv")?,
        appraiser2: or_none(17, &sector.appraiser_ids, "appraisers.csv")?,
        issue_date: table.day(at[18])?,
        opinion_no: table.number(at[19])?.map(|n| n as i64),
        fee: not_below_zero(20)?.unwrap_or(f64::NAN),
        fee_standard: not_below_zero(21)?.unwrap_or(f64::NAN),
        injury: sector.injuries.number(table.text(at[22])),
        age: small(23)?,
        severity: severity(table, at[24])?,
        bac: not_below_zero(25)?.map_or(f32::NAN, |n| n as f32),
        suspended_days: not_below_zero(26)?.map_or(0.0, |n| n as f32),
        reappraised: table.flag(at[27])?,
        overturned: table.flag(at[28])?,
        complaint: table.flag(at[29])?,
        text: or_none(30, texts, "texts.tsv")?,
    })
}

/// Ids written as numbers by table programs: `12.0` is 12.
fn whole(text: &str) -> &str {
    text.strip_suffix(".0").unwrap_or(text)
}

/// Grade 10 is the least and 1 the worst; 0 is none.
fn severity<R: Read>(table: &Table<R>, place: usize) -> Result<Option<u8>, BadInput> {
    match table.number(place)? {
        None => Ok(None),
        Some(0.0) => Ok(Some(0)),
        Some(g) if (1.0..=10.0).contains(&g) && g.fract() == 0.0 => Ok(Some(11 - g as u8)),
        Some(g) => Err(table.bad(Some(place), format!("a grade is 1 to 10, or 0 for none, not {g}"))),
    }
}
