//! The master key: 32 bytes in a file of the operator's, under which every private key lies locked.
//!
//! **Invariant:** it is never in the database, in a log or on a page, and is never made anew while keys are kept that only
//! the old one opens.

use super::store::Kept;
use crate::app::Config;
use anyhow::{Context, ensure};
use rand::TryRngCore;
use rand::rngs::OsRng;
use seal::{Fault, MasterKey};
use sha2::{Digest, Sha256};
use std::io::{ErrorKind, Write};
use std::path::PathBuf;

const LENGTH: usize = 32;

pub(super) struct Master {
    pub key: MasterKey,
    /// Derived for what the demo needs; says nothing of the key.
    pub demo_seed: [u8; 32],
}

impl Master {
    fn new(bytes: [u8; LENGTH]) -> Self {
        let demo_seed = Sha256::new_with_prefix(b"sijian demonstration authority v1").chain_update(bytes).finalize();
        Self { key: MasterKey::new(bytes), demo_seed: demo_seed.into() }
    }

    /// Whether it is the key that this one lies locked under.
    pub fn opens(&self, kept: &Kept) -> Result<(), Fault> {
        let record = &kept.record;
        self.key.open(&record.id, record.algorithm, &record.sealed).map(drop)
    }
}

pub(super) fn path(config: &Config) -> PathBuf {
    config.signing.master_key_file.clone().unwrap_or_else(|| config.data.join("master.key"))
}

/// The master key, if its file is there.
///
/// # Errors
/// A file that cannot be read or does not hold 32 bytes.
pub(super) fn load(config: &Config) -> anyhow::Result<Option<Master>> {
    let path = path(config);
    match std::fs::read(&path) {
        Ok(bytes) => {
            let bytes = <[u8; LENGTH]>::try_from(bytes);
            let bytes = bytes.map_err(|_| anyhow::anyhow!("{} does not hold {LENGTH} bytes", path.display()))?;
            Ok(Some(Master::new(bytes)))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("the master key {} cannot be read", path.display())),
    }
}

/// The same; made, readable to its owner only, when it is not there. The caller knows that nothing is locked under another.
///
/// # Errors
/// As [`load`], or a folder that cannot be written.
pub(super) fn load_or_make(config: &Config) -> anyhow::Result<Master> {
    if let Some(master) = load(config)? {
        return Ok(master);
    }
    let path = path(config);
    let mut bytes = [0; LENGTH];
    OsRng.try_fill_bytes(&mut bytes).context("no randomness")?;
    let folder = path.parent().unwrap_or(std::path::Path::new("."));
    // Written aside and linked into place: of two that start together one makes it, and neither reads half.
    let aside = folder.join(format!(".{}", uuid::Uuid::new_v4().simple()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let made = || -> std::io::Result<()> {
        let mut file = options.open(&aside)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        let linked = std::fs::hard_link(&aside, &path);
        std::fs::remove_file(&aside)?;
        match linked {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
            _ => std::fs::File::open(folder)?.sync_all(),
        }
    };
    made().with_context(|| format!("the master key {} cannot be made", path.display()))?;
    let master = load(config)?;
    ensure!(master.is_some(), "the master key {} was made and is not there", path.display());
    Ok(master.unwrap_or_else(|| Master::new(bytes)))
}
