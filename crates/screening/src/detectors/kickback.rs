//! 回扣迹象: a lawyer whose cases since some day go to one institution far more than before, more than other lawyers' do, and not for a lower price.
//!
//! Nobody writes a kick-back down; what it buys is a change of habit. For each lawyer and institution the cases before and after a day are
//! compared, given what the institution gained with all other lawyers in the same time (growth, a competitor that closed), by Fisher's exact
//! test; the search for the day and for the institution is paid for, and how far honest habits drift is taken from the bulk of all pairs.
//!
//! **Invariant:** a change that a lower fee explains is the price detector's question and no lead here.

use super::evidence::percent;
use super::{Entity, Evidence, EvidenceRow, Finding, Raw, adjust};
use rustc_hash::FxHashSet;

use crate::dates::{self, Day};
use crate::progress::{Stopped, Watcher, step};
use crate::sector::{NONE, Sector};
use crate::stats::robust;
use crate::stats::tails::{ln_binomial_upper, ln_hypergeometric_upper};

/// Parts of the time that are tried as the beginning, and what the p-value pays for them.
const PARTS: usize = 24;
const PAID: f64 = 12.0;
/// A lawyer needs so many cases on each side of the day, and so many at the institution.
const SIDE_MIN: f64 = 8.0;
const PAIR_MIN: usize = 12;
/// A gain of less than a sixth of a lawyer's cases is no change of habit.
const MATERIAL: f64 = 0.16;
/// Fees that fell below this share of what they were explain the change.
const CHEAPER: f64 = 0.92;

/// A pair this rare has clearly changed; rounds in which those are left out of what the others did.
const APART: f64 = 0.002;
const ROUNDS: usize = 3;

/// A lawyer with an institution.
struct Pair {
    lawyer: u32,
    institution: u32,
    /// ln p of the day chosen; later with the drift of honest habits and the search for the day paid.
    ln_p: f64,
    /// Share of the lawyer's cases before and after, as (events, cases).
    before: (f64, f64),
    after: (f64, f64),
    part: usize,
    day: Day,
    /// Fee over tariff after, over the same before.
    price: f64,
}

/// Scores every lawyer and institution with enough cases together.
///
/// # Errors
/// Only if the watcher wants no more.
pub fn detect(sector: &Sector, watcher: &dyn Watcher) -> Result<Vec<Finding>, Stopped> {
    step(watcher, "kickback", 0, 2)?;
    let Some((first, last)) = sector.span() else { return Ok(Vec::new()) };
    let day_of = |part: usize| first + ((last - first + 1) as f64 * part as f64 / PARTS as f64) as Day;
    let part_of = |day: Day| {
        let part = (f64::from(day - first) * PARTS as f64 / f64::from(last - first + 1)) as usize;
        part.min(PARTS - 1)
    };
    let mut by: Vec<Vec<u32>> = vec![Vec::new(); sector.lawyers.len()];
    let mut all = vec![[0.0f64; PARTS]; sector.institutions.len()];
    let mut whole = [0.0f64; PARTS];
    for (i, case) in sector.cases.iter().enumerate().filter(|c| c.1.lawyer != NONE) {
        by[case.lawyer as usize].push(i as u32);
        all[case.institution as usize][part_of(case.received)] += 1.0;
        whole[part_of(case.received)] += 1.0;
    }
    // Who clearly changed is no measure of what the others did: left out, and looked at again.
    let mut pairs: Vec<Pair> = Vec::new();
    for _ in 0..ROUNDS {
        let mut all = all.clone();
        let mut whole = whole;
        let apart: FxHashSet<(u32, u32)> =
            pairs.iter().filter(|p| p.ln_p < APART.ln()).map(|p| (p.lawyer, p.institution)).collect();
        for case in sector.cases.iter().filter(|c| apart.contains(&(c.lawyer, c.institution))) {
            all[case.institution as usize][part_of(case.received)] -= 1.0;
            whole[part_of(case.received)] -= 1.0;
        }
        pairs = every_pair(sector, &by, &part_of, |lawyer, institution, counts, own, part| {
            let is_in = f64::from(u8::from(!apart.contains(&(lawyer, institution))));
            let rest = (whole[part] - own[part] + (1.0 - is_in) * counts[part]).max(0.0);
            ((all[institution as usize][part] - is_in * counts[part]).max(0.0), rest)
        });
    }
    for pair in &mut pairs {
        pair.day = day_of(pair.part);
        pair.price = price(sector, &by[pair.lawyer as usize], pair.institution, pair.day);
    }
    step(watcher, "kickback", 1, 2)?;
    // Honest habits drift too. Without drift the rarest of so many splits has a known median; what is above it is the drift of the bulk.
    let median = robust::median(&pairs.iter().map(|p| -p.ln_p).collect::<Vec<_>>());
    let expected = -(1.0 - 0.5f64.powf(1.0 / PAID)).ln();
    let drift = if median.is_finite() { (median / expected).max(1.0) } else { 1.0 };
    for pair in &mut pairs {
        let gain = pair.after.0 / pair.after.1 - pair.before.0 / pair.before.1;
        let explained = gain < MATERIAL || pair.price < CHEAPER;
        pair.ln_p = if explained { 0.0 } else { (pair.ln_p / drift + PAID.ln()).min(0.0) };
    }
    let mut found = adjust("kickback", Entity::Lawyer, lawyers(sector, &by, &pairs));
    found.extend(adjust("kickback", Entity::Institution, institutions(sector, &by, &pairs)));
    Ok(found)
}

