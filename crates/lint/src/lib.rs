//! 意见书质检: finds what is wrong in an opinion document before it is reviewed or issued. Pure: text and facts in, findings out.
//!
//! **Invariant:** the same input gives the same findings in the same order; every rule reads its text in linear time and no
//! text makes it panic (a property test feeds it anything). Only [`Severity::Error`] blocks.

mod messages;
mod rules;
mod text;

pub use messages::Severity;
pub use rules::{RULES, Rule, RuleId};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// A part of the document, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Part {
    /// What the case record says: part 一 and the signatures.
    Record,
    CaseFacts,
    DataAbstract,
    Process,
    Analysis,
    Opinion,
    Annexes,
    Dissent,
}

impl Part {
    pub const WRITTEN: [Part; 7] = [
        Part::CaseFacts,
        Part::DataAbstract,
        Part::Process,
        Part::Analysis,
        Part::Opinion,
        Part::Annexes,
        Part::Dissent,
    ];

    /// The Chinese title (a translator's key).
    pub fn title(self) -> &'static str {
        match self {
            Part::Record => "一、基本情况",
            Part::CaseFacts => "二、基本案情",
            Part::DataAbstract => "三、资料摘要",
            Part::Process => "四、鉴定过程",
            Part::Analysis => "五、分析说明",
            Part::Opinion => "六、鉴定意见",
            Part::Annexes => "七、附件",
            Part::Dissent => "不同意见",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    Male,
    Female,
}

/// An appraiser who will sign.
#[derive(Clone, Debug)]
pub struct Signer {
    pub name: String,
    pub licence: String,
    /// The licence counts today.
    pub is_valid: bool,
    /// It covers the case's item.
    pub covers_item: bool,
}

/// All that the rules look at.
#[derive(Clone, Debug)]
pub struct Input {
    pub case_facts: String,
    pub data_abstract: String,
    pub process: String,
    pub analysis: String,
    pub opinion: String,
    pub annexes: String,
    pub dissent: String,
    /// The person examined, or the object where no person is.
    pub examinee: String,
    pub sex: Option<Sex>,
    pub birth: Option<Date>,
    pub id_number: String,
    pub client: String,
    pub institution: String,
    /// Word of the region whose rules hold, e.g. `shanghai`.
    pub region: String,
    pub matter: String,
    /// Names of the materials; names of persons in them are known persons.
    pub materials: Vec<String>,
    pub received_on: Date,
    pub accepted_on: Option<Date>,
    pub injured_on: Option<Date>,
    pub examined_from: Option<Date>,
    pub examined_to: Option<Date>,
    pub signers: Vec<Signer>,
    pub today: Date,
}

impl Input {
    pub fn text(&self, part: Part) -> &str {
        match part {
            Part::Record => "",
            Part::CaseFacts => &self.case_facts,
            Part::DataAbstract => &self.data_abstract,
            Part::Process => &self.process,
            Part::Analysis => &self.analysis,
            Part::Opinion => &self.opinion,
            Part::Annexes => &self.annexes,
            Part::Dissent => &self.dissent,
        }
    }

    pub fn text_mut(&mut self, part: Part) -> Option<&mut String> {
        match part {
            Part::Record => None,
            Part::CaseFacts => Some(&mut self.case_facts),
            Part::DataAbstract => Some(&mut self.data_abstract),
            Part::Process => Some(&mut self.process),
            Part::Analysis => Some(&mut self.analysis),
            Part::Opinion => Some(&mut self.opinion),
            Part::Annexes => Some(&mut self.annexes),
            Part::Dissent => Some(&mut self.dissent),
        }
    }
}

/// One thing that is wrong, or may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub rule: RuleId,
    pub severity: Severity,
    pub part: Part,
    /// In characters of the part; empty where the whole part is meant.
    pub range: Range<usize>,
    /// What stands before it, itself, and after it.
    pub excerpt: (String, String, String),
    /// A Chinese sentence with `%{slots}`: the translator's key.
    pub message: &'static str,
    pub slots: Vec<(&'static str, String)>,
}

/// Everything wrong with the document, in the order of its parts and places.
pub fn check(input: &Input) -> Vec<Finding> {
    let doc = text::Doc::new(input);
    let mut sink = text::Sink::new(&doc);
    for rule in RULES {
        sink.rule = rule.id;
        sink.left = text::FINDINGS_MAX;
        (rule.check)(&doc, &mut sink);
    }
    let mut found = sink.found;
    found.sort_by(|a, b| {
        (a.part, a.range.start, a.range.end, a.rule).cmp(&(b.part, b.range.start, b.range.end, b.rule))
    });
    found.dedup();
    found
}

/// Every sentence and word of this crate that a page shows, for the test of the catalogue.
pub fn keys() -> Vec<&'static str> {
    let mut all: Vec<_> = messages::ALL.iter().map(|one| one.key).collect();
    all.extend(RULES.iter().flat_map(|rule| [rule.title, rule.basis, rule.remedy]));
    all.extend([Part::Record.title()]);
    all.extend(Part::WRITTEN.iter().map(|part| part.title()));
    all.extend([Severity::Error, Severity::Warning, Severity::Hint].map(Severity::label));
    all.sort_unstable();
    all.dedup();
    all
}
