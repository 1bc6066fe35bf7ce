//! 统计: the small honest statistics under every detector.
//!
//! **Invariant:** a probability is in [0, 1], never NaN, and right in the far tail: 1e-300 is 1e-300, not 0.

pub mod case_mix;
pub mod change;
pub mod fdr;
pub mod funnel;
pub mod robust;
pub mod shrink;
pub mod special;
pub mod tails;

/// Herfindahl–Hirschman index of the shares behind `counts`, 0–10,000. Nothing counted: 0.
///
/// 10,000 is one supplier; the United States' merger guidelines of 2023 call 1,800 highly concentrated.
pub fn hhi(counts: impl IntoIterator<Item = f64>) -> f64 {
    let (mut sum, mut squares) = (0.0, 0.0);
    for c in counts {
        sum += c;
        squares += c * c;
    }
    if sum > 0.0 { squares / (sum * sum) * 10_000.0 } else { 0.0 }
}
