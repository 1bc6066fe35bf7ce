//! The decreed years as tables (law/rules.md §8.2), and the edges of the calendar.

mod common;

use common::{calendar, d};
use jiff::civil::{Date, date};
use worktime::{Calendar, Day, Term};

#[test]
fn working_days_per_month_and_year() {
    let calendar = calendar();
    for (year, months, total) in [
        (2024, [22, 18, 21, 22, 21, 19, 23, 22, 21, 19, 21, 22], 251),
        (2025, [19, 19, 21, 22, 19, 20, 23, 21, 23, 18, 20, 23], 248),
        (2026, [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23], 248),
    ] {
        let new_year = date(year, 1, 1);
        for (month, expected) in (1..).zip(months) {
            let first = date(year, month, 1);
            let eve = first.yesterday().expect("a day");
            assert_eq!(calendar.workdays_between(eve, first.last_of_month()), expected, "{year}-{month:02}");
        }
        assert_eq!(calendar.workdays_between(new_year.yesterday().expect("a day"), new_year.last_of_year()), total);
    }
}

#[test]
fn days_off_and_made_up_days_of_three_years() {
    let calendar = calendar();
    let (mut off, mut made_up) = (Vec::new(), Vec::new());
    for day in date(2024, 1, 1).series(jiff::ToSpan::days(1)).take_while(|day| *day <= date(2026, 12, 31)) {
        match calendar.day(day) {
            Day::Holiday(_) => off.push(day),
            Day::MadeUp(_) => made_up.push(day),
            Day::Workday | Day::Weekend => {}
        }
    }
    let spans = "2024-01-01 2024-02-10…17 2024-04-04…06 2024-05-01…05 2024-06-10 2024-09-15…17 2024-10-01…07 \
                 2025-01-01 2025-01-28…31 2025-02-01…04 2025-04-04…06 2025-05-01…05 2025-05-31 2025-06-01…02 \
                 2025-10-01…08 2026-01-01…03 2026-02-15…23 2026-04-04…06 2026-05-01…05 2026-06-19…21 2026-09-25…27 \
                 2026-10-01…07";
    assert_eq!(off, spans.split_whitespace().flat_map(span).collect::<Vec<_>>());
    let made_up_days = "2024-02-04 2024-02-18 2024-04-07 2024-04-28 2024-05-11 2024-09-14 2024-09-29 2024-10-12 \
                        2025-01-26 2025-02-08 2025-04-27 2025-09-28 2025-10-11 2026-01-04 2026-02-14 2026-02-28 \
                        2026-05-09 2026-09-20 2026-10-10";
    assert_eq!(made_up, made_up_days.split_whitespace().map(d).collect::<Vec<_>>());
}

/// `2026-10-01…07`, or a single day.
fn span(text: &str) -> Vec<Date> {
    let (first, last) = text.split_once('…').unwrap_or((text, &text[8..]));
    let first = d(first);
    (first.day()..=last.parse().expect("a day")).map(|day| date(first.year(), first.month(), day)).collect()
}

#[test]
fn the_eve_of_2024_is_a_trap() {
    let calendar = calendar();
    assert_eq!(calendar.day(d("2024-02-09")), Day::Workday, "the eve was not a holiday before 2025");
    assert_eq!(calendar.due(d("2024-02-08"), Term::Workdays(1)).date, d("2024-02-09"));
    assert_eq!(calendar.due(d("2024-02-08"), Term::Workdays(2)).date, d("2024-02-18"), "a made-up Sunday");
}

#[test]
fn the_version_names_the_years_and_changes_with_any_day() {
    let calendar = calendar();
    assert!(calendar.version().starts_with("2016-2026/"), "{}", calendar.version());
    assert_eq!((calendar.first_decreed_year(), calendar.last_decreed_year()), (Some(2016), Some(2026)));
    let one = Calendar::from_years(&[(2026, "date,kind,holiday\n2026-01-01,off,元旦\n")]).expect("no fault");
    let other = Calendar::from_years(&[(2026, "date,kind,holiday\n2026-01-02,off,元旦\n")]).expect("no fault");
    assert_ne!(one.version(), other.version());
    let mut backwards = common::YEARS;
    backwards.reverse();
    assert_eq!(Calendar::from_years(&backwards).expect("no fault").version(), calendar.version());
}

