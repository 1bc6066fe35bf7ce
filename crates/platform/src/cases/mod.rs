//! The appraisal case, from entrustment to archive (rules.md §1.8).
//!
//! **Invariant:** a case changes only through [`acts`]: the rules decide, `store::carry_out` writes, in one transaction.

pub mod acts;
pub mod attachments;
mod code;
pub mod content;
pub mod described;
pub mod draft;
pub mod elsewhere;
mod entrust;
mod exported;
pub mod facts;
mod forms;
pub mod history;
pub mod law;
pub mod lint;
mod making;
pub mod pages;
pub mod papers;
pub mod progress;
pub mod queue;
pub mod records;
pub mod rules;
pub mod search;
pub mod settle;
mod show;
pub mod steps;
pub mod store;
mod view;
mod work;

pub use attachments::{
    Attachment, download as download_file, keep as keep_file, list as files, room_for_one as room_for_file,
};
pub use code::{SIGNS, is_sound, random_signs};
pub use entrust::{checked as checked_entrustment, fill_draft, write_draft};
pub use forms::is_id_number;
pub use forms::{SECRETS, SIGNED_STEPS};
pub use making::{examinee_line, matters};
pub use show::visible;
pub use steps::{Action, Case, State};
pub use store::Scope;
pub use view::{Event, OpenStep, due_words, events, label as term_label, masked, masked_phone, options, outcome};

use crate::Feature;
use crate::actor::Role;
use crate::web::{CaseTab, NavItem};

pub const FEATURE: Feature = Feature {
    name: "cases",
    routes: pages::routes,
    navigation: &[
        NavItem { path: "/work", label: "工作台", shown: |who| who.is_some_and(|who| Scope::of(who).is_ok()) },
        NavItem { path: "/entrust", label: "委托鉴定", shown: |who| who.is_some_and(|who| who.is(Role::Client)) },
    ],
    case_tabs: &[
        CaseTab { path: "", label: "案件", shown: |who| Scope::of(who).is_ok() },
        CaseTab {
            path: "/records", label: "鉴定记录", shown: |who| Scope::of(who).is_ok() && !who.is(Role::Client)
        },
    ],
};
