//! Notices and deliveries in the database.
//!
//! **Invariant:** a notice, its deliveries and the jobs that carry them out are written in one transaction, or not at all.

use super::table::Whom;
use super::{hook_send, mail};
use crate::cases::facts::Record;
use crate::db::{Conn, DbError, Row};
use crate::jobs::{NewJob, enqueue};
use crate::perform::new_id;
use crate::text::Lang;
use crate::values;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value as Json, json};
use std::collections::HashSet;

/// What a notice is about; a person chooses by kind what comes by mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Step,
    Reminder,
    Test,
}

impl Kind {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Reminder => "reminder",
            Self::Test => "test",
        }
    }
}

/// What is told; `says` is the translator's key.
pub(super) struct NewNotice<'a> {
    pub kind: Kind,
    pub source: String,
    pub procedure: &'static str,
    pub subject_id: &'a str,
    pub says: &'static str,
    pub facts: Json,
}

/// When, and whether there is a mail server.
pub(super) struct Told {
    pub now: Timestamp,
    pub by_mail: bool,
}

/// A person who is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Recipient {
    pub account_id: String,
    pub has_email: bool,
}

/// The accounts that these words mean for the case, each once.
pub(super) async fn people(conn: &mut Conn, case: &Record, tells: &[Whom]) -> Result<Vec<Recipient>, DbError> {
    let (mut found, anywhere): (Vec<Recipient>, _) = (Vec::new(), String::new());
    for whom in tells {
        let role = match whom {
            Whom::Client => Some(("client", &case.client_organisation_id)),
            Whom::FrontDesk => Some(("front_desk", &case.institution_id)),
            Whom::Head => Some(("head", &case.institution_id)),
            Whom::Reviewers => Some(("reviewer", &case.institution_id)),
            Whom::Archivist => Some(("archivist", &case.institution_id)),
            Whom::Supervisors => Some(("supervisor", &anywhere)),
            Whom::Team => None,
        };
        let rows = match role {
            Some((role, organisation)) => {
                conn.all(
                    "select a.id, a.email from account a join account_role r on r.account_id = a.id
                     where a.disabled_at is null and ($1 = '' or a.organisation_id = $1) and r.role = $2
                         and not ($2 = 'reviewer' and exists (select 1 from case_appraiser m
                             join appraiser p on p.id = m.appraiser_id where m.case_id = $3 and p.account_id = a.id))
                     order by a.id",
                    values![organisation, role, &case.id],
                )
                .await?
            }
            None => {
                conn.all(
                    "select a.id, a.email from case_appraiser m join appraiser p on p.id = m.appraiser_id
                     join account a on a.id = p.account_id where m.case_id = $1 and a.disabled_at is null order by m.position",
                    values![&case.id],
                )
                .await?
            }
        };
        for row in rows {
            let account_id: String = row.get("id")?;
            if !found.iter().any(|one| one.account_id == account_id) {
                let has_email = row.get::<Option<String>>("email")?.is_some();
                found.push(Recipient { account_id, has_email });
            }
        }
    }
    Ok(found)
}

/// Accounts and endpoints that this source has told already.
pub(super) async fn who_were_told(conn: &mut Conn, source: &str) -> Result<HashSet<String>, DbError> {
    let rows = conn.all("select recipient from notice where source = $1", values![source]).await?;
    rows.iter().map(|row| row.get("recipient")).collect()
}

/// Tells a person, unless the source has told it already.
pub(super) async fn tell(
    conn: &mut Conn,
    notice: &NewNotice<'_>,
    to: &Recipient,
    told: &Told,
) -> Result<bool, DbError> {
    let Some(id) = insert(conn, notice, Ok(&to.account_id), &notice.facts, told.now).await? else { return Ok(false) };
    let deliver = "insert into delivery (id, notice_id, channel, account_id, state, created_at, sent_at, tries)
         values ($1, $2, $3, $4, $5, $6, $7, 0)";
    conn.run(deliver, values![new_id(told.now), &id, "app", &to.account_id, "sent", told.now, told.now]).await?;
    if told.by_mail && to.has_email && wants_mail(conn, &to.account_id, notice.kind).await? {
        let unsent: Option<Timestamp> = None;
        conn.run(deliver, values![new_id(told.now), &id, "mail", &to.account_id, "waiting", told.now, unsent]).await?;
        mail::enqueue_digest(conn, &to.account_id, told.now).await?;
    }
    Ok(true)
}

/// Writes the row; none when this source has told this recipient.
async fn insert(
    conn: &mut Conn,
    notice: &NewNotice<'_>,
    to: Result<&str, &str>,
    facts: &Json,
    now: Timestamp,
) -> Result<Option<String>, DbError> {
    let id = new_id(now);
    let recipient = to.unwrap_or_else(|webhook| webhook);
    let written = conn
        .run(
            "insert into notice (id, source, recipient, account_id, webhook_id, kind, procedure_name, subject_id, says, facts, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing",
            values![
                &id, &notice.source, recipient, to.ok(), to.err(), notice.kind.word(), notice.procedure,
                notice.subject_id, notice.says,
                facts.to_string(), now,
            ],
        )
        .await?;
    Ok((written == 1).then_some(id))
}

