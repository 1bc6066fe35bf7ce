//! How large a ledger may be, each with its reason.

/// A ledger of 200,000 rows and 20 columns is 20 MB as XLSX and 40 MB as CSV.
pub const BYTES_MAX: usize = 64 << 20;
/// Data rows of one file: twice what the largest institution has in a year's ledgers.
pub const ROWS_MAX: usize = 200_000;
/// Columns with something in them; ledgers have twenty, a stray cell far to the right is a slip.
pub const COLUMNS_MAX: usize = 256;
/// All parts of a workbook unpacked: 200,000 rows are 250 MB of XML. What unpacks to more is a zip bomb.
pub const UNPACKED_MAX: u64 = 512 << 20;
/// A part that is held in memory whole (shared strings, styles).
pub(crate) const PART_MAX: u64 = 128 << 20;
/// Parts of a workbook; more is none of Excel's.
pub(crate) const PARTS_MAX: usize = 2_000;
/// Cells of an ODS or XLS sheet, which are held all at once, blank ones too.
pub(crate) const CELLS_MAX: usize = 8_000_000;
/// Characters of one cell; Excel's own limit.
pub(crate) const CELL_MAX: usize = 32_767;
/// Lines among which the header is sought: ledgers begin with a title, a unit and a date.
pub(crate) const HEADER_WITHIN: usize = 20;
