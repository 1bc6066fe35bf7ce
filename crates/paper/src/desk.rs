//! All that a template can see: itself, the house rules, its data and its pictures.

use crate::{Fonts, Picture};
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, World};

/// The world of one render. No file system, no packages, no network, no clock: what is not here does not exist.
pub struct Desk<'a> {
    pub library: &'a LazyHash<Library>,
    pub fonts: &'a Fonts,
    pub house: Source,
    pub template: Source,
    pub data: Bytes,
    pub pictures: Vec<(FileId, Bytes)>,
}

impl World for Desk<'_> {
    fn library(&self) -> &LazyHash<Library> {
        self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.fonts.book()
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let known = [&self.template, &self.house].into_iter().find(|source| source.id() == id);
        known.cloned().ok_or_else(|| absent(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == data_id() {
            return Ok(self.data.clone());
        }
        let picture = self.pictures.iter().find(|(picture, _)| *picture == id);
        picture.map(|(_, bytes)| bytes.clone()).ok_or_else(|| absent(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.font(index)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

pub fn data_id() -> FileId {
    id("data.json")
}

/// The place of the `number`th picture. Typst keeps every file name for the life of the process and ends it after
/// 65,535 of them, so pictures are numbered, and never called by what a person named them.
pub fn picture_id(number: usize) -> FileId {
    id(&format!("picture-{number}"))
}

/// For names of our own only; see [`picture_id`].
pub fn id(name: &str) -> FileId {
    let root = VirtualPath::new("/").unwrap_or_else(|_| unreachable!("the root is a path"));
    let path = VirtualPath::new(name).unwrap_or(root);
    RootedPath::new(VirtualRoot::Project, path).intern()
}

fn absent(id: FileId) -> FileError {
    FileError::NotFound(id.vpath().get_without_slash().into())
}

/// The pictures as the template finds them, with a dictionary from their names to their places for the data.
pub fn place(pictures: &[Picture]) -> (Vec<(FileId, Bytes)>, serde_json::Map<String, serde_json::Value>) {
    let numbered = || pictures.iter().enumerate();
    let placed = numbered().map(|(n, picture)| (picture_id(n), Bytes::new(picture.bytes.clone()))).collect();
    let names = numbered().map(|(n, picture)| (picture.name.clone(), format!("picture-{n}").into())).collect();
    (placed, names)
}
