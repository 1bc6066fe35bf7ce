//! The table printed for people: a diagram for the manual, a matrix the bureau can review.

use crate::{Opening, Procedure};
use std::fmt::Write;

/// The state diagram in Mermaid's `stateDiagram-v2`; a row that is shape only is marked `(planned)`.
pub fn mermaid<P: Procedure>() -> String {
    let mut out = String::from("stateDiagram-v2\n");
    for row in P::STEPS {
        let mark = if row.opening == Opening::ShapeOnly { " (planned)" } else { "" };
        if row.from.is_empty() {
            let _ = writeln!(out, "    [*] --> {:?}: {} {:?}{mark}", row.to, row.number, row.action);
        }
        for state in row.from {
            let _ = writeln!(out, "    {state:?} --> {:?}: {} {:?}{mark}", row.to, row.number, row.action);
        }
    }
    for state in P::FINAL {
        let _ = writeln!(out, "    {state:?} --> [*]");
    }
    out
}

/// Who may do what: one line a row of the table, one column a role. `✔` may, `○` may once the step is offered, `·` may not.
pub fn matrix<P: Procedure>() -> String {
    let label = |row: &crate::Step<P>| {
        let from = row.from.iter().map(|s| format!("{s:?}")).collect::<Vec<_>>().join("|");
        format!("{} {}: {:?}", row.number, if from.is_empty() { "–".into() } else { from }, row.action)
    };
    let width = P::STEPS.iter().map(|row| label(row).chars().count()).max().unwrap_or(0);
    let columns: Vec<String> = P::ROLES.iter().map(|role| format!("{role:?}")).collect();
    let mut out = format!("{:width$}", P::NAME);
    for column in &columns {
        let _ = write!(out, " {column}");
    }
    for row in P::STEPS {
        let _ = write!(out, "\n{:width$}", label(row));
        for (role, column) in P::ROLES.iter().zip(&columns) {
            let mark = match (row.by.contains(role), row.opening) {
                (true, Opening::Open) => "✔",
                (true, Opening::ShapeOnly) => "○",
                (false, _) => "·",
            };
            let _ = write!(out, " {mark:<0$}", column.chars().count());
        }
    }
    out.lines().map(str::trim_end).fold(String::new(), |all, line| all + line + "\n")
}
