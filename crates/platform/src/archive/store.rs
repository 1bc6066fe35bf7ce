//! The volume of a case as the database holds its parts; holds, filings, and the list of what is to be filed.
//!
//! **Invariant:** a case is found within the person's scope before anything of it is read; holds and filings only grow.

use super::volume::{self, Circumstances, Item, Outcome, Source, Volume};
use crate::actor::{Actor, RoleKind};
use crate::cases::facts::Facts;
use crate::cases::records::content::Kind;
use crate::cases::records::files::RecordFile;
use crate::cases::records::store::Record;
use crate::cases::{Case, State, attachments, records};
use crate::db::{Conn, DbError, Value};
use crate::fail::Fail;
use crate::papers::{self, Paper};
use crate::perform::Tx;
use crate::registry::ItemCode;
use crate::values;
use crate::{cases, clock};
use jiff::Timestamp;
use jiff::civil::Date;
use procedure::Procedure;

/// A decision on the legal hold.
#[derive(Clone, Debug)]
pub struct Hold {
    pub is_set: bool,
    pub reason: String,
    pub by_name: String,
    pub decided_at: Timestamp,
}

/// The volume with what its page and its cover tell of it.
pub struct Loaded {
    pub facts: Facts,
    pub volume: Volume,
    /// The day the case ended: issued, declined, terminated or withdrawn.
    pub ended_on: Option<Date>,
    /// The day its volume was filed.
    pub filed_on: Option<Date>,
    pub shelf: Option<String>,
    /// The decisions on the hold, the newest first.
    pub holds: Vec<Hold>,
}

impl Loaded {
    pub fn is_held(&self) -> bool {
        self.holds.first().is_some_and(|one| one.is_set)
    }

    /// Ended without an opinion and not yet filed: a state without a step of filing.
    pub fn awaits_filing(&self) -> bool {
        let ended = [State::Declined, State::Terminated, State::Withdrawn].contains(&self.facts.case.state);
        ended && self.filed_on.is_none()
    }

    /// From which day retention counts: that of filing, or the end while it is not filed.
    pub fn kept_from(&self) -> Option<Date> {
        self.filed_on.or(self.ended_on)
    }
}

pub async fn load(conn: &mut Conn, actor: &Actor, id: &str, today: Date) -> Result<Loaded, Fail> {
    let scope = cases::Scope::of(actor)?;
    if matches!(scope, cases::Scope::Client(_)) {
        return Err(Fail::NotFound);
    }
    let facts = cases::store::facts(conn, &scope, id, today).await?;
    let (ended_on, archived_on) = days(conn, id).await?;
    let filing = conn.first("select shelf, filed_at from archive_filing where case_id = $1", values![id]).await?;
    let (filed_on, shelf) = match filing {
        Some(row) => (Some(clock::day_of(row.get("filed_at")?)), Some(row.get("shelf")?)),
        None => (archived_on, facts.case.content.shelf.clone()),
    };
    let items = items(conn, &facts).await?;
    let holds = holds(conn, id).await?;
    let volume = volume::assemble(items, &circumstances(conn, &facts).await?);
    Ok(Loaded { facts, volume, ended_on, filed_on, shelf, holds })
}

/// When the case ended and when it was archived, by its events.
async fn days(conn: &mut Conn, id: &str) -> Result<(Option<Date>, Option<Date>), DbError> {
    let day = |action: &'static str| {
        format!(
            "(select min(e.happened_at) from event e where e.procedure_name = $1 and e.subject_id = $2 and e.action in ({action}))"
        )
    };
    let sql = format!("select {} as ended, {} as archived", day(ENDINGS), day("'archive', 'import_ledger'"));
    let Some(row) = conn.first(sql, values![Case::NAME, id]).await? else { return Ok((None, None)) };
    let on = |at: Option<Timestamp>| at.map(clock::day_of);
    Ok((on(row.get("ended")?), on(row.get("archived")?)))
}

