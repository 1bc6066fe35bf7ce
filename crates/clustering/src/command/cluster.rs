//! `cluster points.csv --method hdbscan --min-cluster-size 15 --output labels.csv`: columns `label,probability,outlier_score`.
//!
//! **Invariant:** the columns are the same for every method; noise is −1.

use super::{Common, Job, told};
use crate::kmeans::kmeans;
use crate::stability::{Method as Counted, best_groups, stability};
use crate::table::Column;
use crate::{Fault, NOISE, Points, Work, dbscan, hdbscan};

/// Starts of k-means.
const STARTS: usize = 10;
/// Random parts that stability is judged by.
const PARTS: usize = 20;
/// Groups that are tried where no number is given.
const GROUPS_MAX: usize = 12;

/// Groups of the rows of a table.
#[derive(Debug, Clone, clap::Args)]
pub struct ClusterArgs {
    #[command(flatten)]
    pub common: Common,
    #[arg(long, value_enum, default_value_t = Method::Hdbscan)]
    pub method: Method,
    /// HDBSCAN: the fewest rows that make a group.
    #[arg(long, default_value_t = 5)]
    pub min_cluster_size: usize,
    /// HDBSCAN, DBSCAN: the rows, itself counted, that make a row dense. The smallest group for HDBSCAN, 5 for DBSCAN where not given.
    #[arg(long)]
    pub min_samples: Option<usize>,
    /// DBSCAN: how far a neighbour may be.
    #[arg(long)]
    pub radius: Option<f64>,
    /// k-means, Ward: how many groups; the most stable number up to 12 where not given.
    #[arg(long)]
    pub groups: Option<usize>,
}

/// How groups are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Method {
    Hdbscan,
    Dbscan,
    Kmeans,
    Ward,
}

/// The three columns, and what the summary says besides.
struct Outcome {
    labels: Vec<i32>,
    probabilities: Vec<f64>,
    outlier_scores: Vec<f64>,
    parameters: serde_json::Value,
}

impl ClusterArgs {
    /// Reads, groups, writes; a summary on the standard output.
    ///
    /// # Errors
    /// A sentence for the analyst; nothing was written then.
    pub fn run(&self) -> Result<(), String> {
        let job = Job::read(&self.common)?;
        let outcome = self.groups(&job.table.points, job.work()).map_err(|fault| told(&fault, &self.common))?;
        let Outcome { labels, probabilities, outlier_scores, parameters } = outcome;
        let columns = vec![
            ("label", Column::Label(&labels)),
            ("probability", Column::Number(&probabilities)),
            ("outlier_score", Column::Number(&outlier_scores)),
        ];
        job.write(&self.common.output, columns)?;
        let noise = labels.iter().filter(|label| **label == NOISE).count();
        let many = labels.iter().max().map_or(0, |most| (most + 1) as usize);
        if self.common.json {
            let mut sizes = vec![0usize; many];
            labels.iter().filter(|label| **label >= 0).for_each(|label| sizes[*label as usize] += 1);
            let mut summary = job.summary("cluster", &format!("{:?}", self.method).to_lowercase(), &self.common);
            summary.insert("parameters".into(), parameters);
            summary.insert("groups".into(), many.into());
            summary.insert("sizes".into(), sizes.into());
            summary.insert("noise".into(), noise.into());
            println!("{}", serde_json::Value::Object(summary));
        } else {
            println!("{} rows, {many} groups, {noise} in none: {}", labels.len(), self.common.output.display());
        }
        Ok(())
    }

    fn groups(&self, points: &Points, work: Work) -> Result<Outcome, Fault> {
        match self.method {
            Method::Hdbscan => {
                let min_samples = self.min_samples.unwrap_or(self.min_cluster_size);
                let parameters = hdbscan::Parameters { min_cluster_size: self.min_cluster_size, min_samples };
                let found = hdbscan::hdbscan(points, parameters, work)?;
                Ok(Outcome {
                    labels: found.labels,
                    probabilities: found.probabilities,
                    outlier_scores: found.outlier_scores,
                    parameters: serde_json::json!({ "min_cluster_size": self.min_cluster_size, "min_samples": min_samples }),
                })
            }
            Method::Dbscan => {
                let min_samples = self.min_samples.unwrap_or(5);
                let radius = self.radius.unwrap_or_default();
                let labels = dbscan::dbscan(points, radius, min_samples, work)?;
                let is_noise = |label: &i32| f64::from(u8::from(*label == NOISE));
                Ok(Outcome {
                    probabilities: labels.iter().map(|label| 1.0 - is_noise(label)).collect(),
                    outlier_scores: labels.iter().map(is_noise).collect(),
                    labels,
                    parameters: serde_json::json!({ "radius": radius, "min_samples": min_samples }),
                })
            }
            Method::Kmeans => self.counted(points, Counted::Kmeans, work),
            Method::Ward => self.counted(points, Counted::Ward, work),
        }
    }

    /// By a method that is told how many groups there are.
    fn counted(&self, points: &Points, method: Counted, work: Work) -> Result<Outcome, Fault> {
        let seed = self.common.seed;
        let (groups, stable) = match self.groups {
            Some(groups) => (groups, stability(points, method, groups, PARTS, seed, work)?),
            None => {
                let (groups, all) = best_groups(points, method, GROUPS_MAX, PARTS, seed, work)?;
                (groups, all[groups - 2])
            }
        };
        let labels = match method {
            Counted::Kmeans => kmeans(points, groups, STARTS, seed, work)?.labels,
            Counted::Ward => method.groups(points, groups, seed, work)?,
        };
        Ok(Outcome {
            probabilities: vec![1.0; labels.len()],
            outlier_scores: farther_out(points, &labels),
            labels,
            parameters: serde_json::json!({ "groups": groups, "stability": stable }),
        })
    }
}

/// The share of its group that is nearer to the group's centre, row by row.
fn farther_out(points: &Points, labels: &[i32]) -> Vec<f64> {
    let many = labels.iter().max().map_or(0, |most| (most + 1) as usize);
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); many];
    labels.iter().enumerate().for_each(|(row, label)| members[*label as usize].push(row));
    let mut shares = vec![0.0; labels.len()];
    for rows in &members {
        let mut centre = vec![0.0; points.columns()];
        for &row in rows {
            centre.iter_mut().zip(points.row(row)).for_each(|(sum, x)| *sum += x / rows.len() as f64);
        }
        let mut apart: Vec<(f64, usize)> =
            rows.iter().map(|&row| (crate::points::square_distance(points.row(row), &centre), row)).collect();
        apart.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut nearer = 0;
        for equal in apart.chunk_by(|a, b| a.0 == b.0) {
            equal.iter().for_each(|one| shares[one.1] = nearer as f64 / rows.len() as f64);
            nearer += equal.len();
        }
    }
    shares
}
