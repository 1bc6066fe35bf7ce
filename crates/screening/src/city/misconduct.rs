//! 植入的违规: ten kinds, who does it and since when.
//!
//! **Invariant:** no appraiser is planted twice; a start leaves a hundred days before it, and a good part of the time after it.

use super::Plan;
use super::parameters as p;
use super::world::{World, far_place};
use crate::dates::{Day, day};
use crate::random::Random;

/// A kind of misconduct, and the detector that looks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Ring,
    Copy,
    Ghost,
    Offsite,
    Dump,
    Delay,
    Batch,
    Heap,
    /// Records written up in one evening.
    Records,
    /// Signed before the instrument ran.
    Signed,
}

impl Kind {
    pub const ALL: [Kind; 10] = [
        Kind::Ring,
        Kind::Copy,
        Kind::Ghost,
        Kind::Offsite,
        Kind::Dump,
        Kind::Delay,
        Kind::Batch,
        Kind::Heap,
        // The youngest last: what was planted before is drawn as before.
        Kind::Records,
        Kind::Signed,
    ];

    /// As tables and commands write it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Ring => "ring",
            Kind::Copy => "copy",
            Kind::Ghost => "ghost",
            Kind::Offsite => "offsite",
            Kind::Dump => "dump",
            Kind::Delay => "delay",
            Kind::Batch => "batch",
            Kind::Heap => "heap",
            Kind::Records => "records",
            Kind::Signed => "signed",
        }
    }

    /// The kind of a name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.name() == name)
    }

    /// How many a city of sixty institutions gets unless told otherwise.
    pub fn usual_count(self) -> usize {
        match self {
            Kind::Ring => 12,
            Kind::Copy => 9,
            Kind::Ghost => 8,
            Kind::Heap => 2,
            Kind::Records | Kind::Signed => 6,
            _ => 3,
        }
    }
}

/// One planted misconduct.
#[derive(Debug, Clone)]
pub struct Plant {
    pub kind: Kind,
    pub start: Day,
    pub institution: usize,
    pub appraisers: Vec<usize>,
    pub lawyers: Vec<usize>,
    /// Number of the ring.
    pub ring: Option<usize>,
    /// What the kind needs: cases a year of a ring; share moved, pushed, parked; factor of the fee.
    pub size: f64,
    /// The far place and its weekday.
    pub place: Option<((f64, f64), usize)>,
}

/// Chooses who does what.
pub fn choose(plan: &Plan, world: &World, random: &mut Random) -> Vec<Plant> {
    let mut plants = Vec::new();
    let mut taken = vec![false; world.appraisers.len()];
    let mut lawyers: Vec<usize> = (0..world.lawyers.len()).collect();
    random.shuffle(&mut lawyers);
    let first = day(plan.from_year, 1, 1);
    let days = f64::from(plan.years) * 365.25;
    for kind in Kind::ALL {
        let mut hosts = hosts(kind, world);
        random.shuffle(&mut hosts);
        for (n, host) in hosts.into_iter().take(plan.count(kind)).enumerate() {
            let start = first + random.between(100.0_f64.min(days * 0.3), days * 0.63) as Day;
            let mut plant = Plant {
                kind,
                start,
                institution: host,
                appraisers: vec![],
                lawyers: vec![],
                ring: None,
                size: 0.0,
                place: None,
            };
            match kind {
                Kind::Ring => ring(&mut plant, n, world, &mut taken, &mut lawyers, random),
                Kind::Copy | Kind::Ghost | Kind::Records | Kind::Signed => {
                    let free: Vec<usize> =
                        world.staff[host][p::CLINICAL].iter().copied().filter(|a| !taken[*a]).collect();
                    if free.is_empty() {
                        continue;
                    }
                    let a = *random.pick(&free);
                    taken[a] = true;
                    plant.appraisers.push(a);
                    let share = match kind {
                        Kind::Copy => 0.35,
                        Kind::Records => 0.85,
                        _ => 0.15,
                    };
                    plant.size = share * plan.strength;
                }
                Kind::Offsite => {
                    plant.place = Some((far_place(world.institutions[host].at, random), random.below(5)));
                    plant.size = random.between(0.05, 0.14) * plan.strength;
                }
                Kind::Dump => plant.size = 1.0 - random.between(0.22, 0.38) * plan.strength.min(2.0),
                Kind::Delay => plant.size = 0.12 * plan.strength,
                Kind::Batch => plant.size = 0.10 * plan.strength,
                Kind::Heap => plant.size = (0.22 * plan.strength).min(0.9),
            }
            if kind != Kind::Ring || !plant.appraisers.is_empty() {
                plants.push(plant);
            }
        }
    }
    plants
}

fn ring(plant: &mut Plant, n: usize, world: &World, taken: &mut [bool], lawyers: &mut Vec<usize>, random: &mut Random) {
    plant.ring = Some(n);
    plant.size = random.between(20.0, 60.0);
    let mut free: Vec<usize> =
        world.staff[plant.institution][p::CLINICAL].iter().copied().filter(|a| !taken[*a]).collect();
    random.shuffle(&mut free);
    free.truncate(1 + random.below(3));
    free.iter().for_each(|a| taken[*a] = true);
    plant.appraisers = free;
    let many = 2 + random.below(4);
    plant.lawyers = lawyers.split_off(lawyers.len().saturating_sub(many));
}

/// The institutions where a kind can happen, each at most once a kind; copy and ghost as often as there are clinical appraisers.
fn hosts(kind: Kind, world: &World) -> Vec<usize> {
    let clinical = &world.offering[p::CLINICAL];
    match kind {
        Kind::Copy | Kind::Ghost | Kind::Records | Kind::Signed => clinical
            .iter()
            .flat_map(|i| world.staff[*i][p::CLINICAL].iter().map(|_| *i))
            .filter(|i| world.staff[*i][p::CLINICAL].len() > 2)
            .collect(),
        Kind::Ring => clinical.iter().copied().filter(|i| world.staff[*i][p::CLINICAL].len() >= 2).collect(),
        Kind::Heap => world.offering[p::TOXICOLOGY].clone(),
        Kind::Offsite | Kind::Dump => clinical.clone(),
        Kind::Delay | Kind::Batch => (0..world.institutions.len()).collect(),
    }
}
