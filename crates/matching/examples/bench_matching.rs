//! The intake duplicate check measured: `cargo run --release -p matching --example bench_matching [population]`.

#[path = "../tests/population/mod.rs"]
mod population;

use matching::Secret;
use population::{ALIKE, Kept, Lots, SLIPS, duplicate, person, printed};
use std::time::Instant;

const DUPLICATES: usize = 1_000;
const OTHERS: usize = 10_000;

fn main() {
    let many: usize = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let secret = Secret::new([7; 32]);
    let mut lots = Lots::new(1);
    let people: Vec<_> = (0..many).map(|_| person(&mut lots)).collect();
    let start = Instant::now();
    let kept = Kept::of(people.iter().map(|one| printed(&secret, one)).collect());
    let made = start.elapsed();
    let rows: usize = kept.all.iter().map(Vec::len).sum();
    println!(
        "{many} matters, {:.1} fingerprints each, made in {:.1} µs each",
        rows as f64 / many as f64,
        made.as_secs_f64() * 1e6 / many as f64
    );

    let start = Instant::now();
    let mut by_slip = vec![(0, 0); SLIPS.len()];
    for n in 0..DUPLICATES {
        let (of, slip) = (lots.below(many), n % SLIPS.len());
        let second = duplicate(&people[of], slip, &mut lots);
        let is_found = kept.hits(&printed(&secret, &second)).iter().any(|(place, _)| *place == of);
        by_slip[slip].0 += usize::from(is_found);
        by_slip[slip].1 += 1;
    }
    let recalled: usize = by_slip.iter().map(|(found, _)| found).sum();
    println!("recall {:.4} ({recalled} of {DUPLICATES})", recalled as f64 / DUPLICATES as f64);
    for ((slip, _), (found, of)) in SLIPS.iter().zip(&by_slip) {
        println!("  {found:3} of {of:3}  {slip}");
    }
    let mut by_kind = vec![(0, 0); ALIKE.len()];
    for n in 0..OTHERS {
        let kind = n % ALIKE.len();
        let other = ALIKE[kind].1(&people[lots.below(many)], &mut lots);
        by_kind[kind].0 += usize::from(!kept.hits(&printed(&secret, &other)).is_empty());
        by_kind[kind].1 += 1;
    }
    let alerts: usize = by_kind.iter().map(|(alerts, _)| alerts).sum();
    println!("false alerts {:.4} ({alerts} of {OTHERS})", alerts as f64 / OTHERS as f64);
    for ((kind, _), (alerts, of)) in ALIKE.iter().zip(&by_kind) {
        println!("  {alerts:3} of {of:4}  {kind}");
    }
    println!("{:.0} µs a question", start.elapsed().as_secs_f64() * 1e6 / (DUPLICATES + OTHERS) as f64);
}
