//! The order in which numpy's `argsort` puts numbers on a processor with AVX-512, ties included.
//!
//! The sort is unstable, and scikit-learn's labels depend on where it leaves ties. It is a quicksort that partitions eight numbers at a time from both
//! ends, with a bitonic network for 256 numbers and fewer; what follows does the same moves one number at a time. Checked against numpy 2.4.
//!
//! **Invariant:** the result is a permutation that sorts, whatever the input; infinities may stand in it, a NaN may not.

const LANES: usize = 8;
/// Numbers that are partitioned together: four registers.
const GROUP: usize = 4 * LANES;
/// Numbers that the network sorts.
const NETWORK: usize = 256;

/// The positions of `keys` in ascending order.
pub(super) fn argsort(keys: &[f64]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..keys.len() as u32).collect();
    if !keys.is_sorted() {
        let depth = 2 * order.len().ilog2();
        quicksort(keys, &mut order, depth);
    }
    order
}

fn quicksort(keys: &[f64], order: &mut [u32], depth: u32) {
    if depth == 0 {
        let depth = 2 * order.len().ilog2();
        introsort(keys, order, depth);
        insertion_sort(keys, order);
        return;
    }
    if order.len() <= NETWORK {
        network(keys, order);
        return;
    }
    let pivot = pivot(keys, order);
    let key = |at: &u32| keys[*at as usize];
    let least = order.iter().map(key).fold(f64::INFINITY, f64::min);
    let greatest = order.iter().map(key).fold(f64::NEG_INFINITY, f64::max);
    let middle = partition(keys, order, pivot);
    let (left, right) = order.split_at_mut(middle);
    if pivot != least {
        quicksort(keys, left, depth - 1);
    }
    if pivot != greatest {
        quicksort(keys, right, depth - 1);
    }
}

/// The fifth of eight numbers taken at even steps.
fn pivot(keys: &[f64], order: &[u32]) -> f64 {
    let step = (order.len() - 1) / LANES;
    let mut eight: Vec<f64> = (1..=LANES).map(|at| keys[order[at * step] as usize]).collect();
    eight.sort_unstable_by(f64::total_cmp);
    eight[LANES / 2]
}

/// Puts what is less than the pivot before the rest; where the rest begins. There are more than [`NETWORK`] numbers.
fn partition(keys: &[f64], order: &mut [u32], pivot: f64) -> usize {
    let is_less = |at: u32| keys[at as usize] < pivot;
    let (mut left, mut right) = (0, order.len());
    // What does not fill a group is swapped one by one.
    for _ in 0..order.len() % GROUP {
        if is_less(order[left]) {
            left += 1;
        } else {
            right -= 1;
            order.swap(left, right);
        }
    }
    // The first and the last group are taken out; the room they leave is where the others are stored.
    let mut stored = (left, right);
    let first = order[left..left + GROUP].to_vec();
    let last = order[right - GROUP..right].to_vec();
    left += GROUP;
    right -= GROUP;
    let mut some = [0u32; GROUP];
    while left != right {
        if stored.1 - right < left - stored.0 {
            right -= GROUP;
            some.copy_from_slice(&order[right..right + GROUP]);
        } else {
            some.copy_from_slice(&order[left..left + GROUP]);
            left += GROUP;
        }
        store(order, &some, &mut stored, is_less);
    }
    store(order, &first, &mut stored, is_less);
    store(order, &last, &mut stored, is_less);
    stored.0
}

/// Stores numbers, eight by eight: what is less upwards from `stored.0`, the rest in front of `stored.1`.
fn store(order: &mut [u32], some: &[u32], stored: &mut (usize, usize), is_less: impl Fn(u32) -> bool) {
    for lanes in some.chunks(LANES) {
        stored.1 -= lanes.iter().filter(|&&at| !is_less(at)).count();
        let mut right = stored.1;
        for &at in lanes {
            let to = if is_less(at) { &mut stored.0 } else { &mut right };
            order[*to] = at;
            *to += 1;
        }
    }
}

/// Runs of this length are left to the insertion sort.
const SHORT: usize = 16;

