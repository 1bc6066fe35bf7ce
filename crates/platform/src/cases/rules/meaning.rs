//! The signs in a text on which an opinion's meaning hangs: grades, sides, shares, yes and no.
//!
//! **Invariant:** two texts with different signs do not mean the same; equal signs prove nothing, a person still answers.

use std::collections::BTreeMap;

/// Words that decide, longest first, so that 不能排除 is not also 排除.
const DECISIVE: &[&str] = &[
    "重伤一级",
    "重伤二级",
    "轻伤一级",
    "轻伤二级",
    "轻微伤",
    "重伤",
    "轻伤",
    "不能排除",
    "不能认定",
    "不存在",
    "不构成",
    "不符合",
    "不支持",
    "不是",
    "无因果关系",
    "无关",
    "排除",
    "认定",
    "存在",
    "构成",
    "符合",
    "支持",
    "因果关系",
    "完全",
    "主要",
    "同等",
    "次要",
    "轻微",
    "左",
    "右",
    "双",
    "同一人",
    "无民事行为能力",
    "限制民事行为能力",
    "完全民事行为能力",
    "无刑事责任能力",
    "限定刑事责任能力",
    "完全刑事责任能力",
    "没有",
    "不",
    "未",
    "无",
    "非",
    "否",
];

/// How often each sign occurs.
pub fn signs(text: &str) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some(word) = DECISIVE.iter().find(|word| rest.starts_with(**word)) {
            *found.entry((*word).to_owned()).or_default() += 1;
            rest = &rest[word.len()..];
        } else if let Some((sign, length)) = measured(rest) {
            *found.entry(sign).or_default() += 1;
            rest = &rest[length..];
        } else {
            rest = &rest[first.len_utf8()..];
        }
    }
    found
}

/// `九级`, `10级`, `35%`, `1/3`, `1.5cm`: a number with what makes it count. A bare number is none: it may be a digit of an
/// identity card.
fn measured(text: &str) -> Option<(String, usize)> {
    let number: String = text.chars().take_while(|sign| is_numeral(*sign)).collect();
    if number.is_empty() {
        return None;
    }
    let rest = &text[number.len()..];
    let unit = ["级", "%", "％", "日", "天", "个月", "cm", "mm", "mg", "厘米", "毫米", "分之"]
        .into_iter()
        .find(|unit| rest.starts_with(unit))?;
    Some((format!("{number}{unit}"), number.len() + unit.len()))
}

fn is_numeral(sign: char) -> bool {
    sign.is_ascii_digit() || "一二三四五六七八九十百〇零两.".contains(sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_the_meaning_is_seen_and_what_does_not_is_let_through() {
        for (wrong, right, changes, why) in [
            ("评定为九级", "评定为十级", true, "S17: a grade"),
            ("评定为9级", "评定为10级", true, "the same in figures"),
            ("轻伤一级", "轻伤二级", true, "a level of injury"),
            ("左膝", "右膝", true, "a side"),
            ("与外力作用相符", "与外力作用不相符", true, "any negation"),
            ("符合", "不符合", true, "yes and no"),
            ("参与度为35%", "参与度为53%", true, "a share"),
            ("护理期60日", "护理期90日", true, "a period"),
            ("次要作用", "主要作用", true, "a share in words"),
            ("张三丰", "张三峰", false, "a misspelt name"),
            ("310101198001011234", "310101198001011243", false, "digits of an identity card"),
            ("的的", "的", false, "a doubled character"),
            ("片号为12", "片号为21", false, "the number of a film"),
        ] {
            assert_eq!(signs(wrong) != signs(right), changes, "{why}: {wrong} → {right}");
        }
    }
}
