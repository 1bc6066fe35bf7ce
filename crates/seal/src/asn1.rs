//! The messages of RFC 5652 (CMS), RFC 5035 (signing certificate) and RFC 3161 (time stamp), as far as we send and accept
//! them. Strict DER: a message that is not its own canonical encoding is refused.
//!
//! **Invariant:** encoding what was decoded gives the same bytes, so a digest over a re-encoded part is the digest of what
//! was received.

use der::asn1::{Any, AnyRef, BitString, GeneralizedTime, Int, Null, ObjectIdentifier, OctetString, SetOfVec, UtcTime};
use der::{Encode, Sequence, ValueOrd};
use jiff::Timestamp;
use std::time::Duration;
use x509_cert::attr::Attribute;
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::Time;

pub(crate) type AlgorithmId = x509_cert::spki::AlgorithmIdentifierOwned;

const fn oid(text: &'static str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

pub(crate) const DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.1");
pub(crate) const SIGNED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.2");
pub(crate) const CONTENT_TYPE: ObjectIdentifier = oid("1.2.840.113549.1.9.3");
pub(crate) const MESSAGE_DIGEST: ObjectIdentifier = oid("1.2.840.113549.1.9.4");
pub(crate) const SIGNING_CERTIFICATE_V2: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.47");
pub(crate) const STAMP_TOKEN: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.14");
pub(crate) const STAMP_INFO: ObjectIdentifier = oid("1.2.840.113549.1.9.16.1.4");
pub(crate) const SHA256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.1");
pub(crate) const ECDSA_SHA256: ObjectIdentifier = oid("1.2.840.10045.4.3.2");
pub(crate) const EC_KEY: ObjectIdentifier = oid("1.2.840.10045.2.1");
pub(crate) const CURVE_P256: ObjectIdentifier = oid("1.2.840.10045.3.1.7");
pub(crate) const CURVE_SM2: ObjectIdentifier = oid("1.2.156.10197.1.301");
pub(crate) const KEY_PURPOSE_STAMPING: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.8");

/// The parameters are absent, or NULL (RFC 5754).
pub(crate) fn is_sha256(id: &AlgorithmId) -> bool {
    id.oid == SHA256 && id.parameters.as_ref().is_none_or(|one| *one == Any::from(AnyRef::from(Null)))
}

pub(crate) fn plain(oid: ObjectIdentifier) -> AlgorithmId {
    AlgorithmId { oid, parameters: None }
}

#[derive(Sequence, Clone, Debug)]
pub(crate) struct ContentInfo {
    pub content_type: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    pub content: Any,
}

#[derive(Sequence, Clone, Debug)]
pub(crate) struct Encapsulated {
    pub content_type: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub content: Option<OctetString>,
}

#[derive(Sequence, Clone, Debug)]
pub(crate) struct SignedData {
    pub version: u8,
    pub digest_algorithms: SetOfVec<AlgorithmId>,
    pub encapsulated: Encapsulated,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub certificates: Option<SetOfVec<Any>>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub revocation_lists: Option<SetOfVec<Any>>,
    pub signers: SetOfVec<SignerInfo>,
}

#[derive(Sequence, ValueOrd, Clone, Debug, PartialEq, Eq)]
pub(crate) struct IssuerAndSerial {
    pub issuer: Name,
    pub serial: SerialNumber,
}

#[derive(Sequence, ValueOrd, Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignerInfo {
    pub version: u8,
    pub signer: IssuerAndSerial,
    pub digest_algorithm: AlgorithmId,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub signed: Option<SetOfVec<Attribute>>,
    pub signature_algorithm: AlgorithmId,
    pub signature: OctetString,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub unsigned: Option<SetOfVec<Attribute>>,
}

#[derive(Sequence, Clone, Debug)]
pub(crate) struct SigningCertificateV2 {
    pub certificates: Vec<EssCertId>,
    pub policies: Option<Vec<Any>>,
}

/// The algorithm is left out when it is SHA-256.
#[derive(Sequence, Clone, Debug)]
pub(crate) struct EssCertId {
    pub algorithm: Option<AlgorithmId>,
    pub digest: OctetString,
    pub issuer_serial: Option<EssIssuerSerial>,
}

#[derive(Sequence, Clone, Debug)]
pub(crate) struct EssIssuerSerial {
    pub issuer: Vec<Any>,
    pub serial: SerialNumber,
}

#[derive(Sequence, Clone, Debug, PartialEq, Eq)]
pub(crate) struct Imprint {
    pub algorithm: AlgorithmId,
    pub digest: OctetString,
}

#[derive(Sequence, Clone, Debug)]
pub(crate) struct StampReq {
    pub version: u8,
    pub imprint: Imprint,
    pub policy: Option<ObjectIdentifier>,
    pub nonce: Option<Int>,
    #[asn1(default = "Default::default")]
    pub wants_certificate: bool,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub extensions: Option<Vec<Any>>,
}

#[derive(Sequence, Clone, Debug)]
pub(crate) struct StampResp {
    pub status: StampStatus,
    pub token: Option<Any>,
}

#[derive(Sequence, Clone, Debug)]
pub(crate) struct StampStatus {
    pub status: u8,
    pub text: Option<Vec<Any>>,
    pub failure: Option<BitString>,
}

/// The time is kept as it came: RFC 3161 allows fractions of a second, the certificates' time type does not.
#[derive(Sequence, Clone, Debug)]
pub(crate) struct StampInfo {
    pub version: u8,
    pub policy: ObjectIdentifier,
    pub imprint: Imprint,
    pub serial: Int,
    pub time: Any,
    pub accuracy: Option<Accuracy>,
    #[asn1(default = "Default::default")]
    pub is_ordered: bool,
    pub nonce: Option<Int>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub authority: Option<Any>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub extensions: Option<Vec<Any>>,
}

#[derive(Sequence, Clone, Debug)]
pub(crate) struct Accuracy {
    pub seconds: Option<u32>,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub millis: Option<u16>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub micros: Option<u16>,
}

/// A signed thing as it came, its signed part byte for byte: certificates.
#[derive(Sequence, Clone, Debug)]
pub(crate) struct Signed {
    pub signed: Any,
    pub algorithm: AlgorithmId,
    pub signature: BitString,
}

/// A message around signed data.
pub(crate) fn wrap(signed: &SignedData) -> der::Result<Vec<u8>> {
    ContentInfo { content_type: SIGNED_DATA, content: Any::encode_from(signed)? }.to_der()
}

pub(crate) fn attribute(oid: ObjectIdentifier, value: Any) -> der::Result<Attribute> {
    Ok(Attribute { oid, values: SetOfVec::try_from(vec![value])? })
}

/// Seconds since 1970 as certificates write them: two digits of the year until 2049.
pub(crate) fn certificate_time(at: Timestamp) -> der::Result<Time> {
    let since = since_1970(at)?;
    Ok(match UtcTime::from_unix_duration(since) {
        Ok(time) => Time::UtcTime(time),
        Err(_) => Time::GeneralTime(GeneralizedTime::from_unix_duration(since)?),
    })
}

pub(crate) fn instant(time: &Time) -> Option<Timestamp> {
    Timestamp::from_second(i64::try_from(time.to_unix_duration().as_secs()).ok()?).ok()
}

pub(crate) fn since_1970(at: Timestamp) -> der::Result<Duration> {
    let seconds = u64::try_from(at.as_second()).map_err(|_| der::Error::from(der::ErrorKind::DateTime))?;
    Ok(Duration::from_secs(seconds))
}
