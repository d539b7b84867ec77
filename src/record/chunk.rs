//! A stretch of rows, stored so that a column can be read along, with the extremes of short blocks.
//!
//! Rows arrive one after another and charts read columns. Whole rows therefore wait in a small buffer; sixteen of them
//! are turned into a block at once, in which every column is contiguous. That costs a fifth of writing each value of a
//! row to its column's place.

/// Rows of a sealed chunk.
pub const CHUNK_ROWS: usize = 256;

/// Rows of a block, in which the values of a column stand side by side and whose extremes are kept.
const BLOCK_ROWS: usize = 16;

/// Rows in blocks, and the rows of the block that is not full yet. Sealed chunks are shared and never change.
#[derive(Debug, Clone)]
pub struct Chunk {
    columns: usize,
    /// Number of whole blocks.
    blocks: usize,
    /// By block and column: `BLOCK_ROWS` values.
    values: Vec<f64>,
    /// By block and column: minimum and maximum; minimum above maximum where a block holds no number.
    extremes: Vec<[f64; 2]>,
    /// Rows after the last whole block, one after another.
    waiting: Vec<f64>,
    /// Number of them.
    waiting_rows: usize,
}

/// Extremes of nothing.
const NOTHING: [f64; 2] = [f64::INFINITY, f64::NEG_INFINITY];

/// The smaller and larger of what was seen and a value; NaN is smaller and larger than nothing.
#[inline]
fn widen([low, high]: [f64; 2], value: f64) -> [f64; 2] {
    // Written out because it is one instruction each; `f64::min` is three.
    [if value < low { value } else { low }, if value > high { value } else { high }]
}

impl Chunk {
    /// An empty chunk of so many columns with room for all its rows.
    pub fn new(columns: usize) -> Self {
        Self {
            columns,
            blocks: 0,
            values: Vec::with_capacity(columns * CHUNK_ROWS),
            extremes: Vec::with_capacity(columns * CHUNK_ROWS / BLOCK_ROWS),
            waiting: Vec::with_capacity(columns * BLOCK_ROWS),
            waiting_rows: 0,
        }
    }

    /// Adds a row; returns whether there was room. What a row is short of counts as NaN.
    pub fn push(&mut self, row: &[f64]) -> bool {
        if self.is_full() {
            return false;
        }
        self.waiting.extend_from_slice(row.get(..self.columns).unwrap_or(row));
        self.waiting_rows += 1;
        self.waiting.resize(self.waiting_rows * self.columns, f64::NAN);
        if self.waiting_rows == BLOCK_ROWS {
            self.close_block();
        }
        true
    }

    /// Turns the rows that wait into a block.
    fn close_block(&mut self) {
        let (first_value, first_extreme) = (self.values.len(), self.extremes.len());
        self.values.resize(first_value + self.columns * BLOCK_ROWS, 0.0);
        self.extremes.resize(first_extreme + self.columns, NOTHING);
        let values = self.values.get_mut(first_value..).unwrap_or(&mut []);
        let extremes = self.extremes.get_mut(first_extreme..).unwrap_or(&mut []);
        for (k, row) in self.waiting.chunks_exact(self.columns.max(1)).enumerate() {
            for ((run, extreme), &value) in values.chunks_exact_mut(BLOCK_ROWS).zip(&mut *extremes).zip(row) {
                if let Some(cell) = run.get_mut(k) {
                    *cell = value;
                }
                *extreme = widen(*extreme, value);
            }
        }
        self.blocks += 1;
        self.waiting.clear();
        self.waiting_rows = 0;
    }

    /// Rows so far.
    pub fn rows(&self) -> usize {
        self.blocks * BLOCK_ROWS + self.waiting_rows
    }

    /// Whether no more rows fit.
    pub fn is_full(&self) -> bool {
        self.blocks == CHUNK_ROWS / BLOCK_ROWS
    }

    /// One value; NaN outside.
    pub fn value(&self, row: usize, column: usize) -> f64 {
        if column >= self.columns {
            return f64::NAN;
        }
        let (block, k) = (row / BLOCK_ROWS, row % BLOCK_ROWS);
        let value = if block < self.blocks {
            self.values.get((block * self.columns + column) * BLOCK_ROWS + k)
        } else {
            self.waiting.get((row - self.blocks * BLOCK_ROWS) * self.columns + column)
        };
        value.copied().unwrap_or(f64::NAN)
    }

