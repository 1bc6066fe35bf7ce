//! How it is written: parts that are empty, places left open, hedging, repetition, brackets and marks.
//!
//! **Invariant:** what a quoted document masks (张某某, 沪A××123) is no place left open.

use crate::Part;
use crate::messages::*;
use crate::text::{Body, Doc, Sink, has, is_han};
use std::collections::HashSet;

pub fn structure(doc: &Doc, sink: &mut Sink) {
    for body in &doc.bodies[..5] {
        if body.chars.iter().all(|sign| sign.is_whitespace()) {
            sink.add(EMPTY_PART, body.part, 0..0, "", "");
        }
    }
}

/// Phrases of templates, wherever they stand.
const LEFT_OVER: &[&str] = &[
    "请填写",
    "请输入",
    "请选择",
    "请在此",
    "点击此处",
    "点击输入",
    "此处填写",
    "此处插入",
    "此处粘贴",
    "此处添加",
    "此处补充",
    "此处附图",
    "此处写",
    "此处应",
    "此处略",
    "待补充完善",
    "待填写",
    "待填",
    "待录入",
    "待插入",
    "待核填",
    "（待补）",
    "（待补充）",
    "（待定）",
    "（略写）",
    "（空）",
    "#REF!",
    "#N/A",
    "#VALUE!",
    "{{",
    "}}",
    "${",
    "TODO",
    "FIXME",
    "undefined",
    "示例文字",
    "模板文字",
    "删除本行",
    "按实际情况填写",
    "以实际为准填写",
    "（）",
    "（ ）",
    "（  ）",
    "()",
    "《》",
    "“”",
    "______",
];

pub fn placeholders(doc: &Doc, sink: &mut Sink) {
    for body in &doc.bodies {
        for phrase in LEFT_OVER {
            for at in body.places(phrase) {
                let is_empty_pair = phrase.chars().count() <= 2
                    && body.quoted.get(at.wrapping_sub(1)) == Some(&true)
                    && *phrase != "“”";
                if !is_empty_pair && !is_word_part(body, at, phrase) {
                    sink.mark(PLACEHOLDER, body, at..at + phrase.chars().count(), "");
                }
            }
        }
        for at in body.places("待补") {
            let ends = |at: usize| "\n。，；、）)".contains(body.at(at));
            let is_open = ends(at + 2) || body.starts(at, "待补充") && ends(at + 3);
            // With a bracket before it, the phrase was found above.
            if is_open && body.before(at, 1) != '（' {
                sink.mark(PLACEHOLDER, body, at..at + 2, "");
            }
        }
        runs(body, sink);
        bracketed(body, sink);
        open_date(body, sink);
    }
}

/// `TODO` inside another word is none.
fn is_word_part(body: &Body, at: usize, phrase: &str) -> bool {
    let end = at + phrase.chars().count();
    phrase.chars().all(|sign| sign.is_ascii_alphabetic())
        && (body.before(at, 1).is_ascii_alphanumeric() || body.at(end).is_ascii_alphanumeric())
}

/// Rows of signs that stand for something: ××, XX, ___, ***, ???.
fn runs(body: &Body, sink: &mut Sink) {
    let mut at = 0;
    while at < body.chars.len() {
        let sign = body.at(at);
        let mut end = at + 1;
        while end < body.chars.len() && body.at(end) == sign {
            end += 1;
        }
        let n = end - at;
        let (before, after) = (body.before(at, 1), body.at(end));
        let masked = before.is_ascii_alphanumeric()
            || after.is_ascii_alphanumeric()
            || matches!(before, '·' | '-' | '*')
            || matches!(after, '-' | '·' | '*');
        // Quoted documents mask; what the appraiser writes himself does not.
        let in_records = matches!(body.part, Part::CaseFacts | Part::DataAbstract);
        let in_quotes = body.quoted.get(at) == Some(&true);
        let is_left = match sign {
            '×' | '╳' | 'Ｘ' => {
                let of_date = n == 1 && "年月日号".contains(after) && !before.is_ascii_digit();
                (n >= 2 && !masked || of_date) && !(in_quotes && in_records)
            }
            'X' | 'x' => n >= 2 && !masked && !in_quotes && !is_chromosomes(body, at, end),
            '_' | '＿' => n >= 3 || n == 2 && !(before.is_ascii_alphanumeric() && after.is_ascii_alphanumeric()),
            '*' | '＊' => n >= 3 && !masked && !in_quotes,
            '?' | '？' => n >= 2,
            '□' | '■' => n >= 3,
            _ => false,
        };
        if is_left && !body.text(at..end).starts_with("______") {
            sink.mark(PLACEHOLDER, body, at..end, "");
        }
        at = end;
    }
}