pub(super) async fn wants_mail(conn: &mut Conn, account_id: &str, kind: Kind) -> Result<bool, DbError> {
    let wish = conn
        .first(
            "select by_mail from notice_preference where account_id = $1 and kind = $2",
            values![account_id, kind.word()],
        )
        .await?;
    wish.map_or(Ok(true), |row| row.get("by_mail"))
}

/// An endpoint that is told.
#[derive(Clone, Debug)]
pub(super) struct Endpoint {
    pub id: String,
    pub is_clients: bool,
    pub is_paused: bool,
}

/// The endpoints of the case's institution and client that want this kind.
pub(super) async fn webhooks_of(conn: &mut Conn, case: &Record, kind: Kind) -> Result<Vec<Endpoint>, DbError> {
    let rows = conn
        .all(
            "select id, organisation_id, paused_at from webhook
             where organisation_id in ($1, $2) and removed_at is null
                 and (case when $3 = 'step' then wants_steps else wants_reminders end) = 1 order by id",
            values![&case.institution_id, &case.client_organisation_id, kind.word()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Endpoint {
                id: row.get("id")?,
                is_clients: row.get::<String>("organisation_id")? == case.client_organisation_id,
                is_paused: row.get::<Option<Timestamp>>("paused_at")?.is_some(),
            })
        })
        .collect()
}

/// Writes what an endpoint is sent: the body once and for all, with the id that stays the same in every try.
pub(super) async fn tell_webhook(
    conn: &mut Conn,
    notice: &NewNotice<'_>,
    to: &Endpoint,
    body: &Json,
    now: Timestamp,
) -> Result<bool, DbError> {
    let delivery = new_id(now);
    let mut body = body.clone();
    body["id"] = json!(delivery);
    let Some(id) = insert(conn, notice, Err(&to.id), &body, now).await? else { return Ok(false) };
    let state = if to.is_paused { "held" } else { "waiting" };
    conn.run(
        "insert into delivery (id, notice_id, channel, webhook_id, state, created_at, tries) values ($1, $2, 'webhook', $3, $4, $5, 0)",
        values![&delivery, &id, &to.id, state, now],
    )
    .await?;
    if !to.is_paused {
        enqueue_webhook(conn, &delivery, now).await?;
    }
    Ok(true)
}

pub(super) async fn enqueue_webhook(conn: &mut Conn, delivery: &str, now: Timestamp) -> Result<(), DbError> {
    let job = NewJob { name: hook_send::JOB, payload: json!({ "delivery": delivery }), run_at: now, dedup: None };
    enqueue(conn, &job, now).await?;
    Ok(())
}

/// A notice as a person reads it.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub delivery_id: String,
    pub subject_id: String,
    pub says: String,
    pub facts: Json,
    pub created_at: Timestamp,
    pub is_read: bool,
}

impl Line {
    pub(super) fn read(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            delivery_id: row.get("id")?,
            subject_id: row.get("subject_id")?,
            says: row.get("says")?,
            facts: serde_json::from_str(&row.get::<String>("facts")?).unwrap_or_default(),
            created_at: row.get("created_at")?,
            is_read: row.get::<Option<Timestamp>>("read_at")?.is_some(),
        })
    }

    pub(super) fn text(&self, lang: &Lang) -> String {
        lang.t(&self.says).into_owned()
    }

    /// The page of what it is about: its case's, unless the facts say another.
    pub(super) fn path(&self) -> String {
        path(&self.facts, &self.subject_id)
    }

    /// The case it is about; none for what is no case.
    pub(super) fn case_id(&self) -> Option<&str> {
        self.facts["path"].is_null().then_some(self.subject_id.as_str())
    }

    /// How the case is called: by its code, before it has one by its day.
    pub(super) fn case(&self, lang: &Lang) -> String {
        match (self.facts["code"].as_str(), self.facts["received_on"].as_str()) {
            (Some(code), _) => code.to_owned(),
            // Hyphens at which no line breaks: this stands in narrow cells.
            (None, Some(day)) => lang.f1("%{date}收到的委托", "date", day.to_string().replace('-', "\u{2011}")),
            (None, None) => String::new(),
        }
    }

    pub(super) fn state(&self, lang: &Lang) -> String {
        self.facts["state"].as_str().map(|key| lang.t(key).into_owned()).unwrap_or_default()
    }

    /// Which term, and its date, for a reminder.
    pub(super) fn due(&self, lang: &Lang) -> Option<String> {
        let term = lang.t(self.facts["term"].as_str()?).into_owned();
        let on: Date = self.facts["due_on"].as_str()?.parse().ok()?;
        Some(lang.f2("%{term}：%{date}", ("term", term), ("date", on)))
    }
}

