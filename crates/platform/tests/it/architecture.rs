//! The house's order, read from the sources: who may use whom, who may read the clock, how long a file may be.

use crate::routes::{collect, sources};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The features in reading order; each may use those before it.
fn features() -> Vec<&'static str> {
    platform::FEATURES.iter().map(|feature| feature.name).collect()
}

/// What the kernel may say of a feature, each for its reason. Nothing is added here without one.
const KERNEL_MAY: &[(&str, &str, &str)] = &[("app.rs", "accounts", "the configuration holds the rules for passwords")];

/// Where a feature uses a later one. Nothing is added here without a reason.
const BACKWARDS: &[(&str, &str, &str)] = &[];

/// What only puts the house together: it may know every feature.
const ROOF: &[&str] = &["lib.rs", "main.rs"];

/// Longest file, in lines; from [`LONG_LINES`] on it ought to be cut.
const LINES_MAX: usize = 600;
const LONG_LINES: usize = 400;

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The source without comments: what is written about others is no use of them.
fn code(text: &str) -> String {
    let mut code = String::new();
    for line in text.lines() {
        let end = line.find("//").filter(|at| !line[..*at].ends_with(':')).unwrap_or(line.len());
        code += &line[..end];
        code.push('\n');
    }
    code
}

/// The first-level modules of the program that the text names: `crate::x`, `platform::x`, and `crate::{x, y}`.
fn uses(text: &str) -> BTreeSet<String> {
    let code = code(text);
    let mut found = BTreeSet::new();
    for path in ["crate::", "platform::"] {
        for (at, _) in code.match_indices(path) {
            let before = code[..at].chars().next_back().unwrap_or(' ');
            if before.is_alphanumeric() || before == '_' {
                continue;
            }
            let rest = &code[at + path.len()..];
            match rest.strip_prefix('{') {
                Some(group) => found.extend(top_level(group)),
                None => found.extend(word(rest)),
            }
        }
    }
    found
}

fn word(text: &str) -> Option<String> {
    let word: String = text.chars().take_while(|sign| sign.is_alphanumeric() || *sign == '_').collect();
    (!word.is_empty()).then_some(word)
}

/// The names on the first level of `a, b::{c, d}, e}`.
fn top_level(group: &str) -> Vec<String> {
    let (mut depth, mut names, mut start) = (0_i32, Vec::new(), 0);
    for (at, sign) in group.char_indices() {
        let ends = depth == 0 && matches!(sign, ',' | '}');
        if ends {
            names.extend(word(group[start..at].trim_start()));
            start = at + 1;
        }
        depth += match sign {
            '{' => 1,
            '}' => -1,
            _ => 0,
        };
        if depth < 0 {
            break;
        }
    }
    names
}

/// The first part of a source's path below `src`: the feature's folder, or the file.
fn home(path: &Path) -> String {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let below = path.strip_prefix(src).unwrap();
    below.components().next().unwrap().as_os_str().to_string_lossy().into_owned()
}

#[test]
fn the_list_of_features_is_the_list_of_folders() {
    let kernel = ["db", "files", "jobs", "log", "web"];
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let folders: BTreeSet<String> = std::fs::read_dir(src)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !kernel.contains(&name.as_str()))
        .collect();
    assert_eq!(folders, features().iter().map(|name| (*name).to_owned()).collect());
}

#[test]
fn a_feature_uses_only_earlier_features_and_the_kernel_none() {
    let features = features();
    let mut wrong = Vec::new();
    let mut met = BTreeSet::new();
    for (path, text) in sources() {
        let home = home(&path);
        if ROOF.contains(&home.as_str()) {
            continue;
        }
        let own = features.iter().position(|name| *name == home);
        for used in uses(&text) {
            let Some(other) = features.iter().position(|name| *name == used) else { continue };
            let allowed = match own {
                Some(own) if other <= own => continue,
                Some(_) => BACKWARDS,
                None => KERNEL_MAY,
            };
            match allowed.iter().find(|(from, to, _)| *from == home && *to == used) {
                Some(row) => {
                    met.insert(row.0);
                }
                None => wrong.push(format!("{} uses {used}", path.display())),
            }
        }
    }
    assert!(wrong.is_empty(), "against the order {features:?}:\n{}", wrong.join("\n"));
    for (from, to, reason) in KERNEL_MAY.iter().chain(BACKWARDS) {
        assert!(met.contains(from) && !reason.is_empty(), "{from} does not use {to} any more: take the exception away");
    }
}

