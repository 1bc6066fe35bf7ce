//! Drafts in versions that are never overwritten, and issued opinions.

use crate::cases::content::{Content, OpinionWithdrawal};
use crate::cases::draft::Draft;
use crate::db::{Conn, DbError, Row};
use crate::fail::Fail;
use crate::perform::Tx;
use crate::values;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A saved draft.
#[derive(Clone, Debug)]
pub struct Saved {
    pub version: i64,
    /// Of the text as it is kept; what a signature is bound to.
    pub sha256: String,
    pub draft: Draft,
    pub saved_by: String,
    pub saved_at: Timestamp,
}

const DRAFT: &str = "select d.version, d.content, d.saved_at, coalesce(a.name, '') as saved_by from opinion_draft d
     left join account a on a.id = d.saved_by where d.case_id = $1 order by d.version desc";

pub async fn newest_draft(conn: &mut Conn, case_id: &str) -> Result<Option<Saved>, DbError> {
    let row = conn.first(format!("{DRAFT} limit 1"), values![case_id]).await?;
    row.as_ref().map(saved).transpose()
}

/// Every version, the newest first.
pub async fn drafts(conn: &mut Conn, case_id: &str) -> Result<Vec<Saved>, DbError> {
    conn.all(DRAFT, values![case_id]).await?.iter().map(saved).collect()
}

fn saved(row: &Row) -> Result<Saved, DbError> {
    let content: String = row.get("content")?;
    Ok(Saved {
        version: row.get("version")?,
        sha256: hex::encode(Sha256::digest(&content)),
        draft: draft(&content)?,
        saved_by: row.get("saved_by")?,
        saved_at: row.get("saved_at")?,
    })
}

fn draft(content: &str) -> Result<Draft, DbError> {
    serde_json::from_str(content).map_err(|error| DbError::unreadable("content", &error.to_string()))
}

/// What somebody typed after a version and has not saved as one.
#[derive(Clone, Debug)]
pub struct Autosaved {
    pub after: i64,
    pub draft: Draft,
    pub saved_at: Timestamp,
}

/// The person's own.
pub async fn autosaved(conn: &mut Conn, case_id: &str, account_id: &str) -> Result<Option<Autosaved>, DbError> {
    let row = conn
        .first(
            "select after_version, content, saved_at from opinion_autosave where case_id = $1 and account_id = $2",
            values![case_id, account_id],
        )
        .await?;
    row.map(|row| {
        Ok(Autosaved {
            after: row.get("after_version")?,
            draft: draft(&row.get::<String>("content")?)?,
            saved_at: row.get("saved_at")?,
        })
    })
    .transpose()
}

/// Keeps what was typed, over what the same person typed before; it is no version.
pub async fn autosave(tx: &mut Tx, case_id: &str, after: i64, draft: &Draft) -> Result<(), Fail> {
    let content = serde_json::to_string(draft).map_err(|error| Fail::Internal(error.into()))?;
    let (by, now) = (tx.actor.account_id.clone(), tx.now);
    tx.conn
        .run(
            "insert into opinion_autosave (case_id, account_id, after_version, content, saved_at) values ($1, $2, $3, $4, $5)
             on conflict (case_id, account_id) do update set after_version = excluded.after_version,
                 content = excluded.content, saved_at = excluded.saved_at",
            values![case_id, by, after, content, now],
        )
        .await?;
    Ok(())
}

/// It has become a version, or is thrown away.
pub async fn forget_autosaved(tx: &mut Tx, case_id: &str) -> Result<(), DbError> {
    let by = tx.actor.account_id.clone();
    tx.conn.run("delete from opinion_autosave where case_id = $1 and account_id = $2", values![case_id, by]).await?;
    Ok(())
}

