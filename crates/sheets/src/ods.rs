//! How many cells an ODS sheet has once its repetitions are written out, counted before anybody writes them out.

use crate::limits::{CELLS_MAX, UNPACKED_MAX};
use crate::read::Unreadable;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// # Errors
/// [`Unreadable::Bomb`] when one row repeated a million times is the trick.
pub(crate) fn is_harmless(bytes: &[u8]) -> Result<(), Unreadable> {
    let damaged = |error: &dyn std::fmt::Display| Unreadable::Damaged(error.to_string());
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    let part = zip.by_name("content.xml").map_err(|error| damaged(&error))?;
    let mut text = Vec::new();
    part.take(UNPACKED_MAX + 1).read_to_end(&mut text).map_err(|error| damaged(&error))?;
    if text.len() as u64 > UNPACKED_MAX {
        return Err(Unreadable::Bomb);
    }
    let text = String::from_utf8_lossy(&text);
    if cells(&text) > CELLS_MAX { Err(Unreadable::Bomb) } else { Ok(()) }
}

/// Cells with something in them and the blanks between, as they would be held.
fn cells(text: &str) -> usize {
    let (mut all, mut blank) = (0_usize, 0_usize);
    for row in text.split("<table:table-row").skip(1) {
        let (tag, rest) = row.split_once('>').unwrap_or((row, ""));
        let times = repeated(tag, "table:number-rows-repeated=\"");
        let (mut width, mut last) = (0_usize, 0_usize);
        for cell in rest.split("<table:").filter(|part| part.starts_with("table-cell") || part.starts_with("covered-"))
        {
            let tag = cell.split('>').next().unwrap_or_default();
            width = width.saturating_add(repeated(tag, "table:number-columns-repeated=\""));
            // A formula counts as something even where it has no value.
            if tag.contains("office:value") || tag.contains("table:formula") || tag.contains("office:string-value") {
                last = width;
            }
        }
        if last == 0 {
            blank = blank.saturating_add(times);
            continue;
        }
        all = all.saturating_add(times.saturating_add(blank).saturating_mul(last));
        blank = 0;
    }
    all
}

fn repeated(tag: &str, attribute: &str) -> usize {
    tag.split_once(attribute)
        .and_then(|(_, rest)| rest.split('"').next())
        .and_then(|number| number.parse().ok())
        .unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::cells;

    #[test]
    fn a_repetition_is_counted_and_blank_ends_are_not() {
        let row = |times: usize, cells: &str| {
            format!("<table:table-row table:number-rows-repeated=\"{times}\">{cells}</table:table-row>")
        };
        let one =
            "<table:table-cell office:value-type=\"float\" office:value=\"1\" table:number-columns-repeated=\"3\"/>";
        let none = "<table:table-cell table:number-columns-repeated=\"16000\"/>";
        assert_eq!(cells(&row(1, one)), 3);
        assert_eq!(
            cells(&(row(2, &format!("{one}{none}")) + &row(1_000_000, none))),
            6,
            "what Calc writes below a sheet"
        );
        assert_eq!(cells(&row(1_000_000, one)), 3_000_000);
        assert_eq!(
            cells(&(row(1, one) + &row(1_000_000, none) + &row(1, one))),
            3 + 1_000_001 * 3,
            "a gap is held too"
        );
    }
}
