//! Import runs in the database.

use super::columns::{Kind, Mapping};
use super::ledger::Known;
use super::said::Told;
use crate::actor::Actor;
use crate::cases::store::normalised;
use crate::db::{Conn, DbError, Row, Value, dialect};
use crate::registry::{self, Organisation};
use crate::values;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Rows of one statement: 4 values each.
const ROWS_AT_ONCE: usize = 2_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The file is here; what its columns are is to be said.
    Uploaded,
    Checking,
    /// The dry run found nothing wrong.
    Checked,
    Importing,
    Done,
    /// The dry run, or the import itself, found faults; nothing was written.
    Refused,
    /// The process ended in the middle; nothing was written.
    BrokenOff,
}

impl State {
    const ALL: [(State, &'static str, &'static str); 7] = [
        (State::Uploaded, "uploaded", "待核对列"),
        (State::Checking, "checking", "正在检查"),
        (State::Checked, "checked", "检查通过，待导入"),
        (State::Importing, "importing", "正在导入"),
        (State::Done, "done", "已导入"),
        (State::Refused, "refused", "有错误，未导入"),
        (State::BrokenOff, "broken_off", "中断，未导入"),
    ];

    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(one, _, _)| *one == self).map_or("", |(_, word, _)| word)
    }

    pub fn label(self) -> &'static str {
        Self::ALL.iter().find(|(one, _, _)| *one == self).map_or("", |(_, _, label)| label)
    }

    /// Somebody is at work on it.
    pub fn is_running(self) -> bool {
        matches!(self, Self::Checking | Self::Importing)
    }
}

impl std::str::FromStr for State {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .iter()
            .find(|(_, word, _)| *word == text)
            .map(|(one, _, _)| *one)
            .ok_or_else(|| format!("{text:?} is none"))
    }
}

crate::text_columns!(State);

/// What the file looks like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    pub sheet: String,
    pub others: Vec<String>,
    pub columns: Vec<(usize, String)>,
    /// First and last row of the header.
    pub header: (u32, u32),
    /// The first rows: number, and what stands in each of the columns.
    pub sample: Vec<(u32, Vec<String>)>,
    /// Lines that are no data, by row and reason (a translator key when it was written).
    pub passed_over: Vec<(u32, String)>,
}

#[derive(Clone, Debug)]
pub struct Run {
    pub id: String,
    pub kind: Kind,
    pub owner_id: String,
    pub state: State,
    pub process: String,
    pub file_name: String,
    pub sha256: String,
    pub shape: Shape,
    pub mapping: Mapping,
    pub skip_unfinished: bool,
    pub counts: Counts,
    pub faults: Vec<Told>,
    pub faults_sha256: Option<String>,
    pub made_by_name: String,
    pub made_at: Timestamp,
    pub changed_at: Timestamp,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub total: i64,
    pub good: i64,
    pub bad: i64,
    pub skipped: i64,
}

const COLUMNS: &str =
    "id, kind, owner_id, state, process, file_name, sha256, shape, mapping, skip_unfinished, rows_total, rows_good,
     rows_bad, rows_skipped, faults, faults_sha256, made_by_name, made_at, changed_at";

/// Whose runs a person sees: those of the own organisation.
pub fn owner(actor: &Actor) -> String {
    actor.organisation_id.clone().unwrap_or_default()
}

fn read(row: &Row) -> Result<Run, DbError> {
    Ok(Run {
        id: row.get("id")?,
        kind: row.get("kind")?,
        owner_id: row.get("owner_id")?,
        state: row.get("state")?,
        process: row.get("process")?,
        file_name: row.get("file_name")?,
        sha256: row.get("sha256")?,
        shape: row.json("shape")?,
        mapping: row.json("mapping")?,
        skip_unfinished: row.get("skip_unfinished")?,
        counts: Counts {
            total: row.get("rows_total")?,
            good: row.get("rows_good")?,
            bad: row.get("rows_bad")?,
            skipped: row.get("rows_skipped")?,
        },
        faults: row.json("faults")?,
        faults_sha256: row.get("faults_sha256")?,
        made_by_name: row.get("made_by_name")?,
        made_at: row.get("made_at")?,
        changed_at: row.get("changed_at")?,
    })
}

pub async fn find(conn: &mut Conn, owner: &str, id: &str) -> Result<Option<Run>, DbError> {
    let sql = format!("select {COLUMNS} from import_run where id = $1 and owner_id = $2");
    conn.first(sql, values![id, owner]).await?.as_ref().map(read).transpose()
}

/// Runs of these kinds, newest first, and how many there are.
pub async fn list(
    conn: &mut Conn,
    owner: &str,
    kinds: &[Kind],
    offset: i64,
    rows: i64,
) -> Result<(Vec<Run>, i64), DbError> {
    // Stored words are constants of ours.
    let words: Vec<String> = kinds.iter().map(|kind| format!("'{}'", kind.word())).collect();
    let which = format!("from import_run where owner_id = $1 and kind in ({})", words.join(", "));
    let total = conn.count(format!("select count(*) {which}"), values![owner]).await?;
    let sql = format!("select {COLUMNS} {which} order by made_at desc, id desc limit $2 offset $3");
    let runs = conn.all(sql, values![owner, rows, offset]).await?;
    Ok((runs.iter().map(read).collect::<Result<_, _>>()?, total))
}

