//! What must hold of any points: against the plain definitions, under permutation, on any number of threads, of bad input.

use clustering::hdbscan::{Parameters, Way, hdbscan, hdbscan_by};
use clustering::outliers::{self, Forest};
use clustering::random::blobs;
use clustering::stability::{self, Method};
use clustering::{Fault, NOISE, Points, Progress, Quiet, Work, dbscan, kmeans, measure, projection, table, ward};
use proptest::prelude::*;

/// Rows of few different values, so that copies and ties are common; or of many.
fn any_points() -> impl Strategy<Value = Points> {
    (1usize..4, prop_oneof![Just(1.0), Just(0.125), Just(1e-6)]).prop_flat_map(|(columns, step)| {
        prop::collection::vec(-40i32..40, columns..columns * 90).prop_map(move |whole| {
            let many = whole.len() / columns * columns;
            Points::new(whole[..many].iter().map(|one| f64::from(*one) * step).collect(), columns).unwrap()
        })
    })
}

fn distance(points: &Points, a: usize, b: usize) -> f64 {
    points.row(a).iter().zip(points.row(b)).map(|(x, y)| (x - y) * (x - y)).sum::<f64>().sqrt()
}

/// The distances of a row to all others, sorted.
fn sorted(points: &Points, row: usize) -> Vec<f64> {
    let mut all: Vec<f64> =
        (0..points.rows()).filter(|&other| other != row).map(|other| distance(points, row, other)).collect();
    all.sort_by(f64::total_cmp);
    all
}

