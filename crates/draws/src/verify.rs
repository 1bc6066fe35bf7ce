//! The transcript of a draw, and its check by anybody.
//!
//! **Invariant:** [`verify`] takes nothing on trust that it can recompute, and tells every fault, each as a sentence. What a
//! transcript cannot show by itself is listed in docs/manual/draws.md: that the checkpoint's time is right.

use crate::draw::{Drawn, draw};
use crate::plan::{Plan, PlanFault, commitment_of, contribution};
use crate::published::Published;
use crate::stream::{hash, hex};
use ledger::note::Note;
use ledger::{Checkpoint, Head, VerifierKey};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// Longest transcript that is read: ten thousand candidates with long names stay below.
pub const TRANSCRIPT_BYTES_MAX: usize = 16 << 20;

/// A party's share of the seed: the hash published before, the text shown after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contribution {
    pub party: String,
    pub commitment: String,
    pub value: String,
}

/// One of the drawn who does not take the seat, and who takes it instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    pub id: String,
    pub reason: String,
    pub replacement: Option<String>,
}

/// All that is needed to recompute a draw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transcript {
    pub plan: Plan,
    pub commitment: String,
    /// One for each party of the plan, in its order.
    pub contributions: Vec<Contribution>,
    /// The signed checkpoint of the log, as it was published.
    pub checkpoint: Option<String>,
    /// When it was signed, as the log's keeper says; RFC 3339.
    pub checkpoint_at: Option<String>,
    /// The log's entries of the plan and of each contribution, under that checkpoint.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub published: Vec<Published>,
    /// The beacon's value as it was published, without white space around it.
    pub beacon: Option<String>,
    /// 64 hexadecimal digits.
    pub seed: String,
    /// Ids seat by seat, before any refusal.
    pub drawn: Vec<String>,
    pub refusals: Vec<Refusal>,
    /// SHA-256 of the canonical JSON of everything else here.
    pub digest: String,
}

/// What is wrong with a transcript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    NoTranscript { what: String },
    Plan(PlanFault),
    Commitment { found: String, wanted: String },
    Parties,
    Contribution { party: String },
    NoContribution { party: String },
    Checkpoint { what: String },
    TooEarly { at: String, not_before: String },
    Publications { found: usize, wanted: usize },
    OtherEntry { index: u64 },
    NotInLog { index: u64 },
    Beacon,
    Seed { found: String, wanted: String },
    Drawn { seat: usize, found: String, wanted: String },
    Refusals { what: String },
    Digest,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTranscript { what } => write!(f, "this is no transcript of a draw: {what}"),
            Self::Plan(fault) => write!(f, "the plan: {fault}"),
            Self::Commitment { found, wanted } => write!(
                f,
                "the plan was changed: its commitment is {wanted}, the transcript says {found}; compare with the one in the log"
            ),
            Self::Parties => write!(f, "the contributions are not those of the plan's parties, in their order"),
            Self::Contribution { party } => {
                write!(f, "the text of {party} is not the one whose hash was published before")
            }
            Self::NoContribution { party } => write!(f, "{party} contributed an empty text"),
            Self::Checkpoint { what } => write!(f, "the checkpoint: {what}"),
            Self::TooEarly { at, not_before } => {
                write!(f, "the checkpoint was signed at {at}, before the announced {not_before}")
            }
            Self::Publications { found, wanted } => write!(
                f,
                "{found} entries of the log are enclosed, not the {wanted} that publish the plan and the parties' hashes"
            ),
            Self::OtherEntry { index } => {
                write!(f, "entry {index} of the log does not publish this plan or this party's hash")
            }
            Self::NotInLog { index } => write!(
                f,
                "entry {index} does not hang from the checkpoint: it was not in the log before the seed could be known"
            ),
            Self::Beacon => {
                write!(f, "the beacon's value is there without being announced, or announced and not there")
            }
            Self::Seed { found, wanted } => write!(f, "the seed is {wanted}, the transcript says {found}"),
            Self::Drawn { seat, found, wanted } => {
                write!(f, "seat {seat}: the numbers draw {wanted:?}, the transcript says {found:?}")
            }
            Self::Refusals { what } => write!(f, "the refusals: {what}"),
            Self::Digest => write!(f, "the transcript was changed after it was closed: its digest does not fit"),
        }
    }
}

impl std::error::Error for Fault {}

