//! Dates: that they exist, are not to come, and follow each other as they must.
//!
//! **Invariant:** a date is reported where it stands; what is said about an event is compared only where the words around
//! the date name the event.

use crate::Part;
use crate::messages::*;
use crate::text::{Body, Doc, Sink, has, numeral};
use jiff::ToSpan;
use jiff::civil::Date;
use std::ops::Range;

/// A date as written.
pub struct Mention {
    pub range: Range<usize>,
    /// None: there is no such day.
    pub date: Option<Date>,
}

/// Years that a document can mean.
const YEARS: Range<u64> = 1900..2200;
/// A stay in hospital that began longer before the injury is an earlier illness.
const EARLIER_ILLNESS_DAYS: i32 = 400;

/// Every date of a text. `同年`, `同月` and `次日` are reckoned from the date before.
pub fn mentions(body: &Body) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    let mut last: Option<Date> = None;
    let mut at = 0;
    while at < body.chars.len() {
        let read = written(body, at).or_else(|| relative(body, at, last));
        match read {
            Some(one) => {
                at = one.range.end.max(at + 1);
                last = one.date.or(last);
                found.push(one);
            }
            None => at += 1,
        }
    }
    found
}

fn written(body: &Body, at: usize) -> Option<Mention> {
    let sign = body.at(at);
    let is_start =
        !body.before(at, 1).is_ascii_alphanumeric() && !"-./〇零一二三四五六七八九".contains(body.before(at, 1));
    if !is_start {
        return None;
    }
    if sign.is_ascii_digit() {
        let (first, next) = body.number(at)?;
        let digits = next - at;
        if digits == 4 && YEARS.contains(&first) {
            return match body.at(next) {
                '年' => {
                    let (month, next) = body.number(next + 1)?;
                    (body.at(next) == '月').then_some(())?;
                    let (day, next) = body.number(next + 1)?;
                    matches!(body.at(next), '日' | '号').then(|| mention(at..next + 1, first, month, day))
                }
                mark @ ('-' | '.' | '/' | '－') => {
                    let (month, middle) = body.number(next + 1)?;
                    (body.at(middle) == mark).then_some(())?;
                    let (day, end) = body.number(middle + 1)?;
                    let two = middle - next == 3 && end - middle == 3;
                    let bounded = !body.at(end).is_ascii_alphanumeric() && !"-./－".contains(body.at(end));
                    // 2026-45-77 is a number of something; 2026-13-02 is a date mistyped.
                    let is_date = (1..=12).contains(&month) && (1..=31).contains(&day) && end - middle <= 3
                        || two && month < 20 && day < 40;
                    (bounded && is_date).then(|| mention(at..end, first, month, day))
                }
                _ => None,
            };
        }
        // Without a year: only days that no year has.
        if digits <= 2 && body.at(next) == '月' && body.before(at, 1) != '年' {
            let (day, end) = body.number(next + 1)?;
            let impossible = Date::new(2024, i8::try_from(first).ok()?, i8::try_from(day).unwrap_or(0)).is_err();
            return (body.at(end) == '日' && impossible).then_some(Mention { range: at..end + 1, date: None });
        }
        return None;
    }
    // 二〇二六年三月二日
    let digit = |sign: char| {
        "〇一二三四五六七八九".chars().position(|one| one == sign).or((sign == '零').then_some(0)).map(|one| one as u64)
    };
    let mut year = 0;
    for i in 0..4 {
        year = year * 10 + digit(body.at(at + i))?;
    }
    (YEARS.contains(&year) && body.at(at + 4) == '年').then_some(())?;
    let (month, taken) = numeral(&body.chars[at + 5..body.chars.len().min(at + 9)])?;
    let next = at + 5 + taken;
    (body.at(next) == '月').then_some(())?;
    let (day, taken) = numeral(&body.chars[next + 1..body.chars.len().min(next + 5)])?;
    let end = next + 1 + taken;
    matches!(body.at(end), '日' | '号').then(|| mention(at..end + 1, year, month, day))
}

