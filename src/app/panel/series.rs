//! From rows to lines: at most two points a pixel, peaks kept, steps drawn as steps.
//!
//! The horizontal axis counts ticks run. A row tells about one tick: what holds over a tick is drawn from its begin to
//! its end, a state at its end.

use crate::record::{Envelope, Recording};
use crate::session::Outlook;
use crate::signal::{Hold, SignalId};

use super::curve::Form;

/// Points of a line, `[ticks, value]`.
pub(super) type Points = Vec<[f64; 2]>;

/// A series over a range, in pieces between gaps.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Trace {
    /// The pieces, oldest first.
    pub pieces: Vec<Points>,
    /// Rows behind each stretch; 1 when every row is drawn.
    pub rows_each: u64,
    /// Smallest and largest value.
    pub extremes: Option<(f64, f64)>,
    /// Rows that went from memory and have to come back before all of it is drawn.
    pub lacks: Option<(u64, u64)>,
}

impl Trace {
    /// What the points of its pieces are.
    pub fn form(&self, hold: Hold) -> Form {
        match (self.rows_each > 1, hold) {
            (true, _) => Form::Ranges,
            (false, Hold::Step) => Form::Steps,
            (false, _) => Form::Line,
        }
    }
}

/// Rows a pixel from which on a stretch takes a pixel and a half: a range of so many rows has no shape that the other
/// half could tell.
const DENSE: f64 = 8.0;

/// Rows of the shortest stretch that is told when its rows have gone from memory.
const TOLD: u64 = 64;

/// Rows that a range shows, one beyond each edge so that lines reach the frame, and into how many stretches they go, at
/// most one a pixel. `None` when there is nothing to show.
fn window(recording: &Recording, from: f64, to: f64, pixels: f32) -> Option<(u64, u64, usize)> {
    if !(from.is_finite() && to.is_finite() && from < to) || pixels < 1.0 {
        return None;
    }
    let first = (from - 2.0).max(0.0) as u64;
    let last = ((to + 1.0).max(0.0) as u64).min(recording.rows());
    if first >= last {
        return None;
    }
    let rows = (last - first) as f64;
    let each_pixel = (rows / (to - from) * f64::from(pixels)).max(1.0);
    let stretches = if rows > DENSE * each_pixel { each_pixel / 1.5 } else { each_pixel };
    let stretches = stretches.ceil().clamp(1.0, 8_192.0) as usize;
    Some(if recording.lacks() { told(recording, (first, last, stretches)) } else { (first, last, stretches) })
}

/// The same in stretches that need no rows, where stretches are nearly as long and rows have gone from memory.
fn told(recording: &Recording, (first, last, stretches): (u64, u64, usize)) -> (u64, u64, usize) {
    let length = recording.stretch_rows(first, last, stretches).next_multiple_of(TOLD);
    if 2 * recording.stretch_rows(first, last, stretches) <= TOLD || recording.missing(first, last).is_empty() {
        return (first, last, stretches);
    }
    // Whole ones at both ends: of a part of one nothing is told.
    let (first, last) = (first / length * length, last.next_multiple_of(length).min(recording.rows()));
    (first, last, (last - first).div_ceil(length) as usize)
}

/// Rows that are lacking for that, from the first to the last of them.
fn lacks(recording: &Recording, (first, last, stretches): (u64, u64, usize)) -> Option<(u64, u64)> {
    recording.needs(first, last, stretches).map(|rows| (rows.start, rows.end))
}

/// The past of a column between two instants, for so many pixels.
pub(super) fn past(recording: &Recording, column: SignalId, hold: Hold, from: f64, to: f64, pixels: f32) -> Trace {
    let Some((first, last, stretches)) = window(recording, from, to, pixels) else { return Trace::default() };
    let envelope = recording.envelope(column, first, last, stretches);
    let rows_each = envelope.iter().map(|e| e.rows).max().unwrap_or(1);
    let lacks = lacks(recording, (first, last, stretches));
    let mut trace = Trace { pieces: Vec::new(), rows_each, extremes: None, lacks };
    let mut expected = None;
    for stretch in envelope.iter().filter(|e| e.low.is_finite() && e.high.is_finite()) {
        if expected != Some(stretch.row) {
            trace.pieces.push(Vec::with_capacity(2 * envelope.len()));
        }
        expected = Some(stretch.row + stretch.rows);
        trace.extremes = Some(match trace.extremes {
            None => (stretch.low, stretch.high),
            Some((low, high)) => (low.min(stretch.low), high.max(stretch.high)),
        });
        if let Some(piece) = trace.pieces.last_mut() {
            push(piece, stretch, hold, rows_each > 1);
        }
    }
    trace
}

