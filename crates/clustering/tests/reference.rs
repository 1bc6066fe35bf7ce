//! What scikit-learn 1.9.1 and PyOD 3.6.7 say of six synthetic sets that this test makes itself: plain, rounded, full of copies.
//!
//! **Invariant:** labels and probabilities of HDBSCAN and labels of DBSCAN are the same, number by number; scores within 1e-9.

use clustering::hdbscan::{Parameters, Way, hdbscan_by};
use clustering::random::Random;
use clustering::{Points, Work, dbscan::dbscan, outliers};

/// Sums of three even numbers around whole-number centres, cut to `1 / steps`: only arithmetic that every machine does alike.
fn made(rows: usize, columns: usize, centres: usize, steps: f64, seed: u64) -> Points {
    let mut random = Random::new(seed);
    let centre: Vec<f64> = (0..centres * columns).map(|_| (random.unit() * 40.0).floor()).collect();
    let mut values = Vec::new();
    for row in 0..rows {
        for column in 0..columns {
            let sum = random.unit() + random.unit() + random.unit();
            let value = centre[row % centres * columns + column] + sum * 4.0;
            values.push(if steps > 0.0 { (value * steps).floor() / steps } else { value });
        }
    }
    Points::new(values, columns).unwrap()
}

fn numbers(line: &str) -> Vec<f64> {
    line.split(' ').map(|word| word.parse().unwrap()).collect()
}

fn near(ours: &[f64], theirs: &[f64], within: f64, what: &str) {
    for (row, (mine, one)) in ours.iter().zip(theirs).enumerate() {
        assert!((mine - one).abs() <= within * one.abs().max(1.0), "{what}, row {row}: {mine}, not {one}");
    }
}

#[test]
fn the_reference_tools_say_the_same() {
    let lines: Vec<&str> = include_str!("data/reference.txt").lines().collect();
    for set in lines.chunks_exact(7) {
        let head = numbers(set[0]);
        let at = |which: usize| head[which] as usize;
        let points = made(at(0), at(1), at(2), head[3], head[4] as u64);
        let parameters = Parameters { min_cluster_size: at(5), min_samples: at(6) };
        let theirs: Vec<i32> = numbers(set[1]).iter().map(|label| *label as i32).collect();
        for way in [Way::Prim, Way::Tree] {
            let found = hdbscan_by(&points, parameters, way, Work::quiet()).unwrap();
            assert_eq!(found.labels, theirs, "HDBSCAN {} by {way:?}", set[0]);
            near(&found.probabilities, &numbers(set[2]), 1e-11, set[0]);
            assert!(found.outlier_scores.iter().all(|score| (0.0..=1.0).contains(score)), "GLOSH of {}", set[0]);
        }
        let theirs: Vec<i32> = numbers(set[3]).iter().map(|label| *label as i32).collect();
        assert_eq!(dbscan(&points, 1.0, at(6), Work::quiet()).unwrap(), theirs, "DBSCAN {}", set[0]);
        near(&outliers::knn(&points, 5, Work::quiet()).unwrap(), &numbers(set[5]), 1e-9, "k-NN");
        near(&outliers::ecod(&points, Work::quiet()).unwrap(), &numbers(set[6]), 1e-9, "ECOD");
        // Where distances tie, scikit-learn's choice of neighbours follows the build of its tree; ours is by row.
        if head[3] == 0.0 {
            near(&outliers::lof(&points, 20, Work::quiet()).unwrap(), &numbers(set[4]), 1e-9, "LOF");
        }
    }
}
