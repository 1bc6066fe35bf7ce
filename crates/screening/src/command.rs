//! 命令: `communities`, `near-duplicates`, `screen` and `generate city`, for analysts without the platform.
//!
//! **Invariant:** a command writes its output whole or not at all, and an error names the file, the row and the column.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::city::{City, Format, Kind, Plan, write_folder};
use crate::communities::{Edge, Graph, Quality, leiden, quality};
use crate::dates;
use crate::described;
use crate::near_duplicates::{Digits, PAIRS_MAX, Shingled, containment, similar_pairs};
use crate::progress::{Stopped, Watcher};
use crate::screen::{quoted, screen, screen_all, table};
use crate::sector::{BadInput, Names, read_folder};

/// One of the commands of this crate.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Communities of a weighted graph (Leiden)
    Communities(CommunitiesArgs),
    /// Pairs of texts that share most of their five-character pieces
    NearDuplicates(NearDuplicatesArgs),
    /// All detectors over an extract: cases, institutions, appraisers and texts as Parquet or CSV
    Screen(ScreenArgs),
    /// Synthetic data with the truth beside it
    #[command(subcommand)]
    Generate(Generate),
}

/// What can be generated.
#[derive(Debug, Subcommand)]
pub enum Generate {
    /// A city's appraisal sector
    City(CityArgs),
}

/// Runs a command; the summary is for people, or JSON with `--json`.
///
/// # Errors
/// A sentence that says what is wrong and where.
pub fn run(command: &Command, watcher: &dyn Watcher) -> Result<String, String> {
    let seconds = match command {
        Command::Communities(args) => args.time_limit,
        Command::NearDuplicates(args) => args.time_limit,
        Command::Screen(args) => args.time_limit,
        Command::Generate(Generate::City(args)) => args.time_limit,
    };
    let limited = Limited { watcher, began: Instant::now(), seconds };
    let told = match command {
        Command::Communities(args) => communities(args, &limited),
        Command::NearDuplicates(args) => near_duplicates(args, &limited),
        Command::Screen(args) => run_screen(args, &limited),
        Command::Generate(Generate::City(args)) => generate(args, &limited),
    };
    match told {
        Err(why) if why == Stopped.to_string() && limited.is_up() => Err(format!(
            "stopped after {seconds} seconds, nothing was written; take less data or give a longer --time-limit"
        )),
        told => told,
    }
}

/// Seconds where none are given: no analysis of a city takes an hour.
const TIME_LIMIT: u64 = 3_600;

/// Another's watcher that also stops when the time is up.
struct Limited<'a> {
    watcher: &'a dyn Watcher,
    began: Instant,
    seconds: u64,
}

impl Limited<'_> {
    fn is_up(&self) -> bool {
        self.began.elapsed().as_secs() >= self.seconds
    }
}

impl Watcher for Limited<'_> {
    fn progress(&self, step: &'static str, done: usize, whole: usize) {
        self.watcher.progress(step, done, whole);
    }
    fn is_cancelled(&self) -> bool {
        self.watcher.is_cancelled() || self.is_up()
    }
}

#[derive(Debug, Args)]
pub struct CommunitiesArgs {
    /// CSV with a header; the first two columns are nodes, a column `weight` their weight
    pub edges: PathBuf,
    /// Where `node,community` is written
    #[arg(long)]
    pub output: PathBuf,
    /// Higher finds more and smaller communities
    #[arg(long, default_value_t = 1.0)]
    pub resolution: f64,
    /// Constant Potts model in place of modularity; the resolution is then the density asked inside
    #[arg(long)]
    pub cpm: bool,
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Seconds after which it stops and writes nothing
    #[arg(long, default_value_t = TIME_LIMIT)]
    pub time_limit: u64,
    /// Prints the summary as JSON
    #[arg(long)]
    pub json: bool,
}

fn communities(args: &CommunitiesArgs, watcher: &dyn Watcher) -> Result<String, String> {
    if !(args.resolution.is_finite() && args.resolution > 0.0) {
        return Err(format!("--resolution must be above 0, and is {}", args.resolution));
    }
    let (names, edges) = read_edges(&args.edges)?;
    let graph = Graph::new(names.len(), &edges);
    let how = if args.cpm { Quality::Cpm(args.resolution) } else { Quality::Modularity(args.resolution) };
    let found = leiden(&graph, how, args.seed, watcher).map_err(|e| e.to_string())?;
    let mut out = String::from("node,community\n");
    for (node, community) in found.iter().enumerate() {
        out += &format!("{},{community}\n", quoted(names.name(node as u32)));
    }
    write(&args.output, &out)?;
    let many = found.iter().max().map_or(0, |m| m + 1);
    let value = quality(&graph, &found, how);
    let summary =
        json!({"nodes": names.len(), "edges": edges.len(), "communities": many, "quality": value, "seed": args.seed});
    Ok(told(
        args.json,
        summary,
        format!("{} nodes, {} edges: {many} communities, quality {value:.4}", names.len(), edges.len()),
    ))
}

