//! The document as characters, and small readers that every rule uses.
//!
//! **Invariant:** a reader looks a bounded number of characters around a place, so a rule stays linear.

use crate::messages::Message;
use crate::{Finding, Input, Part, RuleId};
use std::ops::Range;

/// Findings of one rule; more of the same kind help nobody.
pub const FINDINGS_MAX: usize = 30;
/// Characters shown before and after a finding.
const AROUND: usize = 14;
/// Characters of the finding itself that are shown.
const SHOWN: usize = 40;
/// Longest sentence that is looked at as one.
const SENTENCE: usize = 240;

pub struct Body {
    pub part: Part,
    pub chars: Vec<char>,
    /// Inside “…” of one paragraph.
    pub quoted: Vec<bool>,
}

pub struct Doc<'i> {
    pub input: &'i Input,
    pub bodies: Vec<Body>,
}

impl<'i> Doc<'i> {
    pub fn new(input: &'i Input) -> Self {
        let bodies = Part::WRITTEN.iter().map(|part| Body::new(*part, input.text(*part))).collect();
        Self { input, bodies }
    }

    pub fn body(&self, part: Part) -> &Body {
        let at = Part::WRITTEN.iter().position(|one| *one == part).unwrap_or(0);
        &self.bodies[at]
    }

    /// The day whose standards hold.
    pub fn accepted(&self) -> jiff::civil::Date {
        self.input.accepted_on.unwrap_or(self.input.received_on)
    }

    /// The examinee's name where that is a person's.
    pub fn person(&self) -> Option<Vec<char>> {
        let name: Vec<char> = self.input.examinee.trim().chars().collect();
        let is_person = self.input.sex.is_some() || self.input.birth.is_some();
        (is_person && (2..=4).contains(&name.len()) && name.iter().all(|sign| is_han(*sign))).then_some(name)
    }
}

impl Body {
    fn new(part: Part, text: &str) -> Self {
        let chars: Vec<char> = text.chars().collect();
        let mut quoted = vec![false; chars.len()];
        let mut open = None;
        for (at, sign) in chars.iter().enumerate() {
            match sign {
                '“' => open = Some(at),
                '”' => {
                    if let Some(from) = open.take() {
                        quoted[from..=at].fill(true);
                    }
                }
                '\n' => open = None,
                _ => {}
            }
        }
        Self { part, chars, quoted }
    }

    pub fn at(&self, at: usize) -> char {
        self.chars.get(at).copied().unwrap_or('\n')
    }

    pub fn before(&self, at: usize, back: usize) -> char {
        at.checked_sub(back).map_or('\n', |at| self.at(at))
    }

    pub fn starts(&self, at: usize, pattern: &str) -> bool {
        pattern.chars().zip(at..).all(|(sign, at)| self.chars.get(at) == Some(&sign))
    }

    pub fn ends(&self, at: usize, pattern: &str) -> bool {
        at.checked_sub(pattern.chars().count()).is_some_and(|from| self.starts(from, pattern))
    }

    /// Every place of `pattern`.
    pub fn places(&self, pattern: &str) -> Vec<usize> {
        let first = pattern.chars().next();
        (0..self.chars.len()).filter(|at| self.chars.get(*at).copied() == first && self.starts(*at, pattern)).collect()
    }

    pub fn text(&self, range: Range<usize>) -> String {
        self.chars[range.start.min(self.chars.len())..range.end.min(self.chars.len())].iter().collect()
    }

    /// The `n` characters before `at`, in the same paragraph.
    pub fn lead(&self, at: usize, n: usize) -> String {
        let from = (at.saturating_sub(n)..at).rev().take_while(|at| self.at(*at) != '\n').last().unwrap_or(at);
        self.text(from..at)
    }

    /// The `n` characters from `at`, in the same paragraph.
    pub fn tail(&self, at: usize, n: usize) -> String {
        self.chars.iter().skip(at).take(n).take_while(|sign| **sign != '\n').collect()
    }

    /// The sentence around `at`.
    pub fn sentence(&self, at: usize) -> Range<usize> {
        let ends = |sign: char| matches!(sign, '。' | '；' | '\n' | '！' | '？');
        let from = (at.saturating_sub(SENTENCE)..at).rev().take_while(|at| !ends(self.at(*at))).last().unwrap_or(at);
        let to = (at..self.chars.len().min(at + SENTENCE)).find(|at| ends(self.at(*at)));
        from..to.unwrap_or(self.chars.len().min(at + SENTENCE))
    }

    /// From `at` back to the last comma or sentence end.
    pub fn clause_start(&self, at: usize) -> usize {
        let ends = |sign: char| matches!(sign, '。' | '；' | '\n' | '，' | '、' | ',' | '：');
        (at.saturating_sub(60)..at).rev().take_while(|at| !ends(self.at(*at))).last().unwrap_or(at)
    }

    /// Digits from `at`: their value, if it is not beyond nine places, and where they end.
    pub fn number(&self, at: usize) -> Option<(u64, usize)> {
        let digits: Vec<u64> =
            self.chars.iter().skip(at).take(10).map_while(|sign| sign.to_digit(10)).map(u64::from).collect();
        if digits.is_empty() || digits.len() > 9 {
            return None;
        }
        Some((digits.iter().fold(0, |all, digit| all * 10 + digit), at + digits.len()))
    }