/// The acts by which a case ends.
const ENDINGS: &str = "'issue', 'decline', 'terminate', 'withdraw'";

async fn circumstances(conn: &mut Conn, facts: &Facts) -> Result<Circumstances, DbError> {
    let content = &facts.case.content;
    let outcome = match facts.case.state {
        _ if content.history.is_some() => Outcome::Ledger,
        State::Issued | State::Delivered | State::Archived => Outcome::Issued,
        State::Declined => Outcome::Declined,
        State::Terminated | State::Withdrawn => Outcome::BrokenOff,
        _ => Outcome::Open,
    };
    // What the client announced and never brought has no register.
    let sql = "select count(*) from custody_event e join material m on m.id = e.material_id
         where m.subject_id = $1 and e.kind = 'received'";
    let received = conn.count(sql, values![&facts.case.id]).await?;
    Ok(Circumstances {
        outcome,
        is_accepted: content.check.is_some(),
        is_commissioned: content.commissioned_on.is_some(),
        has_materials: received > 0,
    })
}

async fn items(conn: &mut Conn, facts: &Facts) -> Result<Vec<Item>, DbError> {
    let id = &facts.case.id;
    let mut found: Vec<Item> = papers::list(conn, id).await?.into_iter().map(of_paper).collect();
    for record in records::store::list(conn, id).await? {
        found.push(of_record(&record));
        found.extend(record.files.into_iter().map(of_record_file));
    }
    for one in attachments::list(conn, id).await? {
        found.push(file(one.name, one.sha256, one.media_type, one.size, one.added_at));
    }
    // Photographs of the materials, which belong to the materials and not to the case.
    let photos = conn
        .all(
            "select t.name, t.sha256, f.media_type, f.size, t.added_at, m.code from attachment t
             join stored_file f on f.sha256 = t.sha256 join material m on m.id = t.subject_id
             where t.procedure_name = 'material' and m.subject_id = $1 order by t.added_at, t.id",
            values![id],
        )
        .await?;
    for row in photos {
        let (code, name): (String, String) = (row.get("code")?, row.get("name")?);
        let (sha256, kind) = (row.get("sha256")?, row.get("media_type")?);
        found.push(file(format!("{code} {name}"), sha256, kind, row.get("size")?, row.get("added_at")?));
    }
    found.extend(sheets(conn, facts).await?);
    Ok(found)
}

fn of_paper(paper: Paper) -> Item {
    let pages = paper.sha256.is_some().then_some(paper.pages);
    Item { kind: paper.kind, title: paper.title, made_at: paper.made_at, pages, source: Source::Paper(paper.id) }
}

fn file(name: String, sha256: String, media_type: String, size: i64, made_at: Timestamp) -> Item {
    let size = u64::try_from(size).unwrap_or_default();
    let source = Source::File { sha256, media_type, size };
    Item { kind: "file".into(), title: name, made_at, pages: None, source }
}

fn of_record_file(one: RecordFile) -> Item {
    file(one.name, one.sha256, one.media_type, one.size, one.added_at)
}

fn of_record(record: &Record) -> Item {
    let newest = &record.newest;
    let minute = clock::minute_of;
    let mut rows: Vec<(String, String)> =
        newest.entry.lines().into_iter().map(|(label, value)| (label.to_owned(), value)).collect();
    rows.push(("记录人".into(), format!("{} {}", newest.author_name, minute(newest.entered_at))));
    rows.push(("版本".into(), newest.version.to_string()));
    if newest.late {
        rows.push(("补记的原因".into(), newest.late_reason.clone()));
    }
    if !newest.reason.is_empty() {
        rows.push(("更正的原因".into(), newest.reason.clone()));
    }
    let confirmed: Vec<String> =
        record.confirmations.iter().map(|one| format!("{} {}", one.appraiser_name, minute(one.confirmed_at))).collect();
    rows.push(("确认".into(), confirmed.join("\n")));
    Item {
        kind: if newest.entry.kind == Kind::Consultation { "expert" } else { "record" }.into(),
        title: format!("鉴定记录第{}号 {}", record.number, newest.entry.kind.label()),
        made_at: newest.entry.started_at,
        pages: None,
        source: Source::Sheet(rows),
    }
}

