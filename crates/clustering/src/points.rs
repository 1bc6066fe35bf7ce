//! The rows that everything here works on.
//!
//! **Invariant:** every value is finite, there is at least one row and one column, and a zero has no sign, so equal rows have equal bits.

use crate::Fault;

/// Rows of numbers, one after the other.
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    values: Vec<f64>,
    columns: usize,
}

impl Points {
    /// Of `values` in row-major order, `columns` to a row.
    ///
    /// # Errors
    /// [`Fault::Empty`], [`Fault::Shape`], or [`Fault::NotFinite`] at the first NaN or infinity.
    pub fn new(mut values: Vec<f64>, columns: usize) -> Result<Self, Fault> {
        if columns == 0 || values.is_empty() {
            return Err(Fault::Empty);
        }
        if !values.len().is_multiple_of(columns) {
            return Err(Fault::Shape { values: values.len(), rows: values.len() / columns, columns });
        }
        for (at, value) in values.iter_mut().enumerate() {
            if !value.is_finite() {
                return Err(Fault::NotFinite { row: at / columns + 1, column: at % columns + 1 });
            }
            // Minus zero becomes zero.
            *value += 0.0;
        }
        Ok(Self { values, columns })
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.values.len() / self.columns
    }

    /// How many columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// One row.
    pub fn row(&self, at: usize) -> &[f64] {
        &self.values[at * self.columns..(at + 1) * self.columns]
    }

    /// All values, row by row.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// One column, copied.
    pub fn column(&self, at: usize) -> Vec<f64> {
        self.values.iter().skip(at).step_by(self.columns).copied().collect()
    }

    /// Some of the rows, in the order given.
    pub fn chosen(&self, rows: &[usize]) -> Self {
        let values = rows.iter().flat_map(|&row| self.row(row)).copied().collect();
        Self { values, columns: self.columns }
    }

    /// Each column with mean 0 and standard deviation 1; a constant column becomes zeros.
    pub fn standardised(&self) -> Self {
        let (rows, columns) = (self.rows() as f64, self.columns);
        let mut values = self.values.clone();
        for column in 0..columns {
            let mean = values.iter().skip(column).step_by(columns).sum::<f64>() / rows;
            let square: f64 = values.iter().skip(column).step_by(columns).map(|x| (x - mean) * (x - mean)).sum();
            let deviation = (square / rows).sqrt();
            // A column of equal values has a deviation of rounding only.
            let flat = !(deviation > mean.abs() * 1e-14 && deviation.is_finite());
            for value in values.iter_mut().skip(column).step_by(columns) {
                *value = if flat { 0.0 } else { (*value - mean) / deviation + 0.0 };
            }
        }
        Self { values, columns }
    }
}

/// The square of the distance of two rows, added from the first column to the last: the order scikit-learn adds in, so the bits are the same.
#[inline]
pub(crate) fn square_distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).fold(0.0, |sum, (x, y)| sum + (x - y) * (x - y))
}
