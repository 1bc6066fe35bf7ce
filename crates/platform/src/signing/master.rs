//! The master key: 32 bytes in a file of the operator's, under which every private key lies locked.
//!
//! **Invariant:** it is never in the database, in a log or on a page, and is never made anew while keys are kept that only
//! the old one opens.

use super::store::Kept;
use crate::app::Config;
use crate::secret_file::{self, LENGTH};
use anyhow::{Context, ensure};
use seal::{Fault, MasterKey};
use sha2::{Digest, Sha256};
use std::io::ErrorKind;
use std::path::PathBuf;

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
    let bytes = secret_file::random().context("no randomness")?;
    secret_file::make(&path, &bytes).with_context(|| format!("the master key {} cannot be made", path.display()))?;
    let master = load(config)?;
    ensure!(master.is_some(), "the master key {} was made and is not there", path.display());
    Ok(master.unwrap_or_else(|| Master::new(bytes)))
}
