//! 漏斗图: a rate against volume, the limits that chance and honest differences explain, and the one asked about.
//!
//! **Invariant:** the limits drawn are those the z-values were computed with: outside the outer line is |z| above 3.09, up to the mean case mix.

use serde::{Deserialize, Serialize};

use super::axis::{Frame, percent};
use super::canvas::{ACCENT, Anchor, Canvas, INK, LIGHT, PALE, number, shortened};
use super::{Cell, Table, Words};
use crate::stats::funnel::limits;

/// One institution, or other entity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FunnelPoint {
    pub id: String,
    /// Cases that count.
    pub cases: f64,
    pub observed: f64,
    pub expected: f64,
    /// With over-dispersion.
    pub z: f64,
    pub marked: bool,
}

impl FunnelPoint {
    /// The rate its cases would have with the city's mix: observed over expected, times the overall rate.
    fn rate(&self, overall: f64) -> Option<f64> {
        (self.expected > 0.0 && self.observed.is_finite()).then(|| self.observed / self.expected * overall)
    }
}

/// A rate of many, adjusted for case mix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FunnelPlot {
    /// What is measured: a key of the words, or a name.
    pub measure: String,
    /// The overall rate.
    pub overall: f64,
    /// Variance between honest ones, of observed over expected.
    pub tau2: f64,
    pub points: Vec<FunnelPoint>,
}

/// Places along the axis where the limits are computed.
const STEPS: usize = 80;

impl FunnelPlot {
    /// A funnel of points; the overall rate is that of all their cases.
    pub fn new(measure: &str, tau2: f64, points: Vec<FunnelPoint>) -> Self {
        let (events, cases) = points.iter().fold((0.0, 0.0), |s, p| (s.0 + p.observed, s.1 + p.cases));
        let overall = if cases > 0.0 { (events / cases).clamp(0.0, 1.0) } else { 0.0 };
        Self { measure: measure.to_owned(), overall, tau2, points }
    }

    /// Lower and upper limit of the rate at so many cases.
    fn limits(&self, cases: f64, alpha: f64) -> (f64, f64) {
        let p = self.overall;
        let (low, high) = limits(cases * p, cases * p * (1.0 - p), self.tau2, alpha);
        ((p * low).max(0.0), (p * high).min(1.0))
    }

    pub fn svg(&self, words: Words<'_>) -> String {
        let (width, height) = (720.0, 400.0);
        let title = words(&self.measure);
        let about = format!("{} {}, {}", self.points.len(), words("number_of_peers"), percent(self.overall));
        let mut canvas = Canvas::new(width, height, &title, &about);
        canvas.text((60.0, 18.0), Anchor::Start, &title, true);
        let drawn: Vec<(&FunnelPoint, f64)> =
            self.points.iter().filter_map(|p| p.rate(self.overall).map(|r| (p, r))).collect();
        let most = drawn.iter().map(|p| p.0.cases).fold(0.0, f64::max);
        if drawn.is_empty() || most <= 0.0 || self.overall <= 0.0 {
            canvas.text((width / 2.0, height / 2.0), Anchor::Middle, &words("nothing"), false);
            return canvas.finish();
        }
        // The limits of the smallest would flatten everything: the axis ends where points, or the limits at a twentieth of the volume, end.
        let top = drawn.iter().map(|p| p.1).fold(self.limits(most / 20.0, 0.002).1, f64::max).max(1e-9);
        let frame = Frame::new((0.0, most * 1.03), (0.0, top * 1.05), (60.0, width - 20.0), (50.0, 340.0));
        frame.draw(&mut canvas, &words("cases"), &words("rate"), percent);
        let mean = frame.y.at(self.overall);
        canvas.line((60.0, mean), (width - 20.0, mean), INK, 1.0, "");
        canvas.line((250.0, 364.0), (280.0, 364.0), INK, 1.0, "");
        canvas.text((286.0, 368.0), Anchor::Start, &format!("{} {}", words("mean"), percent(self.overall)), false);
        for (alpha, dash, word) in [(0.05, "3 3", "limit_95"), (0.002, "8 4", "limit_998")] {
            let least = most / 400.0;
            let at = |n: usize| least + (most * 1.03 - least) * (n as f64 / STEPS as f64).powi(2);
            let line = |upper: bool| -> Vec<(f64, f64)> {
                (0..=STEPS)
                    .map(|n| (at(n), self.limits(at(n), alpha)))
                    .map(|(cases, (low, high))| (cases, if upper { high } else { low }))
                    .filter(|(_, rate)| *rate <= top * 1.05)
                    .map(|(cases, rate)| (frame.x.at(cases), frame.y.at(rate)))
                    .collect()
            };
            canvas.path(&line(true), INK, 1.0, dash);
            canvas.path(&line(false), INK, 1.0, dash);
            let row = if alpha < 0.01 { 384.0 } else { 368.0 };
            canvas.line((60.0, row - 4.0), (90.0, row - 4.0), INK, 1.0, dash);
            canvas.text((96.0, row), Anchor::Start, &words(word), false);
        }
        for marked in [false, true] {
            for (point, rate) in drawn.iter().filter(|p| p.0.marked == marked) {
                self.point(&mut canvas, &frame, point, *rate, words);
            }
        }
        canvas.finish()
    }

    fn point(&self, canvas: &mut Canvas, frame: &Frame, point: &FunnelPoint, rate: f64, words: Words<'_>) {
        let at = (frame.x.at(point.cases), frame.y.at(rate));
        let said = format!(
            "{}: {} {} · {} {} · {} {} · {} · z {}",
            point.id,
            words("cases"),
            number(point.cases, 0),
            words("observed"),
            number(point.observed, 1),
            words("expected"),
            number(point.expected, 1),
            percent(rate),
            number(point.z, 2)
        );
        if point.marked {
            canvas.shape(at, 3, 6.0, ACCENT, INK, Some(&said));
            let (anchor, beside) = if at.0 > 560.0 { (Anchor::End, -10.0) } else { (Anchor::Start, 10.0) };
            canvas.text((at.0 + beside, at.1 - 6.0), anchor, &shortened(&point.id), true);
        } else {
            canvas.shape(at, 0, 4.0, LIGHT, PALE, Some(&said));
        }
    }

    pub fn table(&self) -> Table {
        let mut table = Table::new(&["id", "cases", "observed", "expected", "rate", "z", "marked"]);
        let mut points: Vec<&FunnelPoint> = self.points.iter().collect();
        points.sort_by(|a, b| b.z.total_cmp(&a.z).then_with(|| a.id.cmp(&b.id)));
        for p in points {
            table.rows.push(vec![
                Cell::Text(p.id.clone()),
                Cell::Number(p.cases),
                Cell::Number(p.observed),
                Cell::Number(p.expected),
                p.rate(self.overall).map_or(Cell::Nothing, Cell::Number),
                Cell::Number(p.z),
                Cell::Yes(p.marked),
            ]);
        }
        table
    }
}
