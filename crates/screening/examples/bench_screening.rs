//! Prints the figures of this crate beside the reference tools': communities, near-duplicates, detectors. CPU seconds of this process.
//!
//! `cargo run --release -p screening --example bench_screening -- [path of shared/insight] [cities]`

use std::io::Read;
use std::path::Path;

use screening::communities::{Edge, Graph, Quality, leiden, nmi, quality};
use screening::near_duplicates::{Digits, PAIRS_MAX, Shingled, containment, similar_pairs};
use screening::progress::Unwatched;
use screening::{city, judge, screen, sector};

fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |n: usize| fields.get(n).and_then(|f| f.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

fn peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmHWM")).unwrap_or("");
    line.split_whitespace().nth(1).and_then(|n| n.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

fn unpacked(path: &Path) -> String {
    let mut text = String::new();
    let file = std::fs::File::open(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    flate2::read::MultiGzDecoder::new(file).read_to_string(&mut text).expect("gzip");
    text
}

fn communities(open: &Path) {
    println!(
        "\ncommunities (igraph Leiden: 10k .975 in .07 s, modularity .4759; 100k .943 in 1.62 s, modularity .4967; leiden-rs 1.28 s, .945)"
    );
    for n in ["10000", "100000"] {
        let text = unpacked(&open.join(format!("graph_lfr_{n}.edges.csv.gz")));
        let edges: Vec<Edge> = text
            .lines()
            .skip(1)
            .filter_map(|l| l.split_once(','))
            .map(|(a, b)| Edge { a: a.parse().unwrap(), b: b.parse().unwrap(), weight: 1.0 })
            .collect();
        let labels = unpacked(&open.join(format!("graph_lfr_{n}.labels.csv.gz")));
        let mut truth = vec![0u32; n.parse().unwrap()];
        for (node, label) in labels.lines().skip(1).filter_map(|l| l.split_once(',')) {
            truth[node.parse::<usize>().unwrap()] = label.parse().unwrap();
        }
        let t = cpu();
        let graph = Graph::new(truth.len(), &edges);
        let built = cpu() - t;
        for q in [Quality::Modularity(1.0), Quality::Modularity(4.0), Quality::Cpm(0.02)] {
            let t = cpu();
            let found = leiden(&graph, q, 1, &Unwatched).unwrap();
            let took = cpu() - t;
            let many = found.iter().max().unwrap() + 1;
            println!(
                "  {n:6} {q:?}: NMI {:.4}, quality {:.4}, {many} communities, graph {built:.2} s + {took:.2} s",
                nmi(&found, &truth),
                quality(&graph, &found, q)
            );
        }
    }
}

fn near_duplicates(open: &Path, n: &str) {
    let text = unpacked(&open.join(format!("text_laws_{n}.tsv.gz")));
    let rows: Vec<(u32, &str)> =
        text.lines().skip(1).filter_map(|l| l.split_once('\t')).map(|(id, t)| (id.parse().unwrap(), t)).collect();
    let truth_text = unpacked(&open.join(format!("text_laws_{n}.pairs.csv.gz")));
    for threshold in [0.8, 0.5] {
        let truth: std::collections::BTreeSet<(u32, u32)> = truth_text
            .lines()
            .skip(1)
            .map(|l| l.split(',').collect::<Vec<_>>())
            .filter(|f| f[2].parse::<f64>().unwrap() >= threshold)
            .map(|f| (f[0].parse().unwrap(), f[1].parse().unwrap()))
            .collect();
        let t = cpu();
        let texts = Shingled::new(rows.iter().map(|r| r.1), Digits::Alike);
        let encoded = cpu() - t;
        let found = similar_pairs(&texts, threshold, PAIRS_MAX, &Unwatched).unwrap();
        let took = cpu() - t;
        let right = found.iter().filter(|p| truth.contains(&(rows[p.a as usize].0, rows[p.b as usize].0))).count();
        println!(
            "  {n:6} ≥ {threshold}: {} pairs, recall {:.5}, precision {:.5}, {took:.2} s ({encoded:.2} s encoding), peak {:.0} MB",
            found.len(),
            right as f64 / truth.len() as f64,
            right as f64 / found.len() as f64,
            peak_mb()
        );
    }
    let plants = unpacked(&open.join(format!("text_laws_{n}.plants.csv.gz")));
    let place: std::collections::BTreeMap<u32, u32> = rows.iter().enumerate().map(|(i, r)| (r.0, i as u32)).collect();
    let t = cpu();
    let texts = Shingled::new(rows.iter().map(|r| r.1), Digits::Alike);
    let found: std::collections::BTreeSet<(u32, u32)> =
        containment(&texts, 0.3, PAIRS_MAX, &Unwatched).unwrap().iter().map(|p| (p.a, p.b)).collect();
    let took = cpu() - t;
    let mut kinds: std::collections::BTreeMap<&str, (usize, usize)> = Default::default();
    for f in plants.lines().skip(1).map(|l| l.split(',').collect::<Vec<_>>()) {
        let (a, b) = (place[&f[0].parse::<u32>().unwrap()], place[&f[1].parse::<u32>().unwrap()]);
        let of = kinds.entry(f[2]).or_default();
        of.1 += 1;
        of.0 += usize::from(found.contains(&(a.min(b), a.max(b))));
    }
    let kinds: Vec<String> = kinds.iter().map(|(k, (f, n))| format!("{k} {:.3}", *f as f64 / *n as f64)).collect();
    println!("  {n:6} containment ≥ .3: {} pairs, {took:.2} s; found by edit: {}", found.len(), kinds.join(", "));
}

/// The baseline's average precision in the order of the marks (shared/insight/README.md).
const BASELINE: [f64; 10] = [0.838, 0.857, 1.0, 1.0, 0.509, 1.0, 1.0, 0.656, 1.0, 1.0];

fn detectors(name: &str, sector: &sector::Sector, truth: &judge::Truth, in_full: bool) -> (f64, f64, f64) {
    let t = cpu();
    let findings = screen::screen(sector, 1, &Unwatched).unwrap();
    let took = cpu() - t;
    let marks = judge::marks(sector, &findings, truth);
    let judged: Vec<&judge::Mark> = marks.iter().filter(|m| m.guilty > 0).collect();
    let mean = judged.iter().map(|m| m.average_precision).sum::<f64>() / judged.len().max(1) as f64;
    // A clean city has nothing to find.
    let quality = if judged.is_empty() { "nothing planted".to_owned() } else { format!("mean AP {mean:.3}") };
    let (leads, right) = (marks.iter().map(|m| m.leads).sum::<usize>(), marks.iter().map(|m| m.right).sum::<usize>());
    println!(
        "  {name}: {} cases, {took:.1} s, peak {:.0} MB, {quality}, leads {leads}, right {right}",
        sector.cases.len(),
        peak_mb()
    );
    for (m, baseline) in marks.iter().zip(BASELINE).filter(|_| in_full) {
        println!(
            "    {:8}{:12} AP {:.3} (baseline {baseline:.3}); q ≤ .05: precision {}/{}, recall {}/{}",
            m.detector,
            m.entity.name(),
            m.average_precision,
            m.right,
            m.leads,
            m.right,
            m.guilty
        );
    }
    (mean, leads as f64, right as f64)
}

fn drawn(plan: &city::Plan) -> (sector::Sector, judge::Truth) {
    let city = city::City::draw(plan, &Unwatched).unwrap();
    let (tables, labels) = city::tables(&city);
    let sources = sector::Sources {
        institutions: tables.institutions.as_bytes(),
        appraisers: tables.appraisers.as_bytes(),
        cases: tables.cases.as_bytes(),
        texts: tables.texts.as_bytes(),
    };
    (sector::read(sources).unwrap(), judge::truth(&labels.entities))
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let insight = arguments.get(1).map_or("/work/shared/insight", |a| a);
    let cities: u64 = arguments.get(2).and_then(|a| a.parse().ok()).unwrap_or(4);
    let open = Path::new(insight).join("open");
    if open.is_dir() {
        println!("near-duplicates (datasketch 32 s and 774 MB, recall .9; exact join in numpy 30 s and 1,593 MB)");
        near_duplicates(&open, "10000");
        near_duplicates(&open, "100000");
        communities(&open);
        println!("\ndetectors, the open sector (baseline 26.6 s, 1,992 MB)");
        let t = cpu();
        let sector = sector::read_folder(&open.join("sector")).unwrap();
        println!("  read in {:.1} s", cpu() - t);
        let truth = judge::truth(&unpacked(&open.join("sector/labels_entity.csv.gz")));
        detectors("open", &sector, &truth, true);
    }
    println!("\ndetectors, cities of our own");
    let mut sum = (0.0, 0.0, 0.0);
    for seed in 1..=cities {
        let (look_alikes, strength) = [(1.0, 1.0), (1.6, 1.0), (1.3, 0.7), (1.0, 1.3)][seed as usize % 4];
        let (sector, truth) = drawn(&city::Plan { seed, look_alikes, strength, ..Default::default() });
        let one =
            detectors(&format!("seed {seed}, look-alikes {look_alikes}, strength {strength}"), &sector, &truth, false);
        sum = (sum.0 + one.0, sum.1 + one.1, sum.2 + one.2);
    }
    println!(
        "  mean AP {:.3}, precision at q ≤ .05 {:.3}",
        sum.0 / (cities as f64).max(1.0),
        sum.2 / f64::max(sum.1, 1.0)
    );
    println!("\ndetectors, clean cities: leads are false (baseline 26 and 27)");
    for seed in 101..101 + cities {
        let (sector, truth) = drawn(&city::Plan { seed, ..Default::default() }.clean());
        detectors(&format!("clean, seed {seed}"), &sector, &truth, false);
    }
}
