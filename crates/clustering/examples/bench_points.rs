//! Quality on the open tables and time at scale, beside the reference tools' figures: `cargo run --release -p clustering --example bench_points`
//! `-- ../shared/insight`. Scale figures are of one thread, each measured in a process of its own; CPU seconds, best of three.

use clustering::hdbscan::{self, Parameters};
use clustering::outliers::{self, Forest};
use clustering::{Points, Quiet, Work, dbscan, kmeans, measure, random, stability};
use std::path::Path;

/// ARI of hdbscan (contrib) under the same rule, and of k-means that knows k: README of the reference data.
const CLUSTERS: [(&str, f64, f64); 6] = [
    ("fcps_wingnut", 0.818, 0.860),
    ("graves_parabolic", 0.681, 0.589),
    ("other_chameleon_t7_10k", 0.927, 0.415),
    ("other_hdbscan", 0.959, 0.639),
    ("sipu_s2", 0.927, 0.937),
    ("uci_wine", 0.477, 0.898),
];

/// AUROC of isolation forest, ECOD, LOF 20, and of the rank mean of IF, KNN 5, robust-z and ECOD.
const OUTLIERS: [(&str, [f64; 4]); 6] = [
    ("cardio", [0.923, 0.935, 0.547, 0.908]),
    ("cover", [0.863, 0.917, 0.705, 0.909]),
    ("mammography", [0.861, 0.906, 0.720, 0.853]),
    ("pendigits", [0.948, 0.927, 0.500, 0.930]),
    ("thyroid", [0.977, 0.977, 0.673, 0.982]),
    ("vowels", [0.762, 0.593, 0.943, 0.761]),
];

/// What is measured, rows, CPU seconds and MB of the reference tool.
const SCALE: [(&str, usize, f64, f64); 11] = [
    ("hdbscan", 10_000, 0.93, 163.0),
    ("hdbscan", 100_000, 25.33, 231.0),
    ("isolation-forest", 100_000, 0.63, 174.0),
    ("isolation-forest", 1_000_000, 4.73, 400.0),
    ("ecod", 100_000, 0.31, 337.0),
    ("ecod", 1_000_000, 4.09, 826.0),
    ("lof", 100_000, 22.4, 260.0),
    ("knn", 100_000, 13.7, 213.0),
    ("kmeans", 100_000, 0.81, 182.0),
    ("kmeans", 1_000_000, 3.19, 400.0),
    ("hdbscan-identical", 1_000_000, f64::NAN, f64::NAN),
];
/// Rows, columns and blobs of the scale figures.
const COLUMNS: usize = 10;
const BLOBS: usize = 20;
/// Seeds whose forests are averaged: the reference has five, which leaves ± 0.01 to chance.
const SEEDS: u64 = 20;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, what, rows] = args.as_slice()
        && flag == "--measure"
    {
        return measure_one(what, rows.parse().expect("rows"));
    }
    let folder = args.first().map_or("../shared/insight", String::as_str);
    clusters(Path::new(folder));
    outlier_sets(Path::new(folder));
    scale();
}

fn read(path: &Path) -> Vec<Vec<f64>> {
    let done = std::process::Command::new("gzip").arg("-dc").arg(path).output().expect("gzip");
    let text = String::from_utf8(done.stdout).expect("text");
    text.lines().skip(1).map(|line| line.split(',').map(|cell| cell.parse().expect("a number")).collect()).collect()
}

fn points(path: &Path) -> Points {
    let rows = read(path);
    let columns = rows[0].len();
    Points::new(rows.concat(), columns).expect("points")
}

