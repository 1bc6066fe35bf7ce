//! Standards: in force on the day of acceptance, rightly named, and the clause of the right level.
//!
//! **Invariant:** what is in force when is data (`data/standards.csv`), each line with how far it is to be trusted; only
//! what is known well becomes an error.

use crate::Part;
use crate::messages::*;
use crate::text::{Body, Doc, Sink, has};
use jiff::civil::Date;
use std::sync::OnceLock;

struct Standard {
    number: &'static str,
    name: &'static str,
    from: Date,
    until: Option<Date>,
    is_known: bool,
}

fn table() -> &'static [Standard] {
    static TABLE: OnceLock<Vec<Standard>> = OnceLock::new();
    TABLE.get_or_init(|| include_str!("../../data/standards.csv").lines().skip(1).filter_map(read).collect())
}

fn read(line: &'static str) -> Option<Standard> {
    let mut cells = line.split(',');
    let (number, name, from, until) = (cells.next()?, cells.next()?, cells.next()?.parse().ok()?, cells.next()?);
    let until = if until.is_empty() { None } else { Some(until.parse().ok()?) };
    Some(Standard { number, name, from, until, is_known: cells.next()? == "known" })
}

/// Where methods and scales are applied; 二 and 三 quote what others wrote.
const APPLIED: [Part; 3] = [Part::Process, Part::Analysis, Part::Opinion];
/// Words by which a text speaks of a standard without applying it.
const SPOKEN_OF: &[&str] = &["废止", "原标准", "旧标准", "不再适用", "曾", "代替", "替代", "当时", "原鉴定"];
/// Longest number and name of a standard.
const NUMBER_MOST: usize = 28;
const NAME_MOST: usize = 60;

/// A number as the table writes it, e.g. from `GB/T16180—2014`.
struct Cited {
    from: usize,
    to: usize,
    /// Without blanks, with a plain hyphen.
    plain: String,
}

const PREFIXES: &[&str] = &["GB/T", "GB", "GA/T", "GA", "SF/T", "SF/Z", "SF", "HJ/T", "HJ"];

fn cited(body: &Body) -> Vec<Cited> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < body.chars.len() {
        let starts = matches!(body.at(at), 'G' | 'S' | 'H') && !body.before(at, 1).is_ascii_alphanumeric();
        match starts.then(|| number(body, at)).flatten() {
            Some(one) => {
                at = one.to;
                found.push(one);
            }
            None => at += 1,
        }
    }
    found
}

fn number(body: &Body, at: usize) -> Option<Cited> {
    PREFIXES.iter().find(|prefix| body.starts(at, prefix))?;
    let (mut plain, mut to, mut hyphen) = (String::new(), at, None);
    for i in at..(at + NUMBER_MOST).min(body.chars.len()) {
        let sign = body.at(i);
        match sign {
            ' ' | '　' => continue,
            '-' | '—' | '–' | '－' | '―' => {
                plain.push('-');
                hyphen = Some(plain.len());
            }
            sign if sign.is_ascii_alphanumeric() || matches!(sign, '/' | '.') => plain.push(sign),
            _ => break,
        }
        to = i + 1;
    }
    let year = &plain[hyphen?..];
    (year.len() == 4 && year.bytes().all(|sign| sign.is_ascii_digit())).then_some(Cited { from: at, to, plain })
}

fn plain(number: &str) -> String {
    number.replace(' ', "")
}

pub fn in_force(doc: &Doc, sink: &mut Sink) {
    let on = doc.accepted();
    for part in APPLIED {
        let body = doc.body(part);
        for one in cited(body) {
            if is_spoken_of(body, one.from, one.to) {
                continue;
            }
            match table().iter().find(|row| !row.number.is_empty() && plain(row.number) == one.plain) {
                Some(row) => {
                    when(row, body, one.from..one.to, on, sink);
                    named(row, body, &one, sink);
                }
                None => {
                    let base = one.plain.rsplit_once('-').map_or("", |(base, _)| base);
                    let same =
                        |row: &&Standard| plain(row.number).rsplit_once('-').is_some_and(|(known, _)| known == base);
                    // A newer edition than the table knows is none of its business.
                    let newest = table().iter().filter(same).max_by_key(|row| row.from);
                    if let Some(row) = newest.filter(|row| plain(row.number) > one.plain) {
                        sink.mark(STANDARD_YEAR, body, one.from..one.to, row.number);
                    }
                }
            }
        }
        for at in body.places("《") {
            let Some(end) = (at..(at + NAME_MOST).min(body.chars.len())).find(|at| body.at(*at) == '》') else {
                continue;
            };
            let name = body.text(at + 1..end);
            let row = table().iter().filter(|row| row.number.is_empty() || row.is_known).find(|row| row.name == name);
            if let Some(row) = row.filter(|_| !is_spoken_of(body, at, end)) {
                when(row, body, at..end + 1, on, sink);
            }
        }
    }
}