fn is_chromosomes(body: &Body, at: usize, end: usize) -> bool {
    matches!(body.before(at, 1), ',' | '，' | '、')
        || ["染色体", "型", "核型"].iter().any(|word| body.starts(end, word))
        || body.at(end) == '/'
}

const ASKING: &[&str] =
    &["填", "姓名", "日期", "名称", "待", "此处", "插入", "选择", "内容", "编号", "地点", "××", "等级", "部位", "数量"];

/// `【】`, `【姓名】`, `［填写日期］`.
fn bracketed(body: &Body, sink: &mut Sink) {
    for (open, close) in [('【', '】'), ('［', '］'), ('〔', '〕'), ('<', '>')] {
        for at in body.places(&open.to_string()) {
            let Some(end) = (at + 1..at + 14).find(|at| body.at(*at) == close) else { continue };
            let inside = body.text(at + 1..end);
            let asks = inside.trim().is_empty() || has(&inside, ASKING) && inside.chars().any(is_han) && open != '〔';
            if asks {
                sink.mark(PLACEHOLDER, body, at..end + 1, "");
            }
        }
    }
}

/// `年  月  日` with nothing in it.
fn open_date(body: &Body, sink: &mut Sink) {
    for at in body.places("年") {
        let mut next = at + 1;
        while next < at + 8 && body.at(next).is_whitespace() && body.at(next) != '\n' {
            next += 1;
        }
        if next > at + 1
            && body.at(next) == '月'
            && (body.at(next + 1).is_whitespace() || body.at(next + 1) == '日')
            && body.at(next + 1) != '\n'
        {
            let end = (next + 1..next + 8).find(|at| body.at(*at) == '日').map_or(next + 1, |at| at + 1);
            sink.mark(PLACEHOLDER, body, at..end, "");
        }
    }
}

const NO_OPINION: &[&str] = &[
    "仅供参考",
    "请结合临床",
    "请结合其他证据自行",
    "大概",
    "也许",
    "说不定",
    "好像是",
    "差不多",
    "无法保证",
    "估计是",
    "暂不下结论",
    "恕难",
    "以法院认定为准",
    "应该是",
];
const HEDGED: &[&str] = &["可能", "疑似", "似乎", "不一定", "大致", "基本上", "估计", "或许", "恐怕"];
const LEGAL: &[&str] = &[
    "构成犯罪",
    "应承担赔偿",
    "应当承担赔偿",
    "承担全部责任",
    "承担主要责任",
    "负全部责任",
    "负主要责任",
    "有罪",
    "应予赔偿",
    "构成故意伤害",
    "构成侵权",
    "合同无效",
    "遗嘱无效",
];

pub fn hedging(doc: &Doc, sink: &mut Sink) {
    let body = doc.body(Part::Opinion);
    for (words, message) in [(NO_OPINION, NO_OPINION_MESSAGE), (HEDGED, HEDGED_MESSAGE), (LEGAL, LEGAL_QUESTION)] {
        for word in words {
            for at in body.places(word) {
                let is_fixed = ["可能性", "极可能", "性较大"].iter().any(|fixed| body.starts(at, fixed))
                    || body.ends(at, "不")
                    || body.ends(at, "极")
                    || body.quoted.get(at) == Some(&true);
                if !is_fixed {
                    sink.mark(message, body, at..at + word.chars().count(), "");
                }
            }
        }
    }
}

const NO_OPINION_MESSAGE: Message = crate::messages::NO_OPINION;
const HEDGED_MESSAGE: Message = crate::messages::HEDGED;

/// A paragraph shorter than this may well come twice.
const PARAGRAPH_LEAST: usize = 24;

