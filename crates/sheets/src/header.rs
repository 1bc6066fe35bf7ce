//! The header among titles, merged cells and blank columns; totals and notes below the data.
//!
//! Merged cells hold their text in the first cell only, in every format. Two rows of header are joined by what is blank:
//! a name without a part below it stands for both rows; a blank beside a name that has parts belongs to that name.

use crate::cell::{Cell, Line};
use crate::clean;
use crate::limits::{HEADER_WITHIN, ROWS_MAX};
use crate::read::{Sheet, Unreadable};
use crate::sniff::Kind;
use std::collections::HashMap;

/// A ledger as a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    pub kind: Kind,
    /// The sheet that was read; empty for CSV.
    pub sheet: String,
    /// Sheets of the same file that were not.
    pub others: Vec<String>,
    pub columns: Vec<Column>,
    /// First and last row of the header, as numbered in the sheet.
    pub header: (u32, u32),
    pub lines: Vec<Line>,
    /// Lines below the header that are no data.
    pub skipped: Vec<Skipped>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Counted from 0, as in [`Line::at`].
    pub at: usize,
    /// `被鉴定人/姓名` where two rows of header were joined; the column's letter where it has no name. No two are the same.
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    pub number: u32,
    pub why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// 合计.
    Total,
    /// The header again, as it is printed on every page.
    Header,
    /// 制表人, 说明.
    Note,
}

/// Longer texts are sentences, not names of columns.
const LABEL_MAX: usize = 24;
const TOTALS: [&str; 6] = ["合计", "总计", "小计", "共计", "累计", "本页合计"];
const NOTES: [&str; 8] = ["制表", "填表", "审核", "说明", "注:", "备注:", "填报", "统计人"];

pub(crate) fn table(kind: Kind, sheet: Sheet, is_known: &dyn Fn(&str) -> bool) -> Result<Table, Unreadable> {
    let Sheet { name, mut lines, others } = sheet;
    let (first, last) = block(&lines, is_known).ok_or(Unreadable::NoHeader)?;
    let header = (lines[first].number, lines[last].number);
    let head: Vec<Line> = lines[first..=last].to_vec();
    lines.drain(..=last);
    let names = names(&head);
    let width = names.len().max(lines.iter().map(|line| line.cells.len()).max().unwrap_or(0));
    let mut used = vec![false; width];
    let mut skipped = Vec::new();
    lines.retain(|line| match why_skipped(line, &head) {
        Some(why) => {
            skipped.push(Skipped { number: line.number, why });
            false
        }
        None => {
            line.filled().for_each(|(at, _)| used[at] = true);
            !line.is_blank()
        }
    });
    if lines.is_empty() {
        return Err(Unreadable::NoRows);
    }
    if lines.len() > ROWS_MAX {
        return Err(Unreadable::TooManyRows);
    }
    let columns = columns(&names, &used);
    Ok(Table { kind, sheet: name, others, columns, header, lines, skipped })
}

/// First and last line of the header, among the first lines.
fn block(lines: &[Line], is_known: &dyn Fn(&str) -> bool) -> Option<(usize, usize)> {
    let head = &lines[..lines.len().min(HEADER_WITHIN)];
    let score = |line: &Line| {
        let known = |cell: &Cell| label(cell).is_some_and(|name| is_known(&name));
        let labels = line.filled().filter(|(_, cell)| label(cell).is_some()).count();
        labels + 4 * line.filled().filter(|(_, cell)| known(cell)).count()
    };
    // Of equals the first: data below may be all words too.
    let (best, points) = head.iter().map(score).enumerate().rev().max_by_key(|(_, points)| *points)?;
    if points < 2 || head[best].filled().count() < 2 {
        return None;
    }
    if best + 1 < head.len() && are_joined(&head[best], &head[best + 1]) {
        return Some((best, best + 1));
    }
    if best > 0 && are_joined(&head[best - 1], &head[best]) {
        return Some((best - 1, best));
    }
    Some((best, best))
}

