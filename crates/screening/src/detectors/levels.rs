//! 水平比较: grades, turnaround and fees of one against what its cases let expect, with honest differences between peers allowed for.
//!
//! Each case is measured against the mean of its stratum (grade: injury and age; turnaround and fee: category and kind of client). The mean residual
//! is compared with that of the peers; how much honest peers differ is estimated from their bulk (additive random effects, Spiegelhalter 2005).
//!
//! **Invariant:** what is unlike the peers is a lead only beyond what the bulk of the peers differs among itself.

use super::{Entity, Evidence, EvidenceRow, Finding, Raw, adjust};
use crate::dates::weekdays_between;
use crate::progress::{Stopped, Watcher, step};
use crate::sector::{Case, NONE, Sector};
use crate::stats::funnel::{Point, funnel};
use crate::stats::special::ln_normal_upper;
use crate::stats::{case_mix, robust};

/// Cases that must be there to be judged.
const CASES_MIN: usize = 40;
/// Peers that must be there to know how honest ones differ.
const PEERS_MIN: usize = 8;
/// Residuals beyond so many robust spreads count as so many: one wild case is no level.
const WILD: f64 = 4.0;
/// Fees below this share of the tariff are legal aid, approved case by case.
const AID: f64 = 0.56;

/// What is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Grades,
    Turnaround,
    Fees,
}

/// Grades above what injury and age let expect, by appraiser and by institution.
///
/// # Errors
/// Only if the watcher wants no more.
pub fn grades(sector: &Sector, watcher: &dyn Watcher) -> Result<Vec<Finding>, Stopped> {
    judge(sector, Level::Grades, &[Entity::Appraiser, Entity::Institution], watcher)
}

/// Turnaround longer than category and kind of client let expect, by institution.
///
/// # Errors
/// Only if the watcher wants no more.
pub fn turnaround(sector: &Sector, watcher: &dyn Watcher) -> Result<Vec<Finding>, Stopped> {
    judge(sector, Level::Turnaround, &[Entity::Institution], watcher)
}

/// Fees over the tariff unlike the peers', both ways, by institution.
///
/// # Errors
/// Only if the watcher wants no more.
pub fn fees(sector: &Sector, watcher: &dyn Watcher) -> Result<Vec<Finding>, Stopped> {
    judge(sector, Level::Fees, &[Entity::Institution], watcher)
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Level::Grades => "grades",
            Level::Turnaround => "turnaround",
            Level::Fees => "fees",
        }
    }

    /// The value of a case and its stratum below `self.strata`; nothing if it does not count.
    fn value(self, sector: &Sector, case: &Case) -> Option<(f64, usize)> {
        let by_client = || case.category as usize * sector.client_types.len() + case.client_type as usize;
        match self {
            Level::Grades => {
                let injury = if case.injury == NONE { sector.injuries.len() } else { case.injury as usize };
                let band = if case.age.is_nan() { 9 } else { (case.age / 10.0).clamp(0.0, 8.0) as usize };
                case.severity.map(|s| (f64::from(s), injury * 10 + band))
            }
            Level::Turnaround => {
                let (from, to) = (case.accept_date?, case.issue_date?);
                Some((f64::from(weekdays_between(from, to).max(1)).ln(), by_client()))
            }
            Level::Fees => {
                let ratio = case.fee / case.fee_standard;
                (ratio.is_finite() && ratio >= AID).then(|| (ratio.ln(), by_client()))
            }
        }
    }

    fn strata(self, sector: &Sector) -> usize {
        match self {
            Level::Grades => (sector.injuries.len() + 1) * 10,
            _ => sector.categories.len() * sector.client_types.len(),
        }
    }

    fn sentence(self) -> (&'static str, &'static str) {
        match self {
            Level::Grades => (
                "%{cases}件的等级比同伤同龄案件平均高%{mean}级；同行之间通常相差%{spread}级。",
                "%{cases} cases are graded %{mean} grades above the same injuries at the same age; peers usually differ by %{spread}.",
            ),
            Level::Turnaround => (
                "%{cases}件的办理时间是同类案件的%{ratio}倍；同行之间通常相差%{percent}。",
                "%{cases} cases took %{ratio} times as long as the like cases of all; peers usually differ by %{percent}.",
            ),
            Level::Fees => (
                "%{cases}件的收费与标准之比是同类案件的%{ratio}倍；同行之间通常相差%{percent}。",
                "Fees over tariff of %{cases} cases are %{ratio} times those of the like cases of all; peers usually differ by %{percent}.",
            ),
        }
    }
}

