//! Every procedure's table: sound, and printed for people to review.

use crate::golden;
use platform::analysis::{Leads, Runs};
use platform::cases::Case;
use platform::draws::Draws;
use procedure::Procedure;

/// Lists a procedure's table in all tests of this file; a new procedure is a new line here.
macro_rules! each_procedure {
    ($check:ident) => {
        $check::<Case>();
        $check::<Draws>();
        $check::<Runs>();
        $check::<Leads>();
    };
}

fn is_sound<P: Procedure>() {
    let faults: Vec<String> = procedure::faults::<P>().iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "the table of {} has faults:\n{}", P::NAME, faults.join("\n"));
}

fn is_drawn<P: Procedure>() {
    let text = format!(
        "# {}\n\nDrawn from the table of steps; `cargo xtask goldens` writes it anew.\n\n```mermaid\n{}```\n",
        P::NAME,
        procedure::mermaid::<P>()
    );
    golden::holds(&format!("{}.mermaid.md", P::NAME), &text);
}

#[test]
fn every_table_is_sound() {
    each_procedure!(is_sound);
}

#[test]
fn every_table_is_drawn() {
    each_procedure!(is_drawn);
}

#[test]
fn the_permission_matrix_is_printed() {
    golden::holds("permissions.txt", &procedure::matrix::<Case>());
}

/// A row that is open has a form, which the page of the step shows; one that is not must not be offered by accident.
#[test]
fn every_action_of_the_table_is_known_to_the_program_by_its_stored_word() {
    for row in Case::STEPS {
        assert_eq!(row.action.word().parse(), Ok(row.action));
        assert_eq!(row.to.word().parse(), Ok(row.to));
        assert!(!row.action.label().is_empty() && !row.to.label().is_empty());
    }
}
