//! Values into statements, columns out of rows: text, 64-bit integers, bytes, and what is written as one of them.

use super::DbError;
use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Postgres, Row as _, Sqlite};

/// A value bound to `$1 … $n`. An absent value keeps its type: PostgreSQL asks for it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Text(Option<String>),
    Int(Option<i64>),
    Bytes(Option<Vec<u8>>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}
impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}
impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(Some(text.clone()))
    }
}
impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}
impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_owned))
    }
}
impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}
impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Int(number)
    }
}
impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Self::Int(Some(i64::from(yes)))
    }
}
impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(Some(bytes))
    }
}
impl From<Date> for Value {
    fn from(date: Date) -> Self {
        Self::Text(Some(date.to_string()))
    }
}
impl From<Option<Date>> for Value {
    fn from(date: Option<Date>) -> Self {
        Self::Text(date.map(|date| date.to_string()))
    }
}
impl From<Timestamp> for Value {
    fn from(instant: Timestamp) -> Self {
        Self::Text(Some(instant_text(instant)))
    }
}
impl From<Option<Timestamp>> for Value {
    fn from(instant: Option<Timestamp>) -> Self {
        Self::Text(instant.map(instant_text))
    }
}

/// RFC 3339 in UTC with always three decimals, so that text order is time order.
pub fn instant_text(instant: Timestamp) -> String {
    format!("{instant:.3}")
}

/// Shorthand for a list of values of mixed types.
#[macro_export]
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$($crate::db::Value::from($value)),*] };
}

pub(super) fn bind_sqlite<'q>(
    mut query: Query<'q, Sqlite, SqliteArguments>,
    values: &[Value],
) -> Query<'q, Sqlite, SqliteArguments> {
    for value in values.iter().cloned() {
        query = match value {
            Value::Text(text) => query.bind(text),
            Value::Int(number) => query.bind(number),
            Value::Bytes(bytes) => query.bind(bytes),
        };
    }
    query
}

pub(super) fn bind_postgres<'q>(
    mut query: Query<'q, Postgres, PgArguments>,
    values: &[Value],
) -> Query<'q, Postgres, PgArguments> {
    for value in values.iter().cloned() {
        query = match value {
            Value::Text(text) => query.bind(text),
            Value::Int(number) => query.bind(number),
            Value::Bytes(bytes) => query.bind(bytes),
        };
    }
    query
}

/// A row of either database.
pub enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    /// The column of that name, as the type asked for.
    ///
    /// # Errors
    /// No such column, or text that is not of the type: a fault of ours or of the data, never of the person asking.
    pub fn get<T: Column>(&self, name: &str) -> Result<T, DbError> {
        T::read(self, name)
    }

    /// The column of that name, whose text is JSON.
    ///
    /// # Errors
    /// As [`Row::get`]; a text that is no such JSON says which column.
    pub fn json<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<T, DbError> {
        let text: String = self.get(name)?;
        serde_json::from_str(&text).map_err(|error| DbError::unreadable(name, &error.to_string()))
    }

    /// The column at that place.
    pub fn at<T: Column>(&self, place: usize) -> Result<T, DbError> {
        T::read(self, place)
    }
}

/// Where a column is: by name or by place.
pub trait Place: sqlx::ColumnIndex<SqliteRow> + sqlx::ColumnIndex<PgRow> + std::fmt::Display + Copy {}
impl Place for &str {}
impl Place for usize {}

/// A type that a column can be read as.
pub trait Column: Sized {
    fn read(row: &Row, at: impl Place) -> Result<Self, DbError>;
}

macro_rules! native {
    ($($type:ty),*) => {$(
        impl Column for $type {
            fn read(row: &Row, at: impl Place) -> Result<Self, DbError> {
                Ok(match row {
                    Row::Sqlite(row) => row.try_get(at)?,
                    Row::Postgres(row) => row.try_get(at)?,
                })
            }
        }
    )*};
}
native!(String, Option<String>, i64, Option<i64>, Vec<u8>, Option<Vec<u8>>);

impl Column for bool {
    fn read(row: &Row, at: impl Place) -> Result<Self, DbError> {
        Ok(i64::read(row, at)? != 0)
    }
}

/// Reads a type that is stored as text; a text that is none says which column.
#[macro_export]
macro_rules! text_columns {
    ($($type:ty),* $(,)?) => {$(
        impl $crate::db::Column for $type {
            fn read(row: &$crate::db::Row, at: impl $crate::db::Place) -> Result<Self, $crate::db::DbError> {
                let text: String = $crate::db::Column::read(row, at)?;
                text.parse().map_err(|_| $crate::db::DbError::unreadable(at, &text))
            }
        }
        impl $crate::db::Column for Option<$type> {
            fn read(row: &$crate::db::Row, at: impl $crate::db::Place) -> Result<Self, $crate::db::DbError> {
                let text: Option<String> = $crate::db::Column::read(row, at)?;
                text.map(|text| text.parse().map_err(|_| $crate::db::DbError::unreadable(at, &text))).transpose()
            }
        }
    )*};
}
text_columns!(Date, Timestamp);
