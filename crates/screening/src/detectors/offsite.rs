//! 未登记场所: examinations at one far place on one weekday, that began some day.
//!
//! Far examinations are joined when they are within a kilometre of each other (single linkage over a grid), then each place is judged.
//!
//! **Invariant:** a place that was always visited scores nothing; scattered visits form no place.

use rustc_hash::FxHashMap;

use super::evidence::percent;
use super::peers::{Rise, Trial, rise};
use super::{Entity, Evidence, EvidenceRow, Finding, Raw, adjust};
use crate::dates::weekday;
use crate::progress::{Stopped, Watcher, step};
use crate::sector::Sector;

/// Far: no walk from the registered place.
const FAR_KM: f64 = 10.0;
/// Examinations nearer than this are at one place.
const SAME_KM: f64 = 0.6;
/// A place has this many examinations, and this share of them on one weekday (holidays move a few).
const PLACE_MIN: usize = 6;
const WEEKDAY_SHARE: f64 = 0.7;

/// A far place that keeps a weekday.
struct Place {
    cases: Vec<u32>,
    weekday: usize,
    on_weekday: usize,
    rise: Rise,
    distance: f64,
}

/// Scores every institution that examines anywhere.
///
/// # Errors
/// Only if the watcher wants no more.
pub fn detect(sector: &Sector, watcher: &dyn Watcher) -> Result<Vec<Finding>, Stopped> {
    step(watcher, "offsite", 0, 1)?;
    let mut exams: Vec<Vec<u32>> = vec![Vec::new(); sector.institutions.len()];
    for (i, case) in sector.accepted() {
        if case.exam_date.is_some() && !sector.distance(case).is_nan() {
            exams[case.institution as usize].push(i as u32);
        }
    }
    let mut raw = Vec::new();
    for (i, list) in exams.iter().enumerate().filter(|(_, l)| !l.is_empty()) {
        raw.push(match places(sector, list).into_iter().min_by(|a, b| a.rise.ln_p.total_cmp(&b.rise.ln_p)) {
            None => Raw::nothing(i as u32),
            Some(place) => told(sector, i as u32, &place),
        });
    }
    Ok(adjust("offsite", Entity::Institution, raw))
}

fn told(sector: &Sector, number: u32, place: &Place) -> Raw {
    let (rise, n) = (&place.rise, place.cases.len());
    let rows = place
        .cases
        .iter()
        .rev()
        .map(|c| {
            let case = &sector.cases[*c as usize];
            EvidenceRow {
                case: *c,
                other: None,
                numbers: vec![
                    ("km", sector.distance(case)),
                    ("x", f64::from(case.exam_x)),
                    ("y", f64::from(case.exam_y)),
                ],
            }
        })
        .collect();
    const NAMES: [&str; 7] = ["一", "二", "三", "四", "五", "六", "日"];
    let evidence = Evidence::new(
        "在登记地址%{km}公里外的同一地点检查%{n}次，其中%{on}次在星期%{day}；占同类检查的比例自%{since}起由%{before}变为%{after}。",
        "%{n} examinations at one place %{km} km from the registered one, %{on} of them on weekday %{number}; their share of such examinations went from %{before} to %{after} on %{since}.",
        vec![
            ("km", format!("{:.0}", place.distance)),
            ("n", n.to_string()),
            ("on", place.on_weekday.to_string()),
            ("day", NAMES[place.weekday].to_owned()),
            ("number", (place.weekday + 1).to_string()),
            ("since", crate::dates::format(rise.day)),
            ("before", percent(rise.before.0, rise.before.1)),
            ("after", percent(rise.after.0, rise.after.1)),
        ],
        rows,
    );
    // Among those with no rise the bigger place comes first: it is shown, not accused.
    let score = -rise.ln_p / std::f64::consts::LN_10 + 0.05 * (1.0 + n as f64).ln();
    Raw { number, score, ln_p: rise.ln_p, since: Some(rise.day), group: None, evidence }
}