/// Saves the next version after `after`.
///
/// # Errors
/// [`Fail::Conflict`] when `after` is not the newest: someone else saved meanwhile.
pub async fn save_draft(tx: &mut Tx, case_id: &str, after: i64, draft: &Draft) -> Result<i64, Fail> {
    let newest = "select coalesce(max(version), 0) from opinion_draft where case_id = $1";
    if tx.conn.count(newest, values![case_id]).await? != after {
        return Err(Fail::changed_meanwhile());
    }
    let content = serde_json::to_string(draft).map_err(|error| Fail::Internal(error.into()))?;
    let (by, now) = (tx.actor.account_id.clone(), tx.now);
    let new = tx
        .conn
        .run(
            "insert into opinion_draft (case_id, version, content, saved_by, saved_at) values ($1, $2, $3, $4, $5) on conflict do nothing",
            values![case_id, after + 1, content, by, now],
        )
        .await?;
    if new == 0 { Err(Fail::changed_meanwhile()) } else { Ok(after + 1) }
}

/// What the public may know of an opinion: nothing about the parties.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicFacts {
    pub institution: String,
    pub institution_licence: String,
    /// Name and licence number.
    pub appraisers: Vec<(String, String)>,
    pub item: String,
    pub case_code: String,
    pub pages: i64,
}

/// An issued opinion as the verification page knows it.
#[derive(Clone, Debug)]
pub struct Opinion {
    pub number: String,
    pub check_code: String,
    pub issued_on: Date,
    /// `issued`, `corrected` or `withdrawn`.
    pub standing: String,
    pub sha256: String,
    pub facts: PublicFacts,
}

/// A letter that corrects an opinion.
#[derive(Clone, Debug)]
pub struct CorrectionRow {
    pub number: i64,
    pub sha256: String,
    pub corrected_on: Date,
}

/// What everybody may know of a withdrawal.
#[derive(Clone, Debug)]
pub struct WithdrawalRow {
    /// The ground's word.
    pub ground: String,
    /// SHA-256 of the letter.
    pub sha256: String,
    pub withdrawn_on: Date,
}

/// Puts the letter of withdrawal beside the opinion. Once: another finds the row taken.
pub async fn mark_withdrawn(tx: &mut Tx, case_id: &str, withdrawal: &OpinionWithdrawal) -> Result<(), Fail> {
    let (paper, sha256) = newest_letter(tx, case_id, "opinion_withdrawal").await?;
    let today = tx.today();
    let new = tx
        .conn
        .run(
            "insert into opinion_withdrawal (case_id, paper_id, sha256, ground, withdrawn_on) values ($1, $2, $3, $4, $5)
             on conflict do nothing",
            values![case_id, paper, sha256, withdrawal.ground.word(), today],
        )
        .await?;
    if new == 0 {
        return Err(Fail::changed_meanwhile());
    }
    let standing = "update opinion set standing = 'withdrawn' where case_id = $1 and standing <> 'withdrawn'";
    match tx.conn.run(standing, values![case_id]).await? {
        1 => Ok(()),
        _ => Err(Fail::changed_meanwhile()),
    }
}

/// How the opinion with this check code was withdrawn, if it was.
pub async fn withdrawal(conn: &mut Conn, check_code: &str) -> Result<Option<WithdrawalRow>, DbError> {
    let sql =
        "select w.ground, w.sha256, w.withdrawn_on from opinion_withdrawal w join opinion o on o.case_id = w.case_id
         where o.check_code = $1";
    let row = conn.first(sql, values![check_code]).await?;
    row.map(|row| {
        Ok(WithdrawalRow {
            ground: row.get("ground")?,
            sha256: row.get("sha256")?,
            withdrawn_on: row.get("withdrawn_on")?,
        })
    })
    .transpose()
}

/// Id and hash of the newest paper of a kind.
async fn newest_letter(tx: &mut Tx, case_id: &str, kind: &str) -> Result<(String, String), Fail> {
    let newest =
        "select id, sha256 from paper where subject_id = $1 and kind = $2 order by made_at desc, id desc limit 1";
    let letter = tx.conn.first(newest, values![case_id, kind]).await?.ok_or(Fail::NotFound)?;
    Ok((letter.get("id")?, letter.get("sha256")?))
}

