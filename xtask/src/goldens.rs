//! Writes the files in tests/golden anew, by the tests that compare them.

use anyhow::{Context, Result, ensure};
use std::path::Path;
use std::process::Command;

/// The tests that compare a golden file.
const TESTS: [&str; 3] = ["procedures::", "permissions::every_address", "notices::the_table_is_printed_for_people"];

pub fn write(root: &Path) -> Result<String> {
    let status = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()))
        .args(["test", "--quiet", "--package", "platform", "--test", "it", "--"])
        .args(TESTS)
        .env("UPDATE_GOLDENS", "1")
        .current_dir(root)
        .status()
        .context("cargo cannot be started")?;
    ensure!(status.success(), "the golden tests failed: mend what they say, then run this again");
    Ok("The goldens in crates/platform/tests/golden are written. Review them: git diff crates/platform/tests/golden"
        .into())
}
