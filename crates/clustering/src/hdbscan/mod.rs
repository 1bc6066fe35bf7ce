//! HDBSCAN (Campello, Moulavi, Sander 2013; McInnes and Healy 2017), exact, with the labels and probabilities of scikit-learn's `HDBSCAN`.
//!
//! Where distances tie (and they do in every table: a row reaches all rows within its core distance at the same height) the hierarchy is a choice.
//! scikit-learn's choice is that of Prim's algorithm from the first row, sorted by numpy's unstable vector sort. Both are re-made here without
//! their quadratic cost: `reach` finds every edge that Prim could take, `prim` walks them in its order, `argsort` sorts in numpy's order
//! (with AVX-512; numpy orders ties differently on processors without it, so scikit-learn itself differs from machine to machine).
//!
//! **Invariant:** the hierarchy is that of a true minimum spanning tree of mutual reachability: no approximation anywhere.

mod argsort;
mod condense;
mod prim;
mod reach;

use crate::{Fault, NOISE, Points, Work};

pub use condense::Split;

/// Rows up to which Prim's algorithm itself is as fast as the tree.
const PRIM_ROWS: usize = 1_000;
/// Columns above which a k-d tree prunes next to nothing, and Prim's algorithm itself is used.
const TREE_COLUMNS: usize = 60;

/// The two parameters of HDBSCAN, as in scikit-learn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameters {
    /// The fewest rows that make a group; at least 2.
    pub min_cluster_size: usize,
    /// How many rows, itself counted, a row must have within its core distance; at least 1, at most the rows.
    pub min_samples: usize,
}

/// What HDBSCAN found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Row by row, the group from 0, or [`NOISE`].
    pub labels: Vec<i32>,
    /// How firmly a row belongs to its group, 0 to 1; noise 0.
    pub probabilities: Vec<f64>,
    /// GLOSH: 0 deep in a group, near 1 far from every one.
    pub outlier_scores: Vec<f64>,
    /// How many groups.
    pub groups: usize,
    /// The sum of the lengths of the minimum spanning tree of mutual reachability.
    pub tree_length: f64,
}

/// How the spanning tree is found; all ways give the same result.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Way {
    /// By the number of rows and columns.
    Auto,
    /// Prim's algorithm: every distance, quadratic.
    Prim,
    /// Borůvka's algorithm over a k-d tree.
    Tree,
}

/// Groups of `points`.
///
/// # Errors
/// [`Fault::Parameter`] where a parameter is out of its range, [`Fault::Cancelled`].
pub fn hdbscan(points: &Points, parameters: Parameters, work: Work) -> Result<Found, Fault> {
    hdbscan_by(points, parameters, Way::Auto, work)
}

/// As [`hdbscan`], by the way given.
///
/// # Errors
/// As [`hdbscan`].
pub fn hdbscan_by(points: &Points, parameters: Parameters, way: Way, work: Work) -> Result<Found, Fault> {
    let rows = points.rows();
    check(parameters, rows)?;
    if rows == 1 {
        // One row is no group; scikit-learn refuses it.
        return Ok(Found {
            labels: vec![NOISE],
            probabilities: vec![0.0],
            outlier_scores: vec![0.0],
            groups: 0,
            tree_length: 0.0,
        });
    }
    check_spread(points)?;
    let by_prim = match way {
        Way::Prim => true,
        Way::Tree => false,
        Way::Auto => rows <= PRIM_ROWS || points.columns() > TREE_COLUMNS,
    };
    let edges = if by_prim {
        prim::dense(points, parameters.min_samples, work)?
    } else {
        prim::sparse(points, parameters.min_samples, work)?
    };
    work.go_on()?;
    let tree_length = edges.iter().map(|edge| edge.length).sum();
    let order = argsort::argsort(&edges.iter().map(|edge| edge.length).collect::<Vec<_>>());
    let merges = condense::single_linkage(&edges, &order);
    drop((edges, order));
    work.go_on()?;
    let splits = condense::condense(&merges, rows, parameters.min_cluster_size);
    drop(merges);
    Ok(condense::groups(&splits, rows, tree_length))
}

fn check(parameters: Parameters, rows: usize) -> Result<(), Fault> {
    let Parameters { min_cluster_size, min_samples } = parameters;
    if min_cluster_size < 2 {
        return Err(Fault::Parameter(format!("the smallest group has at least 2 rows, not {min_cluster_size}")));
    }
    if min_samples < 1 {
        return Err(Fault::Parameter("min-samples is at least 1: the row itself".to_string()));
    }
    if min_samples > rows && rows > 1 {
        return Err(Fault::Parameter(format!(
            "min-samples is {min_samples}, but there are only {rows} rows; give a smaller --min-samples"
        )));
    }
    Ok(())
}

/// Distances that are infinite make no order.
fn check_spread(points: &Points) -> Result<(), Fault> {
    let mut sum = 0.0;
    for at in 0..points.columns() {
        let column = points.values().iter().skip(at).step_by(points.columns());
        let (low, high) = column.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (x.min(low), x.max(high)));
        sum += (high - low) * (high - low);
    }
    if sum.is_finite() {
        Ok(())
    } else {
        Err(Fault::Parameter("the distances are beyond what a number holds; scale the columns".to_string()))
    }
}

/// An edge of the spanning tree in the order Prim's algorithm takes it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Edge {
    pub from: u32,
    pub to: u32,
    pub length: f64,
}
