//! What only describes, against figures counted by hand: markets, impossible days, funnels, and the tables of the command.

use screening::dates::parse;
use screening::described;
use screening::detectors::concentration::{Level, markets};
use screening::detectors::funnels::{Rate, Standing, rate_funnel};
use screening::detectors::workload::{EXAMS_MAX, MINUTES_MAX, Workload, workload};
use screening::pictures::{BARS_MAX, Bar, Bars, Picture, words};
use screening::sector::{Sector, Sources, read};
use std::fmt::Write as _;

const HEADER: &str = "case_id,received,institution,category,client_type,client,lawyer,insurer,district,accepted,accept_date,exam_date,\
     exam_start_min,exam_minutes,exam_x,exam_y,appraiser1,appraiser2,issue_date,opinion_no,fee,fee_standard,injury,age,grade,bac,\
     suspended_days,reappraised,overturned,complaint,text_id\n";

/// A case: day received, institution, district, accepted, its examination (start, minutes, x, y), re-appraised.
struct Row<'a>(&'a str, &'a str, &'a str, bool, Option<(u32, u32, &'a str, &'a str)>, bool);

fn sector(rows: &[Row<'_>]) -> Sector {
    let mut cases = String::from(HEADER);
    for (n, Row(received, house, district, accepted, exam, again)) in rows.iter().enumerate() {
        let (day, start, minutes, x, y) = match exam {
            Some((start, minutes, x, y)) => (*received, start.to_string(), minutes.to_string(), *x, *y),
            None => ("", String::new(), String::new(), "", ""),
        };
        let (accepted, again) = (u8::from(*accepted), u8::from(*again));
        writeln!(
            cases,
            "C{n},{received},{house},clinical,court,O1,,,{district},{accepted},{received},{day},{start},{minutes},{x},{y},\
             P{house},,{received},,1500,1500,leg,41,8,,0,{again},0,0,T0"
        )
        .unwrap();
    }
    let houses = "institution,district,x,y,type\nA,D1,0,0,\nB,D1,0,0,\nC,D1,0,0,\nD,D1,0,0,\n";
    let people = "appraiser,institution\nPA,A\nPB,B\nPC,C\nPD,D\n";
    read(Sources {
        institutions: houses.as_bytes(),
        appraisers: people.as_bytes(),
        cases: cases.as_bytes(),
        texts: "text_id\ttext\nT0\t分析说明\n".as_bytes(),
    })
    .unwrap()
}

fn plain<'a>(received: &'a str, house: &'a str, district: &'a str) -> Row<'a> {
    Row(received, house, district, true, None, false)
}

#[test]
fn markets_are_as_counted_by_hand() {
    let mut rows = Vec::new();
    for (house, many) in [("A", 60), ("B", 25), ("C", 10), ("D", 5)] {
        // Every tenth client lives in the second district.
        rows.extend((0..many).map(|n| plain("2025-03-04", house, if n % 10 == 9 { "D2" } else { "D1" })));
    }
    rows.extend((0..50).map(|_| plain("2026-01-02", "A", "D1")));
    // A refusal is no share of a market.
    rows.push(Row("2025-03-04", "D", "D1", false, None, false));
    let found = markets(&sector(&rows));
    let told: Vec<_> = found
        .iter()
        .map(|m| (m.district.is_some(), m.year, m.cases, m.institutions, m.hhi.round(), m.level(), m.largest.clone()))
        .collect();
    // 60² + 25² + 10² + 5² = 4,350 of 100 cases. D2: six of A, two of B, one of C.
    let all = vec![(0, 60), (1, 25), (2, 10), (3, 5)];
    let home = vec![(0, 54), (1, 23), (2, 9), (3, 5)];
    let index = |of: &[f64]| (of.iter().map(|n| n * n).sum::<f64>() / of.iter().sum::<f64>().powi(2) * 1e4).round();
    assert_eq!(
        told,
        [
            (false, 2025, 100, 4, 4_350.0, Level::High, all),
            (false, 2026, 50, 1, 10_000.0, Level::High, vec![(0, 50)]),
            (true, 2025, 91, 4, index(&[54.0, 23.0, 9.0, 5.0]), Level::High, home),
            (true, 2026, 50, 1, 10_000.0, Level::High, vec![(0, 50)]),
            (true, 2025, 9, 3, index(&[6.0, 2.0, 1.0]), Level::TooFew, vec![(0, 6), (1, 2), (2, 1)]),
        ]
    );
    assert!((found[0].top3 - 0.95).abs() < 1e-9);
    for (cases, hhi, level) in [
        (49, 9_000.0, Level::TooFew),
        (50, 999.9, Level::Low),
        (50, 1_000.0, Level::Moderate),
        (50, 1_800.0, Level::High),
    ] {
        assert_eq!(Level::of(cases, hhi), level, "{cases} {hhi}");
    }
}

fn days(exams: &[(u32, u32, &str, &str)]) -> Workload {
    let rows: Vec<_> = exams.iter().map(|exam| Row("2025-03-04", "A", "D1", true, Some(*exam), false)).collect();
    workload(&sector(&rows), EXAMS_MAX, MINUTES_MAX)
}

