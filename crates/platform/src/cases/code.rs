//! The unified case code (统一赋码, 上海条例 41): region, year, a random body, a check character.
//!
//! The official structure is not published (rules.md §2.3), so the parts are configuration ([`CaseCodeFormat`]). The body is
//! random, not counted: a code tells an outsider nothing of how many cases there are.

use crate::app::CaseCodeFormat;
use rand::{Rng, RngCore};

/// Letters and digits that are not taken for one another (Crockford's base 32).
pub const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// The alphabet of ISO 7064 MOD 37,36.
const CHECKED: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// `n` signs, five random bits each.
pub fn random_signs(random: &mut impl RngCore, n: usize) -> String {
    (0..n).map(|_| char::from(SIGNS[random.random_range(0..SIGNS.len())])).collect()
}

/// A new code, e.g. `310000-2026-7KQ2M9XA-C`. No sign of body or check is one that people mistake for another.
pub fn new_code(format: &CaseCodeFormat, year: i16, random: &mut impl RngCore) -> String {
    loop {
        let text = format!("{}-{year}-{}", format.region, random_signs(random, format.body_length));
        let check = check_sign(&text);
        // The standard's alphabet has I, L, O and U, ours has not: one body in nine is drawn again.
        if SIGNS.iter().any(|sign| char::from(*sign) == check) {
            return format!("{text}-{check}");
        }
    }
}

/// Whether a code's last sign fits the others (ISO 7064 MOD 37,36): every single wrong sign is found, and nearly every
/// exchange of neighbours.
pub fn is_sound(code: &str) -> bool {
    let Some((text, check)) = code.rsplit_once('-') else { return false };
    text.bytes().all(|sign| sign == b'-' || CHECKED.contains(&sign)) && check == check_sign(text).to_string()
}

fn check_sign(text: &str) -> char {
    const M: usize = 36;
    let mut sum = M;
    for value in text.bytes().filter_map(|sign| CHECKED.iter().position(|one| *one == sign)) {
        sum = (sum + value) % M;
        sum = if sum == 0 { M } else { sum } * 2 % (M + 1);
    }
    char::from(CHECKED[(M + 1 - sum) % M])
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn a_code_is_sound_and_a_slip_is_not() {
        let mut random = rand::rngs::StdRng::seed_from_u64(7);
        for _ in 0..200 {
            let code = new_code(&CaseCodeFormat::default(), 2026, &mut random);
            assert!(is_sound(&code), "{code}");
            for place in 0..code.len() {
                let mut slip = code.clone().into_bytes();
                if slip[place] == b'-' {
                    continue;
                }
                slip[place] = if slip[place] == b'7' { b'8' } else { b'7' };
                assert!(!is_sound(&String::from_utf8(slip).unwrap_or_default()), "{code} at {place}");
            }
        }
    }
}
