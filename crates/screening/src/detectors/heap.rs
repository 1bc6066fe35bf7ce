//! 临界堆积: blood alcohol heaped just under the limit of drunken driving, 80 mg/100 mL (GB 19522).
//!
//! **Invariant:** the level of a laboratory is not tested, only the break between just below and just above.

use super::peers::{Trial, since, widen};
use super::{Entity, Evidence, EvidenceRow, Finding, Raw, adjust};
use crate::progress::{Stopped, Watcher, step};
use crate::sector::Sector;
use crate::stats::robust;
use crate::stats::special::normal_upper;
use crate::stats::tails::binomial_mid;

/// The legal limit, and the bands compared around it.
const LIMIT: f64 = 80.0;
const BELOW: f64 = 72.0;
const ABOVE: f64 = 100.0;
/// Results in the bands that a laboratory needs to be judged.
const RESULTS_MIN: usize = 25;

/// Scores every laboratory with enough results near the limit.
///
/// # Errors
/// Only if the watcher wants no more.
pub fn detect(sector: &Sector, watcher: &dyn Watcher) -> Result<Vec<Finding>, Stopped> {
    step(watcher, "heap", 0, 1)?;
    let mut values: Vec<Vec<f64>> = vec![Vec::new(); sector.institutions.len()];
    let mut near: Vec<Vec<Trial>> = vec![Vec::new(); sector.institutions.len()];
    for (i, case) in sector.accepted() {
        let bac = f64::from(case.bac);
        if bac.is_nan() || bac <= 0.0 {
            continue;
        }
        values[case.institution as usize].push(bac.ln());
        if (BELOW..ABOVE).contains(&bac) {
            near[case.institution as usize].push(Trial { day: case.received, event: bac < LIMIT, case: i as u32 });
        }
    }
    let judged: Vec<usize> = (0..near.len()).filter(|i| near[*i].len() >= RESULTS_MIN).collect();
    // What each laboratory's own distribution lets expect below the limit, corrected by what all laboratories show.
    let own: Vec<f64> = judged.iter().map(|i| expected_below(&values[*i])).collect();
    let counts: Vec<(f64, f64)> =
        judged.iter().map(|i| (near[*i].iter().filter(|t| t.event).count() as f64, near[*i].len() as f64)).collect();
    let shift: Vec<f64> = counts.iter().zip(&own).map(|(c, p)| logit((c.0 + 0.5) / (c.1 + 1.0)) - logit(*p)).collect();
    let usual = robust::median(&shift);
    let rate: Vec<f64> = own.iter().map(|p| 1.0 / (1.0 + (-(logit(*p) + usual)).exp())).collect();
    let mut found = Vec::new();
    let mut plain = Vec::new();
    for (n, &i) in judged.iter().enumerate() {
        near[i].sort_by_key(|t| (t.day, t.case));
        plain.push(binomial_mid(counts[n].0 as u64, counts[n].1 as u64, rate[n]).ln());
        found.push(since(&near[i], rate[n], 0.0));
    }
    let wide = widen(&plain, &found.iter().map(|f| f.ln_p).collect::<Vec<_>>());
    let raw = judged
        .iter()
        .enumerate()
        .map(|(n, &i)| {
            let f = &found[n];
            let mut rows: Vec<EvidenceRow> = near[i]
                .iter()
                .filter(|t| t.event && t.day >= f.day)
                .map(|t| EvidenceRow { case: t.case, other: None, numbers: vec![("bac", f64::from(sector.cases[t.case as usize].bac))] })
                .collect();
            rows.sort_by(|a, b| b.numbers[0].1.total_cmp(&a.numbers[0].1));
            let evidence = Evidence::new(
                "自%{since}起，72至100 mg/100 mL之间的%{near}份结果中有%{below}份低于80（按其自身分布应约%{expected}份）。",
                "Since %{since}, of %{near} results from 72 to 100 mg/100 mL %{below} are below 80 (about %{expected} expected from its own distribution).",
                vec![
                    ("since", crate::dates::format(f.day)),
                    ("near", format!("{:.0}", f.trials)),
                    ("below", format!("{:.0}", f.events)),
                    ("expected", format!("{:.0}", f.trials * rate[n])),
                ],
                rows,
            );
            Raw { number: i as u32, score: -wide[n] / std::f64::consts::LN_10, ln_p: wide[n], since: Some(f.day), group: None, evidence }
        })
        .collect();
    Ok(adjust("heap", Entity::Institution, raw))
}

fn logit(p: f64) -> f64 {
    let p = p.clamp(1e-6, 1.0 - 1e-6);
    (p / (1.0 - p)).ln()
}

/// The share below the limit within the bands if the logarithms are normal with the laboratory's own median and spread.
fn expected_below(logs: &[f64]) -> f64 {
    let centre = robust::median(logs);
    let width = ((robust::quantile(logs, 0.75) - robust::quantile(logs, 0.25)) / 1.349).max(0.1);
    let above = |x: f64| normal_upper((x.ln() - centre) / width);
    let band = above(BELOW) - above(ABOVE);
    if band > 0.0 { ((above(BELOW) - above(LIMIT)) / band).clamp(0.01, 0.99) } else { 0.4 }
}
