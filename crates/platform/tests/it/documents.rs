//! What the documents say is there: paths, words, types, tables, addresses.

use crate::routes::{ROUTES, collect, sources};
use std::path::{Path, PathBuf};

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The documents that are there.
fn documents() -> Vec<(PathBuf, String)> {
    let root = workspace();
    let mut found: Vec<(PathBuf, String)> = ["README.md", "README.zh-CN.md", "ARCHITECTURE.md", "STYLE.md", "WORDS.md"]
        .iter()
        .map(|name| root.join(name))
        .filter_map(|path| std::fs::read_to_string(&path).ok().map(|text| (path, text)))
        .collect();
    if root.join("docs").is_dir() {
        collect(&root.join("docs"), "md", &mut found);
    }
    found
}

/// What stands between back-ticks, outside blocks of code.
fn quoted(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut in_block = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        } else if !in_block {
            found.extend(line.split('`').skip(1).step_by(2));
        }
    }
    found
}

/// Whether it looks like a path of this repository: it begins with one of its folders, or is a file by its ending.
fn is_path(text: &str) -> bool {
    let fits = |sign: char| sign.is_ascii_alphanumeric() || "-_./".contains(sign);
    let begins = ["crates/", "docs/", "xtask/", "browser/", "bench/", "scripts/", "src/", "tests/", ".ci/"];
    let ends = [".rs", ".toml", ".md", ".sql", ".yml", ".html", ".typ", ".tsv", ".csv"];
    text.chars().all(fits)
        && !text.contains("..")
        && (begins.iter().any(|one| text.starts_with(one))
            || (text.contains('/') && ends.iter().any(|one| text.ends_with(one))))
        && !text.starts_with('/')
}

/// A path is from the top, from the application's crate, or from its sources.
fn is_there(document: &Path, path: &str) -> bool {
    let root = workspace();
    let bases = [
        root.clone(),
        root.join("crates/platform"),
        root.join("crates/platform/src"),
        document.parent().unwrap().to_path_buf(),
    ];
    bases.iter().any(|base| base.join(path).exists()) || is_made(path)
}

/// What is there only after building or running.
fn is_made(path: &str) -> bool {
    ["target/", "data/", "demo-data/", "browser/out", "browser/node_modules"].iter().any(|made| path.starts_with(made))
}

#[test]
fn every_path_in_the_documents_exists() {
    let mut wrong = Vec::new();
    for (document, text) in documents() {
        for path in quoted(&text).into_iter().filter(|text| is_path(text)) {
            if !is_there(&document, path.trim_end_matches('/')) {
                wrong.push(format!("{}: `{path}`", document.strip_prefix(workspace()).unwrap().display()));
            }
        }
    }
    assert!(wrong.is_empty(), "these are not there:\n{}", wrong.join("\n"));
}

/// Links between the documents lead somewhere. Pictures are taken by `make pictures`: none is missed before the first.
#[test]
fn every_link_between_the_documents_leads_somewhere() {
    let mut wrong = Vec::new();
    for (document, text) in documents() {
        for rest in text.split("](").skip(1) {
            let target = rest.split(')').next().unwrap_or_default().split('#').next().unwrap_or_default();
            let leads_out = target.contains("://") || target.starts_with("mailto:") || target.is_empty();
            let is_taken_later = target.starts_with("docs/pictures/") && !workspace().join("docs/pictures").exists();
            if !leads_out && !is_taken_later && !document.parent().unwrap().join(target).exists() {
                wrong.push(format!("{}: {target}", document.strip_prefix(workspace()).unwrap().display()));
            }
        }
    }
    assert!(wrong.is_empty(), "these lead nowhere:\n{}", wrong.join("\n"));
}

/// A row of WORDS.md: 中文 · English · type · table · URL. A cell that is empty or a dash says nothing.
#[test]
fn every_word_of_the_table_of_words_is_in_the_program() {
    let Ok(text) = std::fs::read_to_string(workspace().join("WORDS.md")) else { return };
    let mut rust = String::new();
    for name in
        ["platform", "procedure", "worktime", "paper", "matching", "ledger", "seal", "clustering", "draws", "screening"]
    {
        let mut found = Vec::new();
        collect(&workspace().join("crates").join(name).join("src"), "rs", &mut found);
        rust.extend(found.into_iter().map(|(_, text)| text));
    }
    let mut sql = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations"), "sql", &mut sql);
    let sql: String = sql.into_iter().map(|(_, text)| text).collect();
    let (mut wrong, mut columns, mut words) = (Vec::new(), Vec::new(), 0);
    for line in text.lines().filter(|line| line.trim_start().starts_with('|')) {
        let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
        if cells.iter().all(|cell| cell.chars().all(|sign| "-: ".contains(sign))) {
            continue;
        }
        let heading =
            |names: &[&str]| cells.iter().position(|cell| names.iter().any(|name| cell.eq_ignore_ascii_case(name)));
        if let Some(kind) = heading(&["type", "Rust type", "Rust", "类型"]) {
            columns = vec![
                ("type", Some(kind)),
                ("table", heading(&["table", "表"])),
                ("URL", heading(&["URL", "address", "网址"])),
            ];
            continue;
        }
        for (kind, at) in &columns {
            let Some(cell) = at.and_then(|at| cells.get(at)) else { continue };
            for word in quoted(cell) {
                let known = match *kind {
                    "type" => is_defined(&rust, word),
                    "table" => {
                        sql.contains(&format!("create table {word} "))
                            || sql.contains(&format!("create table {word}\n"))
                    }
                    _ => ROUTES.iter().any(|route| route.path == word || route.path.starts_with(&format!("{word}/"))),
                };
                words += 1;
                if !known {
                    wrong.push(format!("{}: {kind} `{word}`", cells[0]));
                }
            }
        }
    }
    assert!(words > 20, "WORDS.md has no table with the columns type, table and URL, or next to nothing in it");
    assert!(wrong.is_empty(), "WORDS.md knows words that the program does not:\n{}", wrong.join("\n"));
}

/// The last part of `a::B` is a type, a variant, a module or a function of ours.
fn is_defined(rust: &str, word: &str) -> bool {
    let parts: Vec<&str> = word.trim_end_matches("()").split("::").collect();
    let last = parts.last().copied().unwrap_or_default();
    let said = |before: &str, after: &[char]| {
        let sought = format!("{before}{last}");
        rust.match_indices(&sought).any(|(at, _)| rust[at + sought.len()..].trim_start().starts_with(after))
    };
    let keywords = ["struct ", "enum ", "trait ", "type ", "mod ", "fn ", "const "];
    keywords.iter().any(|before| said(before, &['{', '(', '<', ';', ':', '=']))
        // A variant: `State::Received`.
        || (parts.len() > 1 && said("    ", &[',', '(', '{']))
        // An enum that a macro writes: `words! { /// … State { …`.
        || rust.contains(&format!("    {last} {{"))
        || rust.contains(&format!("{{ {last} {{"))
}

/// A source that speaks of a test names one that is there.
#[test]
fn every_test_that_the_sources_mention_exists() {
    for (path, text) in sources() {
        for rest in text.split("tests/it/").skip(1) {
            let name: String =
                rest.chars().take_while(|sign| sign.is_ascii_alphanumeric() || "._-".contains(*sign)).collect();
            let name = name.trim_end_matches('.');
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it").join(name);
            assert!(file.exists(), "{} speaks of tests/it/{name}", path.display());
        }
    }
}
