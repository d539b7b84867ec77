//! Golden CSVs as numbers and texts by column name.

use std::collections::HashMap;
use std::path::Path;

/// A CSV in memory.
pub struct Table {
    columns: HashMap<String, usize>,
    rows: Vec<Vec<String>>,
}

/// A row of a [`Table`].
pub struct Row<'a> {
    table: &'a Table,
    cells: &'a [String],
}

impl Table {
    pub fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let mut lines = text.lines();
        let header = lines.next().unwrap();
        let columns = header.split(',').enumerate().map(|(i, n)| (n.to_owned(), i)).collect();
        let rows = lines.map(|l| l.split(',').map(str::to_owned).collect()).collect();
        Self { columns, rows }
    }

    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|cells| Row { table: self, cells })
    }

    /// A ragged column: an empty cell ends it.
    pub fn ragged(&self, name: &str) -> Vec<f64> {
        let k = self.columns[name];
        self.rows.iter().map_while(|r| r[k].parse().ok()).collect()
    }
}

impl Row<'_> {
    pub fn text(&self, name: &str) -> &str {
        &self.cells[*self.table.columns.get(name).unwrap_or_else(|| panic!("no column {name}"))]
    }

    pub fn num(&self, name: &str) -> f64 {
        self.text(name).parse().unwrap_or_else(|_| panic!("{name}: `{}` is not a number", self.text(name)))
    }
}

/// Collects the worst error of a file.
pub struct Tally {
    rtol: f64,
    worst: f64,
    first: Option<String>,
    pub values: usize,
}

impl Tally {
    pub fn new(rtol: f64) -> Self {
        Self { rtol, worst: 0.0, first: None, values: 0 }
    }

    pub fn check(&mut self, row: usize, name: &str, computed: f64, expected: f64) {
        self.values += 1;
        let error = (computed - expected).abs() / expected.abs().max(1.0);
        let error = if error.is_nan() { f64::INFINITY } else { error };
        self.worst = self.worst.max(error);
        if error > self.rtol && self.first.is_none() {
            self.first = Some(format!("row {row}, column {name}: computed {computed}, expected {expected}"));
        }
    }

    pub fn verdict(self) -> Result<(), String> {
        if self.values == 0 {
            return Err("nothing was compared".into());
        }
        match self.first {
            Some(what) => Err(format!("worst error {:.3e}; {what}", self.worst)),
            None => Ok(()),
        }
    }
}
