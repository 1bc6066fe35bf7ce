//! What runs by the clock. The list is `SCHEDULE` in `lib.rs`; here is how a time becomes a job.
//!
//! **Invariant:** however many workers look at the clock, a time of the schedule is one job: its key is that time.

use super::{NewJob, enqueue};
use crate::clock::zone;
use crate::db::{Database, DbError};
use jiff::Timestamp;
use jiff::civil::Time;
use serde_json::json;
use std::collections::HashMap;

/// When, in China.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    Hourly,
    Daily { hour: i8, minute: i8 },
}

/// A job that is due again and again.
pub struct Regular {
    pub name: &'static str,
    pub when: When,
}

/// The latest time of the schedule that is not after now. What a longer standstill left out is not made up for.
fn latest(when: When, now: Timestamp) -> Timestamp {
    let here = now.to_zoned_datetime(zone());
    let at = match when {
        When::Hourly => here.datetime().with().minute(0).second(0).subsec_nanosecond(0).build(),
        When::Daily { hour, minute } => {
            let time = Time::new(hour, minute, 0, 0).unwrap_or_default();
            let today = here.date().to_datetime(time);
            Ok(if today > here.datetime() {
                here.date().yesterday().unwrap_or(here.date()).to_datetime(time)
            } else {
                today
            })
        }
    };
    at.and_then(|at| at.to_zoned_datetime(zone())).map_or(now, |at| at.timestamp())
}

/// Writes what has become due since the last look; `seen` saves asking the database each second.
pub(super) async fn enqueue_due(
    db: &Database,
    schedule: &[Regular],
    now: Timestamp,
    seen: &mut HashMap<&'static str, Timestamp>,
) -> Result<(), DbError> {
    for regular in schedule {
        let at = latest(regular.when, now);
        if seen.get(regular.name) == Some(&at) {
            continue;
        }
        let mut conn = db.write().await?;
        let job = NewJob { name: regular.name, payload: json!({}), run_at: at, dedup: Some(at.to_string()) };
        enqueue(&mut conn, &job, now).await?;
        conn.commit().await?;
        seen.insert(regular.name, at);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_the_schedule_is_found() {
        let daily = When::Daily { hour: 8, minute: 30 };
        for (when, now, expected, why) in [
            (daily, "2026-03-02T00:30:00Z", "2026-03-02T00:30:00Z", "08:30 in China, to the minute"),
            (daily, "2026-03-02T00:29:59Z", "2026-03-01T00:30:00Z", "a second earlier it is yesterday's"),
            (daily, "2026-03-02T15:59:00Z", "2026-03-02T00:30:00Z", "the whole day long"),
            (daily, "2026-03-02T16:01:00Z", "2026-03-02T00:30:00Z", "past midnight in China, before half past eight"),
            (When::Hourly, "2026-03-02T00:59:59Z", "2026-03-02T00:00:00Z", "the hour that has begun"),
        ] {
            let (now, expected): (Timestamp, Timestamp) = (now.parse().unwrap(), expected.parse().unwrap());
            assert_eq!(latest(when, now), expected, "{why}");
        }
    }
}
