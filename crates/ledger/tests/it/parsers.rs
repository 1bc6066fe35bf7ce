//! No bytes make a parser panic, and what is read writes itself again.

use crate::support::{log, log_key, policy, witness_key};
use ledger::note::Note;
use ledger::tiles::{self, Tile};
use ledger::witness::Request;
use ledger::{Checkpoint, CommitmentKey, Enclosed, Hash, Head, Leaf, Policy, Proof, Reader, VerifierKey, jcs};
use ledger::{verify_enclosed, verify_proof};
use proptest::prelude::*;

/// Gives the bytes to everything that reads; whatever comes back, nothing panics, and texts come back as they were.
fn read_all(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let same = |kind: &str, again: String| assert_eq!(again.as_bytes(), bytes, "{kind} writes itself otherwise");
    if let Ok(note) = Note::parse(bytes) {
        same("note", note.to_string());
    }
    if let Ok(proof) = Proof::parse(bytes) {
        same("proof", proof.to_string());
    }
    if let Ok(request) = Request::parse(bytes) {
        same("request", request.to_string());
        let _ = ledger::witness::decide(&request, &[log_key().verifier().clone()], None);
    }
    if let Ok(leaf) = Leaf::parse(bytes) {
        same("leaf", leaf.to_string());
    }
    if let Ok(checkpoint) = Checkpoint::parse(&text) {
        assert_eq!(checkpoint.to_string(), text);
    }
    if let Ok(key) = VerifierKey::parse(&text) {
        assert_eq!(key.to_string(), text);
    }
    if let Some(tile) = Tile::parse(&text) {
        assert_eq!(tile.path(), text);
    }
    if let Some(enclosed) = Enclosed::parse(bytes) {
        assert_eq!(enclosed.to_bytes(), bytes);
    }
    if let Ok(value) = jcs::parse(&text) {
        assert_eq!(jcs::canonical(&value).unwrap(), text);
    }
    let _ = Policy::parse(bytes);
    let _ = Head::open(bytes, log_key().verifier());
    let _ = (Hash::from_base64(&text), CommitmentKey::from_base64(&text));
    for width in [0, 1, 2, 255, 256] {
        let _ = (tiles::entries(bytes, width), tiles::hashes(bytes, width));
    }
    let _ = verify_proof(bytes, bytes, bytes);
    let _ = verify_enclosed(bytes, policy().as_bytes());
}

/// Texts that are right, to be cut and changed.
fn right() -> Vec<Vec<u8>> {
    let (store, head) = log(&[300]);
    let mut reader = Reader::open(&store, head.checkpoint()).unwrap();
    let key = CommitmentKey([7; 32]);
    let facts = serde_json::json!({"number": "2026-1", "day": "2026-11-25", "pages": 12, "final": true, "old": null});
    let leaf = Leaf::new("opinion.issued", &facts, &key, &facts).unwrap();
    let enclosed = Enclosed { key: Some(key), leaf: leaf.to_bytes() };
    let proof = Proof::make(&mut reader, &head, 257, Some(&enclosed)).unwrap();
    let request = Request { old: 0, proof: proof.hashes.clone(), checkpoint: head.to_string() };
    vec![
        head.to_string().into_bytes(),
        head.body().as_bytes().to_vec(),
        proof.to_string().into_bytes(),
        request.to_string().into_bytes(),
        policy().into_bytes(),
        leaf.to_bytes(),
        leaf.facts().as_bytes().to_vec(),
        enclosed.to_bytes(),
        witness_key(1).verifier().to_string().into_bytes(),
        b"tile/entries/x001/x234/067.p/8".to_vec(),
        store.0["tile/entries/001.p/44"].clone(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        read_all(&bytes);
    }

    #[test]
    fn arbitrary_lines_are_read_or_refused(text in "((old|index|extra|log|witness|group|quorum|—|tile/0/|[a-z]{1,3}|[0-9]{1,20}|[A-Za-z0-9+/]{43}=|none|all)[ \n+]){0,12}\n?") {
        read_all(text.as_bytes());
    }

    #[test]
    fn changed_texts_are_read_or_refused(which in 0..11_usize, at in any::<prop::sample::Index>(), with in proptest::collection::vec(any::<u8>(), 0..4), cut in 0..4_usize) {
        thread_local! { static RIGHT: Vec<Vec<u8>> = right(); }
        let mut bytes = RIGHT.with(|right| right[which].clone());
        let at = at.index(bytes.len());
        let end = (at + cut).min(bytes.len());
        bytes.splice(at..end, with);
        read_all(&bytes);
    }
}

#[test]
fn right_texts_are_read_and_written_as_they_were() {
    right().iter().for_each(|bytes| read_all(bytes));
}

#[test]
fn tiles_are_named_as_the_specification_names_them() {
    use ledger::tiles::Level::{Entries, Hashes};
    for (level, index, width, path) in [
        (Hashes(0), 0, 256, "tile/0/000"),
        (Hashes(0), 1_234_067, 256, "tile/0/x001/x234/067"),
        (Hashes(1), 1, 17, "tile/1/001.p/17"),
        (Entries, 273, 112, "tile/entries/273.p/112"),
        (Entries, 1000, 256, "tile/entries/x001/000"),
    ] {
        let tile = Tile { level, index, width };
        assert_eq!((tile.path().as_str(), Tile::parse(path)), (path, Some(tile)));
    }
    for (path, why) in [
        ("tile/0/1", "three digits"),
        ("tile/00/001", "no leading zero in the level"),
        ("tile/8/001", "seven levels hold 2^64 entries"),
        ("tile/0/001.p/0", "an empty tile is none"),
        ("tile/0/001.p/256", "a full tile has no width"),
        ("tile/0/001.p/07", "no leading zero in the width"),
        ("tile/0/x000/001", "no empty thousand"),
        ("tile/0/001/002", "all but the last begin with x"),
        ("tile/0/x001", "the last does not"),
        ("tile/0/+01", "digits only"),
        ("tile/0/x999/x999/x999/x999/x999/x999/x999/999", "too large a number"),
    ] {
        assert_eq!(Tile::parse(path), None, "{path}: {why}");
    }
}

/// The specification's example: 70,000 entries are 273 full tiles and one of 112, one full and one of 17, one of 1.
#[test]
fn a_log_of_70_000_entries_has_the_tiles_of_the_specification() {
    let tiles: Vec<Tile> = tiles::between(0, 70_000).collect();
    let of = |level: u8| tiles.iter().filter(move |tile| tile.level == tiles::Level::Hashes(level));
    assert_eq!((of(0).filter(|tile| tile.width == 256).count(), of(0).next_back().unwrap().width), (273, 112));
    assert_eq!((of(1).count(), of(1).next_back().unwrap().width), (2, 17));
    assert_eq!((of(2).count(), of(2).next_back().unwrap().width), (1, 1));
    assert_eq!(of(3).count(), 0);
    assert_eq!(tiles::between(0, 256).count(), 3, "a full bundle, a full tile, and one of width 1 above");
    assert_eq!(tiles::between(70_000, 70_000).count(), 0, "nothing new");
}
