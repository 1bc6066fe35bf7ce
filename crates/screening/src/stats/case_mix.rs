//! 案件构成校正: what this mix of cases lets expect, so that who gets the hard cases is not blamed for them.
//!
//! **Invariant:** the residuals of a stratum that stands for itself sum to zero.

/// Means of `value` by stratum, each drawn to the overall mean by `weight` cases.
///
/// `strata[i]` < `many`. Returns the expected value of each row. Strata without rows are not asked.
pub fn expected_by_stratum(value: &[f64], strata: &[usize], many: usize, weight: f64) -> Vec<f64> {
    let overall = if value.is_empty() { 0.0 } else { value.iter().sum::<f64>() / value.len() as f64 };
    let (mut sum, mut count) = (vec![0.0; many], vec![0.0; many]);
    for (v, s) in value.iter().zip(strata) {
        sum[*s] += v;
        count[*s] += 1.0;
    }
    strata.iter().map(|s| (sum[*s] + overall * weight) / (count[*s] + weight)).collect()
}

/// Takes group effects out of residuals, shrunken towards 0: effect = sum / (count + weight). Returns the effects.
pub fn take_out(residual: &mut [f64], group: &[usize], many: usize, weight: f64) -> Vec<f64> {
    let (mut sum, mut count) = (vec![0.0; many], vec![0.0; many]);
    for (r, g) in residual.iter().zip(group) {
        sum[*g] += r;
        count[*g] += 1.0;
    }
    let effect: Vec<f64> = sum.iter().zip(&count).map(|(s, n)| s / (n + weight)).collect();
    for (r, g) in residual.iter_mut().zip(group) {
        *r -= effect[*g];
    }
    effect
}

/// Ordinary least squares with a ridge, by Cholesky: rows × columns in `x` (row-major), `y` by row. `None` if the columns are not usable.
pub fn regression(x: &[f64], columns: usize, y: &[f64], ridge: f64) -> Option<Vec<f64>> {
    let mut a = vec![0.0; columns * columns];
    let mut b = vec![0.0; columns];
    for (row, y) in x.chunks_exact(columns).zip(y) {
        for i in 0..columns {
            b[i] += row[i] * y;
            for j in 0..=i {
                a[i * columns + j] += row[i] * row[j];
            }
        }
    }
    for i in 0..columns {
        a[i * columns + i] += ridge;
    }
    for i in 0..columns {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|k| a[i * columns + k] * a[j * columns + k]).sum();
            let rest = a[i * columns + j] - dot;
            if i == j {
                if rest.is_nan() || rest <= 1e-12 {
                    return None;
                }
                a[i * columns + i] = rest.sqrt();
            } else {
                a[i * columns + j] = rest / a[j * columns + j];
            }
        }
    }
    for i in 0..columns {
        let dot: f64 = (0..i).map(|k| a[i * columns + k] * b[k]).sum();
        b[i] = (b[i] - dot) / a[i * columns + i];
    }
    for i in (0..columns).rev() {
        let dot: f64 = (i + 1..columns).map(|k| a[k * columns + i] * b[k]).sum();
        b[i] = (b[i] - dot) / a[i * columns + i];
    }
    Some(b)
}
