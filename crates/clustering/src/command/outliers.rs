//! `outliers points.csv --method isolation-forest --output scores.csv`: the column `score`, higher is stranger.
//!
//! **Invariant:** one score a row, whatever the method.

use super::{Common, Job, told};
use crate::outliers::{self, Forest};
use crate::table::Column;
use crate::{Fault, Points, Work};

/// Rows that the summary names.
const STRANGEST: usize = 10;

/// How strange the rows of a table are.
#[derive(Debug, Clone, clap::Args)]
pub struct OutliersArgs {
    #[command(flatten)]
    pub common: Common,
    #[arg(long, value_enum, default_value_t = Method::RankMean)]
    pub method: Method,
    /// LOF, k-NN: how many neighbours are looked at; 20 for LOF, 5 for k-NN where not given.
    #[arg(long)]
    pub neighbours: Option<usize>,
    /// Isolation forest: how many trees.
    #[arg(long, default_value_t = 100)]
    pub trees: usize,
    /// Isolation forest: rows that a tree is grown from.
    #[arg(long, default_value_t = 256)]
    pub sample: usize,
}

/// How strangeness is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Method {
    IsolationForest,
    Ecod,
    Lof,
    Knn,
    RobustZ,
    RankMean,
}

impl OutliersArgs {
    /// Reads, scores, writes; a summary on the standard output.
    ///
    /// # Errors
    /// A sentence for the analyst; nothing was written then.
    pub fn run(&self) -> Result<(), String> {
        let job = Job::read(&self.common)?;
        let scores = self.scores(&job.table.points, job.work()).map_err(|fault| told(&fault, &self.common))?;
        job.write(&self.common.output, vec![("score", Column::Number(&scores))])?;
        if self.common.json {
            let name =
                clap::ValueEnum::to_possible_value(&self.method).map_or_else(String::new, |one| one.get_name().into());
            let mut summary = job.summary("outliers", &name, &self.common);
            let mut order: Vec<usize> = (0..scores.len()).collect();
            order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(a.cmp(&b)));
            order.truncate(STRANGEST);
            let strangest: Vec<_> =
                order.iter().map(|&row| serde_json::json!({ "row": row + 1, "score": scores[row] })).collect();
            summary.insert("strangest".into(), strangest.into());
            println!("{}", serde_json::Value::Object(summary));
        } else {
            println!("{} rows: {}", scores.len(), self.common.output.display());
        }
        Ok(())
    }

    fn scores(&self, points: &Points, work: Work) -> Result<Vec<f64>, Fault> {
        let forest = Forest { trees: self.trees, sample: self.sample, seed: self.common.seed };
        match self.method {
            Method::IsolationForest => outliers::isolation_forest(points, forest, work),
            Method::Ecod => outliers::ecod(points, work),
            Method::Lof => outliers::lof(points, self.neighbours.unwrap_or(outliers::LOF_NEIGHBOURS), work),
            Method::Knn => outliers::knn(points, self.neighbours.unwrap_or(outliers::KNN_NEIGHBOURS), work),
            Method::RobustZ => Ok(outliers::robust_z(points)),
            Method::RankMean => outliers::mean_of_ranks(points, self.common.seed, work),
        }
    }
}
