//! What the rules are told: a case with everything they need, and what a person wants to do with it.

use super::content::{
    AcceptanceCheck, Content, Correction, CourtAttendance, CourtOutcome, Declaration, Delivery, Ending, Entrustment,
    Examination, Extension, OpinionWithdrawal, PauseGround, Refusal, Review, Supplement, SupplementRequest,
};
use super::draft::Draft;
use super::elsewhere::{self, Hit};
use super::records::RecordFacts;
use super::steps::{Action, DL03, DL05, State};
use crate::actor::Actor;
use crate::custody;
use crate::fail::Objection;
use crate::perform::TermRow;
use crate::registry::{Appraiser, Institution};
use crate::rulebook::{self, Pack};
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
    /// SHA-256 of the version as it is kept: what a signature is bound to.
    pub sha256: String,
    pub text: Draft,
    /// Titles of the parts that are still empty.
    pub missing: Vec<&'static str>,
    /// The draft that the reviewer approved, by version.
    pub approved_version: Option<i64>,
    /// Reviewers' comments that nobody has resolved or withdrawn: those that must be met, and mere remarks.
    pub open_must: i64,
    pub open_remarks: i64,
}

/// The issued opinion: what a withdrawal is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedOpinion {
    pub number: String,
    /// SHA-256 of the file.
    pub sha256: String,
    pub issued_on: Date,
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
    /// The issued opinion; none before, and none where it stands in an old ledger only.
    pub opinion: Option<IssuedOpinion>,
    /// Kinds of papers that exist.
    pub papers: Vec<String>,
    /// The materials and whether each is accounted for.
    pub materials: Vec<custody::Summary>,
    /// Its statutory terms, the oldest first.
    pub terms: Vec<TermRow>,
    /// What kind of organisation the client is, e.g. `court`.
    pub client_kind: String,
    /// Of the case that this one supplements or re-appraises: its institution and appraisers.
    pub first: Option<FirstAppraisal>,
    /// What seems to be the same matter; asked only while acceptance is open.
    pub elsewhere: Vec<Hit>,
    /// The examination records, where the state makes them matter.
    pub records: RecordFacts,
    /// Why non-payment is no ground to terminate; known only while a termination is decided.
    pub non_payment: Vec<Objection>,
}

/// The first appraisal of the matter, where it is on this platform.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FirstAppraisal {
    pub institution_id: String,
    /// Ids of its appraisers.
    pub team: Vec<String>,
}

impl Facts {
    pub fn lead(&self) -> Option<&Member> {
        self.team.iter().find(|member| member.position == 1)
    }

    pub fn member(&self, appraiser_id: Option<&str>) -> Option<&Member> {
        let id = appraiser_id?;
        self.team.iter().find(|member| member.appraiser.id == id)
    }

    /// The rules of the institution's seat on a day.
    pub fn pack(&self, on: Date) -> Pack<'_> {
        rulebook::pack(&self.institution.region, on)
    }

    /// In these states the institution's appraisers for the item were counted; elsewhere `eligible` says only that there are enough.
    pub fn knows_eligible(&self) -> bool {
        matches!(self.case.state, State::Received | State::Accepted | State::Commissioned | State::Assigned)
    }

    /// The open term for the opinion: the first limit, or the one agreed after it had passed.
    pub fn opinion_term(&self) -> Option<&TermRow> {
        self.terms.iter().find(|term| term.is_open() && [DL03, DL05].contains(&term.rule.as_str()))
    }

    /// Whether the client is an organ that handles cases (办案机关; 上海条例 7 adds 监察机关).
    pub fn client_is_organ(&self) -> bool {
        ["court", "procuratorate", "police", "supervision"].contains(&self.client_kind.as_str())
    }

    /// Whether this person is told what seems to be the same matter.
    pub fn told_elsewhere(&self, who: Option<&Actor>) -> bool {
        who.is_some_and(elsewhere::is_for)
    }

    pub fn entrustment(&self) -> &Entrustment {
        &self.case.content.entrustment
    }
}

/// What a person wants to do, with what the form asked for.
#[derive(Clone, Debug)]
pub enum Input {
    RequestSupplement(SupplementRequest),
    Supplement(Supplement),
    Decline(Refusal),
    Accept(AcceptanceCheck),
    Commission,
    Assign {
        team: Vec<Appraiser>,
        /// Why a supplementary appraisal is not done by the first appraisers; empty otherwise.
        reason: String,
    },
    Replace {
        team: Vec<Appraiser>,
        reason: String,
    },
    ObjectToAppraiser {
        appraiser_id: String,
        reason: String,
    },
    DecideRecusal {
        sustained: bool,
        reason: String,
    },
    Declare(Declaration),
    Begin,
    Pause {
        ground: PauseGround,
        detail: String,
    },
    ApprovePause,
    RejectPause {
        reason: String,
    },
    Resume {
        note: String,
    },
    Suspend {
        ground: PauseGround,
        detail: String,
    },
    Continue {
        note: String,
    },
    Extend(Extension),
    Draft(Examination),
    SubmitForReview,
    SendBack {
        comments: String,
    },
    Approve(Review),
    Sign,
    Issue,
    Deliver(Delivery),
    Archive {
        shelf: String,
    },
    Terminate(Ending),
    Withdraw(Ending),
    Correct(Correction),
    /// The new case is made beside the step.
    Supplementary(Box<Entrustment>),
    ReAppraise(Box<Entrustment>),
    AttendCourt(CourtAttendance),
    RecordCourt(CourtOutcome),
    WithdrawOpinion(OpinionWithdrawal),
}

impl Input {
    pub fn action(&self) -> Action {
        match self {
            Self::RequestSupplement(_) => Action::RequestSupplement,
            Self::Supplement(_) => Action::Supplement,
            Self::Decline(_) => Action::Decline,
            Self::Accept(_) => Action::Accept,
            Self::Commission => Action::Commission,
            Self::Assign { .. } => Action::Assign,
            Self::Replace { .. } => Action::Replace,
            Self::ObjectToAppraiser { .. } => Action::ObjectToAppraiser,
            Self::DecideRecusal { .. } => Action::DecideRecusal,
            Self::Declare(_) => Action::Declare,
            Self::Begin => Action::Begin,
            Self::Pause { .. } => Action::Pause,
            Self::ApprovePause => Action::ApprovePause,
            Self::RejectPause { .. } => Action::RejectPause,
            Self::Resume { .. } => Action::Resume,
            Self::Suspend { .. } => Action::Suspend,
            Self::Continue { .. } => Action::Continue,
            Self::Extend(_) => Action::Extend,
            Self::Draft(_) => Action::Draft,
            Self::SubmitForReview => Action::SubmitForReview,
            Self::SendBack { .. } => Action::SendBack,
            Self::Approve(_) => Action::Approve,
            Self::Sign => Action::Sign,
            Self::Issue => Action::Issue,
            Self::Deliver(_) => Action::Deliver,
            Self::Archive { .. } => Action::Archive,
            Self::Terminate(_) => Action::Terminate,
            Self::Withdraw(_) => Action::Withdraw,
            Self::Correct(_) => Action::Correct,
            Self::Supplementary(_) => Action::Supplementary,
            Self::ReAppraise(_) => Action::ReAppraise,
            Self::AttendCourt(_) => Action::AttendCourt,
            Self::RecordCourt(_) => Action::RecordCourt,
            Self::WithdrawOpinion(_) => Action::WithdrawOpinion,
        }
    }
}
