//! A certificate authority for the demo and for tests: a root, and certificates below it.
//!
//! **Invariant:** its root says in its own name that it is for demonstration; nothing trusts it that was not told to.

use crate::asn1::{
    AlgorithmId, CURVE_P256, EC_KEY, ECDSA_SHA256, KEY_PURPOSE_STAMPING, Signed, certificate_time, plain,
};
use crate::certificate::Certificate;
use crate::fault::Fault;
use crate::signer::{SoftwareSigner, key_from_random, sha256, sign_digest};
use der::asn1::{Any, BitString, ObjectIdentifier, OctetString, PrintableString, SetOfVec};
use der::oid::AssociatedOid;
use der::{Decode, Encode, Sequence};
use jiff::Timestamp;
use p256::ecdsa::{SigningKey, VerifyingKey};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectKeyIdentifier,
};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::SubjectPublicKeyInfoOwned;
use x509_cert::time::Validity as X509Validity;

const COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
const ORGANISATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const SERIAL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.5");

/// Octets of a key's identifier (RFC 7093: SHA-256, cut).
const KEY_ID_BYTES: usize = 20;

/// First and last instant, both good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    pub from: Timestamp,
    pub until: Timestamp,
}

/// Whom a certificate is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// 司法鉴定机构 or 司法鉴定人.
    pub name: String,
    /// The institution an appraiser belongs to; empty where the name is its own.
    pub organisation: String,
    /// Licence number; empty if there is none.
    pub licence: String,
}

/// Issues certificates of P-256 with SHA-256.
pub struct TestAuthority {
    key: SigningKey,
    root: Certificate,
}

#[derive(Sequence)]
struct Body {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    version: u8,
    serial: SerialNumber,
    signature: AlgorithmId,
    issuer: Any,
    validity: X509Validity,
    subject: Any,
    key: SubjectPublicKeyInfoOwned,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT")]
    extensions: Vec<Extension>,
}

enum Kind {
    Root,
    Signer,
    Stamps,
}

impl TestAuthority {
    /// `random`: 32 random bytes that become the root's key. `name`: who runs it; “仅供演示” is added.
    ///
    /// # Errors
    /// A name or a date that a certificate can not hold.
    pub fn new(name: &str, random: &[u8; 32], validity: Validity) -> Result<Self, Fault> {
        let key = key_from_random(random);
        let subject =
            Subject { name: format!("{name}（仅供演示）"), organisation: String::new(), licence: String::new() };
        let subject = distinguished(&subject)?;
        let public = *key.verifying_key();
        let root = issue(&key, &public, &subject, &subject, &public, &[1], validity, &Kind::Root)?;
        Ok(Self { key, root })
    }

    pub fn root(&self) -> &Certificate {
        &self.root
    }

    /// A signer of documents with a new key from `random`. `serial`: up to 19 random bytes, never used twice.
    ///
    /// # Errors
    /// A name, serial or date that a certificate can not hold.
    pub fn signer(
        &self,
        subject: &Subject,
        random: &[u8; 32],
        serial: &[u8],
        validity: Validity,
    ) -> Result<SoftwareSigner, Fault> {
        self.make(subject, random, serial, validity, &Kind::Signer)
    }

    /// The signer of a time-stamp authority.
    ///
    /// # Errors
    /// As [`TestAuthority::signer`].
    pub fn stamper(
        &self,
        subject: &Subject,
        random: &[u8; 32],
        serial: &[u8],
        validity: Validity,
    ) -> Result<SoftwareSigner, Fault> {
        self.make(subject, random, serial, validity, &Kind::Stamps)
    }

    /// A certificate for a key that was made elsewhere and stays there. `public_key`: a point of P-256 (SEC 1).
    ///
    /// # Errors
    /// As [`TestAuthority::signer`], or bytes that are no point.
    pub fn certify(
        &self,
        subject: &Subject,
        public_key: &[u8],
        serial: &[u8],
        validity: Validity,
    ) -> Result<Certificate, Fault> {
        let public = VerifyingKey::from_sec1_bytes(public_key).map_err(Fault::malformed)?;
        self.issue(subject, &public, serial, validity, &Kind::Signer)
    }

    fn make(
        &self,
        subject: &Subject,
        random: &[u8; 32],
        serial: &[u8],
        validity: Validity,
        kind: &Kind,
    ) -> Result<SoftwareSigner, Fault> {
        let key = key_from_random(random);
        let certificate = self.issue(subject, key.verifying_key(), serial, validity, kind)?;
        let secret: [u8; 32] = key.to_bytes().into();
        SoftwareSigner::new(&secret, certificate, Vec::new()).ok_or(Fault::NoCertificate)
    }

