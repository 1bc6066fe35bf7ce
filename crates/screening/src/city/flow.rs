//! 案件来源: every day's demand, and to whom it goes.
//!
//! **Invariant:** cases are in order of the day received; the hundred thousandth is drawn like the first.

use super::misconduct::Kind;
use super::parameters as p;
use super::world::{DISTRICTS, FIRMS, INSURERS, POLICE_UNITS, World};
use super::{Client, Drawn, Plan, Plant};
use crate::dates::{Day, civil, day, weekday};
use crate::random::{Random, Weighted};

/// First days of Spring Festival (lunar new year's day), 2020–2032; other years: 5 February.
const SPRING: [(i32, u32, u32); 13] = [
    (2020, 1, 25),
    (2021, 2, 12),
    (2022, 2, 1),
    (2023, 1, 22),
    (2024, 2, 10),
    (2025, 1, 29),
    (2026, 2, 17),
    (2027, 2, 6),
    (2028, 1, 26),
    (2029, 2, 13),
    (2030, 2, 3),
    (2031, 1, 23),
    (2032, 2, 11),
];

/// A public holiday, roughly: make-up working days are left out.
pub fn is_holiday(date: Day) -> bool {
    let (y, m, d) = civil(date);
    let (month, first) = SPRING.iter().find(|s| s.0 == y).map_or((2, 5), |s| (s.1, s.2));
    let spring = day(y, month, first);
    let ordinary = matches!((m, d), (1, 1) | (4, 4..=6) | (5, 1..=5) | (10, 1..=7));
    ordinary || (spring - 1..spring + 7).contains(&date)
}

pub fn is_workday(date: Day) -> bool {
    weekday(date) < 5 && !is_holiday(date)
}

/// The `n`-th working day after `date`; the next working day at or after it for 0.
pub fn workday_after(date: Day, n: usize) -> Day {
    let mut at = date;
    while !is_workday(at) {
        at += 1;
    }
    for _ in 0..n {
        at += 1;
        while !is_workday(at) {
            at += 1;
        }
    }
    at
}

/// Draws all cases of the plan up to the choice of institution.
pub fn demand(plan: &Plan, world: &World, plants: &[Plant], random: &mut Random) -> Vec<Drawn> {
    let first = day(plan.from_year, 1, 1);
    let last = day(plan.from_year + plan.years as i32, 1, 1);
    let categories = Weighted::new(p::CATEGORIES.map(|c| c.share));
    let week: f64 = p::WEEKDAYS.iter().sum::<f64>() / 7.0;
    let per_day = plan.cases_per_year as f64 / 365.25 / week / 0.975;
    let mut cases = Vec::with_capacity((plan.cases_per_year as f64 * f64::from(plan.years) * 1.1) as usize);
    for date in first..last {
        let growth = (1.0 + p::GROWTH).powf(f64::from(date - first) / 365.25);
        let holiday = if is_holiday(date) { p::HOLIDAY } else { 1.0 };
        let rate = per_day * p::WEEKDAYS[weekday(date)] * p::MONTHS[civil(date).1 as usize - 1] * growth * holiday;
        for _ in 0..random.poisson(rate) {
            cases.push(ordinary(date, world, plants, &categories, random));
        }
        for plant in plants.iter().filter(|x| x.kind == Kind::Ring && x.start <= date) {
            if weekday(date) < 5 {
                for _ in 0..random.poisson(plant.size / 250.0) {
                    cases.push(of_ring(date, plant, random));
                }
            }
        }
    }
    cases
}

fn blank(date: Day, category: usize, client: Client) -> Drawn {
    Drawn {
        received: date,
        institution: 0,
        category,
        client,
        lawyer: None,
        insurer: None,
        district: 0,
        accepted: true,
        accept: date,
        exam: None,
        start: 0,
        minutes: 0,
        at: (0.0, 0.0),
        appraiser: 0,
        second: 0,
        issue: date,
        number: 0,
        fee: 0.0,
        injury: None,
        age: 0,
        latent: 0.0,
        bac: None,
        suspended: 0,
        reappraised: false,
        overturned: false,
        complaint: false,
        text: None,
        trace: Default::default(),
        truth: None,
    }
}

