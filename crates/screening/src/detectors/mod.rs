//! 检测器: questions, each with its own small test, and tables that only describe.
//!
//! Eight look for kinds of misconduct ([`DETECTORS`]), the others for what is unlike the peers or changed ([`FURTHER`]): their honest reasons are more
//! and stronger, so they are run where they are asked for.
//!
//! Each detector says who it is ([`Description`]), gives every eligible entity a score, and to the suspicious ones evidence a human can check.
//! The tests share one shape: count events that honest work makes at a common rate, allow for honest differences between peers, look for the
//! time since when there are too many.
//!
//! **Invariant:** a score depends on the extract alone; q-values are adjusted over all entities of the same detector and kind of entity.

pub mod batch;
pub mod burst;
pub mod concentration;
pub mod copy;
pub mod delay;
mod describe;
pub mod dump;
mod evidence;
pub mod funnels;
pub mod ghost;
pub mod heap;
pub mod kickback;
pub mod levels;
pub mod network;
pub mod offsite;
pub mod peers;
pub mod rates;
pub mod records;
pub mod ring;
pub mod signed;
pub mod workload;

pub use describe::{Both, DESCRIPTIONS, Description};
pub use evidence::{Evidence, EvidenceRow, Sentence};

use crate::dates::Day;
use crate::progress::{Stopped, Watcher};
use crate::sector::Sector;
use crate::stats::fdr;

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entity {
    Lawyer,
    Appraiser,
    Institution,
    /// Other kinds of broker than a lawyer.
    Phone,
    Hospital,
    Insurer,
    Address,
}

impl Entity {
    /// As the findings write it.
    pub fn name(self) -> &'static str {
        match self {
            Entity::Lawyer => "lawyer",
            Entity::Appraiser => "appraiser",
            Entity::Institution => "institution",
            Entity::Phone => "phone",
            Entity::Hospital => "hospital",
            Entity::Insurer => "insurer",
            Entity::Address => "address",
        }
    }
}

/// One entity's result in one detector.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Name of the detector.
    pub detector: &'static str,
    pub entity: Entity,
    /// The entity's number in its table of [`Sector`].
    pub number: u32,
    /// Higher is more suspicious; comparable within a detector and kind of entity only.
    pub score: f64,
    /// Probability of so much under honest work; an upper bound.
    pub p: f64,
    /// False-discovery rate if everything from here up is taken for real.
    pub q: f64,
    /// Since when, as far as it can be told.
    pub since: Option<Day>,
    /// Ring or other group it belongs to.
    pub group: Option<u32>,
    pub evidence: Evidence,
}

/// A detector's result before the adjustment for many entities.
pub(crate) struct Raw {
    pub number: u32,
    pub score: f64,
    pub ln_p: f64,
    pub since: Option<Day>,
    pub group: Option<u32>,
    pub evidence: Evidence,
}

impl Raw {
    /// An entity about which there is nothing to say.
    pub fn nothing(number: u32) -> Self {
        Self { number, score: 0.0, ln_p: 0.0, since: None, group: None, evidence: Evidence::default() }
    }
}

/// Adjusts the p-values of one detector and kind of entity; findings by falling score, then number.
pub(crate) fn adjust(detector: &'static str, entity: Entity, raw: Vec<Raw>) -> Vec<Finding> {
    let p: Vec<f64> = raw.iter().map(|r| r.ln_p.exp().clamp(0.0, 1.0)).collect();
    let q = fdr::benjamini_hochberg(&p);
    let mut found: Vec<Finding> = raw
        .into_iter()
        .zip(p.iter().zip(q))
        .map(|(r, (p, q))| Finding {
            detector,
            entity,
            number: r.number,
            score: r.score,
            p: *p,
            q,
            since: r.since,
            group: r.group,
            evidence: r.evidence,
        })
        .collect();
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.number.cmp(&b.number)));
    found
}

/// A detector: its name and what it does to an extract.
pub type Detector = fn(&Sector, &dyn Watcher) -> Result<Vec<Finding>, Stopped>;

/// The eight detectors in the order of the findings.
pub const DETECTORS: [(&str, Detector); 8] = [
    ("ring", ring::detect),
    ("copy", copy::detect),
    ("ghost", ghost::detect),
    ("offsite", offsite::detect),
    ("dump", dump::detect),
    ("delay", delay::detect),
    ("batch", batch::detect),
    ("heap", heap::detect),
];

/// The detectors of what is unlike the peers, or changed: leads for a talk before they are leads for an inspection.
pub const FURTHER: [(&str, Detector); 12] = [
    ("kickback", kickback::detect),
    ("burst", burst::detect),
    ("grades", levels::grades),
    ("turnaround", levels::turnaround),
    ("fees", levels::fees),
    ("refused", rates::refused),
    ("complaint", rates::complaint),
    ("reappraised", rates::reappraised),
    ("overturned", rates::overturned),
    ("network", network::detect),
    ("records", records::detect),
    ("signed", signed::detect),
];
