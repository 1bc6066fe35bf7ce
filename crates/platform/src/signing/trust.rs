//! Whom the installation believes: the certificates in a folder of the operator's, and what the register knows as revoked.

use super::{demo, pem, store};
use crate::app::{App, Config};
use crate::db::Conn;
use crate::master_key;
use anyhow::Context;
use seal::{Certificate, Trust};
use std::path::{Path, PathBuf};

/// Endings of files that are read; others may lie beside them.
const ENDINGS: [&str; 4] = ["pem", "der", "crt", "cer"];

pub(super) fn folder(config: &Config) -> PathBuf {
    config.signing.trust_dir.clone().unwrap_or_else(|| config.data.join("trust"))
}

/// The certificates of a folder; none where there is no folder. They count for signers and for time stamps: what each may do
/// its certificates say.
///
/// # Errors
/// A file that holds no certificate: a root that is silently left out would make sound signatures look wrong.
pub(super) fn read(folder: &Path) -> anyhow::Result<Trust> {
    let mut roots = Vec::new();
    if folder.is_dir() {
        let entries = std::fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
        let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.sort();
        for path in paths.iter().filter(|path| {
            path.extension().and_then(|ending| ending.to_str()).is_some_and(|ending| ENDINGS.contains(&ending))
        }) {
            roots.extend(certificates(path)?);
        }
    }
    Ok(Trust { roots: roots.clone(), stamp_roots: roots, revoked: Vec::new() })
}

/// The certificates of a file, PEM or DER.
///
/// # Errors
/// A file that cannot be read or holds none.
pub(super) fn certificates(path: &Path) -> anyhow::Result<Vec<Certificate>> {
    let bytes = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let blocks = pem::blocks(&bytes, "CERTIFICATE");
    let read: Result<Vec<_>, _> = blocks.iter().map(|der| Certificate::from_der(der)).collect();
    let read = read.map_err(|fault| anyhow::anyhow!("{}: {fault}", path.display()))?;
    anyhow::ensure!(!read.is_empty(), "{} holds no certificate", path.display());
    Ok(read)
}

/// The trust of this installation.
///
/// # Errors
/// As [`read`], or the database's.
pub(super) async fn load(app: &App, conn: &mut Conn) -> anyhow::Result<Trust> {
    let mut trust = read(&folder(&app.config))?;
    if let (true, Some(master)) = (app.config.demo, master_key::load(&app.config)?) {
        let root = demo::House::of(&master)?.authority.root().clone();
        if !trust.roots.contains(&root) {
            trust.roots.push(root.clone());
            trust.stamp_roots.push(root);
        }
    }
    trust.revoked = store::revocations(conn).await?;
    Ok(trust)
}
