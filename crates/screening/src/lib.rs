//! # screening: what a supervisor should look at first
//!
//! A city's appraisal sector writes a hundred thousand cases a year. This crate reads an extract of them and says where a human should look, and why:
//! detectors, each for one question, over statistics that keep the stated rate of false leads.
//!
//! - [`stats`]: tails, false-discovery rate, funnels, shrunken rates, case mix, change points.
//! - [`near_duplicates`]: exact all-pairs similarity of Chinese texts.
//! - [`communities`]: Leiden over significant edges.
//! - [`city`]: a synthetic city with planted misconduct and its honest look-alikes, to measure the detectors with.
//! - [`sector`]: the extract itself: tables, reading, checking.
//! - [`detectors`]: ring, copy, ghost, offsite, dump, delay, batch, heap; what is unlike the peers or changed; the descriptive ones.
//! - [`described`]: markets, impossible days and rates as tables.
//! - [`groups`]: institutions that work alike, for supervision by group.
//! - [`pictures`]: what a finding looks like: data, SVG, and the table beside it.
//! - [`screen`]: all detectors over one extract; [`command`]: the same for the command line.
//!
//! Pure: no database, no clock, no randomness but a seed. The same input and seed give the same bytes, on one thread or many.
//!
//! **Invariant:** a finding is a lead with its evidence, never a verdict: it always names the honest explanation it could not exclude.

pub mod city;
pub mod command;
pub mod communities;
pub mod dates;
pub mod described;
pub mod detectors;
pub mod groups;
pub mod judge;
pub mod near_duplicates;
pub mod pictures;
pub mod progress;
pub mod random;
pub mod screen;
pub mod sector;
pub mod stats;
