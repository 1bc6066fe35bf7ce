//! 似然比: how much more a lawyer's cases with an appraiser look like a ring's than like honest work.
//!
//! The rates of a ring's cases are those reported of real ones (0103): two in five examined in minutes, three times as often re-appraised,
//! of those more than half overturned, grades .4 above. They need not be exact: the null is shuffled with the same rates.
//!
//! **Invariant:** evidence is in nats; what a single pair can add is capped.

use super::rows::{Broker, Row, Rows};
use crate::sector::NONE;

/// A ring's case is short with this probability; re-appraised this many times as often; overturned then with this; graded this much higher.
const RING_SHORT: f64 = 0.4;
const RING_REAPPRAISED: f64 = 3.0;
const RING_OVERTURNED: f64 = 0.6;
const RING_SHIFT: f64 = 0.4;
/// Prior: a lawyer of a ring's appraiser belongs to it; any lawyer does; an appraiser's odds; the most one pair says.
const PARTNER: f64 = 0.02;
const PARTNER_OF_RING: f64 = 0.2;
const PARTNER_OF_NONE: f64 = 0.000_3;
const APPRAISER_ODDS: f64 = -4.5;
/// Prior that a lawyer of a ring works with a second appraiser of the same institution for it.
const COLLEAGUE: f64 = 0.3;
const PAIR_MAX: f64 = 25.0;

/// An actor's score.
pub struct Actor {
    pub number: u32,
    pub score: f64,
    /// The strongest pair, place in [`Scores::pairs`].
    pub pair: Option<usize>,
}

/// A lawyer with an appraiser.
pub struct Pair {
    pub lawyer: u32,
    pub appraiser: u32,
    pub institution: u32,
    /// Places of the rows, by day.
    pub rows: Vec<u32>,
    /// The lawyer's cases at the institution.
    pub at_institution: usize,
    /// Evidence in nats.
    pub evidence: f64,
    /// When the lawyer's work with the appraiser begins to rise.
    pub since: crate::dates::Day,
}

pub struct Scores {
    pub lawyers: Vec<Actor>,
    pub appraisers: Vec<Actor>,
    pub institutions: Vec<Actor>,
    pub pairs: Vec<Pair>,
    /// Log likelihood ratio of each row.
    pub ratios: Vec<f32>,
}

/// Scores all actors of the rows as their origins now stand.
pub fn score(rows: &Rows) -> Scores {
    let ratios = ratios(rows);
    let pairs = pairs(rows, &ratios);
    let hidden = hidden(rows, &ratios);
    // Twice: what a lawyer shows with one appraiser makes the same lawyer's cases with a colleague speak louder.
    let first = appraisers(rows, &pairs, &hidden, &vec![PARTNER; pairs.len()]).1;
    let partner = partners(&pairs, &first);
    let (appraisers, of_appraiser) = appraisers(rows, &pairs, &hidden, &partner);
    let lawyers = lawyers(rows, &pairs, &of_appraiser, &partner);
    let institutions = institutions(rows, &appraisers, &of_appraiser);
    Scores { lawyers, appraisers, institutions, pairs, ratios }
}

/// Each row's log likelihood ratio, against the appraiser's own control cases.
fn ratios(rows: &Rows) -> Vec<f32> {
    // Per appraiser: cases, short ones, residuals; control and free.
    let mut own = vec![([0.0f64; 3], [0.0f64; 3]); rows.appraisers];
    for (row, origin) in rows.rows.iter().zip(&rows.origins) {
        let of = &mut own[row.appraiser as usize];
        let side = if origin.control { &mut of.0 } else { &mut of.1 };
        side[0] += 1.0;
        side[1] += f64::from(u8::from(row.short));
        side[2] += f64::from(row.residual);
    }
    let base: Vec<(f64, f64)> = own
        .iter()
        .map(|(control, free)| {
            let w = if control[0] < 10.0 { 0.4 } else { 0.05 };
            let n = control[0] + w * free[0];
            let short = (control[1] + w * free[1] + 4.0 * rows.short) / (n + 4.0);
            (short.clamp(0.004, 0.98), (control[2] + w * free[2]) / (n + 20.0))
        })
        .collect();
    rows.rows.iter().map(|row| ratio(row, base[row.appraiser as usize], rows) as f32).collect()
}

