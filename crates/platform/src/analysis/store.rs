//! Leads in the database: lists, one lead with all that was found and said, and how it changes.
//!
//! **Invariant:** `state` changes only in [`carry_out`], beside its event and its statement. What a run found and what people
//! said only grows.

use super::rules::Facts;
use super::steps::{ANSWER, LeadState, Leads};
use crate::db::{Conn, DbError, Row, Value};
use crate::fail::Fail;
use crate::perform::{Act, Subject, Tx};
use crate::values;
use jiff::Timestamp;
use jiff::civil::Date;
use procedure::Procedure;
use screening::pictures::Picture;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A lead as it stands.
#[derive(Clone, Debug)]
pub struct Lead {
    pub id: String,
    pub version: i64,
    pub state: LeadState,
    pub number: String,
    pub detector: String,
    pub entity: String,
    pub entity_id: String,
    pub entity_name: String,
    pub institution_id: String,
    pub institution_name: String,
    pub q: f64,
    pub seen: i64,
    pub found_at: Timestamp,
    pub seen_at: Timestamp,
    pub due_on: Option<Date>,
    pub proposed_by: Option<String>,
}

/// What a run said of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Content {
    pub sentence: [String; 2],
    /// Ring or other group within its run.
    pub group: Option<u32>,
    /// Network, place among the peers, weeks, rates: with names where they may be read.
    pub pictures: Vec<Picture>,
    /// Evidence that the detector saw in all; rows are the strongest of them.
    #[serde(default)]
    pub rows_in_all: usize,
}

/// One finding of it.
#[derive(Clone, Debug)]
pub struct Sighting {
    pub number: i64,
    pub run_id: String,
    pub score: f64,
    pub q: f64,
    pub since: Option<Date>,
    pub content: Content,
    pub seen_at: Timestamp,
}

/// A case that speaks for it.
#[derive(Clone, Debug)]
pub struct Evidence {
    pub position: i64,
    pub case_id: String,
    pub case_name: String,
    pub institution_id: String,
    pub other_id: Option<String>,
    pub other_name: String,
    pub received_on: Date,
    pub numbers: Vec<(String, f64)>,
}

/// What somebody said.
#[derive(Clone, Debug)]
pub struct Statement {
    pub number: i64,
    pub kind: String,
    pub body: String,
    pub account_name: String,
    pub said_at: Timestamp,
}

const COLUMNS: &str =
    "l.id, l.version, l.state, l.number, l.detector, case when l.broker = '' then l.entity else l.broker end as entity, l.entity_id, l.entity_name, l.institution_id,
     o.name as institution_name, l.q_ppm, l.seen, l.found_at, l.seen_at, l.due_on, l.proposed_by";
const FROM: &str = "lead l join organisation o on o.id = l.institution_id";

fn lead(row: &Row) -> Result<Lead, DbError> {
    Ok(Lead {
        id: row.get("id")?,
        version: row.get("version")?,
        state: row.get("state")?,
        number: row.get("number")?,
        detector: row.get("detector")?,
        entity: row.get("entity")?,
        entity_id: row.get("entity_id")?,
        entity_name: row.get("entity_name")?,
        institution_id: row.get("institution_id")?,
        institution_name: row.get("institution_name")?,
        q: row.get::<i64>("q_ppm")? as f64 / 1e6,
        seen: row.get("seen")?,
        found_at: row.get("found_at")?,
        seen_at: row.get("seen_at")?,
        due_on: row.get("due_on")?,
        proposed_by: row.get("proposed_by")?,
    })
}

/// What a list of leads is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// A state's word; `open` for all that wait for somebody; empty for all.
    pub state: String,
    pub detector: String,
    /// `strong`, `medium`, `weak`, or empty.
    pub strength: String,
    pub institution_id: String,
}

/// Up to this q a lead is strong, up to that it is of medium strength; in millionths.
pub(super) const STRONG_PPM: i64 = 10_000;
pub(super) const MEDIUM_PPM: i64 = 50_000;

