//! C2SP signed-note: a text with signature lines, and the keys that make and check them.
//!
//! **Invariant:** a text counts for nothing before [`Note::verify`] named the keys that signed it; a known key whose
//! signature does not hold spoils the whole note, an unknown key is ignored.

use crate::hash::{Hash, decode, encode};
use ed25519_dalek::{Signature as Ed25519, Signer as _, SigningKey, VerifyingKey};
use std::fmt;

/// Longest note in bytes: a checkpoint with its witnesses needs some thousand.
pub const NOTE_BYTES_MAX: usize = 64 * 1024;

/// Most signatures on a note; the specification asks for at least 16.
pub const SIGNATURES_MAX: usize = 64;

/// What a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The text itself (type 0x01): a log's key.
    Log,
    /// The text and a time (type 0x04, `cosignature/v1`): a witness's key.
    Witness,
}

impl Kind {
    fn byte(self) -> u8 {
        match self {
            Self::Log => 0x01,
            Self::Witness => 0x04,
        }
    }

    fn from_byte(byte: u8) -> Option<Self> {
        [Self::Log, Self::Witness].into_iter().find(|kind| kind.byte() == byte)
    }
}

/// What is wrong with a note or a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoteError {
    TooLarge,
    NoText,
    ControlSign,
    SignatureLine { line: String },
    NoSignature,
    TooManySignatures,
    KeyName { name: String },
    Key { why: &'static str },
    KeyKind { kind: u8 },
    KeyId { name: String },
    BadSignature { name: String },
    NotSigned { wanted: String },
    Time,
}

impl fmt::Display for NoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => {
                write!(f, "the signed text is longer than {NOTE_BYTES_MAX} bytes; take the original file")
            }
            Self::NoText => {
                write!(f, "this is no signed text: before the signatures there is no text with an empty line after it")
            }
            Self::ControlSign => write!(
                f,
                "the signed text contains a control character or is not UTF-8; take the original file, unconverted"
            ),
            Self::SignatureLine { line } => write!(f, "this line is no signature: {line:?}"),
            Self::NoSignature => write!(f, "the text carries no signature"),
            Self::TooManySignatures => write!(f, "the text carries more than {SIGNATURES_MAX} signatures"),
            Self::KeyName { name } => {
                write!(f, "{name:?} cannot name a key: it must not be empty nor contain spaces or a plus sign")
            }
            Self::Key { why } => write!(f, "the key cannot be read: {why}"),
            Self::KeyKind { kind } => write!(
                f,
                "the key is of type 0x{kind:02x}; here 0x01 (log) and 0x04 (witness), Ed25519, are understood"
            ),
            Self::KeyId { name } => write!(
                f,
                "the key of {name} carries an identifier that does not belong to it; copy it again from its source"
            ),
            Self::BadSignature { name } => {
                write!(f, "the signature of {name} does not belong to this text: the text or the signature was changed")
            }
            Self::NotSigned { wanted } => write!(f, "the text is not signed by {wanted}"),
            Self::Time => write!(f, "the time of a cosignature is out of range"),
        }
    }
}

impl std::error::Error for NoteError {}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|sign: char| sign.is_whitespace() || sign.is_control() || sign == '+')
}

fn key_id(name: &str, kind: Kind, key: &[u8; 32]) -> [u8; 4] {
    let mut bytes = name.as_bytes().to_vec();
    bytes.extend([b'\n', kind.byte()]);
    bytes.extend(key);
    let hash = Hash::of(&bytes).0;
    [hash[0], hash[1], hash[2], hash[3]]
}

fn hex(id: [u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(id))
}

/// A public key with its name: who may have signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    kind: Kind,
    id: [u8; 4],
    key: VerifyingKey,
}

impl VerifierKey {
    fn new(name: &str, kind: Kind, key: VerifyingKey) -> Result<Self, NoteError> {
        if !is_name(name) {
            return Err(NoteError::KeyName { name: name.to_owned() });
        }
        if key.is_weak() {
            return Err(NoteError::Key { why: "it is one of the few that anyone can sign for" });
        }
        Ok(Self { name: name.to_owned(), kind, id: key_id(name, kind, key.as_bytes()), key })
    }

