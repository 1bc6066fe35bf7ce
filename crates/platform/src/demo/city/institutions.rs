//! Institutions, few large and many small, and their appraisers.
//!
//! **Invariant:** every field of an institution's scope has at least [`VALID_PER_FIELD`] appraisers whose licence holds
//! over the whole window of the demo, one of them with a senior title.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::kinds::{CityAppraiser, CityInstitution, Title};
use super::people;
use super::rng::Rng;
use super::{District, WINDOW_DAYS, days_after, years_after};

/// Two appraise, one reviews, one may have to stand back.
const VALID_PER_FIELD: usize = 4;
const FEWEST_APPRAISERS: usize = 5;
const LICENCE_YEARS: i16 = 5;

/// The first are the large ones; between them they cover every item that the demo's cases ask for.
const LARGE: &[&[&str]] = &[
    &["FY-01", "FY-02", "FY-03", "FY-04", "FY-05", "WZ-01", "WZ-02", "SX-01", "SX-02", "SX-03"],
    &["FY-01", "FY-02", "FY-03", "FY-04", "FY-05"],
    &["FY-02", "FY-05", "WZ-02"],
    &["FY-04", "FY-05", "WZ-03"],
    &["WZ-01", "SX-01", "SX-02", "SX-03"],
    &["HJ-01", "HJ-02", "HJ-03", "HJ-04", "HJ-06"],
    &["FY-02", "FY-03"],
    &["FY-02", "WZ-0211"],
];
const SMALL: &[&[&str]] = &[
    &["FY-02"],
    &["FY-0201", "FY-0202", "FY-0203"],
    &["FY-0502", "FY-0505"],
    &["FY-02", "FY-03"],
    &["FY-04"],
    &["FY-02", "FY-01"],
    &["WZ-0211"],
    &["FY-02"],
    &["WZ-01"],
    &["FY-0301", "FY-0302", "FY-0303"],
    &["FY-02", "FY-04"],
    &["HJ-01", "HJ-0401", "HJ-0402"],
    &["SX-03", "SX-0203"],
];
/// Invented; `演示` before each says so on every page.
const WORDS: &[&str] = &[
    "云帆", "青衡", "澄观", "听松", "望舒", "怀瑾", "采薇", "临溪", "栖梧", "拾光", "知远", "鹿鸣", "明澈", "若谷",
    "星汉", "沧澜", "扶摇", "凌霄", "墨池", "兰亭", "秋水", "长汀", "玉衡", "天枢", "瑶光", "开阳", "白露", "清和",
    "谷雨", "惊蛰", "霜序", "槐序", "竹筠", "松涛", "寒江", "远岫", "晴川", "烟渚", "平芜", "芳洲", "碧落", "银浦",
    "流霞", "飞鸿", "素月", "朝晖", "岭梅", "汀兰", "岸芷", "蓝田", "赤水", "丹崖", "紫庐", "金波", "翠微", "玄圃",
    "南溟", "北辰", "东篱", "西岭",
];

pub fn institutions(seed: u64, count: usize, districts: &[District], today: Date) -> Vec<CityInstitution> {
    let mut rng = Rng::new(seed, 1);
    (0..count).map(|rank| institution(&mut rng, rank, districts, today)).collect()
}

fn institution(rng: &mut Rng, rank: usize, districts: &[District], today: Date) -> CityInstitution {
    let scope = LARGE.get(rank).copied().unwrap_or_else(|| SMALL[(rank - LARGE.len()) % SMALL.len()]);
    let word = match rank / WORDS.len() {
        0 => WORDS[rank].to_owned(),
        round => format!("{}{}", WORDS[rank % WORDS.len()], WORDS[(rank + round) % WORDS.len()]),
    };
    let suffix = match scope[0] {
        code if code.starts_with("HJ") => "环境损害司法鉴定中心",
        _ if rank >= LARGE.len() && rank.is_multiple_of(3) => "司法鉴定所",
        _ => "司法鉴定中心",
    };
    // The larger, the more central; beyond that districts come as they fall.
    let district = districts[if rank < districts.len() { rank } else { rng.below(districts.len()) }];
    // Two licences end soon, so that the renewal reminders have something to say.
    let left_days = match rank % 30 {
        11 => rng.between(6, 28),
        17 => rng.between(40, 75),
        _ => rng.between(120, 1500),
    };
    let (licence_from, licence_to) = term_ending(days_after(today, left_days));
    let sex = people::sex(rng, 600);
    CityInstitution {
        name: format!("演示·{word}{suffix}"),
        short_name: format!("演示{word}"),
        licence_number: format!("99{:02}{:02}{:03}", rank % 16 + 1, licence_from.year() % 100, rank + 1),
        district_code: district.code.to_owned(),
        address: people::address(rng, district.name),
        phone: people::landline(rng),
        scope: scope.iter().map(|code| (*code).to_owned()).collect(),
        licence_from,
        licence_to,
        head_name: people::name(rng, sex),
    }
}

/// The first and last day of a licence of five years that ends on `last`.
fn term_ending(last: Date) -> (Date, Date) {
    (days_after(years_after(last, -LICENCE_YEARS), 1), last)
}

