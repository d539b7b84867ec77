//! Takes in rows and hands out pictures of all of them.

use std::ops::Range;

use super::chunk::CHUNK_ROWS;
use super::open::Open;
use super::pyramid::Pyramid;
use super::recording::Recording;
use super::sealing::Sealing;

/// Takes in rows and hands out [`Recording`]s.
///
/// A row costs its copy: every [`CHUNK_ROWS`] of them are sealed on another thread. A picture has every row all the same.
#[derive(Debug)]
pub struct Recorder {
    pub(super) columns: usize,
    pub(super) sealing: Sealing,
    /// Number of rows handed over for sealing.
    handed: u64,
    /// Number of rows after them, fewer than a chunk has.
    rows: usize,
    /// Their values, one row after another.
    values: Vec<f64>,
}

impl Recorder {
    /// An empty recording of rows of so many columns.
    pub fn new(columns: usize) -> Self {
        Self { columns, sealing: Sealing::new(columns), handed: 0, rows: 0, values: Vec::new() }
    }

    /// Columns of a row.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Adds a row. What it is short of counts as NaN.
    pub fn push(&mut self, row: &[f64]) {
        if self.rows == 0 {
            self.values.reserve(self.columns * CHUNK_ROWS);
        }
        self.rows += 1;
        self.values.extend_from_slice(row.get(..self.columns).unwrap_or(row));
        self.values.resize(self.rows * self.columns, f64::NAN);
        if self.rows == CHUNK_ROWS {
            self.values = self.sealing.hand_over(std::mem::take(&mut self.values));
            self.handed += CHUNK_ROWS as u64;
            self.rows = 0;
        }
    }

    /// Number of rows.
    pub fn rows(&self) -> u64 {
        self.handed + self.rows as u64
    }

    /// Room that its rows and what is told of them take, bytes.
    pub fn bytes(&self) -> u64 {
        self.sealing.look(Pyramid::bytes) + (self.values.capacity() * size_of::<f64>()) as u64
    }

    /// As [`Recording::missing`].
    pub fn missing(&self, from: u64, to: u64) -> Vec<Range<u64>> {
        let missing = self.sealing.look(|sealed| sealed.missing(from as usize, to.min(self.handed) as usize));
        missing.into_iter().map(|rows| rows.start as u64..rows.end as u64).collect()
    }

    /// The rows that have to come back before the recording can go on after so many rows: those of the chunk in which it
    /// would. `None` when nothing lacks.
    pub fn lacks_before(&self, rows: u64) -> Option<Range<u64>> {
        let begin = rows / CHUNK_ROWS as u64 * CHUNK_ROWS as u64;
        (rows < self.handed && begin < rows && !self.missing(begin, rows).is_empty())
            .then_some(begin..begin + CHUNK_ROWS as u64)
    }

    /// Forgets rows from `rows` on. What is left is what recording only those rows would have made; rows that are gone
    /// from the chunk in which it goes on become gaps, see [`Recorder::lacks_before`].
    pub fn truncate(&mut self, rows: u64) {
        if rows >= self.rows() {
            return;
        }
        let within = (rows % CHUNK_ROWS as u64) as usize;
        if rows < self.handed {
            self.values = self.sealing.cut(rows as usize, self.columns);
        }
        self.values.truncate(within * self.columns);
        (self.handed, self.rows) = (rows - within as u64, within);
    }

    /// Another recorder that holds the first rows of this one. It shares what is sealed. Rows that are gone from the
    /// chunk in which it goes on are gaps in it, see [`Recorder::lacks_before`].
    pub fn fork(&self, rows: u64) -> Self {
        let picture = self.picture().until(rows, self.columns);
        let (handed, pyramid) = picture.sealed();
        let mut values = Vec::with_capacity(self.columns * CHUNK_ROWS);
        let mut row = vec![f64::NAN; self.columns];
        for r in handed..picture.rows() {
            picture.row(r, &mut row);
            values.extend_from_slice(&row);
        }
        let rows = (picture.rows() - handed) as usize;
        Self { columns: self.columns, sealing: Sealing::go_on(self.columns, pyramid), handed, rows, values }
    }

