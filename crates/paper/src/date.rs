//! How a date is written in an official paper.

use jiff::civil::Date;

/// `2026年3月2日`: Arabic numerals without leading zeros, as GB/T 9704 writes dates.
pub fn zh_date(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_has_no_leading_zeros() {
        assert_eq!(zh_date(jiff::civil::date(2026, 3, 2)), "2026年3月2日");
        assert_eq!(zh_date(jiff::civil::date(2026, 12, 31)), "2026年12月31日");
    }
}
