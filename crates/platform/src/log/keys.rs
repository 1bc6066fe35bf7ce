//! Who signs: one Ed25519 key a log, in a file of the data folder, made at the first start together with the log's name.
//!
//! **Invariant:** a key is never in the database, in a message or on a page; a log keeps the name it began with.

use super::Log;
use crate::app::App;
use anyhow::{Context, ensure};
use ledger::{Kind, Signer, VerifierKey};
use rand::TryRngCore;
use rand::rngs::OsRng;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The two signers.
pub struct Keys {
    public: Signer,
    audit: Signer,
}

impl Keys {
    pub fn signer(&self, log: Log) -> &Signer {
        match log {
            Log::Public => &self.public,
            Log::Audit => &self.audit,
        }
    }

    pub fn verifier(&self, log: Log) -> &VerifierKey {
        self.signer(log).verifier()
    }
}

/// Where a log's files lie: `log/public` and `log/audit` of the data folder.
pub fn folder(app: &App, log: Log) -> PathBuf {
    app.config.data.join("log").join(log.word())
}

/// The keys of this installation; made where there are none.
///
/// # Errors
/// A folder that cannot be written, or a file that holds no key.
pub fn keys(app: &App) -> anyhow::Result<Keys> {
    let name = |log: Log| {
        let host = app.config.base_url.split("://").last().unwrap_or("sijian").to_owned();
        format!("{host}/log/{log}")
    };
    let load = |log: Log| load(&app.config.data.join("keys").join(format!("log-{log}.key")), &name(log));
    Ok(Keys { public: load(Log::Public)?, audit: load(Log::Audit)? })
}

fn load(path: &Path, name: &str) -> anyhow::Result<Signer> {
    if !path.exists() {
        make(path, name)?;
    }
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let mut lines = text.lines();
    let (name, seed) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let seed: Option<[u8; 32]> = hex::decode(seed).ok().and_then(|bytes| bytes.try_into().ok());
    let seed = seed.with_context(|| format!("{} holds no key of a log", path.display()))?;
    Ok(Signer::from_seed(name, Kind::Log, &seed)?)
}

/// Written aside and linked into place: of two processes that start together one makes the key.
fn make(path: &Path, name: &str) -> anyhow::Result<()> {
    let mut seed = [0; 32];
    OsRng.try_fill_bytes(&mut seed).context("the operating system gives no randomness")?;
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let aside = folder.join(format!(".{}", uuid::Uuid::new_v4().simple()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&aside)?;
    file.write_all(format!("{name}\n{}\n", hex::encode(seed)).as_bytes())?;
    file.sync_all()?;
    let linked = std::fs::hard_link(&aside, path);
    std::fs::remove_file(&aside)?;
    ensure!(linked.is_ok() || path.exists(), "{} cannot be made", path.display());
    Ok(())
}
