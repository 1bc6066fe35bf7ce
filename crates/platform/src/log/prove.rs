//! Ways of entries up to the root of a checkpoint.

use super::{Log, Signed, keys};
use crate::app::App;
use anyhow::Context;
use ledger::{Directory, Hash, Head, Reader};

/// The hashes beside the way of each of these entries up to the root of a published checkpoint.
///
/// # Errors
/// An entry beyond the checkpoint, or files that do not lead to it.
pub async fn paths(app: &App, log: Log, under: &Signed, entries: Vec<i64>) -> anyhow::Result<Vec<Vec<Hash>>> {
    let (folder, keys, note) = (keys::folder(app, log), keys::keys(app)?, under.note.clone());
    let make = move || -> anyhow::Result<Vec<Vec<Hash>>> {
        let head = Head::open(note.as_bytes(), keys.verifier(log))?;
        let files = Directory::new(folder);
        let mut reader = Reader::open(&files, head.checkpoint())?;
        entries.into_iter().map(|one| Ok(reader.prove_inclusion(u64::try_from(one)?)?)).collect()
    };
    tokio::task::spawn_blocking(make).await.context("making proofs broke off")?
}
