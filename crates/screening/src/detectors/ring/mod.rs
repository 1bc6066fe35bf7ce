//! 中介团伙: lawyers who since some day bring cases to a few appraisers, with findings a control group of the same appraisers does not have.
//!
//! Case by case a likelihood ratio (grade above what injury and age let expect, examination too short, re-appraised, overturned), measured
//! against the same appraiser's cases for clients a ring does not reach. Summed by lawyer and appraiser, with two questions more: does the
//! lawyer's work at this institution go to this appraiser more than to his colleagues, and did it begin some day. Then appraisers gather what
//! their lawyers say, and lawyers what their appraisers say.
//!
//! The null is drawn from the extract itself: who brought which case is shuffled within each institution, which leaves every honest difference
//! between appraisers and every institution's clients in place.
//!
//! **Invariant:** one lawyer alone with an appraiser is weak evidence, however many cases; a ring is a pattern of several.

mod model;
mod rows;
mod tell;

use super::{Entity, Finding, Raw, adjust};
use crate::progress::{Stopped, Watcher, step};
use crate::random::Random;
use crate::sector::Sector;
use crate::stats::fdr::against_null;

use model::Scores;
use rows::Rows;

pub use rows::Broker;
pub use tell::{Edge, edges, edges_of};

pub(in crate::detectors) use tell::tell;

/// Shuffles that make the null; each adds every actor's score to it.
const SHUFFLES: usize = 24;
/// The seed of the shuffles: a run is repeatable to the byte.
pub const SEED: u64 = 20_261_125;

/// The rows of one kind of broker, the scores of all actors, and what the shuffles gave lawyers, appraisers and institutions.
pub(super) fn against_shuffles(
    sector: &Sector,
    broker: Broker,
    detector: &'static str,
    watcher: &dyn Watcher,
) -> Result<(Rows, Scores, [Vec<f64>; 3]), Stopped> {
    step(watcher, detector, 0, SHUFFLES + 1)?;
    let mut rows = rows::rows(sector, broker);
    let scores = model::score(&rows);
    let mut null: [Vec<f64>; 3] = Default::default();
    let original = rows.origins.clone();
    let mut random = Random::new(SEED);
    for shuffle in 0..SHUFFLES {
        step(watcher, detector, shuffle + 1, SHUFFLES + 1)?;
        rows.shuffle_origins(&original, &mut random);
        let drawn = model::score(&rows);
        null[0].extend(drawn.lawyers.iter().map(|x| x.score));
        null[1].extend(drawn.appraisers.iter().map(|x| x.score));
        null[2].extend(drawn.institutions.iter().map(|x| x.score));
    }
    rows.origins = original;
    Ok((rows, scores, null))
}

/// The shuffle cannot know what it never saw: the model's own odds are asked too, the weaker of both counts.
pub(super) fn ln_p(p: f64, score: f64) -> f64 {
    p.ln().max(-(score.max(0.0)) - 1.0)
}

/// Scores every lawyer, clinical appraiser and institution with them.
///
/// # Errors
/// Only if the watcher wants no more.
pub fn detect(sector: &Sector, watcher: &dyn Watcher) -> Result<Vec<Finding>, Stopped> {
    let (rows, scores, null) = against_shuffles(sector, Broker::Lawyer, "ring", watcher)?;
    let mut found = Vec::new();
    let parts = [
        (Entity::Lawyer, &scores.lawyers),
        (Entity::Appraiser, &scores.appraisers),
        (Entity::Institution, &scores.institutions),
    ];
    for (n, (entity, actors)) in parts.into_iter().enumerate() {
        let observed: Vec<f64> = actors.iter().map(|x| x.score).collect();
        let p = against_null(&observed, &null[n]);
        let raw = actors
            .iter()
            .zip(p)
            .map(|(x, p)| {
                let (since, evidence) = tell::tell(&rows, &scores, entity, x);
                Raw { number: x.number, score: x.score, ln_p: ln_p(p, x.score), since, group: None, evidence }
            })
            .collect();
        found.extend(adjust("ring", entity, raw));
    }
    tell::group(&rows, &scores, &mut found);
    Ok(found)
}
