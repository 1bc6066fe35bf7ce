//! Adds signatures to a PDF: each an incremental update that keeps the file PDF/A-2b and every earlier byte as it was.
//!
//! **Invariant:** the old file is the beginning of the new one. The signed range is all of the new file but the value between
//! `<` and `>`.

use super::read::{first_page, load, resolve, signed_fields};
use super::{CONTENTS_BYTES, SIGNATURES_MAX};
use crate::cms::{self, Content};
use crate::fault::Fault;
use crate::signer::{Signer, Stamper};
use crate::stamp;
use jiff::Timestamp;
use lopdf::{Dictionary, Document, IncrementalDocument, Object, ObjectId, StringFormat, dictionary};
use sha2::{Digest, Sha256};

/// One person's or institution's signature.
pub struct Signing<'a> {
    pub signer: &'a dyn Signer,
    /// What is shown beside the signature: “司法鉴定人签名”.
    pub reason: &'a str,
    /// When the signer says it was; the time stamp proves it.
    pub at: Timestamp,
}

/// Ten digits hold any offset below [`super::PDF_BYTES_MAX`]; blanks fill what is not needed.
const OFFSET: i64 = 9_999_999_999;
/// Print, and locked (ISO 32000-1 table 165); PDF/A wants the first and forbids hiding.
const PRINT_AND_LOCKED: i64 = 4 | 128;
/// Signatures exist; the file may only be added to.
const SIGNATURES_EXIST: i64 = 1 | 2;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Approval,
    Closing,
}

