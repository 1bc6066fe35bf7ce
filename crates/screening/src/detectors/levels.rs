//! 水平比较: grades, turnaround and fees of one against what its cases let expect, with honest differences between peers allowed for.
//!
//! Each case is measured against the mean of its stratum (grade: injury and age; turnaround and fee: category and kind of client). The mean residual
//! is compared with that of the peers; how much honest peers differ is estimated from their bulk (additive random effects, Spiegelhalter 2005).
//!
//! **Invariant:** what is unlike the peers is a lead only beyond what the bulk of the peers differs among itself, and only if it was not always so.

use super::{Entity, Evidence, EvidenceRow, Finding, Raw, adjust};
use crate::dates::{self, Day, weekdays_between};
use crate::progress::{Stopped, Watcher, step};
use crate::sector::{Case, NONE, Sector};
use crate::stats::funnel::{Point, funnel};
use crate::stats::special::ln_normal_upper;
use crate::stats::{case_mix, robust, special};

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
                "%{cases}件的等级比同伤同龄案件平均高%{mean}级，%{since}前为%{before}级，其后为%{after}级；同行之间通常相差%{spread}级。",
                "%{cases} cases are graded %{mean} grades above the same injuries at the same age: %{before} before %{since}, %{after} after; peers usually differ by %{spread}.",
            ),
            Level::Turnaround => (
                "%{cases}件的办理时间是同类案件的%{ratio}倍，%{since}前为%{before_ratio}倍，其后为%{after_ratio}倍；同行之间通常相差%{percent}。",
                "%{cases} cases took %{ratio} times as long as the like cases of all: %{before_ratio} before %{since}, %{after_ratio} after; peers usually differ by %{percent}.",
            ),
            Level::Fees => (
                "%{cases}件的收费与标准之比是同类案件的%{ratio}倍，%{since}前为%{before_ratio}倍，其后为%{after_ratio}倍；同行之间通常相差%{percent}。",
                "Fees over tariff of %{cases} cases are %{ratio} times those of the like cases of all: %{before_ratio} before %{since}, %{after_ratio} after; peers usually differ by %{percent}.",
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
    // What the whole city does in a quarter (a holiday, a new standard) is nobody's change.
    let quarter: Vec<usize> =
        places.iter().map(|i| (dates::month(sector.cases[*i].received).max(0) / 3) as usize).collect();
    let quarters = quarter.iter().max().map_or(0, |q| q + 1);
    let mut plain = plain;
    case_mix::take_out(&mut plain, &quarter, quarters, 1.0);
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
        found.extend(adjust(level.name(), *entity, compare(sector, level, &of, &residual)));
    }
    Ok(found)
}

/// Everybody with enough cases against the others, and against what it was before.
fn compare(sector: &Sector, level: Level, of: &[Vec<u32>], residual: &[f64]) -> Vec<Raw> {
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
    let towards = |n: usize| if level == Level::Fees && fitted.z[n] < 0.0 { -1.0 } else { 1.0 };
    let series = |n: usize| -> Vec<(Day, f64)> {
        let one =
            of[judged[n]].iter().map(|c| (sector.cases[*c as usize].received, towards(n) * residual[*c as usize]));
        one.collect()
    };
    let changes = changes(&(0..judged.len()).map(series).collect::<Vec<_>>());
    let (chinese, english) = level.sentence();
    judged
        .iter()
        .enumerate()
        .map(|(n, i)| {
            let (mean, z) = (figures[n].0 - centre, fitted.z[n]);
            // Fees are looked at both ways: undercutting and overcharging.
            let both_ways = if level == Level::Fees { std::f64::consts::LN_2 } else { 0.0 };
            let apart = (ln_normal_upper(towards(n) * z) + both_ways).min(0.0);
            // A strict appraiser, a slow university, a published discount were always so: apart now, and not so before, must both speak.
            let change = &changes[n];
            let ln_p = apart.max(change.ln_p);
            let mut rows: Vec<EvidenceRow> = Vec::new();
            if ln_p < -3.0 {
                rows = of[*i]
                    .iter()
                    .map(|c| EvidenceRow { case: *c, other: None, numbers: vec![("above", residual[*c as usize])] })
                    .collect();
                rows.retain(|r| sector.cases[r.case as usize].received >= change.day);
                let height = |r: &EvidenceRow| towards(n) * r.numbers[0].1;
                rows.sort_by(|a, b| height(b).total_cmp(&height(a)).then(a.case.cmp(&b.case)));
            }
            let slots = vec![
                ("cases", of[*i].len().to_string()),
                ("mean", format!("{mean:.2}")),
                ("spread", format!("{spread:.2}")),
                ("ratio", format!("{:.2}", mean.exp())),
                ("percent", super::evidence::percent(spread.exp() - 1.0, 1.0)),
                ("since", dates::format(change.day)),
                ("before", format!("{:.2}", towards(n) * change.before - centre)),
                ("after", format!("{:.2}", towards(n) * change.after - centre)),
                ("before_ratio", format!("{:.2}", (towards(n) * change.before - centre).exp())),
                ("after_ratio", format!("{:.2}", (towards(n) * change.after - centre).exp())),
            ];
            let evidence = Evidence::new(chinese, english, slots, rows);
            let score = -ln_p / std::f64::consts::LN_10;
            Raw { number: *i as u32, score, ln_p, since: Some(change.day), group: None, evidence }
        })
        .collect()
}

