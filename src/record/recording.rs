//! All rows of a run: sealed chunks below a pyramid, and the rows that are not sealed yet.
//!
//! Old rows may be gone ([`Recording::missing`]). Whoever asks for one of them is told NaN or nothing, never a guess; what
//! is asked about whole quarters of a chunk (64 rows), and about more of them, is told as ever.

use std::ops::Range;
use std::sync::Arc;

use super::chunk::Chunk;
use super::digest::{Course, Span};
use super::open::Open;
use super::pyramid::{Pyramid, is_told};

/// A picture of all rows at one instant: cheap to take, safe to keep.
#[derive(Debug, Clone, Default)]
pub struct Recording {
    sealed: Pyramid,
    /// Number of rows in it.
    sealed_rows: usize,
    open: Option<Arc<Open>>,
}

impl Recording {
    /// Sealed rows, and the open ones after them.
    pub(super) fn of(sealed: Pyramid, open: Open) -> Self {
        Self { sealed_rows: sealed.rows(), sealed, open: (open.rows() > 0).then(|| Arc::new(open)) }
    }

    /// How many rows are sealed, and these.
    pub(super) fn sealed(&self) -> (u64, Pyramid) {
        (self.sealed_rows as u64, self.sealed.clone())
    }
}

/// What a column did over one pixel of a chart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Envelope {
    /// First row of the stretch.
    pub row: u64,
    /// Number of rows in it.
    pub rows: u64,
    /// Smallest value.
    pub low: f64,
    /// Largest value.
    pub high: f64,
    /// Value on the first row of the stretch.
    pub first: f64,
    /// Value on the last row.
    pub last: f64,
}

impl Recording {
    /// Number of rows.
    pub fn rows(&self) -> u64 {
        (self.sealed_rows + self.open.as_ref().map_or(0, |c| c.rows())) as u64
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows() == 0
    }

    /// Room that it takes, bytes.
    pub fn bytes(&self) -> u64 {
        self.sealed.bytes() + self.open.as_ref().map_or(0, |open| open.bytes())
    }

    /// Rows of `from..to` that are gone and come back when they are asked for, oldest first.
    pub fn missing(&self, from: u64, to: u64) -> Vec<Range<u64>> {
        let missing = self.sealed.missing(from as usize, to.min(self.sealed_rows as u64) as usize);
        missing.into_iter().map(|rows| rows.start as u64..rows.end as u64).collect()
    }

    /// Rows that have to come back before [`Recording::envelope`] can tell all of `from..to` in so many stretches: from
    /// the first to the last of them. `None` when it can; stretches of whole quarters of a chunk need no rows.
    pub fn needs(&self, from: u64, to: u64, stretches: usize) -> Option<Range<u64>> {
        if !self.lacks() || is_told(self.stretch_rows(from, to, stretches)) {
            return None;
        }
        let missing = self.missing(from, to);
        Some(missing.first()?.start..missing.last()?.end)
    }

    /// Whether any row is gone.
    pub fn lacks(&self) -> bool {
        self.sealed.lacks()
    }

    /// Counts how often old rows went or came back: with the same number and the same rows it tells the same.
    pub fn changes(&self) -> u64 {
        self.sealed.changes()
    }

    /// One value; NaN outside, and where it is gone.
    pub fn value(&self, row: u64, column: usize) -> f64 {
        let row = row as usize;
        match row.checked_sub(self.sealed_rows) {
            None => self.sealed.value(row, column),
            Some(row) => self.open.as_ref().map_or(f64::NAN, |open| open.value(row, column)),
        }
    }

    /// The sealed chunk of a row, and which of its rows that is.
    pub(super) fn sealed_chunk(&self, row: u64) -> Option<(&Chunk, usize)> {
        self.sealed.chunk(row as usize)
    }

    /// Writes a whole row; returns whether it is there. One that is gone is not.
    pub fn row(&self, row: u64, out: &mut [f64]) -> bool {
        if row >= self.rows() {
            return false;
        }
        let cells = out.iter_mut().enumerate();
        match self.sealed.chunk(row as usize) {
            Some((chunk, _)) if chunk.is_gone() => {
                out.fill(f64::NAN);
                return false;
            }
            Some((chunk, row)) => cells.for_each(|(column, cell)| *cell = chunk.strip(column).value(row)),
            None => cells.for_each(|(column, cell)| *cell = self.value(row, column)),
        }
        true
    }

    /// The first rows of it, of so many columns: what a recording of only those would be. It shares what is sealed. Rows
    /// that are gone from the chunk in which it ends are gaps in it.
    pub fn until(&self, rows: u64, columns: usize) -> Self {
        if rows >= self.rows() {
            return self.clone();
        }
        let mut sealed = self.sealed.clone();
        let cut = sealed.cut(rows as usize);
        let begin = sealed.rows();
        let mut open = Open::new(columns);
        let mut row = vec![f64::NAN; columns];
        for k in 0..rows as usize - begin {
            for (column, cell) in row.iter_mut().enumerate() {
                *cell = match &cut {
                    Some(chunk) => chunk.strip(column).value(k),
                    None => self.open.as_ref().map_or(f64::NAN, |open| open.value(k, column)),
                };
            }
            // Fewer than a chunk has: none comes of them.
            open.take(1, &row);
        }
        Self::of(sealed, open)
    }