/// A cell that may name a column.
fn label(cell: &Cell) -> Option<String> {
    let Cell::Text(text) = cell else { return None };
    let name: String = clean::narrow(text).chars().filter(|sign| !sign.is_whitespace()).collect();
    let digits = name.chars().filter(char::is_ascii_digit).count();
    (name.chars().count() <= LABEL_MAX && digits <= 2 && !name.ends_with(':')).then_some(name)
}

/// Whether the two lines are one header: beneath each other, names only, each blank where the other is not.
fn are_joined(top: &Line, bottom: &Line) -> bool {
    let width = top.cells.len().max(bottom.cells.len());
    let names_only = [top, bottom].iter().all(|line| line.filled().all(|(_, cell)| label(cell).is_some()));
    let parts = (0..width).any(|at| top.at(at).is_empty() && !bottom.at(at).is_empty());
    let wholes = (0..width).any(|at| !top.at(at).is_empty() && bottom.at(at).is_empty());
    bottom.number == top.number + 1 && names_only && parts && wholes && top.filled().count() >= 2
}

/// A name for every column of the header; blank where it has none.
fn names(head: &[Line]) -> Vec<String> {
    let (top, bottom) = (&head[0], head.get(1));
    let width = head.iter().map(|line| line.cells.len()).max().unwrap_or(0);
    let mut group = String::new();
    (0..width)
        .map(|at| {
            let above = label_text(top.at(at));
            let Some(bottom) = bottom else { return above };
            let below = label_text(bottom.at(at));
            if !above.is_empty() {
                // Only a name with a part below it reaches over the blanks to its right.
                group = if below.is_empty() { String::new() } else { above.clone() };
            }
            match (above.is_empty(), below.is_empty(), group.is_empty()) {
                (false, true, _) => above,
                (_, true, _) => String::new(),
                (_, false, true) => below,
                (_, false, false) => format!("{group}/{below}"),
            }
        })
        .collect()
}

fn label_text(cell: &Cell) -> String {
    clean::text(cell).unwrap_or_default().chars().filter(|sign| !sign.is_whitespace()).collect()
}

/// The columns that have a name or something in them.
fn columns(names: &[String], used: &[bool]) -> Vec<Column> {
    let mut met: HashMap<String, usize> = HashMap::new();
    let mut columns = Vec::new();
    for (at, used) in used.iter().enumerate() {
        let name = names.get(at).map_or("", String::as_str);
        let name = match name {
            "" if !used => continue,
            "" => letter(at),
            name => name.to_owned(),
        };
        let times = met.entry(name.clone()).or_default();
        *times += 1;
        let name = if *times > 1 { format!("{name}({times})") } else { name };
        columns.push(Column { at, name });
    }
    columns
}

/// A, B, … Z, AA, as the sheet names its columns.
pub(crate) fn letter(at: usize) -> String {
    let mut rest = at + 1;
    let mut letters = Vec::new();
    while rest > 0 {
        letters.push(b'A' + ((rest - 1) % 26) as u8);
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().map(|letter| char::from(*letter)).collect()
}

fn why_skipped(line: &Line, head: &[Line]) -> Option<Why> {
    let (_, first) = line.filled().next()?;
    let Cell::Text(text) = first else { return None };
    if line.filled().all(|(at, cell)| head.iter().any(|above| above.at(at) == cell)) && line.filled().count() >= 2 {
        return Some(Why::Header);
    }
    let text: String = clean::narrow(text).chars().filter(|sign| !sign.is_whitespace()).collect();
    if TOTALS
        .iter()
        .any(|word| text == *word || text.strip_prefix(word).is_some_and(|rest| rest.starts_with([':', '('])))
    {
        return Some(Why::Total);
    }
    let is_note = NOTES.iter().any(|word| text.starts_with(word)) && text.contains(':');
    (is_note && line.filled().count() <= 4).then_some(Why::Note)
}

impl Table {
    /// The column's letter in the sheet.
    pub fn letter(at: usize) -> String {
        letter(at)
    }
}
