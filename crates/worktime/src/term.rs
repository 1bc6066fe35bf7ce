//! A term: a number with a unit. **Invariant:** its text form (`30wd`, `60d`, `3m`, `3y`) is also its stored form.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A length of time as the law writes it. In text and in serde `30wd`, `60d`, `3m`, `3y`.
///
/// Zero can be built but not written: a term of zero ends on its starting day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Term {
    /// Working days (工作日): rest days do not count.
    Workdays(u16),
    /// Calendar days (日): every day counts; a last day of rest rolls to the next working day (民法典 203).
    Days(u16),
    /// Months (月): to the corresponding day, or the last day of the month (民法典 202); rolls as days do.
    Months(u16),
    /// Years (年): as months.
    Years(u16),
}

impl Term {
    /// `30 个工作日`, `60 日`, `3 个月`, `3 年`.
    pub fn zh(self) -> String {
        match self {
            Self::Workdays(n) => format!("{n} 个工作日"),
            Self::Days(n) => format!("{n} 日"),
            Self::Months(n) => format!("{n} 个月"),
            Self::Years(n) => format!("{n} 年"),
        }
    }

    /// `30 working days`, `1 day`, `3 months`, `3 years`.
    pub fn en(self) -> String {
        let (number, unit) = match self {
            Self::Workdays(n) => (n, "working day"),
            Self::Days(n) => (n, "day"),
            Self::Months(n) => (n, "month"),
            Self::Years(n) => (n, "year"),
        };
        format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Workdays(n) => write!(f, "{n}wd"),
            Self::Days(n) => write!(f, "{n}d"),
            Self::Months(n) => write!(f, "{n}m"),
            Self::Years(n) => write!(f, "{n}y"),
        }
    }
}

impl FromStr for Term {
    type Err = TermFault;

    /// Reads `30wd`, `60d`, `3m`, `3y`; the number is 1 to 65535. Anything else is a [`TermFault`].
    fn from_str(text: &str) -> Result<Self, TermFault> {
        let fault = || TermFault { given: excerpt(text) };
        let trimmed = text.trim();
        let digits = trimmed.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = trimmed.split_at(digits);
        let number = number.parse::<u16>().ok().filter(|number| *number > 0).ok_or_else(fault)?;
        match unit {
            "wd" => Ok(Self::Workdays(number)),
            "d" => Ok(Self::Days(number)),
            "m" => Ok(Self::Months(number)),
            "y" => Ok(Self::Years(number)),
            _ => Err(fault()),
        }
    }
}

impl TryFrom<String> for Term {
    type Error = TermFault;

    fn try_from(text: String) -> Result<Self, TermFault> {
        text.parse()
    }
}

impl From<Term> for String {
    fn from(term: Term) -> Self {
        term.to_string()
    }
}

/// A text that is not a term. The sentence says which units there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermFault {
    /// What was given, shortened.
    pub given: String,
}

impl TermFault {
    pub fn zh(&self) -> String {
        format!(
            "期限“{}”无法识别：请写 1 至 65535 的整数加单位 wd（工作日）、d（日）、m（月）或 y（年），例如 30wd。",
            self.given
        )
    }

    pub fn en(&self) -> String {
        format!(
            "\"{}\" is not a term: write a whole number from 1 to 65535 with the unit wd (working days), d (days), \
             m (months) or y (years), for example 30wd.",
            self.given
        )
    }
}

impl fmt::Display for TermFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.zh())
    }
}

impl std::error::Error for TermFault {}

/// The beginning of a text, short enough to repeat in a sentence: input may be a whole file.
pub(crate) fn excerpt(text: &str) -> String {
    const CHARS_MAX: usize = 40;
    let mut short: String = text.chars().take(CHARS_MAX).collect();
    if text.chars().nth(CHARS_MAX).is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_term_is_answered_with_the_units() {
        for bad in ["", "30", "wd", "0wd", "-3d", "+3d", "65536d", "3 d", "3w", "3WD", "三个月", "3.5m", "１d"] {
            let fault = bad.parse::<Term>().expect_err(bad);
            for unit in ["wd（工作日）", "d（日）", "m（月）", "y（年）"] {
                assert!(fault.to_string().contains(unit), "{fault}");
            }
            for unit in ["wd (", " d (", "m (", "y ("] {
                assert!(fault.en().contains(unit), "{}", fault.en());
            }
        }
        assert_eq!(" 30wd ".parse(), Ok(Term::Workdays(30)));
    }
}