    /// Reads a vkey: `<name>+<id, 8 hex digits>+<base64 of type and key>`.
    ///
    /// # Errors
    /// What of it cannot be read, or an identifier that is not the key's.
    pub fn parse(vkey: &str) -> Result<Self, NoteError> {
        let (name, rest) = vkey.split_once('+').ok_or(NoteError::Key { why: "it is not name+identifier+key" })?;
        let (id, key) = rest.split_once('+').ok_or(NoteError::Key { why: "it is not name+identifier+key" })?;
        let bytes = decode(key).ok_or(NoteError::Key { why: "its last part is no base64" })?;
        let (kind, key) = bytes.split_first().ok_or(NoteError::Key { why: "its last part is empty" })?;
        let kind = Kind::from_byte(*kind).ok_or(NoteError::KeyKind { kind: *kind })?;
        let key = <[u8; 32]>::try_from(key).map_err(|_| NoteError::Key { why: "an Ed25519 key has 32 bytes" })?;
        let key = VerifyingKey::from_bytes(&key).map_err(|_| NoteError::Key { why: "it is no point of the curve" })?;
        let made = Self::new(name, kind, key)?;
        if hex(made.id) == id { Ok(made) } else { Err(NoteError::KeyId { name: made.name }) }
    }

    /// The name: for a log its origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it signs.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The bare public key, 32 bytes: two keys are the same if these are.
    pub fn public(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// Whether the signature line is this key's, by name and identifier.
    fn made(&self, signature: &Signature) -> bool {
        signature.name == self.name && signature.id == self.id
    }

    /// Checks one signature; the time of a cosignature in seconds since 1970, `None` for a log's.
    fn check(&self, text: &str, signature: &Signature) -> Result<Option<u64>, NoteError> {
        let bad = || NoteError::BadSignature { name: self.name.clone() };
        let (time, bytes) = match self.kind {
            Kind::Log => (None, signature.bytes.as_slice()),
            Kind::Witness => {
                let (time, rest) = signature.bytes.split_first_chunk::<8>().ok_or_else(bad)?;
                (Some(u64::from_be_bytes(*time)), rest)
            }
        };
        if time.is_some_and(|time| time > i64::MAX as u64) {
            return Err(NoteError::Time);
        }
        let signed = Ed25519::from_slice(bytes).map_err(|_| bad())?;
        let message = time.map_or_else(|| text.to_owned(), |time| cosigned(time, text));
        self.key.verify_strict(message.as_bytes(), &signed).map_err(|_| bad())?;
        Ok(time)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![self.kind.byte()];
        bytes.extend(self.key.as_bytes());
        write!(f, "{}+{}+{}", self.name, hex(self.id), encode(&bytes))
    }
}

/// What a witness signs: the time and the whole text.
fn cosigned(time: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// A secret key with its name. `Debug` shows the public half only.
#[derive(Clone)]
pub struct Signer {
    verifier: VerifierKey,
    secret: SigningKey,
}

impl Signer {
    /// The key that follows from 32 random bytes, which the caller draws and keeps.
    ///
    /// # Errors
    /// A name that no key may have.
    pub fn from_seed(name: &str, kind: Kind, seed: &[u8; 32]) -> Result<Self, NoteError> {
        let secret = SigningKey::from_bytes(seed);
        Ok(Self { verifier: VerifierKey::new(name, kind, secret.verifying_key())?, secret })
    }

    /// Its public half.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Signs a text as a log.
    ///
    /// # Errors
    /// [`NoteError::KeyKind`] for a witness's key.
    pub fn sign(&self, text: &str) -> Result<Signature, NoteError> {
        self.only(Kind::Log)?;
        Ok(self.line(self.secret.sign(text.as_bytes()).to_bytes().to_vec()))
    }

    /// Signs a text as a witness, at a time in seconds since 1970.
    ///
    /// # Errors
    /// [`NoteError::KeyKind`] for a log's key, [`NoteError::Time`] beyond 2^63 − 1.
    pub fn cosign(&self, text: &str, time: u64) -> Result<Signature, NoteError> {
        self.only(Kind::Witness)?;
        if time > i64::MAX as u64 {
            return Err(NoteError::Time);
        }
        let mut bytes = time.to_be_bytes().to_vec();
        bytes.extend(self.secret.sign(cosigned(time, text).as_bytes()).to_bytes());
        Ok(self.line(bytes))
    }

    fn only(&self, kind: Kind) -> Result<(), NoteError> {
        if self.verifier.kind == kind { Ok(()) } else { Err(NoteError::KeyKind { kind: self.verifier.kind.byte() }) }
    }

    fn line(&self, bytes: Vec<u8>) -> Signature {
        Signature { name: self.verifier.name.clone(), id: self.verifier.id, bytes }
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Signer").field(&self.verifier).finish()
    }
}

/// One signature line: `— <name> <base64 of identifier and signature>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    pub name: String,
    pub id: [u8; 4],
    pub bytes: Vec<u8>,
}

impl Signature {
    /// Reads a line without its line end.
    ///
    /// # Errors
    /// [`NoteError::SignatureLine`].
    pub fn parse(line: &str) -> Result<Self, NoteError> {
        let read = || {
            let (name, bytes) = line.strip_prefix("— ")?.split_once(' ')?;
            let bytes = decode(bytes)?;
            let (id, bytes) = bytes.split_first_chunk::<4>()?;
            (is_name(name) && !bytes.is_empty()).then(|| Self { name: name.to_owned(), id: *id, bytes: bytes.to_vec() })
        };
        read().ok_or_else(|| NoteError::SignatureLine { line: line.chars().take(120).collect() })
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "— {} {}", self.name, encode(&[self.id.as_slice(), &self.bytes].concat()))
    }
}

