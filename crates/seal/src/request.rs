//! A request for a certificate (PKCS#10, RFC 2986): what an institution sends to its electronic certification service.
//!
//! **Invariant:** the request carries the public key and is signed with the private one; the secret leaves only for its sealing.

use crate::asn1::{AlgorithmId, ECDSA_SHA256, Signed, plain};
use crate::authority::{Subject, distinguished, public_key};
use crate::fault::Fault;
use crate::signer::{key_from_random, sha256, sign_digest};
use der::asn1::{Any, BitString};
use der::{Encode, Sequence, Tag, TagNumber};
use x509_cert::spki::SubjectPublicKeyInfoOwned;
use zeroize::Zeroizing;

#[derive(Sequence)]
struct Body {
    version: u8,
    subject: Any,
    key: SubjectPublicKeyInfoOwned,
    attributes: Any,
}

/// A new private key from 32 random bytes, and the request (DER) for its certificate.
///
/// # Errors
/// A name that a certificate can not hold.
pub fn request_certificate(subject: &Subject, random: &[u8; 32]) -> Result<(Zeroizing<[u8; 32]>, Vec<u8>), Fault> {
    let key = key_from_random(random);
    let body = Body {
        version: 0,
        subject: distinguished(subject)?,
        key: public_key(key.verifying_key())?,
        attributes: Any::new(Tag::ContextSpecific { constructed: true, number: TagNumber(0) }, Vec::new())?,
    };
    let signature = sign_digest(&key, &sha256(&body.to_der()?)).map_err(|why| Fault::Signer { why })?;
    let algorithm: AlgorithmId = plain(ECDSA_SHA256);
    let request = Signed { signed: Any::encode_from(&body)?, algorithm, signature: BitString::from_bytes(&signature)? }
        .to_der()?;
    Ok((Zeroizing::new(key.to_bytes().into()), request))
}
