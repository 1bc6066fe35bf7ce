//! Explanations in full, to be read by a person with a wall calendar.

mod common;

use common::{calendar, reckon};
use worktime::{EXPLANATION_LINES_MAX, Line, Reckoning};

fn zh(found: &Reckoning) -> Vec<String> {
    found.explanation.iter().map(Line::zh).chain([found.zh()]).collect()
}

fn en(found: &Reckoning) -> Vec<String> {
    found.explanation.iter().map(Line::en).chain([found.en()]).collect()
}

#[test]
fn s03_in_full() {
    let found = reckon(&calendar(), "2026-03-02", "30wd", &["2026-03-16..2026-04-08"], &[]);
    assert_eq!(zh(&found), include_str!("golden/s03.zh.txt").lines().collect::<Vec<_>>());
    assert_eq!(en(&found), include_str!("golden/s03.en.txt").lines().collect::<Vec<_>>());
}

#[test]
fn years_that_end_on_a_sunday() {
    let found = reckon(&calendar(), "2023-05-10", "3y", &[], &[]);
    assert_eq!(
        zh(&found),
        [
            "2023-05-10（周三）为起始日，不计入；期限 3 年。",
            "3 年后的对应日为 2026-05-10（周日）（民法典第二百零二条）。",
            "末日 2026-05-10（周日）不能届满（周末），顺延至 2026-05-11（周一）（民法典第二百零三条）。",
            "到期日为 2026-05-11（周一）。",
        ]
    );
}

#[test]
fn a_short_month_with_a_pause_and_an_extension() {
    let found = reckon(&calendar(), "2026-01-31", "1m", &["2026-02-10..2026-02-12"], &["5wd"]);
    assert_eq!(
        zh(&found),
        [
            "2026-01-31（周六）为起始日，不计入；期限 1 个月。",
            "1 个月后的那个月没有对应日，以月末日 2026-02-28（周六）为期满日（民法典第二百零二条）。",
            "2026-02-11（周三）不计：暂停计时。",
            "2026-02-12（周四）不计：暂停计时。",
            "期内暂停 2 日，自 2026-02-28（周六）之后接着补计。",
            "2026-03-01（周日）至 2026-03-02（周一）：第 1–2 日。",
            "第 1 次延长 5 个工作日：自到期日 2026-03-02（周一）起算，当日不计入。",
            "2026-03-03（周二）至 2026-03-06（周五）：第 1–4 个工作日。",
            "2026-03-07（周六）不计：周末。",
            "2026-03-08（周日）不计：周末。",
            "2026-03-09（周一）：第 5 个工作日。",
            "到期日为 2026-03-09（周一）。",
        ]
    );
}

#[test]
fn a_term_into_a_year_without_a_calendar() {
    let found = reckon(&calendar(), "2026-12-16", "60d", &[], &[]);
    assert_eq!(
        en(&found),
        [
            "2026-12-16 (Wed) is the starting day and does not count; the term is 60 days.",
            "2026-12-17 (Thu) to 2027-02-14 (Sun) are days 1 to 60.",
            "The last day, 2027-02-14 (Sun), cannot end the term (weekend); it moves to 2027-02-15 (Mon) \
             (Civil Code, article 203).",
            "The holidays of 2027 are not decreed yet (known up to 2026); they are reckoned by weekends only, \
             so the result is provisional.",
            "Due on 2027-02-15 (Mon), provisionally.",
        ]
    );
}

/// The 20 days would end on Sunday; before Monday comes the clock is stopped until Thursday.
#[test]
fn a_paused_day_is_not_rolled_onto() {
    let found = reckon(&calendar(), "2026-07-13", "20d", &["2026-08-02..2026-08-05"], &[]);
    assert_eq!(
        zh(&found)[2],
        "末日 2026-08-02（周日）不能届满（2026-08-02 周末、2026-08-03 暂停计时、2026-08-04 暂停计时、\
         2026-08-05 暂停计时），顺延至 2026-08-06（周四）（民法典第二百零三条）。"
    );
}

#[test]
fn a_hopeless_term_is_cut_and_says_so() {
    let calendar = calendar();
    let cut = Line::EndOfDates { date: jiff::civil::Date::MAX };
    for term in ["60d", "60wd", "1m", "60000y"] {
        assert!(reckon(&calendar, "9999-12-20", term, &[], &[]).explanation.contains(&cut), "{term}");
    }
    let long = reckon(&calendar, "2026-03-02", "60000wd", &[], &[]);
    assert_eq!(long.explanation.len(), EXPLANATION_LINES_MAX + 1, "and the provisional note");
    assert_eq!(long.explanation[EXPLANATION_LINES_MAX - 1], Line::Shortened);
    assert_eq!(long.due, calendar.due(common::d("2026-03-02"), worktime::Term::Workdays(60_000)).date);
}
