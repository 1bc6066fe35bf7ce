//! The demo's own authorities, plainly named so: everything they make follows from the master key of the demo's folder.
//!
//! **Invariant:** outside of a demo nothing here is made, asked or trusted.

use super::store::{self, Owner, OwnerKind};
use super::trust;
use crate::app::App;
use crate::fail::Fail;
use crate::master_key::{self, Master};
use crate::perform::Tx;
use anyhow::Context;
use jiff::Timestamp;
use rand::RngCore;
use seal::{Fault, KEY_NONCE_BYTES, KeyId, Signer, Subject, TestAuthority, TestStampAuthority, Validity};
use sha2::{Digest, Sha256};

/// From before the oldest day of a demo city to far behind its last: 2020 to 2045.
const FROM: Timestamp = Timestamp::constant(1_577_836_800, 0);
const UNTIL: Timestamp = Timestamp::constant(2_366_841_600, 0);

pub(super) struct House {
    pub authority: TestAuthority,
    pub stamps: TestStampAuthority,
}

impl House {
    pub fn of(master: &Master) -> Result<Self, Fault> {
        let derived = |what: &str| -> [u8; 32] {
            Sha256::new_with_prefix(master.demo_seed).chain_update(what.as_bytes()).finalize().into()
        };
        let validity = Validity { from: FROM, until: UNTIL };
        let authority = TestAuthority::new("演示·电子认证机构", &derived("root"), validity)?;
        let name = "演示·时间戳服务（仅供演示）".to_owned();
        let subject = Subject { name, organisation: String::new(), licence: String::new() };
        let stamper = authority.stamper(&subject, &derived("stamps"), &[2], validity)?;
        Ok(Self { authority, stamps: TestStampAuthority::new(stamper) })
    }
}

/// At the start of a demo: the master key, and the root as a file for verifiers outside.
///
/// # Errors
/// A folder that cannot be written.
pub fn prepare(app: &App) -> anyhow::Result<()> {
    let master = master_key::load_or_make(&app.config)?;
    let house = House::of(&master)?;
    let folder = trust::folder(&app.config);
    let write = || {
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("demo-root.der"), house.authority.root().as_der())
    };
    write().with_context(|| format!("the demo's root cannot be written to {}", folder.display()))
}

/// A key with a certificate for somebody of the demo who has none.
pub(super) async fn make_key(
    tx: &mut Tx,
    master: &Master,
    house: &House,
    owner: &Owner,
    subject: &Subject,
) -> Result<(), Fail> {
    let mut secret = [0; 32];
    tx.random.fill_bytes(&mut secret);
    let mut serial = [0; 16];
    tx.random.fill_bytes(&mut serial);
    serial[0] = serial[0] & 0x7F | 0x40;
    let mut nonce = [0; KEY_NONCE_BYTES];
    tx.random.fill_bytes(&mut nonce);
    let id = KeyId(tx.new_id());
    let internal = |fault: Fault| Fail::Internal(anyhow::Error::new(fault));
    let validity = Validity { from: FROM, until: UNTIL };
    let signer = house.authority.signer(subject, &secret, &serial, validity).map_err(internal)?;
    let sealed = master.key.seal(&id, seal::Algorithm::P256, &secret, &nonce).map_err(internal)?;
    // The demo's city begins months ago, and its people sign from the first day on.
    store::add(&mut tx.conn, &id, owner, &sealed, tx.now, "演示").await?;
    store::activate(&mut tx.conn, &id, owner, &[signer.certificate().clone()], tx.now).await?;
    Ok(())
}

/// Who somebody of the demo is, for the certificate.
pub(super) fn owner(kind: OwnerKind, id: &str) -> Owner {
    Owner { kind, id: id.to_owned() }
}
