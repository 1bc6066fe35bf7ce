//! Every date of the worked scenarios (law/scenarios.md) that a calendar can compute, by scenario id.

mod common;

use common::{calendar, d, reckon};
use jiff::civil::Date;
use worktime::{Calendar, Day, Line};

/// One line of a scenario: a clock, its due date, whether it is provisional, and what it shows.
struct Case {
    id: &'static str,
    start: &'static str,
    term: &'static str,
    pauses: &'static [&'static str],
    extensions: &'static [&'static str],
    due: &'static str,
    provisional: bool,
    why: &'static str,
}

const fn plain(
    id: &'static str,
    start: &'static str,
    term: &'static str,
    due: &'static str,
    why: &'static str,
) -> Case {
    Case { id, start, term, pauses: &[], extensions: &[], due, provisional: false, why }
}

const CASES: &[Case] = &[
    plain("S01", "2025-09-26", "7wd", "2025-10-13", "the holiday is skipped, both made-up days count"),
    plain("S03", "2026-03-02", "30wd", "2026-04-14", "base"),
    Case {
        pauses: &["2026-03-16..2026-04-08"],
        ..plain("S03", "2026-03-02", "30wd", "2026-05-09", "a Saturday that is a working day")
    },
    plain("S05", "2026-04-13", "30wd", "2026-05-27", "base"),
    Case {
        extensions: &["20wd"],
        ..plain("S05", "2026-04-13", "30wd", "2026-06-25", "counts on from the base due date")
    },
    Case { extensions: &["30wd"], ..plain("S05", "2026-04-13", "30wd", "2026-07-09", "a full extension") },
    Case {
        extensions: &["45wd"],
        ..plain("S06", "2026-04-13", "30wd", "2026-07-30", "policy refuses it; the date stands")
    },
    plain("S09", "2026-03-02", "30wd", "2026-04-14", "set by the court"),
    Case { extensions: &["20wd"], ..plain("S09", "2026-03-02", "30wd", "2026-05-14", "the court grants 20 more") },
    plain("S09", "2026-03-02", "60wd", "2026-05-28", "upper frame"),
    plain("S11", "2026-06-01", "30wd", "2026-07-14", "base"),
    Case {
        pauses: &["2026-06-17..2026-06-24"],
        ..plain("S11", "2026-06-01", "30wd", "2026-07-20", "the guardian came later")
    },
    plain("S23", "2026-09-21", "7wd", "2026-10-08", "two holidays within a week's work"),
    Case { extensions: &["15wd"], ..plain("S23", "2026-09-21", "7wd", "2026-10-28", "Saturday 10-10 counts") },
    plain("S23", "2026-10-08", "60d", "2026-12-07", "calendar days, a Monday"),
    Case { extensions: &["30d"], provisional: true, ..plain("S23", "2026-10-08", "60d", "2027-01-06", "into 2027") },
    plain("S23", "2026-12-07", "7wd", "2026-12-16", "notice of the decision"),
    Case {
        provisional: true,
        ..plain("S23", "2026-12-16", "60d", "2027-02-15", "Sunday 02-14 rolls, by weekends only")
    },
    plain("S24", "2023-05-10", "3y", "2026-05-11", "Sunday 05-10 rolls to Monday"),
    plain("S26a", "2026-01-20", "90d", "2026-04-20", "the earliest ordinary day of a function-based level"),
    plain("S26b", "2026-10-03", "7wd", "2026-10-15", "starts on a rest day"),
    plain("S26b", "2026-10-10", "7wd", "2026-10-20", "starts on a made-up Saturday"),
    plain("S26c", "2026-02-10", "7wd", "2026-02-26", "strict"),
    Case { pauses: &["2026-02-12..2026-02-26"], ..plain("S26c", "2026-02-10", "7wd", "2026-03-04", "with a pause") },
    plain("S26d", "2026-08-10", "30wd", "2026-09-20", "a Sunday that is a working day"),
    Case { extensions: &["30wd"], ..plain("S26d", "2026-08-10", "30wd", "2026-11-06", "extended from that Sunday") },
    Case {
        extensions: &["30wd"],
        pauses: &["2026-10-12..2026-10-23"],
        ..plain("S26d", "2026-08-10", "30wd", "2026-11-19", "and paused during the extension")
    },
    Case { provisional: true, ..plain("S26e", "2026-12-10", "30wd", "2027-01-21", "2027 by weekends only") },
    plain("S26h", "2026-09-22", "5wd", "2026-09-30", "the right to a hearing"),
    plain("S26h", "2026-08-03", "90d", "2026-11-02", "Sunday 11-01 rolls"),
];

