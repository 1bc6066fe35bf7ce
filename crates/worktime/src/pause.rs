//! Pauses: days that a term does not count (通则 25, 28). **Invariant:** a [`Pause`] is always `(after, through]`.

use crate::term::excerpt;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Days that do not count: those after `after`, up to and including `through`. Empty if `through <= after`.
///
/// In text `2026-03-16..2026-04-08`: the notice day and the day the reason ends, with the default [`PauseEdges`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Pause {
    /// The last day that still counts.
    pub after: Date,
    /// The last day that does not count.
    pub through: Date,
}

/// Which of the two edge days of a pause still count.
///
/// The 通则 only says that the time "is not counted"; which edge counts is the platform's choice, so it is a setting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseEdges {
    /// `(notice, end]`: the notice day counts, the day the reason ends does not (rules.md §8.2).
    #[default]
    NoticeCounts,
    /// `[notice, end)`: the notice day does not count, the day the reason ends does.
    EndCounts,
    /// `(notice, end)`: both count.
    BothCount,
    /// `[notice, end]`: neither counts.
    NeitherCounts,
}

impl PauseEdges {
    /// The pause between a notice and the end of its reason. At the ends of the date range it saturates.
    pub fn pause(self, notice: Date, end: Date) -> Pause {
        let notice_counts = matches!(self, Self::NoticeCounts | Self::BothCount);
        let end_counts = matches!(self, Self::EndCounts | Self::BothCount);
        Pause {
            after: if notice_counts { notice } else { notice.yesterday().unwrap_or(notice) },
            through: if end_counts { end.yesterday().unwrap_or(end) } else { end },
        }
    }
}

impl Pause {
    /// Is this day not counted?
    pub fn holds(self, date: Date) -> bool {
        self.after < date && date <= self.through
    }
}

impl fmt::Display for Pause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.after, self.through)
    }
}

impl FromStr for Pause {
    type Err = PauseFault;

    /// Reads `2026-03-16..2026-04-08`. A pause that ends before its notice is a fault; one of the same day is empty.
    fn from_str(text: &str) -> Result<Self, PauseFault> {
        let unreadable = || PauseFault::Unreadable { given: excerpt(text) };
        let (notice, end) = text.trim().split_once("..").ok_or_else(unreadable)?;
        let notice = notice.trim().parse::<Date>().map_err(|_| unreadable())?;
        let end = end.trim().parse::<Date>().map_err(|_| unreadable())?;
        if end < notice {
            return Err(PauseFault::EndsBeforeNotice { notice, end });
        }
        Ok(PauseEdges::default().pause(notice, end))
    }
}

/// A text that is not a pause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PauseFault {
    Unreadable { given: String },
    EndsBeforeNotice { notice: Date, end: Date },
}

impl PauseFault {
    pub fn zh(&self) -> String {
        match self {
            Self::Unreadable { given } => {
                format!("暂停期间“{given}”无法识别：请写“通知日..结束日”，例如 2026-03-16..2026-04-08。")
            }
            Self::EndsBeforeNotice { notice, end } => {
                format!("暂停的结束日 {end} 早于通知日 {notice}：请把两个日期对调，或者更正其中一个。")
            }
        }
    }

    pub fn en(&self) -> String {
        match self {
            Self::Unreadable { given } => format!(
                "\"{given}\" is not a pause: write the notice day and the day the reason ended, \
                 for example 2026-03-16..2026-04-08."
            ),
            Self::EndsBeforeNotice { notice, end } => {
                format!("The pause ends on {end}, before its notice of {notice}: swap the two dates or correct one.")
            }
        }
    }
}

impl fmt::Display for PauseFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.zh())
    }
}

impl std::error::Error for PauseFault {}

/// The same paused days as sorted pauses that neither overlap nor touch; empty ones are dropped.
pub(crate) fn merged(pauses: &[Pause]) -> Vec<Pause> {
    let mut sorted: Vec<Pause> = pauses.iter().copied().filter(|pause| pause.after < pause.through).collect();
    sorted.sort_by_key(|pause| pause.after);
    let mut merged: Vec<Pause> = Vec::with_capacity(sorted.len());
    for pause in sorted {
        match merged.last_mut() {
            Some(last) if pause.after <= last.through => last.through = last.through.max(pause.through),
            _ => merged.push(pause),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_edges_are_a_setting() {
        let (notice, end) = (date(2026, 3, 16), date(2026, 4, 8));
        for (edges, notice_held, end_held) in [
            (PauseEdges::default(), false, true),
            (PauseEdges::NoticeCounts, false, true),
            (PauseEdges::EndCounts, true, false),
            (PauseEdges::BothCount, false, false),
            (PauseEdges::NeitherCounts, true, true),
        ] {
            let pause = edges.pause(notice, end);
            assert_eq!((pause.holds(notice), pause.holds(end)), (notice_held, end_held), "{edges:?}");
            assert!(pause.holds(date(2026, 3, 17)) && pause.holds(date(2026, 4, 7)), "{edges:?}");
            assert!(!pause.holds(date(2026, 3, 15)) && !pause.holds(date(2026, 4, 9)), "{edges:?}");
        }
    }

    #[test]
    fn a_bad_pause_is_answered_with_what_to_write() {
        for bad in ["", "..", "2026-03-16", "2026-03-16..", "2026-03-16..soon", "2026-02-30..2026-03-01"] {
            let fault = bad.parse::<Pause>().expect_err(bad);
            assert!(fault.zh().contains("2026-03-16..2026-04-08") && fault.en().contains("2026-03-16..2026-04-08"));
        }
        let reversed = "2026-04-08..2026-03-16".parse::<Pause>().expect_err("reversed");
        assert!(reversed.to_string().contains("早于通知日 2026-04-08"), "{reversed}");
    }

    #[test]
    fn overlapping_and_touching_pauses_become_one() {
        let pause = |text: &str| text.parse::<Pause>().expect(text);
        let given = [
            pause("2026-03-10..2026-03-20"),
            pause("2026-03-01..2026-03-05"),
            pause("2026-03-05..2026-03-08"),
            pause("2026-03-12..2026-03-14"),
            pause("2026-03-30..2026-03-30"),
        ];
        assert_eq!(merged(&given), [pause("2026-03-01..2026-03-08"), pause("2026-03-10..2026-03-20")]);
    }
}
