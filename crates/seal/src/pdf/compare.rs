//! What was changed between two signatures: nothing but that one signature came.
//!
//! **Invariant:** an object may be new only if it belongs to the new signature, and changed only by the new signature's
//! mention. Whoever signed before sees the same pages after.

use super::read::{dictionary, first_page, load, resolve};
use crate::fault::Fault;
use lopdf::{Dictionary, Document, Object, ObjectId};
use std::collections::BTreeSet;

/// `None` if `after` is `before` with one signature more; else what is different.
///
/// # Errors
/// One of the two is no PDF.
pub(crate) fn changed_between(before: &[u8], after: &[u8]) -> Result<Option<String>, Fault> {
    let (before, after) = (load(before)?, load(after)?);
    Ok(difference(&before, &after))
}

fn difference(before: &Document, after: &Document) -> Option<String> {
    let same_root = |key: &[u8]| before.trailer.get(key).ok() == after.trailer.get(key).ok();
    if !same_root(b"Root") || !same_root(b"Info") || !same_root(b"ID") || after.trailer.has(b"Encrypt") {
        return Some("文件尾".to_owned());
    }
    let (Some(page), Some(field)) = (first_page(after).ok(), new_field(before, after)) else {
        return Some("新增的不是一个签名".to_owned());
    };
    let mut own: BTreeSet<ObjectId> = BTreeSet::from([field]);
    let parts = after.get_dictionary(field).ok()?;
    own.extend([&b"V"[..], b"Lock"].iter().filter_map(|key| parts.get(key).and_then(Object::as_reference).ok()));
    let form = before.catalog().ok()?.get(b"AcroForm").and_then(Object::as_reference).ok();
    for (id, object) in after.objects.iter().filter(|(_, object)| !is_directory(object)) {
        let fine = match before.objects.get(id) {
            None => own.contains(id),
            Some(old) if same(old, object) => true,
            Some(old) if Some(*id) == form => grown_by(old, object, b"Fields", field),
            Some(old) if *id == page => grown_by(old, object, b"Annots", field),
            Some(old) => is_annotations(before, page, *id) && array_grown_by(old, object, field),
        };
        if !fine {
            return Some(format!("对象 {} {}", id.0, id.1));
        }
    }
    let gone = before.objects.iter().find(|(id, object)| !is_directory(object) && !after.objects.contains_key(id));
    gone.map(|(id, _)| format!("删去的对象 {} {}", id.0, id.1))
}

/// The one field that the form has more.
fn new_field(before: &Document, after: &Document) -> Option<ObjectId> {
    let (old, new) = (fields(before)?, fields(after)?);
    let rest = new.strip_prefix(old.as_slice())?;
    match rest {
        [Object::Reference(id)] if !before.objects.contains_key(id) => Some(*id),
        _ => None,
    }
}

fn fields(document: &Document) -> Option<Vec<Object>> {
    let form = dictionary(document, document.catalog().ok()?.get(b"AcroForm").ok()?)?;
    resolve(document, form.get(b"Fields").ok()?)?.as_array().ok().cloned()
}

/// Cross-reference streams and object streams: each revision has its own.
fn is_directory(object: &Object) -> bool {
    matches!(object, Object::Stream(stream)
        if stream.dict.get(b"Type").and_then(Object::as_name).is_ok_and(|name| name == b"XRef" || name == b"ObjStm"))
}

/// A stream is the same wherever it lies.
fn same(old: &Object, new: &Object) -> bool {
    match (old, new) {
        (Object::Stream(old), Object::Stream(new)) => old.dict == new.dict && old.content == new.content,
        _ => old == new,
    }
}

/// Whether a dictionary is the same but for one reference more at the end of one of its arrays.
fn grown_by(old: &Object, new: &Object, key: &[u8], field: ObjectId) -> bool {
    let (Ok(old), Ok(new)) = (old.as_dict(), new.as_dict()) else { return false };
    let without = |one: &Dictionary| {
        let mut rest = one.clone();
        rest.remove(key);
        rest
    };
    let empty = Object::Array(Vec::new());
    let (before, now) = (old.get(key).unwrap_or(&empty), new.get(key).unwrap_or(&empty));
    without(old) == without(new) && array_grown_by(before, now, field)
}

fn array_grown_by(old: &Object, new: &Object, field: ObjectId) -> bool {
    let (Ok(old), Ok(new)) = (old.as_array(), new.as_array()) else { return false };
    new.strip_prefix(old.as_slice()) == Some(&[Object::Reference(field)])
}

fn is_annotations(document: &Document, page: ObjectId, id: ObjectId) -> bool {
    let page = document.get_dictionary(page);
    page.and_then(|page| page.get(b"Annots")).and_then(Object::as_reference).is_ok_and(|one| one == id)
}
