//! What can go wrong between us and a database, sorted by what a person can do about it.

use std::fmt;

#[derive(Debug)]
pub enum DbError {
    /// A named rule of the schema was broken, e.g. a number given twice. The text is the constraint's name, or on SQLite
    /// `table.column`.
    Constraint(String),
    /// Another writer held the database for too long; trying again may help.
    Busy(sqlx::Error),
    /// The disk (or the quota) is full; nothing of the transaction was kept.
    Full(sqlx::Error),
    /// Anything else.
    Other(sqlx::Error),
    /// A stored text is not of the type it should be.
    Unreadable(String),
}

const SQLITE_BUSY: i32 = 5;
const SQLITE_FULL: i32 = 13;

impl DbError {
    pub fn unreadable(at: impl fmt::Display, text: &str) -> Self {
        Self::Unreadable(format!("column {at} holds {text:?}"))
    }
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        let Some(said) = error.as_database_error() else {
            return match error {
                sqlx::Error::PoolTimedOut => Self::Busy(error),
                other => Self::Other(other),
            };
        };
        let code = said.code().unwrap_or_default().into_owned();
        // SQLite's extended codes carry the primary one in the low byte; PostgreSQL's are five letters.
        let primary = code.parse::<i32>().ok().filter(|_| code.len() != 5).map(|code| code & 0xff);
        if said.is_unique_violation() || said.is_foreign_key_violation() || said.is_check_violation() {
            let name = said
                .constraint()
                .map(str::to_owned)
                .unwrap_or_else(|| said.message().rsplit(": ").next().unwrap_or_default().to_owned());
            Self::Constraint(name)
        } else if primary == Some(SQLITE_BUSY) || code == "55P03" || code == "40P01" {
            Self::Busy(error)
        } else if primary == Some(SQLITE_FULL) || code == "53100" {
            Self::Full(error)
        } else {
            Self::Other(error)
        }
    }
}

impl fmt::Display for DbError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constraint(name) => write!(f, "the database's rule {name} does not allow it"),
            Self::Busy(_) => write!(f, "the database is busy"),
            Self::Full(_) => write!(f, "the disk of the database is full"),
            Self::Other(_) => write!(f, "the database failed"),
            Self::Unreadable(what) => write!(f, "stored data cannot be read: {what}"),
        }
    }
}

impl std::error::Error for DbError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Busy(error) | Self::Full(error) | Self::Other(error) => Some(error),
            Self::Constraint(_) | Self::Unreadable(_) => None,
        }
    }
}
