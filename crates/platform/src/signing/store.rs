//! Keys and certificates in the database.
//!
//! **Invariant:** rows are added, never removed; a private key is here only locked.

use crate::db::{Conn, DbError, Row};
use crate::fail::Fail;
use crate::values;
use jiff::Timestamp;
use seal::{Algorithm, Certificate, KeyId, KeyRecord, KeyRevocation, Revocation, Rotation, SealedKey};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnerKind {
    Institution,
    Appraiser,
}

impl OwnerKind {
    pub fn word(self) -> &'static str {
        match self {
            Self::Institution => "institution",
            Self::Appraiser => "appraiser",
        }
    }
}

/// Whose a key is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    pub kind: OwnerKind,
    pub id: String,
}

/// A key as it is kept.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub owner_kind: String,
    pub owner_id: String,
    pub made_at: Timestamp,
    /// Without certificates while it waits for one; it then signs nothing.
    pub record: KeyRecord,
}

const KEY: &str =
    "select id, owner_kind, owner_id, algorithm, sealed, made_at, signs_from, rotated_at, rotated_to from signing_key";

/// Every key of an owner, ended ones too, the oldest first.
pub(super) async fn of(conn: &mut Conn, owner: &Owner) -> Result<Vec<Kept>, DbError> {
    let rows = conn
        .all(
            format!("{KEY} where owner_kind = $1 and owner_id = $2 order by made_at, id"),
            values![owner.kind.word(), &owner.id],
        )
        .await?;
    kept(conn, &rows).await
}

pub(super) async fn all(conn: &mut Conn) -> Result<Vec<Kept>, DbError> {
    let rows = conn.all(format!("{KEY} order by made_at, id"), &[]).await?;
    kept(conn, &rows).await
}

pub(super) async fn find(conn: &mut Conn, id: &str) -> Result<Option<Kept>, DbError> {
    let rows = conn.all(format!("{KEY} where id = $1"), values![id]).await?;
    Ok(kept(conn, &rows).await?.pop())
}

async fn kept(conn: &mut Conn, rows: &[Row]) -> Result<Vec<Kept>, DbError> {
    let mut found = Vec::new();
    for row in rows {
        let id: String = row.get("id")?;
        let code: String = row.get("algorithm")?;
        let unreadable = |fault: seal::Fault| DbError::unreadable("signing_key", &fault.to_string());
        let to: Option<String> = row.get("rotated_to")?;
        let rotated = row.get::<Option<Timestamp>>("rotated_at")?.zip(to);
        let record = KeyRecord {
            owner: row.get("owner_id")?,
            algorithm: Algorithm::from_code(&code).ok_or_else(|| DbError::unreadable("algorithm", &code))?,
            certificates: certificates(conn, &id).await?,
            sealed: SealedKey::from_bytes(row.get("sealed")?).map_err(unreadable)?,
            // Waiting for its certificate, it begins at the end of all days.
            from: row.get::<Option<Timestamp>>("signs_from")?.unwrap_or(Timestamp::MAX),
            rotated: rotated.map(|(at, to)| Rotation { at, to: KeyId(to) }),
            revoked: revocation(conn, &id).await?,
            id: KeyId(id),
        };
        found.push(Kept {
            owner_kind: row.get("owner_kind")?,
            owner_id: row.get("owner_id")?,
            made_at: row.get("made_at")?,
            record,
        });
    }
    Ok(found)
}

async fn certificates(conn: &mut Conn, key: &str) -> Result<Vec<Certificate>, DbError> {
    let sql = "select content from signing_certificate where key_id = $1 order by position";
    let rows = conn.all(sql, values![key]).await?;
    let read = |row: &Row| {
        let fault = |fault: seal::Fault| DbError::unreadable("signing_certificate", &fault.to_string());
        Certificate::from_der(&row.get::<Vec<u8>>("content")?).map_err(fault)
    };
    rows.iter().map(read).collect()
}

/// The one that reaches furthest back.
async fn revocation(conn: &mut Conn, key: &str) -> Result<Option<KeyRevocation>, DbError> {
    let row = conn
        .first(
            "select effective_from, noticed_at, reason from signing_key_revocation where key_id = $1
             order by effective_from, sequence limit 1",
            values![key],
        )
        .await?;
    row.map(|row| {
        Ok(KeyRevocation {
            from: row.get("effective_from")?,
            noticed_at: row.get("noticed_at")?,
            reason: row.get("reason")?,
        })
    })
    .transpose()
}

/// Every certificate that no longer counts, from when on: what a verifier must know.
pub(super) async fn revocations(conn: &mut Conn) -> Result<Vec<Revocation>, DbError> {
    let rows = conn
        .all(
            "select c.fingerprint, min(r.effective_from) as effective_from from signing_key_revocation r
             join signing_certificate c on c.key_id = r.key_id and c.position = 0 group by c.fingerprint",
            &[],
        )
        .await?;
    let read = |row: &Row| Ok(Revocation { fingerprint: row.get("fingerprint")?, from: row.get("effective_from")? });
    rows.iter().map(read).collect()
}

/// Whether the register knows this certificate as a signer's.
pub(super) async fn is_registered(conn: &mut Conn, fingerprint: &str) -> Result<bool, DbError> {
    let sql = "select count(*) from signing_certificate where fingerprint = $1 and position = 0";
    Ok(conn.count(sql, values![fingerprint]).await? > 0)
}

/// A new key, without a certificate.
pub(super) async fn add(
    conn: &mut Conn,
    id: &KeyId,
    owner: &Owner,
    sealed: &SealedKey,
    now: Timestamp,
    by: &str,
) -> Result<(), DbError> {
    conn.run(
        "insert into signing_key (id, owner_kind, owner_id, algorithm, sealed, made_at, made_by) values ($1, $2, $3, $4, $5, $6, $7)",
        values![
            &id.0, owner.kind.word(), &owner.id, Algorithm::P256.code(), sealed.as_bytes().to_vec(), now, by,
        ],
    )
    .await?;
    Ok(())
}

/// The certificates of a key that waited for them: from now on it signs, and takes the place of the owner's other keys.
pub(super) async fn activate(
    conn: &mut Conn,
    id: &KeyId,
    owner: &Owner,
    certificates: &[Certificate],
    now: Timestamp,
) -> Result<u64, Fail> {
    for (position, one) in (0_i64..).zip(certificates) {
        conn.run(
            "insert into signing_certificate (key_id, position, fingerprint, content) values ($1, $2, $3, $4)",
            values![&id.0, position, one.fingerprint(), one.as_der().to_vec()],
        )
        .await?;
    }
    let rotated = conn
        .run(
            "update signing_key set rotated_at = $1, rotated_to = $2
             where owner_kind = $3 and owner_id = $4 and id <> $2 and rotated_at is null and signs_from is not null",
            values![now, &id.0, owner.kind.word(), &owner.id],
        )
        .await?;
    conn.run("update signing_key set signs_from = $1 where id = $2 and signs_from is null", values![now, &id.0])
        .await?;
    Ok(rotated)
}

pub(super) async fn revoke(conn: &mut Conn, id: &KeyId, revocation: &KeyRevocation, by: &str) -> Result<(), DbError> {
    conn.run(
        "insert into signing_key_revocation (key_id, effective_from, noticed_at, reason, revoked_by) values ($1, $2, $3, $4, $5)",
        values![&id.0, revocation.from, revocation.noticed_at, &revocation.reason, by],
    )
    .await?;
    Ok(())
}
