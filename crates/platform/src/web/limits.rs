//! How often one address may ask for what costs or what could be guessed at.

use crate::fail::Fail;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;

/// Verifications of one address a minute: a clerk with a pile of opinions stays below, a program guessing codes does not.
const VERIFY_A_MINUTE: NonZeroU32 = NonZeroU32::new(60).unwrap();
/// Sign-ins tried from one address a minute; an office behind one address stays below.
const SIGN_IN_A_MINUTE: NonZeroU32 = NonZeroU32::new(40).unwrap();
/// Looks at where a case stands from one address a minute: a waiting room behind one address stays below.
const TRACK_A_MINUTE: NonZeroU32 = NonZeroU32::new(30).unwrap();

/// Requests of one token a minute: a nightly run over a busy institution's cases stays below, a program in a loop does not.
const API_A_MINUTE: NonZeroU32 = NonZeroU32::new(600).unwrap();

/// Lists taken as files from one address a minute by who is not signed in: each is written down.
const EXPORT_A_MINUTE: NonZeroU32 = NonZeroU32::new(10).unwrap();

pub struct Limits {
    export: DefaultKeyedRateLimiter<IpAddr>,
    verify: DefaultKeyedRateLimiter<IpAddr>,
    sign_in: DefaultKeyedRateLimiter<IpAddr>,
    track: DefaultKeyedRateLimiter<IpAddr>,
    api: DefaultKeyedRateLimiter<String>,
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}

impl Limits {
    pub fn new() -> Self {
        Self {
            export: RateLimiter::keyed(Quota::per_minute(EXPORT_A_MINUTE)),
            verify: RateLimiter::keyed(Quota::per_minute(VERIFY_A_MINUTE)),
            sign_in: RateLimiter::keyed(Quota::per_minute(SIGN_IN_A_MINUTE)),
            track: RateLimiter::keyed(Quota::per_minute(TRACK_A_MINUTE)),
            api: RateLimiter::keyed(Quota::per_minute(API_A_MINUTE)),
        }
    }

    /// # Errors
    /// [`Fail::TooMany`] with the seconds to wait.
    pub fn verify(&self, ip: IpAddr) -> Result<(), Fail> {
        check(&self.verify, ip)
    }

    /// # Errors
    /// [`Fail::TooMany`] with the seconds to wait.
    pub fn sign_in(&self, ip: IpAddr) -> Result<(), Fail> {
        check(&self.sign_in, ip)
    }

    /// # Errors
    /// [`Fail::TooMany`] with the seconds to wait.
    pub fn track(&self, ip: IpAddr) -> Result<(), Fail> {
        check(&self.track, ip)
    }

    /// # Errors
    /// [`Fail::TooMany`] with the seconds to wait.
    pub fn export(&self, ip: IpAddr) -> Result<(), Fail> {
        check(&self.export, ip)
    }

    /// # Errors
    /// [`Fail::TooMany`] with the seconds to wait.
    pub fn api(&self, token_id: &str) -> Result<(), Fail> {
        check(&self.api, token_id.to_owned())
    }
}

fn check<K: Hash + Eq + Clone>(limiter: &DefaultKeyedRateLimiter<K>, who: K) -> Result<(), Fail> {
    // Addresses that have been quiet are forgotten, or a scan over many addresses would fill the memory.
    if limiter.len() > 10_000 {
        limiter.retain_recent();
    }
    limiter
        .check_key(&who)
        .map_err(|early| Fail::TooMany(early.wait_time_from(DefaultClock::default().now()).as_secs() + 1))
}
