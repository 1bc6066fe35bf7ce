//! The database: one SQL text for SQLite and PostgreSQL behind a thin enum over sqlx's two drivers.
//!
//! **Invariant:** every statement runs inside a [`Conn`], which is a transaction; what differs between the two engines is
//! in [`dialect`] and nowhere else. Values are text, 64-bit integers and bytes on both: dates are `YYYY-MM-DD`, instants
//! fixed-width RFC 3339 text, so that they compare as text and read the same in either database.

pub mod dialect;
mod error;
mod migrate;
#[doc(hidden)]
pub mod testing;
mod value;

pub use error::DbError;
#[doc(hidden)]
pub use testing::test_database;
pub use value::{Column, Place, Row, Value, instant_text};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Postgres, Sqlite, Transaction, postgres::PgPool};
use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

/// Readers at a time on SQLite; the machine has few cores and WAL readers never block the writer.
const SQLITE_READERS: u32 = 4;
/// Connections of one process to PostgreSQL.
const POSTGRES_CONNECTIONS: u32 = 12;
/// How long a writer waits for another before the person is told that the database is busy. The longest that one holds it
/// is the import of a ledger of 100,000 rows: some 12 seconds on SQLite.
const BUSY: Duration = Duration::from_secs(30);

/// An open database. Cheap to clone.
#[derive(Clone)]
pub enum Database {
    /// One connection writes (`BEGIN IMMEDIATE`), a read-only pool does the rest.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

/// A transaction. Dropped without [`Conn::commit`], everything in it is undone.
pub enum Conn {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Database {
    /// Opens (and creates) the SQLite file and brings its schema up to date.
    ///
    /// # Errors
    /// A file that cannot be opened or written, or a migration that fails.
    pub async fn sqlite(path: &Path) -> Result<Self, DbError> {
        // FULL, not NORMAL: with NORMAL power cuts lost acknowledged rows (docs/decisions/0003-database.md).
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY)
            .pragma("temp_store", "memory");
        let writer =
            SqlitePoolOptions::new().max_connections(1).acquire_timeout(BUSY).connect_with(options.clone()).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(SQLITE_READERS)
            .acquire_timeout(BUSY)
            .connect_lazy_with(options.pragma("query_only", "on"));
        let database = Self::Sqlite { writer, readers };
        migrate::run(&database).await?;
        Ok(database)
    }

    /// Opens a PostgreSQL database and brings its schema up to date.
    ///
    /// # Errors
    /// A server that cannot be reached, or a migration that fails.
    pub async fn postgres(url: &str) -> Result<Self, DbError> {
        let pool = sqlx::postgres::PgPoolOptions::new()
            .max_connections(POSTGRES_CONNECTIONS)
            .acquire_timeout(BUSY)
            .connect(url)
            .await?;
        let database = Self::Postgres(pool);
        migrate::run(&database).await?;
        Ok(database)
    }

    /// A transaction that may write. On SQLite there is one at a time.
    ///
    /// # Errors
    /// [`DbError::Busy`] when another holds the database for too long.
    pub async fn write(&self) -> Result<Conn, DbError> {
        Ok(match self {
            Self::Sqlite { writer, .. } => Conn::Sqlite(begin(writer).await?),
            Self::Postgres(pool) => Conn::Postgres(pool.begin().await?),
        })
    }

    /// A transaction that only reads, and sees one state of the data from its first statement to its last.
    pub async fn read(&self) -> Result<Conn, DbError> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Conn::Sqlite(readers.begin().await?),
            Self::Postgres(pool) => {
                Conn::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }

    /// Writes a copy of the database, as it stands at one moment, to a new file. SQLite only.
    ///
    /// # Errors
    /// A file that is there already or cannot be written; PostgreSQL, whose backups are its own tools'.
    pub async fn copy_to(&self, file: &Path) -> Result<(), DbError> {
        let Self::Sqlite { writer, .. } = self else {
            return Err(sqlx::Error::Configuration("a copy is made with pg_dump on PostgreSQL".into()).into());
        };
        // VACUUM cannot run inside a transaction, and a path is no value of a statement.
        let path = file.to_string_lossy().replace('\'', "''");
        sqlx::raw_sql(AssertSqlSafe(format!("vacuum into '{path}'"))).execute(writer).await?;
        Ok(())
    }

    /// The engine's name, for logs and `sijian doctor`.
    pub fn engine(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }

    /// Closes every connection; what was committed is on the disk.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// Begins on the one writing connection. Where SQLite has ended a transaction itself (a full disk, an I/O error), the
/// driver still counts it as open and would refuse every later one: that connection is closed, and a new one begins.
async fn begin(writer: &SqlitePool) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
    match writer.begin_with(IMMEDIATE).await {
        Err(sqlx::Error::InvalidSavePointStatement | sqlx::Error::BeginFailed) => {
            writer.acquire().await?.close().await?;
            writer.begin_with(IMMEDIATE).await
        }
        begun => begun,
    }
}

/// Takes the write lock at once, so that a reader never finds out late that it cannot become the writer.
const IMMEDIATE: &str = "BEGIN IMMEDIATE";

impl Conn {
    /// Runs a statement; how many rows it touched.
    pub async fn run(&mut self, sql: impl Into<Cow<'static, str>>, values: &[Value]) -> Result<u64, DbError> {
        let sql = AssertSqlSafe(sql.into().into_owned());
        Ok(match self {
            Self::Sqlite(tx) => value::bind_sqlite(sqlx::query(sql), values).execute(&mut **tx).await?.rows_affected(),
            Self::Postgres(tx) => {
                value::bind_postgres(sqlx::query(sql), values).execute(&mut **tx).await?.rows_affected()
            }
        })
    }

    /// Every row of a query.
    pub async fn all(&mut self, sql: impl Into<Cow<'static, str>>, values: &[Value]) -> Result<Vec<Row>, DbError> {
        let sql = AssertSqlSafe(sql.into().into_owned());
        Ok(match self {
            Self::Sqlite(tx) => {
                let rows = value::bind_sqlite(sqlx::query(sql), values).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Self::Postgres(tx) => {
                let rows = value::bind_postgres(sqlx::query(sql), values).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// The first row of a query, if there is one.
    pub async fn first(&mut self, sql: impl Into<Cow<'static, str>>, values: &[Value]) -> Result<Option<Row>, DbError> {
        Ok(self.all(sql, values).await?.into_iter().next())
    }

    /// The number a `select count(*) …` gives.
    pub async fn count(&mut self, sql: impl Into<Cow<'static, str>>, values: &[Value]) -> Result<i64, DbError> {
        match self.first(sql, values).await? {
            Some(row) => row.at::<i64>(0),
            None => Ok(0),
        }
    }

    /// Several statements without values; for migrations.
    pub(crate) async fn script(&mut self, sql: String) -> Result<(), DbError> {
        match self {
            Self::Sqlite(tx) => sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut **tx).await.map(|_| ())?,
            Self::Postgres(tx) => sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut **tx).await.map(|_| ())?,
        }
        Ok(())
    }

    /// Makes everything done in the transaction permanent.
    pub async fn commit(self) -> Result<(), DbError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