type Counted = (f64, f64);

/// Every lawyer with every institution he has cases enough at, by lawyer. `others` gives, for a part of the time, the cases of other lawyers at the
/// institution and anywhere.
fn every_pair(
    sector: &Sector,
    by: &[Vec<u32>],
    part_of: &dyn Fn(Day) -> usize,
    others: impl Fn(u32, u32, &[f64; PARTS], &[f64; PARTS], usize) -> Counted,
) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (lawyer, list) in by.iter().enumerate().filter(|l| l.1.len() as f64 >= 2.0 * SIDE_MIN) {
        let mut own = [0.0f64; PARTS];
        let mut here: std::collections::BTreeMap<u32, [f64; PARTS]> = std::collections::BTreeMap::new();
        for c in list {
            let case = &sector.cases[*c as usize];
            own[part_of(case.received)] += 1.0;
            here.entry(case.institution).or_insert([0.0; PARTS])[part_of(case.received)] += 1.0;
        }
        for (institution, counts) in here.iter().filter(|h| h.1.iter().sum::<f64>() as usize >= PAIR_MIN) {
            let (lawyer, institution) = (lawyer as u32, *institution);
            let others = |part: usize| others(lawyer, institution, counts, &own, part);
            if let Some((ln_p, part, before, after)) = best_split(counts, &own, others) {
                pairs.push(Pair { lawyer, institution, ln_p, before, after, part, day: 0, price: 1.0 });
            }
        }
    }
    pairs
}

/// The day after which the lawyer's share at the institution is most surprisingly higher: (ln p, part, before, after).
fn best_split(
    counts: &[f64; PARTS],
    own: &[f64; PARTS],
    others: impl Fn(usize) -> Counted,
) -> Option<(f64, usize, Counted, Counted)> {
    let sum = |from: usize, to: usize, of: &dyn Fn(usize) -> f64| (from..to).map(of).sum::<f64>();
    let mut best: Option<(f64, usize, Counted, Counted)> = None;
    for part in 1..PARTS {
        let before = (sum(0, part, &|p| counts[p]), sum(0, part, &|p| own[p]));
        let after = (sum(part, PARTS, &|p| counts[p]), sum(part, PARTS, &|p| own[p]));
        if before.1 < SIDE_MIN || after.1 < SIDE_MIN {
            continue;
        }
        // What the institution's share with all other lawyers did in the same time; a fall of theirs makes no rise of his.
        let share = |from, to| (sum(from, to, &|p| others(p).0) + 1.0) / (sum(from, to, &|p| others(p).1) + 2.0);
        let trend = (share(part, PARTS) / share(0, part)).max(1.0);
        let grown = (before.0 * trend).ceil().min(before.1);
        let [k, more, n, whole] = [after.0, grown, after.1, before.1 + after.1].map(|x| x as u64);
        let ln_p = ln_hypergeometric_upper(k, whole, k + more, n);
        if best.is_none_or(|b| ln_p < b.0) {
            best = Some((ln_p, part, before, after));
        }
    }
    best
}

