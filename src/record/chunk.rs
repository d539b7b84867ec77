//! A stretch of rows that never changes any more, stored column by column.
//!
//! Charts read columns, so the values of a column stand side by side. What stands still costs next to nothing: flags,
//! held prices and quiet levers are most of a row, and memory that is not touched is most of the speed.
//!
//! Where memory is short the values go, and what the quarters of every column come to stays: a tenth of the room, and all
//! that a chart of some days reads.

use std::collections::BTreeMap;

use super::block::{BLOCK_ROWS, Run, blocks};
use super::digest::{Course, Span, Told};

/// Rows of a sealed chunk.
pub const CHUNK_ROWS: usize = 256;

/// Blocks of a sealed chunk.
pub(super) const CHUNK_BLOCKS: usize = CHUNK_ROWS / BLOCK_ROWS;

/// Quarters of a chunk; what a column comes to is told for each.
const QUARTERS: usize = 4;

/// Rows of a quarter.
pub(super) const QUARTER_ROWS: usize = CHUNK_ROWS / QUARTERS;

/// Blocks in which a column must change for its quarters to be told; others are read as quickly themselves.
const BUSY_BLOCKS: u32 = 8;

/// Sealed rows.
#[derive(Debug)]
pub(super) struct Chunk {
    columns: Vec<Column>,
    /// What the quarters of busy columns come to; without values those of all columns that change.
    quarters: Vec<Told<QUARTERS>>,
    /// Values of changing columns, column after column: `BLOCK_ROWS` of a block in which it changes, one otherwise.
    values: Vec<f64>,
}

/// A column of a chunk.
#[derive(Debug, Clone, Copy)]
enum Column {
    /// It has this value on all rows.
    Still(f64),
    /// It changes. Columns that go the same way, as a command and what was done do, share their values.
    Changing {
        /// Where its values begin.
        begin: u32,
        /// Blocks in which it changes, one bit each.
        blocks: u16,
        /// Where its quarters are told, if they are.
        quarters: u16,
    },
    /// It changes, and its values are gone.
    Told {
        /// Where its quarters are told.
        quarters: u16,
    },
}

