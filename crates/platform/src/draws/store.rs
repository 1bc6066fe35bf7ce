//! Draws in the database. A draw that is not published is there for its preparer alone.
//!
//! **Invariant:** `state` changes only in [`carry_out`], beside its event and its entry, and never back.

use super::rules::{Facts, Party};
use super::steps::{Draws, State};
use crate::actor::Actor;
use crate::db::{Conn, DbError, Row};
use crate::fail::Fail;
use crate::perform::{Act, Subject, Tx};
use crate::values;
use ::draws::{Contribution, Plan, Transcript};
use jiff::Timestamp;
use procedure::Procedure;
use serde_json::{Value as Json, json};

/// Draws on one page.
pub const ROWS_MAX: i64 = 200;

/// A draw as it stands.
#[derive(Clone, Debug)]
pub struct Record {
    pub id: String,
    pub version: i64,
    pub state: State,
    pub account_id: String,
    pub purpose: String,
    pub title: String,
    /// The item of practice that an institution is drawn for; empty otherwise.
    pub item: String,
    /// The entrustment draft that the client came from; may be gone.
    pub draft_id: String,
    pub minutes: i64,
    pub plan: Plan,
    pub commitment: Option<String>,
    pub transcript: Option<Transcript>,
    pub created_at: Timestamp,
}

/// Something that happened in a draw.
#[derive(Clone, Debug)]
pub struct Entry {
    pub kind: String,
    pub party: String,
    pub content: Json,
    /// Its number among the draws' public facts.
    pub log_sequence: i64,
    /// Its place in the public log, once it has one.
    pub position: Option<i64>,
    pub entered_at: Timestamp,
}

const COLUMNS: &str =
    "id, version, state, account_id, purpose, title, item, draft_id, minutes, plan, commitment, transcript, created_at";

/// The draws that a person keeps, the newest first: officers see all.
pub async fn list(conn: &mut Conn, actor: &Actor, is_officer: bool, most: i64) -> Result<Vec<Record>, DbError> {
    let rows = conn
        .all(
            format!("select {COLUMNS} from draw where account_id = $1 or $2 = 1 order by created_at desc, id limit $3"),
            values![&actor.account_id, i64::from(is_officer), most],
        )
        .await?;
    rows.iter().map(record).collect()
}

/// A draw: published for everybody, before that for its preparer.
pub async fn find(conn: &mut Conn, actor: Option<&Actor>, id: &str) -> Result<Record, Fail> {
    let row = conn.first(format!("select {COLUMNS} from draw where id = $1"), values![id]).await?;
    let found = record(&row.ok_or(Fail::NotFound)?)?;
    let is_own = actor.is_some_and(|actor| actor.account_id == found.account_id);
    if is_own || found.commitment.is_some() { Ok(found) } else { Err(Fail::NotFound) }
}

fn record(row: &Row) -> Result<Record, DbError> {
    let unreadable =
        |column: &'static str| move |error: serde_json::Error| DbError::unreadable(column, &error.to_string());
    let plan: String = row.get("plan")?;
    let transcript: Option<String> = row.get("transcript")?;
    Ok(Record {
        id: row.get("id")?,
        version: row.get("version")?,
        state: row.get("state")?,
        account_id: row.get("account_id")?,
        purpose: row.get("purpose")?,
        title: row.get("title")?,
        item: row.get("item")?,
        draft_id: row.get("draft_id")?,
        minutes: row.get("minutes")?,
        plan: serde_json::from_str(&plan).map_err(unreadable("draw.plan"))?,
        commitment: row.get("commitment")?,
        transcript: transcript
            .map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(unreadable("draw.transcript"))?,
        created_at: row.get("created_at")?,
    })
}

/// What happened, in its order.
pub async fn entries(conn: &mut Conn, id: &str) -> Result<Vec<Entry>, DbError> {
    let rows = conn
        .all(
            "select d.kind, d.party, d.content, d.log_sequence, e.position, d.entered_at from draw_entry d
             left join log_entry e on e.log = 'public' and e.source = 'draw_log' and e.source_id = cast(d.log_sequence as text)
             where d.draw_id = $1 order by d.number",
            values![id],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let content: String = row.get("content")?;
            let content = serde_json::from_str(&content)
                .map_err(|error| DbError::unreadable("draw_entry.content", &error.to_string()))?;
            Ok(Entry {
                kind: row.get("kind")?,
                party: row.get("party")?,
                content,
                log_sequence: row.get("log_sequence")?,
                position: row.get("position")?,
                entered_at: row.get("entered_at")?,
            })
        })
        .collect()
}

/// The parties with what is there of them.
pub fn parties(record: &Record, entries: &[Entry]) -> Vec<Party> {
    let word = |kind: &str, party: &str, name: &str| {
        let found = entries.iter().find(|one| one.kind == kind && one.party == party);
        found.and_then(|one| one.content[name].as_str()).map(str::to_owned)
    };
    let rule = &record.plan.seed_rule;
    rule.parties
        .iter()
        .map(|party| Party {
            name: party.clone(),
            commitment: word("contribute", party, "commitment"),
            shown: word("reveal", party, "value"),
        })
        .collect()
}