fn push(piece: &mut Points, stretch: &Envelope, hold: Hold, decimated: bool) {
    let (start, end) = (stretch.row as f64, (stretch.row + stretch.rows) as f64);
    if decimated {
        // Low and high in the order in which the stretch went, so that neighbours join without a zigzag.
        let (a, b) =
            if stretch.first <= stretch.last { (stretch.low, stretch.high) } else { (stretch.high, stretch.low) };
        piece.push([start + 0.25 * (end - start), a]);
        piece.push([start + 0.75 * (end - start), b]);
    } else {
        if hold == Hold::Step {
            piece.push([start, stretch.last]);
        }
        piece.push([end, stretch.last]);
    }
}

/// A column as bars, one a stretch: what strips and stacks are made of.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Bars {
    /// First row of the first stretch, if stretches began before it.
    pub first: u64,
    /// Rows of a stretch.
    pub each: u64,
    /// The stretches in order; `None` where there is no number.
    pub list: Vec<Option<Envelope>>,
    /// Rows that went from memory and have to come back before all of it is drawn.
    pub lacks: Option<(u64, u64)>,
}

impl Bars {
    /// Begin and end of a stretch, ticks.
    pub fn span(&self, index: usize) -> (f64, f64) {
        let start = self.first + index as u64 * self.each;
        (start as f64, (start + self.each) as f64)
    }

    /// Smallest and largest value.
    pub fn extremes(&self) -> Option<(f64, f64)> {
        self.list.iter().flatten().map(|e| (e.low, e.high)).reduce(|(l, h), (low, high)| (l.min(low), h.max(high)))
    }
}

/// The past of a column in at most one stretch a pixel; all columns of a recording fall into the same
/// stretches.
pub(super) fn bars(recording: &Recording, column: SignalId, from: f64, to: f64, pixels: f32) -> Bars {
    let Some((first, last, stretches)) = window(recording, from, to, pixels) else { return Bars::default() };
    // As the recording divides: stretches stand at multiples of their length.
    let each = recording.stretch_rows(first, last, stretches);
    let begin = first - first % each;
    let mut list = vec![None; (last - begin).div_ceil(each) as usize];
    for stretch in recording.envelope(column, first, last, stretches) {
        if let Some(place) = list.get_mut(((stretch.row - begin) / each) as usize)
            && stretch.low.is_finite()
            && stretch.high.is_finite()
        {
            *place = Some(stretch);
        }
    }
    Bars { first: begin, each, list, lacks: lacks(recording, (first, last, stretches)) }
}

/// What an outlook says about a column, from the present on.
pub(super) fn future(outlook: Option<&Outlook>, column: SignalId, hold: Hold, now: u64, value: f64) -> Points {
    let Some(outlook) = outlook else { return Vec::new() };
    let mut points = Vec::with_capacity(2 * outlook.rows.len() + 1);
    if value.is_finite() {
        points.push([now as f64, value]);
    }
    for (tick, row) in outlook.rows.iter().filter(|(tick, _)| *tick > now) {
        let Some(value) = row.get(column).copied().filter(|v| v.is_finite()) else { continue };
        if hold == Hold::Step
            && let Some([before, _]) = points.last().copied()
        {
            points.push([before, value]);
        }
        points.push([*tick as f64, value]);
    }
    if points.len() < 2 { Vec::new() } else { points }
}

