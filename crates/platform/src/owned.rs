//! What a person may see of things that carry their own owners: an institution and the organisation that entrusted.
//!
//! **Invariant:** no list or find of such a thing runs without one; what is not in it is not there.

use crate::actor::{Actor, Role, RoleKind};
use crate::db::Value;
use crate::fail::Fail;
use crate::text::say;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    Bureau,
    /// Everybody of an institution: whoever meets a material in the house must be able to say whose it is.
    Institution(String),
    Client(String),
}

impl Scope {
    /// # Errors
    /// [`Fail::Forbidden`] with the sentence `others_are_told`, for those who have nothing to do with cases.
    pub fn of(actor: &Actor, others_are_told: &'static str) -> Result<Self, Fail> {
        let organisation = || actor.organisation_id.clone().unwrap_or_default();
        if actor.has(RoleKind::Bureau) {
            Ok(Self::Bureau)
        } else if actor.has(RoleKind::Institution) {
            Ok(Self::Institution(organisation()))
        } else if actor.is(Role::Client) {
            Ok(Self::Client(organisation()))
        } else {
            Err(Fail::Forbidden(say(others_are_told)))
        }
    }

    /// A condition on the row called `alias`, whose one value is `$1`.
    pub fn sql(&self, alias: &str) -> (String, Value) {
        match self {
            Self::Bureau => ("$1 = ''".to_owned(), Value::from("")),
            Self::Institution(id) => (format!("{alias}.institution_id = $1"), Value::from(id)),
            Self::Client(id) => (format!("{alias}.client_organisation_id = $1"), Value::from(id)),
        }
    }
}
