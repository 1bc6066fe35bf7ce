//! 团伙证据: the sentence, the cases and the edges of a ring.
//!
//! **Invariant:** an edge is a lawyer with an appraiser and their cases; a group is a chain of edges at one institution.

use super::model::{Actor, Pair, Scores};
use super::rows::{Broker, Rows};
use crate::dates::Day;
use crate::detectors::{Entity, Evidence, EvidenceRow, Finding};
use crate::progress::{Stopped, Watcher};
use crate::sector::Sector;

/// Evidence of an edge that is drawn, in nats.
const EDGE_MIN: f64 = 3.0;
/// Findings up to this q make groups.
const GROUP_Q: f64 = 0.1;

/// An edge of the picture of rings.
#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    /// Who brings, a number in the names of [`Edge::broker`].
    pub lawyer: u32,
    pub broker: Broker,
    pub appraiser: u32,
    pub institution: u32,
    /// The lawyer's cases with the appraiser and at the institution.
    pub cases: usize,
    pub at_institution: usize,
    /// Evidence in nats.
    pub evidence: f64,
    pub since: Day,
}

/// All edges with evidence, the strongest first: for the picture of a ring and for `communities`.
///
/// # Errors
/// Only if the watcher wants no more.
pub fn edges(sector: &Sector, watcher: &dyn Watcher) -> Result<Vec<Edge>, Stopped> {
    crate::progress::step(watcher, "ring", 0, 1)?;
    edges_of(sector, Broker::Lawyer)
}

/// The same for one kind of broker; `lawyer` of an edge is one of that kind.
///
/// # Errors
/// Only if the watcher wants no more.
pub fn edges_of(sector: &Sector, broker: Broker) -> Result<Vec<Edge>, Stopped> {
    let scores = super::model::score(&super::rows::rows(sector, broker));
    let mut found: Vec<Edge> =
        scores.pairs.iter().filter(|p| p.evidence >= EDGE_MIN).map(|p| edge(p, broker)).collect();
    found.sort_by(|a, b| b.evidence.total_cmp(&a.evidence).then((a.lawyer, a.appraiser).cmp(&(b.lawyer, b.appraiser))));
    Ok(found)
}

fn edge(p: &Pair, broker: Broker) -> Edge {
    Edge {
        lawyer: p.lawyer,
        broker,
        appraiser: p.appraiser,
        institution: p.institution,
        cases: p.rows.len(),
        at_institution: p.at_institution,
        evidence: p.evidence,
        since: p.since,
    }
}

/// Since when, and the evidence of an actor.
pub(in crate::detectors) fn tell(
    rows: &Rows,
    scores: &Scores,
    entity: Entity,
    actor: &Actor,
) -> (Option<Day>, Evidence) {
    let Some(best) = actor.pair else { return (None, Evidence::default()) };
    let best = &scores.pairs[best];
    // Actors without suspicion get no list: it would only take memory.
    if actor.score < -3.0 {
        return (Some(best.since), Evidence::default());
    }
    let belongs = |p: &&Pair| match entity {
        Entity::Appraiser => p.appraiser == actor.number && p.evidence >= EDGE_MIN.min(best.evidence),
        Entity::Institution => p.institution == actor.number && p.evidence >= EDGE_MIN.min(best.evidence),
        Entity::Lawyer => p.lawyer == actor.number && p.appraiser == best.appraiser,
        // A telephone or a hospital is one and the same at every appraiser of the institution.
        _ => p.lawyer == actor.number && p.institution == best.institution && p.evidence >= EDGE_MIN.min(best.evidence),
    };
    let pairs: Vec<&Pair> = scores.pairs.iter().filter(belongs).collect();
    let mut all: Vec<u32> = pairs.iter().flat_map(|p| p.rows.iter().copied()).collect();
    all.sort_by(|a, b| scores.ratios[*b as usize].total_cmp(&scores.ratios[*a as usize]).then(a.cmp(b)));
    let of = |i: &u32| &rows.rows[*i as usize];
    let n = all.len();
    let mean = all.iter().map(|i| f64::from(of(i).residual)).sum::<f64>() / n.max(1) as f64;
    let since = pairs.iter().map(|p| p.since).min().unwrap_or(best.since);
    let mut lawyers: Vec<u32> = pairs.iter().map(|p| p.lawyer).collect();
    lawyers.sort_unstable();
    lawyers.dedup();
    let listed = all
        .iter()
        .map(|i| EvidenceRow {
            case: of(i).case,
            other: None,
            numbers: vec![
                ("grades_above", f64::from(of(i).residual)),
                ("minutes", f64::from(of(i).minutes)),
                ("reappraised", f64::from(u8::from(of(i).reappraised))),
                ("overturned", f64::from(u8::from(of(i).overturned))),
            ],
        })
        .collect();
    let mut appraisers: Vec<u32> = pairs.iter().map(|p| p.appraiser).collect();
    appraisers.sort_unstable();
    appraisers.dedup();
    let (chinese, english) = sentence(entity);
    let evidence = Evidence::new(
        chinese,
        english,
        vec![
            ("since", crate::dates::format(since)),
            ("lawyers", lawyers.len().to_string()),
            ("appraisers", appraisers.len().to_string()),
            ("cases", n.to_string()),
            (
                "here",
                pairs
                    .iter()
                    .map(|p| (p.lawyer, p.institution, p.at_institution))
                    .collect::<std::collections::BTreeSet<_>>()
                    .iter()
                    .map(|x| x.2)
                    .sum::<usize>()
                    .to_string(),
            ),
            ("above", format!("{mean:.2}")),
            ("short", all.iter().filter(|i| of(i).short).count().to_string()),
            ("re", all.iter().filter(|i| of(i).reappraised).count().to_string()),
            ("over", all.iter().filter(|i| of(i).overturned).count().to_string()),
        ],
        listed,
    );
    (Some(since), evidence)
}

