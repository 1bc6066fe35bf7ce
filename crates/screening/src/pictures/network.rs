//! 关系网络: who brings cases on the left, institutions with their appraisers on the right, and on every tie how many cases speak for it.
//!
//! The places follow from the ties alone: each side is put in the order of the mean place of what it is tied to, a few times over.
//!
//! **Invariant:** every tie ends at nodes that are drawn; nothing is drawn twice.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::canvas::{ACCENT, Anchor, Canvas, INK, LIGHT, PALE, number, shortened};
use super::{Cell, Table, Words};

/// What a node stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    Lawyer,
    Phone,
    Insurer,
    Hospital,
    Address,
    Client,
    Institution,
    Appraiser,
}

impl NodeKind {
    /// The key of its word.
    pub fn key(self) -> &'static str {
        match self {
            NodeKind::Lawyer => "lawyer",
            NodeKind::Phone => "phone",
            NodeKind::Insurer => "insurer",
            NodeKind::Hospital => "hospital",
            NodeKind::Address => "address",
            NodeKind::Client => "client",
            NodeKind::Institution => "institution",
            NodeKind::Appraiser => "appraiser",
        }
    }

    fn is_right(self) -> bool {
        matches!(self, NodeKind::Institution | NodeKind::Appraiser)
    }
}

/// Somebody or something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Node {
    pub id: String,
    pub kind: NodeKind,
    /// An appraiser's institution, as the id of its node.
    pub home: Option<String>,
    pub marked: bool,
}

/// Cases between two nodes, by their places in [`Network::nodes`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tie {
    pub from: usize,
    pub to: usize,
    /// Cases that make the tie.
    pub cases: usize,
    /// Cases of the one who brings at the institution, if the tie is to an appraiser.
    pub of: Option<usize>,
    /// Strength in nats.
    pub evidence: f64,
    /// `YYYY-MM-DD`.
    pub since: Option<String>,
}

/// A ring, or what might be one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Network {
    pub nodes: Vec<Node>,
    pub ties: Vec<Tie>,
    /// Ties that were too many to draw, the weakest.
    pub left_out: usize,
}

/// Ties drawn at most: more is a ball of wool.
const TIES_MAX: usize = 120;
/// Height of a node's row.
const ROW: f64 = 34.0;
/// Times that both sides are put in order.
const SWEEPS: usize = 8;

impl Network {
    /// Takes the strongest ties and the nodes they need. Ties whose ends are not there, or that run to the left, are an error of the caller and
    /// count as left out.
    pub fn new(nodes: Vec<Node>, mut ties: Vec<Tie>) -> Self {
        let many = ties.len();
        ties.retain(|t| {
            let right = |n: usize| nodes.get(n).map(|n| n.kind.is_right());
            right(t.from) == Some(false) && right(t.to) == Some(true) && t.evidence.is_finite()
        });
        ties.sort_by(|a, b| b.evidence.total_cmp(&a.evidence).then((a.from, a.to).cmp(&(b.from, b.to))));
        ties.truncate(TIES_MAX);
        let mut new_place = BTreeMap::new();
        let homes: Vec<&str> = ties.iter().filter_map(|t| nodes[t.to].home.as_deref()).collect();
        let mut kept = Vec::new();
        for (at, node) in nodes.iter().enumerate() {
            let is_home = node.kind == NodeKind::Institution && homes.contains(&node.id.as_str());
            if node.marked || is_home || ties.iter().any(|t| t.from == at || t.to == at) {
                new_place.insert(at, kept.len());
                kept.push(node.clone());
            }
        }
        let place = |at: usize| new_place.get(&at).copied().unwrap_or(0);
        let left_out = many - ties.len();
        ties.iter_mut().for_each(|t| (t.from, t.to) = (place(t.from), place(t.to)));
        Self { nodes: kept, ties, left_out }
    }

