//! 重复受理核对: the same person, event and item at another institution, found by keyed fingerprints (通则 15(六), NA6).
//!
//! **Invariant:** a hit is a question to a person, never an answer. It carries days and the kinds of data that agree; of
//! another institution's case it has no identifier, name or number, so no page can show one.

pub mod key;

use super::content::{ElsewhereChoice, Entrustment};
use super::facts::Record;
use super::steps::State;
use crate::actor::{Actor, Role};
use crate::app::App;
use crate::db::{Conn, DbError, Value};
use crate::fail::Fail;
use crate::flags::{self, Kind as Flag, NewFlag};
use crate::perform::Tx;
use crate::registry::ItemCode;
use crate::text::{Say, say};
use crate::web::Ui;
use crate::{clock, values};
use jiff::Timestamp;
use jiff::civil::Date;
use matching::{Ground, Key, Kind, Matter, Print, Strength};
use serde_json::json;
use std::collections::BTreeMap;

/// Cases that are looked at for one entrustment; a telephone number of an office could be in hundreds.
const CANDIDATES_MAX: i64 = 200;
/// Hits that are told; more tell a person nothing new.
const HITS_MAX: usize = 10;

/// A case that seems to be the same matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    pub stage: Stage,
    /// Since then, in days.
    pub days: i64,
    pub is_strong: bool,
    /// What agrees, as translator keys.
    pub grounds: Vec<&'static str>,
    /// Set only for a case of the own institution.
    pub own_case: Option<String>,
}

/// How far the other case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Received,
    Accepted,
    /// Its opinion is out: what is asked is whether this is a re-appraisal.
    Issued,
}

impl Stage {
    pub fn word(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Accepted => "accepted",
            Self::Issued => "issued",
        }
    }
}

impl Hit {
    /// The sentence shown.
    pub fn told(&self) -> Say {
        let said = match (&self.own_case, self.stage) {
            (None, Stage::Received) => say("疑似已委托其他机构：%{n}日前由另一机构收到委托，尚未决定是否受理。"),
            (None, Stage::Accepted) => say("疑似已由其他机构受理：%{n}日前受理。"),
            (None, Stage::Issued) => say("疑似已经鉴定：%{n}日前其他机构已签发意见书。这是否属于重新鉴定？"),
            (Some(_), Stage::Issued) => say("本机构%{n}日前已就疑似同一事项签发意见书。"),
            (Some(_), _) => say("本机构%{n}日前已收到疑似同一事项的委托。"),
        };
        said.with("n", self.days)
    }

    /// The same in the reader's language.
    pub fn text(&self, ui: &Ui) -> String {
        ui.say(&self.told())
    }

    /// What is kept of it in event and content: no identifier.
    pub fn kept(&self) -> super::content::ElsewhereSeen {
        super::content::ElsewhereSeen {
            stage: self.stage.word().into(),
            days: self.days,
            strong: self.is_strong,
            grounds: self.grounds.iter().map(|one| (*one).to_owned()).collect(),
        }
    }
}

/// Whether any of them is another institution's, so that a person must decide.
pub fn asks(hits: &[Hit]) -> bool {
    hits.iter().any(|hit| hit.own_case.is_none())
}

/// Those who decide on acceptance are told; nobody else.
pub fn is_for(actor: &Actor) -> bool {
    actor.is(Role::FrontDesk) || actor.is(Role::Head)
}

fn label(ground: Ground) -> &'static str {
    match ground {
        Ground::Id => "证件号码相同",
        Ground::IdSlip => "证件号码仅差一处",
        Ground::Name => "姓名相同",
        Ground::NameSound => "姓名同音",
        Ground::Birth => "出生日期相同",
        Ground::BirthPart => "出生日期相近",
        Ground::Phone => "联系电话相同",
        Ground::Letter => "委托函号相同",
        Ground::Event => "事件日期相同",
        Ground::EventNear | Ground::EventDigit => "事件日期相近",
        Ground::Item => "鉴定事项相同",
        Ground::ItemAbove => "鉴定事项同属一类",
    }
}

