//! Whom a verifier believes, and what signers and stampers may not get wrong.

use crate::house::{House, instant, subject, ten_years};
use crate::pages::{Form, pdf};
use seal::{
    Certificate, Fault, Revocation, Signer, Signing, SoftwareSigner, StampRequest, Stamper, TestAuthority,
    TestStampAuthority, Trust, Validity, sign_pdf, verify_pdf, verify_stamp,
};

#[test]
fn a_chain_holds_at_the_stamped_time_or_not_at_all() {
    let house = House::new().unwrap();
    let signed = house.sign(&pdf(Form::Plain, 1), 0).unwrap();
    let print = house.institution.certificate().fingerprint();
    let stranger = TestAuthority::new("别处", &[77; 32], ten_years()).unwrap();
    let revoked = |at: &str| Revocation { fingerprint: print.clone(), from: instant(at) };
    let own = house.trust();
    let rows: [(&str, Trust, bool); 7] = [
        ("as it is", own.clone(), true),
        ("nobody is trusted", Trust::default(), false),
        ("another root", Trust { roots: vec![stranger.root().clone()], ..own.clone() }, false),
        ("another root of stamps", Trust { stamp_roots: vec![stranger.root().clone()], ..own.clone() }, false),
        ("revoked before", Trust { revoked: vec![revoked("2026-03-30T07:59:59Z")], ..own.clone() }, false),
        ("revoked at that instant", Trust { revoked: vec![revoked("2026-03-30T08:00:00Z")], ..own.clone() }, false),
        ("revoked after", Trust { revoked: vec![revoked("2026-03-30T08:00:01Z")], ..own }, true),
    ];
    for (why, trust, sound) in rows {
        let report = verify_pdf(&signed, &trust);
        assert_eq!(report.is_sound(), sound, "{why}: {:?}", report.sentences());
    }
    let pinned = Trust { roots: vec![house.institution.certificate().clone()], ..house.trust() };
    assert!(verify_pdf(&signed, &pinned).is_sound(), "the institution's own certificate may be the anchor");
}

#[test]
fn a_certificate_is_for_its_time_and_its_purpose() {
    let house = House::new().unwrap();
    let who = subject("示例司法鉴定中心", "", "310000000");
    let until_2027 = Validity { until: instant("2027-01-01T00:00:00Z"), ..ten_years() };
    let short = house.authority.signer(&who, &[6; 32], &[6], until_2027).unwrap();
    let stamper = house.authority.stamper(&who, &[7; 32], &[7], ten_years()).unwrap();
    let at = |text: &str| instant(text);
    let sign = |signer: &dyn Signer, at| {
        let closing = Signing { signer, reason: "", at };
        sign_pdf(&pdf(Form::Plain, 1), &[], &closing, &house.stamps.stamper(at, 5)).unwrap()
    };
    let report = |signed: &[u8]| verify_pdf(signed, &house.trust()).signatures[0].faults.clone();
    assert_eq!(report(&sign(&short, at("2027-01-01T00:00:00Z"))), [], "the last instant is good");
    assert!(matches!(report(&sign(&short, at("2027-01-01T00:00:01Z")))[..], [Fault::NotValidAt { .. }]));
    assert!(matches!(report(&sign(&stamper, house.at))[..], [Fault::WrongPurpose { .. }]), "stamps are no seals");
    let wrong = TestStampAuthority::new(short);
    let closing = house.closing();
    let signed = sign_pdf(&pdf(Form::Plain, 1), &[], &closing, &wrong.stamper(house.at, 1)).unwrap();
    let found = report(&signed);
    assert!(
        matches!(&found[..], [Fault::StampWrong { why }] if matches!(**why, Fault::WrongPurpose { .. })),
        "{found:?}"
    );
}

/// A device as it would stand behind PKCS#11 or a seal server; here it errs in ways a device can.
struct Device<'a> {
    shown: &'a SoftwareSigner,
    used: Option<&'a SoftwareSigner>,
}

impl Signer for Device<'_> {
    fn certificate(&self) -> &Certificate {
        self.shown.certificate()
    }

    fn sign(&self, digest: &[u8; 32]) -> Result<Vec<u8>, String> {
        self.used.ok_or("请插入签名设备")?.sign(digest)
    }
}

struct Broken(Result<Vec<u8>, String>);

