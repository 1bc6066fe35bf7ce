//! Which signatures are checked: ECDSA P-256 with SHA-256 everywhere; RSA of certificates and of time-stamp authorities.
//!
//! **Invariant:** a signature that names an algorithm that is not here is refused, never passed over; documents themselves are
//! signed with ECDSA P-256 only.

use crate::asn1::{AlgorithmId, ECDSA_SHA256};
use der::Sequence;
use der::asn1::{Any, AnyRef, Null, ObjectIdentifier};
use rsa::pkcs1::DecodeRsaPublicKey;
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Sign, Pss, PublicKey};
use sha2::{Digest as _, Sha256, Sha384, Sha512};

/// Shorter RSA keys are refused (GB/T 20520 and NIST SP 800-131A ask for 2048 bits).
const RSA_BYTES_MIN: usize = 2048 / 8;

const fn oid(text: &'static str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

const SHA256: ObjectIdentifier = crate::asn1::SHA256;
const SHA384: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.3");
pub(crate) const RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.1");
const RSA_PSS: ObjectIdentifier = oid("1.2.840.113549.1.1.10");
const RSA_SHA256: ObjectIdentifier = oid("1.2.840.113549.1.1.11");
const RSA_SHA384: ObjectIdentifier = oid("1.2.840.113549.1.1.12");
const RSA_SHA512: ObjectIdentifier = oid("1.2.840.113549.1.1.13");
const MGF1: ObjectIdentifier = oid("1.2.840.113549.1.1.8");

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Digest {
    Sha256,
    Sha384,
    Sha512,
}

/// The parameters are absent, or NULL (RFC 5754).
fn is_bare(id: &AlgorithmId) -> bool {
    id.parameters.as_ref().is_none_or(|one| *one == Any::from(AnyRef::from(Null)))
}

impl Digest {
    pub fn of(id: &AlgorithmId) -> Option<Self> {
        match id.oid {
            SHA256 if is_bare(id) => Some(Self::Sha256),
            SHA384 if is_bare(id) => Some(Self::Sha384),
            SHA512 if is_bare(id) => Some(Self::Sha512),
            _ => None,
        }
    }

    pub fn hash(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }
}

/// How a signature was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// Over P-256, with SHA-256.
    Ecdsa,
    Pkcs1(Digest),
    Pss {
        digest: Digest,
        salt: usize,
    },
}

impl Scheme {
    /// What an identifier says; `beside` is the hash that the message names apart from it.
    pub fn of(id: &AlgorithmId, beside: Option<Digest>) -> Option<Self> {
        let scheme = match id.oid {
            ECDSA_SHA256 if id.parameters.is_none() => Self::Ecdsa,
            RSA if is_bare(id) => Self::Pkcs1(beside?),
            RSA_SHA256 if is_bare(id) => Self::Pkcs1(Digest::Sha256),
            RSA_SHA384 if is_bare(id) => Self::Pkcs1(Digest::Sha384),
            RSA_SHA512 if is_bare(id) => Self::Pkcs1(Digest::Sha512),
            RSA_PSS => pss(id)?,
            _ => return None,
        };
        beside.is_none_or(|one| one == scheme.digest()).then_some(scheme)
    }

    pub fn digest(self) -> Digest {
        match self {
            Self::Ecdsa => Digest::Sha256,
            Self::Pkcs1(digest) | Self::Pss { digest, .. } => digest,
        }
    }

    /// Whether the RSA key (PKCS#1, DER) made this signature of these bytes.
    pub fn is_by_rsa(self, key: &[u8], bytes: &[u8], signature: &[u8]) -> bool {
        let Ok(key) = PublicKey::from_pkcs1_der(key) else { return false };
        let hash = self.digest().hash(bytes);
        if key.size() < RSA_BYTES_MIN {
            return false;
        }
        let done = match self {
            Self::Ecdsa => return false,
            Self::Pkcs1(Digest::Sha256) => key.verify(Pkcs1v15Sign::new::<Sha256>(), &hash, signature),
            Self::Pkcs1(Digest::Sha384) => key.verify(Pkcs1v15Sign::new::<Sha384>(), &hash, signature),
            Self::Pkcs1(Digest::Sha512) => key.verify(Pkcs1v15Sign::new::<Sha512>(), &hash, signature),
            Self::Pss { digest: Digest::Sha256, salt } => {
                key.verify(Pss::<Sha256>::new_with_salt(salt), &hash, signature)
            }
            Self::Pss { digest: Digest::Sha384, salt } => {
                key.verify(Pss::<Sha384>::new_with_salt(salt), &hash, signature)
            }
            Self::Pss { digest: Digest::Sha512, salt } => {
                key.verify(Pss::<Sha512>::new_with_salt(salt), &hash, signature)
            }
        };
        done.is_ok()
    }
}

/// `RSASSA-PSS-params` (RFC 4055); what is left out stands for SHA-1, which is refused.
#[derive(Sequence, Clone, Debug)]
struct PssParameters {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    hash: Option<AlgorithmId>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    mask: Option<AlgorithmId>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    salt: Option<u8>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    trailer: Option<u8>,
}

/// The salt where none is said.
const SALT: u8 = 20;

/// One hash for the message and the mask, the trailer as usual.
fn pss(id: &AlgorithmId) -> Option<Scheme> {
    let parameters: PssParameters = id.parameters.as_ref()?.decode_as().ok()?;
    let digest = Digest::of(&parameters.hash?)?;
    let mask = parameters.mask.filter(|mask| mask.oid == MGF1)?;
    let of_mask: AlgorithmId = mask.parameters.as_ref()?.decode_as().ok()?;
    let fits = Digest::of(&of_mask) == Some(digest) && parameters.trailer.is_none_or(|one| one == 1);
    fits.then_some(Scheme::Pss { digest, salt: usize::from(parameters.salt.unwrap_or(SALT)) })
}
