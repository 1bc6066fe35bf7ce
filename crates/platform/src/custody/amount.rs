//! Amounts as they are written (`5ml`, `1份`), read in thousandths of a unit where that can be done without guessing.
//!
//! **Invariant:** what is not plainly a number and a unit stays text; nothing is weighed by a guess.

/// Thousandths in one.
const SCALE: i64 = 1_000;
/// Longest unit in characters: `微克/毫升` fits.
const UNIT_MAX: usize = 8;
/// Digits before the point; more is a slip.
const DIGITS_MAX: usize = 9;

/// A number and its unit: `0.5ml` is 500 and `ml`.
pub fn parse(text: &str) -> Option<(i64, String)> {
    let text = narrow(text);
    let end = text.find(|sign: char| !sign.is_ascii_digit() && sign != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = unit.trim();
    let is_unit = !unit.is_empty()
        && unit.chars().count() <= UNIT_MAX
        && unit.chars().all(|sign| sign.is_alphabetic() || matches!(sign, '/' | '%' | 'μ' | '℃'));
    if !is_unit {
        return None;
    }
    Some((number_of(number)?, unit.to_owned()))
}

/// A number alone, or followed by the very unit, above zero; in thousandths.
pub fn parse_in(text: &str, unit: &str) -> Option<i64> {
    let text = narrow(text);
    let number = text.strip_suffix(unit).unwrap_or(&text).trim();
    number_of(number).filter(|amount| *amount > 0)
}

fn narrow(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.trim().nfkc().collect()
}

fn number_of(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || whole.len() > DIGITS_MAX || part.len() > 3 {
        return None;
    }
    Some(whole.parse::<i64>().ok()? * SCALE + format!("{part:0<3}").parse::<i64>().ok()?)
}

/// Written again: 500 and `ml` is `0.5ml`.
pub fn text(amount: i64, unit: &str) -> String {
    let (whole, part) = (amount / SCALE, (amount % SCALE).abs());
    let sign = if amount < 0 && whole == 0 { "-" } else { "" };
    let part = format!("{part:03}");
    let part = part.trim_end_matches('0');
    if part.is_empty() { format!("{sign}{whole}{unit}") } else { format!("{sign}{whole}.{part}{unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_plainly_measured_is_read() {
        for (written, amount, why) in [
            ("1份", Some((1_000, "份")), "a count"),
            ("5ml", Some((5_000, "ml")), "a volume"),
            ("0.5 g", Some((500, "g")), "a space between"),
            ("５ｍｌ", Some((5_000, "ml")), "full width"),
            ("0.125mg", Some((125, "mg")), "three decimals"),
            ("0.0001g", None, "finer than a thousandth: it would be lost"),
            ("约5ml", None, "about is no amount"),
            ("5", None, "no unit"),
            ("一份", None, "words are not read"),
            ("-5ml", None, "nothing is less than nothing"),
            ("5ml2管", None, "two amounts"),
            ("1.2.3g", None, "no number"),
            (".5g", None, "no number"),
            ("9999999999g", None, "too many digits"),
            ("", None, "nothing"),
        ] {
            let read = parse(written);
            assert_eq!(read.as_ref().map(|(amount, unit)| (*amount, unit.as_str())), amount, "{written}: {why}");
        }
    }

    #[test]
    fn an_amount_is_above_zero_and_in_the_unit_of_its_material() {
        for (typed, amount, why) in [
            ("2", Some(2_000), "the unit goes without saying"),
            ("2ml", Some(2_000), "the same unit"),
            ("2 ml", Some(2_000), "with a space"),
            ("2g", None, "another unit"),
            ("-2", None, "negative"),
            ("0", None, "nothing consumed is no consumption"),
            ("0.000", None, "the same"),
            ("NaN", None, "no number"),
        ] {
            assert_eq!(parse_in(typed, "ml"), amount, "{typed}: {why}");
        }
    }

    #[test]
    fn an_amount_is_written_as_it_was_read() {
        for (amount, written) in [(5_000, "5ml"), (500, "0.5ml"), (125, "0.125ml"), (-500, "-0.5ml"), (0, "0ml")] {
            assert_eq!(text(amount, "ml"), written);
        }
    }
}
