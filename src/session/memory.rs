//! How much memory the rows of all runs may take, and which rows that went are wanted back.
//!
//! One budget holds for everything that the past takes: rows, what pyramids tell, snapshots. Beyond it old rows go; what
//! charts show in detail comes back, one interval after the other, the newest wish first.

use std::ops::Range;

use crate::config::Error;
use crate::record::{CHUNK_ROWS, Recorder, Refill, shed};

use super::handle::Rows;

/// Budget unless another one is chosen: 1 GiB.
pub(super) const DEFAULT_BYTES: u64 = 1 << 30;

/// Wishes that are remembered to tell which rows were asked for last.
const REMEMBERED: usize = 64;

/// Rows that may be asked for whatever the budget, chunks.
const LEAST_CHUNKS: u64 = 16;

/// Part of the budget by which memory grows before it is looked at again where no more can go.
const SLACK: u64 = 32;

/// A run whose rows may go.
pub(super) struct Held<'a> {
    /// Its number.
    pub run: u64,
    /// Ticks run at the instant that it stands at.
    pub now: u64,
    /// Its rows.
    pub recorder: &'a mut Recorder,
}

/// How rows go: see [`shed`].
type Go<'a> = &'a mut dyn FnMut(&mut [&mut Recorder], u64, &dyn Fn(usize, u64) -> u64);

/// Whole chunks of a run that somebody wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wish {
    run: u64,
    rows: Range<u64>,
}

impl Wish {
    fn holds(&self, run: u64, row: u64) -> bool {
        self.run == run && self.rows.contains(&row)
    }

    fn meets(&self, other: &Self) -> bool {
        self.run == other.run && self.rows.start < other.rows.end && other.rows.start < self.rows.end
    }
}

/// The budget and the wishes.
#[derive(Debug)]
pub(super) struct Memory {
    bytes: u64,
    /// What was taken when it was looked at last.
    settled: u64,
    /// Wishes since the last question.
    fresh: Vec<Wish>,
    /// Wishes that are served.
    wanted: Vec<Wish>,
    /// All wishes, oldest first.
    wishes: Vec<Wish>,
    /// What is being made again, by the number of its question.
    under_way: Option<(u64, Wish)>,
    /// What could not be made again.
    refused: Vec<Wish>,
    asked: u64,
}

impl Default for Memory {
    fn default() -> Self {
        Self::new(DEFAULT_BYTES)
    }
}

impl Memory {
    /// A budget; nobody wants anything yet.
    pub fn new(bytes: u64) -> Self {
        Self {
            bytes,
            settled: 0,
            fresh: Vec::new(),
            wanted: Vec::new(),
            wishes: Vec::new(),
            under_way: None,
            refused: Vec::new(),
            asked: 0,
        }
    }

    /// Another budget.
    pub fn set(&mut self, bytes: u64) {
        (self.bytes, self.settled) = (bytes, 0);
    }

    /// The budget, bytes.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether somebody wants rows back.
    pub fn wants(&self) -> bool {
        !(self.fresh.is_empty() && self.wanted.is_empty())
    }

