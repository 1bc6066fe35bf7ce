//! Signatures of documents: who signed which bytes, and when.
//!
//! * [`sign_pdf`] adds the appraisers' approval signatures and the institution's closing signature to a PDF/A-2b file, each
//!   PAdES-B-T (CAdES, ECDSA P-256/SHA-256, RFC 3161 time stamp). Why in this form:
//!   `docs/decisions/0104-pdf-signature.md`.
//! * [`verify_pdf`] judges such a file and says everything that is wrong at once.
//! * [`StampRequest`] speaks with a time-stamp authority; [`verify_stamp`] reads its token.
//! * [`SmKey`], [`SmPublicKey`]: the SM2/SM3 seal that lies beside the file.
//! * [`KeyStore`], [`MasterKey`]: private keys at rest, their rotation and revocation.
//! * [`TestAuthority`], [`TestStampAuthority`]: certificates and time stamps for demonstration and tests.
//!
//! Pure: no clock, no randomness, no network, no disk. Time, nonces and secrets are handed in; ECDSA and SM2 draw their
//! per-signature number from key and message (RFC 6979).
//!
//! **Invariant:** what is judged sound is signed to the last byte: nothing stands before, between or after the signed ranges
//! but the signature itself.

mod algorithm;
mod asn1;
mod authority;
mod certificate;
mod chain;
mod cms;
mod fault;
mod keys;
mod parts;
mod pdf;
mod request;
mod signer;
mod sm;
mod stamp;
mod stamp_authority;
mod verify;

pub use authority::{Subject, TestAuthority, Validity};
pub use certificate::Certificate;
pub use chain::{Revocation, Trust};
pub use fault::Fault;
pub use keys::{Algorithm, KEY_NONCE_BYTES, KeyId, KeyRecord, KeyRevocation, KeyStore, MasterKey, Rotation, SealedKey};
pub use parts::{SignatureParts, signature_parts};
pub use pdf::{CONTENTS_BYTES, PDF_BYTES_MAX, Signing, approve_pdf, certify_pdf, sign_pdf};
pub use request::request_certificate;
pub use signer::{Signer, SoftwareSigner, Stamper};
pub use sm::{SM2_ID, SmKey, SmPublicKey, sm3};
pub use stamp::{NONCE_BYTES, Stamp, StampRequest, verify_stamp};
pub use stamp_authority::TestStampAuthority;
pub use verify::{Report, SignatureKind, SignatureReport, verify_pdf};
