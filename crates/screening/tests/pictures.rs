//! Pictures of what there may be little of, or too much, and the pictures of a real finding.

use screening::city::{City, Kind, Plan, extract};
use screening::dates::parse;
use screening::detectors::{DETECTORS, Entity, ring};
use screening::groups;
use screening::pictures::{
    ClusterMap, Distribution, FunnelPlot, FunnelPoint, MapItem, Network, Node, NodeKind, POINTS_MAX, Peer, Picture,
    Tie, Timeline, of_finding, words,
};
use screening::progress::Unwatched;

/// Draws in both languages, twice, and sees that it is whole and the same. Gives the Chinese one.
fn drawn(picture: &Picture) -> String {
    let kept: Picture = serde_json::from_str(&serde_json::to_string(picture).unwrap()).unwrap();
    for language in [&words::chinese as &dyn Fn(&str) -> String, &words::english] {
        let svg = picture.svg(language);
        assert_eq!(svg, kept.svg(language), "kept as JSON and drawn again");
        assert!(!svg.contains("NaN") && !svg.contains("inf\""), "no number that is none");
        let document = roxmltree::Document::parse(&svg).unwrap_or_else(|e| panic!("{e}\n{svg}"));
        let root = document.root_element();
        assert!(root.attribute("viewBox").is_some() && root.first_element_child().unwrap().has_tag_name("title"));
        assert!(!document.descendants().any(|n| n.attribute("style").is_some() || n.has_tag_name("script")));
    }
    let table = picture.table();
    assert!(table.rows.iter().all(|r| r.len() == table.columns.len()));
    picture.svg(&words::chinese)
}

fn titles(svg: &str) -> usize {
    svg.matches("<title>").count()
}

fn peers(values: &[f64]) -> Vec<Peer> {
    values.iter().enumerate().map(|(n, v)| Peer { id: format!("p<{n}>"), value: *v, marked: n == 0 }).collect()
}

#[test]
fn a_distribution_of_anything() {
    for (values, why) in [
        (&[][..], "nobody"),
        (&[1.0], "one"),
        (&[2.0; 50], "all alike"),
        (&[1e300, -1e300, 0.0], "far apart"),
        (&[f64::NAN, f64::INFINITY, 1.0, 2.0], "some are no number"),
        (&[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 9.0], "no quartiles apart"),
    ] {
        let picture = Distribution::new("score", peers(values));
        let finite = values.iter().filter(|v| v.is_finite()).count();
        assert_eq!(picture.bins.iter().map(|b| b.count).sum::<usize>(), finite, "{why}: all in a bin");
        assert_eq!((picture.peers.len(), picture.left_out), (finite, values.len() - finite), "{why}");
        drawn(&Picture::Distribution(picture));
    }
    let picture = Distribution::new("score", peers(&[5.0, 7.0, 1.0]));
    assert_eq!(picture.rank(), Some(2));
    assert!(drawn(&Picture::Distribution(picture)).contains("位次 2 / 3"));
}

#[test]
fn a_timeline_has_every_week_and_marks_the_burst() {
    let day = |text| parse(text).unwrap();
    drawn(&Picture::Timeline(Timeline::new("cases", &[], None, None)));
    let empty = Timeline::new("cases", &[], Some((day("2024-01-01"), day("2024-12-31"))), None);
    assert_eq!(empty.weeks.len(), 53, "a year without a case has its weeks");
    drawn(&Picture::Timeline(empty));
    let mut days: Vec<i32> = (0..365).map(|n| day("2024-01-01") + n).collect();
    days.extend([day("2024-06-05"); 40]);
    let picture = Timeline::new("cases", &days, None, parse("2024-06-01"));
    let bursts: Vec<&str> = picture.weeks.iter().filter(|w| w.burst).map(|w| &*w.monday).collect();
    assert_eq!(bursts, ["2024-06-03"]);
    assert_eq!(picture.weeks.iter().map(|w| w.count as usize).sum::<usize>(), days.len());
    assert!(drawn(&Picture::Timeline(picture)).contains("自 2024-06-01"));
    drawn(&Picture::Timeline(Timeline::new(
        "cases",
        &[day("1900-01-01"), day("2199-12-31")],
        None,
        parse("1950-01-01"),
    )));
}

#[test]
fn a_funnel_of_anything() {
    let point = |id: &str, cases: f64, observed: f64, expected: f64| FunnelPoint {
        id: id.into(),
        cases,
        observed,
        expected,
        z: 1.0,
        marked: id == "a",
    };
    for (points, why) in [
        (vec![], "nobody"),
        (vec![point("a", 0.0, 0.0, 0.0)], "without a case"),
        (vec![point("a", 10.0, 0.0, 0.0)], "nothing expected"),
        (vec![point("a", 10.0, 10.0, 10.0)], "everything is an event"),
        (vec![point("a", 1.0, 1.0, 0.1), point("b", 1e6, 1e3, 1e3)], "small beside huge"),
    ] {
        drawn(&Picture::Funnel(FunnelPlot::new("complaint", 0.01, points)));
        let _ = why;
    }
}

fn item(n: usize, group: Option<usize>, values: Vec<f64>) -> MapItem {
    MapItem { id: format!("i{n}"), group, values, marked: n == 3 }
}

