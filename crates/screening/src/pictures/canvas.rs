//! 画布: an SVG being written, element by element.
//!
//! **Invariant:** what comes out is well-formed whatever the ids hold; coordinates have one decimal; no number is written that is not finite.

use std::fmt::Write;

/// Ink of lines and letters.
pub const INK: &str = "#1a1a1a";
/// What stands behind.
pub const PALE: &str = "#8a8a8a";
/// Fill of what is usual.
pub const LIGHT: &str = "#c9d3df";
/// What is pointed at. Dark on paper, red on a screen.
pub const ACCENT: &str = "#9c1c1c";

/// Letters of a label at most; the rest is in the mark's title.
const LABEL_CHARS: usize = 18;

/// An SVG being written.
pub struct Canvas {
    out: String,
}

/// Where a text hangs.
#[derive(Clone, Copy)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

impl Canvas {
    /// A picture of this size with its title for readers who cannot see it.
    pub fn new(width: f64, height: f64, title: &str, description: &str) -> Self {
        let mut out = String::new();
        let (w, h) = (number(width, 1), number(height, 1));
        let _ = write!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" role=\"img\" font-family=\"sans-serif\" font-size=\"12\" \
             fill=\"{INK}\">\n<title>{}</title>\n<desc>{}</desc>\n<rect width=\"{w}\" height=\"{h}\" fill=\"#fff\"/>\n",
            escaped(title),
            escaped(description)
        );
        Self { out }
    }

    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), stroke: &str, width: f64, dash: &str) {
        let _ = writeln!(
            self.out,
            "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" stroke=\"{stroke}\" stroke-width=\"{}\"{}/>",
            number(from.0, 1),
            number(from.1, 1),
            number(to.0, 1),
            number(to.1, 1),
            number(width, 1),
            dashed(dash)
        );
    }

    /// A line through points.
    pub fn path(&mut self, points: &[(f64, f64)], stroke: &str, width: f64, dash: &str) {
        let mut d = String::new();
        for (n, (x, y)) in points.iter().enumerate() {
            let _ = write!(d, "{}{} {}", if n == 0 { 'M' } else { 'L' }, number(*x, 1), number(*y, 1));
        }
        if !d.is_empty() {
            let _ = writeln!(
                self.out,
                "<path d=\"{d}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"{}\"{}/>",
                number(width, 1),
                dashed(dash)
            );
        }
    }

    /// A rectangle; with a title it is a mark.
    pub fn rect(&mut self, at: (f64, f64), size: (f64, f64), fill: &str, stroke: &str, title: Option<&str>) {
        let _ = write!(
            self.out,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{fill}\" stroke=\"{stroke}\"",
            number(at.0, 1),
            number(at.1, 1),
            number(size.0.max(0.0), 1),
            number(size.1.max(0.0), 1)
        );
        self.close("rect", title);
    }

    /// One of the shapes that tell groups apart without colour, centred; `shape` counts round.
    pub fn shape(&mut self, at: (f64, f64), shape: usize, radius: f64, fill: &str, stroke: &str, title: Option<&str>) {
        let r = radius;
        let polygon = |points: &[(f64, f64)]| {
            points.iter().fold(String::new(), |mut d, (x, y)| {
                let _ = write!(d, "{},{} ", number(at.0 + x * r, 1), number(at.1 + y * r, 1));
                d
            })
        };
        let (name, geometry) = match shape % SHAPES {
            0 => ("circle", format!("cx=\"{}\" cy=\"{}\" r=\"{}\"", number(at.0, 1), number(at.1, 1), number(r, 1))),
            1 => ("polygon", format!("points=\"{}\"", polygon(&[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]))),
            2 => ("polygon", format!("points=\"{}\"", polygon(&[(0.0, -1.2), (1.1, 0.8), (-1.1, 0.8)]))),
            3 => ("polygon", format!("points=\"{}\"", polygon(&[(0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)]))),
            4 => ("polygon", format!("points=\"{}\"", polygon(&[(0.0, 1.2), (1.1, -0.8), (-1.1, -0.8)]))),
            _ => (
                "polygon",
                format!(
                    "points=\"{}\"",
                    polygon(&[
                        (-0.4, -1.2),
                        (0.4, -1.2),
                        (0.4, -0.4),
                        (1.2, -0.4),
                        (1.2, 0.4),
                        (0.4, 0.4),
                        (0.4, 1.2),
                        (-0.4, 1.2),
                        (-0.4, 0.4),
                        (-1.2, 0.4),
                        (-1.2, -0.4),
                        (-0.4, -0.4)
                    ])
                ),
            ),
        };
        let _ = write!(self.out, "<{name} {geometry} fill=\"{fill}\" stroke=\"{stroke}\"");
        self.close(name, title);
    }

    fn close(&mut self, name: &str, title: Option<&str>) {
        match title {
            Some(title) => {
                let _ = writeln!(self.out, "><title>{}</title></{name}>", escaped(title));
            }
            None => self.out.push_str("/>\n"),
        }
    }

    /// Marks from here to [`Canvas::end`] have this title.
    pub fn begin(&mut self, title: &str) {
        let _ = writeln!(self.out, "<g><title>{}</title>", escaped(title));
    }

    pub fn end(&mut self) {
        self.out.push_str("</g>\n");
    }

    /// A line of text, shortened; white behind the letters, so that lines do not cross them.
    pub fn text(&mut self, at: (f64, f64), anchor: Anchor, text: &str, bold: bool) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let weight = if bold { " font-weight=\"bold\"" } else { "" };
        let _ = writeln!(
            self.out,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\"{weight} stroke=\"#fff\" stroke-width=\"3\" paint-order=\"stroke\">{}</text>",
            number(at.0, 1),
            number(at.1, 1),
            escaped(text)
        );
    }

    /// The whole element.
    pub fn finish(mut self) -> String {
        self.out.push_str("</svg>\n");
        self.out
    }
}

/// How many shapes there are before they come again (then with another fill).
pub const SHAPES: usize = 6;
/// Fills of groups, told apart by lightness too.
pub const FILLS: [&str; 4] = ["#274b7a", "#e8b04a", "#ffffff", "#6fa287"];

fn dashed(dash: &str) -> String {
    if dash.is_empty() { String::new() } else { format!(" stroke-dasharray=\"{dash}\"") }
}

/// A label short enough for its place.
pub fn shortened(text: &str) -> String {
    if text.chars().count() <= LABEL_CHARS {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(LABEL_CHARS - 1).collect();
    short.push('…');
    short
}

/// At most so many decimals, none that are zeros, and no minus before a zero.
pub fn number(n: f64, decimals: usize) -> String {
    if !n.is_finite() {
        return "0".to_owned();
    }
    let mut text = format!("{n:.decimals$}");
    if text.contains('.') {
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    }
    if text == "-0" { "0".to_owned() } else { text }
}

/// Text for XML: letters that mean something are written out, those that must not be there are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            c if (c as u32) < 0x20 || c == '\u{fffe}' || c == '\u{ffff}' => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_ids_are_harmless() {
        for (n, text) in [(1.0, "1"), (1.25, "1.2"), (-0.01, "0"), (f64::NAN, "0"), (100.0, "100"), (-3.06, "-3.1")] {
            assert_eq!(number(n, 1), text);
        }
        assert_eq!(number(120.0, 0), "120", "zeros before the point stay");
        assert_eq!(escaped("<a b=\"&\">\u{1}\n"), "&lt;a b=&quot;&amp;&quot;&gt; ");
        assert_eq!(shortened(&"长".repeat(30)).chars().count(), LABEL_CHARS);
    }
}
