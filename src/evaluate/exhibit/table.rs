//! The numbers of an exhibit as a table, and as a CSV.

use crate::evaluate::tables::{csv_number, csv_text};

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A number; one that is not finite is an empty cell.
    Number(f64),
    /// Words.
    Text(String),
}

impl From<f64> for Cell {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// Rows under names. Names carry their units.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// An empty table.
    pub fn new<T: Into<String>>(columns: impl IntoIterator<Item = T>) -> Self {
        Self { columns: columns.into_iter().map(Into::into).collect(), rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Adds a row of numbers.
    pub fn numbers(&mut self, cells: impl IntoIterator<Item = f64>) {
        self.rows.push(cells.into_iter().map(Cell::Number).collect());
    }

    /// The table as a CSV with its header.
    pub fn csv(&self) -> String {
        let line = |cells: Vec<String>| format!("{}\n", cells.join(","));
        let mut out = line(self.columns.iter().map(|c| csv_text(c)).collect());
        for row in &self.rows {
            out.push_str(&line(
                row.iter()
                    .map(|cell| match cell {
                        Cell::Number(value) => csv_number(*value),
                        Cell::Text(text) => csv_text(text),
                    })
                    .collect(),
            ));
        }
        out
    }
}
