//! A stretch of rows, stored so that a column can be read along, with what each column comes to.
//!
//! Rows arrive one after another and charts read columns. Whole rows therefore wait in a small buffer; sixteen of them
//! are turned into a block at once, in which every column is contiguous. A column that does not change within a block
//! is one number: flags, held prices and quiet levers are most of a row, and memory that is not touched is most of the
//! speed.
//!
//! While blocks close, a tally of each column is kept: extremes of every quarter, sum, first and last value. It answers
//! whole quarters and whole chunks; within a quarter the values themselves are read, which is no slower than looking up
//! what they came to.

use super::digest::{Digest, Span, summand, total};

/// Rows of a sealed chunk.
pub const CHUNK_ROWS: usize = 256;

/// Rows of a block, in which the values of a column stand side by side.
const BLOCK_ROWS: usize = 16;

/// Quarters of a chunk.
const QUARTERS: usize = 4;

/// Rows of a quarter.
const QUARTER_ROWS: usize = CHUNK_ROWS / QUARTERS;

/// Mark on a place whose column does not change within its block.
const STILL: u32 = 1 << 31;

/// Rows in blocks, and the rows of the block that is not full yet. Sealed chunks are shared and never change.
#[derive(Debug, Clone)]
pub struct Chunk {
    columns: usize,
    /// Number of whole blocks.
    blocks: usize,
    /// By block and column: where in `values` it stands, with the mark [`STILL`] where one value is all.
    places: Vec<u32>,
    /// One value of a still column; `BLOCK_ROWS` values of a changing one.
    values: Vec<f64>,
    /// By column: what the whole blocks come to.
    tallies: Vec<Tally>,
    /// Rows after the last whole block, one after another.
    waiting: Vec<f64>,
    /// Number of them.
    waiting_rows: usize,
    /// Bits in which any waiting value of a column differs from the first one; room for the work of closing a block.
    changed: Vec<u64>,
}

/// What a column comes to over the whole blocks of a chunk.
#[derive(Debug, Clone, Copy)]
struct Tally {
    quarters: [Span; QUARTERS],
    sum: f64,
    first: f64,
    last: f64,
}

impl Tally {
    const NOTHING: Self = Self { quarters: [Span::NOTHING; QUARTERS], sum: 0.0, first: f64::NAN, last: f64::NAN };

    /// Takes in a block in which the column does not change.
    #[inline]
    fn still(&mut self, block: usize, value: f64) {
        if let Some(quarter) = self.quarters.get_mut(block * BLOCK_ROWS / QUARTER_ROWS) {
            quarter.widen(value);
        }
        self.sum += summand(value) * BLOCK_ROWS as f64;
        self.ends(block, value, value);
    }

    /// Takes in a block in which it does.
    #[inline]
    fn changing(&mut self, block: usize, run: &[f64; BLOCK_ROWS]) {
        if let Some(quarter) = self.quarters.get_mut(block * BLOCK_ROWS / QUARTER_ROWS) {
            quarter.widen_by(run);
        }
        self.sum += total(run);
        let [first, .., last] = *run;
        self.ends(block, first, last);
    }

    #[inline]
    fn ends(&mut self, block: usize, first: f64, last: f64) {
        self.first = if block == 0 { first } else { self.first };
        self.last = last;
    }
}

/// A column of a block.
enum Run<'a> {
    /// Every row has this value.
    Still(f64),
    /// The values.
    Changing(&'a [f64; BLOCK_ROWS]),
}

impl Chunk {
    /// An empty chunk of so many columns.
    pub fn new(columns: usize) -> Self {
        Self {
            columns,
            blocks: 0,
            places: Vec::with_capacity(columns * CHUNK_ROWS / BLOCK_ROWS),
            values: Vec::with_capacity(columns * CHUNK_ROWS),
            tallies: vec![Tally::NOTHING; columns],
            waiting: Vec::with_capacity(columns * BLOCK_ROWS),
            waiting_rows: 0,
            changed: vec![0; columns],
        }
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns
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
        let Self { columns, blocks, places, values, tallies, waiting, changed, .. } = self;
        let (first, others) = waiting.split_at(*columns);
        changed.fill(0);
        for row in others.chunks_exact((*columns).max(1)) {
            for ((changed, value), first) in changed.iter_mut().zip(row).zip(first) {
                *changed |= value.to_bits() ^ first.to_bits();
            }
        }
        for (column, ((&changed, &first), tally)) in changed.iter().zip(first).zip(tallies).enumerate() {
            let place = values.len() as u32;
            if changed == 0 {
                places.push(place | STILL);
                values.push(first);
                tally.still(*blocks, first);
                continue;
            }
            places.push(place);
            let mut run = [0.0; BLOCK_ROWS];
            for (cell, row) in run.iter_mut().zip(waiting.chunks_exact(*columns)) {
                *cell = row.get(column).copied().unwrap_or(f64::NAN);
            }
            values.extend_from_slice(&run);
            tally.changing(*blocks, &run);
        }
        self.blocks += 1;
        self.waiting.clear();
        self.waiting_rows = 0;
        if self.is_full() {
            // A sealed chunk stays for the whole run: it keeps no room that it does not use.
            self.values.shrink_to_fit();
            self.waiting = Vec::new();
            self.changed = Vec::new();
        }
    }

