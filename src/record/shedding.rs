//! Rows that go when there are too many of them, and rows that come back.
//!
//! What a pyramid tells stays. The values of whole chunks go, those first that nobody has asked for; they come back as
//! [`Refill`]s, made by whoever can make the same rows again.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use crate::config::{Error, Place, Result};

use super::chunk::{CHUNK_ROWS, Chunk};
use super::open::Open;
use super::recorder::Recorder;

/// Chunks at the end of a recording that stay: what tiles show of the last hours is always there.
const KEPT_CHUNKS: usize = 16;

/// Part of the budget that is made free when it is used up, so that rows do not go chunk by chunk.
const FREED: u64 = 16;

/// Rows that are put back where they had gone: whole chunks, sealed by whoever makes the rows.
#[derive(Debug)]
pub struct Refill {
    columns: usize,
    /// First row of the first chunk.
    from: u64,
    chunks: Vec<Chunk>,
    open: Open,
}

impl Refill {
    /// Rows of so many columns from `from` on, which is moved back to the begin of its chunk.
    pub fn new(columns: usize, from: u64) -> Self {
        let from = from / CHUNK_ROWS as u64 * CHUNK_ROWS as u64;
        Self { columns, from, chunks: Vec::new(), open: Open::new(columns) }
    }

    /// The whole chunks around some rows.
    pub fn around(rows: &Range<u64>) -> Range<u64> {
        let chunk = CHUNK_ROWS as u64;
        rows.start / chunk * chunk..rows.end.div_ceil(chunk) * chunk
    }

    /// Adds the next row.
    pub fn push(&mut self, row: &[f64]) {
        self.chunks.extend(self.open.push(row));
    }

    /// The row that comes next.
    pub fn next_row(&self) -> u64 {
        self.from + (self.chunks.len() * CHUNK_ROWS + self.open.rows()) as u64
    }

    /// Rows that it puts back: those of whole chunks.
    pub fn rows(&self) -> Range<u64> {
        self.from..self.from + (self.chunks.len() * CHUNK_ROWS) as u64
    }

    /// Whether it puts back nothing yet.
    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// What it puts back so far; it goes on with the rows after that.
    #[must_use]
    pub fn take(&mut self) -> Self {
        let (columns, from) = (self.columns, self.from);
        self.from = self.rows().end;
        Self { columns, from, chunks: std::mem::take(&mut self.chunks), open: Open::new(0) }
    }
}

impl Recorder {
    /// Puts rows back where they are gone; what is there stays. Returns how many came back.
    ///
    /// # Errors
    /// When rows do not come to what the recording tells of them: they are not the ones that went. They stay gone.
    pub fn fill(&mut self, refill: Refill) -> Result<u64> {
        let (first, columns) = (refill.from as usize / CHUNK_ROWS, self.columns);
        let (filled, other) = self.sealing.change(|sealed| {
            let (mut filled, mut other) = (0, None);
            for (index, chunk) in (first..).zip(refill.chunks) {
                let Some(gone) = sealed.chunk_at(index).filter(|there| there.is_gone()) else { continue };
                if refill.columns == columns && gone.is_like(&chunk) {
                    sealed.replace(index, Arc::new(chunk));
                    filled += CHUNK_ROWS as u64;
                } else {
                    other.get_or_insert(index * CHUNK_ROWS);
                }
            }
            (filled, other)
        });
        match other {
            None => Ok(filled),
            Some(row) => Err(Error::invalid(
                Place::source("history"),
                format!("rows {row} to {} came out differently when they were made again", row + CHUNK_ROWS - 1),
                "A controller of this run does not decide the same twice. Raise the memory budget to keep rows.",
            )),
        }
    }
}

/// A chunk of one or several recorders.
struct Candidate {
    chunk: Arc<Chunk>,
    /// Recorders that hold it, by number, with the number that it has in them.
    holders: Vec<(usize, usize)>,
    /// When it was asked for last in any of them; 0 never.
    asked: u64,
    /// It is among the newest of one of them.
    kept: bool,
}

