//! The English catalogue is complete: whatever Chinese a person can meet has its English, and nothing else is kept.
//!
//! **Invariant:** a Chinese literal is a key, printed on a paper that is Chinese by law, or listed here with the reason.

use platform::text::Lang;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Modules, with those below them, whose Chinese goes through no translator. What they say (`say("…`, `.t("…`, `f1("…`)
/// and the titles of their papers are keys all the same.
const NOT_FOR_PAGES: &[(&str, &str)] = &[
    ("analysis/drawn", "what a generated city's papers say"),
    ("analysis/fill", "what a generated city's papers say"),
    ("analysis/papers", "the dossier is printed in Chinese"),
    ("analysis/reading", "words looked for in the text of an opinion"),
    ("demo/analysis", "what the people of the demo city write"),
    ("cases/making", "statutory papers are Chinese by law"),
    ("cases/papers", "statutory papers are Chinese by law"),
    ("cases/settle", "the explanation of a term is kept in both languages"),
    ("cases/rules/meaning", "words looked for in the text of an opinion"),
    ("opinions/issue", "statutory papers are Chinese by law"),
    ("opinions/papers", "statutory papers are Chinese by law"),
    ("signing/command", "console, both languages"),
    ("signing/demo", "names of the demo's authorities"),
    ("archive/papers", "the volume is printed in Chinese"),
    ("archive/export", "the volume is printed in Chinese"),
    ("archive/pack", "names and columns inside the ZIP, which are Chinese"),
    ("archive/store", "titles and labels of the volume's sheets, which are printed in Chinese"),
    ("custody/papers", "papers are Chinese by law"),
    ("fees/papers", "statutory papers are Chinese by law"),
    ("deadline", "the tool answers in both languages itself"),
    ("demo/carry", "what the people of the demo city write"),
    ("demo/draws", "what the people of the demo city write"),
    ("demo/detours", "what the people of the demo city write"),
    ("demo/city", "names of the demo city"),
    ("demo/people", "names of the demo city"),
    ("demo/wording", "what the people of the demo city write"),
];

/// Literals elsewhere that are no keys.
const NO_KEYS: &[(&str, &str)] = &[
    (" +-()（）转*", "signs a telephone number may have"),
    ("司法鉴定意见书〔2026〕𠮷㛃𬎆𫍯𰀀①", "the sample that the doctor prints"),
    (
        "“{shown}”不是执业类别代码，请写成类别加两位、四位或六位数字，例如 FY-0201。",
        "an import's error, never on a page",
    ),
    ("历史台账委托人（{}）", "the stand-in for clients of old ledgers, as it is stored"),
    ("智慧司鉴 Sijian: the platform of a city's forensic-appraisal sector", "console, both languages"),
    ("智慧司鉴 Sijian: {}", "console, both languages"),
    ("演示账户，密码均为 Demo accounts, all with the password  {password}", "console, both languages"),
    ("演示城市已在 {} 中，直接启动。 The demo city is in {} already.", "console, both languages"),
    ("参数有变，重新生成演示城市。 The demo city is made anew: it was another one.", "console, both languages"),
    ("机构与人员 institutions and people", "console, both languages"),
    ("案件 cases", "console, both languages"),
    ("司法鉴定人签名", "stands inside the signature, in a paper that is Chinese by law"),
    ("演示", "the name under which the demo city is written"),
    ("系统出错，您的操作没有执行。 Something failed; nothing was changed.", "no language is known after a panic"),
];

/// What may stand in a template as it is: whoever looks for Chinese finds it in Chinese.
const BARE: &[(&str, &str)] =
    &[("accounts/account.html", "中文"), ("accounts/new_account.html", "中文"), ("web/layout.html", "中文")];

/// A key where it is used.
struct Found {
    text: String,
    place: String,
}

struct Entry {
    english: String,
    place: String,
}

/// Everything the test looks at, and the faults met in reading it.
#[derive(Default)]
struct Read {
    keys: Vec<Found>,
    /// Every literal that may be a key, Chinese or punctuation only.
    literals: BTreeSet<String>,
    /// Literals of [`NO_KEYS`] and modules of [`NOT_FOR_PAGES`] that were met.
    excused: BTreeSet<&'static str>,
    faults: Vec<String>,
}