impl Transcript {
    /// The seed that follows from plan, checkpoint, beacon and contributions.
    ///
    /// # Errors
    /// A checkpoint that is none.
    pub fn seed_of(&self) -> Result<[u8; 32], Fault> {
        let (mut origin, mut size, mut root) = (String::new(), String::new(), String::new());
        if let Some(note) = &self.checkpoint {
            let checkpoint = unsigned(note)?;
            (origin, size, root) = (checkpoint.origin, checkpoint.size.to_string(), checkpoint.root.to_string());
        }
        let rule = self.plan.seed_rule.beacon.as_ref();
        let (name, round) = rule.map_or(("", ""), |rule| (rule.name.as_str(), rule.round.as_str()));
        let value = self.beacon.as_deref().unwrap_or_default();
        let mut parts = vec!["sijian-draw/1 seed", &self.commitment, &origin, &size, &root, name, round, value];
        for one in &self.contributions {
            parts.extend([one.party.as_str(), one.value.as_str()]);
        }
        let parts: Vec<&[u8]> = parts.into_iter().map(str::as_bytes).collect();
        Ok(hash(&parts))
    }

    /// Fills in seed, drawn and digest.
    ///
    /// # Errors
    /// Everything that keeps the draw from being made.
    pub fn close(mut self) -> Result<Self, Vec<Fault>> {
        let faults = self.before_drawing();
        if !faults.is_empty() {
            return Err(faults);
        }
        let seed = self.seed_of().map_err(|fault| vec![fault])?;
        self.seed = hex(&seed);
        let drawn = self.draw(seed).map_err(|fault| vec![fault])?;
        self.drawn = drawn.first.iter().map(|one| self.plan.candidates[*one].id.clone()).collect();
        for (refusal, next) in self.refusals.iter_mut().zip(&drawn.replacements) {
            refusal.replacement = next.map(|one| self.plan.candidates[one].id.clone());
        }
        self.digest = self.digest_of().map_err(|fault| vec![Fault::Plan(fault)])?;
        Ok(self)
    }

    /// The drawn of this transcript's plan and refusals.
    ///
    /// # Errors
    /// A refusal of somebody who has no seat, or a plan with faults.
    pub fn draw(&self, seed: [u8; 32]) -> Result<Drawn, Fault> {
        let refusals: Vec<&str> = self.refusals.iter().map(|one| one.id.as_str()).collect();
        draw(&self.plan, seed, &refusals).map_err(|why| Fault::Refusals { what: why.to_string() })
    }

    fn digest_of(&self) -> Result<String, PlanFault> {
        let value = serde_json::to_value(self).map_err(|error| PlanFault::NotCanonical { what: error.to_string() })?;
        digest_of(value)
    }

    /// What is wrong with everything that was fixed before the drawing.
    fn before_drawing(&self) -> Vec<Fault> {
        let mut found: Vec<Fault> = self.plan.faults().into_iter().map(Fault::Plan).collect();
        let named = self.contributions.iter().map(|one| &one.party);
        if !named.eq(self.plan.seed_rule.parties.iter()) {
            found.push(Fault::Parties);
        }
        for Contribution { party, commitment, value } in &self.contributions {
            if value.is_empty() {
                found.push(Fault::NoContribution { party: party.clone() });
            }
            if *commitment != contribution(&self.commitment, party, value) {
                found.push(Fault::Contribution { party: party.clone() });
            }
        }
        found.extend(self.checkpoint_faults());
        let is_fine = match (&self.plan.seed_rule.beacon, &self.beacon) {
            (Some(_), Some(value)) => !value.is_empty() && value.trim() == value,
            (None, None) => true,
            _ => false,
        };
        if !is_fine {
            found.push(Fault::Beacon);
        }
        found
    }

    fn checkpoint_faults(&self) -> Vec<Fault> {
        let wrong = |what: String| vec![Fault::Checkpoint { what }];
        let (rule, note, at) = match (&self.plan.seed_rule.log, &self.checkpoint, &self.checkpoint_at) {
            (Some(rule), Some(note), Some(at)) => (rule, note, at),
            (None, None, None) if self.published.is_empty() => return Vec::new(),
            (Some(_), ..) => return wrong("it was announced and is not there".into()),
            (None, ..) => return wrong("it is there without being announced".into()),
        };
        let checkpoint = match unsigned(note) {
            Ok(checkpoint) => checkpoint,
            Err(fault) => return vec![fault],
        };
        let mut found = Vec::new();
        if checkpoint.origin != rule.origin {
            found.extend(wrong(format!("it is of the log {:?}, not of {:?}", checkpoint.origin, rule.origin)));
        }
        if checkpoint.size < rule.size {
            found.extend(wrong(format!("it has {} entries, fewer than the announced {}", checkpoint.size, rule.size)));
        }
        if !is_instant(at) || !is_instant(&rule.not_before) {
            found.extend(wrong("its time must be written as 2026-11-25T02:00:00.000Z".into()));
        } else if *at < rule.not_before {
            found.push(Fault::TooEarly { at: at.clone(), not_before: rule.not_before.clone() });
        }
        found.extend(self.publication_faults(&checkpoint));
        found
    }
}

