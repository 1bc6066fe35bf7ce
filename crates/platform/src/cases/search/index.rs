//! The index is written beside the case, and folded into the postings later, a few cases at a time.
//!
//! **Invariant:** a case, its document and its texts change in one transaction. What the postings do not know yet stands in
//! `search_document.fresh` or in a text with `folded = 0`, and a search reads it from there: folding changes no answer.

use super::super::content::Content;
use super::super::facts::Record;
use super::postings::{BLOCK, Changes, block_of, listed};
use super::tokens::{Facts, TextKind, plain};
use crate::db::{Conn, Database, DbError, Row, Value, dialect};
use crate::fail::Fail;
use crate::perform::Tx;
use crate::values;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Documents folded in one transaction: the database's one writer is held for some tens of milliseconds.
const FOLD: i64 = 64;
/// More than this waiting is an import or an upgrade; then each set is read and written once for many cases, and the writer is
/// held for about a second at a time.
const BACKLOG: i64 = 1_000;
const FOLD_BACKLOG: i64 = 8_192;
/// Fresh documents from which folding is worth its while; a search reads them all.
pub const FRESH_MANY: i64 = 256;
/// Cases read at a time while the index is rebuilt.
const REBUILD: i64 = 4_096;
/// What stands in `due_sort` where nothing is due.
const NEVER: &str = "9999-12-31";

const SOURCE: &str =
    "select d.n, c.id, c.received_on, c.due_sort, c.institution_id, c.client_organisation_id, c.state, c.examinee_name,
         c.client_name, c.code, c.opinion_number, c.content
     from appraisal_case c join search_document d on d.case_id = c.id";

/// What the case's rows say, as it is searched for.
struct Document {
    n: i64,
    received_on: Date,
    due_sort: String,
    facts: Facts,
}

fn document(row: &Row, appraisers: Vec<String>) -> Result<Document, DbError> {
    let content: String = row.get("content")?;
    let content: Content =
        serde_json::from_str(&content).map_err(|error| DbError::unreadable("content", &error.to_string()))?;
    let due_sort: String = row.get("due_sort")?;
    let number = |name| row.get::<Option<String>>(name).map(|text| plain(&text.unwrap_or_default()));
    let facts = Facts {
        institution: row.get("institution_id")?,
        organisation: row.get("client_organisation_id")?,
        appraisers,
        state: row.get("state")?,
        due: due_sort != NEVER,
        name: plain(&row.get::<String>("examinee_name")?),
        client: plain(&row.get::<String>("client_name")?),
        letter: letters(&content),
        code: number("code")?,
        opinion: number("opinion_number")?,
        id_number: plain(&content.entrustment.examinee.id_number),
    };
    Ok(Document { n: row.get("n")?, received_on: row.get("received_on")?, due_sort, facts })
}

/// Brings the case's document in line with its rows. Whoever writes a case or its team calls it in the same transaction.
pub async fn index_case(conn: &mut Conn, case_id: &str) -> Result<(), DbError> {
    // Asked first: PostgreSQL would take a number for every row that is then not written.
    conn.run(
        "insert into search_document (case_id, received_on, due_sort)
         select id, received_on, due_sort from appraisal_case
         where id = $1 and not exists (select 1 from search_document where case_id = $1) on conflict (case_id) do nothing",
        values![case_id],
    )
    .await?;
    let appraisers = conn
        .all("select appraiser_id from case_appraiser where case_id = $1 order by appraiser_id", values![case_id])
        .await?;
    let appraisers = appraisers.iter().map(|row| row.get("appraiser_id")).collect::<Result<_, _>>()?;
    let Some(row) = conn.first(format!("{SOURCE} where d.case_id = $1"), values![case_id]).await? else {
        return Ok(());
    };
    let document = document(&row, appraisers)?;
    conn.run(
        "update search_document set received_on = $2, due_sort = $3, fresh = $4 where n = $1",
        values![document.n, document.received_on, &document.due_sort, text_of(&document.facts)],
    )
    .await?;
    Ok(())
}

/// Rows of one statement of [`index_many`].
const INDEXED_AT_ONCE: usize = 1_000;

/// The documents of many new cases that have no team yet, in the transaction that wrote them. The caller folds afterwards.
pub async fn index_many(conn: &mut Conn, cases: &[Record]) -> Result<(), DbError> {
    for some in cases.chunks(INDEXED_AT_ONCE) {
        let mut values = Vec::with_capacity(some.len() * 4);
        for case in some {
            values.extend_from_slice(values![&case.id, case.received_on, NEVER, text_of(&facts_of_new(case))]);
        }
        let places = dialect::rows(conn, some.len(), 4);
        conn.run(
            format!("insert into search_document (case_id, received_on, due_sort, fresh) values {places}"),
            &values,
        )
        .await?;
    }
    Ok(())
}

/// The commission letter's number, and the one an old ledger gave the case.
fn letters(content: &Content) -> String {
    match &content.history {
        Some(history) => plain(&format!("{}\n{}", content.entrustment.client.letter, history.ledger_number)),
        None => plain(&content.entrustment.client.letter),
    }
}

