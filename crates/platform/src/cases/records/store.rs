//! Records in the database: appended to, never changed.

use super::content::{Capability, Capacity, Entry, Kind, Present};
use crate::cases::content::Examination;
use crate::cases::facts::Facts;
use crate::cases::law;
use crate::cases::search::{self, TextKind};
use crate::clock;
use crate::db::{Conn, DbError, Row};
use crate::fail::Fail;
use crate::perform::Tx;
use crate::text::say;
use crate::values;
use jiff::Timestamp;
use jiff::civil::{Date, time};

/// Records of one case; a year of daily tests stays below.
pub const RECORDS_MAX: i64 = 500;
/// Versions of one record; who corrects more often writes a new one.
pub const VERSIONS_MAX: i64 = 100;

/// What the guards of a case know of its records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordFacts {
    pub count: i64,
    /// Numbers of the records whose newest version its author has not confirmed.
    pub unconfirmed: Vec<i64>,
}

/// A version of a record.
#[derive(Clone, Debug)]
pub struct Version {
    pub version: i64,
    pub entry: Entry,
    pub late: bool,
    pub late_reason: String,
    pub reason: String,
    pub author_id: String,
    pub author_name: String,
    pub entered_at: Timestamp,
}

#[derive(Clone, Debug)]
pub struct Confirmation {
    pub version: i64,
    pub appraiser_id: String,
    pub appraiser_name: String,
    pub is_author: bool,
    pub confirmed_at: Timestamp,
}

/// A record as lists show it: its newest version.
#[derive(Clone, Debug)]
pub struct Record {
    pub id: String,
    pub number: i64,
    pub newest: Version,
    /// Of the newest version.
    pub confirmations: Vec<Confirmation>,
    pub files: Vec<super::files::RecordFile>,
}

impl Record {
    pub fn is_confirmed(&self) -> bool {
        self.confirmations.iter().any(|one| one.is_author)
    }

    /// One line that names the record.
    pub fn heading(&self) -> String {
        format!("{} {}", clock::minute_of(self.newest.entry.started_at), self.newest.entry.kind.label())
    }
}

const VERSION: &str = "v.version, v.content, v.late, v.late_reason, v.reason, v.author_id, v.author_name, v.entered_at";

fn version(row: &Row) -> Result<Version, DbError> {
    let content: String = row.get("content")?;
    Ok(Version {
        version: row.get("version")?,
        entry: serde_json::from_str(&content)
            .map_err(|error| DbError::unreadable("examination_record_version.content", &error.to_string()))?,
        late: row.get("late")?,
        late_reason: row.get("late_reason")?,
        reason: row.get("reason")?,
        author_id: row.get("author_id")?,
        author_name: row.get("author_name")?,
        entered_at: row.get("entered_at")?,
    })
}

fn confirmation(row: &Row) -> Result<Confirmation, DbError> {
    Ok(Confirmation {
        version: row.get("version")?,
        appraiser_id: row.get("appraiser_id")?,
        appraiser_name: row.get("appraiser_name")?,
        is_author: row.get("is_author")?,
        confirmed_at: row.get("confirmed_at")?,
    })
}

/// The case's records in the order of what happened. The caller has found the case within the person's scope.
pub async fn list(conn: &mut Conn, case_id: &str) -> Result<Vec<Record>, DbError> {
    let newest = "v.version = (select max(w.version) from examination_record_version w where w.record_id = r.id)";
    let rows = conn
        .all(
            format!(
                "select r.id, r.number, {VERSION} from examination_record r
                 join examination_record_version v on v.record_id = r.id and {newest}
                 where r.case_id = $1 order by v.started_at, r.number"
            ),
            values![case_id],
        )
        .await?;
    let confirmed = conn
        .all(
            "select c.record_id, c.version, c.appraiser_id, c.appraiser_name, c.is_author, c.confirmed_at
             from examination_record_confirmation c join examination_record r on r.id = c.record_id
             where r.case_id = $1 order by c.confirmed_at",
            values![case_id],
        )
        .await?;
    let files = super::files::of_case(conn, case_id).await?;
    let mut found = Vec::new();
    for row in &rows {
        let (id, newest): (String, Version) = (row.get("id")?, version(row)?);
        let mut confirmations = Vec::new();
        for one in &confirmed {
            let of: String = one.get("record_id")?;
            let one = confirmation(one)?;
            if of == id && one.version == newest.version {
                confirmations.push(one);
            }
        }
        let files = files.iter().filter(|file| file.record_id == id).cloned().collect();
        found.push(Record { number: row.get("number")?, id, newest, confirmations, files });
    }
    Ok(found)
}