pub fn repeated(doc: &Doc, sink: &mut Sink) {
    for body in &doc.bodies {
        let mut seen = HashSet::new();
        for range in body.paragraphs() {
            let text = body.text(range.clone());
            // The number of a list does not make it another paragraph.
            let bare = text
                .trim_start_matches(|sign: char| {
                    sign.is_ascii_digit() || ".、．（）() 一二三四五六七八九十".contains(sign)
                })
                .to_owned();
            if bare.chars().count() >= PARAGRAPH_LEAST && !seen.insert(bare) {
                sink.add(REPEATED, body.part, range, "", "");
            }
        }
    }
}

const OPEN: &str = "（(《【“‘〔";
const CLOSE: &str = "））》】”’〕";

pub fn brackets(doc: &Doc, sink: &mut Sink) {
    for body in &doc.bodies {
        for range in body.paragraphs() {
            let mut open: Vec<(usize, usize)> = Vec::new();
            for at in range.clone() {
                let sign = body.at(at);
                if let Some(kind) = OPEN.chars().position(|one| one == sign) {
                    open.push((at, if kind == 1 { 0 } else { kind }));
                } else if let Some(kind) = CLOSE.chars().position(|one| one == sign).or((sign == ')').then_some(0)) {
                    match open.last() {
                        Some((_, last)) if *last == kind => {
                            open.pop();
                        }
                        // 1） begins a list.
                        _ if kind == 0 && is_list_mark(body, range.start, at) => {}
                        _ if sign == '’' => {}
                        _ => {
                            sink.mark(UNBALANCED, body, at..at + 1, "");
                            // The sign it should have closed is told of once, by this.
                            open.pop();
                        }
                    }
                }
            }
            for (at, _) in open {
                sink.mark(UNBALANCED, body, at..at + 1, "");
            }
        }
    }
}

fn is_list_mark(body: &Body, start: usize, at: usize) -> bool {
    let from = (at.saturating_sub(3).max(start)..at)
        .rev()
        .take_while(|at| body.at(*at).is_ascii_alphanumeric() || "一二三四五六七八九十①②③".contains(body.at(*at)))
        .last();
    from.is_some_and(|from| from == start || "。；，、：: ".contains(body.before(from, 1)))
}

pub fn half_width(doc: &Doc, sink: &mut Sink) {
    for body in &doc.bodies {
        let places: Vec<usize> = (1..body.chars.len())
            .filter(|at| {
                matches!(body.at(*at), ',' | ';' | ':' | '?' | '!')
                    && is_han(body.before(*at, 1))
                    && is_han(body.at(at + 1))
            })
            .collect();
        if let Some(first) = places.first() {
            sink.mark(HALF_WIDTH, body, *first..first + 1, places.len());
        }
    }
}

/// What a matter asks for, and words of which an answer has one.
const ASKED: &[(&str, &[&str])] = &[
    ("误工期", &["误工", "休息期"]),
    ("休息期", &["误工", "休息期"]),
    ("护理期", &["护理期", "护理"]),
    ("营养期", &["营养期", "营养"]),
    ("致残程度", &["级", "不构成", "未达"]),
    ("伤残等级", &["级", "不构成", "未达"]),
    ("损伤程度", &["重伤", "轻伤", "轻微伤", "不构成", "不评定"]),
    ("因果关系", &["因果", "直接原因", "参与度", "所致", "作用"]),
    ("死亡原因", &["死亡"]),
    ("刑事责任能力", &["责任能力"]),
    ("民事行为能力", &["行为能力"]),
    ("乙醇含量", &["乙醇"]),
    ("酒精含量", &["乙醇", "酒精"]),
    ("后续治疗费", &["费"]),
    ("行驶速度", &["km/h", "速度", "公里"]),
];

pub fn answers(doc: &Doc, sink: &mut Sink) {
    let body = doc.body(Part::Opinion);
    let text = &doc.input.opinion;
    if text.trim().is_empty() {
        return;
    }
    for (asked, words) in ASKED {
        if doc.input.matter.contains(asked) && !has(text, words) {
            let end = body.chars.len().min(1);
            sink.add(NOT_ANSWERED, Part::Opinion, 0..end, asked, "");
        }
    }
}