fn relative(body: &Body, at: usize, last: Option<Date>) -> Option<Mention> {
    let last = last?;
    if body.starts(at, "次日") {
        return Some(Mention { range: at..at + 2, date: last.checked_add(1.day()).ok() });
    }
    let (year, last_month) = (u64::try_from(last.year()).ok()?, u64::try_from(last.month()).ok()?);
    if body.starts(at, "同年") {
        let (month, next) = body.number(at + 2)?;
        (body.at(next) == '月').then_some(())?;
        let (day, next) = body.number(next + 1)?;
        return (body.at(next) == '日').then(|| mention(at..next + 1, year, month, day));
    }
    if body.starts(at, "同月") {
        let (day, next) = body.number(at + 2)?;
        return (body.at(next) == '日').then(|| mention(at..next + 1, year, last_month, day));
    }
    None
}

fn mention(range: Range<usize>, year: u64, month: u64, day: u64) -> Mention {
    let date = match (i16::try_from(year), i8::try_from(month), i8::try_from(day)) {
        (Ok(year), Ok(month), Ok(day)) => Date::new(year, month, day).ok(),
        _ => None,
    };
    Mention { range, date }
}

pub fn impossible(doc: &Doc, sink: &mut Sink) {
    for body in &doc.bodies {
        for one in mentions(body).into_iter().filter(|one| one.date.is_none()) {
            sink.mark(IMPOSSIBLE_DATE, body, one.range, "");
        }
    }
}

/// Words around a date that is meant to be to come.
const TO_COME_BEFORE: &[&str] =
    &["有效期", "至", "预", "拟", "计划", "到期", "届满", "下次", "建议", "截止", "止", "之前", "应于", "将于", "定于"];
const TO_COME_AFTER: &[&str] = &["到期", "届满", "失效", "前复", "前有效", "止", "后复", "再次", "之前"];

pub fn future(doc: &Doc, sink: &mut Sink) {
    for body in &doc.bodies {
        for one in mentions(body) {
            let Some(date) = one.date.filter(|date| *date > doc.input.today) else { continue };
            let is_meant = body.quoted.get(one.range.start) == Some(&true)
                || has(&body.lead(one.range.start, 8), TO_COME_BEFORE)
                || has(&body.tail(one.range.end, 4), TO_COME_AFTER);
            if !is_meant {
                sink.add(FUTURE_DATE, body.part, one.range, date, "");
            }
        }
    }
}

pub fn order(doc: &Doc, sink: &mut Sink) {
    record(doc, sink);
    let injured = injury(doc);
    for part in [Part::CaseFacts, Part::DataAbstract, Part::Process, Part::Analysis, Part::Opinion] {
        let body = doc.body(part);
        let all = mentions(body);
        stays(body, &all, injured, sink);
        reversed(body, &all, sink);
        if let (Part::Process, true) = (part, doc.input.accepted_on.is_some()) {
            examined(doc, body, &all, injured, sink);
        }
        if matches!(part, Part::Analysis | Part::Opinion) {
            same_event(body, &all, injured, sink);
        }
    }
}

/// The order of what is registered.
fn record(doc: &Doc, sink: &mut Sink) {
    let input = doc.input;
    let pairs = [
        (input.injured_on, Some(input.received_on)),
        (Some(input.received_on), input.accepted_on),
        (input.accepted_on, input.examined_from),
        (input.examined_from, input.examined_to),
        (input.examined_to, Some(input.today)),
    ];
    for (earlier, later) in pairs {
        if let (Some(earlier), Some(later)) = (earlier, later)
            && later < earlier
        {
            sink.add(RECORD_ORDER, Part::Record, 0..0, later, earlier);
        }
    }
}

const HARM: &[&str] = &["伤", "撞", "打", "事故", "跌", "摔", "刺", "砍", "碾", "压"];

/// When it happened: as registered, or the one date of 二 where that tells of harm.
fn injury(doc: &Doc) -> Option<Date> {
    if doc.input.injured_on.is_some() {
        return doc.input.injured_on;
    }
    let body = doc.body(Part::CaseFacts);
    let mut dates: Vec<_> = mentions(body).into_iter().filter_map(|one| one.date).collect();
    dates.dedup();
    match dates[..] {
        [only] if has(&doc.input.case_facts, HARM) => Some(only),
        _ => None,
    }
}

