//! Runs in the database, and their acts.
//!
//! **Invariant:** `state` changes only in [`carry_out`], beside its event. What a run was asked and what it was made from is
//! written once and stays, so that anybody can repeat it.

use super::facts::Coverage;
use super::steps::{RunAction, RunState, Runs};
use crate::db::{Conn, DbError, Row};
use crate::fail::{Fail, Objection};
use crate::jobs::{self, NewJob};
use crate::perform::{Act, Subject, Tx};
use crate::text::say;
use crate::values;
use jiff::Timestamp;
use jiff::civil::Date;
use procedure::Procedure;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

/// The job that computes a run.
pub(super) const JOB: &str = "analysis.run";

/// What a person may choose about a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parameters {
    /// Cases received from this day on; all without it.
    pub from: Option<Date>,
    /// Findings up to this false-discovery rate become leads.
    pub q_max: f64,
}

/// The rate at which a twentieth of the leads are expected to be false: what the detectors are measured at.
pub const Q_MAX: f64 = 0.05;
/// Weaker than this is no lead in any sense: one in three would be expected to be false.
pub const Q_WEAKEST: f64 = 0.3;

/// What a run came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    pub cases: usize,
    pub left_out: usize,
    pub institutions: usize,
    pub appraisers: usize,
    pub findings: usize,
    /// Leads that are new, and leads of earlier runs that were found again.
    pub new_leads: usize,
    pub seen_again: usize,
    pub coverage: Vec<Coverage>,
    /// Of a repetition: whether the findings agree to the byte.
    pub agrees: Option<bool>,
    /// The file of the groups of look-alike institutions; none of older runs and repetitions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<String>,
    /// The files of what only describes; none of older runs and repetitions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figures: Option<Figures>,
}

/// Where the figures of a run's pages are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    pub market: String,
    pub workload: String,
    pub rates: String,
}

/// A run as it stands.
#[derive(Clone, Debug)]
pub struct Run {
    pub id: String,
    pub version: i64,
    pub state: RunState,
    pub requester_name: String,
    pub repeats: Option<String>,
    pub parameters: Parameters,
    pub versions: Json,
    pub step: String,
    pub done: i64,
    pub whole: i64,
    pub extract_sha256: Option<String>,
    pub findings_sha256: Option<String>,
    pub summary: Summary,
    pub error: String,
    pub requested_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
}

const COLUMNS: &str =
    "id, version, state, requester_name, repeats, parameters, versions, step, done, whole, extract_sha256,
     findings_sha256, summary, error, requested_at, started_at, ended_at";

fn run(row: &Row) -> Result<Run, DbError> {
    Ok(Run {
        id: row.get("id")?,
        version: row.get("version")?,
        state: row.get("state")?,
        requester_name: row.get("requester_name")?,
        repeats: row.get("repeats")?,
        parameters: row.json("parameters")?,
        versions: row.json("versions")?,
        step: row.get("step")?,
        done: row.get("done")?,
        whole: row.get("whole")?,
        extract_sha256: row.get("extract_sha256")?,
        findings_sha256: row.get("findings_sha256")?,
        summary: row.json("summary")?,
        error: row.get("error")?,
        requested_at: row.get("requested_at")?,
        started_at: row.get("started_at")?,
        ended_at: row.get("ended_at")?,
    })
}

/// # Errors
/// [`Fail::NotFound`] where there is no such run.
pub async fn find(conn: &mut Conn, id: &str) -> Result<Run, Fail> {
    let row = conn.first(format!("select {COLUMNS} from analysis_run where id = $1"), values![id]).await?;
    Ok(run(&row.ok_or(Fail::NotFound)?)?)
}

/// A page of runs, the newest first, and how many there are.
pub async fn list(conn: &mut Conn, offset: i64, rows: i64) -> Result<(Vec<Run>, i64), DbError> {
    let sql = format!("select {COLUMNS} from analysis_run order by requested_at desc, id desc limit $1 offset $2");
    let found = conn.all(sql, values![rows, offset]).await?;
    let total = conn.count("select count(*) from analysis_run", &[]).await?;
    Ok((found.iter().map(run).collect::<Result<_, _>>()?, total))
}

/// The newest run that came to an end well, and did not only repeat another.
pub async fn newest_done(conn: &mut Conn) -> Result<Option<Run>, DbError> {
    let sql = format!(
        "select {COLUMNS} from analysis_run where state = 'done' and repeats is null order by requested_at desc, id desc limit 1"
    );
    conn.first(sql, &[]).await?.map(|row| run(&row)).transpose()
}

