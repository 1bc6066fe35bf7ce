//! From numbers to the drawn.
//!
//! **Invariant:** numbers are taken in one order only: the seats, then refusal after refusal. A refusal changes nothing that
//! was drawn before it.

use crate::kinds::Kinds;
use crate::plan::{Method, PARTS, Plan};
use crate::stream::Stream;
use std::fmt;

/// What a stream drew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// Candidates by their index in the plan's list, seat by seat, before any refusal.
    pub first: Vec<usize>,
    /// For each refusal in its order: who took the seat; nobody when no candidate was left that keeps the quotas.
    pub replacements: Vec<Option<usize>>,
    /// Seat by seat after all refusals.
    pub seats: Vec<Option<usize>>,
    /// How many numbers were taken.
    pub numbers: u64,
}

/// Why nothing was drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoDraw {
    /// The plan has faults: ask [`Plan::faults`].
    Plan,
    /// Who is said to refuse has no seat at that moment.
    NotSeated { refusal: usize },
}

impl fmt::Display for NoDraw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plan => write!(f, "the plan cannot be drawn"),
            Self::NotSeated { refusal } => {
                write!(f, "refusal {} is of somebody who has no seat at that moment", refusal + 1)
            }
        }
    }
}

impl std::error::Error for NoDraw {}

/// Draws the seats of a plan, then a replacement for each refusal (ids, in their order).
///
/// # Errors
/// A plan with faults, or a refusal of somebody who has no seat.
pub fn draw(plan: &Plan, seed: [u8; 32], refusals: &[&str]) -> Result<Drawn, NoDraw> {
    if !plan.faults().is_empty() {
        return Err(NoDraw::Plan);
    }
    let mut stream = Stream::new(seed);
    let mut left: Vec<usize> = (0..plan.candidates.len()).collect();
    let first = match (plan.method, &plan.lottery) {
        (Method::Stratified, Some(lottery)) => {
            let kinds = Kinds::of(plan);
            let mut at = stream.below(PARTS);
            let panel = lottery.panels.iter().find(|panel| {
                let here = at < panel.parts;
                at = at.saturating_sub(panel.parts);
                here
            });
            let mut drawn = Vec::new();
            for (kind, many) in &panel.ok_or(NoDraw::Plan)?.kinds {
                let mut equals = kinds.members(*kind).to_vec();
                drawn.extend((0..*many).filter_map(|_| take(plan, &mut stream, &mut equals)));
            }
            left.retain(|one| !drawn.contains(one));
            drawn
        }
        _ => (0..plan.seats).filter_map(|_| take(plan, &mut stream, &mut left)).collect(),
    };
    let mut seats: Vec<Option<usize>> = first.iter().copied().map(Some).collect();
    let mut replacements = Vec::new();
    for (refusal, id) in refusals.iter().enumerate() {
        let sits = |one: &Option<usize>| one.is_some_and(|one| plan.candidates[one].id == *id);
        let seat = seats.iter().position(sits).ok_or(NoDraw::NotSeated { refusal })?;
        let mut may = successors(plan, &left, &seats, seat);
        let next = take(plan, &mut stream, &mut may);
        left.retain(|one| Some(*one) != next);
        seats[seat] = next;
        replacements.push(next);
    }
    Ok(Drawn { first, replacements, seats, numbers: stream.taken() })
}

/// Takes one out of a list by its weight; weights are 1 where the draw is not weighted.
fn take(plan: &Plan, stream: &mut Stream, from: &mut Vec<usize>) -> Option<usize> {
    let total: u64 = from.iter().map(|one| plan.candidates[*one].weight).sum();
    if total == 0 {
        return None;
    }
    let mut at = stream.below(total);
    let place = from.iter().position(|one| {
        let weight = plan.candidates[*one].weight;
        let here = at < weight;
        at = at.saturating_sub(weight);
        here
    })?;
    Some(from.remove(place))
}

/// Who may take the seat of one who refuses: equals; where no equal is left, everybody with whom the quotas are kept.
fn successors(plan: &Plan, left: &[usize], seats: &[Option<usize>], seat: usize) -> Vec<usize> {
    if plan.method != Method::Stratified {
        return left.to_vec();
    }
    let value = |one: usize, feature: &str| plan.candidates[one].traits.get(feature).map_or("", String::as_str);
    let equal = |one: usize, other: usize| {
        plan.quotas.iter().all(|quota| value(one, &quota.feature) == value(other, &quota.feature))
    };
    let gone = seats[seat];
    let equals: Vec<usize> = left.iter().copied().filter(|one| gone.is_some_and(|gone| equal(*one, gone))).collect();
    if !equals.is_empty() {
        return equals;
    }
    let others: Vec<usize> =
        seats.iter().enumerate().filter(|(at, _)| *at != seat).filter_map(|(_, one)| *one).collect();
    let keeps = |one: usize| {
        plan.quotas.iter().all(|quota| {
            let is = |who: usize| value(who, &quota.feature) == quota.value;
            let many = others.iter().filter(|who| is(**who)).count() + usize::from(is(one));
            (quota.min as usize..=quota.max as usize).contains(&many)
        })
    };
    left.iter().copied().filter(|one| keeps(*one)).collect()
}