/// Fee over tariff of the pair's cases from the day on, over that before; 1 where there is nothing to compare.
fn price(sector: &Sector, list: &[u32], institution: u32, day: Day) -> f64 {
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for case in list.iter().map(|c| &sector.cases[*c as usize]).filter(|c| c.accepted) {
        let ratio = case.fee / case.fee_standard;
        if ratio.is_finite() && ratio > 0.0 {
            if case.received < day {
                before.push(ratio);
            } else if case.institution == institution {
                after.push(ratio);
            }
        }
    }
    let ratio = robust::median(&after) / robust::median(&before);
    if ratio.is_finite() { ratio } else { 1.0 }
}

fn evidence(sector: &Sector, by: &[Vec<u32>], pair: &Pair, many: usize) -> Evidence {
    let mut rows: Vec<EvidenceRow> = by[pair.lawyer as usize]
        .iter()
        .filter(|c| {
            let case = &sector.cases[**c as usize];
            case.accepted
                && case.institution == pair.institution
                && case.received >= pair.day
                && case.fee_standard > 0.0
        })
        .map(|c| {
            let case = &sector.cases[*c as usize];
            EvidenceRow { case: *c, other: None, numbers: vec![("share_of_tariff", case.fee / case.fee_standard)] }
        })
        .collect();
    rows.sort_by_key(|r| std::cmp::Reverse((sector.cases[r.case as usize].received, r.case)));
    Evidence::new(
        "自%{since}起，律师%{lawyer}送往机构%{institution}的案件占比由%{before}升至%{after}，其他律师没有同样变化，收费为原来的%{price}倍；涉及律师%{lawyers}名。",
        "Since %{since}, the share of lawyer %{lawyer}'s cases that go to institution %{institution} rose from %{before} to %{after}; other lawyers' did not, and fees are %{price} times what they were. Lawyers concerned: %{lawyers}.",
        vec![
            ("since", dates::format(pair.day)),
            ("lawyer", sector.lawyers.name(pair.lawyer).to_owned()),
            ("institution", sector.institution_ids.name(pair.institution).to_owned()),
            ("before", percent(pair.before.0, pair.before.1)),
            ("after", percent(pair.after.0, pair.after.1)),
            ("price", format!("{:.2}", pair.price)),
            ("lawyers", many.to_string()),
        ],
        rows,
    )
}

/// Each lawyer by his best pair; that it was chosen among his pairs is paid for.
fn lawyers(sector: &Sector, by: &[Vec<u32>], pairs: &[Pair]) -> Vec<Raw> {
    // Pairs lie by lawyer.
    pairs
        .chunk_by(|a, b| a.lawyer == b.lawyer)
        .filter_map(|list| {
            let best = list.iter().min_by(|a, b| a.ln_p.total_cmp(&b.ln_p))?;
            let ln_p = (best.ln_p + (list.len() as f64).ln()).min(0.0);
            Some(raw(best.lawyer, ln_p, best, sector, by, 1))
        })
        .collect()
}

/// Each institution by its best pair or by how many pairs speak, whichever is rarer.
fn institutions(sector: &Sector, by: &[Vec<u32>], pairs: &[Pair]) -> Vec<Raw> {
    const SPEAKS: f64 = 0.05;
    let mut of: Vec<Vec<&Pair>> = vec![Vec::new(); sector.institutions.len()];
    pairs.iter().for_each(|p| of[p.institution as usize].push(p));
    of.iter()
        .enumerate()
        .filter_map(|(i, list)| {
            let best = list.iter().min_by(|a, b| a.ln_p.total_cmp(&b.ln_p))?;
            let speaking = list.iter().filter(|p| p.ln_p < SPEAKS.ln()).count();
            let one = best.ln_p + (list.len() as f64).ln();
            let several = ln_binomial_upper(speaking as u64, list.len() as u64, SPEAKS);
            let ln_p = (one.min(several) + std::f64::consts::LN_2).min(0.0);
            Some(raw(i as u32, ln_p, best, sector, by, speaking.max(1)))
        })
        .collect()
}

fn raw(number: u32, ln_p: f64, best: &Pair, sector: &Sector, by: &[Vec<u32>], many: usize) -> Raw {
    let evidence = if ln_p < -2.0 { evidence(sector, by, best, many) } else { Evidence::default() };
    Raw { number, score: -ln_p / std::f64::consts::LN_10, ln_p, since: Some(best.day), group: None, evidence }
}