#[test]
fn every_scenario_is_due_on_its_day() {
    let calendar = calendar();
    for case in CASES {
        let found = reckon(&calendar, case.start, case.term, case.pauses, case.extensions);
        assert_eq!((found.due, found.provisional), (d(case.due), case.provisional), "{}: {}", case.id, case.why);
        if case.pauses.is_empty() && case.extensions.is_empty() {
            let due = calendar.due(d(case.start), case.term.parse().expect(case.term));
            assert_eq!((due.date, due.provisional), (d(case.due), case.provisional), "{}: {}", case.id, case.why);
        }
    }
}

#[test]
fn s01_is_neither_of_the_wrong_answers() {
    let due = reckon(&calendar(), "2025-09-26", "7wd", &[], &[]).due;
    let weekends = reckon(&Calendar::weekends_only(), "2025-09-26", "7wd", &[], &[]).due;
    assert_eq!(weekends, d("2025-10-07"), "Monday to Friday only");
    assert_eq!(by_holidays_without_swaps("2025-09-26", 7), d("2025-10-15"), "holidays known, swaps ignored");
    assert!(due != d("2025-10-07") && due != d("2025-10-15"));
}

/// The second wrong way of S01: days off are known, made-up days are not.
fn by_holidays_without_swaps(start: &str, number: usize) -> Date {
    let calendar = calendar();
    let plain = |day: &Date| calendar.day(*day) == Day::Workday;
    std::iter::successors(d(start).tomorrow().ok(), |day| day.tomorrow().ok())
        .filter(plain)
        .nth(number - 1)
        .expect("a day")
}

#[test]
fn s03_the_saturday_is_worked_and_sixteen_working_days_were_paused() {
    let calendar = calendar();
    assert_eq!(calendar.day(d("2026-05-09")), Day::MadeUp("劳动节"));
    assert_eq!(calendar.roll_forward(d("2026-05-09")), d("2026-05-09"), "not moved to Monday 05-11");
    assert_eq!(calendar.workdays_between(d("2026-03-02"), d("2026-03-16")), 10, "used, the notice day included");
    assert_eq!(calendar.workdays_between(d("2026-03-16"), d("2026-04-08")), 16);
    let paused = reckon(&calendar, "2026-03-02", "30wd", &["2026-03-16..2026-04-08"], &[])
        .explanation
        .iter()
        .filter(|line| matches!(line, Line::Skipped { reason: worktime::Reason::Paused, .. }))
        .count();
    assert_eq!(paused, 16);
}

#[test]
fn s07_one_working_day_over() {
    assert_eq!(calendar().workdays_between(d("2026-05-27"), d("2026-05-28")), 1);
}

#[test]
fn s11_four_working_days_were_paused() {
    assert_eq!(calendar().workdays_between(d("2026-06-17"), d("2026-06-24")), 4);
}

#[test]
fn s23_rolls_from_a_sunday_in_an_undecreed_year() {
    let calendar = calendar();
    assert_eq!(calendar.unrolled(d("2026-12-16"), "60d".parse().expect("a term")), d("2027-02-14"));
    let note = reckon(&calendar, "2026-12-16", "60d", &[], &[]).explanation.pop().expect("a line");
    assert_eq!(note, Line::Provisional { from_year: 2027, to_year: 2027, last_decreed: Some(2026) });
}

#[test]
fn s26a_day_eighty_is_too_early() {
    assert_eq!(reckon(&calendar(), "2026-01-20", "80d", &[], &[]).due, d("2026-04-10"));
    assert!(d("2026-04-10") < d("2026-04-20"));
}

#[test]
fn s26d_nine_working_days_were_paused() {
    let calendar = calendar();
    assert_eq!(calendar.day(d("2026-09-20")), Day::MadeUp("国庆节"));
    assert_eq!(calendar.workdays_between(d("2026-10-12"), d("2026-10-23")), 9);
}

#[test]
fn s26f_the_third_day_before_the_hearing_is_a_holiday() {
    let calendar = calendar();
    let latest = (0..3).fold(d("2026-10-09"), |day, _| day.yesterday().expect("a day"));
    assert_eq!(latest, d("2026-10-06"));
    assert_eq!(calendar.day(latest), Day::Holiday("国庆节"));
    assert_eq!(calendar.roll_back(latest), d("2026-09-30"), "send it before 10-01");
}

#[test]
fn s26g_the_eve_is_what_the_decree_of_its_year_says() {
    let calendar = calendar();
    assert!(calendar.is_workday(d("2024-02-09")));
    assert_eq!(calendar.day(d("2025-01-28")), Day::Holiday("春节"));
    assert_eq!(calendar.day(d("2026-02-16")), Day::Holiday("春节"));
}

#[test]
fn s26h_the_authority_does_not_rely_on_the_rolling() {
    let calendar = calendar();
    let limit = calendar.unrolled(d("2026-08-03"), "90d".parse().expect("a term"));
    assert_eq!(limit, d("2026-11-01"));
    assert_eq!(calendar.roll_back(limit), d("2026-10-30"), "alarm on Friday");
}
