//! Who signs and who stamps: two doors behind which a device, a seal server or plain software may stand.

use crate::certificate::Certificate;
use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::ecdsa::{DerSignature, SigningKey};
use sha2::{Digest, Sha256};

/// Holds a private key of P-256 and signs digests with it. A token behind PKCS#11 (`CKM_ECDSA`) or a remote seal server
/// needs no more than this: 32 bytes in, a signature out; the key never leaves its place.
pub trait Signer {
    /// The certificate of the key.
    fn certificate(&self) -> &Certificate;
    /// The authorities between the certificate and the root, without the root; mostly none.
    fn intermediates(&self) -> &[Certificate] {
        &[]
    }
    /// Signs a SHA-256 digest; the answer is `ECDSA-Sig-Value` in DER (RFC 3279), at most 72 bytes.
    ///
    /// # Errors
    /// What the device says, for a person to read.
    fn sign(&self, digest: &[u8; 32]) -> Result<Vec<u8>, String>;
}

/// Obtains a time stamp; the caller does the network. See [`crate::StampRequest`] for what to send and to check.
pub trait Stamper {
    /// The time-stamp token (DER) of a SHA-256 digest.
    ///
    /// # Errors
    /// Why there is none, for a person to read: the opinion then waits, and is not issued.
    fn stamp(&self, digest: &[u8; 32]) -> Result<Vec<u8>, String>;
}

/// A key in memory: for the demo, for tests, and for institutions without a device.
pub struct SoftwareSigner {
    key: SigningKey,
    certificate: Certificate,
    intermediates: Vec<Certificate>,
}

impl SoftwareSigner {
    /// `None` if the secret is not the certificate's key.
    pub fn new(secret: &[u8; 32], certificate: Certificate, intermediates: Vec<Certificate>) -> Option<Self> {
        let key = SigningKey::from_slice(secret).ok()?;
        let fits = certificate.key() == Some(*key.verifying_key());
        fits.then_some(Self { key, certificate, intermediates })
    }
}

impl Signer for SoftwareSigner {
    fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    fn intermediates(&self) -> &[Certificate] {
        &self.intermediates
    }

    fn sign(&self, digest: &[u8; 32]) -> Result<Vec<u8>, String> {
        sign_digest(&self.key, digest)
    }
}

/// Deterministic (RFC 6979).
pub(crate) fn sign_digest(key: &SigningKey, digest: &[u8; 32]) -> Result<Vec<u8>, String> {
    let signature: DerSignature = key.sign_prehash(digest).map_err(|error| error.to_string())?;
    Ok(signature.as_bytes().to_vec())
}

/// A secret of P-256 from 32 random bytes. All but one in 2^32 are one already; the rest are hashed until they are.
pub(crate) fn key_from_random(random: &[u8; 32]) -> SigningKey {
    let mut bytes = *random;
    loop {
        match SigningKey::from_slice(&bytes) {
            Ok(key) => return key,
            Err(_) => bytes = Sha256::digest(bytes).into(),
        }
    }
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
