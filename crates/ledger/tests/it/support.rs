//! What the tests share: keys from fixed seeds, logs in memory, a tree of all nodes, chance that can be repeated.

use ledger::tree::{Node, Wrong};
use ledger::{BATCH_MAX, Hash, Head, Kind, Memory, Signer, Tiles, append, begin, publish};

pub const ORIGIN: &str = "log.example/public";

pub fn log_key() -> Signer {
    Signer::from_seed(ORIGIN, Kind::Log, &[1; 32]).unwrap()
}

pub fn witness_key(number: u8) -> Signer {
    Signer::from_seed(&format!("witness.example/w{number}"), Kind::Witness, &[100 + number; 32]).unwrap()
}

/// A policy that believes the log if both witnesses saw it.
pub fn policy() -> String {
    format!(
        "log {}\nwitness court {}\nwitness university {}\ngroup both all court university\nquorum both\n",
        log_key().verifier(),
        witness_key(1).verifier(),
        witness_key(2).verifier()
    )
}

pub fn entry(index: u64) -> Vec<u8> {
    format!("entry {index} {}", "·".repeat((index % 7) as usize)).into_bytes()
}

/// Appends the entries `from..to` as one growth, cosigns with both witnesses, publishes.
pub fn grow<T: Tiles>(store: &mut T, from: u64, to: u64) -> Head {
    let entries: Vec<Vec<u8>> = (from..to).map(entry).collect();
    let entries: Vec<&[u8]> = entries.iter().map(Vec::as_slice).collect();
    let heads: Vec<Head> = entries.chunks(BATCH_MAX).map(|batch| append(store, &log_key(), batch).unwrap()).collect();
    let head = cosigned(heads.last().unwrap());
    publish(store, &head, log_key().verifier()).unwrap()
}

pub fn cosigned(head: &Head) -> Head {
    let keys = [witness_key(1), witness_key(2)];
    let lines: String =
        keys.iter().map(|key| format!("{}\n", key.cosign(head.body(), 1_770_000_000).unwrap())).collect();
    head.with_cosignatures(&lines, &keys.map(|key| key.verifier().clone())).unwrap()
}

/// A log that grew through these sizes.
pub fn log(sizes: &[u64]) -> (Memory, Head) {
    let mut store = Memory::default();
    let mut head = begin(&mut store, &log_key()).unwrap();
    let mut at = 0;
    for size in sizes {
        head = grow(&mut store, at, *size);
        at = *size;
    }
    (store, head)
}

/// Every complete subtree of a number of leaves.
pub struct Forest(pub Vec<Vec<Hash>>);

impl Forest {
    pub fn new(leaves: Vec<Hash>) -> Self {
        let mut levels = vec![leaves];
        while levels.last().unwrap().len() > 1 {
            let above = levels.last().unwrap().chunks_exact(2).map(|pair| Hash::node(&pair[0], &pair[1])).collect();
            levels.push(above);
        }
        Self(levels)
    }

    pub fn of(size: u64) -> Self {
        Self::new((0..size).map(|index| Hash::leaf(&index.to_be_bytes())).collect())
    }

    pub fn nodes(&self) -> impl FnMut(Node) -> Result<Hash, Wrong> + '_ {
        |node| {
            let found = self.0.get(usize::from(node.level)).and_then(|level| level.get(node.index as usize));
            found.copied().ok_or(Wrong::Beyond { index: node.index, size: 0 })
        }
    }
}

/// SplitMix64: chance that is the same each time.
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// Flips one bit of some bytes, which must not be empty.
    pub fn flip(&mut self, bytes: &mut [u8]) {
        let bit = self.below(bytes.len() as u64 * 8);
        bytes[(bit / 8) as usize] ^= 1 << (bit % 8);
    }
}