fn path(facts: &Json, subject_id: &str) -> String {
    facts["path"].as_str().map_or_else(|| format!("/cases/{subject_id}"), str::to_owned)
}

/// Most unread that are counted: the header need not know more.
const UNREAD_MOST: i64 = 1_000;

pub(super) async fn unread(conn: &mut Conn, account_id: &str) -> Result<i64, DbError> {
    conn.count(
        "select count(*) from (select 1 as one from delivery where account_id = $1 and channel = 'app' and read_at is null limit $2) u",
        values![account_id, UNREAD_MOST],
    )
    .await
}

/// The inbox, newest first.
pub(super) async fn inbox(
    conn: &mut Conn,
    account_id: &str,
    only_unread: bool,
    offset: i64,
    rows: i64,
) -> Result<Vec<Line>, DbError> {
    let narrowed = if only_unread { "and d.read_at is null" } else { "" };
    let sql = format!(
        "select d.id, n.subject_id, n.says, n.facts, n.created_at, d.read_at from delivery d join notice n on n.id = d.notice_id
         where d.account_id = $1 and d.channel = 'app' {narrowed} order by d.created_at desc, d.id desc limit $2 offset $3"
    );
    conn.all(sql, values![account_id, rows, offset]).await?.iter().map(Line::read).collect()
}

/// All that the inbox lists, without an end to the counting.
pub(super) async fn count_inbox(conn: &mut Conn, account_id: &str, only_unread: bool) -> Result<i64, DbError> {
    let narrowed = if only_unread { "and read_at is null" } else { "" };
    let sql = format!("select count(*) from delivery where account_id = $1 and channel = 'app' {narrowed}");
    conn.count(sql, values![account_id]).await
}

/// Marks one notice (or all of them) read; the page that the one is about.
pub(super) async fn mark_read(
    conn: &mut Conn,
    account_id: &str,
    delivery: Option<&str>,
    now: Timestamp,
) -> Result<Option<String>, DbError> {
    conn.run(
        "update delivery set read_at = $3 where account_id = $1 and channel = 'app' and read_at is null and ($2 = '' or id = $2)",
        values![account_id, delivery.unwrap_or_default(), now],
    )
    .await?;
    let Some(delivery) = delivery else { return Ok(None) };
    let row = conn
        .first(
            "select n.subject_id, n.facts from delivery d join notice n on n.id = d.notice_id where d.id = $1 and d.account_id = $2",
            values![delivery, account_id],
        )
        .await?;
    row.map(|row| {
        let facts: Json = serde_json::from_str(&row.get::<String>("facts")?).unwrap_or_default();
        Ok(path(&facts, &row.get::<String>("subject_id")?))
    })
    .transpose()
}

/// What was told to whom about a case, by which channel.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub line: Line,
    pub to: String,
    pub channel: String,
    pub state: String,
    pub sent_at: Option<Timestamp>,
    pub read_at: Option<Timestamp>,
}

impl Kept {
    pub(super) fn channel(&self) -> &'static str {
        match self.channel.as_str() {
            "mail" => "电子邮件",
            "webhook" => "网络回调",
            _ => "站内通知",
        }
    }

    pub(super) fn state(&self) -> &'static str {
        state_label(&self.state)
    }
}

pub(super) fn state_label(state: &str) -> &'static str {
    match state {
        "waiting" => "等待发送",
        "held" => "暂停发送",
        "failed" => "未能送出",
        _ => "已送出",
    }
}

pub(super) async fn of_case(
    conn: &mut Conn,
    case_id: &str,
    offset: i64,
    rows: i64,
) -> Result<(Vec<Kept>, i64), DbError> {
    let total = conn
        .count(
            "select count(*) from notice n join delivery d on d.notice_id = n.id where n.subject_id = $1",
            values![case_id],
        )
        .await?;
    let found = conn
        .all(
            "select d.id, n.subject_id, n.says, n.facts, n.created_at, d.read_at, d.channel, d.state, d.sent_at,
                 coalesce(a.name, o.name, '') as told
             from notice n join delivery d on d.notice_id = n.id left join account a on a.id = n.account_id
             left join webhook w on w.id = n.webhook_id left join organisation o on o.id = w.organisation_id
             where n.subject_id = $1 order by n.created_at desc, d.id desc limit $2 offset $3",
            values![case_id, rows, offset],
        )
        .await?;
    let kept = found
        .iter()
        .map(|row| {
            Ok(Kept {
                line: Line::read(row)?,
                to: row.get("told")?,
                channel: row.get("channel")?,
                state: row.get("state")?,
                sent_at: row.get("sent_at")?,
                read_at: row.get("read_at")?,
            })
        })
        .collect::<Result<_, DbError>>()?;
    Ok((kept, total))
}
