//! Sees to it that the front-end packages are there to be embedded: `npm ci` from the lock file when they are not.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=assets/package-lock.json");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=locales");
    let wanted = Path::new("assets/node_modules/htmx.org/dist/htmx.min.js");
    if wanted.exists() {
        return;
    }
    let done = Command::new("npm").args(["ci", "--no-audit", "--no-fund", "--prefix", "assets"]).status();
    assert!(
        done.is_ok_and(|status| status.success()) && wanted.exists(),
        "the front-end packages are missing and `npm ci --prefix crates/platform/assets` failed: install Node.js with npm"
    );
}
