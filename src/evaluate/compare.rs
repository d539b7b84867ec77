//! One thing against another: computed against expected, column by column; two runs side by side; metrics of several.

pub mod align;
pub mod kpi;
pub mod span;

use std::fmt;

/// First place where computed and expected differ too much.
#[derive(Debug, Clone, PartialEq)]
pub struct Miss {
    /// Row, from 0.
    pub row: u64,
    /// Column name.
    pub column: String,
    /// What was computed.
    pub computed: f64,
    /// What stands in the file.
    pub expected: f64,
}

/// Result of comparing a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Rows compared.
    pub rows: u64,
    /// Columns compared.
    pub columns: usize,
    /// Largest error |computed − expected| / max(1, |expected|).
    pub worst: f64,
    /// Where it is: row and column name.
    pub worst_at: Option<(u64, String)>,
    /// First place beyond the tolerance.
    pub first_miss: Option<Miss>,
    /// The tolerance.
    pub rtol: f64,
    /// What a reader should know besides: lines that were cut off, rows without a check.
    pub remark: Option<String>,
}

impl Comparison {
    /// Nothing compared yet.
    pub fn new(columns: usize, rtol: f64) -> Self {
        Self { rows: 0, columns, worst: 0.0, worst_at: None, first_miss: None, rtol, remark: None }
    }

    /// Whether everything is within the tolerance.
    pub fn holds(&self) -> bool {
        self.first_miss.is_none()
    }

    /// Compares one value. Two values that do not exist agree; one that does not exist is infinitely wrong.
    pub fn value(&mut self, row: u64, column: &str, computed: f64, expected: f64) {
        self.value_within(row, column, computed, expected, self.rtol);
    }

    /// Compares one value at a tolerance of its own.
    pub fn value_within(&mut self, row: u64, column: &str, computed: f64, expected: f64, rtol: f64) {
        let error = match (computed.is_nan(), expected.is_nan()) {
            (true, true) => 0.0,
            (false, false) if computed == expected => 0.0,
            (false, false) => (computed - expected).abs() / expected.abs().max(1.0),
            _ => f64::INFINITY,
        };
        let error = if error.is_nan() { f64::INFINITY } else { error };
        if error > self.worst {
            self.worst = error;
            self.worst_at = Some((row, column.to_owned()));
        }
        if error > rtol && self.first_miss.is_none() {
            self.first_miss = Some(Miss { row, column: column.to_owned(), computed, expected });
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.holds() { "holds" } else { "FAILS" };
        write!(f, "{verdict}: {} rows × {} columns, worst error {:.3e}", self.rows, self.columns, self.worst)?;
        if let Some((row, column)) = &self.worst_at {
            write!(f, " (tick {row}, {column})")?;
        }
        if let Some(miss) = &self.first_miss {
            write!(
                f,
                "; first beyond {:e}: tick {}, column {}: computed {}, expected {}",
                self.rtol, miss.row, miss.column, miss.computed, miss.expected
            )?;
        }
        match &self.remark {
            Some(remark) => write!(f, "; {remark}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_value_is_a_miss() {
        let mut c = Comparison::new(1, 1e-9);
        c.value(0, "x", f64::NAN, f64::NAN);
        assert!(c.holds());
        c.value(1, "x", f64::NAN, 1.0);
        assert_eq!(c.first_miss.as_ref().map(|m| m.row), Some(1));
    }

    #[test]
    fn errors_are_relative_above_one_and_absolute_below() {
        let mut c = Comparison::new(1, 1e-9);
        c.value(0, "x", 1e6 + 1e-4, 1e6);
        c.value(1, "x", 1e-10, 0.0);
        assert!(c.holds());
        c.value(2, "x", 1e-8, 0.0);
        assert!(!c.holds());
    }
}
