//! The explanation of a due date: lines with fields for machines, and a sentence for each in Chinese and in English.
//!
//! **Invariant:** the sentences say nothing that the fields do not.

use crate::term::Term;
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

/// What a count counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counting {
    Workdays,
    Days,
}

/// Why a day does not count, or cannot be the last day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Reason {
    Weekend,
    Holiday {
        /// As the decree names it, in Chinese; see [`holiday_en`].
        holiday: String,
    },
    Paused,
}

/// A day that cannot be the last day of a term.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rest {
    pub date: Date,
    #[serde(flatten)]
    pub reason: Reason,
}

/// One step of an explanation. In serde an object with `kind` and the fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Line {
    /// Day zero of the term.
    Start { date: Date, term: Term },
    /// Days that follow one another and all count, with the numbers they get, counted from 1 for each term.
    Counted { from: Date, to: Date, first: u32, last: u32, counting: Counting },
    /// A Saturday or Sunday that counts because it is worked for the named holiday.
    MadeUp { date: Date, holiday: String, number: u32 },
    /// A day that does not count.
    Skipped {
        date: Date,
        #[serde(flatten)]
        reason: Reason,
    },
    /// The end of a term of months or years before pauses and rolling. `month_is_short`: there was no corresponding
    /// day, so it is the last day of the month (民法典 202).
    Corresponding { from: Date, term: Term, date: Date, month_is_short: bool },
    /// So many days were paused within the months or years, and are counted on after their end.
    CountedOn { after: Date, days: u32 },
    /// An extension, the `number`th from 1; `from` is the due date so far and is its day zero.
    Extension { number: usize, term: Term, from: Date },
    /// The last day is a day of rest, so the next working day is the last day (民法典 203); `past` is every day from
    /// `from` on that could not be it.
    Rolled { from: Date, to: Date, past: Vec<Rest> },
    /// Years that are reckoned by weekends because their holidays are not decreed yet.
    Provisional { from_year: i16, to_year: i16, last_decreed: Option<i16> },
    /// The term would end after the last date there is.
    EndOfDates { date: Date },
    /// The explanation is too long to be listed; the result is complete.
    Shortened,
}

impl Line {
    /// One Chinese sentence.
    pub fn zh(&self) -> String {
        match self {
            Self::Start { date, term } => format!("{}为起始日，不计入；期限 {}。", zh_date(*date), term.zh()),
            Self::Counted { from, to, first, last, counting } => {
                let unit = if *counting == Counting::Workdays { "个工作日" } else { "日" };
                if first == last {
                    format!("{}：第 {first} {unit}。", zh_date(*from))
                } else {
                    format!("{}至 {}：第 {first}–{last} {unit}。", zh_date(*from), zh_date(*to))
                }
            }
            Self::MadeUp { date, holiday, number } => {
                format!("{}因{holiday}调休上班：第 {number} 个工作日。", zh_date(*date))
            }
            Self::Skipped { date, reason } => format!("{}不计：{}。", zh_date(*date), reason.zh()),
            Self::Corresponding { term, date, month_is_short: false, .. } => {
                format!("{}后的对应日为 {}（民法典第二百零二条）。", term.zh(), zh_date(*date))
            }
            Self::Corresponding { term, date, month_is_short: true, .. } => {
                format!(
                    "{}后的那个月没有对应日，以月末日 {}为期满日（民法典第二百零二条）。",
                    term.zh(),
                    zh_date(*date)
                )
            }
            Self::CountedOn { after, days } => format!("期内暂停 {days} 日，自 {}之后接着补计。", zh_date(*after)),
            Self::Extension { number, term, from } => {
                format!("第 {number} 次延长 {}：自到期日 {}起算，当日不计入。", term.zh(), zh_date(*from))
            }
            Self::Rolled { from, to, past } => {
                let why = past_list(past, "、", |rest| format!("{} {}", rest.date, rest.reason.zh()), Reason::zh);
                format!("末日 {}不能届满（{why}），顺延至 {}（民法典第二百零三条）。", zh_date(*from), zh_date(*to))
            }
            Self::Provisional { from_year, to_year, last_decreed } => {
                let years = years(*from_year, *to_year);
                let known = last_decreed.map_or(String::new(), |year| format!("（已载入至 {year} 年）"));
                format!("{years} 年的放假安排尚未公布{known}，该部分只按周末推算，结果为暂定。")
            }
            Self::EndOfDates { date } => format!("期限超出可表示的最后日期 {date}，以该日为准。"),
            Self::Shortened => "以下各日从略，结果不受影响。".to_string(),
        }
    }