fn stays(body: &Body, all: &[Mention], injured: Option<Date>, sink: &mut Sink) {
    let mut admitted: Option<Date> = None;
    for one in all {
        let Some(date) = one.date else { continue };
        let (lead, tail) = (body.lead(one.range.start, 6), body.tail(one.range.end, 6));
        let named = |words: &[&str]| {
            words.iter().any(|word| lead.trim_end_matches(['：', ':', '为', '于', '（', '是']).ends_with(word))
        };
        let is_in = named(&["入院日期", "入院时间", "入院日"])
            || named(&["于"]) && tail.starts_with("入院")
            || tail.starts_with("入院");
        let is_out = named(&["出院日期", "出院时间", "出院日"]) || tail.starts_with("出院");
        if is_in {
            admitted = Some(date);
            let sentence = body.lead(one.range.start, 80);
            let is_history = has(&sentence, &["既往", "曾因", "旧", "本次伤前", "伤前"]);
            if let Some(injured) = injured.filter(|injured| date < *injured && !is_history) {
                let days = injured.since(date).map_or(0, |span| span.get_days());
                let message = if days <= EARLIER_ILLNESS_DAYS { ADMITTED_FIRST } else { ADMITTED_LONG_BEFORE };
                sink.add(message, body.part, one.range.clone(), date, injured);
            }
        } else if is_out && let Some(admitted) = admitted.filter(|admitted| date < *admitted) {
            sink.add(DISCHARGE_FIRST, body.part, one.range.clone(), date, admitted);
        }
    }
}

fn reversed(body: &Body, all: &[Mention], sink: &mut Sink) {
    for pair in all.windows(2) {
        let between = body.text(pair[0].range.end..pair[1].range.start.max(pair[0].range.end));
        if let (Some(from), Some(to)) = (pair[0].date, pair[1].date)
            && ["至", "到", "～", "~", "—", "——", "起至"].contains(&between.trim())
            && to < from
        {
            sink.add(RANGE_REVERSED, body.part, pair[0].range.start..pair[1].range.end, from, to);
        }
    }
}

const LOOKED_AT: &[&str] = &["检查", "检验", "检测", "阅片", "比对", "鉴定", "分析", "评估", "所见"];

/// A date in brackets after a heading of 四: `（二）体格检查（2026年3月2日）`.
fn examined(doc: &Doc, body: &Body, all: &[Mention], injured: Option<Date>, sink: &mut Sink) {
    for one in all {
        let Some(date) = one.date else { continue };
        let lead = body.lead(one.range.start, 16);
        let Some(heading) = lead.strip_suffix(['（', '(']) else { continue };
        let is_heading =
            LOOKED_AT.iter().any(|word| heading.ends_with(word)) && !has(heading, &["尸", "解剖", "委托", "原"]);
        if !is_heading || !matches!(body.at(one.range.end), '）' | ')') {
            continue;
        }
        let accepted = doc.accepted();
        if injured.is_some_and(|injured| date < injured) {
            sink.add(EXAMINED_BEFORE_INJURY, body.part, one.range.clone(), date, injured.unwrap_or(accepted));
        } else if date < accepted {
            sink.add(EXAMINED_FIRST, body.part, one.range.clone(), date, accepted);
        } else if let Some(to) = doc.input.examined_to.filter(|to| date > *to && date <= doc.input.today) {
            sink.add(EXAMINED_AFTER, body.part, one.range.clone(), date, to);
        }
    }
}

const INJURED_HERE: &[&str] = &[
    "因外伤",
    "因交通事故",
    "受伤",
    "外伤",
    "遭外伤",
    "因故受伤",
    "被打伤",
    "发生交通事故",
    "因他人殴打",
    "被他人打伤",
];

fn same_event(body: &Body, all: &[Mention], injured: Option<Date>, sink: &mut Sink) {
    let Some(injured) = injured else { return };
    for one in all {
        let Some(date) = one.date.filter(|date| *date != injured) else { continue };
        let tail = body.tail(one.range.end, 8);
        let is_event = INJURED_HERE.iter().any(|word| tail.starts_with(word));
        let is_history = has(&body.lead(one.range.start, 12), &["既往", "曾于", "次伤前", "旧"]);
        if is_event && !is_history {
            sink.add(EVENT_DATES_DIFFER, body.part, one.range.clone(), date, injured);
        }
    }
}
