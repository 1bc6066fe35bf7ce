//! 筛查: all detectors over one extract, and the table of findings.
//!
//! **Invariant:** the same extract gives the same table to the byte, on one thread or on many.

use std::sync::Mutex;

use crate::dates;
use crate::detectors::{DETECTORS, Detector, Entity, FURTHER, Finding};
use crate::progress::{Stopped, Watcher};
use crate::sector::Sector;

/// What a detector's thread leaves behind.
type Slot = Mutex<Option<Result<Vec<Finding>, Stopped>>>;

/// Runs the eight detectors of misconduct; see [`screen_with`].
///
/// # Errors
/// Only if the watcher wants no more.
pub fn screen(sector: &Sector, threads: usize, watcher: &dyn Watcher) -> Result<Vec<Finding>, Stopped> {
    screen_with(sector, &DETECTORS, threads, watcher)
}

/// Runs the eight detectors and the further ones; see [`screen_with`].
///
/// # Errors
/// Only if the watcher wants no more.
pub fn screen_all(sector: &Sector, threads: usize, watcher: &dyn Watcher) -> Result<Vec<Finding>, Stopped> {
    let all: Vec<(&str, Detector)> = DETECTORS.into_iter().chain(FURTHER).collect();
    screen_with(sector, &all, threads, watcher)
}

/// Runs detectors on up to `threads` threads (0 counts as 1); findings in the order of the detectors, then of the kind of entity, then by
/// falling score.
///
/// # Errors
/// Only if the watcher wants no more.
pub fn screen_with(
    sector: &Sector,
    detectors: &[(&str, Detector)],
    threads: usize,
    watcher: &dyn Watcher,
) -> Result<Vec<Finding>, Stopped> {
    let results: Vec<Slot> = detectors.iter().map(|_| Mutex::new(None)).collect();
    let next = std::sync::atomic::AtomicUsize::new(0);
    let work = || {
        loop {
            let n = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let Some((_, detect)) = detectors.get(n) else { break };
            let found = detect(sector, watcher);
            if let Ok(mut slot) = results[n].lock() {
                *slot = Some(found);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.min(detectors.len()) {
            scope.spawn(work);
        }
        work();
    });
    let mut all = Vec::new();
    for slot in results {
        match slot.into_inner() {
            Ok(Some(found)) => all.extend(found?),
            // A detector that died takes the run with it: half a screen would look like a clean city.
            _ => return Err(Stopped),
        }
    }
    Ok(all)
}

/// The id of a finding's entity as its table writes it.
pub fn id<'a>(sector: &'a Sector, finding: &Finding) -> &'a str {
    match finding.entity {
        Entity::Lawyer => sector.lawyers.name(finding.number),
        Entity::Appraiser => sector.appraiser_ids.name(finding.number),
        Entity::Institution => sector.institution_ids.name(finding.number),
        Entity::Phone => sector.phones.name(finding.number),
        Entity::Hospital => sector.hospitals.name(finding.number),
        Entity::Insurer => sector.insurers.name(finding.number),
        Entity::Address => sector.addresses.name(finding.number),
    }
}

/// The findings as CSV: `detector,entity,id,score,q,since,evidence`. The evidence is the sentence and the first cases.
pub fn table(sector: &Sector, findings: &[Finding]) -> String {
    let mut out = String::from("detector,entity,id,score,q,since,evidence\n");
    for f in findings {
        let mut text = f.evidence.sentence.in_chinese();
        // Cases are named where there is a suspicion; below it the sentence is enough.
        if f.q <= 0.2 && !f.evidence.rows.is_empty() {
            let ids: Vec<&str> = f.evidence.rows.iter().map(|r| &*sector.cases[r.case as usize].id).collect();
            text += &format!("案件：{}", ids.join(" "));
        }
        let since = f.since.map_or(String::new(), dates::format);
        out += &format!(
            "{},{},{},{:.4},{:.6e},{since},{}\n",
            f.detector,
            f.entity.name(),
            quoted(id(sector, f)),
            f.score,
            f.q,
            quoted(&text)
        );
    }
    out
}

/// A CSV field, in quotes where it must be.
pub(crate) fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}
