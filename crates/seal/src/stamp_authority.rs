//! A time-stamp authority for the demo and for tests. It stamps what it is told, at the time it is told.

use crate::asn1::{Imprint, STAMP_INFO, StampInfo, StampReq, StampResp, StampStatus, is_sha256};
use crate::cms::{self, Content};
use crate::fault::Fault;
use crate::signer::{Signer, SoftwareSigner, Stamper};
use crate::stamp::{RESPONSE_BYTES_MAX, StampRequest};
use der::asn1::{Any, BitString, Int, ObjectIdentifier};
use der::{Decode, Encode, Tag};
use jiff::Timestamp;

/// The policy of a demonstration: an arc for examples.
const POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.2.1.48.1");
/// `rejection`, and the two reasons we give (RFC 3161 2.4.2).
const REJECTION: u8 = 2;
const BAD_ALGORITHM: usize = 0;
const BAD_FORMAT: usize = 5;

pub struct TestStampAuthority {
    signer: SoftwareSigner,
}

impl TestStampAuthority {
    /// `signer`: from [`crate::TestAuthority::stamper`].
    pub fn new(signer: SoftwareSigner) -> Self {
        Self { signer }
    }

    /// Answers a `TimeStampReq` with a `TimeStampResp`, both DER; what can not be stamped is answered with a rejection.
    /// `at`: what the clock says; `serial`: never used twice.
    ///
    /// # Errors
    /// Only if its own answer can not be encoded.
    pub fn answer(&self, request: &[u8], at: Timestamp, serial: u64) -> Result<Vec<u8>, Fault> {
        let parsed = match StampReq::from_der(request) {
            Ok(parsed) if request.len() <= RESPONSE_BYTES_MAX && parsed.version == 1 && parsed.extensions.is_none() => {
                parsed
            }
            _ => return rejection(BAD_FORMAT),
        };
        if !is_sha256(&parsed.imprint.algorithm) || parsed.imprint.digest.as_bytes().len() != 32 {
            return rejection(BAD_ALGORITHM);
        }
        let token = self.token(parsed.imprint, parsed.nonce, at, serial)?;
        let status = StampStatus { status: 0, text: None, failure: None };
        Ok(StampResp { status, token: Some(Any::from_der(&token)?) }.to_der()?)
    }

    /// A stamper that asks this authority, all its stamps at the one time `at`. `serial` is of its first stamp.
    pub fn stamper(&self, at: Timestamp, serial: u64) -> impl Stamper + '_ {
        Local { authority: self, at, serial: std::cell::Cell::new(serial) }
    }

    fn token(&self, imprint: Imprint, nonce: Option<Int>, at: Timestamp, serial: u64) -> Result<Vec<u8>, Fault> {
        let time = at.strftime("%Y%m%d%H%M%SZ").to_string();
        let info = StampInfo {
            version: 1,
            policy: POLICY,
            imprint,
            // A zero in front keeps it positive; `Int` drops what is not needed.
            serial: Int::new(&positive(serial))?,
            time: Any::new(Tag::GeneralizedTime, time.as_bytes())?,
            accuracy: None,
            is_ordered: false,
            nonce,
            authority: None,
            extensions: None,
        };
        cms::sign(&Content::Inside(STAMP_INFO, &info.to_der()?), &self.signer, None)
    }

    pub fn signer(&self) -> &dyn Signer {
        &self.signer
    }
}

/// The shortest two's complement of a positive number.
fn positive(number: u64) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    let first = bytes.iter().position(|byte| *byte != 0).unwrap_or(7);
    let mut short = bytes[first..].to_vec();
    if short[0] & 0x80 != 0 {
        short.insert(0, 0);
    }
    short
}

fn rejection(reason: usize) -> Result<Vec<u8>, Fault> {
    // Named bits: bit 0 is the first of the first octet, zeros at the end are left out.
    let failure = BitString::new(u8::try_from(7 - reason).unwrap_or_default(), vec![0x80_u8 >> reason])?;
    let status = StampStatus { status: REJECTION, text: None, failure: Some(failure) };
    Ok(StampResp { status, token: None }.to_der()?)
}

struct Local<'a> {
    authority: &'a TestStampAuthority,
    at: Timestamp,
    serial: std::cell::Cell<u64>,
}

impl Stamper for Local<'_> {
    fn stamp(&self, digest: &[u8; 32]) -> Result<Vec<u8>, String> {
        let serial = self.serial.get();
        self.serial.set(serial.wrapping_add(1));
        let mut nonce = [0; crate::NONCE_BYTES];
        nonce[..8].copy_from_slice(&serial.to_be_bytes());
        let answer = || {
            let request = StampRequest::new(digest, &nonce).to_der()?;
            let response = StampResp::from_der(&self.authority.answer(&request, self.at, serial)?)?;
            let token = response.token.ok_or_else(|| Fault::malformed("没有时间戳"))?;
            Ok::<_, Fault>(token.to_der()?)
        };
        answer().map_err(|fault| fault.to_string())
    }
}