    /// A column of a whole block.
    #[inline]
    fn run(&self, block: usize, column: usize) -> Option<Run<'_>> {
        if column >= self.columns || block >= self.blocks {
            return None;
        }
        let place = *self.places.get(block * self.columns + column)?;
        let values = self.values.get((place & !STILL) as usize..)?;
        if place & STILL != 0 {
            values.first().copied().map(Run::Still)
        } else {
            values.first_chunk().map(Run::Changing)
        }
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
        match self.run(row / BLOCK_ROWS, column) {
            Some(Run::Still(value)) => value,
            Some(Run::Changing(run)) => run.get(row % BLOCK_ROWS).copied().unwrap_or(f64::NAN),
            None => self.waiting_value(row, column).unwrap_or(f64::NAN),
        }
    }

    fn waiting_value(&self, row: usize, column: usize) -> Option<f64> {
        let row = row.checked_sub(self.blocks * BLOCK_ROWS)?;
        self.waiting.chunks_exact(self.columns.max(1)).nth(row)?.get(column).copied()
    }

    /// Smallest and largest value of a column over rows `from..to`; `None` when there is no number.
    pub fn extremes(&self, column: usize, from: usize, to: usize) -> Option<(f64, f64)> {
        self.span(column, from, to).get()
    }

    /// Extremes of a column over rows `from..to`.
    pub(super) fn span(&self, column: usize, from: usize, to: usize) -> Span {
        let to = to.min(self.rows());
        let mut span = Span::NOTHING;
        let mut row = from;
        while row < to {
            let quarter = row / QUARTER_ROWS;
            // A quarter is told by its tally once all its blocks are closed.
            let end = (quarter + 1) * QUARTER_ROWS;
            if row.is_multiple_of(QUARTER_ROWS) && end <= to.min(self.blocks * BLOCK_ROWS) {
                if let Some(whole) = self.tallies.get(column).and_then(|tally| tally.quarters.get(quarter)) {
                    span.join(*whole);
                }
                row = end;
                continue;
            }
            let end = (row / BLOCK_ROWS * BLOCK_ROWS + BLOCK_ROWS).min(to);
            match self.run(row / BLOCK_ROWS, column) {
                Some(Run::Still(value)) => span.widen(value),
                Some(Run::Changing(run)) => span.widen_by(part(run, row, end)),
                None => (row..end).filter_map(|r| self.waiting_value(r, column)).for_each(|value| span.widen(value)),
            }
            row = end;
        }
        span
    }

    /// Sum of a column over rows `from..to`; gaps (NaN) add nothing.
    pub fn sum(&self, column: usize, from: usize, to: usize) -> f64 {
        let to = to.min(self.rows());
        if from == 0 && to == CHUNK_ROWS {
            return self.tallies.get(column).map_or(0.0, |tally| tally.sum);
        }
        let mut sum = 0.0;
        let mut row = from;
        while row < to {
            let end = (row / BLOCK_ROWS * BLOCK_ROWS + BLOCK_ROWS).min(to);
            sum += match self.run(row / BLOCK_ROWS, column) {
                Some(Run::Still(value)) => summand(value) * (end - row) as f64,
                Some(Run::Changing(run)) => total(part(run, row, end)),
                None => (row..end).filter_map(|r| self.waiting_value(r, column)).map(summand).sum(),
            };
            row = end;
        }
        sum
    }

    /// What a column of a full chunk comes to.
    pub(super) fn digest(&self, column: usize) -> Digest {
        let Tally { quarters, sum, first, last } = self.tallies.get(column).copied().unwrap_or(Tally::NOTHING);
        let mut span = Span::NOTHING;
        quarters.into_iter().for_each(|quarter| span.join(quarter));
        Digest { span, sum, first, last }
    }

    /// Forgets rows from `rows` on.
    pub fn truncate(&mut self, rows: usize) {
        if rows >= self.rows() {
            return;
        }
        let (blocks, left) = (rows / BLOCK_ROWS, rows % BLOCK_ROWS);
        if blocks < self.blocks {
            // The block that is cut waits again, row after row.
            let cut = blocks * BLOCK_ROWS..rows;
            self.waiting =
                cut.flat_map(|row| (0..self.columns).map(move |c| (row, c))).map(|(r, c)| self.value(r, c)).collect();
            let place = self.places.get(blocks * self.columns).copied().unwrap_or(0);
            self.values.truncate((place & !STILL) as usize);
            self.places.truncate(blocks * self.columns);
            self.changed.resize(self.columns, 0);
            self.blocks = blocks;
            self.tally_again();
        }
        self.waiting.truncate(left * self.columns);
        self.waiting_rows = left;
    }

    /// Tallies the blocks that are left, in the order in which they were closed.
    fn tally_again(&mut self) {
        let mut tallies = vec![Tally::NOTHING; self.columns];
        for block in 0..self.blocks {
            for (column, tally) in tallies.iter_mut().enumerate() {
                match self.run(block, column) {
                    Some(Run::Still(value)) => tally.still(block, value),
                    Some(Run::Changing(run)) => tally.changing(block, run),
                    None => {}
                }
            }
        }
        self.tallies = tallies;
    }
}

