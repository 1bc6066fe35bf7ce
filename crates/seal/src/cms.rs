//! Signed data (CMS, RFC 5652) with one signer, as CAdES and RFC 3161 use it: made, and taken apart.
//!
//! **Invariant:** one signer, whose signed attributes name the content's type, its digest and the signer's own certificate;
//! whatever else comes with the message is not trusted for being there.

use crate::algorithm::{Digest, Scheme};
use crate::asn1::{
    self, AlgorithmId, CONTENT_TYPE, DATA, ECDSA_SHA256, Encapsulated, EssCertId, MESSAGE_DIGEST, SHA256, SIGNED_DATA,
    SIGNING_CERTIFICATE_V2, STAMP_TOKEN, SignedData, SignerInfo, SigningCertificateV2, attribute, plain,
};
use crate::certificate::Certificate;
use crate::fault::Fault;
use crate::signer::{Signer, sha256};
use der::asn1::{Any, ObjectIdentifier, OctetString, SetOfVec};
use der::{Decode, Encode};
use x509_cert::attr::Attribute;

/// Certificates in one message: a chain and a few besides.
const CERTIFICATES_MAX: usize = 16;

/// Gives the token of a digest.
pub(crate) type Stamping<'a> = dyn Fn(&[u8; 32]) -> Result<Vec<u8>, Fault> + 'a;

/// What is signed: bytes elsewhere (a document), or bytes inside the message (a time stamp).
pub(crate) enum Content<'a> {
    Detached([u8; 32]),
    Inside(ObjectIdentifier, &'a [u8]),
}

impl Content<'_> {
    fn kind(&self) -> ObjectIdentifier {
        match self {
            Self::Detached(_) => DATA,
            Self::Inside(kind, _) => *kind,
        }
    }

    fn digest(&self) -> [u8; 32] {
        match self {
            Self::Detached(digest) => *digest,
            Self::Inside(_, bytes) => sha256(bytes),
        }
    }

    /// A document's digest is SHA-256; what lies inside is hashed as the message says.
    fn digest_by(&self, digest: Digest) -> Vec<u8> {
        match self {
            Self::Detached(digest) => digest.to_vec(),
            Self::Inside(_, bytes) => digest.hash(bytes),
        }
    }

    /// Documents are signed in one way only; a time-stamp authority is as others made it.
    fn allows(&self, scheme: Scheme) -> bool {
        scheme == Scheme::Ecdsa || matches!(self, Self::Inside(..))
    }
}

/// Signs; `stamp` gives the time-stamp token of the signature's value, where there is to be one.
///
/// No signing time among the signed attributes: PAdES forbids it (EN 319 142-1 table 1), the time stamp says when.
pub(crate) fn sign(content: &Content<'_>, signer: &dyn Signer, stamp: Option<&Stamping<'_>>) -> Result<Vec<u8>, Fault> {
    let signed = signed_attributes(content, signer.certificate())?;
    let value = signer.sign(&sha256(&signed.to_der()?)).map_err(|why| Fault::Signer { why })?;
    // A device that signs with another key than its certificate's is found here and not in court.
    if !signer.certificate().has_signed(&sha256(&signed.to_der()?), &value) {
        return Err(Fault::SignatureWrong { by: signer.certificate().subject() });
    }
    let unsigned = match stamp {
        Some(stamp) => {
            let token = Any::from_der(&stamp(&sha256(&value))?)?;
            Some(SetOfVec::try_from(vec![attribute(STAMP_TOKEN, token)?])?)
        }
        None => None,
    };
    let info = SignerInfo {
        version: 1,
        signer: signer.certificate().issuer_and_serial(),
        digest_algorithm: plain(SHA256),
        signed: Some(signed),
        signature_algorithm: plain(ECDSA_SHA256),
        signature: OctetString::new(value)?,
        unsigned,
    };
    let mut certificates = SetOfVec::new();
    for one in std::iter::once(signer.certificate()).chain(signer.intermediates()) {
        certificates.insert(Any::from_der(one.as_der())?)?;
    }
    let inside = match content {
        Content::Detached(_) => None,
        Content::Inside(_, bytes) => Some(OctetString::new(*bytes)?),
    };
    let data = SignedData {
        version: version_of(content),
        digest_algorithms: SetOfVec::<AlgorithmId>::try_from(vec![plain(SHA256)])?,
        encapsulated: Encapsulated { content_type: content.kind(), content: inside },
        certificates: Some(certificates),
        revocation_lists: None,
        signers: SetOfVec::try_from(vec![info])?,
    };
    Ok(asn1::wrap(&data)?)
}

