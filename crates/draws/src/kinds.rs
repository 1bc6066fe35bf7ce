//! Candidates that the quotas cannot tell apart are of one kind, and exactly as likely as each other.
//!
//! **Invariant:** kinds are numbered in the order in which the list of candidates first shows them.

use crate::plan::{Lottery, PARTS, Plan};
use std::collections::{BTreeMap, BTreeSet};

/// The kinds of a plan's candidates.
#[derive(Clone, Debug)]
pub struct Kinds {
    /// For each kind: its values, feature by feature, and the indices of its candidates.
    all: Vec<(BTreeMap<String, String>, Vec<usize>)>,
}

impl Kinds {
    /// Sorts the candidates by the features that have quotas; one that lacks a feature has the empty value.
    pub fn of(plan: &Plan) -> Self {
        let features: BTreeSet<&String> = plan.quotas.iter().map(|quota| &quota.feature).collect();
        let mut all: Vec<(BTreeMap<String, String>, Vec<usize>)> = Vec::new();
        let mut known: BTreeMap<BTreeMap<String, String>, usize> = BTreeMap::new();
        for (at, one) in plan.candidates.iter().enumerate() {
            let value = |feature: &String| one.traits.get(feature).cloned().unwrap_or_default();
            let values: BTreeMap<String, String> =
                features.iter().map(|feature| ((*feature).clone(), value(feature))).collect();
            let kind = *known.entry(values.clone()).or_insert_with(|| {
                all.push((values, Vec::new()));
                all.len() - 1
            });
            all[kind].1.push(at);
        }
        Self { all }
    }

    /// How many kinds there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The candidates of a kind by their index in the list; none for a kind that is not there.
    pub fn members(&self, kind: usize) -> &[usize] {
        self.all.get(kind).map_or(&[], |(_, members)| members)
    }

    /// Whether a kind has this value of this feature.
    pub fn has(&self, kind: usize, feature: &str, value: &str) -> bool {
        self.all.get(kind).is_some_and(|(values, _)| values.get(feature).is_some_and(|found| found == value))
    }
}

/// Each candidate's probability of being drawn first (in list order), as a lottery gives it; refusals come after.
pub fn fairness(plan: &Plan, lottery: &Lottery) -> Vec<f64> {
    let kinds = Kinds::of(plan);
    let mut shares = vec![0.0; plan.candidates.len()];
    for panel in &lottery.panels {
        for (kind, many) in &panel.kinds {
            let members = kinds.members(*kind);
            let each = panel.parts as f64 / PARTS as f64 * f64::from(*many) / members.len().max(1) as f64;
            members.iter().for_each(|at| shares[*at] += each);
        }
    }
    shares
}
