//! Files that say for people what the program says: compared, or written anew with `cargo xtask goldens`.

use std::path::PathBuf;

/// The variable that `cargo xtask goldens` sets.
const UPDATE: &str = "UPDATE_GOLDENS";

pub fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

/// Compares `said` with the golden file, or writes it.
#[track_caller]
pub fn holds(name: &str, said: &str) {
    let path = path(name);
    if std::env::var(UPDATE).is_ok_and(|value| value == "1") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, said).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    if kept == said {
        return;
    }
    let mut changed = String::new();
    let (old, new): (Vec<&str>, Vec<&str>) = (kept.lines().collect(), said.lines().collect());
    for line in old.iter().filter(|line| !new.contains(line)) {
        changed += &format!("- {line}\n");
    }
    for line in new.iter().filter(|line| !old.contains(line)) {
        changed += &format!("+ {line}\n");
    }
    panic!(
        "{} is not what the program says:\n{changed}If the change is wanted, run `cargo xtask goldens` and review the diff.",
        path.display()
    );
}