    pub fn svg(&self, words: Words<'_>) -> String {
        let (left, right) = self.order();
        let width = 720.0;
        let height = 90.0 + ROW * left.len().max(right.len()).max(2) as f64;
        let title = words("network");
        let mut canvas = Canvas::new(width, height, &title, &format!("{} → {}", left.len(), right.len()));
        canvas.text((20.0, 18.0), Anchor::Start, &title, true);
        if self.nodes.is_empty() {
            canvas.text((width / 2.0, height / 2.0), Anchor::Middle, &words("nothing"), false);
            return canvas.finish();
        }
        canvas.text((190.0, 42.0), Anchor::End, &words("brings"), false);
        canvas.text((530.0, 42.0), Anchor::Start, &words("receives"), false);
        let mut places = vec![(0.0, 0.0); self.nodes.len()];
        for (x, side) in [(200.0, &left), (520.0, &right)] {
            let free = (height - 90.0 - ROW * side.len() as f64) / 2.0;
            for (n, node) in side.iter().enumerate() {
                places[*node] = (x, 68.0 + free + ROW * n as f64);
            }
        }
        self.frames(&mut canvas, &right, &places);
        self.draw_ties(&mut canvas, &places, words);
        for (at, node) in self.nodes.iter().enumerate() {
            draw_node(&mut canvas, node, places[at], words);
        }
        if self.left_out > 0 {
            let said = format!("{} {}", words("left_out"), self.left_out);
            canvas.text((700.0, 18.0), Anchor::End, &said, false);
        }
        canvas.finish()
    }

    /// A box around an institution and its appraisers.
    fn frames(&self, canvas: &mut Canvas, right: &[usize], places: &[(f64, f64)]) {
        let house = |n: &usize| {
            let node = &self.nodes[*n];
            if node.kind == NodeKind::Institution { Some(node.id.as_str()) } else { node.home.as_deref() }
        };
        for group in right.chunk_by(|a, b| house(a) == house(b)) {
            let (first, last) = (places[group[0]], places[group[group.len() - 1]]);
            canvas.rect((508.0, first.1 - 14.0), (200.0, last.1 - first.1 + 28.0), "#f7f7f7", PALE, None);
        }
    }

    fn draw_ties(&self, canvas: &mut Canvas, places: &[(f64, f64)], words: Words<'_>) {
        let most = self.ties.iter().map(|t| t.cases).max().unwrap_or(1).max(1) as f64;
        let said = |t: &Tie| {
            let of = t.of.map_or(String::new(), |n| format!(" / {n} ({})", words("at_institution")));
            let since = t.since.as_ref().map_or(String::new(), |s| format!(", {} {s}", words("since")));
            let (a, b) = (&self.nodes[t.from], &self.nodes[t.to]);
            let strength = number(t.evidence, 1);
            format!("{} → {}: {} {}{of}, {} {strength}{since}", a.id, b.id, t.cases, words("cases"), words("evidence"))
        };
        for tie in &self.ties {
            canvas.begin(&said(tie));
            let thick = 1.0 + 4.0 * (tie.cases as f64 / most).sqrt();
            canvas.line(places[tie.from], places[tie.to], PALE, thick, if tie.evidence < 5.0 { "6 4" } else { "" });
            canvas.end();
        }
        // The counts last, above the lines, spread along them so that they do not meet.
        let mut nth: BTreeMap<usize, usize> = BTreeMap::new();
        for tie in &self.ties {
            let n = nth.entry(tie.from).or_default();
            let along = 0.2 + 0.12 * (*n % 6) as f64;
            *n += 1;
            let (a, b) = (places[tie.from], places[tie.to]);
            let at = (a.0 + (b.0 - a.0) * along, a.1 + (b.1 - a.1) * along + 4.0);
            let text = tie.of.map_or(tie.cases.to_string(), |of| format!("{}/{of}", tie.cases));
            canvas.begin(&said(tie));
            canvas.text(at, Anchor::Middle, &text, false);
            canvas.end();
        }
    }

