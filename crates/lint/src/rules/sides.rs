//! Left and right of the same part of the body.
//!
//! **Invariant:** a side is compared with what the other parts say of the same bone or organ; where both sides are told
//! of anywhere, nothing is said, because the healthy side is measured too.

use crate::Part;
use crate::messages::*;
use crate::text::{Body, Doc, Sink};
use std::collections::{BTreeMap, BTreeSet};

/// Parts of the body that have two sides, the longer before the shorter.
const BODY: &[&str] = &[
    "胫骨平台",
    "肩胛骨",
    "锁骨",
    "肱骨",
    "尺骨",
    "桡骨",
    "股骨",
    "胫骨",
    "腓骨",
    "髌骨",
    "跟骨",
    "距骨",
    "髋臼",
    "髂骨",
    "耻骨",
    "坐骨",
    "颧骨",
    "颞骨",
    "肋骨",
    "跖骨",
    "掌骨",
    "半月板",
    "小腿",
    "大腿",
    "前臂",
    "上臂",
    "上肢",
    "下肢",
    "拇指",
    "示指",
    "食指",
    "中指",
    "环指",
    "小指",
    "眼睑",
    "眼球",
    "视网膜",
    "鼓膜",
    "耳廓",
    "额部",
    "颞部",
    "顶部",
    "枕部",
    "颧部",
    "面部",
    "额颞部",
    "胸腔",
    "胸壁",
    "腰部",
    "肾",
    "肺",
    "膝",
    "肩",
    "髋",
    "踝",
    "肘",
    "腕",
    "眼",
    "耳",
    "手",
    "足",
    "胸",
];
/// What is found there.
const FINDINGS: &[&str] = &[
    "骨折",
    "脱位",
    "断裂",
    "切除",
    "缺失",
    "瘢痕",
    "裂创",
    "裂伤",
    "血肿",
    "内固定",
    "穿孔",
    "破裂",
    "挫伤",
    "出血",
    "积液",
];

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Lateral {
    Left,
    Right,
    Both,
}

struct Told {
    side: Lateral,
    body: &'static str,
    finding: Option<&'static str>,
    from: usize,
    to: usize,
}

/// How far after the part of the body a finding is looked for.
const REACH: usize = 14;

fn told(text: &Body) -> Vec<Told> {
    let mut found = Vec::new();
    for at in 0..text.chars.len() {
        let side = match text.at(at) {
            '左' => Lateral::Left,
            '右' => Lateral::Right,
            '双' | '两' => Lateral::Both,
            _ => continue,
        };
        if side == Lateral::Both
            && !matches!(
                text.at(at + 1),
                '侧' | '膝' | '肩' | '眼' | '耳' | '手' | '足' | '下' | '上' | '肺' | '肾' | '小' | '大'
            )
        {
            continue;
        }
        let mut next = at + 1;
        if matches!(text.at(next), '侧' | '、') {
            next += 1;
        }
        // 左、右侧: both.
        let side =
            if text.at(at + 1) == '、' && matches!(text.at(at + 2), '左' | '右') { Lateral::Both } else { side };
        if side == Lateral::Both && matches!(text.at(next), '左' | '右') {
            next += 1 + usize::from(text.at(next + 1) == '侧');
        }
        // 左侧第4～9肋骨
        if text.at(next) == '第' {
            next = (next..next + 16).find(|at| text.at(*at) == '肋').unwrap_or(next);
        }
        let Some(body) = BODY.iter().filter(|body| text.starts(next, body)).max_by_key(|body| body.chars().count())
        else {
            continue;
        };
        let to = next + body.chars().count();
        let tail = text.tail(to, REACH);
        let clause = tail.split(['。', '；', '，', '左', '右', '双']).next().unwrap_or_default();
        let finding = FINDINGS.iter().filter_map(|one| clause.find(one).map(|at| (at, *one))).min().map(|(_, one)| one);
        found.push(Told { side, body, finding, from: at, to });
    }
    found
}

type Sides = BTreeMap<&'static str, BTreeSet<Lateral>>;

fn sides(all: &[&[Told]]) -> Sides {
    let mut sides = Sides::new();
    for one in all.iter().flat_map(|all| all.iter()) {
        sides.entry(one.body).or_default().insert(one.side);
    }
    sides
}

fn opposite(side: Lateral) -> Lateral {
    match side {
        Lateral::Left => Lateral::Right,
        Lateral::Right => Lateral::Left,
        Lateral::Both => Lateral::Both,
    }
}

fn word(side: Lateral) -> &'static str {
    match side {
        Lateral::Left => "左",
        Lateral::Right => "右",
        Lateral::Both => "双",
    }
}

pub fn consistent(doc: &Doc, sink: &mut Sink) {
    let read = |part| told(doc.body(part));
    let (data, process) = (read(Part::DataAbstract), read(Part::Process));
    let (analysis, opinion) = (read(Part::Analysis), read(Part::Opinion));
    let only_other = |sources: &Sides, one: &Told| {
        one.side != Lateral::Both
            && sources.get(one.body).is_some_and(|known| known.len() == 1 && known.contains(&opposite(one.side)))
    };
    let say = |sink: &mut Sink, message, part, one: &Told| {
        let body = doc.body(part);
        sink.mark(message, body, one.from..one.to, format!("{}{}", word(opposite(one.side)), one.body));
    };
    // 六 and 五 against what the records and the examination say.
    let sources = sides(&[&data, &process]);
    let with_analysis = sides(&[&data, &process, &analysis]);
    for one in &opinion {
        if only_other(&with_analysis, one) || only_other(&sources, one) {
            say(sink, SIDE_DIFFERS, Part::Opinion, one);
        }
    }
    for one in &analysis {
        if only_other(&sources, one) {
            say(sink, SIDE_DIFFERS, Part::Analysis, one);
        }
    }
    // A finding in 三 or 四 against all other parts.
    for (part, here, others) in [
        (Part::Process, &process, sides(&[&data, &analysis, &opinion])),
        (Part::DataAbstract, &data, sides(&[&process, &analysis, &opinion])),
    ] {
        let own: BTreeMap<_, usize> = here.iter().fold(BTreeMap::new(), |mut all, one| {
            *all.entry((one.body, one.side)).or_default() += 1;
            all
        });
        for one in here.iter().filter(|one| one.finding.is_some() && only_other(&others, one)) {
            let alone = own.get(&(one.body, one.side)) == Some(&1);
            let both = own.contains_key(&(one.body, opposite(one.side)));
            let message = if both || !alone { SIDE_FINDING } else { SIDE_DIFFERS };
            say(sink, message, part, one);
        }
    }
}
