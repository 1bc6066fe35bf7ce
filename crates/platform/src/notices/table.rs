//! Who is told of what: one table for the steps of a case, one for its terms.
//!
//! **Invariant:** every action of the case has a row, also where nobody is told; then the row says why.

use crate::cases::steps::{DL01, DL01_PAUSED, DL03, DL05};
use jiff::civil::Date;
use worktime::Calendar;

/// Whom a row means. Whoever did the act is never told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whom {
    /// Everybody of the organisation that entrusted.
    Client,
    FrontDesk,
    Head,
    /// The appraisers of the case.
    Team,
    /// The reviewers of the institution who are not of the case's team.
    Reviewers,
    Archivist,
    /// Of the bureau, whatever the institution.
    Supervisors,
}

impl Whom {
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Client => "委托人",
            Self::FrontDesk => "受理人员",
            Self::Head => "机构负责人",
            Self::Team => "本案鉴定人",
            Self::Reviewers => "复核人",
            Self::Archivist => "档案管理员",
            Self::Supervisors => "执业监管人员",
        }
    }
}

/// A row: after this action these are told this.
pub(super) struct Row {
    pub action: &'static str,
    pub tells: &'static [Whom],
    /// What they are told, as the translator's key; where nobody is told, why, for the reader of the table.
    pub says: &'static str,
}

const fn row(action: &'static str, tells: &'static [Whom], says: &'static str) -> Row {
    Row { action, tells, says }
}

use Whom::{Archivist, Client, FrontDesk, Head, Reviewers, Supervisors, Team};

/// Steps of a case.
pub(super) const ROWS: &[Row] = &[
    row("entrust", &[FrontDesk, Head], "收到新的委托，请审查是否受理。"),
    row("request_supplement", &[Client], "鉴定机构要求补充材料，请查看并补充。"),
    row("supplement", &[FrontDesk], "委托人已补充材料，请继续审查。"),
    row("decline", &[Client], "委托未被受理，请查看不予受理告知书。"),
    row("accept", &[Client], "委托已受理，请签订司法鉴定委托书。"),
    row("commission", &[Client, FrontDesk, Head], "委托书已签订，鉴定时限开始计算，请指派鉴定人。"),
    row("assign", &[Client, Team], "鉴定人已指派。鉴定人请声明是否回避，委托人可以申请回避。"),
    row("replace", &[Client, Team], "鉴定人已更换。"),
    row("object_to_appraiser", &[Head], "委托人申请鉴定人回避，请作出决定。"),
    row("decide_recusal", &[Client, Team], "对回避申请已作出决定，请查看回避决定书。"),
    row("declare", &[Head], "鉴定人已作回避声明。"),
    row("begin", &[Client], "鉴定已开始。"),
    row("pause", &[Client, Team, Head], "鉴定时限已暂停计算。"),
    row("approve_pause", &[Team, FrontDesk], "暂停计时已经批准。"),
    row("reject_pause", &[Client, Team], "暂停计时没有批准，时限照常计算。"),
    row("suspend", &[Client, Team, FrontDesk], "鉴定已中止，请查看中止鉴定通知书。"),
    row("continue", &[Client, Team], "鉴定已恢复。"),
    row("resume", &[Client, Team, Head], "鉴定时限已恢复计算。"),
    row("extend", &[Client, Team], "鉴定时限已延长。"),
    row("draft", &[], "nobody: the appraisers' own work, told when it goes to review"),
    row("submit_for_review", &[Reviewers], "意见书已提交复核，请复核。"),
    row("send_back", &[Team], "复核人退回了意见书，请修改。"),
    row("approve", &[Team, Head], "复核已通过，请鉴定人签名。"),
    row("sign", &[Head], "鉴定人已签名；全部签名后请签发。"),
    row("issue", &[Client, FrontDesk, Team], "意见书已签发。"),
    row("deliver", &[Client, Archivist], "意见书已送达。"),
    row("archive", &[], "nobody: the case is at its end and its people have been told of the delivery"),
    row("terminate", &[Client, Team, FrontDesk], "鉴定已终止，请查看终止鉴定告知书。"),
    row("withdraw", &[FrontDesk, Team, Head], "委托人已撤回委托。"),
    row("correct", &[Client, Head], "意见书有补正。"),
    row(
        "withdraw_opinion",
        &[Client, Team, FrontDesk, Archivist, Supervisors],
        "鉴定意见已被鉴定机构撤销，请勿再作为依据使用，并查看撤销鉴定意见书告知书。",
    ),
    row("supplementary", &[FrontDesk, Head], "委托人要求补充鉴定。"),
    row("re_appraise", &[FrontDesk, Head], "委托人要求重新鉴定。"),
    row("attend_court", &[Head, FrontDesk], "收到出庭作证的通知。"),
    row("record_court", &[Head], "出庭情况已登记。"),
    row("import_ledger", &[], "nobody: what happened before the platform"),
];

pub(super) fn of_action(action: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.action == action)
}

/// A kind of term: its name, and who is reminded of it.
pub(super) struct TermRow {
    pub rule: &'static str,
    pub label: &'static str,
    pub tells: &'static [Whom],
}

