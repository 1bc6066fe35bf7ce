//! 行业数据: one extract of a city's cases, as the detectors read it: pseudonymised, checked, in memory.
//!
//! Four tables, CSV with a header (`cases.csv`, `institutions.csv`, `appraisers.csv`) and `texts.tsv`; each may be gzip (`.gz`).
//! The columns of [`OPTIONAL`] may be missing in `cases`: an extract without them is whole, and the detectors that ask for them say nothing.
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
pub use packed::{parquet_files, read_parquet, read_parquet_files, write_parquet};
pub use read::{OPTIONAL, Sources, read};
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
    /// Whoever speaks for the client, by telephone; the hospital that treated; where the client lives or has a seat.
    pub phone: u32,
    pub hospital: u32,
    pub address: u32,
    /// When the record of the examination was first written, when the instrument had run, when the opinion was signed.
    pub recorded: Option<Minute>,
    pub instrument: Option<Minute>,
    pub signed: Option<Minute>,
}

/// Minutes since 1970-01-01 00:00 of the city's time.
pub type Minute = i32;
/// Minutes of a day.
pub const DAY_MINUTES: Minute = 1_440;

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
    pub phones: Names,
    pub hospitals: Names,
    pub addresses: Names,
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

    /// Keeps the cases received from a day on: what the nightly screen looks at. Names keep their numbers; texts of other
    /// cases go.
    pub fn keep_from(&mut self, day: Day) {
        self.cases.retain(|c| c.received >= day);
        self.cases.shrink_to_fit();
        let mut used = vec![false; self.texts.len()];
        self.cases.iter().filter(|c| c.text != NONE).for_each(|c| used[c.text as usize] = true);
        // Each text's new place: how many are used before it.
        let places: Vec<u32> =
            used.iter().scan(0, |n, used| Some(std::mem::replace(n, *n + u32::from(*used)))).collect();
        self.cases.iter_mut().filter(|c| c.text != NONE).for_each(|c| c.text = places[c.text as usize]);
        let mut used = used.into_iter();
        self.texts.retain(|_| used.next().unwrap_or(false));
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
