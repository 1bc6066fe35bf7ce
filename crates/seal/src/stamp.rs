//! Time stamps (RFC 3161): what is sent to the authority, what is accepted from it, what a token says.
//!
//! **Invariant:** a token is accepted for one digest only, from an authority that the trust handed in knows; a response only
//! for the request it answers (same digest, same nonce).

use crate::asn1::{Imprint, SHA256, STAMP_INFO, StampInfo, StampReq, StampResp, is_sha256, plain};
use crate::certificate::Certificate;
use crate::chain::{self, Purpose, Trust};
use crate::cms::{self, Content};
use crate::fault::Fault;
use der::asn1::{Any, Int, OctetString};
use der::{Decode, Encode, Tag, Tagged};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Random bytes that tie a response to its request.
pub const NONCE_BYTES: usize = 16;

/// Tokens with long chains are below 10 KB.
pub(crate) const RESPONSE_BYTES_MAX: usize = 64 * 1024;

/// What a token proves: this was there at that time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    pub at: Timestamp,
    /// The authority's certificate.
    pub authority: Certificate,
    /// The authority's number of the stamp, in hexadecimal digits.
    pub serial: String,
    pub policy: String,
}

/// Asks for the time stamp of one digest: POST [`StampRequest::to_der`] as `application/timestamp-query`, give the body of
/// the answer to [`StampRequest::accept`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StampRequest {
    digest: [u8; 32],
    nonce: [u8; NONCE_BYTES],
}

impl StampRequest {
    /// `nonce`: fresh random bytes for each request.
    pub fn new(digest: &[u8; 32], nonce: &[u8; NONCE_BYTES]) -> Self {
        // Positive and of full length, so that its encoding is the canonical one: 40…7F in front.
        let mut nonce = *nonce;
        nonce[0] = (nonce[0] & 0x7F) | 0x40;
        Self { digest: *digest, nonce }
    }

    /// `TimeStampReq` in DER; asks for the authority's certificate.
    ///
    /// # Errors
    /// None in practice: the parts are of fixed length.
    pub fn to_der(&self) -> Result<Vec<u8>, Fault> {
        let imprint = Imprint { algorithm: plain(SHA256), digest: OctetString::new(self.digest)? };
        let request = StampReq {
            version: 1,
            imprint,
            policy: None,
            nonce: Some(Int::new(&self.nonce)?),
            wants_certificate: true,
            extensions: None,
        };
        Ok(request.to_der()?)
    }

    /// The token (DER) out of a response, checked: granted, of our digest, with our nonce, by a trusted authority.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn accept(&self, response: &[u8], trust: &Trust) -> Result<Vec<u8>, Vec<Fault>> {
        let token = granted(response).map_err(|fault| vec![fault])?;
        let (info, mut faults) = read(&token, &self.digest, trust).map_err(|fault| vec![fault])?;
        if info.nonce.as_ref().map(Int::as_bytes) != Some(self.nonce.as_slice()) {
            faults.push(Fault::StampNonce);
        }
        if faults.is_empty() { Ok(token) } else { Err(faults) }
    }
}

/// What a token says of a digest.
///
/// # Errors
/// Everything that is wrong with it.
pub fn verify_stamp(token: &[u8], digest: &[u8; 32], trust: &Trust) -> Result<Stamp, Vec<Fault>> {
    let (info, faults) = read(token, digest, trust).map_err(|fault| vec![fault])?;
    match (info.stamp, faults.is_empty()) {
        (Some(stamp), true) => Ok(stamp),
        (_, _) => Err(faults),
    }
}

/// Whether the token is of this digest; whose it is and whether it holds, only the trust can tell.
pub(crate) fn is_of(token: &[u8], digest: &[u8; 32]) -> Result<bool, Fault> {
    let opened = cms::open(token)?;
    let inside = opened.inside(STAMP_INFO).ok_or_else(|| Fault::malformed("不是时间戳"))?;
    let info = StampInfo::from_der(inside).map_err(Fault::malformed)?;
    Ok(is_sha256(&info.imprint.algorithm) && info.imprint.digest.as_bytes() == digest)
}

struct Read {
    stamp: Option<Stamp>,
    nonce: Option<Int>,
}

