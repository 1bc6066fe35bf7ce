//! A fresh database for a test or a benchmark, on whichever engine the run is for.

use super::{Database, DbError};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use std::path::PathBuf;
use uuid::Uuid;

/// The URL of a PostgreSQL server that tests may make schemas on; without it they run on SQLite.
pub const POSTGRES: &str = "SIJIAN_TEST_POSTGRES";

/// An empty, migrated database and a folder beside it for files. The folder goes when this does; a schema on PostgreSQL
/// stays, for looking at after a failure.
pub struct TestHome {
    pub database: Database,
    pub folder: PathBuf,
}

impl Drop for TestHome {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// # Errors
/// A server that does not answer, or a temporary folder that cannot be made.
pub async fn test_database() -> anyhow::Result<TestHome> {
    let name = format!("t_{}", Uuid::new_v4().simple());
    let folder = std::env::temp_dir().join(format!("sijian-{name}"));
    let server = std::env::var(POSTGRES).ok().filter(|url| !url.is_empty());
    let remote = match server {
        Some(url) => Some(postgres_schema(&url, &name).await?),
        None => None,
    };
    std::fs::create_dir_all(&folder)?;
    let database = match remote {
        Some(database) => database,
        None => Database::sqlite(&folder.join("sijian.db")).await?,
    };
    Ok(TestHome { database, folder })
}

async fn postgres_schema(url: &str, name: &str) -> Result<Database, DbError> {
    let mut conn = PgConnection::connect(url).await?;
    conn.execute(AssertSqlSafe(format!("create schema {name}"))).await?;
    conn.close().await?;
    let joint = if url.contains('?') { '&' } else { '?' };
    Database::postgres(&format!("{url}{joint}options=-c%20search_path%3D{name}")).await
}
