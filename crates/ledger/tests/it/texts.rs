//! Notes, leaves, policies and proofs: vectors of others, and what each refuses.

use crate::support::{Chance, cosigned, log, log_key, policy, witness_key};
use ledger::note::Note;
use ledger::{
    CommitmentKey, Enclosed, Head, Kind, Leaf, LeafError, NoteError, Policy, PolicyError, Proof, Reader, Refusal,
};
use ledger::{Signer, VerifierKey, jcs, verify_checkpoint, verify_enclosed, verify_proof, verify_record};
use serde_json::json;

/// The example of Go's `golang.org/x/mod/sumdb/note`.
#[test]
fn a_note_signed_by_go_holds() {
    let key = VerifierKey::parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").unwrap();
    let text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n— \
                PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    let note = Note::parse(text.as_bytes()).unwrap();
    assert_eq!(note.verify(std::slice::from_ref(&key)).unwrap().len(), 1);
    let forged = Note::parse(text.replace("answer", "Answer").as_bytes()).unwrap();
    assert_eq!(forged.verify(&[key]), Err(NoteError::BadSignature { name: "PeterNeumann".to_owned() }));
    assert_eq!(
        note.verify(&[log_key().verifier().clone()]).unwrap(),
        [],
        "an unknown key's signature counts for nothing"
    );
}

#[test]
fn keys_are_refused_for_what_is_wrong_with_them() {
    let good = log_key().verifier().to_string();
    assert_eq!(VerifierKey::parse(&good).unwrap().to_string(), good);
    for (vkey, why) in [
        (good.replace("public+", "public+0"), "another identifier"),
        (good.replace("log.example", "log.other"), "another name does not fit the identifier"),
        (good.replace("log.example", "log example"), "a name with a space"),
        ("".to_owned(), "nothing"),
        ("a+00000000+AQ==".to_owned(), "too short a key"),
    ] {
        assert!(VerifierKey::parse(&vkey).is_err(), "{why}: {vkey}");
    }
    // A key of small order: anyone's signature would hold under a lax check.
    assert!(Signer::from_seed("", Kind::Log, &[0; 32]).is_err(), "a name must not be empty");
    assert_eq!(witness_key(1).sign("x\n"), Err(NoteError::KeyKind { kind: 4 }), "a witness does not sign as a log");
    assert_eq!(log_key().cosign("x\n", 1), Err(NoteError::KeyKind { kind: 1 }), "a log does not sign as a witness");
    assert_eq!(witness_key(1).cosign("x\n", u64::MAX), Err(NoteError::Time));
}

/// RFC 8785, section 3.2.3 and its appendix: order by UTF-16, shortest escapes.
#[test]
fn facts_have_one_form() {
    let value = json!({"\u{20ac}": "Euro Sign", "\r": "Carriage Return", "\u{fb33}": "Hebrew Letter Dalet With Dagesh",
        "1": "One", "\u{1f600}": "Emoji: Grinning Face", "\u{80}": "Control", "\u{f6}": "Latin Small Letter O With Diaeresis"});
    let text = jcs::canonical(&value).unwrap();
    let order: Vec<usize> = ["Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew"]
        .iter()
        .map(|word| text.find(word).unwrap())
        .collect();
    assert!(order.is_sorted(), "{text}");
    assert_eq!(
        jcs::canonical(&json!({"b": [1, -2, null], "a": "\u{1}\n\"\\/€"})).unwrap(),
        "{\"a\":\"\\u0001\\n\\\"\\\\/€\",\"b\":[1,-2,null]}"
    );
    for (text, why) in [
        ("{\"a\":1.5}", "a fraction"),
        ("{\"a\":1e3}", "an exponent"),
        ("{\"a\":9007199254740993}", "beyond 2^53"),
        ("{\"a\": 1}", "a space"),
        ("{\"b\":1,\"a\":1}", "another order"),
        ("{\"a\":1,\"a\":1}", "a name twice"),
        ("{\"a\":\"\\u0041\"}", "an escape that is not needed"),
        ("{\"a\":-0}", "minus nothing"),
        ("[1]", "no object"),
    ] {
        assert!(jcs::parse(text).is_err(), "{why}: {text}");
    }
    let mut deep = json!(1);
    for _ in 0..100 {
        deep = json!([deep]);
    }
    assert!(jcs::canonical(&deep).is_err(), "nesting that runs away");
}

