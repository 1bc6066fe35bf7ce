//! One page out of a large answer, in the order of every list, without reading the answer's cases.
//!
//! **Invariant:** what is due comes first, by due date; then the oldest; within a day in order of arrival.

use super::index::day;
use super::postings::{BLOCK, Set, days, listed};
use crate::db::{Conn, DbError, Row, Value};
use crate::values;
use crate::web::form::PAGE_ROWS;
use std::collections::{BTreeMap, HashMap};

/// Up to so many cases found are read one by one: sorted and compared sign by sign.
pub const READ_MAX: i64 = 1_000;
/// Far into an answer with so many due cases they are sorted, not walked to: the walk passes every due case of the register.
const SORTED_MAX: i64 = 8_000;
/// Where that begins.
const FAR: i64 = 500;
/// Cases walked at a time in the order of their due dates.
const WALK: i64 = 4_000;

/// A case with what puts it in order: what is due first, then the oldest, then in order of arrival.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub due_sort: String,
    pub received_on: String,
    pub n: i64,
}

pub fn key(row: &Row) -> Result<Key, DbError> {
    Ok(Key { due_sort: row.get("due_sort")?, received_on: row.get("received_on")?, n: row.get("n")? })
}

/// A page of more cases than are read one by one.
pub struct Pages {
    /// What the postings found; those with something due.
    pub found: Set,
    pub due: Set,
    /// What the postings do not know yet, and whether something is due in it.
    pub fresh: Vec<(Key, bool)>,
}

impl Pages {
    /// The numbers of the page that begins after `offset` cases.
    pub async fn page(mut self, conn: &mut Conn, offset: i64) -> Result<Vec<i64>, DbError> {
        for (key, is_due) in &self.fresh {
            self.found.set(key.n, true);
            self.due.set(key.n, *is_due);
        }
        let due = self.due.len();
        let mut page = Vec::new();
        if offset < due {
            page = self.due_page(conn, offset, PAGE_ROWS).await?;
        }
        let missing = PAGE_ROWS - page.len() as i64;
        if missing > 0 {
            let rest = self.found.clone().without(&self.due);
            page.extend(self.rest_page(conn, rest, (offset - due).max(0), missing).await?);
        }
        Ok(page)
    }

    async fn due_page(&self, conn: &mut Conn, offset: i64, many: i64) -> Result<Vec<i64>, DbError> {
        let due = self.due.len();
        if due <= READ_MAX || (offset >= FAR && due <= SORTED_MAX) {
            return keyed(conn, &self.due.numbers(), offset, many).await;
        }
        let (mut page, mut passed) = (Vec::new(), 0);
        let mut last = Key { due_sort: String::new(), received_on: String::new(), n: 0 };
        loop {
            let rows = conn
                .all(
                    "select n, due_sort, received_on from search_document
                     where due_sort < '9999-12-31' and (due_sort, received_on, n) > ($1, $2, $3)
                     order by due_sort, received_on, n limit $4",
                    &[
                        Value::from(&last.due_sort),
                        Value::from(&last.received_on),
                        Value::from(last.n),
                        Value::from(WALK),
                    ],
                )
                .await?;
            for row in &rows {
                last = key(row)?;
                if self.due.has(last.n) {
                    passed += 1;
                    if passed > offset {
                        page.push(last.n);
                    }
                    if page.len() as i64 == many {
                        return Ok(page);
                    }
                }
            }
            if (rows.len() as i64) < WALK {
                return Ok(page);
            }
        }
    }

    /// Of what is not due: the oldest first. Counted by day, then only the days of the page are sorted.
    async fn rest_page(&self, conn: &mut Conn, rest: Set, offset: i64, many: i64) -> Result<Vec<i64>, DbError> {
        if rest.len() <= READ_MAX {
            return keyed(conn, &rest.numbers(), offset, many).await;
        }
        let blocks = days(conn, &rest).await?;
        let mut fresh: HashMap<i64, u16> = HashMap::new();
        for (key, _) in &self.fresh {
            fresh.insert(key.n, key.received_on.parse().map_or(0, day));
        }
        let day_of = |days: &[u8], n: i64| {
            let at = (n % BLOCK) as usize * 2;
            match days.get(at..at + 2) {
                Some(two) if fresh.is_empty() || !fresh.contains_key(&n) => u16::from_le_bytes([two[0], two[1]]),
                _ => fresh.get(&n).copied().unwrap_or_default(),
            }
        };
        let each = |with: &mut dyn FnMut(u16, i64)| {
            for (block, bits) in &rest.0 {
                let days = blocks.get(block).map_or(&[][..], Vec::as_slice);
                for place in bits.places() {
                    let n = block * BLOCK + i64::from(place);
                    with(day_of(days, n), n);
                }
            }
        };
        let mut counts = vec![0_i64; usize::from(u16::MAX) + 1];
        each(&mut |day, _| counts[usize::from(day)] += 1);
        let (mut before, mut first, mut skipped) = (0, None, 0);
        let mut last = u16::MAX;
        for (day, count) in (0_u16..=u16::MAX).zip(counts) {
            if first.is_none() && before + count > offset {
                first = Some(day);
                skipped = before;
            }
            before += count;
            if before >= offset + many {
                last = day;
                break;
            }
        }
        let Some(first) = first else { return Ok(Vec::new()) };
        let mut page: BTreeMap<u16, Vec<i64>> = BTreeMap::new();
        each(&mut |day, n| {
            if day >= first && day <= last {
                page.entry(day).or_default().push(n);
            }
        });
        Ok(page.into_values().flatten().skip((offset - skipped) as usize).take(many as usize).collect())
    }
}

/// A page of few cases, in order.
async fn keyed(conn: &mut Conn, numbers: &[i64], offset: i64, many: i64) -> Result<Vec<i64>, DbError> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let rows = conn
        .all(
            format!(
                "select n from search_document where n in ({}) order by due_sort, received_on, n limit $1 offset $2",
                listed(numbers)
            ),
            values![many, offset],
        )
        .await?;
    rows.iter().map(|row| row.get("n")).collect()
}
