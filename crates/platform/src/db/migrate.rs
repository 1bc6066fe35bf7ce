//! Brings a database's schema up to date: one ordered list, forward only, each in its own transaction.

use super::{Database, DbError, dialect};
use crate::values;

/// A step of the schema: its file's name, its text, and the tables that from then on only grow.
struct Migration {
    name: &'static str,
    text: &'static str,
    append_only: &'static [&'static str],
}

const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "0001-foundation",
        text: include_str!("../../migrations/0001-foundation.sql"),
        append_only: &["event"],
    },
    Migration {
        name: "0002-accounts",
        text: include_str!("../../migrations/0002-accounts.sql"),
        append_only: &["sign_in_attempt", "account_event"],
    },
    Migration {
        name: "0003-cases-in-full",
        text: include_str!("../../migrations/0003-cases-in-full.sql"),
        append_only: &["supervision_flag"],
    },
    Migration { name: "0004-custody", text: include_str!("../../migrations/0004-custody.sql"), append_only: &[] },
    Migration { name: "0005-fees", text: include_str!("../../migrations/0005-fees.sql"), append_only: &[] },
    Migration { name: "0006-records", text: include_str!("../../migrations/0006-records.sql"), append_only: &[] },
    Migration { name: "0007-search", text: include_str!("../../migrations/0007-search.sql"), append_only: &[] },
    Migration { name: "0008-elsewhere", text: include_str!("../../migrations/0008-elsewhere.sql"), append_only: &[] },
    Migration { name: "0009-archive", text: include_str!("../../migrations/0009-archive.sql"), append_only: &[] },
    Migration { name: "0010-tracking", text: include_str!("../../migrations/0010-tracking.sql"), append_only: &[] },
    Migration {
        name: "0011-notices",
        text: include_str!("../../migrations/0011-notices.sql"),
        append_only: &["notice"],
    },
    Migration { name: "0012-imports", text: include_str!("../../migrations/0012-imports.sql"), append_only: &[] },
    Migration { name: "0013-api", text: include_str!("../../migrations/0013-api.sql"), append_only: &[] },
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
            conn.commit().await?;
        }
    }
    Ok(())
}
