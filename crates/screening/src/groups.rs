//! 机构分组: institutions that work alike, so that a supervisor can look at one kind at a time and compare like with like.
//!
//! Features of each institution, standardised robustly, grouped by Ward's method; the number of groups is the one that comes out most often the same
//! on four fifths of the institutions. Groups that do not hold are not given: one group and the sentence why is the honest answer then.
//!
//! **Invariant:** a group is described by what sets it apart in its own measures, never by a score; it accuses nobody.

use clustering::stability::{Method, best_groups};
use clustering::{Fault, Points, Progress, Work};

use crate::dates::{month_end, weekdays_between};
use crate::pictures::{ClusterMap, MapItem};
use crate::progress::Watcher;
use crate::sector::{NONE, Sector};
use crate::stats::{robust, shrink};

/// What an institution is described by, in the order of [`Row::values`]. Keys; [`feature_name`] has the words.
pub const FEATURES: [&str; 16] = [
    "cases_per_year",
    "growth",
    "clinical",
    "toxicology",
    "dna",
    "court",
    "police",
    "lawfirm",
    "person",
    "turnaround",
    "fee_ratio",
    "mean_grade",
    "refusal",
    "reappraisal",
    "far_visits",
    "month_end",
];

/// The words of a feature, Chinese and English.
pub fn feature_name(key: &str) -> (&'static str, &'static str) {
    match key {
        "cases_per_year" => ("年案件量", "cases a year"),
        "growth" => ("后半期增长", "growth in the second half"),
        "clinical" => ("法医临床占比", "share of clinical cases"),
        "toxicology" => ("毒物占比", "share of toxicology"),
        "dna" => ("物证占比", "share of DNA"),
        "court" => ("法院委托占比", "share from courts"),
        "police" => ("公安委托占比", "share from the police"),
        "lawfirm" => ("律所委托占比", "share from law firms"),
        "person" => ("个人委托占比", "share from persons"),
        "turnaround" => ("办理工作日中位数", "median working days"),
        "fee_ratio" => ("收费与标准之比", "fee over tariff"),
        "mean_grade" => ("平均伤残程度", "mean severity"),
        "refusal" => ("不予受理率", "rate of refusal"),
        "reappraisal" => ("重新鉴定率", "rate of re-appraisal"),
        "far_visits" => ("十公里外检查占比", "examinations over ten km away"),
        "month_end" => ("月末签发占比", "share issued at month's end"),
        _ => ("", ""),
    }
}

/// An institution with fewer cases is not grouped: its shares are noise.
const CASES_MIN: usize = 50;
/// Groups at most: a supervisor plans for a handful.
const GROUPS_MAX: usize = 8;
/// Draws of four fifths.
const DRAWS: usize = 20;
/// Below it groups say little (the crate `clustering` says why).
const STABLE: f64 = 0.6;
/// A feature sets a group apart from this difference on, in standard deviations.
const APART: f64 = 0.8;
/// Features named of each group.
const NAMED: usize = 4;
/// Robust spreads beyond which a value counts as so many: one giant does not make a group of its own by one column.
const WILD: f64 = 4.0;

/// An institution's features.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub institution: u32,
    /// In the order of [`FEATURES`], as measured.
    pub values: Vec<f64>,
    /// Place in [`Groups::groups`].
    pub group: usize,
}

/// What sets a group apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Apart {
    pub feature: &'static str,
    /// The group's median and that of all.
    pub group: f64,
    pub all: f64,
    /// Difference of the means in standard deviations of all.
    pub difference: f64,
}

/// Institutions that work alike.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    pub institutions: Vec<u32>,
    /// The strongest first, [`NAMED`] at most.
    pub apart: Vec<Apart>,
}

/// All groups, the largest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Groups {
    pub groups: Vec<Group>,
    pub rows: Vec<Row>,
    /// Mean adjusted Rand index of the groups of four fifths with these; 1 always the same. `None` if there were too few to say.
    pub stability: Option<f64>,
    /// Institutions with too few cases to be grouped.
    pub left_out: Vec<u32>,
}

impl Groups {
    /// Whether the groups hold. If not, there is one group of all.
    pub fn hold(&self) -> bool {
        self.groups.len() > 1
    }

    /// The map of the groups, with one institution marked.
    ///
    /// # Errors
    /// None for features made here.
    pub fn map(&self, sector: &Sector, marked: Option<u32>) -> Result<ClusterMap, Fault> {
        let items = self.rows.iter().map(|r| MapItem {
            id: sector.institution_ids.name(r.institution).to_owned(),
            group: Some(r.group),
            values: r.values.clone(),
            marked: marked == Some(r.institution),
        });
        ClusterMap::new(&FEATURES, items.collect())
    }
}

