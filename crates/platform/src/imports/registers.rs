//! Registers, row by row: institutions, appraisers, organisations that entrust.
//!
//! What is there already (by name, by number of the licence) stays as it is: a register is completed, not overwritten.

use super::columns::{self, Kind, Mapping};
use super::reading::{Items, Row, SHORT};
use super::said::RowFault;
use crate::db::{Conn, DbError};
use crate::registry::{Appraiser, Institution, Licence, Organisation, Title, district_code, store};
use crate::text::say;
use sheets::Table;
use std::collections::{HashMap, HashSet};

/// The region whose rules bind an institution that is entered; others are moved by the licensing officer.
const REGION: &str = "shanghai";
/// Kinds of organisations, by the data file's words.
const KINDS: [(&str, &str); 7] = [
    ("court", "court"),
    ("procuratorate", "procuratorate"),
    ("police", "police"),
    ("law_firm", "law_firm"),
    ("insurer", "insurer"),
    ("supervision", "supervision"),
    ("other_kind", "other"),
];

#[derive(Clone, Debug)]
pub enum Entry {
    Institution(Institution),
    Appraiser(Appraiser),
    Organisation(Organisation),
}

/// What is in the registers.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Institutions by name.
    institutions: HashMap<String, String>,
    /// Kind and name of organisations.
    organisations: HashSet<(String, String)>,
    /// Kind of holder and number of licences.
    licences: HashSet<(String, String)>,
}

impl Known {
    pub async fn load(conn: &mut Conn) -> Result<Self, DbError> {
        let mut known = Self::default();
        for row in conn.all("select id, kind, name from organisation", &[]).await? {
            let (id, kind, name): (String, String, String) = (row.get("id")?, row.get("kind")?, row.get("name")?);
            if kind == "institution" {
                known.institutions.insert(name.clone(), id);
            }
            known.organisations.insert((kind, name));
        }
        for row in conn.all("select holder_kind, number from licence", &[]).await? {
            known.licences.insert((row.get("holder_kind")?, row.get("number")?));
        }
        Ok(known)
    }
}

pub struct Read {
    pub entries: Vec<Entry>,
    pub faults: Vec<RowFault>,
    pub bad: usize,
    /// Rows that are in the register already.
    pub skipped: usize,
}

/// `new_id` gives the identifiers.
pub fn read(kind: Kind, table: &Table, mapping: &Mapping, known: &Known, mut new_id: impl FnMut() -> String) -> Read {
    let items = Items::new();
    let mut met: HashMap<String, u32> = HashMap::new();
    let mut read = Read { entries: Vec::new(), faults: Vec::new(), bad: 0, skipped: 0 };
    for line in &table.lines {
        let mut row = Row::new(kind, mapping, line);
        let (key, is_there, entry) = match kind {
            Kind::Institutions => institution(&mut row, known, &items, new_id()),
            Kind::Appraisers => appraiser(&mut row, known, &items, new_id()),
            Kind::Organisations | Kind::Cases => organisation(&mut row, known, new_id()),
        };
        if is_there && row.faults.is_empty() {
            read.skipped += 1;
            continue;
        }
        if let (false, Some(first)) = (key.is_empty(), met.insert(key, row.number())) {
            row.fault("name", say("与第%{n}行重复。请核对。").with("n", first));
        }
        match entry.filter(|_| row.faults.is_empty()) {
            Some(entry) => read.entries.push(entry),
            None => {
                read.bad += 1;
                read.faults.append(&mut row.faults);
            }
        }
    }
    read
}

type Found = (String, bool, Option<Entry>);

fn institution(row: &mut Row<'_>, known: &Known, items: &Items, id: String) -> Found {
    let name = row.required("name");
    let licence = licence(row, items);
    let short_name = row.text("short_name", SHORT);
    let district = district(row, true);
    let (head_name, address, phone) =
        (row.required("head_name"), row.required("address"), row.required_identifier("phone"));
    let is_there = known.institutions.contains_key(&name);
    let number = licence.as_ref().map(|licence| licence.number.clone()).unwrap_or_default();
    if !is_there && known.licences.contains(&("institution".to_owned(), number)) {
        row.fault("licence_number", say("此证号属于名册中的另一家机构。请核对。"));
    }
    let entry = licence.map(|licence| {
        Entry::Institution(Institution {
            id,
            short_name: if short_name.is_empty() { name.clone() } else { short_name },
            name: name.clone(),
            head_name,
            district,
            region: REGION.into(),
            address,
            phone,
            licence: Some(licence),
        })
    });
    (name, is_there, entry)
}

