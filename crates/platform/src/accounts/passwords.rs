//! What a password must be like, by what an installation answers to. Pure: the hashing is next door.
//!
//! **Invariant:** every password passes [`clean`] before it is judged, hashed or compared, so that the same keys give the
//! same password on every keyboard.

use crate::fail::Fault;
use crate::text::{Say, say};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashSet;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// The rules for passwords, which differ by what an installation answers to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Passwords {
    /// OWASP ASVS 5.0 §6.2: length and a list of common ones; no composition, no rotation.
    #[default]
    Asvs,
    /// GB/T 22239-2019 level 3 (等保三级): composition and periodic change.
    Dengbao3,
}

/// Longest password taken, so that hashing costs what it should and no more.
pub const LONGEST: usize = 128;
/// 等保三级 asks for periodic change; ninety days is what assessors expect.
const ROTATION: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Under rotation, how many of the last passwords may not come back.
const REMEMBERED: usize = 5;
/// A login shorter than this turns up inside good passwords by chance.
const LOGIN_FOUND_FROM: usize = 4;

impl Passwords {
    fn shortest(self) -> usize {
        match self {
            Self::Asvs => 12,
            Self::Dengbao3 => 8,
        }
    }

    /// How many former passwords are compared with a new one.
    pub fn remembered(self) -> usize {
        match self {
            Self::Asvs => 0,
            Self::Dengbao3 => REMEMBERED,
        }
    }

    /// Whether a password set then must be changed before anything else is done.
    pub fn is_expired(self, set_at: Option<Timestamp>, now: Timestamp) -> bool {
        match self {
            Self::Asvs => false,
            Self::Dengbao3 => set_at.is_none_or(|set| now.duration_since(set) >= ROTATION),
        }
    }

    /// What a person choosing a password is told beforehand.
    pub fn advice(self) -> Say {
        match self {
            Self::Asvs => say("至少%{n}个字符，最长128个字符，不要用常见密码或登录名。几个不相干的词连起来就很好。").with("n", self.shortest()),
            Self::Dengbao3 => {
                say("至少%{n}个字符，含大写字母、小写字母、数字、符号中的三种，不要用常见密码或登录名。每90天更换一次，不与最近5次相同。")
                    .with("n", self.shortest())
            }
        }
    }

    /// Everything that is wrong with a new password, as faults of the field `password`.
    pub fn faults(self, password: &str, login: &str) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut fault = |what: Say| faults.push(Fault::new("password", what));
        let length = password.chars().count();
        if length < self.shortest() {
            fault(say("密码至少%{n}个字符。").with("n", self.shortest()));
        }
        if length > LONGEST {
            fault(say("密码最长%{n}个字符。").with("n", LONGEST));
        }
        if self == Self::Dengbao3 && kinds_of_sign(password) < 3 {
            fault(say("密码须含大写字母、小写字母、数字、符号中的三种。"));
        }
        if login.chars().count() >= LOGIN_FOUND_FROM && password.to_lowercase().contains(&login.to_lowercase()) {
            fault(say("密码不能包含登录名。"));
        }
        if !password.is_empty() && is_common(password) {
            fault(say("此密码过于常见，容易被猜到，请换一个。"));
        }
        faults
    }
}

/// The password that was typed: full-width and half-width forms are the same, and so are the ways to compose a letter.
pub fn clean(typed: &str) -> String {
    typed.nfkc().collect()
}

fn kinds_of_sign(password: &str) -> usize {
    let has = |kind: fn(char) -> bool| usize::from(password.chars().any(kind));
    has(|c| c.is_ascii_lowercase())
        + has(|c| c.is_ascii_uppercase())
        + has(|c| c.is_ascii_digit())
        + has(|c| !c.is_ascii_alphanumeric())
}

static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    include_str!("../../data/common-passwords.txt").lines().filter(|line| !line.starts_with('#')).collect()
});

/// Whether a guesser tries it early: a common word as it is, disguised (`P@ssw0rd`), repeated or with a tail of digits and
/// signs (`Admin@123`), a run of the keyboard or the alphabet. The disguises make of each listed word many passwords.
fn is_common(password: &str) -> bool {
    let lower = password.to_lowercase();
    let body = lower.trim_end_matches(|c: char| !c.is_alphabetic());
    let core = body.trim_start_matches(|c: char| !c.is_alphabetic());
    [lower.as_str(), body, core].into_iter().any(|text| {
        let plain = undisguised(text);
        [text, plain.as_str()].into_iter().any(|text| COMMON.contains(text) || is_listed_repeated(text))
    }) || is_run(&lower)
        || has_few_signs(&lower)
}

