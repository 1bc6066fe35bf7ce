//! Grades: that the grade exists, and that analysis and opinion say the same.
//!
//! **Invariant:** a grade that a sentence denies or only quotes is not taken as stated.

use crate::Part;
use crate::messages::*;
use crate::text::{Body, Doc, Sink, has};
use std::collections::BTreeSet;

const DEGREES: [&str; 5] = ["重伤一级", "重伤二级", "轻伤一级", "轻伤二级", "轻微伤"];
/// Written where a grade of disability is meant.
const DISABLED: &[&str] = &["伤残", "残疾", "致残"];
const TEN: [&str; 10] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
const DENIED: &[&str] =
    &["未达", "不构成", "不属", "不足以", "未构成", "不符合", "尚未", "未评", "并非", "不能评定", "达不到", "不宜"];

#[derive(PartialEq, Eq, PartialOrd, Ord, Clone)]
enum Grade {
    Degree(&'static str),
    Disability(usize),
}

impl Grade {
    fn text(&self) -> String {
        match self {
            Self::Degree(word) => (*word).into(),
            Self::Disability(grade) => format!("{}级", TEN[grade - 1]),
        }
    }
}

struct Stated {
    grade: Grade,
    from: usize,
    to: usize,
    is_denied: bool,
}

pub fn consistent(doc: &Doc, sink: &mut Sink) {
    for part in [Part::Analysis, Part::Opinion, Part::Dissent] {
        unknown(doc.body(part), sink);
    }
    let (analysis, opinion) = (doc.body(Part::Analysis), doc.body(Part::Opinion));
    let (reasoned, concluded) = (stated(analysis), stated(opinion));
    for is_degree in [true, false] {
        let kind = |one: &&Stated| matches!(one.grade, Grade::Degree(_)) == is_degree;
        let said = |all: &[Stated]| -> BTreeSet<Grade> {
            all.iter().filter(kind).filter(|one| !one.is_denied).map(|one| one.grade.clone()).collect()
        };
        let (reasons, conclusions) = (said(&reasoned), said(&concluded));
        let denies = |body: &Body| denial(body, is_degree);
        if !reasons.is_empty() {
            let all: Vec<_> = reasons.iter().map(Grade::text).collect();
            for one in concluded.iter().filter(kind).filter(|one| !one.is_denied && !reasons.contains(&one.grade)) {
                sink.mark(GRADE_DIFFERS, opinion, one.from..one.to, all.join("、"));
            }
            if let (true, Some(range)) = (conclusions.is_empty(), denies(opinion)) {
                sink.mark(GRADE_LOST, opinion, range, all.join("、"));
            }
        } else if let (Some(one), Some(_)) =
            (concluded.iter().filter(kind).find(|one| !one.is_denied), denies(analysis))
        {
            sink.mark(GRADE_DENIED, opinion, one.from..one.to, "");
        }
    }
}

/// The whole is said to reach no grade at all.
fn denial(body: &Body, is_degree: bool) -> Option<std::ops::Range<usize>> {
    let words: &[&str] = if is_degree {
        &["不构成轻微伤", "未达到轻微伤", "不构成损伤等级", "不评定损伤程度"]
    } else {
        &["不构成伤残等级", "不构成伤残", "未达到伤残等级", "不构成残疾", "未达伤残", "规定的最低等级", "不构成致残"]
    };
    let found = words.iter().find_map(|word| body.places(word).first().map(|at| *at..at + word.chars().count()))?;
    let needs_denial = body.text(found.clone()) == "规定的最低等级";
    (!needs_denial || has(&body.lead(found.start, 30), DENIED)).then_some(found)
}

fn stated(body: &Body) -> Vec<Stated> {
    let mut found = Vec::new();
    for degree in DEGREES {
        for from in body.places(degree) {
            let to = from + degree.chars().count();
            found.push(Stated { grade: Grade::Degree(degree), from, to, is_denied: is_denied(body, from, to) });
        }
    }
    for at in body.places("级") {
        let Some((from, value)) = ordinal(body, at) else { continue };
        if (1..=10).contains(&value) && is_disability(body, from, at + 1) {
            let grade = Grade::Disability(value);
            found.push(Stated { grade, from, to: at + 1, is_denied: is_denied(body, from, at + 1) });
        }
    }
    found
}

/// The number before 级: everyday numerals, figures, or Roman.
fn ordinal(body: &Body, at: usize) -> Option<(usize, usize)> {
    let last = body.before(at, 1);
    if let Some(value) = "ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ".chars().position(|sign| sign == last) {
        return Some((at - 1, value + 1));
    }
    let from = (at.saturating_sub(3)..at)
        .rev()
        .take_while(|at| "零一二三四五六七八九十0123456789".contains(body.at(*at)))
        .last()?;
    if body.at(from).is_ascii_digit() {
        let (value, end) = body.number(from)?;
        return (end == at).then(|| usize::try_from(value).ok().map(|value| (from, value))).flatten();
    }
    let (value, taken) = crate::text::numeral(&body.chars[from..at])?;
    (from + taken == at).then(|| usize::try_from(value).ok().map(|value| (from, value))).flatten()
}

fn is_disability(body: &Body, from: usize, to: usize) -> bool {
    let tail = body.tail(to, 6);
    let lead = body.lead(from, 12);
    DISABLED.iter().any(|word| tail.trim_start_matches(['（', '(']).starts_with(word))
        || ["致残等级", "伤残等级", "致残程度等级", "伤残程度", "致残程度"]
            .iter()
            .any(|word| lead.trim_end_matches(['为', '评', '定', '属', '：', '构', '成', '系', '“']).ends_with(word))
}

fn is_denied(body: &Body, from: usize, to: usize) -> bool {
    let clause = body.text(body.clause_start(from)..from);
    let tail = body.tail(to, 10);
    has(&clause, DENIED)
        || has(&tail, &["的规定不符", "的标准不符", "以下", "以上的标准"])
        || has(&clause, &["原鉴定", "原意见", "认为构成"])
}

fn unknown(body: &Body, sink: &mut Sink) {
    for word in ["重伤", "轻伤", "轻微伤"] {
        for at in body.places(word) {
            let next = at + word.chars().count();
            let end = next + 1 + usize::from(body.starts(next, "十一") || body.starts(next, "十二"));
            if body.at(end) != '级' || body.before(at, 1) == '非' {
                continue;
            }
            let level = body.text(next..end);
            let exists = word != "轻微伤" && ["一", "二", "1", "2", "Ⅰ", "Ⅱ"].contains(&level.as_str());
            let is_level = level.chars().all(|sign| "一二三四五六七八九十零甲乙丙0123456789ⅠⅡⅢⅣ".contains(sign));
            if is_level && !exists {
                sink.mark(GRADE_UNKNOWN, body, at..end + 1, "");
            }
        }
    }
    for at in body.places("级") {
        let Some((from, value)) = ordinal(body, at) else { continue };
        if !(1..=10).contains(&value) && is_disability(body, from, at + 1) {
            sink.mark(GRADE_UNKNOWN, body, from..at + 1, "");
        }
    }
}
