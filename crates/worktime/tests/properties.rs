//! The fast and the full path against counting day by day from the files, written here a second time and plainly.

mod common;

use common::{YEARS, calendar};
use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use worktime::{Calendar, Clock, Counting, Line, Pause, Term};

static CALENDAR: LazyLock<Calendar> = LazyLock::new(calendar);

/// date → worked?, straight from the text of the files.
static DECREED: LazyLock<BTreeMap<Date, bool>> = LazyLock::new(|| {
    let rows = YEARS.iter().flat_map(|(_, text)| text.lines().skip(1));
    rows.map(|row| (row[..10].parse().expect(row), row[11..].starts_with("work"))).collect()
});

fn naive_workday(date: Date) -> bool {
    let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
    DECREED.get(&date).copied().unwrap_or(!weekend)
}

fn next(date: Date) -> Date {
    date.tomorrow().expect("tests stay within the dates")
}

fn naive_paused(date: Date, pauses: &[Pause]) -> bool {
    pauses.iter().any(|pause| pause.after < date && date <= pause.through)
}

/// The day on which the `number`th day that counts has been seen.
fn naive_count(from: Date, number: u16, counts: impl Fn(Date) -> bool) -> Date {
    let (mut date, mut seen) = (from, 0);
    while seen < number {
        date = next(date);
        seen += u16::from(counts(date));
    }
    date
}

fn naive_stage(from: Date, term: Term, pauses: &[Pause]) -> Date {
    let free = |date| !naive_paused(date, pauses);
    let mut date = match term {
        Term::Workdays(number) => return naive_count(from, number, |date| naive_workday(date) && free(date)),
        Term::Days(number) => naive_count(from, number, free),
        Term::Months(_) | Term::Years(_) => {
            let months = match term {
                Term::Months(months) => i64::from(months),
                Term::Years(years) => 12 * i64::from(years),
                Term::Workdays(_) | Term::Days(_) => unreachable!("matched above"),
            };
            let first = from.first_of_month() + Span::new().months(months);
            let end = first.with().day(from.day().min(first.days_in_month())).build().expect("a day of the month");
            let within = from.series(1.day()).skip(1).take_while(|date| *date <= end);
            let lost = within.filter(|date| !free(*date)).count();
            naive_count(end, u16::try_from(lost).expect("few"), free)
        }
    };
    while !naive_workday(date) {
        date = next(date);
        while !free(date) {
            date = next(date);
        }
    }
    date
}

fn any_date() -> impl Strategy<Value = Date> {
    (0_i32..5_500).prop_map(|days| jiff::civil::date(2014, 6, 1) + days.days())
}

fn any_term() -> impl Strategy<Value = Term> {
    prop_oneof![
        (1_u16..120).prop_map(Term::Workdays),
        (1_u16..200).prop_map(Term::Days),
        (1_u16..14).prop_map(Term::Months),
        (1_u16..4).prop_map(Term::Years),
    ]
}

/// A clock with pauses that start about when it runs, overlap, and are sometimes empty or reversed.
fn any_clock() -> impl Strategy<Value = Clock> {
    let pauses = prop::collection::vec((-20_i32..160, -2_i32..60), 0..5);
    (any_date(), any_term(), pauses, prop::collection::vec(any_term(), 0..3)).prop_map(
        |(start, term, pauses, extensions)| {
            let pause = |(offset, length): (i32, i32)| {
                let after = start + offset.days();
                Pause { after, through: after + length.days() }
            };
            Clock { start, term, pauses: pauses.into_iter().map(pause).collect(), extensions }
        },
    )
}

/// Splits the lines into those of the base term and those of each extension.
fn stages(lines: &[Line]) -> Vec<&[Line]> {
    let starts: Vec<usize> = (0..lines.len())
        .filter(|index| matches!(lines[*index], Line::Start { .. } | Line::Extension { .. }))
        .chain([lines.len()])
        .collect();
    starts.windows(2).map(|pair| &lines[pair[0]..pair[1]]).collect()
}

