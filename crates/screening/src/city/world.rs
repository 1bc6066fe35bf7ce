//! 城市里的人和机构: districts, institutions, appraisers, lawyers, who goes to whom.
//!
//! **Invariant:** every category is offered by one institution at least, by one appraiser there at least.

use super::Plan;
use super::parameters as p;
use crate::random::{Random, Weighted};

pub const DISTRICTS: usize = 16;
pub const INSURERS: usize = 18;
pub const POLICE_UNITS: usize = 3;
pub const FIRMS: usize = 400;

pub struct Institution {
    pub district: usize,
    pub at: (f64, f64),
    pub founder: usize,
    pub categories: Vec<usize>,
    pub size: f64,
    pub leniency: f64,
    /// Factor on working days.
    pub speed: f64,
    pub fee: f64,
    /// 定点合同: a registered weekly site: place, weekday.
    pub contract_site: Option<((f64, f64), usize)>,
    /// 公示优惠: client kinds that get a published discount.
    pub discount: Vec<usize>,
    /// Pushes signing to the month's end, always did.
    pub month_end: f64,
    /// How its opinions begin and end.
    pub style: usize,
}

pub struct Appraiser {
    pub institution: usize,
    pub categories: Vec<usize>,
    pub productivity: f64,
    pub leniency: f64,
    pub pace: f64,
    pub template: bool,
    pub style: u64,
}

pub struct Lawyer {
    pub severity: f64,
    /// Habit over the clinical institutions.
    pub habit: Weighted,
}

pub struct World {
    pub districts: Vec<(f64, f64)>,
    pub population: Weighted,
    pub institutions: Vec<Institution>,
    pub appraisers: Vec<Appraiser>,
    pub lawyers: Vec<Lawyer>,
    pub lawyer_volume: Weighted,
    /// Institutions offering each category.
    pub offering: Vec<Vec<usize>>,
    /// Appraisers of institution × category.
    pub staff: Vec<Vec<Vec<usize>>>,
    /// Contract institutions of police unit × category: first and second.
    pub contracts: Vec<Vec<(usize, usize)>>,
    pub insurer_habit: Vec<Weighted>,
}

impl World {
    pub fn draw(plan: &Plan, random: &mut Random) -> Self {
        let districts: Vec<_> =
            (0..DISTRICTS).map(|_| (random.between(8.0, 90.0), random.between(2.0, 70.0))).collect();
        let people: Vec<f64> = (0..DISTRICTS).map(|_| 0.3 + random.gamma(2.5)).collect();
        let population = Weighted::new(people.iter().copied());
        let mut institutions: Vec<_> =
            (0..plan.institutions).map(|_| institution(&districts, &population, random)).collect();
        offer_all(&mut institutions, random);
        look_alikes(plan, &mut institutions, random);
        let appraisers = appraisers(plan, &institutions, random);
        let offering: Vec<Vec<usize>> = (0..p::CATEGORIES.len())
            .map(|c| (0..institutions.len()).filter(|i| institutions[*i].categories.contains(&c)).collect())
            .collect();
        let mut staff = vec![vec![Vec::new(); p::CATEGORIES.len()]; institutions.len()];
        for (a, appraiser) in appraisers.iter().enumerate() {
            for c in &appraiser.categories {
                staff[appraiser.institution][*c].push(a);
            }
        }
        let mut world = Self {
            districts,
            population,
            institutions,
            appraisers,
            lawyers: Vec::new(),
            lawyer_volume: Weighted::new([]),
            offering,
            staff,
            contracts: Vec::new(),
            insurer_habit: Vec::new(),
        };
        world.habits(plan, random);
        world
    }

    fn habits(&mut self, plan: &Plan, random: &mut Random) {
        let mut volumes = Vec::new();
        for _ in 0..plan.lawyers {
            let home = self.districts[self.population.draw(random).unwrap_or(0)];
            let habit = self.dirichlet(p::CLINICAL, home, 25.0, p::HABIT, random);
            volumes.push((1.0 - random.unit()).powf(-1.0 / p::LAWYER_PARETO).min(700.0));
            self.lawyers.push(Lawyer { severity: p::SEVERITY_LAWYER * random.normal(), habit });
        }
        self.lawyer_volume = Weighted::new(volumes);
        for _ in 0..INSURERS {
            let habit = self.dirichlet(p::CLINICAL, (50.0, 35.0), 60.0, 6.0, random);
            self.insurer_habit.push(habit);
        }
        for unit in 0..DISTRICTS * POLICE_UNITS {
            let home = self.districts[unit / POLICE_UNITS];
            let of_unit = (0..p::CATEGORIES.len())
                .map(|c| {
                    let near = Weighted::new(self.offering[c].iter().map(|i| self.attraction(*i, home, 20.0)));
                    let first = near.draw(random).unwrap_or(0);
                    let second = near.draw(random).unwrap_or(first);
                    (self.offering[c][first], self.offering[c][second])
                })
                .collect();
            self.contracts.push(of_unit);
        }
    }

    /// Size over distance: who is big and near is chosen.
    pub fn attraction(&self, institution: usize, from: (f64, f64), reach: f64) -> f64 {
        let i = &self.institutions[institution];
        i.size * (-(i.at.0 - from.0).hypot(i.at.1 - from.1) / reach).exp()
    }

