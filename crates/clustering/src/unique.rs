//! Equal rows, told apart once: a million copies of a point are one place with a million members.
//!
//! **Invariant:** the members of a place ascend; places are in the order of their first members.

use crate::Points;

/// The different rows of a table.
pub(crate) struct Places {
    /// Row by row, the place it is at.
    pub of: Vec<u32>,
    /// The rows of all places, place by place.
    members: Vec<u32>,
    starts: Vec<u32>,
}

impl Places {
    pub fn new(points: &Points) -> Self {
        let rows = points.rows();
        let mut order: Vec<(u64, u32)> = (0..rows).map(|row| (hash(points.row(row)), row as u32)).collect();
        order.sort_unstable();
        // Within equal hashes, equal rows: nearly always one run of one row, or of equal rows.
        let mut first_of = vec![0u32; rows];
        let mut from = 0;
        while from < rows {
            let to = order[from..].iter().position(|one| one.0 != order[from].0).map_or(rows, |more| from + more);
            // Different rows of one hash are so rare that a list of the first of each is enough.
            let mut firsts: Vec<u32> = Vec::new();
            for &(_, row) in &order[from..to] {
                let equal = firsts.iter().find(|&&first| points.row(first as usize) == points.row(row as usize));
                let first = equal.copied().unwrap_or_else(|| {
                    firsts.push(row);
                    row
                });
                first_of[row as usize] = first;
            }
            from = to;
        }
        drop(order);
        let mut of = first_of;
        let mut many = 0u32;
        for row in 0..rows {
            let first = of[row] as usize;
            if first == row {
                of[row] = many;
                many += 1;
            } else {
                of[row] = of[first];
            }
        }
        let mut starts = vec![0u32; many as usize + 1];
        for &place in &of {
            starts[place as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let (mut next, mut members) = (starts.clone(), vec![0u32; rows]);
        for (row, &place) in of.iter().enumerate() {
            members[next[place as usize] as usize] = row as u32;
            next[place as usize] += 1;
        }
        Self { of, members, starts }
    }

    /// How many different rows.
    pub fn many(&self) -> usize {
        self.starts.len() - 1
    }

    /// The rows at a place, ascending.
    pub fn members(&self, place: usize) -> &[u32] {
        &self.members[self.starts[place] as usize..self.starts[place + 1] as usize]
    }

    /// The first row of each place.
    pub fn firsts(&self) -> Vec<u32> {
        self.starts[..self.many()].iter().map(|&start| self.members[start as usize]).collect()
    }
}

fn hash(row: &[f64]) -> u64 {
    row.iter().fold(0x9E37_79B9_7F4A_7C15u64, |sum, value| {
        let mixed = (sum ^ value.to_bits()).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed ^ (mixed >> 29)
    })
}