    /// Rows `from..to` as far as they exist: those in sealed chunks, and those after them.
    fn split(&self, from: u64, to: u64) -> ((usize, usize), (usize, usize)) {
        let to = to.min(self.rows()) as usize;
        let from = from.min(to as u64) as usize;
        let within = self.sealed_rows;
        ((from.min(within), to.min(within)), (from.max(within) - within, to.max(within) - within))
    }

    /// How a column goes over rows `from..to`; `None` when there are none.
    fn course(&self, column: usize, from: u64, to: u64) -> Option<Course> {
        let (sealed, open) = self.split(from, to);
        let before = self.sealed.course(column, sealed.0, sealed.1);
        match self.open.as_ref().filter(|_| open.0 < open.1) {
            Some(rows) => Some(rows.course(column, open.0, open.1).after(before)),
            None => before,
        }
    }

    /// Extremes of rows `from..to`, unless there is no number or some are gone.
    fn told(&self, span: Span, from: u64, to: u64) -> Option<(f64, f64)> {
        // Infinite values of both signs are rare: only then it has to be looked up.
        let unknown = span.is_anything() && !self.missing(from, to).is_empty();
        span.get().filter(|_| !unknown)
    }

    /// Smallest and largest value of a column over rows `from..to`; `None` when there is no number, and when one that is
    /// gone may be smaller or larger.
    pub fn extremes(&self, column: usize, from: u64, to: u64) -> Option<(f64, f64)> {
        self.course(column, from, to).and_then(|course| self.told(course.span, from, to))
    }

    /// Sum of a column over rows `from..to`; gaps (NaN) add nothing, and rows that do not exist neither. NaN when values
    /// are gone that would count.
    ///
    /// The same rows give the same bits however they came to be recorded, and a million rows cost little more than a
    /// few hundred.
    pub fn sum(&self, column: usize, from: u64, to: u64) -> f64 {
        let (sealed, open) = self.split(from, to);
        let rest = self.open.as_ref().map_or(0.0, |rows| rows.sum(column, open.0, open.1));
        self.sealed.sum(column, sealed.0, sealed.1) + rest
    }

    /// Rows of a stretch of [`Recording::envelope`]; the same for every column. At least 1.
    pub fn stretch_rows(&self, from: u64, to: u64, stretches: usize) -> u64 {
        let rows = to.min(self.rows()).saturating_sub(from);
        stretch_rows(rows.div_ceil(stretches.max(1) as u64))
    }

    /// A column over rows `from..to` in at most `stretches` stretches of equal length, and one more where the first and
    /// the last are cut short; peaks kept.
    ///
    /// Stretches are aligned to multiples of their length, so that a picture does not shimmer while rows arrive, and
    /// their length is rounded up to three binary digits (… 8, 10, 12, 14, 16, 20, 24 …), at most a quarter more than
    /// asked for. The length therefore changes seldom while a run grows, and long stretches begin and end where blocks,
    /// quarters and chunks do: charts of long runs read no rows, only what the pyramid tells about them.
    ///
    /// Stretches without a number are left out, and those that rows are gone from, unless they are whole quarters of
    /// chunks: [`Recording::needs`] tells of them.
    pub fn envelope(&self, column: usize, from: u64, to: u64, stretches: usize) -> Vec<Envelope> {
        let to = to.min(self.rows());
        if from >= to || stretches == 0 {
            return Vec::new();
        }
        let length = self.stretch_rows(from, to, stretches);
        let mut out = Vec::with_capacity(((to - from) / length) as usize + 2);
        let mut draw = |start: u64, end: u64, Course { span, first, last }: Course| {
            if let Some((low, high)) = self.told(span, start, end) {
                out.push(Envelope { row: start, rows: end - start, low, high, first, last });
            }
        };
        // Chunks and nodes are looked up once each, and what the stretches have of them is read along.
        let (mut start, mut end) = (from, (from - from % length + length).min(to));
        let (mut row, mut before) = (from, None);
        while row < to {
            let found = self.sealed.reach(column, row as usize, length as usize);
            let (reach, begin, limit) = match found {
                Some((reach, begin, rows)) => (Some(reach), begin, (begin + rows).min(to as usize)),
                None => (None, self.sealed_rows, to as usize),
            };
            while row < limit as u64 {
                let next = end.min(limit as u64);
                let (a, b) = (row as usize - begin, next as usize - begin);
                let course = match (&reach, &self.open) {
                    (Some(reach), _) => reach.course(a, b),
                    (None, Some(rows)) => rows.course(column, a, b),
                    (None, None) => return out,
                };
                let course = course.after(before.take());
                row = next;
                if next == end {
                    draw(start, end, course);
                    (start, end) = (end, (end + length).min(to));
                } else {
                    before = Some(course);
                }
            }
        }
        out
    }
}

