//! 时间线: cases by week, what is usual, weeks that burst, and since when something is suspected.
//!
//! **Invariant:** weeks follow each other without a gap; a day without a case is in a week too.

use serde::{Deserialize, Serialize};

use super::axis::Frame;
use super::canvas::{ACCENT, Anchor, Canvas, INK, LIGHT, PALE, number};
use super::{Cell, Table, Words};
use crate::dates::{self, Day, weekday};
use crate::stats::change::bursts;

/// A week.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Week {
    /// Its Monday, `YYYY-MM-DD`.
    pub monday: String,
    pub count: u32,
    /// Median of the weeks around it, if it bursts.
    pub usual: Option<f64>,
    pub burst: bool,
}

/// Cases by week.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Timeline {
    pub weeks: Vec<Week>,
    /// Since when something is suspected, `YYYY-MM-DD`.
    pub since: Option<String>,
    /// What is counted: a key of the words or a name.
    pub counted: String,
}

/// Weeks looked at on both sides for what is usual.
const AROUND: usize = 8;
/// A burst is rarer than once in a thousand such weeks.
const BURST_LN_P: f64 = -6.9;
/// Weeks at most: a hundred years.
const WEEKS_MAX: usize = 5_300;

impl Timeline {
    /// The weeks from the first to the last of `days`, or of `span` if that is given.
    pub fn new(counted: &str, days: &[Day], span: Option<(Day, Day)>, since: Option<Day>) -> Self {
        let since = since.map(dates::format);
        let own = || days.iter().min().copied().zip(days.iter().max().copied());
        let Some((first, last)) = span.or_else(own) else {
            return Self { weeks: Vec::new(), since, counted: counted.to_owned() };
        };
        let first = first - weekday(first) as Day;
        let many = (((last - first).max(0) / 7) as usize + 1).min(WEEKS_MAX);
        let mut counts = vec![0u32; many];
        for day in days {
            let at = (day - first).div_euclid(7);
            if let Some(count) = usize::try_from(at).ok().and_then(|at| counts.get_mut(at)) {
                *count += 1;
            }
        }
        let mut weeks: Vec<Week> = counts
            .iter()
            .enumerate()
            .map(|(n, count)| Week {
                monday: dates::format(first + 7 * n as Day),
                count: *count,
                usual: None,
                burst: false,
            })
            .collect();
        for (at, _, usual, _) in bursts(&counts, AROUND, BURST_LN_P) {
            weeks[at].usual = Some(usual);
            weeks[at].burst = true;
        }
        Self { weeks, since, counted: counted.to_owned() }
    }

    pub fn svg(&self, words: Words<'_>) -> String {
        let (width, height) = (720.0, 240.0);
        let title = words("timeline");
        let many = self.weeks.iter().filter(|w| w.burst).count();
        let mut canvas = Canvas::new(width, height, &title, &format!("{} {many}", words("burst")));
        canvas.text((60.0, 18.0), Anchor::Start, &title, true);
        if self.weeks.is_empty() {
            canvas.text((width / 2.0, height / 2.0), Anchor::Middle, &words("nothing"), false);
            return canvas.finish();
        }
        let most = self.weeks.iter().map(|w| w.count).max().unwrap_or(0).max(1);
        let frame =
            Frame::new((0.0, self.weeks.len() as f64), (0.0, f64::from(most)), (60.0, width - 20.0), (50.0, 195.0));
        for tick in frame.y.ticks(4) {
            let at = frame.y.at(tick);
            canvas.line((60.0, at), (width - 20.0, at), "#e4e4e4", 1.0, "");
            canvas.text((54.0, at + 4.0), Anchor::End, &number(tick, 1), false);
        }
        canvas.text((20.0, 40.0), Anchor::Start, &words(&self.counted), false);
        let step = (width - 80.0) / self.weeks.len() as f64;
        for (n, week) in self.weeks.iter().enumerate() {
            let (at, top) = (60.0 + step * n as f64, frame.y.at(f64::from(week.count)));
            let mut said = format!("{} {}: {}", words("week"), week.monday, week.count);
            if let Some(usual) = week.usual {
                said += &format!(" ({} {}, {})", words("usual"), number(usual, 1), words("burst"));
            }
            let fill = if week.burst { ACCENT } else { LIGHT };
            let stroke = if week.burst { INK } else { "none" };
            canvas.rect((at, top), ((step - 0.6).max(0.4), 195.0 - top), fill, stroke, Some(&said));
            if week.burst {
                canvas.shape((at + step / 2.0, top - 8.0), 4, 4.0, ACCENT, INK, Some(&said));
            }
        }
        canvas.line((60.0, 195.0), (width - 20.0, 195.0), INK, 1.0, "");
        self.months(&mut canvas, step);
        self.since_line(&mut canvas, step, words);
        canvas.finish()
    }

    /// A stroke and a date at months, not more than fit.
    fn months(&self, canvas: &mut Canvas, step: f64) {
        let mut free = 0.0;
        for n in 0..self.weeks.len() {
            let month = |at: usize| self.weeks[at].monday.get(..7).unwrap_or("");
            let new_month = n == 0 || month(n - 1) != month(n);
            let at = 60.0 + step * n as f64;
            if new_month && at >= free {
                canvas.line((at, 195.0), (at, 200.0), INK, 1.0, "");
                canvas.text((at, 214.0), Anchor::Start, month(n), false);
                free = at + 62.0;
            }
        }
    }

    fn since_line(&self, canvas: &mut Canvas, step: f64, words: Words<'_>) {
        let Some(since) = &self.since else { return };
        // Dates in this form are in order as text.
        let Some(at) = self.weeks.iter().rposition(|w| w.monday <= *since) else { return };
        let x = 60.0 + step * at as f64;
        canvas.begin(&format!("{} {since}", words("since")));
        canvas.line((x, 26.0), (x, 195.0), INK, 1.5, "6 4");
        let (anchor, beside) = if x > 500.0 { (Anchor::End, -5.0) } else { (Anchor::Start, 5.0) };
        canvas.text((x + beside, 34.0), anchor, &format!("{} {since}", words("since")), true);
        canvas.line((x, 195.0), (x, 203.0), PALE, 1.0, "");
        canvas.end();
    }

    pub fn table(&self) -> Table {
        let mut table = Table::new(&["week", "cases", "usual", "burst"]);
        for week in &self.weeks {
            table.rows.push(vec![
                Cell::Text(week.monday.clone()),
                Cell::Number(f64::from(week.count)),
                week.usual.map_or(Cell::Nothing, Cell::Number),
                Cell::Yes(week.burst),
            ]);
        }
        table
    }
}