/// Writes the fingerprints of an entrustment, in the act's transaction. Call it again whenever a supplement changes who is
/// examined, what happened, or the item: the old ones are replaced.
///
/// # Errors
/// A key file that cannot be read refuses the act: a case without fingerprints would never be recognised.
pub async fn remember(app: &App, tx: &mut Tx, case_id: &str, entrustment: &Entrustment) -> Result<(), Fail> {
    write(app, &mut tx.conn, case_id, entrustment).await
}

async fn write(app: &App, conn: &mut Conn, case_id: &str, entrustment: &Entrustment) -> Result<(), Fail> {
    let secret = key::load(&app.config.data, "matching").map_err(|error| Fail::Internal(error.into()))?;
    let examinee = &entrustment.examinee;
    let matter = Matter {
        name: &examinee.name,
        id_number: &examinee.id_number,
        birth: examinee.birth,
        phone: &examinee.phone,
        event_on: entrustment.injury.as_ref().map(|injury| injury.on),
        letter: &entrustment.client.letter,
        items: &item_line(&entrustment.item),
    };
    conn.run("delete from case_fingerprint where case_id = $1", values![case_id]).await?;
    let prints = matching::prints(&secret, &matter);
    let rows: Vec<String> = (0..prints.len()).map(|n| format!("($1, ${}, ${})", 2 * n + 2, 2 * n + 3)).collect();
    let mut bound = vec![Value::from(case_id)];
    for print in &prints {
        bound.push(Value::from(print.kind.word()));
        bound.push(Value::from(print.key.0.to_vec()));
    }
    let sql = format!("insert into case_fingerprint (case_id, kind, key) values {}", rows.join(", "));
    conn.run(sql, &bound).await?;
    Ok(())
}

/// The item, and after it those it belongs to.
fn item_line(item: &ItemCode) -> Vec<String> {
    std::iter::successors(Some(*item), ItemCode::parent).map(|one| one.to_string()).collect()
}

/// Cases from before fingerprints were kept get theirs. Called at every start; on most there is nothing to do.
pub async fn catch_up(app: &App) -> Result<u64, Fail> {
    /// Cases of one transaction.
    const BATCH: i64 = 500;
    let mut done = 0;
    loop {
        let mut conn = app.db.write().await?;
        let rows = conn
            .all(
                "select id, content from appraisal_case c where not exists
                     (select 1 from case_fingerprint f where f.case_id = c.id) order by id limit $1",
                values![BATCH],
            )
            .await?;
        for row in &rows {
            let content: super::content::Content = serde_json::from_str(&row.get::<String>("content")?)
                .map_err(|error| DbError::unreadable("content", &error.to_string()))?;
            write(app, &mut conn, &row.get::<String>("id")?, &content.entrustment).await?;
            done += 1;
        }
        conn.commit().await?;
        if rows.is_empty() {
            return Ok(done);
        }
    }
}