/// What stands in the case itself and on no paper.
async fn sheets(conn: &mut Conn, facts: &Facts) -> Result<Vec<Item>, DbError> {
    let content = &facts.case.content;
    let mut found = Vec::new();
    let mut sheet = |kind: &str, title: &str, made_at: Timestamp, rows: Vec<(&str, String)>| {
        let rows = rows.into_iter().map(|(label, value)| (label.to_owned(), value)).collect();
        let (kind, title, source) = (kind.to_owned(), title.to_owned(), Source::Sheet(rows));
        found.push(Item { kind, title, made_at, pages: None, source });
    };
    let mut at = Vec::new();
    for action in ["draft", "deliver", "import_ledger"] {
        let sql =
            "select min(happened_at) as at from event where procedure_name = $1 and subject_id = $2 and action = $3";
        let row = conn.first(sql, values![Case::NAME, &facts.case.id, action]).await?;
        at.push(row.map(|row| row.get::<Option<Timestamp>>("at")).transpose()?.flatten().unwrap_or_default());
    }
    // Cases from before there were records have only what was written down when drafting began.
    let has_records =
        conn.count("select count(*) from examination_record where case_id = $1", values![&facts.case.id]).await? > 0;
    if let (Some(one), false) = (&content.examination, has_records) {
        let rows = vec![
            ("起止日期", format!("{} – {}", one.from, one.to)),
            ("鉴定地点", one.place.clone()),
            ("在场人员", one.present.clone()),
            ("方法依据", one.tier.label().to_owned()),
            ("采用的标准或者方法", one.method.clone()),
            ("方法确认", one.validation.clone()),
            ("记录内容", one.record.clone()),
        ];
        sheet("record", "鉴定过程记录", at[0], rows);
    }
    if let Some(one) = &content.delivery {
        let rows = vec![
            ("送达方式", one.way.label().to_owned()),
            ("收件人", one.receiver.clone()),
            ("送达日期", one.on.to_string()),
            ("份数", one.copies.to_string()),
        ];
        sheet("delivery", "送达登记", at[1], rows);
    }
    if let Some(one) = &content.history {
        let rows = vec![
            ("台账编号", one.ledger_number.clone()),
            ("办理结果", one.outcome.clone()),
            ("出具日期", one.issued_on.map(|day| day.to_string()).unwrap_or_default()),
            ("鉴定人", one.appraisers.clone()),
            ("备注", one.remarks.clone()),
        ];
        sheet("ledger", "台账登记", at[2], rows);
    }
    Ok(found)
}

async fn holds(conn: &mut Conn, id: &str) -> Result<Vec<Hold>, DbError> {
    let sql = "select kind, reason, by_name, decided_at from archive_hold where case_id = $1 order by number desc";
    let rows = conn.all(sql, values![id]).await?;
    rows.iter()
        .map(|row| {
            Ok(Hold {
                is_set: row.get::<String>("kind")? == "set",
                reason: row.get("reason")?,
                by_name: row.get("by_name")?,
                decided_at: row.get("decided_at")?,
            })
        })
        .collect()
}

/// Sets or lifts the hold; the caller has seen that it is not so already.
///
/// # Errors
/// [`Fail::Conflict`] where another decided meanwhile.
pub async fn decide_hold(tx: &mut Tx, id: &str, after: usize, set: bool, reason: &str) -> Result<(), Fail> {
    let number = i64::try_from(after).unwrap_or(i64::MAX - 1) + 1;
    let now = tx.now;
    let written = tx
        .conn
        .run(
            "insert into archive_hold (case_id, number, kind, reason, by_id, by_name, decided_at)
             values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
            values![id, number, if set { "set" } else { "lifted" }, reason, &tx.actor.account_id, &tx.actor.name, now,],
        )
        .await?;
    if written == 0 { Err(Fail::changed_meanwhile()) } else { Ok(()) }
}

