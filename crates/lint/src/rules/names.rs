//! Names: the examinee's, and those of client and institution.
//!
//! **Invariant:** who is meant is taken from the word before the name (被鉴定人, 患者 …); a person whom the entrustment
//! names is never taken for a misspelling.

use crate::messages::*;
use crate::text::{Doc, Sink, is_han};
use crate::{Part, text::Body};

/// Words that the examinee's name follows.
const MEANT: &[&str] = &["被鉴定人", "被检人", "被检验人", "患者", "伤者", "死者", "姓名：", "姓名:"];
/// Surnames that are no words: what follows 被鉴定人 with one of these is a name.
const SURNAMES: &str = "王李张刘陈杨赵周吴徐孙朱胡郭林郑梁宋唐韩冯邓曹彭董袁潘蒋蔡魏吕丁沈姚卢姜崔谭汪范廖贾韦邹孟熊邱尹薛闫侯陶黎郝龚邵钱覃戴莫";
/// What follows a name.
const AFTER: &str = "，,。、；（( 于因的系之自在诉称与和：:男女被受不未符存为经";
/// Second characters that make no name, whatever the surname.
const NO_NAME: &str = "某，。、；：（）的了是有无为及和与在因于未经自系“”";
/// Characters that are taken for each other in names.
const ALIKE: &[&str] = &[
    "伟炜玮纬苇",
    "明鸣铭茗",
    "静婧靖",
    "丽莉俐",
    "军君钧均",
    "华桦骅",
    "杰洁捷",
    "峰锋烽",
    "强墙",
    "燕艳雁",
    "辉晖徽",
    "红虹洪鸿",
    "芳方",
    "敏闽",
    "勇泳咏",
    "霞侠",
    "琳林霖",
    "娟涓",
    "平萍苹",
    "超朝",
    "浩皓昊",
    "宇雨羽",
    "婷亭",
    "欣昕新心",
    "志智",
    "玉钰",
    "建健",
    "国囯",
    "文雯",
    "海晦",
    "云芸",
    "刚钢",
    "波博",
    "涛焘",
    "慧惠",
    "梅玫",
    "阳杨扬",
    "松崧",
    "秀绣",
    "兰岚",
    "俊骏峻",
    "清青",
    "宁凝",
    "诗思",
    "晨辰",
    "子紫",
    "涵函",
    "怡仪",
    "佳嘉家",
    "远原",
    "知之",
    "川穿",
    "舟州",
    "禾和",
    "安谙",
    "澄程",
    "微薇",
    "听廷",
    "临林",
    "溪希",
];

fn alike(a: char, b: char) -> bool {
    ALIKE.iter().any(|row| row.contains(a) && row.contains(b))
}

pub fn examinee(doc: &Doc, sink: &mut Sink) {
    let Some(name) = doc.person() else { return };
    let known = format!("{}\n{}\n{}", doc.input.matter, doc.input.materials.join("\n"), doc.input.client);
    for body in doc.bodies.iter().filter(|body| body.part != Part::Annexes) {
        for word in MEANT {
            for at in body.places(word) {
                let from = at + word.chars().count();
                meant(doc, body, from, &name, &known, word == &MEANT[0], sink);
            }
        }
        variants(doc, body, &name, &known, sink);
    }
}

fn meant(doc: &Doc, body: &Body, from: usize, name: &[char], known: &str, strict: bool, sink: &mut Sink) {
    let from = if body.at(from) == '“' { from + 1 } else { from };
    let here: Vec<char> = body.chars.iter().skip(from).take(name.len() + 1).copied().collect();
    if here.starts_with(name) || here.len() < 2 {
        return;
    }
    if let Some(length) = misspelt(&here, name) {
        let range = from..from + length;
        let text = body.text(range.clone());
        if !known.contains(&text) && !doc.input.signers.iter().any(|one| one.name == text) {
            sink.add(NAME_MISSPELT, body.part, range, text, &doc.input.examinee);
        }
        return;
    }
    if !strict || !SURNAMES.contains(here[0]) {
        return;
    }
    // Another person's name: surname, one or two characters, then what follows names.
    for length in [3, 2] {
        let given = body.chars.iter().skip(from + 1).take(length - 1);
        let is_given =
            given.clone().count() == length - 1 && given.clone().all(|sign| is_han(*sign) && !NO_NAME.contains(*sign));
        if is_given && AFTER.contains(body.at(from + length)) {
            let text = body.text(from..from + length);
            if !known.contains(&text) {
                sink.add(NAME_OTHER, body.part, from..from + length, text, &doc.input.examinee);
            }
            return;
        }
    }
}