/// RFC 4231, test case 2 has its own key length; here the key is 32 bytes. Computed with OpenSSL:
/// `printf '{"a":1}' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0707…07`.
#[test]
fn a_leaf_commits_to_its_record_and_shows_nothing_of_it() {
    let (key, facts) =
        (CommitmentKey([7; 32]), json!({"institution": "310001", "number": "2026-00017", "day": "2026-11-25"}));
    let record = json!({"name": "张三", "id": "310101199001011234", "sha256": "00ff"});
    let leaf = Leaf::new("opinion.issued", &facts, &key, &record).unwrap();
    let text = leaf.to_string();
    assert_eq!(text.lines().count(), 4);
    assert!(text.starts_with("sijian-leaf/v1\nopinion.issued\n{\"day\":\"2026-11-25\",\"institution\":"), "{text}");
    assert!(!text.contains("张三") && !text.contains("310101"), "{text}");
    assert_eq!(Leaf::parse(text.as_bytes()), Ok(leaf.clone()));
    assert_eq!(leaf.opens(&key, &record), Ok(()));
    let other = json!({"name": "张三", "id": "310101199001011235", "sha256": "00ff"});
    assert_eq!(leaf.opens(&key, &other), Err(LeafError::OtherRecord));
    assert_eq!(leaf.opens(&CommitmentKey([8; 32]), &record), Err(LeafError::OtherRecord));
    assert_ne!(leaf.commitment(), Leaf::new("a", &facts, &CommitmentKey([8; 32]), &record).unwrap().commitment());
    assert!(!format!("{key:?}").contains('7'), "a key is not printed");
    for (kind, why) in [("", "empty"), ("Opinion", "capitals"), ("a\nb", "a line end"), ("意见", "not ASCII")] {
        assert!(matches!(Leaf::new(kind, &facts, &key, &record), Err(LeafError::Kind { .. })), "{why}");
    }
    assert!(matches!(Leaf::new("a", &json!([]), &key, &record), Err(LeafError::Facts(_))), "facts are an object");
    let long = json!({"a": "x".repeat(70_000)});
    assert!(
        matches!(Leaf::new("a", &long, &key, &record), Err(LeafError::TooLong(_))),
        "an entry has 65,535 bytes at most"
    );
}

#[test]
fn a_commitment_is_what_openssl_computes() {
    let commitment = CommitmentKey([7; 32]).commit(&json!({"a": 1})).unwrap();
    assert_eq!(commitment.to_string(), "DXM/7sME8THA3LzrhzwxfivMR4k5cIK9QpZGIiousCc=");
}