fn ratio(row: &Row, (short, effect): (f64, f64), rows: &Rows) -> f64 {
    let ring_short = RING_SHORT + (1.0 - RING_SHORT) * short;
    let ring_re = (rows.reappraised * RING_REAPPRAISED).min(0.8);
    let event = |happened: bool, ring: f64, usual: f64| {
        if happened { (ring / usual).ln() } else { ((1.0 - ring) / (1.0 - usual)).ln() }
    };
    let mut sum = event(row.short, ring_short, short) + event(row.reappraised, ring_re, rows.reappraised);
    if row.reappraised {
        sum += event(row.overturned, RING_OVERTURNED.max(rows.overturned + 0.05), rows.overturned);
    }
    let above = f64::from(row.residual) - effect;
    sum + ((RING_SHIFT * above - RING_SHIFT * RING_SHIFT / 2.0) / (rows.spread * rows.spread)).clamp(-0.8, 1.6)
}

/// Evidence if a share of the rows are a ring's; the best of a few shares, paid for.
fn mixture(ratios: impl Iterator<Item = f64> + Clone, shares: &[f64]) -> f64 {
    let best = shares
        .iter()
        .map(|s| ratios.clone().map(|r| (1.0 - s + s * r.exp()).ln()).sum::<f64>())
        .fold(f64::NEG_INFINITY, f64::max);
    best - 0.5 * (shares.len() as f64).ln()
}

/// All pairs of a lawyer and an appraiser with two cases at least.
fn pairs(rows: &Rows, ratios: &[f32]) -> Vec<Pair> {
    let mut order: Vec<u32> = (0..rows.rows.len() as u32)
        .filter(|i| rows.origins[*i as usize].lawyer != NONE && !rows.origins[*i as usize].control)
        .collect();
    // By lawyer, institution, appraiser, day.
    order.sort_unstable_by_key(|i| {
        let row = &rows.rows[*i as usize];
        (rows.origins[*i as usize].lawyer, row.institution, row.appraiser, row.day, *i)
    });
    let mut volume = vec![0.0; rows.appraisers];
    let mut all = vec![0.0; rows.institutions];
    for row in &rows.rows {
        volume[row.appraiser as usize] += 1.0;
        all[row.institution as usize] += 1.0;
    }
    let lawyer = |i: &u32| rows.origins[*i as usize].lawyer;
    let mut found = Vec::new();
    for of_lawyer in order.chunk_by(|a, b| lawyer(a) == lawyer(b)) {
        let residuals: f64 = of_lawyer.iter().map(|i| f64::from(rows.rows[*i as usize].residual)).sum();
        let mut days: Vec<i32> = of_lawyer.iter().map(|i| rows.rows[*i as usize].day).collect();
        days.sort_unstable();
        for here in of_lawyer.chunk_by(|a, b| rows.rows[*a as usize].institution == rows.rows[*b as usize].institution)
        {
            for list in here.chunk_by(|a, b| rows.rows[*a as usize].appraiser == rows.rows[*b as usize].appraiser) {
                if list.len() < least(rows.broker) {
                    continue;
                }
                let row = &rows.rows[list[0] as usize];
                let n = list.len() as f64;
                let pair_residuals: f64 = list.iter().map(|i| f64::from(rows.rows[*i as usize].residual)).sum();
                // What the lawyer's cases are like elsewhere: a lawyer of severe cases is one everywhere.
                let taste = (residuals - pair_residuals) / (of_lawyer.len() as f64 - n + 12.0);
                let taken = taste.max(0.0) * RING_SHIFT / (rows.spread * rows.spread);
                let facts = mixture(list.iter().map(|i| f64::from(ratios[*i as usize]) - taken), &[1.0, 0.55]);
                let share = (volume[row.appraiser as usize] - n + 0.5)
                    / (all[row.institution as usize] - here.len() as f64 + 1.0);
                let (rise, since) = rise(&days, list, rows);
                let habit = concentration(n, here.len() as f64, share.clamp(0.002, 0.999)) + 0.7 * rise - 1.0;
                // A works' telephone or dormitory has habits: facts must speak first. Everybody has a hospital and an insurer, a ring's victims too:
                // there neither habit nor facts say anything without the other.
                let evidence = match rows.broker {
                    Broker::Lawyer => facts + habit,
                    Broker::Phone | Broker::Address => facts + habit.min(2.0 * facts.max(0.0)),
                    Broker::Hospital | Broker::Insurer => {
                        facts.min(2.0 * habit.max(0.0)) + habit.min(2.0 * facts.max(0.0))
                    }
                };
                found.push(Pair {
                    lawyer: lawyer(&list[0]),
                    appraiser: row.appraiser,
                    institution: row.institution,
                    rows: list.to_vec(),
                    at_institution: here.len(),
                    evidence: evidence.min(PAIR_MAX),
                    since,
                });
            }
        }
    }
    found
}