/// RFC 5652 5.1: 3 as soon as the content is of a type of its own.
fn version_of(content: &Content<'_>) -> u8 {
    if content.kind() == DATA { 1 } else { 3 }
}

fn signed_attributes(content: &Content<'_>, certificate: &Certificate) -> Result<SetOfVec<Attribute>, Fault> {
    let id = EssCertId { algorithm: None, digest: OctetString::new(certificate.digest())?, issuer_serial: None };
    let named = SigningCertificateV2 { certificates: vec![id], policies: None };
    let attributes = vec![
        attribute(CONTENT_TYPE, Any::encode_from(&content.kind())?)?,
        attribute(MESSAGE_DIGEST, Any::encode_from(&OctetString::new(content.digest())?)?)?,
        attribute(SIGNING_CERTIFICATE_V2, Any::encode_from(&named)?)?,
    ];
    Ok(SetOfVec::try_from(attributes)?)
}

/// A message taken apart, nothing of it checked yet but its form.
pub(crate) struct Opened {
    data: SignedData,
    info: SignerInfo,
    pub certificates: Vec<Certificate>,
}

/// What a message says once its own parts agree.
pub(crate) struct Signature {
    pub certificate: Option<Certificate>,
    /// The signature's value: what a time stamp is of.
    pub value: Vec<u8>,
    pub token: Option<Vec<u8>>,
}

/// # Errors
/// Not strict DER, not signed data, or not exactly one signer.
pub(crate) fn open(message: &[u8]) -> Result<Opened, Fault> {
    let info = asn1::ContentInfo::from_der(message).map_err(Fault::malformed)?;
    if info.content_type != SIGNED_DATA {
        return Err(Fault::malformed("不是 SignedData"));
    }
    let data: SignedData = info.content.decode_as().map_err(|error: der::Error| Fault::malformed(error))?;
    let [info] = data.signers.as_slice() else {
        return Err(Fault::malformed("应当只有一个签名人"));
    };
    let bags = data.certificates.as_ref().map(SetOfVec::as_slice).unwrap_or_default();
    if bags.len() > CERTIFICATES_MAX {
        return Err(Fault::malformed("所附证书过多"));
    }
    let mut certificates = Vec::new();
    for one in bags {
        certificates.push(Certificate::from_der(&one.to_der().map_err(Fault::malformed)?)?);
    }
    Ok(Opened { info: info.clone(), certificates, data })
}

impl Opened {
    /// The content inside the message.
    pub(crate) fn inside(&self, kind: ObjectIdentifier) -> Option<&[u8]> {
        let content = &self.data.encapsulated;
        (content.content_type == kind).then_some(content.content.as_ref()?.as_bytes())
    }

    /// The signature's value, and the token that is of it.
    pub(crate) fn stamped(&self) -> (Vec<u8>, Option<Vec<u8>>) {
        (self.info.signature.as_bytes().to_vec(), self.token(&mut Vec::new()))
    }