/// Files the volume of a case that ended without an opinion.
///
/// # Errors
/// [`Fail::Conflict`] where it is filed already.
pub async fn file_volume(tx: &mut Tx, id: &str, shelf: &str) -> Result<(), Fail> {
    let now = tx.now;
    let written = tx
        .conn
        .run(
            "insert into archive_filing (case_id, shelf, by_id, by_name, filed_at) values ($1, $2, $3, $4, $5)
             on conflict do nothing",
            values![id, shelf, &tx.actor.account_id, &tx.actor.name, now],
        )
        .await?;
    if written == 0 { Err(Fail::changed_meanwhile()) } else { Ok(()) }
}

/// A row of the archivist's list.
pub struct Line {
    pub id: String,
    pub number: String,
    pub institution: String,
    pub region: String,
    pub item: ItemCode,
    pub examinee: String,
    pub state: State,
    pub ended_on: Option<Date>,
    pub filed_on: Option<Date>,
    pub is_held: bool,
}

const TO_FILE: &str = "(c.state in ('issued', 'delivered') or (c.state in ('declined', 'terminated', 'withdrawn')
     and not exists (select 1 from archive_filing f where f.case_id = c.id)))";
const FILED: &str = "(c.state = 'archived' or exists (select 1 from archive_filing f where f.case_id = c.id))";

/// The institution's volumes, every one for the bureau: to be filed (the oldest end first) or filed (the newest case first).
pub async fn list(
    conn: &mut Conn,
    actor: &Actor,
    filed: bool,
    offset: i64,
    at_once: i64,
) -> Result<(Vec<Line>, i64), DbError> {
    let (scope, value) = if actor.has(RoleKind::Bureau) {
        ("$1 = ''", Value::from(""))
    } else {
        ("c.institution_id = $1", Value::from(actor.organisation_id.clone().unwrap_or_default()))
    };
    let (kind, order) = if filed { (FILED, "c.id desc") } else { (TO_FILE, "ended, c.id") };
    let sql = format!("select count(*) from appraisal_case c where {scope} and {kind}");
    let total = conn.count(sql, std::slice::from_ref(&value)).await?;
    let when = |actions: &str| {
        format!(
            "(select min(e.happened_at) from event e where e.procedure_name = 'case' and e.subject_id = c.id and e.action in ({actions}))"
        )
    };
    let rows = conn
        .all(
            format!(
                "select c.id, coalesce(c.opinion_number, c.code, '') as number, o.name as institution, i.region, c.item,
                     c.examinee_name, c.state, {} as ended,
                     coalesce((select f.filed_at from archive_filing f where f.case_id = c.id), {}) as filed,
                     coalesce((select h.kind from archive_hold h where h.case_id = c.id order by h.number desc limit 1), '') as hold
                 from appraisal_case c join institution i on i.id = c.institution_id join organisation o on o.id = i.id
                 where {scope} and {kind} order by {order} limit {at_once} offset {offset}",
                when(ENDINGS),
                when("'archive', 'import_ledger'"),
            ),
            &[value],
        )
        .await?;
    let lines = rows
        .iter()
        .map(|row| {
            let day = |column: &str| Ok::<_, DbError>(row.get::<Option<Timestamp>>(column)?.map(clock::day_of));
            Ok(Line {
                id: row.get("id")?,
                number: row.get("number")?,
                institution: row.get("institution")?,
                region: row.get("region")?,
                item: row.get("item")?,
                examinee: row.get("examinee_name")?,
                state: row.get("state")?,
                ended_on: day("ended")?,
                filed_on: day("filed")?,
                is_held: row.get::<String>("hold")? == "set",
            })
        })
        .collect::<Result<_, DbError>>()?;
    Ok((lines, total))
}