/// Lets rows go until the recorders together take no more than so many bytes, as far as that can be done: the newest
/// rows of each stay, and all that pyramids tell. What recorders share counts once.
///
/// `asked` says when the chunk of a row of a recorder, which is told by its number, was asked for last: 0 for never,
/// `u64::MAX` for one that stays. Chunks that nobody asked for go first, oldest first, then those whose asking is longest
/// ago. Returns the bytes that are taken then.
pub fn shed(recorders: &mut [&mut Recorder], bytes: u64, asked: &dyn Fn(usize, u64) -> u64) -> u64 {
    shed_after(recorders, bytes, asked, &mut |_, _| true)
}

/// As [`shed`]. `before` is told of every chunk that is about to go, by its number in the first recorder that holds it;
/// no more go when it says false.
pub(super) fn shed_after(
    recorders: &mut [&mut Recorder],
    bytes: u64,
    asked: &dyn Fn(usize, u64) -> u64,
    before: &mut dyn FnMut(usize, &Chunk) -> bool,
) -> u64 {
    // What is shared is counted several times here: it may only be less.
    let most: u64 = recorders.iter().map(|recorder| recorder.bytes()).sum();
    if most <= bytes {
        return most;
    }
    let mut seen = HashSet::new();
    let mut taken: u64 = recorders.iter().map(|recorder| weigh(recorder, &mut seen)).sum();
    if taken <= bytes {
        return taken;
    }
    let wanted = bytes - bytes / FREED;
    for candidate in candidates(recorders, asked) {
        let index = candidate.holders.first().map_or(0, |(_, index)| *index);
        if taken <= wanted || !before(index, &candidate.chunk) {
            break;
        }
        let lean = Arc::new(candidate.chunk.without_values());
        taken = taken.saturating_sub(candidate.chunk.bytes().saturating_sub(lean.bytes()));
        for (recorder, index) in candidate.holders {
            if let Some(recorder) = recorders.get_mut(recorder) {
                recorder.sealing.change(|sealed| sealed.replace(index, Arc::clone(&lean)));
            }
        }
    }
    taken
}

/// What a recorder takes beyond what was seen already, bytes.
fn weigh(recorder: &Recorder, seen: &mut HashSet<usize>) -> u64 {
    let all = recorder.bytes();
    let (sealed, new) = recorder.sealing.look(|sealed| (sealed.bytes(), sealed.weigh(seen)));
    all.saturating_sub(sealed) + new
}

/// Chunks that may go, first ones first.
fn candidates(recorders: &[&mut Recorder], asked: &dyn Fn(usize, u64) -> u64) -> Vec<Candidate> {
    // By address, to find what recorders share; nothing is ordered by it.
    let mut found: BTreeMap<usize, Candidate> = BTreeMap::new();
    for (number, recorder) in recorders.iter().enumerate() {
        let present = recorder.sealing.look(|sealed| sealed.present());
        let end = recorder.rows() as usize / CHUNK_ROWS;
        for (index, chunk) in present {
            let when = asked(number, (index * CHUNK_ROWS) as u64);
            let kept = index + KEPT_CHUNKS >= end || when == u64::MAX;
            let new = || Candidate { chunk: Arc::clone(&chunk), holders: Vec::new(), asked: 0, kept: false };
            let candidate = found.entry(Arc::as_ptr(&chunk).addr()).or_insert_with(new);
            candidate.holders.push((number, index));
            candidate.asked = candidate.asked.max(when);
            candidate.kept |= kept;
        }
    }
    let mut all: Vec<Candidate> = found.into_values().filter(|candidate| !candidate.kept).collect();
    all.sort_by_key(|candidate| (candidate.asked, candidate.holders.first().copied().map(|(number, at)| (at, number))));
    all
}

#[cfg(test)]
pub(super) mod support {
    use super::*;

    /// A row of three columns: one that jumps, one that climbs, one with gaps.
    pub(crate) fn row(r: u64) -> [f64; 3] {
        [((r * 7919) % 1000) as f64 * 0.1, (r / 40) as f64, if r.is_multiple_of(3) { f64::NAN } else { -(r as f64) }]
    }

