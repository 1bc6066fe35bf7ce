//! A case as its page shows it: what can be done and why not, terms with their explanations, what happened.

use super::facts::Facts;
use super::queue::Urgency;
use super::rules;
use super::steps::{Action, Case};
use crate::actor::{Actor, Role};
use crate::db::{Conn, DbError};
use crate::fail::Objection;
use crate::text::Lang;
use crate::values;
use jiff::Timestamp;
use jiff::civil::Date;
use procedure::{Opening, Procedure};
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
    pub objections: Vec<Objection>,
}

/// Every step the table offers from this state: the person's own with what stands in the way, the others' with whose they are.
pub fn options(facts: &Facts, actor: &Actor, today: Date) -> Vec<OpenStep> {
    let rows = Case::STEPS.iter().filter(|row| row.from.contains(&facts.case.state) && row.opening == Opening::Open);
    rows.map(|row| {
        let mine = row.by.iter().any(|role| actor.is(*role));
        let objections = if mine { rules::obstacles(facts, row.action, actor, today) } else { Vec::new() };
        OpenStep {
            action: row.action,
            article: row.article,
            by: row.by.iter().map(|role| Role::label(*role)).collect(),
            may: mine && objections.is_empty(),
            mine,
            objections,
        }
    })
    .collect()
}

/// A term of the case.
pub struct Term {
    pub rule: String,
    pub article: String,
    pub starts_on: Date,
    pub length: worktime::Term,
    pub due_on: Date,
    pub provisional: bool,
    /// Line by line, in both languages.
    pub explanation: Vec<(String, String)>,
    pub stopped_on: Option<Date>,
}

impl Term {
    pub fn label(&self) -> &'static str {
        match self.rule.as_str() {
            super::steps::DL01 => "决定是否受理",
            _ => "出具鉴定意见",
        }
    }

    pub fn length_text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.length.zh(),
            Lang::En => self.length.en(),
        }
    }

    /// Kept, missed or running on the given day.
    pub fn outcome(&self, today: Date) -> &'static str {
        match self.stopped_on {
            Some(day) if day <= self.due_on => "按期完成",
            Some(_) => "逾期完成",
            None if today > self.due_on => "已超期",
            None => "计时中",
        }
    }
}

pub async fn terms(conn: &mut Conn, case_id: &str) -> Result<Vec<Term>, DbError> {
    let rows = conn
        .all(
            "select rule, article, starts_on, length, due_on, provisional, explanation, stopped_on from term
             where subject_id = $1 order by starts_on, id",
            values![case_id],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let text: String = row.get("explanation")?;
            let lines: Vec<Json> = serde_json::from_str(&text).unwrap_or_default();
            let word = |line: &Json, lang: &str| line[lang].as_str().unwrap_or_default().to_owned();
            let length: String = row.get("length")?;
            Ok(Term {
                rule: row.get("rule")?,
                article: row.get("article")?,
                starts_on: row.get("starts_on")?,
                length: length.parse().map_err(|_| DbError::unreadable("length", &length))?,
                due_on: row.get("due_on")?,
                provisional: row.get("provisional")?,
                explanation: lines.iter().map(|line| (word(line, "zh"), word(line, "en"))).collect(),
                stopped_on: row.get("stopped_on")?,
            })
        })
        .collect()
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
            Ok(Event {
                action: row.get("action")?,
                actor_name: row.get("actor_name")?,
                actor_role: row.get("actor_role")?,
                at: row.get("happened_at")?,
                detail: told(&detail, lang, is_client),
            })
        })
        .collect()
}

/// The parts of an event's detail that a reader of the timeline wants in words.
const TOLD: [(&str, &str); 10] = [
    ("explanation", "说明"),
    ("appraisers", "鉴定人"),
    ("number", "文书编号"),
    ("receiver", "收件人"),
    ("reason", "原因"),
    ("comments", "复核意见"),
    ("procedure", "关于鉴定程序"),
    ("opinion", "关于鉴定意见"),
    ("shelf", "存放位置"),
    ("note", "备注"),
];
/// The first of them, which a client may read too; the rest is the institution's own (the review above all).
const TOLD_TO_CLIENTS: usize = 4;

fn told(detail: &Json, lang: Lang, is_client: bool) -> Vec<(&'static str, String)> {
    let text = |value: &Json| match value {
        Json::String(text) => text.clone(),
        Json::Array(all) => lang.names(&all.iter().filter_map(Json::as_str).collect::<Vec<_>>()),
        _ => String::new(),
    };
    TOLD[..if is_client { TOLD_TO_CLIENTS } else { TOLD.len() }]
        .iter()
        .map(|(key, label)| (*label, text(&detail[*key])))
        .filter(|(_, text)| !text.is_empty())
        .collect()
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
