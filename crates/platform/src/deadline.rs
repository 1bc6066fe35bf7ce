//! `sijian deadline`: a due date with everything one needs to check it by hand.
//!
//! **Invariant:** nothing but the arguments and the decreed calendar; the clock and the database are not asked.

use anyhow::{Context, Result};
use jiff::civil::Date;
use serde_json::{Value, json};
use worktime::{Calendar, Clock, Line, Pause, Reckoning, Term};

/// Reckon a due date and explain it.
#[derive(clap::Args, Clone, Debug)]
pub struct DeadlineArgs {
    /// The starting day, which does not count: 2026-03-02.
    #[arg(long)]
    pub start: Date,
    /// 30wd working days, 60d days, 3m months, 3y years.
    #[arg(long)]
    pub term: Term,
    /// Notice day and day the reason ended, 2026-03-16..2026-04-08; may be given more than once.
    #[arg(long = "pause", value_name = "NOTICE..END")]
    pub pauses: Vec<Pause>,
    /// An extension, counted on from the due date before it: 20wd; may be given more than once.
    #[arg(long = "extend", value_name = "TERM")]
    pub extensions: Vec<Term>,
    /// Print one JSON object instead of sentences.
    #[arg(long)]
    pub json: bool,
    /// The language of the sentences.
    #[arg(long, value_enum, default_value_t = Lang::Zh)]
    pub lang: Lang,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    Zh,
    En,
}

/// The text to print: the explanation line by line and the due date, or all of it as JSON.
///
/// # Errors
/// If the explanation cannot be written as JSON.
pub fn run(args: &DeadlineArgs, calendar: &Calendar) -> Result<String> {
    let reckoning = calendar.reckon(&Clock {
        start: args.start,
        term: args.term,
        pauses: args.pauses.clone(),
        extensions: args.extensions.clone(),
    });
    if args.json {
        return Ok(serde_json::to_string_pretty(&as_json(&reckoning)?)?);
    }
    let (say, result): (fn(&Line) -> String, String) = match args.lang {
        Lang::Zh => (Line::zh, reckoning.zh()),
        Lang::En => (Line::en, reckoning.en()),
    };
    let mut lines: Vec<String> = reckoning.explanation.iter().map(say).collect();
    lines.push(result);
    Ok(lines.join("\n"))
}

/// `{"due", "provisional", "explanation": [{"kind", …, "zh", "en"}]}`.
///
/// # Errors
/// If a line cannot be written as JSON.
pub fn as_json(reckoning: &Reckoning) -> Result<Value> {
    let lines: Result<Vec<Value>> = reckoning.explanation.iter().map(line_as_json).collect();
    Ok(json!({ "due": reckoning.due, "provisional": reckoning.provisional, "explanation": lines? }))
}

fn line_as_json(line: &Line) -> Result<Value> {
    let mut value = serde_json::to_value(line).context("a line of the explanation as JSON")?;
    if let Some(fields) = value.as_object_mut() {
        fields.insert("zh".to_string(), line.zh().into());
        fields.insert("en".to_string(), line.en().into());
    }
    Ok(value)
}

macro_rules! decreed_years {
    ($($year:literal)*) => {
        [$(($year, include_str!(concat!("../data/calendar/", $year, ".csv")))),*]
    };
}

/// The decrees that are built in, one file a year. A new decree is a new file and its year here.
pub const DECREED_YEARS: [(i16, &str); 11] = decreed_years!(2016 2017 2018 2019 2020 2021 2022 2023 2024 2025 2026);

/// The calendar of the built-in decrees.
///
/// # Errors
/// Every fault of the files, one a line.
pub fn decreed_calendar() -> Result<Calendar> {
    Calendar::from_years(&DECREED_YEARS).map_err(|faults| {
        let sentences: Vec<String> = faults.iter().map(ToString::to_string).collect();
        anyhow::anyhow!(sentences.join("\n"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        deadline: DeadlineArgs,
    }

    fn answer(line: &str) -> Result<String> {
        let cli = Cli::try_parse_from(["deadline"].into_iter().chain(line.split_whitespace()))?;
        run(&cli.deadline, &decreed_calendar()?)
    }

    #[test]
    fn s03_as_json() -> Result<()> {
        let text = answer("--start 2026-03-02 --term 30wd --pause 2026-03-16..2026-04-08 --json")?;
        let value: Value = serde_json::from_str(&text)?;
        assert_eq!(value["due"], "2026-05-09");
        assert_eq!(value["provisional"], false);
        let lines = value["explanation"].as_array().context("lines")?;
        assert_eq!(
            lines[0],
            json!({
                "kind": "start", "date": "2026-03-02", "term": "30wd",
                "zh": "2026-03-02（周一）为起始日，不计入；期限 30 个工作日。",
                "en": "2026-03-02 (Mon) is the starting day and does not count; the term is 30 working days.",
            })
        );
        assert!(lines.contains(&json!({
            "kind": "skipped", "date": "2026-04-06", "reason": "holiday", "holiday": "清明节",
            "zh": "2026-04-06（周一）不计：清明节放假。",
            "en": "2026-04-06 (Mon) does not count: Qingming Festival holiday.",
        })));
        assert!(lines.contains(&json!({
            "kind": "skipped", "date": "2026-03-17", "reason": "paused",
            "zh": "2026-03-17（周二）不计：暂停计时。",
            "en": "2026-03-17 (Tue) does not count: the clock is paused.",
        })));
        assert_eq!(lines.iter().filter(|line| line["reason"] == "paused").count(), 16);
        assert_eq!(
            lines.last(),
            Some(&json!({
                "kind": "made_up", "date": "2026-05-09", "holiday": "劳动节", "number": 30,
                "zh": "2026-05-09（周六）因劳动节调休上班：第 30 个工作日。",
                "en": "2026-05-09 (Sat) is worked to make up for Labour Day: working day 30.",
            }))
        );
        Ok(())
    }

    #[test]
    fn sentences_in_both_languages_end_with_the_due_date() -> Result<()> {
        let two = "--start 2026-08-10 --term 30wd --extend 10wd --extend 20wd --pause 2026-10-12..2026-10-20 \
                   --pause 2026-10-19..2026-10-23";
        assert_eq!(answer(two)?.lines().last(), Some("到期日为 2026-11-19（周四）。"));
        let english = answer("--start 2026-12-10 --term 30wd --lang en")?;
        assert_eq!(english.lines().last(), Some("Due on 2027-01-21 (Thu), provisionally."));
        Ok(())
    }

    #[test]
    fn a_bad_term_is_answered_with_the_units() {
        let error = answer("--start 2026-03-02 --term 30").expect_err("no unit").to_string();
        assert!(error.contains("wd（工作日）"), "{error}");
    }
}