    /// Both sides from top to bottom, with few crossings.
    fn order(&self) -> (Vec<usize>, Vec<usize>) {
        let side = |right: bool| (0..self.nodes.len()).filter(move |n| self.nodes[*n].kind.is_right() == right);
        let mut left: Vec<usize> = side(false).collect();
        let mut right: Vec<usize> = side(true).collect();
        let house = |n: usize| {
            let node = &self.nodes[n];
            let id = if node.kind == NodeKind::Institution { Some(&node.id) } else { node.home.as_ref() };
            id.cloned().unwrap_or_default()
        };
        let by_name = |n: &usize| (self.nodes[*n].kind, self.nodes[*n].id.clone());
        left.sort_by_key(by_name);
        right.sort_by_key(|n| (house(*n), by_name(n)));
        for _ in 0..SWEEPS {
            let means = self.means(&right, |t| (t.from, t.to));
            left.sort_by(|a, b| means[*a].total_cmp(&means[*b]).then_with(|| by_name(a).cmp(&by_name(b))));
            let means = self.means(&left, |t| (t.to, t.from));
            // Houses stay together: first by the house's mean, the institution above its appraisers.
            let mut houses: BTreeMap<String, (f64, f64)> = BTreeMap::new();
            for n in &right {
                let of = houses.entry(house(*n)).or_default();
                if means[*n] < f64::MAX {
                    *of = (of.0 + means[*n], of.1 + 1.0);
                }
            }
            let house_mean = |n: usize| houses.get(&house(n)).map_or(f64::MAX, |(sum, many)| sum / many.max(1.0));
            let below = |n: usize| self.nodes[n].kind != NodeKind::Institution;
            right.sort_by(|a, b| {
                house_mean(*a)
                    .total_cmp(&house_mean(*b))
                    .then_with(|| house(*a).cmp(&house(*b)))
                    .then_with(|| below(*a).cmp(&below(*b)))
                    .then_with(|| means[*a].total_cmp(&means[*b]))
                    .then_with(|| by_name(a).cmp(&by_name(b)))
            });
        }
        (left, right)
    }

    /// The mean place on the other side of what each node is tied to.
    fn means(&self, other: &[usize], ends: impl Fn(&Tie) -> (usize, usize)) -> Vec<f64> {
        let mut place = vec![0.0; self.nodes.len()];
        other.iter().enumerate().for_each(|(n, node)| place[*node] = n as f64);
        let mut sums = vec![(0.0, 0.0); self.nodes.len()];
        for tie in &self.ties {
            let (here, there) = ends(tie);
            let weight = tie.cases.max(1) as f64;
            sums[here] = (sums[here].0 + place[there] * weight, sums[here].1 + weight);
        }
        sums.iter().map(|(sum, weight)| if *weight > 0.0 { sum / weight } else { f64::MAX }).collect()
    }

    pub fn table(&self) -> Table {
        let mut table = Table::new(&["kind", "from", "to", "cases", "at_institution", "evidence", "since"]);
        for t in &self.ties {
            let (Some(a), Some(b)) = (self.nodes.get(t.from), self.nodes.get(t.to)) else { continue };
            table.rows.push(vec![
                Cell::Text(a.kind.key().to_owned()),
                Cell::Text(a.id.clone()),
                Cell::Text(b.id.clone()),
                Cell::Number(t.cases as f64),
                t.of.map_or(Cell::Nothing, |n| Cell::Number(n as f64)),
                Cell::Number(t.evidence),
                t.since.clone().map_or(Cell::Nothing, Cell::Text),
            ]);
        }
        table
    }
}

/// A node with its name beside it: each kind has a shape.
fn draw_node(canvas: &mut Canvas, node: &Node, at: (f64, f64), words: Words<'_>) {
    let shape = match node.kind {
        NodeKind::Lawyer => 0,
        NodeKind::Phone => 2,
        NodeKind::Insurer => 3,
        NodeKind::Hospital => 5,
        NodeKind::Address => 4,
        NodeKind::Client | NodeKind::Institution => 1,
        NodeKind::Appraiser => 0,
    };
    let kind = words(node.kind.key());
    canvas.begin(&format!("{kind} {}", node.id));
    let fill = match (node.marked, node.kind) {
        (true, _) => ACCENT,
        (false, NodeKind::Institution) => INK,
        _ => LIGHT,
    };
    canvas.shape(at, shape, 6.0, fill, INK, None);
    let label = format!("{kind} {}", shortened(&node.id));
    let (anchor, beside) = if node.kind.is_right() { (Anchor::Start, 12.0) } else { (Anchor::End, -12.0) };
    canvas.text((at.0 + beside, at.1 + 4.0), anchor, &label, node.marked || node.kind == NodeKind::Institution);
    canvas.end();
}