impl Filter {
    fn clause(&self) -> (String, Vec<Value>) {
        let (mut parts, mut values) = (vec!["1 = 1".to_owned()], Vec::new());
        let mut bind = |column: &str, value: &str| {
            values.push(Value::from(value));
            parts.push(format!("{column} = ${}", values.len()));
        };
        match self.state.as_str() {
            "" => {}
            "open" => parts.push("l.state not in ('confirmed', 'dismissed')".into()),
            state => bind("l.state", state),
        }
        for (column, value) in [("l.detector", &self.detector), ("l.institution_id", &self.institution_id)] {
            if !value.is_empty() {
                values.push(Value::from(value.as_str()));
                parts.push(format!("{column} = ${}", values.len()));
            }
        }
        match self.strength.as_str() {
            "strong" => parts.push(format!("l.q_ppm <= {STRONG_PPM}")),
            "medium" => parts.push(format!("l.q_ppm > {STRONG_PPM} and l.q_ppm <= {MEDIUM_PPM}")),
            "weak" => parts.push(format!("l.q_ppm > {MEDIUM_PPM}")),
            _ => {}
        }
        (parts.join(" and "), values)
    }
}

/// How many leads there are.
pub async fn count(conn: &mut Conn, filter: &Filter) -> Result<i64, DbError> {
    let (clause, values) = filter.clause();
    conn.count(format!("select count(*) from {FROM} where {clause}"), &values).await
}

/// A part of the list, the oldest first; on the same day the strongest first.
pub async fn list(conn: &mut Conn, filter: &Filter, offset: i64, rows: i64) -> Result<Vec<Lead>, DbError> {
    let (clause, mut values) = filter.clause();
    let n = values.len();
    values.extend([Value::from(rows), Value::from(offset)]);
    let sql = format!(
        "select {COLUMNS} from {FROM} where {clause} order by l.found_at, l.q_ppm, l.id limit ${} offset ${}",
        n + 1,
        n + 2
    );
    conn.all(sql, &values).await?.iter().map(lead).collect()
}

/// A lead, for the bureau.
///
/// # Errors
/// [`Fail::NotFound`] where there is none.
pub async fn find(conn: &mut Conn, id: &str) -> Result<Lead, Fail> {
    let row = conn.first(format!("select {COLUMNS} from {FROM} where l.id = $1"), values![id]).await?;
    Ok(lead(&row.ok_or(Fail::NotFound)?)?)
}

/// What an institution may see of leads: those about which it was asked. Nothing before, nothing of others.
const TOLD: &str = "exists (select 1 from lead_statement s where s.lead_id = l.id and s.kind = 'question')";

/// # Errors
/// [`Fail::NotFound`] also where the institution was not asked: the two look the same.
pub async fn find_asked(conn: &mut Conn, id: &str, institution_id: &str) -> Result<Lead, Fail> {
    let sql = format!("select {COLUMNS} from {FROM} where l.id = $1 and l.institution_id = $2 and {TOLD}");
    Ok(lead(&conn.first(sql, values![id, institution_id]).await?.ok_or(Fail::NotFound)?)?)
}

/// The leads about which an institution was asked, what waits for it first.
pub async fn list_asked(
    conn: &mut Conn,
    institution_id: &str,
    offset: i64,
    rows: i64,
) -> Result<(Vec<Lead>, i64), DbError> {
    let sql = format!(
        "select {COLUMNS} from {FROM} where l.institution_id = $1 and {TOLD}
         order by case when l.state = 'asked' then 0 else 1 end, l.found_at desc, l.id limit $2 offset $3"
    );
    let found = conn.all(sql, values![institution_id, rows, offset]).await?;
    let total = conn
        .count(format!("select count(*) from {FROM} where l.institution_id = $1 and {TOLD}"), values![institution_id])
        .await?;
    Ok((found.iter().map(lead).collect::<Result<_, _>>()?, total))
}

/// Leads of the same group in the same run.
pub async fn related(conn: &mut Conn, lead_id: &str, detector: &str, last: &Sighting) -> Result<Vec<Lead>, DbError> {
    let Some(group) = last.content.group else { return Ok(Vec::new()) };
    let rows = conn
        .all(
            format!(
                "select {COLUMNS}, s.content from {FROM} join lead_sighting s on s.lead_id = l.id
                 where s.run_id = $1 and l.detector = $2 and l.id <> $3 order by l.q_ppm, l.id"
            ),
            values![&last.run_id, detector, lead_id],
        )
        .await?;
    let mut found = Vec::new();
    for row in &rows {
        if row.json::<Content>("content")?.group == Some(group) {
            found.push(lead(row)?);
        }
    }
    Ok(found)
}

