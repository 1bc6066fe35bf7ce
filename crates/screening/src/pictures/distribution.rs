//! 同行分布: one among its peers: a histogram, every peer as a stroke below, and where this one stands.
//!
//! **Invariant:** every peer is in exactly one bin.

use serde::{Deserialize, Serialize};

use super::axis::{Frame, range};
use super::canvas::{ACCENT, Anchor, Canvas, INK, LIGHT, PALE, number, shortened};
use super::{Cell, Table, Words};
use crate::stats::robust::quantile;

/// A peer and its value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Peer {
    pub id: String,
    pub value: f64,
    /// Whether the picture is about this one.
    pub marked: bool,
}

/// A step of the histogram: from (with) to (without; the last one with).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    pub from: f64,
    pub to: f64,
    pub count: usize,
}

/// The values of peers, with one or some of them marked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Distribution {
    /// What is measured: a key of the words, or a name.
    pub measure: String,
    /// Highest value first.
    pub peers: Vec<Peer>,
    pub bins: Vec<Bin>,
    /// First quartile, median, third quartile; nothing without peers.
    pub quartiles: Option<[f64; 3]>,
    /// Values that are no finite number and were left out.
    pub left_out: usize,
}

/// Steps at most.
const BINS_MAX: usize = 40;

impl Distribution {
    /// The distribution of peers' values. What is no finite number is left out and counted.
    pub fn new(measure: &str, peers: Vec<Peer>) -> Self {
        let many = peers.len();
        let mut peers: Vec<Peer> = peers.into_iter().filter(|p| p.value.is_finite()).collect();
        let left_out = many - peers.len();
        peers.sort_by(|a, b| b.value.total_cmp(&a.value).then_with(|| a.id.cmp(&b.id)));
        let values: Vec<f64> = peers.iter().map(|p| p.value).collect();
        let quartiles = (!values.is_empty()).then(|| [0.25, 0.5, 0.75].map(|p| quantile(&values, p)));
        Self { measure: measure.to_owned(), bins: bins(&values, quartiles), peers, quartiles, left_out }
    }

    /// The place of a marked peer, 1 the highest.
    pub fn rank(&self) -> Option<usize> {
        self.peers.iter().position(|p| p.marked).map(|at| at + 1)
    }

    pub fn svg(&self, words: Words<'_>) -> String {
        let (width, height) = (720.0, 300.0);
        let title = words(&self.measure);
        let about = match (self.rank(), self.peers.len()) {
            (_, 0) => words("nothing"),
            (None, many) => format!("{} {many}", words("number_of_peers")),
            (Some(rank), many) => format!("{} {rank} / {many}", words("rank")),
        };
        let mut canvas = Canvas::new(width, height, &title, &about);
        canvas.text((60.0, 18.0), Anchor::Start, &title, true);
        let (Some([low, middle, high]), Some(first), Some(last)) =
            (self.quartiles, self.bins.first(), self.bins.last())
        else {
            canvas.text((width / 2.0, height / 2.0), Anchor::Middle, &words("nothing"), false);
            return canvas.finish();
        };
        let most = self.bins.iter().map(|b| b.count).max().unwrap_or(1) as f64;
        let frame = Frame::new((first.from, last.to), (0.0, most), (60.0, width - 20.0), (50.0, 210.0));
        frame.draw(&mut canvas, "", &words("number_of_peers"), |n| number(n, 1));
        for bin in &self.bins {
            let (from, to, top) = (frame.x.at(bin.from), frame.x.at(bin.to), frame.y.at(bin.count as f64));
            let said = format!("{} – {}: {}", number(bin.from, 3), number(bin.to, 3), bin.count);
            canvas.rect((from, top), ((to - from - 1.0).max(1.0), 210.0 - top), LIGHT, PALE, Some(&said));
        }
        let (a, b) = (frame.x.at(low), frame.x.at(high));
        let said = format!("{}: {} – {}", words("quartiles"), number(low, 3), number(high, 3));
        canvas.rect((a, 238.0), ((b - a).max(1.0), 8.0), "#fff", PALE, Some(&said));
        let at = frame.x.at(middle);
        canvas.line((at, 50.0), (at, 246.0), INK, 1.0, "5 4");
        canvas.text((at + 4.0, 62.0), Anchor::Start, &format!("{} {}", words("median"), number(middle, 3)), false);
        for peer in self.peers.iter().filter(|p| !p.marked) {
            let at = frame.x.at(peer.value);
            let said = format!("{}: {}", peer.id, number(peer.value, 3));
            canvas.rect((at - 0.5, 250.0), (1.0, 12.0), PALE, "none", Some(&said));
        }
        for peer in self.peers.iter().filter(|p| p.marked) {
            let at = frame.x.at(peer.value);
            canvas.begin(&format!("{}: {}", peer.id, number(peer.value, 3)));
            canvas.line((at, 70.0), (at, 262.0), ACCENT, 2.0, "");
            canvas.shape((at, 270.0), 2, 6.0, ACCENT, ACCENT, None);
            let (anchor, beside) = if at > width / 2.0 { (Anchor::End, -6.0) } else { (Anchor::Start, 6.0) };
            canvas.text((at + beside, 82.0), anchor, &shortened(&peer.id), true);
            canvas.end();
        }
        if self.left_out > 0 {
            let said = format!("{} {}", words("left_out"), self.left_out);
            canvas.text((width - 20.0, 18.0), Anchor::End, &said, false);
        }
        canvas.finish()
    }

    pub fn table(&self) -> Table {
        let mut table = Table::new(&["rank", "id", "value", "marked"]);
        for (n, peer) in self.peers.iter().enumerate() {
            table.rows.push(vec![
                Cell::Number((n + 1) as f64),
                Cell::Text(peer.id.clone()),
                Cell::Number(peer.value),
                Cell::Yes(peer.marked),
            ]);
        }
        table
    }
}

/// Steps by Freedman and Diaconis, between 1 and [`BINS_MAX`].
fn bins(values: &[f64], quartiles: Option<[f64; 3]>) -> Vec<Bin> {
    let Some([low, _, high]) = quartiles else { return Vec::new() };
    let (from, to) = range(values.iter().copied(), 0.0);
    let width = 2.0 * (high - low) / (values.len() as f64).cbrt();
    let many = if width > 0.0 { ((to - from) / width).ceil().clamp(1.0, BINS_MAX as f64) } else { 10.0 };
    let many = if to > from { many as usize } else { 1 };
    let step = if to > from { (to - from) / many as f64 } else { 1.0 };
    let start = if to > from { from } else { from - 0.5 };
    let mut bins: Vec<Bin> =
        (0..many).map(|n| Bin { from: start + step * n as f64, to: start + step * (n + 1) as f64, count: 0 }).collect();
    for value in values {
        let at = ((value - start) / step).floor().clamp(0.0, (many - 1) as f64) as usize;
        bins[at].count += 1;
    }
    bins
}
