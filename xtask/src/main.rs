//! The workshop's own tools: `cargo xtask new-procedure NAME`, `cargo xtask goldens`.

mod goldens;
mod new_procedure;

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const HELP: &str =
    "cargo xtask new-procedure NAME   make the folder of a new procedure, its table in the database, and list it
cargo xtask goldens              write the golden files of the tests anew; review the diff";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Result<String> {
    match words {
        ["new-procedure", name] => new_procedure::make(&workspace()?, name),
        ["new-procedure", ..] => bail!("say one name, e.g. cargo xtask new-procedure complaints"),
        ["goldens"] => goldens::write(&workspace()?),
        _ => Ok(HELP.to_owned()),
    }
}

/// The workspace that the command was called in.
fn workspace() -> Result<PathBuf> {
    let here = std::env::current_dir()?;
    let is_root = |folder: &&Path| folder.join("crates/platform/src/lib.rs").is_file();
    let root = here.ancestors().find(is_root).context("call it inside the workspace: crates/platform is not here")?;
    Ok(root.to_path_buf())
}