/// One record of the case.
pub async fn find(conn: &mut Conn, case_id: &str, id: &str) -> Result<Record, Fail> {
    list(conn, case_id).await?.into_iter().find(|one| one.id == id).ok_or(Fail::NotFound)
}

/// Every version, the oldest first.
pub async fn versions(conn: &mut Conn, record_id: &str) -> Result<Vec<Version>, DbError> {
    let rows = conn
        .all(
            format!("select {VERSION} from examination_record_version v where v.record_id = $1 order by v.version"),
            values![record_id],
        )
        .await?;
    rows.iter().map(version).collect()
}

/// Every confirmation of any version, the oldest first.
pub async fn confirmations(conn: &mut Conn, record_id: &str) -> Result<Vec<Confirmation>, DbError> {
    let rows = conn
        .all(
            "select version, appraiser_id, appraiser_name, is_author, confirmed_at from examination_record_confirmation
             where record_id = $1 order by confirmed_at",
            values![record_id],
        )
        .await?;
    rows.iter().map(confirmation).collect()
}

pub async fn facts(conn: &mut Conn, case_id: &str) -> Result<RecordFacts, DbError> {
    let count = conn.count("select count(*) from examination_record where case_id = $1", values![case_id]).await?;
    let open = conn
        .all(
            "select r.number from examination_record r where r.case_id = $1 and not exists (
                 select 1 from examination_record_confirmation c where c.record_id = r.id and c.is_author = 1
                   and c.version = (select max(w.version) from examination_record_version w where w.record_id = r.id))
             order by r.number",
            values![case_id],
        )
        .await?;
    Ok(RecordFacts { count, unconfirmed: open.iter().map(|row| row.get("number")).collect::<Result<_, _>>()? })
}

/// What a new version says besides its entry.
pub struct NewVersion<'a> {
    pub entry: &'a Entry,
    pub late: bool,
    pub late_reason: &'a str,
    pub reason: &'a str,
}

/// Writes a new record with its first version; its id.
pub async fn create(tx: &mut Tx, case_id: &str, new: &NewVersion<'_>) -> Result<String, Fail> {
    let id = tx.new_id();
    let last = "select coalesce(max(number), 0) from examination_record where case_id = $1";
    let number = tx.conn.count(last, values![case_id]).await? + 1;
    let (by, now) = (tx.actor.account_id.clone(), tx.now);
    let made = tx
        .conn
        .run(
            "insert into examination_record (id, case_id, number, created_by, created_at) values ($1, $2, $3, $4, $5) on conflict do nothing",
            values![&id, case_id, number, by, now],
        )
        .await?;
    if made == 0 {
        return Err(Fail::changed_meanwhile());
    }
    add_version(tx, &id, 0, new).await?;
    Ok(id)
}

