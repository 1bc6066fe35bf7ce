//! A mirror: fetches what is new of a log, checks that it continues what is here, and keeps it with every checkpoint.
//!
//! **Invariant:** the copy only ever grows by what was proven to continue it; a checkpoint that does not is kept beside it as
//! evidence, and the program ends with an alarm.

use super::command::MirrorArgs;
use anyhow::{Context, bail};
use ledger::{Directory, Growth, Head, Tiles, VerifierKey};
use std::path::Path;
use std::time::Duration;

const WAIT: Duration = Duration::from_secs(30);

pub async fn run(args: MirrorArgs) -> anyhow::Result<String> {
    loop {
        let (url, folder, key) = (args.url.clone(), args.folder.clone(), args.key.clone());
        let told = tokio::task::spawn_blocking(move || once(&url, &folder, &key)).await??;
        let Some(every) = args.every else { return Ok(told) };
        println!("{told}");
        tokio::time::sleep(Duration::from_secs(every.max(1))).await;
    }
}

/// One look. Blocks.
pub fn once(url: &str, folder: &Path, key: &str) -> anyhow::Result<String> {
    let key = VerifierKey::parse(key).context("--key")?;
    let url = url.trim_end_matches('/');
    let text = fetch(&format!("{url}/{}", ledger::CHECKPOINT))?.context("the log shows no checkpoint")?;
    let now = Head::open(&text, &key)?;
    let mut files = Directory::new(folder);
    let before = ledger::published(&files, &key)?;
    let (old, new) = (before.as_ref().map_or(0, |head| head.checkpoint().size), now.checkpoint().size);
    // What is fetched may be anything until the proof holds; a tile here is never written over by another.
    for tile in ledger::tiles::between(old, new) {
        let path = tile.path();
        let bytes = fetch(&format!("{url}/{path}"))?.with_context(|| format!("{path} is missing at the log"))?;
        match files.read(&path)? {
            Some(kept) if kept != bytes => {
                files.write(&format!("evidence/checkpoint-{new}"), &text)?;
                files.sync()?;
                bail!(
                    "ALARM: {path} is not what it was; the log was rewritten. Evidence: {}/evidence",
                    folder.display()
                );
            }
            Some(_) => {}
            None => files.write(&path, &bytes)?,
        }
    }
    files.sync()?;
    let growth = match &before {
        Some(before) => match ledger::follow(before, &now, &files) {
            Ok(growth) => growth,
            Err(alarm) => {
                files.write(&format!("evidence/checkpoint-{new}"), &text)?;
                files.sync()?;
                bail!("ALARM: {alarm}");
            }
        },
        None => Growth::Grown { from: 0, to: new },
    };
    if before.is_some() && growth == Growth::Same {
        return Ok(format!("{new} entries, as before"));
    }
    files.write(&format!("checkpoints/{new}"), &text)?;
    files.write(ledger::CHECKPOINT, &text)?;
    files.sync()?;
    let report = ledger::audit(&files, &key, &mut |_, _| {});
    match report.findings.first() {
        Some(finding) => bail!("ALARM: {finding}"),
        None => Ok(format!("{old} → {new} entries; every entry and tile holds")),
    }
}

fn fetch(url: &str) -> anyhow::Result<Option<Vec<u8>>> {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().timeout_global(Some(WAIT)).http_status_as_error(false).build().into();
    let mut answer = agent.get(url).call().with_context(|| url.to_owned())?;
    match answer.status().as_u16() {
        200 => Ok(Some(answer.body_mut().read_to_vec()?)),
        404 => Ok(None),
        status => bail!("{url} answers {status}"),
    }
}