/// Every time it was found, the newest first.
pub async fn sightings(conn: &mut Conn, lead_id: &str) -> Result<Vec<Sighting>, DbError> {
    let rows = conn
        .all(
            "select number, run_id, score, q, since, content, seen_at from lead_sighting where lead_id = $1 order by number desc",
            values![lead_id],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let number = |column: &'static str| -> Result<f64, DbError> {
                let text: String = row.get(column)?;
                text.parse().map_err(|_| DbError::unreadable(column, &text))
            };
            Ok(Sighting {
                number: row.get("number")?,
                run_id: row.get("run_id")?,
                score: number("score")?,
                q: number("q")?,
                since: row.get("since")?,
                content: row.json::<Content>("content")?,
                seen_at: row.get("seen_at")?,
            })
        })
        .collect()
}

/// The cases of a sighting, the strongest first.
pub async fn evidence(conn: &mut Conn, lead_id: &str, sighting: i64) -> Result<Vec<Evidence>, DbError> {
    let rows = conn
        .all(
            "select e.position, e.case_id, e.other_case_id, e.numbers, c.institution_id, c.received_on, c.code, c.opinion_number,
                 c.content, d.code as other_code, d.opinion_number as other_number
             from lead_evidence e join appraisal_case c on c.id = e.case_id left join appraisal_case d on d.id = e.other_case_id
             where e.lead_id = $1 and e.sighting = $2 order by e.position",
            values![lead_id, sighting],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let numbers: String = row.get("numbers")?;
            let case_id: String = row.get("case_id")?;
            let name = |number: Option<String>, code: Option<String>| number.or(code).unwrap_or_default();
            Ok(Evidence {
                position: row.get("position")?,
                case_name: match name(row.get("opinion_number")?, row.get("code")?) {
                    name if name.is_empty() => ledger_number(row)?,
                    name => name,
                },
                case_id,
                institution_id: row.get("institution_id")?,
                other_id: row.get("other_case_id")?,
                other_name: name(row.get("other_number")?, row.get("other_code")?),
                received_on: row.get("received_on")?,
                numbers: serde_json::from_str(&numbers)
                    .map_err(|error| DbError::unreadable("lead_evidence.numbers", &error.to_string()))?,
            })
        })
        .collect()
}

/// What cases are called, by their ids; `slots` has a place for each of `ids`.
pub(super) async fn case_names(
    conn: &mut Conn,
    slots: &str,
    ids: &[Value],
) -> Result<HashMap<String, String>, DbError> {
    let sql = format!("select id, code, opinion_number, content from appraisal_case where id in ({slots})");
    let mut names = HashMap::new();
    for row in conn.all(sql, ids).await? {
        let name = row.get::<Option<String>>("opinion_number")?.or(row.get("code")?).unwrap_or_default();
        let name = if name.is_empty() { ledger_number(&row)? } else { name };
        names.insert(row.get("id")?, name);
    }
    Ok(names)
}

/// What an old ledger calls the case.
fn ledger_number(row: &Row) -> Result<String, DbError> {
    let content: String = row.get("content")?;
    let content: crate::cases::content::Content = serde_json::from_str(&content)
        .map_err(|error| DbError::unreadable("appraisal_case.content", &error.to_string()))?;
    Ok(content.history.map(|one| one.ledger_number).unwrap_or_default())
}

/// What was said, in its order.
pub async fn statements(conn: &mut Conn, lead_id: &str) -> Result<Vec<Statement>, DbError> {
    let rows = conn
        .all(
            "select number, kind, body, account_name, said_at from lead_statement where lead_id = $1 order by number",
            values![lead_id],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Statement {
                number: row.get("number")?,
                kind: row.get("kind")?,
                body: row.get("body")?,
                account_name: row.get("account_name")?,
                said_at: row.get("said_at")?,
            })
        })
        .collect()
}

