//! What the tests of this crate share: the fonts of this machine, and poppler to read back what was printed.

#![allow(dead_code, reason = "each test file uses a part of this")]

use paper::{Fonts, Pdf, Press};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

pub fn press() -> &'static Press {
    static PRESS: OnceLock<Press> = OnceLock::new();
    PRESS.get_or_init(|| match Fonts::load(&[PathBuf::from("/usr/share/fonts")]) {
        Ok(fonts) => Press::new(fonts),
        Err(fault) => panic!("{fault}"),
    })
}

/// What a reader of the PDF finds, without the line breaks.
pub fn text(pdf: &Pdf) -> String {
    let output = poppler("pdftotext", &["-raw", "-enc", "UTF-8", "-", "-"], &pdf.bytes);
    String::from_utf8_lossy(&output).split_whitespace().collect()
}

/// Runs a tool of poppler on a PDF.
pub fn poppler(tool: &str, args: &[&str], pdf: &[u8]) -> Vec<u8> {
    let child = Command::new(tool).args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = child.unwrap_or_else(|error| panic!("{tool}: {error}; please run: apt-get install poppler-utils"));
    let mut input = child.stdin.take().expect("piped");
    let pdf = pdf.to_vec();
    let feeder = std::thread::spawn(move || input.write_all(&pdf));
    let output = child.wait_with_output().expect("the tool ends");
    let _ = feeder.join();
    assert!(output.status.success(), "{tool} failed");
    output.stdout
}