    /// Compares the message with its content; gathers all that disagrees.
    pub(crate) fn check(&self, content: &Content<'_>, faults: &mut Vec<Fault>) -> Signature {
        let info = &self.info;
        let hash = Digest::of(&info.digest_algorithm);
        let scheme = hash.and_then(|hash| Scheme::of(&info.signature_algorithm, Some(hash)));
        let scheme = scheme.filter(|scheme| content.allows(*scheme));
        match (hash, scheme) {
            (Some(_), Some(_)) => {}
            (None, _) => faults.push(Fault::Algorithm { what: info.digest_algorithm.oid.to_string() }),
            (_, None) => faults.push(Fault::Algorithm { what: info.signature_algorithm.oid.to_string() }),
        }
        // Not signed, and so held to the one value they may have.
        let are_same = self.data.digest_algorithms.iter().all(|one| Digest::of(one) == hash);
        if self.data.version != version_of(content) || info.version != 1 || !are_same {
            faults.push(Fault::malformed("版本或摘要算法的声明不符"));
        }
        let is_detached = matches!(content, Content::Detached(_));
        if self.data.encapsulated.content_type != content.kind()
            || self.data.encapsulated.content.is_some() == is_detached
        {
            faults.push(Fault::malformed("签名内容的类型不符"));
        }
        if self.data.revocation_lists.is_some() {
            faults.push(Fault::malformed("签名内附有吊销列表"));
        }
        if self.value_of::<ObjectIdentifier>(CONTENT_TYPE, faults).is_some_and(|kind| kind != content.kind()) {
            faults.push(Fault::malformed("声明的内容类型不符"));
        }
        let digest = self.value_of::<OctetString>(MESSAGE_DIGEST, faults);
        let wanted = content.digest_by(hash.unwrap_or(Digest::Sha256));
        if digest.is_some_and(|digest| digest.as_bytes() != wanted) {
            faults.push(Fault::DigestDiffers);
        }
        let certificate = self.certificate(faults);
        if let (Some(certificate), Some(signed)) = (&certificate, &info.signed) {
            let right = scheme
                .zip(signed.to_der().ok())
                .is_some_and(|(scheme, signed)| certificate.has_signed_by(scheme, &signed, info.signature.as_bytes()));
            if !right {
                faults.push(Fault::SignatureWrong { by: certificate.subject() });
            }
        }
        Signature { certificate, value: info.signature.as_bytes().to_vec(), token: self.token(faults) }
    }

    /// The signer's certificate, by issuer and serial and by the digest in the signed attributes.
    fn certificate(&self, faults: &mut Vec<Fault>) -> Option<Certificate> {
        let named = self.value_of::<SigningCertificateV2>(SIGNING_CERTIFICATE_V2, faults)?;
        let found = self.certificates.iter().find(|one| one.issuer_and_serial() == self.info.signer);
        let Some(found) = found else {
            faults.push(Fault::NoCertificate);
            return None;
        };
        let fits = named.certificates.first().is_some_and(|id| {
            let digest = id.algorithm.as_ref().map_or(Some(Digest::Sha256), Digest::of);
            digest.is_some_and(|digest| id.digest.as_bytes() == found.digest_by(digest))
        });
        if !fits {
            faults.push(Fault::CertificateExchanged);
        }
        Some(found.clone())
    }

    fn token(&self, faults: &mut Vec<Fault>) -> Option<Vec<u8>> {
        let unsigned = self.info.unsigned.as_ref()?;
        let [only] = unsigned.as_slice() else {
            faults.push(Fault::malformed("时间戳以外还有未签名的属性"));
            return None;
        };
        match (only.oid == STAMP_TOKEN, only.values.as_slice()) {
            (true, [token]) => token.to_der().ok(),
            _ => {
                faults.push(Fault::malformed("时间戳以外还有未签名的属性"));
                None
            }
        }
    }

    /// The only value of a signed attribute that must be there once.
    fn value_of<'a, T>(&'a self, oid: ObjectIdentifier, faults: &mut Vec<Fault>) -> Option<T>
    where
        T: Decode<'a, Error = der::Error> + der::DecodeValue<'a, Error = der::Error> + der::FixedTag,
    {
        let all = self.info.signed.as_ref().map(SetOfVec::as_slice).unwrap_or_default();
        let mut found = all.iter().filter(|one| one.oid == oid);
        let value = match (found.next().map(|one| one.values.as_slice()), found.next()) {
            (Some([value]), None) => value.decode_as::<T>().ok(),
            _ => None,
        };
        if value.is_none() {
            faults.push(Fault::malformed(format_args!("签名属性 {oid} 缺失、重复或无法读取")));
        }
        value
    }
}
