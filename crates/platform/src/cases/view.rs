//! A case as its page shows it: what can be done and why not, terms with their explanations, what happened.

use super::content::{Adoption, EndGround, Ground, Material, RefundUndertaking, Responsibility};
use super::facts::{Facts, Record};
use super::queue::Urgency;
use super::rules;
use super::steps::{Action, Case, DL03, DL05, State};
use crate::actor::{Actor, Role};
use crate::db::{Conn, DbError};
use crate::fail::Objection;
use crate::perform::TermRow;
use crate::text::Lang;
use crate::values;
use jiff::Timestamp;
use jiff::civil::Date;
use procedure::{Opening, Procedure};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

/// A step that leads on from here.
pub struct OpenStep {
    pub action: Action,
    pub article: &'static str,
    /// Whose step it is.
    pub by: Vec<&'static str>,
    /// This person's, and nothing stands in the way.
    pub may: bool,
    pub mine: bool,
    /// Off the main road: shown after it.
    pub is_detour: bool,
    pub objections: Vec<Objection>,
}

/// Every step the table offers from this state: the person's own with what stands in the way, the others' with whose they
/// are. To take a matter on comes before to refuse it, whatever the order of the articles.
pub fn options(facts: &Facts, actor: &Actor, today: Date) -> Vec<OpenStep> {
    let rows = Case::STEPS.iter().filter(|row| {
        row.from.contains(&facts.case.state)
            && row.opening == Opening::Open
            && rules::is_known_here(facts, row.action, today)
            && rules::has_an_object(facts, row.action)
    });
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by_key(|row| row.action == Action::Decline);
    let offered = rows.into_iter().map(|row| {
        let mine = row.by.iter().any(|role| actor.is(*role));
        let objections = if mine { rules::obstacles(facts, row.action, actor, today) } else { Vec::new() };
        OpenStep {
            is_detour: is_detour(row.action),
            action: row.action,
            article: row.article,
            by: row.by.iter().map(|role| Role::label(*role)).collect(),
            may: mine && objections.is_empty(),
            mine,
            objections,
        }
    });
    offered.collect()
}

/// Off the main road: offered on the page of the case, but nothing that waits to be done.
pub fn is_detour(action: Action) -> bool {
    use Action::{
        AttendCourt, Correct, DecideRecusal, Extend, ObjectToAppraiser, Pause, ReAppraise, RecordCourt, Replace,
        RequestSupplement, Supplementary, Suspend, Terminate, Withdraw, WithdrawOpinion,
    };
    matches!(
        action,
        RequestSupplement
            | Replace
            | ObjectToAppraiser
            | DecideRecusal
            | Pause
            | Suspend
            | Extend
            | Terminate
            | Withdraw
            | Correct
            | Supplementary
            | ReAppraise
            | AttendCourt
            | RecordCourt
            | WithdrawOpinion
    )
}

/// What a term is for.
pub fn label(rule: &str) -> &'static str {
    match rule {
        super::steps::DL01 => "决定是否受理",
        super::steps::DL01_PAUSED => "决定是否受理（扣除补充材料的时间，供参考）",
        super::steps::DL05 => "出具鉴定意见（重新约定的时限）",
        _ => "出具鉴定意见",
    }
}

/// Kept, missed, running or standing still on the given day; a term that stopped for another reason says which.
pub fn outcome(case: &Record, terms: &[TermRow], term: &TermRow, today: Date) -> &'static str {
    let Some(day) = term.stopped_on else {
        return match () {
            () if term.paused_from.is_some() => "暂停计时",
            () if today > term.due_on => "已超期",
            () => "计时中",
        };
    };
    let is_late = day > term.due_on;
    let is_for_opinion = |one: &TermRow| [DL03, DL05].contains(&one.rule.as_str());
    // S07: what was agreed after the limit had passed is a term of its own, from the day on which the old one stopped.
    let is_replaced =
        is_for_opinion(term) && terms.iter().any(|other| other != term && is_for_opinion(other) && other.starts >= day);
    // Acceptance stops the terms of acceptance: those are kept, whatever became of the case.
    let broken_off = is_for_opinion(term) || case.content.check.is_none();
    match case.state {
        _ if is_replaced => "逾期，已另行约定",
        State::Terminated if broken_off && is_late => "逾期，已停止（终止）",
        State::Terminated if broken_off => "已停止（终止）",
        State::Withdrawn if broken_off && is_late => "逾期，已停止（撤回）",
        State::Withdrawn if broken_off => "已停止（撤回）",
        _ if is_late => "逾期完成",
        _ => "按期完成",
    }
}

/// Something that happened.
pub struct Event {
    pub action: Action,
    pub actor_name: String,
    pub actor_role: Role,
    pub at: Timestamp,
    /// What the act stated, label (a translator key) and text.
    pub detail: Vec<(&'static str, String)>,
}

/// Newest first. What the institution says among itself is left out for a client.
pub async fn events(conn: &mut Conn, case_id: &str, lang: Lang, is_client: bool) -> Result<Vec<Event>, DbError> {
    let rows = conn
        .all(
            "select action, actor_name, actor_role, happened_at, detail from event
             where procedure_name = $1 and subject_id = $2 order by subject_version desc",
            values![Case::NAME, case_id],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let detail: Json = serde_json::from_str(&row.get::<String>("detail")?).unwrap_or_default();
            let action = row.get("action")?;
            Ok(Event {
                action,
                actor_name: row.get("actor_name")?,
                actor_role: row.get("actor_role")?,
                at: row.get("happened_at")?,
                detail: told(action, &detail, lang, is_client),
            })
        })
        .collect()
}