#[test]
fn outside_the_decrees_weekends_rule_and_only_the_future_is_provisional() {
    let calendar = calendar();
    for (start, term, due, provisional, why) in [
        ("2015-12-31", "1wd", "2016-01-04", false, "01-01 is decreed, though the count starts before"),
        ("2015-09-30", "1wd", "2015-10-01", false, "before the first decree by weekends"),
        ("2015-12-27", "6wd", "2016-01-05", false, "across the edge from a Sunday"),
        ("1999-05-01", "30wd", "1999-06-11", false, "long before"),
        ("2026-12-30", "1wd", "2026-12-31", false, "the last decreed day"),
        ("2026-12-30", "2wd", "2027-01-01", true, "New Year 2027 is not decreed"),
        ("2026-12-31", "1d", "2027-01-01", true, "a day, too"),
        ("2026-11-30", "1m", "2026-12-30", false, "a month within the decrees"),
        ("2030-01-05", "5wd", "2030-01-11", true, "long after, from a Saturday"),
    ] {
        let found = calendar.due(d(start), term.parse().expect(term));
        assert_eq!((found.date, found.provisional), (d(due), provisional), "{start} {term}: {why}");
    }
    assert!(Calendar::weekends_only().due(d("2026-03-02"), Term::Workdays(1)).provisional);
    assert_eq!(Calendar::weekends_only().last_decreed_year(), None);
}

#[test]
fn months_and_years_end_on_the_corresponding_day_or_the_last_of_the_month() {
    let calendar = calendar();
    for (start, term, unrolled, due) in [
        ("2026-01-31", "1m", "2026-02-28", "2026-02-28"),
        ("2024-01-31", "1m", "2024-02-29", "2024-02-29"),
        ("2024-02-29", "1y", "2025-02-28", "2025-02-28"),
        ("2024-02-29", "2y", "2026-02-28", "2026-02-28"),
        ("2025-10-31", "6m", "2026-04-30", "2026-04-30"),
        ("2026-02-28", "1m", "2026-03-28", "2026-03-30"),
        ("2025-10-01", "1y", "2026-10-01", "2026-10-08"),
    ] {
        let term = term.parse().expect(term);
        assert_eq!(calendar.unrolled(d(start), term), d(unrolled), "{start} {term}");
        assert_eq!(calendar.due(d(start), term).date, d(due), "{start} {term}");
    }
}

#[test]
fn the_ends_of_all_dates_saturate() {
    for calendar in [calendar(), Calendar::weekends_only()] {
        for number in [0, 1, 2, 7, 30, 400, u16::MAX] {
            for term in [Term::Workdays(number), Term::Days(number), Term::Months(number), Term::Years(number)] {
                for start in [Date::MIN, d("2016-01-01"), d("2026-12-31"), d("9999-12-25"), Date::MAX] {
                    let due = calendar.due(start, term);
                    assert!(due.date >= start, "{start} {term}");
                    if start == Date::MAX {
                        assert_eq!((due.date, due.provisional), (Date::MAX, true), "{term}");
                    }
                }
            }
        }
        assert_eq!(calendar.next_workday(Date::MAX), Date::MAX);
        assert_eq!(calendar.roll_forward(Date::MAX), Date::MAX);
        assert!(calendar.roll_back(Date::MIN) >= Date::MIN);
        assert!(calendar.workdays_between(Date::MIN, Date::MAX) > 5_000_000);
        assert_eq!(calendar.workdays_between(Date::MAX, Date::MIN), 0);
    }
}
