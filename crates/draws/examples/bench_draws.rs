//! The fairest lottery of a pool, and draws a second: `cargo run --release -p draws --example bench_draws [FOLDER]`.
//!
//! The folder holds `pool.csv` (id, then one column a feature) and `quotas.csv` (feature,value,min,max). The reference: 600
//! people, 11 seats, 19 quotas; smallest chance at least 1.63 %, Gini at most 0.107, in at most 20 s.

use draws::*;
use std::collections::BTreeMap;
use std::error::Error;

const FOLDER: &str = "/work/shared/reference/expert-pool";

/// CPU seconds of this process so far (user and system), from `/proc/self/stat`; 100 ticks a second on Linux.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(") ").next().unwrap_or_default();
    let ticks: Vec<f64> = after.split(' ').skip(11).take(2).filter_map(|field| field.parse().ok()).collect();
    ticks.iter().sum::<f64>() / 100.0
}

/// Gini coefficient of the chances: 0 is all equal.
fn gini(chances: &[f64]) -> f64 {
    let mut sorted = chances.to_vec();
    sorted.sort_by(f64::total_cmp);
    let many = sorted.len() as f64;
    let ranked: f64 =
        sorted.iter().enumerate().map(|(at, chance)| (2.0 * (at as f64 + 1.0) - many - 1.0) * chance).sum();
    ranked / (many * sorted.iter().sum::<f64>())
}

fn rows(path: &str) -> Result<Vec<Vec<String>>, Box<dyn Error>> {
    let text = std::fs::read_to_string(path)?;
    Ok(text.lines().map(|line| line.trim_start_matches('\u{feff}').split(',').map(str::to_owned).collect()).collect())
}

fn plan(folder: &str) -> Result<Plan, Box<dyn Error>> {
    let pool = rows(&format!("{folder}/pool.csv"))?;
    let (head, people) = pool.split_first().ok_or("the pool is empty")?;
    let candidates = people.iter().map(|row| Candidate {
        id: row[0].clone(),
        name: format!("专家{}", row[0]),
        weight: 1,
        traits: head.iter().cloned().zip(row.iter().cloned()).skip(1).collect::<BTreeMap<_, _>>(),
    });
    let quotas = rows(&format!("{folder}/quotas.csv"))?.into_iter().skip(1).map(|row| {
        Ok::<_, std::num::ParseIntError>(Quota {
            feature: row[0].clone(),
            value: row[1].clone(),
            min: row[2].parse()?,
            max: row[3].parse()?,
        })
    });
    Ok(Plan {
        id: "bench".into(),
        purpose: "panel".into(),
        title: "专家组".into(),
        algorithm: ALGORITHM.into(),
        method: Method::Stratified,
        seats: 11,
        candidates: candidates.collect(),
        exclusions: Vec::new(),
        quotas: quotas.collect::<Result<_, _>>()?,
        lottery: None,
        seed_rule: SeedRule {
            log: None,
            beacon: Some(BeaconRule { name: "bench".into(), round: "1".into() }),
            parties: Vec::new(),
        },
        salt: String::new(),
    })
}

fn line(what: &str, found: String, demanded: &str, holds: bool) {
    println!("{what:<40} {found:>14}   demanded {demanded:<12} {}", if holds { "holds" } else { "MISSED" });
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| FOLDER.to_owned());
    let mut plan = plan(&folder)?;
    println!(
        "{} people, {} seats, {} quotas, {} kinds",
        plan.candidates.len(),
        plan.seats,
        plan.quotas.len(),
        Kinds::of(&plan).len()
    );
    let before = cpu_seconds();
    let fair = fairest(&plan)?;
    let took = cpu_seconds() - before;
    let chances = fairness(&plan, &fair.lottery);
    let maximum = chances.iter().copied().fold(0.0, f64::max);
    line("smallest chance", format!("{:.4} %", fair.minimum * 100.0), ">= 1.63 %", fair.minimum >= 0.0163);
    line("Gini", format!("{:.4}", gini(&chances)), "<= 0.107", gini(&chances) <= 0.107);
    line("CPU seconds", format!("{took:.2}"), "<= 20", took <= 20.0);
    println!(
        "largest chance {:.4} %, mean {:.4} %, leximin {}",
        maximum * 100.0,
        1100.0 / chances.len() as f64,
        if fair.is_proven { "proven" } else { "not proven" }
    );
    println!("{} panels made, {} in the lottery", fair.panels_made, fair.lottery.panels.len());
    plan.lottery = Some(fair.lottery);
    let before = cpu_seconds();
    let many = 200_u64;
    for seed in 0..many {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_be_bytes());
        draw(&plan, bytes, &[])?;
    }
    println!(
        "{:.0} draws of the panel a CPU second, the plan checked each time",
        many as f64 / (cpu_seconds() - before).max(0.01)
    );
    Ok(())
}
