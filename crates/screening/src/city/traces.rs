//! 案件留下的痕迹: who telephoned, where the injured was treated and lives, when records were written and opinions signed.
//!
//! Drawn last, from a part of the seed of its own: whatever is drawn here, the rest of the city stays what it was.
//!
//! **Invariant:** without misconduct, a typing error or a habit every time follows what it rests on.

use rustc_hash::FxHashMap;

use super::flow::{is_workday, workday_after};
use super::misconduct::Kind;
use super::parameters as p;
use super::world::{DISTRICTS, World};
use super::write::client;
use super::{Client, Drawn, Plan, Plant};
use crate::dates::{Day, civil};
use crate::random::Random;
use crate::sector::{DAY_MINUTES, Minute};

/// What a case leaves behind; empty and `None` for nothing.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    pub phone: String,
    pub hospital: Option<usize>,
    pub address: String,
    pub recorded: Option<Minute>,
    pub instrument: Option<Minute>,
    pub signed: Option<Minute>,
}

impl Trace {
    /// As the tables write it.
    pub fn hospital(&self) -> String {
        self.hospital.map_or(String::new(), |n| format!("H{n}"))
    }
}

/// The brokers of a ring besides its lawyers: every ring has a telephone, one in three a hospital's porter, one in three an address.
pub fn brokers(plant: &Plant) -> Vec<(&'static str, String)> {
    let Some(ring) = plant.ring else { return Vec::new() };
    let mut found = vec![("phone", format!("B{ring}"))];
    match ring % 3 {
        1 => found.push(("hospital", format!("H{}", hospital_of(ring)))),
        2 => found.push(("address", format!("B{ring}"))),
        _ => {}
    }
    found
}

/// Different hospitals for different rings, as long as there are enough.
fn hospital_of(ring: usize) -> usize {
    ring * 7 % (DISTRICTS * p::HOSPITALS)
}

/// Gives every case its traces.
pub fn leave(plan: &Plan, world: &World, plants: &[Plant], cases: &mut [Drawn], random: &mut Random) {
    let writes_up: Vec<bool> =
        world.appraisers.iter().map(|_| random.chance(p::WRITES_UP * plan.look_alikes)).collect();
    // Records already written in an evening, by appraiser and day.
    let mut written: FxHashMap<(usize, Day), Minute> = FxHashMap::default();
    for (id, case) in cases.iter_mut().enumerate() {
        let ring = match case.truth {
            Some((Kind::Ring, Some(ring))) => Some(ring),
            _ => None,
        };
        case.trace.phone = phone(case, id, ring, plan, random);
        if case.category == p::CLINICAL {
            let district = if random.chance(p::TREATED_ELSEWHERE) { random.below(DISTRICTS) } else { case.district };
            let hospital = district * p::HOSPITALS + random.below(p::HOSPITALS);
            let of_ring = ring.filter(|r| r % 3 == 1 && random.chance(p::RING_HOSPITAL)).map(hospital_of);
            case.trace.hospital = Some(of_ring.unwrap_or(hospital));
        }
        case.trace.address = address(case, id, ring, random);
        if case.accepted {
            times(case, plants, writes_up[case.appraiser], &mut written, random);
        }
    }
}

fn phone(case: &Drawn, id: usize, ring: Option<usize>, plan: &Plan, random: &mut Random) -> String {
    if let Some(ring) = ring {
        let share = if case.lawyer.is_none() { p::RING_PHONE.0 } else { p::RING_PHONE.1 };
        if random.chance(share) {
            return format!("B{ring}");
        }
    }
    match (case.lawyer, case.client) {
        (Some(lawyer), _) => format!("L{lawyer}"),
        (None, Client::Person) if random.chance(p::AIDED * plan.look_alikes) => format!("A{}", case.district),
        (None, Client::Person) => format!("N{id}"),
        (None, other) => client(other).1,
    }
}

fn address(case: &Drawn, id: usize, ring: Option<usize>, random: &mut Random) -> String {
    if case.client != Client::Person {
        return client(case.client).1;
    }
    if let Some(ring) = ring.filter(|r| r % 3 == 2 && random.chance(p::RING_ADDRESS)) {
        return format!("B{ring}");
    }
    if random.chance(p::DORMITORY) {
        // A works' dormitory lies in one district.
        return format!("W{}", case.district + DISTRICTS * random.below(p::DORMITORIES / DISTRICTS));
    }
    format!("N{id}")
}

/// When the record was written, the instrument had run, and the opinion was signed.
fn times(
    case: &mut Drawn,
    plants: &[Plant],
    writes_up: bool,
    written: &mut FxHashMap<(usize, Day), Minute>,
    random: &mut Random,
) {
    let own = |kind: Kind, day: Day| {
        plants.iter().find(|x| x.kind == kind && x.start <= day && x.appraisers.contains(&case.appraiser))
    };
    let minute = |day: Day, at: usize| day * DAY_MINUTES + at as Minute;
    if let Some(exam) = case.exam {
        let evening = own(Kind::Records, exam).is_some_and(|x| random.chance(x.size.min(0.95)))
            || writes_up && random.chance(0.8);
        case.trace.recorded = Some(if evening {
            let day = last_workday(exam);
            let n = written.entry((case.appraiser, day)).or_insert(0);
            *n += 1;
            minute(day, 19 * 60) + (*n - 1) * 7 + random.below(4) as Minute
        } else if random.chance(p::NEXT_DAY) {
            minute(workday_after(exam, 1), 510 + random.below(90))
        } else {
            minute(exam, (case.start + case.minutes) as usize + 5 + random.below(60))
        });
    }
    // Tests of blood and traces are made between acceptance and the day before issue.
    let tested = matches!(case.category, p::TOXICOLOGY | 2);
    if tested {
        let days = (case.issue - case.accept).max(1) as usize;
        let day = case.accept + random.below(days) as Day;
        let mut at = minute(day, 520 + random.below(300));
        if random.chance(p::INSTRUMENT_TYPOS) {
            at += (1 + random.below(30)) as Minute * DAY_MINUTES;
        }
        case.trace.instrument = Some(at);
    }
    // A late examination makes a late signature, whatever day the number says.
    let over = case.exam.map_or(0, |exam| minute(exam, (case.start + case.minutes) as usize + 30));
    let mut signed = minute(case.issue, 900 + random.below(120)).max(over);
    if let (Some(exam), Some(plant)) = (case.exam, own(Kind::Signed, case.accept))
        && random.chance(plant.size)
    {
        signed = minute(exam - 1, 540 + random.below(400)).max(minute(case.accept, 540)).min(minute(exam, 0));
    }
    case.trace.signed = Some(signed);
}

/// The month's last working day; the next month's if the day is it or later.
fn last_workday(day: Day) -> Day {
    let mut at = day + 1;
    // At most five weeks on.
    while !(is_workday(at) && civil(workday_after(at, 1)).1 != civil(at).1) {
        at += 1;
    }
    at
}
