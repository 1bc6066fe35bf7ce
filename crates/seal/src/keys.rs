//! Private keys at rest, and which of them may sign when.
//!
//! A secret lies encrypted (XChaCha20-Poly1305) under the master key, which is handed in and never stored beside it. The
//! record's id and algorithm are authenticated with it: a ciphertext moved to another row does not open.
//!
//! **Invariant:** a key that ended never signs again, and its record stays: old signatures name it.

use crate::certificate::Certificate;
use crate::chain::Revocation;
use crate::fault::Fault;
use crate::signer::SoftwareSigner;
use crate::sm::SmKey;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use jiff::Timestamp;
use std::fmt;
use zeroize::Zeroizing;

/// Random bytes for each sealing; long enough to be drawn blindly (XChaCha20).
pub const KEY_NONCE_BYTES: usize = 24;

/// Version 1: `SJK1`, nonce, ciphertext of 32 bytes, tag of 16.
const MAGIC: &[u8; 4] = b"SJK1";
const SEALED_BYTES: usize = 4 + KEY_NONCE_BYTES + 32 + 16;

/// Opens the keys at rest. Comes from the operator's configuration or device; wiped from memory when dropped.
pub struct MasterKey(Zeroizing<[u8; 32]>);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub String);

/// What the private key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// Signatures within the PDF.
    P256,
    /// The seal beside it.
    Sm2,
}

impl Algorithm {
    /// As it is stored.
    pub fn code(self) -> &'static str {
        match self {
            Self::P256 => "p256",
            Self::Sm2 => "sm2",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        [Self::P256, Self::Sm2].into_iter().find(|one| one.code() == code)
    }
}

/// An encrypted private key, as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedKey(Vec<u8>);

/// Another key took this one's place; what it signed before stays good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    pub at: Timestamp,
    pub to: KeyId,
}

/// The key must be taken for known to others from `from` on, which may lie before the day it was noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRevocation {
    pub from: Timestamp,
    pub noticed_at: Timestamp,
    pub reason: String,
}

/// One key with its history: a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRecord {
    pub id: KeyId,
    /// The institution or the appraiser whose key it is.
    pub owner: String,
    pub algorithm: Algorithm,
    /// First the key's own, then the authorities above it; none for SM2 so far.
    pub certificates: Vec<Certificate>,
    pub sealed: SealedKey,
    pub from: Timestamp,
    pub rotated: Option<Rotation>,
    pub revoked: Option<KeyRevocation>,
}

/// All keys, ended ones too.
#[derive(Debug, Clone, Default)]
pub struct KeyStore {
    records: Vec<KeyRecord>,
}

impl MasterKey {
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Encrypts a secret for one record. `nonce`: fresh random bytes.
    ///
    /// # Errors
    /// None in practice: the secret is of fixed length.
    pub fn seal(
        &self,
        id: &KeyId,
        algorithm: Algorithm,
        secret: &[u8; 32],
        nonce: &[u8; KEY_NONCE_BYTES],
    ) -> Result<SealedKey, Fault> {
        let payload = Payload { msg: secret, aad: &bound_to(id, algorithm) };
        let locked = || Fault::KeyLocked { id: id.0.clone() };
        let hidden = self.cipher().encrypt(&XNonce::from(*nonce), payload).map_err(|_| locked())?;
        Ok(SealedKey([MAGIC.as_slice(), nonce, &hidden].concat()))
    }

    /// # Errors
    /// Another master key, another id or algorithm, changed bytes: it can not be told which.
    pub fn open(&self, id: &KeyId, algorithm: Algorithm, sealed: &SealedKey) -> Result<Zeroizing<[u8; 32]>, Fault> {
        let locked = || Fault::KeyLocked { id: id.0.clone() };
        let format = |why| Fault::KeyFormat { id: id.0.clone(), why };
        let rest = sealed.0.strip_prefix(MAGIC).ok_or_else(|| format("版本不符"))?;
        let (nonce, hidden) = rest.split_first_chunk::<KEY_NONCE_BYTES>().ok_or_else(|| format("长度不符"))?;
        let payload = Payload { msg: hidden, aad: &bound_to(id, algorithm) };
        let secret = self.cipher().decrypt(&XNonce::from(*nonce), payload).map_err(|_| locked())?;
        let secret = Zeroizing::new(secret);
        let secret: [u8; 32] = secret.as_slice().try_into().map_err(|_| format("长度不符"))?;
        Ok(Zeroizing::new(secret))
    }

