//! 收缩估计: a rate of three cases is drawn to what all do, a rate of three thousand speaks for itself.
//!
//! **Invariant:** a shrunken value lies between the raw one and the centre.

/// A beta prior over rates, fitted to all actors by moments.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BetaPrior {
    /// The overall rate.
    pub mean: f64,
    /// How many cases the prior weighs.
    pub weight: f64,
}

/// The prior weighs at most this many cases: an endless weight would say that no actor can differ.
const WEIGHT_MAX: f64 = 1e6;

/// Fits rates of (events, cases) by moments. Without any case: mean 0.5 of weight 2.
pub fn beta_prior(counts: &[(f64, f64)]) -> BetaPrior {
    let (events, cases) = counts.iter().fold((0.0, 0.0), |(e, n), c| (e + c.0, n + c.1));
    if cases <= 0.0 {
        return BetaPrior { mean: 0.5, weight: 2.0 };
    }
    let mean = events / cases;
    let rho = intra_class(counts);
    let weight = if rho <= 1.0 / WEIGHT_MAX { WEIGHT_MAX } else { 1.0 / rho - 1.0 };
    BetaPrior { mean, weight: weight.max(0.1) }
}

impl BetaPrior {
    /// The shrunken rate of `events` in `cases`.
    pub fn rate(&self, events: f64, cases: f64) -> f64 {
        (events + self.mean * self.weight) / (cases + self.weight)
    }
}

/// Intra-class correlation of rates (moments over actors, at least 0): 0 if they differ no more than chance.
pub fn intra_class(counts: &[(f64, f64)]) -> f64 {
    let used: Vec<_> = counts.iter().filter(|c| c.1 > 0.0).collect();
    let cases: f64 = used.iter().map(|c| c.1).sum();
    let events: f64 = used.iter().map(|c| c.0).sum();
    let k = used.len() as f64;
    let mean = events / cases.max(1.0);
    let spread = mean * (1.0 - mean);
    if k < 2.0 || spread <= 0.0 {
        return 0.0;
    }
    // S = Σ n (r − m)², E[S] = v[(k − 1)(1 − ρ) + ρ(N − Σn²/N)]
    let s: f64 = used.iter().map(|c| c.1 * (c.0 / c.1 - mean).powi(2)).sum::<f64>() / spread;
    let squares: f64 = used.iter().map(|c| c.1 * c.1).sum::<f64>() / cases;
    let room = cases - squares - (k - 1.0);
    if room <= 0.0 { 0.0 } else { ((s - (k - 1.0)) / room).clamp(0.0, 0.99) }
}

/// Normal empirical Bayes: means of actors with their sampling variances. Returns (centre, between variance, shrunken means).
pub fn normal_shrink(means: &[f64], variances: &[f64]) -> (f64, f64, Vec<f64>) {
    let w: Vec<f64> = variances.iter().map(|v| 1.0 / v.max(1e-12)).collect();
    let sum: f64 = w.iter().sum();
    if means.is_empty() || sum <= 0.0 {
        return (0.0, 0.0, means.to_vec());
    }
    let plain = means.iter().zip(&w).map(|(m, w)| m * w).sum::<f64>() / sum;
    let q: f64 = means.iter().zip(&w).map(|(m, w)| w * (m - plain).powi(2)).sum();
    let room = sum - w.iter().map(|w| w * w).sum::<f64>() / sum;
    let between = if room > 0.0 { ((q - (means.len() as f64 - 1.0)) / room).max(0.0) } else { 0.0 };
    let full: Vec<f64> = variances.iter().map(|v| 1.0 / (v.max(1e-12) + between)).collect();
    let centre = means.iter().zip(&full).map(|(m, w)| m * w).sum::<f64>() / full.iter().sum::<f64>();
    let shrunk =
        means.iter().zip(variances).map(|(m, v)| centre + (m - centre) * between / (between + v.max(1e-12))).collect();
    (centre, between, shrunk)
}