/// A signature that holds: whose it is, and for a witness when it was made (seconds since 1970).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    pub key: VerifierKey,
    pub time: Option<u64>,
}

/// A text and its signature lines, none of them checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The signed text, with its last line end.
    pub text: String,
    pub signatures: Vec<Signature>,
}

impl Note {
    /// Reads a note.
    ///
    /// # Errors
    /// What of it is not as signed-note demands.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > NOTE_BYTES_MAX {
            return Err(NoteError::TooLarge);
        }
        let whole = std::str::from_utf8(bytes).map_err(|_| NoteError::ControlSign)?;
        if whole.bytes().any(|byte| byte < 0x20 && byte != b'\n') {
            return Err(NoteError::ControlSign);
        }
        let at = whole.rfind("\n\n").filter(|at| *at > 0).ok_or(NoteError::NoText)?;
        let (text, lines) = (&whole[..=at], &whole[at + 2..]);
        let lines = lines.strip_suffix('\n').ok_or(NoteError::NoSignature)?;
        let signatures = lines.split('\n').map(Signature::parse).collect::<Result<Vec<_>, _>>()?;
        if signatures.len() > SIGNATURES_MAX {
            return Err(NoteError::TooManySignatures);
        }
        Ok(Self { text: text.to_owned(), signatures })
    }

    /// The signatures of these keys. Each key is named once, in the order of the keys.
    ///
    /// # Errors
    /// [`NoteError::BadSignature`] if one of the keys' signatures does not hold.
    pub fn verify(&self, keys: &[VerifierKey]) -> Result<Vec<Signed>, NoteError> {
        let mut held = Vec::new();
        for key in keys {
            let mut time = None;
            for signature in self.signatures.iter().filter(|signature| key.made(signature)) {
                let checked = key.check(&self.text, signature)?;
                // A witness that signed twice is counted once, with its latest time.
                time = Some(time.unwrap_or(None).max(checked));
            }
            if let Some(time) = time {
                held.push(Signed { key: key.clone(), time });
            }
        }
        Ok(held)
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}
