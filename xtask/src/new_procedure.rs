//! A new procedure as a folder that compiles, is tested and can be clicked: two states, one rule, one table, one page.

use anyhow::{Context, Result, bail, ensure};
use std::path::Path;
use std::process::Command;

/// The files of the folder, by their templates.
const FILES: [(&str, &str); 7] = [
    ("mod.rs", include_str!("template/mod.rs.txt")),
    ("steps.rs", include_str!("template/steps.rs.txt")),
    ("rules.rs", include_str!("template/rules.rs.txt")),
    ("store.rs", include_str!("template/store.rs.txt")),
    ("pages.rs", include_str!("template/pages.rs.txt")),
    ("list.html", include_str!("template/list.html.txt")),
    ("tests.rs", include_str!("template/tests.rs.txt")),
];
const MIGRATION: &str = include_str!("template/migration.sql.txt");

/// Words that neither a module nor a table may be called.
const TAKEN: [&str; 34] = [
    "abstract", "all", "as", "async", "await", "box", "case", "crate", "do", "enum", "event", "final", "fn", "for",
    "group", "impl", "in", "index", "loop", "match", "mod", "move", "order", "pub", "select", "self", "static",
    "super", "table", "term", "trait", "type", "user", "where",
];
const LONGEST: usize = 40;
/// Lines longer than this rustfmt breaks.
const WIDTH: usize = 120;

/// Makes the folder and enters it where the program lists its parts; what is to be done next.
pub fn make(root: &Path, name: &str) -> Result<String> {
    let platform = root.join("crates/platform");
    check(&platform, name)?;
    let migration = next_migration(&platform.join("migrations"), name)?;

    // Everything that can fail is read before anything is written.
    let lib = edited(&platform.join("src/lib.rs"), |text| listed(text, name))?;
    let migrate = edited(&platform.join("src/db/migrate.rs"), |text| migrated(text, &migration))?;

    let folder = platform.join("src").join(name);
    std::fs::create_dir(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    for (file, template) in FILES {
        write(&folder.join(file), &filled(template, name))?;
    }
    write(&platform.join("migrations").join(format!("{migration}.sql")), &filled(MIGRATION, name))?;
    write(&platform.join("src/lib.rs"), &lib)?;
    write(&platform.join("src/db/migrate.rs"), &migrate)?;
    format(&folder)?;
    Ok(next_steps(name, &migration))
}

fn check(platform: &Path, name: &str) -> Result<()> {
    let signs = name.chars().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_');
    let reads_well =
        name.starts_with(|sign: char| sign.is_ascii_lowercase()) && !name.ends_with('_') && !name.contains("__");
    ensure!(
        signs && reads_well && (3..=LONGEST).contains(&name.len()),
        "{name:?} is no name of a procedure: use 3 to {LONGEST} small letters, digits and single underscores, beginning with a letter, e.g. complaints"
    );
    ensure!(!TAKEN.contains(&name), "{name:?} is a word of Rust or SQL: choose another, e.g. {name}_matters");
    let src = platform.join("src");
    if src.join(name).exists() || src.join(format!("{name}.rs")).exists() {
        bail!("crates/platform/src/{name} is there already: choose another name, or work on in that folder");
    }
    let migrations = all_migrations(&platform.join("migrations"))?;
    for (file, text) in migrations {
        ensure!(
            !text.contains(&format!("create table {name} ")),
            "the table {name} is there already, made by {file}: choose another name"
        );
    }
    Ok(())
}

fn all_migrations(folder: &Path) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        found.push((name, std::fs::read_to_string(&path)?));
    }
    Ok(found)
}

/// `0007-complaints`: the number after the highest.
fn next_migration(folder: &Path, name: &str) -> Result<String> {
    let number = |file: &str| file.get(..4).and_then(|digits| digits.parse::<u32>().ok());
    let highest = all_migrations(folder)?.iter().filter_map(|(file, _)| number(file)).max().unwrap_or(0);
    Ok(format!("{:04}-{}", highest + 1, name.replace('_', "-")))
}

fn edited(path: &Path, edit: impl FnOnce(&str) -> Option<String>) -> Result<String> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    edit(&text).with_context(|| {
        format!("{} is not written as this tool knows it: enter the procedure by hand", path.display())
    })
}

