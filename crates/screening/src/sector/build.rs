//! 组装: an extract filled row by row, from a file or from a database; every row is checked here and nowhere else.
//!
//! Institutions first, then appraisers and texts, then cases: a row may only point to what is there.
//!
//! **Invariant:** numbers of names depend on the rows and their order alone, so the same rows give the same [`Sector`].

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use super::{Case, Institution, Minute, NONE, Names, Sector};
use crate::dates::Day;

/// What is wrong with a row, in which column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub column: &'static str,
    pub what: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "column {}: {}", self.column, self.what)
    }
}

impl std::error::Error for Fault {}

fn fault(column: &'static str, what: impl Into<String>) -> Fault {
    Fault { column, what: what.into() }
}

/// An institution as a table holds it.
#[derive(Debug, Clone, Copy, Default)]
pub struct InstitutionRow<'a> {
    pub institution: &'a str,
    pub district: &'a str,
    /// Kilometres east and north of any origin, the same for the whole extract.
    pub x: Option<f64>,
    pub y: Option<f64>,
    pub kind: &'a str,
}

/// A case as a table holds it: empty text and `None` are what it does not have.
#[derive(Debug, Clone, Copy, Default)]
pub struct CaseRow<'a> {
    pub case_id: &'a str,
    pub received: Option<Day>,
    pub institution: &'a str,
    pub category: &'a str,
    pub client_type: &'a str,
    pub client: &'a str,
    pub lawyer: &'a str,
    pub insurer: &'a str,
    pub district: &'a str,
    pub accepted: bool,
    pub accept_date: Option<Day>,
    pub exam_date: Option<Day>,
    /// Minutes after midnight.
    pub exam_start_min: Option<f64>,
    pub exam_minutes: Option<f64>,
    pub exam_x: Option<f64>,
    pub exam_y: Option<f64>,
    pub appraiser1: &'a str,
    pub appraiser2: &'a str,
    pub issue_date: Option<Day>,
    pub opinion_no: Option<f64>,
    /// Yuan.
    pub fee: Option<f64>,
    pub fee_standard: Option<f64>,
    pub injury: &'a str,
    pub age: Option<f64>,
    /// 1 (the worst) to 10, 0 for no grade.
    pub grade: Option<f64>,
    /// Blood alcohol, mg/100 mL.
    pub bac: Option<f64>,
    pub suspended_days: Option<f64>,
    pub reappraised: bool,
    pub overturned: bool,
    pub complaint: bool,
    pub text_id: &'a str,
    pub phone: &'a str,
    pub hospital: &'a str,
    pub address: &'a str,
    /// Minutes since 1970-01-01 00:00 of the city's time.
    pub record_min: Option<f64>,
    pub instrument_min: Option<f64>,
    pub signed_min: Option<f64>,
}

/// A [`Sector`] being filled.
#[derive(Debug, Default)]
pub struct Builder {
    sector: Sector,
    text_ids: Names,
    /// Place of the first case with an id of this hash; ids whose hash was taken by another id stand in full.
    case_ids: FxHashMap<u64, u32>,
    crowded: FxHashSet<Box<str>>,
}

impl Builder {
    /// Nothing in it yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an institution.
    ///
    /// # Errors
    /// The first fault of the row; the builder is then good for the message only.
    pub fn institution(&mut self, row: &InstitutionRow<'_>) -> Result<(), Fault> {
        let s = &mut self.sector;
        fresh("institution", row.institution, &mut s.institution_ids)?;
        let place = |column, n: Option<f64>| finite(column, n)?.ok_or_else(|| fault(column, "must not be empty"));
        let (x, y) = (place("x", row.x)?, place("y", row.y)?);
        let district = s.districts.number(needed("district", row.district)?);
        s.institutions.push(Institution { district, x, y, kind: row.kind.into() });
        Ok(())
    }

    /// Adds an appraiser of an institution.
    ///
    /// # Errors
    /// The first fault of the row.
    pub fn appraiser(&mut self, appraiser: &str, institution: &str) -> Result<(), Fault> {
        let s = &mut self.sector;
        fresh("appraiser", appraiser, &mut s.appraiser_ids)?;
        s.appraiser_home.push(known("institution", institution, &s.institution_ids, "institutions")?);
        Ok(())
    }

    /// Adds the analysis paragraph of an opinion.
    ///
    /// # Errors
    /// An id that is empty or there already.
    pub fn text(&mut self, text_id: &str, text: &str) -> Result<(), Fault> {
        fresh("text_id", text_id, &mut self.text_ids)?;
        self.sector.texts.push(text.into());
        Ok(())
    }

