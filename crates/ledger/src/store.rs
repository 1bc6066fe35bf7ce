//! Where a log's files lie: a door with two implementations, memory (tests, mirrors being checked) and a directory.
//!
//! **Invariant:** after [`Tiles::sync`] returned, what was written before survives a power cut; a file that is replaced is
//! at every moment wholly the old or wholly the new one.
//!
//! The directory is here and not in the platform because its order of `fsync`s is part of the publishing rule
//! ([`crate::sequence`]) and is tested with it; nothing else in this crate touches the outside.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

/// The files of one log, by their paths below its prefix (`checkpoint`, `tile/0/000`, …).
pub trait Tiles {
    /// The file's bytes, `None` if there is none.
    ///
    /// # Errors
    /// The store cannot be read.
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>>;

    /// Puts a file in place, whole or not at all, also if the power fails. Durable after [`Tiles::sync`].
    ///
    /// # Errors
    /// The store cannot be written.
    fn write(&mut self, path: &str, bytes: &[u8]) -> io::Result<()>;

    /// Makes everything written durable, files and the folders that name them.
    ///
    /// # Errors
    /// The store cannot promise it; then nothing written since the last time may be relied on.
    fn sync(&mut self) -> io::Result<()>;

    /// Every path there is, in order.
    ///
    /// # Errors
    /// The store cannot be read.
    fn list(&self) -> io::Result<Vec<String>>;
}

/// A log in memory.
#[derive(Clone, Debug, Default)]
pub struct Memory(pub BTreeMap<String, Vec<u8>>);

impl Tiles for Memory {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        Ok(self.0.get(path).cloned())
    }

    fn write(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.0.insert(path.to_owned(), bytes.to_vec());
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn list(&self) -> io::Result<Vec<String>> {
        Ok(self.0.keys().cloned().collect())
    }
}

/// A log in a folder, as a web server can serve it and `rsync` can mirror it.
#[derive(Debug)]
pub struct Directory {
    root: PathBuf,
    written: BTreeSet<PathBuf>,
}

/// The ending of a file that is being written; after a crash it may lie about and means nothing.
const UNFINISHED: &str = ".unfinished";

impl Directory {
    /// The log below this folder; the folder is made with the first file.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), written: BTreeSet::new() }
    }

    /// The file of a path. Paths come from this crate, but a folder is left by nobody's path.
    fn file(&self, path: &str) -> io::Result<PathBuf> {
        let plain = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        if path.is_empty() || !plain || path.ends_with(UNFINISHED) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{path:?} is no path of a log")));
        }
        Ok(self.root.join(path))
    }

    fn collect(&self, folder: &Path, found: &mut Vec<String>) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                self.collect(&entry.path(), found)?;
            } else if let Ok(below) = entry.path().strip_prefix(&self.root) {
                let path = below.to_string_lossy().into_owned();
                if !path.ends_with(UNFINISHED) {
                    found.push(path);
                }
            }
        }
        Ok(())
    }
}

impl Tiles for Directory {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.file(path)?) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn write(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let file = self.file(path)?;
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut name = file.clone().into_os_string();
        name.push(UNFINISHED);
        let unfinished = PathBuf::from(name);
        let mut out = File::create(&unfinished)?;
        out.write_all(bytes)?;
        // On the disk before it has its name: a power cut leaves a file whole, or the old one, or none, and never a torn one
        // that an audit would take for a changed one.
        out.sync_all()?;
        drop(out);
        fs::rename(&unfinished, &file)?;
        self.written.insert(file);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut folders = BTreeSet::new();
        for file in &self.written {
            folders.extend(
                file.ancestors().skip(1).take_while(|folder| folder.starts_with(&self.root)).map(Path::to_owned),
            );
        }
        // The folder above names the log's own folder, which may be new.
        if let Some(above) = self.root.parent().filter(|above| !self.written.is_empty() && above.is_dir()) {
            folders.insert(above.to_owned());
        }
        for folder in folders.iter().rev() {
            File::open(folder)?.sync_all()?;
        }
        self.written.clear();
        Ok(())
    }

    fn list(&self) -> io::Result<Vec<String>> {
        let mut found = Vec::new();
        if self.root.is_dir() {
            self.collect(&self.root, &mut found)?;
        }
        found.sort();
        Ok(found)
    }
}
