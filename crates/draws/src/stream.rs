//! The stream of numbers of a seed: SHA-256 in counter mode.
//!
//! **Invariant:** number `i` depends on the seed and on `i` alone, and a number below `n` is unbiased: what would favour
//! small ones is thrown away.

use sha2::{Digest, Sha256};

/// Hashes parts so that no two different lists of parts give the same bytes: each has its length before it.
pub(crate) fn hash(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// 32 bytes as 64 small hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The numbers of one seed, in their order.
#[derive(Clone, Debug)]
pub struct Stream {
    seed: [u8; 32],
    taken: u64,
}

impl Stream {
    /// The stream from its first number.
    pub fn new(seed: [u8; 32]) -> Self {
        Self { seed, taken: 0 }
    }

    /// How many numbers were taken, those that were thrown away too.
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// The next number: the first eight bytes, big end first, of the hash of label, seed and counter.
    pub fn next_number(&mut self) -> u64 {
        let block = hash(&[b"sijian-draw/1 stream", &self.seed, &self.taken.to_be_bytes()]);
        self.taken += 1;
        block[..8].iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    /// A number from 0 to `bound` - 1, each as likely; 0 for a bound of 0 or 1, which takes a number too.
    pub fn below(&mut self, bound: u64) -> u64 {
        let bound = bound.max(1);
        // 2^64 mod bound numbers at the top would come once more often than the others.
        let excess = (u64::MAX % bound + 1) % bound;
        loop {
            let number = self.next_number();
            if number <= u64::MAX - excess {
                return number % bound;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_numbers_are_these() {
        let mut stream = Stream::new([0; 32]);
        let numbers: Vec<u64> = (0..3).map(|_| stream.next_number()).collect();
        // Recomputed by docs/verify/draw.py.
        let golden = [636_987_475_787_474_830, 13_157_449_807_511_159_014, 7_263_746_499_556_153_850];
        assert_eq!(numbers, golden, "the verifier in Python has the same ones");
        assert_eq!(stream.taken(), 3);
    }

    #[test]
    fn every_bound_is_kept() {
        let mut stream = Stream::new([7; 32]);
        for bound in [0, 1, 2, 3, 1 << 63, (1 << 63) + 1, u64::MAX] {
            for _ in 0..50 {
                assert!(stream.below(bound) < bound.max(1), "{bound}");
            }
        }
    }
}
