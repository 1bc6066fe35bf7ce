//! One row for every objection, and each with its reason; scenario S11.

use super::*;
use crate::cases::records::content::{Instrument, Present};
use crate::cases::rules::sample_facts;
use crate::cases::steps::State;
use crate::text::Lang;
use jiff::civil::{Date, date};

fn at(day: Date, hour: i8) -> Timestamp {
    day.at(hour, 0, 0, 0).to_zoned_datetime(crate::clock::zone()).unwrap().timestamp()
}

fn who(name: &str, capacity: Capacity, signed: bool) -> Present {
    Present { name: name.into(), capacity, signed }
}

/// The commission took effect on the day the sample's facts say.
fn day_one(facts: &Facts) -> Date {
    facts.case.content.commissioned_on.unwrap()
}

fn entry(facts: &Facts, kind: Kind) -> Entry {
    Entry {
        kind,
        started_at: at(day_one(facts), 9),
        ended_at: at(day_one(facts), 10),
        place: "检查室".into(),
        capability: Capability::Full,
        tier: MethodTier::National,
        method: "GB".into(),
        method_reason: String::new(),
        consent: false,
        instrument: None,
        people: vec![who(&facts.team[0].appraiser.name, Capacity::Appraiser, true)],
        text: "见疤痕".into(),
        measurements: Vec::new(),
    }
}

fn facts() -> Facts {
    let mut facts = sample_facts(State::InExamination);
    facts.case.content.entrustment.examinee.birth = Some(date(1980, 5, 6));
    facts
}

fn articles(facts: &Facts, entry: &Entry) -> Vec<&'static str> {
    objections(facts, entry, at(day_one(facts), 18)).into_iter().map(|one| one.article).collect()
}

/// Activity, the examinee's capacity, who else was there and signed, the articles of the objections, and why.
type Row<'r> = (Kind, Capability, &'r [(Capacity, bool)], &'r [&'r str], &'r str);

#[test]
fn who_must_be_there_and_sign() {
    use Capacity::{Assistant, Client, Expert, Guardian, Relative, Witness};
    let facts = facts();
    let rows: &[Row] = &[
        (Kind::Psychiatric, Capability::Full, &[], &[law::T25_28], "S11: nobody came, the examination is forbidden"),
        (Kind::Psychiatric, Capability::Full, &[(Relative, true)], &[], "S11: on the new date a relative is present"),
        (Kind::Psychiatric, Capability::Full, &[(Client, true)], &[], "the client is enough"),
        (Kind::Psychiatric, Capability::Full, &[(Relative, false)], &[law::T25_28], "present, but has not signed"),
        (Kind::Psychiatric, Capability::Full, &[(Witness, true)], &[law::T25_28], "anybody else is none of the three"),
        (Kind::Psychiatric, Capability::None, &[(Relative, true)], &[law::T25_28], "the capacity must be said"),
        (Kind::Autopsy, Capability::None, &[], &[law::T25_28], "an autopsy has the same three"),
        (Kind::Autopsy, Capability::None, &[(Guardian, true)], &[], "one of them"),
        (Kind::Body, Capability::Full, &[], &[], "an adult of full capacity comes alone"),
        (Kind::Body, Capability::Limited, &[], &[law::T25_28], "limited capacity: guardian or close relative"),
        (Kind::Body, Capability::Lacking, &[(Client, true)], &[law::T25_28], "the client alone is not enough there"),
        (Kind::Body, Capability::Lacking, &[(Guardian, true)], &[], "the guardian is"),
        (
            Kind::Extraction,
            Capability::None,
            &[(Assistant, true)],
            &[law::T24],
            "two of the house, nobody of the client's",
        ),
        (Kind::Extraction, Capability::None, &[(Client, true)], &[law::T24], "one of the house is too few"),
        (Kind::Extraction, Capability::None, &[], &[law::T24, law::T24], "both at once"),
        (
            Kind::Extraction,
            Capability::None,
            &[(Assistant, false), (Client, true)],
            &[],
            "two of the house and the client's person",
        ),
        (Kind::Consultation, Capability::None, &[(Expert, false)], &[law::T33], "an expert's advice is signed"),
        (Kind::Consultation, Capability::None, &[(Expert, true)], &[], "and filed"),
        (Kind::Absence, Capability::None, &[], &[], "that nobody came can always be written down"),
        (Kind::Test, Capability::None, &[], &[], "a test needs no witness"),
    ];
    for (kind, capability, people, wanted, why) in rows {
        let mut entry = Entry { capability: *capability, ..entry(&facts, *kind) };
        entry.people.extend(people.iter().map(|(capacity, signed)| who("某人", *capacity, *signed)));
        assert_eq!(articles(&facts, &entry), *wanted, "{kind:?} {capability:?} {people:?}: {why}");
    }
}

