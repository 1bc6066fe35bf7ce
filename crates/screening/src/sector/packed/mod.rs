//! 列式存储: the extract as four Parquet files, `institutions`, `appraisers`, `texts` and `cases`, each `.parquet`.
//!
//! Snappy-packed, no time and no name of a machine in them: every Parquet engine reads them (DuckDB, pandas, Spark), and what those write is read.
//!
//! **Invariant:** the same extract gives the same bytes; what is written and read again is the same extract.

mod cells;
mod read;
mod write;

pub use read::{read_parquet, read_parquet_files};
pub use write::{parquet_files, write_parquet};

/// The file of a table.
fn file(table: &str) -> String {
    format!("{table}.parquet")
}

/// Whether a folder holds an extract of this kind.
pub(super) fn is_here(folder: &std::path::Path) -> bool {
    folder.join(file("cases")).exists()
}