/// What seems to be the same matter, the surest first. Asked only while acceptance is open.
pub async fn hits(conn: &mut Conn, case: &Record, today: Date) -> Result<Vec<Hit>, DbError> {
    if case.state != State::Received {
        return Ok(Vec::new());
    }
    let kinds: Vec<String> =
        Kind::ALL.iter().filter(|kind| kind.finds()).map(|kind| format!("'{}'", kind.word())).collect();
    let kinds = kinds.join(", ");
    // Declined, terminated and withdrawn cases are not worked on: they are no hit.
    let candidates = conn
        .all(
            format!(
                "select c.id, c.state, c.institution_id, c.received_on,
                     (select max(e.happened_at) from event e where e.procedure_name = 'case' and e.subject_id = c.id
                          and e.action in ('accept', 'issue')) as since
                 from appraisal_case c
                 where c.id <> $1 and c.state not in ('declined', 'terminated', 'withdrawn') and c.id in
                     (select theirs.case_id from case_fingerprint mine join case_fingerprint theirs on theirs.key = mine.key
                      where mine.case_id = $1 and mine.kind in ({kinds}) and theirs.kind in ({kinds}))
                 order by c.received_on desc, c.id limit $2"
            ),
            values![&case.id, CANDIDATES_MAX],
        )
        .await?;
    if candidates.is_empty() {
        return Ok(Vec::new());
    }
    let ids = candidates.iter().map(|row| row.get("id")).collect::<Result<Vec<String>, _>>()?;
    let mut kept = fingerprints(conn, &case.id, &ids).await?;
    let own = kept.remove(&case.id).unwrap_or_default();
    let mut found = Vec::new();
    for row in &candidates {
        let id: String = row.get("id")?;
        let Some(matched) = kept.get(&id).and_then(|theirs| matching::compare(&own, theirs)) else { continue };
        let state: State = row.get("state")?;
        // An opinion that is out forbids nothing: asked only where the event agrees, and not of a stated re-appraisal.
        if state.is_issued() && (case.content.entrustment.reappraisal.is_some() || !matched.knows_event()) {
            continue;
        }
        let since: Option<Timestamp> = row.get("since")?;
        let stage = match (state.is_issued(), since) {
            (true, _) => Stage::Issued,
            (false, Some(_)) => Stage::Accepted,
            (false, None) => Stage::Received,
        };
        let on = since.map_or(row.get("received_on")?, clock::day_of);
        let is_own = row.get::<String>("institution_id")? == case.institution_id;
        let mut grounds: Vec<&'static str> = matched.grounds.iter().map(|one| label(*one)).collect();
        grounds.dedup();
        found.push(Hit {
            stage,
            days: i64::from(on.until(today).map_or(0, |span| span.get_days())),
            is_strong: matched.strength == Strength::Strong,
            grounds,
            own_case: is_own.then_some(id),
        });
    }
    found.sort_by_key(|hit| (hit.own_case.is_some(), !hit.is_strong, hit.days));
    found.truncate(HITS_MAX);
    Ok(found)
}

/// The fingerprints of the case and of the candidates, by case.
async fn fingerprints(conn: &mut Conn, id: &str, others: &[String]) -> Result<BTreeMap<String, Vec<Print>>, DbError> {
    let slots: Vec<String> = (1..=others.len() + 1).map(|n| format!("${n}")).collect();
    let mut bound = vec![Value::from(id)];
    bound.extend(others.iter().map(Value::from));
    let sql = format!("select case_id, kind, key from case_fingerprint where case_id in ({})", slots.join(", "));
    let mut all: BTreeMap<String, Vec<Print>> = BTreeMap::new();
    for row in conn.all(sql, &bound).await? {
        let (kind, bytes) = (row.get::<String>("kind")?, row.get::<Vec<u8>>("key")?);
        if let (Some(kind), Ok(key)) = (Kind::of(&kind), bytes.try_into()) {
            all.entry(row.get("case_id")?).or_default().push(Print { kind, key: Key(key) });
        }
    }
    Ok(all)
}

/// A supervisor is pointed to a case that is accepted although the same matter seems to be elsewhere.
pub(super) async fn flag(tx: &mut Tx, case: &Record, check: &super::content::AcceptanceCheck) -> Result<(), DbError> {
    let Some(decided) = &check.elsewhere else { return Ok(()) };
    let days = decided.seen.iter().map(|seen| seen.days).min();
    let flag = NewFlag {
        kind: Flag::AcceptedElsewhere,
        institution_id: case.institution_id.clone(),
        article: super::law::T15,
        detail: json!({ "text": ElsewhereChoice::label(decided.choice), "days": days, "choice": decided.choice }),
    };
    flags::raise(tx, "case", &case.id, &flag).await
}
