//! 鉴定意见雷同: an appraiser's opinions that are far more like an older one of his own than is usual for him.
//!
//! Similarity counts what is rare, among all opinions and among the writer's own: pieces found in more than one opinion of seven weigh nothing, and
//! what he writes every second time weighs little, so a template is not a copy.
//!
//! **Invariant:** a writer is measured by the lower part of his own similarities, which copies do not reach.

use super::evidence::percent;
use super::peers::{Trial, rise, too_many};
use super::{Entity, Evidence, EvidenceRow, Finding, Raw, adjust};
use crate::near_duplicates::{Digits, Shingled};
use crate::progress::{Stopped, Watcher, step};
use crate::sector::{NONE, Sector};
use crate::stats::robust;

/// Pieces in more than this share of all texts are boilerplate (idf below 2).
const BOILERPLATE_IDF: f64 = 2.0;
/// Earlier opinions an opinion is compared with.
const LOOK_BACK: usize = 800;
/// Opinions before this many earlier ones have nothing to be like.
const EARLIER_MIN: usize = 5;
const TEXTS_MIN: usize = 15;
/// The part of a writer's own similarities that is his usual, and the part of all excesses that is not unusual.
const OWN_USUAL: f64 = 0.3;
const EXCESS: f64 = 0.985;

/// An opinion's greatest similarity to an older one of the same writer.
struct Like {
    case: u32,
    older: u32,
    similarity: f64,
}

/// Scores every appraiser with enough texts.
///
/// # Errors
/// Only if the watcher wants no more.
pub fn detect(sector: &Sector, watcher: &dyn Watcher) -> Result<Vec<Finding>, Stopped> {
    step(watcher, "copy", 0, 1)?;
    let boilerplate = (-BOILERPLATE_IDF).exp();
    let texts = Shingled::without(sector.texts.iter().map(|t| &**t), Digits::Kept, boilerplate);
    let weight: Vec<f32> =
        (0..texts.different() as u32).map(|id| (texts.idf(id) - BOILERPLATE_IDF).max(0.0) as f32).collect();
    let single = (texts.idf_single() - BOILERPLATE_IDF).max(0.0) as f32;
    let mut by: Vec<Vec<u32>> = vec![Vec::new(); sector.appraiser_home.len()];
    for (i, case) in sector.accepted() {
        if case.text != NONE && case.appraiser1 != NONE {
            by[case.appraiser1 as usize].push(i as u32);
        }
    }
    let mut likes: Vec<(usize, Vec<Like>)> = Vec::new();
    let mut memory =
        Memory { postings: vec![Vec::new(); texts.different()], own: vec![0; texts.different()], used: Vec::new() };
    let many = by.len();
    for (a, list) in by.iter_mut().enumerate() {
        step(watcher, "copy", a, many)?;
        if list.len() >= TEXTS_MIN {
            list.sort_by_key(|c| (sector.cases[*c as usize].issue_date, *c));
            likes.push((a, memory.likes(sector, list, &texts, &weight, single)));
        }
    }
    Ok(adjust("copy", Entity::Appraiser, judge(sector, &likes)))
}

fn judge(sector: &Sector, likes: &[(usize, Vec<Like>)]) -> Vec<Raw> {
    let usual: Vec<f64> = likes
        .iter()
        .map(|(_, l)| robust::quantile(&l.iter().map(|x| x.similarity).collect::<Vec<_>>(), OWN_USUAL))
        .collect();
    let series = series(sector, likes, &usual);
    let found = too_many(&series);
    let mut raw = Vec::new();
    for (n, (a, list)) in likes.iter().enumerate() {
        // A template was always there; copying begins some day. Both must speak: too many, and more than before.
        let (level, first, rate) = &found[n];
        let jump = rise(&series[n]);
        let ln_p = level.max(jump.ln_p);
        let score = -(0.4 * level + 0.6 * jump.ln_p) / std::f64::consts::LN_10;
        let mut rows: Vec<EvidenceRow> = list
            .iter()
            .zip(&series[n])
            .filter(|(_, t)| t.event && t.day >= first.day)
            .map(|(x, _)| EvidenceRow {
                case: x.case,
                other: Some(x.older),
                numbers: vec![("similarity", x.similarity), ("own_usual", usual[n])],
            })
            .collect();
        rows.sort_by(|x, y| y.numbers[0].1.total_cmp(&x.numbers[0].1).then(x.case.cmp(&y.case)));
        let evidence = Evidence::new(
            "自%{since}起，%{texts}份意见中有%{alike}份与本人旧意见的相似度远超其平时水平（平时%{usual}），同行一般为%{peers}。",
            "Since %{since}, of %{texts} opinions %{alike} are far more like an older one of the same appraiser than is usual for him (%{usual}); peers: %{peers}.",
            vec![
                ("since", crate::dates::format(first.day)),
                ("texts", format!("{:.0}", first.trials)),
                ("alike", format!("{:.0}", first.events)),
                ("usual", format!("{:.2}", usual[n])),
                ("peers", percent(*rate, 1.0)),
            ],
            rows,
        );
        raw.push(Raw { number: *a as u32, score, ln_p, since: Some(first.day), group: None, evidence });
    }
    raw
}

