//! S2 of the security figures: every changed bit and every appended revision is refused.

use crate::house::House;
use crate::pages::{Form, appended, forge, pdf};
use lopdf::{Object, dictionary};
use seal::{Fault, signature_parts, verify_pdf};

/// Bits in the signed ranges, and as many in the signatures' values.
const SAMPLES: usize = 1000;

#[test]
fn every_changed_bit_is_refused() {
    let house = House::new().unwrap();
    let (signed, trust) = (house.sign(&pdf(Form::Plain, 3), 1).unwrap(), house.trust());
    assert!(verify_pdf(&signed, &trust).is_sound());
    let parts = signature_parts(&signed).unwrap();
    let [(_, start), (end, _)] = parts.last().unwrap().pieces;
    let (mut inside, mut between) = (0, 0);
    // A stride that meets every kind of place, the same each time.
    for sample in 0.. {
        let bit = (sample * 7_368_787) % (signed.len() * 8);
        let counter = if (start..end).contains(&(bit / 8)) { &mut between } else { &mut inside };
        if *counter < SAMPLES {
            *counter += 1;
            let mut changed = signed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let report = verify_pdf(&changed, &trust);
            assert!(!report.is_sound(), "byte {} bit {}", bit / 8, bit % 8);
            assert!(!report.sentences().is_empty());
        }
        if inside == SAMPLES && between == SAMPLES {
            break;
        }
    }
}

#[test]
fn every_appended_revision_is_refused() {
    let house = House::new().unwrap();
    let trust = house.trust();
    for approvals in [0, 1] {
        let signed = house.sign(&pdf(Form::Plain, 1), approvals).unwrap();
        let forms: [(&str, Vec<u8>); 7] = [
            ("an end of line", [signed.as_slice(), b"\n"].concat()),
            ("a comment", [signed.as_slice(), b"% nothing\n"].concat()),
            ("an empty revision", appended(&signed, |_| {})),
            ("another page content", appended(&signed, forge)),
            (
                "an object nobody names",
                appended(&signed, |update| {
                    update.new_document.add_object(Object::Integer(1));
                }),
            ),
            (
                "a text field",
                appended(&signed, |update| {
                    let form = update.get_prev_documents().catalog().unwrap().get(b"AcroForm").unwrap();
                    let form = form.as_reference().unwrap();
                    update.opt_clone_object_to_new_document(form).unwrap();
                    let field = dictionary! { "FT" => Object::Name(b"Tx".to_vec()) };
                    let field = update.new_document.add_object(field);
                    let form = update.new_document.get_object_mut(form).and_then(Object::as_dict_mut).unwrap();
                    form.get_mut(b"Fields").and_then(Object::as_array_mut).unwrap().push(field.into());
                }),
            ),
            (
                "a form without the signatures",
                appended(&signed, |update| {
                    let root = update.get_prev_documents().trailer.get(b"Root").and_then(Object::as_reference).unwrap();
                    update.opt_clone_object_to_new_document(root).unwrap();
                    let root = update.new_document.get_object_mut(root).and_then(Object::as_dict_mut).unwrap();
                    root.remove(b"AcroForm");
                }),
            ),
        ];
        for (what, changed) in forms {
            let report = verify_pdf(&changed, &trust);
            assert!(!report.is_sound(), "{what}");
        }
    }
}

/// What was cut off is missed: no prefix of a signed file is sound.
#[test]
fn a_shortened_file_is_refused() {
    let house = House::new().unwrap();
    let (signed, trust) = (house.sign(&pdf(Form::Plain, 1), 2).unwrap(), house.trust());
    let ends: Vec<usize> = signature_parts(&signed).unwrap().iter().map(|one| one.pieces[1].1).collect();
    for end in ends.iter().take(2).copied().chain((0..signed.len()).step_by(997)).chain([signed.len() - 1]) {
        assert!(!verify_pdf(&signed[..end], &trust).is_sound(), "{end}");
    }
    let report = verify_pdf(&signed[..ends[1]], &trust);
    assert_eq!(report.faults, [Fault::NotClosed], "the appraisers' signatures hold, the institution's is missing");
    assert!(report.signatures.iter().all(|one| one.faults.is_empty()));
}

/// A signature of one opinion under another.
#[test]
fn a_signature_moved_to_another_file_is_refused() {
    let house = House::new().unwrap();
    let (one, other) = (house.sign(&pdf(Form::Plain, 1), 0).unwrap(), house.sign(&pdf(Form::Plain, 2), 0).unwrap());
    let gap = |pdf: &[u8]| {
        let parts = signature_parts(pdf).unwrap();
        parts[0].pieces[0].1..parts[0].pieces[1].0
    };
    let mut moved = other.clone();
    moved[gap(&other)].copy_from_slice(&one[gap(&one)]);
    let report = verify_pdf(&moved, &house.trust());
    assert_eq!(report.signatures[0].faults, [Fault::DigestDiffers]);
}