/// About `count` appraisers: never fewer than every institution needs.
pub fn appraisers(seed: u64, count: usize, of: &[CityInstitution], today: Date) -> Vec<CityAppraiser> {
    let mut rng = Rng::new(seed, 2);
    let mut all = Vec::with_capacity(count);
    for (institution, size) in sizes(of.len(), count).into_iter().enumerate() {
        all.extend(staff(&mut rng, institution, &of[institution], size, today));
    }
    // A few rare names, spread over the city.
    let spread = (all.len() / 9).max(1);
    for (n, at) in (spread / 2..all.len()).step_by(spread).enumerate() {
        all[at].name = people::rare_name(n).0;
    }
    all
}

/// The largest has many times the staff of the smallest: what is left after the minimum goes by 1 / (rank + 2).
fn sizes(institutions: usize, appraisers: usize) -> Vec<usize> {
    let spare = appraisers.saturating_sub(institutions * FEWEST_APPRAISERS);
    let weights: Vec<usize> = (0..institutions).map(|rank| 1_000_000 / (rank + 2)).collect();
    let total = weights.iter().sum::<usize>().max(1);
    let mut sizes: Vec<usize> = weights.iter().map(|weight| FEWEST_APPRAISERS + spare * weight / total).collect();
    // What rounding left over, to the small ones, one each.
    let left = appraisers.saturating_sub(sizes.iter().sum());
    sizes.iter_mut().rev().take(left).for_each(|size| *size += 1);
    sizes
}

fn staff(
    rng: &mut Rng,
    institution: usize,
    at: &CityInstitution,
    size: usize,
    today: Date,
) -> impl Iterator<Item = CityAppraiser> {
    let fields: Vec<String> =
        at.scope.iter().map(|code| field_of(code).to_owned()).collect::<BTreeSet<_>>().into_iter().collect();
    // Every eighth beyond the first few is expired, new or close to the end; all others hold throughout.
    let troubled = |person: usize| person >= FEWEST_APPRAISERS && person % 8 == 7;
    let steady = (0..size).filter(|person| !troubled(*person)).count();
    let each = (VALID_PER_FIELD * fields.len()).div_ceil(steady.max(1)).clamp(1, fields.len());
    let mut turn = 0;
    let mut staff: Vec<CityAppraiser> = (0..size)
        .map(|person| {
            let held: Vec<&str> = (0..each).map(|n| fields[(turn + n) % fields.len()].as_str()).collect();
            let licence = if troubled(person) { troubled_term(rng, today) } else { steady_term(rng, today) };
            // Those whose licence is in trouble do not take a steady person's turn.
            turn += if troubled(person) { 0 } else { each };
            appraiser(rng, (institution, at), person, &held, licence)
        })
        .collect();
    for field in &fields {
        let holds = |person: &&mut CityAppraiser| person.scope.iter().any(|code| field_of(code) == field);
        let mut holders: Vec<&mut CityAppraiser> = staff
            .iter_mut()
            .enumerate()
            .filter(|(n, _)| !troubled(*n))
            .map(|(_, person)| person)
            .filter(holds)
            .collect();
        if !holders.iter().any(|person| person.title.is_senior())
            && let Some(first) = holders.first_mut()
        {
            first.title = Title::Deputy;
        }
    }
    staff.into_iter()
}

fn appraiser(
    rng: &mut Rng,
    (institution, at): (usize, &CityInstitution),
    person: usize,
    fields: &[&str],
    (licence_from, licence_to): (Date, Date),
) -> CityAppraiser {
    let sex = people::sex(rng, 560);
    let title = [Title::Full, Title::Deputy, Title::Middle][rng.weighted(&[22, 38, 40])];
    CityAppraiser {
        name: people::name(rng, sex),
        licence_number: format!(
            "99{:02}{:02}{:03}{:03}",
            institution % 16 + 1,
            licence_from.year() % 100,
            institution + 1,
            person + 1
        ),
        institution,
        title,
        scope: at.scope.iter().filter(|code| fields.contains(&field_of(code))).cloned().collect(),
        licence_from,
        licence_to,
    }
}

/// `FY-0201` is of `FY-02`.
pub fn field_of(code: &str) -> &str {
    code.get(..5).unwrap_or(code)
}

/// Held since before the oldest case, and for more than two months to come.
fn steady_term(rng: &mut Rng, today: Date) -> (Date, Date) {
    // A licence of five years that began before the window has at most this long to go.
    let longest = 5 * 365 - WINDOW_DAYS - 10;
    term_ending(days_after(today, rng.between(70, longest)))
}

/// Expired, ending within weeks, or too new for the older cases.
fn troubled_term(rng: &mut Rng, today: Date) -> (Date, Date) {
    match rng.weighted(&[35, 45, 20]) {
        0 => term_ending(days_after(today, -rng.between(1, 400))),
        1 => term_ending(days_after(today, rng.between(0, 45))),
        _ => {
            let first = days_after(today, -rng.between(5, 150));
            (first, days_after(years_after(first, LICENCE_YEARS), -1))
        }
    }
}