impl Chunk {
    /// A chunk out of its blocks, which `run` tells by block and column. `changing` has a bit for every block in which a
    /// column changes.
    pub fn of<'a>(changing: &[u16], run: impl Fn(usize, usize) -> Run<'a>) -> Self {
        let columns = changing.len();
        let still = |column: usize| {
            let first = run(0, column).value(0).to_bits();
            (1..CHUNK_BLOCKS).all(|block| run(block, column).value(0).to_bits() == first)
        };
        let kept = |(column, blocks): (usize, &u16)| Some(*blocks).filter(|blocks| *blocks != 0 || !still(column));
        let changing: Vec<Option<u16>> = changing.iter().enumerate().map(kept).collect();
        let most = changing.iter().flatten().map(|blocks| values_before(*blocks, CHUNK_BLOCKS)).sum();
        let busy = |blocks: &&u16| blocks.count_ones() >= BUSY_BLOCKS;
        let mut chunk = Self {
            columns: Vec::with_capacity(columns),
            quarters: Vec::with_capacity(changing.iter().flatten().filter(busy).count()),
            values: Vec::with_capacity(most),
        };
        // Sums of the columns so far: those that go the same way have the same.
        let mut sums = vec![0; columns];
        for (column, blocks) in changing.into_iter().enumerate() {
            let kind = match blocks {
                None => Column::Still(run(0, column).value(0)),
                Some(blocks) => chunk.take(blocks, |block| run(block, column), &mut sums),
            };
            chunk.columns.push(kind);
        }
        // A chunk stays for the whole run: it takes no room that it does not use.
        chunk.values.shrink_to_fit();
        chunk
    }

    /// Takes in the blocks of the next column, which changes.
    fn take<'a>(&mut self, blocks: u16, run: impl Fn(usize) -> Run<'a>, sums: &mut [u64]) -> Column {
        const BLOCKS: usize = QUARTER_ROWS / BLOCK_ROWS;
        let (begin, whole) = (self.values.len(), (0, BLOCK_ROWS));
        let mut told = Told::NOTHING;
        for quarter in 0..QUARTERS {
            let (mut course, mut sum) = (Course::NOTHING, 0.0);
            for block in quarter * BLOCKS..(quarter + 1) * BLOCKS {
                let run = run(block);
                match run {
                    Run::Still(value) => self.values.push(value),
                    Run::Changing(run) => self.values.extend_from_slice(run),
                }
                run.widen(&mut course.span, whole);
                course.first = if block == quarter * BLOCKS { run.value(0) } else { course.first };
                course.last = run.value(BLOCK_ROWS - 1);
                sum += run.sum(whole);
            }
            told.set(quarter, course, sum);
        }
        let sum = told.sum(0, QUARTERS).to_bits();
        if let Some(twin) = sums.iter().zip(&self.columns).position(|(other, _)| *other == sum)
            && let Some(&column @ Column::Changing { begin: before, blocks: same, .. }) = self.columns.get(twin)
            && same == blocks
            && let (others, own) = self.values.split_at(begin)
            && let Some(others) = others.get(before as usize..before as usize + own.len())
            && others.iter().zip(own).all(|(a, b)| a.to_bits() == b.to_bits())
        {
            self.values.truncate(begin);
            return column;
        }
        if let Some(place) = sums.get_mut(self.columns.len()) {
            *place = sum;
        }
        let mut quarters = u16::MAX;
        if blocks.count_ones() >= BUSY_BLOCKS {
            quarters = self.quarters.len() as u16;
            self.quarters.push(told);
        }
        Column::Changing { begin: begin as u32, blocks, quarters }
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns.len()
    }

    /// A column; one that is not there has no number on any row.
    #[inline]
    pub fn strip(&self, column: usize) -> Strip<'_> {
        match self.columns.get(column) {
            None => Strip::Still(f64::NAN),
            Some(Column::Still(value)) => Strip::Still(*value),
            Some(&Column::Changing { begin, blocks, quarters }) => {
                let values = self.values.get(begin as usize..).unwrap_or(&[]);
                Strip::Changing { values, blocks, quarters: self.quarters.get(usize::from(quarters)) }
            }
            Some(&Column::Told { quarters }) => {
                self.quarters.get(usize::from(quarters)).map_or(Strip::Still(f64::NAN), Strip::Told)
            }
        }
    }

    /// The same without its values: what the quarters of its columns come to is told, to the bit, as before.
    pub fn without_values(&self) -> Self {
        let mut lean =
            Self { columns: Vec::with_capacity(self.columns.len()), quarters: Vec::new(), values: Vec::new() };
        // Columns that share their values share what these come to.
        let mut told = BTreeMap::new();
        for (index, column) in self.columns.iter().enumerate() {
            lean.columns.push(match *column {
                Column::Changing { begin, .. } => {
                    let quarters = *told.entry(begin).or_insert_with(|| {
                        lean.quarters.push(self.strip(index).quarters());
                        (lean.quarters.len() - 1) as u16
                    });
                    Column::Told { quarters }
                }
                still_or_told => still_or_told,
            });
        }
        if self.is_gone() {
            lean.quarters.clone_from(&self.quarters);
        }
        lean.quarters.shrink_to_fit();
        lean
    }

    /// Whether its values are gone. Where all columns stand still there are none that could go.
    pub fn is_gone(&self) -> bool {
        self.columns.iter().any(|column| matches!(column, Column::Told { .. }))
    }

    /// Whether another chunk tells the same of every quarter and column, to the bit.
    pub fn is_like(&self, other: &Self) -> bool {
        let alike = |column: usize| match (self.strip(column), other.strip(column)) {
            (Strip::Still(a), Strip::Still(b)) => a.to_bits() == b.to_bits(),
            (Strip::Still(_), _) | (_, Strip::Still(_)) => false,
            (a, b) => a.quarters().is(&b.quarters()),
        };
        self.columns.len() == other.columns.len() && (0..self.columns.len()).all(alike)
    }

    /// Room that it takes, bytes.
    pub fn bytes(&self) -> u64 {
        let lists = self.columns.capacity() * size_of::<Column>()
            + self.quarters.capacity() * size_of::<Told<QUARTERS>>()
            + self.values.capacity() * size_of::<f64>();
        (size_of::<Self>() + lists) as u64
    }
}

