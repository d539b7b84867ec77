//! What charts other than lines made of the rows last: nothing is computed again while the rows that it tells about are
//! the same.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use egui::Rect;
use egui::epaint::Mesh;

use crate::app::panel::time_axis::ChartState;
use crate::evaluate::charts::{
    Bins, Carpet, Duration, Histogram, MOST_CARPET_ROWS, MOST_PATH_ROWS, MOST_ROWS, Path, Samples, carpet, duration,
    histogram, path, samples, snapped,
};
use crate::plant::Calendar;
use crate::record::Recording;
use crate::session::{PlayState, RunView};
use crate::signal::{Signal, SignalId};

/// From so many kept ones on, those that the last frame did not use go.
const MOST: usize = 128;

/// What a statistic was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::app::panel) struct Of {
    /// The run: what the window shows, which of its runs, and how often rows of it went or came back.
    pub run: (u64, u64, u64),
    /// First row.
    pub from: u64,
    /// Row after the last one.
    pub to: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum What {
    Samples(SignalId),
    Histogram(SignalId, u64, u64, usize),
    Duration(SignalId),
    Path(SignalId, SignalId),
    Carpet(SignalId),
}

#[derive(Debug, Clone)]
enum Stat {
    Samples(Arc<Samples>),
    Histogram(Arc<Histogram>),
    Duration(Arc<Duration>),
    Path(Arc<Path>),
    Carpet(Arc<Carpet>),
}

/// Statistics with the frame that used each last.
#[derive(Debug, Clone, Default)]
pub(in crate::app::panel) struct Stats {
    frame: u64,
    all: HashMap<(Of, What), (u64, Stat)>,
    /// What they looked like, by everything that it depends on.
    meshes: HashMap<u64, (u64, Arc<Mesh>)>,
    /// How often something was computed.
    made: u64,
}

impl Stats {
    /// Begins a frame.
    pub fn begin(&mut self) {
        let frame = self.frame;
        if self.all.len() > MOST {
            self.all.retain(|_, (used, _)| *used == frame);
        }
        if self.meshes.len() > MOST {
            self.meshes.retain(|_, (used, _)| *used == frame);
        }
        self.frame += 1;
    }

    fn kept(&mut self, of: Of, what: What, make: impl FnOnce() -> Stat) -> Stat {
        let (frame, made) = (self.frame, &mut self.made);
        let (used, stat) = self.all.entry((of, what)).or_insert_with(|| {
            *made += 1;
            (frame, make())
        });
        *used = frame;
        stat.clone()
    }

    /// A picture of a statistic: drawn once for the same rows, the same place and the same colours.
    pub fn mesh(&mut self, of: Of, what: impl Hash, make: impl FnOnce() -> Mesh) -> Arc<Mesh> {
        let mut hasher = DefaultHasher::new();
        (of, what).hash(&mut hasher);
        let (used, mesh) = self.meshes.entry(hasher.finish()).or_insert_with(|| (0, Arc::new(make())));
        *used = self.frame;
        Arc::clone(mesh)
    }

    /// Values of a column.
    pub fn samples(&mut self, of: Of, rows: &Recording, column: SignalId) -> Arc<Samples> {
        let make = || Stat::Samples(Arc::new(samples(rows, column, of.from, of.to, MOST_ROWS)));
        match self.kept(of, What::Samples(column), make) {
            Stat::Samples(samples) => samples,
            _ => Arc::default(),
        }
    }

    /// How often values of a column fall into bins.
    pub fn histogram(&mut self, of: Of, rows: &Recording, column: SignalId, bins: Bins) -> Arc<Histogram> {
        let values = self.samples(of, rows, column);
        let what = What::Histogram(column, bins.low.to_bits(), bins.width.to_bits(), bins.count);
        match self.kept(of, what, || Stat::Histogram(Arc::new(histogram(&values, bins)))) {
            Stat::Histogram(histogram) => histogram,
            _ => Arc::new(Histogram { bins, counts: Vec::new(), total: 0 }),
        }
    }

    /// Values of a column from high to low.
    pub fn duration(&mut self, of: Of, rows: &Recording, column: SignalId) -> Arc<Duration> {
        let values = self.samples(of, rows, column);
        match self.kept(of, What::Duration(column), || Stat::Duration(Arc::new(duration(&values)))) {
            Stat::Duration(duration) => duration,
            _ => Arc::default(),
        }
    }

    /// Two columns as a path.
    pub fn path(&mut self, of: Of, rows: &Recording, (x, y): (SignalId, SignalId)) -> Arc<Path> {
        let make = || Stat::Path(Arc::new(path(rows, (x, y), of.from, of.to, MOST_PATH_ROWS)));
        match self.kept(of, What::Path(x, y), make) {
            Stat::Path(path) => path,
            _ => Arc::default(),
        }
    }

    /// A column by day and time of day.
    pub fn carpet(
        &mut self,
        of: Of,
        rows: &Recording,
        (column, signal): (SignalId, &Signal),
        calendar: &Calendar,
    ) -> Arc<Carpet> {
        let make =
            || Stat::Carpet(Arc::new(carpet(rows, (column, signal), calendar, (of.from, of.to), MOST_CARPET_ROWS)));
        match self.kept(of, What::Carpet(column), make) {
            Stat::Carpet(carpet) => carpet,
            _ => Arc::default(),
        }
    }
}

/// A rectangle as something that tells one picture from another.
pub(super) fn place(rect: Rect) -> [u32; 4] {
    [rect.left(), rect.top(), rect.right(), rect.bottom()].map(f32::to_bits)
}

/// The rows between two instants of the shown run. While time passes the ends move in steps that grow with their
/// distance, so that a long chart is not made anew on every tick; when it stands they are exact.
pub(super) fn shown(view: &RunView, (from, to): (f64, f64)) -> Of {
    let last = view.recording.rows();
    let to = (to.max(0.0).ceil() as u64).min(last);
    let from = (from.max(0.0) as u64).min(to);
    let (from, to) = if view.play == PlayState::Playing { snapped(from, to) } else { (from, to) };
    Of { run: (view.run, view.beside.shown, view.recording.changes()), from, to }
}

/// What a chart says of rows that are gone, and asks for them where each would be seen.
pub(super) fn gone(state: &mut ChartState, of: Of, every: u64, gone: u64) -> &'static str {
    if gone == 0 {
        return "";
    }
    if every == 1 {
        state.cache.lack(None, Some((of.from, of.to)));
        return "rows are run again …";
    }
    "some rows are not in memory"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Recorder;

    #[test]
    fn nothing_is_computed_twice_for_the_same_rows() {
        let mut recorder = Recorder::new(2);
        (0..5_000_u32).for_each(|row| recorder.push(&[f64::from(row % 97), f64::from(row % 31)]));
        let rows = recorder.picture();
        let mut stats = Stats::default();
        let of = Of { run: (0, 0, 0), from: 0, to: 5_000 };
        for _ in 0..20 {
            stats.begin();
            stats.duration(of, &rows, 0);
            stats.path(of, &rows, (0, 1));
            stats.histogram(of, &rows, 0, crate::evaluate::charts::bins(0.0, 97.0, 30));
        }
        assert_eq!(stats.made, 4, "values, their order, the path, the bins");
        stats.duration(Of { to: 4_999, ..of }, &rows, 0);
        assert_eq!(stats.made, 6);
        for k in 0..200 {
            stats.begin();
            stats.samples(Of { to: k, ..of }, &rows, 1);
        }
        assert!(stats.all.len() <= MOST + 1);
    }
}