/// The length of a minimum spanning tree of mutual reachability, by Kruskal over all pairs.
fn tree_length(points: &Points, min_samples: usize) -> f64 {
    let rows = points.rows();
    let core: Vec<f64> =
        (0..rows).map(|row| if min_samples == 1 { 0.0 } else { sorted(points, row)[min_samples - 2] }).collect();
    let mut edges: Vec<(f64, usize, usize)> = (0..rows)
        .flat_map(|a| (0..a).map(move |b| (a, b)))
        .map(|(a, b)| (distance(points, a, b).max(core[a]).max(core[b]), a, b))
        .collect();
    edges.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut group: Vec<usize> = (0..rows).collect();
    let mut sum = 0.0;
    for (length, a, b) in edges {
        let (one, other) = (group[a], group[b]);
        if one != other {
            sum += length;
            group.iter_mut().filter(|at| **at == other).for_each(|at| *at = one);
        }
    }
    sum
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_tree_is_a_minimum_one_and_both_ways_agree(points in any_points(), min_samples in 1usize..6, least in 2usize..9) {
        let min_samples = min_samples.min(points.rows());
        let parameters = Parameters { min_cluster_size: least, min_samples };
        let prim = hdbscan_by(&points, parameters, Way::Prim, Work::quiet()).unwrap();
        let tree = hdbscan_by(&points, parameters, Way::Tree, Work::quiet()).unwrap();
        prop_assert_eq!(&prim, &tree);
        if points.rows() > 1 {
            let expected = tree_length(&points, min_samples);
            prop_assert!((tree.tree_length - expected).abs() <= 1e-9 * expected.max(1.0));
        }
        prop_assert!(tree.labels.iter().all(|label| (NOISE..tree.groups as i32).contains(label)));
    }

    #[test]
    fn dbscan_is_as_defined(points in any_points(), radius in 0.1f64..6.0, min_samples in 1usize..6) {
        let labels = dbscan::dbscan(&points, radius, min_samples, Work::quiet()).unwrap();
        let near = |a: usize, b: usize| {
            let square: f64 = points.row(a).iter().zip(points.row(b)).map(|(x, y)| (x - y) * (x - y)).sum();
            square <= radius * radius
        };
        let rows = points.rows();
        let core: Vec<bool> = (0..rows).map(|a| (0..rows).filter(|&b| near(a, b)).count() >= min_samples).collect();
        let mut expected = vec![NOISE; rows];
        let mut groups = 0;
        for first in 0..rows {
            if core[first] && expected[first] == NOISE {
                let mut open = vec![first];
                expected[first] = groups;
                while let Some(a) = open.pop() {
                    for b in (0..rows).filter(|&b| near(a, b)) {
                        if expected[b] == NOISE {
                            expected[b] = groups;
                            if core[b] { open.push(b) }
                        }
                    }
                }
                groups += 1;
            }
        }
        prop_assert_eq!(labels, expected);
    }

    #[test]
    fn neighbours_and_lof_are_as_defined(points in any_points(), neighbours in 1usize..8) {
        let rows = points.rows();
        let each = neighbours.min(rows - 1);
        let knn = outliers::knn(&points, neighbours, Work::quiet()).unwrap();
        let lof = outliers::lof(&points, neighbours, Work::quiet()).unwrap();
        if each == 0 {
            prop_assert_eq!(lof, vec![1.0]);
            return Ok(());
        }
        // By the square: two squares may have one root.
        let square = |a: usize, b: usize| points.row(a).iter().zip(points.row(b)).map(|(x, y)| (x - y) * (x - y)).sum::<f64>();
        let lists: Vec<Vec<(f64, usize)>> = (0..rows).map(|a| {
            let mut all: Vec<(f64, usize)> = (0..rows).filter(|&b| b != a).map(|b| (square(a, b), b)).collect();
            all.sort_by(|x, y| x.0.total_cmp(&y.0).then(x.1.cmp(&y.1)));
            all.into_iter().take(each).map(|(square, b)| (square.sqrt(), b)).collect()
        }).collect();
        let density: Vec<f64> = lists.iter().map(|list| {
            1.0 / (list.iter().map(|(d, b)| d.max(lists[*b][each - 1].0)).sum::<f64>() / each as f64 + 1e-10)
        }).collect();
        for a in 0..rows {
            prop_assert_eq!(knn[a], lists[a][each - 1].0);
            let expected = lists[a].iter().map(|(_, b)| density[*b] / density[a]).sum::<f64>() / each as f64;
            prop_assert!((lof[a] - expected).abs() <= 1e-9 * expected);
        }
    }

    #[test]
    fn nothing_panics(points in any_points(), groups in 1usize..5) {
        let work = Work::quiet();
        let _ = kmeans::kmeans(&points, groups, 2, 1, work);
        let _ = ward::ward(&points, groups, work);
        let _ = stability::best_groups(&points, Method::Ward, 4, 3, 1, work);
        let projection = projection::principal(&points).unwrap();
        prop_assert!(projection.shares.iter().all(|share| (0.0..=1.0 + 1e-9).contains(share)));
        let scores = outliers::mean_of_ranks(&points, 1, work).unwrap();
        prop_assert!(scores.iter().all(|score| (0.0..=1.0).contains(score)));
    }
}

fn some_blobs() -> Points {
    Points::new(blobs(3_000, 4, 5, 7).0, 4).unwrap()
}

#[test]
fn threads_change_no_bit() {
    let points = some_blobs();
    let all = |threads: usize| {
        let work = Work { threads, progress: &Quiet };
        (
            hdbscan(&points, Parameters { min_cluster_size: 20, min_samples: 5 }, work).unwrap(),
            dbscan::dbscan(&points, 1.0, 5, work).unwrap(),
            kmeans::kmeans(&points, 5, 3, 9, work).unwrap(),
            outliers::mean_of_ranks(&points, 9, work).unwrap(),
            outliers::lof(&points, 20, work).unwrap(),
        )
    };
    let one = all(1);
    for threads in [2, 3, 8] {
        assert_eq!(all(threads), one, "{threads} threads");
    }
}