#[test]
fn a_map_of_anything() {
    let features = ["cases", "share", "自定"];
    drawn(&Picture::ClusterMap(ClusterMap::new(&features, vec![]).unwrap()));
    let one = ClusterMap::new(&features, vec![item(0, None, vec![1.0, 2.0, 3.0])]).unwrap();
    drawn(&Picture::ClusterMap(one));
    let alike = (0..100).map(|n| item(n, Some(n % 30), vec![1.0, 2.0, 3.0])).collect();
    drawn(&Picture::ClusterMap(ClusterMap::new(&features, alike).unwrap()));
    assert!(ClusterMap::new(&features, vec![item(0, None, vec![1.0])]).is_err(), "too few values");
    assert!(ClusterMap::new(&features, vec![item(0, None, vec![1.0, f64::NAN, 0.0])]).is_err(), "no number");
    let many = (0..12_000)
        .map(|n| item(n, Some(n % 3), vec![(n % 3) as f64 * 5.0 + (n as f64).sin(), (n as f64).cos(), n as f64]))
        .collect();
    let map = ClusterMap::new(&features, many).unwrap();
    assert_eq!((map.points.len(), map.left_out), (POINTS_MAX, 12_000 - POINTS_MAX));
    assert!(map.points.iter().any(|p| p.marked), "the marked one is never left out");
    let svg = drawn(&Picture::ClusterMap(map));
    assert!(titles(&svg) > POINTS_MAX, "every point has its features");
    assert!(svg.contains("未画出 7000"));
}

#[test]
fn a_network_of_anything() {
    drawn(&Picture::Network(Network::new(vec![], vec![])));
    let node =
        |id: &str, kind, home: Option<&str>| Node { id: id.into(), kind, home: home.map(Into::into), marked: false };
    let tie = |from, to| Tie { from, to, cases: 3, of: None, evidence: 4.0, since: None };
    let nodes = vec![
        node("l\u{0}&1", NodeKind::Lawyer, None),
        node("h1", NodeKind::Hospital, None),
        node("i1", NodeKind::Institution, None),
        node("a1", NodeKind::Appraiser, Some("i1")),
        node("lonely", NodeKind::Phone, None),
    ];
    let ties = vec![tie(0, 3), tie(1, 2), tie(3, 0), tie(9, 3), Tie { evidence: f64::NAN, ..tie(0, 3) }];
    let network = Network::new(nodes, ties);
    assert_eq!((network.nodes.len(), network.ties.len(), network.left_out), (4, 2, 3));
    let svg = drawn(&Picture::Network(network));
    assert!(svg.contains("律师 l&amp;1") && !svg.contains("lonely"));
    let nodes: Vec<Node> = (0..300)
        .map(|n| {
            if n % 2 == 0 {
                node(&format!("l{n}"), NodeKind::Lawyer, None)
            } else {
                node(&format!("a{n}"), NodeKind::Appraiser, None)
            }
        })
        .collect();
    let ties =
        (0..150).flat_map(|a| (0..3).map(move |b| (2 * a, 2 * ((a + b) % 150) + 1))).map(|(a, b)| tie(a, b)).collect();
    let network = Network::new(nodes, ties);
    assert!(network.left_out > 0);
    drawn(&Picture::Network(network));
}

#[test]
fn the_pictures_of_a_found_ring() {
    let plan = Plan {
        institutions: 15,
        appraisers: 120,
        cases_per_year: 12_000,
        lawyers: 300,
        seed: 7,
        misconduct: vec![(Kind::Ring, 2)],
        ..Default::default()
    };
    let sector = extract(&City::draw(&plan, &Unwatched).unwrap()).unwrap();
    let findings = DETECTORS[0].1(&sector, &Unwatched).unwrap();
    let edges = ring::edges(&sector, &Unwatched).unwrap();
    let at = findings.iter().position(|f| f.entity == Entity::Institution && f.q <= 0.05).expect("a ring is found");
    let mut pictures = of_finding(&sector, &findings, at, &edges);
    assert_eq!(pictures.len(), 7, "network, distribution, timeline and four funnels");
    let Picture::Network(network) = &pictures[0] else { panic!("the network comes first") };
    assert!(!network.ties.is_empty() && network.nodes.iter().any(|n| n.marked && n.kind == NodeKind::Institution));
    let groups = groups::groups(&sector, 1, &Unwatched).unwrap();
    pictures.push(Picture::ClusterMap(groups.map(&sector, Some(findings[at].number)).unwrap()));
    for picture in &pictures {
        let svg = drawn(picture);
        assert!(!svg.contains("cases_per_year"), "features have their words");
        if let Ok(folder) = std::env::var("PICTURES_TO") {
            std::fs::write(format!("{folder}/{}.svg", picture.title()), svg).unwrap();
        }
    }
    assert!(of_finding(&sector, &findings, findings.len(), &edges).is_empty());
}

#[test]
fn every_word_is_there_in_both_languages() {
    let mut keys: Vec<&str> = words::keys().collect();
    for key in &keys {
        assert!(!words::chinese(key).is_ascii(), "{key} has no Chinese word");
        assert!(!words::english(key).is_empty());
    }
    let many = keys.len();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), many, "a key twice");
}
