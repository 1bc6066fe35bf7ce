//! Spreadsheets as people keep them (台账), into clean tables; and tables out as XLSX and CSV.