/// The far places of an institution that keep a weekday.
fn places(sector: &Sector, exams: &[u32]) -> Vec<Place> {
    let far: Vec<u32> =
        exams.iter().copied().filter(|c| sector.distance(&sector.cases[*c as usize]) > FAR_KM).collect();
    let mut found = Vec::new();
    for cases in join(sector, &far) {
        if cases.len() < PLACE_MIN {
            continue;
        }
        let mut days = [0usize; 7];
        let mut kinds: Vec<(u32, u32)> = Vec::new();
        for c in &cases {
            let case = &sector.cases[*c as usize];
            days[weekday(case.exam_date.unwrap_or(0))] += 1;
            kinds.push((case.category, case.client_type));
        }
        let (day, on) = days.iter().enumerate().max_by_key(|d| (d.1, 7 - d.0)).map_or((0, 0), |(d, n)| (d, *n));
        if (on as f64) < WEEKDAY_SHARE * cases.len() as f64 {
            continue;
        }
        kinds.sort_unstable();
        kinds.dedup();
        let inside: rustc_hash::FxHashSet<u32> = cases.iter().copied().collect();
        // Against the examinations of the same categories and clients: the police never go to such a place.
        let mut trials: Vec<Trial> = exams
            .iter()
            .filter(|c| {
                let case = &sector.cases[**c as usize];
                kinds.binary_search(&(case.category, case.client_type)).is_ok()
            })
            .map(|c| Trial {
                day: sector.cases[*c as usize].exam_date.unwrap_or(0),
                event: inside.contains(c),
                case: *c,
            })
            .collect();
        trials.sort_by_key(|t| (t.day, t.case));
        let distance =
            cases.iter().map(|c| sector.distance(&sector.cases[*c as usize])).sum::<f64>() / cases.len() as f64;
        found.push(Place { rise: rise(&trials), cases, weekday: day, on_weekday: on, distance });
    }
    found
}

/// Joins examinations closer than [`SAME_KM`] into places, by a grid and union–find; each place's cases ascending.
fn join(sector: &Sector, far: &[u32]) -> Vec<Vec<u32>> {
    let at = |c: u32| {
        let case = &sector.cases[c as usize];
        (f64::from(case.exam_x), f64::from(case.exam_y))
    };
    let cell = |p: (f64, f64)| ((p.0 / SAME_KM).floor() as i64, (p.1 / SAME_KM).floor() as i64);
    let mut grid: FxHashMap<(i64, i64), Vec<usize>> = FxHashMap::default();
    let mut parent: Vec<usize> = (0..far.len()).collect();
    fn root(parent: &mut [usize], mut x: usize) -> usize {
        while parent[x] != x {
            parent[x] = parent[parent[x]];
            x = parent[x];
        }
        x
    }
    for i in 0..far.len() {
        let (p, (x, y)) = (at(far[i]), cell(at(far[i])));
        for dx in -1..=1 {
            for dy in -1..=1 {
                // Within a cell all are near enough to any of its first few: a crowd is joined by its first members.
                let Some(near) = grid.get(&(x + dx, y + dy)) else { continue };
                let mut linked = 0;
                for &j in near {
                    let q = at(far[j]);
                    if (p.0 - q.0).hypot(p.1 - q.1) < SAME_KM {
                        let (a, b) = (root(&mut parent, i), root(&mut parent, j));
                        parent[a.max(b)] = a.min(b);
                        linked += 1;
                        if linked >= 8 {
                            break;
                        }
                    }
                }
            }
        }
        grid.entry((x, y)).or_default().push(i);
    }
    let mut places: Vec<Vec<u32>> = vec![Vec::new(); far.len()];
    for (i, c) in far.iter().enumerate() {
        let r = root(&mut parent, i);
        places[r].push(*c);
    }
    places.retain(|p| !p.is_empty());
    places
}