fn facts_of_new(case: &Record) -> Facts {
    let entrustment = &case.content.entrustment;
    Facts {
        institution: case.institution_id.clone(),
        organisation: case.client_organisation_id.clone(),
        appraisers: Vec::new(),
        state: case.state.word().to_owned(),
        due: false,
        name: plain(&entrustment.examinee.name),
        client: plain(&entrustment.client.name),
        letter: letters(&case.content),
        code: plain(case.code.as_deref().unwrap_or_default()),
        opinion: plain(case.opinion_number.as_deref().unwrap_or_default()),
        id_number: plain(&entrustment.examinee.id_number),
    }
}

/// Puts a text of the case into the full-text index, or another one in its place. `source` tells the texts of one kind
/// apart: the opinion's number, a record's id.
///
/// # Errors
/// [`Fail::NotFound`] for a case that is not in the index.
pub async fn index_text(tx: &mut Tx, case_id: &str, kind: TextKind, source: &str, text: &str) -> Result<(), Fail> {
    let row = tx.conn.first("select n from search_document where case_id = $1", values![case_id]).await?;
    let n: i64 = row.ok_or(Fail::NotFound)?.get("n")?;
    tx.conn
        .run(
            "insert into search_text (n, kind, source, body, folded) values ($1, $2, $3, $4, 0)
             on conflict (n, kind, source) do update set body = excluded.body, folded = 0",
            values![n, kind.word(), source, plain(text)],
        )
        .await?;
    Ok(())
}

fn text_of(facts: &Facts) -> String {
    serde_json::to_string(facts).unwrap_or_default()
}

pub fn facts_of(text: &str) -> Result<Facts, DbError> {
    serde_json::from_str(text).map_err(|error| DbError::unreadable("search_document", &error.to_string()))
}

/// Days since 1900: two bytes reach to 2079.
pub fn day(date: Date) -> u16 {
    let first = jiff::civil::date(1900, 1, 1);
    let days = first.until(date).map(|span| span.get_days()).unwrap_or_default();
    days.clamp(0, i32::from(u16::MAX)) as u16
}

/// How many cases and texts wait to be folded.
pub async fn waiting(conn: &mut Conn) -> Result<i64, DbError> {
    let documents = conn.count("select count(*) from search_document where fresh is not null", &[]).await?;
    Ok(documents + conn.count("select count(*) from search_text where folded = 0", &[]).await?)
}

/// Folds everything that waits; how much it was. The writer is free between the slices.
pub async fn fold(database: &Database) -> Result<i64, DbError> {
    let mut folded = 0;
    let backlog = waiting(&mut database.read().await?).await?;
    let at_once = if backlog > BACKLOG { FOLD_BACKLOG } else { FOLD };
    loop {
        let mut conn = database.write().await?;
        let slice = fold_slice(database, &mut conn, at_once).await?;
        conn.commit().await?;
        folded += slice;
        if slice == 0 {
            return Ok(folded);
        }
    }
}

/// One at a time, whatever the number of processes: the row stays locked until the transaction ends.
async fn lock(conn: &mut Conn) -> Result<(), DbError> {
    conn.run("update search_state set folds = folds + 1 where one = 1", &[]).await?;
    Ok(())
}

async fn fold_slice(database: &Database, conn: &mut Conn, at_once: i64) -> Result<i64, DbError> {
    lock(conn).await?;
    let mut blocks: BTreeMap<i64, Changes> = BTreeMap::new();
    let mut folded = Vec::new();
    let documents = conn
        .all(
            // What another transaction is just writing waits for the next fold.
            format!(
                "select n, received_on, known, fresh from search_document where fresh is not null order by n limit $1 {}",
                dialect::skip_locked(database)
            ),
            values![at_once],
        )
        .await?;
    for row in &documents {
        let n: i64 = row.get("n")?;
        let (known, fresh): (Option<String>, String) = (row.get("known")?, row.get("fresh")?);
        let changes = blocks.entry(block_of(n)).or_default();
        let before = match &known {
            Some(text) => facts_of(text)?.tokens(),
            None => BTreeSet::new(),
        };
        note(changes, n, &before, &facts_of(&fresh)?.tokens());
        if known.is_none() {
            changes.days.push((n, day(row.get("received_on")?)));
        }
        folded.push(n);
    }
    if !folded.is_empty() {
        // The rows are held since they were read: nobody wrote them meanwhile.
        let sql = format!("update search_document set known = fresh, fresh = null where n in ({})", listed(&folded));
        conn.run(sql, &[]).await?;
    }
    let texts = conn
        .all("select n, kind, source, body from search_text where folded = 0 order by n limit $1", values![at_once])
        .await?;
    for row in &texts {
        let (n, kind, source, body): (i64, String, String, String) =
            (row.get("n")?, row.get("kind")?, row.get("source")?, row.get("body")?);
        if let Some(known) = TextKind::of(&kind) {
            note(blocks.entry(block_of(n)).or_default(), n, &BTreeSet::new(), &known.tokens(&body));
        }
        conn.run(
            "update search_text set folded = 1 where n = $1 and kind = $2 and source = $3 and body = $4",
            values![n, kind, source, body],
        )
        .await?;
    }
    for (block, changes) in blocks {
        changes.write(conn, block, false).await?;
    }
    Ok((documents.len() + texts.len()) as i64)
}

