//! Numbers: figures and capitals, sums, percentages, and values that no body has.
//!
//! **Invariant:** amounts are reckoned in hundredths, in whole numbers; what overflows is left alone.

use crate::messages::*;
use crate::text::{Body, Doc, Sink, has, numeral};

/// An amount in figures, in hundredths (fen).
struct Amount {
    from: usize,
    to: usize,
    hundredths: i64,
}

/// `12,300.50`, `12300元`, `1.2万元` from a place where a number begins.
fn amount(body: &Body, at: usize) -> Option<Amount> {
    if !body.at(at).is_ascii_digit() || body.before(at, 1).is_ascii_digit() || matches!(body.before(at, 1), '.' | ',') {
        return None;
    }
    let (mut whole, mut decimals, mut places, mut to) = (0_i64, 0_i64, 0, at);
    let mut dotted = false;
    for i in at..(at + 20).min(body.chars.len()) {
        match body.at(i) {
            ',' | '，'
                if !dotted && (1..=3).all(|n| body.at(i + n).is_ascii_digit()) && !body.at(i + 4).is_ascii_digit() => {}
            '.' if !dotted && body.at(i + 1).is_ascii_digit() => dotted = true,
            sign => match sign.to_digit(10) {
                Some(digit) if dotted => {
                    if places < 4 {
                        decimals = decimals * 10 + i64::from(digit);
                        places += 1;
                    }
                }
                Some(digit) => whole = whole.checked_mul(10)?.checked_add(i64::from(digit))?,
                None => break,
            },
        }
        to = i + 1;
    }
    let unit: i64 = if body.at(to) == '万' { 1_000_000 } else { 100 };
    let scale = 10_i64.checked_pow(places)?;
    let hundredths = whole.checked_mul(unit)?.checked_add(decimals * unit / scale)?;
    Some(Amount { from: at, to: to + usize::from(unit > 100), hundredths })
}

const CAPITALS: &str = "零壹贰叁肆伍陆柒捌玖拾佰仟万亿";

/// `壹万贰仟叁佰元伍角整`: its hundredths and where it ends.
fn capitals(body: &Body, at: usize) -> Option<(i64, usize, bool)> {
    let (value, taken) = numeral(&body.chars[at..body.chars.len().min(at + 24)])?;
    let mut end = at + taken;
    let mut hundredths = i64::try_from(value).ok()?.checked_mul(100)?;
    let is_money = matches!(body.at(end), '元' | '圆');
    if is_money {
        end += 1;
        for (unit, worth) in [('角', 10), ('分', 1)] {
            let skip = usize::from(body.at(end) == '零');
            if let Some((digit, 1)) =
                numeral(&body.chars[body.chars.len().min(end + skip)..body.chars.len().min(end + skip + 1)])
                && body.at(end + skip + 1) == unit
            {
                hundredths += i64::try_from(digit).ok()? * worth;
                end += skip + 2;
            }
        }
        end += usize::from(body.at(end) == '整' || body.at(end) == '正');
    }
    Some((hundredths, end, is_money))
}

pub fn check(doc: &Doc, sink: &mut Sink) {
    for body in &doc.bodies {
        both_ways(body, sink);
        everyday(body, sink);
        sums(body, sink);
        percent(body, sink);
    }
}

/// Capitals, and the figures that stand beside them.
fn both_ways(body: &Body, sink: &mut Sink) {
    let mut at = 0;
    while at < body.chars.len() {
        let is_start = CAPITALS.contains(body.at(at)) && !"零万亿".contains(body.at(at));
        let Some((hundredths, end, is_money)) = is_start.then(|| capitals(body, at)).flatten() else {
            at += 1;
            continue;
        };
        if let Some(figures) = beside(body, at, end, is_money).filter(|one| one.hundredths != hundredths) {
            sink.mark(CAPITALS_DIFFER, body, at..end, body.text(figures.from..figures.to));
        }
        at = end.max(at + 1);
    }
}

