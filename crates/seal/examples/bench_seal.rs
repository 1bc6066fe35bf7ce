//! What signing costs: CPU time for each signature with its stamp, judging, growth of the file. Run in the release profile:
//! `cargo run --release -p seal --example bench_seal [FILE.pdf]`.

#[path = "../tests/it/house.rs"]
mod house;
#[path = "../tests/it/pages.rs"]
mod pages;

use house::House;
use pages::{Form, pdf};
use seal::{SmKey, verify_pdf};
use std::time::Duration;

const ROUNDS: usize = 100;

fn main() {
    let house = House::new().unwrap_or_else(|fault| panic!("{fault}"));
    let plain = match std::env::args_os().nth(1) {
        Some(path) => std::fs::read(path).unwrap_or_else(|error| panic!("{error}")),
        None => pdf(Form::Plain, 6),
    };
    let signed = house.sign(&plain, 2).unwrap_or_else(|fault| panic!("{fault}"));
    let signing = measure(|| drop(house.sign(&plain, 2)));
    let judging = measure(|| drop(verify_pdf(&signed, &house.trust())));
    let key = SmKey::from_random(&[9; 32]);
    let sm = measure(|| drop(key.sign(&signed)));
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    println!(
        "seal: file of {} KB, CPU p50/p95: two approvals and the institution's signature, each with a test stamp \
         {:.1}/{:.1} ms ({:.1} ms for each; render + sign + leaf: target p95 2000 ms); judged in {:.1}/{:.1} ms; \
         SM2 seal {:.1}/{:.1} ms; the file grew by {} bytes ({} for each)",
        plain.len() / 1024,
        ms(signing.0),
        ms(signing.1),
        ms(signing.0) / 3.0,
        ms(judging.0),
        ms(judging.1),
        ms(sm.0),
        ms(sm.1),
        signed.len() - plain.len(),
        (signed.len() - plain.len()) / 3,
    );
}

/// Median and 95th percentile of this process's CPU time.
fn measure(work: impl Fn()) -> (Duration, Duration) {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let start = cpu_time();
            work();
            cpu_time().saturating_sub(start)
        })
        .collect();
    times.sort();
    (times[ROUNDS / 2], times[ROUNDS * 95 / 100])
}

/// From /proc: nanoseconds on a processor; zero where there is none.
fn cpu_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split_whitespace().next().and_then(|first| first.parse().ok()).unwrap_or_default())
}
