//! The pictures of a lead: the screen's own, with names where they may be read and without where they may not.
//!
//! **Invariant:** of the peers only the one that the lead is about has a name; everybody else is a stroke among strokes.

use crate::text::Lang;
use screening::pictures::{Cell, FunnelPlot, Network, NodeKind, Picture, words};

/// A picture as a page or a paper shows it: words, the picture, and a table that says the same.
#[derive(Clone, Debug)]
pub struct Shown {
    pub title: String,
    pub svg: String,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// Rows that the table leaves out: peers without a name.
    pub left_out: usize,
}

/// Puts names for pseudonyms, and takes the pseudonyms of peers away.
pub(super) fn named(mut picture: Picture, own: &str, name_of: &dyn Fn(NodeKind, &str) -> String) -> Picture {
    match &mut picture {
        Picture::Network(network) => {
            for node in &mut network.nodes {
                node.id = name_of(node.kind, &node.id);
                node.home = node.home.as_deref().map(|home| name_of(NodeKind::Institution, home));
            }
        }
        Picture::Distribution(one) => {
            for peer in &mut one.peers {
                peer.id = if peer.marked { own.to_owned() } else { String::new() };
            }
        }
        Picture::Funnel(one) => {
            for point in &mut one.points {
                point.id = if point.marked { own.to_owned() } else { String::new() };
            }
        }
        Picture::ClusterMap(_) | Picture::Timeline(_) | Picture::Bars(_) => {}
    }
    picture
}

/// Whether there is anything to see: a rate of which nothing is known has no funnel.
pub(super) fn says_something(picture: &Picture) -> bool {
    match picture {
        Picture::Funnel(FunnelPlot { overall, points, .. }) => *overall > 0.0 && points.iter().any(|one| one.marked),
        Picture::Network(network) => !network.ties.is_empty(),
        Picture::Timeline(one) => !one.weeks.is_empty(),
        Picture::Distribution(one) => one.peers.len() > 1,
        Picture::ClusterMap(_) | Picture::Bars(_) => true,
    }
}

/// A network without the lines that lead to other institutions.
pub(super) fn only_of(picture: Picture, institution: &str) -> Picture {
    let Picture::Network(network) = picture else { return picture };
    let is_own = |at: usize| {
        network.nodes.get(at).is_some_and(|node| match node.kind {
            NodeKind::Appraiser => node.home.as_deref() == Some(institution),
            NodeKind::Institution => node.id == institution,
            _ => true,
        })
    };
    let ties = network.ties.iter().filter(|tie| is_own(tie.to)).cloned().collect();
    let nodes: Vec<_> = network
        .nodes
        .iter()
        .enumerate()
        .map(|(at, node)| {
            let mut node = node.clone();
            // A node that is another's stays without a line, and so is not drawn: unless it was marked.
            node.marked = node.marked && is_own(at);
            node
        })
        .collect();
    Picture::Network(Network::new(nodes, ties))
}

/// As it is shown.
pub(super) fn shown(picture: &Picture, lang: Lang) -> Shown {
    let word: &dyn Fn(&str) -> String = match lang {
        Lang::Zh => &words::chinese,
        Lang::En => &words::english,
    };
    let table = picture.table();
    let peers_only = matches!(picture, Picture::Distribution(_) | Picture::Funnel(_));
    let many = table.rows.len();
    let is_kept = |row: &&Vec<Cell>| !peers_only || row.iter().any(|cell| matches!(cell, Cell::Yes(true)));
    let text = |cell: &Cell| match cell {
        // Kinds are words; names are no keys and stay as they are.
        Cell::Text(text) => word(text),
        other => other.text(),
    };
    let rows: Vec<Vec<String>> = table.rows.iter().filter(is_kept).map(|row| row.iter().map(text).collect()).collect();
    Shown {
        title: word(picture.title()),
        svg: picture.svg(word),
        columns: table.columns.iter().map(|column| word(column)).collect(),
        left_out: many - rows.len(),
        rows,
    }
}
