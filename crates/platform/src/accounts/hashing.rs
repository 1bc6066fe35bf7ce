//! Argon2id, on a bounded number of threads: a flood of sign-ins queues instead of taking the machine.
//!
//! **Invariant:** a comparison costs the same whether the login exists or not; see [`matches`].

use crate::fail::Fail;
use anyhow::anyhow;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use std::sync::{LazyLock, OnceLock};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// OWASP's first choice for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
/// Longest wait for a thread; behind it stand so many others that trying again later is kinder.
const PATIENCE: Duration = Duration::from_secs(10);

static THREADS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(1, usize::from)));

fn argon2() -> anyhow::Result<Argon2<'static>> {
    // Unit tests sign in hundreds of times; what they test is not the price of a guess.
    let (memory, passes) = if cfg!(test) { (64, 1) } else { (MEMORY_KIB, PASSES) };
    let params = Params::new(memory, passes, 1, None).map_err(|error| anyhow!("argon2 parameters: {error}"))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The hash of a password, computed here and now: for the demo's hundreds of accounts that share one, and for tests.
/// Requests use [`hash`].
///
/// # Errors
/// No randomness to be had for the salt.
pub fn hash_once(password: &str) -> anyhow::Result<String> {
    let password = super::passwords::clean(password);
    let salt: [u8; 16] = rand::random();
    let hash: PasswordHash = argon2()?
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(|error| anyhow!("a password could not be hashed: {error}"))?;
    Ok(hash.to_string())
}

/// The hash of a new password.
pub(super) async fn hash(password: &str) -> Result<String, Fail> {
    let password = password.to_owned();
    let _permit = permit().await?;
    on_thread(move || hash_once(&password)).await
}

/// Whether the password is the one hashed. Without a hash — no such login, or none set yet — a dummy is compared, so that
/// the time taken tells nothing, and the answer is no.
pub(super) async fn matches(password: &str, stored: Option<&str>) -> Result<bool, Fail> {
    let (password, stored) = (super::passwords::clean(password), stored.map(str::to_owned));
    let _permit = permit().await?;
    on_thread(move || {
        let exists = stored.is_some();
        let stored = match stored {
            Some(stored) => stored,
            None => dummy()?.to_owned(),
        };
        let parsed =
            PasswordHash::new(&stored).map_err(|error| anyhow!("a stored password hash cannot be read: {error}"))?;
        let right = Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok();
        Ok(right && exists)
    })
    .await
}

fn dummy() -> anyhow::Result<&'static str> {
    static DUMMY: OnceLock<String> = OnceLock::new();
    if let Some(hash) = DUMMY.get() {
        return Ok(hash);
    }
    let hash = hash_once(&hex::encode(rand::random::<[u8; 16]>()))?;
    Ok(DUMMY.get_or_init(|| hash))
}

async fn permit() -> Result<SemaphorePermit<'static>, Fail> {
    match tokio::time::timeout(PATIENCE, THREADS.acquire()).await {
        Ok(Ok(permit)) => Ok(permit),
        _ => Err(Fail::Busy),
    }
}

async fn on_thread<T: Send + 'static>(work: impl FnOnce() -> anyhow::Result<T> + Send + 'static) -> Result<T, Fail> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|error| Fail::Internal(error.into()))?;
    done.map_err(Fail::Internal)
}
