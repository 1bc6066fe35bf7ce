//! The rule packs: numbers and choices of the law that differ by province and by date, each with its article.
//!
//! A pack is a file of `data/rules`, a line a rule: id, first and last day of force, value, article. What a province does
//! not say, the national pack says. The pack is chosen by the institution's seat and the event's date.
//!
//! **Invariant:** for one id, region and day there is at most one rule (a test reads every file).

use jiff::civil::Date;
use std::collections::BTreeMap;
use std::sync::OnceLock;
use worktime::Term;

/// The pack that every province falls back to.
pub const NATIONAL: &str = "national";

const FILES: &[(&str, &str, &str)] = &[
    (NATIONAL, "全国", include_str!("../data/rules/national.csv")),
    ("shanghai", "上海市", include_str!("../data/rules/shanghai.csv")),
    ("beijing", "北京市", include_str!("../data/rules/beijing.csv")),
    ("guangdong", "广东省", include_str!("../data/rules/guangdong.csv")),
];

/// One rule in force for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub id: &'static str,
    pub region: &'static str,
    pub from: Date,
    /// The last day; open while it is in force.
    pub to: Option<Date>,
    pub value: &'static str,
    /// The article, as a translator key.
    pub article: &'static str,
}

impl Rule {
    fn holds(&self, on: Date) -> bool {
        self.from <= on && self.to.is_none_or(|to| on <= to)
    }
}

/// The rules of one place on one day.
#[derive(Clone, Copy, Debug)]
pub struct Pack<'r> {
    region: &'r str,
    on: Date,
}

/// The pack for an institution's seat and an event's date.
pub fn pack(region: &str, on: Date) -> Pack<'_> {
    Pack { region, on }
}

impl Pack<'_> {
    /// The rule in force: the region's own, else the national one.
    pub fn rule(&self, id: &str) -> Option<&'static Rule> {
        let all = book();
        [self.region, NATIONAL]
            .into_iter()
            .find_map(|region| all.get(id)?.iter().find(|rule| rule.region == region && rule.holds(self.on)))
    }

    pub fn article(&self, id: &str) -> &'static str {
        self.rule(id).map_or("", |rule| rule.article)
    }

    pub fn is_on(&self, id: &str) -> bool {
        self.rule(id).is_some_and(|rule| rule.value == "yes")
    }

    pub fn term(&self, id: &str) -> Option<Term> {
        self.rule(id)?.value.parse().ok()
    }

    pub fn number(&self, id: &str) -> Option<i64> {
        self.rule(id)?.value.parse().ok()
    }

    /// The words of a rule that lists several, e.g. the grounds of a pause.
    pub fn words(&self, id: &str) -> Vec<&'static str> {
        self.rule(id).map(|rule| rule.value.split_whitespace().collect()).unwrap_or_default()
    }
}

/// Every region that has a pack: its word and its Chinese name (the translator's key).
pub fn regions() -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES.iter().map(|(region, name, _)| (*region, *name)).filter(|(region, _)| *region != NATIONAL)
}

fn book() -> &'static BTreeMap<&'static str, Vec<Rule>> {
    static BOOK: OnceLock<BTreeMap<&'static str, Vec<Rule>>> = OnceLock::new();
    BOOK.get_or_init(|| {
        let mut all: BTreeMap<&'static str, Vec<Rule>> = BTreeMap::new();
        for (region, _, text) in FILES {
            // The files are ours and a test reads each line; a line that is none is left out here.
            for rule in text.lines().skip(1).filter_map(|line| read(region, line)) {
                all.entry(rule.id).or_default().push(rule);
            }
        }
        all
    })
}

fn read(region: &'static str, line: &'static str) -> Option<Rule> {
    let mut columns = line.splitn(6, ',');
    let (id, from, to) = (columns.next()?, columns.next()?.parse().ok()?, columns.next()?);
    let (value, article) = (columns.next()?, columns.next()?);
    let to = if to.is_empty() { None } else { Some(to.parse().ok()?) };
    Some(Rule { id, region, from, to, value, article })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn every_line_is_a_rule_and_none_overlaps_another() {
        let mut rules = Vec::new();
        for (region, _, text) in FILES {
            assert!(text.starts_with("rule,from,to,value,article,note\n"), "{region}");
            for line in text.lines().skip(1) {
                let rule = read(region, line).unwrap_or_else(|| panic!("{region}: {line}"));
                assert!(rule.article.starts_with('《') && !rule.value.is_empty(), "{region}: {line}");
                rules.push(rule);
            }
        }
        for (i, one) in rules.iter().enumerate() {
            for other in rules[i + 1..].iter().filter(|other| (other.id, other.region) == (one.id, one.region)) {
                assert!(!one.holds(other.from) && !other.holds(one.from), "{} of {} overlaps", one.id, one.region);
            }
            assert!(
                one.region == NATIONAL
                    || rules.iter().any(|other| other.id == one.id && other.region == NATIONAL)
                    || ["head.recusal", "fees.tariff", "suspension.grounds", "opinion.prefix"].contains(&one.id),
                "{}: the national pack does not know it",
                one.id
            );
        }
    }

    #[test]
    fn a_province_goes_before_the_nation_from_the_day_its_rule_is_in_force() {
        assert!(!pack("shanghai", date(2026, 3, 2)).is_on("suspension"));
        assert!(pack("beijing", date(2026, 3, 2)).is_on("suspension"));
        assert_eq!(pack("guangdong", date(2026, 3, 2)).words("opinion.prefix"), ["粤"]);
        assert!(!pack("beijing", date(2020, 12, 31)).is_on("suspension"), "in force from 2021-01-01");
        assert!(pack("guangdong", date(2022, 7, 1)).is_on("suspension"));
        assert_eq!(pack("guangdong", date(2026, 1, 1)).term("DL03"), Some(Term::Workdays(30)), "from the nation");
        assert_eq!(pack("nowhere", date(2010, 1, 1)).rule("DL03"), None, "the 2007 rules are not kept");
    }
}
