//! Answers that took work to find and hold for a while: kept in memory, by what was asked.
//!
//! **Invariant:** an answer is a text of at most a minute's age; there are never more than [`MANY`]. What is kept is what
//! anybody may be told: nothing here asks who reads it.

use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Answers kept at most: some megabytes.
const MANY: usize = 4_096;
/// A root that is taken out of the folder of trust is believed this long at most.
const FOR: SignedDuration = SignedDuration::from_secs(60);

/// The kept answers of a process.
#[derive(Default)]
pub struct Answers(Mutex<HashMap<String, (Timestamp, Arc<str>)>>);

impl Answers {
    /// The answer, unless it is too old or from the future (a clock that was moved).
    pub fn find(&self, asked: &str, now: Timestamp) -> Option<Arc<str>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, answer) = kept.get(asked)?;
        let age = now.duration_since(*at);
        (SignedDuration::ZERO <= age && age <= FOR).then(|| answer.clone())
    }

    pub fn keep(&self, asked: String, answer: String, now: Timestamp) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MANY {
            kept.retain(|_, (at, _)| now.duration_since(*at).abs() <= FOR);
            if kept.len() >= MANY {
                // A flood of different questions: the work is done again, memory is not given away.
                kept.clear();
            }
        }
        kept.insert(asked, (now, answer.into()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_kept_for_a_minute_and_never_too_many() {
        let answers = Answers::default();
        let at = |seconds: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds);
        answers.keep("a".into(), "1".into(), at(100));
        for (second, expected, why) in [
            (100, Some("1"), "at once"),
            (160, Some("1"), "a minute later"),
            (161, None, "too old"),
            (99, None, "the clock was set back"),
        ] {
            assert_eq!(answers.find("a", at(second)).as_deref(), expected, "{why}");
        }
        for n in 0..3 * MANY {
            answers.keep(n.to_string(), String::new(), at(100));
            assert!(answers.0.lock().unwrap().len() <= MANY);
        }
    }
}
