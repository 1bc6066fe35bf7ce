//! Fee accounts in the database. Every list takes a [`Scope`]: what is not in it is not there.
//!
//! **Invariant:** `fee_event` is append-only and numbered by the account's version; the sums of `fee_account` repeat it.

use super::account::{Balance, Entry, FeeAccount, Recorded};
use super::statement::Owed;
use crate::actor::Actor;
use crate::db::{Conn, DbError, Row, Value};
use crate::fail::Fail;
use crate::perform::Tx;
use crate::text::say;
use crate::values;
use jiff::civil::Date;

pub use crate::owned::Scope;

/// What a person may see of the accounts. Who examines or reviews does not look after the money.
///
/// # Errors
/// [`Fail::Forbidden`] for those who have nothing to do with cases.
pub fn scope_of(actor: &Actor) -> Result<Scope, Fail> {
    Scope::of(actor, "费用由委托人、鉴定机构和司法行政机关查阅。您的账号不参与办案，请联系安全管理员。")
}

const COLUMNS: &str =
    "f.subject_id, f.procedure_name, f.institution_id, f.client_organisation_id, f.payment_code, f.version";

/// The account of a subject, for code that has already found the subject in scope.
pub async fn find(conn: &mut Conn, subject_id: &str) -> Result<Option<FeeAccount>, DbError> {
    let row =
        conn.first(format!("select {COLUMNS} from fee_account f where f.subject_id = $1"), values![subject_id]).await?;
    match row {
        Some(row) => Ok(Some(read(conn, &row).await?)),
        None => Ok(None),
    }
}

/// The same within a person's scope.
///
/// # Errors
/// [`Fail::NotFound`] for what is not there or not this person's.
pub async fn find_in(conn: &mut Conn, scope: &Scope, subject_id: &str) -> Result<FeeAccount, Fail> {
    let (condition, value) = scope.sql("f");
    let row = conn
        .first(
            format!("select {COLUMNS} from fee_account f where {condition} and f.subject_id = $2"),
            &[value, Value::from(subject_id)],
        )
        .await?;
    Ok(read(conn, &row.ok_or(Fail::NotFound)?).await?)
}

async fn read(conn: &mut Conn, row: &Row) -> Result<FeeAccount, DbError> {
    let subject_id: String = row.get("subject_id")?;
    let rows = conn
        .all(
            "select entry, happened_at, actor_name from fee_event where subject_id = $1 order by version",
            values![&subject_id],
        )
        .await?;
    let history = rows
        .iter()
        .map(|row| {
            let text: String = row.get("entry")?;
            let entry: Entry = serde_json::from_str(&text)
                .map_err(|error| DbError::unreadable("fee_event.entry", &error.to_string()))?;
            Ok(Recorded { entry, at: row.get("happened_at")?, by: row.get("actor_name")? })
        })
        .collect::<Result<Vec<_>, DbError>>()?;
    Ok(FeeAccount {
        procedure: row.get("procedure_name")?,
        institution_id: row.get("institution_id")?,
        client_organisation_id: row.get("client_organisation_id")?,
        payment_code: row.get("payment_code")?,
        version: row.get("version")?,
        balance: Balance::of(history.iter().map(|one| &one.entry)),
        history,
        subject_id,
    })
}

/// Writes a new account, empty.
pub(super) async fn create(tx: &mut Tx, account: &FeeAccount) -> Result<(), DbError> {
    tx.conn
        .run(
            "insert into fee_account (subject_id, procedure_name, institution_id, client_organisation_id, payment_code, version,
                 agreed_fen, charge_fen, received_fen, refunded_fen, outstanding_fen, agreed_on)
             values ($1, $2, $3, $4, $5, 0, 0, 0, 0, 0, 0, null)",
            values![
                &account.subject_id, &account.procedure, &account.institution_id, &account.client_organisation_id,
                &account.payment_code,
            ],
        )
        .await?;
    Ok(())
}

/// Writes one entry and the sums that follow from it; the account in hand moves on with it.
///
/// # Errors
/// [`Fail::Conflict`] when the account has moved on since it was read.
pub(super) async fn append(tx: &mut Tx, account: &mut FeeAccount, entry: Entry, after: Balance) -> Result<(), Fail> {
    let text = serde_json::to_string(&entry).map_err(|error| Fail::Internal(error.into()))?;
    let kind = kind_of(&text);
    let (fen, reference, number) = match &entry {
        Entry::Received(receipt) => {
            (receipt.fen, Some(receipt.reference.clone()).filter(|one| !one.is_empty()), Some(receipt.number.clone()))
        }
        Entry::Quoted { total_fen: fen, .. }
        | Entry::Agreed { fen, .. }
        | Entry::ReliefGranted { fen, .. }
        | Entry::WrittenOff { fen, .. } => (*fen, None, None),
        Entry::Refunded(refunded) => (refunded.fen, None, None),
        Entry::ReliefAsked { .. } | Entry::ReliefRefused { .. } => (0, None, None),
    };
    let today = tx.today();
    let agreed_on = matches!(entry, Entry::Agreed { .. }).then_some(today);
    let changed = tx
        .conn
        .run(
            "update fee_account set version = version + 1, agreed_fen = $3, charge_fen = $4, received_fen = $5,
                 refunded_fen = $6, outstanding_fen = $7, agreed_on = coalesce(agreed_on, $8)
             where subject_id = $1 and version = $2",
            values![
                &account.subject_id,
                account.version,
                after.agreed_fen.unwrap_or_default(),
                after.charge_fen,
                after.received_fen,
                after.refunded_fen,
                after.outstanding_fen(),
                agreed_on,
            ],
        )
        .await?;
    if changed == 0 {
        return Err(changed_meanwhile());
    }
    let (by, name, now, request) = (tx.actor.account_id.clone(), tx.actor.name.clone(), tx.now, tx.request_id.clone());
    tx.conn
        .run(
            "insert into fee_event (subject_id, institution_id, version, kind, fen, reference, receipt_number, entry,
                 actor_id, actor_name, happened_at, request_id)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            values![
                &account.subject_id,
                &account.institution_id,
                account.version + 1,
                kind,
                fen,
                reference,
                number,
                text,
                by,
                &name,
                now,
                request,
            ],
        )
        .await?;
    account.version += 1;
    account.balance = after;
    account.history.push(Recorded { entry, at: now, by: name });
    Ok(())
}

