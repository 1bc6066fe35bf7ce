//! C2SP tlog-policy: which logs are believed, which witnesses, and how many of them must have seen a checkpoint.
//!
//! **Invariant:** a policy that was read has exactly one quorum, and every name in it was defined before it was used, once;
//! a witness counts in one way only.
//!
//! Narrower than the specification in two points, both said in words: a policy must be UTF-8, and keys must be Ed25519.

use crate::note::{Kind, NoteError, VerifierKey};
use std::collections::{HashMap, HashSet};
use std::fmt;

/// Largest policy file in bytes.
pub const POLICY_BYTES_MAX: usize = 64 * 1024;

/// What is wrong with a line of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyFault {
    Word { word: String },
    Parts { form: &'static str },
    Key(NoteError),
    KeyKind { wanted: &'static str },
    Duplicate { what: &'static str },
    Name { name: String },
    Unknown { name: String },
    MemberTwice { name: String },
    Threshold { threshold: String, members: usize },
    SecondQuorum,
}

/// What is wrong with a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyError {
    TooLarge,
    Signs,
    Line { line: usize, fault: PolicyFault },
    NoQuorum,
}

impl fmt::Display for PolicyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word { word } => write!(f, "{word:?} is not one of log, witness, group, quorum"),
            Self::Parts { form } => write!(f, "the line must read: {form}"),
            Self::Key(error) => error.fmt(f),
            Self::KeyKind { wanted } => write!(f, "this key is none of a {wanted}"),
            Self::Duplicate { what } => write!(f, "this {what} is there already"),
            Self::Name { name } => write!(f, "the name {name:?} is taken or reserved"),
            Self::Unknown { name } => write!(f, "{name:?} is not defined on a line before"),
            Self::MemberTwice { name } => write!(f, "{name:?} is a member of a group already"),
            Self::Threshold { threshold, members } => {
                write!(f, "{threshold:?} must be any, all or a number from 1 to {members}")
            }
            Self::SecondQuorum => write!(f, "there is a quorum already"),
        }
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => write!(f, "the policy is longer than {POLICY_BYTES_MAX} bytes"),
            Self::Signs => write!(f, "the policy is not UTF-8, or contains control characters"),
            Self::Line { line, fault } => write!(f, "line {line} of the policy: {fault}"),
            Self::NoQuorum => {
                write!(f, "the policy has no quorum line; add one, \"quorum none\" if no witness is asked for")
            }
        }
    }
}

impl std::error::Error for PolicyError {}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Member {
    Witness(usize),
    Group(usize),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Group {
    name: String,
    threshold: usize,
    members: Vec<Member>,
}

/// A policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<VerifierKey>,
    names: Vec<String>,
    witnesses: Vec<VerifierKey>,
    groups: Vec<Group>,
    quorum: Option<Member>,
}

impl Policy {
    /// Reads a policy file.
    ///
    /// # Errors
    /// The first line that is wrong, and how.
    pub fn parse(bytes: &[u8]) -> Result<Self, PolicyError> {
        if bytes.len() > POLICY_BYTES_MAX {
            return Err(PolicyError::TooLarge);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| PolicyError::Signs)?;
        if text.bytes().any(|byte| byte == 0x7f || (byte < 0x20 && byte != b'\n' && byte != b'\t')) {
            return Err(PolicyError::Signs);
        }
        let mut draft = Draft::default();
        for (at, line) in text.split('\n').enumerate() {
            let words: Vec<&str> = line.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
            if words.first().is_some_and(|word| !word.starts_with('#')) {
                draft.line(&words).map_err(|fault| PolicyError::Line { line: at + 1, fault })?;
            }
        }
        if draft.has_quorum { Ok(draft.policy) } else { Err(PolicyError::NoQuorum) }
    }

    /// The logs that are believed.
    pub fn logs(&self) -> &[VerifierKey] {
        &self.logs
    }

    /// The witnesses' keys, in the order of the file.
    pub fn witnesses(&self) -> &[VerifierKey] {
        &self.witnesses
    }

    /// The name that the policy gives a witness.
    pub fn witness_name(&self, key: &VerifierKey) -> Option<&str> {
        let at = self.witnesses.iter().position(|witness| witness == key)?;
        self.names.get(at).map(String::as_str)
    }

    /// Whether these witnesses are enough.
    pub fn is_met(&self, cosigned: &[VerifierKey]) -> bool {
        self.quorum.is_none_or(|quorum| self.holds(quorum, cosigned))
    }

    fn holds(&self, member: Member, cosigned: &[VerifierKey]) -> bool {
        match member {
            Member::Witness(at) => cosigned.contains(&self.witnesses[at]),
            Member::Group(at) => {
                let group = &self.groups[at];
                group.members.iter().filter(|member| self.holds(**member, cosigned)).count() >= group.threshold
            }
        }
    }

