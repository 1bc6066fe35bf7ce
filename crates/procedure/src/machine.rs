//! Finding a row: which steps are open to whom, and why one is not.

use crate::{Opening, Procedure, Step};

/// Why an action is not to be had now. The caller turns it into a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotNow {
    /// The action exists, but not from this state.
    WrongState,
    /// The action exists from this state, for other roles.
    WrongRole,
    /// The table has the row, this release does not offer it.
    NotOffered,
}

/// The rows that may be taken in `state` (`None`: before the subject exists) by someone with any of `roles`.
pub fn open<P: Procedure>(state: Option<P::State>, roles: &[P::Role]) -> impl Iterator<Item = &'static Step<P>> {
    P::STEPS.iter().filter(move |row| {
        row.opening == Opening::Open && starts_in::<P>(row, state) && roles.iter().any(|role| row.by.contains(role))
    })
}

/// The row for `action` in `state` by someone with any of `roles`.
///
/// # Errors
/// [`NotNow`] says which of state, role or release stands in the way.
pub fn step<P: Procedure>(
    state: Option<P::State>,
    action: P::Action,
    roles: &[P::Role],
) -> Result<&'static Step<P>, NotNow> {
    let mut refusal = NotNow::WrongState;
    for row in P::STEPS.iter().filter(|row| row.action == action && starts_in::<P>(row, state)) {
        if row.opening == Opening::ShapeOnly {
            refusal = NotNow::NotOffered;
        } else if roles.iter().any(|role| row.by.contains(role)) {
            return Ok(row);
        } else {
            refusal = NotNow::WrongRole;
        }
    }
    Err(refusal)
}

fn starts_in<P: Procedure>(row: &Step<P>, state: Option<P::State>) -> bool {
    match state {
        None => row.from.is_empty(),
        Some(state) => row.from.contains(&state),
    }
}