#[test]
fn the_order_of_rows_changes_no_group() {
    let points = some_blobs();
    let order = clustering::random::Random::new(3).chosen(points.rows(), points.rows());
    let parameters = Parameters { min_cluster_size: 20, min_samples: 5 };
    let labels = hdbscan(&points, parameters, Work::quiet()).unwrap().labels;
    let moved = hdbscan(&points.chosen(&order), parameters, Work::quiet()).unwrap().labels;
    let expected: Vec<i32> = order.iter().map(|&row| labels[row]).collect();
    // A row that ties two groups may change sides: that is scikit-learn's choice as well.
    assert!(measure::adjusted_rand(&moved, &expected) > 0.999);
    assert_eq!(outliers::ecod(&points.chosen(&order), Work::quiet()).unwrap(), {
        let scores = outliers::ecod(&points, Work::quiet()).unwrap();
        order.iter().map(|&row| scores[row]).collect::<Vec<_>>()
    });
}

#[test]
fn blobs_are_found_and_noise_is_strange() {
    let (values, truth) = blobs(3_000, 4, 5, 7);
    let points = Points::new(values, 4).unwrap();
    let is_noise: Vec<bool> = truth.iter().map(|one| *one < 0).collect();
    let forest =
        |seed| outliers::isolation_forest(&points, Forest { seed, ..Forest::default() }, Work::quiet()).unwrap();
    assert!(measure::area_under_curve(&forest(1), &is_noise) > 0.93);
    assert_eq!(forest(1), forest(1), "the same seed, the same bits");
    assert_ne!(forest(1), forest(2));
    let (groups, all) =
        stability::best_groups(&points.chosen(&(0..600).collect::<Vec<_>>()), Method::Kmeans, 7, 4, 1, Work::quiet())
            .unwrap();
    assert!((2..=7).contains(&groups) && all.len() == 6);
    assert!(kmeans::kmeans(&points, 5, 5, 1, Work::quiet()).unwrap().inertia > 0.0);
}

/// Bad input of the issue: a right answer or a clear error, soon.
#[test]
fn copies_constants_and_one_row() {
    let work = Work::quiet();
    let rows = 1_000_000;
    let same = Points::new(vec![3.5; rows * 2], 2).unwrap();
    let found = hdbscan(&same, Parameters { min_cluster_size: 15, min_samples: 15 }, work).unwrap();
    assert!(found.labels.iter().all(|label| *label == NOISE), "one heap is no group against another");
    assert!(dbscan::dbscan(&same, 0.5, 5, work).unwrap().iter().all(|label| *label == 0));
    assert!(outliers::mean_of_ranks(&same, 1, work).unwrap().iter().all(|score| (*score - 0.5).abs() < 1e-9));
    assert!(outliers::lof(&same, 20, work).unwrap().iter().all(|score| *score == 1.0));
    // Two heaps of copies are two groups.
    let heaps = Points::new((0..rows).map(|row| f64::from(u8::from(row % 2 == 0))).collect(), 1).unwrap();
    let found = hdbscan(&heaps, Parameters { min_cluster_size: 15, min_samples: 5 }, work).unwrap();
    assert_eq!((found.groups, found.labels[0] != found.labels[1]), (2, true));
    let one = Points::new(vec![1.0, 2.0], 2).unwrap();
    assert_eq!(hdbscan(&one, Parameters { min_cluster_size: 5, min_samples: 5 }, work).unwrap().labels, [NOISE]);
    assert_eq!(outliers::isolation_forest(&one, Forest::default(), work).unwrap(), [0.5]);
    assert_eq!(kmeans::kmeans(&one, 1, 1, 1, work).unwrap().labels, [0]);
    let huge = Points::new(vec![1e308, -1e308, 1e308, 0.0, 5e307, -5e307], 1).unwrap();
    let _ = hdbscan(&huge, Parameters { min_cluster_size: 2, min_samples: 2 }, work);
    let _ = hdbscan_by(&huge, Parameters { min_cluster_size: 2, min_samples: 2 }, Way::Tree, work);
    let _ = (outliers::mean_of_ranks(&huge, 1, work), projection::principal(&huge), ward::ward(&huge, 2, work));
    let _ = (dbscan::dbscan(&huge, 1.0, 2, work), kmeans::kmeans(&huge, 2, 1, 1, work), outliers::lof(&huge, 2, work));
}