/// Cases of a pair at least. A hospital or an insurer has so many pairs that a handful of cases is always odd somewhere.
fn least(broker: Broker) -> usize {
    match broker {
        Broker::Lawyer | Broker::Phone | Broker::Address => 2,
        Broker::Hospital | Broker::Insurer => 6,
    }
}

/// Log likelihood ratio of n of m cases going to an appraiser who does `share` of all, paid for its choice.
fn concentration(n: f64, m: f64, share: f64) -> f64 {
    let f = (n / m).min(0.97);
    if f <= share {
        return -0.3 * n.min(5.0) * (share - f);
    }
    (n * (f / share).ln() + (m - n) * ((1.0 - f) / (1.0 - share)).ln() - 0.5 * (1.0 + n).ln()).max(-1.0)
}

/// Log likelihood gained by the pair's share of the lawyer's work rising at a day, paid for the search; and the day.
fn rise(days: &[i32], list: &[u32], rows: &Rows) -> (f64, i32) {
    const STEPS: usize = 12;
    let (first, last) = (days[0], days[days.len() - 1]);
    let of = |i: &u32| rows.rows[*i as usize].day;
    let whole = (list.len() as f64, days.len() as f64);
    let fit = |k: f64, n: f64| if k <= 0.0 || k >= n { 0.0 } else { k * (k / n).ln() + (n - k) * (1.0 - k / n).ln() };
    let one = fit(whole.0, whole.1);
    let mut best = (0.0, of(&list[0]));
    for part in 1..STEPS {
        let day = first + ((last - first) as f64 * part as f64 / STEPS as f64) as i32;
        let before = (list.partition_point(|i| of(i) < day) as f64, days.partition_point(|d| *d < day) as f64);
        let after = (whole.0 - before.0, whole.1 - before.1);
        if before.1 > 0.0 && after.1 > 0.0 && after.0 * before.1 > before.0 * after.1 {
            let gain = fit(before.0, before.1) + fit(after.0, after.1) - one;
            if gain > best.0 {
                best = (gain, day);
            }
        }
    }
    ((best.0 - 1.5).max(0.0), best.1)
}

/// What an appraiser's cases without a lawyer's name say: three in ten of a ring's cases hide him.
fn hidden(rows: &Rows, ratios: &[f32]) -> Vec<f64> {
    let mut by: Vec<Vec<f64>> = vec![Vec::new(); rows.appraisers];
    for ((row, origin), ratio) in rows.rows.iter().zip(&rows.origins).zip(ratios) {
        if rows.broker == Broker::Lawyer && origin.lawyer == NONE && !origin.control {
            by[row.appraiser as usize].push(f64::from(*ratio));
        }
    }
    by.iter()
        .map(|list| {
            if list.len() < 3 {
                0.0
            } else {
                mixture(list.iter().copied(), &[0.0, 0.1, 0.25, 0.5]).clamp(0.0, PAIR_MAX)
            }
        })
        .collect()
}

/// What a pair adds to its appraiser.
fn adds(pair: &Pair, partner: f64) -> f64 {
    (1.0 - partner + partner * pair.evidence.exp()).ln()
}