/// A column of a chunk, to be asked about rows of the chunk.
#[derive(Debug, Clone, Copy)]
pub(super) enum Strip<'a> {
    /// It has this value on all rows.
    Still(f64),
    /// It changes.
    Changing {
        /// Its values, and those of the columns after it.
        values: &'a [f64],
        /// Blocks in which it changes, one bit each.
        blocks: u16,
        /// What its quarters come to, if that is told.
        quarters: Option<&'a Told<QUARTERS>>,
    },
    /// It changes, and its values are gone: this is what its quarters come to.
    Told(&'a Told<QUARTERS>),
}

impl Strip<'_> {
    /// The one value that it has on all rows, if it stands still.
    #[inline]
    pub fn still(&self) -> Option<f64> {
        match *self {
            Self::Still(value) => Some(value),
            Self::Changing { .. } | Self::Told(_) => None,
        }
    }

    /// One value. Of values that are gone those at the ends of quarters are known; NaN for the others.
    #[inline]
    pub fn value(&self, row: usize) -> f64 {
        match *self {
            Self::Still(value) => value,
            // A column that changes in every block is the usual one: its values stand where their rows say.
            Self::Changing { values, blocks: u16::MAX, .. } => values.get(row).copied().unwrap_or(f64::NAN),
            Self::Changing { values, blocks, .. } => run(values, blocks, row / BLOCK_ROWS).value(row % BLOCK_ROWS),
            Self::Told(told) => {
                let course = told.course(row / QUARTER_ROWS, row / QUARTER_ROWS + 1);
                match row % QUARTER_ROWS {
                    0 => course.first,
                    row if row == QUARTER_ROWS - 1 => course.last,
                    _ => f64::NAN,
                }
            }
        }
    }

    /// What its quarters come to.
    fn quarters(&self) -> Told<QUARTERS> {
        match self {
            Self::Changing { quarters: Some(told), .. } | Self::Told(told) => (*told).clone(),
            _ => {
                let mut told = Told::NOTHING;
                for quarter in 0..QUARTERS {
                    let (from, to) = (quarter * QUARTER_ROWS, (quarter + 1) * QUARTER_ROWS);
                    told.set(quarter, self.course(from, to), self.sum(from, to));
                }
                told
            }
        }
    }

    /// How it goes over rows `from..to`, of which there is at least one. Values that are gone may be anything, except
    /// over whole quarters.
    #[inline]
    pub fn course(&self, from: usize, to: usize) -> Course {
        let quarters = match *self {
            Self::Still(value) => return Course::still(value),
            Self::Changing { quarters, .. } => quarters,
            Self::Told(told) if from.is_multiple_of(QUARTER_ROWS) && to.is_multiple_of(QUARTER_ROWS) => {
                return told.course(from / QUARTER_ROWS, to / QUARTER_ROWS);
            }
            Self::Told(_) => return Course::unknown(self.value(from), self.value(to - 1)),
        };
        let mut span = Span::NOTHING;
        let (first, last) = (from.div_ceil(QUARTER_ROWS), to / QUARTER_ROWS);
        match quarters {
            // Stretches of whole quarters touch no values.
            Some(told) if from == first * QUARTER_ROWS && to == last * QUARTER_ROWS => return told.course(first, last),
            Some(told) if first < last => {
                self.widen(&mut span, from, first * QUARTER_ROWS);
                span.join(told.course(first, last).span);
                self.widen(&mut span, last * QUARTER_ROWS, to);
            }
            _ => self.widen(&mut span, from, to),
        }
        Course { span, first: self.value(from), last: self.value(to - 1) }
    }

    /// Takes the values on rows `from..to` into their extremes.
    #[inline]
    fn widen(&self, span: &mut Span, from: usize, to: usize) {
        match *self {
            Self::Still(value) => span.widen(value),
            Self::Changing { values, blocks: u16::MAX, .. } => span.widen_by(values.get(from..to).unwrap_or(&[])),
            Self::Changing { values, blocks: changing, .. } => {
                blocks(from, to).for_each(|(block, part)| run(values, changing, block).widen(span, part));
            }
            Self::Told(_) => span.join(Span::ANYTHING),
        }
    }

    /// Sum over rows `from..to`; gaps (NaN) add nothing. NaN where values are gone, except over whole quarters.
    pub fn sum(&self, from: usize, to: usize) -> f64 {
        let (first, last) = (from.div_ceil(QUARTER_ROWS), to / QUARTER_ROWS);
        let (values, changing, quarters) = match *self {
            Self::Still(value) => return Run::Still(value).sum((from, to)),
            Self::Changing { values, blocks, quarters } => (values, blocks, quarters),
            Self::Told(told) if from == first * QUARTER_ROWS && to == last * QUARTER_ROWS => {
                return told.sum(first, last);
            }
            Self::Told(_) => return f64::NAN,
        };
        let rows = |from: usize, to: usize| -> f64 {
            blocks(from, to).map(|(block, part)| run(values, changing, block).sum(part)).sum()
        };
        if first >= last {
            return rows(from, to);
        }
        // Quarter by quarter, told or not: what is told when the values go is the same to the bit.
        let whole: f64 = match quarters {
            Some(told) => told.sum(first, last),
            None => (first..last).map(|quarter| rows(quarter * QUARTER_ROWS, (quarter + 1) * QUARTER_ROWS)).sum(),
        };
        rows(from, first * QUARTER_ROWS) + whole + rows(last * QUARTER_ROWS, to)
    }
}

