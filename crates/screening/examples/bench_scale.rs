//! A million cases: drawn, written as Parquet, screened on two threads; and the year of them, as every night. Each in a process of its own, so that its
//! peak of memory is its own. To reach: 5 minutes, 2 GiB.
//!
//! `cargo run --release -p screening --example bench_scale -- [cases a year, of three]`

mod figures;

use std::path::Path;
use std::process::Command;

use figures::{cpu, peak_mib, wall};
use screening::city::{City, Format, Plan, write_folder};
use screening::progress::Unwatched;
use screening::{dates, groups, judge, screen, sector};

fn draw(folder: &Path, cases_per_year: usize) {
    let plan = Plan {
        institutions: 240,
        appraisers: 3_600,
        years: 3,
        cases_per_year,
        lawyers: 10_000,
        seed: 2_026,
        ..Default::default()
    };
    let (w, c) = (wall(), cpu());
    let city = City::draw(&plan, &Unwatched).expect("a city");
    write_folder(&city, folder, Format::Parquet).expect("a folder to write to");
    let size: u64 = ["cases", "texts", "institutions", "appraisers"]
        .iter()
        .map(|t| std::fs::metadata(folder.join(format!("{t}.parquet"))).map_or(0, |m| m.len()))
        .sum();
    println!(
        "  drawn and written: {} cases, {:.0} MB of Parquet, {:.1} s ({:.1} s CPU), peak {:.0} MiB",
        city.len(),
        size as f64 / 1e6,
        wall() - w,
        cpu() - c,
        peak_mib()
    );
}

fn screened(folder: &Path, name: &str, days: Option<i32>, run: Run) {
    let (w, c) = (wall(), cpu());
    let mut sector = sector::read_folder(folder).expect("the extract");
    if let Some((_, last)) = sector.span()
        && let Some(days) = days
    {
        sector.keep_from(last - days + 1);
    }
    let read = wall() - w;
    let findings = run(&sector, 2, &Unwatched).expect("a screen");
    println!(
        "  {name}: {} cases from {}, read {read:.1} s, in all {:.1} s ({:.1} s CPU), peak {:.0} MiB, {} leads",
        sector.cases.len(),
        sector.span().map_or(String::new(), |s| dates::format(s.0)),
        wall() - w,
        cpu() - c,
        peak_mib(),
        findings.iter().filter(|f| f.q <= 0.05).count()
    );
    let labels = std::fs::read_to_string(folder.join("truth/labels_entity.csv")).unwrap_or_default();
    let marks = judge::marks(&sector, &findings, &judge::truth(&labels));
    let judged: Vec<f64> = marks.iter().filter(|m| m.guilty > 0).map(|m| m.average_precision).collect();
    println!("    mean AP {:.3}", judged.iter().sum::<f64>() / judged.len().max(1) as f64);
    let w = wall();
    let found = groups::groups(&sector, 1, &Unwatched).expect("groups");
    println!(
        "    {} groups of institutions, stability {:.2?}, {:.1} s",
        found.groups.len(),
        found.stability,
        wall() - w
    );
}

type Run = fn(
    &sector::Sector,
    usize,
    &dyn screening::progress::Watcher,
) -> Result<Vec<screening::detectors::Finding>, screening::progress::Stopped>;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let per_year = || arguments.get(3).or(arguments.get(1)).and_then(|a| a.parse().ok()).unwrap_or(315_000);
    if let (Some(part), Some(folder)) = (arguments.get(1), arguments.get(2)) {
        let folder = Path::new(folder);
        match part.as_str() {
            "draw" => draw(folder, per_year()),
            "screen" => screened(folder, "full screen", None, screen::screen),
            "all" => screened(folder, "with the further detectors", None, screen::screen_all),
            _ => screened(folder, "nightly, the last 731 days", Some(731), screen::screen),
        }
        return;
    }
    println!("\na million cases (to reach: 300 s, 2,048 MiB)");
    let folder = std::env::temp_dir().join(format!("bench-scale-{}", std::process::id()));
    let own = std::env::current_exe().expect("this program");
    for part in ["draw", "screen", "all", "night"] {
        let ended = Command::new(&own).arg(part).arg(&folder).arg(per_year().to_string()).status();
        assert!(ended.is_ok_and(|e| e.success()), "{part} failed");
    }
    std::fs::remove_dir_all(&folder).expect("the folder is ours");
}
