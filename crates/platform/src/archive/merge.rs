//! Many PDF documents become one, with bookmarks and page labels. Pure; runs on a blocking thread.
//!
//! **Invariant:** the result has exactly the pages of its pieces in their order.

use lopdf::{Dictionary, Document, Error, Object, ObjectId, StringFormat, dictionary};

/// A document, and what its bookmark says.
pub struct Piece {
    pub title: String,
    pub document: Document,
}

/// What a page inherits from the nodes above it, which the merge takes away.
const INHERITED: [&[u8]; 4] = [b"MediaBox", b"CropBox", b"Resources", b"Rotate"];
/// Deeper trees of pages are nobody's work but an attack.
const DEPTH_MAX: usize = 50;

/// Reads a document that can be merged: not encrypted, with pages.
pub fn read(bytes: &[u8]) -> Option<Document> {
    let document = Document::load_mem(bytes).ok()?;
    let usable = !document.is_encrypted() && !document.get_pages().is_empty();
    usable.then_some(document)
}

pub fn pages(document: &Document) -> i64 {
    i64::try_from(document.get_pages().len()).unwrap_or_default()
}

/// The pieces as one document. The first `front` pages are counted in Roman numerals, so that the index's numbers are the
/// reader's.
///
/// # Errors
/// A piece whose tree of pages is broken.
pub fn merge(pieces: Vec<Piece>, front: i64) -> Result<Vec<u8>, Error> {
    let mut whole = Document::with_version("1.7");
    let root = whole.new_object_id();
    let mut kids: Vec<Object> = Vec::new();
    let mut marks: Vec<(String, ObjectId)> = Vec::new();
    for Piece { title, mut document } in pieces {
        for page in document.get_pages().into_values() {
            let complete = complete(&document, page)?;
            document.objects.insert(page, Object::Dictionary(complete));
        }
        document.renumber_objects_with(whole.max_id + 1);
        for (at, page) in document.get_pages().into_values().enumerate() {
            if at == 0 {
                marks.push((title.clone(), page));
            }
            document.get_object_mut(page)?.as_dict_mut()?.set("Parent", root);
            kids.push(page.into());
        }
        whole.max_id = whole.max_id.max(document.max_id);
        whole.objects.extend(document.objects);
    }
    let count = i64::try_from(kids.len()).unwrap_or_default();
    whole.objects.insert(root, dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count }.into());
    let outlines = outlines(&mut whole, &marks);
    let labels = dictionary! {
        "Nums" => vec![
            0.into(), dictionary! { "S" => "r" }.into(),
            front.into(), dictionary! { "S" => "D" }.into(),
        ],
    };
    let catalog = whole.add_object(dictionary! {
        "Type" => "Catalog", "Pages" => root, "Outlines" => outlines, "PageLabels" => labels, "PageMode" => "UseOutlines",
    });
    whole.trailer.set("Root", catalog);
    // Catalogs, trees and tags of the pieces, which nothing reaches any more.
    whole.prune_objects();
    whole.renumber_objects();
    let mut bytes = Vec::new();
    whole.save_to(&mut bytes)?;
    Ok(bytes)
}

/// The page with what it inherited, without the tags of the document it came from.
fn complete(document: &Document, page: ObjectId) -> Result<Dictionary, Error> {
    let mut whole = document.get_dictionary(page)?.clone();
    let mut above = whole.get(b"Parent").and_then(Object::as_reference).ok();
    for _ in 0..DEPTH_MAX {
        let Some(node) = above else { break };
        let node = document.get_dictionary(node)?;
        for name in INHERITED {
            if let (false, Ok(value)) = (whole.has(name), node.get(name)) {
                whole.set(name, value.clone());
            }
        }
        above = node.get(b"Parent").and_then(Object::as_reference).ok();
    }
    whole.remove(b"StructParents");
    // A signature is of its own file; in the whole it would be a broken one.
    if let Ok(marks) = whole.get_deref(b"Annots", document).and_then(Object::as_array) {
        let kept: Vec<Object> = marks.iter().filter(|mark| !is_field(document, mark)).cloned().collect();
        whole.set("Annots", kept);
    }
    Ok(whole)
}

fn is_field(document: &Document, mark: &Object) -> bool {
    let mark = document.dereference(mark).ok().and_then(|(_, mark)| mark.as_dict().ok());
    mark.is_some_and(|mark| mark.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == b"Widget"))
}

/// A flat list of bookmarks, one for each piece.
fn outlines(whole: &mut Document, marks: &[(String, ObjectId)]) -> ObjectId {
    let root = whole.new_object_id();
    let ids: Vec<ObjectId> = marks.iter().map(|_| whole.new_object_id()).collect();
    for (at, (title, page)) in marks.iter().enumerate() {
        let mut mark = dictionary! {
            "Title" => utf16(title), "Parent" => root, "Dest" => vec![(*page).into(), Object::Name(b"Fit".to_vec())],
        };
        if let Some(before) = at.checked_sub(1).and_then(|at| ids.get(at)) {
            mark.set("Prev", *before);
        }
        if let Some(next) = ids.get(at + 1) {
            mark.set("Next", *next);
        }
        whole.objects.insert(ids[at], mark.into());
    }
    let mut all = dictionary! { "Type" => "Outlines", "Count" => i64::try_from(ids.len()).unwrap_or_default() };
    if let (Some(first), Some(last)) = (ids.first(), ids.last()) {
        all.set("First", *first);
        all.set("Last", *last);
    }
    whole.objects.insert(root, all.into());
    root
}

/// Text as PDF wants what is not Latin.
fn utf16(text: &str) -> Object {
    let mut bytes = vec![0xFE, 0xFF];
    bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
    Object::String(bytes, StringFormat::Hexadecimal)
}