/// What the rules look at.
pub fn facts(lead: &Lead, statements: &[Statement], today: Date) -> Facts {
    // What was said before a reopening belongs to another inquiry.
    let since = statements.iter().rposition(|one| one.kind == "reopening").map_or(0, |at| at + 1);
    let said = |kind: &str| statements[since..].iter().any(|one| one.kind == kind);
    let last = |kind: &str| statements[since..].iter().rposition(|one| one.kind == kind);
    Facts {
        state: Some(lead.state),
        today: Some(today),
        was_asked: said("question"),
        has_answer: last("answer") > last("question"),
        due_on: lead.due_on,
        proposed_by: lead.proposed_by.clone(),
        institution_id: lead.institution_id.clone(),
    }
}

/// Carries a decision out: event, term, statement and row.
///
/// # Errors
/// [`Fail::Conflict`] when it has moved on.
pub async fn carry_out(
    tx: &mut Tx,
    before: &Lead,
    to: LeadState,
    act: &Act,
    said: Option<(&str, &str)>,
) -> Result<(), Fail> {
    let subject = Subject { procedure: Leads::NAME, id: before.id.clone(), version: before.version };
    let due = tx.perform(&subject, act).await?;
    let due_on = due.on.filter(|_| due.rule.as_deref() == Some(ANSWER));
    let proposed_by = (to == LeadState::Proposed).then(|| tx.actor.account_id.clone());
    let now = tx.now;
    let changed = tx
        .conn
        .run(
            "update lead set version = version + 1, state = $3, due_on = $4, proposed_by = $5, changed_at = $6
             where id = $1 and version = $2",
            values![&before.id, before.version, to.word(), due_on, proposed_by, now],
        )
        .await?;
    if changed == 0 {
        return Err(Fail::changed_meanwhile());
    }
    if let Some((kind, body)) = said {
        say(tx, &before.id, kind, body).await?;
    }
    Ok(())
}

async fn say(tx: &mut Tx, lead_id: &str, kind: &str, body: &str) -> Result<(), DbError> {
    let (by, name, now) = (tx.actor.account_id.clone(), tx.actor.name.clone(), tx.now);
    tx.conn
        .run(
            "insert into lead_statement (lead_id, number, kind, body, account_id, account_name, said_at)
             select $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6 from lead_statement where lead_id = $1",
            values![lead_id, kind, body, by, name, now],
        )
        .await?;
    Ok(())
}

/// How the leads of a detector ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Precision {
    pub detector: String,
    pub open: i64,
    pub confirmed: i64,
    pub dismissed: i64,
}

impl Precision {
    /// Confirmed of those decided, in tenths of a percent; none before anything was decided.
    pub fn per_mille(&self) -> Option<i64> {
        let decided = self.confirmed + self.dismissed;
        (decided > 0).then(|| 1_000 * self.confirmed / decided)
    }
}

/// Every detector that has leads.
pub async fn precision(conn: &mut Conn) -> Result<Vec<Precision>, DbError> {
    let rows = conn
        .all(
            "select detector, state, count(*) as many from lead group by detector, state order by detector, state",
            &[],
        )
        .await?;
    let mut all: Vec<Precision> = Vec::new();
    for row in rows {
        let detector: String = row.get("detector")?;
        if all.last().is_none_or(|one| one.detector != detector) {
            all.push(Precision { detector, ..Precision::default() });
        }
        let (state, many): (LeadState, i64) = (row.get("state")?, row.get("many")?);
        if let Some(one) = all.last_mut() {
            match state {
                LeadState::Confirmed => one.confirmed += many,
                LeadState::Dismissed => one.dismissed += many,
                _ => one.open += many,
            }
        }
    }
    Ok(all)
}

/// The newest dismissals of a detector: id and number of the lead, and the reason.
pub async fn dismissals(conn: &mut Conn, detector: &str, rows: i64) -> Result<Vec<(String, String, String)>, DbError> {
    let found = conn
        .all(
            "select l.id, l.number, s.body from lead l join lead_statement s on s.lead_id = l.id
             where l.detector = $1 and l.state = 'dismissed' and s.kind = 'dismissal' order by s.said_at desc, l.id limit $2",
            values![detector, rows],
        )
        .await?;
    found.iter().map(|row| Ok((row.get("id")?, row.get("number")?, row.get("body")?))).collect()
}