fn ordinary(date: Day, world: &World, plants: &[Plant], categories: &Weighted, random: &mut Random) -> Drawn {
    let category = categories.draw(random).unwrap_or(0);
    let kind = Weighted::new(p::CATEGORIES[category].clients).draw(random).unwrap_or(4);
    let district = world.population.draw(random).unwrap_or(0);
    let client = match kind {
        0 => Client::Court(district),
        1 => Client::Insurer(random.below(INSURERS)),
        2 if category == p::CLINICAL => Client::LawFirm(world.lawyer_volume.draw(random).unwrap_or(0)),
        2 => Client::Firm(random.below(FIRMS)),
        3 => Client::Person,
        _ => Client::Police(district, random.below(POLICE_UNITS)),
    };
    let mut case = blank(date, category, client);
    case.district = district;
    if category == p::CLINICAL {
        case.lawyer = match client {
            Client::LawFirm(lawyer) => Some(lawyer),
            Client::Court(_) | Client::Person if random.chance(0.45) => world.lawyer_volume.draw(random),
            _ => None,
        };
        case.insurer = match client {
            Client::Insurer(i) => Some(i),
            _ => random.chance(0.62).then(|| random.below(INSURERS)),
        };
    }
    case.institution = institution(&case, world, random);
    // 低价揽案: whoever may choose is drawn away by a price.
    if matches!(client, Client::LawFirm(_) | Client::Firm(_) | Client::Insurer(_) | Client::Person) {
        for plant in plants.iter().filter(|x| x.kind == Kind::Dump && x.start <= date) {
            if world.institutions[plant.institution].categories.contains(&category)
                && random.chance(0.007 * (1.0 - plant.size) / 0.3)
            {
                case.institution = plant.institution;
            }
        }
    }
    case
}

/// Courts draw, the police have contracts, lawyers habits; persons go where it is near and big.
fn institution(case: &Drawn, world: &World, random: &mut Random) -> usize {
    let offering = &world.offering[case.category];
    if let (Some(lawyer), Client::LawFirm(_) | Client::Person) = (case.lawyer, case.client) {
        return offering[world.lawyers[lawyer].habit.draw(random).unwrap_or(0)];
    }
    match case.client {
        Client::Court(_) => *random.pick(offering),
        Client::Police(district, unit) => {
            let (first, second) = world.contracts[district * POLICE_UNITS + unit][case.category];
            if random.chance(0.75) { first } else { second }
        }
        Client::Insurer(i) if case.category == p::CLINICAL => {
            offering[world.insurer_habit[i].draw(random).unwrap_or(0)]
        }
        _ => {
            let home = world.districts[case.district];
            let draw = Weighted::new(offering.iter().map(|i| world.attraction(*i, home, 15.0) + 0.002));
            offering[draw.draw(random).unwrap_or(0)]
        }
    }
}

/// 中介团伙: a case the ring brings; three in ten do not name the lawyer.
fn of_ring(date: Day, plant: &Plant, random: &mut Random) -> Drawn {
    let lawyer = *random.pick(&plant.lawyers);
    let hidden = random.chance(0.3);
    let mut case = blank(date, p::CLINICAL, if hidden { Client::Person } else { Client::LawFirm(lawyer) });
    case.lawyer = (!hidden).then_some(lawyer);
    case.insurer = random.chance(0.6).then(|| random.below(INSURERS));
    case.district = random.below(DISTRICTS);
    case.institution = plant.institution;
    case.appraiser = *random.pick(&plant.appraisers);
    case.truth = Some((Kind::Ring, plant.ring));
    case
}