/// The `std::sort` of GNU's C++ library, which takes over where quicksort makes no progress: median of three, partition, short runs last.
fn introsort(keys: &[f64], order: &mut [u32], depth: u32) {
    let key = |at: u32| keys[at as usize];
    let (mut end, mut depth) = (order.len(), depth);
    while end > SHORT {
        if depth == 0 {
            // A heap sort there; that deep no input of ours has come.
            order[..end].sort_unstable_by(|&a, &b| key(a).total_cmp(&key(b)).then(a.cmp(&b)));
            return;
        }
        depth -= 1;
        let (one, two, three) = (1, end / 2, end - 1);
        let (a, b, c) = (key(order[one]), key(order[two]), key(order[three]));
        let middle = match (a < b, b < c, a < c) {
            (true, true, _) => two,
            (true, false, true) => three,
            (true, false, false) => one,
            (false, _, true) => one,
            (false, true, false) => three,
            (false, false, false) => two,
        };
        order.swap(0, middle);
        let pivot = key(order[0]);
        let (mut left, mut right) = (1, end);
        let cut = loop {
            while key(order[left]) < pivot {
                left += 1;
            }
            right -= 1;
            while pivot < key(order[right]) {
                right -= 1;
            }
            if left >= right {
                break left;
            }
            order.swap(left, right);
            left += 1;
        };
        introsort(keys, &mut order[cut..end], depth);
        end = cut;
    }
}

fn insertion_sort(keys: &[f64], order: &mut [u32]) {
    for from in 1..order.len() {
        let moved = order[from];
        let mut to = from;
        while to > 0 && keys[moved as usize] < keys[order[to - 1] as usize] {
            order[to] = order[to - 1];
            to -= 1;
        }
        order[to] = moved;
    }
}

/// A number and its position; what fills the last register has the position `u32::MAX`.
type Cell = (f64, u32);

/// The bitonic network over registers of eight: nothing is swapped that is equal.
fn network(keys: &[f64], order: &mut [u32]) {
    let registers = order.len().div_ceil(LANES).next_power_of_two();
    let mut cells: Vec<Cell> = order.iter().map(|&at| (keys[at as usize], at)).collect();
    cells.resize(registers * LANES, (f64::INFINITY, u32::MAX));
    for register in cells.chunks_exact_mut(LANES) {
        halve(register, 1);
        fold(register, 4);
        halve(register, 1);
        fold(register, 8);
        halve(register, 2);
        halve(register, 1);
    }
    let mut span = 2 * LANES;
    while span <= cells.len() {
        fold(&mut cells, span);
        let mut step = span / 4;
        while step >= 1 {
            halve(&mut cells, step);
            step /= 2;
        }
        span *= 2;
    }
    for (to, cell) in order.iter_mut().zip(&cells) {
        *to = cell.1;
    }
}

/// In each span: the first with the last, the second with the last but one, and so on.
fn fold(cells: &mut [Cell], span: usize) {
    for cells in cells.chunks_exact_mut(span) {
        (0..span / 2).for_each(|at| compare(cells, at, span - 1 - at));
    }
}

/// In each span of two steps: each of the first half with the one a step further.
fn halve(cells: &mut [Cell], step: usize) {
    for cells in cells.chunks_exact_mut(2 * step) {
        (0..step).for_each(|at| compare(cells, at, at + step));
    }
}

/// Swaps two that are in the wrong order. A filling is greater than everything, an infinity too.
fn compare(cells: &mut [Cell], low: usize, high: usize) {
    if cells[low].0 > cells[high].0 || (cells[low].1 == u32::MAX && cells[high].1 != u32::MAX) {
        cells.swap(low, high);
    }
}

#[cfg(test)]
mod tests {
    use super::argsort;
    use crate::random::Random;

    #[test]
    fn it_sorts() {
        let mut random = Random::new(1);
        for (many, different) in
            [(0, 1), (1, 1), (2, 1), (9, 3), (256, 4), (257, 1), (300, 7), (5_000, 40), (20_000, 1)]
        {
            let keys: Vec<f64> = (0..many).map(|_| random.below(different) as f64).collect();
            let order = argsort(&keys);
            assert!(
                order.windows(2).all(|two| keys[two[0] as usize] <= keys[two[1] as usize]),
                "{many} of {different}"
            );
            let mut all = order.clone();
            all.sort_unstable();
            assert!(all.iter().enumerate().all(|(at, &one)| at == one as usize), "{many} of {different}");
        }
    }

    /// numpy 2.4.6 on a processor with AVX-512: `np.argsort((np.arange(n) * 7 % m).astype(float))`, as a checksum over position and place.
    #[test]
    fn ties_lie_where_numpy_leaves_them() {
        for (many, modulo, sum) in include!("../../tests/data/argsort.txt") {
            let keys: Vec<f64> = (0..many).map(|at: u64| ((at * 7919) % 10_007 % modulo) as f64).collect();
            let got = argsort(&keys).iter().fold(0u64, |sum, &at| (sum * 31 + u64::from(at)) % 1_000_000_007);
            assert_eq!(got, sum, "{many} keys of {modulo} values");
        }
    }
}
