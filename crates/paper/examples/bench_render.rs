//! How long an opinion of six pages takes, and what memory it costs. Run in the release profile:
//! `cargo run --release -p paper --example bench_render`.

#[path = "../../platform/src/opinions/papers.rs"]
#[allow(dead_code, reason = "only the opinion is measured")]
mod papers;

use paper::{Fonts, Press};
use papers::OpinionDocument;
use std::path::PathBuf;
use std::time::{Duration, Instant};

const ROUNDS: u32 = 100;
const WARM_UP: u32 = 5;

fn main() {
    let start = Instant::now();
    let fonts = Fonts::load(&[PathBuf::from("/usr/share/fonts")]).unwrap_or_else(|fault| panic!("{fault}"));
    let press = Press::new(fonts);
    let (loaded, before) = (start.elapsed(), resident_mb());
    let mut times: Vec<Duration> = (1..=ROUNDS + WARM_UP).map(|seed| one(&press, seed)).collect();
    let cold = times[0];
    let warm = &mut times[WARM_UP as usize..];
    warm.sort();
    let (low, median, high) = (warm[0], warm[warm.len() / 2], warm[warm.len() - 1]);
    println!(
        "render: 6-page opinion {} ms median ({}–{}), target 60 ms, cold {} ms; fonts found in {} ms; \
         resident {before} MB before, {} MB after {} papers",
        median.as_millis(),
        low.as_millis(),
        high.as_millis(),
        cold.as_millis(),
        loaded.as_millis(),
        resident_mb(),
        ROUNDS + WARM_UP,
    );
}

fn one(press: &Press, seed: u32) -> Duration {
    let paper = unlike_any_other(seed);
    let start = Instant::now();
    let pdf = press.print(&paper).unwrap_or_else(|faults| panic!("{faults:?}"));
    assert_eq!(pdf.pages, 6, "the benchmark is of a six-page opinion");
    start.elapsed()
}

/// Other names and numbers, and another character in every paragraph and cell, so that no paragraph laid out before can
/// be used again.
fn unlike_any_other(seed: u32) -> OpinionDocument {
    let mut paper = OpinionDocument::ordinary(seed);
    let mut count = seed * 97;
    let mut change = |text: &mut String| {
        let lines = text.lines().map(|line| {
            count += 31;
            let other = char::from_u32(0x4E00 + count % 6000).unwrap_or('另');
            line.chars().enumerate().map(|(at, c)| if at == 1 { other } else { c }).collect::<String>()
        });
        *text = lines.collect::<Vec<_>>().join("\n");
    };
    [&mut paper.case_facts, &mut paper.data_abstract, &mut paper.analysis, &mut paper.opinion]
        .into_iter()
        .for_each(&mut change);
    for step in &mut paper.process {
        change(&mut step.text);
        step.rows.iter_mut().flatten().chain(&mut step.columns).for_each(&mut change);
    }
    paper.annexes.iter_mut().chain(&mut paper.matters).chain(&mut paper.materials).for_each(&mut change);
    paper
}

/// From /proc; 0 where there is none.
fn resident_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kb| kb.parse::<u64>().ok()).unwrap_or_default() / 1024
}
