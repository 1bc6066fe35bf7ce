//! A ledger of cases, row by row: what becomes a case of the past, what is passed over, what is wrong.

use super::columns::{self, Kind, Mapping};
use super::reading::{Items, LONG, Row, SHORT};
use super::said::RowFault;
use crate::cases::content::{Examinee, History, Sex};
use crate::cases::history::Closed;
use crate::cases::is_id_number;
use crate::text::say;
use jiff::civil::Date;
use sheets::Table;
use std::collections::{HashMap, HashSet};

/// What the database knows that a row is held against.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Numbers of this institution's ledgers that are cases already.
    pub numbers: HashSet<String>,
    /// Organisations that may entrust, by name; none where two have the same.
    pub organisations: HashMap<String, Option<String>>,
    /// For clients who are not among them.
    pub stand_in: String,
}

/// How the file is to be read.
pub struct Reading<'r> {
    pub mapping: &'r Mapping,
    pub skip_unfinished: bool,
    pub file: &'r str,
    pub today: Date,
}

/// Cases in the file's order, faults likewise, and how many rows of running cases were passed over.
pub struct Read {
    pub cases: Vec<Closed>,
    pub faults: Vec<RowFault>,
    pub bad: usize,
    pub skipped: usize,
}

pub fn read(table: &Table, reading: &Reading<'_>, known: &Known, done: impl Fn(usize)) -> Read {
    let items = Items::new();
    let mut met: HashMap<String, u32> = HashMap::new();
    let mut read = Read { cases: Vec::new(), faults: Vec::new(), bad: 0, skipped: 0 };
    for (at, line) in table.lines.iter().enumerate() {
        if at % 1_000 == 0 {
            done(at);
        }
        let mut row = Row::new(Kind::Cases, reading.mapping, line);
        let Some(outcome) = closed(&mut row, reading.skip_unfinished) else {
            read.skipped += 1;
            continue;
        };
        let number = row.required_identifier("ledger_number");
        let case = case(&mut row, reading, known, &items, (outcome, number.clone()));
        if !number.is_empty() {
            if let Some(first) = met.insert(number.clone(), row.number()) {
                row.fault("ledger_number", say("与第%{n}行的编号相同。每案一行，请核对。").with("n", first));
            } else if known.numbers.contains(&number) {
                row.fault("ledger_number", say("此编号的案件已经导入过。请删去此行。"));
            }
        }
        match case.filter(|_| row.faults.is_empty()) {
            Some(case) => read.cases.push(case),
            None => {
                read.bad += 1;
                read.faults.append(&mut row.faults);
            }
        }
    }
    read
}

/// The ledger's word for how the case ended; none for a row to pass over. Only what ended with an opinion is history here:
/// a running case must begin in the platform, where its terms run, and one that ended otherwise has nothing to be found by.
fn closed(row: &mut Row<'_>, skip_unfinished: bool) -> Option<String> {
    let outcome = row.text("outcome", SHORT);
    let is_closed = if outcome.is_empty() {
        // No column of states, or nothing in it: the number of an opinion says that there was one.
        !row.has("outcome") && !row.has("opinion_number") || row.identifier("opinion_number").is_some()
    } else {
        columns::is_word("closed", &outcome)
    };
    row.faults.clear();
    if !is_closed && skip_unfinished {
        return None;
    }
    if !is_closed {
        row.fault(
            "outcome",
            say("不是已办结的案件。在办案件请在平台重新登记，以便计算时限；也可以勾选“跳过未办结的行”。"),
        );
    }
    Some(outcome)
}

fn case(
    row: &mut Row<'_>,
    reading: &Reading<'_>,
    known: &Known,
    items: &Items,
    (outcome, ledger_number): (String, String),
) -> Option<Closed> {
    let received_on = row.required_date("received_on");
    let issued_on = row.date("issued_on");
    for (field, day) in [("received_on", received_on), ("issued_on", issued_on)] {
        if day.is_some_and(|day| day > reading.today) {
            row.fault(field, say("日期在今天之后。请核对。"));
        }
    }
    if issued_on.zip(received_on).is_some_and(|(issued, received)| issued < received) {
        row.fault("issued_on", say("出具日期早于收到日期。请核对。"));
    }
    let named = row.required("item");
    let item = items.find(&named);
    if item.is_none() && !named.is_empty() {
        row.fault("item", say("不是执业类别中的领域或者项目。请写成“法医临床鉴定”或者FY-0201的样子。"));
    }
    let opinion_number = Some(row.text("opinion_number", SHORT)).filter(|number| !sheets::clean::is_nothing(number));
    if opinion_number.is_none() && row.has("opinion_number") && row.faults.is_empty() {
        row.fault("opinion_number", say("已办结的案件没有意见书编号。请补填。"));
    }
    let client_name = row.required("client");
    let organisation = known.organisations.get(&crate::cases::store::normalised(&client_name)).cloned().flatten();
    let matter = row.text("matter", LONG);
    let (letter, examinee) = (row.text("letter", SHORT), examinee(row));
    let (appraisers, fee_fen, remarks) = (row.text("appraisers", SHORT), row.fen("fee"), row.text("remarks", LONG));
    Some(Closed {
        client_organisation_id: organisation.unwrap_or_else(|| known.stand_in.clone()),
        client_letter: letter,
        examinee,
        item: item?,
        matter: if matter.is_empty() { named } else { matter },
        received_on: received_on?,
        opinion_number,
        history: History {
            ledger_number,
            outcome,
            issued_on,
            appraisers,
            fee_fen,
            remarks,
            file: reading.file.to_owned(),
            row: row.number(),
        },
        client_name,
    })
}

fn examinee(row: &mut Row<'_>) -> Examinee {
    let id_number = row.identifier("id_number").unwrap_or_default();
    // 15 digits were the rule until 1999 and stand in old ledgers.
    let is_old = id_number.len() == 15 && id_number.bytes().all(|sign| sign.is_ascii_digit());
    if !id_number.is_empty() && !is_old && !is_id_number(&id_number) {
        row.fault("id_number", say("身份证号码应为18位，请核对末位校验码；其他证件请改填在备注列。"));
    }
    let sex = row.text("sex", SHORT);
    let sex =
        match Sex::CHOICES.iter().find(|(_, label, _)| *label == sex || label.chars().next() == sex.chars().next()) {
            Some((_, _, one)) => Some(*one),
            None if sheets::clean::is_nothing(&sex) => None,
            None => {
                row.fault("sex", say("请写男或者女，或者留空。"));
                None
            }
        };
    Examinee {
        name: row.required("examinee"),
        sex,
        birth: row.date("birth"),
        id_number,
        phone: row.identifier("phone").unwrap_or_default(),
        address: String::new(),
    }
}
