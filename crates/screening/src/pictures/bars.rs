//! 条形图: a handful of values with their names, one bar each, against lines that help to read them.
//!
//! **Invariant:** no more than [`BARS_MAX`] bars are drawn, in the order given, and how many are not is said.

use serde::{Deserialize, Serialize};

use super::axis::{Scale, percent};
use super::canvas::{ACCENT, Anchor, Canvas, INK, LIGHT, PALE, number};
use super::{Cell, Table, Words};

/// Bars of one picture: more is a table.
pub const BARS_MAX: usize = 40;
/// Greatest width of the names, width of a wide sign and of a narrow one, in the picture's units at its size of letters.
const NAMES: f64 = 224.0;
const WIDE: f64 = 12.0;
const NARROW: f64 = 6.6;

/// One value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bar {
    pub name: String,
    /// None where there is too little to say one; then the note says why.
    pub value: Option<f64>,
    /// Beside the value.
    pub note: String,
    pub marked: bool,
}

/// Values of the same measure. The title stands above the picture, not in it: names need its width.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bars {
    /// What is measured: a key of the words, or a name.
    pub measure: String,
    pub bars: Vec<Bar>,
    /// Values with a word each, a key or a text: drawn as dashed lines.
    pub lines: Vec<(String, f64)>,
    /// Whether values are shares.
    pub of_one: bool,
    /// Bars that are not here.
    pub left_out: usize,
}

impl Bars {
    /// The first [`BARS_MAX`] bars. A value that is no finite number is none.
    pub fn new(measure: &str, mut bars: Vec<Bar>, lines: Vec<(String, f64)>, of_one: bool) -> Self {
        let left_out = bars.len().saturating_sub(BARS_MAX);
        bars.truncate(BARS_MAX);
        bars.iter_mut().for_each(|bar| bar.value = bar.value.filter(|value| value.is_finite()));
        Self { measure: measure.to_owned(), bars, lines, of_one, left_out }
    }

    fn said(&self, value: f64) -> String {
        if self.of_one { percent(value) } else { number(value, 0) }
    }

    pub fn svg(&self, words: Words<'_>) -> String {
        let (width, step, top) = (720.0, 24.0, 38.0);
        let bottom = top + step * self.bars.len().max(1) as f64;
        let names = self.bars.iter().map(|bar| breadth(&bar.name).min(NAMES)).fold(0.0, f64::max) + 6.0;
        let (left, right) = (names + 10.0, width - 130.0);
        let title = words(&self.measure);
        let mut canvas = Canvas::new(width, bottom + 16.0, &title, &format!("{title}: {}", self.bars.len()));
        if self.bars.is_empty() {
            canvas.text((width / 2.0, top + 14.0), Anchor::Middle, &words("nothing"), false);
            return canvas.finish();
        }
        let most = self.bars.iter().filter_map(|bar| bar.value).fold(0.0, f64::max);
        // Lines far beyond every bar would only flatten them.
        let lines: Vec<_> = self.lines.iter().filter(|line| line.1 <= most.max(1e-9) * 2.0).collect();
        let end = lines.iter().map(|line| line.1).fold(most, f64::max).max(1e-9);
        let scale = Scale::new(0.0, end, left, right);
        for (n, bar) in self.bars.iter().enumerate() {
            let at = top + step * n as f64;
            let value = bar.value.map(|value| self.said(value));
            let told = [value.as_deref().unwrap_or("–"), &bar.note].into_iter().filter(|text| !text.is_empty());
            let told = told.collect::<Vec<_>>().join(" · ");
            canvas.begin(&format!("{}: {told}", bar.name));
            canvas.text((names, at + 15.0), Anchor::End, &fitted(&bar.name), bar.marked);
            let length = bar.value.map_or(0.0, |value| scale.at(value.max(0.0)) - left);
            let (fill, stroke) = if bar.marked { (ACCENT, INK) } else { (LIGHT, PALE) };
            if bar.value.is_some() {
                canvas.rect((left, at + 3.0), (length.max(1.0), step - 8.0), fill, stroke, None);
            }
            canvas.text((left + length + 6.0, at + 15.0), Anchor::Start, &told, false);
            canvas.end();
        }
        canvas.line((left, top - 4.0), (left, bottom), INK, 1.0, "");
        for (n, (word, value)) in lines.iter().enumerate() {
            let at = scale.at(*value);
            canvas.line((at, top - 4.0), (at, bottom), INK, 1.0, if n % 2 == 0 { "3 3" } else { "8 4" });
            let anchor = if at > right - 40.0 { Anchor::End } else { Anchor::Middle };
            let label = format!("{} {}", words(word), self.said(*value));
            canvas.text((at, top - 8.0 - 13.0 * (n % 2) as f64), anchor, &label, false);
        }
        if self.left_out > 0 {
            let said = format!("{} {}", words("left_out"), self.left_out);
            canvas.text((width - 10.0, bottom + 10.0), Anchor::End, &said, false);
        }
        canvas.finish()
    }

    pub fn table(&self) -> Table {
        let mut table = Table::new(&["name", "value", "marked"]);
        for bar in &self.bars {
            let value = bar.value.map_or(Cell::Nothing, Cell::Number);
            table.rows.push(vec![Cell::Text(bar.name.clone()), value, Cell::Yes(bar.marked)]);
        }
        table
    }
}

fn breadth_of(sign: char) -> f64 {
    if (sign as u32) < 0x2e80 { NARROW } else { WIDE }
}

fn breadth(name: &str) -> f64 {
    name.chars().map(breadth_of).sum()
}

/// As much of a name as its column holds.
fn fitted(name: &str) -> String {
    if breadth(name) <= NAMES {
        return name.to_owned();
    }
    let (mut out, mut room) = (String::new(), NAMES - WIDE);
    for sign in name.chars() {
        room -= breadth_of(sign);
        if room < 0.0 {
            break;
        }
        out.push(sign);
    }
    out.push('…');
    out
}
