//! Where a case stands, for the tracking page: states and days.
//!
//! **Invariant:** no column with personal data is read here, and [`Progress`] has no field that could hold any.

use super::code::random_signs;
use super::steps::{Case, State};
use crate::app::App;
use crate::clock;
use crate::db::{Conn, DbError};
use crate::perform::Tx;
use crate::values;
use jiff::Timestamp;
use jiff::civil::Date;
use procedure::Procedure;
use rand::SeedableRng;

/// Signs of a tracking number: 50 random bits, nothing of how many cases there are.
const NUMBER_SIGNS: usize = 10;

/// A case as far as the public may know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    pub state: State,
    /// Where the institution sits: whose rules bind it.
    pub region: String,
    /// Each state it came into, and when; in order.
    pub moves: Vec<(Date, State)>,
    pub due_on: Option<Date>,
    pub due_rule: Option<String>,
    pub due_provisional: bool,
    pub was_issued: bool,
}

/// Gives a new case its tracking number.
pub(super) async fn number(tx: &mut Tx, case_id: &str) -> Result<(), DbError> {
    let number = random_signs(&mut tx.random, NUMBER_SIGNS);
    tx.conn.run("insert into case_tracking (case_id, number) values ($1, $2)", values![case_id, number]).await?;
    Ok(())
}

/// The tracking number of a case.
pub async fn number_of(conn: &mut Conn, case_id: &str) -> Result<Option<String>, DbError> {
    let row = conn.first("select number from case_tracking where case_id = $1", values![case_id]).await?;
    row.map(|row| row.get("number")).transpose()
}

/// Cases from before there were numbers get theirs; how many.
pub async fn number_all(app: &App) -> Result<u64, DbError> {
    let mut conn = app.db.write().await?;
    let mut random = rand::rngs::StdRng::from_os_rng();
    let sql = "select id from appraisal_case c where not exists (select 1 from case_tracking t where t.case_id = c.id)";
    let rows = conn.all(sql, &[]).await?;
    for row in &rows {
        let number = random_signs(&mut random, NUMBER_SIGNS);
        let id: String = row.get("id")?;
        conn.run("insert into case_tracking (case_id, number) values ($1, $2)", values![id, number]).await?;
    }
    conn.commit().await?;
    Ok(rows.len() as u64)
}

/// The case with that tracking number.
pub async fn progress(conn: &mut Conn, number: &str) -> Result<Option<Progress>, DbError> {
    let row = conn
        .first(
            "select c.id, c.state, i.region, c.due_on, c.due_rule, c.due_provisional
             from case_tracking t join appraisal_case c on c.id = t.case_id join institution i on i.id = c.institution_id
             where t.number = $1",
            values![number],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let events = conn
        .all(
            "select to_state, happened_at from event where procedure_name = $1 and subject_id = $2 order by subject_version",
            values![Case::NAME, row.get::<String>("id")?],
        )
        .await?;
    let mut moves: Vec<(Date, State)> = Vec::new();
    for event in &events {
        let (to, at) = (event.get::<State>("to_state")?, event.get::<Timestamp>("happened_at")?);
        if moves.last().is_none_or(|(_, last)| *last != to) {
            moves.push((clock::day_of(at), to));
        }
    }
    Ok(Some(Progress {
        state: row.get("state")?,
        region: row.get("region")?,
        was_issued: moves.iter().any(|(_, state)| state.is_issued()),
        moves,
        due_on: row.get("due_on")?,
        due_rule: row.get("due_rule")?,
        due_provisional: row.get("due_provisional")?,
    }))
}
