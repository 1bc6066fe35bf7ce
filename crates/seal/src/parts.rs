//! A signed PDF taken apart into what other programs check: `openssl cms -verify`, `openssl ts -verify`.

use crate::cms;
use crate::fault::Fault;
use crate::pdf::{load, signed_fields};

/// One signature of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureParts {
    /// Detached signed data (CMS, DER).
    pub cms: Vec<u8>,
    /// The two pieces of the file that it signs, each as start and end.
    pub pieces: [(usize, usize); 2],
    /// The signature's value within the CMS: what the time stamp is of.
    pub value: Vec<u8>,
    /// The time-stamp token (DER).
    pub token: Option<Vec<u8>>,
}

/// The signatures in the order they were made; nothing of them is checked.
///
/// # Errors
/// No PDF, or signatures that can not be read.
pub fn signature_parts(pdf: &[u8]) -> Result<Vec<SignatureParts>, Fault> {
    let document = load(pdf)?;
    let mut found = Vec::new();
    for field in signed_fields(&document)? {
        let [a, b, c, d] = field.range;
        let (value, token) = cms::open(&field.contents)?.stamped();
        let pieces = [(a, a.saturating_add(b)), (c, c.saturating_add(d))];
        found.push(SignatureParts { cms: field.contents, pieces, value, token });
    }
    Ok(found)
}
