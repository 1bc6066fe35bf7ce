//! Clean opinions of seven kinds and errors seeded into them. All persons, organs and events are invented.
//!
//! **Invariant:** the same numbers give the same corpus; each seed names the rule and the part in which it must be found.

pub mod kinds;
pub mod seeds;

use jiff::civil::Date;
use lint::{Finding, Input, Part, RuleId, Sex};

/// One seeded document.
pub struct Case {
    pub what: &'static str,
    pub rule: RuleId,
    pub part: Part,
    /// Written after the rules, and never tuned on.
    pub held_out: bool,
    pub input: Input,
}

/// How many clean documents.
pub const CLEAN: usize = 84;

pub fn clean() -> Vec<Input> {
    (0..CLEAN).map(|n| kinds::document(n % kinds::KINDS, n / kinds::KINDS)).collect()
}

pub fn is_hit(case: &Case, found: &[Finding]) -> bool {
    found.iter().any(|one| one.rule == case.rule && one.part == case.part)
}

pub fn born(age: i16, event: Date, salt: i8) -> Date {
    Date::new(event.year() - age, 1 + salt.rem_euclid(2), 1 + salt.rem_euclid(20)).unwrap_or(event)
}

/// A sound identity number of a region that does not exist (99).
pub fn identity(born: Date, sex: Sex, salt: usize) -> String {
    const WEIGHTS: [usize; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let order = (salt % 400) * 2 + usize::from(sex == Sex::Male);
    let body = format!("990{:03}{}{:03}", salt % 1000, born.strftime("%Y%m%d"), order % 1000);
    let sum: usize = body.bytes().zip(WEIGHTS).map(|(digit, weight)| usize::from(digit - b'0') * weight).sum();
    let check = b"10X98765432"[sum % 11] as char;
    format!("{body}{check}")
}

/// What was found in a seeded document that the seed does not explain: another part, and another rule than those that
/// one wrong text sets off together (a date to come is also out of order).
pub fn beside<'f>(case: &Case, found: &'f [Finding]) -> impl Iterator<Item = &'f Finding> {
    let (rule, part) = (case.rule, case.part);
    found.iter().filter(move |one| one.severity != lint::Severity::Hint && one.rule != rule && one.part != part)
}