/// The prior of each pair once it is known what its lawyer does with the colleagues of its appraiser.
fn partners(pairs: &[Pair], of_appraiser: &[f64]) -> Vec<f64> {
    let odds: Vec<f64> = pairs
        .iter()
        .map(|p| {
            let ring = 1.0 / (1.0 + (-(of_appraiser[p.appraiser as usize] - adds(p, PARTNER) + APPRAISER_ODDS)).exp());
            p.evidence + (PARTNER_OF_NONE * (1.0 - ring) + PARTNER_OF_RING * ring).ln()
        })
        .collect();
    let mut partner = vec![PARTNER; pairs.len()];
    let mut at = 0;
    // Pairs stand by lawyer and institution.
    for here in pairs.chunk_by(|a, b| (a.lawyer, a.institution) == (b.lawyer, b.institution)) {
        for i in 0..here.len() {
            let other = (0..here.len()).filter(|j| *j != i).map(|j| odds[at + j]).fold(f64::NEG_INFINITY, f64::max);
            partner[at + i] += COLLEAGUE / (1.0 + (-other).exp());
        }
        at += here.len();
    }
    partner
}

fn appraisers(rows: &Rows, pairs: &[Pair], hidden: &[f64], partner: &[f64]) -> (Vec<Actor>, Vec<f64>) {
    let mut sum: Vec<f64> = hidden.iter().map(|h| 0.7 * h).collect();
    let mut best: Vec<Option<usize>> = vec![None; rows.appraisers];
    for (n, pair) in pairs.iter().enumerate() {
        let a = pair.appraiser as usize;
        sum[a] += adds(pair, partner[n]);
        if best[a].is_none_or(|b| pairs[b].evidence < pair.evidence) {
            best[a] = Some(n);
        }
    }
    let mut seen = vec![false; rows.appraisers];
    rows.rows.iter().for_each(|r| seen[r.appraiser as usize] = true);
    let actors = (0..rows.appraisers)
        .filter(|a| seen[*a])
        .map(|a| Actor { number: a as u32, score: sum[a] + APPRAISER_ODDS, pair: best[a] })
        .collect();
    (actors, sum)
}

fn lawyers(rows: &Rows, pairs: &[Pair], of_appraiser: &[f64], partner: &[f64]) -> Vec<Actor> {
    let mut best: Vec<(f64, Option<usize>)> = vec![(-20.0, None); rows.lawyers];
    for (n, pair) in pairs.iter().enumerate() {
        // The appraiser without what this lawyer himself says.
        let odds = of_appraiser[pair.appraiser as usize] - adds(pair, partner[n]) + APPRAISER_ODDS;
        let ring = 1.0 / (1.0 + (-odds).exp());
        let score = pair.evidence + (PARTNER_OF_NONE * (1.0 - ring) + PARTNER_OF_RING * ring).ln();
        if score > best[pair.lawyer as usize].0 {
            best[pair.lawyer as usize] = (score, Some(n));
        }
    }
    let mut seen = vec![false; rows.lawyers];
    rows.origins.iter().filter(|o| o.lawyer != NONE).for_each(|o| seen[o.lawyer as usize] = true);
    (0..rows.lawyers)
        .filter(|l| seen[*l])
        .map(|l| Actor { number: l as u32, score: best[l].0, pair: best[l].1 })
        .collect()
}

fn institutions(rows: &Rows, appraisers: &[Actor], sum: &[f64]) -> Vec<Actor> {
    let mut home = vec![NONE; rows.appraisers];
    rows.rows.iter().for_each(|r| home[r.appraiser as usize] = r.institution);
    let mut best: Vec<(f64, f64, Option<usize>)> = vec![(f64::NEG_INFINITY, 0.0, None); rows.institutions];
    for actor in appraisers {
        let of = &mut best[home[actor.number as usize] as usize];
        of.1 += (sum[actor.number as usize] + APPRAISER_ODDS).max(0.0);
        if actor.score > of.0 {
            (of.0, of.2) = (actor.score, actor.pair);
        }
    }
    (0..rows.institutions)
        .filter(|i| best[*i].0.is_finite())
        .map(|i| Actor { number: i as u32, score: best[i].0 + 0.5 * (best[i].1 - best[i].0.max(0.0)), pair: best[i].2 })
        .collect()
}
