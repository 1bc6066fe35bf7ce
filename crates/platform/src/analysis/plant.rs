//! A small city with one planted ring: the demo's and the tests'. Clinical cases of a synthetic city without misconduct, and
//! a ring of three law firms and two appraisers that anybody can see who looks.
//!
//! **Invariant:** the same seed and last day give the same extract; nothing lies after the last day.

use anyhow::Context;
use screening::city::{self, City, Plan};
use screening::dates::Day;
use screening::progress::Unwatched;
use screening::random::Random;
use screening::sector::{Case, NONE, Sector};

/// Institutions and appraisers of the small city.
pub const INSTITUTIONS: usize = 8;
const APPRAISERS: usize = 80;
/// Cases of all kinds that are drawn; about four hundred of them are clinical and stay.
const CASES: usize = 1_000;
const LAWYERS: usize = 50;
/// The ring: its institution, its cases, how many firms, and what they did elsewhere before.
pub const RING_INSTITUTION: u32 = 0;
const RING_CASES: usize = 36;
const FIRMS: usize = 3;
const BEFORE: usize = 21;
/// Days in which the ring was at work, counted back from the last day.
const RING_DAYS: Day = 170;
/// A year.
const YEAR: Day = 365;

/// The small city; its last day is `last`.
///
/// # Errors
/// A plan that does not fit, which would be a fault of ours.
pub fn ring(seed: u64, last: Day) -> anyhow::Result<Sector> {
    let plan = Plan {
        institutions: INSTITUTIONS,
        appraisers: APPRAISERS,
        years: 1,
        cases_per_year: CASES,
        lawyers: LAWYERS,
        seed,
        from_year: 2025,
        ..Plan::default()
    };
    let city = City::draw(&plan.clean(), &Unwatched)?;
    let mut sector = city::extract(&city).context("the small city does not fit together")?;
    let end = sector.span().map_or(last, |(_, end)| end);
    sector.cases.retain(|case| sector.categories.name(case.category) == "clinical");
    for case in &mut sector.cases {
        moved(case, last - end);
    }
    let mut random = Random::new(seed);
    let clinical = sector.categories.number("clinical");
    let firm = sector.client_types.number("lawfirm");
    let homes = sector.appraiser_home.clone();
    let of = |institution: u32| -> Vec<u32> {
        (0..homes.len() as u32).filter(|one| homes[*one as usize] == institution).collect()
    };
    let own = of(RING_INSTITUTION);
    let pick = |list: &[u32], random: &mut Random| list[random.below(list.len())];
    let broker = sector.phones.number("ring");
    for n in 0..RING_CASES + BEFORE {
        let is_ring = n < RING_CASES;
        let firm_name = format!("ring-{}", n % FIRMS);
        let (institution, first) = if is_ring {
            (RING_INSTITUTION, own[(n / FIRMS) % 2])
        } else {
            let elsewhere = 1 + random.below(INSTITUTIONS - 1) as u32;
            (elsewhere, pick(&of(elsewhere), &mut random))
        };
        let received = if is_ring {
            last - RING_DAYS + (n as Day * RING_DAYS) / RING_CASES as Day
        } else {
            last - YEAR + random.below((YEAR - RING_DAYS) as usize) as Day
        };
        let reappraised = is_ring && random.below(10) < 3;
        let severity = if is_ring { 2 + random.below(3) as u8 } else { random.below(2) as u8 };
        let lawyer = sector.lawyers.number(&firm_name);
        let client = sector.clients.number(&firm_name);
        sector.cases.push(Case {
            id: format!("P{n}").into(),
            received,
            institution,
            category: clinical,
            client_type: firm,
            client,
            lawyer,
            insurer: NONE,
            district: sector.institutions[institution as usize].district,
            accepted: true,
            accept_date: Some(received + 3),
            exam_date: Some(received + 8),
            // The first of the day: nothing odd about the time.
            exam_start: 510.0,
            exam_minutes: if is_ring { 5.0 + (n % 5) as f32 } else { 25.0 + random.below(20) as f32 },
            exam_x: f32::NAN,
            exam_y: f32::NAN,
            appraiser1: first,
            appraiser2: own[3 % own.len()],
            issue_date: Some(received + 20),
            opinion_no: None,
            fee: 1_500.0,
            fee_standard: 1_500.0,
            injury: random.below(sector.injuries.len().max(1)) as u32,
            age: 20.0 + random.below(55) as f32,
            severity: Some(severity),
            bac: f32::NAN,
            suspended_days: 0.0,
            reappraised,
            overturned: reappraised && random.below(10) < 7,
            complaint: false,
            text: NONE,
            // One number stands on most of the ring's commissions, whichever firm sends them.
            phone: if is_ring && n % FIRMS != 2 { broker } else { NONE },
            hospital: NONE,
            address: NONE,
            recorded: None,
            instrument: None,
            signed: None,
        });
    }
    sector.cases.retain(|case| case.issue_date.is_none_or(|day| day <= last) && case.received <= last);
    sector.cases.sort_by_key(|case| case.received);
    Ok(sector)
}

/// The same case so many days later.
fn moved(case: &mut Case, days: Day) {
    case.received += days;
    for day in [&mut case.accept_date, &mut case.exam_date, &mut case.issue_date].into_iter().flatten() {
        *day += days;
    }
}