/// A mean that rises at some day.
struct Change {
    ln_p: f64,
    day: Day,
    before: f64,
    after: f64,
}

/// Days tried as the beginning, and what the p-value pays for them.
const PARTS: usize = 24;
const PAID: f64 = 12.0;

/// For each series of (day, value) the day from which its mean is most surprisingly higher. Honest levels drift: how much is taken from the bulk.
fn changes(all: &[Vec<(Day, f64)>]) -> Vec<Change> {
    let found: Vec<(f64, Day, f64, f64)> = all.iter().map(|s| best_split(s)).collect();
    let expected = special::normal_upper_inverse(1.0 - 0.5f64.powf(1.0 / PAID));
    let usual = robust::median(&found.iter().map(|f| f.0).collect::<Vec<_>>());
    let drift = if usual.is_finite() { (usual / expected).max(1.0) } else { 1.0 };
    let change = |(z, day, before, after): &(f64, Day, f64, f64)| {
        let ln_p = if *z > 0.0 { (ln_normal_upper(z / drift) + PAID.ln()).min(0.0) } else { 0.0 };
        Change { ln_p, day: *day, before: *before, after: *after }
    };
    found.iter().map(change).collect()
}

/// z of the highest rise of the mean, its day, the means before and after; a side has a twelfth of the values at least.
fn best_split(series: &[(Day, f64)]) -> (f64, Day, f64, f64) {
    let mut series = series.to_vec();
    series.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let Some((first, last)) = series.first().map(|s| s.0).zip(series.last().map(|s| s.0)) else {
        return (0.0, 0, 0.0, 0.0);
    };
    let n = series.len() as f64;
    let whole: f64 = series.iter().map(|s| s.1).sum();
    let mean = whole / n;
    let deviation = (series.iter().map(|s| (s.1 - mean).powi(2)).sum::<f64>() / n).sqrt().max(1e-9);
    let mut best = (0.0, first, mean, mean);
    let (mut many, mut sum) = (0.0, 0.0);
    let mut at = 0;
    for part in 1..PARTS {
        let day = first + ((last - first) as f64 * part as f64 / PARTS as f64) as Day;
        while at < series.len() && series[at].0 < day {
            (many, sum) = (many + 1.0, sum + series[at].1);
            at += 1;
        }
        if many < n / 12.0 || n - many < n / 12.0 {
            continue;
        }
        let (before, after) = (sum / many, (whole - sum) / (n - many));
        let z = (after - before) / (deviation * (1.0 / many + 1.0 / (n - many)).sqrt());
        if z > best.0 {
            best = (z, day, before, after);
        }
    }
    best
}

/// The mean residual, and the variance of that mean.
fn mean_and_variance(cases: &[u32], residual: &[f64]) -> (f64, f64) {
    let n = cases.len() as f64;
    let mean = cases.iter().map(|c| residual[*c as usize]).sum::<f64>() / n;
    let square = cases.iter().map(|c| (residual[*c as usize] - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, (square / n).max(1e-9))
}
