use std::collections::BTreeSet;

use jiff::civil::{Date, date};

use super::*;
use crate::registry::{Categories, ItemCode};

const TODAY: Date = date(2026, 11, 24);

fn demo() -> City {
    city(1, 60, 900, 3000, TODAY)
}

fn covers(scope: &[String], item: &str) -> bool {
    let item: ItemCode = item.parse().unwrap();
    scope.iter().any(|code| Categories::covers(&code.parse().unwrap(), &item))
}

#[test]
fn same_seed_same_city() {
    let text = |seed: u64| format!("{:?}", city(seed, 20, 200, 300, TODAY));
    assert_eq!(text(1), text(1));
    assert_ne!(text(1), text(2));
}

#[test]
fn the_generator_is_pinned() {
    let mut rng = Rng::new(1, 1);
    let drawn: Vec<usize> = (0..4).map(|_| rng.below(1000)).collect();
    assert_eq!(drawn, [78, 410, 719, 985], "another generator means another city on every demo");
}

#[test]
fn sizes_are_as_asked_and_skewed() {
    let city = demo();
    assert_eq!((city.institutions.len(), city.appraisers.len(), city.cases.len()), (60, 900, 3000));
    let staff = |at: usize| city.appraisers.iter().filter(|person| person.institution == at).count();
    assert!(staff(0) > 6 * staff(59), "{} {}", staff(0), staff(59));
    let names: BTreeSet<_> = city.institutions.iter().map(|at| &at.name).collect();
    assert_eq!(names.len(), 60);
    assert!(names.iter().all(|name| name.starts_with("演示·")));
}

#[test]
fn licences_are_well_formed_and_differ() {
    let city = demo();
    let institutions: BTreeSet<_> = city.institutions.iter().map(|at| at.licence_number.as_str()).collect();
    let people: BTreeSet<_> = city.appraisers.iter().map(|person| person.licence_number.as_str()).collect();
    assert_eq!((institutions.len(), people.len()), (60, 900));
    let digits = |text: &&str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    assert!(institutions.iter().all(|text| digits(text, 9)) && people.iter().all(|text| digits(text, 12)));
    assert!(
        city.institutions.iter().all(|at| at.licence_from < days_after(TODAY, -WINDOW_DAYS) && at.licence_to > TODAY)
    );
    let expired = city.appraisers.iter().filter(|person| person.licence_to < TODAY).count();
    let soon = |person: &&CityAppraiser| person.licence_to >= TODAY && person.licence_to < days_after(TODAY, 46);
    assert!(expired > 5 && city.appraisers.iter().filter(soon).count() > 5);
    for character in ['𠮷', '㛃', '𬎆'] {
        assert!(city.appraisers.iter().any(|person| person.name.contains(character)));
    }
}

#[test]
fn every_field_has_enough_people() {
    for (institutions, appraisers) in [(60, 900), (12, 60), (60, 200), (1, 3)] {
        let city = city(3, institutions, appraisers, 0, TODAY);
        for (at, institution) in city.institutions.iter().enumerate() {
            for code in &institution.scope {
                assert!(Categories::get().find(&code.parse().unwrap()).is_some(), "{code}");
                let able = city.appraisers.iter().filter(|person| {
                    person.institution == at
                        && covers(&person.scope, code)
                        && person.licence_from < days_after(TODAY, -WINDOW_DAYS)
                        && person.licence_to > TODAY
                });
                let titles: Vec<Title> = able.map(|person| person.title).collect();
                assert!(titles.len() >= 4, "{} {code} {}", institution.name, titles.len());
                assert!(titles.iter().any(|title| title.is_senior()));
            }
        }
    }
}

#[test]
fn every_stage_occurs() {
    for cases in [200, 3000] {
        let city = city(1, 60, 900, cases, TODAY);
        let stages: BTreeSet<Stage> = city.cases.iter().map(|case| case.stage).collect();
        assert_eq!(stages.len(), 14 + 7, "{stages:?}");
    }
}

#[test]
fn days_go_forward_and_end_today() {
    for case in demo().cases {
        assert!(!case.steps.is_empty());
        assert!(case.steps.windows(2).all(|pair| pair[0].on <= pair[1].on && pair[0].act != pair[1].act));
        assert!(case.moved_on() <= TODAY);
        assert!(case.steps[0].on >= days_after(TODAY, -WINDOW_DAYS));
        assert!(case.steps.iter().filter(|step| step.act > Act::Submit).all(|step| is_weekday(step.on)));
    }
}

