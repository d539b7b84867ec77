//! The rows that came last, stored so that taking in another one costs little.
//!
//! Rows arrive one after another and charts read columns. Sixteen rows are turned into a block at once, in which every
//! column is contiguous; rows that are fewer wait. Sixteen blocks are sealed into a [`Chunk`], and the room that they took
//! is used again while it is still in the processor's cache.

use super::block::{BLOCK_ROWS, Run, blocks};
use super::chunk::{CHUNK_BLOCKS, CHUNK_ROWS, Chunk};
use super::digest::{Course, Span, summand};

/// Mark on a place whose column does not change within its block.
const STILL: u32 = 1 << 31;

/// Fewer rows than a chunk: whole blocks, and the rows of the block that is not full yet.
#[derive(Debug, Clone)]
pub(super) struct Open {
    columns: usize,
    /// Number of whole blocks.
    blocks: usize,
    /// By block and column: where in `values` it stands, with the mark [`STILL`] where one value is all.
    places: Vec<u32>,
    /// One value of a still column; `BLOCK_ROWS` values of a changing one.
    values: Vec<f64>,
    /// By column: whole blocks in which it changes, one bit each.
    changing: Vec<u16>,
    /// Rows after the last whole block, one after another.
    waiting: Vec<f64>,
    /// Number of them.
    waiting_rows: usize,
    /// Bits in which any waiting value of a column differs from the first one; room for the work of closing a block.
    changed: Vec<u64>,
}

impl Open {
    /// Nothing yet, of so many columns.
    pub fn new(columns: usize) -> Self {
        Self {
            columns,
            blocks: 0,
            places: Vec::with_capacity(columns * CHUNK_BLOCKS),
            values: Vec::with_capacity(columns * CHUNK_ROWS),
            changing: vec![0; columns],
            waiting: Vec::with_capacity(columns * BLOCK_ROWS),
            waiting_rows: 0,
            changed: vec![0; columns],
        }
    }

    /// Adds a row, and returns a chunk when it was the last one of it. What a row is short of counts as NaN.
    pub fn push(&mut self, row: &[f64]) -> Option<Chunk> {
        self.waiting.extend_from_slice(row.get(..self.columns).unwrap_or(row));
        self.waiting_rows += 1;
        self.waiting.resize(self.waiting_rows * self.columns, f64::NAN);
        if self.waiting_rows < BLOCK_ROWS {
            return None;
        }
        let mut waiting = std::mem::take(&mut self.waiting);
        self.close_block(&waiting);
        waiting.clear();
        (self.waiting, self.waiting_rows) = (waiting, 0);
        self.seal()
    }

    /// Adds so many whole rows, which stand one after another, and returns a chunk when the last one of it was among
    /// them; what comes after that is left out.
    pub fn take(&mut self, mut rows: usize, mut values: &[f64]) -> Option<Chunk> {
        while rows > 0 {
            // Rows that need not wait are not copied.
            let taken = if self.waiting_rows == 0 && rows >= BLOCK_ROWS { BLOCK_ROWS } else { 1 };
            let (these, rest) = values.split_at_checked(taken * self.columns)?;
            (values, rows) = (rest, rows - taken);
            let chunk = if taken == 1 {
                self.push(these)
            } else {
                self.close_block(these);
                self.seal()
            };
            if chunk.is_some() {
                return chunk;
            }
        }
        None
    }

    /// A chunk out of the blocks, when there are enough of them.
    fn seal(&mut self) -> Option<Chunk> {
        if self.blocks < CHUNK_BLOCKS {
            return None;
        }
        let chunk = Chunk::of(&self.changing, |block, column| self.run(block, column).unwrap_or(Run::Still(f64::NAN)));
        self.blocks = 0;
        self.places.clear();
        self.values.clear();
        self.changing.fill(0);
        Some(chunk)
    }