    /// Encrypts a secret that is no signing key. `what` names the one thing that it belongs to; `nonce`: fresh random bytes.
    ///
    /// # Errors
    /// None in practice: a secret of some hundred bytes.
    pub fn lock(&self, what: &str, secret: &[u8], nonce: &[u8; KEY_NONCE_BYTES]) -> Result<Vec<u8>, Fault> {
        let payload = Payload { msg: secret, aad: &belongs_to(what) };
        let hidden = self.cipher().encrypt(&XNonce::from(*nonce), payload);
        let hidden = hidden.map_err(|_| Fault::KeyLocked { id: what.to_owned() })?;
        Ok([nonce.as_slice(), &hidden].concat())
    }

    /// # Errors
    /// Another master key, another thing, changed bytes: it can not be told which.
    pub fn unlock(&self, what: &str, locked: &[u8]) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let id = || what.to_owned();
        let (nonce, hidden) = locked
            .split_first_chunk::<KEY_NONCE_BYTES>()
            .ok_or_else(|| Fault::KeyFormat { id: id(), why: "长度不符" })?;
        let payload = Payload { msg: hidden, aad: &belongs_to(what) };
        let secret = self.cipher().decrypt(&XNonce::from(*nonce), payload);
        Ok(Zeroizing::new(secret.map_err(|_| Fault::KeyLocked { id: id() })?))
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&(*self.0).into())
    }
}

/// What the ciphertext belongs to. The algorithm is of fixed set, the id comes last: no two pairs give the same bytes.
fn bound_to(id: &KeyId, algorithm: Algorithm) -> Vec<u8> {
    format!("sijian-key/v1\n{}\n{}", algorithm.code(), id.0).into_bytes()
}

/// Never what [`bound_to`] gives: no signing key opens as a secret, nor the other way round.
fn belongs_to(what: &str) -> Vec<u8> {
    format!("sijian-secret/v1\n{what}").into_bytes()
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey")
    }
}

impl fmt::Debug for SealedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedKey")
    }
}

impl SealedKey {
    /// # Errors
    /// Another length than version 1 has.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, Fault> {
        let right = bytes.len() == SEALED_BYTES && bytes.starts_with(MAGIC);
        if right { Ok(Self(bytes)) } else { Err(Fault::KeyFormat { id: String::new(), why: "长度或版本不符" }) }
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl KeyRecord {
    /// From when on it signs no more: the earlier of rotation and revocation.
    pub fn ended_at(&self) -> Option<Timestamp> {
        let rotated = self.rotated.as_ref().map(|one| one.at);
        rotated.into_iter().chain(self.revoked.as_ref().map(|one| one.from)).min()
    }

    /// Whether it may sign at that time.
    pub fn may_sign(&self, at: Timestamp) -> bool {
        self.from <= at && self.ended_at().is_none_or(|end| at < end)
    }

    /// The signer of the PDF's signatures.
    ///
    /// # Errors
    /// The key ended, can not be opened, or is not its certificate's.
    pub fn signer(&self, master: &MasterKey, at: Timestamp) -> Result<SoftwareSigner, Fault> {
        let secret = self.secret(master, Algorithm::P256, at)?;
        let mut certificates = self.certificates.iter().cloned();
        let own = certificates.next().ok_or(Fault::NoCertificate)?;
        SoftwareSigner::new(&secret, own, certificates.collect())
            .ok_or_else(|| Fault::KeyFormat { id: self.id.0.clone(), why: "私钥与证书不是一对" })
    }

    /// The key of the SM2 seal.
    ///
    /// # Errors
    /// The key ended, or can not be opened.
    pub fn sm_key(&self, master: &MasterKey, at: Timestamp) -> Result<SmKey, Fault> {
        SmKey::from_secret(&*self.secret(master, Algorithm::Sm2, at)?)
    }

    fn secret(&self, master: &MasterKey, wanted: Algorithm, at: Timestamp) -> Result<Zeroizing<[u8; 32]>, Fault> {
        if self.algorithm != wanted {
            return Err(Fault::KeyFormat { id: self.id.0.clone(), why: "算法不符" });
        }
        if !self.may_sign(at) {
            let at = self.ended_at().unwrap_or(self.from);
            return Err(Fault::KeyEnded { id: self.id.0.clone(), at });
        }
        master.open(&self.id, self.algorithm, &self.sealed)
    }
}

impl KeyStore {
    pub fn records(&self) -> &[KeyRecord] {
        &self.records
    }

