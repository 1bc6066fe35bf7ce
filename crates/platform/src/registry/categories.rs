//! The practice categories (执业分类): class, field, item, and now and then a point below an item.
//!
//! The tree is the data file `data/categories.tsv`, read once. Codes restart in each class, so a code never travels
//! without its class: [`ItemCode`] holds both.
//!
//! **Invariant:** every entry below a field has its parent in the tree, and no code appears twice.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

const TREE: &str = include_str!("../../data/categories.tsv");

/// The four classes that are registered (四大类).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    Fy,
    Wz,
    Sx,
    Hj,
}

impl Class {
    pub const ALL: [Class; 4] = [Class::Fy, Class::Wz, Class::Sx, Class::Hj];

    pub fn code(self) -> &'static str {
        match self {
            Class::Fy => "FY",
            Class::Wz => "WZ",
            Class::Sx => "SX",
            Class::Hj => "HJ",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Class::Fy => "法医类",
            Class::Wz => "物证类",
            Class::Sx => "声像资料",
            Class::Hj => "环境损害",
        }
    }

    pub fn english(self) -> &'static str {
        match self {
            Class::Fy => "Forensic medicine",
            Class::Wz => "Physical evidence",
            Class::Sx => "Audio-visual material",
            Class::Hj => "Environmental damage",
        }
    }
}

/// How deep a code reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// 领域, `FY-02`.
    Field,
    /// 项目, `FY-0201`: what licences and commissions name.
    Item,
    /// A part of an item, `FY-010101`.
    Point,
}

/// A place in the tree, written `FY-0201`. A well-formed code need not be in the tree: ask [`Categories::find`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemCode {
    class: Class,
    /// Two digits each; a zero ends the code, so that order by value is the order of the tree.
    pairs: [u8; 3],
}

impl ItemCode {
    pub fn class(&self) -> Class {
        self.class
    }

    pub fn level(&self) -> Level {
        match self.pairs {
            [_, 0, _] => Level::Field,
            [_, _, 0] => Level::Item,
            _ => Level::Point,
        }
    }

    /// The field this code belongs to; a field belongs to itself.
    pub fn field(&self) -> ItemCode {
        ItemCode { class: self.class, pairs: [self.pairs[0], 0, 0] }
    }

    /// The entry above, none for a field.
    pub fn parent(&self) -> Option<ItemCode> {
        let [field, item, _] = self.pairs;
        match self.level() {
            Level::Field => None,
            Level::Item => Some(self.field()),
            Level::Point => Some(ItemCode { class: self.class, pairs: [field, item, 0] }),
        }
    }

    /// The digits without the class: `0201`.
    pub fn digits(&self) -> String {
        self.pairs.iter().take_while(|pair| **pair != 0).map(|pair| format!("{pair:02}")).collect()
    }
}

impl fmt::Display for ItemCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.class.code(), self.digits())
    }
}

/// A text that is not an item code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAnItemCode(String);

impl fmt::Display for NotAnItemCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: String = self.0.chars().take(20).collect();
        write!(f, "“{shown}”不是执业类别代码，请写成类别加两位、四位或六位数字，例如 FY-0201。")
    }
}

impl std::error::Error for NotAnItemCode {}

impl FromStr for ItemCode {
    type Err = NotAnItemCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        read_code(text.trim()).ok_or_else(|| NotAnItemCode(text.to_owned()))
    }
}

fn read_code(text: &str) -> Option<ItemCode> {
    let (class, digits) = text.split_once('-')?;
    let class = Class::ALL.into_iter().find(|known| known.code().eq_ignore_ascii_case(class))?;
    let digits = digits.as_bytes();
    if !matches!(digits.len(), 2 | 4 | 6) || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let mut pairs = [0; 3];
    for (pair, two) in pairs.iter_mut().zip(digits.chunks_exact(2)) {
        *pair = (two[0] - b'0') * 10 + (two[1] - b'0');
        // Numbering starts at 01; a 00 inside would read as the end of the code.
        if *pair == 0 {
            return None;
        }
    }
    Some(ItemCode { class, pairs })
}

