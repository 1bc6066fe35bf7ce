//! 同行比较: events against the rate of the peers, since a day to be found, with honest differences allowed for.
//!
//! **Invariant:** the misconduct of a few does not raise the rate the others are measured by: outlying peers are left out of it.

use crate::dates::Day;
use crate::stats::fdr::empirical_null;
use crate::stats::shrink::intra_class;
use crate::stats::special::{ln_normal_upper, normal_upper_inverse};
use crate::stats::tails::{binomial_mid, ln_beta_binomial_upper, ln_binomial_upper};

/// Something that may be an event, at a day.
#[derive(Debug, Clone, Copy)]
pub struct Trial {
    pub day: Day,
    pub event: bool,
    /// Place of the case.
    pub case: u32,
}

/// The rate of the peers: events per trial over all entities but those that are clearly apart.
pub fn peer_rate(counts: &[(f64, f64)]) -> f64 {
    let mut kept: Vec<bool> = vec![true; counts.len()];
    let mut rate = pooled(counts, &kept);
    for _ in 0..4 {
        for (keep, (events, trials)) in kept.iter_mut().zip(counts) {
            *keep = ln_binomial_upper(*events as u64, *trials as u64, rate) > -9.0;
        }
        let next = pooled(counts, &kept);
        if (next - rate).abs() < 1e-9 {
            break;
        }
        rate = next;
    }
    rate
}

/// How much honest peers differ beyond chance: intra-class correlation without those that are clearly apart.
pub fn peer_spread(counts: &[(f64, f64)], rate: f64) -> f64 {
    let kept: Vec<(f64, f64)> =
        counts.iter().copied().filter(|c| ln_binomial_upper(c.0 as u64, c.1 as u64, rate) > -9.0).collect();
    intra_class(&kept)
}

/// For each series of trials: ln p against the peers since the worst day, that day, and the peers' rate.
pub fn too_many(series: &[Vec<Trial>]) -> Vec<(f64, Since, f64)> {
    let counts: Vec<(f64, f64)> =
        series.iter().map(|s| (s.iter().filter(|t| t.event).count() as f64, s.len() as f64)).collect();
    let rate = peer_rate(&counts);
    let rho = peer_spread(&counts, rate);
    let plain: Vec<f64> = counts.iter().map(|c| binomial_mid(c.0 as u64, c.1 as u64, rate).ln()).collect();
    let found: Vec<Since> = series.iter().map(|s| since(s, rate, rho)).collect();
    // Where the spread between peers is known, their bulk says the rest.
    let wide = if rho > 0.0 {
        found.iter().map(|f| f.ln_p).collect()
    } else {
        widen(&plain, &found.iter().map(|f| f.ln_p).collect::<Vec<_>>())
    };
    found.into_iter().zip(wide).map(|(f, p)| (p, f, rate)).collect()
}

fn pooled(counts: &[(f64, f64)], kept: &[bool]) -> f64 {
    let (mut events, mut trials) = (0.5, 1.0);
    for ((e, n), _) in counts.iter().zip(kept).filter(|(_, keep)| **keep) {
        events += e;
        trials += n;
    }
    events / trials
}

/// Too many events since some day: the most surprising later part of a series.
#[derive(Debug, Clone, Copy)]
pub struct Since {
    /// ln p of the events in the later part, paid for the search.
    pub ln_p: f64,
    /// The first day of the later part.
    pub day: Day,
    pub events: f64,
    pub trials: f64,
}

/// Parts of the time that are tried as the later part; the p-value pays for half of them, since they overlap.
const PARTS: usize = 24;
const PAID: f64 = 12.0;
/// A rise must leave this share of the trials on each side: the last cases of an extract are not like the others (only the quick are issued).
const SIDE_SHARE: f64 = 0.08;
const SIDE_MIN: f64 = 8.0;