/// Signs an opinion: first the appraisers in their order, then the institution, after which nothing may change.
/// One time stamp for each.
///
/// # Errors
/// No PDF, signed and closed already, or what a signer or stamper says. The file handed in is not changed.
pub fn sign_pdf(
    pdf: &[u8],
    approvals: &[Signing<'_>],
    closing: &Signing<'_>,
    stamper: &dyn Stamper,
) -> Result<Vec<u8>, Fault> {
    let mut signed = pdf.to_vec();
    for one in approvals {
        signed = approve_pdf(&signed, one, stamper)?;
    }
    certify_pdf(&signed, closing, stamper)
}

/// Adds one appraiser's approval signature; others may follow.
///
/// # Errors
/// As [`sign_pdf`].
pub fn approve_pdf(pdf: &[u8], signing: &Signing<'_>, stamper: &dyn Stamper) -> Result<Vec<u8>, Fault> {
    add(pdf, signing, Kind::Approval, stamper)
}

/// Adds the institution's signature that forbids every change: a certification (DocMDP, P = 1) where it is the first, a
/// signature that locks the document (field lock, P = 1) where approvals stand before it.
///
/// # Errors
/// As [`sign_pdf`].
pub fn certify_pdf(pdf: &[u8], signing: &Signing<'_>, stamper: &dyn Stamper) -> Result<Vec<u8>, Fault> {
    add(pdf, signing, Kind::Closing, stamper)
}

fn add(pdf: &[u8], signing: &Signing<'_>, kind: Kind, stamper: &dyn Stamper) -> Result<Vec<u8>, Fault> {
    let document = load(pdf)?;
    let earlier = signed_fields(&document)?;
    if earlier.iter().any(|field| field.closes) {
        return Err(Fault::Closed);
    }
    if earlier.len() >= SIGNATURES_MAX {
        return Err(Fault::TooManySignatures { limit: SIGNATURES_MAX });
    }
    let signed = earlier.last().map_or(pdf.len(), |last| last.range[2].saturating_add(last.range[3]));
    match pdf.len().checked_sub(signed) {
        Some(0) => append(pdf, document, signing, kind, earlier.len(), stamper),
        Some(bytes) => Err(Fault::Appended { bytes }),
        None => Err(Fault::ByteRange { why: "范围超出文件" }),
    }
}

/// Signs whatever lies before; `earlier`: how many signatures that has.
pub(super) fn append(
    pdf: &[u8],
    document: Document,
    signing: &Signing<'_>,
    kind: Kind,
    earlier: usize,
    stamper: &dyn Stamper,
) -> Result<Vec<u8>, Fault> {
    let mut bytes = update(pdf, document, signing, kind, earlier)?;
    let [start, end] = fill_range(&mut bytes, pdf.len())?;
    let digest = Sha256::new_with_prefix(&bytes[..start]).chain_update(&bytes[end..]).finalize().into();
    let stamp = |digest: &[u8; 32]| {
        let token = stamper.stamp(digest).map_err(|why| Fault::Stamper { why })?;
        if stamp::is_of(&token, digest)? { Ok(token) } else { Err(Fault::StampOfOther) }
    };
    let value = cms::sign(&Content::Detached(digest), signing.signer, Some(&stamp))?;
    if value.len() > CONTENTS_BYTES {
        return Err(Fault::TooLarge { bytes: value.len(), room: CONTENTS_BYTES });
    }
    for (place, byte) in bytes[start + 1..end - 1].chunks_exact_mut(2).zip(&value) {
        place.copy_from_slice(&hex(*byte));
    }
    Ok(bytes)
}

/// The file with the signature's objects behind it, range and value still empty.
fn update(pdf: &[u8], document: Document, signing: &Signing<'_>, kind: Kind, earlier: usize) -> Result<Vec<u8>, Fault> {
    let unreadable = |error: lopdf::Error| Fault::PdfUnreadable { why: error.to_string() };
    let catalog = document.trailer.get(b"Root").and_then(Object::as_reference).map_err(unreadable)?;
    let page = first_page(&document)?;
    let mut update = IncrementalDocument::create_from(pdf.to_vec(), document);
    let new = &mut update.new_document;
    let is_certification = kind == Kind::Closing && earlier == 0;
    let value = new.add_object(value(signing, kind, is_certification, catalog));
    let mut field = dictionary! {
        "Type" => name("Annot"), "Subtype" => name("Widget"), "FT" => name("Sig"),
        "T" => Object::String(format!("Signature{}", earlier + 1).into_bytes(), StringFormat::Literal),
        "Rect" => Object::Array(vec![0.into(); 4]), "F" => PRINT_AND_LOCKED, "P" => page, "V" => value,
    };
    if kind == Kind::Closing && !is_certification {
        field.set(
            "Lock",
            new.add_object(dictionary! { "Type" => name("SigFieldLock"), "Action" => name("All"), "P" => 1 }),
        );
    }
    let field = new.add_object(field);
    add_to_form(&mut update, catalog, field)?;
    if is_certification {
        let root = update.new_document.get_object_mut(catalog).and_then(Object::as_dict_mut).map_err(unreadable)?;
        root.set("Perms", dictionary! { "DocMDP" => value });
    }
    add_to_page(&mut update, page, field)?;
    let mut bytes = Vec::new();
    update.save_to(&mut bytes).map_err(|error| Fault::PdfUnreadable { why: error.to_string() })?;
    // The last line ends like the others (PDF/A-2 6.1.3 allows one end of line behind it).
    bytes.push(b'\n');
    Ok(bytes)
}

/// The signature dictionary.
fn value(signing: &Signing<'_>, kind: Kind, is_certification: bool, catalog: ObjectId) -> Dictionary {
    let when = signing.at.strftime("D:%Y%m%d%H%M%S+00'00'").to_string();
    let mut value = dictionary! {
        "Type" => name("Sig"), "Filter" => name("Adobe.PPKLite"), "SubFilter" => name("ETSI.CAdES.detached"),
        "ByteRange" => Object::Array(vec![0.into(), OFFSET.into(), OFFSET.into(), OFFSET.into()]),
        "Contents" => Object::String(vec![0; CONTENTS_BYTES], StringFormat::Hexadecimal),
        "M" => Object::String(when.into_bytes(), StringFormat::Literal),
        "Name" => text(&signing.signer.certificate().subject()), "Reason" => text(signing.reason),
    };
    let reference = match (kind, is_certification) {
        (Kind::Approval, _) => return value,
        (Kind::Closing, true) => dictionary! {
            "Type" => name("SigRef"), "TransformMethod" => name("DocMDP"),
            "TransformParams" => dictionary! { "Type" => name("TransformParams"), "P" => 1, "V" => name("1.2") },
        },
        (Kind::Closing, false) => dictionary! {
            "Type" => name("SigRef"), "TransformMethod" => name("FieldMDP"), "Data" => catalog,
            "TransformParams" => dictionary! {
                "Type" => name("TransformParams"), "Action" => name("All"), "P" => 1, "V" => name("1.2"),
            },
        },
    };
    value.set("Reference", Object::Array(vec![reference.into()]));
    value
}

/// The form is an object of its own, so that later signatures change it and leave the catalog alone: an approval would not
/// stand a change of the catalog.
fn add_to_form(update: &mut IncrementalDocument, catalog: ObjectId, field: ObjectId) -> Result<(), Fault> {
    let unreadable = |error: lopdf::Error| Fault::PdfUnreadable { why: error.to_string() };
    let before = update.get_prev_documents().catalog().map_err(unreadable)?.get(b"AcroForm").ok().cloned();
    match before {
        None => {
            let form = dictionary! { "Fields" => vec![field.into()], "SigFlags" => SIGNATURES_EXIST };
            let form = update.new_document.add_object(form);
            update.opt_clone_object_to_new_document(catalog).map_err(unreadable)?;
            let root = update.new_document.get_object_mut(catalog).and_then(Object::as_dict_mut).map_err(unreadable)?;
            root.set("AcroForm", form);
            Ok(())
        }
        Some(Object::Reference(form)) => {
            update.opt_clone_object_to_new_document(form).map_err(unreadable)?;
            let form = update.new_document.get_object_mut(form).and_then(Object::as_dict_mut).map_err(unreadable)?;
            let fields = form.get_mut(b"Fields").and_then(Object::as_array_mut).map_err(unreadable)?;
            fields.push(field.into());
            Ok(())
        }
        Some(_) => Err(Fault::ForeignForm { why: "表单不是单独的对象" }),
    }
}

fn add_to_page(update: &mut IncrementalDocument, page: ObjectId, field: ObjectId) -> Result<(), Fault> {
    let unreadable = |error: lopdf::Error| Fault::PdfUnreadable { why: error.to_string() };
    let document = update.get_prev_documents();
    let before = document.get_dictionary(page).map_err(unreadable)?.get(b"Annots").ok().cloned();
    if let Some(Object::Reference(array)) = before {
        update.opt_clone_object_to_new_document(array).map_err(unreadable)?;
        let array = update.new_document.get_object_mut(array).and_then(Object::as_array_mut).map_err(unreadable)?;
        array.push(field.into());
        return Ok(());
    }
    let mut annotations = match &before {
        Some(one) => resolve(document, one).and_then(|one| one.as_array().ok().cloned()).unwrap_or_default(),
        None => Vec::new(),
    };
    annotations.push(field.into());
    update.opt_clone_object_to_new_document(page).map_err(unreadable)?;
    let page = update.new_document.get_object_mut(page).and_then(Object::as_dict_mut).map_err(unreadable)?;
    page.set("Annots", annotations);
    Ok(())
}

/// Finds the value's place behind `from` and writes the range around it. Gives the places of `<` and after `>`.
fn fill_range(bytes: &mut [u8], from: usize) -> Result<[usize; 2], Fault> {
    let lost = || Fault::PdfUnreadable { why: "签名位置".to_owned() };
    let empty = format!("<{}>", "00".repeat(CONTENTS_BYTES));
    let start = find(bytes, empty.as_bytes(), from).ok_or_else(lost)?;
    let end = start + empty.len();
    let blank = format!("[0 {OFFSET} {OFFSET} {OFFSET}]");
    let place = find(bytes, blank.as_bytes(), from).ok_or_else(lost)?;
    let range = format!("[0 {start} {end} {}]", bytes.len() - end);
    let range = format!("{range:<width$}", width = blank.len());
    bytes[place..place + blank.len()].copy_from_slice(range.as_bytes());
    Ok([start, end])
}

fn find(bytes: &[u8], sought: &[u8], from: usize) -> Option<usize> {
    bytes.get(from..)?.windows(sought.len()).position(|window| window == sought).map(|at| at + from)
}

fn hex(byte: u8) -> [u8; 2] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]
}

fn name(text: &str) -> Object {
    Object::Name(text.as_bytes().to_vec())
}

/// A text string of any characters: UTF-16 with its mark.
fn text(text: &str) -> Object {
    let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
    Object::String(units.flat_map(u16::to_be_bytes).collect(), StringFormat::Hexadecimal)
}
