//! Which intervals are shown, where each stands, and what is told about it.

use egui::{Rect, pos2, vec2};

use crate::app::panel::charts::ChartState;
use crate::plant::{Intervals, Slot, Told};
use crate::session::RunView;
use crate::signal::SignalId;

/// Least width of an interval.
const LEAST_WIDTH: f32 = 40.0;

/// Height of a row of marks or numbers.
pub(super) const ROW: f32 = 15.0;

/// Least height of each plot.
pub(super) const PLOT: f32 = 40.0;

/// Height between the plots.
const BETWEEN: f32 = 8.0;

/// Which intervals are shown, and where.
pub(super) struct Columns<'a> {
    /// The run.
    pub view: &'a RunView,
    /// The slot whose period divides time.
    pub slot: &'a Slot,
    left: f32,
    /// Width of an interval.
    pub width: f32,
    /// Number of the first interval shown.
    pub first: u64,
    /// How many are shown.
    pub count: u64,
    /// The interval of the last row; `None` before the first.
    pub last: Option<u64>,
}

impl Columns<'_> {
    /// First tick of an interval.
    pub fn begin(&self, interval: u64) -> u64 {
        self.slot.phase_ticks.saturating_add(interval.saturating_mul(self.slot.period_ticks.max(1)))
    }

    /// Tick behind the last one of an interval.
    pub fn end(&self, interval: u64) -> u64 {
        self.begin(interval.saturating_add(1))
    }

    /// Numbers of the intervals shown.
    pub fn shown(&self) -> impl Iterator<Item = u64> + use<> {
        self.first..self.first + self.count
    }

    /// Left edge of an interval.
    pub fn left_of(&self, interval: u64) -> f32 {
        self.left + interval.saturating_sub(self.first) as f32 * self.width
    }

    /// The interval's part of a band.
    pub fn cell(&self, interval: u64, band: Rect) -> Rect {
        let left = self.left_of(interval);
        Rect::from_x_y_ranges(left..=left + self.width, band.y_range())
    }

    /// The interval that has not begun.
    pub fn next(&self) -> u64 {
        self.last.map_or(0, |last| last + 1)
    }

    /// Whether the interval has begun and not yet closed.
    pub fn is_running(&self, interval: u64) -> bool {
        self.last == Some(interval) && self.view.recording.rows() < self.end(interval)
    }

    /// A value of an interval; NaN where it has none (yet).
    pub fn value(&self, interval: u64, signal: SignalId, told: Told) -> f64 {
        if self.last.is_none_or(|last| interval > last) {
            return f64::NAN;
        }
        let (rows, end) = (self.view.recording.rows(), self.end(interval));
        match told {
            Told::Within => self.view.recording.value(rows.min(end).saturating_sub(1), signal),
            Told::AtClose if rows >= end => self.view.recording.value(end - 1, signal),
            Told::AtClose => f64::NAN,
        }
    }

    /// Largest and smallest value of some signals over what is shown, zero included.
    pub fn extremes(&self, signals: &[SignalId]) -> (f64, f64) {
        let all = self.shown().flat_map(|i| signals.iter().map(move |s| (i, *s)));
        all.map(|(i, s)| self.value(i, s, Told::Within))
            .filter(|v| v.is_finite())
            .fold((0.0, 0.0), |(low, high), v| (v.min(low), v.max(high)))
    }
}

/// As many of the newest intervals as fit; where the charts show an older time, those up to its end.
pub(super) fn columns<'a>(view: &'a RunView, slot: &'a Slot, area: Rect, state: &ChartState) -> Columns<'a> {
    let period = slot.period_ticks.max(1);
    let number = |tick: u64| tick.checked_sub(slot.phase_ticks).map(|t| t / period);
    let last = view.recording.rows().checked_sub(1).and_then(number);
    let count = (area.width() / LEAST_WIDTH).floor().clamp(1.0, 96.0) as u64;
    let next = last.map_or(0, |l| l + 1);
    let newest = if state.follows() {
        next
    } else {
        let (_, to) = state.range(view);
        number((to - 1.0).max(0.0) as u64).unwrap_or(0).min(next)
    };
    let first = (newest + 1).saturating_sub(count);
    Columns { view, slot, left: area.left(), width: area.width() / count as f32, first, count, last }
}

/// The bands from the top down, as many as the height holds.
pub(super) struct Bands {
    /// Plot of the steps.
    pub steps: Option<Rect>,
    /// Plot of the bars.
    pub bars: Rect,
    /// Marks of what was won.
    pub marks: Option<Rect>,
    /// Rows of numbers.
    pub rows: Vec<Rect>,
    /// Times.
    pub times: Rect,
}

impl Bands {
    /// Divides an area.
    pub fn of(area: Rect, spec: &Intervals) -> Self {
        let band = |top: f32, high: f32| Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), high));
        let mut left = (area.height() - ROW - PLOT).max(0.0);
        let mut take = |high: f32| {
            let fits = left >= high;
            left -= if fits { high } else { 0.0 };
            fits
        };
        let marked = spec.won.is_some() && take(ROW);
        let stepped = !spec.steps.is_empty() && take(PLOT + BETWEEN);
        let rows = spec.rows.iter().take_while(|_| take(ROW)).count();
        let numbers = (rows + usize::from(marked)) as f32 * ROW + ROW;
        let plots = (area.height() - numbers - if stepped { BETWEEN } else { 0.0 }).max(8.0);
        let steps = stepped.then(|| band(area.top(), plots * 0.52));
        let bars_top = steps.map_or(area.top(), |s| s.bottom() + BETWEEN);
        let bars = band(bars_top, plots - steps.map_or(0.0, |s| s.height()));
        let mut top = bars.bottom() + 1.0;
        let mut next = || {
            let rect = band(top, ROW);
            top += ROW;
            rect
        };
        let marks = marked.then(&mut next);
        let rows = (0..rows).map(|_| next()).collect();
        Self { steps, bars, marks, rows, times: next() }
    }
}
