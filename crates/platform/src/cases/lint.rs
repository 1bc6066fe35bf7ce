//! The opinion check (意见书质检) of a case: its facts and newest draft as the pure crate `lint` wants them, and what it
//! finds as sentences and objections.
//!
//! **Invariant:** only errors become objections. What is empty is said by the guard itself (`draft_complete`), and a
//! licence by `team_fit`, so neither is said twice.

use super::content;
use super::draft::Draft;
use super::facts::Facts;
use crate::fail::Objection;
use crate::registry::ItemCode;
use crate::text::{Say, say};
use ::lint::{Finding, Input, Part, RuleId, Severity, Sex, Signer};
use jiff::civil::Date;

/// What the rules are told.
pub fn input(facts: &Facts, draft: &Draft, today: Date) -> Input {
    let entrustment = facts.entrustment();
    let content = &facts.case.content;
    let examinee = &entrustment.examinee;
    let text = String::clone;
    Input {
        case_facts: text(&draft.case_facts),
        data_abstract: text(&draft.data_abstract),
        process: text(&draft.process),
        analysis: text(&draft.analysis),
        opinion: text(&draft.opinion),
        annexes: text(&draft.annexes),
        dissent: text(&draft.dissent),
        examinee: text(&examinee.name),
        sex: examinee.sex.map(|sex| match sex {
            content::Sex::Male => Sex::Male,
            content::Sex::Female => Sex::Female,
        }),
        birth: examinee.birth,
        id_number: text(&examinee.id_number),
        client: text(&entrustment.client.name),
        institution: text(&facts.institution.name),
        region: text(&facts.institution.region),
        matter: text(&entrustment.matter),
        materials: entrustment.materials.iter().map(|one| format!("{} {}", one.name, one.quantity)).collect(),
        received_on: facts.case.received_on,
        accepted_on: content.check.as_ref().map(|check| check.on),
        injured_on: entrustment.injury.as_ref().map(|injury| injury.on),
        examined_from: content.examination.as_ref().map(|one| one.from),
        examined_to: content.examination.as_ref().map(|one| one.to),
        signers: facts.team.iter().map(|member| signer(member, &entrustment.item, today)).collect(),
        today,
    }
}

fn signer(member: &super::facts::Member, item: &ItemCode, today: Date) -> Signer {
    let licence = member.appraiser.licence.as_ref();
    Signer {
        name: member.appraiser.name.clone(),
        licence: licence.map(|licence| licence.number.clone()).unwrap_or_default(),
        is_valid: licence.is_some_and(|licence| licence.is_valid(today)),
        covers_item: licence.is_some_and(|licence| licence.covers(item)),
    }
}

/// Every finding on a draft, the errors first and each severity in the order of the document.
pub fn findings(facts: &Facts, draft: &Draft, today: Date) -> Vec<Finding> {
    let mut found = ::lint::check(&input(facts, draft, today));
    found.sort_by_key(|one| one.severity);
    found
}

/// The errors of the newest draft, as objections to review and to issue.
pub fn blocking(facts: &Facts, today: Date) -> Vec<Objection> {
    let Some(draft) = &facts.draft else { return Vec::new() };
    let found = findings(facts, &draft.text, today);
    let errors = found.iter().filter(|one| one.severity == Severity::Error);
    errors.filter(|one| !matches!(one.rule, RuleId::Structure | RuleId::Signers)).map(objection).collect()
}

fn objection(one: &Finding) -> Objection {
    let rule = one.rule.rule();
    let (before, here, after) = &one.excerpt;
    let remedy = if one.part == Part::Record {
        say(rule.remedy)
    } else {
        say("见“%{part}”：“%{excerpt}”。%{remedy}")
            .word("part", one.part.title())
            .with("excerpt", format!("{before}{here}{after}"))
            .word("remedy", rule.remedy)
    };
    Objection { what: said(one), article: rule.basis, remedy }
}

/// What a finding says, in the reader's language.
pub fn said(one: &Finding) -> Say {
    one.slots.iter().fold(say(one.message), |said, (name, value)| said.with(name, value))
}

/// How many there are of each severity, the gravest first.
pub fn severity_counts(found: &[Finding]) -> [(Severity, usize); 3] {
    [Severity::Error, Severity::Warning, Severity::Hint]
        .map(|severity| (severity, found.iter().filter(|one| one.severity == severity).count()))
}
