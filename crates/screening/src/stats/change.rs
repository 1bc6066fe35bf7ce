//! 变化: since when, and was there a change at all: change points, CUSUM, bursts.
//!
//! **Invariant:** a change point is an index of the series; a series without a change has gain 0.

use super::tails::ln_poisson_upper;

/// The best split of a series of (events, cases) into before and after with a higher rate after.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Split {
    /// First index of the later part.
    pub at: usize,
    /// Log-likelihood gained by two rates instead of one; 0 if the rate never rises.
    pub gain: f64,
    /// (events, cases) before.
    pub before: (f64, f64),
    /// (events, cases) from `at` on.
    pub after: (f64, f64),
}

/// Finds the split of binomial counts with the largest likelihood, `least` cases on each side.
pub fn rising_rate(series: &[(f64, f64)], least: f64) -> Split {
    let whole = series.iter().fold((0.0, 0.0), |s, x| (s.0 + x.0, s.1 + x.1));
    let mut best = Split { at: 0, gain: 0.0, before: (0.0, 0.0), after: whole };
    let mut before = (0.0, 0.0);
    let one = log_likelihood(whole);
    for (i, x) in series.iter().enumerate() {
        let after = (whole.0 - before.0, whole.1 - before.1);
        if before.1 >= least && after.1 >= least && after.0 * before.1 > before.0 * after.1 {
            let gain = log_likelihood(before) + log_likelihood(after) - one;
            if gain > best.gain {
                best = Split { at: i, gain, before, after };
            }
        }
        before = (before.0 + x.0, before.1 + x.1);
    }
    best
}

fn log_likelihood((events, cases): (f64, f64)) -> f64 {
    if events <= 0.0 || events >= cases {
        return 0.0;
    }
    let p = events / cases;
    events * p.ln() + (cases - events) * (-p).ln_1p()
}

/// Upper CUSUM of standardised values with allowance `k` (half the shift to find, in standard deviations).
pub fn cusum(z: &[f64], k: f64) -> Vec<f64> {
    let mut s = 0.0f64;
    z.iter()
        .map(|x| {
            s = (s + x - k).max(0.0);
            s
        })
        .collect()
}

/// Days whose count is too high for the median of the `window` days around them: (index, count, usual, ln p). Poisson, no over-dispersion.
pub fn bursts(counts: &[u32], window: usize, ln_p_max: f64) -> Vec<(usize, u32, f64, f64)> {
    let mut found = Vec::new();
    for (i, &c) in counts.iter().enumerate() {
        let from = i.saturating_sub(window);
        let to = (i + window + 1).min(counts.len());
        let near: Vec<f64> = (from..to).filter(|j| *j != i).map(|j| f64::from(counts[j])).collect();
        let usual = super::robust::median(&near);
        if usual.is_nan() {
            continue;
        }
        let ln_p = ln_poisson_upper(u64::from(c), usual.max(0.5));
        if ln_p <= ln_p_max {
            found.push((i, c, usual, ln_p));
        }
    }
    found
}
