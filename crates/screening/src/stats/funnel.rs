//! 漏斗图: indicators of institutions against their volume, with limits that allow for honest differences.
//!
//! Spiegelhalter, "Funnel plots for comparing institutional performance", Stat. Med. 24 (2005), and "Handling over-dispersion of performance
//! indicators", Qual. Saf. Health Care 14 (2005): additive random effects over winsorised z-scores.
//!
//! **Invariant:** limits with over-dispersion are never inside those without.

use super::robust;
use super::special::{ln_normal_upper, normal_upper_inverse};

/// One point of a funnel: what was observed and what its case mix lets expect.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Events observed.
    pub observed: f64,
    /// Events expected from case mix, > 0.
    pub expected: f64,
    /// Variance of `observed` if the expectation is right, > 0.
    pub variance: f64,
}

/// A funnel over all points.
#[derive(Debug, Clone, PartialEq)]
pub struct Funnel {
    /// Winsorised dispersion of the plain z-scores; 1 if sampling explains everything.
    pub phi: f64,
    /// Between-institution variance of the observed/expected ratio.
    pub tau2: f64,
    /// z-scores with over-dispersion, in the order of the points.
    pub z: Vec<f64>,
    /// One-sided p-values (too many), in the order of the points.
    pub p: Vec<f64>,
}

/// Share winsorised at each end (Spiegelhalter 2005 uses a tenth).
const WINSORISED: f64 = 0.1;
/// Variance of a standard normal winsorised so: without it the spread of honest institutions comes out a third too small.
const WINSORISED_VARIANCE: f64 = 0.678_65;

/// Fits the funnel. Points without expectation get z = 0, p = 1.
pub fn funnel(points: &[Point]) -> Funnel {
    let usable = |p: &&Point| p.expected > 0.0 && p.variance > 0.0;
    let mut plain: Vec<f64> =
        points.iter().filter(usable).map(|p| (p.observed - p.expected) / p.variance.sqrt()).collect();
    let (low, high) = (robust::quantile(&plain, WINSORISED), robust::quantile(&plain, 1.0 - WINSORISED));
    plain.iter_mut().for_each(|z| *z = z.clamp(low, high));
    let n = plain.len() as f64;
    let phi = if n > 1.0 { plain.iter().map(|z| z * z).sum::<f64>() / n / WINSORISED_VARIANCE } else { 1.0 };
    // Method of moments for the variance of the ratio (DerSimonian–Laird on the winsorised statistic).
    let weights: Vec<f64> = points.iter().filter(usable).map(|p| p.expected * p.expected / p.variance).collect();
    let (sum, squares) = (weights.iter().sum::<f64>(), weights.iter().map(|w| w * w).sum::<f64>());
    let tau2 =
        if n > 1.0 && sum > squares / sum { ((n * phi - (n - 1.0)) / (sum - squares / sum)).max(0.0) } else { 0.0 };
    let z: Vec<f64> = points
        .iter()
        .map(|p| {
            if usable(&p) {
                (p.observed - p.expected) / (p.variance + tau2 * p.expected * p.expected).sqrt()
            } else {
                0.0
            }
        })
        .collect();
    let p = points.iter().zip(&z).map(|(p, z)| if usable(&p) { ln_normal_upper(*z).exp() } else { 1.0 }).collect();
    Funnel { phi, tau2, z, p }
}

/// Lower and upper limit of the ratio observed/expected at `expected` events, for a two-sided error `alpha` (0.002 is the usual outer line).
pub fn limits(expected: f64, variance: f64, tau2: f64, alpha: f64) -> (f64, f64) {
    let half = normal_upper_inverse(alpha / 2.0) * (variance / (expected * expected) + tau2).sqrt();
    ((1.0 - half).max(0.0), 1.0 + half)
}
