//! What is signed is sound, and what was touched is not.

mod house;
mod openssl;
mod pages;
mod parsers;
mod store;
mod tamper;
mod trust;

use house::House;
use pages::{FORMS, Form, pdf};
use seal::{Fault, SignatureKind, approve_pdf, certify_pdf, signature_parts, verify_pdf};

#[test]
fn every_form_of_pdf_is_signed_and_sound() {
    let house = House::new().unwrap();
    for form in FORMS {
        for (pages, approvals) in [(1, 0), (1, 1), (3, 2)] {
            let plain = pdf(form, pages);
            let signed = house.sign(&plain, approvals).unwrap();
            let report = verify_pdf(&signed, &house.trust());
            assert_eq!(report.sentences(), Vec::<String>::new(), "{form:?} {approvals}");
            assert!(report.is_sound());
            assert!(signed.starts_with(&plain), "what was there stays, byte for byte");
            let kinds: Vec<_> = report.signatures.iter().map(|one| one.kind).collect();
            let mut expected = vec![SignatureKind::Approval; approvals];
            expected.push(SignatureKind::Closing);
            assert_eq!(kinds, expected);
        }
    }
}

#[test]
fn a_report_says_who_signed_and_when() {
    let house = House::new().unwrap();
    let report = verify_pdf(&house.sign(&pdf(Form::Plain, 1), 2).unwrap(), &house.trust());
    let names: Vec<_> = report.signatures.iter().map(|one| one.certificate.as_ref().unwrap().subject()).collect();
    assert_eq!(names, ["乙某", "戊某", "示例司法鉴定中心"], "in the order they signed");
    let last = &report.signatures[2];
    assert_eq!(last.stamp.as_ref().unwrap().at, house.at);
    assert_eq!(last.stamp.as_ref().unwrap().authority.subject(), "示例时间戳");
    assert_eq!((last.reason.as_str(), last.field.as_str()), ("司法鉴定机构签发", "Signature3"));
    assert_eq!(last.claimed_at, "D:20260330080000+00'00'");
    let fingerprint = last.certificate.as_ref().unwrap().fingerprint();
    assert_eq!(fingerprint.len(), 64);
}

/// Each act by itself: the appraisers sign one after the other, the institution closes.
#[test]
fn signatures_are_added_one_by_one_and_closed_for_ever() {
    let house = House::new().unwrap();
    let stamper = house.stamps.stamper(house.at, 1);
    let plain = pdf(Form::Plain, 2);
    let trust = house.trust();
    assert_eq!(verify_pdf(&plain, &trust).faults, [Fault::NoSignature]);
    let one = approve_pdf(&plain, &house.approvals(2)[0], &stamper).unwrap();
    assert_eq!(verify_pdf(&one, &trust).faults, [Fault::NotClosed], "approved, not yet issued");
    let two = approve_pdf(&one, &house.approvals(2)[1], &stamper).unwrap();
    let closed = certify_pdf(&two, &house.closing(), &stamper).unwrap();
    assert!(verify_pdf(&closed, &trust).is_sound());
    assert_eq!(certify_pdf(&closed, &house.closing(), &stamper), Err(Fault::Closed));
    assert_eq!(approve_pdf(&closed, &house.approvals(1)[0], &stamper), Err(Fault::Closed));
    let touched = [two.as_slice(), b"\n"].concat();
    assert_eq!(certify_pdf(&touched, &house.closing(), &stamper), Err(Fault::Appended { bytes: 1 }));
    assert_eq!(signature_parts(&closed).unwrap().len(), 3);
}

/// Signing takes its randomness from key and message: an auditor makes the same file again.
#[test]
fn the_same_acts_give_the_same_bytes() {
    let house = House::new().unwrap();
    let plain = pdf(Form::Plain, 1);
    assert_eq!(house.sign(&plain, 2), House::new().unwrap().sign(&plain, 2));
}