#[test]
fn policies_are_refused_for_what_is_wrong_with_them() {
    let (log, one, two) = (log_key(), witness_key(1), witness_key(2));
    let (log, one, two) = (log.verifier(), one.verifier(), two.verifier());
    for (text, line, why) in [
        (format!("log {log}\nquorum none\n"), None, "no witness"),
        (
            format!("  # words\n\n\tlog {log} https://log.example\nwitness 法院 {one}\nquorum 法院"),
            None,
            "any spaces, comments, names",
        ),
        (format!("witness a {one}\nwitness b {two}\ngroup g 2 a b\nquorum g\n"), None, "a number"),
        ("".to_owned(), Some(0), "no quorum"),
        (format!("log {log}\nlog {log}\nquorum none\n"), Some(2), "a log twice"),
        (format!("witness a {one}\nwitness b {one}\nquorum none\n"), Some(2), "a witness twice"),
        (format!("witness a {one}\nwitness a {two}\nquorum none\n"), Some(2), "a name twice"),
        (format!("witness none {one}\nquorum none\n"), Some(1), "a reserved name"),
        (format!("witness a {log}\nquorum none\n"), Some(1), "a log's key for a witness"),
        (format!("log {one}\nquorum none\n"), Some(1), "a witness's key for a log"),
        ("quorum a\n".to_owned(), Some(1), "an unknown name"),
        ("quorum none\nquorum none\n".to_owned(), Some(2), "two quorums"),
        (format!("witness a {one}\ngroup g 0 a\nquorum g\n"), Some(2), "no member needed"),
        (format!("witness a {one}\ngroup g 2 a\nquorum g\n"), Some(2), "more than there are"),
        (format!("witness a {one}\ngroup g 01 a\nquorum g\n"), Some(2), "a leading zero"),
        (format!("witness a {one}\ngroup g any a\ngroup h any a\nquorum h\n"), Some(3), "in two groups"),
        (format!("witness a {one}\ngroup g any a a\nquorum g\n"), Some(2), "twice in a group"),
        ("group g any g\nquorum g\n".to_owned(), Some(1), "a group in itself"),
        ("group g any\nquorum none\n".to_owned(), Some(1), "a group of nobody"),
        ("banana\n".to_owned(), Some(1), "an unknown word"),
        ("quorum none\r\n".to_owned(), Some(0), "a control character"),
    ] {
        let found = match Policy::parse(text.as_bytes()) {
            Ok(_) => None,
            Err(PolicyError::Line { line, .. }) => Some(line),
            Err(_) => Some(0),
        };
        assert_eq!(found, line, "{why}: {text}");
    }
}

#[test]
fn a_quorum_counts_as_it_is_written() {
    let keys: Vec<VerifierKey> = (1..=5).map(|number| witness_key(number).verifier().clone()).collect();
    let names: String =
        keys.iter().zip(["x1", "x2", "x3", "y1", "y2"]).map(|(key, name)| format!("witness {name} {key}\n")).collect();
    let text = format!("{names}group x 2 x1 x2 x3\ngroup y any y1 y2\ngroup both all x y\nquorum both\n");
    let policy = Policy::parse(text.as_bytes()).unwrap();
    for set in 0..32_u32 {
        let chosen: Vec<VerifierKey> = (0..5).filter(|at| set >> at & 1 == 1).map(|at| keys[at].clone()).collect();
        let wanted = (set & 0b111).count_ones() >= 2 && set & 0b11000 != 0;
        assert_eq!(policy.is_met(&chosen), wanted, "{set:05b}");
    }
    assert_eq!(policy.quorum_in_words(), "both (2 of x (2 of x1, x2, x3), y (1 of y1, y2))");
}

/// A log with one leaf of ours in it, its proof file, and the record.
fn opinion() -> (Vec<u8>, String, serde_json::Value) {
    let key = CommitmentKey([9; 32]);
    let record = json!({"pdf_sha256": "aa", "number": "2026-00017"});
    let leaf = Leaf::new("opinion.issued", &json!({"number": "2026-00017"}), &key, &record).unwrap().to_bytes();
    let (mut store, _) = log(&[300]);
    let head = cosigned(&ledger::append(&mut store, &log_key(), &[&leaf]).unwrap());
    let head = ledger::publish(&mut store, &head, log_key().verifier()).unwrap();
    let mut reader = Reader::open(&store, head.checkpoint()).unwrap();
    let enclosed = Enclosed { key: Some(key), leaf: leaf.clone() };
    (leaf, Proof::make(&mut reader, &head, 300, Some(&enclosed)).unwrap().to_string(), record)
}