    /// Keeps all that the past takes within the budget: rows go from the runs until they and `others` (snapshots and the
    /// like, bytes) fit into it.
    pub fn keep(&mut self, runs: &mut [Held<'_>], others: u64) {
        let go = &mut |recorders: &mut [&mut Recorder], bytes: u64, asked: &dyn Fn(usize, u64) -> u64| {
            shed(recorders, bytes, asked);
        };
        self.keep_by(go, runs, others);
    }

    /// The same where rows go in a way of their own, as with [`shed`].
    pub fn keep_by(&mut self, go: Go<'_>, runs: &mut [Held<'_>], others: u64) {
        let taken = |runs: &[Held<'_>]| others + runs.iter().map(|held| held.recorder.bytes()).sum::<u64>();
        let most = taken(runs);
        if most <= self.bytes || most <= self.settled.saturating_add(self.bytes / SLACK) {
            return;
        }
        let told = |held: &Held<'_>| (held.run, held.now, self.shown(held.run, held.recorder));
        let told: Vec<(u64, u64, usize)> = runs.iter().map(told).collect();
        let asked = |index: usize, row: u64| {
            let Some(&(run, now, shown)) = told.get(index) else { return 0 };
            // A run that went back stands among old rows.
            if row < now + CHUNK_ROWS as u64 && now < row + 2 * CHUNK_ROWS as u64 {
                return u64::MAX;
            }
            match self.wishes.iter().rposition(|wish| wish.holds(run, row)) {
                // What is looked at stays, even where everything else has gone.
                Some(at) if at >= shown => u64::MAX,
                Some(at) => at as u64 + 1,
                None => 0,
            }
        };
        let mut recorders: Vec<&mut Recorder> = runs.iter_mut().map(|held| &mut *held.recorder).collect();
        go(&mut recorders, self.bytes.saturating_sub(others), &asked);
        self.settled = taken(runs);
    }

    /// Rows that may be wanted at the same time: dense ones take half the budget.
    fn most_rows(&self, recorder: &Recorder) -> u64 {
        let row = (recorder.columns().max(1) * size_of::<f64>()) as u64;
        (self.bytes / 2 / row).max(LEAST_CHUNKS * CHUNK_ROWS as u64) / CHUNK_ROWS as u64 * CHUNK_ROWS as u64
    }

    /// The first of the newest wishes of a run that together are not too many rows.
    fn shown(&self, run: u64, recorder: &Recorder) -> usize {
        let mut left = self.most_rows(recorder);
        let mut first = self.wishes.len();
        for (index, wish) in self.wishes.iter().enumerate().rev().filter(|(_, wish)| wish.run == run) {
            let rows = wish.rows.end - wish.rows.start;
            if rows > left {
                break;
            }
            (left, first) = (left - rows, index);
        }
        first
    }

    /// Somebody shows these rows of a run and lacks some of them.
    pub fn need(&mut self, run: u64, rows: Range<u64>) {
        if rows.start < rows.end {
            self.fresh.push(Wish { run, rows: Refill::around(&rows) });
        }
    }

    /// The rows to make again next: number of the question, run, rows. What is under way goes on unless all wishes since
    /// then are about other rows.
    pub fn next<'a>(&mut self, find: &dyn Fn(u64) -> Option<&'a Recorder>) -> Option<(u64, u64, Range<u64>)> {
        self.take_in(find);
        if self.under_way.is_some() {
            return None;
        }
        // A wish may reach over many chunks that are there; what lacks is made stretch by stretch.
        let refused = |gone: &Wish| self.refused.iter().any(|wish| wish.meets(gone));
        let gone = self.wanted.iter().flat_map(|wish| {
            let gone = find(wish.run).map(|recorder| recorder.missing(wish.rows.start, wish.rows.end));
            gone.into_iter().flatten().map(|rows| Wish { run: wish.run, rows })
        });
        let Some(wish) = gone.filter(|gone| !refused(gone)).min_by_key(|gone| gone.rows.start) else {
            self.wanted.clear();
            return None;
        };
        self.asked += 1;
        self.under_way = Some((self.asked, wish.clone()));
        Some((self.asked, wish.run, wish.rows))
    }

