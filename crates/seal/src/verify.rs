//! Judges a signed PDF, and says everything that is wrong with it.
//!
//! **Invariant:** a report is sound only if every signature is, if each covers all that was there when it was made, if nothing
//! but signatures came between them, and if the last one forbids changes and ends the file.

use crate::certificate::Certificate;
use crate::chain::{self, Purpose, Trust};
use crate::cms::{self, Content};
use crate::fault::Fault;
use crate::pdf::{CONTENTS_BYTES, Field, changed_between, load, signed_fields};
use crate::signer::sha256;
use crate::stamp::{Stamp, verify_stamp};
use sha2::{Digest, Sha256};

/// What was found in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// In the order they were made.
    pub signatures: Vec<SignatureReport>,
    /// What is wrong with the file as a whole.
    pub faults: Vec<Fault>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureKind {
    /// An appraiser's.
    Approval,
    /// The institution's, which forbids changes.
    Closing,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureReport {
    pub kind: SignatureKind,
    /// The name of the form field.
    pub field: String,
    pub certificate: Option<Certificate>,
    /// When the signer says it was (`D:…`), not proven.
    pub claimed_at: String,
    pub reason: String,
    pub stamp: Option<Stamp>,
    /// How many of the file's first bytes it vouches for.
    pub covers_bytes: usize,
    pub faults: Vec<Fault>,
}

impl Report {
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
            && !self.signatures.is_empty()
            && self.signatures.iter().all(|signature| signature.faults.is_empty())
    }

    /// Everything that is wrong, with whose signature it concerns.
    pub fn sentences(&self) -> Vec<String> {
        let of_signatures = self.signatures.iter().enumerate().flat_map(|(at, one)| {
            let whose = one.certificate.as_ref().map(Certificate::subject).unwrap_or_default();
            one.faults.iter().map(move |fault| format!("第 {} 个签名（{whose}）：{fault}", at + 1))
        });
        self.faults.iter().map(ToString::to_string).chain(of_signatures).collect()
    }

    fn refused(fault: Fault) -> Self {
        Self { signatures: Vec::new(), faults: vec![fault] }
    }
}

/// Judges a file by whom the caller trusts.
///
/// A sound report says that these certificates' holders signed these bytes at these times. Whether they are this opinion's
/// appraisers and its institution, and all of them, the caller compares: `certificate.fingerprint()` with the register.
pub fn verify_pdf(pdf: &[u8], trust: &Trust) -> Report {
    let fields = match load(pdf).and_then(|document| signed_fields(&document)) {
        Ok(fields) if fields.is_empty() => return Report::refused(Fault::NoSignature),
        Ok(fields) => fields,
        Err(fault) => return Report::refused(fault),
    };
    let mut faults = whole(pdf, &fields);
    let signatures: Vec<SignatureReport> = fields.iter().map(|field| judge(pdf, field, trust)).collect();
    // What comes between is compared only where the ranges can be relied on.
    if faults.is_empty() && signatures.iter().all(|one| one.faults.is_empty()) {
        for two in fields.windows(2) {
            match changed_between(&pdf[..end(&two[0])], &pdf[..end(&two[1])]) {
                Ok(None) => {}
                Ok(Some(what)) => faults.push(Fault::ChangedBetween { what }),
                Err(fault) => faults.push(fault),
            }
        }
    }
    Report { signatures, faults }
}

fn end(field: &Field) -> usize {
    field.range[2].saturating_add(field.range[3])
}

/// The order of the signatures, and that the last one ends the file.
fn whole(pdf: &[u8], fields: &[Field]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let Some((last, earlier)) = fields.split_last() else { return faults };
    if !last.closes {
        faults.push(Fault::NotClosed);
    }
    if earlier.iter().any(|field| field.closes) {
        faults.push(Fault::SignedAfterClosing);
    }
    match pdf.len().checked_sub(end(last)) {
        Some(0) => {}
        Some(bytes) => faults.push(Fault::Appended { bytes }),
        None => faults.push(Fault::ByteRange { why: "范围超出文件" }),
    }
    faults
}

fn judge(pdf: &[u8], field: &Field, trust: &Trust) -> SignatureReport {
    let mut faults = Vec::new();
    let kind = if field.closes { SignatureKind::Closing } else { SignatureKind::Approval };
    let mut report = SignatureReport {
        kind,
        field: field.name.clone(),
        certificate: None,
        claimed_at: field.claimed.clone(),
        reason: field.reason.clone(),
        stamp: None,
        covers_bytes: end(field),
        faults: Vec::new(),
    };
    if field.kind != b"ETSI.CAdES.detached" {
        faults.push(Fault::malformed("不是 PAdES 签名（ETSI.CAdES.detached）"));
    }
    let digest = match covered(pdf, field) {
        Ok([before, after]) => Sha256::new_with_prefix(before).chain_update(after).finalize().into(),
        Err(fault) => {
            faults.push(fault);
            report.faults = faults;
            return report;
        }
    };
    match cms::open(&field.contents) {
        Ok(opened) => {
            let signature = opened.check(&Content::Detached(digest), &mut faults);
            report.stamp = stamp(&signature, trust, &mut faults);
            if let (Some(certificate), Some(stamp)) = (&signature.certificate, &report.stamp) {
                let others = &opened.certificates;
                faults.extend(chain::faults(trust, certificate, others, Purpose::Document, stamp.at));
            }
            report.certificate = signature.certificate;
        }
        Err(fault) => faults.push(fault),
    }
    report.faults = faults;
    report
}

fn stamp(signature: &cms::Signature, trust: &Trust, faults: &mut Vec<Fault>) -> Option<Stamp> {
    let Some(token) = &signature.token else {
        faults.push(Fault::NoStamp);
        return None;
    };
    match verify_stamp(token, &sha256(&signature.value), trust) {
        Ok(stamp) => Some(stamp),
        Err(why) => {
            faults.extend(why.into_iter().map(|why| Fault::StampWrong { why: Box::new(why) }));
            None
        }
    }
}

/// The two signed pieces, if they leave out the signature's own value and nothing else.
fn covered<'a>(pdf: &'a [u8], field: &Field) -> Result<[&'a [u8]; 2], Fault> {
    let wrong = |why| Fault::ByteRange { why };
    let [first, length, second, _] = field.range;
    if first != 0 {
        return Err(wrong("没有从文件开头签起"));
    }
    let before = pdf.get(..length).ok_or_else(|| wrong("范围超出文件"))?;
    let after = pdf.get(second..end(field)).ok_or_else(|| wrong("范围超出文件"))?;
    let gap = pdf.get(length..second).ok_or_else(|| wrong("范围前后颠倒"))?;
    let digits = gap.strip_prefix(b"<").and_then(|rest| rest.strip_suffix(b">"));
    let digits = digits.ok_or_else(|| wrong("空出的不是签名值"))?;
    if field.room != CONTENTS_BYTES || digits.len() != 2 * CONTENTS_BYTES || !is_value(digits, &field.contents) {
        return Err(wrong("空出的不是签名值"));
    }
    if !after.ends_with(b"%%EOF\n") {
        return Err(wrong("没有签到文件结尾"));
    }
    Ok([before, after])
}

/// Whether the digits are the value's, small, with zeros behind: one way to write it, no room for anything else.
fn is_value(digits: &[u8], value: &[u8]) -> bool {
    let small = |nibble: u8| if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 };
    let expected = value.iter().flat_map(|byte| [small(byte >> 4), small(byte & 15)]);
    digits.iter().copied().eq(expected.chain(std::iter::repeat(b'0')).take(digits.len()))
}
