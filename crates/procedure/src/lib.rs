//! A statutory procedure as one table of steps, and the machine that reads it.
//!
//! A row says from which state, by which action, who may, where it leads, on which article of law, what it does to the
//! clock, and which papers it produces. Buttons, permission checks, work queues, the diagram in the manual and the
//! permission matrix are all read from the table; to change the law, one edits one row.
//!
//! **Invariant:** nothing here knows a clock, a database or a person; a table is checked by [`faults`] in a test.

mod machine;
mod print;
mod soundness;

pub use machine::{NotNow, open, step};
pub use print::{matrix, mermaid};
pub use soundness::{Fault, faults};

use std::fmt::Debug;

/// What a procedure's code supplies: its states, roles and its table.
pub trait Procedure: Sized + 'static {
    type State: Copy + Eq + Debug + 'static;
    type Action: Copy + Eq + Debug + 'static;
    type Role: Copy + Eq + Debug + 'static;

    /// The word the procedure is stored and printed under, e.g. `case`.
    const NAME: &'static str;
    const STATES: &'static [Self::State];
    /// States in which nothing more is owed; the only ones a step need not leave.
    const FINAL: &'static [Self::State];
    /// Roles in the order of the permission matrix's columns.
    const ROLES: &'static [Self::Role];
    const STEPS: &'static [Step<Self>];
}

/// What a step does to a statutory term; the text is the rule's id, e.g. `DL03`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    Starts(&'static str),
    Stops(&'static str),
    Pauses(&'static str),
    Resumes(&'static str),
    Extends(&'static str),
}

/// Where a step stands in this release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// It can be taken.
    Open,
    /// The row is law, its form is not built yet: printed in diagram and matrix, never offered.
    ShapeOnly,
}

/// One row of the table.
pub struct Step<P: Procedure> {
    /// The transition's number in the rule book, e.g. `T05`.
    pub number: &'static str,
    /// The states it may be taken in; empty for the step that creates the subject.
    pub from: &'static [P::State],
    pub action: P::Action,
    /// Who may take it.
    pub by: &'static [P::Role],
    pub to: P::State,
    pub effects: &'static [Effect],
    /// The article that allows or demands it.
    pub article: &'static str,
    /// The papers it produces, by their official names.
    pub papers: &'static [&'static str],
    pub opening: Opening,
}

impl<P: Procedure> Step<P> {
    /// A step that touches no term and produces no paper; what else it does is said by `Step { …, ..Step::plain(…) }`.
    pub const fn plain(
        number: &'static str,
        from: &'static [P::State],
        action: P::Action,
        by: &'static [P::Role],
        to: P::State,
        article: &'static str,
    ) -> Self {
        Self { number, from, action, by, to, effects: &[], article, papers: &[], opening: Opening::Open }
    }

    /// Whether the step leaves the state it is taken in.
    pub fn stays(&self, state: P::State) -> bool {
        self.to == state
    }
}

#[cfg(test)]
mod tests;