/// Writes the next version after `after`.
///
/// # Errors
/// [`Fail::Conflict`] when `after` is not the newest.
pub async fn add_version(tx: &mut Tx, record_id: &str, after: i64, new: &NewVersion<'_>) -> Result<(), Fail> {
    let newest = "select coalesce(max(version), 0) from examination_record_version where record_id = $1";
    if tx.conn.count(newest, values![record_id]).await? != after {
        return Err(Fail::changed_meanwhile());
    }
    let content = serde_json::to_string(new.entry).map_err(|error| Fail::Internal(error.into()))?;
    let (by, name, now) = (tx.actor.account_id.clone(), tx.actor.name.clone(), tx.now);
    let made = tx
        .conn
        .run(
            "insert into examination_record_version (record_id, version, kind, started_at, ended_at, late, late_reason, reason,
                 author_id, author_name, entered_at, content)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict do nothing",
            values![
                record_id, after + 1, new.entry.kind.word(), new.entry.started_at, new.entry.ended_at, new.late, new.late_reason,
                new.reason, by, name, now, content,
            ],
        )
        .await?;
    if made == 0 {
        return Err(Fail::changed_meanwhile());
    }
    let case = tx.conn.first("select case_id from examination_record where id = $1", values![record_id]).await?;
    let case_id: String = case.ok_or(Fail::NotFound)?.get("case_id")?;
    let text = format!("{}\n{}", new.entry.method, new.entry.text);
    search::index_text(tx, &case_id, TextKind::Record, record_id, &text).await
}

/// An appraiser answers for a version; once.
pub async fn confirm(tx: &mut Tx, record_id: &str, one: &Version, appraiser: (&str, &str)) -> Result<bool, DbError> {
    let is_author = one.author_id == tx.actor.account_id;
    let now = tx.now;
    let new = tx
        .conn
        .run(
            "insert into examination_record_confirmation (record_id, version, appraiser_id, appraiser_name, is_author, confirmed_at)
             values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
            values![record_id, one.version, appraiser.0, appraiser.1, is_author, now],
        )
        .await?;
    Ok(new == 1)
}

/// The short form of the step of drafting becomes the record of a case that has none, confirmed by who takes the step.
///
/// # Errors
/// A refusal when it comes late: a late record gives its reason, and the short form has no place for one.
pub async fn summarise(
    tx: &mut Tx,
    facts: &Facts,
    examination: &Examination,
    calendar: &worktime::Calendar,
) -> Result<(), Fail> {
    if facts.records.count > 0 {
        return Ok(());
    }
    let Some(me) = facts.member(tx.actor.appraiser_id.as_deref()) else { return Ok(()) };
    let (id, name) = (me.appraiser.id.clone(), me.appraiser.name.clone());
    let started_at = start_of(examination.from);
    let mut people = vec![Present { name: name.clone(), capacity: Capacity::Appraiser, signed: true }];
    if !["", "无"].contains(&examination.present.as_str()) {
        people.push(Present { name: examination.present.clone(), capacity: Capacity::Witness, signed: false });
    }
    let entry = Entry {
        kind: Kind::Summary,
        started_at,
        ended_at: start_of(examination.to).max(started_at),
        place: examination.place.clone(),
        capability: Capability::None,
        tier: examination.tier,
        method: examination.method.clone(),
        method_reason: examination.validation.clone(),
        consent: false,
        instrument: None,
        people,
        text: examination.record.clone(),
        measurements: Vec::new(),
    };
    if super::rules::is_late(facts, entry.ended_at, tx.today(), calendar) {
        return Err(Fail::refused(
            say("鉴定于%{date}结束，没有按时记录。").with("date", examination.to),
            law::T27,
            say("请先在“鉴定记录”中补记，写明补记的原因，再起草意见书。"),
        ));
    }
    let new = NewVersion { entry: &entry, late: false, late_reason: "", reason: "" };
    let record = create(tx, &facts.case.id, &new).await?;
    let version = versions(&mut tx.conn, &record).await?.pop().ok_or(Fail::NotFound)?;
    confirm(tx, &record, &version, (&id, &name)).await?;
    Ok(())
}

fn start_of(day: Date) -> Timestamp {
    let at = day.to_datetime(time(0, 0, 0, 0)).to_zoned_datetime(clock::zone());
    at.map_or(Timestamp::UNIX_EPOCH, |at| at.timestamp())
}
