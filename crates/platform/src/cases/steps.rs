//! The case as a table: states, actions, and the 25 transitions of the General Rules (rules.md §1.8).
//!
//! **Invariant:** what differs by province is a guard that asks the rule pack, never a second table.

use crate::actor::Role;
use crate::cases::law;
use crate::words;
use procedure::Effect::{Extends, Pauses, Resumes, Starts, Stops};
use procedure::{Procedure, Step};

/// The appraisal case as a procedure.
pub struct Case;

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
        Suspended, "suspended", "中止鉴定";
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
        ObjectToAppraiser, "object_to_appraiser", "申请鉴定人回避";
        DecideRecusal, "decide_recusal", "决定是否回避";
        Pause, "pause", "暂停计时";
        ApprovePause, "approve_pause", "批准暂停";
        RejectPause, "reject_pause", "不同意暂停";
        Resume, "resume", "恢复计时";
        Suspend, "suspend", "中止鉴定";
        Continue, "continue", "恢复鉴定";
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
        AttendCourt, "attend_court", "登记出庭通知";
        RecordCourt, "record_court", "登记出庭情况";
        WithdrawOpinion, "withdraw_opinion", "撤销鉴定意见";
        ImportLedger, "import_ledger", "台账导入";
    }
}

crate::text_columns!(State, Action);

impl State {
    /// Nothing of the main road is left: whoever reads the case from here on reads an archived file.
    pub fn is_closed(self) -> bool {
        Case::FINAL.contains(&self)
    }
}

/// Working days from receipt to the decision on acceptance (通则 13).
pub const DL01: &str = "DL01";
/// The same with the time of a supplement not counted: the 通则 is silent, so it is shown beside the strict date (S26c).
pub const DL01_PAUSED: &str = "DL01P";
/// Working days from the agreement's entry into force to the opinion (通则 28).
pub const DL03: &str = "DL03";
/// A new limit agreed in writing after the first had passed (通则 28; S07).
pub const DL05: &str = "DL05";