/// The parts of an event's detail that a reader of the timeline wants in words, and whether the client reads them too: the
/// rest is the institution's own (the review above all).
const TOLD: [(&str, &str, bool); 20] = [
    ("explanation", "说明", true),
    ("needed", "需要补充的材料", true),
    ("until", "补充期限", true),
    ("ground", "理由", true),
    ("workdays", "延长的工作日", true),
    ("from", "自", true),
    ("to", "至", true),
    ("paper", "书面文件", true),
    ("appraisers", "鉴定人", true),
    ("number", "文书编号", true),
    ("receiver", "收件人", true),
    ("court", "法院", true),
    ("hearing_on", "开庭日期", true),
    ("returned", "材料退还情况", true),
    ("wrong", "原文", true),
    ("right", "改为", true),
    ("reason", "原因", false),
    ("comments", "复核意见", false),
    ("procedure", "关于鉴定程序", false),
    ("opinion", "关于鉴定意见", false),
];
/// And these, which only the house reads.
const TOLD_INSIDE: [(&str, &str); 2] = [("shelf", "存放位置"), ("note", "备注")];

fn told(action: Action, detail: &Json, lang: Lang, is_client: bool) -> Vec<(&'static str, String)> {
    let text = |value: &Json| match value {
        // A ground is stored by its name, which is a key.
        Json::String(text) => lang.t(text).into_owned(),
        Json::Number(number) => number.to_string(),
        Json::Array(all) => lang.names(&all.iter().filter_map(Json::as_str).collect::<Vec<_>>()),
        _ => String::new(),
    };
    let inside = TOLD_INSIDE.iter().map(|(key, label)| (*key, *label, false));
    let mut all = chosen(action, detail, lang);
    all.extend(
        TOLD.iter()
            .copied()
            .chain(inside)
            .filter(|(_, _, for_clients)| *for_clients || !is_client)
            .map(|(key, label, _)| (label, text(&detail[key])))
            .filter(|(_, text)| !text.is_empty()),
    );
    all
}

/// What the act chose from a list, or brought in: the record keeps words and rows, people read names. A withdrawal has no
/// ground but itself.
fn chosen(action: Action, detail: &Json, lang: Lang) -> Vec<(&'static str, String)> {
    fn read<T: DeserializeOwned>(value: &Json) -> Option<T> {
        T::deserialize(value).ok()
    }
    let named = |label, key: &'static str| (label, lang.t(key).into_owned());
    match action {
        Action::Decline => {
            let grounds: Vec<Ground> = read(&detail["grounds"]).unwrap_or_default();
            grounds.into_iter().map(|one| named("理由", one.label())).collect()
        }
        Action::Terminate => {
            let grounds: Vec<EndGround> = read(&detail["grounds"]).unwrap_or_default();
            let responsible: Option<Responsibility> = read(&detail["responsibility"]);
            let grounds = grounds.into_iter().map(|one| named("理由", one.label()));
            grounds.chain(responsible.map(|one| named("责任在", one.label()))).collect()
        }
        Action::Supplement => {
            let materials: Vec<Material> = read(&detail["materials"]).unwrap_or_default();
            let line = |one: &Material| format!("{}（{}）", one.name, one.quantity);
            let lines: Vec<String> = materials.iter().map(line).collect();
            (!lines.is_empty()).then(|| ("补充的材料", lang.names(&lines))).into_iter().collect()
        }
        Action::WithdrawOpinion => {
            let adopted: Option<Adoption> = read(&detail["adopted"]);
            let refund: Option<RefundUndertaking> = read(&detail["refund"]);
            let adopted = adopted.map(|one| named("是否已被采信", one.label()));
            adopted.into_iter().chain(refund.map(|one| named("鉴定费用", one.label()))).collect()
        }
        _ => Vec::new(),
    }
}

/// The due date in words.
pub fn due_words(lang: Lang, urgency: Urgency) -> String {
    match urgency {
        Urgency::Overdue { workdays: 0 } => lang.t("已超期").into_owned(),
        Urgency::Overdue { workdays: 1 } => lang.t("已超期1个工作日").into_owned(),
        Urgency::Overdue { workdays } => lang.f1("已超期%{n}个工作日", "n", workdays),
        Urgency::Soon { workdays: 0 } => lang.t("今天到期").into_owned(),
        Urgency::Soon { workdays: 1 } => lang.t("还有1个工作日").into_owned(),
        Urgency::Soon { workdays } | Urgency::Ahead { workdays } => lang.f1("还有%{n}个工作日", "n", workdays),
        Urgency::None => String::new(),
    }
}

/// An ID number with its middle hidden (6 + 8 + 4).
pub fn masked(id_number: &str) -> String {
    if id_number.chars().count() == 18 && id_number.is_ascii() {
        format!("{}********{}", &id_number[..6], &id_number[14..])
    } else {
        id_number.chars().map(|_| '*').collect()
    }
}

/// A telephone number with its fourth to seventh sign hidden.
pub fn masked_phone(phone: &str) -> String {
    match phone.char_indices().nth(3).zip(phone.char_indices().nth(7)) {
        Some(((from, _), (to, _))) => format!("{}****{}", &phone[..from], &phone[to..]),
        None => phone.to_owned(),
    }
}

#[cfg(test)]
mod tests;
