//! Statutory working days: which day is a working day, and on which day a term ends.
//!
//! Give it a [`Calendar`] of decreed years and it answers [`Calendar::due`] (a term without interruptions, fast) and
//! [`Calendar::reckon`] (pauses, extensions, and an explanation a person can check by hand).
//!
//! **Invariant:** everything is a function of its arguments. No clock, no file, no time zone; a date is a
//! [`jiff::civil::Date`]. No argument makes it panic: what would end after 9999-12-31 ends on 9999-12-31, provisionally.
//!
//! The counting rules, and where they stand:
//! - the starting day is day zero (民法典 201);
//! - a term of months or years ends on the corresponding day, or on the last day of a month that has none (民法典 202);
//! - a term of days, months or years whose last day is a rest day ends on the next working day (民法典 203);
//! - a working day is Monday to Friday outside the decreed holidays, and every decreed made-up day (调休上班日).

mod calendar;
mod decree;
mod explain;
mod pause;
mod reckon;
mod term;

pub use calendar::{Calendar, Day, Due};
pub use decree::{CalendarFault, FaultKind};
pub use explain::{Counting, Line, Reason, Rest, holiday_en};
pub use pause::{Pause, PauseEdges, PauseFault};
pub use reckon::{Clock, EXPLANATION_LINES_MAX, Reckoning};
pub use term::{Term, TermFault};
