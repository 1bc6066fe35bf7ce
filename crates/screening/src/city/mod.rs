//! 模拟城市: a city's appraisal sector drawn from a seed, with planted misconduct and its honest look-alikes, to measure detectors with.
//!
//! No person, institution or case in it exists. The truth is written apart from the tables, so that no detector can read it by mistake.
//!
//! **Invariant:** the same plan and seed give the same bytes. Look-alikes are there in every city, the clean ones too.

mod extract;
mod flow;
mod misconduct;
pub mod parameters;
mod plan;
mod texts;
mod traces;
mod work;
mod world;
mod write;

pub use extract::extract;
pub use misconduct::{Kind, Plant};
pub use plan::Plan;
pub use write::{Format, Labels, Tables, tables, truth, write_folder};

use crate::dates::Day;
use crate::progress::{Stopped, Watcher, step};
use crate::random::Random;
use texts::Facts;
use traces::Trace;
use world::World;

/// One case as it is drawn; what it does not have is `None`.
#[derive(Debug, Clone)]
pub(crate) struct Drawn {
    pub received: Day,
    pub institution: usize,
    pub category: usize,
    pub client: Client,
    pub lawyer: Option<usize>,
    pub insurer: Option<usize>,
    pub district: usize,
    pub accepted: bool,
    pub accept: Day,
    pub exam: Option<Day>,
    pub start: u32,
    pub minutes: u32,
    pub at: (f64, f64),
    pub appraiser: usize,
    pub second: usize,
    pub issue: Day,
    pub number: i64,
    pub fee: f64,
    pub injury: Option<usize>,
    pub age: u32,
    /// Latent severity before the cut into grades.
    pub latent: f64,
    pub bac: Option<f64>,
    pub suspended: u32,
    pub reappraised: bool,
    pub overturned: bool,
    pub complaint: bool,
    pub text: Option<Facts>,
    /// Telephone, hospital, address, and the times of writing.
    pub trace: Trace,
    /// Planted misconduct and its ring.
    pub truth: Option<(Kind, Option<usize>)>,
}

/// Who entrusts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Client {
    Court(usize),
    Police(usize, usize),
    Insurer(usize),
    /// A law firm by its lawyer, if one is named.
    LawFirm(usize),
    /// Another law firm, without a lawyer in the table.
    Firm(usize),
    Person,
}

/// A whole city.
pub struct City {
    pub(crate) world: World,
    pub(crate) plants: Vec<Plant>,
    pub(crate) cases: Vec<Drawn>,
}

impl City {
    /// Draws the city of a plan.
    ///
    /// # Errors
    /// Only if the watcher wants no more.
    pub fn draw(plan: &Plan, watcher: &dyn Watcher) -> Result<Self, Stopped> {
        let seed = Random::new(plan.seed);
        let world = World::draw(plan, &mut seed.part(1));
        let plants = misconduct::choose(plan, &world, &mut seed.part(2));
        let mut cases = flow::demand(plan, &world, &plants, &mut seed.part(3));
        step(watcher, "city: work", 1, 4)?;
        work::examine(plan, &world, &plants, &mut cases, &mut seed.part(4));
        step(watcher, "city: findings", 2, 4)?;
        work::find(plan, &world, &plants, &mut cases, &mut seed.part(5));
        step(watcher, "city: texts", 3, 4)?;
        texts::write(&world, &plants, &mut cases, &mut seed.part(6));
        work::number(plan, &mut cases, &mut seed.part(7));
        traces::leave(plan, &world, &plants, &mut cases, &mut seed.part(8));
        step(watcher, "city: done", 4, 4)?;
        Ok(Self { world, plants, cases })
    }

    /// How many cases were received.
    pub fn len(&self) -> usize {
        self.cases.len()
    }

    /// A city without a case.
    pub fn is_empty(&self) -> bool {
        self.cases.is_empty()
    }

    /// What was planted.
    pub fn plants(&self) -> &[Plant] {
        &self.plants
    }
}
