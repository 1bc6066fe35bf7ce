//! Money as ledgers write it, in fen.

use crate::cell::Cell;
use crate::clean::{Flaw, is_nothing, narrow};

/// A hundred million yuan: no fee is higher, and a slip of a column is not taken for one.
const FEN_MAX: i64 = 10_000_000_000;

/// The amount in fen; none where there is nothing.
///
/// # Errors
/// [`Flaw::NotMoney`] for words, negative amounts, and parts of a fen.
pub fn fen(cell: &Cell) -> Result<Option<i64>, Flaw> {
    match cell {
        Cell::Empty => Ok(None),
        Cell::Error(_) => Err(Flaw::Formula),
        Cell::Day(_) => Err(Flaw::NotMoney),
        Cell::Number(number) => number_fen(*number).map(Some),
        Cell::Text(text) => {
            let text = narrow(text);
            if is_nothing(&text) { Ok(None) } else { written(&text).map(Some) }
        }
    }
}

/// Sums of a sheet carry dust behind the second decimal; a third decimal is no dust.
fn number_fen(yuan: f64) -> Result<i64, Flaw> {
    let fen = (yuan * 100.0).round();
    if !(0.0..=FEN_MAX as f64).contains(&fen) || (yuan * 100.0 - fen).abs() > 1e-4 {
        return Err(Flaw::NotMoney);
    }
    Ok(fen as i64)
}

/// ¥1,200.50元, 1200元整, 1.2万.
fn written(text: &str) -> Result<i64, Flaw> {
    let mut text: String =
        text.chars().filter(|sign| !sign.is_whitespace() && !matches!(sign, ',' | '¥' | '整')).collect();
    for word in ["人民币", "RMB", "元", "圆"] {
        text = text.replace(word, "");
    }
    let (text, zeros) = match text.strip_suffix('万') {
        Some(text) => (text, 6),
        None => (text.as_str(), 2),
    };
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|sign| sign.is_ascii_digit());
    let part = part.trim_end_matches('0');
    if whole.is_empty() || whole.len() > 12 || part.len() > zeros || !digits(whole) || !digits(part) {
        return Err(Flaw::NotMoney);
    }
    let fen: i64 = format!("{whole}{part:0<zeros$}").parse().map_err(|_| Flaw::NotMoney)?;
    if fen <= FEN_MAX { Ok(fen) } else { Err(Flaw::NotMoney) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_or_refused() {
        for (text, read) in [
            ("1,200元", Ok(Some(120_000))),
            ("１２００．５０", Ok(Some(120_050))),
            ("￥1200.5元整", Ok(Some(120_050))),
            ("1.2万", Ok(Some(1_200_000))),
            ("1.20005万元", Ok(Some(1_200_050))),
            ("1200.500", Ok(Some(120_050))),
            ("/", Ok(None)),
            ("1200.505", Err(Flaw::NotMoney)),
            ("-5", Err(Flaw::NotMoney)),
            ("免收", Err(Flaw::NotMoney)),
            ("1万2千", Err(Flaw::NotMoney)),
            ("99999999999999", Err(Flaw::NotMoney)),
        ] {
            assert_eq!(fen(&Cell::text(text)), read, "{text}");
        }
        assert_eq!(fen(&Cell::Number(0.1 + 0.2)), Ok(Some(30)), "dust of a sum");
        assert_eq!(fen(&Cell::Number(1.005)), Err(Flaw::NotMoney));
        assert_eq!(fen(&Cell::Number(f64::INFINITY)), Err(Flaw::NotMoney));
    }
}
