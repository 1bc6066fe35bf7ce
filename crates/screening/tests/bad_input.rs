//! What analysts may hand to the commands: a clear sentence or a right answer, no output half-written, never a panic.

use std::path::{Path, PathBuf};

use clap::Parser;
use screening::command::{Command, run};
use screening::progress::Unwatched;

#[derive(Parser)]
struct Program {
    #[command(subcommand)]
    command: Command,
}

/// A folder of this test's own.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("screening-bad-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, content).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs `command input --output out …`; what was said, and the output if there is one.
fn did(command: &str, input: &Path, more: &[&str]) -> (Result<String, String>, Option<String>) {
    let out = input.with_extension("out");
    let _ = std::fs::remove_file(&out);
    let mut words = vec!["sijian", command, input.to_str().unwrap(), "--output", out.to_str().unwrap()];
    words.extend(more);
    let told = match Program::try_parse_from(words) {
        Ok(program) => run(&program.command, &Unwatched),
        Err(e) => Err(e.to_string()),
    };
    assert!(!input.with_extension("out.part").exists(), "no half of an output stays");
    (told, std::fs::read_to_string(&out).ok())
}

#[test]
fn edge_lists() {
    let folder = Folder::new("edges");
    let header = "from,to,weight\n";
    for (content, told) in [
        (String::new(), "an edge needs two columns"),
        ("node\na\n".into(), "an edge needs two columns"),
        (format!("{header}a,b,NaN\n"), "row 2, column weight: a finite number, 0 or more, is needed, not “NaN”"),
        (format!("{header}a,b,inf\n"), "row 2, column weight: a finite number"),
        (format!("{header}a,b,-1\n"), "row 2, column weight: a finite number"),
        (format!("{header}a,b,many\n"), "row 2, column weight: a finite number"),
        (format!("{header}a,b,1\n,b,1\n"), "row 3, column from: must not be empty"),
        (format!("{header}a,b\n"), "row 2"),
    ] {
        let (said, output) = did("communities", &folder.write("edges.csv", &content), &[]);
        let said = said.unwrap_err();
        assert!(said.contains(told) && output.is_none(), "{content:?}: {said}");
    }
    for (content, answer, why) in [
        (header.to_owned(), "node,community\n", "no edge, no node"),
        (format!("{header}a,a,1\na,a,5\n"), "node,community\na,0\n", "self-loops only"),
        (
            format!("{header}a,a,9\na,b,1\nb,a,1\nc,c,1\n"),
            "node,community\na,0\nb,0\nc,1\n",
            "a loop, an edge twice, a node alone",
        ),
        (format!("{header}a,b,0\n"), "node,community\na,0\nb,1\n", "an edge of no weight joins nobody"),
        (format!("{header}\"x,\"\"y\",b,1\n"), "node,community\n\"x,\"\"y\",0\nb,0\n", "names in quotes"),
    ] {
        let (said, output) = did("communities", &folder.write("edges.csv", &content), &[]);
        assert_eq!((said.is_ok(), output.as_deref()), (true, Some(answer)), "{why}: {said:?}");
    }
    for resolution in ["0", "-1", "NaN", "inf"] {
        let arguments = format!("--resolution={resolution}");
        let (said, _) = did("communities", &folder.write("edges.csv", "a,b\n1,2\n"), &[&arguments]);
        assert!(said.unwrap_err().contains("--resolution must be above 0"), "{resolution}");
    }
}

