//! The case as a table: states, actions, and the 25 transitions of the General Rules (rules.md §1.8).
//!
//! Rows marked `ShapeOnly` are law already and stand in diagram and matrix; their forms are not built yet.

use crate::actor::Role;
use crate::cases::law;
use procedure::Effect::{Extends, Pauses, Resumes, Starts, Stops};
use procedure::Opening::{Open, ShapeOnly};
use procedure::{Procedure, Step};

/// The appraisal case as a procedure.
pub struct Case;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident, $word:literal, $label:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($variant),* }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// The stored word.
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word),* }
            }

            /// The Chinese name, which is the translator's key.
            pub fn label(self) -> &'static str {
                match self { $($name::$variant => $label),* }
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                Self::ALL.iter().copied().find(|one| one.word() == text).ok_or_else(|| format!("{text:?} is none"))
            }
        }

        $crate::text_columns!($name);
    };
}

words! {
    /// Where a case stands.
    State {
        Received, "received", "待受理";
        AwaitingSupplement, "awaiting_supplement", "待补充材料";
        Declined, "declined", "不予受理";
        Accepted, "accepted", "已受理待签约";
        Commissioned, "commissioned", "已签委托书";
        Assigned, "assigned", "已指派";
        InExamination, "in_examination", "鉴定中";
        Paused, "paused", "暂停计时";
        DraftOpinion, "draft_opinion", "起草意见书";
        InReview, "in_review", "复核中";
        Approved, "approved", "复核通过待签发";
        Issued, "issued", "已签发";
        Delivered, "delivered", "已送达";
        Archived, "archived", "已归档";
        Terminated, "terminated", "终止鉴定";
        Withdrawn, "withdrawn", "撤回委托";
    }
}

words! {
    /// What can be done with a case.
    Action {
        Entrust, "entrust", "提交委托";
        RequestSupplement, "request_supplement", "要求补充材料";
        Supplement, "supplement", "补充材料";
        Decline, "decline", "不予受理";
        Accept, "accept", "受理";
        Commission, "commission", "签订委托书";
        Assign, "assign", "指派鉴定人";
        Replace, "replace", "更换鉴定人";
        Declare, "declare", "回避声明";
        Begin, "begin", "开始鉴定";
        Pause, "pause", "暂停计时";
        Resume, "resume", "恢复计时";
        Extend, "extend", "延长时限";
        Draft, "draft", "记录鉴定并起草意见书";
        SubmitForReview, "submit_for_review", "提交复核";
        SendBack, "send_back", "退回修改";
        Approve, "approve", "复核通过";
        Sign, "sign", "签名";
        Issue, "issue", "签发意见书";
        Deliver, "deliver", "送达";
        Archive, "archive", "归档";
        Terminate, "terminate", "终止鉴定";
        Withdraw, "withdraw", "撤回委托";
        Correct, "correct", "补正";
        Supplementary, "supplementary", "补充鉴定";
        ReAppraise, "re_appraise", "重新鉴定";
        AttendCourt, "attend_court", "出庭作证";
        ImportLedger, "import_ledger", "台账导入";
    }
}

/// Working days from receipt to the decision on acceptance (通则 13).
pub const DL01: &str = "DL01";
/// Working days from the agreement's entry into force to the opinion (通则 28).
pub const DL03: &str = "DL03";

const fn row(
    number: &'static str,
    from: &'static [State],
    action: Action,
    by: &'static [Role],
    to: State,
    article: &'static str,
) -> Step<Case> {
    Step { number, from, action, by, to, effects: &[], article, papers: &[], opening: Open }
}

/// States in which work on the matter may still be broken off.
const BEFORE_ISSUE: &[State] = &[
    State::Received,
    State::AwaitingSupplement,
    State::Accepted,
    State::Commissioned,
    State::Assigned,
    State::InExamination,
    State::Paused,
    State::DraftOpinion,
    State::InReview,
    State::Approved,
];
const AFTER_ISSUE: &[State] = &[State::Issued, State::Delivered, State::Archived];

impl Procedure for Case {
    type State = State;
    type Action = Action;
    type Role = Role;

