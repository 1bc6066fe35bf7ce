//! Two tables: a run of the screen, and the life of a lead.
//!
//! **Invariant:** a lead is confirmed by two officers or not at all, and never before its institution was asked: no row leads
//! from new or under review to confirmed.

use crate::actor::Role;
use crate::words;
use procedure::Effect::{Starts, Stops};
use procedure::{Procedure, Step};

/// A run of the screen as a procedure.
pub struct Runs;

/// A lead as a procedure.
pub struct Leads;

words! {
    /// Where a run stands.
    RunState {
        Requested, "requested", "待运行";
        Running, "running", "运行中";
        Done, "done", "运行完成";
        Failed, "failed", "运行失败";
        Cancelled, "cancelled", "已取消";
    }
}

words! {
    /// What happens to a run.
    RunAction {
        Request, "request", "发起分析";
        Start, "start", "开始分析";
        Finish, "finish", "完成分析";
        Fail, "fail", "分析失败";
        Cancel, "cancel", "取消分析";
    }
}

words! {
    /// Where a lead stands.
    LeadState {
        New, "new", "新发现";
        UnderReview, "under_review", "核查中";
        Asked, "asked", "待机构说明";
        Answered, "answered", "机构已说明";
        Proposed, "proposed", "待第二人确认";
        Confirmed, "confirmed", "已确认";
        Dismissed, "dismissed", "已排除";
    }
}

words! {
    /// What is done with a lead.
    LeadAction {
        Find, "find", "发现线索";
        TakeUp, "take_up", "开始核查";
        Ask, "ask", "要求机构说明";
        Answer, "answer", "提交说明";
        Propose, "propose", "提议确认";
        Concur, "concur", "同意确认";
        Object, "object", "不同意确认";
        Dismiss, "dismiss", "排除线索";
        Reopen, "reopen", "重新核查";
    }
}

crate::text_columns!(RunState, RunAction, LeadState, LeadAction);

/// The term in which an institution answers.
pub const ANSWER: &str = "AN01";

/// What supervision looks at, and that it may ask for explanations.
const SUPERVISION: &str = "《上海市司法鉴定管理条例》第三十九条";
/// Who is held responsible is told the facts and grounds before, and heard.
const TOLD: &str = "《中华人民共和国行政处罚法》第四十四条";
const HEARD: &str = "《中华人民共和国行政处罚法》第四十五条";

const OFFICER: &[Role] = &[Role::Supervisor];
const HEAD: &[Role] = &[Role::Head];

const fn run(number: &'static str, from: &'static [RunState], action: RunAction, to: RunState) -> Step<Runs> {
    Step::plain(number, from, action, OFFICER, to, SUPERVISION)
}

impl Procedure for Runs {
    type State = RunState;
    type Action = RunAction;
    type Role = Role;

    const NAME: &'static str = "analysis_run";
    const STATES: &'static [RunState] = RunState::ALL;
    const FINAL: &'static [RunState] = &[RunState::Done, RunState::Failed, RunState::Cancelled];
    const ROLES: &'static [Role] = OFFICER;
    const STEPS: &'static [Step<Self>] = &[
        run("AR01", &[], RunAction::Request, RunState::Requested),
        run("AR02", &[RunState::Requested], RunAction::Start, RunState::Running),
        run("AR03", &[RunState::Running], RunAction::Finish, RunState::Done),
        run("AR04", &[RunState::Requested, RunState::Running], RunAction::Fail, RunState::Failed),
        run("AR05", &[RunState::Requested, RunState::Running], RunAction::Cancel, RunState::Cancelled),
    ];
}

use LeadState::{Answered, Asked, Confirmed, Dismissed, New, Proposed, UnderReview};

impl Procedure for Leads {
    type State = LeadState;
    type Action = LeadAction;
    type Role = Role;

    const NAME: &'static str = "lead";
    const STATES: &'static [LeadState] = LeadState::ALL;
    /// A dismissed lead may be taken up again: only a confirmed one is at its end.
    const FINAL: &'static [LeadState] = &[Confirmed];
    const ROLES: &'static [Role] = &[Role::Supervisor, Role::Head];
    const STEPS: &'static [Step<Self>] = &[
        Step::plain("AL01", &[], LeadAction::Find, OFFICER, New, SUPERVISION),
        Step::plain("AL02", &[New], LeadAction::TakeUp, OFFICER, UnderReview, SUPERVISION),
        Step {
            effects: &[Starts(ANSWER)],
            ..Step::plain("AL03", &[UnderReview, Answered], LeadAction::Ask, OFFICER, Asked, TOLD)
        },
        Step { effects: &[Stops(ANSWER)], ..Step::plain("AL04", &[Asked], LeadAction::Answer, HEAD, Answered, HEARD) },
        Step {
            effects: &[Stops(ANSWER)],
            ..Step::plain("AL05", &[Asked, Answered], LeadAction::Propose, OFFICER, Proposed, SUPERVISION)
        },
        Step {
            papers: &["线索核查报告"],
            ..Step::plain("AL06", &[Proposed], LeadAction::Concur, OFFICER, Confirmed, SUPERVISION)
        },
        Step::plain("AL07", &[Proposed], LeadAction::Object, OFFICER, UnderReview, SUPERVISION),
        Step {
            effects: &[Stops(ANSWER)],
            ..Step::plain("AL08", &[UnderReview, Asked, Answered], LeadAction::Dismiss, OFFICER, Dismissed, SUPERVISION)
        },
        Step::plain("AL09", &[Dismissed], LeadAction::Reopen, OFFICER, UnderReview, SUPERVISION),
    ];
}
