//! Where two recordings begin to differ.

use std::ops::Range;

use super::CHUNK_ROWS;
use super::chunk::Chunk;
use super::recording::Recording;

/// Where two recordings begin to differ.
#[derive(Debug, Clone, PartialEq)]
pub enum Divergence {
    /// They do not, as far as both have rows.
    Nowhere,
    /// Here.
    At(Difference),
    /// In one of these rows or later: the rows are gone and have to come back before it can be told.
    Gone(Range<u64>),
}

impl Divergence {
    /// The place, where it is known.
    pub fn place(&self) -> Option<Difference> {
        match self {
            Self::At(difference) => Some(*difference),
            Self::Nowhere | Self::Gone(_) => None,
        }
    }
}

/// First place at which two recordings have different numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// The row.
    pub row: u64,
    /// Place of the column in the list of pairs.
    pub pair: usize,
    /// Value in the first recording.
    pub first: f64,
    /// Value in the second.
    pub second: f64,
}

/// Whether two values are two numbers; gaps are all the same.
fn differs(a: f64, b: f64) -> bool {
    a != b && !(a.is_nan() && b.is_nan())
}

impl Recording {
    /// First row of `from..to`, as far as both have rows, on which any pair of columns (this recording's, the other's)
    /// has two numbers; of several pairs the one that stands first. A gap (NaN) is a value of its own.
    ///
    /// Chunks that both share, as a branch shares those of the run that it left, are passed over. Where rows are gone,
    /// what is still told of them is compared; when that differs, the rows have to come back.
    pub fn first_difference(&self, other: &Self, pairs: &[(usize, usize)], from: u64, to: u64) -> Divergence {
        let to = to.min(self.rows()).min(other.rows());
        let same_columns = pairs.iter().all(|(a, b)| a == b);
        let mut row = from;
        while row < to {
            let (mine, its) = (self.sealed_chunk(row), other.sealed_chunk(row));
            let rest = CHUNK_ROWS as u64 - row % CHUNK_ROWS as u64;
            let end = (row + rest).min(to);
            if let (Some((a, _)), Some((b, _))) = (mine, its)
                && std::ptr::eq(a, b)
                && same_columns
            {
                row = end;
                continue;
            }
            let gone = |chunk: Option<(&Chunk, usize)>| chunk.is_some_and(|(chunk, _)| chunk.is_gone());
            if gone(mine) || gone(its) {
                let begin = row - row % CHUNK_ROWS as u64;
                if !self.told_the_same(other, pairs, begin) {
                    return Divergence::Gone(begin..begin + CHUNK_ROWS as u64);
                }
                row = end;
                continue;
            }
            let found = match (mine, its) {
                (Some((a, begin)), Some((b, _))) => {
                    in_chunks(a, b, pairs, begin, (end - row) as usize).map(|(k, pair)| (row + k as u64, pair))
                }
                _ => (row..end).find_map(|r| {
                    let pair = pairs.iter().position(|&(a, b)| differs(self.value(r, a), other.value(r, b)))?;
                    Some((r, pair))
                }),
            };
            if let Some((row, pair)) = found {
                let (a, b) = pairs.get(pair).copied().unwrap_or_default();
                let (first, second) = (self.value(row, a), other.value(row, b));
                return Divergence::At(Difference { row, pair, first, second });
            }
            row = end;
        }
        Divergence::Nowhere
    }

    /// Whether the quarters of a chunk that begins at a row come to the same in both.
    fn told_the_same(&self, other: &Self, pairs: &[(usize, usize)], begin: u64) -> bool {
        let quarter = CHUNK_ROWS as u64 / 4;
        let told = |of: &Self, column: usize, from: u64| {
            let to = from + quarter;
            let (low, high) = of.extremes(column, from, to).unwrap_or((f64::NAN, f64::NAN));
            let ends = [of.value(from, column), of.value(to - 1, column)];
            [low, high, ends[0], ends[1], of.sum(column, from, to)]
        };
        pairs.iter().all(|&(a, b)| {
            (0..4).map(|k| begin + k * quarter).all(|from| {
                let (mine, its) = (told(self, a, from), told(other, b, from));
                mine.iter().zip(&its).all(|(x, y)| !differs(*x, *y))
            })
        })
    }
}