/// lib.rs with the module among the others, and the feature before the public pages.
fn listed(text: &str, name: &str) -> Option<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let module = format!("pub mod {name};");
    let at = lines.iter().position(|line| line.starts_with("pub mod ") && *line > module)?;
    lines.insert(at, module);
    let text = lines.join("\n") + "\n";

    let start = text.find("pub const FEATURES: &[Feature] =")?;
    let open = start + text[start..].find("&[")? + 2;
    let open = open + text[open..].find("&[").filter(|at| text[open..open + at].contains('=')).map_or(0, |at| at + 2);
    let close = open + text[open..].find("];")?;
    let mut features: Vec<String> =
        text[open..close].split(',').map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()).collect();
    let before = features.iter().position(|one| one == "portal::FEATURE")?;
    features.insert(before, format!("{name}::FEATURE"));
    let line = format!("    &[{}];", features.join(", "));
    let list = if line.len() <= WIDTH {
        format!("pub const FEATURES: &[Feature] =\n{line}")
    } else {
        format!("pub const FEATURES: &[Feature] = &[\n    {},\n];", features.join(",\n    "))
    };
    Some(format!("{}{list}{}", &text[..start], &text[close + 2..]))
}

/// db/migrate.rs with the migration last.
fn migrated(text: &str, migration: &str) -> Option<String> {
    let start = text.find("const MIGRATIONS: &[Migration] = &[")?;
    let close = start + text[start..].find("\n];")? + 1;
    let row = format!(
        "    Migration {{\n        name: \"{migration}\",\n        text: include_str!(\"../../migrations/{migration}.sql\"),\n        append_only: &[],\n    }},\n"
    );
    Some(format!("{}{row}{}", &text[..close], &text[close..]))
}

fn filled(template: &str, name: &str) -> String {
    template.replace("__Name__", &camel(name)).replace("__path__", &name.replace('_', "-")).replace("__name__", name)
}

/// `site_visits` as `SiteVisits`.
fn camel(name: &str) -> String {
    let capital = |word: &str| {
        word.chars().take(1).map(|sign| sign.to_ascii_uppercase()).chain(word.chars().skip(1)).collect::<String>()
    };
    name.split('_').map(capital).collect()
}

fn write(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))
}

/// How lines break depends on how long the name is.
fn format(folder: &Path) -> Result<()> {
    let status = Command::new("rustfmt").args(["--edition", "2024"]).arg(folder.join("mod.rs")).status();
    ensure!(status.is_ok_and(|status| status.success()), "everything is made, but rustfmt failed: run cargo fmt");
    Ok(())
}

fn next_steps(name: &str, migration: &str) -> String {
    format!(
        "Made crates/platform/src/{name}/ and crates/platform/migrations/{migration}.sql, and listed them in lib.rs and db/migrate.rs.
It compiles and its tests pass: cargo test -p platform --lib {name}::

Next, in this order:
 1. {name}/steps.rs: the states, the steps and their articles of law. Every test and page follows the table.
 2. migrations/{migration}.sql: the columns. Change it freely until it is released, then never again.
 3. {name}/rules.rs: what the table cannot say; one row in tests.rs for every objection.
 4. {name}/mod.rs: the sentence that says what it is, the label in the navigation, for whom.
 5. tests/it/procedures.rs: a line in each_procedure!, then cargo xtask goldens. tests/it/routes.rs: whose the addresses are.
 6. locales/{name}.en.yml: the English of its texts. WORDS.md: its words.
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIB: &str = "pub mod accounts;\npub mod cases;\npub mod web;\n\npub const FEATURES: &[Feature] =\n    &[accounts::FEATURE, cases::FEATURE, portal::FEATURE];\n";

    #[test]
    fn a_feature_is_listed_after_those_it_may_use() {
        let text = listed(LIB, "complaints").unwrap();
        assert!(text.contains("pub mod cases;\npub mod complaints;\npub mod web;"), "{text}");
        assert!(
            text.ends_with("    &[accounts::FEATURE, cases::FEATURE, complaints::FEATURE, portal::FEATURE];\n"),
            "{text}"
        );
        let mut text = LIB.to_owned();
        for n in 0..12 {
            text = listed(&text, &format!("procedure_{n}")).unwrap();
        }
        assert!(
            text.contains("&[\n    accounts::FEATURE,\n    cases::FEATURE,\n    procedure_0::FEATURE,\n"),
            "{text}"
        );
        assert!(text.contains("    procedure_11::FEATURE,\n    portal::FEATURE,\n];\n"), "{text}");
        assert_eq!(listed("fn main() {}", "complaints"), None);
    }

    #[test]
    fn a_migration_is_the_last_of_its_list() {
        let text = "const MIGRATIONS: &[Migration] = &[\n    Migration { name: \"0001-a\" },\n];\nrest";
        let text = migrated(text, "0002-b").unwrap();
        assert!(text.contains("0001-a\" },\n    Migration {\n        name: \"0002-b\""), "{text}");
        assert!(text.ends_with("    },\n];\nrest"), "{text}");
    }

    #[test]
    fn names_become_types() {
        assert_eq!(camel("site_visits"), "SiteVisits");
        assert_eq!(filled("__Name__ __name__ /__path__", "site_visits"), "SiteVisits site_visits /site-visits");
    }
}
