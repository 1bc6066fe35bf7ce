//! The one write path: an act is decided by pure rules, and carried out here — state, event, due dates and papers in one
//! transaction.
//!
//! **Invariant:** no other code writes `event` or `term`, a feature's store writes its `state` column only beside a
//! performed act, and every act has exactly one event, numbered by the subject's new version. Beside an event stands the
//! job that tells of it (the outbox), or the act is history.

use crate::actor::{Actor, Role};
use crate::app::App;
use crate::db::{Conn, DbError, dialect};
use crate::fail::Fail;
use crate::jobs::{self, NewJob};
use crate::papers::Ahead;
use crate::{clock, values};
use jiff::Timestamp;
use jiff::civil::Date;
use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};
use serde_json::{Value as Json, json};
use worktime::{Line, Pause, Reckoning, Term};

/// A writing transaction that knows who acts, when, and for which request.
pub struct Tx {
    pub conn: Conn,
    pub actor: Actor,
    pub now: Timestamp,
    pub request_id: String,
    /// Where identifiers, codes and check codes come from: the operating system's randomness, a fixed seed in the demo.
    pub random: StdRng,
    /// Papers other than those whose hash is needed now are printed when first opened; only the demo city asks for it.
    pub papers_later: bool,
    /// Signed papers are made outside of the transaction: ordered in a first one, kept in a second.
    pub ahead: Option<Ahead>,
    /// Nobody is told of what is done: history that is written down afterwards (the demo city, an import).
    pub is_history: bool,
}

/// Events of one statement: 15 values each, of which SQLite takes 32,766 in all.
const EVENTS_AT_ONCE: usize = 500;

impl App {
    /// Opens the transaction of one act.
    pub async fn write(&self, actor: &Actor, request_id: &str) -> Result<Tx, DbError> {
        let conn = self.db.write().await?;
        Ok(Tx {
            conn,
            actor: actor.clone(),
            now: self.clock.now(),
            request_id: request_id.to_owned(),
            random: StdRng::from_os_rng(),
            papers_later: false,
            ahead: None,
            is_history: false,
        })
    }
}

/// A subject of a procedure as it stands in the database: which table, which row, which version was read.
#[derive(Clone, Debug)]
pub struct Subject {
    pub procedure: &'static str,
    pub id: String,
    /// 0 before it exists.
    pub version: i64,
}

/// What was decided: everything [`Tx::perform`] writes.
#[derive(Clone, Debug)]
pub struct Act {
    pub step: &'static str,
    pub action: String,
    pub article: &'static str,
    pub role: Role,
    pub from: Option<String>,
    pub to: String,
    pub terms: Vec<TermChange>,
    /// What the act states, for the timeline and the record.
    pub detail: Json,
}

#[derive(Clone, Debug)]
pub enum TermChange {
    Start {
        rule: &'static str,
        article: &'static str,
        starts: Date,
        length: String,
        pauses: Vec<Pause>,
        reckoning: Reckoning,
    },
    Stop {
        rule: &'static str,
    },
    /// The clock stands still: `from` is the last day that counts.
    Pause {
        rule: &'static str,
        from: Date,
    },
    /// The clock runs (again), with these days not counted and these extensions.
    Change {
        rule: &'static str,
        pauses: Vec<Pause>,
        extensions: Vec<Term>,
        reckoning: Reckoning,
    },
}

/// A term as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermRow {
    pub rule: String,
    pub article: String,
    pub starts: Date,
    pub length: Term,
    pub pauses: Vec<Pause>,
    pub extensions: Vec<Term>,
    /// The last day that counted, while the clock stands still.
    pub paused_from: Option<Date>,
    pub due_on: Date,
    pub provisional: bool,
    /// Line by line, in both languages, as it was reckoned.
    pub explanation: Vec<(String, String)>,
    pub stopped_on: Option<Date>,
}

impl TermRow {
    pub fn is_open(&self) -> bool {
        self.stopped_on.is_none()
    }

    /// What a [`Calendar`](worktime::Calendar) reckons with.
    pub fn clock(&self) -> worktime::Clock {
        worktime::Clock {
            start: self.starts,
            term: self.length,
            pauses: self.pauses.clone(),
            extensions: self.extensions.clone(),
        }
    }
}

/// The state into which the subject came last.
pub async fn last_state(conn: &mut Conn, procedure: &str, subject: &str) -> Result<Option<String>, DbError> {
    let row = conn
        .first(
            "select to_state from event where procedure_name = $1 and subject_id = $2 order by subject_version desc limit 1",
            values![procedure, subject],
        )
        .await?;
    row.map(|row| row.get("to_state")).transpose()
}

