//! T5: the witness answers as tlog-witness says, all six ways, and never cosigns two histories.

use crate::support::{Chance, Forest, ORIGIN, log_key, witness_key};
use ledger::note::Note;
use ledger::tree;
use ledger::witness::{Answer, Request, Seen, decide};
use ledger::{Checkpoint, Hash, Head, Kind, Signer, VerifierKey};

fn head(forest: &Forest, size: u64) -> Head {
    let root = tree::root(size, &mut forest.nodes()).unwrap();
    Checkpoint { origin: ORIGIN.to_owned(), size, root, extensions: Vec::new() }.sign(&log_key()).unwrap()
}

fn proof(forest: &Forest, old: u64, new: u64) -> Vec<Hash> {
    if old == 0 { Vec::new() } else { tree::prove_consistency(old, new, &mut forest.nodes()).unwrap() }
}

fn seen(forest: &Forest, size: u64) -> Option<Seen> {
    Some(Seen { size, root: tree::root(size, &mut forest.nodes()).unwrap() })
}

fn keys() -> Vec<VerifierKey> {
    vec![log_key().verifier().clone()]
}

#[test]
fn every_request_gets_the_answer_of_the_specification() {
    let right = Forest::of(20);
    let other = Forest::new((0..20_u64).map(|index| Hash::leaf(&(index * 3).to_be_bytes())).collect());
    let stranger = Signer::from_seed(ORIGIN, Kind::Log, &[99; 32]).unwrap();
    let unsigned = head(&right, 9).checkpoint().sign(&stranger).unwrap();
    let known = keys();
    let zero = Checkpoint { origin: ORIGIN.to_owned(), size: 0, root: Hash::empty_root(), extensions: vec![] };
    let zero = zero.sign(&log_key()).unwrap();
    let rows = [
        (0, &unsigned, &known[..0], None, 404, "an unknown log"),
        (0, &unsigned, &known[..], None, 403, "signed by another key of the same name"),
        (5, &zero, &known[..], seen(&right, 5), 400, "the old size is larger"),
        (0, &unsigned, &known[..], seen(&right, 5), 403, "the signature is looked at before the sizes"),
        (20, &unsigned, &known[..0], seen(&right, 5), 404, "and the log before the signature"),
    ];
    for (old, head, keys, seen, status, why) in rows {
        let answer = decide(&Request { old, proof: Vec::new(), checkpoint: head.to_string() }, keys, seen);
        assert_eq!(answer.status(), status, "{why}");
    }
    let grown = |old: u64, new: u64, proof: Vec<Hash>, state: Option<Seen>, forest: &Forest| {
        decide(&Request { old, proof, checkpoint: head(forest, new).to_string() }, &known, state)
    };
    for (answer, status, why) in [
        (grown(0, 9, vec![], None, &right), 200, "the first checkpoint"),
        (grown(5, 9, proof(&right, 5, 9), seen(&right, 5), &right), 200, "consistent growth"),
        (grown(9, 9, vec![], seen(&right, 9), &right), 200, "the same once more"),
        (grown(0, 9, vec![], Some(Seen { size: 0, root: Hash::empty_root() }), &right), 200, "from an empty log"),
        (grown(10, 9, vec![], seen(&right, 10), &right), 400, "the old size is larger than the new"),
        (grown(0, 9, vec![], seen(&right, 5), &right), 409, "the log does not know what was cosigned"),
        (grown(4, 9, proof(&right, 4, 9), seen(&right, 5), &right), 409, "it is behind"),
        (grown(7, 9, proof(&right, 7, 9), seen(&right, 5), &right), 409, "it is ahead"),
        (grown(7, 9, proof(&right, 7, 9), None, &right), 409, "nothing was cosigned yet"),
        (grown(9, 9, vec![], seen(&other, 9), &right), 422, "the same size, another root"),
        (grown(9, 9, vec![Hash::empty_root()], seen(&right, 9), &right), 422, "the same size needs no proof"),
        (grown(5, 9, proof(&other, 5, 9), seen(&right, 5), &other), 422, "a rewritten history"),
        (grown(5, 9, proof(&right, 4, 9), seen(&right, 5), &right), 422, "a proof for another size"),
        (grown(5, 9, vec![], seen(&right, 5), &right), 422, "no proof"),
        (grown(0, 9, proof(&right, 5, 9), None, &right), 422, "a proof from nothing"),
    ] {
        assert_eq!(answer.status(), status, "{why}");
        assert!(!answer.to_string().trim().is_empty(), "{why}");
    }
    let stale = grown(4, 9, vec![], seen(&right, 5), &right);
    assert_eq!((stale.to_string().as_str(), stale.content_type()), ("5\n", "text/x.tlog.size"));
}

