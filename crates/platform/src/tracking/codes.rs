//! Number and short code of a case: who has both may see where it stands.
//!
//! **Invariant:** an unknown number, a wrong code and a number tried too often answer alike, and take the same way.

use crate::app::App;
use crate::cases::elsewhere::key;
use crate::cases::progress::{self, Progress};
use crate::cases::{SIGNS, Scope, store};
use crate::db::{Conn, DbError};
use crate::fail::Fail;
use crate::values;
use crate::web::Signed;
use jiff::{Timestamp, ToSpan};
use matching::Secret;

/// Signs of a short code: 40 bits, far beyond ten tries an hour.
const CODE_SIGNS: usize = 8;
/// Wrong codes for one number an hour, after which it answers nobody.
const MISSES_MAX: i64 = 10;
/// Signs that are looked at of what was typed.
const TYPED_MAX: usize = 32;

/// The case of number and code. A number that exists and one that does not take the same way.
pub async fn look_up(app: &App, number: &str, code: &str) -> Result<Option<Progress>, Fail> {
    let secret = secret(app)?;
    let now = app.clock.now();
    let mut conn = app.db.read().await?;
    let misses = conn
        .count(
            "select count(*) from tracking_miss where number = $1 and missed_at > $2",
            values![number, an_hour_before(now)],
        )
        .await?;
    let found = progress::progress(&mut conn, number).await?;
    drop(conn);
    let is_right = same(&code_of(&secret, number), code);
    if misses < MISSES_MAX && is_right && found.is_some() {
        return Ok(found);
    }
    if misses < MISSES_MAX {
        let mut conn = app.db.write().await?;
        miss(&mut conn, number, now).await?;
        conn.commit().await?;
    }
    Ok(None)
}

async fn miss(conn: &mut Conn, number: &str, now: Timestamp) -> Result<(), DbError> {
    conn.run("delete from tracking_miss where missed_at <= $1", values![an_hour_before(now)]).await?;
    conn.run("insert into tracking_miss (number, missed_at) values ($1, $2)", values![number, now]).await?;
    Ok(())
}

fn an_hour_before(now: Timestamp) -> Timestamp {
    now.checked_sub(1.hour()).unwrap_or(now)
}

fn secret(app: &App) -> Result<Secret, Fail> {
    key::load(&app.config.data, "tracking").map_err(|error| Fail::Internal(error.into()))
}

/// The short code of a number: derived, kept nowhere.
fn code_of(secret: &Secret, number: &str) -> String {
    let digest = secret.digest("tracking-code", number);
    digest[..CODE_SIGNS].iter().map(|byte| char::from(SIGNS[usize::from(byte % 32)])).collect()
}

/// Compares every sign, so that the time tells nothing of how many are right.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |differs, (x, y)| differs | (x ^ y)) == 0
}

/// What was typed, as it is stored: capitals, no gaps, letters taken for digits put right (Crockford).
pub fn normalised(typed: &str) -> String {
    typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|sign| match sign.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .take(TYPED_MAX)
        .collect()
}

pub fn grouped(text: &str, by: usize) -> String {
    text.as_bytes().chunks(by).map(String::from_utf8_lossy).collect::<Vec<_>>().join("-")
}

/// Number and code of a case, for those who see the case: they know more than the page tells.
pub async fn of_case(app: &App, who: &Signed, id: &str) -> Result<(String, String), Fail> {
    let mut conn = app.db.read().await?;
    store::find(&mut conn, &Scope::of(&who.actor)?, id).await?;
    let number = progress::number_of(&mut conn, id).await?.ok_or(Fail::NotFound)?;
    let code = code_of(&secret(app)?, &number);
    Ok((number, code))
}
