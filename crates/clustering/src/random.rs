//! Random numbers of a seed, the same on every machine: `SplitMix64`, normal numbers by Box and Muller, and blobs made of them.
//!
//! **Invariant:** integer arithmetic and the stated formulas only; no state but the seed's.

/// The generator of Steele, Lea and Flood (2014).
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// One of several generators of a seed, for instance of a tree: far from its neighbours.
    pub fn of(seed: u64, stream: u64) -> Self {
        let mut first = Self(seed ^ stream.wrapping_mul(0xD1B5_4A32_D192_ED03));
        let start = first.next();
        Self(start)
    }

    /// 64 random bits.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// At least 0, less than 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Less than `many`, which must not be 0. The bias is below 2⁻³² for what fits into memory.
    pub fn below(&mut self, many: usize) -> usize {
        ((u128::from(self.next()) * many as u128) >> 64) as usize
    }

    /// Normal, mean 0, deviation 1; two at a time.
    pub fn normal_pair(&mut self) -> (f64, f64) {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        let angle = std::f64::consts::TAU * self.unit();
        (radius * angle.cos(), radius * angle.sin())
    }

    /// `many` different numbers below `of`, in random order.
    pub fn chosen(&mut self, many: usize, of: usize) -> Vec<usize> {
        let many = many.min(of);
        // Floyd's way needs a set; for few of many a map of swaps is enough.
        let mut moved = std::collections::HashMap::new();
        (0..many)
            .map(|at| {
                let pick = at + self.below(of - at);
                let here = moved.get(&at).copied().unwrap_or(at);
                moved.insert(pick, here).unwrap_or(pick)
            })
            .collect()
    }
}

/// Ten normal blobs and 5 % of evenly spread noise, with the blob of each row (−1: noise): the data of tests and measurements.
pub fn blobs(rows: usize, columns: usize, centres: usize, seed: u64) -> (Vec<f64>, Vec<i32>) {
    let mut random = Random::new(seed);
    let centre: Vec<f64> = (0..centres * columns).map(|_| (random.unit() - 0.5) * 20.0).collect();
    let (mut values, mut truth) = (Vec::with_capacity(rows * columns), Vec::with_capacity(rows));
    for _ in 0..rows {
        if random.unit() < 0.05 {
            values.extend((0..columns).map(|_| (random.unit() - 0.5) * 30.0));
            truth.push(-1);
        } else {
            let which = random.below(centres);
            for column in 0..columns {
                values.push(centre[which * columns + column] + random.normal_pair().0);
            }
            truth.push(which as i32);
        }
    }
    (values, truth)
}
