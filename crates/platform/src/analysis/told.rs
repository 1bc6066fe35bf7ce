//! Words for what the detectors write as words: their names, the numbers of evidence, how strong a lead is.
//!
//! **Invariant:** a number is shown with what it counts, or not at all.

use super::store::{MEDIUM_PPM, STRONG_PPM};
use crate::text::Lang;
use crate::web::Ui;
use screening::detectors::{DESCRIPTIONS, DETECTORS, Description, FURTHER};

/// Every detector that the platform runs, in the order of the findings.
pub const ALL: [&str; 20] = {
    let mut names = [""; 20];
    let mut n = 0;
    while n < names.len() {
        names[n] = if n < DETECTORS.len() { DETECTORS[n].0 } else { FURTHER[n - DETECTORS.len()].0 };
        n += 1;
    }
    names
};

/// A detector explained; none for a name of an older program.
pub fn detector(name: &str) -> Option<&'static Description> {
    DESCRIPTIONS.iter().find(|one| one.name == name)
}

/// The name of a detector in the reader's language.
pub fn title(lang: Lang, name: &str) -> String {
    detector(name).map_or_else(|| name.to_owned(), |one| both(lang, &one.title).to_owned())
}

/// The same for a template.
pub fn named(ui: &Ui, name: &str) -> String {
    title(ui.lang, name)
}

pub fn both(lang: Lang, text: &screening::detectors::Both) -> &'static str {
    match lang {
        Lang::Zh => text.chinese,
        Lang::En => text.english,
    }
}

/// Whom a lead is about.
pub fn entity(word: &str) -> &'static str {
    match word {
        "lawyer" => "委托代理方",
        "appraiser" => "鉴定人",
        "phone" => "联系电话",
        "hospital" => "诊治医院",
        "insurer" => "保险公司",
        "address" => "联系地址",
        _ => "鉴定机构",
    }
}

/// How strong it is, by the share of leads like it that are expected to be false.
pub fn strength(q: f64) -> &'static str {
    match (q * 1e6).round() as i64 {
        ppm if ppm <= STRONG_PPM => "强",
        ppm if ppm <= MEDIUM_PPM => "中",
        _ => "弱",
    }
}

/// What a number of an evidence row counts: its label, and the digits after the point that mean something.
pub fn number(name: &str) -> Option<(&'static str, usize)> {
    Some(match name {
        "grades_above" => ("高出预期的等级", 2),
        "minutes" => ("检查分钟", 0),
        "reappraised" => ("重新鉴定", 0),
        "overturned" => ("结论被改变", 0),
        "similarity" | "alike" => ("相似度", 2),
        "usual" => ("本人通常相似度", 2),
        "share_of_tariff" => ("实收与通常收费之比", 2),
        "suspended_days" => ("中止天数", 0),
        "spreads_over_usual" => ("超出通常时长（倍离差）", 1),
        "weekdays_after_number" => ("晚于文号的工作日", 0),
        "bac" => ("血液酒精（mg/100mL）", 1),
        "gap" => ("与前一检查的间隔（分钟）", 0),
        "days_after_examination" => ("检查后写入的天数", 0),
        "written_together" => ("同一时段写入份数", 0),
        "hours_early" => ("签名提前小时数", 1),
        "above" => ("高出同类的幅度", 2),
        "km" => ("距登记地址（公里）", 1),
        _ => return None,
    })
}

/// A value as it is shown: yes and no for what happened or did not.
pub fn value(lang: Lang, name: &str, value: f64) -> String {
    match name {
        "reappraised" | "overturned" => lang.t(if value > 0.5 { "是" } else { "否" }).into_owned(),
        _ => {
            let digits = number(name).map_or(2, |(_, digits)| digits);
            format!("{value:.digits$}")
        }
    }
}

/// What kind of statement it is.
pub fn statement(kind: &str) -> &'static str {
    match kind {
        "question" => "要求机构说明",
        "answer" => "机构的说明",
        "proposal" => "提议确认",
        "concurrence" => "同意确认",
        "objection" => "不同意确认",
        "dismissal" => "排除理由",
        "reopening" => "重新核查的理由",
        _ => "核查备注",
    }
}

/// The rate in percent, as the explanation of a strength says it.
pub fn percent(q: f64) -> String {
    if q < 0.000_1 { "<0.01%".into() } else { format!("{:.2}%", q * 100.0) }
}
