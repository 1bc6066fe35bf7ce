//! A thin program around the commands of this crate, to try them without `sijian`.

use clap::Parser;
use screening::command::{Command, run};

#[derive(Parser)]
struct Program {
    #[command(subcommand)]
    command: Command,
}

fn main() -> std::process::ExitCode {
    match run(&Program::parse().command, &screening::progress::Unwatched) {
        Ok(summary) => {
            println!("{summary}");
            std::process::ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("{why}");
            std::process::ExitCode::FAILURE
        }
    }
}
