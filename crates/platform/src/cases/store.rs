//! Cases in the database. Every list and find takes a [`Scope`]: what is not in it is not there.

use super::content::Content;
use super::facts::{Declared, DraftFacts, Facts, FirstAppraisal, IssuedOpinion, Member, Record};
use super::rules::{APPRAISERS_LEAST, Decision, TeamChange};
use super::search;
use super::steps::{Case, State};
use crate::actor::{Actor, Role, RoleKind};
use crate::custody;
use crate::db::{Conn, DbError, Row, Value, dialect};
use crate::fail::Fail;
use crate::flags;
use crate::perform::{self, Due, Subject, Tx};
use crate::registry::{self, ItemCode};
use crate::text::say;
use crate::values;
use jiff::civil::Date;
use procedure::Procedure;
use sha2::{Digest, Sha256};

/// What a person may see of the cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The bureau's officers see every case.
    Bureau,
    Institution(String),
    /// An appraiser with no other role sees the cases assigned to him.
    Appraiser(String),
    Client(String),
}

impl Scope {
    /// # Errors
    /// [`Fail::Forbidden`] for those who have nothing to do with cases, e.g. the three administrators.
    pub fn of(actor: &Actor) -> Result<Self, Fail> {
        let organisation = || actor.organisation_id.clone().unwrap_or_default();
        if actor.has(RoleKind::Bureau) {
            Ok(Self::Bureau)
        } else if actor.roles.iter().any(|role| role.kind() == RoleKind::Institution && *role != Role::Appraiser) {
            Ok(Self::Institution(organisation()))
        } else if let (true, Some(id)) = (actor.is(Role::Appraiser), &actor.appraiser_id) {
            Ok(Self::Appraiser(id.clone()))
        } else if actor.is(Role::Client) {
            Ok(Self::Client(organisation()))
        } else {
            Err(Fail::Forbidden(say(
                "案件由委托人、鉴定机构和司法行政机关办理。您的账号不参与办案，请联系安全管理员。",
            )))
        }
    }

    /// A condition on `c` (the case) whose one value is `$1`.
    pub(super) fn sql(&self) -> (&'static str, Value) {
        match self {
            Self::Bureau => ("$1 = ''", Value::from("")),
            Self::Institution(id) => ("c.institution_id = $1", Value::from(id)),
            Self::Appraiser(id) => (
                "exists (select 1 from case_appraiser m where m.case_id = c.id and m.appraiser_id = $1)",
                Value::from(id),
            ),
            Self::Client(id) => ("c.client_organisation_id = $1", Value::from(id)),
        }
    }
}

const COLUMNS: &str =
    "c.id, c.version, c.state, c.institution_id, c.client_organisation_id, c.client_account_id, c.code,
     c.opinion_number, c.received_on, c.due_on, c.due_provisional, c.content";

/// The case, if it is in scope.
pub async fn find(conn: &mut Conn, scope: &Scope, id: &str) -> Result<Record, Fail> {
    let (condition, value) = scope.sql();
    let row = conn
        .first(
            format!("select {COLUMNS} from appraisal_case c where {condition} and c.id = $2"),
            &[value, Value::from(id)],
        )
        .await?;
    Ok(record(&row.ok_or(Fail::NotFound)?)?)
}

fn record(row: &Row) -> Result<Record, DbError> {
    let content: String = row.get("content")?;
    Ok(Record {
        id: row.get("id")?,
        version: row.get("version")?,
        state: row.get("state")?,
        institution_id: row.get("institution_id")?,
        client_organisation_id: row.get("client_organisation_id")?,
        client_account_id: row.get("client_account_id")?,
        code: row.get("code")?,
        opinion_number: row.get("opinion_number")?,
        received_on: row.get("received_on")?,
        due_on: row.get("due_on")?,
        due_provisional: row.get("due_provisional")?,
        content: serde_json::from_str(&content).map_err(|error| DbError::unreadable("content", &error.to_string()))?,
    })
}