fn appraiser(row: &mut Row<'_>, known: &Known, items: &Items, id: String) -> Found {
    let home = row.required("institution");
    let institution_id = known.institutions.get(&home).cloned();
    if institution_id.is_none() && !home.is_empty() {
        row.fault("institution", say("名册中没有这家机构。请先导入机构名册，名称须完全一致。"));
    }
    let licence = licence(row, items);
    let number = licence.as_ref().map(|licence| licence.number.clone()).unwrap_or_default();
    let title = title(row);
    let name = row.required("name");
    let is_there = known.licences.contains(&("appraiser".to_owned(), number.clone()));
    let entry = institution_id.zip(licence).map(|(institution_id, licence)| {
        Entry::Appraiser(Appraiser { id, institution_id, account_id: None, name, title, licence: Some(licence) })
    });
    (number, is_there, entry)
}

fn organisation(row: &mut Row<'_>, known: &Known, id: String) -> Found {
    let said = row.required("kind");
    let kind =
        KINDS.iter().find(|(group, word)| said == *word || columns::is_word(group, &said)).map(|(_, word)| *word);
    if kind.is_none() && !said.is_empty() {
        row.fault("kind", say("单位类型请写：法院、检察院、公安、监察、律师事务所、保险公司或者其他。"));
    }
    let name = row.required("name");
    let district = district(row, false);
    let (address, phone) = (row.text("address", SHORT), row.identifier("phone").unwrap_or_default());
    let kind = kind.unwrap_or_default().to_owned();
    let is_there = known.organisations.contains(&(kind.clone(), name.clone()));
    let key = format!("{kind}\t{name}");
    (key, is_there, Some(Entry::Organisation(Organisation { id, kind, name, district, address, phone })))
}

fn district(row: &mut Row<'_>, is_required: bool) -> String {
    let text = if is_required { row.required("district") } else { row.text("district", SHORT) };
    match district_code(&text) {
        Some(code) => code.to_owned(),
        None => {
            if !text.is_empty() {
                row.fault("district", say("不是本市的区。请写区名，例如“黄浦区”。"));
            }
            String::new()
        }
    }
}

fn title(row: &mut Row<'_>) -> Title {
    let text = row.text("title", SHORT);
    let all = [Title::Senior, Title::AssociateSenior, Title::Intermediate, Title::Other];
    let found = all.into_iter().find(|one| text == one.word() || columns::is_word(one.word(), &text));
    if found.is_none() && !text.is_empty() {
        row.fault("title", say("职称请写：正高级、副高级、中级或者其他。"));
    }
    found.unwrap_or(Title::Other)
}

fn licence(row: &mut Row<'_>, items: &Items) -> Option<Licence> {
    let number = row.required_identifier("licence_number");
    let (from, to) = (row.required_date("valid_from"), row.required_date("valid_to"));
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        row.fault("valid_to", say("有效期的止日早于起日。请核对。"));
    }
    let text = row.required("scope");
    let scope = items.all(&text).unwrap_or_else(|part| {
        row.fault("scope", say("“%{name}”不是执业类别。请写名称或者代码，中间用顿号隔开。").with("name", part));
        Vec::new()
    });
    Some(Licence { number, valid_from: from?, valid_to: to?, scope, interruptions: Vec::new() })
}

/// Writes the entries; the caller commits.
pub async fn write(conn: &mut Conn, entries: &[Entry], done: impl Fn(usize)) -> Result<(), DbError> {
    for (at, entry) in entries.iter().enumerate() {
        match entry {
            Entry::Institution(one) => store::create_institution(conn, one).await?,
            Entry::Appraiser(one) => store::create_appraiser(conn, one).await?,
            Entry::Organisation(one) => store::create_organisation(conn, one).await?,
        }
        done(at + 1);
    }
    Ok(())
}