    /// # Errors
    /// An id is used once, for ever: it stands in what was signed.
    pub fn add(&mut self, record: KeyRecord) -> Result<(), Fault> {
        if self.find(&record.id).is_some() {
            return Err(Fault::KeyTaken { id: record.id.0 });
        }
        self.records.push(record);
        Ok(())
    }

    pub fn find(&self, id: &KeyId) -> Option<&KeyRecord> {
        self.records.iter().find(|one| one.id == *id)
    }

    /// The key of an owner that may sign at that time; the newest, if several may.
    ///
    /// # Errors
    /// There is none.
    pub fn current(&self, owner: &str, algorithm: Algorithm, at: Timestamp) -> Result<&KeyRecord, Fault> {
        let mine = self.records.iter().filter(|one| one.owner == owner && one.algorithm == algorithm);
        mine.filter(|one| one.may_sign(at))
            .max_by_key(|one| one.from)
            .ok_or_else(|| Fault::KeyUnknown { what: format!("{owner}（{}）", algorithm.code()) })
    }

    /// A new key takes the place of an old one, from the new one's beginning on.
    ///
    /// # Errors
    /// The old one is not there or has ended, the new id is used, or it is another's key.
    pub fn rotate(&mut self, old: &KeyId, new: KeyRecord) -> Result<(), Fault> {
        let record = self.find(old).ok_or_else(|| Fault::KeyUnknown { what: old.0.clone() })?;
        if record.owner != new.owner || record.algorithm != new.algorithm {
            return Err(Fault::KeyFormat { id: new.id.0, why: "新旧密钥的所有人或算法不同" });
        }
        if let Some(at) = record.ended_at() {
            return Err(Fault::KeyEnded { id: old.0.clone(), at });
        }
        let rotation = Rotation { at: new.from, to: new.id.clone() };
        self.add(new)?;
        self.change(old, |record| record.rotated = Some(rotation));
        Ok(())
    }

    /// Revokes a key. One that was rotated away may still turn out to be known to others. A second revocation may only
    /// reach further back: nothing that was refused becomes good again.
    ///
    /// # Errors
    /// The key is not there, or was revoked from as early or earlier.
    pub fn revoke(&mut self, id: &KeyId, revocation: KeyRevocation) -> Result<(), Fault> {
        let record = self.find(id).ok_or_else(|| Fault::KeyUnknown { what: id.0.clone() })?;
        match &record.revoked {
            Some(before) if before.from <= revocation.from => {
                Err(Fault::KeyEnded { id: id.0.clone(), at: before.from })
            }
            _ => {
                self.change(id, |record| record.revoked = Some(revocation));
                Ok(())
            }
        }
    }

    /// What a verifier must know of the revoked keys.
    pub fn revocations(&self) -> Vec<Revocation> {
        let revoked = self.records.iter().filter_map(|one| {
            let (certificate, revoked) = (one.certificates.first()?, one.revoked.as_ref()?);
            Some(Revocation { fingerprint: certificate.fingerprint(), from: revoked.from })
        });
        revoked.collect()
    }

    fn change(&mut self, id: &KeyId, change: impl FnOnce(&mut KeyRecord)) {
        if let Some(record) = self.records.iter_mut().find(|one| one.id == *id) {
            change(record);
        }
    }
}
