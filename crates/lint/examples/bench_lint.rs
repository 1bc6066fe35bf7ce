//! Prints what the opinion check finds of the seeded corpus, rule by rule, and how fast it reads.

#[path = "../tests/corpus/mod.rs"]
mod corpus;

use lint::{Severity, check};
use std::time::Instant;

fn main() {
    let cases = corpus::seeds::all();
    let clean = corpus::clean();
    println!(
        "opinion check: {} seeded errors ({} held out), {} clean opinions",
        cases.len(),
        cases.iter().filter(|one| one.held_out).count(),
        clean.len()
    );
    println!("{:<18}{:>8}{:>8}{:>9}{:>12}{:>11}", "rule", "seeded", "found", "recall", "on clean", "precision");
    let on_clean: Vec<_> = clean.iter().flat_map(check).filter(|one| one.severity != Severity::Hint).collect();
    let (mut all, mut hits, mut held, mut held_hits, mut wrong) = (0, 0, 0, 0, on_clean.len());
    let results: Vec<_> = cases.iter().map(|case| (case, check(&case.input))).collect();
    for rule in lint::RULES {
        let (mut seeded, mut hit) = (0, 0);
        let mut false_here = on_clean.iter().filter(|one| one.rule == rule.id).count();
        for (case, found) in &results {
            false_here += corpus::beside(case, found).filter(|one| one.rule == rule.id).count();
            if case.rule == rule.id {
                let is_hit = corpus::is_hit(case, found);
                seeded += 1;
                hit += usize::from(is_hit);
                held += usize::from(case.held_out);
                held_hits += usize::from(case.held_out && is_hit);
            }
        }
        let clean_here = on_clean.iter().filter(|one| one.rule == rule.id).count();
        wrong += false_here - clean_here;
        (all, hits) = (all + seeded, hits + hit);
        println!(
            "{:<18}{seeded:>8}{hit:>8}{:>9.3}{clean_here:>12}{:>11.3}",
            rule.word,
            share(hit, seeded),
            share(hit, hit + false_here)
        );
    }
    println!(
        "{:<18}{all:>8}{hits:>8}{:>9.3}{:>12}{:>11.3}",
        "all",
        share(hits, all),
        on_clean.len(),
        share(hits, hits + wrong)
    );
    println!("held out: {held_hits} of {held}, recall {:.3}", share(held_hits, held));
    for (case, _) in results.iter().filter(|(case, found)| !corpus::is_hit(case, found)) {
        println!("missed: {:?}, {}{}", case.rule, case.what, if case.held_out { " (held out)" } else { "" });
    }
    speed(&clean);
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

fn speed(clean: &[lint::Input]) {
    let start = Instant::now();
    let mut n = 0;
    while start.elapsed().as_millis() < 1000 {
        n += clean.iter().map(check).filter(|found| found.len() < 1000).count();
    }
    println!("speed: {:.0} opinions/s", n as f64 / start.elapsed().as_secs_f64());
    let filled = |sample: &str, n: usize| {
        let mut input = clean[0].clone();
        input.process = sample.chars().cycle().take(n).collect();
        let start = Instant::now();
        let found = check(&input).len();
        (start.elapsed().as_secs_f64() * 1000.0, found)
    };
    let text = clean[0].process.clone();
    println!("a part of 60,000 characters: {:.1} ms", filled(&text, 60_000).0);
    for (what, sample) in [("brackets", "（"), ("digits", "1"), ("left", "左"), ("dates", "2025年2月30日至")] {
        let (half, whole) = (filled(sample, 500_000).0, filled(sample, 1_000_000).0);
        println!("1,000,000 characters of {what}: {whole:.0} ms (500,000: {half:.0} ms)");
    }
}