/// States in which work on the matter may still be broken off.
const BEFORE_ISSUE: &[State] = &[
    State::Received,
    State::AwaitingSupplement,
    State::Accepted,
    State::Commissioned,
    State::Assigned,
    State::InExamination,
    State::Paused,
    State::Suspended,
    State::DraftOpinion,
    State::InReview,
    State::Approved,
];
const AFTER_ISSUE: &[State] = &[State::Issued, State::Delivered, State::Archived];
const DESK: &[Role] = &[Role::FrontDesk, Role::Head];
const CLIENT_OR_DESK: &[Role] = &[Role::Client, Role::FrontDesk];

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
        Step::plain("T00", &[], Action::ImportLedger, &[Role::FrontDesk, Role::Head], State::Archived, law::T42),
        Step {
            effects: &[Starts(DL01)],
            ..Step::plain("T01", &[], Action::Entrust, &[Role::Client], State::Received, law::T12)
        },
        Step {
            effects: &[Pauses(DL01)],
            papers: &["补充鉴定材料通知书"],
            ..Step::plain(
                "T02",
                &[State::Received],
                Action::RequestSupplement,
                DESK,
                State::AwaitingSupplement,
                law::T14,
            )
        },
        Step {
            effects: &[Resumes(DL01), Starts(DL01_PAUSED)],
            ..Step::plain(
                "T03",
                &[State::AwaitingSupplement],
                Action::Supplement,
                CLIENT_OR_DESK,
                State::Received,
                law::T14,
            )
        },
        Step {
            effects: &[Stops(DL01), Stops(DL01_PAUSED)],
            papers: &["不予受理告知书"],
            ..Step::plain("T04", &[State::Received], Action::Decline, &[Role::Head], State::Declined, law::T15)
        },
        Step {
            effects: &[Stops(DL01), Stops(DL01_PAUSED)],
            papers: &["受理审查表", "司法鉴定告知书"],
            ..Step::plain("T05", &[State::Received], Action::Accept, DESK, State::Accepted, law::T14)
        },
        Step {
            effects: &[Starts(DL03)],
            papers: &["司法鉴定委托书"],
            ..Step::plain("T06", &[State::Accepted], Action::Commission, CLIENT_OR_DESK, State::Commissioned, law::T16)
        },
        Step::plain("T07", &[State::Commissioned], Action::Assign, &[Role::Head], State::Assigned, law::T18_19),
        Step::plain("T08", &[State::Assigned], Action::Replace, &[Role::Head], State::Assigned, law::T21),
        Step::plain(
            "T08",
            &[State::InExamination, State::DraftOpinion, State::InReview, State::Approved],
            Action::Replace,
            &[Role::Head],
            State::Assigned,
            law::T21,
        ),
        recusal("T08a", &[State::Assigned], State::Assigned, Action::ObjectToAppraiser),
        recusal("T08a", &[State::InExamination], State::InExamination, Action::ObjectToAppraiser),
        recusal("T08a", &[State::Paused], State::Paused, Action::ObjectToAppraiser),
        recusal("T08a", &[State::Suspended], State::Suspended, Action::ObjectToAppraiser),
        recusal("T08a", &[State::DraftOpinion], State::DraftOpinion, Action::ObjectToAppraiser),
        recusal("T08a", &[State::InReview], State::InReview, Action::ObjectToAppraiser),
        recusal("T08a", &[State::Approved], State::Approved, Action::ObjectToAppraiser),
        recusal("T08b", &[State::Assigned], State::Assigned, Action::DecideRecusal),
        recusal("T08b", &[State::InExamination], State::InExamination, Action::DecideRecusal),
        recusal("T08b", &[State::Paused], State::Paused, Action::DecideRecusal),
        recusal("T08b", &[State::Suspended], State::Suspended, Action::DecideRecusal),
        recusal("T08b", &[State::DraftOpinion], State::DraftOpinion, Action::DecideRecusal),
        recusal("T08b", &[State::InReview], State::InReview, Action::DecideRecusal),
        recusal("T08b", &[State::Approved], State::Approved, Action::DecideRecusal),
        Step::plain("T09a", &[State::Assigned], Action::Declare, &[Role::Appraiser], State::Assigned, law::T20),
        Step::plain("T09", &[State::Assigned], Action::Begin, &[Role::Appraiser], State::InExamination, law::T22_24),
        Step {
            effects: &[Pauses(DL03), Pauses(DL05)],
            papers: &["暂停计时通知书"],
            ..Step::plain(
                "T10",
                &[State::InExamination],
                Action::Pause,
                &[Role::Appraiser, Role::Head],
                State::Paused,
                law::T25_28,
            )
        },
        Step::plain("T10a", &[State::Paused], Action::ApprovePause, &[Role::Head], State::Paused, law::T25_28),
        Step {
            effects: &[Resumes(DL03), Resumes(DL05)],
            ..Step::plain(
                "T10b",
                &[State::Paused],
                Action::RejectPause,
                &[Role::Head],
                State::InExamination,
                law::T25_28,
            )
        },
        Step {
            effects: &[Pauses(DL03), Pauses(DL05)],
            papers: &["中止鉴定通知书"],
            ..Step::plain(
                "T10s",
                &[State::InExamination],
                Action::Suspend,
                &[Role::Head],
                State::Suspended,
                law::BJ24_GD39,
            )
        },
        Step {
            effects: &[Resumes(DL03), Resumes(DL05)],
            papers: &["恢复计时通知书"],
            ..Step::plain("T11", &[State::Paused], Action::Resume, DESK, State::InExamination, law::T25_28)
        },
        Step::plain("T11a", &[State::Paused], Action::Supplement, CLIENT_OR_DESK, State::Paused, law::T14),
        Step::plain("T11a", &[State::Suspended], Action::Supplement, CLIENT_OR_DESK, State::Suspended, law::T14),
        Step {
            effects: &[Resumes(DL03), Resumes(DL05)],
            papers: &["恢复鉴定通知书"],
            ..Step::plain("T11s", &[State::Suspended], Action::Continue, DESK, State::InExamination, law::BJ24_GD39)
        },
        extend(&[State::Commissioned], State::Commissioned),
        extend(&[State::Assigned], State::Assigned),
        extend(&[State::InExamination], State::InExamination),
        extend(&[State::DraftOpinion], State::DraftOpinion),
        extend(&[State::InReview], State::InReview),
        Step::plain(
            "T13",
            &[State::InExamination],
            Action::Draft,
            &[Role::Appraiser],
            State::DraftOpinion,
            law::T23_27,
        ),
        Step::plain(
            "T14",
            &[State::DraftOpinion],
            Action::SubmitForReview,
            &[Role::Appraiser],
            State::InReview,
            law::T35,
        ),
        Step::plain("T15", &[State::InReview], Action::SendBack, &[Role::Reviewer], State::DraftOpinion, law::T35),
        Step::plain(
            "T15a",
            &[State::Approved],
            Action::SendBack,
            &[Role::Reviewer, Role::Head],
            State::DraftOpinion,
            law::T35,
        ),
        Step {
            papers: &["司法鉴定复核意见"],
            ..Step::plain("T16", &[State::InReview], Action::Approve, &[Role::Reviewer], State::Approved, law::T35)
        },
        Step::plain("T17a", &[State::Approved], Action::Sign, &[Role::Appraiser], State::Approved, law::T37_SH30),
        Step {
            effects: &[Stops(DL03), Stops(DL05)],
            papers: &["司法鉴定意见书"],
            ..Step::plain("T17", &[State::Approved], Action::Issue, &[Role::Head], State::Issued, law::T36_39)
        },
        Step::plain("T18", &[State::Issued], Action::Deliver, CLIENT_OR_DESK, State::Delivered, law::T39),
        Step::plain("T19", &[State::Delivered], Action::Archive, &[Role::Archivist], State::Archived, law::T42),
        ending("T20", Action::Terminate, Role::Head, State::Terminated),
        ending("T21", Action::Withdraw, Role::Client, State::Withdrawn),
        after_issue("T22", State::Issued, Action::Correct, &[Role::Appraiser], law::T41),
        after_issue("T22", State::Delivered, Action::Correct, &[Role::Appraiser], law::T41),
        after_issue("T22", State::Archived, Action::Correct, &[Role::Appraiser], law::T41),
        after_issue("T23", State::Delivered, Action::Supplementary, &[Role::Client], law::T30),
        after_issue("T23", State::Archived, Action::Supplementary, &[Role::Client], law::T30),
        after_issue("T24", State::Delivered, Action::ReAppraise, &[Role::Client], law::T31_32),
        after_issue("T24", State::Archived, Action::ReAppraise, &[Role::Client], law::T31_32),
        after_issue("T25", State::Delivered, Action::AttendCourt, &[Role::Appraiser, Role::FrontDesk], law::T43_46),
        after_issue("T25", State::Archived, Action::AttendCourt, &[Role::Appraiser, Role::FrontDesk], law::T43_46),
        after_issue("T25a", State::Delivered, Action::RecordCourt, &[Role::Appraiser, Role::FrontDesk], law::T43_46),
        after_issue("T25a", State::Archived, Action::RecordCourt, &[Role::Appraiser, Role::FrontDesk], law::T43_46),
        // The 通则 does not say who withdraws: whoever answers for the institution's seal, and nobody else.
        after_issue("T26", State::Issued, Action::WithdrawOpinion, &[Role::Head], law::EVIDENCE_40_42),
        after_issue("T26", State::Delivered, Action::WithdrawOpinion, &[Role::Head], law::EVIDENCE_40_42),
        after_issue("T26", State::Archived, Action::WithdrawOpinion, &[Role::Head], law::EVIDENCE_40_42),
    ];
}