/// The figures that the capitals repeat: `120日（壹佰贰拾日）`, `¥12,300.00（大写：人民币壹万…）`, `壹万…（¥12,300.00）`.
fn beside(body: &Body, from: usize, to: usize, is_money: bool) -> Option<Amount> {
    let lead_in = |sign: char| "（(大写：:人民币RMB为即计合共 ".contains(sign);
    let mut at = from;
    while at > from.saturating_sub(12) && at > 0 && lead_in(body.at(at - 1)) {
        at -= 1;
    }
    // The unit of the figures, and a closing bracket.
    let bracketed = body.text(at..from).contains(['（', '(', '大']);
    let mut end = at;
    while end > at.saturating_sub(3) && end > 0 && "元万日天年个月份张处%圆，,".contains(body.at(end - 1)) {
        end -= 1;
    }
    if bracketed && body.before(end, 1).is_ascii_digit() {
        let start = (end.saturating_sub(18)..end)
            .rev()
            .take_while(|at| body.at(*at).is_ascii_digit() || ",.，".contains(body.at(*at)))
            .last()?;
        let start = (start..end).find(|at| body.at(*at).is_ascii_digit())?;
        return amount(body, start).filter(|one| one.to >= end);
    }
    let opened = body.tail(to, 10).starts_with(['（', '('])
        || is_money && body.tail(to, 10).starts_with(['，', '即', ' ', '¥', '￥']);
    if !opened {
        return None;
    }
    let start = (to..to + 8).find(|at| body.at(*at).is_ascii_digit())?;
    let between = body.text(to..start);
    between.chars().all(|sign| "（(¥￥小写：:人民币RMB，即 ".contains(sign)).then(|| amount(body, start)).flatten()
}

/// `十二（12）处`, `12（十二）处`.
fn everyday(body: &Body, sink: &mut Sink) {
    for at in body.places("（") {
        let Some(close) = (at + 1..at + 9).find(|at| body.at(*at) == '）') else { continue };
        let inside = &body.chars[at + 1..close];
        let figures_inside = body.number(at + 1).filter(|(_, end)| *end == close);
        let before =
            |ok: &dyn Fn(char) -> bool| (at.saturating_sub(8)..at).rev().take_while(|at| ok(body.at(*at))).last();
        if let Some((inner, _)) = figures_inside {
            let Some(from) = before(&|sign| "一二三四五六七八九十百千两".contains(sign)) else { continue };
            if let Some((value, taken)) = numeral(&body.chars[from..at])
                && from + taken == at
                && value != inner
                && is_counted(body, close + 1)
            {
                sink.mark(CAPITALS_DIFFER, body, from..at, inner);
            }
        } else {
            // 60日（六十日）: the unit stands in both.
            let unit = inside.last().filter(|unit| UNITS.contains(**unit) && body.before(at, 1) == **unit);
            let (inside, outer_end) = match unit {
                Some(_) => (&inside[..inside.len() - 1], at - 1),
                None => (inside, at),
            };
            let digits = (outer_end.saturating_sub(8)..outer_end).rev().take_while(|at| body.at(*at).is_ascii_digit());
            let Some(from) = digits.last() else { continue };
            if let (Some((value, taken)), Some((outer, end))) = (numeral(inside), body.number(from))
                && taken == inside.len()
                && end == outer_end
                && value != outer
                && (unit.is_some() || is_counted(body, close + 1))
            {
                sink.mark(CAPITALS_DIFFER, body, at + 1..close, outer);
            }
        }
    }
}

const UNITS: &str = "处个日天月年份张页枚支根元次例只名级袋瓶册";

/// A unit follows, so that the bracket repeats a number and does not count a list.
fn is_counted(body: &Body, at: usize) -> bool {
    UNITS.contains(body.at(at))
}