/// Terms with people of their own; the last row is for every other.
pub(super) const TERMS: &[TermRow] = &[
    TermRow { rule: DL01, label: "受理审查时限", tells: &[FrontDesk, Head] },
    // Shown beside the strict date for reference; the strict one reminds.
    TermRow { rule: DL01_PAUSED, label: "受理审查时限", tells: &[] },
    TermRow { rule: DL03, label: "鉴定时限", tells: &[Team, Head] },
    TermRow { rule: DL05, label: "鉴定时限", tells: &[Team, Head] },
    TermRow { rule: "", label: "法定时限", tells: &[FrontDesk, Head] },
];

pub(super) fn of_term(rule: &str) -> Option<&'static TermRow> {
    TERMS.iter().find(|row| row.rule == rule).or(TERMS.last())
}

/// Working days before a date on which it counts as soon: the same as in the work queue.
const SOON_WORKDAYS: u32 = 3;
/// Working days after which an overdue term is called to mind again.
const AGAIN_WORKDAYS: u32 = 5;

/// A stage of a term; each is told once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Soon,
    Today,
    /// How many times five working days it is late: 0 from the first day on.
    Overdue(u32),
}

impl Stage {
    /// Where a term stands today; none while there is time.
    pub(super) fn of(due: Date, today: Date, calendar: &Calendar) -> Option<Self> {
        if today == due {
            Some(Self::Today)
        } else if today > due {
            Some(Self::Overdue(calendar.workdays_between(due, today) / AGAIN_WORKDAYS))
        } else {
            (calendar.workdays_between(today, due) <= SOON_WORKDAYS).then_some(Self::Soon)
        }
    }

    pub(super) fn word(self) -> String {
        match self {
            Self::Soon => "soon".into(),
            Self::Today => "today".into(),
            Self::Overdue(times) => format!("overdue-{times}"),
        }
    }

    pub(super) fn says(self) -> &'static str {
        match self {
            Self::Soon => "时限即将到期，请抓紧办理。",
            Self::Today => "时限今天到期，请今天办结。",
            Self::Overdue(0) => "时限已过，请立即办理并说明原因。",
            Self::Overdue(_) => "时限已过多日，仍未办结，请立即办理。",
        }
    }
}

/// Both tables for people: the golden `notices.md`.
pub fn print() -> String {
    let names = |tells: &[Whom]| tells.iter().map(|one| one.label()).collect::<Vec<_>>().join("、");
    let mut out = String::from("# Who is told of what\n\n| action | told | text |\n| --- | --- | --- |\n");
    for row in ROWS {
        let who = if row.tells.is_empty() { "–".to_owned() } else { names(row.tells) };
        out += &format!("| {} | {who} | {} |\n", row.action, row.says);
    }
    out += "\n| term | name | told |\n| --- | --- | --- |\n";
    for row in TERMS {
        let rule = if row.rule.is_empty() { "(any other)" } else { row.rule };
        out += &format!("| {rule} | {} | {} |\n", row.label, names(row.tells));
    }
    out += "\n| stage | text |\n| --- | --- |\n";
    for stage in [Stage::Soon, Stage::Today, Stage::Overdue(0), Stage::Overdue(1)] {
        out += &format!("| {} | {} |\n", stage.word(), stage.says());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::Action;
    use jiff::civil::date;

    #[test]
    fn every_action_of_a_case_has_one_row() {
        for action in Action::ALL {
            let rows: Vec<&Row> = ROWS.iter().filter(|row| row.action == action.word()).collect();
            assert_eq!(rows.len(), 1, "notices/table.rs does not say who is told of {}", action.word());
            assert_eq!(rows[0].tells.is_empty(), rows[0].says.starts_with("nobody: "), "{}", action.word());
        }
        assert_eq!(ROWS.len(), Action::ALL.len(), "a row is of no action");
    }

    #[test]
    fn what_stays_in_the_house_is_not_told_to_clients() {
        for action in ["declare", "draft", "submit_for_review", "send_back", "approve", "sign"] {
            let row = of_action(action).unwrap();
            assert!(!row.tells.contains(&Whom::Client), "{action}: review and drafts are the house's own");
        }
    }

    #[test]
    fn a_term_has_its_stages() {
        let calendar = crate::deadline::decreed_calendar().unwrap();
        let due = date(2026, 3, 11);
        for (today, stage, why) in [
            (date(2026, 3, 5), None, "a Thursday, four working days before"),
            (date(2026, 3, 6), Some(Stage::Soon), "Friday, three before"),
            (date(2026, 3, 10), Some(Stage::Soon), "the day before"),
            (date(2026, 3, 11), Some(Stage::Today), "the day"),
            (date(2026, 3, 12), Some(Stage::Overdue(0)), "the first day late"),
            (date(2026, 3, 17), Some(Stage::Overdue(0)), "four working days late"),
            (date(2026, 3, 18), Some(Stage::Overdue(1)), "five: called to mind again"),
            (date(2026, 3, 25), Some(Stage::Overdue(2)), "ten"),
        ] {
            assert_eq!(Stage::of(due, today, &calendar), stage, "{today}: {why}");
        }
    }
}