pub async fn create(conn: &mut Conn, run: &Run, actor: &Actor) -> Result<(), DbError> {
    let counts = run.counts;
    conn.run(
        "insert into import_run (id, kind, owner_id, state, process, file_name, sha256, shape, mapping, skip_unfinished, rows_total,
             rows_good, rows_bad, rows_skipped, faults, faults_sha256, made_by, made_by_name, made_at, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
        values![
            &run.id, run.kind.word(), &run.owner_id, run.state.word(), &run.process, &run.file_name, &run.sha256,
            text(&run.shape), text(&run.mapping), run.skip_unfinished, counts.total, counts.good, counts.bad,
            counts.skipped, text(&run.faults), run.faults_sha256.clone(), &actor.account_id, &run.made_by_name, run.made_at,
            run.changed_at,
        ],
    )
    .await?;
    Ok(())
}

/// Takes the run from one of the states into its new one, with all that a check found; false when it is in none of them.
pub async fn advance(conn: &mut Conn, run: &Run, from: &[State], now: Timestamp) -> Result<bool, DbError> {
    // Stored words are constants of ours.
    let from: Vec<String> = from.iter().map(|state| format!("'{}'", state.word())).collect();
    let sql = format!(
        "update import_run set state = $2, process = $3, mapping = $4, skip_unfinished = $5, rows_good = $6, rows_bad = $7,
             rows_skipped = $8, faults = $9, faults_sha256 = $10, changed_at = $11 where id = $1 and state in ({})",
        from.join(", ")
    );
    let counts = run.counts;
    let changed = conn
        .run(
            sql,
            values![
                &run.id,
                run.state.word(),
                &run.process,
                text(&run.mapping),
                run.skip_unfinished,
                counts.good,
                counts.bad,
                counts.skipped,
                text(&run.faults),
                run.faults_sha256.clone(),
                now,
            ],
        )
        .await?;
    Ok(changed == 1)
}

fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// How the organisation read such a header last.
pub async fn saved_mapping(
    conn: &mut Conn,
    owner: &str,
    kind: Kind,
    signature: &str,
) -> Result<Option<Mapping>, DbError> {
    let sql = "select mapping from import_mapping where owner_id = $1 and kind = $2 and signature = $3";
    let row = conn.first(sql, values![owner, kind.word(), signature]).await?;
    let text: Option<String> = row.map(|row| row.get("mapping")).transpose()?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

pub async fn save_mapping(conn: &mut Conn, run: &Run, signature: &str, now: Timestamp) -> Result<(), DbError> {
    conn.run(
        "insert into import_mapping (owner_id, kind, signature, mapping, saved_at) values ($1, $2, $3, $4, $5)
         on conflict (owner_id, kind, signature) do update set mapping = excluded.mapping, saved_at = excluded.saved_at",
        values![&run.owner_id, run.kind.word(), signature, text(&run.mapping), now],
    )
    .await?;
    Ok(())
}

/// What rows of a ledger of cases are held against.
pub async fn known(conn: &mut Conn, institution_id: &str) -> Result<Known, DbError> {
    let mut known = Known { stand_in: stand_in_id(institution_id), ..Known::default() };
    let sql = "select ledger_number from imported_row where institution_id = $1";
    for row in conn.all(sql, values![institution_id]).await? {
        known.numbers.insert(row.get("ledger_number")?);
    }
    let sql = "select id, name from organisation where kind not in ('institution', 'bureau', 'association')";
    for row in conn.all(sql, &[]).await? {
        let (id, name): (String, String) = (row.get("id")?, row.get("name")?);
        known.organisations.entry(normalised(&name)).and_modify(|there| *there = None).or_insert(Some(id));
    }
    Ok(known)
}

fn stand_in_id(institution_id: &str) -> String {
    format!("ledger-clients-{institution_id}")
}

/// Nobody has an account of this organisation: cases of clients who are not here are seen by the institution alone.
pub async fn stand_in(conn: &mut Conn, institution_id: &str) -> Result<(), DbError> {
    let id = stand_in_id(institution_id);
    if conn.count("select count(*) from organisation where id = $1", values![&id]).await? > 0 {
        return Ok(());
    }
    let home = registry::store::find_institution(conn, institution_id).await?;
    let one = Organisation {
        id,
        kind: "other".into(),
        name: format!("历史台账委托人（{}）", home.map(|home| home.name).unwrap_or_default()),
        district: String::new(),
        address: String::new(),
        phone: String::new(),
    };
    registry::store::create_organisation(conn, &one).await
}

/// Which row became which case.
pub async fn remember(conn: &mut Conn, run: &Run, rows: &[(String, String)]) -> Result<(), DbError> {
    for some in rows.chunks(ROWS_AT_ONCE) {
        let mut values: Vec<Value> = Vec::with_capacity(some.len() * 4);
        for (number, case_id) in some {
            values.extend_from_slice(values![&run.owner_id, number, case_id, &run.id]);
        }
        let sql = format!(
            "insert into imported_row (institution_id, ledger_number, case_id, run_id) values {}",
            dialect::rows(conn, some.len(), 4)
        );
        conn.run(sql, &values).await?;
    }
    Ok(())
}