#[test]
fn what_cannot_be_is_refused_with_a_reason() {
    let points = some_blobs();
    let work = Work::quiet();
    for (what, fault, says) in [
        ("NaN", Points::new(vec![1.0, f64::NAN], 1).err(), "row 2, column 1"),
        ("infinity", Points::new(vec![1.0, f64::INFINITY], 2).err(), "row 1, column 2"),
        ("no rows", Points::new(vec![], 2).err(), "no row"),
        ("shape", Points::new(vec![1.0; 5], 2).err(), "5 values"),
        ("size", hdbscan(&points, Parameters { min_cluster_size: 1, min_samples: 1 }, work).err(), "at least 2"),
        ("samples", hdbscan(&points, Parameters { min_cluster_size: 5, min_samples: 9_999 }, work).err(), "3000 rows"),
        ("radius", dbscan::dbscan(&points, -1.0, 5, work).err(), "above 0"),
        ("groups", kmeans::kmeans(&points, 0, 1, 1, work).err(), "between 1"),
        ("neighbours", outliers::lof(&points, 0, work).err(), "at least 1 neighbour"),
        ("trees", outliers::isolation_forest(&points, Forest { trees: 0, ..Forest::default() }, work).err(), "1 tree"),
    ] {
        let sentence = fault.unwrap_or_else(|| panic!("{what} was taken")).to_string();
        assert!(sentence.contains(says), "{what}: {sentence}");
    }
    struct Stop;
    impl Progress for Stop {
        fn report(&self, _: u64, _: u64) {}
        fn cancelled(&self) -> bool {
            true
        }
    }
    for threads in [1, 2] {
        let stopped = Work { threads, progress: &Stop };
        let parameters = Parameters { min_cluster_size: 5, min_samples: 5 };
        assert_eq!(hdbscan(&points, parameters, stopped).err(), Some(Fault::Cancelled));
        assert_eq!(outliers::mean_of_ranks(&points, 1, stopped).err(), Some(Fault::Cancelled));
        assert_eq!(ward::ward(&points, 2, stopped).err(), Some(Fault::Cancelled));
    }
}

#[test]
fn a_table_tells_all_its_faults() {
    let read = |text: &str, reading: &table::Reading| table::read(text.as_bytes(), reading);
    let plain = table::Reading::default();
    for (text, says) in [
        (
            "a,b\n1,x\n,2\ninf,nan\n1\n",
            &[
                "row 1, column 'b': 'x' is not a number",
                "row 3, column 'a': 'inf' is not a finite number",
                "row 3, column 'b'",
                "row 4: 1 cells",
            ][..],
        ),
        ("a,b\n1,\n,2\n", &["row 1, column 'b': the cell is empty", "row 2, column 'a': the cell is empty"]),
        ("a\n", &["no row"]),
        ("", &["no row"]),
    ] {
        let sentence = read(text, &plain).unwrap_err().to_string();
        says.iter().for_each(|part| assert!(sentence.contains(part), "{sentence} lacks {part}"));
    }
    let words = format!("a\n{}", "word\n".repeat(100));
    assert!(read(&words, &plain).unwrap_err().to_string().ends_with("and 80 more"));
    let named = table::Reading { columns: vec!["c".into()], ..plain.clone() };
    assert!(read("a,b\n1,2\n", &named).unwrap_err().to_string().contains("there is no column 'c'"));
    let filled = table::Reading { columns: vec!["b".into()], id: Some("a".into()), impute_median: true };
    let table = read("a,b\nx,1\ny,\nz,4\n", &filled).unwrap();
    assert_eq!((table.points.values(), table.imputed), (&[1.0, 2.5, 4.0][..], 1));
    assert_eq!(table.ids, Some(("a".into(), vec!["x".into(), "y".into(), "z".into()])));
    assert!(read("a,b\nx,\n", &filled).unwrap_err().to_string().contains("column 'b' is empty"));
    let mut out = Vec::new();
    table::write(&mut out, &[("label", table::Column::Label(&[-1, 0])), ("p", table::Column::Number(&[0.1, 1.0]))])
        .unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), "label,p\n-1,0.1\n0,1\n");
}