#[test]
fn a_proof_holds_and_says_what_it_shows() {
    let (leaf, proof, record) = opinion();
    let verified = verify_proof(&leaf, proof.as_bytes(), policy().as_bytes()).unwrap();
    assert_eq!((verified.index, verified.size, verified.origin.as_str()), (300, 301, "log.example/public"));
    let witnesses: Vec<&str> = verified.witnesses.iter().map(|witness| witness.name.as_str()).collect();
    assert_eq!(witnesses, ["court", "university"]);
    assert_eq!(verified.witnesses[0].time, 1_770_000_000);
    assert_eq!(verify_enclosed(proof.as_bytes(), policy().as_bytes()).unwrap().1.to_bytes(), leaf);
    assert!(verify_record(&record, proof.as_bytes(), policy().as_bytes()).is_ok());
    let changed = json!({"pdf_sha256": "ab", "number": "2026-00017"});
    let refused = verify_record(&changed, proof.as_bytes(), policy().as_bytes()).unwrap_err();
    assert_eq!(refused, [Refusal::Leaf(LeafError::OtherRecord)]);
}

#[test]
fn a_proof_that_does_not_hold_is_refused_with_every_reason() {
    let (leaf, proof, _) = opinion();
    let other = verify_proof(b"another", proof.as_bytes(), policy().as_bytes()).unwrap_err();
    assert!(matches!(other[..], [Refusal::Inclusion(_)]), "{other:?}");
    // Another log, no witness and another entry: three reasons.
    let stranger = Signer::from_seed("log.example/other", Kind::Log, &[50; 32]).unwrap();
    let third = witness_key(3);
    let text = format!("log {}\nwitness notary {}\nquorum notary\n", stranger.verifier(), third.verifier());
    let all = verify_proof(b"another", proof.as_bytes(), text.as_bytes()).unwrap_err();
    assert!(matches!(all[..], [Refusal::UnknownLog { .. }, Refusal::Quorum { .. }, Refusal::Inclusion(_)]), "{all:?}");
    let both = verify_proof(&leaf, b"", b"").unwrap_err();
    assert!(matches!(both[..], [Refusal::Policy(_), Refusal::Proof(_)]), "{both:?}");
    for refusal in all.iter().chain(&both) {
        assert!(refusal.to_string().len() > 30, "a sentence: {refusal}");
    }
    // An old key of the log still stands in the policy beside the new one.
    let new = Signer::from_seed("log.example/public", Kind::Log, &[51; 32]).unwrap();
    let rotated = policy().replace("witness court", &format!("log {}\nwitness court", new.verifier()));
    assert!(verify_proof(&leaf, proof.as_bytes(), rotated.as_bytes()).is_ok());
}

/// T3 for the proof file: every single bit of it.
#[test]
fn every_flipped_bit_of_a_proof_file_is_refused() {
    let (_, proof, record) = opinion();
    let policy = policy();
    assert!(verify_record(&record, proof.as_bytes(), policy.as_bytes()).is_ok());
    for bit in 0..proof.len() * 8 {
        let mut bytes = proof.clone().into_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(verify_record(&record, &bytes, policy.as_bytes()).is_err(), "bit {bit}");
    }
}

/// T3 for the checkpoint: every single bit, under a policy that asks for all who signed.
#[test]
fn every_flipped_bit_of_a_checkpoint_is_refused() {
    let (_, head) = log(&[300]);
    let policy = Policy::parse(policy().as_bytes()).unwrap();
    let text = head.to_string();
    assert_eq!(verify_checkpoint(text.as_bytes(), &policy).unwrap().0.size, 300);
    for bit in 0..text.len() * 8 {
        let mut bytes = text.clone().into_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(verify_checkpoint(&bytes, &policy).is_err(), "bit {bit}");
    }
}

#[test]
fn cosignatures_of_strangers_are_left_out_and_false_ones_refused() {
    let (_, head) = log(&[3]);
    let (known, stranger) = (witness_key(1), witness_key(9));
    let lines = format!("{}\n", stranger.cosign(head.body(), 5).unwrap());
    assert_eq!(head.with_cosignatures(&lines, &[known.verifier().clone()]).unwrap(), head);
    let mut bad = known.cosign(head.body(), 5).unwrap();
    Chance(1).flip(&mut bad.bytes);
    assert!(head.with_cosignatures(&format!("{bad}\n"), &[known.verifier().clone()]).is_err());
    assert!(Head::open(head.to_string().as_bytes(), known.verifier()).is_err(), "a witness is no log");
}
