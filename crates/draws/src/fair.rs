//! The fairest lottery over panels that meet the quotas: leximin, by linear programs over panels made as they are needed.
//!
//! The smallest chance is as large as any lottery can make it; among those lotteries the next smallest is, and so on
//! (Flanigan and others, "Fair algorithms for selecting citizens' assemblies", Nature 596, 2021). Candidates that the quotas
//! cannot tell apart are handled as one kind, which loses nothing and makes the programs small.
//!
//! **Invariant:** every panel of the answer meets every quota, whatever the solver's arithmetic did: counts are whole numbers,
//! and [`Plan::faults`] looks at them again. What rounding can cost is a little fairness, never a quota.

use crate::kinds::Kinds;
use crate::plan::{Lottery, PARTS, Panel, Plan};
use microlp::{ComparisonOp, OptimizationDirection, Problem, Solution, Variable};
use std::collections::BTreeSet;
use std::fmt;

/// Below this a number of the linear program counts as nothing.
const NOTHING: f64 = 1e-7;
/// A new panel must promise this much more, or the lottery is as fair as it gets.
const GAIN: f64 = 1e-6;
/// Panels made in one search; the reference pool needs some hundreds.
const PANELS_MAX: usize = 6_000;

/// What [`fairest`] found.
#[derive(Clone, Debug, PartialEq)]
pub struct Fairness {
    pub lottery: Lottery,
    /// The smallest chance of any candidate.
    pub minimum: f64,
    /// No lottery has a larger smallest chance (up to 1e-6), and so on for the next smallest; false when the search ended at
    /// its limit.
    pub is_proven: bool,
    /// How many panels were made on the way.
    pub panels_made: usize,
}

/// Why there is no lottery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfair {
    /// No panel meets the quotas.
    NoPanel,
    /// The solver gave up.
    Solver(String),
}

impl fmt::Display for Unfair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPanel => write!(f, "no selection of the candidates meets all quotas"),
            Self::Solver(why) => write!(f, "the linear program was not solved: {why}"),
        }
    }
}

impl std::error::Error for Unfair {}

impl From<microlp::Error> for Unfair {
    fn from(error: microlp::Error) -> Self {
        match error {
            microlp::Error::Infeasible => Self::NoPanel,
            other => Self::Solver(other.to_string()),
        }
    }
}

/// Makes the fairest lottery for a plan whose lists have no fault ([`Plan::list_faults`]); its `lottery` is not looked at.
///
/// # Errors
/// Quotas that no panel meets, or a solver that failed.
pub fn fairest(plan: &Plan) -> Result<Fairness, Unfair> {
    let kinds = Kinds::of(plan);
    let sizes: Vec<f64> = (0..kinds.len()).map(|kind| kinds.members(kind).len() as f64).collect();
    let mut search = Search { plan, kinds: &kinds, sizes: &sizes, panels: Vec::new(), known: BTreeSet::new() };
    search.cover()?;
    let (floors, is_proven) = search.leximin()?;
    let lottery = search.shares(&floors)?;
    let minimum = crate::kinds::fairness(plan, &lottery).into_iter().fold(1.0, f64::min);
    Ok(Fairness { lottery, minimum, is_proven, panels_made: search.panels.len() })
}

struct Search<'a> {
    plan: &'a Plan,
    kinds: &'a Kinds,
    sizes: &'a [f64],
    /// Panels made so far: how many of each kind.
    panels: Vec<Vec<u32>>,
    known: BTreeSet<Vec<u32>>,
}

