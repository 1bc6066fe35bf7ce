//! The checks of passwords and codes, with the waits that wrong ones bring. Sign-in, and whatever asks for the password
//! again, come through here.
//!
//! **Invariant:** a try counts under the account's lock: however many come at once, no more than five are judged.

use super::log::{self, Outcome};
use super::second_factor::{self, Code};
use super::store::{self, Account};
use super::{hashing, lockout};
use crate::app::App;
use crate::db::{Conn, DbError};
use crate::fail::Fail;
use jiff::{SignedDuration, Timestamp};
use std::net::IpAddr;

/// Wrong tries of one address on all accounts together within [`ADDRESS_WINDOW`]; guessing one password on many accounts
/// stops here.
const ADDRESS_TRIES: i64 = 20;
const ADDRESS_WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// What somebody is told to wait who has used up the address's tries.
const ADDRESS_WAIT_SECONDS: u64 = 300;

/// Judges a password. `account` is whom the typed login belongs to, if anybody.
///
/// Right, it returns the writing transaction with the account locked and as it stands; else the try is recorded and
/// nothing tells the caller why it failed, for the answer must be the same to everybody.
///
/// # Errors
/// [`Fail::TooMany`] for an address that tries too often, [`Fail::Busy`] when too many are being checked.
pub(super) async fn password(
    app: &App,
    account: Option<&Account>,
    typed: &str,
    password: &str,
    ip: IpAddr,
    now: Timestamp,
) -> Result<Option<(Conn, Account)>, Fail> {
    address_may_try(app, ip, now).await?;
    let usable = account.filter(|account| account.disabled_at.is_none());
    let stored = usable.and_then(|account| account.password_hash.as_deref());
    let right = hashing::matches(password, stored).await?;

    let mut conn = app.db.write().await?;
    let locked = match account {
        Some(account) => store::lock(&mut conn, &account.id).await?,
        None => None,
    };
    let address = ip.to_string();
    let outcome = match &locked {
        None => Outcome::UnknownLogin,
        Some(locked) if locked.disabled_at.is_some() => Outcome::Disabled,
        Some(locked) if is_closed(&mut conn, locked, &address, now).await? => Outcome::Closed,
        // The password may have been changed while this one was being judged.
        Some(locked) if right && locked.password_hash.as_deref() == stored => return Ok(Some((conn, locked.clone()))),
        Some(_) => Outcome::WrongPassword,
    };
    log::write_attempt(&mut conn, locked.as_ref(), typed, &address, outcome, now).await?;
    conn.commit().await?;
    Ok(None)
}

/// Judges the code of the second factor of a locked account, and uses it up. Wrong, the try is recorded; the caller
/// commits either way.
pub(super) async fn code(
    app: &App,
    conn: &mut Conn,
    account: &Account,
    typed: &str,
    ip: IpAddr,
    now: Timestamp,
) -> Result<Code, Fail> {
    let address = ip.to_string();
    let judged = if is_closed(conn, account, &address, now).await? {
        None
    } else {
        Some(second_factor::spend(app, conn, &account.id, typed, now).await?)
    };
    let outcome = match judged {
        Some(Code::Wrong) => Outcome::WrongCode,
        Some(right) => return Ok(right),
        None => Outcome::Closed,
    };
    log::write_attempt(conn, Some(account), "", &address, outcome, now).await?;
    Ok(Code::Wrong)
}

/// Refuses an address that has tried too often, by its rate and by what it got wrong.
pub(super) async fn address_may_try(app: &App, ip: IpAddr, now: Timestamp) -> Result<(), Fail> {
    app.limits.sign_in(ip)?;
    // The loopback address is a proxy's on the same machine, behind which everybody comes.
    if ip.is_loopback() {
        return Ok(());
    }
    let wrong = log::wrong_from(&mut app.db.read().await?, &ip.to_string(), ADDRESS_WINDOW, now).await?;
    if wrong >= ADDRESS_TRIES { Err(Fail::TooMany(ADDRESS_WAIT_SECONDS)) } else { Ok(()) }
}

pub(super) async fn is_closed(
    conn: &mut Conn,
    account: &Account,
    address: &str,
    now: Timestamp,
) -> Result<bool, DbError> {
    // So that nobody can keep the owner out by guessing: an address that is known waits for its own mistakes only.
    let known = log::is_known_address(conn, &account.id, address, now).await?;
    let wrong = log::wrong_tries(conn, &account.id, known.then_some(address), now).await?;
    Ok(lockout::closed_until(&wrong).is_some_and(|until| now < until))
}