    /// One English sentence.
    pub fn en(&self) -> String {
        match self {
            Self::Start { date, term } => {
                format!("{} is the starting day and does not count; the term is {}.", en_date(*date), term.en())
            }
            Self::Counted { from, to, first, last, counting } => {
                let unit = if *counting == Counting::Workdays { "working day" } else { "day" };
                if first == last {
                    format!("{} is {unit} {first}.", en_date(*from))
                } else {
                    format!("{} to {} are {unit}s {first} to {last}.", en_date(*from), en_date(*to))
                }
            }
            Self::MadeUp { date, holiday, number } => {
                format!("{} is worked to make up for {}: working day {number}.", en_date(*date), holiday_en(holiday))
            }
            Self::Skipped { date, reason } => format!("{} does not count: {}.", en_date(*date), reason.en()),
            Self::Corresponding { term, date, month_is_short: false, .. } => {
                format!("The corresponding day after {} is {} (Civil Code, article 202).", term.en(), en_date(*date))
            }
            Self::Corresponding { term, date, month_is_short: true, .. } => format!(
                "The month {} later has no corresponding day, so the term ends on its last day, {} \
                 (Civil Code, article 202).",
                term.en(),
                en_date(*date)
            ),
            Self::CountedOn { after, days } => {
                format!("{} paused within the term, counted on after {}.", en_days(*days), en_date(*after))
            }
            Self::Extension { number, term, from } => format!(
                "Extension {number} of {} counts on from the due date {}, which does not count again.",
                term.en(),
                en_date(*from)
            ),
            Self::Rolled { from, to, past } => {
                let why = past_list(past, ", ", |rest| format!("{} {}", rest.date, rest.reason.en()), Reason::en);
                format!(
                    "The last day, {}, cannot end the term ({why}); it moves to {} (Civil Code, article 203).",
                    en_date(*from),
                    en_date(*to)
                )
            }
            Self::Provisional { from_year, to_year, last_decreed } => {
                let years = years(*from_year, *to_year);
                let known = last_decreed.map_or(String::new(), |year| format!(" (known up to {year})"));
                format!(
                    "The holidays of {years} are not decreed yet{known}; they are reckoned by weekends only, so the result is provisional."
                )
            }
            Self::EndOfDates { date } => format!("The term ends beyond the last date there is and is cut at {date}."),
            Self::Shortened => "The days that follow are not listed; the result is complete.".to_string(),
        }
    }
}

impl Reason {
    /// `周末`, `国庆节放假`, `暂停计时`.
    pub fn zh(&self) -> String {
        match self {
            Self::Weekend => "周末".to_string(),
            Self::Holiday { holiday } => format!("{holiday}放假"),
            Self::Paused => "暂停计时".to_string(),
        }
    }

    /// `weekend`, `National Day holiday`, `the clock is paused`.
    pub fn en(&self) -> String {
        match self {
            Self::Weekend => "weekend".to_string(),
            Self::Holiday { holiday } => format!("{} holiday", holiday_en(holiday)),
            Self::Paused => "the clock is paused".to_string(),
        }
    }
}

/// The English name of a holiday as decreed; a name that is not known stays as it is.
pub fn holiday_en(holiday: &str) -> &str {
    match holiday {
        "元旦" => "New Year's Day",
        "春节" => "Spring Festival",
        "清明节" => "Qingming Festival",
        "劳动节" => "Labour Day",
        "端午节" => "Dragon Boat Festival",
        "中秋节" => "Mid-Autumn Festival",
        "国庆节" => "National Day",
        other => other,
    }
}

/// A single day needs no date beside its reason, the sentence names it already. A long row is cut: the fields have all.
fn past_list(past: &[Rest], comma: &str, dated: impl Fn(&Rest) -> String, plain: impl Fn(&Reason) -> String) -> String {
    const LISTED_MAX: usize = 31;
    match past {
        [only] => plain(&only.reason),
        _ => {
            let mut listed: Vec<String> = past.iter().take(LISTED_MAX).map(dated).collect();
            if past.len() > LISTED_MAX {
                listed.push("…".to_string());
            }
            listed.join(comma)
        }
    }
}

/// A date with its weekday: `2026-03-02（周一）`.
pub(crate) fn zh_date(date: Date) -> String {
    let weekday = match date.weekday() {
        Weekday::Monday => "一",
        Weekday::Tuesday => "二",
        Weekday::Wednesday => "三",
        Weekday::Thursday => "四",
        Weekday::Friday => "五",
        Weekday::Saturday => "六",
        Weekday::Sunday => "日",
    };
    format!("{date}（周{weekday}）")
}

pub(crate) fn en_date(date: Date) -> String {
    let weekday = match date.weekday() {
        Weekday::Monday => "Mon",
        Weekday::Tuesday => "Tue",
        Weekday::Wednesday => "Wed",
        Weekday::Thursday => "Thu",
        Weekday::Friday => "Fri",
        Weekday::Saturday => "Sat",
        Weekday::Sunday => "Sun",
    };
    format!("{date} ({weekday})")
}

fn en_days(days: u32) -> String {
    if days == 1 { "1 day was".to_string() } else { format!("{days} days were") }
}

fn years(from: i16, to: i16) -> String {
    if from == to { from.to_string() } else { format!("{from}–{to}") }
}
