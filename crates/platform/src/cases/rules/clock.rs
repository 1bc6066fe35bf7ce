//! What a step does to the statutory terms: which starts, stops, stands still, runs on, is extended. Pure.

use crate::cases::content::{Extension, ExtensionBasis, LimitBy};
use crate::cases::facts::{Facts, Input};
use crate::cases::law;
use crate::cases::steps::{Case, DL01, DL01_PAUSED, DL03, DL05};
use crate::perform::{TermChange, TermRow};
use crate::rulebook::Pack;
use jiff::civil::Date;
use procedure::{Effect, Step};
use worktime::{Calendar, Clock, Pause, PauseEdges, Reckoning, Term};

/// Every change of the step's effects, for this case on this day.
pub(super) fn changes(
    facts: &Facts,
    step: &Step<Case>,
    input: &Input,
    today: Date,
    calendar: &Calendar,
) -> Vec<TermChange> {
    let about = About { facts, input, today, calendar, pack: facts.pack(today) };
    step.effects.iter().flat_map(|effect| about.change(*effect)).collect()
}

struct About<'a> {
    facts: &'a Facts,
    input: &'a Input,
    today: Date,
    calendar: &'a Calendar,
    pack: Pack<'a>,
}

impl About<'_> {
    fn change(&self, effect: Effect) -> Vec<TermChange> {
        match effect {
            Effect::Starts(DL03) => vec![self.first_limit()],
            Effect::Starts(DL01_PAUSED) => self.beside_the_strict_date().into_iter().collect(),
            Effect::Starts(DL05) => self.new_limit(),
            Effect::Stops(rule) => vec![TermChange::Stop { rule }],
            // The 通则 does not say that the term for acceptance stands still: strictly it runs on (S26c).
            Effect::Pauses(DL01) if !self.pack.is_on("DL01.pauses") => Vec::new(),
            Effect::Resumes(DL01) if !self.pack.is_on("DL01.pauses") => Vec::new(),
            Effect::Pauses(rule) => {
                self.open(rule).map(|_| TermChange::Pause { rule, from: self.today }).into_iter().collect()
            }
            Effect::Resumes(rule) => self.open(rule).map(|term| self.resumed(rule, term)).into_iter().collect(),
            Effect::Extends(rule) => self.open(rule).and_then(|term| self.extended(rule, term)).into_iter().collect(),
            Effect::Starts(_) => Vec::new(),
        }
    }

    fn open(&self, rule: &str) -> Option<&TermRow> {
        self.facts.terms.iter().find(|term| term.rule == rule && term.is_open())
    }

    /// DL03: what was agreed or set by the court, else the statutory number of working days.
    fn first_limit(&self) -> TermChange {
        let agreed = self.facts.case.content.check.as_ref().map(|check| &check.agreement);
        let statutory = self.pack.term(DL03).unwrap_or(Term::Workdays(super::APPRAISAL_WORKDAYS));
        let term = agreed.map_or(statutory, |agreement| Term::Workdays(agreement.term_workdays));
        let by_court = agreed.is_some_and(|agreement| agreement.limit_by == LimitBy::Court);
        start(DL03, if by_court { law::DL07 } else { law::T28 }, term, self.today, Vec::new(), self.calendar)
    }

    /// The acceptance date with the time of every supplement not counted, shown beside the strict one.
    fn beside_the_strict_date(&self) -> Option<TermChange> {
        if self.pack.is_on("DL01.pauses") {
            return None;
        }
        let strict = self.open(DL01)?;
        let asked = &self.facts.case.content.supplements;
        let ends = |on: Option<Date>| on.unwrap_or(self.today);
        let pauses: Vec<Pause> = asked
            .iter()
            .map(|one| PauseEdges::default().pause(one.asked_on, ends(one.answer.as_ref().map(|answer| answer.on))))
            .collect();
        Some(match self.open(DL01_PAUSED) {
            Some(term) => {
                let clock = Clock { pauses: pauses.clone(), ..term.clock() };
                let reckoning = self.calendar.reckon(&clock);
                TermChange::Change { rule: DL01_PAUSED, pauses, extensions: Vec::new(), reckoning }
            }
            None => start(DL01_PAUSED, law::T14, strict.length, strict.starts, pauses, self.calendar),
        })
    }

    fn resumed(&self, rule: &'static str, term: &TermRow) -> TermChange {
        let mut pauses = term.pauses.clone();
        // A pause that the head did not agree to is none: its days count.
        if let (Some(from), false) = (term.paused_from, matches!(self.input, Input::RejectPause { .. })) {
            pauses.push(PauseEdges::default().pause(from, self.today));
        }
        let clock = Clock { pauses: pauses.clone(), ..term.clock() };
        TermChange::Change {
            rule,
            pauses,
            extensions: term.extensions.clone(),
            reckoning: self.calendar.reckon(&clock),
        }
    }

    fn extended(&self, rule: &'static str, term: &TermRow) -> Option<TermChange> {
        let Input::Extend(extension) = self.input else { return None };
        if is_new_limit(term, extension, self.today) {
            return None;
        }
        let (extensions, reckoning) = with_extension(term, extension.workdays, self.calendar);
        Some(TermChange::Change { rule, pauses: term.pauses.clone(), extensions, reckoning })
    }

    /// S07: an approval after the limit does not cure it. The old term ends overdue, and what the client agreed to in
    /// writing is a limit of its own, from the day of the agreement.
    fn new_limit(&self) -> Vec<TermChange> {
        let (Input::Extend(extension), Some(term)) = (self.input, self.facts.opinion_term()) else { return Vec::new() };
        if !is_new_limit(term, extension, self.today) {
            return Vec::new();
        }
        let rule = if term.rule == DL05 { DL05 } else { DL03 };
        let length = Term::Workdays(extension.workdays);
        vec![TermChange::Stop { rule }, start(DL05, law::T28, length, self.today, Vec::new(), self.calendar)]
    }
}

/// Whether the client's agreement makes a new limit because the old one has passed.
pub(super) fn is_new_limit(term: &TermRow, extension: &Extension, today: Date) -> bool {
    today > term.due_on && extension.basis == ExtensionBasis::Agreement
}

/// The term with one more extension: all of them, and when it would end.
pub(super) fn with_extension(term: &TermRow, workdays: u16, calendar: &Calendar) -> (Vec<Term>, Reckoning) {
    let mut extensions = term.extensions.clone();
    extensions.push(Term::Workdays(workdays));
    let reckoning = calendar.reckon(&Clock { extensions: extensions.clone(), ..term.clock() });
    (extensions, reckoning)
}

pub(super) fn start(
    rule: &'static str,
    article: &'static str,
    term: Term,
    starts: Date,
    pauses: Vec<Pause>,
    calendar: &Calendar,
) -> TermChange {
    let clock = Clock { start: starts, term, pauses, extensions: Vec::new() };
    let reckoning = calendar.reckon(&clock);
    TermChange::Start { rule, article, starts, length: term.to_string(), pauses: clock.pauses, reckoning }
}

/// The limit before an extension and after it, for the record and the notice.
pub(super) fn limits(facts: &Facts, terms: &[TermChange]) -> (Option<Date>, Option<Date>) {
    let before = facts.opinion_term().map(|term| term.due_on);
    let after = terms.iter().find_map(|change| match change {
        TermChange::Change { reckoning, .. } | TermChange::Start { reckoning, .. } => Some(reckoning.due),
        _ => None,
    });
    (before, after)
}
