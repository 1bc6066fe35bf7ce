//! 城市的设定: what the caller chooses: size, years, seed, misconduct, its strength and that of its look-alikes.
//!
//! **Invariant:** a plan that passed [`Plan::check`] draws a city without a fault.

use super::Kind;

/// What to draw.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub institutions: usize,
    pub appraisers: usize,
    pub years: u32,
    /// In the first year; it grows from there.
    pub cases_per_year: usize,
    pub lawyers: usize,
    pub seed: u64,
    /// The first year.
    pub from_year: i32,
    /// How many actors or rings of each kind.
    pub misconduct: Vec<(Kind, usize)>,
    /// 1 is the strength of the table of parameters; 0.5 half the shift.
    pub strength: f64,
    /// 1 is the look-alikes of the table; 1.5 is half as many more, and stronger.
    pub look_alikes: f64,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            institutions: 60,
            appraisers: 900,
            years: 2,
            cases_per_year: 110_000,
            lawyers: 2_500,
            seed: 1,
            from_year: 2024,
            misconduct: Kind::ALL.iter().map(|k| (*k, k.usual_count())).collect(),
            strength: 1.0,
            look_alikes: 1.0,
        }
    }
}

impl Plan {
    /// The same city with nothing planted; its look-alikes stay.
    pub fn clean(mut self) -> Self {
        self.misconduct.clear();
        self
    }

    /// How many of a kind.
    pub fn count(&self, kind: Kind) -> usize {
        self.misconduct.iter().find(|m| m.0 == kind).map_or(0, |m| m.1)
    }

    /// What is wrong with the plan, if anything.
    pub fn check(&self) -> Result<(), String> {
        let limits = [
            ("institutions", self.institutions, 5, 5_000),
            ("appraisers", self.appraisers, 15, 100_000),
            ("years", self.years as usize, 1, 20),
            ("cases-per-year", self.cases_per_year, 1_000, 5_000_000),
            ("lawyers", self.lawyers, 50, 200_000),
        ];
        for (name, value, low, high) in limits {
            if !(low..=high).contains(&value) {
                return Err(format!("{name} must be {low} to {high}, and is {value}"));
            }
        }
        if self.appraisers < self.institutions * 3 {
            return Err(format!(
                "an institution has three appraisers at least: {} institutions need {}",
                self.institutions,
                self.institutions * 3
            ));
        }
        for (name, value) in [("strength", self.strength), ("look-alikes", self.look_alikes)] {
            if !(0.0..=5.0).contains(&value) {
                return Err(format!("{name} must be 0 to 5, and is {value}"));
            }
        }
        if !(1950..2150).contains(&self.from_year) {
            return Err(format!("from-year must be 1950 to 2149, and is {}", self.from_year));
        }
        Ok(())
    }
}