fn clusters(folder: &Path) {
    println!(
        "{:<26}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}",
        "ARI, noise filled", "hdbscan", "ref", "k-means", "ref", "ward", "stable"
    );
    let mut sums = [0.0; 4];
    for (name, reference, means) in CLUSTERS {
        let file = |ending: &str| folder.join(format!("open/cluster_{name}{ending}"));
        let points = points(&file(".csv.gz"));
        // Chemistry in units of its own; the other tables are coordinates.
        let points = if points.columns() > 3 { points.standardised() } else { points };
        let truth = read(&file(".labels.csv.gz"));
        let ari = |labels: &[i32]| {
            // The label 0 of the truth is noise, and is not judged.
            let of = |at: usize| {
                let kept = || (0..truth.len()).filter(|&row| truth[row][at] > 0.0);
                let (mine, theirs): (Vec<i32>, Vec<i32>) =
                    kept().map(|row| (labels[row], truth[row][at] as i32)).unzip();
                measure::adjusted_rand(&mine, &theirs)
            };
            (0..truth[0].len()).map(of).fold(f64::MIN, f64::max)
        };
        let least = (points.rows() / 50).max(5);
        // hdbscan (contrib) counts min_samples without the row itself.
        let parameters = Parameters { min_cluster_size: least, min_samples: 6 };
        let found = hdbscan::hdbscan(&points, parameters, Work::quiet()).expect("hdbscan");
        let by_density = ari(&measure::filled(&points, &found.labels));
        let mut groups: Vec<i32> = truth.iter().map(|row| row[0] as i32).filter(|one| *one > 0).collect();
        groups.sort_unstable();
        groups.dedup();
        let by_means = ari(&kmeans::kmeans(&points, groups.len(), 10, 0, Work::quiet()).expect("kmeans").labels);
        let by_ward = ari(&stability::Method::Ward.groups(&points, groups.len(), 0, Work::quiet()).expect("ward"));
        let small = points.rows() <= 2000;
        let best = if small {
            stability::best_groups(&points, stability::Method::Ward, 8, 5, 0, Work::quiet())
                .expect("stability")
                .0
                .to_string()
        } else {
            String::new()
        };
        println!("{name:<26}{by_density:>9.3}{reference:>9.3}{by_means:>9.3}{means:>9.3}{by_ward:>9.3}{best:>9}");
        [by_density, reference, by_means, means].iter().zip(&mut sums).for_each(|(one, sum)| *sum += one / 6.0);
    }
    println!("{:<26}{:>9.3}{:>9.3}{:>9.3}{:>9.3}\n", "mean", sums[0], sums[1], sums[2], sums[3]);
}

fn outlier_sets(folder: &Path) {
    println!(
        "{:<14}{:>8}{:>7}{:>8}{:>7}{:>8}{:>7}{:>8}{:>7}",
        "AUROC", "forest", "ref", "ecod", "ref", "lof", "ref", "ranks", "ref"
    );
    let mut sums = [[0.0; 2]; 4];
    for (name, reference) in OUTLIERS {
        let points = points(&folder.join(format!("open/outlier_{name}.csv.gz"))).standardised();
        let truth: Vec<bool> =
            read(&folder.join(format!("open/outlier_{name}.labels.csv.gz"))).iter().map(|row| row[0] > 0.0).collect();
        let work = Work::quiet();
        let area = |scores: Vec<f64>| measure::area_under_curve(&scores, &truth);
        let of = |seed| Forest { seed, ..Forest::default() };
        let mean = |each: &dyn Fn(u64) -> f64| (0..SEEDS).map(each).sum::<f64>() / SEEDS as f64;
        let ours = [
            mean(&|seed| area(outliers::isolation_forest(&points, of(seed), work).expect("forest"))),
            area(outliers::ecod(&points, work).expect("ecod")),
            area(outliers::lof(&points, 20, work).expect("lof")),
            mean(&|seed| area(outliers::mean_of_ranks(&points, seed, work).expect("ranks"))),
        ];
        print!("{name:<14}");
        for (at, (mine, theirs)) in ours.iter().zip(reference).enumerate() {
            print!("{mine:>8.3}{theirs:>7.3}");
            sums[at][0] += mine / 6.0;
            sums[at][1] += theirs / 6.0;
        }
        println!();
    }
    print!("{:<14}", "mean");
    sums.iter().for_each(|[mine, theirs]| print!("{mine:>8.3}{theirs:>7.3}"));
    println!("\n");
}