/// Whether this was ever done to the subject.
pub async fn has_happened(conn: &mut Conn, procedure: &str, subject: &str, action: &str) -> Result<bool, DbError> {
    let sql = "select count(*) from event where procedure_name = $1 and subject_id = $2 and action = $3";
    Ok(conn.count(sql, values![procedure, subject, action]).await? > 0)
}

/// The subject's terms, the oldest first.
pub async fn terms(conn: &mut Conn, subject: &str) -> Result<Vec<TermRow>, DbError> {
    let rows = conn
        .all(
            "select rule, article, starts_on, length, due_on, provisional, explanation, stopped_on, pauses, extensions, paused_from
             from term where subject_id = $1 order by starts_on, id",
            values![subject],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let length: String = row.get("length")?;
            let lines: Vec<Json> = from_json(&row.get::<String>("explanation")?, "term.explanation")?;
            let word = |line: &Json, lang: &str| line[lang].as_str().unwrap_or_default().to_owned();
            Ok(TermRow {
                rule: row.get("rule")?,
                article: row.get("article")?,
                starts: row.get("starts_on")?,
                length: length.parse().map_err(|_| DbError::unreadable("length", &length))?,
                pauses: from_json(&row.get::<String>("pauses")?, "term.pauses")?,
                extensions: from_json(&row.get::<String>("extensions")?, "term.extensions")?,
                paused_from: row.get("paused_from")?,
                due_on: row.get("due_on")?,
                provisional: row.get("provisional")?,
                explanation: lines.iter().map(|line| (word(line, "zh"), word(line, "en"))).collect(),
                stopped_on: row.get("stopped_on")?,
            })
        })
        .collect()
}

fn from_json<T: serde::de::DeserializeOwned>(text: &str, column: &'static str) -> Result<T, DbError> {
    serde_json::from_str(text).map_err(|error| DbError::unreadable(column, &error.to_string()))
}

/// The next legal date of a subject after an act.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Due {
    pub on: Option<Date>,
    pub rule: Option<String>,
    pub provisional: bool,
    /// Every open term stands still.
    pub paused: bool,
}

impl Due {
    /// The word of the cached clock: `running`, `paused` or `stopped`.
    pub fn clock(&self) -> &'static str {
        match self.on {
            None => "stopped",
            Some(_) if self.paused => "paused",
            Some(_) => "running",
        }
    }
}

impl Tx {
    /// The statutory day the act is done on.
    pub fn today(&self) -> Date {
        clock::day_of(self.now)
    }

    pub fn new_id(&mut self) -> String {
        id_from(self.now, &mut self.random)
    }

