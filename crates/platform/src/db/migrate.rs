//! Brings a database's schema up to date: one ordered list, forward only, each in its own transaction.

use super::{Database, DbError, dialect};
use crate::log::LOGGED;
use crate::values;

/// A step of the schema: its file's name, its text, and the tables that from then on only grow.
struct Migration {
    name: &'static str,
    text: &'static str,
    append_only: &'static [&'static str],
}

/// A migration from the folder of that name, and the tables of it that only grow.
macro_rules! migration {
    ($name:literal, $($table:literal),*) => {
        Migration {
            name: $name,
            text: include_str!(concat!("../../migrations/", $name, ".sql")),
            append_only: &[$($table),*],
        }
    };
}

const MIGRATIONS: &[Migration] = &[
    migration!("0001-foundation", "event"),
    migration!("0002-accounts", "sign_in_attempt", "account_event"),
    migration!("0003-cases-in-full", "supervision_flag", "opinion_correction"),
    migration!("0004-custody", "custody_event"),
    migration!("0005-fees", "fee_event"),
    migration!(
        "0006-records",
        "examination_record",
        "examination_record_version",
        "examination_record_confirmation",
        "examination_record_file",
        "opinion_draft",
        "opinion_comment",
        "opinion_comment_reply"
    ),
    migration!("0007-search",),
    migration!("0008-elsewhere",),
    migration!("0009-archive", "archive_access", "archive_hold", "archive_filing"),
    migration!("0010-tracking",),
    migration!("0011-notices", "notice"),
    migration!("0012-imports",),
    migration!("0013-api",),
    migration!("0014-custody-subjects",),
    migration!("0015-log", "log_entry", "log_checkpoint", "log_before"),
    migration!("0016-signing", "signing_certificate", "signing_key_revocation"),
    migration!("0017-draws", "draw_entry", "draw_log"),
    migration!("0018-analysis", "lead_sighting", "lead_evidence", "lead_statement"),
    migration!("0019-log-care",),
    migration!("0020-care", "list_export"),
    migration!("0021-withdrawal", "opinion_withdrawal"),
    migration!("0022-signals", "lead_file"),
];

/// Runs what is missing. Two processes starting together: the second finds the work done.
pub(super) async fn run(database: &Database) -> Result<(), DbError> {
    let mut conn = database.write().await?;
    conn.run("create table if not exists schema_migration (name text primary key)", &[]).await?;
    conn.commit().await?;
    for migration in MIGRATIONS {
        let mut conn = database.write().await?;
        let new = conn
            .run("insert into schema_migration (name) values ($1) on conflict do nothing", values![migration.name])
            .await?;
        if new == 1 {
            conn.script(dialect::schema(database, migration.text)).await?;
            for table in migration.append_only {
                conn.script(dialect::append_only(database, table)).await?;
            }
            for one in LOGGED.iter().filter(|one| one.since == migration.name) {
                conn.script(dialect::logged(database, one.log.word(), one.table, &one.key_of("new"))).await?;
                let before = format!(
                    "insert into log_before (source, source_id) select '{0}', {1} from {0} t where true on conflict do nothing",
                    one.table,
                    one.key_of("t")
                );
                conn.run(before, &[]).await?;
            }
            conn.commit().await?;
        }
    }
    Ok(())
}