fn decide(tx: &Tx, from: Option<RunState>, action: RunAction, detail: Json) -> Result<(Act, RunState), Fail> {
    let step = procedure::step::<Runs>(from, action, &tx.actor.roles).map_err(|_| {
        let (what, remedy) = (say("您现在不能办理这一步骤。"), say("请刷新页面，按页面列出的步骤办理。"));
        Fail::Refused(vec![Objection { what, article: "", remedy }])
    })?;
    let act = Act {
        step: step.number,
        action: action.word().into(),
        article: step.article,
        role: step.by[0],
        from: from.map(|state| state.word().into()),
        to: step.to.word().into(),
        terms: Vec::new(),
        detail,
    };
    Ok((act, step.to))
}

/// What computed it, so that a repetition that differs can be explained.
pub(super) fn versions(engine: &str) -> Json {
    json!({
        "sijian": env!("CARGO_PKG_VERSION"),
        "extract": super::facts::FORMAT,
        "detectors": super::told::ALL,
        "seeds": { "ring": screening::detectors::ring::SEED, "groups": super::groups::SEED },
        "engine": engine,
    })
}

/// Asks for a run; the job that computes it is written beside it.
///
/// # Errors
/// A refusal by role; a run to repeat that is not done.
pub async fn request(tx: &mut Tx, engine: &str, parameters: Parameters, repeats: Option<&Run>) -> Result<String, Fail> {
    if repeats.is_some_and(|run| run.state != RunState::Done || run.extract_sha256.is_none()) {
        return Err(Fail::refused(say("只能重算已经完成的分析。"), "", say("请等待分析完成。")));
    }
    let detail = json!({ "parameters": parameters, "repeats": repeats.map(|run| &run.id) });
    let (act, to) = decide(tx, None, RunAction::Request, detail)?;
    let (id, now) = (tx.new_id(), tx.now);
    let (by, name) = (tx.actor.account_id.clone(), tx.actor.name.clone());
    let again = repeats.map(|run| run.id.clone());
    let extract = repeats.and_then(|run| run.extract_sha256.clone());
    tx.conn
        .run(
            "insert into analysis_run (id, version, state, requested_by, requester_name, repeats, parameters, versions, step, done,
                 whole, extract_sha256, summary, error, requested_at)
             values ($1, 1, $2, $3, $4, $5, $6, $7, '', 0, 1, $8, $9, '', $10)",
            values![
                &id,
                to.word(),
                by,
                name,
                again,
                json!(parameters).to_string(),
                versions(engine).to_string(),
                extract,
                json!(Summary::default()).to_string(),
                now,
            ],
        )
        .await?;
    tx.perform(&Subject { procedure: Runs::NAME, id: id.clone(), version: 0 }, &act).await?;
    let job = NewJob { name: JOB, payload: json!({ "run": id }), run_at: now, dedup: Some(id.clone()) };
    jobs::enqueue(&mut tx.conn, &job, now).await?;
    Ok(id)
}

/// Takes a run a step further.
///
/// # Errors
/// A step that is not its turn; [`Fail::Conflict`] when it has moved on.
pub async fn carry_out(tx: &mut Tx, run: &mut Run, action: RunAction, detail: Json) -> Result<(), Fail> {
    let (act, to) = decide(tx, Some(run.state), action, detail)?;
    let now = tx.now;
    if action == RunAction::Start {
        run.started_at = Some(now);
    } else {
        run.ended_at = Some(now);
    }
    let changed = tx
        .conn
        .run(
            "update analysis_run set version = version + 1, state = $3, extract_sha256 = $4, findings_sha256 = $5, summary = $6,
                 error = $7, started_at = $8, ended_at = $9 where id = $1 and version = $2",
            values![
                &run.id,
                run.version,
                to.word(),
                run.extract_sha256.clone(),
                run.findings_sha256.clone(),
                json!(run.summary).to_string(),
                &run.error,
                run.started_at,
                run.ended_at,
            ],
        )
        .await?;
    if changed == 0 {
        return Err(Fail::changed_meanwhile());
    }
    tx.perform(&Subject { procedure: Runs::NAME, id: run.id.clone(), version: run.version }, &act).await?;
    run.version += 1;
    run.state = to;
    Ok(())
}

/// How far it is; whether it still runs.
pub(super) async fn progress(conn: &mut Conn, id: &str, step: &str, done: i64, whole: i64) -> Result<bool, DbError> {
    let sql = "update analysis_run set step = $2, done = $3, whole = $4 where id = $1 and state = 'running'";
    Ok(conn.run(sql, values![id, step, done, whole]).await? == 1)
}
