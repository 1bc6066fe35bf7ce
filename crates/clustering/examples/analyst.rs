//! The two commands alone: `cargo run --release -p clustering --example analyst -- cluster points.csv --output labels.csv`.

use clap::Parser;
use clustering::command::{ClusterArgs, OutliersArgs};

#[derive(Parser)]
enum Command {
    /// Groups of the rows of a table.
    Cluster(ClusterArgs),
    /// How strange the rows of a table are.
    Outliers(OutliersArgs),
}

fn main() -> std::process::ExitCode {
    let done = match Command::parse() {
        Command::Cluster(args) => args.run(),
        Command::Outliers(args) => args.run(),
    };
    match done {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            std::process::ExitCode::FAILURE
        }
    }
}
