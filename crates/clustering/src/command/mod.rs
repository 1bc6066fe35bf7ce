//! The two commands of analysts, without the platform: `cluster` and `outliers`. The edge of this crate: files, a clock for the limit of time, a bar.
//!
//! **Invariant:** a result is written whole or not at all: beside its place first, then moved there.

mod cluster;
mod outliers;

pub use cluster::ClusterArgs;
pub use outliers::OutliersArgs;

use crate::table::{Column, Reading, Table};
use crate::{Progress, Work, table};
use std::io::{BufReader, BufWriter, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Threads at most; more cores than that gain nothing here.
const THREADS_MAX: usize = 64;

/// What both commands are told.
#[derive(Debug, Clone, clap::Args)]
pub struct Common {
    /// A CSV file with a header and columns of numbers.
    pub points: PathBuf,
    /// Where the result goes, as CSV, row by row in the order of the input.
    #[arg(long)]
    pub output: PathBuf,
    /// The columns that count, separated by commas; all but the id where not given.
    #[arg(long, value_delimiter = ',')]
    pub columns: Vec<String>,
    /// A column that names the rows; it counts nothing and is repeated in the result.
    #[arg(long)]
    pub id: Option<String>,
    /// What an empty cell becomes; where not given, it is an error.
    #[arg(long, value_enum)]
    pub impute: Option<Impute>,
    /// Whether the columns are brought to one scale first.
    #[arg(long, value_enum, default_value_t = Scale::None)]
    pub scale: Scale,
    /// The seed of what is random.
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Threads; the result does not depend on them. All cores where not given.
    #[arg(long)]
    pub threads: Option<usize>,
    /// A summary as JSON on the standard output.
    #[arg(long)]
    pub json: bool,
    /// Stop with an error after so many seconds.
    #[arg(long)]
    pub time_limit: Option<u64>,
}

/// What an empty cell becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Impute {
    /// The median of its column.
    Median,
}

/// How columns are brought to one scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Scale {
    /// They stay as they are.
    None,
    /// Mean 0, standard deviation 1.
    Standard,
}

/// A table, and what its computation is told.
struct Job {
    table: Table,
    threads: usize,
    bar: Bar,
}

impl Job {
    fn read(common: &Common) -> Result<Self, String> {
        let bar = Bar::new(common.time_limit);
        let file =
            std::fs::File::open(&common.points).map_err(|error| format!("{}: {error}", common.points.display()))?;
        let reading =
            Reading { columns: common.columns.clone(), id: common.id.clone(), impute_median: common.impute.is_some() };
        let read = table::read(BufReader::with_capacity(1 << 20, file), &reading);
        let mut table = read.map_err(|fault| format!("{}:\n{fault}", common.points.display()))?;
        if common.scale == Scale::Standard {
            table.points = table.points.standardised();
        }
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self { table, threads: common.threads.unwrap_or(cores).clamp(1, THREADS_MAX), bar })
    }

    fn work(&self) -> Work<'_> {
        Work { threads: self.threads, progress: &self.bar }
    }

    /// Writes the columns beside their place, then moves them there; the ids first.
    fn write(&self, output: &Path, columns: Vec<(&str, Column<'_>)>) -> Result<(), String> {
        let told = |error: std::io::Error| format!("{}: {error}", output.display());
        let mut all = Vec::new();
        if let Some((name, ids)) = &self.table.ids {
            all.push((name.as_str(), Column::Text(ids)));
        }
        all.extend(columns);
        let mut beside = output.as_os_str().to_owned();
        beside.push(".part");
        let file = std::fs::File::create(&beside).map_err(told)?;
        table::write(BufWriter::with_capacity(1 << 20, file), &all).map_err(told)?;
        std::fs::rename(&beside, output).map_err(told)
    }

    /// What every summary says.
    fn summary(&self, command: &str, method: &str, common: &Common) -> serde_json::Map<String, serde_json::Value> {
        let value = serde_json::json!({
            "command": command,
            "method": method,
            "version": env!("CARGO_PKG_VERSION"),
            "rows": self.table.points.rows(),
            "columns": self.table.columns,
            "imputed": self.table.imputed,
            "scale": if common.scale == Scale::Standard { "standard" } else { "none" },
            "seed": common.seed,
            "output": common.output.display().to_string(),
        });
        value.as_object().cloned().unwrap_or_default()
    }
}

/// The bar of a terminal, and the limit of time.
struct Bar {
    bar: indicatif::ProgressBar,
    end: Option<Instant>,
}

impl Bar {
    fn new(seconds: Option<u64>) -> Self {
        let is_seen = std::io::stderr().is_terminal();
        let bar = if is_seen { indicatif::ProgressBar::new(1) } else { indicatif::ProgressBar::hidden() };
        Self { bar, end: seconds.and_then(|seconds| Instant::now().checked_add(Duration::from_secs(seconds))) }
    }
}

impl Progress for Bar {
    fn report(&self, done: u64, total: u64) {
        self.bar.set_length(total);
        self.bar.set_position(done);
    }

    fn cancelled(&self) -> bool {
        self.end.is_some_and(|end| Instant::now() >= end)
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// The sentence of a fault; of a stop by time, with the limit.
fn told(fault: &crate::Fault, common: &Common) -> String {
    match (fault, common.time_limit) {
        (crate::Fault::Cancelled, Some(seconds)) => format!("not done within {seconds} seconds; nothing was written"),
        _ => fault.to_string(),
    }
}