#[test]
fn the_clocks_are_as_promised() {
    let city = demo();
    let workdays_since = |day: Date| {
        (1..).map(|n| days_after(day, n)).take_while(|day| *day <= TODAY).filter(|day| is_weekday(*day)).count()
    };
    let mut counts = [0usize; 2];
    for case in &city.cases {
        let Some(started) = case.day_of(Act::Commission).filter(|_| case.clock != Clock::Still) else { continue };
        assert!(case.day_of(Act::Issue).is_none());
        let left = case.limit_workdays as i64 - workdays_since(started) as i64;
        let clock = match left {
            ..0 => Clock::Overdue,
            0..=3 => Clock::DueSoon,
            _ => Clock::Running,
        };
        assert_eq!(case.clock, clock, "{left} {:?}", case.steps);
        counts[0] += usize::from(clock == Clock::Overdue);
        counts[1] += usize::from(clock == Clock::DueSoon);
    }
    assert!((105..=135).contains(&counts[0]) && (150..=195).contains(&counts[1]), "{counts:?}");
}

#[test]
fn holidays_are_kept_when_told() {
    let holiday = |day: Date| (date(2026, 10, 1)..=date(2026, 10, 7)).contains(&day);
    let city = city_with_calendar(1, 20, 300, 500, date(2026, 10, 20), &|day| is_weekday(day) && !holiday(day));
    let steps = || city.cases.iter().flat_map(|case| &case.steps);
    assert!(!steps().any(|step| step.act > Act::Submit && holiday(step.on)));
}

#[test]
fn those_who_work_on_a_case_may() {
    let city = demo();
    for case in &city.cases {
        assert!(covers(&city.institutions[case.institution].scope, &case.item));
        let team = [case.lead, case.second, case.reviewer];
        if case.day_of(Act::Assign).is_none() {
            assert_eq!(team, [None; 3]);
            continue;
        }
        let team = team.map(|index| index.unwrap());
        assert_eq!(BTreeSet::from(team).len(), 3);
        for person in team.map(|index| &city.appraisers[index]) {
            assert_eq!(person.institution, case.institution);
            assert!(covers(&person.scope, &case.item));
            assert!(person.licence_from <= case.received_on && person.licence_to >= TODAY);
        }
        let seniors = team[..2].iter().filter(|index| city.appraisers[**index].title.is_senior()).count();
        assert!(!case.reappraisal || seniors > 0);
        assert!(!case.reappraisal || city.organs[case.organ].kind.handles_cases());
    }
    assert!(city.cases.iter().any(|case| case.reappraisal));
}

#[test]
fn numbers_of_persons_check() {
    let city = demo();
    for person in city.cases.iter().flat_map(|case| case.examinee.iter().chain(&case.others)) {
        let (digits, check) = person.id_number.split_at(17);
        assert!(digits.starts_with("990000") && check == check_digit(digits).to_string());
        assert!(digits.ends_with(if person.sex == Sex::Male {
            ['1', '3', '5', '7', '9']
        } else {
            ['0', '2', '4', '6', '8']
        }));
        assert!(digits[6..14] == person.born_on.strftime("%Y%m%d").to_string());
    }
    // The worked example of GB 11643.
    assert_eq!(check_digit("11010519491231002"), 'X');
}

#[test]
fn papers_are_complete() {
    let city = demo();
    let mut lengths = Vec::new();
    for case in &city.cases {
        assert_eq!(case.opinion.is_some(), case.day_of(Act::DraftOpinion).is_some());
        assert_eq!(case.decline_reason.is_some(), matches!(case.stage, Stage::Declined(_)));
        assert_eq!(case.review_remark.is_some(), case.day_of(Act::SendBack).is_some());
        assert!(!case.materials.is_empty() && !case.matter.is_empty() && !case.case_facts.is_empty());
        let text = format!("{}{}{:?}", case.matter, case.case_facts, case.opinion);
        assert!(!text.contains("某人"), "{text}");
        let Some(opinion) = &case.opinion else { continue };
        assert!(!opinion.methods.is_empty() && !opinion.annexes.is_empty() && !opinion.place.is_empty());
        let text = [&case.case_facts, &opinion.digest, &opinion.process, &opinion.analysis, &opinion.conclusion]
            .map(String::as_str)
            .concat();
        assert!(!text.contains(['{', '}']) && !text.contains("。。") && !text.contains("  "), "{text}");
        lengths.push(text.chars().count());
    }
    lengths.sort_unstable();
    let (shortest, longest) = (lengths[0], lengths[lengths.len() - 1]);
    assert!(shortest >= 300 && longest >= 1500, "{shortest} {longest}");
    assert!(lengths[lengths.len() / 2] < 1500);
    let items: BTreeSet<_> = city.cases.iter().map(|case| case.item.as_str()).collect();
    assert!(items.len() >= 12, "{items:?}");
}

#[test]
fn odd_sizes_do_not_panic() {
    for (institutions, appraisers, cases) in [(0, 0, 0), (0, 10, 10), (1, 0, 5), (3, 1, 50), (130, 100, 10)] {
        let city = city(9, institutions, appraisers, cases, TODAY);
        assert_eq!(city.institutions.len(), institutions);
    }
}
