//! 先签后检: opinions signed before the examination was over or the instrument had run on which they rest.
//!
//! Clocks of instruments go wrong and people mistype: a small rate is everybody's. Counted is by how many the peers' rate is passed, with honest
//! differences between peers allowed for.
//!
//! **Invariant:** a signature a few minutes early is a clock, not a lead; nothing is found where the extract has no times of signing.

use std::collections::BTreeMap;

use super::evidence::percent;
use super::peers::{Trial, too_many};
use super::{Entity, Evidence, EvidenceRow, Finding, Raw, adjust};
use crate::progress::{Stopped, Watcher, step};
use crate::sector::{Case, DAY_MINUTES, Minute, NONE, Sector};

/// Clocks differ by so much without anybody's fault.
const TOLERANCE: Minute = 60;
/// An appraiser with fewer cases whose times are known is not judged.
const TRIALS_MIN: usize = 20;
/// So many signatures ahead at least: one is a slip.
const EVENTS_MIN: usize = 3;

/// When what the opinion rests on was there: the instrument's run, or else the end of the examination.
fn ready(case: &Case) -> Option<Minute> {
    let examined = case.exam_date.filter(|_| case.exam_start.is_finite() && case.exam_minutes.is_finite());
    let examined = examined.map(|day| day * DAY_MINUTES + (case.exam_start + case.exam_minutes) as Minute);
    case.instrument.max(examined)
}

/// Case, and minutes that the signature was early.
type Early = (u32, Minute);

/// Scores every appraiser with enough signatures. Peers are those of the same category: where nothing is tested nobody mistypes an instrument's time.
///
/// # Errors
/// Only if the watcher wants no more.
pub fn detect(sector: &Sector, watcher: &dyn Watcher) -> Result<Vec<Finding>, Stopped> {
    step(watcher, "signed", 0, 1)?;
    let mut by: Vec<Vec<Vec<Early>>> = vec![vec![Vec::new(); sector.appraiser_home.len()]; sector.categories.len()];
    for (i, case) in sector.accepted().filter(|(_, c)| c.appraiser1 != NONE) {
        if let (Some(signed), Some(ready)) = (case.signed, ready(case)) {
            by[case.category as usize][case.appraiser1 as usize].push((i as u32, ready - signed));
        }
    }
    // An appraiser of several categories is told by the one that says most, and pays for the choice.
    let mut best: BTreeMap<u32, (Raw, usize)> = BTreeMap::new();
    for list in by {
        for raw in of_category(sector, list) {
            match best.get_mut(&raw.number) {
                Some((known, tried)) => {
                    *tried += 1;
                    if raw.ln_p < known.ln_p {
                        *known = raw;
                    }
                }
                None => {
                    best.insert(raw.number, (raw, 1));
                }
            }
        }
    }
    let paid = best.into_values().map(|(raw, tried)| {
        let ln_p = (raw.ln_p + (tried as f64).ln()).min(0.0);
        Raw { ln_p, score: -ln_p / std::f64::consts::LN_10, ..raw }
    });
    Ok(adjust("signed", Entity::Appraiser, paid.collect()))
}

fn of_category(sector: &Sector, by: Vec<Vec<Early>>) -> Vec<Raw> {
    let mut of: Vec<(u32, Vec<Early>)> = (0..).zip(by).filter(|(_, list)| list.len() >= TRIALS_MIN).collect();
    let day = |case: u32| sector.cases[case as usize].signed.unwrap_or(0).div_euclid(DAY_MINUTES);
    for (_, list) in &mut of {
        list.sort_by_key(|(case, _)| (day(*case), *case));
    }
    let trial = |(case, early): &Early| Trial { day: day(*case), event: *early > TOLERANCE, case: *case };
    let series: Vec<Vec<Trial>> = of.iter().map(|(_, list)| list.iter().map(trial).collect()).collect();
    let found = too_many(&series);
    let raw = of.iter().zip(&found).map(|((appraiser, list), (ln_p, first, rate))| {
        let after: Vec<&Early> = list.iter().filter(|(case, _)| day(*case) >= first.day).collect();
        let early = after.iter().filter(|(_, early)| *early > TOLERANCE).count();
        let ln_p = if early < EVENTS_MIN { 0.0 } else { *ln_p };
        let evidence = if ln_p < -2.0 { evidence(&after, early, first.day, *rate) } else { Evidence::default() };
        Raw { number: *appraiser, score: 0.0, ln_p, since: Some(first.day), group: None, evidence }
    });
    raw.collect()
}

fn evidence(after: &[&Early], early: usize, since: i32, rate: f64) -> Evidence {
    let mut ahead: Vec<&&Early> = after.iter().filter(|(_, early)| *early > TOLERANCE).collect();
    ahead.sort_by_key(|(case, early)| (std::cmp::Reverse(*early), *case));
    let row = |(case, early): &Early| EvidenceRow {
        case: *case,
        other: None,
        numbers: vec![("hours_early", f64::from(*early) / 60.0)],
    };
    Evidence::new(
        "自%{since}起，%{cases}份意见中有%{early}份（%{share}）的签名早于检查结束或者仪器运行；同行一般为%{peers}。",
        "Since %{since}, %{early} of %{cases} opinions (%{share}) were signed before the examination was over or the instrument had run; peers: %{peers}.",
        vec![
            ("since", crate::dates::format(since)),
            ("cases", after.len().to_string()),
            ("early", early.to_string()),
            ("share", percent(early as f64, after.len() as f64)),
            ("peers", percent(rate, 1.0)),
        ],
        ahead.iter().map(|one| row(one)).collect(),
    )
}
