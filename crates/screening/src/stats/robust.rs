//! 稳健统计: median, MAD, robust z: what the bulk does, whatever the worst do.
//!
//! **Invariant:** up to a quarter of wild values moves no answer far.

/// The `p` quantile of sorted values, linear between neighbours. Empty: NaN.
pub fn quantile_sorted(sorted: &[f64], p: f64) -> f64 {
    match sorted.len() {
        0 => f64::NAN,
        1 => sorted[0],
        n => {
            let at = p.clamp(0.0, 1.0) * (n - 1) as f64;
            let low = at.floor() as usize;
            let high = (low + 1).min(n - 1);
            sorted[low] + (sorted[high] - sorted[low]) * (at - low as f64)
        }
    }
}

/// The median of any values, NaN left out. Empty: NaN.
pub fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// The `p` quantile of any values, NaN left out. Empty: NaN.
pub fn quantile(values: &[f64], p: f64) -> f64 {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|x| !x.is_nan()).collect();
    sorted.sort_by(f64::total_cmp);
    quantile_sorted(&sorted, p)
}

/// 1.4826 × median absolute deviation: the standard deviation if the values are normal. Empty: NaN.
pub fn mad(values: &[f64]) -> f64 {
    let centre = median(values);
    1.4826 * median(&values.iter().map(|x| (x - centre).abs()).collect::<Vec<_>>())
}

/// (x − median) / MAD of each value, the MAD at least `floor` so that a constant column gives zeros.
pub fn robust_z(values: &[f64], floor: f64) -> Vec<f64> {
    let (centre, width) = (median(values), mad(values).max(floor));
    values.iter().map(|x| (x - centre) / width).collect()
}
