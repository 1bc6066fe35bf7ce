//! 特殊函数: logarithms of gamma, of the regularised incomplete gamma and beta functions, the normal tail and its inverse.
//!
//! All tails are computed as logarithms, so they neither underflow nor lose digits by `1 - p`. Continued fractions by the modified Lentz method
//! (Numerical Recipes, 3rd edition, 6.2 and 6.4); relative error about 1e-13 where the tests compare.
//!
//! **Invariant:** no function here panics on a finite argument.

const TINY: f64 = 1e-300;
const EPSILON: f64 = 1e-15;
/// Enough for arguments up to 1e8; a slower series would be a bug, not a reason to hang.
const STEPS_MAX: usize = 200_000;

/// ln Γ(x) for x > 0 (Lanczos, g = 7, 9 terms; relative error below 1e-14).
pub fn ln_gamma(x: f64) -> f64 {
    const C: [f64; 9] = [
        0.999_999_999_999_809_9,
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    if x < 0.5 {
        return (std::f64::consts::PI / (std::f64::consts::PI * x).sin()).ln() - ln_gamma(1.0 - x);
    }
    let x = x - 1.0;
    let t = x + 7.5;
    let sum = C.iter().enumerate().skip(1).fold(C[0], |s, (i, c)| s + c / (x + i as f64));
    0.5 * std::f64::consts::TAU.ln() + (x + 0.5) * t.ln() - t + sum.ln()
}

/// ln of the number of ways to choose k of n.
pub fn ln_choose(n: f64, k: f64) -> f64 {
    ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0)
}

/// ln(1 − eˣ) for x ≤ 0, exact at both ends.
pub fn ln_one_minus_exp(x: f64) -> f64 {
    if x >= 0.0 {
        f64::NEG_INFINITY
    } else if x > -std::f64::consts::LN_2 {
        (-x.exp_m1()).ln()
    } else {
        (-x.exp()).ln_1p()
    }
}

/// (ln P(a, x), ln Q(a, x)): the lower and upper regularised incomplete gamma functions, a > 0, x ≥ 0.
pub fn ln_gamma_pq(a: f64, x: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (f64::NEG_INFINITY, 0.0);
    }
    let front = a * x.ln() - x - ln_gamma(a);
    if x < a + 1.0 {
        let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
        for _ in 0..STEPS_MAX {
            n += 1.0;
            term *= x / n;
            sum += term;
            if term < sum * EPSILON {
                break;
            }
        }
        let p = (front + sum.ln()).min(0.0);
        (p, ln_one_minus_exp(p))
    } else {
        let mut b = x + 1.0 - a;
        let mut c = 1.0 / TINY;
        let mut d = 1.0 / b;
        let mut h = d;
        for i in 1..STEPS_MAX {
            let an = -(i as f64) * (i as f64 - a);
            b += 2.0;
            d = away_from_zero(an * d + b);
            c = away_from_zero(b + an / c);
            d = 1.0 / d;
            let step = d * c;
            h *= step;
            if (step - 1.0).abs() < EPSILON {
                break;
            }
        }
        let q = (front + h.ln()).min(0.0);
        (ln_one_minus_exp(q), q)
    }
}

fn away_from_zero(x: f64) -> f64 {
    if x.abs() < TINY { TINY } else { x }
}

/// ln I(x; a, b): the regularised incomplete beta function, a, b > 0, x in [0, 1].
pub fn ln_beta_inc(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if x >= 1.0 {
        return 0.0;
    }
    let front = ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (-x).ln_1p();
    if x < (a + 1.0) / (a + b + 2.0) {
        (front + (beta_fraction(a, b, x) / a).ln()).min(0.0)
    } else {
        ln_one_minus_exp((front + (beta_fraction(b, a, 1.0 - x) / b).ln()).min(0.0))
    }
}

fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    let mut c = 1.0;
    let mut d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut h = d;
    for m in 1..STEPS_MAX {
        let m = m as f64;
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / away_from_zero(1.0 + even * d);
        c = away_from_zero(1.0 + even / c);
        h *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / away_from_zero(1.0 + odd * d);
        c = away_from_zero(1.0 + odd / c);
        let step = d * c;
        h *= step;
        if (step - 1.0).abs() < EPSILON {
            break;
        }
    }
    h
}

/// ln P(Z > z) of a standard normal; right at z = 40 too.
pub fn ln_normal_upper(z: f64) -> f64 {
    let (lower, upper) = ln_gamma_pq(0.5, z * z / 2.0);
    if z >= 0.0 { upper - std::f64::consts::LN_2 } else { (0.5 + 0.5 * lower.exp()).ln() }
}

/// P(Z > z) of a standard normal.
pub fn normal_upper(z: f64) -> f64 {
    ln_normal_upper(z).exp()
}

/// The z with P(Z > z) = p, 0 < p < 1 (Newton on the logarithm of the tail; error below 1e-10).
pub fn normal_upper_inverse(p: f64) -> f64 {
    if p >= 0.5 {
        return if p >= 1.0 {
            f64::NEG_INFINITY
        } else if p == 0.5 {
            0.0
        } else {
            -normal_upper_inverse(1.0 - p)
        };
    }
    if p <= 0.0 {
        return f64::INFINITY;
    }
    let goal = p.ln();
    let mut z = (-2.0 * goal).sqrt() - 0.5;
    for _ in 0..60 {
        let f = ln_normal_upper(z);
        // d/dz ln Q = −φ/Q
        let slope = -(-0.5 * z * z - 0.5 * std::f64::consts::TAU.ln() - f).exp();
        let step = (f - goal) / slope;
        z -= step;
        if step.abs() < 1e-12 {
            break;
        }
    }
    z
}
