//! The faces papers are set in: which they are, which characters they draw, and their outlines once needed.

use crate::sfnt::{self, Collection};
use crate::{Fault, FontFault};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use typst::foundations::Bytes;
use typst::text::{Coverage, Font, FontBook, FontFlags, FontInfo, is_default_ignorable};
use typst::utils::LazyHash;
use unicode_segmentation::UnicodeSegmentation;

/// A font directory is not the whole disk.
const FILES_MAX: usize = 20_000;
const DEPTH_MAX: usize = 8;

/// A face papers are set in, and the families that can serve as it, the first found being taken.
/// Templates know it under our own name, so that another Song font changes no template.
struct Wanted {
    name: &'static str,
    families: &'static [&'static str],
    weight: u16,
    serif: bool,
    what: &'static str,
    package: &'static str,
}

const TEXT: &[Wanted] = &[
    Wanted {
        name: "Song",
        families: &["Noto Serif CJK SC", "Source Han Serif SC", "Noto Serif SC"],
        weight: 400,
        serif: true,
        what: "正文用的宋体（Noto Serif CJK SC）",
        package: "fonts-noto-cjk",
    },
    Wanted {
        name: "Hei",
        families: &["Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC"],
        weight: 700,
        serif: false,
        what: "标题用的黑体（Noto Sans CJK SC Bold）",
        package: "fonts-noto-cjk",
    },
];

/// Fonts for rare characters. Neither has all: BabelStone Han covers Extensions G and H, Hanazono all of C to F, so
/// both are used where both are installed. Shorter names are tried first, which is Typst's own order.
const RARE: &[Wanted] =
    &[rare("Rare", &["BabelStone Han"]), rare("Rare A", &["HanaMinA"]), rare("Rare Ext", &["HanaMinB"])];

const fn rare(name: &'static str, families: &'static [&'static str]) -> Wanted {
    let (what, package) = ("生僻字字体（BabelStone Han 或 HanaMinB）", "fonts-babelstone-han fonts-hanazono");
    // Marked as serif so that Typst takes them, and not the Hei, for a rare character in Song text.
    Wanted { name, families, weight: 400, serif: true, what, package }
}

/// The fonts of this server. Cheap to clone; holds about 1 MB until the first paper, and from then on the faces
/// that papers needed: 42 MB for Song and Hei, 51 MB and 31 MB more once a rare character was printed.
#[derive(Clone)]
pub struct Fonts(Arc<Shelf>);

struct Shelf {
    book: LazyHash<FontBook>,
    faces: Vec<Face>,
}

struct Face {
    path: PathBuf,
    index: usize,
    /// Which characters it draws, as runs from the first to the last; Typst's own record of it has to be searched
    /// from the start for each character.
    runs: Vec<(u32, u32)>,
    font: OnceLock<Result<Font, FontFault>>,
}

impl Fonts {
    /// Looks through the directories, and those within them, for the fonts needed.
    pub fn load(dirs: &[PathBuf]) -> Result<Self, FontFault> {
        let mut found = Vec::new();
        for path in files(dirs) {
            // A file that is no font, or a broken one, is not ours to complain of: what is needed is checked below.
            let _ = look_into(&path, &mut found);
        }
        let mut shelf = Shelf { book: LazyHash::new(FontBook::new()), faces: Vec::new() };
        for wanted in TEXT {
            shelf.add(wanted, &found)?.ok_or_else(|| missing(wanted, dirs))?;
        }
        let mut rare = 0;
        for wanted in RARE {
            rare += usize::from(shelf.add(wanted, &found)?.is_some());
        }
        if rare == 0 {
            return Err(missing(&RARE[0], dirs));
        }
        Ok(Self(Arc::new(shelf)))
    }

    /// The characters no font here can draw, each once: ask before taking down a name. A base character and its
    /// marks have to be in one font; variation selectors and other invisible characters are passed over.
    pub fn missing_glyphs(&self, text: &str) -> Vec<char> {
        let mut missing = Vec::new();
        for cluster in text.graphemes(true) {
            let visible = |c: &char| !c.is_whitespace() && !is_default_ignorable(*c);
            if self.0.faces.iter().any(|face| cluster.chars().filter(visible).all(|c| face.draws(c))) {
                continue;
            }
            let alone = |c: &char| !self.0.faces.iter().any(|face| face.draws(*c));
            let nowhere: Vec<char> = cluster.chars().filter(visible).filter(alone).collect();
            let blame = if nowhere.is_empty() { cluster.chars().filter(visible).collect() } else { nowhere };
            missing.extend(blame);
        }
        distinct(missing)
    }

    pub(crate) fn book(&self) -> &LazyHash<FontBook> {
        &self.0.book
    }

    /// The face with its outlines, read when it is first asked for.
    pub(crate) fn font(&self, index: usize) -> Option<Font> {
        self.0.faces.get(index)?.font().ok()
    }

    /// Reads the text faces. Done before a render, because Typst leaves out the text whose font does not open.
    pub(crate) fn open_text(&self) -> Result<(), FontFault> {
        self.0.faces.iter().take(TEXT.len()).try_for_each(|face| face.font().map(drop))
    }

    /// A face that was asked for and did not open.
    pub(crate) fn fault(&self) -> Option<Fault> {
        let failed = |face: &Face| face.font.get().and_then(|font| font.clone().err());
        self.0.faces.iter().find_map(failed).map(Fault::Font)
    }
}

impl Shelf {
    /// Puts the first family found on the shelf, under the name the templates use.
    fn add(&mut self, wanted: &Wanted, found: &[Found]) -> Result<Option<()>, FontFault> {
        let fits = |found: &&Found| found.weight == wanted.weight;
        let best = wanted.families.iter().find_map(|family| found.iter().filter(fits).find(|f| f.family == *family));
        let Some(Found { path, index, .. }) = best else { return Ok(None) };
        let unreadable = |why: String| FontFault::Unreadable { path: path.clone(), why };
        let tables = Collection::open(path).and_then(|mut file| file.face(*index, Some(sfnt::COVERAGE)));
        let tables = tables.map_err(|error| unreadable(error.to_string()))?;
        let mut info = FontInfo::new(&tables, 0).ok_or_else(|| unreadable("not a font".to_owned()))?;
        info.family = wanted.name.to_owned();
        let characters: Vec<u32> = info.coverage.iter().filter(|&c| !is_private(c)).collect();
        let runs = runs(&characters);
        info.coverage = Coverage::from_vec(characters);
        info.flags.set(FontFlags::SERIF, wanted.serif);
        info.flags.remove(FontFlags::MONOSPACE);
        self.book.push(info);
        self.faces.push(Face { path: path.clone(), index: *index, runs, font: OnceLock::new() });
        Ok(Some(()))
    }
}

impl Face {
    fn draws(&self, character: char) -> bool {
        let c = u32::from(character);
        let after = self.runs.partition_point(|&(first, _)| first <= c);
        after > 0 && c <= self.runs[after - 1].1
    }

    fn font(&self) -> Result<Font, FontFault> {
        self.font.get_or_init(|| self.read()).clone()
    }

    fn read(&self) -> Result<Font, FontFault> {
        let unreadable = |why: String| FontFault::Unreadable { path: self.path.clone(), why };
        let bytes = Collection::open(&self.path).and_then(|mut file| file.face(self.index, None));
        let bytes = bytes.map_err(|error| unreadable(error.to_string()))?;
        Font::new(Bytes::new(bytes), 0).ok_or_else(|| unreadable("not a font".to_owned()))
    }
}

/// `characters` in rising order, as runs without a gap.
fn runs(characters: &[u32]) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for &c in characters {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == c => *last = c,
            _ => runs.push((c, c)),
        }
    }
    runs
}

