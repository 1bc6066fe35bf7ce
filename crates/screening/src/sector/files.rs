//! 文件: the four tables in one folder, as Parquet, or as CSV each plain or gzip.
//!
//! **Invariant:** labels that may lie beside the tables are never opened.

use std::io::{BufReader, Read};
use std::path::Path;

use super::{BadInput, Sector, Sources, packed, read};

/// Reads an extract from `folder`: `cases.parquet` and its three neighbours, or `cases.csv`, `institutions.csv`, `appraisers.csv` and `texts.tsv`
/// (each may end in `.gz`).
///
/// # Errors
/// The first fault, with file, row and column.
pub fn read_folder(folder: &Path) -> Result<Sector, BadInput> {
    if packed::is_here(folder) {
        if folder.join("cases.csv").exists() || folder.join("cases.csv.gz").exists() {
            let what = "holds cases.parquet and cases.csv; which one is meant? Keep one of them".to_owned();
            return Err(BadInput { file: folder.display().to_string(), row: None, column: None, what });
        }
        return packed::read_parquet(folder);
    }
    let sources = Sources {
        institutions: open(folder, "institutions.csv")?,
        appraisers: open(folder, "appraisers.csv")?,
        cases: open(folder, "cases.csv")?,
        texts: open(folder, "texts.tsv")?,
    };
    read(sources)
}

/// Opens `name` or `name.gz` in `folder`.
fn open(folder: &Path, name: &str) -> Result<Box<dyn Read>, BadInput> {
    let bad = |e: std::io::Error| BadInput {
        file: folder.join(name).display().to_string(),
        row: None,
        column: None,
        what: e.to_string(),
    };
    let plain = folder.join(name);
    let packed = folder.join(format!("{name}.gz"));
    if !plain.exists() && packed.exists() {
        let file = std::fs::File::open(&packed).map_err(bad)?;
        return Ok(Box::new(flate2::read::MultiGzDecoder::new(BufReader::with_capacity(1 << 16, file))));
    }
    Ok(Box::new(BufReader::with_capacity(1 << 16, std::fs::File::open(&plain).map_err(bad)?)))
}
