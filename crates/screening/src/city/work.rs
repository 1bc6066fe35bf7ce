//! 办案: who examines when and where, what is found, charged, issued; and what misconduct changes of it.
//!
//! **Invariant:** without misconduct or a typing error no appraiser is in two places at once.

use rustc_hash::FxHashMap;

use super::flow::{is_workday, workday_after};
use super::misconduct::Kind;
use super::parameters as p;
use super::world::World;
use super::{Client, Drawn, Plan, Plant};
use crate::dates::{Day, month_end, weekday};
use crate::random::{Random, Weighted};

/// 08:30 and 17:00.
const OPENS: u32 = 510;
const CLOSES: u32 = 1020;

/// The plant of a kind at an institution that has begun by `date`.
fn active(plants: &[Plant], kind: Kind, institution: usize, date: Day) -> Option<&Plant> {
    plants.iter().find(|x| x.kind == kind && x.institution == institution && x.start <= date)
}

/// Acceptance, appraisers, place and time of examination.
pub fn examine(plan: &Plan, world: &World, plants: &[Plant], cases: &mut [Drawn], random: &mut Random) {
    let draws: Vec<Vec<Weighted>> = world
        .staff
        .iter()
        .map(|by| by.iter().map(|a| Weighted::new(a.iter().map(|a| world.appraisers[*a].productivity))).collect())
        .collect();
    let mut booked: FxHashMap<(usize, Day), u32> = FxHashMap::default();
    for case in cases.iter_mut() {
        if case.truth.is_none() && random.chance(p::REFUSED) {
            case.accepted = false;
            continue;
        }
        case.accept = workday_after(case.received, random.poisson(1.2));
        choose_appraisers(case, world, plants, &draws, random);
        case.at = near(world.institutions[case.institution].at, 0.05, random);
        let mean = p::CATEGORIES[case.category].minutes;
        if mean > 0.0 {
            let pace = if case.category == p::CLINICAL { world.appraisers[case.appraiser].pace } else { 1.0 };
            case.minutes = (random.gamma(7.0) / 7.0 * mean * pace).round().max(4.0) as u32;
            case.exam = Some(workday_after(case.accept, random.poisson(2.5)));
            place(case, world, plants, plan, random);
            book(case, &mut booked, plan, random);
        }
    }
}

fn near(at: (f64, f64), spread: f64, random: &mut Random) -> (f64, f64) {
    (at.0 + spread * random.normal(), at.1 + spread * random.normal())
}

fn choose_appraisers(case: &mut Drawn, world: &World, plants: &[Plant], draws: &[Vec<Weighted>], random: &mut Random) {
    let staff = &world.staff[case.institution][case.category];
    if !matches!(case.truth, Some((Kind::Ring, _))) {
        case.appraiser = staff[draws[case.institution][case.category].draw(random).unwrap_or(0)];
        if case.category == p::CLINICAL {
            let ghosts = plants
                .iter()
                .filter(|x| x.kind == Kind::Ghost && x.institution == case.institution && x.start <= case.received);
            for ghost in ghosts {
                if random.chance(0.2) {
                    case.appraiser = ghost.appraisers[0];
                }
            }
        }
    }
    // 挂名: signs as examiner of a case examined by nobody, or by somebody else.
    let signs = |x: &Plant| x.kind == Kind::Ghost && x.appraisers[0] == case.appraiser && x.start <= case.received;
    if let Some(ghost) =
        plants.iter().find(|x| signs(x)).filter(|_| case.category == p::CLINICAL && case.truth.is_none())
        && random.chance(ghost.size)
    {
        case.truth = Some((Kind::Ghost, None));
    }
    let others: Vec<usize> = staff.iter().copied().filter(|a| *a != case.appraiser).collect();
    case.second = if others.is_empty() {
        let colleagues: Vec<usize> = (0..world.appraisers.len())
            .filter(|a| world.appraisers[*a].institution == case.institution && *a != case.appraiser)
            .collect();
        *random.pick(&colleagues)
    } else {
        *random.pick(&others)
    };
}

