//! Spreadsheets as people keep them (台账) into clean tables; and tables out as XLSX and CSV.
//!
//! [`read`] tells by content what a file is, refuses what would fill the memory, finds the header among titles and merged
//! cells, and gives the lines with the row numbers people see in their program. [`clean`] reads a cell as what it should be
//! and says why it is not. [`write`] writes row by row.
//!
//! **Invariant:** no application is known here, and no value is ever guessed: a number that lost its digits, a date that
//! may be two days, is a [`Flaw`], not a value.

mod cell;
pub mod clean;
mod dates;
mod header;
mod limits;
mod money;
mod ods;
mod read;
mod sniff;
pub mod write;

pub use cell::{Cell, Line};
pub use clean::Flaw;
pub use header::{Column, Skipped, Table, Why};
pub use limits::{BYTES_MAX, COLUMNS_MAX, ROWS_MAX, UNPACKED_MAX};
pub use read::{Unreadable, read};
pub use sniff::Kind;