/// `A元、B元、C元，合计D元` in one sentence.
fn sums(body: &Body, sink: &mut Sink) {
    for word in ["合计", "共计", "总计", "以上合计"] {
        for at in body.places(word) {
            let start = (at + 2..at + 8).find(|at| body.at(*at).is_ascii_digit());
            let Some(total) = start
                .and_then(|at| amount(body, at))
                .filter(|one| body.at(one.to) == '元' || body.before(one.to, 1) == '万')
            else {
                continue;
            };
            let sentence = body.sentence(at);
            let text = body.text(sentence.start..sentence.end);
            if has(&text, &["其中", "小计", "扣除", "已付", "减去", "另", "折", "每", "单价", "不含", "税", "×", "约"])
                || ["合计", "共计", "总计"].iter().map(|one| text.matches(one).count()).sum::<usize>() > 1
            {
                continue;
            }
            let mut items = Vec::new();
            let mut next = sentence.start;
            while next < at {
                match amount(body, next) {
                    Some(one) => {
                        next = one.to;
                        if body.at(one.to) == '元' {
                            items.push(one.hundredths);
                        }
                    }
                    None => next += 1,
                }
            }
            let sum = items.iter().fold(0_i64, |sum, one| sum.saturating_add(*one));
            if items.len() >= 2 && sum != total.hundredths {
                let shown =
                    if sum % 100 == 0 { (sum / 100).to_string() } else { format!("{}.{:02}", sum / 100, sum % 100) };
                sink.mark(SUM_DIFFERS, body, total.from..total.to, shown);
            }
        }
    }
}

/// What is a share of a whole, and so at most a hundred.
const SHARES: &[&str] = &[
    "占",
    "丧失",
    "参与度",
    "原因力",
    "相似度",
    "体表面积",
    "同一率",
    "符合率",
    "饱和度",
    "概率",
    "比例为",
    "丧失功能",
];

fn percent(body: &Body, sink: &mut Sink) {
    for at in body.places("%").into_iter().chain(body.places("％")) {
        let from = (at.saturating_sub(12)..at)
            .rev()
            .take_while(|at| body.at(*at).is_ascii_digit() || body.at(*at) == '.')
            .last();
        let Some(one) = from.and_then(|from| amount(body, from)).filter(|one| one.to == at) else { continue };
        let clause = body.text(body.clause_start(one.from)..one.from);
        if one.hundredths > 10_000 && has(&clause, SHARES) && !has(&clause, &["高于", "超过", "超出", "增加", "增长"])
        {
            sink.mark(PERCENT_OVER, body, one.from..at + 1, "");
        }
    }
}

/// What is measured, its unit, least and most, in hundredths.
const MEASURED: &[(&str, &[&str], i64, i64)] = &[
    ("身高", &["cm", "厘米"], 4_000, 23_000),
    ("身长", &["cm", "厘米"], 2_000, 23_000),
    ("体重", &["kg", "千克", "公斤"], 100, 30_000),
    ("体温", &["℃", "度"], 3_000, 4_300),
    ("脉搏", &["次/分"], 2_000, 25_000),
    ("心率", &["次/分"], 2_000, 25_000),
    ("脑重", &["g"], 10_000, 220_000),
    ("血液中乙醇含量为", &["mg/100mL", "mg/100ml"], 0, 100_000),
];

pub fn units(doc: &Doc, sink: &mut Sink) {
    for body in &doc.bodies {
        for (what, units, least, most) in MEASURED {
            for at in body.places(what) {
                let next = at + what.chars().count();
                let start = (next..next + 3).find(|at| body.at(*at).is_ascii_digit());
                let Some(one) = start.and_then(|at| amount(body, at)) else { continue };
                let Some(unit) = units.iter().find(|unit| body.starts(one.to, unit)) else { continue };
                if !(*least..=*most).contains(&one.hundredths) {
                    sink.mark(UNIT_UNLIKELY, body, one.from..one.to + unit.chars().count(), "");
                }
            }
        }
        for at in body.places("血压") {
            let Some(start) = (at + 2..at + 5).find(|at| body.at(*at).is_ascii_digit()) else { continue };
            let Some((high, slash)) = body.number(start) else { continue };
            let Some((low, end)) = (body.at(slash) == '/').then(|| body.number(slash + 1)).flatten() else { continue };
            if body.starts(end, "mmHg") && (high <= low || high > 300) {
                sink.mark(UNIT_UNLIKELY, body, start..end, "");
            }
        }
    }
}
