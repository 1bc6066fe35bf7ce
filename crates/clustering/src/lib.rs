//! Groups and outliers of the rows of a table of numbers, for analysts and for the detectors of supervision.
//!
//! Pure: points in, labels and scores out. No clock, no file, no randomness but the seed that is given. `table` reads and writes CSV from any reader;
//! `command` (feature `cli`) is the edge for the command line: files, a progress bar, a limit of time.
//!
//! - groups: [`hdbscan`] (exact, the labels of scikit-learn), [`dbscan`], [`kmeans`], [`ward`]; whether groups hold: [`stability`]
//! - outliers: [`outliers`]: isolation forest, ECOD, robust-z sum, k-NN, LOF and the mean of ranks
//! - pictures: [`projection`], two coordinates for a map
//!
//! **Invariant:** the same points, parameters and seed give the same bits, on any number of threads. Nothing here panics on input: what cannot be
//! computed is a [`Fault`] that says what to do.

pub mod dbscan;
pub mod hdbscan;
pub mod kmeans;
pub mod measure;
pub mod outliers;
pub mod projection;
pub mod random;
pub mod stability;
pub mod table;
pub mod ward;

#[cfg(feature = "cli")]
pub mod command;

mod neighbours;
mod points;
mod tree;
mod unique;
mod work;

pub use points::Points;
pub use work::{Progress, Quiet, Work};

/// The label of a row that belongs to no group.
pub const NOISE: i32 = -1;

/// Why nothing was computed. The sentence is for the analyst.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// A value that is no finite number. Rows count from 1, without the header; columns too.
    NotFinite { row: usize, column: usize },
    /// Not as many values as rows times columns.
    Shape { values: usize, rows: usize, columns: usize },
    /// No row, or no column.
    Empty,
    /// More than the algorithm takes. What, how many there are, how many it takes.
    TooMany { what: &'static str, many: usize, most: usize },
    /// A parameter out of its range, with the sentence that says which.
    Parameter(String),
    /// Faults of a table, one sentence each.
    Table(Vec<String>),
    /// The caller asked to stop, or the time was up.
    Cancelled,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotFinite { row, column } => {
                write!(
                    f,
                    "row {row}, column {column}: the value is not a finite number; correct it or leave the row out"
                )
            }
            Self::Shape { values, rows, columns } => {
                write!(f, "{values} values do not make {rows} rows of {columns} columns")
            }
            Self::Empty => write!(f, "there is no row, or no column of numbers"),
            Self::TooMany { what, many, most } => write!(f, "{many} {what}: this takes at most {most}"),
            Self::Parameter(sentence) => f.write_str(sentence),
            Self::Table(faults) => f.write_str(&faults.join("\n")),
            Self::Cancelled => write!(f, "stopped before the end; nothing was written"),
        }
    }
}

impl std::error::Error for Fault {}
