//! 线索附图: the pictures that belong to one finding of a run.
//!
//! **Invariant:** they are made from the extract and the findings alone, so a run made again has the same pictures.

use super::{Distribution, FunnelPlot, FunnelPoint, Network, Node, NodeKind, Peer, Picture, Tie, Timeline};
use crate::dates;
use crate::detectors::funnels::{Rate, RateFunnel, rate_funnel};
use crate::detectors::ring::{Broker, Edge};
use crate::detectors::{Entity, Finding};
use crate::screen::id;
use crate::sector::Sector;

/// The pictures of `findings[at]`: its score among its peers, its cases by week, for institutions the funnels, for rings the network of `edges`
/// ([`crate::detectors::ring::edges`], empty for other detectors). Nothing if there is no such finding.
pub fn of_finding(sector: &Sector, findings: &[Finding], at: usize, edges: &[Edge]) -> Vec<Picture> {
    let Some(finding) = findings.get(at) else { return Vec::new() };
    let mut pictures = Vec::new();
    if matches!(finding.detector, "ring" | "network") {
        pictures.push(Picture::Network(ring_network(sector, finding, edges)));
    }
    let peers = findings
        .iter()
        .filter(|f| f.detector == finding.detector && f.entity == finding.entity)
        .map(|f| Peer { id: id(sector, f).to_owned(), value: f.score, marked: f.number == finding.number })
        .collect();
    pictures.push(Picture::Distribution(Distribution::new("score", peers)));
    let days: Vec<_> = sector
        .cases
        .iter()
        .filter(|c| match finding.entity {
            Entity::Appraiser => c.appraiser1 == finding.number,
            Entity::Institution => c.institution == finding.number,
            broker => Broker::of_entity(broker).is_some_and(|kind| kind.of(c) == finding.number),
        })
        .map(|c| c.received)
        .collect();
    pictures.push(Picture::Timeline(Timeline::new("cases", &days, sector.span(), finding.since)));
    if finding.entity == Entity::Institution {
        let funnels = Rate::ALL.iter().map(|rate| rate_funnel(sector, *rate));
        pictures.extend(funnels.map(|f| Picture::Funnel(FunnelPlot::of(sector, &f, Some(finding.number)))));
    }
    pictures
}

impl FunnelPlot {
    /// A funnel of institutions, with one marked.
    pub fn of(sector: &Sector, funnel: &RateFunnel, marked: Option<u32>) -> Self {
        let points = funnel
            .points
            .iter()
            .enumerate()
            .map(|(i, p)| FunnelPoint {
                id: sector.institution_ids.name(i as u32).to_owned(),
                cases: funnel.cases[i],
                observed: p.observed,
                expected: p.expected,
                z: funnel.funnel.z[i],
                marked: marked == Some(i as u32),
            })
            .collect();
        Self::new(funnel.rate.name(), funnel.funnel.tau2, points)
    }
}

/// The network a ring's finding belongs to: all ties of the institutions, lawyers and appraisers around it.
pub fn ring_network(sector: &Sector, finding: &Finding, edges: &[Edge]) -> Network {
    // Edges of other kinds of broker belong to other pictures; a ring of lawyers is drawn of lawyers.
    let kind = Broker::of_entity(finding.entity).unwrap_or(Broker::Lawyer);
    let touches = |e: &&Edge| match finding.entity {
        Entity::Appraiser => e.appraiser == finding.number,
        Entity::Institution => e.institution == finding.number,
        _ => e.lawyer == finding.number,
    };
    let edges: Vec<&Edge> = edges.iter().filter(|e| e.broker == kind).collect();
    let houses: Vec<u32> = edges.iter().copied().filter(touches).map(|e| e.institution).collect();
    let near: Vec<&Edge> = edges.iter().copied().filter(|e| touches(e) || houses.contains(&e.institution)).collect();
    let (broker, brings) = (kind, node_kind(kind));
    let mut nodes: Vec<Node> = Vec::new();
    let mut numbers = std::collections::BTreeMap::new();
    let mut number = |nodes: &mut Vec<Node>, kind: NodeKind, of: u32, home: Option<u32>| {
        *numbers.entry((kind, of)).or_insert_with(|| {
            let (entity, names) = match kind {
                NodeKind::Appraiser => (Entity::Appraiser, &sector.appraiser_ids),
                NodeKind::Institution => (Entity::Institution, &sector.institution_ids),
                _ => (broker.entity(), broker.names(sector)),
            };
            nodes.push(Node {
                id: names.name(of).to_owned(),
                kind,
                home: home.map(|h| sector.institution_ids.name(h).to_owned()),
                marked: finding.entity == entity && finding.number == of,
            });
            nodes.len() - 1
        })
    };
    let mut ties = Vec::new();
    for e in near {
        number(&mut nodes, NodeKind::Institution, e.institution, None);
        let from = number(&mut nodes, brings, e.lawyer, None);
        let to = number(&mut nodes, NodeKind::Appraiser, e.appraiser, Some(e.institution));
        ties.push(Tie {
            from,
            to,
            cases: e.cases,
            of: Some(e.at_institution),
            evidence: e.evidence,
            since: Some(dates::format(e.since)),
        });
    }
    Network::new(nodes, ties)
}

fn node_kind(broker: Broker) -> NodeKind {
    match broker {
        Broker::Lawyer => NodeKind::Lawyer,
        Broker::Phone => NodeKind::Phone,
        Broker::Hospital => NodeKind::Hospital,
        Broker::Insurer => NodeKind::Insurer,
        Broker::Address => NodeKind::Address,
    }
}