    /// The quorum in words, for the person whose proof does not meet it.
    pub fn quorum_in_words(&self) -> String {
        self.quorum.map_or_else(|| "no witness".to_owned(), |quorum| self.in_words(quorum))
    }

    fn in_words(&self, member: Member) -> String {
        match member {
            Member::Witness(at) => self.names[at].clone(),
            Member::Group(at) => {
                let group = &self.groups[at];
                let members: Vec<String> = group.members.iter().map(|member| self.in_words(*member)).collect();
                format!("{} ({} of {})", group.name, group.threshold, members.join(", "))
            }
        }
    }
}

#[derive(Default)]
struct Draft {
    policy: Policy,
    known: HashMap<String, Member>,
    used: HashSet<String>,
    has_quorum: bool,
}

impl Draft {
    fn line(&mut self, words: &[&str]) -> Result<(), PolicyFault> {
        match words {
            ["log", key] | ["log", key, _] => self.log(key),
            ["log", ..] => Err(PolicyFault::Parts { form: "log <key> [<url>]" }),
            ["witness", name, key] | ["witness", name, key, _] => self.witness(name, key),
            ["witness", ..] => Err(PolicyFault::Parts { form: "witness <name> <key> [<url>]" }),
            ["group", name, threshold, members @ ..] if !members.is_empty() => self.group(name, threshold, members),
            ["group", ..] => Err(PolicyFault::Parts { form: "group <name> <any, all or a number> <member>…" }),
            ["quorum", name] => self.quorum(name),
            ["quorum", ..] => Err(PolicyFault::Parts { form: "quorum <name, or none>" }),
            _ => Err(PolicyFault::Word { word: words.first().unwrap_or(&"").chars().take(40).collect() }),
        }
    }

    fn key(text: &str, kind: Kind, wanted: &'static str) -> Result<VerifierKey, PolicyFault> {
        let key = VerifierKey::parse(text).map_err(PolicyFault::Key)?;
        if key.kind() == kind { Ok(key) } else { Err(PolicyFault::KeyKind { wanted }) }
    }

    fn log(&mut self, key: &str) -> Result<(), PolicyFault> {
        let key = Self::key(key, Kind::Log, "log")?;
        if self.policy.logs.iter().any(|log| log.public() == key.public()) {
            return Err(PolicyFault::Duplicate { what: "log" });
        }
        self.policy.logs.push(key);
        Ok(())
    }

    fn witness(&mut self, name: &str, key: &str) -> Result<(), PolicyFault> {
        let key = Self::key(key, Kind::Witness, "witness")?;
        if self.policy.witnesses.iter().any(|witness| witness.public() == key.public()) {
            return Err(PolicyFault::Duplicate { what: "witness" });
        }
        self.define(name, Member::Witness(self.policy.witnesses.len()))?;
        self.policy.names.push(name.to_owned());
        self.policy.witnesses.push(key);
        Ok(())
    }

    fn group(&mut self, name: &str, threshold: &str, members: &[&str]) -> Result<(), PolicyFault> {
        let mut found = Vec::new();
        for member in members {
            found.push(*self.known.get(*member).ok_or_else(|| PolicyFault::Unknown { name: (*member).to_owned() })?);
            if !self.used.insert((*member).to_owned()) {
                return Err(PolicyFault::MemberTwice { name: (*member).to_owned() });
            }
        }
        let wrong = || PolicyFault::Threshold { threshold: threshold.to_owned(), members: members.len() };
        let threshold = match threshold {
            "any" => 1,
            "all" => members.len(),
            number => crate::hash::decimal(number).and_then(|number| usize::try_from(number).ok()).ok_or_else(wrong)?,
        };
        if !(1..=members.len()).contains(&threshold) {
            return Err(wrong());
        }
        self.define(name, Member::Group(self.policy.groups.len()))?;
        self.policy.groups.push(Group { name: name.to_owned(), threshold, members: found });
        Ok(())
    }

    fn define(&mut self, name: &str, member: Member) -> Result<(), PolicyFault> {
        if name == "none" || self.known.contains_key(name) {
            return Err(PolicyFault::Name { name: name.to_owned() });
        }
        self.known.insert(name.to_owned(), member);
        Ok(())
    }

    fn quorum(&mut self, name: &str) -> Result<(), PolicyFault> {
        if std::mem::replace(&mut self.has_quorum, true) {
            return Err(PolicyFault::SecondQuorum);
        }
        if name != "none" {
            let quorum = self.known.get(name).ok_or_else(|| PolicyFault::Unknown { name: name.to_owned() })?;
            self.policy.quorum = Some(*quorum);
        }
        Ok(())
    }
}
