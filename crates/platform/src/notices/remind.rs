//! The daily job: terms that are soon due, due today, or overdue. Each stage is told once; on days of rest nobody is.

use super::store::{self, Endpoint, Kind, NewNotice, Recipient, Told};
use super::table::{self, Stage};
use crate::app::App;
use crate::cases::store::find;
use crate::cases::{Case, Scope};
use crate::db::{Conn, DbError};
use crate::jobs::Outcome;
use crate::values;
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use procedure::Procedure;
use serde_json::{Value as Json, json};
use std::time::Duration;

/// Calendar days that three working days cannot exceed: the longest holiday and both its weekends.
const AHEAD_DAYS: i64 = 16;
/// Terms looked at together.
const BATCH: usize = 100;
/// Terms told of in one transaction: at half past eight people begin to work, and each of their acts waits for the writer.
const AT_ONCE: usize = 4;
/// Between two of these transactions; twenty thousand terms are told of in a minute.
const PAUSE: Duration = Duration::from_millis(8);

struct Open {
    id: String,
    subject_id: String,
    rule: String,
    due_on: Date,
}

pub(super) async fn run(app: App) -> anyhow::Result<Outcome> {
    let today = app.clock.today();
    if !app.calendar.is_workday(today) {
        return Ok(Outcome::Done);
    }
    let until = today.checked_add(Span::new().days(AHEAD_DAYS)).unwrap_or(today);
    let rows = app
        .db
        .read()
        .await?
        .all(
            "select t.id, t.subject_id, t.rule, t.due_on from term t join appraisal_case c on c.id = t.subject_id
             where t.procedure_name = $1 and t.stopped_on is null and t.due_on <= $2 and c.clock = 'running' order by t.due_on, t.id",
            values![Case::NAME, until],
        )
        .await?;
    let mut open = Vec::new();
    for row in rows {
        open.push(Open {
            id: row.get("id")?,
            subject_id: row.get("subject_id")?,
            rule: row.get("rule")?,
            due_on: row.get("due_on")?,
        });
    }
    super::leads::remind(&app, until).await?;
    let told = Told { now: app.clock.now(), by_mail: app.config.mail.is_some() };
    for batch in open.chunks(BATCH) {
        let mut conn = app.db.read().await?;
        let mut reminders = Vec::new();
        for term in batch {
            if let Some(stage) = Stage::of(term.due_on, today, &app.calendar) {
                reminders.extend(reminder(&mut conn, term, stage, told.now).await?);
            }
        }
        drop(conn);
        for some in reminders.chunks(AT_ONCE) {
            let mut conn = app.db.write().await?;
            for reminder in some {
                reminder.write(&mut conn, &told).await?;
            }
            conn.commit().await?;
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(Outcome::Done)
}

/// What is told of one term, and to whom who was not told yet.
struct Reminder<'a> {
    notice: NewNotice<'a>,
    people: Vec<Recipient>,
    webhooks: Vec<Endpoint>,
    body: Json,
}

/// None where all were told, or nobody is.
async fn reminder<'a>(
    conn: &mut Conn,
    term: &'a Open,
    stage: Stage,
    now: Timestamp,
) -> anyhow::Result<Option<Reminder<'a>>> {
    let Some(row) = table::of_term(&term.rule) else { return Ok(None) };
    let case = find(conn, &Scope::Bureau, &term.subject_id).await.map_err(|fail| anyhow::anyhow!("{fail}"))?;
    let notice = NewNotice {
        kind: Kind::Reminder,
        // With its date: a term that was moved has its stages anew.
        source: format!("term:{}:{}:{}", term.id, term.due_on, stage.word()),
        procedure: Case::NAME,
        subject_id: &term.subject_id,
        says: stage.says(),
        facts: json!({
            "code": case.code, "received_on": case.received_on, "state": case.state.label(),
            "term": row.label, "due_on": term.due_on,
        }),
    };
    let were_told = store::who_were_told(conn, &notice.source).await?;
    let mut people = store::people(conn, &case, row.tells).await?;
    people.retain(|one| !were_told.contains(&one.account_id));
    let mut webhooks = store::webhooks_of(conn, &case, Kind::Reminder).await?;
    webhooks.retain(|one| !one.is_clients && !were_told.contains(&one.id));
    if people.is_empty() && webhooks.is_empty() {
        return Ok(None);
    }
    let body = json!({
        "kind": "reminder", "case": term.subject_id, "case_code": case.code, "rule": term.rule, "stage": stage.word(),
        "due_on": term.due_on, "at": now.to_string(),
    });
    Ok(Some(Reminder { notice, people, webhooks, body }))
}

impl Reminder<'_> {
    async fn write(&self, conn: &mut Conn, told: &Told) -> Result<(), DbError> {
        for one in &self.people {
            store::tell(conn, &self.notice, one, told).await?;
        }
        for webhook in &self.webhooks {
            store::tell_webhook(conn, &self.notice, webhook, &self.body, told.now).await?;
        }
        Ok(())
    }
}