/// A block out of the values of a changing column.
#[inline]
fn run(values: &[f64], changing: u16, block: usize) -> Run<'_> {
    let values = values.get(values_before(changing, block)..).unwrap_or(&[]);
    let run = if changing >> block & 1 == 0 { None } else { values.first_chunk() };
    run.map_or_else(|| Run::Still(values.first().copied().unwrap_or(f64::NAN)), Run::Changing)
}

/// Values of a changing column before a block.
#[inline]
fn values_before(changing: u16, block: usize) -> usize {
    let before = (u32::from(changing) & ((1 << block) - 1)).count_ones() as usize;
    block + before * (BLOCK_ROWS - 1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::record::open::Open;

    fn chunk<const N: usize>(row: impl Fn(usize) -> [f64; N]) -> Chunk {
        let mut open = Open::new(N);
        (0..CHUNK_ROWS).find_map(|r| open.push(&row(r))).unwrap()
    }

    #[test]
    fn values_keep_their_place_and_their_bits() {
        let odd = f64::from_bits(0x7ff8_0000_0000_0001);
        let row = |r: usize| {
            let sign = if r.is_multiple_of(2) { 0.0 } else { -0.0 };
            [7.5, sign, if r < 16 { odd } else { f64::NAN }, (r / 16) as f64, (r / 100) as f64, r as f64]
        };
        let chunk = chunk(row);
        for r in 0..CHUNK_ROWS {
            for (c, value) in row(r).into_iter().enumerate() {
                assert_eq!(chunk.strip(c).value(r).to_bits(), value.to_bits(), "row {r}, column {c}");
            }
        }
        assert!(chunk.strip(6).value(0).is_nan(), "a column that is not there");
        // Gaps and steps that fall between blocks are one number a block; a still column is in no list at all.
        assert_eq!(chunk.values.len(), 256 + 16 + 16 + (2 * 16 + 14) + 256);
        assert_eq!((chunk.values.capacity(), chunk.quarters.len()), (chunk.values.len(), 2));
    }

    #[test]
    fn columns_that_go_the_same_way_are_kept_once() {
        let odd = |r: usize| if r == 7 { -0.0 } else { 0.0 };
        let chunk = chunk(|r| [r as f64, odd(r), r as f64, 255.0 - r as f64, odd(r), odd(255 - r), r as f64]);
        assert_eq!(chunk.values.len(), 256 + 31 + 256 + 31);
        for r in 0..CHUNK_ROWS {
            let row = [0, 2, 6, 3].map(|c| chunk.strip(c).value(r));
            assert_eq!(row, [r as f64, r as f64, r as f64, 255.0 - r as f64]);
            let odds = [1, 4, 5].map(|c| chunk.strip(c).value(r).is_sign_negative());
            assert_eq!(odds, [r == 7, r == 7, r == 248], "zeros of both signs are two numbers");
        }
    }

    #[test]
    fn courses_and_sums_agree_with_a_plain_scan() {
        let chunk = chunk(|r| [r as f64, if r == 40 { f64::NAN } else { -(r as f64) }, 7.0]);
        let ends = [0, 1, 15, 16, 17, 40, 41, 63, 64, 65, 128, 200, 255, 256];
        for (from, to) in ends.iter().flat_map(|&a| ends.iter().map(move |&b| (a, b))).filter(|(a, b)| a < b) {
            let course = chunk.strip(0).course(from, to);
            let (a, b) = (from as f64, (to - 1) as f64);
            assert_eq!((course.span.get(), course.first, course.last), (Some((a, b)), a, b), "{from}..{to}");
            assert_eq!(chunk.strip(2).course(from, to).span.get(), Some((7.0, 7.0)));
            let plain = (from..to).sum::<usize>() as f64;
            let gap = if (from..to).contains(&40) { 40.0 } else { 0.0 };
            let sums = [0, 1, 2, 3].map(|c| chunk.strip(c).sum(from, to));
            assert_eq!(sums, [plain, gap - plain, 7.0 * (to - from) as f64, 0.0], "{from}..{to}");
        }
        assert_eq!(chunk.strip(1).course(40, 41).span.get(), None, "a row without a number has no extremes");
        assert_eq!(chunk.strip(1).course(39, 42).span.get(), Some((-41.0, -39.0)));
        assert_eq!(chunk.strip(3).course(0, 256).span.get(), None, "a column that is not there has no extremes");
        assert_eq!(chunk.strip(0).sum(9, 9), 0.0);
    }

    #[test]
    fn gaps_of_two_kinds_hold_no_number() {
        // They change from row to row; one number among them is the extreme.
        let chunk = chunk(|r| {
            let gap = f64::from_bits(f64::NAN.to_bits() + r as u64);
            [gap, if r == 70 { -3.0 } else { gap }, if r < 32 { f64::NAN } else { f64::INFINITY }]
        });
        let span = |column, from, to| chunk.strip(column).course(from, to).span.get();
        assert_eq!((span(0, 0, 256), span(1, 0, 256), span(1, 0, 64)), (None, Some((-3.0, -3.0)), None));
        assert_eq!((span(2, 0, 32), span(2, 0, 48)), (None, Some((f64::INFINITY, f64::INFINITY))));
        assert_eq!(
            (chunk.strip(0).sum(0, 256), chunk.strip(1).sum(0, 256), chunk.strip(2).sum(0, 48)),
            (0.0, -3.0, f64::INFINITY)
        );
    }

    #[test]
    fn without_values_it_tells_the_same_of_whole_quarters() {
        let odd = |r: usize| if r % 7 < 3 { -0.0 } else { 0.0 };
        let row = |r: usize| {
            let step = 0.1 + (r / 100) as f64;
            [r as f64 * 0.1, odd(r), step, 7.5, if r < 70 { f64::NAN } else { step }, step, r as f64 * 0.1]
        };
        let (whole, bits) = (chunk(row), f64::to_bits);
        let lean = whole.without_values();
        assert!(lean.is_gone() && !whole.is_gone() && lean.is_like(&whole) && whole.is_like(&lean));
        assert!(lean.without_values().is_like(&lean), "what is gone already stays as it is");
        assert!((lean.values.len(), lean.quarters.len()) == (0, 4) && 2 * lean.bytes() < whole.bytes());
        let quarters = || (0..=QUARTERS).map(|q| q * QUARTER_ROWS);
        for (from, to) in quarters().flat_map(|a| quarters().map(move |b| (a, b))).filter(|(a, b)| a < b) {
            for column in 0..8 {
                let (a, b) = (whole.strip(column), lean.strip(column));
                assert_eq!(bits(a.sum(from, to)), bits(b.sum(from, to)), "sum {column}, {from}..{to}");
                let (a, b) = (a.course(from, to), b.course(from, to));
                let ends = |c: Course| c.span.get().map(|(low, high)| [low, high, c.first, c.last].map(bits));
                assert_eq!(ends(a), ends(b), "column {column}, {from}..{to}");
            }
        }
        let strip = lean.strip(0);
        assert_eq!([0, 63, 64, 255].map(|r| strip.value(r)), [0, 63, 64, 255].map(|r| f64::from(r) * 0.1));
        assert!(strip.value(1).is_nan() && strip.sum(0, 63).is_nan() && strip.course(3, 64).span.is_anything());
        assert_eq!((lean.strip(3).value(77), lean.strip(3).sum(3, 5)), (7.5, 15.0), "what stands still stays");
        let other = chunk(|r| if r == 200 { [1.0; 7] } else { row(r) });
        assert!(!lean.is_like(&other) && !lean.is_like(&chunk(|r| [r as f64; 2])));
    }
}