    /// Makes the fresh wishes the ones that are served.
    fn take_in<'a>(&mut self, find: &dyn Fn(u64) -> Option<&'a Recorder>) {
        if self.fresh.is_empty() {
            return;
        }
        let mut fresh = std::mem::take(&mut self.fresh);
        fresh.sort_by_key(|wish| (wish.run, wish.rows.start));
        let mut wanted: Vec<Wish> = Vec::new();
        for wish in fresh {
            match wanted.last_mut() {
                Some(last) if last.run == wish.run && wish.rows.start <= last.rows.end => {
                    last.rows.end = last.rows.end.max(wish.rows.end);
                }
                _ => wanted.push(wish),
            }
        }
        // What does not fit stays away; the begin of every interval is seen.
        let mut left = wanted.iter().filter_map(|wish| find(wish.run)).map(|r| self.most_rows(r)).min().unwrap_or(0);
        for wish in &mut wanted {
            wish.rows.end = wish.rows.end.min(wish.rows.start + left);
            left -= wish.rows.end - wish.rows.start;
        }
        wanted.retain(|wish| wish.rows.start < wish.rows.end);
        for wish in &wanted {
            self.wishes.retain(|old| old != wish);
            self.wishes.push(wish.clone());
        }
        let many = self.wishes.len().saturating_sub(REMEMBERED);
        self.wishes.drain(..many);
        let still = |(_, under_way): &(u64, Wish)| wanted.iter().any(|wish| wish.meets(under_way));
        self.under_way = self.under_way.take().filter(still);
        self.wanted = wanted;
    }

    /// The question could not be asked now: it is asked again.
    pub fn not_asked(&mut self) {
        self.under_way = None;
    }

    /// What was asked for cannot be had: it is not asked for again.
    pub fn give_up(&mut self) {
        self.refused.extend(self.under_way.take().map(|(_, wish)| wish));
    }

    /// Takes rows in that were made again. Returns what is to be told when a question that still counts failed.
    pub fn take(&mut self, recorder: &mut Recorder, Rows { number, rows, over, .. }: Rows) -> Option<Error> {
        let error = rows.and_then(|refill| recorder.fill(refill)).err();
        let current = self.under_way.as_ref().is_some_and(|(under_way, _)| *under_way == number);
        if current && (over || error.is_some()) {
            // Asking for it again would come to the same.
            if error.is_some() {
                self.give_up();
            }
            self.under_way = None;
        }
        error.filter(|_| current)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const CHUNK: u64 = CHUNK_ROWS as u64;

    fn row(r: u64) -> [f64; 2] {
        [((r * 7919) % 1000) as f64 * 0.1, -(r as f64)]
    }

    /// Rows of which only the newest are there.
    fn lean(rows: u64) -> Recorder {
        let mut recorder = Recorder::new(2);
        (0..rows).for_each(|r| recorder.push(&row(r)));
        recorder.picture();
        shed(&mut [&mut recorder], 0, &|_, _| 0);
        recorder
    }

    fn again(rows: &Range<u64>) -> Refill {
        let mut refill = Refill::new(2, rows.start);
        (refill.next_row()..rows.end).for_each(|r| refill.push(&row(r)));
        refill
    }

    fn answer(number: u64, rows: crate::config::Result<Refill>) -> Rows {
        Rows { run: 0, number, rows, over: true }
    }

    /// The question and its rows.
    fn next(memory: &mut Memory, recorder: &Recorder) -> Option<(u64, Range<u64>)> {
        let (number, run, rows) = memory.next(&|run| (run == 0).then_some(recorder))?;
        assert_eq!(run, 0);
        Some((number, rows))
    }

    #[test]
    fn wishes_of_a_moment_are_merged_and_served_one_after_the_other() {
        let (mut memory, mut recorder) = (Memory::default(), lean(40_000));
        memory.need(0, 10_000..10_100);
        memory.need(0, 300..700);
        memory.need(0, 600..1_000);
        memory.need(0, 5..5);
        memory.need(7, 5..900);
        let (first, rows) = next(&mut memory, &recorder).unwrap();
        assert_eq!(rows, 256..1_024);
        assert_eq!(next(&mut memory, &recorder), None, "one at a time");
        assert!(memory.take(&mut recorder, answer(first, Ok(again(&rows)))).is_none());
        let (second, rows) = next(&mut memory, &recorder).unwrap();
        assert_eq!((second, rows.clone()), (first + 1, 9_984..10_240));
        memory.take(&mut recorder, answer(second, Ok(again(&rows))));
        assert_eq!(next(&mut memory, &recorder), None);
        memory.need(0, 300..1_000);
        assert_eq!(next(&mut memory, &recorder), None, "what is there is not made again");
    }

    #[test]
    fn newer_wishes_take_the_place_of_older_ones() {
        let (mut memory, mut recorder) = (Memory::default(), lean(40_000));
        memory.need(0, 0..5_000);
        let (old, rows) = next(&mut memory, &recorder).unwrap();
        memory.need(0, 4_000..6_000);
        assert_eq!(next(&mut memory, &recorder), None, "what is under way is still wanted");
        memory.need(0, 20_000..20_001);
        let (new, wanted) = next(&mut memory, &recorder).unwrap();
        assert_eq!(wanted, 19_968..20_224);
        assert!(memory.take(&mut recorder, answer(old, Ok(again(&(0..512))))).is_none(), "it comes in all the same");
        assert_eq!(recorder.missing(0, 1_024), std::slice::from_ref(&(512..1_024)));
        let other = Refill::new(1, rows.start);
        assert!(memory.take(&mut recorder, answer(old, Ok(other))).is_none());
        memory.take(&mut recorder, answer(new, Ok(again(&wanted))));
        assert_eq!(next(&mut memory, &recorder), None, "older wishes are forgotten");
    }

    #[test]
    fn what_comes_out_differently_is_told_once() {
        let (mut memory, mut recorder) = (Memory::default(), lean(40_000));
        let mut wrong = Refill::new(2, 512);
        (0..CHUNK).for_each(|_| wrong.push(&[1.0, 2.0]));
        memory.need(0, 600..700);
        let (number, _) = next(&mut memory, &recorder).unwrap();
        let error = memory.take(&mut recorder, answer(number, Ok(wrong))).unwrap();
        assert!(error.to_string().contains("rows 512 to 767"), "{error}");
        memory.need(0, 600..700);
        assert_eq!(next(&mut memory, &recorder), None, "it would come to the same");
        memory.need(0, 800..900);
        assert!(next(&mut memory, &recorder).is_some());
    }

    #[test]
    fn what_is_looked_at_stays_while_others_go() {
        let mut recorder = lean(40_000);
        let budget = recorder.bytes() + 40 * CHUNK * 16;
        let mut memory = Memory::new(budget);
        for from in [0, 20 * CHUNK, 40 * CHUNK, 60 * CHUNK] {
            memory.need(0, from..from + 15 * CHUNK);
            let (number, rows) = next(&mut memory, &recorder).unwrap();
            assert!(memory.take(&mut recorder, answer(number, Ok(again(&rows)))).is_none());
            memory.keep(&mut [Held { run: 0, now: 40_000, recorder: &mut recorder }], 0);
            assert!(recorder.missing(from, from + 15 * CHUNK).is_empty());
        }
        assert!(recorder.bytes() <= budget);
        let gone = |from: u64| recorder.missing(from, from + 15 * CHUNK).iter().map(|gone| gone.end - gone.start).sum();
        let gone: [u64; 4] = [0, 20, 40, 60].map(|from| gone(from * CHUNK));
        assert!(gone[0] == 15 * CHUNK && gone[2] == 0 && gone[3] == 0, "{gone:?}");
        // Whatever else takes the room: only the last wishes and the newest rows are left.
        memory.keep(&mut [Held { run: 0, now: 40_000, recorder: &mut recorder }], 4 * budget);
        assert!(recorder.missing(60 * CHUNK, 75 * CHUNK).is_empty());
    }

    #[test]
    fn a_wish_beyond_half_the_budget_is_cut_short() {
        let recorder = lean(40_000);
        let mut memory = Memory::new(2 * 16 * 20 * CHUNK);
        memory.need(0, 100..39_000);
        assert_eq!(next(&mut memory, &recorder).unwrap().1, 0..20 * CHUNK);
        let mut memory = Memory::new(0);
        memory.need(0, 100..39_000);
        assert_eq!(next(&mut memory, &recorder).unwrap().1, 0..16 * CHUNK, "some can always be seen");
    }

    #[test]
    fn a_run_that_went_back_keeps_what_it_stands_on() {
        let mut recorder = lean(40_000);
        let rows = 5_000 / CHUNK * CHUNK..10_000;
        recorder.fill(again(&rows)).unwrap();
        Memory::new(0).keep(&mut [Held { run: 0, now: 6_000, recorder: &mut recorder }], 0);
        assert_eq!(recorder.missing(0, 8_000), [0..5_632, 6_400..8_000]);
    }
}
