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

#[cfg(test)]
mod tests {
    use super::super::write::{Kind, Signing, append};
    use super::*;
    use crate::{Subject, TestAuthority, TestStampAuthority, Trust, Validity, verify_pdf};
    use lopdf::{IncrementalDocument, Stream, dictionary};

    fn plain() -> Vec<u8> {
        let mut document = Document::with_version("1.7");
        let tree = document.new_object_id();
        let content = document.add_object(Stream::new(Dictionary::new(), b"0 0 m 1 1 l S".to_vec()));
        let page = dictionary! { "Type" => Object::Name(b"Page".to_vec()), "Parent" => tree, "Contents" => content };
        let kids = Object::Array(vec![document.add_object(page).into()]);
        document
            .set_object(tree, dictionary! { "Type" => Object::Name(b"Pages".to_vec()), "Kids" => kids, "Count" => 1 });
        let catalog = dictionary! { "Type" => Object::Name(b"Catalog".to_vec()), "Pages" => tree };
        let catalog = document.add_object(catalog);
        document.trailer.set("Root", catalog);
        let mut bytes = Vec::new();
        document.save_to(&mut bytes).unwrap();
        bytes
    }

    fn changed(pdf: &[u8], change: impl FnOnce(&mut IncrementalDocument)) -> Vec<u8> {
        let mut update = IncrementalDocument::create_from(pdf.to_vec(), Document::load_mem(pdf).unwrap());
        change(&mut update);
        let mut bytes = Vec::new();
        update.save_to(&mut bytes).unwrap();
        bytes.push(b'\n');
        bytes
    }

    fn forge(update: &mut IncrementalDocument, key: &str) {
        let page = update.get_prev_documents().page_iter().next().unwrap();
        let content = update.new_document.add_object(Stream::new(Dictionary::new(), b"9 9 m 1 1 l S".to_vec()));
        update.opt_clone_object_to_new_document(page).unwrap();
        update.new_document.get_object_mut(page).and_then(Object::as_dict_mut).unwrap().set(key, content);
    }

    /// An institution that changes what its appraiser signed, and then closes the file: every range and every signature is
    /// right, and still it is refused.
    #[test]
    fn what_changed_between_two_signatures_is_found() {
        let validity =
            Validity { from: "2026-01-01T00:00:00Z".parse().unwrap(), until: "2036-01-01T00:00:00Z".parse().unwrap() };
        let who = |name: &str| Subject { name: name.to_owned(), organisation: String::new(), licence: String::new() };
        let authority = TestAuthority::new("示例", &[1; 32], validity).unwrap();
        let signer = authority.signer(&who("乙某"), &[3; 32], &[3], validity).unwrap();
        let stamps = TestStampAuthority::new(authority.stamper(&who("时间戳"), &[2; 32], &[2], validity).unwrap());
        let at = "2026-03-30T08:00:00Z".parse().unwrap();
        let stamper = stamps.stamper(at, 1);
        let sign = |pdf: &[u8], kind, earlier| {
            let signing = Signing { signer: &signer, reason: "", at };
            append(pdf, load(pdf).unwrap(), &signing, kind, earlier, &stamper).unwrap()
        };
        let root = vec![authority.root().clone()];
        let trust = Trust { roots: root.clone(), stamp_roots: root, revoked: Vec::new() };
        let approved = sign(&plain(), Kind::Approval, 0);
        assert_eq!(changed_between(&approved, &sign(&approved, Kind::Closing, 1)), Ok(None));
        let rows: [(&str, Vec<u8>); 5] = [
            ("another content", changed(&approved, |update| forge(update, "Contents"))),
            ("a page's key more", changed(&approved, |update| forge(update, "Thumb"))),
            (
                "an object nobody names",
                changed(&approved, |update| {
                    update.new_document.add_object(Object::Integer(1));
                }),
            ),
            (
                "the catalog",
                changed(&approved, |update| {
                    let root = update.get_prev_documents().trailer.get(b"Root").and_then(Object::as_reference).unwrap();
                    update.opt_clone_object_to_new_document(root).unwrap();
                    let root = update.new_document.get_object_mut(root).and_then(Object::as_dict_mut).unwrap();
                    root.set("OpenAction", Object::Null);
                }),
            ),
            ("the trailer", changed(&approved, |update| update.new_document.trailer.set("Info", Object::Null))),
        ];
        for (why, forged) in rows {
            let closed = sign(&forged, Kind::Closing, 1);
            let report = verify_pdf(&closed, &trust);
            assert!(report.signatures.iter().all(|one| one.faults.is_empty()), "{why}: each signature by itself holds");
            assert!(matches!(report.faults[..], [Fault::ChangedBetween { .. }]), "{why}: {:?}", report.faults);
        }
        let twice = sign(&sign(&approved, Kind::Closing, 1), Kind::Closing, 2);
        assert!(verify_pdf(&twice, &trust).faults.contains(&Fault::SignedAfterClosing));
    }
}