#[test]
fn a_minor_has_no_full_capacity() {
    let mut facts = facts();
    let today = day_one(&facts);
    for (birth, wanted, why) in [
        (date(today.year() - 18, today.month(), today.day()), 0, "eighteen today"),
        (date(today.year() - 18, 12, 31), 1, "eighteen at the end of the year"),
        (date(today.year() - 10, 1, 1), 1, "ten"),
    ] {
        facts.case.content.entrustment.examinee.birth = Some(birth);
        assert_eq!(articles(&facts, &entry(&facts, Kind::Body)).len(), wanted, "{why}");
    }
}

#[test]
fn one_appraiser_of_the_case_is_there() {
    let facts = facts();
    let strangers = Entry { people: vec![who("路人", Capacity::Appraiser, true)], ..entry(&facts, Kind::Test) };
    assert_eq!(articles(&facts, &strangers), [law::T24, law::T24], "not of the case, and none of the case");
    let nobody = Entry { people: Vec::new(), ..entry(&facts, Kind::Test) };
    assert_eq!(articles(&facts, &nobody), [law::T24]);
}

#[test]
fn methods_are_taken_in_the_order_of_the_place() {
    for (region, tier, reason, consent, wanted, why) in [
        ("shanghai", MethodTier::National, "", false, 0, "the first"),
        ("shanghai", MethodTier::Industry, "", false, 1, "a lower tier asks for the reason"),
        ("shanghai", MethodTier::Industry, "无国家标准", false, 0, "with it"),
        ("shanghai", MethodTier::Group, "无国家、行业标准", false, 0, "Shanghai 26 knows group standards"),
        ("guangdong", MethodTier::Group, "无国家、行业标准", false, 1, "Guangdong does not"),
        ("guangdong", MethodTier::Accepted, "无标准", false, 1, "Guangdong 34: the client's written consent"),
        ("guangdong", MethodTier::Accepted, "", false, 2, "neither reason nor consent"),
        ("guangdong", MethodTier::Accepted, "无标准", true, 0, "with both"),
        ("shanghai", MethodTier::Accepted, "无标准", false, 0, "Shanghai asks for no consent"),
    ] {
        let mut facts = facts();
        facts.institution.region = region.into();
        let entry = Entry { tier, method_reason: reason.into(), consent, ..entry(&facts, Kind::Test) };
        assert_eq!(articles(&facts, &entry).len(), wanted, "{region} {tier:?}: {why}");
    }
}

#[test]
fn times_lie_between_the_commission_and_now() {
    let facts = facts();
    let (day, before) = (day_one(&facts), day_one(&facts).yesterday().unwrap());
    for (started, ended, wanted, why) in [
        (at(day, 9), at(day, 9), 0, "a moment"),
        (at(day, 10), at(day, 9), 1, "ends before it begins"),
        (at(day, 17), at(day, 19), 1, "ends in the future"),
        (at(before, 23), at(day, 1), 1, "begins before the commission"),
        (at(day, 18), at(day, 18), 0, "just now"),
    ] {
        let entry = Entry { started_at: started, ended_at: ended, ..entry(&facts, Kind::Test) };
        assert_eq!(articles(&facts, &entry).len(), wanted, "{why}");
    }
}

#[test]
fn a_record_is_in_time_on_its_working_day() {
    let facts = facts();
    let calendar = crate::deadline::decreed_calendar().unwrap();
    for (ended, entered, is_late, why) in [
        (date(2026, 3, 3), date(2026, 3, 3), false, "the same day"),
        (date(2026, 3, 3), date(2026, 3, 4), true, "the next"),
        (date(2026, 3, 7), date(2026, 3, 9), false, "a Saturday's work on Monday"),
        (date(2026, 3, 7), date(2026, 3, 10), true, "not on Tuesday"),
        (date(2026, 10, 2), date(2026, 10, 8), false, "in the National Day holidays"),
    ] {
        assert_eq!(super::is_late(&facts, at(ended, 16), entered, &calendar), is_late, "{ended} {entered}: {why}");
    }
    // Half past midnight in China is still the day before in UTC.
    let night = date(2026, 3, 4).at(0, 30, 0, 0).to_zoned_datetime(crate::clock::zone()).unwrap().timestamp();
    assert!(!super::is_late(&facts, night, date(2026, 3, 4), &calendar));
}

#[test]
fn an_expired_calibration_is_warned_about_and_stands() {
    let facts = facts();
    let day = day_one(&facts);
    for (until, warned) in [(None, 0), (Some(day), 0), (day.yesterday().ok(), 1)] {
        let instrument = Some(Instrument { name: "天平".into(), serial: "1".into(), calibrated_until: until });
        let entry = Entry { instrument, ..entry(&facts, Kind::Test) };
        assert_eq!(warnings(&entry).len(), warned, "{until:?}");
        assert!(articles(&facts, &entry).is_empty());
    }
}

#[test]
fn every_objection_says_what_to_do() {
    let facts = facts();
    let bad = Entry { people: Vec::new(), ..entry(&facts, Kind::Extraction) };
    for one in objections(&facts, &bad, at(day_one(&facts), 8)) {
        assert!(!one.article.is_empty() && !Lang::Zh.say(&one.remedy).is_empty(), "{}", Lang::Zh.say(&one.what));
    }
}
