//! Witnesses: others who cosign a checkpoint only if it continues what they cosigned before (C2SP tlog-witness).
//!
//! **Invariant:** a witness that does not answer holds nothing up: the checkpoint is published without it, and a policy that
//! asks for it does not accept it until a later one has it.

use super::{Keys, Log};
use crate::app::Witness;
use ledger::{Directory, Head, Reader, VerifierKey};
use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

/// A checkpoint waits this long for each witness.
const WAIT: Duration = Duration::from_millis(700);

/// The policy file for those who verify: the public log, its witnesses, and one of them at least where there are any.
pub fn policy(keys: &Keys, witnesses: &[Witness]) -> String {
    let mut text = format!("log {}\n", keys.verifier(Log::Public));
    for (at, one) in witnesses.iter().enumerate() {
        let _ = writeln!(text, "witness w{at} {}", one.key);
    }
    let names: Vec<String> = (0..witnesses.len()).map(|at| format!("w{at}")).collect();
    match names.is_empty() {
        true => text.push_str("quorum none\n"),
        false => {
            let _ = writeln!(text, "group watched any {}\nquorum watched", names.join(" "));
        }
    }
    text
}

/// The head with whatever cosignatures came in time. Blocks.
pub(super) fn ask(folder: &Path, head: Head, witnesses: &[Witness]) -> Head {
    let mut head = head;
    for one in witnesses {
        match cosigned(folder, &head, one) {
            Ok(lines) => match VerifierKey::parse(&one.key).and_then(|key| head.with_cosignatures(&lines, &[key])) {
                Ok(more) => head = more,
                Err(error) => tracing::warn!("the witness {} sent no good cosignature: {error}", one.url),
            },
            Err(error) => tracing::warn!("the witness {} did not cosign: {error:#}", one.url),
        }
    }
    head
}

fn cosigned(folder: &Path, head: &Head, witness: &Witness) -> anyhow::Result<String> {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().timeout_global(Some(WAIT)).http_status_as_error(false).build().into();
    let address = format!("{}/add-checkpoint", witness.url.trim_end_matches('/'));
    let files = Directory::new(folder);
    // The witness says itself what it saw last, when what was assumed is wrong.
    let mut old = 0;
    for _ in 0..2 {
        let proof = match old {
            0 => Vec::new(),
            old => Reader::open(&files, head.checkpoint())?.prove_consistency(old)?,
        };
        let request = ledger::witness::Request { old, proof, checkpoint: head.to_string() };
        let mut answer = agent.post(&address).send(request.to_string().as_bytes())?;
        let (status, body) = (answer.status().as_u16(), answer.body_mut().read_to_string()?);
        match status {
            200 => return Ok(body),
            409 => old = body.trim().parse()?,
            _ => anyhow::bail!("{status}: {}", body.trim()),
        }
    }
    anyhow::bail!("it cannot be told from where the log grew")
}