/// A watcher of this crate as one of `clustering`.
struct Watched<'a>(&'a dyn Watcher);

impl Progress for Watched<'_> {
    fn report(&self, _: u64, _: u64) {}
    fn cancelled(&self) -> bool {
        self.0.is_cancelled()
    }
}

/// Groups the institutions of an extract. The same extract and seed give the same groups.
///
/// # Errors
/// Only if the watcher wants no more.
pub fn groups(sector: &Sector, seed: u64, watcher: &dyn Watcher) -> Result<Groups, Fault> {
    let (mut rows, left_out) = features(sector);
    let progress = Watched(watcher);
    let work = Work { threads: 1, progress: &progress };
    let mut labels = vec![0usize; rows.len()];
    let mut stability = None;
    let scaled = scaled(&rows);
    // Fewer than three of each of two groups are no groups.
    if rows.len() >= 6 {
        let points = Points::new(scaled.concat(), FEATURES.len())?;
        let most = GROUPS_MAX.min(rows.len() / 3).max(2);
        let (many, all) = best_groups(&points, Method::Ward, most, DRAWS, seed, work)?;
        let held = all.get(many - 2).copied().unwrap_or(0.0);
        stability = Some(held);
        if held >= STABLE {
            labels = Method::Ward.groups(&points, many, seed, work)?.iter().map(|l| (*l).max(0) as usize).collect();
        }
    }
    let many = labels.iter().max().map_or(0, |m| m + 1);
    let mut order: Vec<(usize, Vec<usize>)> =
        (0..many).map(|g| (g, (0..rows.len()).filter(|r| labels[*r] == g).collect())).collect();
    order.sort_by_key(|(g, members)| (std::cmp::Reverse(members.len()), *g));
    let mut found = Vec::new();
    for (place, (_, members)) in order.iter().enumerate() {
        members.iter().for_each(|r| rows[*r].group = place);
        let apart = if many > 1 { apart(&rows, &scaled, members) } else { Vec::new() };
        found.push(Group { institutions: members.iter().map(|r| rows[*r].institution).collect(), apart });
    }
    Ok(Groups { groups: found, rows, stability, left_out })
}

/// Robust z of every feature, wild ones drawn in, row by row.
fn scaled(rows: &[Row]) -> Vec<Vec<f64>> {
    let mut scaled = vec![vec![0.0; FEATURES.len()]; rows.len()];
    for f in 0..FEATURES.len() {
        // Volume and growth are compared by their ratios.
        let by_ratio = matches!(FEATURES[f], "cases_per_year" | "growth" | "turnaround");
        let column: Vec<f64> =
            rows.iter().map(|r| if by_ratio { r.values[f].max(0.1).ln() } else { r.values[f] }).collect();
        // Where most are alike the median deviation is nought: then the plain one counts, and a constant column gives zeros.
        let mean = column.iter().sum::<f64>() / column.len().max(1) as f64;
        let plain = (column.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / column.len().max(1) as f64).sqrt();
        let floor = if plain > 0.0 { plain * 0.5 } else { 1.0 };
        for (row, z) in scaled.iter_mut().zip(robust::robust_z(&column, floor)) {
            row[f] = z.clamp(-WILD, WILD);
        }
    }
    scaled
}

/// What sets the members apart from all.
fn apart(rows: &[Row], scaled: &[Vec<f64>], members: &[usize]) -> Vec<Apart> {
    let mut found: Vec<Apart> = (0..FEATURES.len())
        .filter_map(|f| {
            let column: Vec<f64> = scaled.iter().map(|r| r[f]).collect();
            let mean = column.iter().sum::<f64>() / column.len() as f64;
            let deviation = (column.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / column.len() as f64).sqrt();
            let own = members.iter().map(|r| column[*r]).sum::<f64>() / members.len().max(1) as f64;
            let difference = if deviation > 0.0 { (own - mean) / deviation } else { 0.0 };
            let median = |of: &mut dyn Iterator<Item = usize>| {
                robust::median(&of.map(|r| rows[r].values[f]).collect::<Vec<_>>())
            };
            (difference.abs() >= APART).then(|| Apart {
                feature: FEATURES[f],
                group: median(&mut members.iter().copied()),
                all: median(&mut (0..rows.len())),
                difference,
            })
        })
        .collect();
    found.sort_by(|a, b| b.difference.abs().total_cmp(&a.difference.abs()).then(a.feature.cmp(b.feature)));
    found.truncate(NAMED);
    found
}

