//! 监管提示: what a supervisor should look at, written by the act that gives rise to it.
//!
//! **Invariant:** a flag accuses nobody and changes nothing; it is append-only and stands beside the act's event.

use crate::db::{Conn, DbError, Row, Value};
use crate::perform::Tx;
use crate::values;
use jiff::Timestamp;
use serde_json::{Value as Json, json};

/// Why a supervisor is pointed to something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An extension beyond what the head may grant alone.
    LongExtension,
    /// An extension approved after the limit had passed.
    LateExtension,
    /// A fee that departs from the guide price.
    FeeDeviation,
    /// Fewer licensed appraisers than the registration of an item asks for.
    TooFewAppraisers,
    /// A case accepted although the same matter seems to be accepted elsewhere.
    AcceptedElsewhere,
    /// A material lost, consumed beyond what was agreed, or with a broken chain.
    Custody,
    /// A record written late.
    LateRecord,
    /// An appraiser did not attend court.
    CourtAbsence,
    /// An institution withdrew an issued opinion.
    OpinionWithdrawn,
}

impl Kind {
    pub const ALL: [Kind; 9] = [
        Kind::LongExtension,
        Kind::LateExtension,
        Kind::FeeDeviation,
        Kind::TooFewAppraisers,
        Kind::AcceptedElsewhere,
        Kind::Custody,
        Kind::LateRecord,
        Kind::CourtAbsence,
        Kind::OpinionWithdrawn,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Self::LongExtension => "long_extension",
            Self::LateExtension => "late_extension",
            Self::FeeDeviation => "fee_deviation",
            Self::TooFewAppraisers => "too_few_appraisers",
            Self::AcceptedElsewhere => "accepted_elsewhere",
            Self::Custody => "custody",
            Self::LateRecord => "late_record",
            Self::CourtAbsence => "court_absence",
            Self::OpinionWithdrawn => "opinion_withdrawn",
        }
    }

    /// The Chinese name, which is the translator's key.
    pub fn label(self) -> &'static str {
        match self {
            Self::LongExtension => "延长超过30个工作日",
            Self::LateExtension => "超期后才批准延长",
            Self::FeeDeviation => "收费偏离政府指导价",
            Self::TooFewAppraisers => "登记事项的鉴定人不足",
            Self::AcceptedElsewhere => "疑似重复受理",
            Self::Custody => "材料流转异常",
            Self::LateRecord => "补记鉴定记录",
            Self::CourtAbsence => "鉴定人未出庭",
            Self::OpinionWithdrawn => "撤销已签发的意见书",
        }
    }
}

impl std::str::FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|one| one.word() == text).ok_or_else(|| format!("{text:?} is none"))
    }
}

crate::text_columns!(Kind);

/// What is written.
#[derive(Clone, Debug)]
pub struct NewFlag {
    pub kind: Kind,
    pub institution_id: String,
    pub article: &'static str,
    /// Facts for whoever looks into it; numbers and days, no names of parties.
    pub detail: Json,
}

/// Raises a flag beside the act of `tx`.
pub async fn raise(tx: &mut Tx, procedure: &str, subject: &str, flag: &NewFlag) -> Result<(), DbError> {
    let (id, by, now) = (tx.new_id(), tx.actor.account_id.clone(), tx.now);
    tx.conn
        .run(
            "insert into supervision_flag (id, kind, procedure_name, subject_id, institution_id, article, detail, raised_at, raised_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            values![
                id, flag.kind.word(), procedure, subject, &flag.institution_id, flag.article, flag.detail.to_string(), now, by,
            ],
        )
        .await?;
    Ok(())
}

/// A flag as a list shows it.
#[derive(Clone, Debug)]
pub struct Flag {
    pub kind: Kind,
    pub subject_id: String,
    pub institution_name: String,
    pub article: String,
    pub detail: Json,
    pub raised_at: Timestamp,
}

/// Which of them a list shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub kind: Option<Kind>,
    /// Of one institution; empty: of all.
    pub institution_id: String,
}

impl Filter {
    /// The values `$1` and `$2` of [`FILTER`].
    fn values(&self) -> [Value; 2] {
        [Value::from(self.kind.map_or("", Kind::word)), Value::from(&self.institution_id)]
    }
}

const FILTER: &str = "($1 = '' or f.kind = $1) and ($2 = '' or f.institution_id = $2)";

/// How many there are in all.
pub async fn count(conn: &mut Conn, filter: &Filter) -> Result<i64, DbError> {
    conn.count(format!("select count(*) from supervision_flag f where {FILTER}"), &filter.values()).await
}

/// Some of them, the oldest first.
pub async fn list(conn: &mut Conn, filter: &Filter, offset: i64, rows: i64) -> Result<Vec<Flag>, DbError> {
    let [kind, institution] = filter.values();
    let sql = format!(
        "select f.kind, f.subject_id, o.name as institution_name, f.article, f.detail, f.raised_at
         from supervision_flag f join organisation o on o.id = f.institution_id
         where {FILTER} order by f.sequence limit $3 offset $4"
    );
    let found = conn.all(sql, &[kind, institution, Value::from(rows), Value::from(offset)]).await?;
    found.iter().map(read).collect()
}

/// Each kind that there is, with how many, of one institution or (empty) of all.
pub async fn kinds(conn: &mut Conn, institution_id: &str) -> Result<Vec<(Kind, i64)>, DbError> {
    let sql = "select f.kind, count(*) as many from supervision_flag f
               where ($1 = '' or f.institution_id = $1) group by f.kind order by f.kind";
    let rows = conn.all(sql, values![institution_id]).await?;
    rows.iter().map(|row| Ok((row.get("kind")?, row.get("many")?))).collect()
}

fn read(row: &Row) -> Result<Flag, DbError> {
    Ok(Flag {
        kind: row.get("kind")?,
        subject_id: row.get("subject_id")?,
        institution_name: row.get("institution_name")?,
        article: row.get("article")?,
        detail: serde_json::from_str(&row.get::<String>("detail")?).unwrap_or_else(|_| json!({})),
        raised_at: row.get("raised_at")?,
    })
}
