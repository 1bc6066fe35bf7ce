//! What the rules are told: a case with everything they need, and what a person wants to do with it.

use super::content::{AcceptanceCheck, Content, Declaration, Delivery, Entrustment, Examination, Refusal, Review};
use super::draft::Draft;
use super::steps::{Action, State};
use crate::registry::{Appraiser, Institution};
use jiff::Timestamp;
use jiff::civil::Date;

/// A case as it stands.
#[derive(Clone, Debug)]
pub struct Record {
    pub id: String,
    pub version: i64,
    pub state: State,
    pub institution_id: String,
    pub client_organisation_id: String,
    pub client_account_id: String,
    pub code: Option<String>,
    pub opinion_number: Option<String>,
    pub received_on: Date,
    pub due_on: Option<Date>,
    pub due_provisional: bool,
    pub content: Content,
}

/// An appraiser on the case.
#[derive(Clone, Debug)]
pub struct Member {
    pub appraiser: Appraiser,
    /// 1 is the lead (第一鉴定人).
    pub position: i64,
    pub declared: Option<Declared>,
    pub signed_at: Option<Timestamp>,
}

/// What the appraiser said about reasons for recusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Declared {
    Clear,
    Conflicted,
}

/// How far the draft is.
#[derive(Clone, Debug, Default)]
pub struct DraftFacts {
    pub version: i64,
    /// Titles of the parts that are still empty.
    pub missing: Vec<&'static str>,
    /// The draft that the reviewer approved, by version.
    pub approved_version: Option<i64>,
    /// The newest text, for the opinion check.
    pub text: Draft,
}

/// All that the guards look at.
#[derive(Clone, Debug)]
pub struct Facts {
    pub case: Record,
    pub institution: Institution,
    pub team: Vec<Member>,
    /// Appraisers of the institution licensed for the item today.
    pub eligible: usize,
    pub draft: Option<DraftFacts>,
    /// Kinds of papers that exist.
    pub papers: Vec<String>,
}

impl Facts {
    pub fn lead(&self) -> Option<&Member> {
        self.team.iter().find(|member| member.position == 1)
    }

    pub fn member(&self, appraiser_id: Option<&str>) -> Option<&Member> {
        let id = appraiser_id?;
        self.team.iter().find(|member| member.appraiser.id == id)
    }

    pub fn entrustment(&self) -> &Entrustment {
        &self.case.content.entrustment
    }
}

/// What a person wants to do, with what the form asked for.
#[derive(Clone, Debug)]
pub enum Input {
    Decline(Refusal),
    Accept(AcceptanceCheck),
    Commission,
    Assign(Vec<Appraiser>),
    Replace { team: Vec<Appraiser>, reason: String },
    Declare(Declaration),
    Begin,
    Draft(Examination),
    SubmitForReview,
    SendBack { comments: String },
    Approve(Review),
    Sign,
    Issue,
    Deliver(Delivery),
    Archive { shelf: String },
}

impl Input {
    pub fn action(&self) -> Action {
        match self {
            Self::Decline(_) => Action::Decline,
            Self::Accept(_) => Action::Accept,
            Self::Commission => Action::Commission,
            Self::Assign(_) => Action::Assign,
            Self::Replace { .. } => Action::Replace,
            Self::Declare(_) => Action::Declare,
            Self::Begin => Action::Begin,
            Self::Draft(_) => Action::Draft,
            Self::SubmitForReview => Action::SubmitForReview,
            Self::SendBack { .. } => Action::SendBack,
            Self::Approve(_) => Action::Approve,
            Self::Sign => Action::Sign,
            Self::Issue => Action::Issue,
            Self::Deliver(_) => Action::Deliver,
            Self::Archive { .. } => Action::Archive,
        }
    }
}