/// Puts the newest letter of correction beside the opinion.
pub async fn mark_corrected(tx: &mut Tx, case_id: &str) -> Result<(), Fail> {
    let (paper, sha256) = newest_letter(tx, case_id, "correction_letter").await?;
    let number =
        tx.conn.count("select count(*) + 1 from opinion_correction where case_id = $1", values![case_id]).await?;
    let today = tx.today();
    tx.conn
        .run(
            "insert into opinion_correction (case_id, number, paper_id, sha256, corrected_on) values ($1, $2, $3, $4, $5)",
            values![case_id, number, paper, sha256, today],
        )
        .await?;
    tx.conn
        .run("update opinion set standing = 'corrected' where case_id = $1 and standing = 'issued'", values![case_id])
        .await?;
    Ok(())
}

/// The letters that correct the opinion with this check code, the oldest first.
pub async fn corrections(conn: &mut Conn, check_code: &str) -> Result<Vec<CorrectionRow>, DbError> {
    let rows = conn
        .all(
            "select c.number, c.sha256, c.corrected_on from opinion_correction c join opinion o on o.case_id = c.case_id
             where o.check_code = $1 order by c.number",
            values![check_code],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(CorrectionRow {
                number: row.get("number")?,
                sha256: row.get("sha256")?,
                corrected_on: row.get("corrected_on")?,
            })
        })
        .collect()
}

/// An opinion of a later appraisal of the same matter.
#[derive(Clone, Debug)]
pub struct Later {
    /// Of a supplementary appraisal (通则 30). A re-appraisal (通则 31) is another institution's, and nobody is led there.
    pub number: Option<String>,
    pub issued_on: Date,
}

/// The opinions of the supplementary and re-appraisals that followed the one with this check code, the oldest first.
pub async fn later(conn: &mut Conn, check_code: &str) -> Result<Vec<Later>, DbError> {
    let own = "select c.content from appraisal_case c join opinion o on o.case_id = c.id where o.check_code = $1";
    let Some(row) = conn.first(own, values![check_code]).await? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for id in row.json::<Content>("content")?.follow_ups {
        let its = "select o.number, o.issued_on, c.content from opinion o join appraisal_case c on c.id = o.case_id
             where o.case_id = $1";
        if let Some(row) = conn.first(its, values![id]).await? {
            let number: String = row.get("number")?;
            let completes = row.json::<Content>("content")?.entrustment.supplements.is_some();
            found.push(Later { number: completes.then_some(number), issued_on: row.get("issued_on")? });
        }
    }
    Ok(found)
}

/// What issuing writes.
pub struct NewOpinion<'a> {
    pub case_id: &'a str,
    pub institution_id: &'a str,
    pub paper_id: &'a str,
    pub opinion: &'a Opinion,
}

pub async fn create(tx: &mut Tx, new: &NewOpinion<'_>) -> Result<(), Fail> {
    let facts = serde_json::to_string(&new.opinion.facts).map_err(|error| Fail::Internal(error.into()))?;
    let one = new.opinion;
    tx.conn
        .run(
            "insert into opinion (case_id, number, check_code, institution_id, issued_on, standing, paper_id, sha256, public_facts)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            values![
                new.case_id, &one.number, &one.check_code, new.institution_id, one.issued_on, &one.standing, new.paper_id,
                &one.sha256, facts,
            ],
        )
        .await?;
    Ok(())
}

/// The case of the opinion with this check code.
pub async fn case_of(conn: &mut Conn, code: &str) -> Result<Option<String>, DbError> {
    let row = conn.first("select case_id from opinion where check_code = $1", values![code]).await?;
    row.map(|row| row.get("case_id")).transpose()
}

/// The opinion with this check code. Public, so it takes no scope; the code's 80 random bits are the key.
pub async fn find_by_code(conn: &mut Conn, code: &str) -> Result<Option<Opinion>, DbError> {
    let row = conn
        .first(
            "select number, check_code, issued_on, standing, sha256, public_facts from opinion where check_code = $1",
            values![code],
        )
        .await?;
    row.map(|row| {
        let facts: String = row.get("public_facts")?;
        Ok(Opinion {
            number: row.get("number")?,
            check_code: row.get("check_code")?,
            issued_on: row.get("issued_on")?,
            standing: row.get("standing")?,
            sha256: row.get("sha256")?,
            facts: serde_json::from_str(&facts)
                .map_err(|error| DbError::unreadable("public_facts", &error.to_string()))?,
        })
    })
    .transpose()
}
