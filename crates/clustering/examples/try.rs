use clustering::*;
use std::io::Read;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let mut text = String::new();
    std::fs::File::open(&args[1]).unwrap().read_to_string(&mut text).unwrap();
    let mut columns = 0;
    let values: Vec<f64> = text.lines().flat_map(|line| { let v: Vec<f64> = line.split(',').map(|x| x.parse().unwrap()).collect(); columns = v.len(); v }).collect();
    drop(text);
    let points = Points::new(values, columns).unwrap();
    let way = match args[4].as_str() { "prim" => hdbscan::Way::Prim, "tree" => hdbscan::Way::Tree, _ => hdbscan::Way::Auto };
    let threads = args.get(6).map_or(1, |x| x.parse().unwrap());
    let found = hdbscan::hdbscan_by(&points, hdbscan::Parameters { min_cluster_size: args[2].parse().unwrap(), min_samples: args[3].parse().unwrap() }, way, Work { threads, progress: &Quiet }).unwrap();
    let mut out = String::new();
    for row in 0..points.rows() { out += &format!("{},{:?},{:?}\n", found.labels[row], found.probabilities[row], found.outlier_scores[row]); }
    std::fs::write(&args[5], out).unwrap();
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    println!("{} groups, noise {}, length {:?} {}", found.groups, found.labels.iter().filter(|x| **x<0).count(), found.tree_length, status.lines().find(|l| l.starts_with("VmHWM")).unwrap());
}
