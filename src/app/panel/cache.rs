//! What the charts drew last: a redraw for the pointer or a theme computes nothing anew.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use crate::record::Recording;
use crate::session::RunView;
use crate::signal::{Hold, SignalId};

use super::series::{self, Bars, Trace};

/// From so many kept traces on, those that the last frame did not use go.
const MOST: usize = 160;

/// What tells one picture of the rows from another.
#[derive(Debug, Clone, PartialEq)]
struct Stamp {
    run: u64,
    rows: u64,
    /// Old rows go and come back.
    changes: u64,
    row: Arc<[f64]>,
}

/// What a trace was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    /// Another run with its rows and how often old ones went or came; `None` is the shown one, of which no row changes
    /// while it is kept.
    run: Option<(u64, u64, u64)>,
    column: SignalId,
    steps: bool,
    from: u64,
    to: u64,
    pixels: u32,
}

/// Rows that a chart lacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lack {
    /// Their run; `None` is the shown one.
    pub run: Option<u64>,
    /// The first.
    pub from: u64,
    /// The one after the last.
    pub to: u64,
}

/// Traces of the rows as they are, with the frame that used each last.
#[derive(Debug, Clone, Default)]
pub(super) struct Cache {
    generation: u64,
    stamp: Option<Stamp>,
    frame: u64,
    traces: HashMap<Key, (u64, Arc<Trace>)>,
    bars: HashMap<Key, (u64, Arc<Bars>)>,
    /// Rows that this frame lacked, with their run where it is not the shown one.
    lacks: Vec<Lack>,
}

impl Cache {
    /// Begins a frame: forgets everything when rows came or went.
    pub fn begin(&mut self, view: &RunView) {
        if self.stamp.is_none() || self.generation != view.generation {
            let (rows, changes) = (view.recording.rows(), view.recording.changes());
            let stamp = Stamp { run: view.run, rows, changes, row: Arc::clone(&view.row) };
            // Values are compared by their bits, so that a gap equals itself.
            let same = self.stamp.as_ref().is_some_and(|s| {
                (s.run, s.rows, s.changes, s.row.len()) == (stamp.run, stamp.rows, stamp.changes, stamp.row.len())
                    && s.row.iter().zip(stamp.row.iter()).all(|(a, b)| a.to_bits() == b.to_bits())
            });
            if !same {
                self.traces.clear();
                self.bars.clear();
            }
            self.stamp = Some(stamp);
            self.generation = view.generation;
        }
        let frame = self.frame;
        tidy(&mut self.traces, frame);
        tidy(&mut self.bars, frame);
        self.frame += 1;
    }

    /// As [`series::past`].
    pub fn past(
        &mut self,
        view: &RunView,
        column: SignalId,
        hold: Hold,
        (from, to): (f64, f64),
        pixels: f32,
    ) -> Arc<Trace> {
        let key = key(column, hold, (from, to), pixels);
        let make = || series::past(&view.recording, column, hold, from, to, pixels);
        let trace = kept(&mut self.traces, key, self.frame, make);
        self.lack(None, trace.lacks);
        trace
    }

    /// As [`series::past`], of the rows of another run.
    pub fn beside(
        &mut self,
        run: u64,
        recording: &Recording,
        column: SignalId,
        hold: Hold,
        (from, to): (f64, f64),
        pixels: f32,
    ) -> Arc<Trace> {
        let own = (run, recording.rows(), recording.changes());
        let key = Key { run: Some(own), ..key(column, hold, (from, to), pixels) };
        let make = || series::past(recording, column, hold, from, to, pixels);
        let trace = kept(&mut self.traces, key, self.frame, make);
        self.lack(Some(run), trace.lacks);
        trace
    }

    /// As [`series::bars`].
    pub fn bars(&mut self, view: &RunView, column: SignalId, (from, to): (f64, f64), pixels: f32) -> Arc<Bars> {
        let key = key(column, Hold::Step, (from, to), pixels);
        let bars = kept(&mut self.bars, key, self.frame, || series::bars(&view.recording, column, from, to, pixels));
        self.lack(None, bars.lacks);
        bars
    }

    /// Takes down rows that a chart lacks.
    pub fn lack(&mut self, run: Option<u64>, rows: Option<(u64, u64)>) {
        let lack = rows.map(|(from, to)| Lack { run, from, to });
        self.lacks.extend(lack.filter(|lack| !self.lacks.contains(lack)));
    }

    /// Rows that charts lacked since the last call: what to ask for at the end of a frame.
    pub fn take_lacks(&mut self) -> Vec<Lack> {
        std::mem::take(&mut self.lacks)
    }
}

fn key(column: SignalId, hold: Hold, (from, to): (f64, f64), pixels: f32) -> Key {
    Key {
        run: None,
        column,
        steps: hold == Hold::Step,
        from: from.to_bits(),
        to: to.to_bits(),
        pixels: pixels.to_bits(),
    }
}

/// What is kept under a key, or what is made now.
fn kept<K: Eq + Hash, T>(all: &mut HashMap<K, (u64, Arc<T>)>, key: K, frame: u64, make: impl FnOnce() -> T) -> Arc<T> {
    let (used, kept) = all.entry(key).or_insert_with(|| (frame, Arc::new(make())));
    *used = frame;
    Arc::clone(kept)
}

/// Drops what the last frame did not use, once there is much of it.
fn tidy<K: Eq + Hash, T>(all: &mut HashMap<K, (u64, Arc<T>)>, frame: u64) {
    if all.len() > MOST {
        all.retain(|_, (used, _)| *used == frame);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn much_that_nobody_uses_goes() {
        let mut all = HashMap::new();
        for key in 0..=MOST {
            kept(&mut all, key, 1, || key);
        }
        kept(&mut all, 7, 2, || 0);
        tidy(&mut all, 2);
        assert_eq!(all.len(), 1);
        assert_eq!(all.get(&7).map(|(_, value)| **value), Some(7), "what is kept is not made again");
    }
}