    /// Paragraphs as ranges, blanks at both ends left out.
    pub fn paragraphs(&self) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut from = 0;
        for at in 0..=self.chars.len() {
            if at == self.chars.len() || self.chars[at] == '\n' {
                let (mut start, mut end) = (from, at);
                while start < end && self.chars[start].is_whitespace() {
                    start += 1;
                }
                while end > start && self.chars[end - 1].is_whitespace() {
                    end -= 1;
                }
                if start < end {
                    found.push(start..end);
                }
                from = at + 1;
            }
        }
        found
    }
}

pub struct Sink<'d> {
    doc: &'d Doc<'d>,
    pub rule: RuleId,
    pub left: usize,
    pub found: Vec<Finding>,
}

impl<'d> Sink<'d> {
    pub fn new(doc: &'d Doc<'d>) -> Self {
        Self { doc, rule: RuleId::Structure, left: 0, found: Vec::new() }
    }

    /// A finding at a place; `text` and `other` fill the message's slots.
    pub fn add(
        &mut self,
        message: Message,
        part: Part,
        range: Range<usize>,
        text: impl ToString,
        other: impl ToString,
    ) {
        if self.left == 0 {
            return;
        }
        self.left -= 1;
        let excerpt = if part == Part::Record || range.is_empty() {
            Default::default()
        } else {
            let body = self.doc.body(part);
            let end = range.end.min(range.start + SHOWN);
            (body.lead(range.start, AROUND), body.text(range.start..end), body.tail(end, AROUND))
        };
        let mut slots = Vec::new();
        for (name, value) in [("text", text.to_string()), ("other", other.to_string())] {
            if message.key.contains(&format!("%{{{name}}}")) {
                slots.push((name, value));
            }
        }
        let (rule, severity) = (self.rule, message.severity);
        self.found.push(Finding { rule, severity, part, range, excerpt, message: message.key, slots });
    }

    /// A finding whose text is the place itself.
    pub fn mark(&mut self, message: Message, body: &Body, range: Range<usize>, other: impl ToString) {
        let text = body.text(range.start..range.end.min(range.start + SHOWN));
        self.add(message, body.part, range, text, other);
    }
}

pub fn is_han(sign: char) -> bool {
    matches!(sign, '\u{3400}'..='\u{9fff}' | '〇' | '\u{20000}'..='\u{3ffff}')
}

/// One of `words` is in `text`.
pub fn has(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

/// Ten thousand times a hundred million: what is beyond is no amount, and would overflow further on.
const NUMERAL_MOST: u64 = 1_000_000_000_000;

/// A Chinese numeral, everyday or financial, up to 亿: its value and how many characters it took.
pub fn numeral(chars: &[char]) -> Option<(u64, usize)> {
    let digit = |sign: char| {
        "零一二三四五六七八九"
            .chars()
            .position(|one| one == sign)
            .or_else(|| "〇壹贰叁肆伍陆柒捌玖".chars().position(|one| one == sign))
            .or(match sign {
                '两' => Some(2),
                _ => None,
            })
    };
    let unit = |sign: char| match sign {
        '十' | '拾' => Some(10),
        '百' | '佰' => Some(100),
        '千' | '仟' => Some(1000),
        _ => None,
    };
    let (mut total, mut section, mut last, mut taken, mut any): (u64, u64, Option<u64>, usize, bool) =
        (0, 0, None, 0, false);
    for sign in chars.iter().take(24).copied() {
        if let Some(value) = digit(sign) {
            // 二〇二六 is a row of digits, not a numeral.
            if last.is_some_and(|last| last > 0) {
                return None;
            }
            last = Some(value as u64);
        } else if let Some(unit) = unit(sign) {
            section += last.take().filter(|one| *one > 0).unwrap_or(1) * unit;
        } else if matches!(sign, '万' | '亿') {
            section += last.take().unwrap_or(0);
            let counted = if sign == '亿' { total + section } else { section };
            if counted == 0 {
                break;
            }
            // 一亿一亿一亿 is no number of anything.
            total = match sign {
                '亿' => counted.checked_mul(100_000_000),
                _ => counted.checked_mul(10_000).and_then(|more| total.checked_add(more)),
            }
            .filter(|total| *total <= NUMERAL_MOST)?;
            section = 0;
        } else {
            break;
        }
        any = true;
        taken += 1;
    }
    any.then(|| (total + section + last.unwrap_or(0), taken))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_are_read() {
        for (text, value) in [
            ("十", 10),
            ("十二", 12),
            ("二十", 20),
            ("一百零五", 105),
            ("壹万贰仟叁佰", 12_300),
            ("叁拾万零伍佰", 300_500),
            ("壹亿零贰万", 100_020_000),
        ] {
            let chars: Vec<char> = text.chars().collect();
            assert_eq!(numeral(&chars), Some((value, chars.len())), "{text}");
        }
        assert_eq!(numeral(&['元']), None);
        assert_eq!(numeral(&"一亿一亿一亿".chars().collect::<Vec<_>>()), None, "beyond every amount");
    }
}
