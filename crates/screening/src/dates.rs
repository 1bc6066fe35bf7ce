//! 日期: days as numbers, read from and written as `YYYY-MM-DD`. A million of them are read a second, so nothing is allocated.
//!
//! Algorithms of the proleptic Gregorian calendar: Howard Hinnant, "chrono-compatible low-level date algorithms".
//!
//! **Invariant:** day 0 is 1970-01-01; what is not a real date of the years 1900–2199 is `None`.

/// A day, counted from 1970-01-01.
pub type Day = i32;

/// The day of a civil date that is known to be real.
pub fn day(year: i32, month: u32, day: u32) -> Day {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let mp = (month as i32 + 9) % 12;
    let doy = (153 * mp + 2) / 5 + day as i32 - 1;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    era * 146_097 + doe - 719_468
}

/// Year, month, day of month.
pub fn civil(day: Day) -> (i32, u32, u32) {
    let z = day + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let d = (doy - (153 * mp + 2) / 5 + 1) as u32;
    let m = if mp < 10 { mp + 3 } else { mp - 9 } as u32;
    (yoe + era * 400 + i32::from(m <= 2), m, d)
}

/// Reads `YYYY-MM-DD`; `None` if it is no real date.
pub fn parse(text: &str) -> Option<Day> {
    let b = text.as_bytes();
    if b.len() != 10 || b[4] != b'-' || b[7] != b'-' {
        return None;
    }
    let number = |from: usize, to: usize| {
        b[from..to].iter().try_fold(0u32, |n, c| c.is_ascii_digit().then(|| n * 10 + u32::from(c - b'0')))
    };
    let (y, m, d) = (number(0, 4)? as i32, number(5, 7)?, number(8, 10)?);
    if !(1900..2200).contains(&y) || !(1..=12).contains(&m) || !(1..=31).contains(&d) {
        return None;
    }
    let found = day(y, m, d);
    (civil(found) == (y, m, d)).then_some(found)
}

/// `YYYY-MM-DD`.
pub fn format(day: Day) -> String {
    let (y, m, d) = civil(day);
    format!("{y:04}-{m:02}-{d:02}")
}

/// 0 Monday … 6 Sunday.
pub fn weekday(day: Day) -> usize {
    (day + 3).rem_euclid(7) as usize
}

/// Months since 1970-01.
pub fn month(day: Day) -> i32 {
    let (y, m, _) = civil(day);
    (y - 1970) * 12 + m as i32 - 1
}

/// The last day of the month of `day`.
pub fn month_end(day: Day) -> Day {
    let (y, m, _) = civil(day);
    if m == 12 { self::day(y + 1, 1, 1) - 1 } else { self::day(y, m + 1, 1) - 1 }
}

/// Weekdays (Monday to Friday) after `from` up to and with `to`; 0 if `to` is before. Holidays are not known here.
pub fn weekdays_between(from: Day, to: Day) -> i32 {
    if to <= from {
        return 0;
    }
    // Weekdays in (-inf, d], up to a constant.
    let upto = |d: Day| {
        let n = d + 4; // days since Monday 1969-12-29, counting it
        n.div_euclid(7) * 5 + n.rem_euclid(7).min(5)
    };
    upto(to) - upto(from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_and_written() {
        for (text, why) in [
            ("1970-01-01", "day 0"),
            ("2024-02-29", "a leap day"),
            ("2000-12-31", "a year's end"),
            ("2199-12-31", "the last"),
        ] {
            assert_eq!(format(parse(text).unwrap()), text, "{why}");
        }
        for (text, why) in [
            ("2023-02-29", "no leap year"),
            ("2024-13-01", "no month"),
            ("2024-1-01", "too short"),
            ("２０２４-01-01", "full width"),
            ("", "empty"),
        ] {
            assert_eq!(parse(text), None, "{why}");
        }
        assert_eq!(parse("1970-01-01"), Some(0));
    }

    #[test]
    fn weekdays_are_counted_like_one_by_one() {
        for from in -10..10 {
            for to in from..from + 20 {
                let one = (from + 1..=to).filter(|d| weekday(*d) < 5).count() as i32;
                assert_eq!(weekdays_between(from, to), one, "{from} to {to}");
            }
        }
    }
}
