//! 随机数: one small generator of our own, so that a seed gives the same city on every machine and in every version.
//!
//! SplitMix64 (Steele, Lea, Flood 2014): 64 bits of state, passes BigCrush. Not for secrets.
//!
//! **Invariant:** the stream of a seed never changes; a change of it would be a change of every city.

/// A seeded stream of random numbers.
#[derive(Debug, Clone)]
pub struct Random {
    state: u64,
}

impl Random {
    /// The stream of `seed`.
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// A stream of its own for the part `part` of the work, so that a change in one part leaves the others alone.
    pub fn part(&self, part: u64) -> Self {
        let mut other = Self::new(self.state ^ part.wrapping_mul(0xd6e8_feb8_6659_fd93));
        other.next_u64();
        Self::new(other.next_u64())
    }

    /// Sixty-four even bits.
    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Even in [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Even in [low, high).
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Even in 0..n; 0 if `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next_u64()) * n as u128) >> 64) as usize
    }

    /// True with probability `p`.
    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// Standard normal (Box–Muller, one of the pair).
    pub fn normal(&mut self) -> f64 {
        let u = 1.0 - self.unit();
        (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// Gamma with `shape` > 0 and mean `shape` (Marsaglia, Tsang 2000).
    pub fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let u = 1.0 - self.unit();
            return self.gamma(shape + 1.0) * u.powf(1.0 / shape);
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && (1.0 - self.unit()).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }

    /// Poisson with `mean` ≥ 0; by the normal beyond 60.
    pub fn poisson(&mut self, mean: f64) -> usize {
        if mean > 60.0 {
            return (mean + mean.sqrt() * self.normal()).round().max(0.0) as usize;
        }
        let limit = (-mean).exp();
        let (mut k, mut product) = (0, self.unit());
        while product > limit {
            k += 1;
            product *= self.unit();
        }
        k
    }

    /// One of `items`, evenly. `items` must not be empty.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// Puts `items` in random order (Fisher–Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }
}

/// Draws indices by weight: prepared once, one binary search a draw.
#[derive(Debug, Clone)]
pub struct Weighted {
    sums: Vec<f64>,
}

impl Weighted {
    /// From weights ≥ 0. Empty or all zero: [`Weighted::draw`] gives `None`.
    pub fn new(weights: impl IntoIterator<Item = f64>) -> Self {
        let mut sum = 0.0;
        let sums = weights
            .into_iter()
            .map(|w| {
                sum += w.max(0.0);
                sum
            })
            .collect();
        Self { sums }
    }

    /// An index with probability proportional to its weight.
    pub fn draw(&self, random: &mut Random) -> Option<usize> {
        let whole = *self.sums.last()?;
        if whole <= 0.0 {
            return None;
        }
        let x = random.unit() * whole;
        Some(self.sums.partition_point(|s| *s <= x).min(self.sums.len() - 1))
    }
}
