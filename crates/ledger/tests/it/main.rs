//! The ledger's tests: arithmetic against vectors and others' code, forgeries of every kind, and the promises of each part.

mod mirror;
mod parsers;
mod publishing;
mod support;
mod tamper;
mod texts;
mod torn;
mod tree;
mod vectors;
mod witness;
