//! 暂定期限: dates that reached into a year without a decree are reckoned again once its holidays are decreed (S26e).
//!
//! **Invariant:** a date that people were told of only moves later, never earlier: an earlier one would need a new notice,
//! which is a person's act.

use super::steps::Case;
use super::store;
use crate::app::App;
use crate::jobs::{JobKind, Outcome, TRIES_AN_HOUR};
use crate::perform::{self, TermRow};
use crate::values;
use jiff::civil::Date;
use procedure::Procedure;
use worktime::Calendar;

/// Runs daily: a new calendar comes with a new release.
pub const SETTLE_TERMS: JobKind =
    JobKind { name: "cases.settle_terms", run: |app, _| Box::pin(run(app)), tries: TRIES_AN_HOUR, is_slow: false };

/// Cases taken in hand in one run; the rest follows the next day.
const CASES_A_RUN: i64 = 20_000;

/// A provisional term under the present calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    pub due: Date,
    /// Line by line, Chinese and English.
    pub explanation: Vec<(String, String)>,
}

/// What becomes of the term; `None` while the year is still not decreed, or while its clock stands still.
pub fn settled(term: &TermRow, calendar: &Calendar) -> Option<Settled> {
    if !term.is_open() || !term.provisional || term.paused_from.is_some() {
        return None;
    }
    let reckoning = calendar.reckon(&term.clock());
    if reckoning.provisional {
        return None;
    }
    let mut explanation: Vec<_> = reckoning.explanation.iter().map(|line| (line.zh(), line.en())).collect();
    if reckoning.due < term.due_on {
        explanation.push((
            format!("放假安排公布后应为{}；已经告知的{}不提前。", reckoning.due, term.due_on),
            format!(
                "By the decree it would be {}; the {} that was notified is not brought forward.",
                reckoning.due, term.due_on
            ),
        ));
    }
    Some(Settled { due: reckoning.due.max(term.due_on), explanation })
}

async fn run(app: App) -> anyhow::Result<Outcome> {
    let mut conn = app.db.read().await?;
    let rows = conn
        .all(
            "select distinct subject_id from term where provisional = 1 and stopped_on is null and procedure_name = $1
             order by subject_id limit $2",
            values![Case::NAME, CASES_A_RUN],
        )
        .await?;
    drop(conn);
    for row in rows {
        let id: String = row.get("subject_id")?;
        let mut conn = app.db.write().await?;
        let mut is_changed = false;
        for term in perform::terms(&mut conn, &id).await? {
            if let Some(settled) = settled(&term, &app.calendar) {
                perform::settle_term(&mut conn, &id, &term.rule, settled.due, &settled.explanation).await?;
                is_changed = true;
            }
        }
        if is_changed {
            store::refresh_due(&mut conn, &id).await?;
            conn.commit().await?;
        }
    }
    Ok(Outcome::Done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use worktime::Term;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    /// 2026 as decreed, and a 2027 made up for the test.
    fn calendar(of_2027: &str) -> Calendar {
        let year = include_str!("../../data/calendar/2026.csv");
        let next = format!("date,kind,holiday\n{of_2027}");
        Calendar::from_years(&[(2026, year), (2027, &next)]).unwrap()
    }

    fn term() -> TermRow {
        TermRow {
            rule: "DL03".into(),
            article: String::new(),
            starts: day("2026-12-10"),
            length: Term::Workdays(30),
            pauses: Vec::new(),
            extensions: Vec::new(),
            paused_from: None,
            due_on: day("2027-01-21"),
            provisional: true,
            explanation: Vec::new(),
            stopped_on: None,
        }
    }

    #[test]
    fn s26e_a_provisional_date_is_settled_by_the_decree_and_never_brought_forward() {
        let undecreed = Calendar::from_years(&[(2026, include_str!("../../data/calendar/2026.csv"))]).unwrap();
        assert_eq!(settled(&term(), &undecreed), None, "nothing is known yet");
        let due = |of_2027: &str| settled(&term(), &calendar(of_2027)).unwrap();
        assert_eq!(due("2027-01-01,off,元旦\n").due, day("2027-01-22"), "the holiday moves it on");
        let earlier = due("2027-01-01,off,元旦\n2027-01-02,work,元旦\n2027-01-03,work,元旦\n");
        assert_eq!(earlier.due, day("2027-01-21"), "two made-up days would bring it forward: it stays");
        assert!(earlier.explanation.last().unwrap().0.contains("不提前"));
        let paused = TermRow { paused_from: Some(day("2027-01-05")), ..term() };
        assert_eq!(settled(&paused, &calendar("2027-01-01,off,元旦\n")), None, "reckoned when it resumes");
    }
}