/// First of `rows` rows from `begin` on, counted from there, and the pair of columns that differs in it.
fn in_chunks(a: &Chunk, b: &Chunk, pairs: &[(usize, usize)], begin: usize, rows: usize) -> Option<(usize, usize)> {
    let mut first: Option<(usize, usize)> = None;
    for (pair, &(x, y)) in pairs.iter().enumerate() {
        let (x, y) = (a.strip(x), b.strip(y));
        if x.still().zip(y.still()).is_some_and(|(x, y)| !differs(x, y)) {
            continue;
        }
        let most = first.map_or(rows, |(row, _)| row);
        if let Some(row) = (0..most).find(|row| differs(x.value(begin + row), y.value(begin + row))) {
            first = Some((row, pair));
        }
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Recorder, shed};

    const ROWS: u64 = 2_000;
    const ALL: [(usize, usize); 4] = [(0, 0), (1, 1), (2, 2), (3, 3)];

    fn row(r: u64) -> [f64; 4] {
        [r as f64, 7.0, (r / 300) as f64, if r.is_multiple_of(5) { f64::NAN } else { -1.0 }]
    }

    fn recorder(rows: u64) -> Recorder {
        let mut recorder = Recorder::new(4);
        (0..rows).for_each(|r| recorder.push(&row(r)));
        recorder
    }

    #[test]
    fn every_change_is_found_where_it_is() {
        let same = recorder(ROWS).picture();
        assert_eq!(same.first_difference(&recorder(ROWS).picture(), &ALL, 0, u64::MAX), Divergence::Nowhere);
        for (at, column, value) in
            [(0, 0, 1.0), (255, 1, 7.5), (256, 2, -0.5), (600, 3, -1.0), (601, 3, f64::NAN), (1_999, 1, f64::NAN)]
        {
            let mut other = Recorder::new(4);
            for r in 0..ROWS {
                let mut cells = row(r);
                if r == at || r > at && r.is_multiple_of(3) {
                    cells[column] = value;
                }
                other.push(&cells);
            }
            let other = other.picture();
            let found = same.first_difference(&other, &ALL, 0, u64::MAX).place();
            assert_eq!(found.map(|d| (d.row, d.pair)), Some((at, column)));
            let told = found.map(|d| (d.first.to_bits(), d.second.to_bits()));
            assert_eq!(told, Some((row(at)[column].to_bits(), value.to_bits())));
            assert_eq!(same.first_difference(&other, &ALL, 0, at), Divergence::Nowhere, "before it");
            let others: Vec<(usize, usize)> = ALL.into_iter().filter(|(c, _)| *c != column).collect();
            assert_eq!(same.first_difference(&other, &others, 0, u64::MAX), Divergence::Nowhere, "other columns");
        }
    }

    #[test]
    fn of_one_row_the_first_pair_is_told_and_pairs_may_cross() {
        let (a, mut b) = (recorder(300).picture(), Recorder::new(4));
        (0..300)
            .for_each(|r| b.push(&[r as f64, if r < 280 { 7.0 } else { 8.0 }, if r < 280 { 0.0 } else { 9.0 }, 7.0]));
        let b = b.picture();
        let found = a.first_difference(&b, &[(2, 2), (1, 1)], 0, 300).place();
        assert_eq!(found, Some(Difference { row: 280, pair: 0, first: 0.0, second: 9.0 }));
        assert_eq!(a.first_difference(&b, &[(1, 3)], 0, 300), Divergence::Nowhere);
        assert_eq!(a.first_difference(&b, &[(1, 0)], 0, 300).place().map(|d| d.row), Some(0));
        assert_eq!(
            a.first_difference(&b, &[(0, 9)], 5, 300).place().map(|d| (d.row, d.second.is_nan())),
            Some((5, true))
        );
    }

    #[test]
    fn a_branch_differs_where_it_was_left() {
        let mut home = recorder(1_500);
        let left = home.picture();
        (1_500..ROWS).for_each(|r| home.push(&row(r)));
        let home = home.picture();
        assert_eq!(left.first_difference(&home, &ALL, 0, u64::MAX), Divergence::Nowhere, "as far as both have rows");
        let cut = home.until(1_000, 4);
        assert_eq!(cut.first_difference(&home, &ALL, 0, u64::MAX), Divergence::Nowhere);
    }

    #[test]
    fn rows_that_are_gone_are_told_by_what_is_left_of_them() {
        let mut lean = recorder(6_000);
        shed(&mut [&mut lean], 0, &|_, _| 0);
        let (lean, whole) = (lean.picture(), recorder(6_000).picture());
        assert!(lean.lacks());
        for (a, b) in [(&lean, &whole), (&whole, &lean), (&lean, &lean)] {
            assert_eq!(a.first_difference(b, &ALL, 0, u64::MAX), Divergence::Nowhere);
        }
        let mut other = Recorder::new(4);
        (0..6_000).for_each(|r| other.push(&if r == 700 { [0.5; 4] } else { row(r) }));
        let other = other.picture();
        assert_eq!(lean.first_difference(&other, &ALL, 0, u64::MAX), Divergence::Gone(512..768));
        assert_eq!(whole.first_difference(&other, &ALL, 0, u64::MAX).place().map(|d| d.row), Some(700));
    }
}