/// Where it is examined, if not at home; a weekly place moves the day to its weekday.
fn place(case: &mut Drawn, world: &World, plants: &[Plant], plan: &Plan, random: &mut Random) {
    let institution = &world.institutions[case.institution];
    let police = matches!(case.client, Client::Police(..));
    let weekly = if case.category != p::CLINICAL || police || case.truth.is_some() {
        None
    } else if let Some(plant) =
        active(plants, Kind::Offsite, case.institution, case.received).filter(|x| random.chance(x.size))
    {
        case.truth = Some((Kind::Offsite, None));
        plant.place
    } else {
        institution.contract_site.filter(|_| random.chance(0.04 * plan.look_alikes))
    };
    if let Some((at, day)) = weekly {
        case.at = near(at, 0.15, random);
        case.exam = case.exam.map(|mut date| {
            while weekday(date) != day {
                date += 1;
            }
            workday_after(date, 0)
        });
    } else if random.chance(p::SCATTERED_VISITS) {
        let home = world.districts[random.below(world.districts.len())];
        case.at = near(home, 8.0, random);
    }
}

/// Finds room in the day of the appraiser; what was typed wrong or never happened needs none.
fn book(case: &mut Drawn, booked: &mut FxHashMap<(usize, Day), u32>, plan: &Plan, random: &mut Random) {
    if matches!(case.truth, Some((Kind::Ring, _))) && random.chance((0.4 * plan.strength).min(0.95)) {
        case.minutes = 4 + random.below(11) as u32;
    }
    if matches!(case.truth, Some((Kind::Ghost, _))) {
        case.start = OPENS + 1 + random.below(450) as u32;
        case.minutes = (random.gamma(6.5) / 6.5 * 16.5).round().max(4.0) as u32;
        return;
    }
    let Some(mut date) = case.exam else { return };
    loop {
        let end = booked.entry((case.appraiser, date)).or_insert(0);
        case.start = if *end == 0 { OPENS + random.below(6) as u32 } else { *end + 5 + random.below(6) as u32 };
        if *end == 0 || case.start + case.minutes <= CLOSES {
            *end = case.start + case.minutes;
            break;
        }
        date += 1;
        while !is_workday(date) {
            date += 1;
        }
    }
    case.exam = Some(date);
    if random.chance(p::CLOCK_TYPOS * plan.look_alikes) {
        case.start = OPENS + 1 + random.below(450) as u32;
    }
}

/// Findings, fees, days, and what came after.
pub fn find(plan: &Plan, world: &World, plants: &[Plant], cases: &mut [Drawn], random: &mut Random) {
    let injuries = Weighted::new(p::INJURIES.map(|i| i.1));
    for case in cases.iter_mut() {
        if case.category == p::CLINICAL {
            clinical(case, plan, world, &injuries, random);
        }
        if case.category == p::TOXICOLOGY {
            alcohol(case, plants, world, random);
        }
        charge(case, plan, world, plants, random);
        issue(case, world, plants, random);
        let category = &p::CATEGORIES[case.category];
        let ring = matches!(case.truth, Some((Kind::Ring, _)));
        let shifted = if ring { (1.0 + 2.2 * plan.strength, 0.6) } else { (1.0, p::OVERTURNED) };
        case.reappraised = random.chance(category.reappraised * shifted.0);
        case.overturned = case.reappraised && random.chance(shifted.1);
        case.complaint = random.chance(p::COMPLAINT * if ring { 2.0 } else { 1.0 });
    }
}

fn clinical(case: &mut Drawn, plan: &Plan, world: &World, injuries: &Weighted, random: &mut Random) {
    let injury = injuries.draw(random).unwrap_or(0);
    case.injury = Some(injury);
    case.age = (47.5 + 16.0 * random.normal()).round().clamp(6.0, 92.0) as u32;
    let appraiser = world.appraisers.get(case.appraiser).map_or(0.0, |a| a.leniency);
    let lawyer = case.lawyer.map_or(0.0, |l| world.lawyers[l].severity * plan.look_alikes.sqrt());
    case.latent = p::INJURIES[injury].2
        + p::LATENT_AGE * (f64::from(case.age) - 48.0) / 10.0
        + world.institutions[case.institution].leniency
        + appraiser
        + lawyer
        + p::LATENT_NOISE * random.normal();
    if matches!(case.truth, Some((Kind::Ring, _))) && random.chance(0.75) {
        case.latent += 0.8 * plan.strength;
    }
}

fn alcohol(case: &mut Drawn, plants: &[Plant], world: &World, random: &mut Random) {
    // Laboratories serve different populations.
    let shift = 0.15 * (world.institutions[case.institution].leniency / p::LENIENCY_INSTITUTION).clamp(-2.0, 2.0);
    let mut value = if random.chance(0.2) { 0.0 } else { (4.56 + shift + 0.72 * random.normal()).exp().min(450.0) };
    if (80.0..100.0).contains(&value)
        && let Some(plant) = active(plants, Kind::Heap, case.institution, case.received)
        && case.accepted
        && random.chance(plant.size)
    {
        value = random.between(72.0, 79.7);
        case.truth = Some((Kind::Heap, None));
    }
    case.bac = Some((value * 10.0).round() / 10.0);
}

