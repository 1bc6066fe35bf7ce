//! What a request can fail with, sorted by what the person can do next; `web::errors` dresses it as a page.

use crate::db::DbError;
use crate::text::{Say, say};
use std::fmt;

/// A reason why an act is refused: what is wrong, on which article, what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    pub what: Say,
    /// The article as a translator key; empty where a rule of the house, not the law, says no.
    pub article: &'static str,
    pub remedy: Say,
}

/// A fault of one field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub field: String,
    pub what: Say,
}

impl Fault {
    pub fn new(field: impl Into<String>, what: Say) -> Self {
        Self { field: field.into(), what }
    }
}

#[derive(Debug)]
pub enum Fail {
    /// Not there, or not for this person: the two look the same.
    NotFound,
    /// The page exists for others; says who may.
    Forbidden(Say),
    /// The person must sign in first.
    SignIn,
    /// What was sent cannot be read; every fault at once, by field. Pages show their form again instead.
    Faults(Vec<Fault>),
    /// The act is refused; every reason at once.
    Refused(Vec<Objection>),
    /// Someone else changed it since this person opened it.
    Conflict(Say),
    /// The request itself is not understood.
    Bad(Say),
    TooLarge(Say),
    /// Asked too often; seconds until the next try makes sense.
    TooMany(u64),
    /// Another is writing; nothing was lost, try again.
    Busy,
    /// The disk is full; nothing was kept.
    Full,
    /// Ours to mend. Logged once, with its whole chain.
    Internal(anyhow::Error),
}

impl Fail {
    /// A single objection.
    pub fn refused(what: Say, article: &'static str, remedy: Say) -> Self {
        Self::Refused(vec![Objection { what, article, remedy }])
    }

    /// The standard sentence for the second writer.
    pub fn changed_meanwhile() -> Self {
        Self::Conflict(say("在您打开之后，已有他人更改了此案。"))
    }
}

impl From<DbError> for Fail {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Busy(_) => Self::Busy,
            DbError::Full(_) => Self::Full,
            DbError::Constraint(name)
                if name.contains("event") && name.contains("subject_version") || name == "event_version_unique" =>
            {
                Self::changed_meanwhile()
            }
            other => Self::Internal(anyhow::Error::new(other)),
        }
    }
}

impl From<anyhow::Error> for Fail {
    fn from(error: anyhow::Error) -> Self {
        Self::Internal(error)
    }
}

impl fmt::Display for Fail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Internal(error) => write!(f, "{error:#}"),
            Self::Refused(objections) => {
                let said: Vec<_> = objections.iter().map(|o| crate::text::Lang::Zh.say(&o.what)).collect();
                f.write_str(&said.join("; "))
            }
            other => write!(f, "{other:?}"),
        }
    }
}