/// Checks a transcript as it was downloaded; an empty list: it holds.
///
/// With the log's key, the checkpoint's signature is checked too.
pub fn verify(text: &str, log: Option<&VerifierKey>) -> Vec<Fault> {
    let none = |what: String| vec![Fault::NoTranscript { what }];
    if text.len() > TRANSCRIPT_BYTES_MAX {
        return none(format!("it is longer than {TRANSCRIPT_BYTES_MAX} bytes"));
    }
    let value: Value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(error) => return none(error.to_string()),
    };
    // From the text, not from the value: a name that is given twice is refused.
    let transcript: Transcript = match serde_json::from_str(text) {
        Ok(transcript) => transcript,
        Err(error) => return none(error.to_string()),
    };
    let mut found = Vec::new();
    match commitment_of(&value["plan"]) {
        Ok(wanted) if wanted == transcript.commitment => {}
        Ok(wanted) => found.push(Fault::Commitment { found: transcript.commitment.clone(), wanted }),
        Err(fault) => found.push(Fault::Plan(fault)),
    }
    if digest_of(value).is_ok_and(|wanted| wanted != transcript.digest) {
        found.push(Fault::Digest);
    }
    found.extend(transcript.before_drawing());
    if let (Some(key), Some(note)) = (log, &transcript.checkpoint)
        && let Err(error) = Head::open(note.as_bytes(), key)
    {
        found.push(Fault::Checkpoint { what: error.to_string() });
    }
    found.extend(transcript.outcome_faults());
    found
}

impl Transcript {
    fn outcome_faults(&self) -> Vec<Fault> {
        // A fault of the checkpoint or the plan is told already.
        let Ok(seed) = self.seed_of() else { return Vec::new() };
        let mut found = Vec::new();
        if hex(&seed) != self.seed {
            found.push(Fault::Seed { found: self.seed.clone(), wanted: hex(&seed) });
        }
        if !self.plan.faults().is_empty() {
            return found;
        }
        let drawn = match self.draw(seed) {
            Ok(drawn) => drawn,
            Err(fault) => {
                found.push(fault);
                // The seats do not depend on the refusals.
                match draw(&self.plan, seed, &[]) {
                    Ok(drawn) => drawn,
                    Err(_) => return found,
                }
            }
        };
        let id = |one: usize| self.plan.candidates[one].id.clone();
        if drawn.first.len() != self.drawn.len() {
            let what = format!("{} seats", self.drawn.len());
            found.push(Fault::Drawn { seat: 0, found: what, wanted: format!("{} seats", drawn.first.len()) });
        }
        for (at, (wanted, said)) in drawn.first.iter().zip(&self.drawn).enumerate() {
            if id(*wanted) != *said {
                found.push(Fault::Drawn { seat: at + 1, found: said.clone(), wanted: id(*wanted) });
            }
        }
        for (said, wanted) in self.refusals.iter().zip(&drawn.replacements) {
            if said.replacement != wanted.map(id) {
                let wanted = wanted.map_or("nobody".to_owned(), id);
                found.push(Fault::Refusals {
                    what: format!("the next numbers put {wanted:?} in place of {:?}", said.id),
                });
            }
            if said.reason.trim().is_empty() {
                found.push(Fault::Refusals { what: format!("{:?} refuses without a reason", said.id) });
            }
        }
        found
    }
}

fn digest_of(mut transcript: Value) -> Result<String, PlanFault> {
    if let Some(fields) = transcript.as_object_mut() {
        fields.remove("digest");
    }
    commitment_of(&transcript)
}

fn unsigned(note: &str) -> Result<Checkpoint, Fault> {
    let note = Note::parse(note.as_bytes()).map_err(|error| Fault::Checkpoint { what: error.to_string() })?;
    Checkpoint::parse(&note.text).map_err(|error| Fault::Checkpoint { what: error.to_string() })
}

/// `2026-11-25T02:00:00.000Z`: only such texts compare as the instants they are.
fn is_instant(text: &str) -> bool {
    let shape = |sign: char| if sign.is_ascii_digit() { '0' } else { sign };
    text.chars().map(shape).eq("0000-00-00T00:00:00.000Z".chars())
}