/// Walks the lines of one term as a careful reader would, and returns the day it is due.
fn checked(lines: &[Line], pauses: &[Pause]) -> Date {
    let (from, term) = match &lines[0] {
        Line::Start { date, term } => (*date, *term),
        Line::Extension { term, from, .. } => (*from, *term),
        other => panic!("a term begins with {other:?}"),
    };
    let (mut day, mut number, mut due, mut counted_on) = (from, 0_u32, from, 0);
    for line in &lines[1..] {
        match line {
            Line::Counted { from, to, first, last, counting } => {
                assert_eq!((*from, *first), (next(day), number + 1), "a run follows the day before");
                let length = from.until((jiff::Unit::Day, *to)).expect("days").get_days() + 1;
                assert_eq!(i64::from(length), i64::from(*last) - i64::from(*first) + 1, "a run has no holes");
                for date in from.series(1.day()).take_while(|date| date <= to) {
                    assert!(!naive_paused(date, pauses), "{date} is paused");
                    assert!(*counting == Counting::Days || naive_workday(date), "{date} is no working day");
                }
                (day, number, due) = (*to, *last, *to);
            }
            Line::MadeUp { date, number: this, .. } => {
                assert_eq!((*date, *this), (next(day), number + 1));
                assert_eq!(DECREED.get(date), Some(&true), "{date} is not made up");
                (day, number, due) = (*date, *this, *date);
            }
            Line::Skipped { date, reason } => {
                match reason {
                    worktime::Reason::Paused => assert!(naive_paused(*date, pauses), "{date} is not paused"),
                    worktime::Reason::Holiday { .. } => assert_eq!(DECREED.get(date), Some(&false), "{date}"),
                    worktime::Reason::Weekend => assert!(!naive_workday(*date), "{date}"),
                }
                if !matches!(term, Term::Months(_) | Term::Years(_)) || counted_on > 0 {
                    assert_eq!(*date, next(day), "no day is left out");
                    day = *date;
                }
            }
            Line::Corresponding { date, .. } => (day, due) = (*date, *date),
            Line::CountedOn { after, days } => {
                assert_eq!(*after, day);
                counted_on = *days;
            }
            Line::Rolled { from, to, past } => {
                assert_eq!(*from, due, "it rolls from the last day counted");
                let listed: Vec<Date> = past.iter().map(|rest| rest.date).collect();
                assert_eq!(listed, from.series(1.day()).take_while(|date| date < to).collect::<Vec<_>>());
                due = *to;
            }
            Line::Provisional { .. } => {}
            other => panic!("unexpected {other:?}"),
        }
    }
    let expected = match term {
        Term::Workdays(number) | Term::Days(number) => u32::from(number),
        Term::Months(_) | Term::Years(_) => counted_on,
    };
    assert_eq!(number, expected, "the counted numbers add up");
    due
}

