//! T12 and T11's size, beside what is demanded: `cargo run --release -p ledger --example bench_ledger [DIR] [LEAVES]`.
//!
//! Appends to a folder with `fsync`, re-reading and signing, 10,000 entries at a time; audits a million entries; makes and
//! checks proofs at a million and at ten million. CPU seconds are the process's own.

use ledger::{
    CommitmentKey, Directory, Enclosed, Head, Kind, Leaf, Proof, Reader, Signer, append, audit, begin, publish,
};
use ledger::{verify_enclosed, verify_proof};
use std::error::Error;
use std::time::Instant;

const BATCH: u64 = 10_000;

/// CPU seconds of this process so far (user and system), from `/proc/self/stat`; 100 ticks a second on Linux.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(") ").next().unwrap_or_default();
    let ticks: Vec<f64> = after.split(' ').skip(11).take(2).filter_map(|field| field.parse().ok()).collect();
    ticks.iter().sum::<f64>() / 100.0
}

fn leaf(index: u64) -> Result<Leaf, Box<dyn Error>> {
    let mut key = [7; 32];
    key[..8].copy_from_slice(&index.to_be_bytes());
    let facts = serde_json::json!({"institution": "310000123", "number": format!("沪司鉴〔2026〕临鉴字第{index}号"), "day": "2026-11-25", "status": "issued"});
    Ok(Leaf::new("opinion.issued", &facts, &CommitmentKey(key), &serde_json::json!({"index": index}))?)
}

fn line(what: &str, found: String, demanded: &str, holds: bool) {
    println!("{what:<46} {found:>18}   demanded {demanded:<18} {}", if holds { "holds" } else { "MISSED" });
}

struct Bench {
    store: Directory,
    log: Signer,
    witnesses: Vec<Signer>,
    policy: String,
}

impl Bench {
    fn grow(&mut self, from: u64, to: u64) -> Result<(Head, f64, f64), Box<dyn Error>> {
        let mut head = None;
        let (mut wall, mut cpu) = (0.0, 0.0);
        for at in (from..to).step_by(BATCH as usize) {
            let entries = (at..to.min(at + BATCH))
                .map(|index| Ok(leaf(index)?.to_bytes()))
                .collect::<Result<Vec<_>, Box<dyn Error>>>()?;
            let entries: Vec<&[u8]> = entries.iter().map(Vec::as_slice).collect();
            let (start, before) = (Instant::now(), cpu_seconds());
            let signed = append(&mut self.store, &self.log, &entries)?;
            let lines =
                self.witnesses.iter().map(|witness| Ok(format!("{}\n", witness.cosign(signed.body(), 1_770_000_000)?)));
            let lines = lines.collect::<Result<String, Box<dyn Error>>>()?;
            let keys: Vec<_> = self.witnesses.iter().map(|witness| witness.verifier().clone()).collect();
            head = Some(publish(&mut self.store, &signed.with_cosignatures(&lines, &keys)?, self.log.verifier())?);
            wall += start.elapsed().as_secs_f64();
            cpu += cpu_seconds() - before;
        }
        Ok((head.ok_or("nothing to append")?, wall, cpu))
    }

    /// Makes and checks proofs, each with a reader of its own: what one request costs.
    fn proofs(&self, head: &Head) -> Result<(), Box<dyn Error>> {
        let size = head.checkpoint().size;
        let (mut make, mut check, mut longest, mut largest) = (0.0, 0.0, 0.0_f64, 0);
        const PROOFS: u64 = 500;
        for round in 0..PROOFS {
            let index = round * 7_919_317 % size;
            let bytes = leaf(index)?.to_bytes();
            let enclosed = Enclosed { key: Some(CommitmentKey([7; 32])), leaf: bytes.clone() };
            let start = Instant::now();
            let mut reader = Reader::open(&self.store, head.checkpoint())?;
            let proof = Proof::make(&mut reader, head, index, Some(&enclosed))?;
            let took = start.elapsed().as_secs_f64();
            (make, longest) = (make + took, longest.max(took));
            let text = proof.to_string();
            let start = Instant::now();
            verify_proof(&bytes, text.as_bytes(), self.policy.as_bytes())
                .map_err(|refusals| format!("{refusals:?}"))?;
            check += start.elapsed().as_secs_f64();
            verify_enclosed(text.as_bytes(), self.policy.as_bytes()).map_err(|refusals| format!("{refusals:?}"))?;
            largest = largest.max(text.len());
        }
        let ms = |seconds: f64| format!("{:.3} ms", seconds * 1000.0 / PROOFS as f64);
        line(&format!("proof made, mean, {size} entries"), ms(make), "<= 1 ms", make * 1000.0 / PROOFS as f64 <= 1.0);
        println!("{:<46} {:>15.3} ms", format!("proof made, longest, {size} entries"), longest * 1000.0);
        line(&format!("proof checked, mean, {size} entries"), ms(check), "-", true);
        line(
            &format!("proof file with entry, key, 2 witnesses, {size}"),
            format!("{largest} bytes"),
            "<= 2048 bytes",
            largest <= 2048,
        );
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = arguments.first().map_or("/tmp/bench_ledger", String::as_str);
    let most: u64 = arguments.get(1).map_or(Ok(10_000_000), |leaves| leaves.parse())?;
    if std::path::Path::new(folder).exists() {
        return Err(format!("{folder} is there already; take it away or name another folder").into());
    }
    let log = Signer::from_seed("sijian.example.gov.cn/log/public", Kind::Log, &[1; 32])?;
    let witnesses = ["court.example.gov.cn/w", "university.example.edu.cn/w"];
    let witnesses = witnesses
        .iter()
        .zip(2..)
        .map(|(name, seed)| Signer::from_seed(name, Kind::Witness, &[seed; 32]))
        .collect::<Result<Vec<_>, _>>()?;
    let policy = format!(
        "log {}\nwitness court {}\nwitness university {}\ngroup both all court university\nquorum both\n",
        log.verifier(),
        witnesses[0].verifier(),
        witnesses[1].verifier()
    );
    let mut bench = Bench { store: Directory::new(folder), log, witnesses, policy };
    begin(&mut bench.store, &bench.log)?;
    let million = most.min(1_000_000);
    let (head, wall, cpu) = bench.grow(0, million)?;
    let rate = million as f64 / wall;
    line("append, 10,000 at a time, fsync, re-read, sign", format!("{rate:.0}/s"), ">= 100,000/s", rate >= 100_000.0);
    println!("{:<46} {:>15.1} s CPU", format!("  the same, {million} entries"), cpu);
    let (start, before) = (Instant::now(), cpu_seconds());
    let report = audit(&bench.store, bench.log.verifier(), &mut |_, _| ());
    let wall = start.elapsed().as_secs_f64();
    if !report.is_sound() {
        return Err(format!("the audit found {:?}", report.findings).into());
    }
    line(
        &format!("full audit, {} entries, {} files", report.entries, report.files),
        format!("{wall:.1} s"),
        "<= 60 s",
        wall <= 60.0,
    );
    println!("{:<46} {:>15.1} s CPU", "  the same", cpu_seconds() - before);
    bench.proofs(&head)?;
    if most > million {
        let (head, wall, _) = bench.grow(million, most)?;
        let rate = (most - million) as f64 / wall;
        line(&format!("append, up to {most} entries"), format!("{rate:.0}/s"), ">= 100,000/s", rate >= 100_000.0);
        bench.proofs(&head)?;
    }
    std::fs::remove_dir_all(folder)?;
    Ok(())
}