/// Searches the later part of `trials` (by day) with too many events against `rate`, when peers differ by an intra-class correlation of `rho`.
pub fn since(trials: &[Trial], rate: f64, rho: f64) -> Since {
    let Some((first, last)) = trials.first().map(|t| t.day).zip(trials.last().map(|t| t.day)) else {
        return Since { ln_p: 0.0, day: 0, events: 0.0, trials: 0.0 };
    };
    let mut best = Since { ln_p: 0.0, day: first, events: 0.0, trials: 0.0 };
    let (mut k, mut n) = (0u64, 0u64);
    let mut at = trials.len();
    for part in (0..PARTS).rev() {
        let from = first + ((last - first) as f64 * part as f64 / PARTS as f64) as Day;
        while at > 0 && trials[at - 1].day >= from {
            at -= 1;
            n += 1;
            k += u64::from(trials[at].event);
        }
        if n == 0 {
            continue;
        }
        let ln_p = ln_beta_binomial_upper(k, n, rate, rho);
        if ln_p < best.ln_p {
            best = Since { ln_p, day: from, events: k as f64, trials: n as f64 };
        }
    }
    best.ln_p = (best.ln_p + PAID.ln()).min(0.0);
    best
}

/// Widens ln p-values by how far the bulk of the peers is from the theory (Efron's empirical null); never makes one smaller.
///
/// `plain` are the uncorrected one-sided ln p-values of all peers that set the null, `ln_p` those to widen.
pub fn widen(plain: &[f64], ln_p: &[f64]) -> Vec<f64> {
    let (centre, width) = empirical_null(&plain.iter().map(|p| z_of(*p)).collect::<Vec<_>>());
    ln_p.iter()
        .map(|p| if *p >= -0.7 { *p } else { ln_normal_upper((z_of(*p) - centre) / width).max(*p).min(0.0) })
        .collect()
}

/// The z of a one-sided ln p; far tails by the asymptotic form.
pub fn z_of(ln_p: f64) -> f64 {
    if ln_p < -600.0 {
        return (-2.0 * ln_p - (-2.0 * ln_p * std::f64::consts::TAU).ln()).max(0.0).sqrt();
    }
    normal_upper_inverse(ln_p.exp().clamp(1e-290, 1.0 - 1e-12))
}

/// Fisher's combination of two independent ln p-values.
pub fn both(a: f64, b: f64) -> f64 {
    // The upper tail of chi-square with 4 degrees of freedom at x = −2(a + b): e^(−x/2)(1 + x/2).
    let half = -(a.min(0.0) + b.min(0.0));
    (-half + half.ln_1p()).min(0.0)
}

/// A rate that rises at some day: the best split of a series into before and after.
#[derive(Debug, Clone, Copy)]
pub struct Rise {
    /// ln p of the rise, paid for the search.
    pub ln_p: f64,
    pub day: Day,
    pub before: (f64, f64),
    pub after: (f64, f64),
}

/// Tests whether the rate of events rises at a day within the series (by day). The rates themselves do not matter.
pub fn rise(trials: &[Trial]) -> Rise {
    let Some((first, last)) = trials.first().map(|t| t.day).zip(trials.last().map(|t| t.day)) else {
        return Rise { ln_p: 0.0, day: 0, before: (0.0, 0.0), after: (0.0, 0.0) };
    };
    let day_of = |part: usize| first + ((last - first) as f64 * part as f64 / PARTS as f64) as Day;
    let mut bins = vec![(0.0, 0.0); PARTS];
    let mut part = 0;
    for trial in trials {
        while part + 1 < PARTS && trial.day >= day_of(part + 1) {
            part += 1;
        }
        bins[part].0 += f64::from(u8::from(trial.event));
        bins[part].1 += 1.0;
    }
    let least = (SIDE_SHARE * trials.len() as f64).max(SIDE_MIN);
    let split = crate::stats::change::rising_rate(&bins, least);
    // Twice the gain is chi-square of one degree; only rises count, and the search is paid for.
    let ln_p = if split.gain > 0.0 { (ln_normal_upper((2.0 * split.gain).sqrt()) + PAID.ln()).min(0.0) } else { 0.0 };
    Rise { ln_p, day: day_of(split.at), before: split.before, after: split.after }
}
