//! Finding: the postings' answer, what they do not know yet, and one page of both in the order of every list.
//!
//! **Invariant:** what is counted is what can be paged through, all of it in the reader's [`Scope`]; a text that the reader
//! may not see is never looked into.

use super::super::steps::State;
use super::super::store::Scope;
use super::index::facts_of;
use super::order::{Key, Pages, READ_MAX, key};
use super::postings::{Question, listed};
use super::tokens::{self, DUE, EVERY, Facts, Field, QUERY_MAX, TextKind};
use crate::db::{Conn, DbError, Row};
use crate::values;
use crate::web::Paging;
use crate::web::form::PAGE_ROWS;
use std::collections::HashMap;

/// Signs of a word from which on a few of its runs are asked before all.
const LONG: usize = 10;
/// Signs before and after the word in an excerpt.
const AROUND: usize = 24;

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct Sought {
    pub query: String,
    pub state: Option<State>,
    /// In the texts of opinions and records, not in names and numbers.
    pub in_texts: bool,
}

/// Why a line is in the answer, where its own columns do not show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    Place(Field),
    Text { kind: TextKind, before: String, word: String, after: String },
}

/// A page of the answer.
#[derive(Clone, Debug)]
pub struct Found {
    /// Case ids in order, each with why.
    pub lines: Vec<(String, Vec<Why>)>,
    pub paging: Paging,
}

/// Why a search cannot be answered; said beside the search box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    TooLong,
    /// In texts a word has at least two signs.
    WordTooShort,
}

/// Kinds of text that the reader may see: records are the institution's and the bureau's.
pub fn kinds_for(scope: &Scope) -> &'static [TextKind] {
    match scope {
        Scope::Client(_) => &[TextKind::Opinion],
        Scope::Bureau | Scope::Institution(_) | Scope::Appraiser(_) => &[TextKind::Opinion, TextKind::Record],
    }
}

fn scope_token(scope: &Scope) -> String {
    match scope {
        Scope::Bureau => EVERY.to_owned(),
        Scope::Institution(id) => tokens::in_institution(id),
        Scope::Appraiser(id) => tokens::with_appraiser(id),
        Scope::Client(id) => tokens::of_client(id),
    }
}

fn is_in_scope(scope: &Scope, facts: &Facts) -> bool {
    match scope {
        Scope::Bureau => true,
        Scope::Institution(id) => facts.institution == *id,
        Scope::Appraiser(id) => facts.appraisers.contains(id),
        Scope::Client(id) => facts.organisation == *id,
    }
}

struct Search<'a> {
    scope: &'a Scope,
    sought: &'a Sought,
    words: Vec<String>,
    kinds: &'static [TextKind],
}

/// Answers a search with its page (from 1) and the count of everything that it finds.
///
/// # Errors
/// A database that does not answer. The inner refusal is the person's to mend.
pub async fn find(
    conn: &mut Conn,
    scope: &Scope,
    sought: &Sought,
    page: i64,
) -> Result<Result<Found, Refused>, DbError> {
    if sought.query.chars().count() > QUERY_MAX {
        return Ok(Err(Refused::TooLong));
    }
    let words = tokens::words(&sought.query);
    if sought.in_texts && words.iter().any(|word| word.chars().count() < 2) {
        return Ok(Err(Refused::WordTooShort));
    }
    let search = Search { scope, sought, words, kinds: kinds_for(scope) };
    search.answer(conn, page).await.map(Ok)
}