    /// Writes the act's event and terms; the caller's own `update … where version = $n` follows in the same transaction.
    /// Returns the subject's next legal date for its cached column.
    ///
    /// # Errors
    /// [`Fail::Conflict`] when the subject has moved on since it was read.
    pub async fn perform(&mut self, subject: &Subject, act: &Act) -> Result<Due, Fail> {
        let id = self.new_id();
        self.conn
            .run(
                "insert into event (id, procedure_name, subject_id, subject_version, step, action, from_state, to_state, article,
                     actor_id, actor_name, actor_role, happened_at, request_id, detail)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
                values![
                    &id, subject.procedure, &subject.id, subject.version + 1, act.step, &act.action,
                    act.from.clone(), &act.to, act.article, &self.actor.account_id, &self.actor.name, act.role.word(),
                    self.now, &self.request_id, act.detail.to_string(),
                ],
            )
            .await?;
        if !self.is_history {
            let payload = json!({ "event": id });
            let dedup = Some(id);
            jobs::enqueue(&mut self.conn, &NewJob { name: jobs::EVENT, payload, run_at: self.now, dedup }, self.now)
                .await?;
        }
        for change in &act.terms {
            self.change_term(subject, change).await?;
        }
        Ok(next_due(&mut self.conn, &subject.id).await?)
    }

    /// [`Tx::perform`] for many subjects at once, in few statements: an import. For acts that change no term, so that nothing
    /// is due.
    ///
    /// # Errors
    /// [`Fail::Conflict`] when a subject has moved on since it was read; an act that changes a term is a fault of ours.
    pub async fn perform_many(&mut self, acts: &[(Subject, Act)]) -> Result<(), Fail> {
        if acts.iter().any(|(_, act)| !act.terms.is_empty()) {
            return Err(Fail::Internal(anyhow::anyhow!("perform_many was given an act with terms")));
        }
        for some in acts.chunks(EVENTS_AT_ONCE) {
            let mut values = Vec::with_capacity(some.len() * 15);
            for (subject, act) in some {
                let id = self.new_id();
                values.extend_from_slice(values![
                    id,
                    subject.procedure,
                    &subject.id,
                    subject.version + 1,
                    act.step,
                    &act.action,
                    act.from.clone(),
                    &act.to,
                    act.article,
                    &self.actor.account_id,
                    &self.actor.name,
                    act.role.word(),
                    self.now,
                    &self.request_id,
                    act.detail.to_string(),
                ]);
            }
            let sql = format!(
                "insert into event (id, procedure_name, subject_id, subject_version, step, action, from_state, to_state, article,
                     actor_id, actor_name, actor_role, happened_at, request_id, detail) values {}",
                dialect::rows(&self.conn, some.len(), 15)
            );
            self.conn.run(sql, &values).await?;
        }
        Ok(())
    }

    async fn change_term(&mut self, subject: &Subject, change: &TermChange) -> Result<(), DbError> {
        match change {
            TermChange::Start { rule, article, starts, length, pauses, reckoning } => {
                let id = self.new_id();
                let lines: Vec<Json> = reckoning.explanation.iter().map(line_json).collect();
                self.conn
                    .run(
                        "insert into term (id, procedure_name, subject_id, rule, article, starts_on, length, due_on, provisional, explanation, pauses)
                         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                        values![
                            id, subject.procedure, &subject.id, *rule, *article, *starts, length,
                            reckoning.due, reckoning.provisional, Json::from(lines).to_string(), json!(pauses).to_string(),
                        ],
                    )
                    .await?;
            }
            TermChange::Pause { rule, from } => {
                self.conn
                    .run(
                        "update term set paused_from = $1 where subject_id = $2 and rule = $3 and stopped_on is null",
                        values![*from, &subject.id, *rule],
                    )
                    .await?;
            }
            TermChange::Change { rule, pauses, extensions, reckoning } => {
                let lines: Vec<Json> = reckoning.explanation.iter().map(line_json).collect();
                self.conn
                    .run(
                        "update term set pauses = $1, extensions = $2, paused_from = null, due_on = $3, provisional = $4, explanation = $5
                         where subject_id = $6 and rule = $7 and stopped_on is null",
                        values![
                            json!(pauses).to_string(), json!(extensions).to_string(), reckoning.due, reckoning.provisional,
                            Json::from(lines).to_string(), &subject.id, *rule,
                        ],
                    )
                    .await?;
            }
            TermChange::Stop { rule } => {
                let today = self.today();
                self.conn
                    .run(
                        "update term set stopped_on = $1 where subject_id = $2 and rule = $3 and stopped_on is null",
                        values![today, &subject.id, *rule],
                    )
                    .await?;
            }
        }
        Ok(())
    }
}

/// Settles a provisional term: the year it reaches into is decreed now. No act: nobody decided anything.
pub async fn settle_term(
    conn: &mut Conn,
    subject: &str,
    rule: &str,
    due: Date,
    explanation: &[(String, String)],
) -> Result<(), DbError> {
    let lines: Vec<Json> = explanation.iter().map(|(zh, en)| json!({ "zh": zh, "en": en })).collect();
    conn.run(
        "update term set due_on = $1, provisional = 0, explanation = $2
         where subject_id = $3 and rule = $4 and stopped_on is null and provisional = 1",
        values![due, Json::from(lines).to_string(), subject, rule],
    )
    .await?;
    Ok(())
}

/// The subject's next legal date, for its cached column.
pub async fn next_due(conn: &mut Conn, subject: &str) -> Result<Due, DbError> {
    let next = conn
        .first(
            "select due_on, rule, provisional, paused_from from term where subject_id = $1 and stopped_on is null
             order by case when paused_from is null then 0 else 1 end, due_on, id limit 1",
            values![subject],
        )
        .await?;
    Ok(match next {
        Some(row) => Due {
            on: Some(row.get("due_on")?),
            rule: Some(row.get("rule")?),
            provisional: row.get("provisional")?,
            paused: row.get::<Option<Date>>("paused_from")?.is_some(),
        },
        None => Due::default(),
    })
}

/// One line of an explanation in both languages, as it is stored and shown.
fn line_json(line: &Line) -> Json {
    json!({ "zh": line.zh(), "en": line.en() })
}

/// A new identifier: ordered by time, not guessable, telling nothing of how many there are (UUID version 7).
pub fn id_from(now: Timestamp, random: &mut impl RngCore) -> String {
    let mut bytes = [0_u8; 10];
    random.fill_bytes(&mut bytes);
    let millis = u64::try_from(now.as_millisecond()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid().to_string()
}

/// A new identifier outside a transaction.
pub fn new_id(now: Timestamp) -> String {
    id_from(now, &mut rand::rng())
}
