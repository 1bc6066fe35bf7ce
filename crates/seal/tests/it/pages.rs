//! Small PDFs to sign, in the forms a writer may choose.
#![allow(dead_code, reason = "each of those who include this uses a part")]

use lopdf::{Dictionary, Document, IncrementalDocument, Object, SaveOptions, Stream, dictionary};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Cross-reference table, no annotations: as Typst writes.
    Plain,
    /// Cross-reference stream and object streams.
    Modern,
    /// A page that has annotations already, within the page.
    Annotated,
    /// The same, the list being an object of its own.
    AnnotatedApart,
}

pub const FORMS: [Form; 4] = [Form::Plain, Form::Modern, Form::Annotated, Form::AnnotatedApart];

pub fn pdf(form: Form, pages: usize) -> Vec<u8> {
    let mut document = Document::with_version("1.7");
    let tree = document.new_object_id();
    let mut kids = Vec::new();
    for number in 0..pages {
        let content = format!("0 0 m {number} 100 l S\n").into_bytes();
        let content = document.add_object(Stream::new(Dictionary::new(), content));
        let mut page = dictionary! {
            "Type" => Object::Name(b"Page".to_vec()), "Parent" => tree, "Contents" => content,
            "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
        };
        let link = dictionary! {
            "Type" => Object::Name(b"Annot".to_vec()), "Subtype" => Object::Name(b"Link".to_vec()), "F" => 4,
            "Rect" => vec![0.into(), 0.into(), 9.into(), 9.into()],
        };
        match form {
            Form::Annotated => {
                let link = document.add_object(link);
                page.set("Annots", vec![link.into()]);
            }
            Form::AnnotatedApart => {
                let link = document.add_object(link);
                page.set("Annots", document.add_object(Object::Array(vec![link.into()])));
            }
            Form::Plain | Form::Modern => {}
        }
        kids.push(document.add_object(page).into());
    }
    let many = i64::try_from(pages).unwrap();
    document.set_object(
        tree,
        dictionary! { "Type" => Object::Name(b"Pages".to_vec()), "Kids" => Object::Array(kids), "Count" => many },
    );
    let catalog = document.add_object(dictionary! { "Type" => Object::Name(b"Catalog".to_vec()), "Pages" => tree });
    document.trailer.set("Root", catalog);
    let mut bytes = Vec::new();
    if form == Form::Modern {
        let options = SaveOptions { use_object_streams: true, use_xref_streams: true, ..SaveOptions::default() };
        document.save_with_options(&mut bytes, options).unwrap();
    } else {
        document.reference_table.cross_reference_type = lopdf::xref::XrefType::CrossReferenceTable;
        document.save_to(&mut bytes).unwrap();
    }
    bytes
}

/// A revision more, as somebody with an ordinary PDF library would append it.
pub fn appended(pdf: &[u8], change: impl FnOnce(&mut IncrementalDocument)) -> Vec<u8> {
    let document = Document::load_mem(pdf).unwrap();
    let mut update = IncrementalDocument::create_from(pdf.to_vec(), document);
    change(&mut update);
    let mut bytes = Vec::new();
    update.save_to(&mut bytes).unwrap();
    bytes
}

/// Another content for the first page.
pub fn forge(update: &mut IncrementalDocument) {
    let page = update.get_prev_documents().page_iter().next().unwrap();
    let content = update.new_document.add_object(Stream::new(Dictionary::new(), b"0 0 m 9 9 l S".to_vec()));
    update.opt_clone_object_to_new_document(page).unwrap();
    let page = update.new_document.get_object_mut(page).and_then(Object::as_dict_mut).unwrap();
    page.set("Contents", content);
}