/// The row that tells about an instant: the tick that ends there. `None` before the first row and after the last.
pub(super) fn row_at(recording: &Recording, instant: f64) -> Option<u64> {
    if !instant.is_finite() {
        return None;
    }
    let row = instant.round() - 1.0;
    (row >= 0.0 && row < recording.rows() as f64).then_some(row as u64)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::record::Recorder;

    fn recording(values: impl IntoIterator<Item = f64>) -> Recording {
        let mut recorder = Recorder::new(1);
        for value in values {
            recorder.push(&[value]);
        }
        recorder.picture()
    }

    #[test]
    fn steps_hold_over_their_tick_and_states_stand_at_its_end() {
        let rows = recording([1.0, 2.0]);
        let steps = past(&rows, 0, Hold::Step, 0.0, 2.0, 100.0);
        assert_eq!(steps.pieces, [vec![[0.0, 1.0], [1.0, 1.0], [1.0, 2.0], [2.0, 2.0]]]);
        let line = past(&rows, 0, Hold::Linear, 0.0, 2.0, 100.0);
        assert_eq!(line.pieces, [vec![[1.0, 1.0], [2.0, 2.0]]]);
        assert_eq!(line.rows_each, 1);
    }

    #[test]
    fn a_single_spike_survives_any_decimation() {
        let rows = recording((0..17_280).map(|k| if k == 9_999 { 50.0 } else { (k % 7) as f64 }));
        for pixels in [10.0, 100.0, 700.0] {
            let trace = past(&rows, 0, Hold::Step, 0.0, 17_280.0, pixels);
            let points: usize = trace.pieces.iter().map(Vec::len).sum();
            assert!(points <= 2 * (pixels as usize + 2), "{points} points on {pixels} pixels");
            assert!(trace.pieces.iter().flatten().any(|p| p[1] == 50.0), "the spike is lost at {pixels} pixels");
            assert_eq!(trace.extremes, Some((0.0, 50.0)));
            assert!(trace.rows_each > 1);
        }
    }

    #[test]
    fn bars_of_all_columns_fall_into_the_same_stretches() {
        let mut recorder = Recorder::new(2);
        for row in 0..1_000_u32 {
            let gap = (300..400).contains(&row);
            recorder.push(&[f64::from(row % 10), if gap { f64::NAN } else { f64::from(row) }]);
        }
        let rows = recorder.picture();
        let (a, b) = (bars(&rows, 0, 35.0, 900.0, 50.0), bars(&rows, 1, 35.0, 900.0, 50.0));
        assert_eq!((a.first, a.each, a.list.len()), (b.first, b.each, b.list.len()));
        assert!(a.list.iter().all(Option::is_some) && b.list.iter().any(Option::is_none));
        assert_eq!(a.extremes(), Some((0.0, 9.0)));
        for (index, stretch) in b.list.iter().enumerate() {
            let (start, end) = b.span(index);
            assert!(stretch.is_none_or(|e| e.row as f64 >= start && (e.row + e.rows) as f64 <= end));
        }
        assert_eq!(bars(&rows, 7, 0.0, 10.0, 50.0).extremes(), None);
    }

    #[test]
    fn rows_that_went_are_wanted_only_where_they_would_be_seen() {
        let mut recorder = Recorder::new(1);
        (0..40_000_u32).for_each(|k| recorder.push(&[f64::from(k % 977)]));
        let whole = recorder.picture();
        crate::record::shed(&mut [&mut recorder], 0, &|_, _| 0);
        let lean = recorder.picture();
        // Long stretches are told; those that are a little shorter become longer.
        for (to, pixels) in [(30_000.0, 100.0), (40_000.0, 600.0), (33_000.5, 900.0)] {
            let (a, b) =
                (past(&whole, 0, Hold::Step, 1_000.0, to, pixels), past(&lean, 0, Hold::Step, 1_000.0, to, pixels));
            assert_eq!((a.lacks, b.lacks, b.pieces.len()), (None, None, 1));
            assert!(b.rows_each.is_multiple_of(64) && b.rows_each < 2 * a.rows_each);
            let (first, last) = (b.pieces[0][0][0], b.pieces[0].last().unwrap()[0]);
            assert!(first < 1_000.0 + b.rows_each as f64 && last > to - b.rows_each as f64, "{first} to {last}");
            assert_eq!(bars(&lean, 0, 1_000.0, to, pixels).list.iter().filter(|e| e.is_none()).count(), 0);
        }
        // Short ones need rows, as far as they are gone.
        let near = past(&lean, 0, Hold::Step, 1_000.0, 2_000.0, 500.0);
        assert_eq!((near.lacks, near.pieces.len()), (Some((998, 2_001)), 0));
        assert_eq!(bars(&lean, 0, 1_000.0, 2_000.0, 500.0).lacks, Some((998, 2_001)));
        assert_eq!(past(&lean, 0, Hold::Step, 39_000.0, 40_000.0, 500.0).lacks, None, "the newest rows are there");
    }

    #[test]
    fn gaps_stay_gaps() {
        let rows = recording([1.0, f64::NAN, f64::NAN, 4.0]);
        let trace = past(&rows, 0, Hold::Linear, 0.0, 4.0, 400.0);
        assert_eq!(trace.pieces, [vec![[1.0, 1.0]], vec![[4.0, 4.0]]]);
    }

    #[test]
    fn nothing_gives_nothing() {
        let none = recording([]);
        assert_eq!(past(&none, 0, Hold::Step, 0.0, 10.0, 50.0), Trace::default());
        assert_eq!(past(&none, 9, Hold::Step, f64::NAN, 10.0, 50.0), Trace::default());
        assert!(future(None, 0, Hold::Step, 0, 1.0).is_empty());
        assert_eq!(row_at(&none, 3.0), None);
    }

    #[test]
    fn an_outlook_goes_on_from_the_present() {
        let rows = vec![(3, vec![5.0]), (6, vec![7.0]), (9, vec![f64::NAN])];
        let outlook = Outlook { tick: 2, ticks: 9, rows, ticks_to_trip: None, trip: None };
        assert_eq!(future(Some(&outlook), 0, Hold::Linear, 4, 6.0), [[4.0, 6.0], [6.0, 7.0]]);
        assert_eq!(future(Some(&outlook), 0, Hold::Step, 4, 6.0), [[4.0, 6.0], [4.0, 7.0], [6.0, 7.0]]);
        assert!(future(Some(&outlook), 3, Hold::Step, 4, 6.0).is_empty(), "a column that is not there");
    }

    #[test]
    fn the_row_of_an_instant_is_the_tick_that_ends_there() {
        let rows = recording([1.0, 2.0, 3.0]);
        assert_eq!(row_at(&rows, 3.0), Some(2));
        assert_eq!(row_at(&rows, 0.2), None);
        assert_eq!(row_at(&rows, 3.6), None);
        assert_eq!(rows.value(row_at(&rows, 1.4).unwrap(), 0), 1.0);
    }
}
