//! Brokers of every kind, records written up, signatures ahead: planted and clean, and an extract without the columns.

use screening::city::{City, Kind, Plan, extract, tables, truth};
use screening::detectors::{DETECTORS, Detector, Finding, network, records, signed};
use screening::progress::Unwatched;
use screening::sector::{NONE, Sector, Sources, read};
use screening::{judge, screen};

const TRACED: [(&str, Detector); 3] =
    [("network", network::detect), ("records", records::detect), ("signed", signed::detect)];

fn city(seed: u64, misconduct: Vec<(Kind, usize)>) -> City {
    let plan = Plan {
        institutions: 20,
        appraisers: 200,
        cases_per_year: 36_000,
        lawyers: 800,
        seed,
        misconduct,
        ..Default::default()
    };
    City::draw(&plan, &Unwatched).unwrap()
}

fn leads(sector: &Sector) -> Vec<Finding> {
    let found = screen::screen_with(sector, &TRACED, 2, &Unwatched).unwrap();
    found.into_iter().filter(|f| f.q <= 0.05).collect()
}

fn key(sector: &Sector, f: &Finding) -> String {
    format!("{}/{}/{}", f.detector, f.entity.name(), screen::id(sector, f))
}

#[test]
fn what_is_planted_is_found_and_said() {
    let city = city(41, vec![(Kind::Ring, 6), (Kind::Records, 4), (Kind::Signed, 4)]);
    let guilty = judge::truth(&truth(&city).entities);
    let sector = extract(&city).unwrap();
    let found = leads(&sector);
    let right = found.iter().filter(|f| guilty.contains(&key(&sector, f))).count();
    assert!(right * 10 >= found.len() * 9, "{right} of {} are guilty", found.len());
    let said = |detector: &str, entity: &str, word: &str| {
        let mut of = found.iter().filter(|f| f.detector == detector && f.entity.name() == entity);
        let first = of.next().unwrap_or_else(|| panic!("no {detector} of {entity}"));
        assert!(first.evidence.sentence.in_chinese().contains(word), "{:?}", first.evidence.sentence);
        assert!(!first.evidence.rows.is_empty() && first.since.is_some());
    };
    said("network", "phone", "同一部联系电话");
    said("network", "hospital", "同一家医院");
    said("network", "address", "同一地址");
    said("records", "appraiser", "补写");
    said("signed", "appraiser", "签名早于");
}

#[test]
fn a_clean_city_stays_clean() {
    for seed in [42, 43, 44] {
        let sector = extract(&city(seed, Vec::new())).unwrap();
        let found = leads(&sector);
        assert!(found.is_empty(), "seed {seed}: {:?}", found.iter().map(|f| key(&sector, f)).collect::<Vec<_>>());
    }
}

/// The last six columns may be missing: the other findings are the same to the byte, and the new ones say nothing.
#[test]
fn without_the_columns_nothing_changes() {
    let city = city(45, vec![(Kind::Ring, 3)]);
    let (text, _) = tables(&city);
    let without: String = text.cases.lines().fold(String::new(), |mut out, line| {
        out += &line.split(',').take(31).collect::<Vec<_>>().join(",");
        out.push('\n');
        out
    });
    let of = |cases: &str| {
        read(Sources {
            institutions: text.institutions.as_bytes(),
            appraisers: text.appraisers.as_bytes(),
            cases: cases.as_bytes(),
            texts: text.texts.as_bytes(),
        })
        .unwrap()
    };
    let (full, bare) = (of(&text.cases), of(&without));
    assert!(bare.phones.is_empty() && bare.cases.iter().all(|c| c.phone == NONE && c.signed.is_none()));
    let table = |s: &Sector| screen::table(s, &screen::screen_with(s, &DETECTORS, 2, &Unwatched).unwrap());
    assert_eq!(table(&full), table(&bare));
    let said = screen::screen_with(&bare, &TRACED, 1, &Unwatched).unwrap();
    assert!(said.iter().all(|f| f.entity.name() == "insurer"), "only the insurer is known there");
}
