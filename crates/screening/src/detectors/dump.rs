//! 低价揽案: fees far below the tariff, since some day, for clients who can choose where to go.
//!
//! **Invariant:** what was always cheap is a published discount until a human finds otherwise: only a jump scores.

use super::evidence::percent;
use super::peers::{Rise, Trial, rise};
use super::{Entity, Evidence, EvidenceRow, Finding, Raw, adjust};
use crate::progress::{Stopped, Watcher, step};
use crate::sector::Sector;
use crate::stats::robust;
use crate::stats::special::normal_upper;

/// Cheap: below this share of what the institution usually charges over the tariff.
const CHEAP: f64 = 0.85;
/// Below this it is legal aid, half the tariff (approved case by case, the same everywhere).
const AID: f64 = 0.56;
const CASES_MIN: usize = 40;
/// A rise of less than this share of the clients is not judged.
const MATERIAL: f64 = 0.04;
/// Clients that are assigned or under contract do not come for a price.
const NO_CHOICE: [&str; 2] = ["court", "police"];

/// Scores every institution with enough clients who can choose.
///
/// # Errors
/// Only if the watcher wants no more.
pub fn detect(sector: &Sector, watcher: &dyn Watcher) -> Result<Vec<Finding>, Stopped> {
    step(watcher, "dump", 0, 1)?;
    let chooses: Vec<bool> =
        (0..sector.client_types.len()).map(|t| !NO_CHOICE.contains(&sector.client_types.name(t as u32))).collect();
    let ratios: Vec<f64> = sector
        .cases
        .iter()
        .map(|c| if c.accepted && c.fee_standard > 0.0 { c.fee / c.fee_standard } else { f64::NAN })
        .collect();
    let mut of: Vec<Vec<u32>> = vec![Vec::new(); sector.institutions.len()];
    for (i, case) in sector.accepted() {
        if ratios[i] > 0.0 {
            of[case.institution as usize].push(i as u32);
        }
    }
    let mut judged: Vec<(usize, f64, Vec<Trial>)> = Vec::new();
    for (i, list) in of.iter().enumerate() {
        let usual = robust::median(&list.iter().map(|c| ratios[*c as usize]).collect::<Vec<_>>());
        let mut trials: Vec<Trial> = list
            .iter()
            .filter(|c| chooses[sector.cases[**c as usize].client_type as usize])
            .map(|c| {
                let ratio = ratios[*c as usize];
                Trial {
                    day: sector.cases[*c as usize].received,
                    event: ratio < CHEAP * usual && ratio >= AID,
                    case: *c,
                }
            })
            .collect();
        if trials.len() >= CASES_MIN {
            trials.sort_by_key(|t| (t.day, t.case));
            judged.push((i, usual, trials));
        }
    }
    let found: Vec<Rise> = judged.iter().map(|j| rise(&j.2)).collect();
    let raw = judged
        .iter()
        .zip(&found)
        .map(|((i, usual, trials), f)| {
            let grew = f.after.0 / f.after.1.max(1.0) - f.before.0 / f.before.1.max(1.0);
            // A rise of a percent of the clients is bookkeeping, not a lure.
            let ln_p = if grew >= MATERIAL { f.ln_p } else { 0.1 * f.ln_p.max(-5.0) };
            let gain = gain(sector, *i as u32, f, &chooses);
            // A price without any gain of volume is less of a lure; it keeps three quarters of its weight.
            let score = -ln_p / std::f64::consts::LN_10 * (0.75 + 0.25 * (1.0 - normal_upper(gain.0)));
            let mut rows: Vec<EvidenceRow> = trials
                .iter()
                .filter(|t| t.event && t.day >= f.day)
                .map(|t| EvidenceRow { case: t.case, other: None, numbers: vec![("share_of_tariff", ratios[t.case as usize])] })
                .collect();
            rows.sort_by(|a, b| a.numbers[0].1.total_cmp(&b.numbers[0].1).then(a.case.cmp(&b.case)));
            let evidence = Evidence::new(
                "自%{since}起，可自选机构的委托中低于本机构通常收费（标准的%{usual}）八五折的由%{before}升至%{after}，同期其份额变为原来的%{gain}倍。",
                "Since %{since}, fees under 85% of what is usual here (%{usual} of the tariff) rose from %{before} to %{after} of the clients who can choose, while its share of them became %{gain} times what it was.",
                vec![
                    ("since", crate::dates::format(f.day)),
                    ("usual", percent(*usual, 1.0)),
                    ("before", percent(f.before.0, f.before.1)),
                    ("after", percent(f.after.0, f.after.1)),
                    ("gain", format!("{:.2}", gain.1)),
                ],
                rows,
            );
            Raw { number: *i as u32, score, ln_p, since: Some(f.day), group: None, evidence }
        })
        .collect();
    Ok(adjust("dump", Entity::Institution, raw))
}

/// z and ratio of the gain of an institution's share of clients who choose, after the day against before.
fn gain(sector: &Sector, institution: u32, rise: &Rise, chooses: &[bool]) -> (f64, f64) {
    let (mut own, mut all) = ([0.0, 0.0], [0.0, 0.0]);
    for case in sector.cases.iter().filter(|c| chooses[c.client_type as usize]) {
        let after = usize::from(case.received >= rise.day);
        all[after] += 1.0;
        own[after] += f64::from(u8::from(case.institution == institution));
    }
    if own[0] < 1.0 || all[0] < 1.0 || all[1] < 1.0 {
        return (0.0, 1.0);
    }
    let (before, after) = (own[0] / all[0], own[1] / all[1]);
    // Twice the sampling variance: clients come in firms.
    let sd = (2.0 / own[0] + 2.0 / own[1].max(1.0)).sqrt();
    ((after.max(1e-9) / before).ln() / sd, after / before)
}
