//! All rows of a run: sealed chunks that are shared, and one open chunk.

use std::sync::Arc;

use super::chunk::{CHUNK_ROWS, Chunk};

/// A picture of all rows at one instant: cheap to take, safe to keep.
#[derive(Debug, Clone, Default)]
pub struct Recording {
    sealed: Arc<Vec<Arc<Chunk>>>,
    open: Option<Arc<Chunk>>,
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
        (self.sealed.len() * CHUNK_ROWS) as u64 + self.open.as_ref().map_or(0, |c| c.rows() as u64)
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows() == 0
    }

    fn chunk(&self, index: usize) -> Option<&Chunk> {
        match self.sealed.get(index) {
            Some(chunk) => Some(chunk),
            None if index == self.sealed.len() => self.open.as_deref(),
            None => None,
        }
    }

    /// One value; NaN outside.
    pub fn value(&self, row: u64, column: usize) -> f64 {
        let row = row as usize;
        self.chunk(row / CHUNK_ROWS).map_or(f64::NAN, |c| c.value(row % CHUNK_ROWS, column))
    }

    /// Writes a whole row; returns whether it exists.
    pub fn row(&self, row: u64, out: &mut [f64]) -> bool {
        if row >= self.rows() {
            return false;
        }
        for (column, cell) in out.iter_mut().enumerate() {
            *cell = self.value(row, column);
        }
        true
    }

    /// Smallest and largest value of a column over rows `from..to`; `None` when there is no number.
    pub fn extremes(&self, column: usize, from: u64, to: u64) -> Option<(f64, f64)> {
        let (from, to) = (from as usize, to.min(self.rows()) as usize);
        let (mut low, mut high) = (f64::NAN, f64::NAN);
        let mut row = from;
        while row < to {
            let index = row / CHUNK_ROWS;
            let end = ((index + 1) * CHUNK_ROWS).min(to);
            let base = index * CHUNK_ROWS;
            if let Some((l, h)) = self.chunk(index).and_then(|c| c.extremes(column, row - base, end - base)) {
                low = low.min(l);
                high = high.max(h);
            }
            row = end;
        }
        (low <= high).then_some((low, high))
    }

    /// A column over rows `from..to` in at most `stretches` stretches of equal length, peaks kept.
    ///
    /// Stretches are aligned to multiples of their length, so that a picture does not shimmer while rows arrive.
    /// Stretches without a number are left out.
    pub fn envelope(&self, column: usize, from: u64, to: u64, stretches: usize) -> Vec<Envelope> {
        let to = to.min(self.rows());
        if from >= to || stretches == 0 {
            return Vec::new();
        }
        let length = (to - from).div_ceil(stretches as u64).max(1);
        let mut out = Vec::with_capacity(stretches + 1);
        let mut row = from - from % length;
        while row < to {
            let (start, end) = (row.max(from), (row + length).min(to));
            if let Some((low, high)) = self.extremes(column, start, end) {
                out.push(Envelope {
                    row: start,
                    rows: end - start,
                    low,
                    high,
                    first: self.value(start, column),
                    last: self.value(end - 1, column),
                });
            }
            row += length;
        }
        out
    }
}

/// Takes in rows and hands out [`Recording`]s.
#[derive(Debug)]
pub struct Recorder {
    columns: usize,
    sealed: Arc<Vec<Arc<Chunk>>>,
    open: Chunk,
}

impl Recorder {
    /// An empty recording of rows of so many columns.
    pub fn new(columns: usize) -> Self {
        Self { columns, sealed: Arc::new(Vec::new()), open: Chunk::new(columns) }
    }

    /// Adds a row.
    pub fn push(&mut self, row: &[f64]) {
        self.open.push(row);
        if self.open.is_full() {
            let full = std::mem::replace(&mut self.open, Chunk::new(self.columns));
            Arc::make_mut(&mut self.sealed).push(Arc::new(full));
        }
    }

    /// Number of rows.
    pub fn rows(&self) -> u64 {
        (self.sealed.len() * CHUNK_ROWS + self.open.rows()) as u64
    }

    /// Forgets rows from `rows` on.
    pub fn truncate(&mut self, rows: u64) {
        if rows >= self.rows() {
            return;
        }
        let whole = rows as usize / CHUNK_ROWS;
        let sealed = Arc::make_mut(&mut self.sealed);
        if let Some(chunk) = sealed.get(whole) {
            self.open = Chunk::clone(chunk);
            sealed.truncate(whole);
        }
        self.open.truncate(rows as usize % CHUNK_ROWS);
    }

    /// A picture of all rows so far.
    pub fn picture(&self) -> Recording {
        let open = (self.open.rows() > 0).then(|| Arc::new(self.open.clone()));
        Recording { sealed: Arc::clone(&self.sealed), open }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
