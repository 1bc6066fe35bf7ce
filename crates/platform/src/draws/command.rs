//! `sijian draw verify transcript.json`: recomputes a draw; needs no installation and no network.
//!
//! **Invariant:** success is said only when every fault list is empty.

use anyhow::{Context, Result, bail, ensure};
use clap::{Args, Subcommand};
use draws::{TRANSCRIPT_BYTES_MAX, Transcript, verify};
use ledger::VerifierKey;
use std::path::PathBuf;

#[derive(Args)]
pub struct DrawArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Recompute a transcript: says who was drawn, or everything that is wrong
    Verify {
        transcript: PathBuf,
        /// The log's public key (vkey), to check the checkpoint's signature too
        #[arg(long)]
        log_key: Option<String>,
    },
}

/// Carries the command out; what to print.
///
/// # Errors
/// A file that cannot be read, or a draw that does not hold: every fault, a line each.
pub fn run(args: &DrawArgs) -> Result<String> {
    let What::Verify { transcript, log_key } = &args.what;
    let length =
        std::fs::metadata(transcript).with_context(|| format!("{} cannot be read", transcript.display()))?.len();
    ensure!(length <= TRANSCRIPT_BYTES_MAX as u64, "a transcript has at most {TRANSCRIPT_BYTES_MAX} bytes");
    let text = std::fs::read_to_string(transcript).with_context(|| format!("{} is no text", transcript.display()))?;
    let key = log_key.as_deref().map(VerifierKey::parse).transpose().context("--log-key")?;
    let faults = verify(&text, key.as_ref());
    if !faults.is_empty() {
        let lines: Vec<String> = faults.iter().map(|fault| format!("- {fault}")).collect();
        bail!("the draw does not hold:\n{}", lines.join("\n"));
    }
    let transcript: Transcript = serde_json::from_str(&text)?;
    let mut lines = vec!["The draw holds.".to_owned()];
    let name = |id: &str| {
        let found = transcript.plan.candidates.iter().find(|one| one.id == id);
        found.map_or_else(|| id.to_owned(), |one| format!("{} ({id})", one.name))
    };
    lines.extend(transcript.drawn.iter().enumerate().map(|(seat, id)| format!("seat {}: {}", seat + 1, name(id))));
    for one in &transcript.refusals {
        let next = one.replacement.as_deref().map_or_else(|| "nobody is left".to_owned(), name);
        lines.push(format!("{} does not take the seat ({}): {next}", name(&one.id), one.reason));
    }
    if let Some(lottery) = &transcript.plan.lottery {
        let chances = draws::fairness(&transcript.plan, lottery);
        let least = chances.iter().copied().fold(1.0, f64::min);
        lines.push(format!("smallest chance of any candidate: {:.4} %", least * 100.0));
    }
    lines.push(format!("commitment, to compare with the log: {}", transcript.commitment));
    if key.is_none() && transcript.checkpoint.is_some() {
        lines.push("the checkpoint's signature was not checked: give the log's key with --log-key".to_owned());
    }
    Ok(lines.join("\n"))
}
