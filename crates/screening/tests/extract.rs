//! The extract in its three forms: rows in memory, CSV, Parquet; what another program writes; what is broken.

use std::path::{Path, PathBuf};

use screening::city::{City, Format, Kind, Plan, extract, tables, write_folder};
use screening::progress::Unwatched;
use screening::sector::{
    Builder, CaseRow, InstitutionRow, Sector, Sources, read, read_folder, read_parquet, write_parquet,
};
use screening::{dates, screen};

/// A folder of this test's own, taken away at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("screening-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn city() -> City {
    let misconduct = Kind::ALL.iter().map(|k| (*k, 1)).collect();
    let plan = Plan {
        institutions: 12,
        appraisers: 80,
        cases_per_year: 4_000,
        lawyers: 200,
        misconduct,
        ..Default::default()
    };
    City::draw(&plan, &Unwatched).unwrap()
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let of = |t: &str| (t.to_owned(), std::fs::read(folder.join(format!("{t}.parquet"))).unwrap());
    ["institutions", "appraisers", "texts", "cases"].map(of).into()
}

#[test]
fn the_three_forms_are_one_extract() {
    let city = city();
    let folder = Folder::new("forms");
    let (a, b, c) = (folder.0.join("a"), folder.0.join("b"), folder.0.join("c"));
    let in_memory = extract(&city).unwrap();
    let (text, _) = tables(&city);
    let from_csv = read(Sources {
        institutions: text.institutions.as_bytes(),
        appraisers: text.appraisers.as_bytes(),
        cases: text.cases.as_bytes(),
        texts: text.texts.as_bytes(),
    })
    .unwrap();
    write_parquet(&in_memory, &a).unwrap();
    write_parquet(&from_csv, &b).unwrap();
    assert_eq!(files(&a), files(&b), "the same extract, the same bytes");
    let again = read_folder(&a).unwrap();
    write_parquet(&again, &c).unwrap();
    assert_eq!(files(&a), files(&c), "read and written again");
    let table = |s: &Sector| screen::table(s, &screen::screen(s, 2, &Unwatched).unwrap());
    assert_eq!(table(&in_memory), table(&again), "the same findings from memory and from Parquet");
}

#[test]
fn a_folder_holds_one_extract() {
    let city = city();
    let folder = Folder::new("one");
    write_folder(&city, &folder.0, Format::Csv).unwrap();
    let many = read_folder(&folder.0).unwrap().cases.len();
    write_folder(&city, &folder.0, Format::Parquet).unwrap();
    assert!(!folder.0.join("cases.csv").exists(), "the CSV of the run before is gone");
    assert_eq!(read_folder(&folder.0).unwrap().cases.len(), many);
    std::fs::write(folder.0.join("cases.csv"), "").unwrap();
    let fault = read_folder(&folder.0).unwrap_err().to_string();
    assert!(fault.ends_with("holds cases.parquet and cases.csv; which one is meant? Keep one of them"), "{fault}");
}

fn builder() -> Builder {
    let mut builder = Builder::new();
    let (x, y) = (Some(1.0), Some(2.0));
    builder.institution(&InstitutionRow { institution: "i1", district: "3", x, y, kind: "企业" }).unwrap();
    builder.appraiser("a1", "i1").unwrap();
    builder.text("t1", "分析说明").unwrap();
    builder
}

fn good() -> CaseRow<'static> {
    CaseRow {
        case_id: "c1",
        received: dates::parse("2024-01-02"),
        institution: "i1",
        category: "clinical",
        client_type: "court",
        accepted: true,
        accept_date: dates::parse("2024-01-03"),
        appraiser1: "a1",
        text_id: "t1",
        ..Default::default()
    }
}

#[test]
fn rows_are_checked_in_memory() {
    builder().case(&good()).unwrap();
    for (row, told) in [
        (CaseRow { case_id: "", ..good() }, "column case_id: must not be empty"),
        (CaseRow { received: None, ..good() }, "column received: must not be empty"),
        (CaseRow { institution: "i9", ..good() }, "column institution: “i9” is not in institutions"),
        (CaseRow { appraiser1: "a9", ..good() }, "column appraiser1: “a9” is not in appraisers"),
        (CaseRow { appraiser1: "", ..good() }, "column appraiser1: an accepted case has an appraiser"),
        (CaseRow { accept_date: None, ..good() }, "column accept_date: an accepted case has a day of acceptance"),
        (CaseRow { text_id: "t9", ..good() }, "column text_id: “t9” is not in texts"),
        (CaseRow { fee: Some(-1.0), ..good() }, "column fee: must not be below 0"),
        (CaseRow { fee: Some(f64::NAN), ..good() }, "column fee: a finite number is needed"),
        (CaseRow { exam_x: Some(f64::INFINITY), ..good() }, "column exam_x: a finite number is needed"),
        (CaseRow { grade: Some(11.0), ..good() }, "column grade: a grade is 1 to 10"),
        (CaseRow { grade: Some(9.5), ..good() }, "column grade: a grade is 1 to 10"),
    ] {
        let fault = builder().case(&row).unwrap_err().to_string();
        assert!(fault.starts_with(told), "{fault}\nwas to begin: {told}");
    }
    let mut twice = builder();
    twice.case(&good()).unwrap();
    assert_eq!(twice.case(&good()).unwrap_err().to_string(), "column case_id: “c1” is there twice");
    assert_eq!(twice.appraiser("a1", "i1").unwrap_err().to_string(), "column appraiser: “a1” is there twice");
    let nowhere = InstitutionRow { institution: "i2", district: "1", x: None, y: Some(0.0), kind: "" };
    assert_eq!(twice.institution(&nowhere).unwrap_err().to_string(), "column x: must not be empty");
}

#[test]
fn a_broken_file_is_told_and_never_a_panic() {
    let folder = Folder::new("broken");
    let mut builder = builder();
    for n in 0..300 {
        builder.case(&CaseRow { case_id: &format!("c{n}"), fee: Some(f64::from(n)), ..good() }).unwrap();
    }
    write_parquet(&builder.finish(), &folder.0).unwrap();
    let cases = folder.0.join("cases.parquet");
    let whole = std::fs::read(&cases).unwrap();
    for (bytes, told) in [
        (Vec::new(), "cases.parquet: cannot be read as Parquet"),
        (b"case_id,received\n1,2024-01-01\n".to_vec(), "cases.parquet: cannot be read as Parquet"),
        (whole[..whole.len() / 2].to_vec(), "cases.parquet: cannot be read as Parquet"),
        (
            std::fs::read(folder.0.join("texts.parquet")).unwrap(),
            "cases.parquet, column case_id: this column is missing",
        ),
    ] {
        std::fs::write(&cases, bytes).unwrap();
        let fault = read_parquet(&folder.0).unwrap_err().to_string();
        assert!(fault.starts_with(told), "{fault}\nwas to begin: {told}");
    }
    // One bit at a time through the whole file: read or refused, and never worse. The library's own panics are not shown here.
    std::panic::set_hook(Box::new(|_| {}));
    let mut refused = 0;
    for (at, bit) in (0..whole.len()).step_by(5).zip([1u8, 4, 16, 64, 128].into_iter().cycle()) {
        let mut bytes = whole.clone();
        bytes[at] ^= bit;
        std::fs::write(&cases, bytes).unwrap();
        refused += usize::from(read_parquet(&folder.0).is_err());
    }
    let _ = std::panic::take_hook();
    assert!(refused > whole.len() / 20, "{refused} of {} refused", whole.len());
}
