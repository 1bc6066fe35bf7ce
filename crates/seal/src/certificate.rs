//! A certificate (X.509) with what we look at.
//!
//! **Invariant:** the bytes kept are the bytes that came; digests and signatures are taken over them.

use crate::algorithm::{Digest, RSA, Scheme};
use crate::asn1::{self, CURVE_P256, EC_KEY, IssuerAndSerial, Signed};
use crate::fault::Fault;
use crate::signer::sha256;
use der::asn1::ObjectIdentifier;
use der::{Decode, Encode};
use jiff::Timestamp;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use p256::ecdsa::{DerSignature, VerifyingKey};
use std::fmt;
use x509_cert::Certificate as X509;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage};

/// Certificates with pictures in them exist; ours are below 1 KB.
const CERTIFICATE_BYTES_MAX: usize = 64 * 1024;

#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    body: Vec<u8>,
    algorithm: asn1::AlgorithmId,
    signature: Vec<u8>,
    parsed: X509,
}

impl Certificate {
    /// # Errors
    /// Not DER, not a certificate of RFC 5280, or absurdly large.
    pub fn from_der(der: &[u8]) -> Result<Self, Fault> {
        let unreadable = |error: der::Error| Fault::CertificateUnreadable { why: error.to_string() };
        if der.len() > CERTIFICATE_BYTES_MAX {
            return Err(Fault::CertificateUnreadable { why: format!("{} bytes", der.len()) });
        }
        let parsed = X509::from_der(der).map_err(unreadable)?;
        let signed = Signed::from_der(der).map_err(unreadable)?;
        let signature = signed.signature.as_bytes().unwrap_or_default().to_vec();
        let body = signed.signed.to_der().map_err(unreadable)?;
        Ok(Self { der: der.to_vec(), body, algorithm: signed.algorithm, signature, parsed })
    }

    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// Who it is of: the common name, else the whole name.
    pub fn subject(&self) -> String {
        let name = self.parsed.tbs_certificate().subject();
        name.common_name().ok().flatten().map_or_else(|| name.to_string(), |name| name.value().into_owned())
    }

    /// SHA-256 of the certificate, in small hexadecimal digits: what the register keeps of it.
    pub fn fingerprint(&self) -> String {
        sha256(&self.der).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// First and last instant of its validity.
    pub fn validity(&self) -> (Timestamp, Timestamp) {
        let validity = self.parsed.tbs_certificate().validity();
        // A time beyond what we can reckon with is far in the future; one that is unreadable never comes.
        let from = asn1::instant(&validity.not_before).unwrap_or(Timestamp::MAX);
        (from, asn1::instant(&validity.not_after).unwrap_or(Timestamp::MAX))
    }

    pub(crate) fn is_valid_at(&self, at: Timestamp) -> bool {
        let (from, until) = self.validity();
        from <= at && at <= until
    }

    pub(crate) fn subject_name(&self) -> &x509_cert::name::Name {
        self.parsed.tbs_certificate().subject()
    }

    pub(crate) fn issuer_name(&self) -> &x509_cert::name::Name {
        self.parsed.tbs_certificate().issuer()
    }

    pub(crate) fn issuer_and_serial(&self) -> IssuerAndSerial {
        let body = self.parsed.tbs_certificate();
        IssuerAndSerial { issuer: body.issuer().clone(), serial: body.serial_number().clone() }
    }

    pub(crate) fn digest(&self) -> [u8; 32] {
        sha256(&self.der)
    }

    pub(crate) fn digest_by(&self, digest: Digest) -> Vec<u8> {
        digest.hash(&self.der)
    }

    /// The key, if it is one of P-256.
    pub fn key(&self) -> Option<VerifyingKey> {
        let key = self.parsed.tbs_certificate().subject_public_key_info();
        let curve = key.algorithm.parameters.as_ref()?.decode_as::<ObjectIdentifier>().ok()?;
        if key.algorithm.oid != EC_KEY || curve != CURVE_P256 {
            return None;
        }
        VerifyingKey::from_sec1_bytes(key.subject_public_key.as_bytes()?).ok()
    }

    /// Whether the key of this certificate made the signature (DER) of a digest.
    pub(crate) fn has_signed(&self, digest: &[u8; 32], signature: &[u8]) -> bool {
        let (Some(key), Ok(signature)) = (self.key(), DerSignature::from_bytes(signature)) else { return false };
        key.verify_prehash(digest, &signature).is_ok()
    }

    /// Whether the key of this certificate made the signature of these bytes in this way.
    pub(crate) fn has_signed_by(&self, scheme: Scheme, bytes: &[u8], signature: &[u8]) -> bool {
        if scheme == Scheme::Ecdsa {
            return self.has_signed(&sha256(bytes), signature);
        }
        let key = self.parsed.tbs_certificate().subject_public_key_info();
        let bits = key.subject_public_key.as_bytes();
        key.algorithm.oid == RSA && bits.is_some_and(|key| scheme.is_by_rsa(key, bytes, signature))
    }

    /// Whether `issuer` signed this certificate; names and purposes are the chain's matter.
    pub(crate) fn is_signed_by(&self, issuer: &Self) -> bool {
        *self.parsed.tbs_certificate().signature() == self.algorithm
            && Scheme::of(&self.algorithm, None)
                .is_some_and(|scheme| issuer.has_signed_by(scheme, &self.body, &self.signature))
    }

    /// Whether it may sign certificates, and how many authorities may stand below it.
    pub(crate) fn authority(&self) -> Option<Option<u8>> {
        let (_, constraints) = self.extension::<BasicConstraints>()?;
        let may_sign = self.usage().is_none_or(|usage| usage.key_cert_sign());
        (constraints.ca && may_sign).then_some(constraints.path_len_constraint)
    }

    pub(crate) fn usage(&self) -> Option<KeyUsage> {
        self.extension::<KeyUsage>().map(|(_, usage)| usage)
    }

    /// The purposes with whether they are critical.
    pub(crate) fn purposes(&self) -> Option<(bool, Vec<ObjectIdentifier>)> {
        self.extension::<ExtendedKeyUsage>().map(|(critical, purposes)| (critical, purposes.0))
    }

    /// A critical extension that we do not understand must not be passed over (RFC 5280 4.2).
    pub(crate) fn has_unknown_demand(&self) -> bool {
        use der::oid::AssociatedOid;
        let known = [BasicConstraints::OID, KeyUsage::OID, ExtendedKeyUsage::OID];
        let mut extensions = self.parsed.tbs_certificate().extensions().into_iter().flatten();
        extensions.any(|one| one.critical && !known.contains(&one.extn_id))
    }

    fn extension<'a, T: Decode<'a> + der::oid::AssociatedOid>(&'a self) -> Option<(bool, T)> {
        self.parsed.tbs_certificate().get_extension::<T>().ok().flatten()
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").field("subject", &self.subject()).finish_non_exhaustive()
    }
}
