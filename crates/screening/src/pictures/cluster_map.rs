//! 分组图: points of many features in two dimensions, with the features themselves in every mark and in the table.
//!
//! The two dimensions are the first principal components of the standardised features; both shares of the variance are written on the axes, because
//! a map of two shares of a tenth is no map.
//!
//! **Invariant:** no more than [`POINTS_MAX`] points are drawn; the marked ones always are, and how many are not is said.

use clustering::{Fault, Points, projection::principal};
use serde::{Deserialize, Serialize};

use super::axis::{Frame, percent, range};
use super::canvas::{ACCENT, Anchor, Canvas, FILLS, INK, PALE, SHAPES, number, shortened};
use super::{Cell, Table, Words};

/// Marks a browser moves without stutter.
pub const POINTS_MAX: usize = 5_000;
/// Groups named in the legend; more are in the table.
const LEGEND_MAX: usize = 8;

/// One thing to put on the map.
#[derive(Debug, Clone, PartialEq)]
pub struct MapItem {
    pub id: String,
    /// From 0; `None` is in no group.
    pub group: Option<usize>,
    /// One value by feature.
    pub values: Vec<f64>,
    pub marked: bool,
}

/// A point of the map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MapPoint {
    pub id: String,
    pub group: Option<usize>,
    pub x: f64,
    pub y: f64,
    /// The features as they were measured.
    pub values: Vec<f64>,
    pub marked: bool,
}

/// A map of groups.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClusterMap {
    /// Names of the features: keys of the words or names.
    pub features: Vec<String>,
    pub points: Vec<MapPoint>,
    /// Share of the variance of each component.
    pub shares: [f64; 2],
    /// Weight of each feature in each component.
    pub weights: [Vec<f64>; 2],
    /// Points that are not here.
    pub left_out: usize,
}

impl ClusterMap {
    /// Projects items by their standardised features.
    ///
    /// # Errors
    /// Values that are not as many as features, or not finite.
    pub fn new(features: &[&str], items: Vec<MapItem>) -> Result<Self, Fault> {
        let names = features.iter().map(|f| (*f).to_owned()).collect();
        if items.is_empty() {
            let weights = [vec![0.0; features.len()], vec![0.0; features.len()]];
            return Ok(Self { features: names, points: Vec::new(), shares: [0.0; 2], weights, left_out: 0 });
        }
        if let Some(odd) = items.iter().find(|i| i.values.len() != features.len()) {
            return Err(Fault::Shape { values: odd.values.len(), rows: 1, columns: features.len() });
        }
        let all: Vec<f64> = items.iter().flat_map(|i| i.values.iter().copied()).collect();
        let projection = principal(&Points::new(all, features.len())?.standardised())?;
        let many = items.len();
        let kept = kept(&items);
        let points: Vec<MapPoint> = items
            .into_iter()
            .zip(&projection.coordinates)
            .zip(&kept)
            .filter(|(_, kept)| **kept)
            .map(|((item, [x, y]), _)| MapPoint {
                id: item.id,
                group: item.group,
                x: *x,
                y: *y,
                values: item.values,
                marked: item.marked,
            })
            .collect();
        let left_out = many - points.len();
        Ok(Self { features: names, points, shares: projection.shares, weights: projection.weights, left_out })
    }

    pub fn svg(&self, words: Words<'_>) -> String {
        let (width, height) = (720.0, 520.0);
        let title = words("cluster_map");
        let mut canvas =
            Canvas::new(width, height, &title, &format!("{} {}", self.points.len(), words("number_of_peers")));
        canvas.text((60.0, 18.0), Anchor::Start, &title, true);
        if self.points.is_empty() {
            canvas.text((width / 2.0, height / 2.0), Anchor::Middle, &words("nothing"), false);
            return canvas.finish();
        }
        let x = range(self.points.iter().map(|p| p.x), 0.05);
        let y = range(self.points.iter().map(|p| p.y), 0.05);
        let frame = Frame::new(x, y, (60.0, width - 20.0), (50.0, 430.0));
        let named = |word: &str, n: usize| format!("{} ({})", words(word), percent(self.shares[n]));
        frame.draw(&mut canvas, &named("first_component", 0), &named("second_component", 1), |n| number(n, 2));
        let radius = if self.points.len() > 1_000 { 2.5 } else { 4.5 };
        for marked in [false, true] {
            for point in self.points.iter().filter(|p| p.marked == marked) {
                let at = (frame.x.at(point.x), frame.y.at(point.y));
                let said = self.said(point, words);
                let (shape, fill, stroke) = look(point.group);
                if marked {
                    canvas.shape(at, shape, radius + 3.0, ACCENT, INK, Some(&said));
                    let (anchor, beside) = if at.0 > 560.0 { (Anchor::End, -10.0) } else { (Anchor::Start, 10.0) };
                    canvas.text((at.0 + beside, at.1 - 8.0), anchor, &shortened(&point.id), true);
                } else {
                    canvas.shape(at, shape, radius, fill, stroke, Some(&said));
                }
            }
        }
        self.legend(&mut canvas, words);
        canvas.finish()
    }

