//! A draw as a table: states, actions, who may, on which article.

use crate::actor::Role;
use crate::words;
use procedure::{Procedure, Step};

/// The procedure.
pub struct Draws;

words! {
    /// Where a draw stands.
    State {
        Prepared, "prepared", "方案待公布";
        Committed, "committed", "方案已公布";
        Drawn, "drawn", "已抽取";
        Void, "void", "已作废";
    }
}

crate::text_columns!(State);

/// What can be done with a draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Prepare,
    Commit,
    Contribute,
    Reveal,
    Draw,
    Refuse,
    Annul,
}

impl Action {
    const ALL: &'static [Self] =
        &[Self::Prepare, Self::Commit, Self::Contribute, Self::Reveal, Self::Draw, Self::Refuse, Self::Annul];

    /// The stored word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Prepare => "prepare",
            Self::Commit => "commit",
            Self::Contribute => "contribute",
            Self::Reveal => "reveal",
            Self::Draw => "draw",
            Self::Refuse => "refuse",
            Self::Annul => "annul",
        }
    }
}

impl std::str::FromStr for Action {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().copied().find(|one| one.word() == text);
        found.ok_or_else(|| format!("{text:?} is no action of a draw"))
    }
}

/// A client chooses an institution by lot (上海条例 20); the other draws follow the same steps.
const SH20: &str = "《上海市司法鉴定管理条例》第二十条";
const ALL: &[Role] = &[Role::Client, Role::LicensingOfficer, Role::Supervisor, Role::AssociationOfficer];

const fn row(number: &'static str, from: &'static [State], action: Action, to: State) -> Step<Draws> {
    Step::plain(number, from, action, ALL, to, SH20)
}

impl Procedure for Draws {
    type State = State;
    type Action = Action;
    type Role = Role;

    const NAME: &'static str = "draws";
    const STATES: &'static [State] = State::ALL;
    const FINAL: &'static [State] = &[State::Drawn, State::Void];
    const ROLES: &'static [Role] = ALL;
    const STEPS: &'static [Step<Self>] = &[
        row("D01", &[], Action::Prepare, State::Prepared),
        row("D02", &[State::Prepared], Action::Commit, State::Committed),
        row("D03", &[State::Committed], Action::Contribute, State::Committed),
        row("D04", &[State::Committed], Action::Reveal, State::Committed),
        row("D05", &[State::Committed], Action::Draw, State::Drawn),
        row("D06", &[State::Drawn], Action::Refuse, State::Drawn),
        row("D07", &[State::Prepared, State::Committed], Action::Annul, State::Void),
    ];
}
