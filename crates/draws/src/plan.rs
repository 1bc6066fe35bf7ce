//! What is fixed before anybody can know the seed.
//!
//! **Invariant:** a plan has one canonical text and hence one commitment; [`Plan::faults`] tells everything that keeps it from
//! being drawn.

use crate::kinds::Kinds;
use crate::stream::{hash, hex};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The name of the way numbers are made and used, with its version; it also separates our hashes from all others.
pub const ALGORITHM: &str = "sijian-draw/1";
/// Candidates of a draw: the largest national pools have some thousands.
pub const CANDIDATES_MAX: usize = 10_000;
/// Seats of a draw: an inspection of a whole city's institutions stays below.
pub const SEATS_MAX: u32 = 1_000;
/// A candidate's weight; ten thousand of them still add up to a safe integer.
pub const WEIGHT_MAX: u64 = 1_000_000_000;
/// A lottery's panels share this many parts.
pub const PARTS: u64 = 1_000_000_000_000;

/// How the drawn are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// Each candidate as likely.
    Uniform,
    /// One seat after the other, each candidate as likely as its weight among those left.
    Weighted,
    /// A panel of a lottery over panels that all meet the quotas, then equals by lot.
    Stratified,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Candidate {
    pub id: String,
    pub name: String,
    pub weight: u64,
    /// Its strata: feature and value, e.g. 专业 and 法医临床.
    pub traits: BTreeMap<String, String>,
}

/// Somebody who could have been a candidate and is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    pub id: String,
    pub name: String,
    pub reason: String,
}

/// How many of the drawn have this value of this feature, both bounds included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    pub feature: String,
    pub value: String,
    pub min: u32,
    pub max: u32,
}

/// One panel of the lottery: how many of each kind, and its share of [`PARTS`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Panel {
    pub parts: u64,
    /// Index of the kind ([`Kinds`]) and how many of it, indices rising.
    pub kinds: Vec<(usize, u32)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lottery {
    pub panels: Vec<Panel>,
}

/// The first checkpoint of this log that is signed at `not_before` or later, has at least `size` entries, and among them the
/// plan's commitment and every party's hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogRule {
    pub origin: String,
    pub size: u64,
    /// RFC 3339 in UTC with three decimals, e.g. `2026-11-25T02:00:00.000Z`: texts of this form compare as instants.
    pub not_before: String,
}

/// A public value that will be known later, e.g. a lottery's numbers of a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BeaconRule {
    pub name: String,
    pub round: String,
}

/// What the seed is made of: a log, a beacon, or both, and what the parties add.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedRule {
    pub log: Option<LogRule>,
    pub beacon: Option<BeaconRule>,
    pub parties: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    pub id: String,
    pub purpose: String,
    pub title: String,
    pub algorithm: String,
    pub method: Method,
    pub seats: u32,
    pub candidates: Vec<Candidate>,
    pub exclusions: Vec<Exclusion>,
    pub quotas: Vec<Quota>,
    pub lottery: Option<Lottery>,
    pub seed_rule: SeedRule,
    /// Random, so that the commitment tells nothing of the list before it is shown.
    pub salt: String,
}

/// Why a plan cannot be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanFault {
    Algorithm { found: String },
    NoCandidates,
    TooManyCandidates { found: usize },
    Seats { found: u32 },
    FewerCandidates { candidates: usize, seats: u32 },
    Twice { id: String },
    Excluded { id: String },
    NoReason { id: String },
    Weight { id: String },
    QuotaOrder { feature: String, value: String },
    QuotaTwice { feature: String, value: String },
    Quotas,
    NoQuotas,
    Lottery { panel: usize, what: &'static str },
    NoSeed,
    PartyTwice { party: String },
    NotCanonical { what: String },
}

impl fmt::Display for PlanFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Algorithm { found } => write!(f, "the algorithm is {found:?}; this program knows {ALGORITHM}"),
            Self::NoCandidates => write!(f, "there is no candidate"),
            Self::TooManyCandidates { found } => {
                write!(f, "there are {found} candidates; at most {CANDIDATES_MAX} can be drawn from")
            }
            Self::Seats { found } => write!(f, "{found} seats cannot be drawn; 1 to {SEATS_MAX} can"),
            Self::FewerCandidates { candidates, seats } => {
                write!(f, "{seats} seats cannot be filled from {candidates} candidates")
            }
            Self::Twice { id } => write!(f, "the candidate {id:?} is listed twice"),
            Self::Excluded { id } => write!(f, "{id:?} is a candidate and excluded at the same time"),
            Self::NoReason { id } => write!(f, "the exclusion of {id:?} has no reason"),
            Self::Weight { id } => write!(f, "the weight of {id:?} must be 1 to {WEIGHT_MAX} (1 unless weighted)"),
            Self::QuotaOrder { feature, value } => {
                write!(f, "the quota of {feature} {value} has a minimum above its maximum")
            }
            Self::QuotaTwice { feature, value } => write!(f, "{feature} {value} has two quotas"),
            Self::Quotas => write!(f, "quotas and a lottery belong to a stratified draw, and only to it"),
            Self::NoQuotas => write!(f, "a stratified draw needs quotas and a lottery"),
            Self::Lottery { panel, what } => write!(f, "panel {} of the lottery {what}", panel + 1),
            Self::NoSeed => write!(f, "the seed has no source: name a log's checkpoint or a beacon"),
            Self::PartyTwice { party } => write!(f, "the party {party:?} is listed twice"),
            Self::NotCanonical { what } => write!(f, "the plan has no canonical text: {what}"),
        }
    }
}

impl std::error::Error for PlanFault {}

