//! Sets of case numbers in blocks of 65,536, as they are kept in `search_posting`, and the one question asked of them.
//!
//! **Invariant:** the same bytes on both databases; a set that is not there is empty, bytes that are none are an error.

use crate::db::{Conn, DbError, Value, dialect};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Case numbers of one block.
pub const BLOCK: i64 = 1 << 16;
const WORDS: usize = (BLOCK / 64) as usize;
/// From here a list of two-byte places is longer than a bit for each.
const SPARSE_MAX: u32 = (BLOCK / 16) as u32;
/// Values of one statement: far below the limits of both databases (32,766 and 65,535).
const AT_ONCE: usize = 4_000;
/// The days on which the cases of a block were received, two bytes each: the order of what is not due.
pub const DAYS: &str = "#day";

pub fn block_of(n: i64) -> i64 {
    n / BLOCK
}

/// The set of one block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bits(Box<[u64]>);

impl Default for Bits {
    fn default() -> Self {
        Self(vec![0; WORDS].into())
    }
}

impl Bits {
    pub fn set(&mut self, n: i64, on: bool) {
        let place = (n % BLOCK) as usize;
        let bit = 1 << (place % 64);
        if on { self.0[place / 64] |= bit } else { self.0[place / 64] &= !bit }
    }

    pub fn has(&self, n: i64) -> bool {
        let place = (n % BLOCK) as usize;
        self.0[place / 64] & (1 << (place % 64)) != 0
    }

    pub fn len(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    pub fn and(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= other);
    }

    pub fn or(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word |= other);
    }

    pub fn without(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= !other);
    }

    /// Places within the block, growing.
    pub fn places(&self) -> impl Iterator<Item = u16> + '_ {
        self.0.iter().enumerate().flat_map(|(at, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                (rest != 0).then(|| {
                    let bit = rest.trailing_zeros();
                    rest &= rest - 1;
                    (at * 64) as u16 + bit as u16
                })
            })
        })
    }

    pub fn bytes(&self) -> Vec<u8> {
        if self.len() < SPARSE_MAX {
            std::iter::once(0).chain(self.places().flat_map(u16::to_le_bytes)).collect()
        } else {
            std::iter::once(1).chain(self.0.iter().flat_map(|word| word.to_le_bytes())).collect()
        }
    }

    /// # Errors
    /// Bytes that no version of this program wrote.
    pub fn read(bytes: &[u8]) -> Result<Self, DbError> {
        let mut bits = Self::default();
        match bytes.split_first() {
            Some((0, places)) if places.len() % 2 == 0 => {
                for place in places.chunks_exact(2) {
                    bits.set(u16::from_le_bytes([place[0], place[1]]).into(), true);
                }
            }
            Some((1, words)) if words.len() == WORDS * 8 => {
                for (word, eight) in bits.0.iter_mut().zip(words.chunks_exact(8)) {
                    *word = u64::from_le_bytes(eight.try_into().unwrap_or_default());
                }
            }
            _ => return Err(DbError::unreadable("search_posting.cases", "")),
        }
        Ok(bits)
    }
}

/// Sets of a whole register, by block.
#[derive(Clone, Debug, Default)]
pub struct Set(pub BTreeMap<i64, Bits>);

impl Set {
    pub fn set(&mut self, n: i64, on: bool) {
        if on || self.0.contains_key(&block_of(n)) {
            self.0.entry(block_of(n)).or_default().set(n, on);
        }
    }

    pub fn has(&self, n: i64) -> bool {
        self.0.get(&block_of(n)).is_some_and(|bits| bits.has(n))
    }

    pub fn len(&self) -> i64 {
        self.0.values().map(|bits| i64::from(bits.len())).sum()
    }

    pub fn numbers(&self) -> Vec<i64> {
        self.0
            .iter()
            .flat_map(|(block, bits)| bits.places().map(move |place| block * BLOCK + i64::from(place)))
            .collect()
    }

    pub fn and(mut self, other: &Self) -> Self {
        self.0.retain(|block, bits| other.0.get(block).map(|other| bits.and(other)).is_some());
        self
    }

    pub fn without(mut self, other: &Self) -> Self {
        for (block, bits) in &mut self.0 {
            if let Some(other) = other.0.get(block) {
                bits.without(other);
            }
        }
        self
    }
}

/// What is asked: all of `every`, and for each word one of its ways, each all of its tokens.
pub struct Question {
    pub every: Vec<String>,
    pub words: Vec<Vec<Vec<String>>>,
}

impl Question {
    fn tokens(&self) -> BTreeSet<&str> {
        self.every.iter().chain(self.words.iter().flatten().flatten()).map(String::as_str).collect()
    }

    /// The cases that answer it, and which of them something is due in.
    pub async fn ask(&self, conn: &mut Conn, due: &str) -> Result<(Set, Set), DbError> {
        let blocks = blocks(conn).await?;
        let mut tokens = self.tokens();
        tokens.insert(due);
        let mut kept: HashMap<i64, HashMap<String, Vec<u8>>> = HashMap::new();
        for row in rows(conn, &blocks, tokens).await? {
            kept.entry(row.0).or_default().insert(row.1, row.2);
        }
        let (mut found, mut due_ones) = (Set::default(), Set::default());
        for (block, sets) in kept {
            if let Some(bits) = self.answer(&sets)?.filter(|bits| bits.len() > 0) {
                found.0.insert(block, bits);
                let due_here = sets.get(due).map_or_else(|| Ok(Bits::default()), |bytes| Bits::read(bytes))?;
                due_ones.0.insert(block, due_here);
            }
        }
        let due_ones = due_ones.and(&found);
        Ok((found, due_ones))
    }

