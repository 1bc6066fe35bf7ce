//! 评判: how good findings are when the truth is known: average precision, precision and recall at a q.
//!
//! **Invariant:** the truth is read here only; no detector sees it.

use rustc_hash::FxHashSet;

use crate::detectors::{Entity, Finding};
use crate::screen::id;
use crate::sector::Sector;

/// How one detector did on one kind of entity.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    pub detector: &'static str,
    pub entity: Entity,
    /// Truly guilty, and how many were scored.
    pub guilty: usize,
    pub scored: usize,
    /// Mean of the precision at each guilty one; those not scored count as never found. NaN without a guilty one.
    pub average_precision: f64,
    /// Findings at q ≤ 0.05, and how many of them are guilty.
    pub leads: usize,
    pub right: usize,
}

/// The guilty as `kind/entity/id`.
pub type Truth = FxHashSet<String>;

/// Reads `entity,id,kind,…` lines.
pub fn truth(labels: &str) -> Truth {
    labels
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut fields = line.split(',');
            let (entity, id, kind) = (fields.next()?, fields.next()?, fields.next()?);
            Some(format!("{kind}/{entity}/{id}"))
        })
        .collect()
}

/// Judges all findings.
pub fn marks(sector: &Sector, findings: &[Finding], truth: &Truth) -> Vec<Mark> {
    findings
        .chunk_by(|a, b| (a.detector, a.entity) == (b.detector, b.entity))
        .map(|list| {
            let (detector, entity) = (list[0].detector, list[0].entity);
            let prefix = format!("{detector}/{}/", entity.name());
            let guilty = truth.iter().filter(|t| t.starts_with(&prefix)).count();
            let is_guilty = |f: &Finding| truth.contains(&format!("{prefix}{}", id(sector, f)));
            let (mut hits, mut sum) = (0usize, 0.0);
            for (n, f) in list.iter().enumerate() {
                if is_guilty(f) {
                    hits += 1;
                    sum += hits as f64 / (n + 1) as f64;
                }
            }
            let leads: Vec<&Finding> = list.iter().filter(|f| f.q <= 0.05).collect();
            Mark {
                detector,
                entity,
                guilty,
                scored: list.len(),
                average_precision: sum / guilty as f64,
                leads: leads.len(),
                right: leads.iter().filter(|f| is_guilty(f)).count(),
            }
        })
        .collect()
}