impl Serialize for ItemCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ItemCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// One entry of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    pub class: Class,
    pub code: ItemCode,
    pub name: &'static str,
    pub english: &'static str,
    /// What stands in opinion numbers, `临` in `〔2026〕临鉴字第1号`; fields only.
    pub abbr: Option<&'static str>,
    /// How well the wording is known: `V2`, `P` or `memory`, as in the rule book.
    pub standing: &'static str,
}

/// The whole tree.
#[derive(Debug)]
pub struct Categories {
    entries: BTreeMap<ItemCode, Category>,
}

impl Categories {
    /// The tree, read on first use.
    pub fn get() -> &'static Categories {
        static READ: OnceLock<Categories> = OnceLock::new();
        // The file is part of the program and a test reads it: a fault cannot reach a running platform.
        READ.get_or_init(|| parse(TREE).expect("data/categories.tsv is well-formed"))
    }

    pub fn find(&self, code: &ItemCode) -> Option<&Category> {
        self.entries.get(code)
    }

    /// Every entry, in the order of the instruments: classes, then codes.
    pub fn all(&self) -> impl Iterator<Item = &Category> {
        self.entries.values()
    }

    /// The fields of all classes, in order.
    pub fn fields(&self) -> impl Iterator<Item = &Category> {
        self.all().filter(|entry| entry.code.level() == Level::Field)
    }

    /// The items of all classes, in order: what a licence lists and a commission asks for.
    pub fn items(&self) -> impl Iterator<Item = &Category> {
        self.all().filter(|entry| entry.code.level() == Level::Item)
    }

    /// The entries directly below `code`.
    pub fn children(&self, code: &ItemCode) -> impl Iterator<Item = &Category> {
        let code = *code;
        self.all().filter(move |entry| entry.code.parent() == Some(code))
    }

    /// The field that `item` belongs to, if the tree has it.
    pub fn field_of(&self, item: &ItemCode) -> Option<&Category> {
        self.find(&item.field())
    }

    /// Whether a licence for `scope` allows work on `item`: the same entry, or one above it, in the same class.
    pub fn covers(scope: &ItemCode, item: &ItemCode) -> bool {
        let mut at = Some(*item);
        while let Some(code) = at {
            if code == *scope {
                return true;
            }
            at = code.parent();
        }
        false
    }
}

fn parse(text: &'static str) -> Result<Categories, String> {
    let mut entries = BTreeMap::new();
    let rows = text.lines().enumerate().filter(|(_, line)| !line.starts_with('#') && !line.is_empty());
    for (number, line) in rows.skip(1) {
        let category = parse_row(line).map_err(|fault| format!("line {}: {fault}", number + 1))?;
        let code = category.code;
        if code.parent().is_some_and(|parent| !entries.contains_key(&parent)) {
            return Err(format!("line {}: {code} stands before the entry above it", number + 1));
        }
        if entries.insert(code, category).is_some() {
            return Err(format!("line {}: {code} is written twice", number + 1));
        }
    }
    Ok(Categories { entries })
}