fn read_edges(path: &Path) -> Result<(Names, Vec<Edge>), String> {
    let file = path.display().to_string();
    let bad = |row: u64, column: &str, what: String| {
        BadInput { file: file.clone(), row: Some(row), column: Some(column.to_owned()), what }.to_string()
    };
    let mut reader = csv::Reader::from_reader(open(path)?);
    let header = reader.headers().map_err(|e| format!("{file}: {e}"))?.clone();
    if header.len() < 2 {
        return Err(format!("{file}: an edge needs two columns, and the header has {}", header.len()));
    }
    let weight = header.iter().position(|h| h.trim().eq_ignore_ascii_case("weight"));
    let mut names = Names::default();
    let mut edges = Vec::new();
    let mut record = csv::StringRecord::new();
    let mut row = 1;
    while reader.read_record(&mut record).map_err(|e| format!("{file}, row {}: {e}", row + 1))? {
        row += 1;
        let mut end = |n: usize| match record[n].trim() {
            "" => Err(bad(row, &header[n], "must not be empty".into())),
            name => Ok(names.number(name)),
        };
        let (a, b) = (end(0)?, end(1)?);
        let w = match weight {
            None => 1.0,
            Some(n) => match record[n].trim().parse::<f32>() {
                Ok(w) if w.is_finite() && w >= 0.0 => w,
                _ => {
                    return Err(bad(
                        row,
                        &header[n],
                        format!("a finite number, 0 or more, is needed, not “{}”", &record[n]),
                    ));
                }
            },
        };
        edges.push(Edge { a, b, weight: w });
    }
    Ok((names, edges))
}

#[derive(Debug, Args)]
pub struct NearDuplicatesArgs {
    /// JSON lines `{"id": …, "text": "…"}`, or TSV with a header and columns id and text
    pub texts: PathBuf,
    /// Least similarity, above 0 and at most 1
    #[arg(long, default_value_t = 0.8)]
    pub threshold: f64,
    /// Where `a,b,similarity` is written
    #[arg(long)]
    pub output: PathBuf,
    /// Weighted share of the lighter text found in the other, in place of Jaccard: finds half-copied texts
    #[arg(long)]
    pub containment: bool,
    /// Tells digits apart; without it all digits are alike
    #[arg(long)]
    pub keep_digits: bool,
    /// Seconds after which it stops and writes nothing
    #[arg(long, default_value_t = TIME_LIMIT)]
    pub time_limit: u64,
    /// Prints the summary as JSON
    #[arg(long)]
    pub json: bool,
}

fn near_duplicates(args: &NearDuplicatesArgs, watcher: &dyn Watcher) -> Result<String, String> {
    let texts = read_texts(&args.texts)?;
    let digits = if args.keep_digits { Digits::Kept } else { Digits::Alike };
    let shingled = Shingled::new(texts.iter().map(|t| &*t.1), digits);
    let find = if args.containment { containment } else { similar_pairs };
    let pairs = find(&shingled, args.threshold, PAIRS_MAX, watcher).map_err(|e| e.to_string())?;
    let mut out = String::from("a,b,similarity\n");
    for pair in &pairs {
        out += &format!(
            "{},{},{:.6}\n",
            quoted(&texts[pair.a as usize].0),
            quoted(&texts[pair.b as usize].0),
            pair.similarity
        );
    }
    write(&args.output, &out)?;
    let summary = json!({"texts": texts.len(), "pairs": pairs.len(), "threshold": args.threshold});
    Ok(told(args.json, summary, format!("{} texts: {} pairs at {} or above", texts.len(), pairs.len(), args.threshold)))
}

