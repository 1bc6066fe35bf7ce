//! The second factor: a program on the person's telephone that makes six digits every half minute (RFC 6238), and ten
//! recovery codes for the day the telephone is gone.
//!
//! **Invariant:** no code opens anything twice: the newest step used is stored, a used recovery code is marked, both in the
//! transaction that lets the person in.
//!
//! The secret lies locked under the operator's master key: whoever reads the database, or a copy of it, can make no codes.
//! Recovery codes have 120 bits, so their plain SHA-256 cannot be searched (ASVS 5.0 §6.5.2).

use super::sessions::{Session, hashed};
use crate::app::App;
use crate::db::{Conn, DbError};
use crate::fail::Fail;
use crate::master_key;
use crate::values;
use anyhow::anyhow;
use jiff::Timestamp;
use qrcode::QrCode;
use qrcode::render::svg;
use totp_rs::{Builder, Secret, Totp};

const RECOVERY_CODES: usize = 10;
const SECRET_BYTES: usize = 20;
/// RFC 4648, as telephones and people read it.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// 160 random bits, as RFC 4226 recommends.
pub(super) fn new_secret() -> Vec<u8> {
    rand::random::<[u8; SECRET_BYTES]>().to_vec()
}

fn totp(secret: &[u8]) -> Result<Totp, Fail> {
    // The builder's own defaults — SHA-1, six digits, thirty seconds, one step of tolerance — are what programs know.
    let built = Builder::new().with_secret(secret.to_vec()).build();
    built.map_err(|error| Fail::Internal(anyhow!("the second factor's secret cannot be used: {error}")))
}

/// What a telephone needs to know: a picture of the address, and the secret in groups of four for typing.
pub(super) struct Enrolment {
    pub qr: String,
    pub secret: String,
}

pub(super) fn enrolment(secret: &[u8], login: &str) -> Result<Enrolment, Fail> {
    let base32 = Secret::from(secret.to_vec()).to_base32();
    let label: String = login.bytes().fold(String::new(), |all, byte| match byte {
        b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_' => all + &char::from(byte).to_string(),
        other => all + &format!("%{other:02X}"),
    });
    let url = format!("otpauth://totp/Sijian:{label}?secret={base32}&issuer=Sijian");
    let code = QrCode::new(url).map_err(|error| Fail::Internal(anyhow!("no QR code: {error}")))?;
    let picture = code.render::<svg::Color>().min_dimensions(220, 220).build();
    // Inside a page the picture goes without the prologue of a file.
    let qr = picture.find("<svg").map_or(String::new(), |start| picture[start..].to_owned());
    Ok(Enrolment { qr, secret: in_fours(&base32, ' ') })
}

fn in_fours(text: &str, between: char) -> String {
    let signs: Vec<char> = text.chars().collect();
    let groups: Vec<String> = signs.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join(&between.to_string())
}