fn note(changes: &mut Changes, n: i64, before: &BTreeSet<String>, after: &BTreeSet<String>) {
    for token in before.difference(after) {
        changes.sets.entry(token.clone()).or_default().push((n, false));
    }
    for token in after.difference(before) {
        changes.sets.entry(token.clone()).or_default().push((n, true));
    }
}

/// Whether cases from before this index wait for [`reindex`].
pub async fn is_ready(conn: &mut Conn) -> Result<bool, DbError> {
    Ok(conn.count("select ready from search_state where one = 1", &[]).await? != 0)
}

/// How many cases are in no document: such as were written by hand, or by a version before this index.
pub async fn missing(conn: &mut Conn) -> Result<i64, DbError> {
    let cases = conn.count("select count(*) from appraisal_case", &[]).await?;
    Ok(cases - conn.count("select count(*) from search_document", &[]).await?)
}

/// Builds the index anew from the cases and texts, block by block; `told` hears how many cases are done, of how many.
/// Searches go on meanwhile: a block is replaced in one transaction.
///
/// # Errors
/// A database that does not answer, a case that cannot be read.
pub async fn reindex(database: &Database, mut told: impl FnMut(i64, i64)) -> Result<i64, DbError> {
    let mut conn = database.write().await?;
    lock(&mut conn).await?;
    conn.run(
        "insert into search_document (case_id, received_on, due_sort)
         select c.id, c.received_on, c.due_sort from appraisal_case c
         where not exists (select 1 from search_document d where d.case_id = c.id) order by c.received_on, c.id
         on conflict (case_id) do nothing",
        &[],
    )
    .await?;
    let total = conn.count("select count(*) from search_document", &[]).await?;
    let last = conn.count("select coalesce(max(n), 0) from search_document", &[]).await?;
    conn.commit().await?;
    let mut done = 0;
    for block in 0..=block_of(last) {
        let mut conn = database.write().await?;
        lock(&mut conn).await?;
        done += rebuild(&mut conn, block).await?;
        conn.commit().await?;
        told(done, total);
    }
    let mut conn = database.write().await?;
    conn.run("update search_state set ready = 1 where one = 1", &[]).await?;
    conn.commit().await?;
    Ok(done)
}

/// One block. What is written meanwhile on PostgreSQL stays fresh: the update waits for it and sees another text.
async fn rebuild(conn: &mut Conn, block: i64) -> Result<i64, DbError> {
    let mut changes = Changes::default();
    let (from, to) = (block * BLOCK, (block + 1) * BLOCK);
    let mut done = 0;
    for start in (from..to).step_by(REBUILD as usize) {
        let bounds = [Value::from(start), Value::from((start + REBUILD).min(to))];
        // Locked before they are read, so that nobody changes a case between the two.
        let held = conn
            .run("update search_document set fresh = coalesce(fresh, known) where n >= $1 and n < $2", &bounds)
            .await?;
        if held == 0 {
            continue;
        }
        let team = conn
            .all(
                "select d.n, a.appraiser_id from search_document d join case_appraiser a on a.case_id = d.case_id
                 where d.n >= $1 and d.n < $2 order by d.n, a.appraiser_id",
                &bounds,
            )
            .await?;
        let mut teams: BTreeMap<i64, Vec<String>> = BTreeMap::new();
        for row in team {
            teams.entry(row.get("n")?).or_default().push(row.get("appraiser_id")?);
        }
        for row in conn.all(format!("{SOURCE} where d.n >= $1 and d.n < $2 order by d.n"), &bounds).await? {
            let n: i64 = row.get("n")?;
            let document = document(&row, teams.remove(&n).unwrap_or_default())?;
            note(&mut changes, n, &BTreeSet::new(), &document.facts.tokens());
            changes.days.push((n, day(document.received_on)));
            conn.run(
                "update search_document set received_on = $2, due_sort = $3, known = $4, fresh = null where n = $1",
                values![n, document.received_on, document.due_sort, text_of(&document.facts)],
            )
            .await?;
            done += 1;
        }
        for row in
            conn.all("select n, kind, body from search_text where n >= $1 and n < $2 order by n", &bounds).await?
        {
            if let Some(kind) = TextKind::of(&row.get::<String>("kind")?) {
                note(&mut changes, row.get("n")?, &BTreeSet::new(), &kind.tokens(&row.get::<String>("body")?));
            }
        }
        conn.run("update search_text set folded = 1 where n >= $1 and n < $2", &bounds).await?;
    }
    conn.run("delete from search_posting where block = $1", values![block]).await?;
    changes.write(conn, block, true).await?;
    Ok(done)
}
