//! What a case can be found by, cut into tokens; and the same question asked of the text itself.
//!
//! **Invariant:** [`Facts::matches`] is the meaning of a search, and [`Facts::tokens`] never misses what it finds: a word of
//! up to a field's [`Field::longest`] signs is one token, of a longer word every run of so many signs is one.

use super::super::store::normalised;
use pinyin::ToPinyinMulti;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Longest search, in characters: a whole opinion number and a name.
pub const QUERY_MAX: usize = 100;
/// Signs of an ID number's tail that are asked for; the last four stand on the page, the whole is known from the card.
const ID_TAIL: std::ops::RangeInclusive<usize> = 4..=6;
const ID_WHOLE: usize = 18;
/// Every case has this one.
pub const EVERY: &str = "*";
/// Cases in which something is due.
pub const DUE: &str = "due";

/// Width, case and the kind of brackets do not matter to who searches.
pub fn plain(text: &str) -> String {
    normalised(text)
        .chars()
        .map(|sign| match sign {
            '〔' | '[' | '【' => '(',
            '〕' | ']' | '】' => ')',
            other => other,
        })
        .collect()
}

/// Where a word was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    Name,
    Initials,
    Client,
    Letter,
    Code,
    Opinion,
    IdTail,
}

/// Those whose every part is found.
const TEXTS: [Field; 5] = [Field::Name, Field::Client, Field::Letter, Field::Code, Field::Opinion];

impl Field {
    fn prefix(self) -> char {
        match self {
            Self::Name => 'n',
            Self::Initials => 'p',
            Self::Client => 'k',
            Self::Letter => 'l',
            Self::Code => 'c',
            Self::Opinion => 'o',
            Self::IdTail => 'i',
        }
    }

    /// Longest token: numbers have few different signs and need more of them to tell cases apart.
    fn longest(self) -> usize {
        match self {
            Self::Letter | Self::Code | Self::Opinion => 4,
            _ => 3,
        }
    }

    fn token(self, signs: &[char]) -> String {
        std::iter::once(self.prefix()).chain(signs.iter().copied()).collect()
    }

    /// The tokens that all stand at a case in which the word stands. Of a long word fewer say nearly as much: `sparse` leaves
    /// out those whose every sign is in another.
    fn of_word(self, signs: &[char], sparse: bool) -> Vec<String> {
        let length = self.longest().min(signs.len()).max(1);
        let last = signs.len().saturating_sub(length);
        let parts = signs.windows(length).enumerate();
        let kept = parts.filter(|(at, _)| !sparse || at % length == 0 || *at == last);
        kept.map(|(_, part)| self.token(part)).collect()
    }

    fn of_value(self, value: &str, into: &mut BTreeSet<String>) {
        let signs: Vec<char> = value.chars().filter(|sign| !sign.is_whitespace()).collect();
        for length in 1..=self.longest().min(signs.len()) {
            into.extend(signs.windows(length).map(|part| self.token(part)));
        }
    }
}

/// What is known of a case when it is searched for; texts are [`plain`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    pub institution: String,
    pub organisation: String,
    pub appraisers: Vec<String>,
    pub state: String,
    pub due: bool,
    pub name: String,
    pub client: String,
    pub letter: String,
    pub code: String,
    pub opinion: String,
    pub id_number: String,
}

impl Facts {
    fn text(&self, field: Field) -> &str {
        match field {
            Field::Name | Field::Initials => &self.name,
            Field::Client => &self.client,
            Field::Letter => &self.letter,
            Field::Code => &self.code,
            Field::Opinion => &self.opinion,
            Field::IdTail => &self.id_number,
        }
    }

    /// Where the word stands first, the plainest place first.
    pub fn place(&self, word: &str) -> Option<Field> {
        let in_text = |field: &Field| without_spaces(self.text(*field)).contains(word);
        TEXTS
            .into_iter()
            .find(in_text)
            .or_else(|| self.has_initials(word).then_some(Field::Initials))
            .or_else(|| (is_id_tail(word) && self.id_number.ends_with(word)).then_some(Field::IdTail))
    }

    pub fn matches(&self, words: &[String]) -> bool {
        words.iter().all(|word| self.place(word).is_some())
    }

    fn has_initials(&self, word: &str) -> bool {
        let asked: Vec<char> = word.chars().collect();
        if !is_initials(&asked) {
            return false;
        }
        initials(&self.name)
            .windows(asked.len())
            .any(|part| part.iter().zip(&asked).all(|(known, sign)| known.contains(sign)))
    }

    /// Every token of the case.
    pub fn tokens(&self) -> BTreeSet<String> {
        let mut all = BTreeSet::from([
            EVERY.to_owned(),
            in_institution(&self.institution),
            of_client(&self.organisation),
            in_state(&self.state),
        ]);
        all.extend(self.appraisers.iter().map(|id| with_appraiser(id)));
        if self.due {
            all.insert(DUE.to_owned());
        }
        for field in TEXTS {
            field.of_value(self.text(field), &mut all);
        }
        self.initial_tokens(&mut all);
        id_tokens(&self.id_number, &mut all);
        all
    }