    /// Habits over the institutions of a category: Dirichlet around attraction. Indices are those of `offering`.
    fn dirichlet(&self, category: usize, home: (f64, f64), reach: f64, weight: f64, random: &mut Random) -> Weighted {
        let base: Vec<f64> = self.offering[category].iter().map(|i| self.attraction(*i, home, reach)).collect();
        let sum: f64 = base.iter().sum();
        Weighted::new(base.iter().map(|b| random.gamma((weight * b / sum).max(1e-3))).collect::<Vec<_>>())
    }
}

fn institution(districts: &[(f64, f64)], population: &Weighted, random: &mut Random) -> Institution {
    let district = population.draw(random).unwrap_or(0);
    let at = (districts[district].0 + 1.8 * random.normal(), districts[district].1 + 1.8 * random.normal());
    let founder = Weighted::new(p::FOUNDERS.map(|f| f.1)).draw(random).unwrap_or(3);
    let mut categories: Vec<usize> =
        (0..p::CATEGORIES.len()).filter(|c| random.chance(p::CATEGORIES[*c].offered)).collect();
    if categories.is_empty() {
        categories.push(p::CLINICAL);
    }
    let university = if founder == 0 { 1.15 } else { 1.0 };
    Institution {
        district,
        at,
        founder,
        categories,
        size: (p::SIZE_SD * random.normal()).exp(),
        leniency: p::LENIENCY_INSTITUTION * random.normal(),
        speed: university * (p::SPEED_SD * random.normal()).exp(),
        fee: p::FEE_SD * random.normal(),
        contract_site: None,
        discount: Vec::new(),
        month_end: 0.0,
        style: random.below(5),
    }
}

/// A category nobody drew is given to two institutions.
fn offer_all(institutions: &mut [Institution], random: &mut Random) {
    for c in 0..p::CATEGORIES.len() {
        let have = institutions.iter().filter(|i| i.categories.contains(&c)).count();
        for _ in have..2 {
            let i = random.below(institutions.len());
            if !institutions[i].categories.contains(&c) {
                institutions[i].categories.push(c);
                institutions[i].categories.sort_unstable();
            }
        }
    }
}

fn look_alikes(plan: &Plan, institutions: &mut [Institution], random: &mut Random) {
    let many = |usual: f64| (usual * plan.look_alikes * institutions.len() as f64 / 60.0).round() as usize;
    let (sites, discounters, slow, month_end) =
        (many(p::CONTRACT_SITES), many(p::DISCOUNTERS), many(p::SLOW), many(p::MONTH_END));
    let clinical: Vec<usize> =
        (0..institutions.len()).filter(|i| institutions[*i].categories.contains(&p::CLINICAL)).collect();
    for _ in 0..sites.min(clinical.len()) {
        let i = *random.pick(&clinical);
        let place = far_place(institutions[i].at, random);
        institutions[i].contract_site = Some((place, random.below(5)));
    }
    for _ in 0..discounters {
        let i = random.below(institutions.len());
        let first = random.below(5);
        institutions[i].discount = vec![first, (first + 1 + random.below(4)) % 5];
    }
    for _ in 0..slow {
        let i = random.below(institutions.len());
        institutions[i].speed *= random.between(1.15, 1.15 + 0.2 * plan.look_alikes);
    }
    for _ in 0..month_end {
        let i = random.below(institutions.len());
        institutions[i].month_end = random.between(0.05, 0.05 + 0.04 * plan.look_alikes);
    }
}

/// A place 35 to 75 km away.
pub fn far_place(from: (f64, f64), random: &mut Random) -> (f64, f64) {
    let (angle, far) = (random.between(0.0, std::f64::consts::TAU), random.between(35.0, 70.0));
    (from.0 + far * angle.cos(), from.1 + far * angle.sin())
}

fn appraisers(plan: &Plan, institutions: &[Institution], random: &mut Random) -> Vec<Appraiser> {
    let weight: Vec<f64> = institutions.iter().map(|i| i.size.powf(p::APPRAISERS_POWER)).collect();
    let sum: f64 = weight.iter().sum();
    let spare = plan.appraisers - 3 * institutions.len();
    let mut many: Vec<usize> = weight.iter().map(|w| 3 + (w / sum * spare as f64) as usize).collect();
    let rest = plan.appraisers - many.iter().sum::<usize>();
    let draw = Weighted::new(weight);
    for _ in 0..rest {
        many[draw.draw(random).unwrap_or(0)] += 1;
    }
    let mut all = Vec::new();
    for (i, many) in many.iter().enumerate() {
        let offers = &institutions[i].categories;
        let by_work = Weighted::new(
            offers.iter().map(|c| p::CATEGORIES[*c].share * if *c == p::CLINICAL { 1.0 } else { 0.5 } + 0.03),
        );
        for n in 0..*many {
            // The first of each category make sure that somebody can do it.
            let mut categories =
                vec![if n < offers.len() { offers[n] } else { offers[by_work.draw(random).unwrap_or(0)] }];
            if n + 1 == *many && *many < offers.len() {
                categories.extend(offers[*many..].iter().copied());
            } else if random.chance(0.05) {
                let other = *random.pick(offers);
                if !categories.contains(&other) {
                    categories.push(other);
                }
            }
            all.push(Appraiser {
                institution: i,
                categories,
                productivity: (p::PRODUCTIVITY_SD * random.normal()).exp(),
                leniency: p::LENIENCY_APPRAISER * plan.look_alikes.sqrt() * random.normal(),
                pace: if random.chance(p::FAST_SHARE * plan.look_alikes) {
                    p::FAST_FACTOR
                } else {
                    (0.07 * random.normal()).exp()
                },
                template: random.chance(p::TEMPLATE_SHARE * plan.look_alikes),
                style: random.next_u64(),
            });
        }
    }
    all
}
