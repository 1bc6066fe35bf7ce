//! How long a volume is kept, and by when it must be filed: the rule pack's words and a calendar. Pure.
//!
//! **Invariant:** the end of retention deletes nothing; it only says from when a person may decide.

use crate::registry::ItemCode;
use crate::rulebook;
use jiff::civil::Date;
use worktime::Calendar;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// The last day; none where it is kept for good.
    pub until: Option<Date>,
    /// The article, as a translator key.
    pub article: &'static str,
}

/// For a volume filed on `from`; none where no rule was in force that day.
pub fn retention(region: &str, item: &ItemCode, from: Date, calendar: &Calendar) -> Option<Retention> {
    let pack = rulebook::pack(region, from);
    let item = item.to_string();
    if pack.words("archive.permanent").iter().any(|field| item.starts_with(field)) {
        return Some(Retention { until: None, article: pack.article("archive.permanent") });
    }
    let term = pack.term("archive.retention")?;
    // Nobody may rely on its rolling: the plain day.
    Some(Retention { until: Some(calendar.unrolled(from, term)), article: pack.article("archive.retention") })
}

/// The day by which a case that ended on `ended` is to be filed.
pub fn file_by(region: &str, ended: Date, calendar: &Calendar) -> Option<Date> {
    let term = rulebook::pack(region, ended).term("archive.within")?;
    Some(calendar.due(ended, term).date)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn thirty_years_or_for_good() {
        let calendar = crate::deadline::decreed_calendar().unwrap();
        for (region, item, from, until, why) in [
            ("shanghai", "FY-0201", date(2026, 3, 2), Some(date(2056, 3, 2)), "the house's default"),
            ("guangdong", "FY-0201", date(2026, 3, 2), Some(date(2056, 3, 2)), "广东条例 50"),
            ("shanghai", "FY-0101", date(2026, 3, 2), None, "death"),
        ] {
            let found = retention(region, &item.parse().unwrap(), from, &calendar).unwrap();
            assert_eq!(found.until, until, "{why}");
            assert!(found.article.starts_with('《'), "{why}");
        }
        assert_eq!(retention("shanghai", &"FY-0201".parse().unwrap(), date(2010, 1, 1), &calendar), None);
        assert_eq!(file_by("shanghai", date(2026, 3, 2), &calendar), Some(date(2026, 6, 2)));
    }
}