fn charge(case: &mut Drawn, plan: &Plan, world: &World, plants: &[Plant], random: &mut Random) {
    let institution = &world.institutions[case.institution];
    let urgent = if random.chance(0.38) { random.between(0.08, 0.30) } else { 0.0 };
    let mut ratio = (institution.fee + 0.055 * random.normal() + urgent).exp();
    let kind = match case.client {
        Client::Court(_) => 0,
        Client::Insurer(_) => 1,
        Client::LawFirm(_) | Client::Firm(_) => 2,
        Client::Person => 3,
        Client::Police(..) => 4,
    };
    if institution.discount.contains(&kind) && random.chance((0.27 * plan.look_alikes).min(0.9)) {
        ratio *= 0.75;
    }
    if random.chance(p::LEGAL_AID) {
        ratio *= 0.5;
    }
    if let Some(plant) = active(plants, Kind::Dump, case.institution, case.received)
        && (1..=3).contains(&kind)
        && case.accepted
        && case.truth.is_none()
        && random.chance(0.4)
    {
        ratio *= plant.size * random.between(0.95, 1.05);
        case.truth = Some((Kind::Dump, None));
    }
    case.fee = (p::CATEGORIES[case.category].fee * ratio).round();
}

fn issue(case: &mut Drawn, world: &World, plants: &[Plant], random: &mut Random) {
    if !case.accepted {
        return;
    }
    let category = &p::CATEGORIES[case.category];
    let mut days =
        category.days * 1.2 * world.institutions[case.institution].speed * (category.days_sd * random.normal()).exp();
    if matches!(case.truth, Some((Kind::Ring, _))) {
        days *= 0.85;
    }
    if random.chance(p::SUSPENDED) {
        case.suspended = random.poisson(p::SUSPENDED_DAYS) as u32;
    }
    if let Some(plant) = active(plants, Kind::Delay, case.institution, case.received)
        && case.truth.is_none()
        && random.chance(plant.size)
    {
        days *= random.between(1.8, 3.2);
        if random.chance(0.54) {
            case.suspended = 10 + random.below(30) as u32;
        }
        case.truth = Some((Kind::Delay, None));
    }
    let least = case.exam.unwrap_or(case.accept) + 1;
    case.issue = workday_after(case.accept, days.round().max(1.0) as usize).max(workday_after(least, 0));
    // 月末集中签发: until the last working days of the month.
    let push = |date: Day, back: usize| {
        let mut end = month_end(date);
        let mut back = back;
        while !is_workday(end) || back > 0 {
            back -= usize::from(is_workday(end) && back > 0);
            end -= 1;
        }
        end.max(date)
    };
    case.number = i64::from(case.issue);
    let institution = &world.institutions[case.institution];
    if let Some(plant) = active(plants, Kind::Batch, case.institution, case.issue)
        && case.truth.is_none()
        && random.chance(plant.size)
    {
        let pushed = push(case.issue, random.below(3) / 2);
        // The number stays where it was: the opinion looks earlier than it is.
        case.number = if random.chance(0.6) { i64::from(case.issue) } else { i64::from(pushed) };
        case.issue = pushed;
        case.truth = Some((Kind::Batch, None));
    } else if random.chance(institution.month_end) {
        case.issue = push(case.issue, random.below(3) / 2);
        case.number = i64::from(case.issue);
    }
}

/// Opinion numbers by institution in order of issue, some of them wrong.
pub fn number(plan: &Plan, cases: &mut [Drawn], random: &mut Random) {
    let mut order: Vec<(usize, i64, u64, usize)> = cases
        .iter()
        .enumerate()
        .filter(|(_, c)| c.accepted)
        .map(|(i, c)| (c.institution, c.number, random.next_u64(), i))
        .collect();
    order.sort_unstable();
    let mut next = FxHashMap::default();
    for (institution, _, _, i) in order {
        let n = next.entry(institution).or_insert(0i64);
        *n += 1;
        let wrong = random.chance(p::NUMBER_NOISE * plan.look_alikes);
        cases[i].number = if wrong { (*n + random.below(7) as i64 - 3).max(1) } else { *n };
    }
}
