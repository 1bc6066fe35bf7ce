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