/// Case by case its residual; NaN where it does not count. Wild ones are drawn in.
fn residuals(sector: &Sector, level: Level) -> Vec<f64> {
    let mut places = Vec::new();
    let (mut values, mut strata) = (Vec::new(), Vec::new());
    for (i, case) in sector.accepted() {
        if let Some((value, stratum)) = level.value(sector, case) {
            places.push(i);
            values.push(value);
            strata.push(stratum);
        }
    }
    let expected = case_mix::expected_by_stratum(&values, &strata, level.strata(sector), 5.0);
    let plain: Vec<f64> = values.iter().zip(&expected).map(|(v, e)| v - e).collect();
    let wild = WILD * robust::mad(&plain).max(0.05);
    let mut all = vec![f64::NAN; sector.cases.len()];
    places.iter().zip(&plain).for_each(|(i, r)| all[*i] = r.clamp(-wild, wild));
    all
}

fn judge(sector: &Sector, level: Level, entities: &[Entity], watcher: &dyn Watcher) -> Result<Vec<Finding>, Stopped> {
    step(watcher, level.name(), 0, entities.len())?;
    let residual = residuals(sector, level);
    let mut found = Vec::new();
    for (n, entity) in entities.iter().enumerate() {
        step(watcher, level.name(), n, entities.len())?;
        let many = if *entity == Entity::Appraiser { sector.appraiser_home.len() } else { sector.institutions.len() };
        let mut of: Vec<Vec<u32>> = vec![Vec::new(); many];
        for (i, case) in sector.accepted().filter(|(i, _)| !residual[*i].is_nan()) {
            let number = if *entity == Entity::Appraiser { case.appraiser1 } else { case.institution };
            if number != NONE {
                of[number as usize].push(i as u32);
            }
        }
        found.extend(adjust(level.name(), *entity, compare(level, &of, &residual)));
    }
    Ok(found)
}

/// Everybody with enough cases against the others.
fn compare(level: Level, of: &[Vec<u32>], residual: &[f64]) -> Vec<Raw> {
    let judged: Vec<usize> = (0..of.len()).filter(|i| of[*i].len() >= CASES_MIN).collect();
    if judged.len() < PEERS_MIN {
        return Vec::new();
    }
    let figures: Vec<(f64, f64)> = judged.iter().map(|i| mean_and_variance(&of[*i], residual)).collect();
    // The honest level is that of the median peer; a funnel around 1 with the residual mean as the excess.
    let centre = robust::median(&figures.iter().map(|f| f.0).collect::<Vec<_>>());
    let points: Vec<Point> = figures
        .iter()
        .map(|(mean, variance)| Point { observed: 1.0 + mean - centre, expected: 1.0, variance: *variance })
        .collect();
    let fitted = funnel(&points);
    let spread = fitted.tau2.sqrt();
    let (chinese, english) = level.sentence();
    judged
        .iter()
        .enumerate()
        .map(|(n, i)| {
            let (mean, z) = (figures[n].0 - centre, fitted.z[n]);
            // Fees are looked at both ways: undercutting and overcharging.
            let (strength, ln_p) = if level == Level::Fees {
                (z.abs(), (ln_normal_upper(z.abs()) + std::f64::consts::LN_2).min(0.0))
            } else {
                (z, ln_normal_upper(z))
            };
            let mut rows: Vec<EvidenceRow> = Vec::new();
            if strength > 2.0 {
                rows = of[*i]
                    .iter()
                    .map(|c| EvidenceRow { case: *c, other: None, numbers: vec![("above", residual[*c as usize])] })
                    .collect();
                let towards = if z < 0.0 { -1.0 } else { 1.0 };
                rows.sort_by(|a, b| {
                    (towards * b.numbers[0].1).total_cmp(&(towards * a.numbers[0].1)).then(a.case.cmp(&b.case))
                });
            }
            let slots = vec![
                ("cases", of[*i].len().to_string()),
                ("mean", format!("{mean:.2}")),
                ("spread", format!("{spread:.2}")),
                ("ratio", format!("{:.2}", mean.exp())),
                ("percent", super::evidence::percent(spread.exp() - 1.0, 1.0)),
            ];
            let evidence = Evidence::new(chinese, english, slots, rows);
            Raw { number: *i as u32, score: strength, ln_p, since: None, group: None, evidence }
        })
        .collect()
}

/// The mean residual, and the variance of that mean.
fn mean_and_variance(cases: &[u32], residual: &[f64]) -> (f64, f64) {
    let n = cases.len() as f64;
    let mean = cases.iter().map(|c| residual[*c as usize]).sum::<f64>() / n;
    let square = cases.iter().map(|c| (residual[*c as usize] - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, (square / n).max(1e-9))
}