fn undisguised(text: &str) -> String {
    text.chars()
        .filter_map(|sign| match sign {
            '@' | '4' => Some('a'),
            '0' => Some('o'),
            '1' | '!' => Some('i'),
            '3' => Some('e'),
            '5' | '$' => Some('s'),
            '7' => Some('t'),
            '.' | '-' | '_' | ' ' => None,
            other => Some(other),
        })
        .collect()
}

/// `passwordpassword`, `abcabcabcabc`.
fn is_listed_repeated(text: &str) -> bool {
    (1..=text.len() / 2).filter(|unit| text.len().is_multiple_of(*unit)).any(|unit| {
        text.get(..unit)
            .is_some_and(|head| head.repeat(text.len() / unit) == text && (unit <= 4 || COMMON.contains(head)))
    })
}

/// `aaaaaaaaaaaa1`: fewer than four different signs are no password, whatever its length.
fn has_few_signs(text: &str) -> bool {
    text.chars().collect::<HashSet<_>>().len() < 4
}

const ROWS: [&str; 6] = [
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
    "01234567890123456789012345678901234567890",
    "qwertyuiopasdfghjklzxcvbnmqwertyuiop",
    "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
    "qazwsxedcrfvtgbyhnujmikolp",
];

/// A stretch of the keyboard or the alphabet, forwards or backwards.
fn is_run(text: &str) -> bool {
    let backwards: String = text.chars().rev().collect();
    ROWS.iter().any(|row| row.contains(text) || row.contains(&backwards))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(profile: Passwords, password: &str) -> Vec<&'static str> {
        profile.faults(&clean(password), "zhangsan").iter().map(|fault| fault.what.key()).collect()
    }

    const SHORT: &str = "密码至少%{n}个字符。";
    const LONG: &str = "密码最长%{n}个字符。";
    const KINDS: &str = "密码须含大写字母、小写字母、数字、符号中的三种。";
    const LOGIN: &str = "密码不能包含登录名。";
    const COMMON: &str = "此密码过于常见，容易被猜到，请换一个。";

    #[test]
    fn the_profiles_say_everything_that_is_wrong() {
        let long = "好马不吃回头草".repeat(19);
        for (password, asvs, dengbao3) in [
            ("correct horse battery", &[][..], &[KINDS][..]),
            ("Correct horse 7", &[], &[]),
            ("山高月小水落石出清风徐来水波", &[], &[KINDS]),
            ("Tulpen7!", &[SHORT], &[]),
            ("tulpen", &[SHORT], &[SHORT, KINDS]),
            ("Password2026!", &[COMMON], &[COMMON]),
            ("P@ssw0rdP@ssw0rd", &[COMMON], &[COMMON]),
            ("Admin@123", &[SHORT, COMMON], &[COMMON]),
            ("123456789012", &[COMMON], &[KINDS, COMMON]),
            ("qwertyuiopasdf", &[COMMON], &[KINDS, COMMON]),
            ("1QAZ2wsx3edc", &[COMMON], &[COMMON]),
            ("aaaaaaaaaaaaB1", &[COMMON], &[COMMON]),
            ("my ZhangSan pass", &[LOGIN], &[LOGIN]),
            ("zhangsan", &[SHORT, LOGIN, COMMON], &[KINDS, LOGIN, COMMON]),
            ("", &[SHORT], &[SHORT, KINDS]),
            (&long, &[LONG], &[LONG, KINDS]),
        ] {
            assert_eq!(said(Passwords::Asvs, password), asvs, "asvs {password}");
            assert_eq!(said(Passwords::Dengbao3, password), dengbao3, "dengbao3 {password}");
        }
    }

    #[test]
    fn full_width_signs_are_the_same_password() {
        assert_eq!(clean("ＡＢ１２"), "AB12");
    }

    #[test]
    fn only_dengbao3_rotates() {
        let now: Timestamp = "2026-07-01T00:00:00Z".parse().unwrap();
        let set = |days: i64| Some(now - SignedDuration::from_hours(24 * days));
        for (profile, set_at, expired) in [
            (Passwords::Asvs, set(4000), false),
            (Passwords::Asvs, None, false),
            (Passwords::Dengbao3, set(89), false),
            (Passwords::Dengbao3, set(90), true),
            (Passwords::Dengbao3, None, true),
        ] {
            assert_eq!(profile.is_expired(set_at, now), expired, "{profile:?} {set_at:?}");
        }
    }
}