/// The contributions of all parties that showed theirs.
pub fn contributions(parties: &[Party]) -> Vec<Contribution> {
    let all = parties.iter().filter_map(|one| {
        Some(Contribution { party: one.name.clone(), commitment: one.commitment.clone()?, value: one.shown.clone()? })
    });
    all.collect()
}

/// When the log's checkpoint begins to count.
pub fn moment(record: &Record) -> Option<Timestamp> {
    record.plan.seed_rule.log.as_ref().and_then(|rule| rule.not_before.parse().ok())
}

/// What the guards look at.
pub async fn facts(tx: &mut Tx, record: &Record) -> Result<Facts, Fail> {
    let entries = entries(&mut tx.conn, &record.id).await?;
    let has_checkpoint = record.plan.seed_rule.log.is_none()
        || super::published::checkpoint(&mut tx.conn, record, &entries).await?.is_some();
    Ok(Facts {
        state: Some(record.state),
        now: tx.now,
        not_before: moment(record),
        has_checkpoint,
        needs_beacon: record.plan.seed_rule.beacon.is_some(),
        parties: parties(record, &entries),
        seated: record.transcript.as_ref().map(seated).unwrap_or_default(),
    })
}

/// The ids that have a seat after all refusals.
pub fn seated(transcript: &Transcript) -> Vec<String> {
    let mut seats: Vec<Option<String>> = transcript.drawn.iter().cloned().map(Some).collect();
    for refusal in &transcript.refusals {
        if let Some(seat) = seats.iter_mut().find(|one| one.as_deref() == Some(&refusal.id)) {
            *seat = refusal.replacement.clone();
        }
    }
    seats.into_iter().flatten().collect()
}

/// Writes a new draw with its first event.
pub async fn create(tx: &mut Tx, new: &Record, act: &Act) -> Result<(), Fail> {
    let plan = json!(new.plan).to_string();
    let now = tx.now;
    tx.conn
        .run(
            "insert into draw (id, version, state, account_id, purpose, title, item, draft_id, minutes, plan, created_at, changed_at)
             values ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
            values![
                &new.id, new.state.word(), &new.account_id, &new.purpose, &new.title, &new.item, &new.draft_id, new.minutes,
                plan, now,
            ],
        )
        .await?;
    tx.perform(&Subject { procedure: Draws::NAME, id: new.id.clone(), version: 0 }, act).await?;
    Ok(())
}

/// Carries a decision out: the row if nobody changed it meanwhile, the entry, and the event.
///
/// # Errors
/// [`Fail::Conflict`] when it has moved on.
pub async fn carry_out(tx: &mut Tx, after: &mut Record, to: State, act: &Act, entry: &Entry) -> Result<(), Fail> {
    let (plan, now) = (json!(after.plan).to_string(), tx.now);
    let transcript = after.transcript.as_ref().map(|one| json!(one).to_string());
    let changed = tx
        .conn
        .run(
            "update draw set version = version + 1, state = $3, plan = $4, commitment = $5, transcript = $6, changed_at = $7
             where id = $1 and version = $2",
            values![&after.id, after.version, to.word(), plan, after.commitment.clone(), transcript, now],
        )
        .await?;
    if changed == 0 {
        return Err(Fail::changed_meanwhile());
    }
    let by = tx.actor.account_id.clone();
    tx.conn
        .run(
            "insert into draw_entry (draw_id, number, kind, party, content, log_sequence, entered_at, entered_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            values![
                &after.id,
                after.version + 1,
                &entry.kind,
                &entry.party,
                entry.content.to_string(),
                entry.log_sequence,
                now,
                by,
            ],
        )
        .await?;
    let subject = Subject { procedure: Draws::NAME, id: after.id.clone(), version: after.version };
    tx.perform(&subject, act).await?;
    after.version += 1;
    after.state = to;
    Ok(())
}

/// Keeps a party's text until the draw.
pub async fn seal(tx: &mut Tx, id: &str, party: &str, value: &str) -> Result<(), DbError> {
    tx.conn
        .run("insert into draw_sealed (draw_id, party, value) values ($1, $2, $3)", values![id, party, value])
        .await?;
    Ok(())
}

/// The texts that the platform keeps for parties; they are gone from there.
pub async fn unseal(tx: &mut Tx, id: &str) -> Result<Vec<(String, String)>, DbError> {
    let rows = tx.conn.all("select party, value from draw_sealed where draw_id = $1", values![id]).await?;
    tx.conn.run("delete from draw_sealed where draw_id = $1", values![id]).await?;
    rows.iter().map(|row| Ok((row.get("party")?, row.get("value")?))).collect()
}
