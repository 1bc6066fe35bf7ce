//! C2SP tlog-checkpoint: what a log signs of itself: its name, how many entries it has, and their root.
//!
//! **Invariant:** a [`Head`] was signed by the log it names; there is no way to make one from an unsigned or wrongly signed
//! text.

use crate::hash::{Hash, decimal};
use crate::note::{Note, NoteError, Signature, Signed, Signer, VerifierKey};
use std::fmt;

/// The text of a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name, unique in the world: a URL without its scheme.
    pub origin: String,
    /// The number of entries.
    pub size: u64,
    /// The root of the tree of them.
    pub root: Hash,
    /// Further lines, meaningless here; ours has none.
    pub extensions: Vec<String>,
}

/// What is wrong with a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckpointError {
    Note(NoteError),
    Lines,
    Size { line: String },
    Root { line: String },
    EmptyLog,
    Origin { origin: String, wanted: String },
}

impl fmt::Display for CheckpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Note(error) => error.fmt(f),
            Self::Lines => write!(f, "a checkpoint has at least three lines (name, size, root), none of them empty"),
            Self::Size { line } => {
                write!(f, "the checkpoint's second line must be the number of entries, not {line:?}")
            }
            Self::Root { line } => {
                write!(f, "the checkpoint's third line must be the root (32 bytes in base64), not {line:?}")
            }
            Self::EmptyLog => write!(f, "the checkpoint gives an empty log a root that an empty log does not have"),
            Self::Origin { origin, wanted } => {
                write!(f, "this is a checkpoint of the log {origin:?}, not of {wanted:?}")
            }
        }
    }
}

impl std::error::Error for CheckpointError {}

impl From<NoteError> for CheckpointError {
    fn from(error: NoteError) -> Self {
        Self::Note(error)
    }
}

impl Checkpoint {
    /// Reads the text of a checkpoint, with its last line end, without signatures.
    ///
    /// # Errors
    /// What of it is not as tlog-checkpoint demands.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.strip_suffix('\n').ok_or(CheckpointError::Lines)?.split('\n');
        let mut next = || lines.next().filter(|line| !line.is_empty()).ok_or(CheckpointError::Lines);
        let (origin, size, root) = (next()?, next()?, next()?);
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        if extensions.iter().any(String::is_empty) {
            return Err(CheckpointError::Lines);
        }
        let size = decimal(size).ok_or_else(|| CheckpointError::Size { line: size.to_owned() })?;
        let root = Hash::from_base64(root).ok_or_else(|| CheckpointError::Root { line: root.to_owned() })?;
        if size == 0 && root != Hash::empty_root() {
            return Err(CheckpointError::EmptyLog);
        }
        Ok(Self { origin: origin.to_owned(), size, root, extensions })
    }

    /// Signs it as the log.
    ///
    /// # Errors
    /// A witness's key, or the key of another log.
    pub fn sign(&self, signer: &Signer) -> Result<Head, CheckpointError> {
        let wanted = signer.verifier().name();
        if wanted != self.origin {
            return Err(CheckpointError::Origin { origin: self.origin.clone(), wanted: wanted.to_owned() });
        }
        let text = self.to_string();
        let signature = signer.sign(&text)?;
        Ok(Head { checkpoint: self.clone(), note: Note { text, signatures: vec![signature] } })
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root)?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// A checkpoint with the log's signature, which holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    checkpoint: Checkpoint,
    note: Note,
}

impl Head {
    /// Reads a signed checkpoint of the log with this key.
    ///
    /// # Errors
    /// It is none, names another log, or is not signed by that key.
    pub fn open(bytes: &[u8], log: &VerifierKey) -> Result<Self, CheckpointError> {
        let note = Note::parse(bytes)?;
        let checkpoint = Checkpoint::parse(&note.text)?;
        if checkpoint.origin != log.name() {
            return Err(CheckpointError::Origin { origin: checkpoint.origin, wanted: log.name().to_owned() });
        }
        if note.verify(std::slice::from_ref(log))?.is_empty() {
            return Err(NoteError::NotSigned { wanted: log.to_string() }.into());
        }
        Ok(Self { checkpoint, note })
    }

    /// What was signed.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The text that a witness cosigns.
    pub fn body(&self) -> &str {
        &self.note.text
    }

    /// Those of the keys whose signature it carries.
    ///
    /// # Errors
    /// [`NoteError::BadSignature`] if one of theirs does not hold.
    pub fn signed_by(&self, keys: &[VerifierKey]) -> Result<Vec<Signed>, NoteError> {
        self.note.verify(keys)
    }

    /// The same with cosignature lines of these witnesses added, as a witness answers them; those of others are left out.
    ///
    /// # Errors
    /// A line that is no signature, or a witness's that does not hold.
    pub fn with_cosignatures(&self, lines: &str, witnesses: &[VerifierKey]) -> Result<Self, NoteError> {
        let mut head = self.clone();
        for line in lines.lines() {
            let signature = Signature::parse(line)?;
            let one = Note { text: self.note.text.clone(), signatures: vec![signature.clone()] };
            if !one.verify(witnesses)?.is_empty() && !head.note.signatures.contains(&signature) {
                head.note.signatures.push(signature);
            }
        }
        Ok(head)
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}