#[test]
fn what_is_no_request_is_answered_400() {
    let checkpoint = head(&Forest::of(3), 3).to_string();
    let hash = Hash::empty_root().to_string();
    let lines = |count: usize| format!("{hash}\n").repeat(count);
    for (body, reads, why) in [
        (format!("old 0\n\n{checkpoint}"), true, "no proof"),
        (format!("old 2\n{}\n{checkpoint}", lines(63)), true, "63 lines"),
        (format!("old 2\n{}\n{checkpoint}", lines(64)), false, "64 lines"),
        (format!("old 02\n\n{checkpoint}"), false, "a leading zero"),
        (format!("old -1\n\n{checkpoint}"), false, "a sign"),
        (format!("old 18446744073709551616\n\n{checkpoint}"), false, "beyond 2^64"),
        (format!("old\n\n{checkpoint}"), false, "no size"),
        (format!("Old 2\n\n{checkpoint}"), false, "another word"),
        (format!("old 2\nxyz\n\n{checkpoint}"), false, "no hash"),
        ("old 2\n".to_owned(), false, "no checkpoint"),
        (String::new(), false, "nothing"),
    ] {
        assert_eq!(Request::parse(body.as_bytes()).is_ok(), reads, "{why}");
    }
    let no_note = Request::parse(b"old 0\n\nnot a checkpoint\n").unwrap();
    assert_eq!(decide(&no_note, &keys(), None).status(), 400, "what follows is no checkpoint");
}

#[test]
fn a_cosignature_holds_for_the_time_and_the_text_it_was_made_for() {
    let forest = Forest::of(9);
    let request = Request { old: 0, proof: vec![], checkpoint: head(&forest, 9).to_string() };
    let Answer::Accept(accepted) = decide(&request, &keys(), None) else { panic!("refused") };
    assert_eq!((accepted.from, accepted.to), (None, seen(&forest, 9).unwrap()));
    let line = accepted.cosign(&witness_key(1), 1_679_315_147).unwrap();
    let note = Note::parse(format!("{}{line}", request.checkpoint).as_bytes()).unwrap();
    let signed = note.verify(&[witness_key(1).verifier().clone()]).unwrap();
    assert_eq!((signed.len(), signed[0].time), (1, Some(1_679_315_147)));
    assert!(accepted.cosign(&log_key(), 5).is_err(), "a log's key does not witness");
}

/// The caller's side of the contract, in which the process may die anywhere: the state is replaced only if it is what was
/// decided on, and the cosignature leaves only after that. Two logs that diverged race for cosignatures, ten thousand times.
#[test]
fn whenever_the_witness_dies_it_never_cosigns_two_histories() {
    let honest = Forest::of(40);
    let forged =
        Forest::new((0..40_u64).map(|index| Hash::leaf(&(index + u64::from(index > 10)).to_be_bytes())).collect());
    let heads: Vec<[Head; 2]> = (0..=40).map(|size| [&honest, &forged].map(|forest| head(forest, size))).collect();
    let known = keys();
    let mut chance = Chance(5);
    let (mut tries, mut cosigned, mut died) = (0, 0, 0);
    while tries < 10_000 {
        let mut stored: Option<Seen> = None;
        let mut given: Vec<Seen> = Vec::new();
        let mut waiting: Vec<ledger::witness::Accepted> = Vec::new();
        for _ in 0..12 {
            tries += 1;
            let which = chance.below(2) as usize;
            let forest = [&honest, &forged][which];
            // Decided on a state that may be old by the time the answer is stored.
            let state = stored;
            let old = state.map_or(0, |seen| seen.size);
            let size = old + chance.below(41 - old);
            let proof = if size >= old { proof(forest, old, size) } else { Vec::new() };
            let request = Request { old, proof, checkpoint: heads[size as usize][which].to_string() };
            if let Answer::Accept(accepted) = decide(&request, &known, state) {
                waiting.push(*accepted);
            }
            // Some answers are stored now, some later, some never: the process died.
            while !waiting.is_empty() && chance.below(3) > 0 {
                let accepted = waiting.swap_remove(chance.below(waiting.len() as u64) as usize);
                if chance.below(8) == 0 {
                    died += 1;
                    continue;
                }
                if stored == accepted.from {
                    stored = Some(accepted.to);
                    if chance.below(8) > 0 {
                        given.push(accepted.to);
                        cosigned += 1;
                    } else {
                        died += 1;
                    }
                }
            }
        }
        let on = |forest: &Forest, seen: &Seen| tree::root(seen.size, &mut forest.nodes()).unwrap() == seen.root;
        let one_history = [&honest, &forged].iter().any(|forest| given.iter().all(|seen| on(forest, seen)));
        assert!(one_history, "two histories were cosigned: {given:?}");
    }
    assert!(cosigned > 1000 && died > 500, "{cosigned} cosigned, {died} died");
}