fn is_spoken_of(body: &Body, from: usize, to: usize) -> bool {
    has(&body.lead(from, 10), SPOKEN_OF) || has(&body.tail(to, 10), SPOKEN_OF)
}

fn when(row: &Standard, body: &Body, range: std::ops::Range<usize>, on: Date, sink: &mut Sink) {
    let message = match (row.until.is_some_and(|until| until < on), row.from > on, row.is_known) {
        (true, _, true) => STANDARD_OVER,
        (true, _, false) => STANDARD_OVER_MEMORY,
        (_, true, true) => STANDARD_NOT_YET,
        (_, true, false) => STANDARD_NOT_YET_MEMORY,
        _ => return,
    };
    sink.mark(message, body, range, on);
}

/// The name right after the number, `GB/T 37223-2018《亲权鉴定技术规范》`, is the table's.
fn named(row: &Standard, body: &Body, one: &Cited, sink: &mut Sink) {
    if body.at(one.to) != '《' {
        return;
    }
    let Some(end) = (one.to..(one.to + NAME_MOST).min(body.chars.len())).find(|at| body.at(*at) == '》') else {
        return;
    };
    let bare = |name: &str| name.chars().filter(|sign| sign.is_alphanumeric()).collect::<String>();
    if bare(&body.text(one.to + 1..end)) != bare(row.name) {
        sink.mark(STANDARD_NAME, body, one.from..one.to, row.name);
    }
}

/// Levels of 《人体损伤程度鉴定标准》 by the clause's third figure: 5.6.4 is 轻伤二级 (chapters 5.1 to 5.10; from memory).
const DEGREES: [&str; 5] = ["重伤一级", "重伤二级", "轻伤一级", "轻伤二级", "轻微伤"];
/// Grades of 《人体损伤致残程度分级》 by the clause's second figure: 5.10.6 is of the tenth grade.
const GRADES: [&str; 10] = ["一级", "二级", "三级", "四级", "五级", "六级", "七级", "八级", "九级", "十级"];

pub fn clauses(doc: &Doc, sink: &mut Sink) {
    for part in [Part::Analysis, Part::Opinion] {
        let body = doc.body(part);
        for at in body.places("5.") {
            if body.before(at, 1).is_ascii_alphanumeric() || body.before(at, 1) == '.' {
                continue;
            }
            let Some((chapter, next)) = body.number(at + 2) else { continue };
            let Some((section, end)) = (body.at(next) == '.').then(|| body.number(next + 1)).flatten() else {
                continue;
            };
            let sentence = body.sentence(at);
            let (before, after) = (body.text(sentence.start..at), body.text(end..sentence.end));
            let (Ok(chapter), Ok(section)) = (usize::try_from(chapter), usize::try_from(section)) else { continue };
            let stated = if before.contains("人体损伤程度鉴定标准") && (1..=10).contains(&chapter) {
                first_of(&after, &DEGREES).filter(|grade| DEGREES.get(section.wrapping_sub(1)) != Some(grade))
            } else if before.contains("致残程度分级") {
                first_of(&after, &GRADES).filter(|grade| GRADES.get(chapter.wrapping_sub(1)) != Some(grade))
            } else {
                None
            };
            if let Some(stated) = stated {
                sink.mark(CLAUSE_LEVEL, body, at..end, stated);
            }
        }
    }
}

/// The first of the words in the text, if no other clause stands before it.
fn first_of(text: &str, words: &[&'static str]) -> Option<&'static str> {
    let text = text.split("5.").next().unwrap_or_default();
    words
        .iter()
        .filter_map(|word| text.find(word).map(|at| (at, *word)))
        .min_by_key(|(at, word)| (*at, std::cmp::Reverse(word.len())))
        .map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        assert_eq!(table().len(), include_str!("../../data/standards.csv").lines().count() - 1);
        assert!(table().iter().all(|row| row.until.is_none_or(|until| row.from < until)));
    }
}