impl Stamper for Broken {
    fn stamp(&self, _: &[u8; 32]) -> Result<Vec<u8>, String> {
        self.0.clone()
    }
}

#[test]
fn nothing_is_signed_with_a_wrong_key_or_without_a_stamp() {
    let house = House::new().unwrap();
    let plain = pdf(Form::Plain, 1);
    let good = house.stamps.stamper(house.at, 1);
    let sign = |device: &Device<'_>, stamper: &dyn Stamper| {
        sign_pdf(&plain, &[], &Signing { signer: device, reason: "", at: house.at }, stamper)
    };
    let right = Device { shown: &house.institution, used: Some(&house.institution) };
    assert!(verify_pdf(&sign(&right, &good).unwrap(), &house.trust()).is_sound());
    let absent = Device { used: None, ..right };
    assert_eq!(sign(&absent, &good), Err(Fault::Signer { why: "请插入签名设备".to_owned() }));
    let other = Device { used: Some(&house.appraisers[0]), shown: &house.institution };
    assert_eq!(sign(&other, &good), Err(Fault::SignatureWrong { by: "示例司法鉴定中心".to_owned() }));
    let down = Broken(Err("连接超时".to_owned()));
    assert_eq!(sign(&right, &down), Err(Fault::Stamper { why: "连接超时".to_owned() }));
    let stale = Broken(Ok(good.stamp(&[0; 32]).unwrap()));
    assert_eq!(sign(&right, &stale), Err(Fault::StampOfOther), "a token of something else");
    let huge = Broken(Ok(b"0\x82\xFF\xFFrubbish".to_vec()));
    assert!(matches!(sign(&right, &huge), Err(Fault::Malformed { .. })));
}

#[test]
fn a_response_is_accepted_for_its_own_request_only() {
    let house = House::new().unwrap();
    let trust = house.trust();
    let request = StampRequest::new(&[1; 32], &[0xFF; 16]);
    let response = house.stamps.answer(&request.to_der().unwrap(), house.at, 300).unwrap();
    let token = request.accept(&response, &trust).unwrap();
    let stamp = verify_stamp(&token, &[1; 32], &trust).unwrap();
    assert_eq!((stamp.at, stamp.serial.as_str()), (house.at, "012c"));
    assert_eq!(verify_stamp(&token, &[2; 32], &trust), Err(vec![Fault::StampOfOther]));
    let other_digest = StampRequest::new(&[2; 32], &[0xFF; 16]);
    assert_eq!(other_digest.accept(&response, &trust), Err(vec![Fault::StampOfOther]));
    let other_nonce = StampRequest::new(&[1; 32], &[0; 16]);
    assert_eq!(other_nonce.accept(&response, &trust), Err(vec![Fault::StampNonce]), "an old answer played again");
    let both = StampRequest::new(&[3; 32], &[3; 16]).accept(&response, &Trust::default()).unwrap_err();
    assert_eq!(both.len(), 3, "all that is wrong at once: digest, root, nonce: {both:?}");
    let refusal = house.stamps.answer(b"not a request", house.at, 1).unwrap();
    assert!(matches!(request.accept(&refusal, &trust).unwrap_err()[..], [Fault::StampRefused { status: 2, .. }]));
    for bit in 0..token.len() * 8 {
        let mut changed = token.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(verify_stamp(&changed, &[1; 32], &trust).is_err(), "bit {bit}");
    }
}

/// Certificates for keys that were made elsewhere, and a chain with nobody in between.
#[test]
fn a_key_that_stays_where_it_is_gets_a_certificate() {
    let house = House::new().unwrap();
    let key = house.institution.certificate().key().unwrap().to_sec1_bytes();
    let certificate = house.authority.certify(&subject("乙某", "", ""), &key, &[9], ten_years()).unwrap();
    assert!(SoftwareSigner::new(&[8; 32], certificate.clone(), Vec::new()).is_none(), "not its key");
    assert_eq!(Certificate::from_der(certificate.as_der()).unwrap(), certificate);
    assert!(house.authority.certify(&subject("乙某", "", ""), b"no point", &[9], ten_years()).is_err());
    assert!(house.authority.certify(&subject("乙某", "", ""), &key, &[9; 30], ten_years()).is_err(), "serial too long");
}
