//! T10: nothing is signed that does not read back; and the order of signing and publishing survives being cut anywhere.

use crate::support::{Chance, cosigned, entry, grow, log, log_key};
use ledger::recheck::Mismatch;
use ledger::tree::Range;
use ledger::{
    CHECKPOINT, Hash, Head, Memory, PENDING, Reader, SequenceError, Tiles, append, audit, begin, publish, signed,
};
use std::cell::{Cell, RefCell};
use std::io;

/// When the bit flips.
#[derive(Clone, Copy, Debug, PartialEq)]
enum When {
    /// On its way to the disk.
    Writing,
    /// On the disk, after everything was written and before anything is read.
    Resting,
    /// On its way back.
    Reading,
}

/// A store in which one bit of one tile flips.
struct Flipping {
    inner: Memory,
    when: When,
    chance: RefCell<Chance>,
    /// How many chances pass by before it happens.
    after: Cell<u64>,
    written: Vec<String>,
    flipped: Cell<bool>,
}

impl Flipping {
    fn happens(&self) -> bool {
        let left = self.after.get();
        self.after.set(left.saturating_sub(1));
        let now = left == 0 && !self.flipped.get();
        self.flipped.set(self.flipped.get() || now);
        now
    }
}

impl Tiles for Flipping {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        let mut read = self.inner.read(path)?;
        let is_fresh = self.written.iter().any(|written| written == path);
        if let Some(bytes) = read.as_mut().filter(|_| self.when == When::Reading && is_fresh && self.happens()) {
            self.chance.borrow_mut().flip(bytes);
        }
        Ok(read)
    }

    fn write(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let mut bytes = bytes.to_vec();
        if path.starts_with("tile/") {
            self.written.push(path.to_owned());
            if self.when == When::Writing && self.happens() {
                self.chance.borrow_mut().flip(&mut bytes);
            }
        }
        self.inner.write(path, &bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        if self.when == When::Resting && !self.written.is_empty() && self.happens() {
            let at = self.chance.borrow_mut().below(self.written.len() as u64) as usize;
            if let Some(bytes) = self.inner.0.get_mut(&self.written[at]) {
                self.chance.borrow_mut().flip(bytes);
            }
        }
        Ok(())
    }

    fn list(&self) -> io::Result<Vec<String>> {
        self.inner.list()
    }
}

#[test]
fn of_a_thousand_flipped_bits_none_is_signed_over() {
    let mut chance = Chance(2022);
    let bases: Vec<(Memory, Head)> = [1, 200, 256, 600].iter().map(|size| log(&[*size])).collect();
    let (mut flipped, mut bad) = (0, Vec::new());
    for round in 0..1000_u64 {
        let (base, head) = &bases[(round % 4) as usize];
        let from = head.checkpoint().size;
        let count = 1 + chance.below(400);
        let when = [When::Writing, When::Resting, When::Reading][(round % 3) as usize];
        let after = if when == When::Resting { 0 } else { chance.below(2) };
        let mut store = Flipping {
            inner: base.clone(),
            when,
            chance: RefCell::new(Chance(chance.next())),
            after: Cell::new(after),
            written: Vec::new(),
            flipped: Cell::new(false),
        };
        let entries: Vec<Vec<u8>> = (from..from + count).map(entry).collect();
        let entries: Vec<&[u8]> = entries.iter().map(Vec::as_slice).collect();
        let outcome = append(&mut store, &log_key(), &entries);
        flipped += u32::from(store.flipped.get());
        let mut right = Range::new();
        (0..from + count).for_each(|index| right.append(Hash::leaf(&entry(index))));
        match outcome {
            Ok(head) if store.flipped.get() || head.checkpoint().root != right.root() => bad.push((round, when)),
            Ok(_) => {}
            Err(SequenceError::Mismatch(_)) => {
                // The log is as it was, and goes on once the disk is well.
                let pending = Head::open(&store.inner.0[PENDING], log_key().verifier()).unwrap();
                assert_eq!(pending.checkpoint().size, from, "round {round}");
                let head = append(&mut store.inner, &log_key(), &entries).unwrap();
                assert_eq!(head.checkpoint().root, right.root(), "round {round}");
            }
            Err(other) => panic!("round {round}: {other}"),
        }
    }
    assert!(flipped > 950, "only {flipped} of 1,000 runs flipped a bit");
    assert!(bad.is_empty(), "signed over a flipped bit: {bad:?}");
}