/// The case with everything the guards look at.
pub async fn facts(conn: &mut Conn, scope: &Scope, id: &str, today: Date) -> Result<Facts, Fail> {
    let case = find(conn, scope, id).await?;
    let institution = registry::store::find_institution(conn, &case.institution_id).await?.ok_or(Fail::NotFound)?;
    let team = team(conn, id).await?;
    let needs_choice = matches!(case.state, State::Received | State::Accepted | State::Commissioned | State::Assigned);
    let eligible = if needs_choice {
        eligible(conn, &case.institution_id, &case.content.entrustment.item, today).await?.len()
    } else {
        APPRAISERS_LEAST
    };
    let draft = draft_facts(conn, id).await?;
    let opinion = if case.state.is_issued() { issued(conn, id).await? } else { None };
    let papers = conn.all("select distinct kind from paper where subject_id = $1", values![id]).await?;
    let papers = papers.iter().map(|row| row.get("kind")).collect::<Result<Vec<String>, _>>()?;
    let terms = perform::terms(conn, id).await?;
    let client = registry::store::find_organisation(conn, &case.client_organisation_id).await?;
    let client_kind = client.map(|client| client.kind).unwrap_or_default();
    let first = first_appraisal(conn, &case).await?;
    let materials = custody::holdings(conn, id).await?;
    let elsewhere = super::elsewhere::hits(conn, &case, today).await?;
    let has_records = [State::InExamination, State::Paused, State::DraftOpinion].contains(&case.state);
    let records = if has_records { super::records::facts(conn, id).await? } else { Default::default() };
    Ok(Facts {
        case,
        institution,
        team,
        eligible,
        draft,
        opinion,
        papers,
        terms,
        client_kind,
        first,
        materials,
        elsewhere,
        records,
        non_payment: Vec::new(),
    })
}

/// Who did the first appraisal of the matter, for a supplementary or a re-appraisal that names its case.
async fn first_appraisal(conn: &mut Conn, case: &Record) -> Result<Option<FirstAppraisal>, DbError> {
    let entrustment = &case.content.entrustment;
    let supplemented = entrustment.supplements.as_ref().map(|one| one.case_id.as_str());
    let reappraised = || entrustment.reappraisal.as_ref().and_then(|earlier| earlier.case_id.as_deref());
    let Some(id) = supplemented.or_else(reappraised) else { return Ok(None) };
    let Some(row) = conn.first("select institution_id from appraisal_case where id = $1", values![id]).await? else {
        return Ok(None);
    };
    let team =
        conn.all("select appraiser_id from case_appraiser where case_id = $1 order by position", values![id]).await?;
    Ok(Some(FirstAppraisal {
        institution_id: row.get("institution_id")?,
        team: team.iter().map(|row| row.get("appraiser_id")).collect::<Result<_, _>>()?,
    }))
}

/// Appraisers of the institution who may work on the item today.
pub async fn eligible(
    conn: &mut Conn,
    institution_id: &str,
    item: &ItemCode,
    today: Date,
) -> Result<Vec<registry::Appraiser>, DbError> {
    let mut all = registry::store::appraisers_of(conn, institution_id).await?;
    all.retain(|one| one.licence.as_ref().is_some_and(|licence| licence.is_valid(today) && licence.covers(item)));
    Ok(all)
}

async fn team(conn: &mut Conn, case_id: &str) -> Result<Vec<Member>, DbError> {
    let rows = conn
        .all(
            "select appraiser_id, position, declared_at, conflict, signed_at from case_appraiser where case_id = $1 order by position",
            values![case_id],
        )
        .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let appraisers = registry::store::appraisers_by_case(conn, case_id).await?;
    rows.iter()
        .zip(appraisers)
        .map(|(row, appraiser)| {
            let declared_at: Option<String> = row.get("declared_at")?;
            let conflict: Option<String> = row.get("conflict")?;
            let declared = declared_at.map(|_| if conflict.is_some() { Declared::Conflicted } else { Declared::Clear });
            Ok(Member { appraiser, position: row.get("position")?, declared, signed_at: row.get("signed_at")? })
        })
        .collect()
}

/// The opinion as it left the house.
async fn issued(conn: &mut Conn, case_id: &str) -> Result<Option<IssuedOpinion>, DbError> {
    let row = conn.first("select number, sha256, issued_on from opinion where case_id = $1", values![case_id]).await?;
    row.map(|row| {
        Ok(IssuedOpinion { number: row.get("number")?, sha256: row.get("sha256")?, issued_on: row.get("issued_on")? })
    })
    .transpose()
}

