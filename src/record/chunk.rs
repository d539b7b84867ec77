//! A stretch of rows, stored column by column, with the extremes of short blocks.

/// Rows of a sealed chunk.
pub const CHUNK_ROWS: usize = 256;

/// Rows of a block whose extremes are kept.
const BLOCK_ROWS: usize = 16;

/// Rows stored column by column. Sealed chunks are shared and never change.
#[derive(Debug, Clone)]
pub struct Chunk {
    rows: usize,
    columns: usize,
    /// `columns` runs of `CHUNK_ROWS` values.
    values: Vec<f64>,
    /// Per column and block: minimum and maximum; NaN where a block holds no number.
    extremes: Vec<[f64; 2]>,
}

impl Chunk {
    /// An empty chunk of so many columns with room for all its rows.
    pub fn new(columns: usize) -> Self {
        Self {
            rows: 0,
            columns,
            values: vec![0.0; columns * CHUNK_ROWS],
            extremes: vec![[f64::NAN; 2]; columns * CHUNK_ROWS / BLOCK_ROWS],
        }
    }

    /// Adds a row; returns whether there was room.
    pub fn push(&mut self, row: &[f64]) -> bool {
        if self.rows == CHUNK_ROWS {
            return false;
        }
        let block = self.rows / BLOCK_ROWS;
        let runs = self.values.chunks_exact_mut(CHUNK_ROWS);
        let blocks = self.extremes.chunks_exact_mut(CHUNK_ROWS / BLOCK_ROWS);
        for ((run, blocks), &value) in runs.zip(blocks).zip(row) {
            if let Some(cell) = run.get_mut(self.rows) {
                *cell = value;
            }
            if let Some([low, high]) = blocks.get_mut(block) {
                // `min` and `max` of NaN and a number give the number.
                *low = low.min(value);
                *high = high.max(value);
            }
        }
        self.rows += 1;
        true
    }

    /// Rows so far.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Whether no more rows fit.
    pub fn is_full(&self) -> bool {
        self.rows == CHUNK_ROWS
    }

    /// The values of a column.
    pub fn column(&self, column: usize) -> &[f64] {
        let start = column * CHUNK_ROWS;
        if column >= self.columns {
            return &[];
        }
        self.values.get(start..start + self.rows).unwrap_or(&[])
    }

    /// One value; NaN outside.
    pub fn value(&self, row: usize, column: usize) -> f64 {
        self.column(column).get(row).copied().unwrap_or(f64::NAN)
    }

    /// Smallest and largest value of a column over rows `from..to`; `None` when there is no number.
    pub fn extremes(&self, column: usize, from: usize, to: usize) -> Option<(f64, f64)> {
        let to = to.min(self.rows);
        let (mut low, mut high) = (f64::NAN, f64::NAN);
        let mut row = from;
        while row < to {
            let whole = row.is_multiple_of(BLOCK_ROWS) && row + BLOCK_ROWS <= to;
            if whole {
                let at = column * (CHUNK_ROWS / BLOCK_ROWS) + row / BLOCK_ROWS;
                if let Some([l, h]) = self.extremes.get(at) {
                    low = low.min(*l);
                    high = high.max(*h);
                }
                row += BLOCK_ROWS;
            } else {
                let value = self.value(row, column);
                low = low.min(value);
                high = high.max(value);
                row += 1;
            }
        }
        (low <= high).then_some((low, high))
    }

    /// Forgets rows from `rows` on.
    pub fn truncate(&mut self, rows: usize) {
        if rows >= self.rows {
            return;
        }
        let mut kept = Self::new(self.columns);
        let mut row = vec![0.0; self.columns];
        for r in 0..rows {
            for (c, cell) in row.iter_mut().enumerate() {
                *cell = self.value(r, c);
            }
            kept.push(&row);
        }
        *self = kept;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(rows: usize) -> Chunk {
        let mut chunk = Chunk::new(2);
        for r in 0..rows {
            assert!(chunk.push(&[r as f64, if r == 40 { f64::NAN } else { -(r as f64) }]));
        }
        chunk
    }

    #[test]
    fn extremes_agree_with_a_plain_scan() {
        let chunk = filled(200);
        for (from, to) in [(0, 200), (3, 5), (16, 32), (15, 180), (190, 500)] {
            assert_eq!(chunk.extremes(0, from, to), Some((from as f64, (to.min(200) - 1) as f64)));
        }
        assert_eq!(chunk.extremes(1, 40, 41), None, "a row without a number has no extremes");
        assert_eq!(chunk.extremes(1, 39, 42), Some((-41.0, -39.0)));
        assert_eq!(chunk.extremes(0, 9, 9), None);
    }

    #[test]
    fn truncating_forgets_rows_and_their_extremes() {
        let mut chunk = filled(100);
        chunk.truncate(10);
        // Blocks without a row hold NaN, so that two chunks are never equal: what they answer is.
        assert_eq!(chunk.rows(), 10);
        assert_eq!(chunk.column(1), filled(10).column(1));
        assert_eq!(chunk.extremes(0, 0, 100), Some((0.0, 9.0)));
        for _ in 10..100 {
            assert!(chunk.push(&[-5.0, 1.0]));
        }
        assert_eq!(chunk.extremes(0, 0, 100), Some((-5.0, 9.0)), "nothing is left of the rows before");
        assert_eq!(chunk.extremes(1, 16, 64), Some((1.0, 1.0)));
    }

    #[test]
    fn a_full_chunk_takes_no_more() {
        let mut chunk = filled(CHUNK_ROWS);
        assert!(chunk.is_full());
        assert!(!chunk.push(&[0.0, 0.0]));
    }
}
