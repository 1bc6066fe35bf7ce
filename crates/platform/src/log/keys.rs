//! Who signs: one Ed25519 key a log, in a file of the data folder, made at the first start together with the log's name.
//!
//! **Invariant:** a key is never in the database, in a message or on a page; a log keeps the name it began with.

use super::Log;
use crate::app::App;
use crate::secret_file;
use anyhow::Context;
use ledger::{Kind, Signer, VerifierKey};
use std::path::{Path, PathBuf};
use std::sync::Arc;

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

/// The keys of this installation; made where there are none, and read once a process.
///
/// # Errors
/// A folder that cannot be written, or a file that holds no key.
pub fn keys(app: &App) -> anyhow::Result<Arc<Keys>> {
    if let Some(keys) = app.log_keys.get() {
        return Ok(keys.clone());
    }
    let keys = Arc::new(read(app)?);
    Ok(app.log_keys.get_or_init(|| keys).clone())
}

fn read(app: &App) -> anyhow::Result<Keys> {
    let name = |log: Log| {
        let host = app.config.base_url.split("://").last().unwrap_or("sijian").to_owned();
        format!("{host}/log/{log}")
    };
    let load = |log: Log| load(&app.config.data.join("keys").join(format!("log-{log}.key")), &name(log));
    Ok(Keys { public: load(Log::Public)?, audit: load(Log::Audit)? })
}

fn load(path: &Path, name: &str) -> anyhow::Result<Signer> {
    if !path.exists() {
        let content = format!("{name}\n{}\n", hex::encode(secret_file::random()?));
        secret_file::make(path, content.as_bytes()).with_context(|| format!("{} cannot be made", path.display()))?;
    }
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let mut lines = text.lines();
    let (name, seed) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let seed: Option<[u8; 32]> = hex::decode(seed).ok().and_then(|bytes| bytes.try_into().ok());
    let seed = seed.with_context(|| format!("{} holds no key of a log", path.display()))?;
    Ok(Signer::from_seed(name, Kind::Log, &seed)?)
}