#[test]
fn growths_of_every_size_give_the_same_log_as_one_growth() {
    let (whole, head) = log(&[1500]);
    for (steps, why) in [
        (vec![1, 2, 255, 256, 257, 511, 512, 513, 1500], "around the tiles' ends"),
        (vec![256, 512, 1024, 1500], "full tiles only"),
        ((1..=1500).step_by(100).chain([1500]).collect(), "by the hundred"),
    ] {
        let (store, stepped) = log(&steps);
        assert_eq!(stepped.checkpoint(), head.checkpoint(), "{why}");
        for (path, bytes) in &whole.0 {
            assert_eq!(store.0.get(path), Some(bytes), "{why}: {path}");
        }
    }
}

/// The third level of tiles, and the sizes just around it.
#[test]
fn a_log_grows_over_the_end_of_the_second_level() {
    let (store, head) = log(&[65_535, 65_536, 65_537]);
    let mut reader = Reader::open(&store, head.checkpoint()).unwrap();
    for old in [65_535, 65_536] {
        let proof = reader.prove_consistency(old).unwrap();
        let root = reader.root_at(old).unwrap();
        assert_eq!(ledger::tree::verify_consistency(old, 65_537, &proof, &root, &head.checkpoint().root), Ok(()));
    }
    assert!(audit(&store, log_key().verifier(), &mut |_, _| ()).is_sound());
}

#[test]
fn what_must_not_be_signed_or_published_is_refused() {
    let mut store = Memory::default();
    let entries: [&[u8]; 1] = [b"one"];
    assert!(matches!(append(&mut store, &log_key(), &entries), Err(SequenceError::NotBegun)));
    begin(&mut store, &log_key()).unwrap();
    assert!(matches!(begin(&mut store, &log_key()), Err(SequenceError::Begun)));
    assert!(matches!(append(&mut store, &log_key(), &[]), Err(SequenceError::NoEntries)));
    let long = vec![0; 65_536];
    assert!(matches!(append(&mut store, &log_key(), &[&long]), Err(SequenceError::TooLong { at: 0, bytes: 65_536 })));
    assert!(append(&mut store, &log_key(), &[&long[1..]]).is_ok(), "65,535 bytes are an entry");
    let (_, elsewhere) = log(&[5]);
    let stranger = publish(&mut store, &elsewhere, log_key().verifier());
    assert!(matches!(stranger, Err(SequenceError::NeverSigned { size: 5 })), "signed by the key, but not here");
    let stranger = ledger::Signer::from_seed("log.example/other", ledger::Kind::Log, &[7; 32]).unwrap();
    assert!(append(&mut store, &stranger, &entries).is_err(), "another log's key");
}

/// A crash after signing: what was signed is on the disk, and the log goes on from there, not from what was published.
#[test]
fn what_was_signed_is_never_forgotten() {
    let (mut store, published) = log(&[10]);
    let (one, two): ([&[u8]; 1], [&[u8]; 1]) = ([b"one"], [b"two"]);
    let first = append(&mut store, &log_key(), &one).unwrap();
    let now = Head::open(&store.0[CHECKPOINT], log_key().verifier()).unwrap();
    assert_eq!(now, published, "signed is not published");
    assert_eq!(signed(&store, log_key().verifier()).unwrap(), Some(first.clone()));
    let second = append(&mut store, &log_key(), &two).unwrap();
    assert_eq!(second.checkpoint().size, 12);
    let mut reader = Reader::open(&store, second.checkpoint()).unwrap();
    assert_eq!(reader.root_at(11).unwrap(), first.checkpoint().root, "the second continues the first");
    assert!(matches!(publish(&mut store, &first, log_key().verifier()), Err(SequenceError::NeverSigned { size: 11 })));
    publish(&mut store, &cosigned(&second), log_key().verifier()).unwrap();
    grow(&mut store, 12, 20);
    // A checkpoint of another history put in its place stops the log.
    let (_, other) = log(&[20]);
    store.write(CHECKPOINT, other.to_string().as_bytes()).unwrap();
    assert!(matches!(append(&mut store, &log_key(), &one), Err(SequenceError::Torn { published: 20, pending: 20 })));
}

/// Yeti's accident: a bit that flipped in an old tile is not signed over later.
#[test]
fn a_log_whose_edge_was_damaged_does_not_go_on() {
    let (store, _) = log(&[300]);
    for path in ["tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44"] {
        let mut forged = store.clone();
        forged.0.get_mut(path).unwrap()[3] ^= 4;
        let refused = append(&mut forged, &log_key(), &[b"next"]);
        assert!(matches!(&refused, Err(SequenceError::Read(_))), "{path}: {refused:?}");
        assert!(refused.unwrap_err().to_string().starts_with("the log cannot be continued"), "{path}");
    }
    let said = SequenceError::from(Mismatch::Entry { index: 7 }).to_string();
    assert!(said.starts_with("nothing was signed"), "{said}");
}