/// A feature's inner modules are named from outside only where its door says `pub mod`; the compiler holds the rest, so
/// here only that the doors do not stand open: no feature makes everything public.
#[test]
fn a_feature_keeps_its_inside_to_itself() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for feature in features() {
        let door = std::fs::read_to_string(src.join(feature).join("mod.rs")).unwrap();
        assert!(door.contains("pub const FEATURE"), "{feature}/mod.rs has no FEATURE");
        assert!(door.starts_with("//!"), "{feature}/mod.rs does not begin with what the feature is");
        assert!(!door.contains("::*;"), "{feature}/mod.rs re-exports everything of something");
        for inside in door.lines().filter_map(|line| line.trim().strip_prefix("pub mod ")) {
            let private = ["forms", "making", "view", "gate", "hashing", "links", "sessions", "tests"];
            assert!(!private.contains(&inside.trim_end_matches(';')), "{feature}/mod.rs opens {inside}");
        }
    }
}

/// Crates that are told everything: no web, no SQL, no async, no disk, no clock.
#[test]
fn pure_crates_stay_pure() {
    for name in ["worktime", "procedure", "lint", "matching", "seal", "clustering", "draws"] {
        let folder = workspace().join("crates").join(name);
        let mut found = Vec::new();
        collect(&folder.join("src"), "rs", &mut found);
        assert!(!found.is_empty(), "{name} has no sources");
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let dependencies = manifest.split("[dependencies]").nth(1).unwrap_or_default();
        let dependencies = dependencies.split("\n[").next().unwrap_or_default();
        for word in ["axum", "sqlx", "tokio", "askama", "platform", "paper"] {
            assert!(!dependencies.lines().any(|line| line.starts_with(word)), "{name} depends on {word}");
        }
        // The analysts' commands are an edge of their own: files, a bar, a limit of time.
        for (path, text) in found.into_iter().filter(|(path, _)| !path.starts_with(folder.join("src/command"))) {
            let code = code(&text);
            for word in [
                "axum",
                "sqlx",
                "tokio",
                "std::fs",
                "std::net",
                "std::env",
                "SystemTime",
                "Instant::now",
                "async fn",
                "::now()",
                "println!",
            ] {
                assert!(!code.contains(word), "{} says {word}", path.display());
            }
        }
    }
}

/// clippy.toml bans the calls; this holds that nobody allows them to himself.
#[test]
fn one_place_reads_the_clock() {
    let calls =
        ["Timestamp::now(", "SystemTime::now(", "Zoned::now(", "ZonedDateTime::now(", "Utc::now(", "Local::now("];
    for (path, text) in sources() {
        let code = code(&text);
        let reads = calls.iter().any(|call| code.contains(call)) || code.contains("disallowed_methods");
        assert_eq!(reads, home(&path) == "clock.rs", "{}", path.display());
    }
    let banned = std::fs::read_to_string(workspace().join("clippy.toml")).unwrap();
    for call in ["std::time::SystemTime::now", "jiff::Timestamp::now", "jiff::ZonedDateTime::now"] {
        assert!(banned.contains(call), "clippy.toml does not ban {call}");
    }
}

/// The database has one door: nobody else names its driver.
#[test]
fn only_the_database_module_names_the_driver() {
    for (path, text) in sources().into_iter().filter(|(path, _)| home(path) != "db") {
        assert!(!code(&text).contains("sqlx::"), "{} names sqlx", path.display());
    }
}

/// One write path: the tables that `perform` keeps are written there and nowhere else.
#[test]
fn one_place_writes_events_and_terms() {
    let is_test = |path: &Path| path.components().any(|part| part.as_os_str().to_string_lossy().starts_with("tests"));
    for (path, text) in sources().into_iter().filter(|(path, _)| !path.ends_with("perform.rs") && !is_test(path)) {
        let code = code(&text);
        for sql in [
            "insert into event ",
            "insert into term ",
            "update term ",
            "delete from term",
            "update event",
            "delete from event",
        ] {
            assert!(!code.contains(sql), "{} writes: {sql}", path.display());
        }
        let writes_state = code.contains("update appraisal_case") || code.contains("insert into appraisal_case");
        assert!(!writes_state || path.ends_with("cases/store.rs"), "{} writes a case", path.display());
    }
}

