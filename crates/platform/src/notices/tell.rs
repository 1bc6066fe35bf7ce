//! The job beside every event: who is told of it, by the table.

use super::store::{self, Kind, NewNotice, Told};
use super::table::{self, Whom};
use crate::analysis::{Leads, Runs};
use crate::app::App;
use crate::cases::store::find;
use crate::cases::{Case, Scope};
use crate::jobs::{Job, Outcome};
use crate::values;
use jiff::Timestamp;
use procedure::Procedure;
use serde_json::json;

pub(super) async fn run(app: App, job: Job) -> anyhow::Result<Outcome> {
    let mut conn = app.db.write().await?;
    let event = conn
        .first(
            "select procedure_name, subject_id, subject_version, step, action, from_state, to_state, actor_id, happened_at
             from event where id = $1",
            values![job.text("event")],
        )
        .await?;
    let Some(event) = event else { return Ok(Outcome::Hopeless("there is no such event".into())) };
    let (procedure, action): (String, String) = (event.get("procedure_name")?, event.get("action")?);
    if procedure == Leads::NAME || procedure == Runs::NAME {
        let (id, actor): (String, String) = (event.get("subject_id")?, event.get("actor_id")?);
        super::leads::tell(&app, &mut conn, job.text("event"), (&procedure, &action), (&id, &actor)).await?;
        conn.commit().await?;
        return Ok(Outcome::Done);
    }
    // Other procedures tell nobody yet; an action without a row neither.
    let Some(row) = table::of_action(&action).filter(|_| procedure == Case::NAME) else { return Ok(Outcome::Done) };
    let id: String = event.get("subject_id")?;
    let case = find(&mut conn, &Scope::Bureau, &id).await.map_err(|fail| anyhow::anyhow!("{fail}"))?;
    let (actor, at): (String, Timestamp) = (event.get("actor_id")?, event.get("happened_at")?);
    let to_state: String = event.get("to_state")?;
    let label = to_state.parse::<crate::cases::State>().map(|state| state.label()).unwrap_or_default();
    let notice = NewNotice {
        kind: Kind::Step,
        source: format!("event:{}", job.text("event")),
        procedure: Case::NAME,
        subject_id: &id,
        says: row.says,
        facts: json!({ "code": case.code, "received_on": case.received_on, "state": label }),
    };
    let told = Told { now: app.clock.now(), by_mail: app.config.mail.is_some() };
    for one in store::people(&mut conn, &case, row.tells).await? {
        if one.account_id != actor {
            store::tell(&mut conn, &notice, &one, &told).await?;
        }
    }
    let body = json!({
        "kind": "step", "event": job.text("event"), "case": id, "case_code": case.code,
        "sequence": event.get::<i64>("subject_version")?, "step": event.get::<String>("step")?, "action": action,
        "from": event.get::<Option<String>>("from_state")?, "to": to_state, "at": at.to_string(),
    });
    for webhook in store::webhooks_of(&mut conn, &case, Kind::Step).await? {
        // A client's machine is told what the client's people are told; what stays in the house stays there.
        if !webhook.is_clients || row.tells.contains(&Whom::Client) {
            store::tell_webhook(&mut conn, &notice, &webhook, &body, told.now).await?;
        }
    }
    conn.commit().await?;
    Ok(Outcome::Done)
}
