//! The subjects that materials belong to, kept also while none has come: the first one may be registered later.
//!
//! **Invariant:** a subject is found only within the reader's [`Scope`].

use super::store::Owners;
use crate::db::{Conn, DbError, Value, dialect};
use crate::fail::Fail;
use crate::owned::Scope;
use crate::values;
use jiff::civil::Date;

/// A subject takes six values; SQLite takes 32,766 in a statement.
const OPENED_AT_ONCE: usize = 1000;

/// Opens subjects; one that is open already stays as it is.
pub async fn open(conn: &mut Conn, subjects: &[(&Owners, Date)]) -> Result<(), DbError> {
    for some in subjects.chunks(OPENED_AT_ONCE) {
        let mut given = Vec::with_capacity(some.len() * 6);
        for (owners, opened_on) in some {
            given.extend_from_slice(values![
                &owners.subject_id,
                &owners.procedure,
                &owners.label,
                &owners.institution_id,
                &owners.client_organisation_id,
                *opened_on,
            ]);
        }
        let sql = format!(
            "insert into custody_subject (subject_id, procedure_name, label, institution_id, client_organisation_id, opened_on)
             values {} on conflict (subject_id) do nothing",
            dialect::rows(conn, some.len(), 6)
        );
        conn.run(sql, &given).await?;
    }
    Ok(())
}

/// Whose materials the subject's are, and since when there can be any.
///
/// # Errors
/// [`Fail::NotFound`] where it is not in scope.
pub async fn find(conn: &mut Conn, scope: &Scope, subject_id: &str) -> Result<(Owners, Date), Fail> {
    let (condition, value) = scope.sql("s");
    let sql = format!(
        "select s.procedure_name, s.label, s.institution_id, s.client_organisation_id, s.opened_on
         from custody_subject s where {condition} and s.subject_id = $2"
    );
    let row = conn.first(sql, &[value, Value::from(subject_id)]).await?.ok_or(Fail::NotFound)?;
    let owners = Owners {
        procedure: row.get("procedure_name")?,
        subject_id: subject_id.to_owned(),
        label: row.get("label")?,
        institution_id: row.get("institution_id")?,
        client_organisation_id: row.get("client_organisation_id")?,
    };
    Ok((owners, row.get("opened_on")?))
}
