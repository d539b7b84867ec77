//! Tables for a terminal: columns as wide as they must be, numbers to the right.

/// Rows of text under a header.
pub(super) struct TextTable {
    header: Vec<String>,
    /// Columns from this one on are numbers.
    numbers_from: usize,
    rows: Vec<Vec<String>>,
}

impl TextTable {
    /// An empty table; columns from `numbers_from` on stand to the right.
    pub(super) fn new(header: &[&str], numbers_from: usize) -> Self {
        Self { header: header.iter().map(|h| (*h).to_owned()).collect(), numbers_from, rows: Vec::new() }
    }

    /// Adds a row.
    pub(super) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// Whether nothing was added.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The lines, without a line end after the last.
    pub(super) fn lines(&self) -> String {
        let width = |k: usize| {
            let cells = std::iter::once(&self.header).chain(&self.rows).filter_map(|row| row.get(k));
            cells.map(|c| c.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.header.len()).map(width).collect();
        let line = |row: &Vec<String>| {
            let cells = row.iter().zip(&widths).enumerate().map(|(k, (cell, &width))| {
                if k >= self.numbers_from { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
            });
            format!("  {}", cells.collect::<Vec<_>>().join("  ")).trim_end().to_owned()
        };
        std::iter::once(&self.header).chain(&self.rows).map(line).collect::<Vec<_>>().join("\n")
    }
}
