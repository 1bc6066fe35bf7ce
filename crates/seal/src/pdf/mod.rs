//! Signatures in a PDF: how they are added, and how they are found again.

mod compare;
mod read;
mod write;

pub(crate) use compare::changed_between;
pub(crate) use read::{Field, load, signed_fields};
pub use write::{Signing, approve_pdf, certify_pdf, sign_pdf};

/// Room for one signature's value. Ours with a short chain and stamp takes 1.9 KB; stamps of public authorities with RSA
/// chains take up to 6 KB. Hexadecimal digits double it in the file.
pub const CONTENTS_BYTES: usize = 8 * 1024;

/// Larger than any opinion: a thousand pages with photographs.
pub const PDF_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Signatures in one file: the appraisers of a large panel and the institution.
pub(crate) const SIGNATURES_MAX: usize = 32;