    /// A picture of all rows so far. It copies the rows that are not sealed yet and a few pointers, however long the run.
    pub fn picture(&self) -> Recording {
        let mut open = Open::new(self.columns);
        // Fewer than a chunk has: none comes of them.
        open.take(self.rows, &self.values);
        Recording::of(self.sealing.pyramid(), open)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three columns: one that goes up and down, one that stands still for a while, one with gaps.
    fn row(r: u64) -> [f64; 3] {
        [((r * 7919) % 1000) as f64, (r / 40) as f64, if r.is_multiple_of(3) { f64::NAN } else { -(r as f64) }]
    }

    fn recorder(rows: u64) -> Recorder {
        let mut recorder = Recorder::new(3);
        (0..rows).for_each(|r| recorder.push(&row(r)));
        recorder
    }

    /// Whether two recordings are the same to the last bit, in values and in what is told about many of them.
    fn same(a: &Recording, b: &Recording) -> bool {
        let bits = |x: f64| x.to_bits();
        let values = |r: u64| (0..3).all(|c| bits(a.value(r, c)) == bits(b.value(r, c)));
        // As text, in which a gap equals a gap.
        let shapes = |of: &Recording, c: usize| format!("{:?}", of.envelope(c, 0, of.rows(), 50));
        let told =
            |c: usize| bits(a.sum(c, 1, u64::MAX)) == bits(b.sum(c, 1, u64::MAX)) && shapes(a, c) == shapes(b, c);
        a.rows() == b.rows() && (0..a.rows()).all(values) && (0..3).all(told)
    }

    #[test]
    fn a_picture_has_every_row_whenever_it_is_taken() {
        let mut recorder = Recorder::new(3);
        let mut pictures = Vec::new();
        for r in 0..30_000 {
            recorder.push(&row(r));
            // While many batches wait, while one is under way, while none is.
            if r.is_multiple_of(2_111) || r % 256 < 2 {
                pictures.push((r + 1, recorder.picture()));
            }
        }
        for (rows, picture) in pictures {
            assert_eq!(picture.rows(), rows);
            let last = [0, 1, 2].map(|c| picture.value(rows - 1, c).to_bits());
            assert_eq!(last, row(rows - 1).map(f64::to_bits));
        }
    }

    #[test]
    fn whoever_seals_the_recording_is_the_same() {
        let left_alone = recorder(20_000).picture();
        let mut helped = Recorder::new(3);
        for r in 0..20_000 {
            helped.push(&row(r));
            if r.is_multiple_of(100) {
                // The owner seals what waits.
                helped.picture();
            }
        }
        assert!(same(&left_alone, &helped.picture()));
    }

    #[test]
    fn any_cut_leaves_what_fewer_rows_would_have_made() {
        let chunk = CHUNK_ROWS as u64;
        for (rows, keep) in [(100, 99), (100, 0), (chunk, chunk - 1), (chunk + 9, chunk), (chunk + 9, chunk + 3)] {
            let mut cut = recorder(rows);
            cut.truncate(keep);
            assert!(cut.rows() == keep && same(&cut.picture(), &recorder(keep).picture()), "{rows} cut to {keep}");
        }
        let mut again = recorder(20_000);
        for keep in [19_999, 16_384, 16_383, 5_000, 5_000, 300] {
            again.truncate(keep);
            assert!(same(&again.picture(), &recorder(keep).picture()), "cut to {keep}");
            (keep..keep + 3_000).for_each(|r| again.push(&row(r)));
            assert!(same(&again.picture(), &recorder(keep + 3_000).picture()), "cut to {keep} and recorded again");
            again.truncate(keep);
        }
        again.truncate(10_000);
        assert_eq!(again.rows(), 300, "rows that are not there cannot go");
    }

    #[test]
    fn a_fork_goes_on_as_if_it_had_recorded_everything_itself() {
        let chunk = CHUNK_ROWS as u64;
        let first = recorder(20_000);
        for rows in [0, 1, chunk - 1, chunk, chunk + 1, 16_384, 19_999, 20_000, 30_000] {
            let mut fork = first.fork(rows);
            assert!(same(&fork.picture(), &recorder(rows.min(20_000)).picture()), "forked at {rows}");
            (fork.rows()..25_000).for_each(|r| fork.push(&row(r)));
            assert!(same(&fork.picture(), &recorder(25_000).picture()), "gone on from {rows}");
        }
        assert!(same(&first.picture(), &recorder(20_000).picture()), "a fork takes nothing from the first one");
    }

    #[test]
    fn a_picture_outlives_its_recorder() {
        let recorder = recorder(5_000);
        let picture = recorder.picture();
        drop(recorder);
        assert!(same(&picture, &self::recorder(5_000).picture()));
    }

    #[test]
    fn rows_without_columns_are_counted() {
        let mut recorder = Recorder::new(0);
        (0..1_000).for_each(|_| recorder.push(&[]));
        assert_eq!((recorder.rows(), recorder.picture().rows()), (1_000, 1_000));
        recorder.truncate(300);
        assert_eq!(recorder.picture().rows(), 300);
    }
}
