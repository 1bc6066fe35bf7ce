//! 图: what a finding looks like, as plain data, as SVG for screen and paper, and as the table that stands beside it.
//!
//! - [`ClusterMap`]: groups of look-alikes in two dimensions, with the features they were made from
//! - [`Network`]: a ring: who brings cases, to whom, how many
//! - [`FunnelPlot`]: a rate against volume, with control limits
//! - [`Distribution`]: one among its peers
//! - [`Timeline`]: cases by week, bursts marked
//! - [`Bars`]: few values with names, against lines
//!
//! The SVG needs no font, no script and no style sheet; what colour says, shape or dash says too, so it prints in black. Every word comes from the
//! caller ([`words`] has both languages); every mark has a `<title>`.
//!
//! **Invariant:** a picture shows all it was given or says how many it left out; the same data give the same bytes.

mod axis;
mod bars;
mod canvas;
mod cluster_map;
mod distribution;
mod finding;
mod funnel;
mod network;
mod timeline;
pub mod words;

use serde::{Deserialize, Serialize};

pub use bars::{BARS_MAX, Bar, Bars};
pub use cluster_map::{ClusterMap, MapItem, MapPoint, POINTS_MAX};
pub use distribution::{Bin, Distribution, Peer};
pub use finding::{of_finding, ring_network};
pub use funnel::{FunnelPlot, FunnelPoint};
pub use network::{Network, Node, NodeKind, Tie};
pub use timeline::{Timeline, Week};
pub use words::Words;

/// Any of the pictures, as it is kept with a finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "picture", rename_all = "snake_case")]
pub enum Picture {
    ClusterMap(ClusterMap),
    Network(Network),
    Funnel(FunnelPlot),
    Distribution(Distribution),
    Timeline(Timeline),
    Bars(Bars),
}

impl Picture {
    /// The key of its title in [`words`].
    pub fn title(&self) -> &str {
        match self {
            Picture::ClusterMap(_) => "cluster_map",
            Picture::Network(_) => "network",
            Picture::Funnel(p) => &p.measure,
            Picture::Distribution(p) => &p.measure,
            Picture::Timeline(_) => "timeline",
            Picture::Bars(p) => &p.measure,
        }
    }

    /// The picture, a whole `<svg>` element.
    pub fn svg(&self, words: Words<'_>) -> String {
        match self {
            Picture::ClusterMap(p) => p.svg(words),
            Picture::Network(p) => p.svg(words),
            Picture::Funnel(p) => p.svg(words),
            Picture::Distribution(p) => p.svg(words),
            Picture::Timeline(p) => p.svg(words),
            Picture::Bars(p) => p.svg(words),
        }
    }

    /// The same as rows.
    pub fn table(&self) -> Table {
        match self {
            Picture::ClusterMap(p) => p.table(),
            Picture::Network(p) => p.table(),
            Picture::Funnel(p) => p.table(),
            Picture::Distribution(p) => p.table(),
            Picture::Timeline(p) => p.table(),
            Picture::Bars(p) => p.table(),
        }
    }
}

/// A cell of the table beside a picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cell {
    Number(f64),
    Yes(bool),
    Text(String),
    Nothing,
}

impl Cell {
    /// As it is read: numbers with at most three decimals, yes as ●.
    pub fn text(&self) -> String {
        match self {
            Cell::Number(n) => canvas::number(*n, 3),
            Cell::Yes(yes) => if *yes { "●" } else { "" }.to_owned(),
            Cell::Text(text) => text.clone(),
            Cell::Nothing => String::new(),
        }
    }
}

/// The rows beside a picture. Columns are keys of [`words`], or names of features.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    fn new(columns: &[&str]) -> Self {
        Self { columns: columns.iter().map(|c| (*c).to_owned()).collect(), rows: Vec::new() }
    }
}