fn parse_row(line: &'static str) -> Result<Category, String> {
    let cells: Vec<&str> = line.split('\t').collect();
    let [class, code, name, english, abbr, standing] = cells[..] else {
        return Err(format!("{} cells instead of 6", cells.len()));
    };
    let code: ItemCode = format!("{class}-{code}").parse().map_err(|fault: NotAnItemCode| fault.to_string())?;
    let abbr = (!abbr.is_empty()).then_some(abbr);
    if abbr.is_some() != (code.level() == Level::Field) {
        return Err("an abbreviation belongs to fields, and every field has one".to_owned());
    }
    if !["V2", "P", "memory"].contains(&standing) {
        return Err(format!("unknown standing {standing}"));
    }
    Ok(Category { class: code.class(), code, name, english, abbr, standing })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn code(text: &str) -> ItemCode {
        text.parse().unwrap()
    }

    #[test]
    fn the_data_file_is_well_formed() {
        let tree = parse(TREE).unwrap();
        let rows = TREE.lines().filter(|line| !line.starts_with('#')).count() - 1;
        assert_eq!(tree.all().count(), rows);
        assert!(tree.all().all(|entry| !entry.name.is_empty() && !entry.english.is_empty()));
    }

    #[test]
    fn counts_per_class() {
        let tree = Categories::get();
        let count = |class: Class, level: Level| {
            tree.all().filter(|entry| entry.class == class && entry.code.level() == level).count()
        };
        assert_eq!(Class::ALL.map(|class| count(class, Level::Field)), [5, 3, 3, 7]);
        assert_eq!(Class::ALL.map(|class| count(class, Level::Item)), [48, 33, 15, 47]);
        assert_eq!(Class::ALL.map(|class| count(class, Level::Point)), [3, 5, 0, 0]);
    }

    #[test]
    fn no_name_stands_twice_in_a_field() {
        let names: BTreeSet<_> = Categories::get().all().map(|entry| (entry.code.field(), entry.name)).collect();
        assert_eq!(names.len(), Categories::get().all().count());
    }

    #[test]
    fn every_item_has_a_field_with_an_abbreviation() {
        let tree = Categories::get();
        for item in tree.items() {
            assert!(tree.field_of(&item.code).is_some_and(|field| field.abbr.is_some()), "{}", item.code);
        }
        let abbreviations: BTreeSet<_> = tree.fields().filter_map(|field| field.abbr).collect();
        assert_eq!(abbreviations, "病临精物毒文痕微声图电环".split("").filter(|c| !c.is_empty()).collect());
    }

    #[test]
    fn a_code_is_written_as_it_is_read() {
        for entry in Categories::get().all() {
            assert_eq!(code(&entry.code.to_string()), entry.code);
        }
        assert_eq!(code(" fy-0201 ").to_string(), "FY-0201");
        let read: ItemCode = serde_json::from_str("\"HJ-0102\"").unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), "\"HJ-0102\"");
    }

    #[test]
    fn what_is_not_a_code_is_refused_with_a_sentence() {
        for text in [
            "",
            "FY",
            "FY-",
            "FY-2",
            "FY-020",
            "FY-0200",
            "FY-00",
            "AB-01",
            "FY0201",
            "FY-02010101",
            "FY-０２",
            "临-01",
        ] {
            let fault = text.parse::<ItemCode>().unwrap_err();
            assert!(fault.to_string().contains("FY-0201"), "{text}");
        }
    }

    #[test]
    fn a_scope_covers_itself_and_what_lies_below() {
        for (scope, item, covered) in [
            ("FY-02", "FY-0201", true),
            ("FY-0201", "FY-0201", true),
            ("FY-0101", "FY-010101", true),
            ("FY-01", "FY-010101", true),
            ("FY-0202", "FY-0201", false),
            ("FY-0201", "FY-02", false),
            ("FY-02", "FY-0301", false),
            ("WZ-02", "FY-0201", false),
        ] {
            assert_eq!(Categories::covers(&code(scope), &code(item)), covered, "{scope} {item}");
        }
    }

    #[test]
    fn order_is_the_order_of_the_instruments() {
        let tree = Categories::get();
        let in_file: Vec<_> = TREE
            .lines()
            .filter(|line| !line.starts_with('#'))
            .skip(1)
            .map(|line| parse_row(line).unwrap().code)
            .collect();
        assert_eq!(tree.all().map(|entry| entry.code).collect::<Vec<_>>(), in_file);
        assert_eq!(tree.children(&code("WZ-0211")).count(), 5);
        assert_eq!(tree.children(&code("FY-01")).count(), 9);
    }
}