fn read_texts(path: &Path) -> Result<Vec<(String, String)>, String> {
    let file = path.display().to_string();
    let mut content = String::new();
    open(path)?.read_to_string(&mut content).map_err(|e| format!("{file}: {e}"))?;
    let plain = path.file_name().and_then(|n| n.to_str()).unwrap_or("");
    let plain = plain.strip_suffix(".gz").unwrap_or(plain);
    let mut texts = Vec::new();
    for (n, line) in content.lines().enumerate().filter(|l| !l.1.trim().is_empty()) {
        let row = n + 1;
        if plain.ends_with(".tsv") {
            if n > 0 {
                let (id, text) = line
                    .split_once('\t')
                    .ok_or_else(|| format!("{file}, row {row}: a tab between id and text is missing"))?;
                texts.push((id.to_owned(), text.to_owned()));
            }
            continue;
        }
        let value: Value = serde_json::from_str(line).map_err(|e| format!("{file}, row {row}: not JSON: {e}"))?;
        let text = match (&value, value.get("text")) {
            (Value::String(text), _) => text.clone(),
            (_, Some(Value::String(text))) => text.clone(),
            _ => return Err(format!("{file}, row {row}, column text: a string is needed")),
        };
        let id = match value.get("id") {
            None => n.to_string(),
            Some(Value::String(id)) => id.clone(),
            Some(Value::Number(id)) => id.to_string(),
            Some(_) => return Err(format!("{file}, row {row}, column id: a string or a number is needed")),
        };
        texts.push((id, text));
    }
    Ok(texts)
}

#[derive(Debug, Args)]
pub struct ScreenArgs {
    /// Folder with the four tables as .parquet, or as .csv and texts.tsv, each may be gzip
    pub folder: PathBuf,
    /// Where `detector,entity,id,score,q,since,evidence` is written
    #[arg(long)]
    pub output: PathBuf,
    /// Also what is only unlike the peers or changed: kickback, burst, grades, turnaround, fees, refused, complaint, reappraised, overturned
    #[arg(long)]
    pub all: bool,
    /// Folder for what only describes: market.csv (concentration), workload.csv (impossible days), rates.csv (funnels)
    #[arg(long)]
    pub describe: Option<PathBuf>,
    /// Only cases received from this day on (2024-01-31): the nightly screen of the year
    #[arg(long)]
    pub from: Option<String>,
    #[arg(long, default_value_t = 2)]
    pub threads: usize,
    /// Seconds after which it stops and writes nothing
    #[arg(long, default_value_t = TIME_LIMIT)]
    pub time_limit: u64,
    /// Prints the summary as JSON
    #[arg(long)]
    pub json: bool,
}

fn run_screen(args: &ScreenArgs, watcher: &dyn Watcher) -> Result<String, String> {
    let mut sector = read_folder(&args.folder).map_err(|e| e.to_string())?;
    if let Some(from) = &args.from {
        let day =
            dates::parse(from).ok_or_else(|| format!("--from: a real date like 2024-01-31 is needed, not “{from}”"))?;
        sector.keep_from(day);
    }
    let run = if args.all { screen_all } else { screen };
    let findings = run(&sector, args.threads, watcher).map_err(|e| e.to_string())?;
    write(&args.output, &table(&sector, &findings))?;
    if let Some(folder) = &args.describe {
        std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        for (name, text) in described::tables(&sector) {
            write(&folder.join(name), &text)?;
        }
    }
    let leads = findings.iter().filter(|f| f.q <= 0.05).count();
    let summary = json!({"cases": sector.cases.len(), "scored": findings.len(), "leads": leads});
    Ok(told(
        args.json,
        summary,
        format!("{} cases: {} scored, {leads} leads at q ≤ 0.05", sector.cases.len(), findings.len()),
    ))
}

#[derive(Debug, Args)]
pub struct CityArgs {
    #[arg(long, default_value_t = 60)]
    pub institutions: usize,
    #[arg(long, default_value_t = 900)]
    pub appraisers: usize,
    #[arg(long, default_value_t = 3)]
    pub years: u32,
    #[arg(long, default_value_t = 100_000)]
    pub cases_per_year: usize,
    #[arg(long, default_value_t = 2_500)]
    pub lawyers: usize,
    /// Kinds with or without a number, `ring=6,copy`; `all` or `none`. `inflate` is another word for `ring`
    #[arg(long, default_value = "all")]
    pub misconduct: String,
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// 1 is as in the table of parameters
    #[arg(long, default_value_t = 1.0)]
    pub strength: f64,
    /// 1 is as in the table of parameters; more makes honest work look worse
    #[arg(long, default_value_t = 1.0)]
    pub look_alikes: f64,
    #[arg(long, default_value_t = 2024)]
    pub from_year: i32,
    /// How the tables are written
    #[arg(long, value_enum, default_value_t = FormatArg::Csv)]
    pub format: FormatArg,
    /// Folder for the tables; the truth goes to its folder `truth`
    #[arg(long, required_unless_present_any = ["database", "data"])]
    pub output: Option<PathBuf>,
    /// PostgreSQL database of an installation to fill with the city's cases
    #[arg(long)]
    pub database: Option<String>,
    /// Data folder of an installation to fill, with its SQLite database unless --database is given
    #[arg(long)]
    pub data: Option<PathBuf>,
    /// Seconds after which it stops and writes nothing
    #[arg(long, default_value_t = TIME_LIMIT)]
    pub time_limit: u64,
    /// Prints the summary as JSON
    #[arg(long)]
    pub json: bool,
}