#[test]
fn texts() {
    let folder = Folder::new("texts");
    for (name, content, told) in [
        ("t.jsonl", "{\"id\": 1}\n".to_owned(), "row 1, column text: a string is needed"),
        ("t.jsonl", "{\"text\": 5}\n".into(), "row 1, column text: a string is needed"),
        ("t.jsonl", "{\"id\": [], \"text\": \"x\"}\n".into(), "row 1, column id"),
        ("t.jsonl", "{\"text\": \"x\"}\nnonsense\n".into(), "row 2: not JSON"),
        ("t.tsv", "id\ttext\nwithout a tab\n".into(), "row 2: a tab between id and text is missing"),
    ] {
        let (said, output) = did("near-duplicates", &folder.write(name, &content), &[]);
        let said = said.unwrap_err();
        assert!(said.contains(told) && output.is_none(), "{content:?}: {said}");
    }
    let (said, _) = did("near-duplicates", &folder.write("t.jsonl", [0xff, 0xfe, b'\n']), &[]);
    assert!(said.is_err(), "bytes that are no text");
    for threshold in ["0", "1.1", "NaN", "-0.5"] {
        let arguments = format!("--threshold={threshold}");
        let (said, _) = did("near-duplicates", &folder.write("t.jsonl", "{\"text\": \"x\"}\n"), &[&arguments]);
        assert!(said.unwrap_err().contains("the threshold must be above 0 and at most 1"), "{threshold}");
    }
    let empty = did("near-duplicates", &folder.write("t.jsonl", ""), &[]);
    assert_eq!(empty.1.as_deref(), Some("a,b,similarity\n"), "no text, no pair");
    // Ten megabytes each, beside a short one.
    let long: String = (0..3_500_000u32)
        .map(|n| char::from_u32(0x4e00 + n.wrapping_mul(2_654_435_761) % 20_000).unwrap_or('一'))
        .collect();
    let lines = format!(
        "{{\"id\":\"a\",\"text\":\"{long}\"}}\n{{\"id\":\"b\",\"text\":\"{long}尾\"}}\n{{\"id\":\"c\",\"text\":\"短\"}}\n"
    );
    let (said, output) = did("near-duplicates", &folder.write("t.jsonl", lines), &[]);
    said.unwrap();
    // One piece more: the others are 100,000 different ones.
    assert_eq!(output.as_deref(), Some("a,b,similarity\na,b,0.999990\n"));
}

#[test]
fn the_time_is_up() {
    let folder = Folder::new("time");
    let (said, output) = did("communities", &folder.write("edges.csv", "a,b\n1,2\n"), &["--time-limit", "0"]);
    let told = "stopped after 0 seconds, nothing was written; take less data or give a longer --time-limit";
    assert_eq!((said, output), (Err(told.to_owned()), None));
    let city = folder.0.join("city");
    let words = ["sijian", "generate", "city", "--time-limit", "0", "--output", city.to_str().unwrap()];
    let program = Program::try_parse_from(words).unwrap();
    assert_eq!(run(&program.command, &Unwatched), Err(told.to_owned()));
    assert!(!city.exists());
}

#[test]
fn extracts() {
    let folder = Folder::new("extract");
    let (said, output) = did("screen", &folder.0.join("nowhere"), &[]);
    assert!(said.unwrap_err().contains("institutions.csv") && output.is_none());
    folder.write("cases.parquet", "PAR1 and no more PAR1");
    folder.write("institutions.parquet", "");
    let (said, output) = did("screen", &folder.0, &[]);
    assert!(said.unwrap_err().starts_with("institutions.parquet: cannot be read as Parquet") && output.is_none());
    let (said, _) = did("screen", &folder.0, &["--from", "2024-02-30"]);
    assert!(said.is_err());
    for (arguments, told) in [
        (["--institutions", "1"], "institutions must be 5 to"),
        (["--strength", "NaN"], "strength must be 0 to 5"),
        (["--misconduct", "theft"], "misconduct “theft” is not known"),
        (["--misconduct", "ring=x"], "a whole number is needed"),
    ] {
        let city = folder.0.join("city");
        let mut words = vec!["sijian", "generate", "city", "--output", city.to_str().unwrap()];
        words.extend(arguments);
        let program = Program::try_parse_from(words).unwrap();
        let said = run(&program.command, &Unwatched).unwrap_err();
        assert!(said.contains(told), "{said}");
    }
}
