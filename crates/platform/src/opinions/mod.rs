//! Opinions: the draft, the review paper, issuing in one transaction, and the public page that verifies them.

mod check;
mod comments;
mod compare;
mod correct;
mod drafts;
mod evidence;
mod issue;
pub mod papers;
pub mod store;
mod verify;
mod withdraw;

pub use check::findings;
pub use comments::{Comment, comment_on, list as comments, reply_to};
pub use correct::{correct, correct_ahead};
pub use drafts::{load as load_draft, save_version};
pub use issue::{issue, issue_ahead, preview, review_paper};
pub use verify::normalised_code;
pub use withdraw::{withdraw, withdraw_ahead};

use crate::Feature;
use crate::actor::Role;
use crate::web::{CaseTab, NavItem};

pub const FEATURE: Feature = Feature {
    name: "opinions",
    routes: || {
        drafts::routes()
            .merge(comments::routes())
            .merge(compare::routes())
            .merge(correct::routes())
            .merge(check::routes())
            .merge(issue::routes())
            .merge(verify::routes())
            .merge(withdraw::routes())
    },
    navigation: &[NavItem { path: "/verify", label: "核验意见书", shown: |_| true }],
    case_tabs: &[CaseTab { path: "/opinion", label: "意见书草稿", shown: |who| !who.is(Role::Client) }],
};
