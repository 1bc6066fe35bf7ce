//! 坐标轴: a scale from values to places, with round numbers along it.
//!
//! **Invariant:** a scale is increasing and never empty: equal ends are moved apart.

use super::canvas::{Anchor, Canvas, INK, PALE, number};

/// Values onto places.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Scale {
    /// `low` at `from`, `high` at `to`.
    pub fn new(low: f64, high: f64, from: f64, to: f64) -> Self {
        let (low, high) = if low.is_finite() && high.is_finite() { (low.min(high), low.max(high)) } else { (0.0, 1.0) };
        let apart = high - low > 1e-12 * high.abs().max(low.abs()).max(1e-290);
        let (low, high) = if apart { (low, high) } else { (low - 0.5, high + 0.5) };
        Self { low, high, from, to }
    }

    /// The place of a value.
    pub fn at(&self, value: f64) -> f64 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(-0.02, 1.02);
        self.from + (self.to - self.from) * if share.is_finite() { share } else { 0.0 }
    }

    /// Round numbers along the scale, about `many`.
    pub fn ticks(&self, many: usize) -> Vec<f64> {
        let raw = (self.high - self.low) / many.max(1) as f64;
        let power = 10f64.powf(raw.log10().floor());
        let step = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|m| m * power).find(|s| *s >= raw * 0.999).unwrap_or(raw);
        if !(step.is_finite() && step > 0.0) {
            return vec![self.low];
        }
        let first = (self.low / step).ceil();
        let count = ((self.high / step).floor() - first) as usize + 1;
        (0..count.min(50)).map(|n| (first + n as f64) * step).collect()
    }
}

/// The frame of a picture with two axes.
pub struct Frame {
    pub x: Scale,
    pub y: Scale,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Frame {
    /// Values of x and y within these borders of the canvas.
    pub fn new(x: (f64, f64), y: (f64, f64), (left, right): (f64, f64), (top, bottom): (f64, f64)) -> Self {
        Self { x: Scale::new(x.0, x.1, left, right), y: Scale::new(y.0, y.1, bottom, top), left, right, top, bottom }
    }

    /// Draws both axes with their names; `say` writes a number of y.
    pub fn draw(&self, canvas: &mut Canvas, x_name: &str, y_name: &str, say: impl Fn(f64) -> String) {
        for tick in self.y.ticks(5) {
            let at = self.y.at(tick);
            canvas.line((self.left, at), (self.right, at), "#e4e4e4", 1.0, "");
            canvas.text((self.left - 6.0, at + 4.0), Anchor::End, &say(tick), false);
        }
        self.draw_x(canvas, x_name);
        canvas.line((self.left, self.top), (self.left, self.bottom), PALE, 1.0, "");
        canvas.text((self.left - 40.0, self.top - 10.0), Anchor::Start, y_name, false);
    }

    /// Draws the axis below alone.
    pub fn draw_x(&self, canvas: &mut Canvas, x_name: &str) {
        canvas.line((self.left, self.bottom), (self.right, self.bottom), INK, 1.0, "");
        for tick in self.x.ticks(7) {
            let at = self.x.at(tick);
            canvas.line((at, self.bottom), (at, self.bottom + 4.0), INK, 1.0, "");
            canvas.text((at, self.bottom + 17.0), Anchor::Middle, &number(tick, 3), false);
        }
        canvas.text((self.right, self.bottom + 33.0), Anchor::End, x_name, false);
    }
}

/// A share as people read it.
pub fn percent(share: f64) -> String {
    format!("{}%", number(share * 100.0, 2))
}

/// The least and greatest of finite values, widened by a share on both sides.
pub fn range(values: impl Iterator<Item = f64>, margin: f64) -> (f64, f64) {
    let (low, high) =
        values.filter(|v| v.is_finite()).fold((f64::INFINITY, f64::NEG_INFINITY), |r, v| (r.0.min(v), r.1.max(v)));
    if low > high {
        return (0.0, 1.0);
    }
    let more = (high - low) * margin;
    (low - more, high + more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_within() {
        assert_eq!(Scale::new(0.0, 10.0, 0.0, 1.0).ticks(5), [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        for (low, high, why) in [
            (5.0, 5.0, "equal ends"),
            (f64::NAN, 1.0, "no number"),
            (1e300, 1e300, "huge and equal"),
            (-1e-300, 1e-300, "tiny"),
            (0.0, 0.0, "zero"),
        ] {
            let scale = Scale::new(low, high, 0.0, 100.0);
            assert!(scale.ticks(5).len() <= 50, "{why}");
            assert!(scale.at(low).is_finite() && scale.at(f64::INFINITY).is_finite(), "{why}");
        }
    }
}