const fn extend(from: &'static [State], to: State) -> Step<Case> {
    Step {
        effects: &[Extends(DL03), Extends(DL05), Starts(DL05)],
        papers: &["延长鉴定时限告知书"],
        ..Step::plain("T12", from, Action::Extend, &[Role::Head], to, law::T28)
    }
}

/// The client objects to an appraiser, the head decides (通则 21); the case stays where it is.
const fn recusal(number: &'static str, from: &'static [State], to: State, action: Action) -> Step<Case> {
    match action {
        Action::DecideRecusal => {
            Step { papers: &["回避决定书"], ..Step::plain(number, from, action, &[Role::Head], to, law::T21) }
        }
        _ => Step::plain(number, from, action, &[Role::Client], to, law::T20),
    }
}

const fn ending(number: &'static str, action: Action, by: Role, to: State) -> Step<Case> {
    let by: &'static [Role] = match by {
        Role::Head => &[Role::Head],
        _ => &[Role::Client],
    };
    Step {
        effects: &[Stops(DL01), Stops(DL01_PAUSED), Stops(DL03), Stops(DL05)],
        papers: &["终止鉴定告知书"],
        ..Step::plain(number, BEFORE_ISSUE, action, by, to, law::T29)
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
    let papers: &'static [&'static str] = match action {
        Action::Correct => &["司法鉴定意见书补正书"],
        Action::RecordCourt => &["出庭记录"],
        Action::WithdrawOpinion => &["撤销鉴定意见书告知书"],
        _ => &[],
    };
    Step { papers, ..Step::plain(number, from, action, by, state, article) }
}

impl State {
    /// Where an opinion has been issued.
    pub fn is_issued(self) -> bool {
        AFTER_ISSUE.contains(&self)
    }
}
