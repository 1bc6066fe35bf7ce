//! Keyed hashes: HMAC-SHA-256 under the installation's secret, cut to 16 bytes, a domain for each family of data.
//!
//! **Invariant:** the same text in two families has two hashes that nobody can connect without the secret.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;

/// The installation's secret.
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl Secret {
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The hash of `value` in `family`.
    pub fn hash(&self, family: &str, value: &str) -> Key {
        let mut key = [0; Key::LENGTH];
        key.copy_from_slice(&self.digest(family, value)[..Key::LENGTH]);
        Key(key)
    }

    /// All 32 bytes, for codes that are derived and not kept.
    pub fn digest(&self, family: &str, value: &str) -> [u8; 32] {
        // An HMAC takes a key of any length: there is no error to meet.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return [0; 32] };
        mac.update(b"sijian/matching/1\0");
        mac.update(family.as_bytes());
        mac.update(b"\0");
        mac.update(value.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

/// The secret is in no log.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A fingerprint.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub [u8; Key::LENGTH]);

impl Key {
    /// Long enough that two values of a country never meet by chance.
    pub const LENGTH: usize = 16;
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