struct Found {
    family: String,
    weight: u16,
    path: PathBuf,
    index: usize,
}

fn look_into(path: &Path, found: &mut Vec<Found>) -> std::io::Result<()> {
    let mut file = Collection::open(path)?;
    for index in 0..file.faces() {
        let Some(info) = FontInfo::new(&file.face(index, Some(sfnt::NAMES))?, 0) else { continue };
        let weight = info.variant.weight.to_number();
        found.push(Found { family: info.family, weight, path: path.to_owned(), index });
    }
    Ok(())
}

/// Every font file of the directories, in an order that does not depend on the disk: the same fonts, the same papers.
fn files(dirs: &[PathBuf]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for dir in dirs {
        walk(dir, 0, &mut files);
    }
    files
}

fn walk(dir: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    let Ok(entries) = dir.read_dir() else { return };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
        if path.is_dir() && depth < DEPTH_MAX {
            walk(&path, depth + 1, files);
        } else if matches!(ending.as_str(), "ttf" | "otf" | "ttc" | "otc") && files.len() < FILES_MAX {
            files.push(path);
        }
    }
}

fn missing(wanted: &Wanted, dirs: &[PathBuf]) -> FontFault {
    FontFault::Missing { what: wanted.what, package: wanted.package, searched: dirs.to_vec() }
}

/// Private use: what a font draws there is its own affair, and not what the sender's computer showed.
pub(crate) fn is_private(c: u32) -> bool {
    matches!(c, 0xE000..=0xF8FF | 0xF_0000..=0x10_FFFF)
}

/// Each character once, in the order of its first coming.
pub(crate) fn distinct(characters: Vec<char>) -> Vec<char> {
    let mut seen = std::collections::BTreeSet::new();
    characters.into_iter().filter(|&c| seen.insert(c)).collect()
}
