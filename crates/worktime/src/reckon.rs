//! A term with its pauses and extensions, reckoned day by day with an explanation.
//!
//! **Invariant:** without pauses and extensions the result is that of [`Calendar::due`]; with them it is what a person
//! finds who follows the explanation with a wall calendar.

use crate::calendar::{Calendar, Day};
use crate::explain::{Counting, Line, Reason, Rest, en_date, zh_date};
use crate::pause::{Pause, merged};
use crate::term::Term;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// An explanation has at most this many lines (and a provisional note). Thirty years of working days fit; a page that
/// lists more helps nobody, and the terms of a hostile request must not fill the memory.
pub const EXPLANATION_LINES_MAX: usize = 5_000;

/// A running term.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// Day zero.
    pub start: Date,
    pub term: Term,
    /// Days that do not count, in any order; they may overlap, and may lie anywhere.
    #[serde(default)]
    pub pauses: Vec<Pause>,
    /// Each counts on from the due date before it, which is its day zero. That due date is the one after rolling: by
    /// 民法典 203 the rolled-to day *is* the last day of the term.
    #[serde(default)]
    pub extensions: Vec<Term>,
}

/// When a clock runs out, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reckoning {
    /// The last day on which the act is in time.
    pub due: Date,
    /// The counting or the rolling reached into a year whose holidays are not decreed yet.
    pub provisional: bool,
    /// In the order a person would check it.
    pub explanation: Vec<Line>,
}

impl Calendar {
    /// The due date of a clock, with the explanation.
    ///
    /// Pauses: a term of working days does not count a paused working day, a term of days does not count a paused
    /// calendar day. A term of months or years runs to its corresponding day first; as many calendar days as were
    /// paused until then are counted on after it. A last day of rest rolls to the next working day that is not paused.
    ///
    /// What would end after 9999-12-31 ends on that day, and the explanation says so.
    pub fn reckon(&self, clock: &Clock) -> Reckoning {
        let mut walk = Walk { calendar: self, pauses: merged(&clock.pauses), lines: Vec::new() };
        walk.say(Line::Start { date: clock.start, term: clock.term });
        let mut due = walk.run(clock.start, clock.term);
        for (index, &term) in clock.extensions.iter().enumerate() {
            walk.say(Line::Extension { number: index + 1, term, from: due });
            due = walk.run(due, term);
        }
        let provisional = self.is_provisional(due);
        let mut explanation = walk.lines;
        if provisional {
            let last_decreed = self.last_decreed_year();
            // The first year that was reached without a decree: not before the clock started.
            let from_year = last_decreed.map_or(clock.start.year(), |year| clock.start.year().max(year + 1));
            explanation.push(Line::Provisional { from_year, to_year: due.year(), last_decreed });
        }
        Reckoning { due, provisional, explanation }
    }
}

impl Reckoning {
    /// The result as one Chinese sentence: `到期日为 2026-05-09（周六）。`
    pub fn zh(&self) -> String {
        let note = if self.provisional { "，暂定" } else { "" };
        format!("到期日为 {}{note}。", zh_date(self.due))
    }

    /// The result as one English sentence: `Due on 2026-05-09 (Sat).`
    pub fn en(&self) -> String {
        let note = if self.provisional { ", provisionally" } else { "" };
        format!("Due on {}{note}.", en_date(self.due))
    }
}

/// One reckoning under way.
struct Walk<'a> {
    calendar: &'a Calendar,
    /// Sorted, not overlapping.
    pauses: Vec<Pause>,
    lines: Vec<Line>,
}

/// Counted days that follow one another, not yet said.
struct Run {
    from: Date,
    first: u32,
}