fn granted(response: &[u8]) -> Result<Vec<u8>, Fault> {
    if response.len() > RESPONSE_BYTES_MAX {
        return Err(Fault::malformed("时间戳答复过长"));
    }
    let response = StampResp::from_der(response).map_err(Fault::malformed)?;
    let texts = response.status.text.unwrap_or_default();
    let text = texts.iter().map(|one| String::from_utf8_lossy(one.value())).collect::<Vec<_>>().join("; ");
    // 0: granted; 1: granted with modifications, which are then checked like everything else.
    match (response.status.status, response.token) {
        (0 | 1, Some(token)) => token.to_der().map_err(Fault::malformed),
        (status, _) => Err(Fault::StampRefused { status, text }),
    }
}

fn read(token: &[u8], digest: &[u8; 32], trust: &Trust) -> Result<(Read, Vec<Fault>), Fault> {
    if token.len() > RESPONSE_BYTES_MAX {
        return Err(Fault::malformed("时间戳过长"));
    }
    let opened = cms::open(token)?;
    let inside = opened.inside(STAMP_INFO).ok_or_else(|| Fault::malformed("不是时间戳"))?;
    let info = StampInfo::from_der(inside).map_err(Fault::malformed)?;
    let mut faults = Vec::new();
    if info.version != 1 {
        faults.push(Fault::malformed("时间戳的版本不是 1"));
    }
    if !is_sha256(&info.imprint.algorithm) || info.imprint.digest.as_bytes() != digest {
        faults.push(Fault::StampOfOther);
    }
    if info.extensions.is_some() {
        faults.push(Fault::malformed("时间戳含有无法识别的扩展"));
    }
    let signature = opened.check(&Content::Inside(STAMP_INFO, inside), &mut faults);
    let at = instant(&info.time);
    if at.is_none() {
        faults.push(Fault::malformed("时间戳的时间无法读取"));
    }
    let stamp = match (signature.certificate, at) {
        (Some(authority), Some(at)) => {
            faults.extend(chain::faults(trust, &authority, &opened.certificates, Purpose::Stamp, at));
            let serial = info.serial.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
            Some(Stamp { at, authority, serial, policy: info.policy.to_string() })
        }
        _ => None,
    };
    Ok((Read { stamp, nonce: info.nonce }, faults))
}

/// `YYYYMMDDhhmmss[.f…]Z` (RFC 3161 2.4.2).
fn instant(time: &Any) -> Option<Timestamp> {
    if time.tag() != Tag::GeneralizedTime {
        return None;
    }
    let text = std::str::from_utf8(time.value()).ok()?.strip_suffix('Z')?;
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_digit());
    if whole.len() != 14 || !is_number(whole) {
        return None;
    }
    let nanos = match fraction {
        None => 0,
        // DER: no zeros at the end.
        Some(digits) if is_number(digits) && digits.len() <= 9 && !digits.ends_with('0') => {
            format!("{digits:0<9}").parse::<i32>().ok()?
        }
        Some(_) => return None,
    };
    let part = |from: usize, to: usize| whole.get(from..to)?.parse::<i8>().ok();
    let year = whole.get(..4)?.parse::<i16>().ok()?;
    let civil =
        DateTime::new(year, part(4, 6)?, part(6, 8)?, part(8, 10)?, part(10, 12)?, part(12, 14)?, nanos).ok()?;
    TimeZone::UTC.to_timestamp(civil).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_stamp_is_read_as_rfc_3161_writes_it() {
        for (text, expected, why) in [
            ("20261125010203Z", Some("2026-11-25T01:02:03Z"), "whole seconds"),
            ("20261125010203.5Z", Some("2026-11-25T01:02:03.5Z"), "fractions"),
            ("20261125010203.50Z", None, "a zero at the end is not DER"),
            ("20261125010203", None, "without a zone it is some local time"),
            ("202611250102Z", None, "seconds are required"),
            ("20261325010203Z", None, "no such month"),
            ("2026112501020+Z", None, "signs are no digits"),
            ("", None, "nothing"),
        ] {
            let time = Any::new(Tag::GeneralizedTime, text.as_bytes()).unwrap();
            assert_eq!(instant(&time).map(|at| at.to_string()).as_deref(), expected, "{why}");
        }
        let other = Any::new(Tag::UtcTime, &b"20261125010203Z"[..]).unwrap();
        assert_eq!(instant(&other), None, "another type");
    }
}