/// Counts of an institution.
#[derive(Default, Clone)]
struct Counts {
    cases: f64,
    accepted: f64,
    late_half: f64,
    categories: [f64; 3],
    clients: [f64; 4],
    days: Vec<f64>,
    fees: Vec<f64>,
    severity: (f64, f64),
    reappraised: f64,
    exams: f64,
    far: f64,
    issued: f64,
    at_end: f64,
}

/// The three categories with most cases, as an extract may call them: by the synthetic city's words or by the register's.
const CATEGORIES: [[&str; 2]; 3] =
    [["clinical", "法医临床鉴定"], ["toxicology", "法医毒物鉴定"], ["dna", "法医物证鉴定"]];

/// Kilometres from which a visit is far.
const FAR_KM: f64 = 10.0;

/// The features of every institution with enough cases, and the others.
fn features(sector: &Sector) -> (Vec<Row>, Vec<u32>) {
    let Some((first, last)) = sector.span() else { return (Vec::new(), Vec::new()) };
    let years = f64::from(last - first + 1) / 365.25;
    let category = CATEGORIES.map(|names| names.iter().find_map(|n| sector.categories.find(n)).unwrap_or(NONE));
    let client = ["court", "police", "lawfirm", "person"].map(|n| sector.client_types.find(n).unwrap_or(NONE));
    let mut counts = vec![Counts::default(); sector.institutions.len()];
    for case in &sector.cases {
        let c = &mut counts[case.institution as usize];
        c.cases += 1.0;
        c.late_half += f64::from(u8::from(case.received - first > (last - first) / 2));
        (0..3).for_each(|n| c.categories[n] += f64::from(u8::from(case.category == category[n])));
        (0..4).for_each(|n| c.clients[n] += f64::from(u8::from(case.client_type == client[n])));
        if !case.accepted {
            continue;
        }
        c.accepted += 1.0;
        c.reappraised += f64::from(u8::from(case.reappraised));
        if let (Some(from), Some(to)) = (case.accept_date, case.issue_date) {
            c.days.push(f64::from(weekdays_between(from, to)));
            c.issued += 1.0;
            c.at_end += f64::from(u8::from(weekdays_between(to, month_end(to)) < 2));
        }
        if case.fee / case.fee_standard > 0.0 {
            c.fees.push(case.fee / case.fee_standard);
        }
        if let Some(severity) = case.severity {
            c.severity = (c.severity.0 + f64::from(severity), c.severity.1 + 1.0);
        }
        let km = sector.distance(case);
        if km.is_finite() {
            c.exams += 1.0;
            c.far += f64::from(u8::from(km > FAR_KM));
        }
    }
    let refusal = shrink::beta_prior(&counts.iter().map(|c| (c.cases - c.accepted, c.cases)).collect::<Vec<_>>());
    let again = shrink::beta_prior(&counts.iter().map(|c| (c.reappraised, c.accepted)).collect::<Vec<_>>());
    let city_severity = robust::median(
        &counts.iter().filter(|c| c.severity.1 > 0.0).map(|c| c.severity.0 / c.severity.1).collect::<Vec<_>>(),
    );
    let or = |value: f64, other: f64| if value.is_finite() { value } else { other };
    let (mut rows, mut left_out) = (Vec::new(), Vec::new());
    for (i, c) in counts.iter().enumerate() {
        if (c.cases as usize) < CASES_MIN {
            left_out.push(i as u32);
            continue;
        }
        let mut values = vec![c.cases / years, (c.late_half + 5.0) / (c.cases - c.late_half + 5.0)];
        values.extend(c.categories.map(|n| n / c.cases));
        values.extend(c.clients.map(|n| n / c.cases));
        values.extend([
            or(robust::median(&c.days), 0.0),
            or(robust::median(&c.fees), 1.0),
            // Without a grade of its own it stands where most do.
            or((c.severity.0 + 20.0 * or(city_severity, 0.0)) / (c.severity.1 + 20.0), 0.0),
            refusal.rate(c.cases - c.accepted, c.cases),
            again.rate(c.reappraised, c.accepted),
            c.far / c.exams.max(1.0),
            c.at_end / c.issued.max(1.0),
        ]);
        rows.push(Row { institution: i as u32, values, group: 0 });
    }
    (rows, left_out)
}
