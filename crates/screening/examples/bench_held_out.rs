//! The detectors on cities they were not shaped on: average precision, precision and recall at q ≤ 0.05, and the leads on clean cities, where every
//! one is false. A markdown table for the decision record.
//!
//! `cargo run --release -p screening --example bench_held_out -- [first seed] [cities]`

mod figures;

use std::collections::BTreeMap;

use screening::city::{City, Plan, extract, truth};
use screening::detectors::Entity;
use screening::progress::Unwatched;
use screening::{judge, screen};

/// Look-alikes and strength, in turn.
const MAKES: [(f64, f64); 6] = [(1.0, 1.0), (1.6, 1.0), (1.0, 0.7), (1.3, 1.3), (1.6, 0.7), (1.0, 1.0)];

#[derive(Default)]
struct Sum {
    precisions: Vec<f64>,
    guilty: usize,
    leads: usize,
    right: usize,
    clean_leads: usize,
    clean_scored: usize,
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |n: usize, or: u64| arguments.get(n).and_then(|a| a.parse().ok()).unwrap_or(or);
    let (first, cities) = (number(1, 7_001), number(2, 6));
    let mut sums: BTreeMap<(usize, &str, Entity), Sum> = BTreeMap::new();
    let mut means = Vec::new();
    let mut order: Vec<&str> = Vec::new();
    println!("\ndetectors on cities held out, seeds {first} to {} and clean ones beside", first + cities - 1);
    for n in 0..cities {
        let (look_alikes, strength) = MAKES[n as usize % MAKES.len()];
        for clean in [false, true] {
            let plan = Plan { seed: first + n, look_alikes, strength, ..Default::default() };
            let plan = if clean { plan.clean() } else { plan };
            let city = City::draw(&plan, &Unwatched).expect("a city");
            let truth = judge::truth(&truth(&city).entities);
            let sector = extract(&city).expect("an extract");
            drop(city);
            let findings = screen::screen_all(&sector, 2, &Unwatched).expect("a screen");
            let marks = judge::marks(&sector, &findings, &truth);
            let mut judged = Vec::new();
            for m in &marks {
                let place = order.iter().position(|d| *d == m.detector).unwrap_or_else(|| {
                    order.push(m.detector);
                    order.len() - 1
                });
                let sum = sums.entry((place, m.detector, m.entity)).or_default();
                if clean {
                    sum.clean_leads += m.leads;
                    sum.clean_scored += m.scored;
                    continue;
                }
                if m.guilty > 0 {
                    sum.precisions.push(m.average_precision);
                    judged.push(m.average_precision);
                }
                sum.guilty += m.guilty;
                sum.leads += m.leads;
                sum.right += m.right;
            }
            if !clean {
                let mean = judged.iter().sum::<f64>() / judged.len().max(1) as f64;
                println!("  seed {}, look-alikes {look_alikes}, strength {strength}: mean AP {mean:.3}", first + n);
                means.push(mean);
            }
        }
    }
    println!(
        "\n| detector, entity | mean AP (least) | precision, recall at q ≤ .05 | leads on {cities} clean cities |\n| --- | --- | --- | --- |"
    );
    let (mut leads, mut right) = (0, 0);
    for ((_, detector, entity), s) in &sums {
        let planted = s.guilty > 0;
        let ap = if planted {
            let mean = s.precisions.iter().sum::<f64>() / s.precisions.len() as f64;
            format!("{mean:.3} ({:.3})", s.precisions.iter().copied().fold(1.0, f64::min))
        } else {
            "not planted by name".to_owned()
        };
        let rate = if planted {
            leads += s.leads;
            right += s.right;
            format!("{}/{}, {}/{}", s.right, s.leads, s.right, s.guilty)
        } else {
            format!("{} leads", s.leads)
        };
        println!("| {detector}, {} | {ap} | {rate} | {} of {} |", entity.name(), s.clean_leads, s.clean_scored);
    }
    let mean = means.iter().sum::<f64>() / means.len().max(1) as f64;
    println!(
        "mean AP {mean:.3}; precision at q ≤ .05: {right}/{leads}; {:.0} s CPU, peak {:.0} MiB",
        figures::cpu(),
        figures::peak_mib()
    );
    let _ = figures::wall();
}