/// Which opinions are unusually like an older one.
fn series(sector: &Sector, likes: &[(usize, Vec<Like>)], usual: &[f64]) -> Vec<Vec<Trial>> {
    // What is unusual: the excess that one opinion in seventy has, by the median writer, so that a few copyists do not set it.
    let high: Vec<f64> = likes
        .iter()
        .zip(usual)
        .filter(|((_, l), _)| l.len() >= 40)
        .map(|((_, l), u)| robust::quantile(&l.iter().map(|x| x.similarity - u).collect::<Vec<_>>(), EXCESS))
        .collect();
    let excess = robust::median(&high);
    let excess = if excess.is_finite() { excess.max(0.02) * 1.1 } else { 0.15 };
    // And in any case what no writer's usual text comes near: somebody who only copies is always like himself.
    let cap = robust::quantile(usual, 0.5) + 3.0 * excess;
    let trials = |(_, l): &(usize, Vec<Like>), u: &f64| -> Vec<Trial> {
        l.iter()
            .map(|x| Trial {
                day: sector.cases[x.case as usize].issue_date.unwrap_or(0),
                event: x.similarity > (u + excess).min(cap),
                case: x.case,
            })
            .collect()
    };
    likes.iter().zip(usual).map(|(l, u)| trials(l, u)).collect()
}

/// The postings of one writer, kept between writers to save the memory's making.
struct Memory {
    postings: Vec<Vec<u32>>,
    /// In how many of the writer's texts a piece occurs.
    own: Vec<u32>,
    used: Vec<u32>,
}

impl Memory {
    /// For each text of a writer in order, the greatest weighted Jaccard similarity to an older one.
    fn likes(&mut self, sector: &Sector, list: &[u32], texts: &Shingled, weight: &[f32], single: f32) -> Vec<Like> {
        let text = |c: u32| sector.cases[c as usize].text as usize;
        for id in list.iter().flat_map(|c| texts.shared(text(*c))) {
            if self.own[*id as usize] == 0 {
                self.used.push(*id);
            }
            self.own[*id as usize] += 1;
        }
        // What he writes in every second opinion is his habit, however rare it is with others: a piece weighs what it weighs among his own.
        let many = list.len() as f32;
        let own = &self.own;
        let weigh = |id: u32| weight[id as usize].min((many / own[id as usize] as f32).ln());
        let alone = single.min(many.ln());
        let weights: Vec<f32> = list
            .iter()
            .map(|c| {
                let shared = texts.shared(text(*c));
                let rest = (texts.size(text(*c)) - shared.len()) as f32;
                shared.iter().map(|id| weigh(*id)).sum::<f32>() + rest * alone
            })
            .collect();
        let mut common = vec![0.0f32; list.len()];
        let mut found = Vec::with_capacity(list.len());
        for (i, case) in list.iter().enumerate() {
            let from = i.saturating_sub(LOOK_BACK) as u32;
            for id in texts.shared(text(*case)) {
                let w = weigh(*id);
                let postings = &mut self.postings[*id as usize];
                let start = postings.partition_point(|p| *p < from);
                for p in &postings[start..] {
                    common[*p as usize] += w;
                }
                postings.push(i as u32);
            }
            let mut best = (0.0f32, from);
            for j in from as usize..i {
                let likeness = common[j] / (weights[i] + weights[j] - common[j]).max(1e-6);
                if likeness > best.0 {
                    best = (likeness, j as u32);
                }
                common[j] = 0.0;
            }
            if i >= EARLIER_MIN {
                found.push(Like { case: *case, older: list[best.1 as usize], similarity: f64::from(best.0) });
            }
        }
        for id in self.used.drain(..) {
            self.postings[id as usize].clear();
            self.own[id as usize] = 0;
        }
        found
    }
}
