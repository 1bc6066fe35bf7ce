//! Jobs in the database.
//!
//! **Invariant:** a claim is taken in one short transaction and carries a word of its own; only who holds that word writes
//! how the job went, so a worker that was given up for dead changes nothing any more.

use super::{Job, JobKind, later, wait_after};
use crate::db::{Conn, Database, DbError, Row, Value, dialect};
use crate::perform::new_id;
use crate::values;
use jiff::Timestamp;
use serde_json::Value as Json;

/// What is to be done later.
#[derive(Clone, Debug)]
pub struct NewJob<'a> {
    pub name: &'a str,
    pub payload: Json,
    pub run_at: Timestamp,
    /// A second job of this name and key is not written.
    pub dedup: Option<String>,
}

/// Writes a job into the caller's transaction; whether it is new.
pub async fn enqueue(conn: &mut Conn, job: &NewJob<'_>, now: Timestamp) -> Result<bool, DbError> {
    let written = conn
        .run(
            "insert into job (id, name, payload, dedup, enqueued_at, run_at, tries) values ($1, $2, $3, $4, $5, $6, 0)
             on conflict do nothing",
            values![new_id(now), job.name, job.payload.to_string(), job.dedup.clone(), now, job.run_at],
        )
        .await?;
    Ok(written == 1)
}

/// What is due and nobody's: `$1` is now, the names follow.
fn due(names: usize) -> String {
    let names: Vec<String> = (0..names).map(|n| format!("${}", n + 2)).collect();
    format!(
        "from job where done_at is null and dead_at is null and run_at <= $1
             and (claimed_until is null or claimed_until < $1) and name in ({})",
        names.join(", ")
    )
}

/// Takes the longest-due job of these kinds for so many seconds.
pub(super) async fn claim(
    db: &Database,
    kinds: &[&JobKind],
    now: Timestamp,
    seconds: i64,
) -> Result<Option<Job>, DbError> {
    let due = due(kinds.len());
    let mut values = vec![Value::from(now)];
    values.extend(kinds.iter().map(|kind| Value::from(kind.name)));
    // Nothing to do is the usual case: found out without the lock for writing.
    if db.read().await?.first(format!("select 1 {due} limit 1"), &values).await?.is_none() {
        return Ok(None);
    }
    let mut conn = db.write().await?;
    let skip = dialect::skip_locked(db);
    let sql = format!("select id, name, payload, tries {due} order by run_at, id limit 1 {skip}");
    let Some(row) = conn.first(sql, &values).await? else { return Ok(None) };
    let name: String = row.get("name")?;
    let tries = row.get::<i64>("tries")? + 1;
    let most = kinds.iter().find(|kind| kind.name == name).map_or(0, |kind| kind.tries);
    let job = Job {
        id: row.get("id")?,
        payload: serde_json::from_str(&row.get::<String>("payload")?).unwrap_or_default(),
        name,
        tries,
        is_last_try: tries >= most,
        claim: new_id(now),
    };
    conn.run(
        "update job set claimed_until = $2, claim = $3, tries = $4 where id = $1",
        values![&job.id, later(now, seconds), &job.claim, tries],
    )
    .await?;
    conn.commit().await?;
    Ok(Some(job))
}

pub(super) async fn finish(db: &Database, job: &Job, now: Timestamp) -> Result<(), DbError> {
    let mut conn = db.write().await?;
    conn.run(
        "update job set done_at = $3, claim = null where id = $1 and claim = $2",
        values![&job.id, &job.claim, now],
    )
    .await?;
    conn.commit().await
}

/// Longest text of an error that is kept.
const ERROR_LONGEST: usize = 500;

/// Puts it back for later, or to the dead.
pub(super) async fn fail(db: &Database, job: &Job, is_dead: bool, why: &str, now: Timestamp) -> Result<(), DbError> {
    let why: String = why.chars().take(ERROR_LONGEST).collect();
    let dead_at = is_dead.then_some(now);
    let mut conn = db.write().await?;
    conn.run(
        "update job set claimed_until = null, claim = null, last_error = $3, run_at = $4, dead_at = $5
         where id = $1 and claim = $2",
        values![&job.id, &job.claim, why, later(now, wait_after(job.tries)), dead_at],
    )
    .await?;
    conn.commit().await
}

/// A job that failed, for the administrator.
#[derive(Clone, Debug)]
pub(super) struct Failing {
    pub id: String,
    pub name: String,
    pub enqueued_at: Timestamp,
    pub run_at: Timestamp,
    pub tries: i64,
    pub last_error: String,
    pub is_dead: bool,
}

/// The dead first, then what is tried again.
pub(super) async fn failing(conn: &mut Conn, rows: i64) -> Result<Vec<Failing>, DbError> {
    let found = conn
        .all(
            "select id, name, enqueued_at, run_at, tries, last_error, dead_at from job
             where done_at is null and (dead_at is not null or (dead_at is null and last_error is not null))
             order by case when dead_at is null then 1 else 0 end, run_at, id limit $1",
            values![rows],
        )
        .await?;
    found.iter().map(read_failing).collect()
}

fn read_failing(row: &Row) -> Result<Failing, DbError> {
    Ok(Failing {
        id: row.get("id")?,
        name: row.get("name")?,
        enqueued_at: row.get("enqueued_at")?,
        run_at: row.get("run_at")?,
        tries: row.get("tries")?,
        last_error: row.get::<Option<String>>("last_error")?.unwrap_or_default(),
        is_dead: row.get::<Option<Timestamp>>("dead_at")?.is_some(),
    })
}

/// How many wait, and how many are dead.
pub(super) async fn counts(conn: &mut Conn) -> Result<(i64, i64), DbError> {
    let waiting = conn.count("select count(*) from job where done_at is null and dead_at is null", &[]).await?;
    let dead = conn.count("select count(*) from job where dead_at is not null", &[]).await?;
    Ok((waiting, dead))
}

/// A dead job is tried anew; whether it was one.
pub(super) async fn revive(conn: &mut Conn, id: &str, now: Timestamp) -> Result<bool, DbError> {
    let changed = conn
        .run(
            "update job set dead_at = null, tries = 0, run_at = $2, claimed_until = null, claim = null
             where id = $1 and dead_at is not null",
            values![id, now],
        )
        .await?;
    Ok(changed == 1)
}
