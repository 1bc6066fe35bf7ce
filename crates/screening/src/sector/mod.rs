//! 行业数据: one extract of a city's cases, as the detectors read it: pseudonymised, checked, in memory.
//!
//! Four tables, CSV with a header (`cases.csv`, `institutions.csv`, `appraisers.csv`) and `texts.tsv`; each may be gzip (`.gz`).
//! Names and ids are only compared, never understood: any text is a good id.
//!
//! **Invariant:** every number in a case is finite, every reference (institution, appraiser, text) leads somewhere.

mod build;
mod files;
mod names;
mod packed;
mod read;
mod table;

pub use build::{Builder, CaseRow, Fault, InstitutionRow};
pub use files::read_folder;
pub use names::{NONE, Names};
pub use packed::{read_parquet, write_parquet};
pub use read::{Sources, read};
pub use table::BadInput;

use crate::dates::Day;

/// An institution as registered.
#[derive(Debug, Clone, PartialEq)]
pub struct Institution {
    /// The district it is registered in.
    pub district: u32,
    /// Kilometres east of the city's origin.
    pub x: f64,
    /// Kilometres north of the city's origin.
    pub y: f64,
    /// Founder: 高校, 医院, 科研, 企业.
    pub kind: String,
}

/// One case. `NONE` (and NaN, `None`) is what the case does not have.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The case's id as written.
    pub id: Box<str>,
    pub received: Day,
    pub institution: u32,
    pub category: u32,
    pub client_type: u32,
    pub client: u32,
    pub lawyer: u32,
    pub insurer: u32,
    pub district: u32,
    pub accepted: bool,
    pub accept_date: Option<Day>,
    pub exam_date: Option<Day>,
    /// Minutes after midnight.
    pub exam_start: f32,
    pub exam_minutes: f32,
    pub exam_x: f32,
    pub exam_y: f32,
    /// The first appraiser, who examined.
    pub appraiser1: u32,
    pub appraiser2: u32,
    pub issue_date: Option<Day>,
    pub opinion_no: Option<i64>,
    /// Yuan, as charged and by the tariff.
    pub fee: f64,
    pub fee_standard: f64,
    pub injury: u32,
    pub age: f32,
    /// 0 no grade, else 1 (grade 10, the least) to 10 (grade 1).
    pub severity: Option<u8>,
    /// Blood alcohol, mg/100 mL.
    pub bac: f32,
    pub suspended_days: f32,
    pub reappraised: bool,
    pub overturned: bool,
    pub complaint: bool,
    /// Place in [`Sector::texts`].
    pub text: u32,
}

/// One extract.
#[derive(Debug, Clone, Default)]
pub struct Sector {
    /// Ids of institutions; the place is the index of [`Sector::institutions`].
    pub institution_ids: Names,
    pub institutions: Vec<Institution>,
    /// Ids of appraisers; the place is the index of [`Sector::appraiser_home`].
    pub appraiser_ids: Names,
    /// Each appraiser's institution.
    pub appraiser_home: Vec<u32>,
    pub lawyers: Names,
    pub clients: Names,
    pub insurers: Names,
    pub districts: Names,
    pub categories: Names,
    pub client_types: Names,
    pub injuries: Names,
    pub cases: Vec<Case>,
    /// The analysis paragraphs of opinions.
    pub texts: Vec<Box<str>>,
}

impl Sector {
    /// The first and the last day anything was received; `None` without cases.
    pub fn span(&self) -> Option<(Day, Day)> {
        let first = self.cases.iter().map(|c| c.received).min()?;
        let last = self.cases.iter().map(|c| c.received).max()?;
        Some((first, last))
    }

    /// The accepted cases with their places.
    pub fn accepted(&self) -> impl Iterator<Item = (usize, &Case)> {
        self.cases.iter().enumerate().filter(|(_, c)| c.accepted)
    }

    /// Kilometres from the registered place of the case's institution to the place of examination; NaN without one.
    pub fn distance(&self, case: &Case) -> f64 {
        let home = &self.institutions[case.institution as usize];
        (f64::from(case.exam_x) - home.x).hypot(f64::from(case.exam_y) - home.y)
    }
}