#[test]
fn every_text_has_its_english_and_nothing_else_is_kept() {
    let mut read = Read::default();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for path in files(&source) {
        let name = path.strip_prefix(&source).expect("below src").to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(&path).expect("a readable source file");
        if name.ends_with(".html") {
            read.template(&name, &text);
        } else if name.ends_with(".rs") && !name.contains("tests") {
            read.code(&name, &text);
        }
    }
    // What the opinion check says is written in a crate that knows no translator.
    for key in lint::keys() {
        read.key(key.to_owned(), "crates/lint".to_owned());
    }
    let catalogue = catalogue(&mut read.faults);
    let mut faults = std::mem::take(&mut read.faults);
    for found in read.keys.iter().filter(|found| !catalogue.contains_key(&found.text)) {
        faults.push(format!("{}: no English for {:?}", found.place, found.text));
    }
    for (key, entry) in &catalogue {
        let Entry { english, place } = entry;
        if !read.literals.contains(key) {
            faults.push(format!("{place}: nothing uses {key:?}"));
        }
        if slots(key) != slots(english) {
            faults.push(format!("{place}: the slots of {key:?} are not those of {english:?}"));
        }
        if english.chars().any(is_chinese) || english.is_empty() {
            faults.push(format!("{place}: {english:?} is not English"));
        }
        if Lang::En.t(key) != english.as_str() {
            faults.push(format!("{place}: the translator says {:?} for {key:?}", Lang::En.t(key)));
        }
    }
    for (what, why) in NOT_FOR_PAGES.iter().chain(NO_KEYS).filter(|(what, _)| !read.excused.contains(what)) {
        faults.push(format!("translations.rs: {what:?} ({why}) is not met any more"));
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    assert!(read.keys.len() > 700 && catalogue.len() > 500, "the scan found next to nothing: it is broken");
}

impl Read {
    /// Keys stand in tags; between them there is no Chinese.
    fn template(&mut self, name: &str, text: &str) {
        let mut rest = text;
        let mut bare = String::new();
        while let Some(at) = rest.find('{') {
            let (before, tag) = rest.split_at(at);
            bare += before;
            let Some(end) = ["{{", "{%", "{#"].iter().position(|open| tag.starts_with(open)) else {
                bare.push('{');
                rest = &tag[1..];
                continue;
            };
            let close = ["}}", "%}", "#}"][end];
            let length = tag.find(close).map_or(tag.len(), |length| length + close.len());
            let inside = &tag[..length];
            bare.extend(inside.chars().filter(|sign| *sign == '\n'));
            if end < 2 {
                let line = 1 + text[..text.len() - tag.len()].matches('\n').count();
                self.tag(name, line, inside);
            }
            rest = &tag[length..];
        }
        bare += rest;
        for (line, text) in (1..).zip(bare.lines()) {
            let allowed = BARE.iter().filter(|(file, _)| *file == name).map(|(_, text)| *text);
            let left = allowed.fold(text.to_owned(), |text, allowed| text.replace(allowed, ""));
            if left.chars().any(is_chinese) {
                self.faults.push(format!("src/{name}:{line}: Chinese outside the translator: {}", left.trim()));
            }
        }
    }

    fn tag(&mut self, name: &str, line: usize, inside: &str) {
        let mut before = 0;
        for literal in literals(inside) {
            let place = format!("src/{name}:{}", line + literal.line - 1);
            let lead = &inside[before..literal.start];
            let translated = inside.starts_with("{% call ") || ["t(", "f1("].iter().any(|call| lead.ends_with(call));
            if literal.text.chars().any(is_chinese) && !translated {
                self.faults.push(format!("{place}: {:?} does not go through the translator", literal.text));
            }
            before = literal.end;
            self.key(literal.text, place);
        }
    }

    fn code(&mut self, name: &str, text: &str) {
        let is_in = |module: &str| name.strip_prefix(module).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'));
        let elsewhere = NOT_FOR_PAGES.iter().find(|(module, _)| is_in(module));
        for literal in literals(&without_tests(text)) {
            if let Some((module, _)) = elsewhere {
                self.excused.insert(module);
                if !literal.is_said {
                    continue;
                }
            }
            if let Some((text, _)) = NO_KEYS.iter().find(|(text, _)| *text == literal.text) {
                self.excused.insert(text);
                continue;
            }
            self.key(literal.text, format!("src/{name}:{}", literal.line));
        }
    }

    fn key(&mut self, text: String, place: String) {
        if text.chars().any(is_han) {
            self.keys.push(Found { text: text.clone(), place });
        }
        self.literals.insert(text);
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// The catalogue: lines `"key": "English"`, each key once in all files.
fn catalogue(faults: &mut Vec<String>) -> BTreeMap<String, Entry> {
    let mut all: BTreeMap<String, Entry> = BTreeMap::new();
    for path in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("locales")) {
        let name = path.file_name().expect("a file").to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).expect("a readable catalogue");
        for (line, text) in (1..).zip(text.lines()).filter(|(_, text)| !text.is_empty() && !text.starts_with('#')) {
            let place = format!("locales/{name}:{line}");
            let pair: Result<BTreeMap<String, String>, _> = serde_json::from_str(&format!("{{{text}}}"));
            let Some((key, english)) = pair.ok().and_then(|pair| pair.into_iter().next()) else {
                faults.push(format!("{place}: not a line \"key\": \"English\": {text}"));
                continue;
            };
            if let Some(other) = all.insert(key, Entry { english, place: place.clone() }) {
                faults.push(format!("{place}: the same key as {}", other.place));
            }
        }
    }
    all
}

fn slots(text: &str) -> BTreeSet<&str> {
    text.split("%{").skip(1).filter_map(|rest| rest.split_once('}')).map(|(slot, _)| slot).collect()
}

fn is_han(sign: char) -> bool {
    matches!(sign, '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Han characters, and the punctuation and full-width signs that go with them.
fn is_chinese(sign: char) -> bool {
    is_han(sign) || matches!(sign, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}')
}

/// A string literal in Rust or in a template's expression.
struct Literal {
    text: String,
    line: usize,
    start: usize,
    end: usize,
    /// Given to the translator at once, or the title of a paper.
    is_said: bool,
}

/// The string literals of Rust text, in order; comments, characters and lifetimes passed over.
fn literals(text: &str) -> Vec<Literal> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let raw =
            raw_hashes(rest).filter(|_| !text[..at].ends_with(|sign: char| sign.is_alphanumeric() || sign == '_'));
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(hashes) = raw {
            let open = hashes + 2;
            let close = format!("\"{}", "#".repeat(hashes));
            let end = rest[open..].find(&close).map_or(rest.len(), |end| open + end);
            found.push(literal(text, at, at + end + close.len(), rest[open..end].to_owned()));
            end + close.len()
        } else if rest.starts_with('"') {
            let (value, length) = unescaped(rest);
            found.push(literal(text, at, at + length, value));
            length
        } else if rest.starts_with('\'') {
            character(rest)
        } else {
            rest.chars().next().map_or(1, char::len_utf8)
        };
        at += length.max(1);
    }
    found
}

fn literal(text: &str, start: usize, end: usize, value: String) -> Literal {
    let lead = text[..start].trim_end();
    let line_start = lead.rfind('\n').map_or(0, |at| at + 1);
    let is_title = lead.ends_with("fn title() -> &'static str {") || lead[line_start..].starts_with("printed!(");
    let is_said = is_title || ["say(", ".t(", ".f1(", ".f2(", ".word("].iter().any(|call| lead.ends_with(call));
    Literal { text: value, line: 1 + text[..start].matches('\n').count(), start, end, is_said }
}

/// How many `#` a raw string opens with, if `rest` opens one.
fn raw_hashes(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix('r')?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    after[hashes..].starts_with('"').then_some(hashes)
}

/// The value of the string that `rest` opens with, and its length with the quotation marks.
fn unescaped(rest: &str) -> (String, usize) {
    let mut value = String::new();
    let mut signs = rest.char_indices().skip(1).peekable();
    while let Some((at, sign)) = signs.next() {
        match sign {
            '"' => return (value, at + 1),
            '\\' => match signs.next() {
                // A backslash at the end of a line takes the next line's indentation with it.
                Some((_, '\n')) => while signs.next_if(|(_, sign)| sign.is_whitespace()).is_some() {},
                Some((_, 'n')) => value.push('\n'),
                Some((_, 't')) => value.push('\t'),
                Some((_, other)) => value.push(other),
                None => {}
            },
            other => value.push(other),
        }
    }
    (value, rest.len())
}

/// The length of a character literal, or of a lifetime's apostrophe.
fn character(rest: &str) -> usize {
    let mut signs = rest.char_indices().skip(1);
    match signs.next() {
        Some((_, '\\')) => rest[2..].char_indices().skip(1).find(|(_, sign)| *sign == '\'').map_or(1, |(at, _)| at + 3),
        Some(_) => signs.next().filter(|(_, sign)| *sign == '\'').map_or(1, |(at, _)| at + 1),
        None => 1,
    }
}

/// The text with what follows a `#[cfg(test)]` up to its closing brace blanked out; line numbers stay.
fn without_tests(text: &str) -> String {
    let mut kept = String::new();
    let mut skipping = false;
    for line in text.split_inclusive('\n') {
        skipping = skipping || line.starts_with("#[cfg(test)]");
        kept += if skipping { "\n" } else { line };
        skipping = skipping && line.trim_end() != "}" && !(line.starts_with("mod ") && line.trim_end().ends_with(';'));
    }
    kept
}

#[test]
fn the_reader_of_literals_knows_rust() {
    let text =
        "let a = \"一\\\n    二\"; // \"三\"\nlet b: &'static str = r#\"四\"五\"#; ['\"', '\\'', '六']; say(\"七\")";
    let found: Vec<_> = literals(text).into_iter().map(|one| (one.text, one.line, one.is_said)).collect();
    assert_eq!(found, [("一二".into(), 1, false), ("四\"五".into(), 3, false), ("七".into(), 3, true)]);
}