    /// Smallest and largest value of a column over rows `from..to`; `None` when there is no number.
    pub fn extremes(&self, column: usize, from: usize, to: usize) -> Option<(f64, f64)> {
        let to = to.min(self.rows());
        let mut seen = NOTHING;
        let mut row = from;
        while row < to {
            let block = row / BLOCK_ROWS;
            let whole = row.is_multiple_of(BLOCK_ROWS) && row + BLOCK_ROWS <= to && block < self.blocks;
            match self.extremes.get(block * self.columns + column).filter(|_| whole && column < self.columns) {
                Some(&[low, high]) => {
                    seen = widen(widen(seen, low), high);
                    row += BLOCK_ROWS;
                }
                None => {
                    seen = widen(seen, self.value(row, column));
                    row += 1;
                }
            }
        }
        let [low, high] = seen;
        (low <= high).then_some((low, high))
    }

    /// Forgets rows from `rows` on.
    pub fn truncate(&mut self, rows: usize) {
        if rows >= self.rows() {
            return;
        }
        let (blocks, left) = (rows / BLOCK_ROWS, rows % BLOCK_ROWS);
        if blocks < self.blocks {
            // The block that is cut waits again, row after row.
            let mut waiting = Vec::with_capacity(self.columns * BLOCK_ROWS);
            for row in blocks * BLOCK_ROWS..rows {
                waiting.extend((0..self.columns).map(|column| self.value(row, column)));
            }
            self.waiting = waiting;
            self.blocks = blocks;
            self.values.truncate(blocks * self.columns * BLOCK_ROWS);
            self.extremes.truncate(blocks * self.columns);
        }
        self.waiting.truncate(left * self.columns);
        self.waiting_rows = left;
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
    fn values_stand_where_they_were_put() {
        let chunk = filled(200);
        assert_eq!(chunk.rows(), 200);
        for r in (0..200).filter(|r| *r != 40) {
            assert_eq!((chunk.value(r, 0), chunk.value(r, 1)), (r as f64, -(r as f64)));
        }
        assert!([(40, 1), (200, 0), (0, 2), (199, 2), (5_000, 0)].iter().all(|&(r, c)| chunk.value(r, c).is_nan()));
    }

    #[test]
    fn extremes_agree_with_a_plain_scan() {
        let chunk = filled(200);
        for (from, to) in [(0, 200), (3, 5), (16, 32), (15, 180), (190, 500), (192, 193)] {
            assert_eq!(chunk.extremes(0, from, to), Some((from as f64, (to.min(200) - 1) as f64)));
        }
        assert_eq!(chunk.extremes(1, 40, 41), None, "a row without a number has no extremes");
        assert_eq!(chunk.extremes(1, 39, 42), Some((-41.0, -39.0)));
        assert_eq!(chunk.extremes(0, 9, 9), None);
        assert_eq!(chunk.extremes(2, 0, 200), None, "a column that is not there has no extremes");
    }

    #[test]
    fn blocks_without_a_number_have_no_extremes() {
        let mut chunk = Chunk::new(1);
        for r in 0..48 {
            chunk.push(&[if r < 32 { f64::NAN } else { f64::INFINITY }]);
        }
        assert_eq!(chunk.extremes(0, 0, 32), None);
        assert_eq!(chunk.extremes(0, 0, 48), Some((f64::INFINITY, f64::INFINITY)));
    }

    #[test]
    fn truncating_forgets_rows_and_their_extremes() {
        for rows in [0, 1, 10, 16, 17, 32, 95, 96, 99] {
            let mut chunk = filled(100);
            chunk.truncate(rows);
            assert_eq!(chunk.rows(), rows);
            assert_eq!(chunk.extremes(0, 0, 100), rows.checked_sub(1).map(|last| (0.0, last as f64)));
            for _ in rows..100 {
                assert!(chunk.push(&[-5.0, 1.0]));
            }
            assert_eq!(
                chunk.extremes(0, 0, 100),
                Some((-5.0, rows.saturating_sub(1) as f64)).filter(|_| rows > 0).or(Some((-5.0, -5.0)))
            );
            assert_eq!(chunk.extremes(1, rows, 100), Some((1.0, 1.0)), "nothing is left of the rows before");
            assert!((0..rows).all(|r| chunk.value(r, 0) == r as f64));
        }
    }

    #[test]
    fn a_full_chunk_takes_no_more() {
        let mut chunk = filled(CHUNK_ROWS);
        assert!(chunk.is_full());
        assert!(!chunk.push(&[0.0, 0.0]));
    }

    #[test]
    fn a_short_row_ends_in_gaps() {
        let mut chunk = Chunk::new(3);
        chunk.push(&[1.0]);
        chunk.push(&[1.0, 2.0, 3.0, 4.0]);
        assert!(chunk.value(0, 1).is_nan() && chunk.value(0, 2).is_nan());
        assert_eq!((chunk.value(1, 0), chunk.value(1, 2)), (1.0, 3.0));
    }
}