    fn answer(&self, sets: &HashMap<String, Vec<u8>>) -> Result<Option<Bits>, DbError> {
        let Some(mut found) = whole(&self.every, sets)? else { return Ok(None) };
        for word in &self.words {
            let mut any = Bits::default();
            for way in word {
                if let Some(bits) = whole(way, sets)? {
                    any.or(&bits);
                }
            }
            found.and(&any);
        }
        Ok(Some(found))
    }
}

/// What has every token; nothing where one is missing altogether, which is known before any set is read.
fn whole(tokens: &[String], sets: &HashMap<String, Vec<u8>>) -> Result<Option<Bits>, DbError> {
    let Some(sets) = tokens.iter().map(|token| sets.get(token)).collect::<Option<Vec<_>>>() else { return Ok(None) };
    let mut bits: Option<Bits> = None;
    for bytes in sets {
        let read = Bits::read(bytes)?;
        match &mut bits {
            Some(bits) => bits.and(&read),
            None => bits = Some(read),
        }
    }
    Ok(bits)
}

async fn blocks(conn: &mut Conn) -> Result<Vec<i64>, DbError> {
    let last = conn.count("select coalesce(max(block), -1) from search_posting", &[]).await?;
    Ok((0..=last).collect())
}

async fn rows(conn: &mut Conn, blocks: &[i64], tokens: BTreeSet<&str>) -> Result<Vec<(i64, String, Vec<u8>)>, DbError> {
    let mut found = Vec::new();
    let tokens: Vec<&str> = tokens.into_iter().collect();
    if blocks.is_empty() {
        return Ok(found);
    }
    // Numbers of ours, never what somebody typed.
    let blocks = listed(blocks);
    for some in tokens.chunks(AT_ONCE) {
        let places = dialect::places(conn, some.len());
        let sql =
            format!("select block, token, cases from search_posting where block in ({blocks}) and token in ({places})");
        let values: Vec<Value> = some.iter().map(|token| Value::from(*token)).collect();
        for row in conn.all(sql, &values).await? {
            found.push((row.at(0)?, row.at(1)?, row.at(2)?));
        }
    }
    Ok(found)
}

pub fn listed(numbers: &[i64]) -> String {
    numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(", ")
}

/// The days of the blocks, see [`DAYS`].
pub async fn days(conn: &mut Conn, set: &Set) -> Result<HashMap<i64, Vec<u8>>, DbError> {
    let blocks: Vec<i64> = set.0.keys().copied().collect();
    let found = rows(conn, &blocks, BTreeSet::from([DAYS])).await?;
    Ok(found.into_iter().map(|(block, _, bytes)| (block, bytes)).collect())
}

/// Changes of one block that are not written yet.
#[derive(Default)]
pub struct Changes {
    pub sets: BTreeMap<String, Vec<(i64, bool)>>,
    pub days: Vec<(i64, u16)>,
}

impl Changes {
    /// Writes them over what is there. `anew`: nothing of the block is there.
    pub async fn write(self, conn: &mut Conn, block: i64, anew: bool) -> Result<(), DbError> {
        let mut before: HashMap<String, Vec<u8>> = HashMap::new();
        if !anew {
            let tokens = self.sets.keys().map(String::as_str).chain([DAYS]).collect();
            before.extend(rows(conn, &[block], tokens).await?.into_iter().map(|(_, token, bytes)| (token, bytes)));
        }
        let mut days = before.remove(DAYS).unwrap_or_default();
        for (n, day) in &self.days {
            let at = (n % BLOCK) as usize * 2;
            days.resize(days.len().max(at + 2), 0);
            days[at..at + 2].copy_from_slice(&day.to_le_bytes());
        }
        let mut after = Vec::new();
        if !self.days.is_empty() {
            after.push((DAYS.to_owned(), days));
        }
        for (token, changes) in self.sets {
            let bytes = match before.get(&token) {
                // A list that only grows is put together without its bits: a rebuilt block has 100,000s of short ones.
                None if changes.len() < SPARSE_MAX as usize && changes.iter().all(|(_, on)| *on) => list(&changes),
                kept => {
                    let mut bits = kept.map_or_else(|| Ok(Bits::default()), |bytes| Bits::read(bytes))?;
                    changes.iter().for_each(|(n, on)| bits.set(*n, *on));
                    bits.bytes()
                }
            };
            after.push((token, bytes));
        }
        upsert(conn, block, &after).await
    }
}

fn list(changes: &[(i64, bool)]) -> Vec<u8> {
    let places: BTreeSet<u16> = changes.iter().map(|(n, _)| (n % BLOCK) as u16).collect();
    std::iter::once(0).chain(places.into_iter().flat_map(u16::to_le_bytes)).collect()
}

async fn upsert(conn: &mut Conn, block: i64, rows: &[(String, Vec<u8>)]) -> Result<(), DbError> {
    for some in rows.chunks(AT_ONCE / 8) {
        let places = dialect::rows(conn, some.len(), 3);
        let sql = format!(
            "insert into search_posting (block, token, cases) values {places} on conflict (block, token) do update set cases = excluded.cases"
        );
        let values: Vec<Value> =
            some.iter().flat_map(|(token, bytes)| [block.into(), token.into(), bytes.clone().into()]).collect();
        conn.run(sql, &values).await?;
    }
    Ok(())
}