#[test]
fn no_file_is_too_long() {
    let mut found = Vec::new();
    for folder in ["crates", "xtask"] {
        for ending in ["rs", "html", "typ", "sql", "css"] {
            let mut files = Vec::new();
            source_folders(&workspace().join(folder), ending, &mut files);
            found.extend(files);
        }
    }
    let mut long: Vec<(usize, String)> = found
        .iter()
        .map(|(path, text)| (text.lines().count(), path.strip_prefix(workspace()).unwrap().display().to_string()))
        .filter(|(lines, _)| *lines > LONG_LINES)
        .collect();
    long.sort();
    long.reverse();
    let too_long: Vec<_> = long.iter().filter(|(lines, _)| *lines > LINES_MAX).collect();
    assert!(found.len() > 100, "the sources are not where they were");
    assert!(too_long.is_empty(), "over {LINES_MAX} lines: {too_long:#?}\nover {LONG_LINES}: {long:#?}");
}

/// Like [`collect`], without what is fetched or built.
fn source_folders(folder: &Path, ending: &str, found: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !["node_modules", "target", "data"].contains(&name.as_str()) {
                source_folders(&path, ending, found);
            }
        } else if path.extension().is_some_and(|one| one == ending) {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
}

/// Words that only one of the two engines understands.
const ENGINE_WORDS: &[&str] = &[
    "autoincrement",
    "without rowid",
    "strict;",
    "pragma",
    "bytea",
    "blob",
    "serial",
    "jsonb",
    "timestamptz",
    "boolean",
    "text[]",
    "uuid",
    "identity",
    "language plpgsql",
    "ilike",
    "now()",
    "current_timestamp",
    "datetime(",
    "::",
    "varchar",
    "integer",
    "real",
    "create extension",
    "create function",
    "using gin",
    "glob",
    "strftime",
    "real,",
];

#[test]
fn one_sql_text_for_both_engines() {
    let mut files = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations"), "sql", &mut files);
    assert!(!files.is_empty());
    let listed = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/db/migrate.rs")).unwrap();
    for (path, text) in &files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let quoted = format!("\"{}\"", name.trim_end_matches(".sql"));
        assert!(listed.contains(&quoted), "{name} is never run: db/migrate.rs does not list it");
        let plain = without_placeholders(text).to_lowercase();
        for line in plain.lines().map(|line| line.split("--").next().unwrap_or_default()) {
            for word in ENGINE_WORDS {
                let at = line.find(word).filter(|at| {
                    let before = line[..*at].chars().next_back().unwrap_or(' ');
                    let after = line[*at + word.len()..].chars().next().unwrap_or(' ');
                    let sides = [before, after];
                    !word.starts_with(char::is_alphabetic)
                        || !sides.iter().any(|sign| sign.is_alphanumeric() || *sign == '_')
                });
                assert!(at.is_none(), "{name}: {word:?} belongs into db/dialect.rs: {line}");
            }
        }
    }
    for (path, text) in sources().into_iter().filter(|(path, _)| home(path) != "db") {
        for word in ["pragma ", "::bigint", "::jsonb", " ilike ", "sqlite_master", "pg_catalog", "rowid", "returning *"]
        {
            assert!(
                !code(&text).to_lowercase().contains(word),
                "{} says {word:?}, which one engine only knows",
                path.display()
            );
        }
    }
}

fn without_placeholders(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out += before;
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    out + rest
}

#[test]
fn the_readers_of_this_file_read_rightly() {
    let text = "use crate::cases::{self, Scope};\n// crate::demo::x\nuse crate::{clock, opinions::store, web::{Form, Page}};\nlet x = platform::registry::y();";
    let expected = ["cases", "clock", "opinions", "registry", "web"].map(str::to_owned);
    assert_eq!(uses(text), expected.into_iter().collect());
    assert_eq!(without_placeholders("a {serial} b"), "a  b");
}
