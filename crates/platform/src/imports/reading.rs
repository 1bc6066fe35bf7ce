//! The cells of a row by field: read, and every flaw gathered.

use super::columns::{Kind, Mapping};
use super::said::{self, RowFault};
use crate::registry::{Categories, ItemCode};
use crate::text::{Say, say};
use jiff::civil::Date;
use sheets::{Cell, Flaw, Line, clean};
use std::collections::HashMap;

/// Characters of a name or a number.
pub const SHORT: usize = 200;
/// Characters of a sentence.
pub const LONG: usize = 2_000;
/// Characters of a value that are shown beside a fault.
const SHOWN: usize = 60;

/// A row being read.
pub struct Row<'r> {
    kind: Kind,
    mapping: &'r Mapping,
    line: &'r Line,
    pub faults: Vec<RowFault>,
}

impl<'r> Row<'r> {
    pub fn new(kind: Kind, mapping: &'r Mapping, line: &'r Line) -> Self {
        Self { kind, mapping, line, faults: Vec::new() }
    }

    pub fn number(&self) -> u32 {
        self.line.number
    }

    fn cell(&self, field: &str) -> &'r Cell {
        self.mapping.get(field).map_or(&Cell::Empty, |at| self.line.at(*at))
    }

    pub fn fault(&mut self, field: &str, what: Say) {
        let known = self.kind.fields().iter().find(|(word, _, _)| *word == field);
        let value = self.cell(field).shown().chars().take(SHOWN).collect();
        self.faults.push(RowFault {
            row: self.line.number,
            field: known.map_or("", |(_, label, _)| label),
            value,
            what,
        });
    }

    fn taken<T: Default>(&mut self, field: &str, read: Result<T, Flaw>) -> T {
        read.unwrap_or_else(|flaw| {
            self.fault(field, said::flaw(flaw));
            T::default()
        })
    }

    pub fn text(&mut self, field: &str, longest: usize) -> String {
        let text: String = self.taken(field, clean::text(self.cell(field)));
        if text.chars().count() > longest {
            self.fault(field, say("最多%{n}个字。").with("n", longest));
        }
        text
    }

    /// A text that must be there.
    pub fn required(&mut self, field: &str) -> String {
        let before = self.faults.len();
        let text = self.text(field, SHORT);
        if clean::is_nothing(&text) && self.faults.len() == before {
            self.fault(field, say("请填写。"));
        }
        text
    }

    pub fn identifier(&mut self, field: &str) -> Option<String> {
        let text: Option<String> = self.taken(field, clean::identifier(self.cell(field)));
        if text.as_ref().is_some_and(|text| text.chars().count() > SHORT) {
            self.fault(field, say("最多%{n}个字。").with("n", SHORT));
        }
        text
    }

    pub fn required_identifier(&mut self, field: &str) -> String {
        let before = self.faults.len();
        let text = self.identifier(field);
        if text.is_none() && self.faults.len() == before {
            self.fault(field, say("请填写。"));
        }
        text.unwrap_or_default()
    }

    pub fn date(&mut self, field: &str) -> Option<Date> {
        self.taken(field, clean::date(self.cell(field)))
    }

    pub fn required_date(&mut self, field: &str) -> Option<Date> {
        let before = self.faults.len();
        let date = self.date(field);
        if date.is_none() && self.faults.len() == before {
            self.fault(field, say("请填写日期。"));
        }
        date
    }

    pub fn fen(&mut self, field: &str) -> Option<i64> {
        self.taken(field, clean::fen(self.cell(field)))
    }

    pub fn has(&self, field: &str) -> bool {
        self.mapping.contains_key(field)
    }
}

/// Categories by what ledgers call them: by code, by name, with or without the word that ends every name.
pub struct Items(HashMap<String, Option<ItemCode>>);

impl Items {
    pub fn new() -> Self {
        let mut found: HashMap<String, Option<ItemCode>> = HashMap::new();
        let ending: String = APPRAISAL.iter().collect();
        for one in Categories::get().all() {
            let bare = one.name.strip_suffix(ending.as_str()).unwrap_or(one.name);
            let mut names = vec![one.name.to_owned(), bare.to_owned(), format!("{bare}{ending}"), one.code.to_string()];
            names.sort();
            names.dedup();
            for name in names {
                // A name that two entries have is nobody's.
                let entry = found.entry(name).or_insert(Some(one.code));
                if *entry != Some(one.code) {
                    *entry = None;
                }
            }
        }
        Self(found)
    }

    pub fn find(&self, text: &str) -> Option<ItemCode> {
        let text = text.split_once('/').map_or(text, |(_, last)| last).trim();
        self.0.get(text).copied().flatten().or_else(|| self.0.get(&text.to_uppercase()).copied().flatten())
    }

    /// A licence's scope: codes or names with something between.
    pub fn all(&self, text: &str) -> Result<Vec<ItemCode>, String> {
        let parts = text.split([' ', '、', ',', '，', ';', '；']).filter(|part| !part.is_empty());
        parts.map(|part| self.find(part).ok_or_else(|| part.to_owned())).collect()
    }
}

/// The word "appraisal", with which the categories' names end.
const APPRAISAL: [char; 2] = ['\u{9274}', '\u{5b9a}'];