    fn initial_tokens(&self, into: &mut BTreeSet<String>) {
        let known = initials(&self.name);
        for from in 0..known.len() {
            let mut starts: Vec<Vec<char>> = vec![Vec::new()];
            for place in known[from..].iter().take(Field::Initials.longest()) {
                starts = starts
                    .iter()
                    .flat_map(|start| place.iter().map(|sign| start.iter().copied().chain([*sign]).collect()))
                    .collect();
                into.extend(starts.iter().map(|signs| Field::Initials.token(signs)));
            }
        }
    }
}

pub fn in_institution(id: &str) -> String {
    format!("@i{id}")
}
pub fn of_client(id: &str) -> String {
    format!("@c{id}")
}
pub fn with_appraiser(id: &str) -> String {
    format!("@a{id}")
}
pub fn in_state(word: &str) -> String {
    format!("@s{word}")
}

fn without_spaces(text: &str) -> String {
    text.chars().filter(|sign| !sign.is_whitespace()).collect()
}

/// For every character of a name the first letters of its readings; none where it has no reading.
fn initials(name: &str) -> Vec<Vec<char>> {
    name.chars()
        .filter(|sign| !sign.is_whitespace())
        .map(|sign| {
            let readings = sign.to_pinyin_multi().into_iter().flatten();
            let letters: BTreeSet<char> = readings.filter_map(|one| one.plain().chars().next()).map(unmarked).collect();
            letters.into_iter().collect()
        })
        .collect()
}

/// 欸 is read `ê`, which nobody types.
fn unmarked(sign: char) -> char {
    if sign.is_ascii() { sign } else { 'e' }
}

fn is_initials(word: &[char]) -> bool {
    !word.is_empty() && word.iter().all(char::is_ascii_lowercase)
}

fn is_id_tail(word: &str) -> bool {
    let body = word.strip_suffix('x').unwrap_or(word);
    (ID_TAIL.contains(&word.len()) || word.len() == ID_WHOLE) && body.bytes().all(|byte| byte.is_ascii_digit())
}

/// The last four signs together, each one before them at its place from the end.
fn id_tokens(number: &str, into: &mut BTreeSet<String>) {
    into.extend(id_word(number));
}

fn id_word(number: &str) -> Vec<String> {
    if !number.is_ascii() || number.len() < *ID_TAIL.start() {
        return Vec::new();
    }
    let (before, tail) = number.split_at(number.len() - ID_TAIL.start());
    let places = before.chars().rev().enumerate().map(|(at, sign)| format!("j{at}:{sign}"));
    std::iter::once(format!("i{tail}")).chain(places).collect()
}

/// The words of a search: what stands between spaces. A control character stands in no name; as a sign that no case has it
/// finds nothing, and PostgreSQL is spared a NUL that it cannot read.
pub fn words(query: &str) -> Vec<String> {
    let shown: String = plain(query)
        .chars()
        .map(|sign| if sign.is_control() && !sign.is_whitespace() { '\u{fffd}' } else { sign })
        .collect();
    shown.split_whitespace().map(str::to_owned).collect()
}

/// Sets of tokens of which one stands whole at every case that the word finds; `sparse`: smaller ones, at more cases.
pub fn ways(word: &str, sparse: bool) -> Vec<Vec<String>> {
    let signs: Vec<char> = word.chars().collect();
    let mut ways: Vec<Vec<String>> = TEXTS.iter().map(|field| field.of_word(&signs, sparse)).collect();
    if is_initials(&signs) {
        ways.push(Field::Initials.of_word(&signs, sparse));
    }
    if is_id_tail(word) {
        ways.push(id_word(word));
    }
    ways
}

/// Kinds of full text. Records are internal: clients never find by them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TextKind {
    Opinion,
    Record,
}

impl TextKind {
    pub fn word(self) -> &'static str {
        match self {
            Self::Opinion => "opinion",
            Self::Record => "record",
        }
    }

    pub fn of(word: &str) -> Option<Self> {
        [Self::Opinion, Self::Record].into_iter().find(|kind| kind.word() == word)
    }

    fn token(self, signs: &[char]) -> String {
        let prefix = match self {
            Self::Opinion => "to",
            Self::Record => "tr",
        };
        prefix.chars().chain(signs.iter().copied()).collect()
    }

    /// Pairs of signs of a text, or of a word in it. A word of one sign finds nothing in texts.
    pub fn tokens(self, text: &str) -> BTreeSet<String> {
        let signs: Vec<char> = text.chars().collect();
        let pairs = signs.windows(2).filter(|pair| !pair.iter().any(|sign| sign.is_whitespace()));
        pairs.map(|pair| self.token(pair)).collect()
    }
}
