//! Materials in the database: the rows, their events, and who may see them.
//!
//! **Invariant:** `custody_event` is written in [`append`] and [`create`] alone, and what a row of `material` repeats of
//! its events is reckoned there from all of them, in the same transaction.

use super::chain::{self, CustodyEvent, End, Happening, Holder, Holding, Party};
use crate::actor::Actor;
use crate::db::{Conn, DbError, Row, Value};
use crate::fail::Fail;
use crate::flags::{self, NewFlag};
use crate::perform::Tx;
use crate::text::say;
use crate::values;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

crate::text_columns!(Happening);

pub use crate::owned::Scope;

/// What a person may see of the materials.
///
/// # Errors
/// [`Fail::Forbidden`] for those who have nothing to do with cases.
pub fn scope_of(actor: &Actor) -> Result<Scope, Fail> {
    Scope::of(actor, "鉴定材料由委托人、鉴定机构和司法行政机关经手。您的账号不参与办案，请联系安全管理员。")
}

/// Whose materials they are: a subject of some procedure, and those who may see it.
#[derive(Clone, Debug)]
pub struct Owners {
    pub procedure: String,
    pub subject_id: String,
    /// By what people know the subject: the examinee's name.
    pub label: String,
    pub institution_id: String,
    pub client_organisation_id: String,
}

/// A material as its row says.
#[derive(Clone, Debug)]
pub struct Material {
    pub id: String,
    pub version: i64,
    pub code: String,
    pub owners: Owners,
    pub opened_on: Date,
    pub position: i64,
    pub parent_id: Option<String>,
    pub name: String,
    pub kind: String,
    pub quantity: String,
    /// In thousandths.
    pub amount: Option<i64>,
    pub unit: String,
    pub properties: String,
    pub state: String,
    pub holder: Holder,
    pub since: Timestamp,
    pub awaits: Option<Party>,
    pub seal: Option<String>,
    pub left: Option<i64>,
    pub irregular: i64,
}

impl Material {
    /// What is left in words, where it was measured.
    pub fn left_text(&self) -> Option<String> {
        self.left.map(|left| super::amount::text(left, &self.unit))
    }
}

/// An event with the instant at which it was recorded.
#[derive(Clone, Debug)]
pub struct Recorded {
    pub event: CustodyEvent,
    pub recorded_at: Timestamp,
}

const COLUMNS: &str =
    "m.id, m.version, m.code, m.procedure_name, m.subject_id, m.subject_label, m.institution_id, m.client_organisation_id,
     m.opened_on, m.position, m.parent_id, m.name, m.kind, m.quantity, m.amount, m.unit, m.properties, m.state,
     m.holder_kind, m.holder_id, m.holder_name, m.since, m.awaits_id, m.awaits_name, m.seal, m.amount_left, m.irregular";

fn read(row: &Row) -> Result<Material, DbError> {
    let awaits: Option<String> = row.get("awaits_id")?;
    let awaits_name: Option<String> = row.get("awaits_name")?;
    Ok(Material {
        id: row.get("id")?,
        version: row.get("version")?,
        code: row.get("code")?,
        owners: Owners {
            procedure: row.get("procedure_name")?,
            subject_id: row.get("subject_id")?,
            label: row.get("subject_label")?,
            institution_id: row.get("institution_id")?,
            client_organisation_id: row.get("client_organisation_id")?,
        },
        opened_on: row.get("opened_on")?,
        position: row.get("position")?,
        parent_id: row.get("parent_id")?,
        name: row.get("name")?,
        kind: row.get("kind")?,
        quantity: row.get("quantity")?,
        amount: row.get("amount")?,
        unit: row.get("unit")?,
        properties: row.get("properties")?,
        state: row.get("state")?,
        holder: holder(&row.get::<String>("holder_kind")?, row.get("holder_id")?, row.get("holder_name")?)?,
        since: row.get("since")?,
        awaits: awaits.map(|id| Party::new(id, awaits_name.unwrap_or_default())),
        seal: row.get("seal")?,
        left: row.get("amount_left")?,
        irregular: row.get("irregular")?,
    })
}