/// The step that these six digits belong to, if they are right for now.
pub(super) fn step_of(secret: &[u8], digits: &str, now: Timestamp) -> Result<Option<i64>, Fail> {
    let seconds = u64::try_from(now.as_second()).unwrap_or_default();
    let step = totp(secret)?.check(&plain(digits), seconds);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

/// A code as it was meant: people type the spaces and dashes that they see.
fn plain(code: &str) -> String {
    code.chars().filter(|sign| sign.is_alphanumeric()).collect::<String>().to_uppercase()
}

/// Turns the second factor on, its confirming step used up, and returns the recovery codes, which are shown once.
pub(super) async fn turn_on(
    app: &App,
    conn: &mut Conn,
    account_id: &str,
    secret: &[u8],
    step: i64,
    now: Timestamp,
) -> Result<Vec<String>, Fail> {
    turn_off(conn, account_id).await?;
    let locked = master_key::lock(app, conn, &secret_of(account_id), secret).await.map_err(Fail::Internal)?;
    conn.run(
        "insert into second_factor (account_id, secret, last_step, confirmed_at) values ($1, $2, $3, $4)",
        values![account_id, locked.into_bytes(), step, now],
    )
    .await?;
    let mut codes = Vec::new();
    for _ in 0..RECOVERY_CODES {
        let code = new_recovery_code();
        conn.run(
            "insert into recovery_code (account_id, code_hash) values ($1, $2)",
            values![account_id, hashed(&plain(&code))],
        )
        .await?;
        codes.push(code);
    }
    Ok(codes)
}

fn new_recovery_code() -> String {
    let random: [u8; 24] = rand::random();
    let signs: String = random.iter().map(|byte| char::from(BASE32[usize::from(byte % 32)])).collect();
    in_fours(&signs, '-')
}

pub(super) async fn turn_off(conn: &mut Conn, account_id: &str) -> Result<(), DbError> {
    conn.run("delete from second_factor where account_id = $1", values![account_id]).await?;
    conn.run("delete from recovery_code where account_id = $1", values![account_id]).await?;
    Ok(())
}

pub(super) async fn recovery_codes_left(conn: &mut Conn, account_id: &str) -> Result<i64, DbError> {
    conn.count("select count(*) from recovery_code where account_id = $1 and used_at is null", values![account_id])
        .await
}

/// What an account's secret is called when it is locked.
fn secret_of(account_id: &str) -> String {
    format!("second_factor/{account_id}")
}

/// What a session's secret that is not confirmed yet is called.
fn pending_of(session_id: &str) -> String {
    format!("session/{session_id}")
}

/// Keeps the secret that an enrolment page shows, for as long as the session lives.
pub(super) async fn keep_pending(app: &App, conn: &mut Conn, session: &Session, secret: &[u8]) -> Result<(), Fail> {
    let locked = master_key::lock(app, conn, &pending_of(&session.id), secret).await.map_err(Fail::Internal)?;
    let sql = "update session set pending_secret = $1 where token_hash = $2";
    conn.run(sql, values![locked.into_bytes(), &session.token_hash]).await?;
    Ok(())
}

/// The secret that was shown in this session and is not confirmed yet.
pub(super) fn pending(app: &App, session: &Session) -> Result<Option<Vec<u8>>, Fail> {
    let kept = session.pending_secret.as_deref();
    kept.map(|kept| master_key::unlock(app, &pending_of(&session.id), kept)).transpose().map_err(Fail::Internal)
}

/// Locks the secrets that were kept in the clear before there was a lock.
pub(super) async fn lock_secrets(app: &App) -> anyhow::Result<()> {
    let mut conn = app.db.write().await?;
    for row in conn.all("select account_id, secret from second_factor order by account_id", &[]).await? {
        let (id, secret): (String, Vec<u8>) = (row.get("account_id")?, row.get("secret")?);
        if !master_key::is_locked(&secret) {
            let locked = master_key::lock(app, &mut conn, &secret_of(&id), &secret).await?;
            let sql = "update second_factor set secret = $2 where account_id = $1";
            conn.run(sql, values![id, locked.into_bytes()]).await?;
        }
    }
    let waiting = "select id, pending_secret from session where pending_secret is not null order by id";
    for row in conn.all(waiting, &[]).await? {
        let (id, secret): (String, Vec<u8>) = (row.get("id")?, row.get("pending_secret")?);
        if !master_key::is_locked(&secret) {
            let locked = master_key::lock(app, &mut conn, &pending_of(&id), &secret).await?;
            conn.run("update session set pending_secret = $2 where id = $1", values![id, locked.into_bytes()]).await?;
        }
    }
    conn.commit().await?;
    Ok(())
}

/// What a code turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    Digits,
    Recovery,
    Wrong,
}

/// Judges a code and uses it up.
pub(super) async fn spend(
    app: &App,
    conn: &mut Conn,
    account_id: &str,
    code: &str,
    now: Timestamp,
) -> Result<Code, Fail> {
    let row = conn.first("select secret from second_factor where account_id = $1", values![account_id]).await?;
    let Some(row) = row else { return Ok(Code::Wrong) };
    let kept: Vec<u8> = row.get("secret")?;
    let secret = master_key::unlock(app, &secret_of(account_id), &kept).map_err(Fail::Internal)?;
    if let Some(step) = step_of(&secret, code, now)? {
        let used = conn
            .run(
                "update second_factor set last_step = $1 where account_id = $2 and last_step < $1",
                values![step, account_id],
            )
            .await?;
        return Ok(if used == 1 { Code::Digits } else { Code::Wrong });
    }
    let used = conn
        .run(
            "update recovery_code set used_at = $1 where account_id = $2 and code_hash = $3 and used_at is null",
            values![now, account_id, hashed(&plain(code))],
        )
        .await?;
    Ok(if used == 1 { Code::Recovery } else { Code::Wrong })
}

#[cfg(test)]
pub(super) fn digits_at(secret: &[u8], now: Timestamp) -> String {
    let seconds = u64::try_from(now.as_second()).unwrap();
    totp(secret).unwrap().generate(seconds).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_those_of_rfc_6238() {
        // Appendix B, SHA-1, of which six digits are the last six.
        let secret = b"12345678901234567890";
        for (seconds, digits) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            let now = Timestamp::from_second(seconds).unwrap();
            assert_eq!(digits_at(secret, now), digits);
            assert_eq!(step_of(secret, digits, now).unwrap(), Some(seconds / 30));
            assert_eq!(
                step_of(secret, digits, Timestamp::from_second(seconds + 60).unwrap()).unwrap(),
                None,
                "too late"
            );
        }
    }

    #[test]
    fn the_picture_needs_no_style_and_no_script() {
        let shown = enrolment(b"12345678901234567890", "张三").unwrap();
        assert!(shown.qr.starts_with("<svg") && !shown.qr.contains("style") && !shown.qr.contains("script"));
        assert_eq!(shown.secret, "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
    }

    #[test]
    fn recovery_codes_are_long_and_different() {
        let (one, other) = (new_recovery_code(), new_recovery_code());
        assert_ne!(one, other);
        assert_eq!(plain(&one).len(), 24);
    }
}
