//! Secrets in files of the operator's: made once, whole, and readable to their owner only.
//!
//! **Invariant:** of two processes that start together one makes the file, and neither reads half; once it is made it
//! survives a power cut.

use rand::TryRngCore;
use rand::rngs::OsRng;
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

/// Bytes of every secret.
pub const LENGTH: usize = 32;

/// A new secret, from the operating system.
///
/// # Errors
/// It gives no randomness.
pub fn random() -> io::Result<[u8; LENGTH]> {
    let mut bytes = [0; LENGTH];
    OsRng.try_fill_bytes(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes)
}

/// Puts `content` into the file unless it is there: written aside and linked into place. Its folder is made.
///
/// # Errors
/// A folder that cannot be made or written.
pub fn make(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let aside = folder.join(format!(".{}", uuid::Uuid::new_v4().simple()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&aside)?;
    file.write_all(content)?;
    file.sync_all()?;
    let linked = std::fs::hard_link(&aside, path);
    std::fs::remove_file(&aside)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => File::open(folder)?.sync_all(),
    }
}
