//! Two tables: a run of the screen, and the life of a lead.
//!
//! **Invariant:** a lead is confirmed by two officers or not at all, and never before its institution was asked: no row leads
//! from new or under review to confirmed.

use crate::actor::Role;
use procedure::Effect::{Starts, Stops};
use procedure::Opening::Open;
use procedure::{Effect, Procedure, Step};

/// A run of the screen as a procedure.
pub struct Runs;

/// A lead as a procedure.
pub struct Leads;

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
    Step { number, from, action, by: OFFICER, to, effects: &[], article: SUPERVISION, papers: &[], opening: Open }
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

struct Row {
    number: &'static str,
    from: &'static [LeadState],
    action: LeadAction,
    to: LeadState,
}

const fn lead(row: Row, by: &'static [Role], article: &'static str, effects: &'static [Effect]) -> Step<Leads> {
    let Row { number, from, action, to } = row;
    Step { number, from, action, by, to, effects, article, papers: &[], opening: Open }
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
        lead(Row { number: "AL01", from: &[], action: LeadAction::Find, to: New }, OFFICER, SUPERVISION, &[]),
        lead(
            Row { number: "AL02", from: &[New], action: LeadAction::TakeUp, to: UnderReview },
            OFFICER,
            SUPERVISION,
            &[],
        ),
        lead(
            Row { number: "AL03", from: &[UnderReview, Answered], action: LeadAction::Ask, to: Asked },
            OFFICER,
            TOLD,
            &[Starts(ANSWER)],
        ),
        lead(
            Row { number: "AL04", from: &[Asked], action: LeadAction::Answer, to: Answered },
            HEAD,
            HEARD,
            &[Stops(ANSWER)],
        ),
        lead(
            Row { number: "AL05", from: &[Asked, Answered], action: LeadAction::Propose, to: Proposed },
            OFFICER,
            SUPERVISION,
            &[Stops(ANSWER)],
        ),
        Step {
            papers: &["线索核查报告"],
            ..lead(
                Row { number: "AL06", from: &[Proposed], action: LeadAction::Concur, to: Confirmed },
                OFFICER,
                SUPERVISION,
                &[],
            )
        },
        lead(
            Row { number: "AL07", from: &[Proposed], action: LeadAction::Object, to: UnderReview },
            OFFICER,
            SUPERVISION,
            &[],
        ),
        lead(
            Row { number: "AL08", from: &[UnderReview, Asked, Answered], action: LeadAction::Dismiss, to: Dismissed },
            OFFICER,
            SUPERVISION,
            &[Stops(ANSWER)],
        ),
        lead(
            Row { number: "AL09", from: &[Dismissed], action: LeadAction::Reopen, to: UnderReview },
            OFFICER,
            SUPERVISION,
            &[],
        ),
    ];
}
