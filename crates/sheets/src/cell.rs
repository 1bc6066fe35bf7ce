//! A cell as the file holds it, before anybody asks what it means.

use crate::limits::CELL_MAX;
use jiff::civil::Date;

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell {
    #[default]
    Empty,
    Text(Box<str>),
    Number(f64),
    /// A number that the sheet shows as a date.
    Day(Date),
    /// What a formula ended with instead of a value, e.g. `#N/A`.
    Error(Box<str>),
}

/// A row of the sheet, with the number it has in the margin.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    pub number: u32,
    pub cells: Vec<Cell>,
}

impl Cell {
    /// A text; blank ones are empty cells, longer ones than Excel knows are cut.
    pub fn text(text: &str) -> Self {
        let text = text.trim();
        match text.char_indices().nth(CELL_MAX) {
            _ if text.is_empty() => Self::Empty,
            Some((end, _)) => Self::Text(text[..end].into()),
            None => Self::Text(text.into()),
        }
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::Empty
    }

    /// As a person sees it, for showing it back.
    pub fn shown(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) | Self::Error(text) => text.to_string(),
            Self::Number(number) => plain(*number),
            Self::Day(day) => day.to_string(),
        }
    }
}

/// A number without an exponent where it has none for people.
pub(crate) fn plain(number: f64) -> String {
    if number.abs() < 1e15 { format!("{number}") } else { format!("{number:e}") }
}

impl Line {
    /// The cell in that column; short lines end with empty ones.
    pub fn at(&self, column: usize) -> &Cell {
        self.cells.get(column).unwrap_or(&Cell::Empty)
    }

    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(Cell::is_empty)
    }

    /// The cells with something in them.
    pub fn filled(&self) -> impl Iterator<Item = (usize, &Cell)> {
        self.cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty())
    }
}