fn holder(kind: &str, id: String, name: String) -> Result<Holder, DbError> {
    Ok(match (kind, id.as_str()) {
        ("client", _) => Holder::Client,
        ("person", _) => Holder::Person(Party { id, name }),
        ("place", _) => Holder::Place(Party { id, name }),
        ("lost", _) => Holder::Lost,
        ("gone", "returned") => Holder::Gone(End::Returned),
        ("gone", "destroyed") => Holder::Gone(End::Destroyed),
        ("gone", "used_up") => Holder::Gone(End::UsedUp),
        ("gone", "not_brought") => Holder::Gone(End::NotBrought),
        _ => return Err(DbError::unreadable("holder_kind", kind)),
    })
}

/// Kind, id and name as they are stored.
fn stored(holder: &Holder) -> (&'static str, String, String) {
    let ended = |word: &str| ("gone", word.to_owned(), String::new());
    match holder {
        Holder::Client => ("client", String::new(), String::new()),
        Holder::Person(one) => ("person", one.id.clone(), one.name.clone()),
        Holder::Place(one) => ("place", one.id.clone(), one.name.clone()),
        Holder::Lost => ("lost", String::new(), String::new()),
        Holder::Gone(End::Returned) => ended("returned"),
        Holder::Gone(End::Destroyed) => ended("destroyed"),
        Holder::Gone(End::UsedUp) => ended("used_up"),
        Holder::Gone(End::NotBrought) => ended("not_brought"),
    }
}

/// The material with this code, if it is in scope.
pub async fn find(conn: &mut Conn, scope: &Scope, code: &str) -> Result<Material, Fail> {
    let (condition, value) = scope.sql("m");
    let row = conn
        .first(
            format!("select {COLUMNS} from material m where {condition} and m.code = $2"),
            &[value, Value::from(code)],
        )
        .await?;
    Ok(read(&row.ok_or(Fail::NotFound)?)?)
}