impl Plan {
    /// SHA-256 of the canonical JSON, 64 hexadecimal digits.
    ///
    /// # Errors
    /// A number beyond 2^53.
    pub fn commitment(&self) -> Result<String, PlanFault> {
        let value = serde_json::to_value(self).map_err(|error| PlanFault::NotCanonical { what: error.to_string() })?;
        commitment_of(&value)
    }

    /// Everything that keeps the plan from being drawn; the lottery is looked at too.
    pub fn faults(&self) -> Vec<PlanFault> {
        let mut found = self.list_faults();
        match (self.method, &self.lottery) {
            (Method::Stratified, Some(lottery)) if !self.quotas.is_empty() => {
                if found.is_empty() {
                    found.extend(lottery_faults(self, lottery));
                }
            }
            (Method::Stratified, _) => found.push(PlanFault::NoQuotas),
            (_, None) if self.quotas.is_empty() => {}
            _ => found.push(PlanFault::Quotas),
        }
        found
    }

    /// Everything that is wrong but for the lottery, which is made last.
    pub fn list_faults(&self) -> Vec<PlanFault> {
        let mut found = Vec::new();
        if self.algorithm != ALGORITHM {
            found.push(PlanFault::Algorithm { found: self.algorithm.clone() });
        }
        let many = self.candidates.len();
        match many {
            0 => found.push(PlanFault::NoCandidates),
            _ if many > CANDIDATES_MAX => found.push(PlanFault::TooManyCandidates { found: many }),
            _ => {}
        }
        if !(1..=SEATS_MAX).contains(&self.seats) {
            found.push(PlanFault::Seats { found: self.seats });
        } else if many > 0 && many < self.seats as usize {
            found.push(PlanFault::FewerCandidates { candidates: many, seats: self.seats });
        }
        let mut ids = BTreeSet::new();
        for one in &self.candidates {
            if !ids.insert(&one.id) {
                found.push(PlanFault::Twice { id: one.id.clone() });
            }
            let most = if self.method == Method::Weighted { WEIGHT_MAX } else { 1 };
            if !(1..=most).contains(&one.weight) {
                found.push(PlanFault::Weight { id: one.id.clone() });
            }
        }
        for one in &self.exclusions {
            if ids.contains(&one.id) {
                found.push(PlanFault::Excluded { id: one.id.clone() });
            }
            if one.reason.trim().is_empty() {
                found.push(PlanFault::NoReason { id: one.id.clone() });
            }
        }
        found.extend(self.quota_faults());
        if self.seed_rule.log.is_none() && self.seed_rule.beacon.is_none() {
            found.push(PlanFault::NoSeed);
        }
        let mut parties = BTreeSet::new();
        for party in &self.seed_rule.parties {
            if !parties.insert(party) {
                found.push(PlanFault::PartyTwice { party: party.clone() });
            }
        }
        found
    }

    fn quota_faults(&self) -> Vec<PlanFault> {
        let mut found = Vec::new();
        let mut named = BTreeSet::new();
        for Quota { feature, value, min, max } in &self.quotas {
            let (feature, value) = (feature.clone(), value.clone());
            if min > max {
                found.push(PlanFault::QuotaOrder { feature: feature.clone(), value: value.clone() });
            }
            if !named.insert((feature.clone(), value.clone())) {
                found.push(PlanFault::QuotaTwice { feature, value });
            }
        }
        found
    }
}

/// Commitment of a plan as it stands in a transcript: what is written counts, not what this program makes of it.
pub(crate) fn commitment_of(plan: &Value) -> Result<String, PlanFault> {
    let text = ledger::jcs::canonical(plan).map_err(|error| PlanFault::NotCanonical { what: error.to_string() })?;
    Ok(sha256(text.as_bytes()))
}

/// The bare SHA-256, as `sha256sum` prints it.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    hex(&sha2::Sha256::digest(bytes))
}

/// What a party publishes before the seed's moment: the hash of its text, bound to this draw and to its name.
///
/// `plan` is the plan's commitment (64 hexadecimal digits), `value` the party's text; so is the answer.
pub fn contribution(plan: &str, party: &str, value: &str) -> String {
    hex(&hash(&[b"sijian-draw/1 contribution", plan.as_bytes(), party.as_bytes(), value.as_bytes()]))
}

/// Each panel has the seats, no more of a kind than there are, and meets every quota; the parts are all there.
fn lottery_faults(plan: &Plan, lottery: &Lottery) -> Vec<PlanFault> {
    let kinds = Kinds::of(plan);
    let mut found = Vec::new();
    let mut parts: u64 = 0;
    for (panel, one) in lottery.panels.iter().enumerate() {
        let mut say = |what| found.push(PlanFault::Lottery { panel, what });
        parts = parts.saturating_add(one.parts);
        if one.parts == 0 {
            say("has no part");
        }
        if !one.kinds.windows(2).all(|two| two[0].0 < two[1].0) {
            say("does not list its kinds in their order");
        }
        if !one.kinds.iter().all(|(kind, many)| *many > 0 && kinds.members(*kind).len() >= *many as usize) {
            say("has more of a kind than there are");
        }
        let seats = one.kinds.iter().fold(0_u32, |sum, (_, many)| sum.saturating_add(*many));
        if seats != plan.seats {
            say("does not have the seats");
        }
        let meets = plan.quotas.iter().all(|quota| {
            let of_it = one.kinds.iter().filter(|(kind, _)| kinds.has(*kind, &quota.feature, &quota.value));
            let many = of_it.fold(0_u32, |sum, (_, many)| sum.saturating_add(*many));
            (quota.min..=quota.max).contains(&many)
        });
        if !meets {
            say("breaks a quota");
        }
    }
    if parts != PARTS {
        found.push(PlanFault::Lottery { panel: 0, what: "and the others do not share all parts" });
    }
    found
}
