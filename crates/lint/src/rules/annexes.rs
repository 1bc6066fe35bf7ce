//! Annexes: what the text refers to is listed.
//!
//! **Invariant:** only a reference of this document (见附件1) counts; annexes of quoted contracts do not.

use crate::Part;
use crate::messages::*;
use crate::text::{Body, Doc, Sink, numeral};
use std::ops::Range;

struct Citation {
    range: Range<usize>,
    kind: &'static str,
    number: Option<u64>,
}

const KINDS: [&str; 3] = ["附件", "附图", "附表"];

fn citations(body: &Body) -> Vec<Citation> {
    let mut found = Vec::new();
    for kind in KINDS {
        for at in body.places(kind) {
            let is_ours =
                ["见", "如", "参见", "详见", "附", "和", "及", "、", "（", "("].iter().any(|lead| body.ends(at, lead));
            let next = at + 2;
            let number = body.number(next).or_else(|| {
                let (value, taken) = numeral(body.chars.get(next..body.chars.len().min(next + 3)).unwrap_or_default())?;
                Some((value, next + taken))
            });
            let direct = ["见", "如"].iter().any(|lead| body.ends(at, lead));
            let quoted = body.quoted.get(at) == Some(&true);
            let counts = if number.is_some() { is_ours } else { direct };
            if counts && !quoted {
                let end = number.map_or(next, |(_, end)| end);
                found.push(Citation { range: at..end, kind, number: number.map(|(value, _)| value) });
            }
        }
    }
    found
}

/// The annexes as listed: how many lines, and which numbers are written out.
struct Listed {
    text: String,
    lines: u64,
    numbered: Vec<u64>,
    pictures: u64,
}

fn listed(body: &Body) -> Listed {
    let mut numbered = Vec::new();
    let mut pictures = 0;
    let lines = body.paragraphs();
    for line in &lines {
        let from = if body.starts(line.start, "附件") { line.start + 2 } else { line.start };
        if let Some((number, end)) = body.number(from)
            && (from > line.start || matches!(body.at(end), '.' | '、' | '．' | '：' | ':'))
        {
            numbered.push(number);
        }
        let text = body.text(line.clone());
        if text.contains(['图', '照', '片']) {
            // 照片三张; without a number, one.
            let count = line.clone().filter(|at| body.at(*at) == '张').find_map(|at| before(body, at));
            pictures += count.unwrap_or(1);
        }
    }
    Listed { text: body.text(0..body.chars.len()), lines: lines.len() as u64, numbered, pictures }
}

fn before(body: &Body, at: usize) -> Option<u64> {
    let from = (at.saturating_sub(3)..at)
        .rev()
        .take_while(|at| "0123456789一二三四五六七八九十两".contains(body.at(*at)))
        .last()?;
    body.number(from)
        .or_else(|| numeral(&body.chars[from..at]).map(|(value, taken)| (value, from + taken)))
        .map(|(value, _)| value)
}

impl Listed {
    fn has(&self, one: &Citation) -> bool {
        let Some(number) = one.number else { return self.lines > 0 };
        if ["", " "].iter().any(|blank| self.names(&format!("{}{blank}{number}", one.kind))) {
            return true;
        }
        match one.kind {
            "附件" if !self.numbered.is_empty() => self.numbered.contains(&number),
            "附件" => number <= self.lines,
            "附图" => number <= self.pictures && !self.text.contains("附图1"),
            _ => self.lines > 0 && self.text.contains('表') && !self.text.contains("附表1"),
        }
    }

    /// Listed under this very name: 附图1 is not 附图12.
    fn names(&self, name: &str) -> bool {
        self.text
            .match_indices(name)
            .any(|(at, _)| !self.text[at + name.len()..].starts_with(|sign: char| sign.is_ascii_digit()))
    }
}

pub fn cited(doc: &Doc, sink: &mut Sink) {
    let annexes = doc.body(Part::Annexes);
    let listed = listed(annexes);
    let mut cited = Vec::new();
    for body in doc.bodies.iter().filter(|body| body.part != Part::Annexes) {
        for one in citations(body) {
            if !listed.has(&one) {
                sink.mark(ANNEX_MISSING, body, one.range.clone(), "");
            }
            cited.push(one);
        }
    }
    // Whoever cites some by number is told of those that are not.
    let numbers: Vec<u64> = cited.iter().filter(|one| one.kind == "附件").filter_map(|one| one.number).collect();
    if numbers.is_empty() {
        return;
    }
    for line in annexes.paragraphs() {
        let Some((number, end)) = annexes.starts(line.start, "附件").then(|| annexes.number(line.start + 2)).flatten()
        else {
            continue;
        };
        if !numbers.contains(&number) {
            sink.mark(ANNEX_UNCITED, annexes, line.start..end, "");
        }
    }
}