    fn issue(
        &self,
        subject: &Subject,
        public: &VerifyingKey,
        serial: &[u8],
        validity: Validity,
        kind: &Kind,
    ) -> Result<Certificate, Fault> {
        let issuer = Any::encode_from(self.root.subject_name())?;
        issue(&self.key, self.key.verifying_key(), &issuer, &distinguished(subject)?, public, serial, validity, kind)
    }
}

#[allow(clippy::too_many_arguments, reason = "a certificate has as many parts")]
fn issue(
    key: &SigningKey,
    issuer_key: &VerifyingKey,
    issuer: &Any,
    subject: &Any,
    public: &VerifyingKey,
    serial: &[u8],
    validity: Validity,
    kind: &Kind,
) -> Result<Certificate, Fault> {
    let body = Body {
        version: 2,
        serial: SerialNumber::new(serial)?,
        signature: plain(ECDSA_SHA256),
        issuer: issuer.clone(),
        validity: X509Validity::new(certificate_time(validity.from)?, certificate_time(validity.until)?),
        subject: subject.clone(),
        key: public_key(public)?,
        extensions: extensions(public, issuer_key, kind)?,
    };
    let signature = sign_digest(key, &sha256(&body.to_der()?)).map_err(|why| Fault::Signer { why })?;
    let signed = Signed {
        signed: Any::encode_from(&body)?,
        algorithm: plain(ECDSA_SHA256),
        signature: BitString::from_bytes(&signature)?,
    };
    Certificate::from_der(&signed.to_der()?)
}

fn extensions(public: &VerifyingKey, issuer: &VerifyingKey, kind: &Kind) -> Result<Vec<Extension>, Fault> {
    let usages = match kind {
        Kind::Root => KeyUsages::KeyCertSign | KeyUsages::CRLSign,
        Kind::Signer => KeyUsages::DigitalSignature | KeyUsages::NonRepudiation,
        Kind::Stamps => KeyUsages::DigitalSignature.into(),
    };
    let constraints = BasicConstraints { ca: matches!(kind, Kind::Root), path_len_constraint: None };
    let above = AuthorityKeyIdentifier {
        key_identifier: Some(OctetString::new(key_id(issuer))?),
        authority_cert_issuer: None,
        authority_cert_serial_number: None,
    };
    let mut found = vec![
        extension(BasicConstraints::OID, true, &constraints)?,
        extension(KeyUsage::OID, true, &KeyUsage(usages))?,
        extension(SubjectKeyIdentifier::OID, false, &SubjectKeyIdentifier(OctetString::new(key_id(public))?))?,
        extension(AuthorityKeyIdentifier::OID, false, &above)?,
    ];
    if matches!(kind, Kind::Stamps) {
        found.push(extension(ExtendedKeyUsage::OID, true, &ExtendedKeyUsage(vec![KEY_PURPOSE_STAMPING]))?);
    }
    Ok(found)
}

fn extension(oid: ObjectIdentifier, critical: bool, value: &impl Encode) -> Result<Extension, Fault> {
    Ok(Extension { extn_id: oid, critical, extn_value: OctetString::new(value.to_der()?)? })
}

fn key_id(key: &VerifyingKey) -> Vec<u8> {
    sha256(&key.to_sec1_bytes())[..KEY_ID_BYTES].to_vec()
}

pub(crate) fn public_key(key: &VerifyingKey) -> Result<SubjectPublicKeyInfoOwned, Fault> {
    let algorithm = AlgorithmId { oid: EC_KEY, parameters: Some(Any::encode_from(&CURVE_P256)?) };
    Ok(SubjectPublicKeyInfoOwned { algorithm, subject_public_key: BitString::from_bytes(&key.to_sec1_bytes())? })
}

/// The name as X.500 writes it: country, organisation, name, licence.
pub(crate) fn distinguished(subject: &Subject) -> Result<Any, Fault> {
    let mut parts = vec![(COUNTRY, Any::encode_from(&PrintableString::new("CN")?)?)];
    let texts = [
        (ORGANISATION, subject.organisation.as_str()),
        (COMMON_NAME, subject.name.as_str()),
        (SERIAL_NUMBER, subject.licence.as_str()),
    ];
    for (oid, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
        let value = match oid {
            SERIAL_NUMBER => Any::encode_from(&PrintableString::new(text)?)?,
            _ => Any::encode_from(&text.to_owned())?,
        };
        parts.push((oid, value));
    }
    let mut name = Vec::new();
    for (oid, value) in parts {
        name.push(SetOfVec::try_from(vec![AttributeTypeAndValue { oid, value }])?);
    }
    Ok(Any::from_der(&name.to_der()?)?)
}