impl Walk<'_> {
    /// The due date of one term from its day zero.
    fn run(&mut self, from: Date, term: Term) -> Date {
        match term {
            Term::Workdays(number) => self.count(from, u32::from(number), Counting::Workdays),
            Term::Days(number) => {
                let last = self.count(from, u32::from(number), Counting::Days);
                self.roll(last)
            }
            Term::Months(_) | Term::Years(_) => {
                let last = self.corresponding(from, term);
                self.roll(last)
            }
        }
    }

    /// The day with this number after `from`.
    fn count(&mut self, from: Date, number: u32, counting: Counting) -> Date {
        let mut date = from;
        let mut counted = 0;
        let mut run: Option<Run> = None;
        while counted < number {
            let Ok(next) = date.tomorrow() else {
                self.end_run(&mut run, date, counted, counting);
                self.say(Line::EndOfDates { date });
                return date;
            };
            if let Some(reason) = self.not_counted(next, counting) {
                self.end_run(&mut run, date, counted, counting);
                self.say(Line::Skipped { date: next, reason });
            } else if let (Counting::Workdays, Day::MadeUp(holiday)) = (counting, self.calendar.day(next)) {
                self.end_run(&mut run, date, counted, counting);
                counted += 1;
                self.say(Line::MadeUp { date: next, holiday: holiday.to_string(), number: counted });
            } else {
                counted += 1;
                run.get_or_insert(Run { from: next, first: counted });
            }
            date = next;
        }
        self.end_run(&mut run, date, counted, counting);
        date
    }

    fn end_run(&mut self, run: &mut Option<Run>, to: Date, last: u32, counting: Counting) {
        if let Some(Run { from, first }) = run.take() {
            self.say(Line::Counted { from, to, first, last, counting });
        }
    }

    /// The end of a term of months or years: its corresponding day, and the paused days counted on after it.
    fn corresponding(&mut self, from: Date, term: Term) -> Date {
        let last = self.calendar.unrolled(from, term);
        self.say(Line::Corresponding { from, term, date: last, month_is_short: last.day() < from.day() });
        if last == Date::MAX {
            self.say(Line::EndOfDates { date: last });
        }
        let mut paused = 0_u32;
        for pause in self.pauses.clone() {
            let mut date = pause.after.max(from);
            while date < pause.through.min(last) {
                let Ok(next) = date.tomorrow() else { break };
                date = next;
                paused += 1;
                self.say(Line::Skipped { date, reason: Reason::Paused });
            }
        }
        if paused == 0 {
            return last;
        }
        self.say(Line::CountedOn { after: last, days: paused });
        self.count(last, paused, Counting::Days)
    }

    /// A last day of rest becomes the next working day (民法典 203). A paused day cannot be the last day either: the
    /// clock stands still on it.
    fn roll(&mut self, last: Date) -> Date {
        let mut date = last;
        let mut past = Vec::new();
        while let Some(reason) = self.not_counted(date, Counting::Workdays) {
            if past.len() < EXPLANATION_LINES_MAX {
                past.push(Rest { date, reason });
            }
            let Ok(next) = date.tomorrow() else {
                self.say(Line::EndOfDates { date });
                break;
            };
            date = next;
        }
        if date != last {
            self.say(Line::Rolled { from: last, to: date, past });
        }
        date
    }

    /// Why a day does not count, if it does not. A day of rest inside a pause is a day of rest: the paused days of a
    /// term of working days are then exactly those it lost.
    fn not_counted(&self, date: Date, counting: Counting) -> Option<Reason> {
        if counting == Counting::Workdays {
            match self.calendar.day(date) {
                Day::Weekend => return Some(Reason::Weekend),
                Day::Holiday(name) => return Some(Reason::Holiday { holiday: name.to_string() }),
                Day::Workday | Day::MadeUp(_) => {}
            }
        }
        let next = self.pauses.partition_point(|pause| pause.through < date);
        self.pauses.get(next).is_some_and(|pause| pause.holds(date)).then_some(Reason::Paused)
    }

    fn say(&mut self, line: Line) {
        match self.lines.len() {
            said if said + 1 < EXPLANATION_LINES_MAX => self.lines.push(line),
            said if said < EXPLANATION_LINES_MAX => self.lines.push(Line::Shortened),
            _ => {}
        }
    }
}