fn scale() {
    println!(
        "{:<20}{:>10}{:>9}{:>9}{:>7}{:>8}{:>8}{:>7}  quality",
        "10 columns", "rows", "CPU s", "ref", "ratio", "MB", "ref", "ratio"
    );
    for (what, rows, seconds, megabytes) in SCALE {
        let runs: Vec<(f64, f64, String)> = (0..3).map(|_| forked(what, rows)).collect();
        let best = runs.iter().min_by(|a, b| a.0.total_cmp(&b.0)).expect("three runs");
        let memory = runs.iter().map(|run| run.1).fold(0.0, f64::max);
        println!(
            "{what:<20}{rows:>10}{:>9.2}{seconds:>9.2}{:>7.2}{memory:>8.0}{megabytes:>8.0}{:>7.2}  {}",
            best.0,
            best.0 / seconds,
            memory / megabytes,
            best.2
        );
    }
}

/// CPU seconds, peak MB and a word on quality, measured in a process of its own.
fn forked(what: &str, rows: usize) -> (f64, f64, String) {
    let own = std::env::current_exe().expect("own path");
    let done = std::process::Command::new(own).args(["--measure", what, &rows.to_string()]).output().expect("itself");
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    let mut words = text.trim().splitn(3, ' ');
    let mut number = || words.next().and_then(|word| word.parse().ok()).unwrap_or(f64::NAN);
    (number(), number(), words.next().unwrap_or_default().to_string())
}

fn measure_one(what: &str, rows: usize) {
    let (points, truth) = if what == "hdbscan-identical" {
        (Points::new(vec![1.0; rows * COLUMNS], COLUMNS).expect("points"), vec![0; rows])
    } else {
        let (values, truth) = random::blobs(rows, COLUMNS, BLOBS, 1);
        (Points::new(values, COLUMNS).expect("points"), truth)
    };
    let is_noise: Vec<bool> = truth.iter().map(|one| *one < 0).collect();
    let before = processor();
    let work = Work { threads: 1, progress: &Quiet };
    let area = |scores: Vec<f64>| format!("AUROC {:.4}", measure::area_under_curve(&scores, &is_noise));
    let ari = |labels: &[i32]| {
        let kept = || (0..rows).filter(|&row| truth[row] >= 0);
        let pick = |all: &[i32]| kept().map(|row| all[row]).collect::<Vec<_>>();
        format!("ARI without noise {:.4}", measure::adjusted_rand(&pick(labels), &pick(&truth)))
    };
    let parameters = Parameters { min_cluster_size: 100, min_samples: 11 };
    let mut end = None;
    let mut stop = |word: String| {
        end.get_or_insert(processor());
        word
    };
    let quality = match what {
        "hdbscan" | "hdbscan-identical" => {
            let found = hdbscan::hdbscan(&points, parameters, work).expect("hdbscan");
            stop(String::new());
            format!("{} groups, {}", found.groups, ari(&found.labels))
        }
        "dbscan" => ari(&dbscan::dbscan(&points, 2.0, 11, work).expect("dbscan")),
        "isolation-forest" => {
            let scores = outliers::isolation_forest(&points, Forest::default(), work).expect("forest");
            stop(String::new());
            area(scores)
        }
        "ecod" => {
            let scores = outliers::ecod(&points, work).expect("ecod");
            stop(String::new());
            area(scores)
        }
        "lof" => {
            let scores = outliers::lof(&points, 20, work).expect("lof");
            stop(String::new());
            area(scores)
        }
        "knn" => {
            let scores = outliers::knn(&points, 10, work).expect("knn");
            stop(String::new());
            area(scores)
        }
        _ => {
            let found = kmeans::kmeans(&points, BLOBS, 1, 0, work).expect("kmeans");
            stop(String::new());
            ari(&found.labels)
        }
    };
    println!("{:.3} {:.1} {quality}", end.unwrap_or_else(processor) - before, peak());
}

/// CPU seconds of this process, which has one thread.
fn processor() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").expect("schedstat");
    text.split(' ').next().and_then(|word| word.parse::<f64>().ok()).expect("nanoseconds") / 1e9
}

/// The most memory that was held, in MB.
fn peak() -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").expect("status");
    let line = text.lines().find(|line| line.starts_with("VmHWM")).expect("VmHWM");
    line.split_whitespace().nth(1).and_then(|word| word.parse::<f64>().ok()).expect("kB") / 1024.0
}