proptest! {
    #[test]
    fn due_is_what_counting_day_by_day_finds(start in any_date(), term in any_term()) {
        let due = CALENDAR.due(start, term);
        prop_assert_eq!(due.date, naive_stage(start, term, &[]));
        prop_assert_eq!(due.provisional, due.date.year() > 2026);
    }

    #[test]
    fn reckon_is_what_counting_day_by_day_finds(clock in any_clock()) {
        let first = naive_stage(clock.start, clock.term, &clock.pauses);
        let due = clock.extensions.iter().fold(first, |due, term| naive_stage(due, *term, &clock.pauses));
        let found = CALENDAR.reckon(&clock);
        prop_assert_eq!(found.due, due);
        prop_assert_eq!(found.provisional, due.year() > 2026);
    }

    #[test]
    fn due_is_reckon_without_pauses(start in any_date(), term in any_term()) {
        let found = CALENDAR.reckon(&Clock { start, term, pauses: vec![], extensions: vec![] });
        let due = CALENDAR.due(start, term);
        prop_assert_eq!((found.due, found.provisional), (due.date, due.provisional));
    }

    #[test]
    fn the_explanation_adds_up(clock in any_clock()) {
        let found = CALENDAR.reckon(&clock);
        let dues: Vec<Date> = stages(&found.explanation).into_iter().map(|lines| checked(lines, &clock.pauses)).collect();
        prop_assert_eq!(dues.len(), 1 + clock.extensions.len());
        prop_assert_eq!(dues.last(), Some(&found.due));
        let noted = matches!(found.explanation.last(), Some(Line::Provisional { to_year, .. }) if *to_year == found.due.year());
        prop_assert_eq!(noted, found.provisional);
        for line in &found.explanation {
            prop_assert!(line.zh().ends_with('。') && line.en().ends_with('.'));
        }
        let json = serde_json::to_string(&found).expect("json");
        prop_assert_eq!(serde_json::from_str::<worktime::Reckoning>(&json).expect("json"), found);
    }

    #[test]
    fn working_days_are_counted_and_found_alike(start in any_date(), days in 0_i32..900) {
        let end = start + days.days();
        let naive = start.series(1.day()).skip(1).take_while(|date| *date <= end).filter(|date| naive_workday(*date)).count();
        prop_assert_eq!(CALENDAR.workdays_between(start, end), u32::try_from(naive).expect("few"));
        prop_assert_eq!(CALENDAR.is_workday(end), naive_workday(end));
        prop_assert_eq!(CALENDAR.next_workday(start), naive_count(start, 1, naive_workday));
        let rolled = CALENDAR.roll_forward(start);
        prop_assert!(naive_workday(rolled) && CALENDAR.workdays_between(start, rolled) == u32::from(rolled != start));
    }

    #[test]
    fn terms_and_pauses_survive_their_text(number in 1_u16.., start in any_date(), days in 0_i32..99) {
        for term in [Term::Workdays(number), Term::Days(number), Term::Months(number), Term::Years(number)] {
            prop_assert_eq!(term.to_string().parse(), Ok(term));
            prop_assert_eq!(serde_json::to_string(&term).expect("json"), format!("\"{term}\""));
            prop_assert_eq!(serde_json::from_str::<Term>(&format!("\"{term}\"")).expect("json"), term);
        }
        let pause = Pause { after: start, through: start + days.days() };
        prop_assert_eq!(pause.to_string().parse(), Ok(pause));
    }

    #[test]
    fn garbage_is_refused_in_words(text in "\\PC{0,60}", dates in "[-0-9.+ ]{0,40}", unit in "[0-9]{0,7}[wdmy]{0,3}") {
        for text in [text, dates, unit] {
            if let Err(fault) = text.parse::<Term>() {
                prop_assert!(fault.zh().contains("wd（工作日）") && fault.en().contains("wd (working days)"));
            }
            if let Err(fault) = text.parse::<Pause>() {
                prop_assert!(!fault.zh().is_empty() && !fault.en().is_empty());
            }
            prop_assert!(Calendar::from_years(&[(2026, &text)]).is_err());
            let rows = format!("date,kind,holiday\n{text}\n2026-01-01,off,元旦");
            if let Err(faults) = Calendar::from_years(&[(2026, &rows)]) {
                prop_assert!(faults.iter().all(|fault| fault.zh().contains("2026") && fault.en().contains("2026")));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn nothing_panics_at_any_date(year in -9999_i16..=9999, month in 1_i8..=12, day in 1_i8..=28, number: u16, far: bool) {
        let start = jiff::civil::date(year, month, day);
        let pauses = if far { vec![Pause { after: Date::MIN, through: Date::MAX }] } else { vec![] };
        for term in [Term::Workdays(number), Term::Days(number), Term::Months(number), Term::Years(number)] {
            let due = CALENDAR.due(start, term);
            let found = CALENDAR.reckon(&Clock { start, term, pauses: pauses.clone(), extensions: vec![term] });
            prop_assert!(found.explanation.len() <= worktime::EXPLANATION_LINES_MAX + 1);
            prop_assert!(found.due >= start && due.date >= start);
        }
    }
}
