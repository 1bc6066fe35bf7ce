//! Who is told of leads and runs of the analysis: the institution that is asked, the supervisors when it has answered.
//!
//! **Invariant:** a lead that is found again tells nobody, and an institution is told of nothing before it is asked.

use super::store::{self, Kind, NewNotice, Recipient, Told};
use super::table::Stage;
use crate::analysis::store::{Lead, find};
use crate::analysis::{ANSWER, LeadAction, LeadState, Leads, RunAction, Runs, runs};
use crate::app::App;
use crate::db::{Conn, DbError};
use crate::perform::TermRow;
use crate::values;
use jiff::civil::Date;
use procedure::Procedure;
use serde_json::json;

/// Whom a row means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Supervisors,
    /// The heads of the institution that the lead is about.
    Heads,
}

/// After this action these are told this.
const ROWS: &[(LeadAction, Side, &str)] = &[
    (LeadAction::Ask, Side::Heads, "司法局要求本机构说明一条统计线索，请在期限内答复。"),
    (LeadAction::Answer, Side::Supervisors, "机构已说明一条线索，请核对。"),
    (LeadAction::Propose, Side::Supervisors, "一条线索已提议确认，请另一名监管人员核对。"),
    (LeadAction::Object, Side::Supervisors, "一条线索的确认提议没有通过，请继续核查。"),
    (LeadAction::Concur, Side::Heads, "司法局已就询问过的线索作出结论：确认。"),
    (LeadAction::Dismiss, Side::Heads, "司法局已就询问过的线索作出结论：排除。"),
];

/// Tells of an event of a lead or of a run.
pub(super) async fn tell(
    app: &App,
    conn: &mut Conn,
    event: &str,
    (procedure, action): (&str, &str),
    (id, actor): (&str, &str),
) -> anyhow::Result<()> {
    let source = format!("event:{event}");
    if procedure == Runs::NAME {
        return of_run(app, conn, source, action, id).await;
    }
    let lead = find(conn, id).await.map_err(|fail| anyhow::anyhow!("{fail}"))?;
    for (_, side, says) in ROWS.iter().filter(|(one, ..)| one.word() == action) {
        if *side == Side::Heads && !was_asked(conn, id).await? {
            continue;
        }
        send(app, conn, &lead, *side, Kind::Step, (source.clone(), says), actor, None).await?;
    }
    Ok(())
}

async fn was_asked(conn: &mut Conn, id: &str) -> Result<bool, DbError> {
    let sql = "select count(*) from event where procedure_name = $1 and subject_id = $2 and action = $3";
    Ok(conn.count(sql, values![Leads::NAME, id, LeadAction::Ask.word()]).await? > 0)
}

/// A run that brought something new; one that only found what is known is quiet.
async fn of_run(app: &App, conn: &mut Conn, source: String, action: &str, id: &str) -> anyhow::Result<()> {
    let run = runs::find(conn, id).await.map_err(|fail| anyhow::anyhow!("{fail}"))?;
    let says = match action {
        action if action == RunAction::Finish.word() && run.summary.new_leads > 0 => "聚类分析发现了新线索，请核查。",
        action if action == RunAction::Fail.word() => "聚类分析没有完成，请查看原因。",
        _ => return Ok(()),
    };
    let notice = NewNotice {
        kind: Kind::Step,
        source,
        procedure: Runs::NAME,
        subject_id: id,
        says,
        facts: json!({
            "code": crate::clock::minute_of(run.requested_at), "state": run.state.label(), "path": format!("/analysis/runs/{id}"),
        }),
    };
    let told = Told { now: app.clock.now(), by_mail: app.config.mail.is_some() };
    for one in people(conn, "supervisor", None).await? {
        store::tell(conn, &notice, &one, &told).await?;
    }
    Ok(())
}

async fn people(conn: &mut Conn, role: &str, organisation: Option<&str>) -> Result<Vec<Recipient>, DbError> {
    let rows = conn
        .all(
            "select a.id, a.email from account a join account_role r on r.account_id = a.id
             where a.disabled_at is null and r.role = $1 and ($2 = '' or a.organisation_id = $2) order by a.id",
            values![role, organisation.unwrap_or_default()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Recipient { account_id: row.get("id")?, has_email: row.get::<Option<String>>("email")?.is_some() })
        })
        .collect()
}

#[expect(clippy::too_many_arguments, reason = "one call, everything of one notice")]
async fn send(
    app: &App,
    conn: &mut Conn,
    lead: &Lead,
    side: Side,
    kind: Kind,
    (source, says): (String, &'static str),
    actor: &str,
    due_on: Option<Date>,
) -> Result<(), DbError> {
    let (role, home, path) = match side {
        Side::Supervisors => ("supervisor", None, "/analysis/leads"),
        Side::Heads => ("head", Some(lead.institution_id.as_str()), "/asked"),
    };
    // What the bureau does inside is not told before it is decided.
    let state = match (side, lead.state) {
        (Side::Heads, LeadState::Answered | LeadState::Proposed | LeadState::UnderReview | LeadState::New) => {
            "司法局核查中"
        }
        (_, state) => state.label(),
    };
    let mut facts = json!({ "code": lead.number, "state": state, "path": format!("{path}/{}", lead.id) });
    if let Some(due) = due_on {
        facts["term"] = json!(ANSWER_TERM);
        facts["due_on"] = json!(due);
    }
    let notice = NewNotice { kind, source, procedure: Leads::NAME, subject_id: &lead.id, says, facts };
    let told = Told { now: app.clock.now(), by_mail: app.config.mail.is_some() };
    for one in people(conn, role, home).await? {
        if one.account_id != actor {
            store::tell(conn, &notice, &one, &told).await?;
        }
    }
    Ok(())
}

/// The name of the term in which an institution answers.
const ANSWER_TERM: &str = "说明期限";

/// Reminds of answers that are due; the supervisors too once one is overdue.
pub(super) async fn remind(app: &App, until: Date) -> anyhow::Result<()> {
    let today = app.clock.today();
    let mut conn = app.db.write().await?;
    let sql = "select id, subject_id from term where procedure_name = $1 and rule = $2 and stopped_on is null and due_on <= $3
         order by due_on, id";
    for row in conn.all(sql, values![Leads::NAME, ANSWER, until]).await? {
        let (term_id, id): (String, String) = (row.get("id")?, row.get("subject_id")?);
        let terms: Vec<TermRow> = crate::perform::terms(&mut conn, &id).await?;
        let Some(term) = terms.iter().find(|term| term.rule == ANSWER && term.is_open()) else { continue };
        let Some(stage) = Stage::of(term.due_on, today, &app.calendar) else { continue };
        let lead = find(&mut conn, &id).await.map_err(|fail| anyhow::anyhow!("{fail}"))?;
        let source = format!("term:{term_id}:{}:{}", term.due_on, stage.word());
        let sides: &[Side] = match stage {
            Stage::Overdue(_) => &[Side::Heads, Side::Supervisors],
            _ => &[Side::Heads],
        };
        for side in sides {
            let text = (source.clone(), stage.says());
            send(app, &mut conn, &lead, *side, Kind::Reminder, text, "", Some(term.due_on)).await?;
        }
    }
    conn.commit().await?;
    Ok(())
}
