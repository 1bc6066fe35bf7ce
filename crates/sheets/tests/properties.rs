//! Whatever stands in a cell: no panic, and what is read is what was written.

use jiff::civil::Date;
use proptest::prelude::*;
use sheets::{Cell, clean, read};

proptest! {
    #[test]
    fn no_text_makes_it_fall(text in ".{0,40}") {
        let cell = Cell::text(&text);
        let _ = (clean::text(&cell), clean::identifier(&cell), clean::date(&cell), clean::fen(&cell));
    }

    #[test]
    fn no_number_makes_it_fall(number in any::<f64>()) {
        let cell = Cell::Number(number);
        let _ = (clean::text(&cell), clean::identifier(&cell), clean::date(&cell), clean::fen(&cell));
    }

    #[test]
    fn no_bytes_make_it_fall(bytes in prop::collection::vec(any::<u8>(), 0..400), magic in 0..4_usize) {
        let head: &[u8] = [&b""[..], b"PK\x03\x04", &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], &[0xff, 0xfe]][magic];
        let _ = read(&[head, &bytes].concat(), &|_| true);
    }

    #[test]
    fn a_day_comes_back_in_every_style(year in 1900_i16..2100, month in 1_i8..=12, day in 1_i8..=28) {
        let date = Date::new(year, month, day).unwrap();
        for text in [
            format!("{year}-{month}-{day}"), format!("{year}.{month:02}.{day}"), format!("{year}年{month}月{day}日"),
            format!("{year}{month:02}{day:02}"), format!("{year}/{month}/{day} 09:00"),
        ] {
            prop_assert_eq!(clean::date(&Cell::text(&text)), Ok(Some(date)), "{}", text);
        }
    }

    #[test]
    fn an_amount_comes_back(fen in 0_i64..10_000_000_000) {
        let (yuan, rest) = (fen / 100, fen % 100);
        prop_assert_eq!(clean::fen(&Cell::text(&format!("¥{yuan}.{rest:02}元"))), Ok(Some(fen)));
        prop_assert_eq!(clean::fen(&Cell::Number(fen as f64 / 100.0)), Ok(Some(fen)));
    }

    #[test]
    fn an_identifier_keeps_its_digits_or_is_refused(digits in "[1-9][0-9]{0,19}") {
        prop_assert_eq!(clean::identifier(&Cell::text(&digits)), Ok(Some(digits.clone())));
        let number: f64 = digits.parse().unwrap();
        match clean::identifier(&Cell::Number(number)) {
            Ok(read) => prop_assert_eq!(read, Some(digits)),
            Err(flaw) => prop_assert_eq!(flaw, clean::Flaw::DigitsLost),
        }
    }
}