impl Search<'_> {
    /// First panels: for each kind one that has it, if there is one; a kind that sits in a panel already counts little.
    fn cover(&mut self) -> Result<(), Unfair> {
        let mut seen = vec![false; self.sizes.len()];
        loop {
            let worth: Vec<f64> = seen.iter().map(|seen| if *seen { 0.0 } else { 1.0 }).collect();
            let panel = self.best(&worth)?;
            let mut fresh = false;
            for (kind, many) in panel.iter().enumerate() {
                fresh |= *many > 0 && !seen[kind];
                seen[kind] |= *many > 0;
            }
            if self.known.insert(panel.clone()) {
                self.panels.push(panel);
            }
            if !fresh {
                return Ok(());
            }
        }
    }

    /// The panel that meets the quotas and is worth most.
    fn best(&self, worth: &[f64]) -> Result<Vec<u32>, Unfair> {
        let mut problem = Problem::new(OptimizationDirection::Maximize);
        let most = |kind: usize| i32::try_from(self.kinds.members(kind).len().min(self.plan.seats as usize));
        let counts: Vec<Variable> = worth
            .iter()
            .enumerate()
            .map(|(kind, worth)| problem.add_integer_var(*worth, (0, most(kind).unwrap_or(i32::MAX))))
            .collect();
        let all: Vec<(Variable, f64)> = counts.iter().map(|one| (*one, 1.0)).collect();
        problem.add_constraint(&all[..], ComparisonOp::Eq, f64::from(self.plan.seats));
        for quota in &self.plan.quotas {
            let of_it = all.iter().enumerate().filter(|(kind, _)| self.kinds.has(*kind, &quota.feature, &quota.value));
            let row: Vec<(Variable, f64)> = of_it.map(|(_, one)| *one).collect();
            if row.is_empty() {
                if quota.min > 0 {
                    return Err(Unfair::NoPanel);
                }
                continue;
            }
            if quota.min > 0 {
                problem.add_constraint(&row[..], ComparisonOp::Ge, f64::from(quota.min));
            }
            if quota.max < self.plan.seats {
                problem.add_constraint(&row[..], ComparisonOp::Le, f64::from(quota.max));
            }
        }
        let solution = solved(problem.solve()?)?;
        Ok(counts.iter().map(|one| solution.var_value(*one).round().max(0.0) as u32).collect())
    }

    /// The chance below which each kind need not fall, in the fairest lottery; and whether that is proven.
    ///
    /// The dual program: prices of the kinds, such that no panel known so far costs more than the cap. A panel that costs
    /// more is made by [`Search::best`] and added; if there is none, the smallest chance is found, and the kinds with a price
    /// are those that cannot have more.
    fn leximin(&mut self) -> Result<(Vec<f64>, bool), Unfair> {
        let mut floors: Vec<Option<f64>> = vec![None; self.sizes.len()];
        while floors.iter().any(Option::is_none) {
            let mut problem = Problem::new(OptimizationDirection::Minimize);
            let prices: Vec<Variable> =
                floors.iter().map(|floor| problem.add_var(-floor.unwrap_or(0.0), (0.0, f64::INFINITY))).collect();
            let cap = problem.add_var(1.0, (0.0, f64::INFINITY));
            let open: Vec<(Variable, f64)> =
                prices.iter().zip(&floors).filter(|(_, floor)| floor.is_none()).map(|(one, _)| (*one, 1.0)).collect();
            problem.add_constraint(&open[..], ComparisonOp::Eq, 1.0);
            for panel in &self.panels {
                problem.add_constraint(&self.row(panel, &prices, cap)[..], ComparisonOp::Le, 0.0);
            }
            let mut solution = solved(problem.solve()?)?;
            loop {
                let price: Vec<f64> = prices.iter().map(|one| solution.var_value(*one)).collect();
                let worth: Vec<f64> =
                    price.iter().zip(self.sizes).map(|(price, size)| price / (size * self.scale())).collect();
                let panel = self.best(&worth)?;
                let cost: f64 = panel.iter().zip(&worth).map(|(many, worth)| f64::from(*many) * worth).sum();
                if cost <= solution.var_value(cap) + GAIN || self.known.contains(&panel) {
                    let floor = solution.objective().max(0.0);
                    settle(&mut floors, &price, floor);
                    break;
                }
                if self.panels.len() >= PANELS_MAX {
                    let floor = solution.objective().max(0.0);
                    return Ok((floors.into_iter().map(|one| one.unwrap_or(floor)).collect(), false));
                }
                let row = self.row(&panel, &prices, cap);
                self.known.insert(panel.clone());
                self.panels.push(panel);
                solution = solved(solution.add_constraint(&row[..], ComparisonOp::Le, 0.0)?)?;
            }
        }
        Ok((floors.into_iter().map(|one| one.unwrap_or(0.0)).collect(), true))
    }

    /// The mean chance: all chances in the programs are multiples of it, so that the solver's tolerances are far below them.
    fn scale(&self) -> f64 {
        f64::from(self.plan.seats) / self.sizes.iter().sum::<f64>()
    }

    fn row(&self, panel: &[u32], prices: &[Variable], cap: Variable) -> Vec<(Variable, f64)> {
        let cost = |kind: usize| f64::from(panel[kind]) / (self.sizes[kind] * self.scale());
        let priced = (0..panel.len()).filter(|kind| panel[*kind] > 0).map(|kind| (prices[kind], cost(kind)));
        priced.chain([(cap, -1.0)]).collect()
    }

    /// The shares of the panels that give every kind its chance, as whole parts.
    fn shares(&self, floors: &[f64]) -> Result<Lottery, Unfair> {
        let mut problem = Problem::new(OptimizationDirection::Minimize);
        let shares: Vec<Variable> = self.panels.iter().map(|_| problem.add_var(0.0, (0.0, f64::INFINITY))).collect();
        let short = problem.add_var(1.0, (0.0, f64::INFINITY));
        let all: Vec<(Variable, f64)> = shares.iter().map(|one| (*one, 1.0)).collect();
        problem.add_constraint(&all[..], ComparisonOp::Eq, 1.0);
        for (kind, floor) in floors.iter().enumerate() {
            let with = self.panels.iter().zip(&shares).filter(|(panel, _)| panel[kind] > 0);
            let per = self.sizes[kind] * self.scale();
            let mut row: Vec<(Variable, f64)> = with.map(|(panel, one)| (*one, f64::from(panel[kind]) / per)).collect();
            row.push((short, 1.0));
            problem.add_constraint(&row[..], ComparisonOp::Ge, *floor);
        }
        let solution = solved(problem.solve()?)?;
        let values: Vec<f64> = shares.iter().map(|one| solution.var_value(*one).max(0.0)).collect();
        Ok(Lottery { panels: self.whole(&values) })
    }

    /// Shares as whole parts that add up: rounded down, and what is left goes to the largest.
    fn whole(&self, shares: &[f64]) -> Vec<Panel> {
        let sum: f64 = shares.iter().sum();
        let part = |share: f64| (share / sum * PARTS as f64).floor().clamp(0.0, PARTS as f64) as u64;
        let mut panels: Vec<Panel> = self
            .panels
            .iter()
            .zip(shares)
            .filter(|(_, share)| part(**share) > 0)
            .map(|(counts, share)| {
                let kinds = counts.iter().enumerate().filter(|(_, many)| **many > 0).map(|(kind, many)| (kind, *many));
                Panel { parts: part(*share), kinds: kinds.collect() }
            })
            .collect();
        // The order is part of the plan: the likeliest first, equals by their kinds.
        panels.sort_by(|one, other| other.parts.cmp(&one.parts).then_with(|| one.kinds.cmp(&other.kinds)));
        let given = panels.iter().fold(0_u64, |sum, panel| sum.saturating_add(panel.parts));
        if let Some(panel) = panels.first_mut() {
            panel.parts = (panel.parts + PARTS).saturating_sub(given);
        }
        panels
    }
}

/// Kinds that have a price cannot have more than this; if arithmetic hid them all, the dearest is settled, so that the
/// search ends.
fn settle(floors: &mut [Option<f64>], price: &[f64], floor: f64) {
    let open: Vec<usize> = (0..floors.len()).filter(|kind| floors[*kind].is_none()).collect();
    let dearest = open.iter().copied().max_by(|one, other| price[*one].total_cmp(&price[*other]));
    for kind in open {
        if price[kind] > NOTHING || Some(kind) == dearest {
            floors[kind] = Some(floor);
        }
    }
}

fn solved(outcome: microlp::SolveOutcome) -> Result<Solution, Unfair> {
    outcome.into_solution().map_err(|_| Unfair::Solver("it stopped before it had an answer".to_owned()))
}