/// How far the newest draft is, and which one the reviewer approved.
async fn draft_facts(conn: &mut Conn, case_id: &str) -> Result<Option<DraftFacts>, DbError> {
    let newest = conn
        .first(
            "select version, content from opinion_draft where case_id = $1 order by version desc limit 1",
            values![case_id],
        )
        .await?;
    let Some(row) = newest else { return Ok(None) };
    let text: String = row.get("content")?;
    let draft: super::draft::Draft = serde_json::from_str(&text)
        .map_err(|error| DbError::unreadable("opinion_draft.content", &error.to_string()))?;
    let approved = conn
        .first(
            "select detail from event where procedure_name = $1 and subject_id = $2 and action = 'approve' order by subject_version desc limit 1",
            values![Case::NAME, case_id],
        )
        .await?;
    let approved_version = match approved {
        Some(row) => {
            let detail: serde_json::Value = serde_json::from_str(&row.get::<String>("detail")?).unwrap_or_default();
            detail["draft"].as_i64()
        }
        None => None,
    };
    let open_must = open_comments(conn, case_id, "must").await?;
    let open_remarks = open_comments(conn, case_id, "remark").await?;
    let (version, missing) = (row.get("version")?, draft.missing());
    let sha256 = hex::encode(Sha256::digest(&text));
    Ok(Some(DraftFacts { version, sha256, text: draft, missing, approved_version, open_must, open_remarks }))
}

/// Reviewers' comments of a weight that are neither resolved nor withdrawn.
async fn open_comments(conn: &mut Conn, case_id: &str, weight: &str) -> Result<i64, DbError> {
    conn.count(
        "select count(*) from opinion_comment c where c.case_id = $1 and c.weight = $2 and not exists (
             select 1 from opinion_comment_reply r where r.comment_id = c.id and r.kind in ('resolved', 'withdrawn'))",
        values![case_id, weight],
    )
    .await
}

/// Writes a new case; its first event follows through `perform`.
pub async fn create(tx: &mut Tx, case: &Record, client_name: &str, due: &Due) -> Result<(), DbError> {
    let entrustment = &case.content.entrustment;
    let now = tx.now;
    tx.conn
        .run(
            "insert into appraisal_case (id, version, state, institution_id, client_organisation_id, client_account_id, item,
                 client_name, examinee_name, received_on, due_on, due_rule, due_provisional, due_sort, clock, content, changed_at)
             values ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
            values![
                &case.id, case.state.word(), &case.institution_id, &case.client_organisation_id, &case.client_account_id,
                entrustment.item.to_string(), client_name, &entrustment.examinee.name, case.received_on, due.on,
                due.rule.clone(), due.provisional, due_sort(due.on), due.clock(),
                content_text(&case.content), now,
            ],
        )
        .await?;
    search::index_case(&mut tx.conn, &case.id).await
}

/// Rows of one statement of [`create_many`]: 19 values each, of which SQLite takes 32,766 in all.
const CREATED_AT_ONCE: usize = 500;

/// Writes many new cases, whose events were performed in the same transaction; nothing is due in any of them.
pub async fn create_many(tx: &mut Tx, cases: &[Record]) -> Result<(), DbError> {
    let now = tx.now;
    for some in cases.chunks(CREATED_AT_ONCE) {
        let mut values = Vec::with_capacity(some.len() * 19);
        for case in some {
            let entrustment = &case.content.entrustment;
            let client_name = &entrustment.client.name;
            values.extend_from_slice(values![
                &case.id,
                case.version,
                case.state.word(),
                &case.institution_id,
                &case.client_organisation_id,
                &case.client_account_id,
                case.code.clone(),
                case.opinion_number.clone(),
                entrustment.item.to_string(),
                client_name,
                &entrustment.examinee.name,
                case.received_on,
                Option::<String>::None,
                Option::<String>::None,
                false,
                due_sort(None),
                "stopped",
                content_text(&case.content),
                now,
            ]);
        }
        let sql = format!(
            "insert into appraisal_case (id, version, state, institution_id, client_organisation_id, client_account_id, code,
                 opinion_number, item, client_name, examinee_name, received_on, due_on, due_rule, due_provisional, due_sort,
                 clock, content, changed_at) values {}",
            dialect::rows(&tx.conn, some.len(), 19)
        );
        tx.conn.run(sql, &values).await?;
    }
    search::index_many(&mut tx.conn, cases).await
}

