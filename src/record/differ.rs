//! Where two recordings begin to differ.

use super::CHUNK_ROWS;
use super::chunk::Chunk;
use super::recording::Recording;

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
    /// has two numbers; of several pairs the one that stands first. A gap (NaN) is a value of its own; rows that are gone
    /// in either recording tell nothing.
    ///
    /// Chunks that both share, as a branch shares those of the run that it left, are passed over.
    pub fn first_difference(&self, other: &Self, pairs: &[(usize, usize)], from: u64, to: u64) -> Option<Difference> {
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
            let found = match (mine, its) {
                (Some((a, begin)), Some((b, _))) => {
                    in_chunks(a, b, pairs, begin, (end - row) as usize).map(|(k, pair)| (row + k as u64, pair))
                }
                _ => (row..end).find_map(|r| {
                    let told = |of: Option<(&Chunk, usize)>, column| of.is_none_or(|(c, _)| !c.strip(column).is_gone());
                    let pair = pairs.iter().position(|&(a, b)| {
                        told(mine, a) && told(its, b) && differs(self.value(r, a), other.value(r, b))
                    })?;
                    Some((r, pair))
                }),
            };
            if let Some((row, pair)) = found {
                let (a, b) = pairs.get(pair).copied().unwrap_or_default();
                return Some(Difference { row, pair, first: self.value(row, a), second: other.value(row, b) });
            }
            row = end;
        }
        None
    }
}

/// First of `rows` rows from `begin` on, counted from there, and the pair of columns that differs in it.
fn in_chunks(a: &Chunk, b: &Chunk, pairs: &[(usize, usize)], begin: usize, rows: usize) -> Option<(usize, usize)> {
    let mut first: Option<(usize, usize)> = None;
    for (pair, &(x, y)) in pairs.iter().enumerate() {
        let (x, y) = (a.strip(x), b.strip(y));
        if x.is_gone() || y.is_gone() || x.still().zip(y.still()).is_some_and(|(x, y)| !differs(x, y)) {
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
    use crate::record::Recorder;

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
        assert_eq!(same.first_difference(&recorder(ROWS).picture(), &ALL, 0, u64::MAX), None);
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
            let found = same.first_difference(&other, &ALL, 0, u64::MAX);
            assert_eq!(found.map(|d| (d.row, d.pair)), Some((at, column)));
            let told = found.map(|d| (d.first.to_bits(), d.second.to_bits()));
            assert_eq!(told, Some((row(at)[column].to_bits(), value.to_bits())));
            assert_eq!(same.first_difference(&other, &ALL, 0, at), None, "before it");
            let others: Vec<(usize, usize)> = ALL.into_iter().filter(|(c, _)| *c != column).collect();
            assert_eq!(same.first_difference(&other, &others, 0, u64::MAX), None, "other columns");
        }
    }

    #[test]
    fn of_one_row_the_first_pair_is_told_and_pairs_may_cross() {
        let (a, mut b) = (recorder(300).picture(), Recorder::new(4));
        (0..300)
            .for_each(|r| b.push(&[r as f64, if r < 280 { 7.0 } else { 8.0 }, if r < 280 { 0.0 } else { 9.0 }, 7.0]));
        let b = b.picture();
        let found = a.first_difference(&b, &[(2, 2), (1, 1)], 0, 300);
        assert_eq!(found, Some(Difference { row: 280, pair: 0, first: 0.0, second: 9.0 }));
        assert_eq!(a.first_difference(&b, &[(1, 3)], 0, 300), None);
        assert_eq!(a.first_difference(&b, &[(1, 0)], 0, 300).map(|d| d.row), Some(0));
        assert_eq!(a.first_difference(&b, &[(0, 9)], 5, 300).map(|d| (d.row, d.second.is_nan())), Some((5, true)));
    }

    #[test]
    fn a_branch_differs_where_it_was_left() {
        let mut home = recorder(1_500);
        let left = home.picture();
        (1_500..ROWS).for_each(|r| home.push(&row(r)));
        let home = home.picture();
        assert_eq!(left.first_difference(&home, &ALL, 0, u64::MAX), None, "as far as both have rows");
        let cut = home.until(1_000, 4);
        assert_eq!(cut.first_difference(&home, &ALL, 0, u64::MAX), None);
    }
}