    /// Turns sixteen rows, which stand one after another, into a block.
    fn close_block(&mut self, rows: &[f64]) {
        let Self { columns, blocks, places, values, changing, changed, .. } = self;
        let mut rows = rows.chunks_exact((*columns).max(1));
        let rows: [&[f64]; BLOCK_ROWS] = std::array::from_fn(|_| rows.next().unwrap_or(&[]));
        let [first, others @ ..] = rows;
        changed.fill(0);
        for row in others {
            for ((changed, value), first) in changed.iter_mut().zip(row).zip(first) {
                *changed |= value.to_bits() ^ first.to_bits();
            }
        }
        for (column, ((&changed, &first), changing)) in changed.iter().zip(first).zip(changing).enumerate() {
            let place = values.len() as u32;
            if changed == 0 {
                places.push(place | STILL);
                values.push(first);
            } else {
                places.push(place);
                *changing |= 1 << *blocks;
                values.extend_from_slice(&rows.map(|row| row.get(column).copied().unwrap_or(f64::NAN)));
            }
        }
        self.blocks += 1;
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

    /// Room that it takes, bytes.
    pub fn bytes(&self) -> u64 {
        let numbers = self.values.capacity() + self.waiting.capacity() + self.changed.capacity();
        (size_of::<Self>() + 8 * numbers + 4 * self.places.capacity() + 2 * self.changing.capacity()) as u64
    }

    /// One value; NaN outside.
    pub fn value(&self, row: usize, column: usize) -> f64 {
        match self.run(row / BLOCK_ROWS, column) {
            Some(run) => run.value(row % BLOCK_ROWS),
            None => row.checked_sub(self.blocks * BLOCK_ROWS).map_or(f64::NAN, |row| self.waiting_value(row, column)),
        }
    }

    fn waiting_value(&self, row: usize, column: usize) -> f64 {
        let row = self.waiting.chunks_exact(self.columns.max(1)).nth(row);
        row.and_then(|row| row.get(column)).copied().unwrap_or(f64::NAN)
    }

    /// How a column goes over rows `from..to`, of which there is at least one.
    pub fn course(&self, column: usize, from: usize, to: usize) -> Course {
        let mut span = Span::NOTHING;
        for (block, part) in blocks(from, to) {
            match self.run(block, column) {
                Some(run) => run.widen(&mut span, part),
                None => (part.0..part.1).for_each(|row| span.widen(self.waiting_value(row, column))),
            }
        }
        Course { span, first: self.value(from, column), last: self.value(to - 1, column) }
    }

    /// Sum of a column over rows `from..to`; gaps add nothing.
    pub fn sum(&self, column: usize, from: usize, to: usize) -> f64 {
        let part = |(block, part): (usize, (usize, usize))| match self.run(block, column) {
            Some(run) => run.sum(part),
            None => (part.0..part.1).map(|row| summand(self.waiting_value(row, column))).sum(),
        };
        blocks(from, to).map(part).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of a number, its opposite with a gap on row 40, and a column that stands still.
    fn filled(rows: usize) -> Open {
        let mut open = Open::new(3);
        for r in 0..rows {
            assert!(open.push(&[r as f64, if r == 40 { f64::NAN } else { -(r as f64) }, 7.0]).is_none());
        }
        open
    }

    #[test]
    fn values_stand_where_they_were_put() {
        let open = filled(200);
        assert_eq!(open.rows(), 200);
        for r in (0..200).filter(|r| *r != 40) {
            assert_eq!([0, 1, 2].map(|c| open.value(r, c)), [r as f64, -(r as f64), 7.0]);
        }
        assert!([(40, 1), (200, 0), (0, 3), (199, 3), (5_000, 0)].iter().all(|&(r, c)| open.value(r, c).is_nan()));
    }

    #[test]
    fn courses_and_sums_agree_with_a_plain_scan() {
        let open = filled(200);
        for (from, to) in [(0, 200), (3, 5), (16, 32), (15, 180), (190, 200), (192, 193)] {
            let course = open.course(0, from, to);
            let ends = (from as f64, (to - 1) as f64);
            assert_eq!((course.span.get(), course.first, course.last), (Some(ends), ends.0, ends.1));
            assert_eq!(open.course(2, from, to).span.get(), Some((7.0, 7.0)));
            let plain = (from..to).sum::<usize>() as f64;
            let gap = if (from..to).contains(&40) { 40.0 } else { 0.0 };
            let sums = [0, 1, 2, 3].map(|c| open.sum(c, from, to));
            assert_eq!(sums, [plain, gap - plain, 7.0 * (to - from) as f64, 0.0]);
        }
        assert_eq!(open.course(1, 40, 41).span.get(), None, "a row without a number has no extremes");
        assert_eq!(open.course(1, 39, 42).span.get(), Some((-41.0, -39.0)));
        assert_eq!(open.course(3, 0, 200).span.get(), None, "a column that is not there has no extremes");
    }

    #[test]
    fn a_full_one_is_sealed_and_begins_anew() {
        let mut open = filled(CHUNK_ROWS - 1);
        let chunk = open.push(&[255.0, -255.0, 7.0]).map(|chunk| [0, 1, 2].map(|c| chunk.strip(c).value(255)));
        assert_eq!((chunk, open.rows()), (Some([255.0, -255.0, 7.0]), 0));
        assert!(open.push(&[1.0, 2.0, 3.0]).is_none());
        assert_eq!((open.rows(), open.value(0, 1)), (1, 2.0));
    }

    #[test]
    fn rows_come_one_by_one_or_together() {
        let row = |r: usize| [r as f64, 7.0, (r / 50) as f64];
        let values: Vec<f64> = (0..CHUNK_ROWS + 9).flat_map(row).collect();
        for (before, together) in [(0, 256), (0, 200), (5, 100), (3, 253), (16, 240), (250, 15), (255, 0)] {
            let mut open = Open::new(3);
            assert!((0..before).all(|r| open.push(&row(r)).is_none()));
            let chunk = open.take(together, values.get(before * 3..).unwrap_or(&[]));
            assert_eq!(chunk.is_some(), before + together >= CHUNK_ROWS);
            let value = |r: usize, c: usize| chunk.as_ref().map_or(open.value(r, c), |chunk| chunk.strip(c).value(r));
            let rows = (before + together).min(CHUNK_ROWS);
            assert!((0..rows).all(|r| [0, 1, 2].map(|c| value(r, c)) == row(r)), "{before} and {together}");
            assert_eq!(open.rows(), if chunk.is_some() { 0 } else { rows });
        }
        let mut bare = Open::new(0);
        assert!(bare.take(100, &[]).is_none());
        assert_eq!(bare.rows(), 100, "rows without columns are rows");
    }

    #[test]
    fn a_short_row_ends_in_gaps() {
        let mut open = Open::new(3);
        open.push(&[1.0]);
        open.push(&[1.0, 2.0, 3.0, 4.0]);
        assert!(open.value(0, 1).is_nan() && open.value(0, 2).is_nan());
        assert_eq!((open.value(1, 0), open.value(1, 2)), (1.0, 3.0));
    }
}
