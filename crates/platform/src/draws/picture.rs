//! The strip of all candidates with the drawn ones marked, as SVG made here: only numbers go into it.
//!
//! **Invariant:** no name and no text of a person goes into the picture.

use ::draws::Transcript;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Candidates in one row of the strip.
const PER_ROW: usize = 40;
/// Side of a candidate's square, and from one to the next.
const SIDE: usize = 14;
const STEP: usize = 18;

/// A square for each candidate in the plan's order: filled for a seat, crossed for who does not take it.
pub fn strip(transcript: &Transcript, label: &str) -> String {
    let seated: BTreeSet<String> = super::store::seated(transcript).into_iter().collect();
    let gone: BTreeSet<&str> = transcript.refusals.iter().map(|one| one.id.as_str()).collect();
    let many = transcript.plan.candidates.len();
    let (width, height) = (PER_ROW.min(many) * STEP, many.div_ceil(PER_ROW) * STEP);
    let label = label.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let mut svg = format!("<svg class=\"strip\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{label}\">");
    for (at, one) in transcript.plan.candidates.iter().enumerate() {
        let (x, y) = (at % PER_ROW * STEP + 2, at / PER_ROW * STEP + 2);
        let class = if seated.contains(&one.id) { "drawn" } else { "not-drawn" };
        let _ = write!(svg, "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{SIDE}\" height=\"{SIDE}\"/>");
        if gone.contains(one.id.as_str()) {
            let (right, bottom) = (x + SIDE, y + SIDE);
            let _ = write!(svg, "<path class=\"gone\" d=\"M{x} {y}L{right} {bottom}M{right} {y}L{x} {bottom}\"/>");
        }
    }
    svg + "</svg>"
}