/// The subject's materials in scope, in their order; none where none is to be seen.
pub async fn list(conn: &mut Conn, scope: &Scope, subject_id: &str) -> Result<Vec<Material>, DbError> {
    let (condition, value) = scope.sql("m");
    let rows = conn
        .all(
            format!(
                "select {COLUMNS} from material m where {condition} and m.subject_id = $2 order by m.position, m.id"
            ),
            &[value, Value::from(subject_id)],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// Every material of a subject, for the procedure that it belongs to: whoever asks has been let in there.
pub async fn of_subject(conn: &mut Conn, subject_id: &str) -> Result<Vec<Material>, DbError> {
    let rows = conn
        .all(
            format!("select {COLUMNS} from material m where m.subject_id = $1 order by m.position, m.id"),
            values![subject_id],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// Which materials a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    Mine,
    Waiting,
    Arriving,
    Irregular,
    All,
}

impl Show {
    pub const ALL: [(&'static str, &'static str, Show); 5] = [
        ("mine", "在我手中", Show::Mine),
        ("waiting", "等我确认", Show::Waiting),
        ("arriving", "尚未接收", Show::Arriving),
        ("irregular", "流转异常", Show::Irregular),
        ("all", "全部在管", Show::All),
    ];

    /// A condition on `m` whose one value is `$2`, the person's account.
    fn sql(self) -> &'static str {
        match self {
            Self::Mine => "m.holder_id = $2 and m.holder_kind = 'person'",
            Self::Waiting => "m.awaits_id = $2",
            Self::Arriving => "m.holder_kind = 'client' and $2 <> ''",
            Self::Irregular => "(m.holder_kind = 'lost' or m.irregular > 0) and $2 <> ''",
            Self::All => "m.holder_kind in ('person', 'place', 'lost') and $2 <> ''",
        }
    }
}

/// How many there are in all.
pub async fn count(conn: &mut Conn, scope: &Scope, show: Show, account_id: &str) -> Result<i64, DbError> {
    let (condition, value) = scope.sql("m");
    let sql = format!("select count(*) from material m where {condition} and {}", show.sql());
    conn.count(sql, &[value, Value::from(account_id)]).await
}

/// A page of them, what has been so longest first.
pub async fn page(
    conn: &mut Conn,
    scope: &Scope,
    show: Show,
    account_id: &str,
    offset: i64,
    at_once: i64,
) -> Result<Vec<Material>, DbError> {
    let (condition, value) = scope.sql("m");
    let sql = format!(
        "select {COLUMNS} from material m where {condition} and {} order by m.since, m.id limit $3 offset $4",
        show.sql()
    );
    let rows = conn.all(sql, &[value, Value::from(account_id), Value::from(at_once), Value::from(offset)]).await?;
    rows.iter().map(read).collect()
}

/// What happened to it, in order.
pub async fn events(conn: &mut Conn, material_id: &str) -> Result<Vec<Recorded>, DbError> {
    let rows = conn
        .all(
            "select kind, happened_at, recorded_at, by_id, by_name, from_kind, from_id, from_name, to_kind, to_id, to_name,
                    awaits_id, awaits_name, amount, seal, note
             from custody_event where material_id = $1 order by material_version",
            values![material_id],
        )
        .await?;
    rows.iter().map(recorded).collect()
}

fn recorded(row: &Row) -> Result<Recorded, DbError> {
    let party = |id: &'static str, name: &'static str| -> Result<Option<Party>, DbError> {
        let (id, name): (Option<String>, Option<String>) = (row.get(id)?, row.get(name)?);
        Ok(id.map(|id| Party::new(id, name.unwrap_or_default())))
    };
    let side = |kind: &'static str, id: &'static str, name: &'static str| -> Result<Option<Holder>, DbError> {
        let kind: Option<String> = row.get(kind)?;
        let party = party(id, name)?.unwrap_or_else(|| Party::new("", ""));
        kind.map(|kind| holder(&kind, party.id, party.name)).transpose()
    };
    Ok(Recorded {
        event: CustodyEvent {
            kind: row.get("kind")?,
            at: row.get("happened_at")?,
            by: party("by_id", "by_name")?.unwrap_or_else(|| Party::new("", "")),
            from: side("from_kind", "from_id", "from_name")?,
            to: side("to_kind", "to_id", "to_name")?,
            awaits: party("awaits_id", "awaits_name")?,
            amount: row.get("amount")?,
            seal: row.get("seal")?,
            note: row.get("note")?,
        },
        recorded_at: row.get("recorded_at")?,
    })
}

/// Writes a new material with its first event.
pub async fn create(tx: &mut Tx, material: &Material, first: &CustodyEvent) -> Result<(), DbError> {
    let (kind, id, name) = stored(&material.holder);
    let owners = &material.owners;
    tx.conn
        .run(
            "insert into material (id, version, code, procedure_name, subject_id, subject_label, institution_id,
                 client_organisation_id, opened_on, position, parent_id, name, kind, quantity, amount, unit, properties, state,
                 holder_kind, holder_id, holder_name, since, seal, amount_left, irregular)
             values ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, 0)",
            values![
                &material.id, &material.code, &owners.procedure, &owners.subject_id, &owners.label, &owners.institution_id,
                &owners.client_organisation_id, material.opened_on, material.position, material.parent_id.clone(),
                &material.name, &material.kind, &material.quantity, material.amount, &material.unit, &material.properties,
                &material.state, kind, id, name, material.since, material.seal.clone(), material.left,
            ],
        )
        .await?;
    record(tx, &material.id, 1, first).await
}

/// Adds what was decided to a chain. `known` is the whole chain as it was read, `state` the state if it was looked at anew.
///
/// # Errors
/// [`Fail::Conflict`] when the material has moved on since it was read.
pub async fn append(
    tx: &mut Tx,
    before: &Material,
    known: &[Recorded],
    new: &[CustodyEvent],
    state: Option<&str>,
) -> Result<Material, Fail> {
    let mut events: Vec<CustodyEvent> = known.iter().map(|one| one.event.clone()).collect();
    let was = chain::read(&events, before.amount);
    events.extend(new.iter().cloned());
    let Some(now) = chain::read(&events, before.amount) else { return Ok(before.clone()) };
    let added = i64::try_from(new.len()).unwrap_or_default();
    let after = Material {
        version: before.version + added,
        state: state.map_or_else(|| before.state.clone(), str::to_owned),
        holder: now.holder.clone(),
        since: now.since,
        awaits: now.pending.as_ref().map(|pending| pending.awaits.clone()),
        seal: now.seal.clone(),
        left: now.left,
        irregular: i64::try_from(now.unexplained()).unwrap_or(i64::MAX),
        ..before.clone()
    };
    // The row first: on PostgreSQL a second writer waits here and then finds the version gone.
    update(tx, before, &after).await?;
    for (n, event) in (1_i64..).zip(new) {
        record(tx, &before.id, before.version + n, event).await?;
    }
    point_out(tx, &after, was.as_ref(), &now).await?;
    Ok(after)
}

