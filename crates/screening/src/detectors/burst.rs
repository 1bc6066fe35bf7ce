//! 突增: a week with far more cases than the weeks around it, beyond what the whole city did that week.
//!
//! **Invariant:** holidays and seasons are the city's: a week is compared with the same institution's (or lawyer's) share of the weeks around it.

use super::{Entity, Evidence, EvidenceRow, Finding, Raw, adjust};
use crate::dates::{self, Day, weekday};
use crate::progress::{Stopped, Watcher, step};
use crate::sector::{NONE, Sector};
use crate::stats::tails::ln_beta_binomial_upper;

/// Weeks on both sides that say what is usual; those next to the week are left out, a burst may begin on a Friday.
const AROUND: usize = 9;
const CASES_MIN: u32 = 40;
/// A burst has this many cases at least.
const BURST_MIN: u32 = 6;

/// Scores institutions and lawyers by their most surprising week.
///
/// # Errors
/// Only if the watcher wants no more.
pub fn detect(sector: &Sector, watcher: &dyn Watcher) -> Result<Vec<Finding>, Stopped> {
    let Some((first, last)) = sector.span() else { return Ok(Vec::new()) };
    let monday = first - weekday(first) as Day;
    let weeks = ((last - monday) / 7 + 1) as usize;
    let mut found = Vec::new();
    for (n, (entity, many)) in
        [(Entity::Institution, sector.institutions.len()), (Entity::Lawyer, sector.lawyers.len())]
            .into_iter()
            .enumerate()
    {
        step(watcher, "burst", n, 2)?;
        let number = |c: &crate::sector::Case| if entity == Entity::Lawyer { c.lawyer } else { c.institution };
        let mut counts: Vec<Vec<u32>> = vec![Vec::new(); many];
        let mut city = vec![0u32; weeks];
        for case in sector.cases.iter().filter(|c| number(c) != NONE) {
            let week = ((case.received - monday) / 7) as usize;
            let of = &mut counts[number(case) as usize];
            if of.is_empty() {
                of.resize(weeks, 0);
            }
            of[week] += 1;
            city[week] += 1;
        }
        let looked: Vec<(usize, Vec<Looked>)> = counts
            .iter()
            .enumerate()
            .filter(|(_, c)| c.iter().sum::<u32>() >= CASES_MIN)
            .map(|(i, c)| (i, look(c, &city)))
            .collect();
        let phi = dispersion(&looked);
        let raw = looked
            .iter()
            .map(|(i, weeks)| {
                let found = worst(weeks, phi);
                tell(sector, *i as u32, found, monday, &|c| number(c) == *i as u32)
            })
            .collect();
        found.extend(adjust("burst", entity, raw));
    }
    Ok(found)
}

/// A week, the weeks around it, and the chance of a case to be in the week rather than around it.
struct Looked {
    week: usize,
    count: u32,
    around: u32,
    chance: f64,
}

fn look(counts: &[u32], city: &[u32]) -> Vec<Looked> {
    (0..counts.len())
        .filter_map(|week| {
            let near =
                (week.saturating_sub(AROUND)..(week + AROUND + 1).min(counts.len())).filter(|w| w.abs_diff(week) > 1);
            let (around, exposed) = near.fold((0, 0), |(a, e), w| (a + counts[w], e + city[w]));
            let chance = f64::from(city[week]) / f64::from(city[week] + exposed).max(1.0);
            (exposed > 0 && city[week] > 0).then_some(Looked { week, count: counts[week], around, chance })
        })
        .collect()
}

/// How much wider than chance honest weeks are: the mean square of the standardised counts without the hundredth that is wildest.
fn dispersion(looked: &[(usize, Vec<Looked>)]) -> f64 {
    let mut squares: Vec<f64> = looked
        .iter()
        .flat_map(|l| &l.1)
        .filter(|l| f64::from(l.count + l.around) * l.chance >= 1.0)
        .map(|l| {
            let n = f64::from(l.count + l.around);
            (f64::from(l.count) - n * l.chance).powi(2) / (n * l.chance * (1.0 - l.chance))
        })
        .collect();
    squares.sort_by(f64::total_cmp);
    squares.truncate(squares.len() - squares.len() / 100);
    if squares.is_empty() { 1.0 } else { (squares.iter().sum::<f64>() / squares.len() as f64 * 1.1).max(1.0) }
}

/// The most surprising week with its ln p, all weeks paid for, and the count usual in it.
fn worst(weeks: &[Looked], phi: f64) -> Option<(&Looked, f64, f64)> {
    let surprising = |l: &Looked| {
        let n = l.count + l.around;
        let rho = ((phi - 1.0) / f64::from(n.max(2) - 1)).clamp(0.0, 0.5);
        ln_beta_binomial_upper(u64::from(l.count), u64::from(n), l.chance, rho)
    };
    let (best, ln_p) = weeks
        .iter()
        .filter(|l| l.count >= BURST_MIN)
        .map(|l| (l, surprising(l)))
        .min_by(|a, b| a.1.total_cmp(&b.1).then(a.0.week.cmp(&b.0.week)))?;
    let usual = f64::from(best.around) * best.chance / (1.0 - best.chance).max(1e-9);
    Some((best, (ln_p + (weeks.len() as f64).ln()).min(0.0), usual))
}

fn tell(
    sector: &Sector,
    number: u32,
    found: Option<(&Looked, f64, f64)>,
    monday: Day,
    is_own: &dyn Fn(&crate::sector::Case) -> bool,
) -> Raw {
    let Some((best, ln_p, usual)) = found else { return Raw::nothing(number) };
    let day = monday + 7 * best.week as Day;
    let score = -ln_p / std::f64::consts::LN_10;
    if ln_p > -2.0 {
        return Raw { ln_p, score, ..Raw::nothing(number) };
    }
    let rows: Vec<EvidenceRow> = sector
        .cases
        .iter()
        .enumerate()
        .filter(|(_, c)| (day..day + 7).contains(&c.received) && is_own(c))
        .map(|(i, _)| EvidenceRow { case: i as u32, other: None, numbers: Vec::new() })
        .collect();
    let same_injury = same(rows.iter().map(|r| sector.cases[r.case as usize].injury));
    let same_client = same(rows.iter().map(|r| sector.cases[r.case as usize].client));
    let evidence = Evidence::new(
        "%{week}起的一周收案%{count}件，前后几周的平常水平为%{usual}件；其中同一委托人最多%{client}件，同一损伤最多%{injury}件。",
        "%{count} cases in the week of %{week}, where the weeks around it let expect %{usual}; at most %{client} of one client and %{injury} of one injury.",
        vec![
            ("week", dates::format(day)),
            ("count", best.count.to_string()),
            ("usual", format!("{usual:.1}")),
            ("client", same_client.to_string()),
            ("injury", same_injury.to_string()),
        ],
        rows,
    );
    Raw { number, score, ln_p, since: Some(day), group: None, evidence }
}

/// How often the most frequent of numbers occurs.
fn same(numbers: impl Iterator<Item = u32>) -> usize {
    let mut all: Vec<u32> = numbers.filter(|n| *n != NONE).collect();
    all.sort_unstable();
    all.chunk_by(|a, b| a == b).map(<[u32]>::len).max().unwrap_or(0)
}
