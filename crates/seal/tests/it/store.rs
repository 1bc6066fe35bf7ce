//! Keys at rest, rotation, revocation.

use crate::house::{House, instant, subject, ten_years};
use seal::{Algorithm, Fault, KeyId, KeyRecord, KeyRevocation, KeyStore, MasterKey, SealedKey, Signer, SmKey};

fn record(house: &House, master: &MasterKey, id: &str, secret: u8, from: &str) -> KeyRecord {
    let who = subject("示例司法鉴定中心", "", "310000000");
    let signer = house.authority.signer(&who, &[secret; 32], &[secret], ten_years()).unwrap();
    let id = KeyId(id.to_owned());
    let sealed = master.seal(&id, Algorithm::P256, &[secret; 32], &[secret; 24]).unwrap();
    KeyRecord {
        id,
        owner: "示例司法鉴定中心".to_owned(),
        algorithm: Algorithm::P256,
        certificates: vec![signer.certificate().clone()],
        sealed,
        from: instant(from),
        rotated: None,
        revoked: None,
    }
}

#[test]
fn a_secret_opens_with_its_master_its_id_and_its_algorithm_only() {
    let master = MasterKey::new([1; 32]);
    let id = KeyId("k1".to_owned());
    let sealed = master.seal(&id, Algorithm::P256, &[42; 32], &[9; 24]).unwrap();
    assert_eq!(*master.open(&id, Algorithm::P256, &sealed).unwrap(), [42; 32]);
    assert!(!sealed.as_bytes().windows(8).any(|window| window == [42; 8]), "not in the clear");
    let locked = Err(Fault::KeyLocked { id: "k1".to_owned() });
    assert_eq!(MasterKey::new([2; 32]).open(&id, Algorithm::P256, &sealed).map(|_| ()), locked, "another master");
    assert_eq!(master.open(&id, Algorithm::Sm2, &sealed).map(|_| ()), locked, "another algorithm");
    assert!(master.open(&KeyId("k2".to_owned()), Algorithm::P256, &sealed).is_err(), "moved to another row");
    for bit in 0..sealed.as_bytes().len() * 8 {
        let mut bytes = sealed.as_bytes().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let opened = SealedKey::from_bytes(bytes).and_then(|one| master.open(&id, Algorithm::P256, &one).map(|_| ()));
        assert!(opened.is_err(), "bit {bit}");
    }
    assert!(SealedKey::from_bytes(sealed.as_bytes()[1..].to_vec()).is_err());
    assert_eq!(format!("{master:?} {sealed:?}"), "MasterKey SealedKey", "no secret in a log");
}

#[test]
fn a_key_that_ended_never_signs_again() {
    let house = House::new().unwrap();
    let master = MasterKey::new([1; 32]);
    let mut store = KeyStore::default();
    let owner = "示例司法鉴定中心";
    let at = |text: &str| instant(&format!("{text}T00:00:00Z"));
    let current =
        |store: &KeyStore, day: &str| store.current(owner, Algorithm::P256, at(day)).map(|one| one.id.0.clone()).ok();
    store.add(record(&house, &master, "k1", 11, "2026-02-01T00:00:00Z")).unwrap();
    let taken = store.add(record(&house, &master, "k1", 12, "2026-02-01T00:00:00Z"));
    assert_eq!(taken, Err(Fault::KeyTaken { id: "k1".to_owned() }));
    let (k1, k2) = (KeyId("k1".to_owned()), KeyId("k2".to_owned()));
    store.rotate(&k1, record(&house, &master, "k2", 12, "2026-06-01T00:00:00Z")).unwrap();
    for (day, expected, why) in [
        ("2026-01-31", None, "not yet"),
        ("2026-02-01", Some("k1"), "the first day"),
        ("2026-05-31", Some("k1"), "before the rotation"),
        ("2026-06-01", Some("k2"), "from the rotation on"),
    ] {
        assert_eq!(current(&store, day).as_deref(), expected, "{why}");
    }
    let again = store.rotate(&k1, record(&house, &master, "k3", 13, "2026-07-01T00:00:00Z"));
    assert_eq!(again, Err(Fault::KeyEnded { id: "k1".to_owned(), at: at("2026-06-01") }));
    let revoke = |store: &mut KeyStore, id: &KeyId, day: &str| {
        let reason = "私钥保管不善".to_owned();
        store.revoke(id, KeyRevocation { from: at(day), noticed_at: at("2026-09-01"), reason })
    };
    revoke(&mut store, &k1, "2026-08-01").unwrap();
    assert!(!store.find(&k1).unwrap().may_sign(at("2026-07-01")), "rotated away, whatever the revocation says");
    assert!(store.find(&k1).unwrap().may_sign(at("2026-05-01")));
    revoke(&mut store, &k1, "2026-04-01").unwrap();
    assert!(!store.find(&k1).unwrap().may_sign(at("2026-05-01")), "known to others earlier than thought");
    assert!(revoke(&mut store, &k1, "2026-08-01").is_err(), "nothing that was refused becomes good again");
    let revocations = store.revocations();
    assert_eq!(revocations.len(), 1, "k2 still counts");
    assert_eq!(revocations[0].from, at("2026-04-01"));
    let ended = store.find(&k1).unwrap().signer(&master, at("2026-05-01")).map(|_| ());
    assert_eq!(ended, Err(Fault::KeyEnded { id: "k1".to_owned(), at: at("2026-04-01") }));
    let signer = store.find(&k2).unwrap().signer(&master, at("2026-07-01")).unwrap();
    assert_eq!(signer.sign(&[0; 32]).map(|signature| signature.len() > 60), Ok(true));
    assert!(store.find(&k2).unwrap().sm_key(&master, at("2026-07-01")).is_err(), "another algorithm");
}

#[test]
fn an_sm2_key_lies_encrypted_too() {
    let house = House::new().unwrap();
    let master = MasterKey::new([1; 32]);
    let id = KeyId("sm".to_owned());
    let sealed = master.seal(&id, Algorithm::Sm2, &[21; 32], &[3; 24]).unwrap();
    let record = KeyRecord {
        algorithm: Algorithm::Sm2,
        certificates: Vec::new(),
        sealed,
        ..record(&house, &master, "sm", 14, "2026-02-01T00:00:00Z")
    };
    let key = record.sm_key(&master, instant("2026-03-01T00:00:00Z")).unwrap();
    let expected = SmKey::from_secret(&[21; 32]).unwrap();
    assert_eq!(key.public_key().to_der(), expected.public_key().to_der());
    for algorithm in [Algorithm::P256, Algorithm::Sm2] {
        assert_eq!(Algorithm::from_code(algorithm.code()), Some(algorithm));
    }
    assert_eq!(Algorithm::from_code("rsa"), None);
}
