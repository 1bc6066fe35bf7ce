//! A cell read as what it should be: text, identifier, day, money.
//!
//! **Invariant:** a value is what the cell says or there is a [`Flaw`]; a number that has lost digits is never an identifier.

use crate::cell::{Cell, plain};
pub use crate::dates::date;
pub use crate::money::fen;
use unicode_normalization::UnicodeNormalization;

/// Why a cell is not what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Stored as a number with more digits than a number keeps: the last ones are gone.
    DigitsLost,
    /// 26/3/2: which of the three is the year?
    AmbiguousDate,
    NotADate,
    NotMoney,
    NotAnIdentifier,
    /// The cell holds a formula's error.
    Formula,
}

/// From here on a number of Excel's (15 digits) may stand for several texts of digits.
const EXACT_BELOW: f64 = 1e15;

/// What people write where there is nothing to write.
const NOTHING: [&str; 8] = ["/", "-", "--", "—", "——", "无", "\\", "N/A"];

/// Names, words, sentences: digits and letters in their usual width, one space where there were several; Chinese
/// punctuation stays.
///
/// # Errors
/// [`Flaw::DigitsLost`], [`Flaw::Formula`].
pub fn text(cell: &Cell) -> Result<String, Flaw> {
    match cell {
        Cell::Empty => Ok(String::new()),
        Cell::Text(text) => Ok(tidy(text)),
        Cell::Number(number) if number.abs() >= EXACT_BELOW => Err(Flaw::DigitsLost),
        Cell::Number(number) => Ok(plain(*number)),
        Cell::Day(day) => Ok(day.to_string()),
        Cell::Error(_) => Err(Flaw::Formula),
    }
}

/// Identity numbers, telephones, numbers of licences: no spaces, usual width, no digit lost.
///
/// # Errors
/// [`Flaw::DigitsLost`] for 3.10101E+17 in either form, [`Flaw::NotAnIdentifier`] for fractions and negative numbers.
pub fn identifier(cell: &Cell) -> Result<Option<String>, Flaw> {
    match cell {
        Cell::Empty => Ok(None),
        Cell::Error(_) => Err(Flaw::Formula),
        Cell::Day(_) => Err(Flaw::NotAnIdentifier),
        Cell::Number(number) if number.abs() >= EXACT_BELOW => Err(Flaw::DigitsLost),
        Cell::Number(number) if number.fract() != 0.0 || *number < 0.0 => Err(Flaw::NotAnIdentifier),
        Cell::Number(number) => Ok(Some(plain(*number))),
        Cell::Text(text) => {
            let text: String = narrow(text).chars().filter(|sign| !sign.is_whitespace() && !is_unseen(*sign)).collect();
            let text = text.trim_start_matches(['\'', '`', '’']).to_uppercase();
            if is_scientific(&text) {
                return Err(Flaw::DigitsLost);
            }
            Ok(Some(text).filter(|text| !is_nothing(text)))
        }
    }
}

/// Whether the cell says that there is nothing: empty, or a stroke.
pub fn is_nothing(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || NOTHING.contains(&text)
}

/// 3.10101E+17: what Excel shows of a long number, and what it saves into a CSV file.
fn is_scientific(text: &str) -> bool {
    let Some((digits, exponent)) = text.split_once('E') else { return false };
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    digits.contains('.')
        && digits.bytes().all(|sign| sign.is_ascii_digit() || sign == b'.')
        && !exponent.is_empty()
        && exponent.bytes().all(|sign| sign.is_ascii_digit())
}

/// Every sign in its usual width; for what has no punctuation of its own.
pub(crate) fn narrow(text: &str) -> String {
    text.nfkc().collect()
}

/// Signs without a shape, that programs leave behind.
fn is_unseen(sign: char) -> bool {
    sign.is_control() || matches!(sign, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}')
}

/// A leading apostrophe is how exports keep a text from being a formula: it goes again.
fn tidy(text: &str) -> String {
    let text = match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(crate::write::FORMULA_SIGNS) => rest,
        _ => text,
    };
    let usual = text.chars().map(|sign| match sign {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => char::from_u32(sign as u32 - 0xfee0).unwrap_or(sign),
        sign if sign.is_whitespace() => ' ',
        sign => sign,
    });
    let kept: String = usual.filter(|sign| !is_unseen(*sign)).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_keep_every_digit_or_say_so() {
        for (cell, read, why) in [
            (Cell::text("３１０１０１１９９００１０１１２３ｘ"), Ok(Some("31010119900101123X")), "full width"),
            (Cell::text(" 310101 19900101 1234 "), Ok(Some("310101199001011234")), "spaces between"),
            (Cell::text("'310101199001011234"), Ok(Some("310101199001011234")), "Excel's apostrophe"),
            (Cell::Number(13_800_000_000.0), Ok(Some("13800000000")), "a telephone as a number is whole"),
            (Cell::Number(3.101_011_990_010_11e17), Err(Flaw::DigitsLost), "an identity number as a number is not"),
            (Cell::text("3.10101E+17"), Err(Flaw::DigitsLost), "the same in a CSV file"),
            (Cell::Number(12.5), Err(Flaw::NotAnIdentifier), "a fraction"),
            (Cell::text("/"), Ok(None), "a stroke is nothing"),
            (Cell::Error("#N/A".into()), Err(Flaw::Formula), "a formula that failed"),
        ] {
            assert_eq!(identifier(&cell), read.map(|text| text.map(str::to_owned)), "{why}");
        }
    }

    #[test]
    fn texts_keep_their_punctuation() {
        assert_eq!(text(&Cell::text("王某某（原名：ＡＢ）　\n１２号")).unwrap(), "王某某（原名：AB） 12号");
        assert_eq!(text(&Cell::text("'=1+1")).unwrap(), "=1+1", "what an export protected");
        assert_eq!(text(&Cell::Number(12.0)).unwrap(), "12");
        assert_eq!(text(&Cell::Number(1e16)), Err(Flaw::DigitsLost));
    }
}
