//! The signatures that a PDF holds, as the file says it; nothing of it is believed yet.

use super::{PDF_BYTES_MAX, SIGNATURES_MAX};
use crate::fault::Fault;
use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId};

/// Nobody's object stream of an opinion unpacks to more; a bomb does.
const UNPACKED_BYTES_MAX: usize = 256 * 1024 * 1024;

/// A signature field that has a value.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub name: String,
    /// Start and length, twice.
    pub range: [usize; 4],
    /// The value, without the zeros that fill its room.
    pub contents: Vec<u8>,
    /// All that the hexadecimal digits of the value stand for.
    pub room: usize,
    pub kind: Vec<u8>,
    /// When the signer says it was, as the file has it.
    pub claimed: String,
    pub reason: String,
    /// Whether it forbids every later change.
    pub closes: bool,
}

/// # Errors
/// Too large, encrypted, or no PDF.
pub(crate) fn load(pdf: &[u8]) -> Result<Document, Fault> {
    if pdf.len() > PDF_BYTES_MAX {
        return Err(Fault::PdfTooLarge { bytes: pdf.len(), limit: PDF_BYTES_MAX });
    }
    let options = LoadOptions { max_decompressed_size: Some(UNPACKED_BYTES_MAX), ..LoadOptions::default() };
    let document = Document::load_mem_with_options(pdf, options);
    let document = document.map_err(|error| Fault::PdfUnreadable { why: error.to_string() })?;
    if document.is_encrypted() || document.was_encrypted() {
        return Err(Fault::PdfEncrypted);
    }
    Ok(document)
}

/// In the order of what they cover.
///
/// # Errors
/// A form that is not as ours are.
pub(crate) fn signed_fields(document: &Document) -> Result<Vec<Field>, Fault> {
    let foreign = |why| Fault::ForeignForm { why };
    let catalog = document.catalog().map_err(|error| Fault::PdfUnreadable { why: error.to_string() })?;
    let Ok(form) = catalog.get(b"AcroForm") else { return Ok(Vec::new()) };
    let form = dictionary(document, form).ok_or_else(|| foreign("表单无法读取"))?;
    let fields = form.get(b"Fields").ok().and_then(|one| resolve(document, one)?.as_array().ok());
    let fields = fields.ok_or_else(|| foreign("表单没有字段"))?;
    if fields.len() > SIGNATURES_MAX {
        return Err(Fault::TooManySignatures { limit: SIGNATURES_MAX });
    }
    let mut found = Vec::new();
    for one in fields {
        let field = dictionary(document, one).ok_or_else(|| foreign("字段无法读取"))?;
        if field.get(b"FT").and_then(Object::as_name).ok() != Some(b"Sig") || field.has(b"Kids") {
            return Err(foreign("有签名以外的字段"));
        }
        let value = field.get(b"V").ok().and_then(|value| dictionary(document, value));
        found.push(read_field(document, field, value.ok_or_else(|| foreign("有尚未签名的签名字段"))?)?);
    }
    found.sort_by_key(|field| field.range[2].saturating_add(field.range[3]));
    Ok(found)
}

fn read_field(document: &Document, field: &Dictionary, value: &Dictionary) -> Result<Field, Fault> {
    let range = value.get(b"ByteRange").and_then(Object::as_array).ok().and_then(|parts| {
        let numbers: Vec<usize> = parts.iter().filter_map(|one| usize::try_from(one.as_i64().ok()?).ok()).collect();
        <[usize; 4]>::try_from(numbers).ok()
    });
    let range = range.ok_or(Fault::ByteRange { why: "没有字节范围" })?;
    let Some(Object::String(contents, _)) = value.get(b"Contents").ok() else {
        return Err(Fault::malformed("没有签名值"));
    };
    let length = der_length(contents).ok_or_else(|| Fault::malformed("签名值不是 DER"))?;
    if contents[length..].iter().any(|byte| *byte != 0) {
        return Err(Fault::malformed("签名值之后还有数据"));
    }
    Ok(Field {
        name: text_of(field.get(b"T").ok()),
        range,
        contents: contents[..length].to_vec(),
        room: contents.len(),
        kind: value.get(b"SubFilter").and_then(Object::as_name).unwrap_or_default().to_vec(),
        claimed: text_of(value.get(b"M").ok()),
        reason: text_of(value.get(b"Reason").ok()),
        closes: closes(document, field, value),
    })
}

/// By certification (DocMDP) or by the field's lock (PDF 2.0): no changes at all.
fn closes(document: &Document, field: &Dictionary, value: &Dictionary) -> bool {
    let is_one =
        |params: Option<&Dictionary>| params.and_then(|one| one.get(b"P").and_then(Object::as_i64).ok()) == Some(1);
    let references = value.get(b"Reference").and_then(Object::as_array).map(Vec::as_slice).unwrap_or_default();
    let certifies = references.iter().any(|one| {
        let Some(one) = dictionary(document, one) else { return false };
        let method = one.get(b"TransformMethod").and_then(Object::as_name).unwrap_or_default();
        let params = one.get(b"TransformParams").ok().and_then(|params| dictionary(document, params));
        method == b"DocMDP" && is_one(params)
    });
    let lock = field.get(b"Lock").ok().and_then(|lock| dictionary(document, lock));
    let locks_all = lock.is_some_and(|lock| lock.get(b"Action").and_then(Object::as_name).ok() == Some(b"All"));
    certifies || (locks_all && is_one(lock))
}

/// The length of the DER value at the start: header and content.
fn der_length(bytes: &[u8]) -> Option<usize> {
    let (tag, length) = (*bytes.first()?, usize::from(*bytes.get(1)?));
    if tag != 0x30 {
        return None;
    }
    let total = if length < 0x80 {
        2 + length
    } else {
        let octets = length & 0x7F;
        let digits = bytes.get(2..2 + octets).filter(|_| (1..=4).contains(&octets))?;
        digits.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)) + 2 + octets
    };
    (total <= bytes.len()).then_some(total)
}

pub(super) fn resolve<'a>(document: &'a Document, object: &'a Object) -> Option<&'a Object> {
    document.dereference(object).ok().map(|(_, object)| object)
}

pub(super) fn dictionary<'a>(document: &'a Document, object: &'a Object) -> Option<&'a Dictionary> {
    resolve(document, object)?.as_dict().ok()
}

/// The page that carries the signatures: the first.
pub(super) fn first_page(document: &Document) -> Result<ObjectId, Fault> {
    document.page_iter().next().ok_or(Fault::PdfUnreadable { why: "没有页面".to_owned() })
}

/// A text string: UTF-16 with its mark, else as it is.
fn text_of(object: Option<&Object>) -> String {
    let Some(Object::String(bytes, _)) = object else { return String::new() };
    match bytes.strip_prefix(&[0xFE, 0xFF]) {
        Some(rest) => {
            let units: Vec<u16> = rest.chunks_exact(2).map(|two| u16::from_be_bytes([two[0], two[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        None => String::from_utf8_lossy(bytes).into_owned(),
    }
}
