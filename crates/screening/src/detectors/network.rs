//! 来源网络: what the ring detector asks of lawyers, asked of every other way a broker shows: one telephone, hospital, insurer or address behind
//! the cases of a few appraisers.
//!
//! The same likelihood ratios, the same shuffled null, each kind of broker for itself. Habits are no sign here (a hospital sends to its
//! neighbour, a works' dormitory is one address): the facts of the cases must speak before a concentration counts.
//!
//! **Invariant:** a broker all of whose cases are one lawyer's is that lawyer and is judged as one; nothing is found where the extract lacks the column.

use super::ring::{Broker, against_shuffles, ln_p, tell};
use super::{Finding, Raw, adjust};
use crate::progress::{Stopped, Watcher};
use crate::sector::{NONE, Sector};
use crate::stats::fdr::against_null;

/// In the order of the findings.
pub const KINDS: [Broker; 4] = [Broker::Phone, Broker::Hospital, Broker::Insurer, Broker::Address];
/// A broker with fewer graded cases is a person with an injury, not a broker.
const CASES_MIN: u32 = 5;

/// Scores every telephone, hospital, insurer and address with enough cases.
///
/// # Errors
/// Only if the watcher wants no more.
pub fn detect(sector: &Sector, watcher: &dyn Watcher) -> Result<Vec<Finding>, Stopped> {
    let mut found = Vec::new();
    for broker in KINDS {
        let eligible = eligible(sector, broker);
        if !eligible.contains(&true) {
            continue;
        }
        let (rows, scores, null) = against_shuffles(sector, broker, "network", watcher)?;
        // The null of those with few cases is another one; only the eligible are compared with the eligible.
        let many = scores.lawyers.len().max(1);
        let of: Vec<f64> = null[0]
            .iter()
            .enumerate()
            .filter(|(n, _)| eligible[scores.lawyers[n % many].number as usize])
            .map(|(_, score)| *score)
            .collect();
        let actors: Vec<_> = scores.lawyers.iter().filter(|x| eligible[x.number as usize]).collect();
        let observed: Vec<f64> = actors.iter().map(|x| x.score).collect();
        let p = against_null(&observed, &of);
        let raw = actors.iter().zip(p).map(|(x, p)| {
            let (since, evidence) = tell(&rows, &scores, broker.entity(), x);
            Raw { number: x.number, score: x.score, ln_p: ln_p(p, x.score), since, group: None, evidence }
        });
        found.extend(adjust("network", broker.entity(), raw.collect()));
    }
    Ok(found)
}

/// Who has cases enough, and is not a lawyer under another name.
fn eligible(sector: &Sector, broker: Broker) -> Vec<bool> {
    let mut cases = vec![0u32; broker.names(sector).len()];
    // The lawyer of all of a broker's cases; NONE once there are two, or cases without.
    let mut lawyer: Vec<Option<u32>> = vec![None; cases.len()];
    for (_, case) in sector.accepted().filter(|(_, c)| c.severity.is_some() && c.appraiser1 != NONE) {
        let number = broker.of(case);
        if number == NONE {
            continue;
        }
        cases[number as usize] += 1;
        let one = lawyer[number as usize].get_or_insert(case.lawyer);
        if *one != case.lawyer {
            *one = NONE;
        }
    }
    (0..cases.len()).map(|n| cases[n] >= CASES_MIN && lawyer[n] == Some(NONE)).collect()
}