/// The number of rows, rounded up to three binary digits.
fn stretch_rows(rows: u64) -> u64 {
    let rows = rows.max(1);
    rows.next_multiple_of(1 << rows.ilog2().saturating_sub(2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{CHUNK_ROWS, Recorder};

    fn recorder(rows: u64) -> Recorder {
        let mut recorder = Recorder::new(1);
        for r in 0..rows {
            recorder.push(&[((r * 7919) % 1000) as f64]);
        }
        recorder
    }

    #[test]
    fn an_envelope_keeps_every_peak() {
        let recording = recorder(5000).picture();
        let all = recording.envelope(0, 100, 4900, 137);
        assert!(all.len() <= 138);
        let scan = |from: u64, to: u64| {
            let values: Vec<f64> = (from..to).map(|r| recording.value(r, 0)).collect();
            (values.iter().copied().fold(f64::MAX, f64::min), values.iter().copied().fold(f64::MIN, f64::max))
        };
        for e in &all {
            assert_eq!((e.low, e.high), scan(e.row, e.row + e.rows));
        }
        assert_eq!(all.iter().map(|e| e.rows).sum::<u64>(), 4800);
    }

    #[test]
    fn stretches_have_round_lengths() {
        for rows in 1..5_000 {
            let length = stretch_rows(rows);
            assert!(length >= rows && 4 * length <= 5 * rows, "{length} for {rows}");
            assert_eq!(stretch_rows(length), length);
            assert_eq!(stretch_rows(2 * rows), 2 * length);
        }
        assert_eq!([1, 7, 9, 17, 667].map(stretch_rows), [1, 7, 10, 20, 768]);
        assert_eq!(stretch_rows(0), 1);
    }

    #[test]
    fn there_are_at_most_as_many_stretches_as_asked_for_and_one() {
        let recording = recorder(3_000).picture();
        for stretches in 1..300 {
            for (from, to) in [(0, 3_000), (1, 2_999), (777, 1_234), (2_990, 3_000)] {
                let all = recording.envelope(0, from, to, stretches);
                assert!(all.len() <= stretches + 1);
                assert_eq!(all.iter().map(|e| e.rows).sum::<u64>(), to - from);
                for pair in all.windows(2) {
                    assert_eq!(pair[0].row + pair[0].rows, pair[1].row);
                    assert!(pair[1].row.is_multiple_of(stretch_rows((to - from).div_ceil(stretches as u64))));
                }
            }
        }
    }

    #[test]
    fn sums_reach_over_sealed_and_open_rows() {
        let recording = recorder(5_000).picture();
        let plain = |from: u64, to: u64| (from..to).map(|r| ((r * 7919) % 1000) as f64).sum::<f64>();
        for (from, to) in [(0, 5_000), (1, 4_999), (255, 257), (4_864, 5_000), (4_863, 4_865), (10, 10)] {
            assert_eq!(recording.sum(0, from, to), plain(from, to), "{from}..{to}");
        }
        assert_eq!(recording.sum(0, 4_000, u64::MAX), plain(4_000, 5_000));
        assert_eq!((recording.sum(0, 20, 10), recording.sum(7, 0, 5_000)), (0.0, 0.0));
        assert_eq!(Recording::default().sum(0, 0, 10), 0.0);
    }

    #[test]
    fn rows_are_written_whole() {
        let recording = recorder(300).picture();
        let mut row = [0.0; 2];
        for k in [0, 255, 256, 299] {
            assert!(recording.row(k, &mut row));
            assert!(row[0] == ((k * 7919) % 1000) as f64 && row[1].is_nan());
        }
        assert!(!recording.row(300, &mut row));
    }

    #[test]
    fn a_picture_does_not_change_when_rows_arrive() {
        let mut recorder = recorder(300);
        let before = recorder.picture();
        recorder.push(&[5.0]);
        assert_eq!(before.rows(), 300);
        assert_eq!(recorder.picture().rows(), 301);
    }

    #[test]
    fn truncating_and_recording_again_gives_the_same() {
        let mut a = recorder(1000);
        a.truncate(CHUNK_ROWS as u64 * 2);
        assert_eq!(a.rows(), 512);
        a.truncate(100);
        for r in 100..1000_u64 {
            a.push(&[((r * 7919) % 1000) as f64]);
        }
        let (a, b) = (a.picture(), recorder(1000).picture());
        assert!((0..1000).all(|r| a.value(r, 0) == b.value(r, 0)));
        assert!(a.value(1000, 0).is_nan());
    }
}