    /// Adds a case.
    ///
    /// # Errors
    /// The first fault of the row.
    pub fn case(&mut self, row: &CaseRow<'_>) -> Result<(), Fault> {
        self.new_case_id(row.case_id)?;
        if row.accepted && row.accept_date.is_none() {
            return Err(fault("accept_date", "an accepted case has a day of acceptance"));
        }
        if row.accepted && row.appraiser1.is_empty() {
            return Err(fault("appraiser1", "an accepted case has an appraiser"));
        }
        let s = &mut self.sector;
        let or_none = |column, text: &str, ids: &Names, table| match text {
            "" => Ok(NONE),
            _ => known(column, text, ids, table),
        };
        let small = |n: Option<f64>| n.map_or(f32::NAN, |n| n as f32);
        let case = Case {
            id: row.case_id.into(),
            received: row.received.ok_or_else(|| fault("received", "must not be empty"))?,
            institution: known("institution", row.institution, &s.institution_ids, "institutions")?,
            category: s.categories.number(needed("category", row.category)?),
            client_type: s.client_types.number(needed("client_type", row.client_type)?),
            client: s.clients.number(row.client),
            lawyer: s.lawyers.number(whole(row.lawyer)),
            insurer: s.insurers.number(whole(row.insurer)),
            district: s.districts.number(row.district),
            accepted: row.accepted,
            accept_date: row.accept_date,
            exam_date: row.exam_date,
            exam_start: small(not_below_zero("exam_start_min", row.exam_start_min)?),
            exam_minutes: small(not_below_zero("exam_minutes", row.exam_minutes)?),
            exam_x: small(finite("exam_x", row.exam_x)?),
            exam_y: small(finite("exam_y", row.exam_y)?),
            appraiser1: or_none("appraiser1", row.appraiser1, &s.appraiser_ids, "appraisers")?,
            appraiser2: or_none("appraiser2", row.appraiser2, &s.appraiser_ids, "appraisers")?,
            issue_date: row.issue_date,
            opinion_no: finite("opinion_no", row.opinion_no)?.map(|n| n as i64),
            fee: not_below_zero("fee", row.fee)?.unwrap_or(f64::NAN),
            fee_standard: not_below_zero("fee_standard", row.fee_standard)?.unwrap_or(f64::NAN),
            injury: s.injuries.number(row.injury),
            age: small(finite("age", row.age)?),
            severity: severity(row.grade)?,
            bac: small(not_below_zero("bac", row.bac)?),
            suspended_days: not_below_zero("suspended_days", row.suspended_days)?.map_or(0.0, |n| n as f32),
            reappraised: row.reappraised,
            overturned: row.overturned,
            complaint: row.complaint,
            text: or_none("text_id", row.text_id, &self.text_ids, "texts")?,
            phone: s.phones.number(row.phone),
            hospital: s.hospitals.number(row.hospital),
            address: s.addresses.number(row.address),
            recorded: minute("record_min", row.record_min)?,
            instrument: minute("instrument_min", row.instrument_min)?,
            signed: minute("signed_min", row.signed_min)?,
        };
        s.cases.push(case);
        Ok(())
    }

    /// The extract.
    pub fn finish(mut self) -> Sector {
        self.sector.cases.shrink_to_fit();
        self.sector.texts.shrink_to_fit();
        self.sector
    }

    fn new_case_id(&mut self, id: &str) -> Result<(), Fault> {
        use std::hash::{Hash, Hasher};
        needed("case_id", id)?;
        let mut hasher = FxHasher::default();
        id.hash(&mut hasher);
        let place = self.sector.cases.len() as u32;
        let first = *self.case_ids.entry(hasher.finish()).or_insert(place);
        let twice = first != place && (*self.sector.cases[first as usize].id == *id || !self.crowded.insert(id.into()));
        if twice { Err(fault("case_id", format!("“{id}” is there twice"))) } else { Ok(()) }
    }
}

/// Takes an id that must be new.
fn fresh(column: &'static str, id: &str, ids: &mut Names) -> Result<(), Fault> {
    let before = ids.len() as u32;
    if ids.number(needed(column, id)?) < before {
        return Err(fault(column, format!("“{id}” is there twice")));
    }
    Ok(())
}

fn known(column: &'static str, id: &str, ids: &Names, table: &str) -> Result<u32, Fault> {
    ids.find(needed(column, id)?).ok_or_else(|| fault(column, format!("“{id}” is not in {table}")))
}

fn needed<'a>(column: &'static str, text: &'a str) -> Result<&'a str, Fault> {
    if text.is_empty() { Err(fault(column, "must not be empty")) } else { Ok(text) }
}

fn finite(column: &'static str, number: Option<f64>) -> Result<Option<f64>, Fault> {
    match number {
        Some(n) if !n.is_finite() => Err(fault(column, format!("a finite number is needed, not “{n}”"))),
        n => Ok(n),
    }
}

fn not_below_zero(column: &'static str, number: Option<f64>) -> Result<Option<f64>, Fault> {
    match finite(column, number)? {
        Some(n) if n < 0.0 => Err(fault(column, "must not be below 0")),
        n => Ok(n),
    }
}

fn minute(column: &'static str, number: Option<f64>) -> Result<Option<Minute>, Fault> {
    match finite(column, number)? {
        Some(n) if n.fract() != 0.0 || n.abs() > f64::from(Minute::MAX) => {
            Err(fault(column, format!("whole minutes since 1970-01-01 are needed, not “{n}”")))
        }
        n => Ok(n.map(|n| n as Minute)),
    }
}

/// Ids written as numbers by table programs: `12.0` is 12.
fn whole(text: &str) -> &str {
    text.strip_suffix(".0").unwrap_or(text)
}

/// Grade 10 is the least and 1 the worst; 0 is none.
fn severity(grade: Option<f64>) -> Result<Option<u8>, Fault> {
    match grade {
        None => Ok(None),
        Some(0.0) => Ok(Some(0)),
        Some(g) if (1.0..=10.0).contains(&g) && g.fract() == 0.0 => Ok(Some(11 - g as u8)),
        Some(g) => Err(fault("grade", format!("a grade is 1 to 10, or 0 for none, not {g}"))),
    }
}
