//! The daily job: terms that are soon due, due today, or overdue. Each stage is told once; on days of rest nobody is.

use super::store::{self, Kind, NewNotice, Told};
use super::table::{self, Stage};
use crate::app::App;
use crate::cases::store::find;
use crate::cases::{Case, Scope};
use crate::jobs::Outcome;
use crate::values;
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use procedure::Procedure;
use serde_json::json;

/// Calendar days that three working days cannot exceed: the longest holiday and both its weekends.
const AHEAD_DAYS: i64 = 16;
/// Terms handled in one transaction, so that nobody waits long for the writer.
const BATCH: usize = 100;

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
    for batch in open.chunks(BATCH) {
        let mut conn = app.db.write().await?;
        for term in batch {
            if let Some(stage) = Stage::of(term.due_on, today, &app.calendar) {
                remind(&app, &mut conn, term, stage, app.clock.now()).await?;
            }
        }
        conn.commit().await?;
    }
    Ok(Outcome::Done)
}

async fn remind(
    app: &App,
    conn: &mut crate::db::Conn,
    term: &Open,
    stage: Stage,
    now: Timestamp,
) -> anyhow::Result<()> {
    let Some(row) = table::of_term(&term.rule) else { return Ok(()) };
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
    let told = Told { now, by_mail: app.config.mail.is_some() };
    for one in store::people(conn, &case, row.tells).await? {
        store::tell(conn, &notice, &one, &told).await?;
    }
    let body = json!({
        "kind": "reminder", "case": term.subject_id, "case_code": case.code, "rule": term.rule, "stage": stage.word(),
        "due_on": term.due_on, "at": now.to_string(),
    });
    for webhook in store::webhooks_of(conn, &case, Kind::Reminder).await? {
        if !webhook.is_clients {
            store::tell_webhook(conn, &notice, &webhook, &body, now).await?;
        }
    }
    Ok(())
}
