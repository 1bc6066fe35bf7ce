//! How long an account waits after wrong passwords and codes. Pure.
//!
//! An outsider must not be able to keep the owner out: an address from which the account has been signed in to within
//! [`KNOWN_FOR`] waits only for wrong tries of its own (`gate.rs` hands in the tries that count).

use jiff::{SignedDuration, Timestamp};

/// Wrong tries within [`WINDOW`] that close the account.
pub const TRIES: usize = 5;
const WINDOW: SignedDuration = SignedDuration::from_mins(15);
const FIRST_WAIT: SignedDuration = SignedDuration::from_mins(1);
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(30);
/// Older tries are forgotten.
pub const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// For so long an address from which the account was signed in to is known.
pub const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(24 * 30);
/// More tries than these change nothing: the wait is at its longest long before.
pub const TRIES_READ: i64 = 64;

/// Until when an account is closed after these wrong tries, oldest first, none of them made while it was closed. The
/// fifth within a quarter of an hour closes it for a minute; each further one for twice as long as before.
pub fn closed_until(wrong: &[Timestamp]) -> Option<Timestamp> {
    let mut wait: Option<SignedDuration> = None;
    let mut until = None;
    for (n, at) in wrong.iter().enumerate() {
        wait = match wait {
            Some(before) => Some((before + before).min(LONGEST_WAIT)),
            None => {
                let fifth_last = (n + 1).checked_sub(TRIES).and_then(|first| wrong.get(first));
                fifth_last.is_some_and(|first| at.duration_since(*first) <= WINDOW).then_some(FIRST_WAIT)
            }
        };
        until = wait.and_then(|wait| at.checked_add(wait).ok());
    }
    until
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
    }

    #[test]
    fn the_wait_doubles_up_to_half_an_hour() {
        for (wrong, until, why) in [
            (&[][..], None, "nothing wrong"),
            (&[0, 1, 2, 3], None, "four tries are allowed"),
            (&[0, 1, 2, 3, 4], Some(5), "the fifth closes for a minute"),
            (&[0, 1, 2, 3, 15], Some(16), "a quarter of an hour, both ends in"),
            (&[0, 1, 2, 3, 16], None, "spread over more than a quarter of an hour"),
            (&[0, 1, 2, 3, 4, 6], Some(8), "then two minutes"),
            (&[0, 1, 2, 3, 4, 6, 60], Some(64), "then four, however late"),
            (&[0, 1, 2, 3, 4, 6, 10, 20, 40, 80], Some(110), "at most half an hour"),
            (&[0, 1, 2, 3, 4, 6, 10, 20, 40, 80, 111, 142], Some(172), "and it stays there"),
            (&[0, 20, 40, 60, 80, 100], None, "slow tries never close it"),
        ] {
            let wrong: Vec<_> = wrong.iter().map(|minute| at(*minute)).collect();
            assert_eq!(closed_until(&wrong), until.map(at), "{why}");
        }
    }
}