    const NAME: &'static str = "case";
    const STATES: &'static [State] = State::ALL;
    const FINAL: &'static [State] = &[State::Declined, State::Archived, State::Terminated, State::Withdrawn];
    const ROLES: &'static [Role] =
        &[Role::Client, Role::FrontDesk, Role::Appraiser, Role::Reviewer, Role::Head, Role::Archivist];
    const STEPS: &'static [Step<Self>] = &[
        // What was closed before the platform came enters as it stands in the ledger; no term runs for it.
        row("T00", &[], Action::ImportLedger, &[Role::FrontDesk, Role::Head], State::Archived, law::T42),
        Step {
            effects: &[Starts(DL01)],
            ..row("T01", &[], Action::Entrust, &[Role::Client], State::Received, law::T12)
        },
        Step {
            effects: &[Pauses(DL01)],
            papers: &["补充材料通知"],
            opening: ShapeOnly,
            ..row(
                "T02",
                &[State::Received],
                Action::RequestSupplement,
                &[Role::FrontDesk],
                State::AwaitingSupplement,
                law::T14,
            )
        },
        Step {
            effects: &[Resumes(DL01)],
            opening: ShapeOnly,
            ..row("T03", &[State::AwaitingSupplement], Action::Supplement, &[Role::Client], State::Received, law::T14)
        },
        Step {
            effects: &[Stops(DL01)],
            papers: &["不予受理告知书"],
            ..row("T04", &[State::Received], Action::Decline, &[Role::Head], State::Declined, law::T15)
        },
        Step {
            effects: &[Stops(DL01)],
            papers: &["受理审查表", "司法鉴定告知书"],
            ..row("T05", &[State::Received], Action::Accept, &[Role::FrontDesk, Role::Head], State::Accepted, law::T14)
        },
        Step {
            effects: &[Starts(DL03)],
            papers: &["司法鉴定委托书"],
            ..row(
                "T06",
                &[State::Accepted],
                Action::Commission,
                &[Role::Client, Role::FrontDesk],
                State::Commissioned,
                law::T16,
            )
        },
        row("T07", &[State::Commissioned], Action::Assign, &[Role::Head], State::Assigned, law::T18_19),
        row("T08", &[State::Assigned], Action::Replace, &[Role::Head], State::Assigned, law::T21),
        row("T09a", &[State::Assigned], Action::Declare, &[Role::Appraiser], State::Assigned, law::T20),
        row("T09", &[State::Assigned], Action::Begin, &[Role::Appraiser], State::InExamination, law::T22_24),
        Step {
            effects: &[Pauses(DL03)],
            opening: ShapeOnly,
            ..row(
                "T10",
                &[State::InExamination],
                Action::Pause,
                &[Role::Appraiser, Role::Head],
                State::Paused,
                law::T25_28,
            )
        },
        Step {
            effects: &[Resumes(DL03)],
            opening: ShapeOnly,
            ..row("T11", &[State::Paused], Action::Resume, &[Role::FrontDesk], State::InExamination, law::T25_28)
        },
        extend("T12", &[State::Commissioned], State::Commissioned),
        extend("T12", &[State::Assigned], State::Assigned),
        extend("T12", &[State::InExamination], State::InExamination),
        extend("T12", &[State::DraftOpinion], State::DraftOpinion),
        extend("T12", &[State::InReview], State::InReview),
        row("T13", &[State::InExamination], Action::Draft, &[Role::Appraiser], State::DraftOpinion, law::T23_27),
        row("T14", &[State::DraftOpinion], Action::SubmitForReview, &[Role::Appraiser], State::InReview, law::T35),
        row("T15", &[State::InReview], Action::SendBack, &[Role::Reviewer], State::DraftOpinion, law::T35),
        Step {
            papers: &["司法鉴定复核意见"],
            ..row("T16", &[State::InReview], Action::Approve, &[Role::Reviewer], State::Approved, law::T35)
        },
        row("T17a", &[State::Approved], Action::Sign, &[Role::Appraiser], State::Approved, law::T37_SH30),
        Step {
            effects: &[Stops(DL03)],
            papers: &["司法鉴定意见书"],
            ..row("T17", &[State::Approved], Action::Issue, &[Role::Head], State::Issued, law::T36_39)
        },
        row("T18", &[State::Issued], Action::Deliver, &[Role::Client, Role::FrontDesk], State::Delivered, law::T39),
        row("T19", &[State::Delivered], Action::Archive, &[Role::Archivist], State::Archived, law::T42),
        Step {
            effects: &[Stops(DL01), Stops(DL03)],
            papers: &["终止鉴定告知书"],
            opening: ShapeOnly,
            ..row("T20", BEFORE_ISSUE, Action::Terminate, &[Role::Head], State::Terminated, law::T29)
        },
        Step {
            effects: &[Stops(DL01), Stops(DL03)],
            opening: ShapeOnly,
            ..row("T21", BEFORE_ISSUE, Action::Withdraw, &[Role::Client], State::Withdrawn, law::T29)
        },
        after_issue("T22", State::Issued, Action::Correct, &[Role::Appraiser], law::T41),
        after_issue("T22", State::Delivered, Action::Correct, &[Role::Appraiser], law::T41),
        after_issue("T22", State::Archived, Action::Correct, &[Role::Appraiser], law::T41),
        after_issue("T23", State::Delivered, Action::Supplementary, &[Role::Client], law::T30),
        after_issue("T23", State::Archived, Action::Supplementary, &[Role::Client], law::T30),
        after_issue("T24", State::Delivered, Action::ReAppraise, &[Role::Client], law::T31_32),
        after_issue("T24", State::Archived, Action::ReAppraise, &[Role::Client], law::T31_32),
        after_issue("T25", State::Delivered, Action::AttendCourt, &[Role::Appraiser], law::T43_46),
        after_issue("T25", State::Archived, Action::AttendCourt, &[Role::Appraiser], law::T43_46),
    ];
}

const fn extend(number: &'static str, from: &'static [State], to: State) -> Step<Case> {
    Step {
        effects: &[Extends(DL03)],
        papers: &["延长鉴定时限告知书"],
        opening: ShapeOnly,
        ..row(number, from, Action::Extend, &[Role::Head], to, law::T28)
    }
}

/// What may follow an issued opinion leaves the case where it is.
const fn after_issue(
    number: &'static str,
    state: State,
    action: Action,
    by: &'static [Role],
    article: &'static str,
) -> Step<Case> {
    let from: &'static [State] = match state {
        State::Issued => &[State::Issued],
        State::Delivered => &[State::Delivered],
        _ => &[State::Archived],
    };
    Step { opening: ShapeOnly, ..row(number, from, action, by, state, article) }
}

impl State {
    /// Where an opinion has been issued.
    pub fn is_issued(self) -> bool {
        AFTER_ISSUE.contains(&self)
    }
}
