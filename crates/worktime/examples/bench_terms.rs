//! How many 30-working-day terms a second one core computes, over starting days from 2016 to 2027.
//!
//! The last year has no decree here, so the slower way around the tables is part of the figure.

use jiff::ToSpan;
use jiff::civil::date;
use std::hint::black_box;
use std::time::Instant;
use worktime::{Calendar, Term};

macro_rules! years {
    ($($year:literal)*) => {
        [$(($year, include_str!(concat!("../../platform/data/calendar/", $year, ".csv")))),*]
    };
}

const FLOOR: f64 = 2.0;
const ROUNDS: usize = 15;
/// Passes over all starting days in a round: about two million terms.
const PASSES: usize = 450;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let years = years!(2016 2017 2018 2019 2020 2021 2022 2023 2024 2025 2026);
    let calendar = Calendar::from_years(&years).map_err(|faults| faults[0].en())?;
    let starts: Vec<_> = date(2016, 1, 1).series(1.day()).take_while(|day| day.year() <= 2027).collect();
    let mut millions = Vec::with_capacity(ROUNDS);
    // Two rounds of warm-up are run and not counted.
    for round in 0..ROUNDS + 2 {
        let began = Instant::now();
        for _ in 0..PASSES {
            for start in &starts {
                black_box(calendar.due(black_box(*start), black_box(Term::Workdays(30))));
            }
        }
        let terms = (PASSES * starts.len()) as f64;
        if round >= 2 {
            millions.push(terms / began.elapsed().as_secs_f64() / 1e6);
        }
    }
    millions.sort_by(f64::total_cmp);
    println!(
        "terms: {:.1} million 30-working-day terms a second on one core (floor: {FLOOR} million; {:.1}–{:.1} in {ROUNDS} rounds)",
        millions[ROUNDS / 2],
        millions[0],
        millions[ROUNDS - 1]
    );
    Ok(())
}