    /// A recorder of so many of them, sealed.
    pub(crate) fn recorder(rows: u64) -> Recorder {
        let mut recorder = Recorder::new(3);
        (0..rows).for_each(|r| recorder.push(&row(r)));
        // What waits is sealed.
        recorder.picture();
        recorder
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::support::{recorder, row};
    use super::*;
    use crate::record::Recording;

    const CHUNK: u64 = CHUNK_ROWS as u64;

    fn refill(rows: Range<u64>) -> Refill {
        let mut refill = Refill::new(3, rows.start);
        (refill.next_row()..rows.end).for_each(|r| refill.push(&row(r)));
        refill
    }

    /// Everything that is told of whole quarters, as bits.
    fn told(recording: &Recording) -> Vec<u64> {
        let mut bits = vec![recording.rows()];
        let whole = recording.rows() / 64 * 64;
        for column in 0..3 {
            for (from, to) in [(0, whole), (64, whole / 128 * 64), (whole / 192 * 64, whole)] {
                let (low, high) = recording.extremes(column, from, to).unwrap();
                bits.extend([low, high, recording.sum(column, from, to)].map(f64::to_bits));
            }
            for length in [64, 128, 192, 256, 320, 1_024] {
                for e in recording.envelope(column, 0, whole, whole.div_ceil(length) as usize) {
                    bits.extend([e.row, e.rows]);
                    bits.extend([e.low, e.high, e.first, e.last].map(f64::to_bits));
                }
            }
        }
        bits
    }

    fn same(a: &Recording, b: &Recording) -> bool {
        let cells = |r: u64| (0..3).all(|c| a.value(r, c).to_bits() == b.value(r, c).to_bits());
        a.rows() == b.rows() && (0..a.rows()).all(cells) && told(a) == told(b)
    }

    #[test]
    fn old_rows_go_and_what_was_told_stays() {
        let (whole, mut lean) = (recorder(40_000).picture(), recorder(40_000));
        let kept = lean.picture();
        let before = lean.bytes();
        let after = shed(&mut [&mut lean], before / 2, &|_, _| 0);
        assert!(after <= before / 2 && after == lean.bytes(), "{after} of {before}");
        let picture = lean.picture();
        let missing = picture.missing(0, u64::MAX);
        assert_eq!((missing.len(), missing[0].start, lean.missing(0, u64::MAX)), (1, 0, missing.clone()));
        let gone = missing[0].end;
        assert!(gone.is_multiple_of(CHUNK) && gone > 40_000 / 2 && gone < 40_000 - 16 * CHUNK);
        assert!(picture.value(1, 0).is_nan() && picture.value(gone, 0) == row(gone)[0]);
        assert!(!picture.row(5, &mut [0.0; 3]) && picture.row(gone, &mut [0.0; 3]));
        assert_eq!((picture.extremes(0, 1, 99), picture.sum(0, 1, 99).is_nan()), (None, true));
        assert!(told(&picture) == told(&whole), "what is told of quarters is the same");
        assert!(same(&kept, &whole), "a picture does not change");
        assert_eq!(picture.envelope(0, 0, gone, 4_000).len(), 0, "short stretches need rows");
        assert_eq!(picture.needs(3, 40_000, 10_000), Some(3..gone));
        assert_eq!((picture.needs(3, 40_000, 100), picture.needs(gone, 40_000, 10_000)), (None, None));
    }

    #[test]
    fn rows_that_come_back_are_the_same_to_the_bit() {
        let (whole, mut lean) = (recorder(40_000).picture(), recorder(40_000));
        shed(&mut [&mut lean], 0, &|_, _| 0);
        let changes = lean.picture().changes();
        assert_eq!(
            lean.missing(0, u64::MAX),
            std::slice::from_ref(&(0..140 * CHUNK)),
            "the newest sixteen chunks stay"
        );
        assert_eq!(lean.fill(refill(1_000..3_000)).unwrap(), 8 * CHUNK);
        assert_eq!(lean.fill(refill(1_000..3_000)).unwrap(), 0, "what is there stays");
        assert_eq!(lean.missing(100, 5_000), [100..768, 2_816..5_000]);
        assert!(lean.picture().changes() > changes);
        lean.fill(refill(0..140 * CHUNK)).unwrap();
        assert!(same(&lean.picture(), &whole) && lean.bytes() == recorder(40_000).bytes());
        assert_eq!(lean.fill(refill(0..50_000)).unwrap(), 0, "rows that were never recorded do not come");
    }

    #[test]
    fn other_rows_do_not_come_in() {
        let mut lean = recorder(20_000);
        shed(&mut [&mut lean], 0, &|_, _| 0);
        let mut wrong = Refill::new(3, 0);
        for r in 0..3 * CHUNK {
            wrong.push(&if r == 300 { [0.05; 3] } else { row(r) });
        }
        let error = lean.fill(wrong).unwrap_err();
        assert!(error.to_string().contains("rows 256 to 511"), "{error}");
        assert_eq!(lean.missing(0, 3 * CHUNK), std::slice::from_ref(&(256..512)), "the others came");
        assert!(lean.fill(Refill::new(2, 256)).is_ok_and(|rows| rows == 0));
    }

    #[test]
    fn what_was_asked_for_goes_last() {
        let mut lean = recorder(40_000);
        let asked = |_: usize, row: u64| match row / CHUNK {
            10..20 => 2,
            20..30 => 1,
            _ => 0,
        };
        // One tenth after the other goes.
        let part = lean.bytes() / 40;
        let mut bytes = lean.bytes();
        while lean.missing(20 * CHUNK, 30 * CHUNK).is_empty() {
            bytes = shed(&mut [&mut lean], bytes - part, &asked);
        }
        let gone = lean.missing(0, u64::MAX);
        assert_eq!((gone.first(), gone.last()), (Some(&(0..10 * CHUNK)), Some(&(30 * CHUNK..140 * CHUNK))));
        assert!(lean.missing(10 * CHUNK, 20 * CHUNK).is_empty());
        shed(&mut [&mut lean], 0, &|_, row| if row / CHUNK == 12 { u64::MAX } else { 1 });
        assert_eq!(lean.missing(0, 20 * CHUNK), [0..12 * CHUNK, 13 * CHUNK..20 * CHUNK], "what is looked at stays");
    }

    #[test]
    fn branches_share_and_count_once() {
        let mut trunk = recorder(40_000);
        let mut branch = trunk.fork(30_005);
        (30_005..40_000).for_each(|r| branch.push(&row(r)));
        assert!(same(&branch.picture(), &recorder(40_000).picture()));
        let alone = trunk.bytes();
        let budget = alone + alone / 2;
        assert_eq!(trunk.missing(0, u64::MAX).len(), 0);
        let taken = shed(&mut [&mut trunk, &mut branch], budget, &|_, _| 0);
        assert!(taken <= budget && trunk.missing(0, u64::MAX).is_empty(), "{taken} of {budget}");
        shed(&mut [&mut trunk, &mut branch], alone / 2, &|_, _| 0);
        let (a, b) = (trunk.missing(0, 30_000), branch.missing(0, 30_000));
        assert!(a == b && !a.is_empty(), "what is shared goes in both");
        assert_eq!(trunk.fork(40_000).rows(), 40_000);
        assert_eq!((trunk.fork(0).rows(), trunk.fork(512).rows()), (0, 512));
    }

    #[test]
    fn a_cut_into_gone_rows_is_mended_before() {
        let mut lean = recorder(40_000);
        shed(&mut [&mut lean], 0, &|_, _| 0);
        assert_eq!((lean.lacks_before(512), lean.lacks_before(39_999), lean.lacks_before(40_000)), (None, None, None));
        let wanted = lean.lacks_before(700).unwrap();
        assert_eq!(wanted, 512..768);
        lean.fill(refill(wanted)).unwrap();
        assert_eq!(lean.lacks_before(700), None);
        lean.truncate(700);
        lean.fill(refill(0..512)).unwrap();
        assert!(same(&lean.picture(), &recorder(700).picture()));
    }

    #[test]
    fn a_refill_hands_on_what_is_whole() {
        let mut refill = Refill::new(3, 700);
        assert_eq!((refill.next_row(), Refill::around(&(700..800))), (512, 512..1_024));
        (512..1_100).for_each(|r| refill.push(&row(r)));
        let first = refill.take();
        assert_eq!((first.rows(), refill.rows(), refill.next_row()), (512..1_024, 1_024..1_024, 1_100));
        assert!(refill.is_empty() && !first.is_empty());
    }
}
