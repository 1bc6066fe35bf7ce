//! What must not be wrong in a table.

use crate::{Effect, Procedure};
use std::collections::HashSet;
use std::fmt;

/// A fault of the table, as a sentence for whoever edits it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault(pub String);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Every fault of the table: a state never reached or never left, a step nobody may take, a row written twice, a term
/// that starts and never stops (or stops without starting), a row without its article.
pub fn faults<P: Procedure>() -> Vec<Fault> {
    let mut found = Vec::new();
    rows::<P>(&mut found);
    twice::<P>(&mut found);
    reach::<P>(&mut found);
    terms::<P>(&mut found);
    found
}

fn rows<P: Procedure>(found: &mut Vec<Fault>) {
    if !P::STEPS.iter().any(|row| row.from.is_empty()) {
        found.push(Fault(format!("{}: no step creates it", P::NAME)));
    }
    for row in P::STEPS {
        let name = format!("{} {:?}", row.number, row.action);
        if row.by.is_empty() {
            found.push(Fault(format!("{name}: nobody may take it")));
        }
        if row.article.is_empty() {
            found.push(Fault(format!("{name}: no article of law")));
        }
        for state in row.from.iter().filter(|state| P::FINAL.contains(state)) {
            if row.to != *state {
                found.push(Fault(format!("{name}: leaves the final state {state:?}")));
            }
        }
    }
}

fn twice<P: Procedure>(found: &mut Vec<Fault>) {
    for (i, row) in P::STEPS.iter().enumerate() {
        for other in &P::STEPS[i + 1..] {
            let same_state = row.from.iter().any(|state| other.from.contains(state))
                || (row.from.is_empty() && other.from.is_empty());
            if row.action == other.action && same_state && row.by.iter().any(|role| other.by.contains(role)) {
                found.push(Fault(format!("{} and {}: {:?} is written twice", row.number, other.number, row.action)));
            }
        }
    }
}

fn reach<P: Procedure>(found: &mut Vec<Fault>) {
    let mut reached: Vec<P::State> = P::STEPS.iter().filter(|row| row.from.is_empty()).map(|row| row.to).collect();
    let mut next = 0;
    while next < reached.len() {
        let state = reached[next];
        next += 1;
        for row in P::STEPS.iter().filter(|row| row.from.contains(&state)) {
            if !reached.contains(&row.to) {
                reached.push(row.to);
            }
        }
    }
    for state in P::STATES {
        if !reached.contains(state) {
            found.push(Fault(format!("{state:?} is never reached")));
        }
        let left = P::STEPS.iter().any(|row| row.from.contains(state) && row.to != *state);
        if !left && !P::FINAL.contains(state) {
            found.push(Fault(format!("{state:?} is never left and is not final")));
        }
    }
}

fn terms<P: Procedure>(found: &mut Vec<Fault>) {
    let effects = || P::STEPS.iter().flat_map(|row| row.effects);
    let started: HashSet<_> =
        effects().filter_map(|e| if let Effect::Starts(t) = e { Some(*t) } else { None }).collect();
    let stopped: HashSet<_> =
        effects().filter_map(|e| if let Effect::Stops(t) = e { Some(*t) } else { None }).collect();
    let mut never_stop: Vec<_> = started.difference(&stopped).collect();
    never_stop.sort();
    for term in never_stop {
        found.push(Fault(format!("term {term} starts and never stops")));
    }
    let touched = effects().filter_map(|e| match e {
        Effect::Stops(t) | Effect::Pauses(t) | Effect::Resumes(t) | Effect::Extends(t) => Some(*t),
        Effect::Starts(_) => None,
    });
    let mut never_start: Vec<_> = touched.filter(|term| !started.contains(term)).collect();
    never_start.sort_unstable();
    never_start.dedup();
    for term in never_start {
        found.push(Fault(format!("term {term} is touched and never starts")));
    }
}