pub fn changed_meanwhile() -> Fail {
    Fail::Conflict(say("在您打开之后，已有他人登记了此案的费用。请刷新后核对，再重新填写。"))
}

/// The entry's kind as its own text says it.
fn kind_of(text: &str) -> String {
    let entry: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    entry["kind"].as_str().unwrap_or_default().to_owned()
}

/// Whose account has this reference already.
pub(super) async fn subject_of_reference(
    conn: &mut Conn,
    institution_id: &str,
    reference: &str,
) -> Result<Option<String>, DbError> {
    let row = conn
        .first(
            "select subject_id from fee_event where institution_id = $1 and reference = $2",
            values![institution_id, reference],
        )
        .await?;
    row.map(|row| row.get("subject_id")).transpose()
}

/// Every reference of the institution's receipts.
pub(super) async fn references(conn: &mut Conn, institution_id: &str) -> Result<Vec<String>, DbError> {
    let rows = conn
        .all(
            "select reference from fee_event where institution_id = $1 and reference is not null",
            values![institution_id],
        )
        .await?;
    rows.iter().map(|row| row.get("reference")).collect()
}

/// The next number of a gapless series; the row stays locked until the transaction ends.
pub(super) async fn next_number(tx: &mut Tx, series: &str) -> Result<i64, DbError> {
    tx.conn
        .count(
            "insert into counter (name, value) values ($1, 1) on conflict (name) do update set value = counter.value + 1 returning value",
            values![series],
        )
        .await
}

/// Every account of the institution on which something is owed.
pub(super) async fn owed(conn: &mut Conn, institution_id: &str) -> Result<Vec<Owed>, DbError> {
    let rows = conn
        .all(
            "select f.subject_id, f.payment_code, f.outstanding_fen, o.name from fee_account f
             join organisation o on o.id = f.client_organisation_id
             where f.institution_id = $1 and f.outstanding_fen > 0 order by f.agreed_on, f.subject_id",
            values![institution_id],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Owed {
                subject_id: row.get("subject_id")?,
                payment_code: row.get("payment_code")?,
                client_name: row.get("name")?,
                outstanding_fen: row.get("outstanding_fen")?,
            })
        })
        .collect()
}

/// A line of the list of what is outstanding.
#[derive(Clone, Debug)]
pub struct OwedLine {
    pub subject_id: String,
    pub client_name: String,
    pub payment_code: String,
    pub agreed_on: Option<Date>,
    pub charge_fen: i64,
    pub received_fen: i64,
    pub refunded_fen: i64,
    pub outstanding_fen: i64,
}

/// Sums of an institution.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub owing: i64,
    pub charge_fen: i64,
    pub received_fen: i64,
    pub refunded_fen: i64,
    pub outstanding_fen: i64,
}

/// What is outstanding, the oldest first, and the sums over all accounts in scope.
pub async fn outstanding(
    conn: &mut Conn,
    scope: &Scope,
    offset: i64,
    rows: i64,
) -> Result<(Vec<OwedLine>, Totals), DbError> {
    let (condition, value) = scope.sql("f");
    let sums = conn
        .first(
            format!(
                "select count(case when f.outstanding_fen > 0 then 1 end) as owing,
                     cast(coalesce(sum(f.charge_fen), 0) as bigint) as charge_fen,
                     cast(coalesce(sum(f.received_fen), 0) as bigint) as received_fen,
                     cast(coalesce(sum(f.refunded_fen), 0) as bigint) as refunded_fen,
                     cast(coalesce(sum(f.outstanding_fen), 0) as bigint) as outstanding_fen
                 from fee_account f where {condition}"
            ),
            std::slice::from_ref(&value),
        )
        .await?;
    let totals = match sums {
        Some(row) => Totals {
            owing: row.get("owing")?,
            charge_fen: row.get("charge_fen")?,
            received_fen: row.get("received_fen")?,
            refunded_fen: row.get("refunded_fen")?,
            outstanding_fen: row.get("outstanding_fen")?,
        },
        None => Totals::default(),
    };
    let found = conn
        .all(
            format!(
                "select f.subject_id, f.payment_code, f.agreed_on, f.charge_fen, f.received_fen, f.refunded_fen,
                     f.outstanding_fen, o.name as client_name
                 from fee_account f join organisation o on o.id = f.client_organisation_id
                 where {condition} and f.outstanding_fen > 0
                 order by f.agreed_on, f.subject_id limit $2 offset $3"
            ),
            &[value, Value::from(rows), Value::from(offset)],
        )
        .await?;
    let lines = found
        .iter()
        .map(|row| {
            Ok(OwedLine {
                subject_id: row.get("subject_id")?,
                client_name: row.get("client_name")?,
                payment_code: row.get("payment_code")?,
                agreed_on: row.get("agreed_on")?,
                charge_fen: row.get("charge_fen")?,
                received_fen: row.get("received_fen")?,
                refunded_fen: row.get("refunded_fen")?,
                outstanding_fen: row.get("outstanding_fen")?,
            })
        })
        .collect::<Result<Vec<_>, DbError>>()?;
    Ok((lines, totals))
}