/// The sentence of an actor, with the kind of broker said.
fn sentence(entity: Entity) -> (&'static str, &'static str) {
    macro_rules! of {
        ($chinese:literal, $english:literal) => {
            (
                concat!(
                    "自%{since}起，",
                    $chinese,
                    "的%{cases}件案件集中到%{appraisers}名鉴定人（其在该机构共%{here}件）：等级平均高出%{above}级，%{short}件检查过短，%{re}件重新鉴定，%{over}件被推翻。"
                ),
                concat!(
                    "Since %{since}, %{cases} cases with ",
                    $english,
                    " went to %{appraisers} appraisers (of %{here} that it has there): %{above} grades above expectation, %{short} examined too shortly, %{re} re-appraised, %{over} overturned."
                ),
            )
        };
    }
    match entity {
        Entity::Phone => of!("由同一部联系电话联系", "the same contact telephone"),
        Entity::Hospital => of!("由同一家医院诊治", "the same treating hospital"),
        Entity::Insurer => of!("涉及同一家保险公司", "the same insurer"),
        Entity::Address => of!("委托人在同一地址", "clients at the same address"),
        Entity::Lawyer | Entity::Appraiser | Entity::Institution => (
            "自%{since}起，%{lawyers}名律师的%{cases}件案件集中到相关鉴定人（其在该机构共%{here}件）：等级平均高出%{above}级，%{short}件检查过短，%{re}件重新鉴定，%{over}件被推翻。",
            "Since %{since}, %{cases} cases of %{lawyers} lawyers went to the appraisers in question (of %{here} they have there): %{above} grades above expectation, %{short} examined too shortly, %{re} re-appraised, %{over} overturned.",
        ),
    }
}

/// Gives the suspicious findings of one ring the same group: the number of its institution in the order of suspicion.
pub(super) fn group(rows: &Rows, scores: &Scores, found: &mut [Finding]) {
    let suspicious = |f: &&Finding| f.q <= GROUP_Q;
    let order: Vec<u32> =
        found.iter().filter(suspicious).filter(|f| f.entity == Entity::Institution).map(|f| f.number).collect();
    let place = |institution: u32| order.iter().position(|i| *i == institution).map(|n| n as u32);
    let mut home = vec![crate::sector::NONE; rows.appraisers];
    rows.rows.iter().for_each(|r| home[r.appraiser as usize] = r.institution);
    let mut of_lawyer: rustc_hash::FxHashMap<u32, (f64, u32)> = rustc_hash::FxHashMap::default();
    for pair in scores.pairs.iter().filter(|p| place(p.institution).is_some()) {
        let entry = of_lawyer.entry(pair.lawyer).or_insert((f64::NEG_INFINITY, pair.institution));
        if pair.evidence > entry.0 {
            *entry = (pair.evidence, pair.institution);
        }
    }
    for finding in found.iter_mut().filter(|f| f.q <= GROUP_Q) {
        finding.group = match finding.entity {
            Entity::Institution => place(finding.number),
            Entity::Appraiser => place(home[finding.number as usize]),
            _ => of_lawyer.get(&finding.number).and_then(|x| place(x.1)),
        };
    }
}