/// Rows `from..to` of a chunk that lie in one block, out of the block's values.
#[inline]
fn part(run: &[f64; BLOCK_ROWS], from: usize, to: usize) -> &[f64] {
    let begin = from % BLOCK_ROWS;
    run.get(begin..begin + to - from).unwrap_or(&[])
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
        // Gaps of two kinds change from row to row and yet hold no number; one number among them is the extreme.
        let mut chunk = Chunk::new(2);
        for r in 0..16 {
            let gap = f64::from_bits(f64::NAN.to_bits() + r);
            chunk.push(&[gap, if r == 6 { -3.0 } else { gap }]);
        }
        assert_eq!((chunk.extremes(0, 0, 16), chunk.extremes(1, 0, 16)), (None, Some((-3.0, -3.0))));
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
    fn quiet_columns_cost_one_number_a_block_and_keep_their_bits() {
        let mut chunk = Chunk::new(3);
        let odd = f64::from_bits(0x7ff8_0000_0000_0001);
        let row = |r: usize| [7.5, if r.is_multiple_of(2) { 0.0 } else { -0.0 }, if r < 16 { odd } else { f64::NAN }];
        for r in 0..CHUNK_ROWS {
            chunk.push(&row(r));
        }
        for r in 0..CHUNK_ROWS {
            for (c, value) in row(r).into_iter().enumerate() {
                assert_eq!(chunk.value(r, c).to_bits(), value.to_bits(), "row {r}, column {c}");
            }
        }
        assert_eq!(chunk.values.len(), CHUNK_ROWS / BLOCK_ROWS * (1 + BLOCK_ROWS + 1));
        assert_eq!(chunk.extremes(0, 3, 250), Some((7.5, 7.5)));
        assert_eq!(chunk.extremes(2, 0, CHUNK_ROWS), None);
    }

    #[test]
    fn sums_agree_with_a_plain_sum() {
        let chunk = filled(200);
        for (from, to) in [(0, 200), (3, 5), (16, 32), (15, 180), (190, 500), (192, 193), (9, 9)] {
            let plain: usize = (from..to.min(200)).sum();
            assert_eq!(chunk.sum(0, from, to), plain as f64);
            let gap = if (from..to).contains(&40) { 40.0 } else { 0.0 };
            assert_eq!(chunk.sum(1, from, to), gap - plain as f64, "a gap adds nothing");
        }
        assert_eq!(chunk.sum(2, 0, 200), 0.0, "a column that is not there adds nothing");
    }

    #[test]
    fn a_full_chunk_knows_what_it_comes_to() {
        let digest = filled(CHUNK_ROWS).digest(0);
        assert_eq!(digest.span.get(), Some((0.0, 255.0)));
        assert_eq!((digest.sum, digest.first, digest.last), (32_640.0, 0.0, 255.0));
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
