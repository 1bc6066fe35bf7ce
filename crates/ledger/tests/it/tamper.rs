//! T3: one flipped bit in any file of a log is found; and the reader hands out no hash that does not hang from the root.

use crate::support::{Chance, entry, log, log_key, policy};
use ledger::audit::Finding;
use ledger::tree::Node;
use ledger::{Directory, Hash, Memory, Policy, ReadError, Reader, Tiles, audit, verify_checkpoint};

/// Whether our own checks refuse the log: signatures, witnesses, every file.
fn is_refused(store: &Memory, policy: &Policy) -> bool {
    let witnessed = || store.0.get("checkpoint").is_some_and(|text| verify_checkpoint(text, policy).is_ok());
    !audit(store, log_key().verifier(), &mut |_, _| ()).is_sound() || !witnessed()
}

#[test]
fn a_sound_log_is_found_sound_and_every_file_of_it_is_looked_at() {
    let (store, _) = log(&[1, 200, 256, 300, 1000]);
    let mut entries = 0;
    let report = audit(&store, log_key().verifier(), &mut |at, found| {
        assert_eq!((at, found), (entries, entry(at).as_slice()));
        entries += 1;
    });
    assert!(report.is_sound(), "{:?}", report.findings);
    assert_eq!((report.entries, entries), (1000, 1000));
    assert_eq!(report.files, store.0.len() as u64, "every file, old partial tiles too");
    assert!(report.uncovered.is_empty());
}

#[test]
fn a_flipped_bit_in_every_file_is_found() {
    let (store, _) = log(&[1, 2, 255, 256, 257, 511, 700]);
    let policy = Policy::parse(policy().as_bytes()).unwrap();
    assert!(!is_refused(&store, &policy));
    let mut chance = Chance(3);
    let (mut flips, mut unseen) = (0, Vec::new());
    for path in store.0.keys() {
        // Every file a few times, the rest of the flips in `ten_thousand_random_flips`.
        for _ in 0..8 {
            let mut forged = store.clone();
            chance.flip(forged.0.get_mut(path).unwrap());
            flips += 1;
            if !is_refused(&forged, &policy) {
                unseen.push(path);
            }
        }
        let mut forged = store.clone();
        forged.0.remove(path);
        let is_old_partial = path.contains(".p/") && !forged.0.is_empty();
        assert!(is_refused(&forged, &policy) || is_old_partial || path == "pending", "{path} taken away");
    }
    assert!(flips > 100 && unseen.is_empty(), "of {flips} flips unseen: {unseen:?}");
}

#[test]
fn ten_thousand_random_flips_are_found() {
    let (mut store, _) = log(&[20, 258]);
    let policy = Policy::parse(policy().as_bytes()).unwrap();
    let paths: Vec<String> = store.0.keys().cloned().collect();
    let mut chance = Chance(10_000);
    for round in 0..10_000 {
        let path = &paths[chance.below(paths.len() as u64) as usize];
        let right = store.0[path].clone();
        chance.flip(store.0.get_mut(path).unwrap());
        assert!(is_refused(&store, &policy), "round {round}: {path}");
        store.0.insert(path.clone(), right);
    }
    assert!(!is_refused(&store, &policy));
}

/// The hole of the published readers (CVE-2026-56865): a hash of a tile that is not on the way to the root.
#[test]
fn the_reader_believes_no_hash_of_a_forged_tile() {
    let (mut store, head) = log(&[70_000]);
    let path = "tile/0/100";
    let right = store.0[path].clone();
    for byte in [0, 33, 4000, 8191] {
        let mut forged = right.clone();
        forged[byte] ^= 1;
        store.write(path, &forged).unwrap();
        let mut reader = Reader::open(&store, head.checkpoint()).unwrap();
        for index in [25_600, 25_601, 25_725, 25_855] {
            let found = reader.node(Node { level: 0, index });
            assert!(matches!(&found, Err(ReadError::Tile { path: found }) if found == path), "{index}: {found:?}");
            assert!(reader.entry(index).is_err());
        }
        assert_eq!(reader.node(Node { level: 0, index: 25_856 }).unwrap(), Hash::leaf(&entry(25_856)));
    }
    store.write(path, &right).unwrap();
    let mut reader = Reader::open(&store, head.checkpoint()).unwrap();
    for index in [0, 255, 256, 25_601, 65_535, 65_536, 69_999] {
        assert_eq!(reader.entry(index).unwrap(), entry(index));
    }
    for (level, index) in [(0, 70_000), (8, 273), (16, 1), (17, 0), (63, 0), (0, u64::MAX)] {
        assert!(reader.node(Node { level, index }).is_err(), "{level}, {index} is no complete subtree");
    }
}

#[test]
fn an_audit_says_what_was_changed() {
    let (store, _) = log(&[600]);
    let found = |change: &dyn Fn(&mut Memory)| {
        let mut forged = store.clone();
        change(&mut forged);
        let report = audit(&forged, log_key().verifier(), &mut |_, _| ());
        report.findings.iter().map(Finding::to_string).collect::<Vec<_>>().join("; ")
    };
    let entry = found(&|store| store.0.get_mut("tile/entries/000").unwrap()[5] ^= 1);
    assert!(entry.starts_with("entry 0 was changed"), "{entry}");
    let tile = found(&|store| store.0.get_mut("tile/0/001").unwrap()[5] ^= 1);
    assert!(tile.contains("tile/0/001 was changed"), "{tile}");
    let missing = found(&|store| drop(store.0.remove("tile/entries/001")));
    assert!(missing.contains("tile/entries/001 is missing") && missing.contains("from entry 256 on"), "{missing}");
    let checkpoint = found(&|store| store.0.get_mut("checkpoint").unwrap()[0] ^= 1);
    assert!(checkpoint.starts_with("checkpoint: this is a checkpoint of the log"), "{checkpoint}");
    assert!(found(&|store| store.0.clear()).contains("there is no checkpoint"));
    let mut more = store.clone();
    more.0.insert("tile/0/002.p/99".to_owned(), vec![0; 99 * 32]);
    more.0.insert("secret.txt".to_owned(), Vec::new());
    let report = audit(&more, log_key().verifier(), &mut |_, _| ());
    assert_eq!((report.is_sound(), report.uncovered.len()), (true, 2), "what is not covered is named");
}

#[test]
fn a_folder_holds_what_memory_holds() {
    let folder = tempfile::tempdir().unwrap();
    let mut directory = Directory::new(folder.path().join("log"));
    ledger::begin(&mut directory, &log_key()).unwrap();
    crate::support::grow(&mut directory, 0, 255);
    crate::support::grow(&mut directory, 255, 700);
    let (memory, _) = log(&[255, 700]);
    let paths = directory.list().unwrap();
    assert_eq!(paths, memory.0.keys().cloned().collect::<Vec<_>>());
    for path in paths {
        assert_eq!(directory.read(&path).unwrap(), memory.read(&path).unwrap(), "{path}");
    }
    assert!(audit(&directory, log_key().verifier(), &mut |_, _| ()).is_sound());
    for path in ["../outside", "/etc/passwd", "", "a/../b", "tile/0/000.unfinished"] {
        assert!(directory.write(path, b"x").is_err() && directory.read(path).is_err(), "{path:?} leaves the folder");
    }
}
