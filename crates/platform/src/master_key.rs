//! The master key: 32 bytes in a file of the operator's, under which every secret lies locked that the program must read in
//! the clear: signing keys, secrets of webhooks and of second factors.
//!
//! **Invariant:** it is never in the database, in a log or on a page, and is never made anew while something is kept that
//! only the old one opens: `master_key_check` says that there is something, and which key it is.

use crate::app::{App, Config};
use crate::db::Conn;
use crate::secret_file::{self, LENGTH};
use crate::values;
use anyhow::{Context, bail, ensure};
use rand::TryRngCore;
use rand::rngs::OsRng;
use seal::{KEY_NONCE_BYTES, MasterKey};
use sha2::{Digest, Sha256};
use std::io::ErrorKind;
use std::path::PathBuf;

/// A text that lies locked in the database, to tell the right key by.
const CHECK: &str = "master_key_check";
/// What a locked secret begins with in the database; then hexadecimal digits. No secret of ours looks like it.
const LOCKED: &str = "locked1:";

pub struct Master {
    pub key: MasterKey,
    /// Derived for what the demo needs; says nothing of the key.
    pub demo_seed: [u8; 32],
}

impl Master {
    fn new(bytes: [u8; LENGTH]) -> Self {
        let demo_seed = Sha256::new_with_prefix(b"sijian demonstration authority v1").chain_update(bytes).finalize();
        Self { key: MasterKey::new(bytes), demo_seed: demo_seed.into() }
    }

    fn lock(&self, what: &str, secret: &[u8]) -> anyhow::Result<String> {
        let mut nonce = [0; KEY_NONCE_BYTES];
        OsRng.try_fill_bytes(&mut nonce).context("the operating system gives no randomness")?;
        Ok(format!("{LOCKED}{}", hex::encode(self.key.lock(what, secret, &nonce)?)))
    }

    fn unlock(&self, what: &str, locked: &str) -> anyhow::Result<Vec<u8>> {
        let digits = locked.strip_prefix(LOCKED).context("it is not locked")?;
        Ok(self.key.unlock(what, &hex::decode(digits)?)?.to_vec())
    }
}

pub fn path(config: &Config) -> PathBuf {
    config.signing.master_key_file.clone().unwrap_or_else(|| config.data.join("master.key"))
}

/// The master key, if its file is there.
///
/// # Errors
/// A file that cannot be read or does not hold 32 bytes.
pub fn load(config: &Config) -> anyhow::Result<Option<Master>> {
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
pub fn load_or_make(config: &Config) -> anyhow::Result<Master> {
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

/// The master key for something new to lock; made with the first secret of an installation, and held against what lies
/// locked already. The caller commits.
///
/// # Errors
/// The key is missing or another one while secrets are kept that it should open.
pub async fn for_something_new(app: &App, conn: &mut Conn) -> anyhow::Result<Master> {
    let sample = sample(conn).await?;
    let master = match sample {
        None => load_or_make(&app.config)?,
        Some(_) => load(&app.config)?.with_context(|| missing(app))?,
    };
    if sample.flatten().is_none() {
        // Of two processes that come here together, with a file each, the second reads what the first one wrote.
        conn.run(
            "insert into master_key_check (one, locked) values (1, $1)
             on conflict (one) do update set locked = coalesce(master_key_check.locked, excluded.locked)",
            values![master.lock(CHECK, CHECK.as_bytes())?],
        )
        .await?;
    }
    check(app, conn, &master).await?;
    Ok(master)
}

/// The sample: none where nothing is locked, an empty one where keys were locked before samples were kept.
async fn sample(conn: &mut Conn) -> anyhow::Result<Option<Option<String>>> {
    let row = conn.first("select locked from master_key_check where one = 1", &[]).await?;
    Ok(row.map(|row| row.get("locked")).transpose()?)
}

async fn check(app: &App, conn: &mut Conn, master: &Master) -> anyhow::Result<()> {
    if let Some(locked) = sample(conn).await?.flatten()
        && master.unlock(CHECK, &locked).is_err()
    {
        bail!(
            "the master key at {} is not the one that the secrets in the database were locked with: put the right one there",
            path(&app.config).display()
        );
    }
    Ok(())
}

fn missing(app: &App) -> String {
    format!(
        "the database holds secrets that lie locked under the master key, and it is not at {}: put it there, or name its place \
         with --master-key-file (SIJIAN_MASTER_KEY_FILE)",
        path(&app.config).display()
    )
}

/// Whether a server or worker may start: where secrets are kept, their master key must be there and fit.
///
/// # Errors
/// What is missing and where it was looked for.
pub async fn check_start(app: &App) -> anyhow::Result<()> {
    let mut conn = app.db.read().await?;
    if sample(&mut conn).await?.is_none() {
        return Ok(());
    }
    let master = load(&app.config)?.with_context(|| missing(app))?;
    check(app, &mut conn, &master).await
}

/// Locks a secret for the database. `what` names the one thing it belongs to, such as `webhook/ID`. The caller commits.
///
/// # Errors
/// As [`for_something_new`].
pub async fn lock(app: &App, conn: &mut Conn, what: &str, secret: &[u8]) -> anyhow::Result<String> {
    for_something_new(app, conn).await?.lock(what, secret)
}

/// A secret as the program needs it. One that was kept before secrets were locked is given as it is.
///
/// # Errors
/// No master key, or another one; bytes that were changed or belong to something else.
pub fn unlock(app: &App, what: &str, kept: &[u8]) -> anyhow::Result<Vec<u8>> {
    match locked(kept) {
        None => Ok(kept.to_vec()),
        Some(text) => {
            let master = load(&app.config)?.with_context(|| missing(app))?;
            master.unlock(what, text).with_context(|| format!("the secret of {what} cannot be opened"))
        }
    }
}

pub fn is_locked(kept: &[u8]) -> bool {
    locked(kept).is_some()
}

fn locked(kept: &[u8]) -> Option<&str> {
    std::str::from_utf8(kept).ok().filter(|text| text.starts_with(LOCKED))
}
