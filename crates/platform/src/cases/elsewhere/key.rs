//! The installation's secrets: 32 random bytes each in a file of the data folder, made at the first start.
//!
//! **Invariant:** a secret is never in the database, in a log or on a page. Servers that share a database share the files
//! of `keys/`: the operator copies them, and `sijian doctor` prints a check value to compare.

use crate::secret_file::{self, LENGTH};
use matching::Secret;
use std::io;
use std::path::{Path, PathBuf};

fn path(data: &Path, name: &str) -> PathBuf {
    data.join("keys").join(format!("{name}.key"))
}

/// The secret of that name; made when it is not there yet.
///
/// # Errors
/// A folder that cannot be written, or a file that does not hold 32 bytes.
pub fn load(data: &Path, name: &str) -> io::Result<Secret> {
    let path = path(data, name);
    match std::fs::read(&path) {
        Ok(bytes) => read(&path, bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            secret_file::make(&path, &secret_file::random()?)?;
            read(&path, std::fs::read(&path)?)
        }
        Err(error) => Err(error),
    }
}

fn read(path: &Path, bytes: Vec<u8>) -> io::Result<Secret> {
    let bytes: [u8; LENGTH] = bytes.try_into().map_err(|_| {
        io::Error::new(io::ErrorKind::InvalidData, format!("{} does not hold {LENGTH} bytes", path.display()))
    })?;
    Ok(Secret::new(bytes))
}

/// A short value that is equal on two servers exactly if their keys are; nothing can be reckoned back from it.
pub fn check_value(secret: &Secret) -> String {
    hex::encode(&secret.digest("check-value", "")[..4])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_only_its_owner_reads_it() {
        let home = tempfile::tempdir().unwrap();
        let value = check_value(&load(home.path(), "matching").unwrap());
        assert_eq!(check_value(&load(home.path(), "matching").unwrap()), value);
        assert_ne!(check_value(&load(home.path(), "tracking").unwrap()), value);
        let file = path(home.path(), "matching");
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&file).unwrap());
            assert_eq!(mode & 0o777, 0o600);
        }
        assert_eq!(std::fs::read_dir(file.parent().unwrap()).unwrap().count(), 2, "nothing is left aside");
        std::fs::write(&file, b"short").unwrap();
        assert!(load(home.path(), "matching").is_err());
    }
}
