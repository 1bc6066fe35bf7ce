//! 尾概率: how likely so many, if nothing were wrong.
//!
//! **Invariant:** `upper` counts the value itself: P(X ≥ k). So P(X ≥ 0) = 1.

use super::special::{ln_beta_inc, ln_choose, ln_gamma_pq};

/// ln P(X ≥ k) for X binomial(n, p).
pub fn ln_binomial_upper(k: u64, n: u64, p: f64) -> f64 {
    if k == 0 {
        0.0
    } else if k > n || p <= 0.0 {
        f64::NEG_INFINITY
    } else if p >= 1.0 {
        0.0
    } else {
        ln_beta_inc(k as f64, (n - k) as f64 + 1.0, p)
    }
}

/// P(X ≥ k) for X binomial(n, p).
pub fn binomial_upper(k: u64, n: u64, p: f64) -> f64 {
    ln_binomial_upper(k, n, p).exp()
}

/// ln P(X ≥ k) for X Poisson(mean).
pub fn ln_poisson_upper(k: u64, mean: f64) -> f64 {
    if k == 0 { 0.0 } else { ln_gamma_pq(k as f64, mean.max(0.0)).0 }
}

/// P(X ≥ k) for X Poisson(mean).
pub fn poisson_upper(k: u64, mean: f64) -> f64 {
    ln_poisson_upper(k, mean).exp()
}

/// ln P(X ≥ k): X marked among `drawn` of `whole` of which `marked` are marked (hypergeometric).
pub fn ln_hypergeometric_upper(k: u64, whole: u64, marked: u64, drawn: u64) -> f64 {
    let low = (drawn + marked).saturating_sub(whole);
    let high = drawn.min(marked);
    if k <= low {
        return 0.0;
    }
    if k > high {
        return f64::NEG_INFINITY;
    }
    let (w, m, d) = (whole as f64, marked as f64, drawn as f64);
    let first = |k: f64| ln_choose(m, k) + ln_choose(w - m, d - k) - ln_choose(w, d);
    let k = k as f64;
    // Terms relative to the first; below the mode they grow first, so all are walked until they no longer count.
    let (mut term, mut sum, mut i) = (1.0f64, 1.0f64, k);
    while i < high as f64 {
        term *= (m - i) * (d - i) / ((i + 1.0) * (w - m - d + i + 1.0));
        sum += term;
        i += 1.0;
        if term < sum * 1e-17 && i > d * m / w {
            break;
        }
    }
    (first(k) + sum.ln()).min(0.0)
}

/// ln P(X ≥ k) for X beta-binomial(n, mean, rho): binomial whose probability varies between actors with intra-class correlation `rho`.
///
/// `rho` ≤ 0 is the plain binomial. O(n − k).
pub fn ln_beta_binomial_upper(k: u64, n: u64, mean: f64, rho: f64) -> f64 {
    if rho <= 1e-9 || k == 0 || k > n || mean <= 0.0 || mean >= 1.0 {
        return ln_binomial_upper(k, n, mean);
    }
    let s = 1.0 / rho - 1.0;
    let (a, b) = (mean * s, (1.0 - mean) * s);
    let n_f = n as f64;
    use super::special::ln_gamma;
    let ln_pmf = |x: f64| {
        ln_choose(n_f, x) + ln_gamma(x + a) + ln_gamma(n_f - x + b) - ln_gamma(n_f + s) + ln_gamma(s)
            - ln_gamma(a)
            - ln_gamma(b)
    };
    let first = ln_pmf(k as f64);
    let (mut term, mut sum) = (1.0f64, 1.0f64);
    for x in k..n {
        let x = x as f64;
        term *= (n_f - x) * (x + a) / ((x + 1.0) * (n_f - x - 1.0 + b));
        sum += term;
        if term < sum * 1e-17 && x > mean * n_f {
            break;
        }
    }
    (first + sum.ln()).min(0.0)
}

/// P(X > k) + P(X = k) / 2 for X binomial(n, p): even on average under the null, where P(X ≥ k) is too large for small counts.
pub fn binomial_mid(k: u64, n: u64, p: f64) -> f64 {
    (binomial_upper(k, n, p) + binomial_upper(k + 1, n, p)) / 2.0
}
