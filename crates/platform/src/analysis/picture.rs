//! Pictures of a lead as SVG: where it stands among its peers, and the lines of a ring. They print, and take the colour of the
//! text around them.
//!
//! **Invariant:** each has words for those who do not see it, and a table beside it says the same.

use super::store::{Edge, Peers};
use crate::text::Lang;
use std::fmt::Write;

const WIDTH: f64 = 640.0;
/// The mark of whom the lead is about; readable on white and on black.
const MARK: &str = "#c0392b";

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn open(height: f64, label: &str) -> String {
    let label = escaped(label);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" \
         role=\"img\" aria-label=\"{label}\" font-size=\"13\" fill=\"currentColor\"><title>{label}</title>"
    )
}

/// Bars of all peers' scores, and the one the lead is about.
pub fn peers(peers: &Peers, lang: Lang) -> String {
    let most = peers.bars.iter().copied().max().unwrap_or_default();
    if most == 0 {
        return String::new();
    }
    let (left, right, top, bottom, height) = (44.0, 16.0, 30.0, 46.0, 240.0);
    let label = lang.f2("%{n}个同类对象的得分分布，本对象得分%{own}", ("n", peers.many), ("own", format!("{:.2}", peers.own)));
    let mut svg = open(height, &label);
    let step = (WIDTH - left - right) / peers.bars.len() as f64;
    let floor = height - bottom;
    // The root of the number: one outlier beside a thousand peers is still seen.
    let tall = |n: usize| (n as f64 / most as f64).sqrt() * (floor - top);
    for (at, n) in peers.bars.iter().enumerate().filter(|(_, n)| **n > 0) {
        let (x, h) = (left + step * at as f64, tall(*n).max(1.5));
        let _ = write!(
            svg,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{h:.1}\" fill-opacity=\".35\"><title>{n}</title></rect>",
            x + 1.0,
            floor - h,
            step - 2.0
        );
        if *n <= 3 || *n == most {
            let _ = write!(svg, "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{n}</text>", x + step / 2.0, floor - h - 4.0);
        }
    }
    let span = (peers.highest - peers.lowest).max(f64::MIN_POSITIVE);
    let x = |score: f64| left + ((score - peers.lowest) / span).clamp(0.0, 1.0) * (WIDTH - left - right);
    let own = x(peers.own);
    let anchor = if own > WIDTH * 0.7 { "end" } else { "start" };
    let _ = write!(
        svg,
        "<path d=\"M{left} {floor}H{:.1}\" stroke=\"currentColor\"/><path d=\"M{own:.1} {:.1}V{:.1}\" stroke=\"{MARK}\" stroke-width=\"2.5\"/>\
         <text x=\"{own:.1}\" y=\"14\" text-anchor=\"{anchor}\" fill=\"{MARK}\">{} {:.2}</text>",
        WIDTH - right,
        top - 10.0,
        floor,
        escaped(&lang.t("本对象")),
        peers.own
    );
    for (score, name) in [(peers.lowest, "最低"), (peers.median, "中位数"), (peers.highest, "最高")] {
        let _ = write!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{score:.1}</text>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" font-size=\"11\">{}</text>",
            x(score).clamp(left, WIDTH - right - 12.0),
            floor + 17.0,
            x(score).clamp(left, WIDTH - right - 12.0),
            floor + 33.0,
            escaped(&lang.t(name))
        );
    }
    svg + "</svg>"
}

/// Who brought how many cases to whom: agents on the left, appraisers on the right.
pub fn ring(edges: &[Edge], lang: Lang) -> String {
    if edges.is_empty() {
        return String::new();
    }
    let (mut left, mut right): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    for edge in edges {
        for (list, name) in [(&mut left, edge.lawyer.as_str()), (&mut right, edge.appraiser.as_str())] {
            if !list.contains(&name) {
                list.push(name);
            }
        }
    }
    let rows = left.len().max(right.len()) as f64;
    let (row, top) = (44.0, 34.0);
    let height = top + rows * row + 6.0;
    let label = lang.f2("%{n}个委托代理方与%{m}名鉴定人之间的案件", ("n", left.len()), ("m", right.len()));
    let mut svg = open(height, &label);
    let y = |at: usize, many: usize| top + (rows - many as f64) * row / 2.0 + row * at as f64 + row / 2.0;
    let (x1, x2) = (250.0, 430.0);
    let most = edges.iter().map(|edge| edge.cases).max().unwrap_or(1).max(1) as f64;
    let place = |list: &[&str], name: &str| list.iter().position(|one| *one == name).unwrap_or_default();
    for (n, edge) in edges.iter().enumerate() {
        let (a, b) = (y(place(&left, &edge.lawyer), left.len()), y(place(&right, &edge.appraiser), right.len()));
        let width = 1.0 + 5.0 * edge.cases as f64 / most;
        // Numbers at different places of their lines, so that crossing lines keep theirs apart.
        let part = 0.3 + 0.2 * (n % 3) as f64;
        let _ = write!(
            svg,
            "<path d=\"M{x1} {a:.1}L{x2} {b:.1}\" stroke=\"{MARK}\" stroke-opacity=\".55\" stroke-width=\"{width:.1}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" font-size=\"12\">{}</text>",
            x1 + (x2 - x1) * part,
            a + (b - a) * part - 4.0,
            edge.cases
        );
    }
    for (list, x, anchor, dx, head) in [(&left, x1, "end", -12.0, "委托代理方"), (&right, x2, "start", 12.0, "鉴定人")] {
        let _ = write!(
            svg,
            "<text x=\"{:.1}\" y=\"16\" text-anchor=\"{anchor}\" font-weight=\"600\">{}</text>",
            x + dx,
            escaped(&lang.t(head))
        );
        for (at, name) in list.iter().enumerate() {
            let y = y(at, list.len());
            let _ = write!(
                svg,
                "<circle cx=\"{x}\" cy=\"{y:.1}\" r=\"6\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
                x + dx,
                y + 5.0,
                escaped(name)
            );
        }
    }
    svg + "</svg>"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_out_of_a_picture() {
        let edge = Edge {
            lawyer: "<b>\"甲\"&</b>".into(),
            appraiser: "乙".into(),
            institution_id: String::new(),
            cases: 3,
            at_institution: 4,
            since: String::new(),
        };
        let svg = ring(&[edge], Lang::Zh);
        assert!(svg.contains("&lt;b&gt;&quot;甲&quot;&amp;") && !svg.contains("<b>"), "{svg}");
    }

    #[test]
    fn nobody_judged_is_no_picture() {
        assert_eq!(peers(&Peers::default(), Lang::Zh), "");
        assert_eq!(ring(&[], Lang::Zh), "");
    }
}