/// `here` is `name` with one character changed, left out, doubled or two exchanged: how long the wrong name is.
fn misspelt(here: &[char], name: &[char]) -> Option<usize> {
    let length = name.len();
    let is_name = |part: &[char]| part.iter().all(|sign| is_han(*sign) && !NO_NAME.contains(*sign));
    if here.len() >= length && is_name(&here[..length]) {
        let differing: Vec<usize> = (0..length).filter(|at| here[*at] != name[*at]).collect();
        let follows = here.get(length).is_none_or(|sign| AFTER.contains(*sign) || *sign == '\n');
        let is_wrong = match differing[..] {
            // Two of three are his: only a wrong last one may be the next word.
            [at] if length >= 3 => at + 1 < length || follows || alike(here[at], name[at]),
            [1] => SURNAMES.contains(name[0]) && (follows || alike(here[1], name[1])),
            [0] => follows,
            [a, b] => length >= 3 && here[a] == name[b] && here[b] == name[a],
            _ => false,
        };
        if is_wrong {
            return Some(length);
        }
    }
    if length >= 3 {
        // One left out: 张小明 as 张明 or 张小.
        let short = [vec![name[0], name[2]], vec![name[0], name[1]]];
        let follows = here.get(2).is_some_and(|sign| AFTER.contains(*sign));
        if length == 3 && follows && short.iter().any(|one| here.starts_with(one)) {
            return Some(2);
        }
    }
    // One doubled: 张小小明.
    if here.len() > length && is_name(&here[..=length]) {
        let doubled = (0..length).any(|at| here[..=at] == name[..=at] && here[at + 1..=length] == name[at..]);
        if doubled {
            return Some(length + 1);
        }
    }
    None
}

/// Anywhere: a name of three with one character exchanged for one that sounds or looks alike.
fn variants(doc: &Doc, body: &Body, name: &[char], known: &str, sink: &mut Sink) {
    if name.len() < 3 {
        return;
    }
    for (at, window) in body.chars.windows(name.len()).enumerate() {
        let mut differing = (0..name.len()).filter(|i| window[*i] != name[*i]);
        let (Some(first), None) = (differing.next(), differing.next()) else { continue };
        let text: String = window.iter().collect();
        let led = MEANT.iter().any(|word| body.ends(at, word) || body.ends(at.saturating_sub(1), word));
        if first > 0 && alike(window[first], name[first]) && !led && !known.contains(&text) {
            sink.add(NAME_VARIANT, body.part, at..at + name.len(), text, &doc.input.examinee);
        }
    }
}

/// Characters by which organs and places of one kind differ.
const NUMBERED: &str = "一二三四五六七八九十东西南北中上下新老甲乙丙丁0123456789";
/// Shorter names are too common to be compared.
const NAME_LEAST: usize = 6;

pub fn organisations(doc: &Doc, sink: &mut Sink) {
    let input = doc.input;
    for (name, leads) in [
        (&input.client, &["委托人", "委托方", "委托单位", "委托机关", "委托人为", "委托人系"][..]),
        (&input.institution, &["本机构", "鉴定机构", "鉴定机构为", "我中心", "委托"][..]),
    ] {
        let name: Vec<char> = name.chars().collect();
        if name.len() < NAME_LEAST {
            continue;
        }
        let full: String = name.iter().collect();
        for body in doc.bodies.iter() {
            for (at, length) in near(&body.chars, &name) {
                let led = leads.iter().any(|lead| body.ends(at, lead) || body.ends(at.saturating_sub(1), lead));
                let message = if led { ORGANISATION_MISSPELT } else { ORGANISATION_VARIANT };
                sink.mark(message, body, at..at + length, &full);
            }
        }
    }
}

/// Places that read like `name` with one character changed or left out.
fn near(chars: &[char], name: &[char]) -> Vec<(usize, usize)> {
    let length = name.len();
    let mut found = Vec::new();
    for at in 0..chars.len() {
        let rest = &chars[at..chars.len().min(at + length)];
        let same = rest.iter().zip(name).take_while(|(a, b)| a == b).count();
        if same == length {
            continue;
        }
        // Changed.
        if rest.len() == length && rest[same + 1..] == name[same + 1..] {
            let (a, b) = (rest[same], name[same]);
            let marks = "·.．・";
            if is_han(a) && !(NUMBERED.contains(a) && NUMBERED.contains(b)) && !marks.contains(b) {
                found.push((at, length));
            }
            continue;
        }
        // Left out: only inside, so that an abbreviation is none.
        if (2..length - 2).contains(&same)
            && rest.len() >= length - 1
            && rest[same..length - 1] == name[same + 1..]
            && is_han(name[same])
        {
            found.push((at, length - 1));
        }
    }
    found
}