/// Carries a decision out: the row if nobody changed it meanwhile, the team, the event and terms.
///
/// # Errors
/// [`Fail::Conflict`] when the case has moved on.
pub async fn carry_out(tx: &mut Tx, before: &Record, decision: &Decision, given: &Given) -> Result<(), Fail> {
    let subject = Subject { procedure: Case::NAME, id: before.id.clone(), version: before.version };
    let due = tx.perform(&subject, &decision.act).await?;
    let code = given.code.clone().or_else(|| before.code.clone());
    let number = given.opinion_number.clone().or_else(|| before.opinion_number.clone());
    let now = tx.now;
    let changed = tx
        .conn
        .run(
            "update appraisal_case set version = version + 1, state = $3, code = $4, opinion_number = $5, due_on = $6, due_rule = $7,
                 due_provisional = $8, due_sort = $9, clock = $10, content = $11, changed_at = $12
             where id = $1 and version = $2",
            values![
                &before.id, before.version, decision.to.word(), code, number, due.on, due.rule.clone(), due.provisional,
                due_sort(due.on), due.clock(), content_text(&decision.content), now,
            ],
        )
        .await?;
    if changed == 0 {
        return Err(Fail::changed_meanwhile());
    }
    change_team(tx, &before.id, &decision.team).await?;
    for flag in &decision.flags {
        flags::raise(tx, Case::NAME, &before.id, flag).await?;
    }
    search::index_case(&mut tx.conn, &before.id).await?;
    Ok(())
}

/// The next legal date again, after a provisional term was settled. The version stays: nobody acted.
pub async fn refresh_due(conn: &mut Conn, id: &str) -> Result<(), DbError> {
    let due = perform::next_due(conn, id).await?;
    conn.run(
        "update appraisal_case set due_on = $2, due_rule = $3, due_provisional = $4, due_sort = $5 where id = $1",
        values![id, due.on, due.rule.clone(), due.provisional, due_sort(due.on)],
    )
    .await?;
    search::index_case(conn, id).await
}

/// What is allocated while a decision is carried out.
#[derive(Clone, Debug, Default)]
pub struct Given {
    pub code: Option<String>,
    pub opinion_number: Option<String>,
}

async fn change_team(tx: &mut Tx, case_id: &str, change: &TeamChange) -> Result<(), DbError> {
    let now = tx.now;
    match change {
        TeamChange::Unchanged => {}
        TeamChange::Named(ids) => {
            tx.conn.run("delete from case_appraiser where case_id = $1", values![case_id]).await?;
            for (position, id) in (1_i64..).zip(ids) {
                tx.conn
                    .run(
                        "insert into case_appraiser (case_id, appraiser_id, position) values ($1, $2, $3)",
                        values![case_id, id, position],
                    )
                    .await?;
            }
        }
        TeamChange::Declared { appraiser_id, conflict } => {
            tx.conn
                .run(
                    "update case_appraiser set declared_at = $3, conflict = $4 where case_id = $1 and appraiser_id = $2",
                    values![case_id, appraiser_id, now, conflict.clone()],
                )
                .await?;
        }
        TeamChange::Signed { appraiser_id } => {
            tx.conn
                .run(
                    "update case_appraiser set signed_at = $3 where case_id = $1 and appraiser_id = $2",
                    values![case_id, appraiser_id, now],
                )
                .await?;
        }
    }
    Ok(())
}

/// Sent back or to be reviewed again: what was signed under the old text counts no more.
pub async fn forget_signatures(tx: &mut Tx, case_id: &str) -> Result<(), DbError> {
    tx.conn.run("update case_appraiser set signed_at = null where case_id = $1", values![case_id]).await?;
    Ok(())
}

/// The next number of a gapless series; the row stays locked until the transaction ends.
pub async fn next_number(tx: &mut Tx, series: &str) -> Result<i64, DbError> {
    tx.conn
        .count(
            "insert into counter (name, value) values ($1, 1) on conflict (name) do update set value = counter.value + 1 returning value",
            values![series],
        )
        .await
}

/// After every date, so that what has no due date comes last.
const NEVER: &str = "9999-12-31";

fn due_sort(due: Option<Date>) -> String {
    due.map_or_else(|| NEVER.to_owned(), |date| date.to_string())
}

fn content_text(content: &Content) -> String {
    serde_json::to_string(content).unwrap_or_default()
}

/// Width and case do not matter to who searches.
pub fn normalised(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.nfkc().collect::<String>().to_lowercase()
}
