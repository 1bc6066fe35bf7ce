//! D3: power fails anywhere while the log grows. What was not synced is lost or kept, file by file (whole: see
//! [`ledger::Directory`]); the log goes on, and no two checkpoints that ever left contradict each other.

use crate::support::{Chance, log_key};
use ledger::tree::Range;
use ledger::{Hash, Head, Memory, Tiles, append, audit, begin, publish, signed};
use std::collections::BTreeMap;
use std::io;

const SEEDS: u64 = 10_000;

/// Files as a folder has them: what is written is seen at once, and durable only once it was synced.
struct Fragile {
    durable: BTreeMap<String, Vec<u8>>,
    seen: Memory,
    unsynced: Vec<(String, Vec<u8>)>,
    /// Steps until the power fails.
    left: u64,
}

impl Fragile {
    fn step(&mut self) -> io::Result<()> {
        self.left = self.left.saturating_sub(1);
        if self.left == 0 { Err(io::Error::other("the power failed")) } else { Ok(()) }
    }

    /// Of each file the old or the new stays, in any order.
    fn fails(&mut self, chance: &mut Chance) {
        for (path, bytes) in std::mem::take(&mut self.unsynced) {
            if chance.below(2) == 0 {
                self.durable.insert(path, bytes);
            }
        }
        self.seen = Memory(self.durable.clone());
    }
}

impl Tiles for Fragile {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        self.seen.read(path)
    }

    fn write(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.step()?;
        self.unsynced.push((path.to_owned(), bytes.to_vec()));
        self.seen.write(path, bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.step()?;
        for (path, bytes) in self.unsynced.drain(..) {
            self.durable.insert(path, bytes);
        }
        Ok(())
    }

    fn list(&self) -> io::Result<Vec<String>> {
        self.seen.list()
    }
}

/// Whoever reads the log sees this, whether it will survive or not.
fn shown(store: &Fragile) -> Option<Head> {
    let bytes = store.read(ledger::CHECKPOINT).unwrap()?;
    Some(Head::open(&bytes, log_key().verifier()).unwrap())
}

#[test]
fn d3_whenever_the_power_fails_no_two_trees_are_shown() {
    let signer = log_key();
    let (mut failures, mut bad) = (0, Vec::new());
    for seed in 0..SEEDS {
        let mut chance = Chance(seed + 1);
        let mut store =
            Fragile { durable: BTreeMap::new(), seen: Memory::default(), unsynced: Vec::new(), left: u64::MAX };
        begin(&mut store, &signer).unwrap();
        // The entries that were signed for, and every checkpoint that somebody saw.
        let (mut truth, mut heads): (Vec<Vec<u8>>, Vec<Head>) = (Vec::new(), Vec::new());
        for round in 0..4 {
            store.left = 1 + chance.below(14);
            let many = 1 + chance.below(if round == 0 { 300 } else { 40 });
            // Each has its place before, as in the platform's database; how many come at a time is another matter.
            let fresh: Vec<Vec<u8>> =
                (0..many).map(|n| format!("{seed} {}", truth.len() as u64 + n).into_bytes()).collect();
            let slices: Vec<&[u8]> = fresh.iter().map(Vec::as_slice).collect();
            let done =
                append(&mut store, &signer, &slices).and_then(|head| publish(&mut store, &head, signer.verifier()));
            heads.extend(shown(&store));
            if done.is_err() {
                failures += 1;
                store.fails(&mut chance);
            }
            store.left = u64::MAX;
            match signed(&store, signer.verifier()) {
                Ok(Some(head)) if head.checkpoint().size == truth.len() as u64 => {}
                Ok(Some(head)) if head.checkpoint().size == (truth.len() + fresh.len()) as u64 => truth.extend(fresh),
                other => bad.push(format!("seed {seed}: {other:?}")),
            }
            // The next start publishes what was signed and not shown.
            if let Ok(Some(head)) = signed(&store, signer.verifier())
                && let Err(error) = publish(&mut store, &head, signer.verifier())
            {
                bad.push(format!("seed {seed}: {error}"));
            }
            heads.extend(shown(&store));
        }
        let report = audit(&store, signer.verifier(), &mut |index, entry| {
            if truth.get(index as usize).map(Vec::as_slice) != Some(entry) {
                bad.push(format!("seed {seed}: entry {index}"));
            }
        });
        bad.extend(report.findings.iter().map(|finding| format!("seed {seed}: {finding}")));
        for head in heads {
            let mut range = Range::new();
            truth.iter().take(head.checkpoint().size as usize).for_each(|entry| range.append(Hash::leaf(entry)));
            if range.size() != head.checkpoint().size || range.root() != head.checkpoint().root {
                bad.push(format!(
                    "seed {seed}: a checkpoint of {} was shown and is of another tree",
                    head.checkpoint().size
                ));
            }
        }
        if bad.len() > 5 {
            break;
        }
    }
    assert!(bad.is_empty(), "{bad:#?}");
    assert!(failures > SEEDS, "the power failed only {failures} times");
}