async fn update(tx: &mut Tx, before: &Material, after: &Material) -> Result<(), Fail> {
    let (kind, id, name) = stored(&after.holder);
    let changed = tx
        .conn
        .run(
            "update material set version = $3, state = $4, holder_kind = $5, holder_id = $6, holder_name = $7, since = $8,
                 awaits_id = $9, awaits_name = $10, seal = $11, amount_left = $12, irregular = $13
             where id = $1 and version = $2",
            values![
                &before.id, before.version, after.version, &after.state, kind, id, name, after.since,
                after.awaits.as_ref().map(|one| one.id.clone()), after.awaits.as_ref().map(|one| one.name.clone()),
                after.seal.clone(), after.left, after.irregular,
            ],
        )
        .await?;
    if changed == 0 { Err(moved_on()) } else { Ok(()) }
}

/// The standard sentence for the second of two.
pub fn moved_on() -> Fail {
    Fail::Conflict(say("在您打开此页之后，材料的流转已有新的记录。请打开材料页面核对后再办理。"))
}

/// The same for a form that was sent twice.
pub fn moved_on_objection() -> Fail {
    Fail::refused(
        say("在您打开此页之后，已登记了另一件材料。"),
        super::T12_22,
        say("请核对下面的清单，确认不是同一件，再提交一次。"),
    )
}

async fn record(tx: &mut Tx, material_id: &str, version: i64, event: &CustodyEvent) -> Result<(), DbError> {
    let id = tx.new_id();
    let side = |holder: &Option<Holder>| match holder.as_ref().map(stored) {
        Some((kind, id, name)) => (Some(kind), Some(id), Some(name)),
        None => (None, None, None),
    };
    let ((from_kind, from_id, from_name), (to_kind, to_id, to_name)) = (side(&event.from), side(&event.to));
    tx.conn
        .run(
            "insert into custody_event (id, material_id, material_version, kind, happened_at, recorded_at, by_id, by_name,
                 from_kind, from_id, from_name, to_kind, to_id, to_name, awaits_id, awaits_name, amount, seal, note, request_id)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
            values![
                id, material_id, version, event.kind.word(), event.at, tx.now, &event.by.id, &event.by.name, from_kind,
                from_id, from_name, to_kind, to_id, to_name, event.awaits.as_ref().map(|one| one.id.clone()),
                event.awaits.as_ref().map(|one| one.name.clone()), event.amount, &event.seal, &event.note, &tx.request_id,
            ],
        )
        .await?;
    Ok(())
}

/// A supervisor is pointed to what is lost and to every break that is new.
async fn point_out(tx: &mut Tx, after: &Material, was: Option<&Holding>, now: &Holding) -> Result<(), DbError> {
    let known = was.map_or(0, |was| was.irregularities.len());
    let mut found: Vec<(&'static str, &'static str)> =
        now.irregularities.iter().skip(known).map(|one| (one.what.word(), one.what.label())).collect();
    if now.holder == Holder::Lost && was.is_none_or(|was| was.holder != Holder::Lost) {
        found.push(("lost", "材料下落不明"));
    }
    for (word, text) in found {
        let flag = NewFlag {
            kind: flags::Kind::Custody,
            institution_id: after.owners.institution_id.clone(),
            article: super::T22,
            detail: json!({ "text": text, "break": word, "material": after.code }),
        };
        flags::raise(tx, &after.owners.procedure, &after.owners.subject_id, &flag).await?;
    }
    Ok(())
}

/// Those of an institution to whom a material can be handed, or who can witness: everybody with a role in it.
pub async fn colleagues(conn: &mut Conn, institution_id: &str) -> Result<Vec<Party>, DbError> {
    let rows = conn
        .all(
            "select a.id, a.name from account a where a.organisation_id = $1 and a.disabled_at is null and exists
                 (select 1 from account_role r where r.account_id = a.id
                  and r.role in ('front_desk', 'appraiser', 'reviewer', 'head', 'archivist'))
             order by a.name, a.id",
            values![institution_id],
        )
        .await?;
    rows.iter().map(|row| Ok(Party { id: row.get("id")?, name: row.get("name")? })).collect()
}
