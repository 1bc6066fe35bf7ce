//! No bytes make a parser panic: PDF, CMS, certificates, time stamps, seals, stored keys.

use crate::house::House;
use crate::pages::{Form, pdf};
use proptest::collection::vec;
use proptest::prelude::*;
use seal::{
    Certificate, SealedKey, Signer, SmKey, SmPublicKey, StampRequest, Stamper, signature_parts, verify_pdf,
    verify_stamp,
};
use std::sync::OnceLock;

struct Good {
    house: House,
    pdf: Vec<u8>,
    token: Vec<u8>,
    response: Vec<u8>,
}

fn good() -> &'static Good {
    static GOOD: OnceLock<Good> = OnceLock::new();
    GOOD.get_or_init(|| {
        let house = House::new().unwrap();
        let pdf = house.sign(&pdf(Form::Plain, 1), 1).unwrap();
        let token = house.stamps.stamper(house.at, 1).stamp(&[1; 32]).unwrap();
        let request = StampRequest::new(&[1; 32], &[1; 16]).to_der().unwrap();
        let response = house.stamps.answer(&request, house.at, 1).unwrap();
        Good { house, pdf, token, response }
    })
}

/// A few bytes replaced, taken out or put in.
fn spoil(bytes: &[u8], edits: &[(u32, u8, u8)]) -> Vec<u8> {
    let mut spoilt = bytes.to_vec();
    for (at, kind, byte) in edits {
        let at = *at as usize % spoilt.len().max(1);
        match kind % 4 {
            0 if at < spoilt.len() => spoilt[at] = *byte,
            1 => spoilt.insert(at, *byte),
            2 if at < spoilt.len() => drop(spoilt.remove(at)),
            _ => spoilt.truncate(at.max(8)),
        }
    }
    spoilt
}

fn edits() -> impl Strategy<Value = Vec<(u32, u8, u8)>> {
    vec((any::<u32>(), 0..8_u8, any::<u8>()), 1..6)
}

fn everything(bytes: &[u8]) {
    let good = good();
    let trust = good.house.trust();
    assert!(!verify_pdf(bytes, &trust).is_sound() || bytes == good.pdf);
    let _ = signature_parts(bytes);
    let _ = Certificate::from_der(bytes);
    let _ = verify_stamp(bytes, &[1; 32], &trust);
    let _ = StampRequest::new(&[1; 32], &[1; 16]).accept(bytes, &trust);
    assert!(good.house.stamps.answer(bytes, good.house.at, 1).is_ok(), "at worst a rejection");
    let _ = SmPublicKey::from_der(bytes);
    assert!(SmKey::from_random(&[1; 32]).public_key().verify(b"x", bytes).is_err());
    let _ = SealedKey::from_bytes(bytes.to_vec());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in vec(any::<u8>(), 0..2000)) {
        everything(&bytes);
    }

    #[test]
    fn bytes_that_begin_like_a_pdf(bytes in vec(any::<u8>(), 0..500)) {
        let text = [b"%PDF-1.7\n".as_slice(), &bytes, b"\nstartxref\n9\n%%EOF\n"].concat();
        everything(&text);
    }

    #[test]
    fn a_signed_pdf_spoilt(edits in edits()) {
        everything(&spoil(&good().pdf, &edits));
    }

    /// The last 3 KB hold what a PDF reader follows.
    #[test]
    fn the_end_of_a_signed_pdf_spoilt(edits in edits()) {
        let (head, tail) = good().pdf.split_at(good().pdf.len() - 900);
        everything(&[head, &spoil(tail, &edits)].concat());
    }

    #[test]
    fn a_token_spoilt(edits in edits()) {
        let spoilt = spoil(&good().token, &edits);
        everything(&spoilt);
        if spoilt != good().token {
            prop_assert!(verify_stamp(&spoilt, &[1; 32], &good().house.trust()).is_err());
        }
    }

    #[test]
    fn a_response_spoilt(edits in edits()) {
        everything(&spoil(&good().response, &edits));
    }

    #[test]
    fn a_certificate_spoilt(edits in edits()) {
        everything(&spoil(good().house.institution.certificate().as_der(), &edits));
    }
}