    /// A point with all its features.
    fn said(&self, point: &MapPoint, words: Words<'_>) -> String {
        let group = point.group.map_or_else(|| words("no_group"), |g| format!("{} {}", words("group"), g + 1));
        let features = self.features.iter().zip(&point.values).map(|(f, v)| format!("{}: {}", words(f), number(*v, 3)));
        format!("{}, {group}. {}", point.id, features.collect::<Vec<_>>().join(" · "))
    }

    fn legend(&self, canvas: &mut Canvas, words: Words<'_>) {
        let mut groups: Vec<Option<usize>> = self.points.iter().map(|p| p.group).collect();
        groups.sort_by_key(|g| g.unwrap_or(usize::MAX));
        groups.dedup();
        for (n, group) in groups.iter().take(LEGEND_MAX).enumerate() {
            let at = (66.0 + (n % 4) as f64 * 160.0, 482.0 + (n / 4) as f64 * 20.0);
            let (shape, fill, stroke) = look(*group);
            canvas.shape(at, shape, 5.0, fill, stroke, None);
            let many = self.points.iter().filter(|p| p.group == *group).count();
            let name = group.map_or_else(|| words("no_group"), |g| format!("{} {}", words("group"), g + 1));
            canvas.text((at.0 + 10.0, at.1 + 4.0), Anchor::Start, &format!("{name} ({many})"), false);
        }
        if self.left_out > 0 {
            let said = format!("{} {}", words("left_out"), self.left_out);
            canvas.text((700.0, 18.0), Anchor::End, &said, false);
        }
    }

    pub fn table(&self) -> Table {
        let mut table = Table::new(&["id", "group", "marked"]);
        table.columns.extend(self.features.iter().cloned());
        let mut points: Vec<&MapPoint> = self.points.iter().collect();
        points.sort_by(|a, b| (a.group.unwrap_or(usize::MAX), &a.id).cmp(&(b.group.unwrap_or(usize::MAX), &b.id)));
        for p in points {
            let group = p.group.map_or(Cell::Nothing, |g| Cell::Number((g + 1) as f64));
            let mut row = vec![Cell::Text(p.id.clone()), group, Cell::Yes(p.marked)];
            row.extend(p.values.iter().map(|v| Cell::Number(*v)));
            table.rows.push(row);
        }
        table
    }
}

/// Which items are drawn: the marked ones, then every so-manieth of the others.
fn kept(items: &[MapItem]) -> Vec<bool> {
    let mut left = POINTS_MAX;
    let mut kept: Vec<bool> = items
        .iter()
        .map(|item| {
            let keep = item.marked && left > 0;
            left -= usize::from(keep);
            keep
        })
        .collect();
    let others = kept.iter().filter(|k| !**k).count();
    for (seen, keep) in kept.iter_mut().filter(|k| !**k).enumerate() {
        // Of `others`, `left` are kept, evenly.
        *keep = (seen + 1) * left.min(others) / others != seen * left.min(others) / others;
    }
    kept
}

/// Shape, fill and stroke of a group.
fn look(group: Option<usize>) -> (usize, &'static str, &'static str) {
    match group {
        None => (0, "#ffffff", PALE),
        // Neighbouring numbers differ in both, and 12 combinations come before one comes again.
        Some(g) => (g % SHAPES, FILLS[(g + g / SHAPES) % FILLS.len()], INK),
    }
}
