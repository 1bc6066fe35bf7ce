//! 一案一行: the clinical cases with what speaks for a ring in each, and who brought them.
//!
//! **Invariant:** what an appraiser did in a case stays with the case; only who brought it is shuffled.

use crate::dates::Day;
use crate::detectors::Entity;
use crate::random::Random;
use crate::sector::{Case, NONE, Names, Sector};
use crate::stats::{case_mix, robust};

/// Clients a broker does not come for: they are assigned, or have an interest of their own in a low grade.
const CONTROL: [&str; 3] = ["court", "police", "insurer"];
/// Examinations under this share of the median are short.
const SHORT: f32 = 0.45;

/// What two cases may have in common that brings them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broker {
    Lawyer,
    Phone,
    Hospital,
    Insurer,
    Address,
}

impl Broker {
    /// The broker of a case, [`NONE`] where there is none.
    pub fn of(self, case: &Case) -> u32 {
        match self {
            Broker::Lawyer => case.lawyer,
            Broker::Phone => case.phone,
            Broker::Hospital => case.hospital,
            Broker::Insurer => case.insurer,
            Broker::Address => case.address,
        }
    }

    /// Their names.
    pub fn names(self, sector: &Sector) -> &Names {
        match self {
            Broker::Lawyer => &sector.lawyers,
            Broker::Phone => &sector.phones,
            Broker::Hospital => &sector.hospitals,
            Broker::Insurer => &sector.insurers,
            Broker::Address => &sector.addresses,
        }
    }

    pub fn entity(self) -> Entity {
        match self {
            Broker::Lawyer => Entity::Lawyer,
            Broker::Phone => Entity::Phone,
            Broker::Hospital => Entity::Hospital,
            Broker::Insurer => Entity::Insurer,
            Broker::Address => Entity::Address,
        }
    }

    /// The broker that an entity is; none for those who examine.
    pub fn of_entity(entity: Entity) -> Option<Self> {
        let all = [Broker::Lawyer, Broker::Phone, Broker::Hospital, Broker::Insurer, Broker::Address];
        all.into_iter().find(|one| one.entity() == entity)
    }
}

/// What happened in a case.
#[derive(Clone, Copy)]
pub struct Row {
    pub case: u32,
    pub institution: u32,
    pub appraiser: u32,
    pub day: Day,
    /// Severity above what injury and age let expect, in grades.
    pub residual: f32,
    pub minutes: f32,
    pub short: bool,
    pub reappraised: bool,
    pub overturned: bool,
}

/// Who brought a case, by the kind of broker looked at (`lawyer` in what follows is any of them).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    pub lawyer: u32,
    pub control: bool,
}

pub struct Rows {
    pub rows: Vec<Row>,
    pub origins: Vec<Origin>,
    pub institutions: usize,
    pub appraisers: usize,
    pub lawyers: usize,
    pub broker: Broker,
    /// Pooled rates: short, re-appraised, overturned of those, and the spread of the residual.
    pub short: f64,
    pub reappraised: f64,
    pub overturned: f64,
    pub spread: f64,
    by_institution: Vec<Vec<u32>>,
}

/// The accepted cases with a grade, and who of one kind brought them.
pub fn rows(sector: &Sector, broker: Broker) -> Rows {
    let control: Vec<bool> =
        (0..sector.client_types.len()).map(|t| CONTROL.contains(&sector.client_types.name(t as u32))).collect();
    let used: Vec<(usize, u8)> = sector
        .accepted()
        .filter(|(_, c)| c.appraiser1 != NONE)
        .filter_map(|(i, c)| c.severity.map(|s| (i, s)))
        .collect();
    let injuries = sector.injuries.len() + 1;
    let value: Vec<f64> = used.iter().map(|u| f64::from(u.1)).collect();
    let strata: Vec<usize> = used
        .iter()
        .map(|(i, _)| {
            let case = &sector.cases[*i];
            let injury = if case.injury == NONE { injuries - 1 } else { case.injury as usize };
            let band = if case.age.is_nan() { 9 } else { (case.age / 10.0).clamp(0.0, 8.0) as usize };
            injury * 10 + band
        })
        .collect();
    let expected = case_mix::expected_by_stratum(&value, &strata, injuries * 10, 5.0);
    let minutes: Vec<f64> = used.iter().map(|u| f64::from(sector.cases[u.0].exam_minutes)).collect();
    let limit = SHORT * robust::median(&minutes) as f32;
    let mut rows = Vec::with_capacity(used.len());
    let mut origins = Vec::with_capacity(used.len());
    for (n, (i, severity)) in used.iter().enumerate() {
        let case = &sector.cases[*i];
        rows.push(Row {
            case: *i as u32,
            institution: case.institution,
            appraiser: case.appraiser1,
            day: case.received,
            residual: (f64::from(*severity) - expected[n]) as f32,
            minutes: case.exam_minutes,
            short: case.exam_minutes < limit,
            reappraised: case.reappraised,
            overturned: case.overturned,
        });
        origins.push(Origin { lawyer: broker.of(case), control: control[case.client_type as usize] });
    }
    let n = rows.len().max(1) as f64;
    let share = |f: &dyn Fn(&Row) -> bool| rows.iter().filter(|r| f(r)).count() as f64 / n;
    let reappraised = share(&|r| r.reappraised).clamp(0.001, 0.5);
    let overturned = (share(&|r| r.overturned) / reappraised).clamp(0.02, 0.6);
    // Fast examiners apart: the rate of the usual one.
    let mut by: Vec<(f64, f64)> = vec![(0.0, 0.0); sector.appraiser_home.len()];
    rows.iter().for_each(|r| {
        by[r.appraiser as usize].0 += f64::from(u8::from(r.short));
        by[r.appraiser as usize].1 += 1.0;
    });
    let rates: Vec<f64> = by.iter().filter(|b| b.1 >= 20.0).map(|b| b.0 / b.1).collect();
    let short = robust::median(&rates);
    let short = if short.is_finite() { short.clamp(0.005, 0.3) } else { 0.03 };
    let spread = (rows.iter().map(|r| f64::from(r.residual).powi(2)).sum::<f64>() / n).sqrt().max(0.1);
    let mut by_institution = vec![Vec::new(); sector.institutions.len()];
    rows.iter().enumerate().for_each(|(i, r)| by_institution[r.institution as usize].push(i as u32));
    Rows {
        rows,
        origins,
        institutions: sector.institutions.len(),
        appraisers: sector.appraiser_home.len(),
        lawyers: broker.names(sector).len(),
        broker,
        short,
        reappraised,
        overturned,
        spread,
        by_institution,
    }
}

impl Rows {
    /// Shuffles who brought which case, within each institution.
    pub fn shuffle_origins(&mut self, original: &[Origin], random: &mut Random) {
        for list in &self.by_institution {
            let mut drawn: Vec<Origin> = list.iter().map(|i| original[*i as usize]).collect();
            random.shuffle(&mut drawn);
            for (i, origin) in list.iter().zip(drawn) {
                self.origins[*i as usize] = origin;
            }
        }
    }
}