#[test]
fn impossible_days_are_as_counted_by_hand() {
    // Nine to twelve, with half an hour at ten and one from half past eleven to half past twelve; then in the afternoon.
    let found = days(&[(540, 180, "", ""), (600, 30, "", ""), (690, 60, "", ""), (840, 30, "", "")]);
    let day = &found.impossible[0];
    assert_eq!((found.days, found.timed, found.placed, day.overlapping, day.doubled), (1, 4, 0, 2, 60.0));
    assert_eq!(day.cases.iter().map(|e| e.overlaps).collect::<Vec<_>>(), [true, true, true, false]);
    // Thirty kilometres in ten minutes; then thirty in forty.
    let found = days(&[(540, 30, "0", "0"), (580, 30, "30", "0"), (650, 30, "0", "0")]);
    assert_eq!((found.placed, found.impossible[0].unreachable, found.impossible[0].overlapping), (3, 1, 0));
    assert_eq!(found.impossible[0].cases.iter().map(|e| e.unreachable).collect::<Vec<_>>(), [false, true, false]);
    let row = |many: u32, minutes: u32| (0..many).map(|n| (480 + n * minutes, minutes, "", "")).collect::<Vec<_>>();
    for (exams, is_listed, why) in [
        (row(20, 20), false, "twenty that follow one another"),
        (row(21, 20), true, "one more"),
        (row(10, 60), false, "ten hours"),
        (row(11, 60), true, "eleven hours"),
        (vec![(540, 30, "", ""), (570, 30, "", "")], false, "the next begins when the first ends"),
        (vec![(540, 0, "", ""), (540, 0, "", "")], false, "no time at all does not overlap"),
        (vec![(540, 30, "", ""), (540, 30, "", "")], true, "two at once"),
    ] {
        assert_eq!(days(&exams).impossible.len(), usize::from(is_listed), "{why}");
    }
    // A ledger that gives every case the same time: counted, without comparing each with each.
    let found = days(&[(0, 30, "", ""); 3_000]);
    assert_eq!(found.impossible[0].overlapping, 3_000 * 2_999 / 2);
}

#[test]
fn the_worst_day_is_first_and_tables_are_whole() {
    let mut rows = Vec::new();
    for (day, house, many) in [("2025-03-04", "A", 2), ("2025-03-05", "B", 3), ("2025-03-06", "C", 2)] {
        rows.extend((0..many).map(|_| Row(day, house, "D1", true, Some((540, 30, "", "")), false)));
    }
    let sector = sector(&rows);
    let found = workload(&sector, EXAMS_MAX, MINUTES_MAX).impossible;
    let days: Vec<_> = found.iter().map(|day| (day.day, day.overlapping)).collect();
    let day = |text| parse(text).unwrap();
    // Three pairs; then one each, the later first.
    assert_eq!(days, [(day("2025-03-05"), 3), (day("2025-03-06"), 1), (day("2025-03-04"), 1)]);
    let [(_, market), (name, work), (_, rates)] = described::tables(&sector);
    assert_eq!((name, market.lines().count(), work.lines().count()), ("workload.csv", 3, 4), "{market}\n{work}");
    assert_eq!(work.lines().nth(1), Some("PB,B,2025-03-05,3,90,3,60,0,C2 09:00-09:30; C3 09:00-09:30; C4 09:00-09:30"));
    // Refusal, complaint and re-appraisal of three institutions with a case; nothing was re-appraised, so nothing could be overturned.
    assert_eq!(rates.lines().count(), 1 + 3 * 3, "{rates}");
    assert!(rates.contains("reappraised,B,3,0,0.00,,0.000,too_few"), "{rates}");
}

#[test]
fn a_funnel_says_where_an_institution_stands() {
    let mut rows = Vec::new();
    for (house, many, again) in [("A", 200, 60), ("B", 200, 20), ("C", 200, 20), ("D", 20, 9)] {
        rows.extend((0..many).map(|n| Row("2025-03-04", house, "D1", true, None, n < again)));
    }
    let found = rate_funnel(&sector(&rows), Rate::Reappraised);
    // 109 of 620 cases: 35.2 of 200 are expected.
    assert!((found.points[0].expected - 200.0 * 109.0 / 620.0).abs() < 1e-9);
    assert_eq!((found.points[0].observed, found.cases[3]), (60.0, 20.0));
    for (cases, expected, z, standing) in [
        (29.0, 9.0, 9.0, Standing::TooFew),
        (300.0, 4.9, 9.0, Standing::TooFew),
        (300.0, 5.0, 3.1, Standing::FarAbove),
        (300.0, 5.0, 3.09, Standing::Above),
        (300.0, 5.0, 1.9, Standing::Within),
        (300.0, 5.0, -2.0, Standing::Below),
        (300.0, 5.0, -3.1, Standing::FarBelow),
    ] {
        assert_eq!(Standing::of(cases, expected, z), standing, "{cases} {expected} {z}");
    }
}

#[test]
fn bars_of_anything() {
    let bar = |name: &str, value: Option<f64>| Bar { name: name.into(), value, note: String::new(), marked: false };
    for (bars, why) in [
        (vec![], "none"),
        (vec![bar("a", None)], "nothing to say"),
        (vec![bar("a", Some(0.0)), bar("b", Some(f64::NAN))], "zero and no number"),
        (vec![bar(&"很长的名称".repeat(20), Some(1e12)), bar("<b>", Some(-1.0))], "long, huge, less than nothing"),
    ] {
        let picture = Picture::Bars(Bars::new("hhi", bars, vec![("high".into(), 1_800.0)], false));
        for words in [&words::chinese as &dyn Fn(&str) -> String, &words::english] {
            let svg = picture.svg(words);
            roxmltree::Document::parse(&svg).unwrap_or_else(|e| panic!("{why}: {e}\n{svg}"));
            assert!(!svg.contains("NaN"), "{why}");
        }
    }
    let many = Bars::new("hhi", (0..BARS_MAX + 3).map(|n| bar("x", Some(n as f64))).collect(), Vec::new(), true);
    assert_eq!((many.bars.len(), many.left_out), (BARS_MAX, 3));
    assert!(many.svg(&words::chinese).contains("未画出 3"));
}