/// [`Format`] as an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum FormatArg {
    Csv,
    Parquet,
}

impl CityArgs {
    /// The plan of these arguments.
    ///
    /// # Errors
    /// What does not fit.
    pub fn plan(&self) -> Result<Plan, String> {
        let plan = Plan {
            institutions: self.institutions,
            appraisers: self.appraisers,
            years: self.years,
            cases_per_year: self.cases_per_year,
            lawyers: self.lawyers,
            seed: self.seed,
            from_year: self.from_year,
            misconduct: misconduct(&self.misconduct, self.institutions)?,
            strength: self.strength,
            look_alikes: self.look_alikes,
        };
        plan.check().map(|()| plan)
    }
}

/// Reads `ring=6,copy`, `all`, `none`. A kind without a number gets as many as a city of this size usually has.
fn misconduct(text: &str, institutions: usize) -> Result<Vec<(Kind, usize)>, String> {
    let usual = |k: Kind| ((k.usual_count() * institutions) as f64 / 60.0).ceil() as usize;
    match text.trim() {
        "none" | "" => return Ok(Vec::new()),
        "all" => return Ok(Kind::ALL.iter().map(|k| (*k, usual(*k))).collect()),
        _ => {}
    }
    let mut found: Vec<(Kind, usize)> = Vec::new();
    for part in text.split(',') {
        let (name, count) = part.split_once('=').map_or((part, None), |(n, c)| (n, Some(c)));
        let name = if name.trim() == "inflate" { "ring" } else { name.trim() };
        let kind = Kind::find(name).ok_or_else(|| {
            format!("misconduct “{name}” is not known; known are: {}", Kind::ALL.map(Kind::name).join(", "))
        })?;
        let count = match count {
            None => usual(kind),
            Some(c) => c.trim().parse().map_err(|_| format!("“{part}”: a whole number is needed after ="))?,
        };
        found.retain(|f| f.0 != kind);
        found.push((kind, count));
    }
    Ok(found)
}

fn generate(args: &CityArgs, watcher: &dyn Watcher) -> Result<String, String> {
    let plan = args.plan()?;
    let output = args.output.as_deref().ok_or("--output names the folder for the tables")?;
    let city = City::draw(&plan, watcher).map_err(|e| e.to_string())?;
    let format = match args.format {
        FormatArg::Csv => Format::Csv,
        FormatArg::Parquet => Format::Parquet,
    };
    write_folder(&city, output, format).map_err(|e| format!("{}: {e}", output.display()))?;
    let summary = json!({"cases": city.len(), "planted": city.plants().len(), "seed": plan.seed});
    Ok(told(
        args.json,
        summary,
        format!(
            "{} cases, {} plants; the truth is in {}",
            city.len(),
            city.plants().len(),
            output.join("truth").display()
        ),
    ))
}

/// Opens a file, unpacking `.gz`.
fn open(path: &Path) -> Result<Box<dyn Read>, String> {
    let file = std::fs::File::open(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let file = std::io::BufReader::with_capacity(1 << 16, file);
    let packed = path.extension().is_some_and(|e| e == "gz");
    Ok(if packed { Box::new(flate2::read::MultiGzDecoder::new(file)) } else { Box::new(file) })
}

/// Writes beside the place and moves it there: a run that ends half-way leaves the old file.
fn write(path: &Path, text: &str) -> Result<(), String> {
    let mut half = path.as_os_str().to_owned();
    half.push(".part");
    std::fs::write(&half, text)
        .and_then(|()| std::fs::rename(&half, path))
        .map_err(|e| format!("{}: {e}", path.display()))
}

fn told(as_json: bool, summary: Value, sentence: String) -> String {
    if as_json { summary.to_string() } else { sentence }
}
