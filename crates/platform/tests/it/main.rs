//! What no single feature can test of itself: the house's order, the procedures as tables, who may do what, every page, the
//! whole story of a case, and a process killed in the middle of it. One binary, or each file would link the program again.
//!
//! SQLite; with `SIJIAN_TEST_POSTGRES=postgres://…` the same on PostgreSQL.

mod analysis;
mod analysis_figures;
mod api;
mod api_beside;
mod api_house;
mod api_kept;
mod architecture;
mod archive;
#[cfg(unix)]
mod crash;
mod custody;
mod detours;
mod documents;
mod draws;
mod elsewhere;
mod exports;
mod fees;
mod figures;
mod golden;
mod imports;
mod jobs;
mod log;
mod notices;
mod pages;
mod permissions;
mod procedures;
mod records;
mod routes;
mod secrets;
mod signing;
mod story;
mod support;
mod tracking;
mod translations;
mod withdrawal;
