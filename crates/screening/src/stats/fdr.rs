//! 错误发现率: of the leads shown, at most this share is expected to be false.
//!
//! **Invariant:** q-values never fall below their p-values and keep their order.

/// Benjamini–Hochberg (1995) adjusted p-values, in the order of `p`. NaN counts as 1.
///
/// Holds the rate for independent and positively dependent tests.
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let clean = |x: f64| if x.is_nan() { 1.0 } else { x.clamp(0.0, 1.0) };
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| clean(p[*b]).total_cmp(&clean(p[*a])).then(a.cmp(b)));
    let mut q = vec![1.0; p.len()];
    let mut least: f64 = 1.0;
    for (i, at) in order.iter().enumerate() {
        let rank = (p.len() - i) as f64;
        least = least.min(clean(p[*at]) * p.len() as f64 / rank);
        q[*at] = least;
    }
    q
}

/// p-values of `observed` scores against scores drawn under the null: (1 + how many null ≥ score) / (1 + how many null).
///
/// Never 0: what was never seen under the null is only said to be rarer than one in so many.
pub fn against_null(observed: &[f64], null: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = null.iter().copied().filter(|x| !x.is_nan()).collect();
    sorted.sort_by(f64::total_cmp);
    let whole = sorted.len() as f64;
    observed.iter().map(|x| (1.0 + whole - sorted.partition_point(|n| n < x) as f64) / (1.0 + whole)).collect()
}

/// Efron's empirical null: the centre and width of the bulk of `z`, by median and quartiles, and never narrower than the theory (1).
///
/// Returns (centre, width). Fewer than 8 values: (0, 1).
pub fn empirical_null(z: &[f64]) -> (f64, f64) {
    let mut sorted: Vec<f64> = z.iter().copied().filter(|x| x.is_finite()).collect();
    if sorted.len() < 8 {
        return (0.0, 1.0);
    }
    sorted.sort_by(f64::total_cmp);
    let at = |p: f64| super::robust::quantile_sorted(&sorted, p);
    // The lower half only: misconduct makes the upper one wide.
    let centre = at(0.5);
    let width = ((centre - at(0.16)) / 0.9945).max((centre - at(0.25)) / 0.6745);
    (centre.max(0.0), width.max(1.0))
}
