//! `cargo xtask new-procedure` in a copy of this workspace: what it makes compiles, is clean, and its own tests pass.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const NAME: &str = "site_visits";

/// The copy stands where it stood the last time, so that what cargo has built of it is still good; only what differs is
/// written. The target folder is the workspace's own: the dependencies are built already.
fn copy(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let mut kept = BTreeSet::new();
    for part in ["crates", "xtask", ".cargo", "Cargo.toml", "Cargo.lock", "clippy.toml", "rustfmt.toml"] {
        bring(&root.join(part), &copy.join(part), &mut kept);
    }
    forget(&copy, &kept);
    copy
}

fn bring(from: &Path, to: &Path, kept: &mut BTreeSet<PathBuf>) {
    kept.insert(to.to_path_buf());
    if from.file_name().is_some_and(|name| name == "node_modules") {
        if !to.exists() {
            std::os::unix::fs::symlink(from, to).unwrap();
        }
    } else if from.is_dir() {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            bring(&entry.path(), &to.join(entry.file_name()), kept);
        }
    } else if std::fs::read(to).ok() != std::fs::read(from).ok() {
        std::fs::copy(from, to).unwrap();
    }
}

/// Removes what an earlier run made.
fn forget(folder: &Path, kept: &BTreeSet<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if !kept.contains(&path) {
            if path.is_dir() { std::fs::remove_dir_all(&path).unwrap() } else { std::fs::remove_file(&path).unwrap() }
        } else if path.is_dir() && !path.is_symlink() {
            forget(&path, kept);
        }
    }
}

fn xtask(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask")).args(words).current_dir(folder).output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[track_caller]
fn cargo(folder: &Path, words: &[&str]) -> String {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let output = Command::new(env!("CARGO"))
        .args(words)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target)
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    assert!(output.status.success(), "cargo {}\n{}", words.join(" "), said(&output));
    said(&output)
}

#[test]
fn a_new_procedure_compiles_and_passes_its_tests() {
    let folder = copy("new-procedure");
    let output = xtask(&folder, &["new-procedure", NAME]);
    assert!(output.status.success(), "{}", said(&output));
    let next = said(&output);
    for word in ["site_visits/steps.rs", "-site-visits.sql", "cargo xtask goldens", "routes.rs", "locales/"] {
        assert!(next.contains(word), "{word} is not among what is to be done next:\n{next}");
    }
    let tests = cargo(&folder, &["test", "--package", "platform", "--lib", "site_visits::"]);
    assert!(tests.contains("3 passed") && !tests.contains("warning"), "{tests}");
    cargo(&folder, &["fmt", "--check", "--package", "platform"]);
    let again = xtask(&folder, &["new-procedure", NAME]);
    assert!(!again.status.success() && said(&again).contains("is there already"), "{}", said(&again));
}

/// Where clippy has not run before it must check every dependency first, which takes minutes.
#[test]
#[ignore = "checks every dependency where clippy has not run before"]
fn a_new_procedure_is_clean() {
    let folder = copy("new-procedure-clean");
    assert!(xtask(&folder, &["new-procedure", NAME]).status.success());
    cargo(&folder, &["clippy", "--package", "platform", "--lib", "--profile", "test", "--", "-D", "warnings"]);
}

#[test]
fn a_bad_name_is_refused_with_a_sentence() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let before = std::fs::read_to_string(root.join("crates/platform/src/lib.rs")).unwrap();
    for (name, sentence) in [
        ("Complaints", "is no name of a procedure"),
        ("2nd", "is no name of a procedure"),
        ("a", "is no name of a procedure"),
        ("投诉", "is no name of a procedure"),
        ("../x", "is no name of a procedure"),
        ("a__b", "is no name of a procedure"),
        ("complaints_", "is no name of a procedure"),
        ("", "is no name of a procedure"),
        ("case", "is a word of Rust or SQL"),
        ("match", "is a word of Rust or SQL"),
        ("cases", "is there already"),
        ("web", "is there already"),
        ("perform", "is there already"),
        ("appraiser", "the table appraiser is there already"),
    ] {
        let output = xtask(root, &["new-procedure", name]);
        let said = said(&output);
        assert!(!output.status.success() && said.contains(sentence), "{name}: {said}");
        assert!(
            said.contains("use 3 to") || said.contains("choose another"),
            "{name}: does not say what to do: {said}"
        );
    }
    assert_eq!(std::fs::read_to_string(root.join("crates/platform/src/lib.rs")).unwrap(), before);
}

#[test]
fn without_a_command_it_says_what_there_is() {
    let output = xtask(Path::new(env!("CARGO_MANIFEST_DIR")), &[]);
    assert!(output.status.success());
    assert!(said(&output).contains("new-procedure NAME") && said(&output).contains("goldens"));
    let output = xtask(Path::new("/"), &["goldens"]);
    assert!(!output.status.success() && said(&output).contains("inside the workspace"), "{}", said(&output));
}
