//! Identity numbers (GB 11643): normalised, checked, and what a mistyped one may have been meant to be.
//!
//! **Invariant:** [`meant`] gives only numbers that pass the check and name a real day of birth. A twin's number differs
//! in sequence and check sign, so a sound number is never taken for another sound one.

use crate::normal::folded;
use jiff::civil::Date;

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK: &[u8; 11] = b"10X98765432";

/// Capitals, half width, no gaps; an old number of 15 digits becomes the 18 signs its owner has today. Empty when
/// nothing was typed.
pub fn normalised_id(typed: &str) -> String {
    let text: String =
        folded(typed).chars().filter(char::is_ascii_alphanumeric).map(|sign| sign.to_ascii_uppercase()).collect();
    if text.len() == 15 && text.bytes().all(|sign| sign.is_ascii_digit()) {
        // Numbers of 15 digits were given to people born in the last century.
        let body = format!("{}19{}", &text[..6], &text[6..]);
        return with_check(&body);
    }
    text
}

fn with_check(body: &str) -> String {
    format!("{body}{}", check_sign(body.as_bytes()))
}

fn check_sign(body: &[u8]) -> char {
    let sum: u32 = body.iter().zip(WEIGHTS).map(|(sign, weight)| u32::from(sign - b'0') * weight).sum();
    char::from(CHECK[(sum % 11) as usize])
}

/// Eighteen signs with a day of birth and the check sign that belongs to them.
pub fn is_sound(id: &str) -> bool {
    let signs = id.as_bytes();
    signs.len() == 18
        && signs[..17].iter().all(u8::is_ascii_digit)
        && char::from(signs[17]) == check_sign(&signs[..17])
        && birth(id).is_some()
}

/// The day of birth that a number of 18 signs holds.
pub(crate) fn birth(id: &str) -> Option<Date> {
    let part = |from: usize, to: usize| id.get(from..to)?.parse::<i16>().ok();
    let (year, month, day) = (part(6, 10)?, part(10, 12)?, part(12, 14)?);
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?)
        .ok()
        .filter(|date| (1850..2200).contains(&date.year()))
}

/// The sound numbers that `id`, which is not sound, may have been meant to be: one sign wrong, two neighbours exchanged,
/// one sign left out, one too many. Empty for what is no identity number at all (a passport, a text).
pub fn meant(id: &str) -> Vec<String> {
    let signs = id.as_bytes();
    let is_number = signs.iter().all(|sign| sign.is_ascii_digit() || *sign == b'X');
    let mut tried: Vec<Vec<u8>> = Vec::new();
    match signs.len() {
        18 if is_number => {
            for place in 0..18 {
                each_digit(|digit| tried.push(replaced(signs, place, digit)));
                if place > 0 {
                    let mut exchanged = signs.to_vec();
                    exchanged.swap(place - 1, place);
                    tried.push(exchanged);
                }
            }
        }
        17 if is_number => {
            for place in 0..=17 {
                each_digit(|digit| {
                    let mut longer = signs.to_vec();
                    longer.insert(place, digit);
                    tried.push(longer);
                });
            }
        }
        19 if is_number => {
            for place in 0..19 {
                let mut shorter = signs.to_vec();
                shorter.remove(place);
                tried.push(shorter);
            }
        }
        _ => {}
    }
    let mut found: Vec<String> =
        tried.into_iter().filter_map(|bytes| String::from_utf8(bytes).ok()).filter(|id| is_sound(id)).collect();
    found.sort();
    found.dedup();
    found
}

fn each_digit(mut take: impl FnMut(u8)) {
    b"0123456789X".iter().for_each(|digit| take(*digit));
}

fn replaced(signs: &[u8], place: usize, digit: u8) -> Vec<u8> {
    let mut other = signs.to_vec();
    other[place] = digit;
    other
}

#[cfg(test)]
mod tests {
    use super::*;

    /// GB 11643-1999, annex.
    const SOUND: &str = "11010519491231002X";

    #[test]
    fn one_number_however_it_is_typed() {
        for (typed, why) in [
            ("11010519491231002X", "as printed"),
            ("11010519491231002x", "small x"),
            ("１１０１０５１９４９１２３１００２Ｘ", "full width"),
            ("110105 19491231 002X", "in groups"),
            ("110105-19491231-002X", "with dashes"),
            ("110105491231002", "the old number of 15 digits"),
        ] {
            assert_eq!(normalised_id(typed), SOUND, "{why}");
        }
        assert_eq!(normalised_id(" "), "");
    }

    #[test]
    fn a_slip_is_led_back_to_the_number_meant() {
        for (typed, why) in [
            ("11010519491231003X", "one digit wrong"),
            ("110105194912310021", "the check sign wrong"),
            ("11010519491213002X", "two neighbours exchanged"),
            ("1101051949123102X", "one digit left out"),
            ("110105194912310022X", "one digit twice"),
        ] {
            assert!(!is_sound(typed), "{why}");
            assert!(meant(typed).contains(&SOUND.to_owned()), "{why}: {:?}", meant(typed));
        }
        assert!(meant("E12345678").is_empty(), "a passport is no slip");
        assert!(meant("司法").is_empty());
    }
}