impl Search<'_> {
    /// `sparse`: fewer sets are read, and more may be found than there is.
    fn question(&self, sparse: bool) -> Question {
        let mut every = vec![scope_token(self.scope)];
        every.extend(self.sought.state.map(|state| tokens::in_state(state.word())));
        let words = self.words.iter().map(|word| self.ways(word, sparse)).collect();
        Question { every, words }
    }

    fn ways(&self, word: &str, sparse: bool) -> Vec<Vec<String>> {
        if self.sought.in_texts {
            self.kinds.iter().map(|kind| kind.tokens(word).into_iter().collect()).collect()
        } else {
            tokens::ways(word, sparse)
        }
    }

    fn matches(&self, facts: &Facts, texts: &[(TextKind, String)]) -> bool {
        is_in_scope(self.scope, facts)
            && self.sought.state.is_none_or(|state| facts.state == state.word())
            && if self.sought.in_texts {
                self.words.iter().all(|word| texts.iter().any(|(_, text)| text.contains(word)))
            } else {
                facts.matches(&self.words)
            }
    }

    async fn answer(&self, conn: &mut Conn, page: i64) -> Result<Found, DbError> {
        let fresh = self.fresh(conn).await?;
        // A whole number has dozens of runs of signs, and each is a set to read: a few are asked first, and where they leave
        // few cases, those are compared sign by sign.
        let has_long = !self.sought.in_texts && self.words.iter().any(|word| word.chars().count() >= LONG);
        let (mut found, mut due) = self.question(has_long).ask(conn, DUE).await?;
        if has_long && found.len() > READ_MAX {
            (found, due) = self.question(false).ask(conn, DUE).await?;
        }
        for row in &fresh {
            found.set(row.key.n, false);
            due.set(row.key.n, false);
        }
        let mut known = Vec::new();
        let few = found.len() <= READ_MAX;
        if few {
            known = self.read(conn, &found.numbers()).await?;
            known.retain(|one| one.matches);
        }
        let fresh: Vec<Read> = fresh.into_iter().filter(|one| one.matches).collect();
        let numbers = if few {
            let mut keys: Vec<Key> = known.into_iter().chain(fresh).map(|one| one.key).collect();
            keys.sort();
            let paging = Paging::new(page, keys.len() as i64);
            (keys.iter().skip(paging.offset() as usize).take(PAGE_ROWS as usize).map(|key| key.n).collect(), paging)
        } else {
            let paging = Paging::new(page, found.len() + fresh.len() as i64);
            (
                Pages { found, due, fresh: fresh.iter().map(|one| (one.key.clone(), one.facts.due)).collect() }
                    .page(conn, paging.offset())
                    .await?,
                paging,
            )
        };
        let (numbers, paging) = numbers;
        Ok(Found { lines: self.lines(conn, &numbers).await?, paging })
    }

    /// Cases whose documents or texts the postings do not know yet, compared sign by sign.
    async fn fresh(&self, conn: &mut Conn) -> Result<Vec<Read>, DbError> {
        let mut rows = conn
            .all("select n, due_sort, received_on, fresh as facts from search_document where fresh is not null", &[])
            .await?;
        if self.sought.in_texts {
            let texts = conn
                .all(
                    "select n, due_sort, received_on, known as facts from search_document
                     where fresh is null and known is not null and n in (select n from search_text where folded = 0)",
                    &[],
                )
                .await?;
            rows.extend(texts);
        }
        self.compare(conn, &rows).await
    }

    async fn read(&self, conn: &mut Conn, numbers: &[i64]) -> Result<Vec<Read>, DbError> {
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let rows = conn
            .all(
                format!(
                    "select n, due_sort, received_on, known as facts from search_document where n in ({}) and known is not null",
                    listed(numbers)
                ),
                &[],
            )
            .await?;
        self.compare(conn, &rows).await
    }

    async fn compare(&self, conn: &mut Conn, rows: &[Row]) -> Result<Vec<Read>, DbError> {
        let mut read = Vec::new();
        for row in rows {
            let facts = facts_of(&row.get::<String>("facts")?)?;
            read.push(Read { key: key(row)?, matches: false, facts });
        }
        let mut texts = HashMap::new();
        if self.sought.in_texts {
            // What is not in scope is not read.
            let numbers: Vec<i64> =
                read.iter().filter(|one| is_in_scope(self.scope, &one.facts)).map(|one| one.key.n).collect();
            texts = self.texts(conn, &numbers).await?;
        }
        for one in &mut read {
            one.matches = self.matches(&one.facts, texts.get(&one.key.n).map_or(&[], Vec::as_slice));
        }
        Ok(read)
    }

    /// The texts of these cases that the reader may see.
    async fn texts(&self, conn: &mut Conn, numbers: &[i64]) -> Result<HashMap<i64, Vec<(TextKind, String)>>, DbError> {
        let mut texts: HashMap<i64, Vec<(TextKind, String)>> = HashMap::new();
        if numbers.is_empty() {
            return Ok(texts);
        }
        for kind in self.kinds {
            let rows = conn
                .all(
                    format!(
                        "select n, body from search_text where kind = $1 and n in ({}) order by n, source",
                        listed(numbers)
                    ),
                    values![kind.word()],
                )
                .await?;
            for row in rows {
                texts.entry(row.get("n")?).or_default().push((*kind, row.get("body")?));
            }
        }
        Ok(texts)
    }

    async fn lines(&self, conn: &mut Conn, numbers: &[i64]) -> Result<Vec<(String, Vec<Why>)>, DbError> {
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let rows = conn
            .all(
                format!(
                    "select n, case_id, coalesce(fresh, known) as facts from search_document where n in ({})",
                    listed(numbers)
                ),
                &[],
            )
            .await?;
        let texts = if self.sought.in_texts { self.texts(conn, numbers).await? } else { HashMap::new() };
        let mut by_number: HashMap<i64, (String, Vec<Why>)> = HashMap::new();
        for row in rows {
            let n: i64 = row.get("n")?;
            let facts = facts_of(&row.get::<String>("facts")?)?;
            let why = match texts.get(&n) {
                Some(texts) => excerpts(texts, &self.words),
                None => self.words.iter().filter_map(|word| facts.place(word)).map(Why::Place).collect(),
            };
            by_number.insert(n, (row.get("case_id")?, why));
        }
        Ok(numbers.iter().filter_map(|n| by_number.remove(n)).collect())
    }
}

/// The first place of every word, one for each text.
fn excerpts(texts: &[(TextKind, String)], words: &[String]) -> Vec<Why> {
    let mut found = Vec::new();
    for word in words {
        let Some((kind, text, at)) = texts.iter().find_map(|(kind, text)| Some((*kind, text, text.find(word)?))) else {
            continue;
        };
        let (before, rest) = text.split_at(at);
        let (word, after) = rest.split_at(word.len());
        let skip = before.chars().count().saturating_sub(AROUND);
        found.push(Why::Text {
            kind,
            before: before.chars().skip(skip).collect(),
            word: word.to_owned(),
            after: after.chars().take(AROUND).collect(),
        });
    }
    found
}

struct Read {
    key: Key,
    facts: Facts,
    matches: bool,
}
