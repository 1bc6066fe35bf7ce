//! The one place that reads the time. Everything else is told: by the transaction, by the request.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// The statutory day is the day in China, wherever the server stands.
pub const ZONE: &str = "Asia/Shanghai";

/// The system's clock, shifted in the demo by a number of seconds.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    shift: Arc<AtomicI64>,
}

impl Clock {
    /// The instant that counts as now.
    pub fn now(&self) -> Timestamp {
        let shift = Span::new().seconds(self.shift.load(Ordering::Relaxed));
        let now = self.unmoved();
        now.checked_add(shift).unwrap_or(now)
    }

    /// The instant whatever the shift: for what lives outside the demo's days, such as a telephone that makes codes.
    #[expect(clippy::disallowed_methods, reason = "the one reader of the system's clock")]
    pub fn unmoved(&self) -> Timestamp {
        Timestamp::now()
    }

    pub fn today(&self) -> Date {
        day_of(self.now())
    }

    /// Moves the clock so that today is `date`, keeping the time of day. For the demo and for tests.
    pub fn move_to(&self, date: Date) {
        let days = self.today().until(date).map_or(0, |span| i64::from(span.get_days()));
        self.shift.fetch_add(days * 86_400, Ordering::Relaxed);
    }

    /// Moves the clock by so many seconds. For tests.
    pub fn advance(&self, seconds: i64) {
        self.shift.fetch_add(seconds, Ordering::Relaxed);
    }
}

/// The statutory zone; UTC+8 without summer time should the database of zones lack it.
pub fn zone() -> TimeZone {
    TimeZone::get(ZONE).unwrap_or_else(|_| TimeZone::fixed(jiff::tz::offset(8)))
}

/// The day in China that an instant lies in.
pub fn day_of(instant: Timestamp) -> Date {
    instant.to_zoned_datetime(zone()).date()
}

/// Day and minute in China, for people.
pub fn minute_of(instant: Timestamp) -> String {
    instant.to_zoned_datetime(zone()).strftime("%Y-%m-%d %H:%M").to_string()
}
