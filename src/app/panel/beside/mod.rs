//! What stands beside the run that is shown: how runs look, which of them are drawn, and how their times are laid over
//! each other. The tiles Runs and Cursors are made here, and what charts and levers show of other runs and shadows.

pub(super) mod checked;
pub(super) mod cursors;
pub(super) mod difference;
pub(super) mod ghosts;
mod kpi;
pub(super) mod overlay;
pub(super) mod race;
mod row;
pub(super) mod runs;

use std::collections::{BTreeMap, BTreeSet};

use egui::{Color32, Pos2, Rect, Shape, Stroke, pos2, vec2};

use crate::app::theme::Theme;
use crate::plant::PlantSpec;
use crate::record::Recording;
use crate::session::{RunEntry, RunKind, RunView};

use super::pen::Pen;

/// Dashes of runs, length and gap in points; the first run is solid. Colour alone tells no run from another.
const DASHES: [Option<(f32, f32)>; 8] = [
    None,
    Some((8.0, 3.0)),
    Some((2.0, 3.0)),
    Some((5.0, 3.0)),
    Some((4.0, 2.0)),
    Some((12.0, 4.0)),
    Some((1.5, 2.0)),
    Some((6.0, 5.0)),
];

/// Seconds of a day.
const DAY_S: i64 = 86_400;

/// How the time of other runs is laid over that of the shown one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// The same time of day.
    #[default]
    Clock,
    /// The same number of ticks run.
    Tick,
    /// The first event of a kind.
    Event,
}

impl Align {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Clock, Self::Tick, Self::Event];

    /// Words on its button, and in the settings.
    pub fn label(self) -> &'static str {
        match self {
            Self::Clock => "Clock",
            Self::Tick => "Tick",
            Self::Event => "Event",
        }
    }
}

/// How a person compares runs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comparison {
    /// Runs that are not drawn, by name.
    pub hidden: BTreeSet<String>,
    /// Colours that a person chose, by name of the run: places in the row of run colours.
    pub colours: BTreeMap<String, usize>,
    /// How times are laid over each other.
    pub align: Align,
    /// Kind of event for [`Align::Event`], by its name; empty takes the first kind that both runs had.
    pub event: String,
    /// Charts show other runs less the shown one.
    pub difference: bool,
    /// First cursor, ticks run.
    pub(super) a: Option<u64>,
    /// Second cursor, ticks run.
    pub(super) b: Option<u64>,
}

impl Comparison {
    /// Sets the first cursor, or the second one once the first stands.
    pub(super) fn set_next(&mut self, tick: u64) {
        match (self.a, self.b) {
            (Some(_), None) => self.set(None, Some(tick)),
            _ => (self.a, self.b) = (Some(tick), None),
        }
    }

    /// Sets one cursor or both; A is the earlier one once both stand.
    pub(super) fn set(&mut self, a: Option<u64>, b: Option<u64>) {
        (self.a, self.b) = (a.or(self.a), b.or(self.b));
        if let (Some(a), Some(b)) = (self.a, self.b) {
            (self.a, self.b) = (Some(a.min(b)), Some(a.max(b)));
        }
    }

    /// Both cursors, the earlier one first.
    pub(super) fn cursors(&self) -> Option<(u64, u64)> {
        let (a, b) = (self.a?, self.b?);
        Some((a.min(b), a.max(b)))
    }

    /// Whether a run is drawn.
    pub(super) fn shows(&self, run: &RunEntry) -> bool {
        !self.hidden.contains(&run.name)
    }

    /// Draws a run, or does not.
    pub(super) fn toggle(&mut self, run: &RunEntry) {
        if !self.hidden.remove(&run.name) {
            self.hidden.insert(run.name.clone());
        }
    }

    /// How a run looks.
    pub(super) fn look(&self, theme: &Theme, run: &RunEntry) -> Look {
        Look::of(theme, self.colours.get(&run.name).copied().unwrap_or(run.colour))
    }
}

/// Colour and dash of a run or a shadow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Look {
    /// Place in the row of run colours.
    pub index: usize,
    /// Colour.
    pub colour: Color32,
    /// Dash and gap, points; `None` is solid.
    pub dash: Option<(f32, f32)>,
}

impl Look {
    /// By its place in the row of run colours.
    pub fn of(theme: &Theme, index: usize) -> Self {
        let dash = DASHES.get(index % DASHES.len()).copied().flatten();
        Self { index, colour: theme.series_of(index), dash }
    }

    /// A short piece of its line.
    pub fn sample(&self, pen: &Pen, rect: Rect) {
        let (dash, gap) = self.dash.unwrap_or((rect.width(), 0.0));
        let mut x = rect.left();
        while x < rect.right() - 0.5 {
            let part = Rect::from_min_max(
                pos2(x, rect.center().y - 1.0),
                pos2((x + dash).min(rect.right()), rect.center().y + 1.0),
            );
            pen.painter.rect_filled(part, 0.0, self.colour);
            x += (dash + gap).max(1.0);
        }
    }
}

/// How ticks of another run become those of the shown one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Shift {
    /// Ticks of the shown run in a tick of the other.
    pub scale: f64,
    /// Tick of the shown run at which the other begins.
    pub begin: f64,
}

impl Shift {
    /// From the other run's ticks to the shown run's.
    pub fn here(self, there: f64) -> f64 {
        there * self.scale + self.begin
    }

    /// From the shown run's ticks to the other's.
    pub fn there(self, here: f64) -> f64 {
        (here - self.begin) / self.scale
    }
}

/// Another run that is drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Other<'a> {
    /// The run.
    pub run: &'a RunEntry,
    /// How it looks.
    pub look: Look,
    /// Where its time lies.
    pub shift: Shift,
}

/// The runs that are drawn beside the shown one.
pub(super) fn others<'a>(view: &'a RunView, compare: &Comparison, theme: &Theme) -> Vec<Other<'a>> {
    let beside = &view.beside;
    let other = |run: &&RunEntry| run.id != beside.shown && compare.shows(run);
    let of = |run: &'a RunEntry| Other { run, look: compare.look(theme, run), shift: shift(view, run, compare) };
    beside.runs.iter().filter(other).map(of).collect()
}

/// Where the time of a run lies on that of the shown one.
fn shift(view: &RunView, run: &RunEntry, compare: &Comparison) -> Shift {
    let (here, there) = (&view.spec.calendar, &run.spec.calendar);
    let scale = f64::from(there.tick_s.max(1)) / f64::from(here.tick_s.max(1));
    let begin = match compare.align {
        Align::Tick => 0.0,
        Align::Clock => {
            let second = |time: crate::plant::CivilTime| {
                i64::from(time.hour()) * 3_600 + i64::from(time.minute()) * 60 + i64::from(time.second())
            };
            // The nearer way round the clock.
            let off = (second(there.start) - second(here.start)).rem_euclid(DAY_S);
            let off = if off > DAY_S / 2 { off - DAY_S } else { off };
            off as f64 / f64::from(here.tick_s.max(1))
        }
        Align::Event => {
            let own = view.beside.shown_run().map_or(&view.recording, |shown| &shown.recording);
            let kinds = view.spec.events.iter().map(|e| e.name.as_str());
            let mut wanted = kinds.filter(|name| compare.event.is_empty() || *name == compare.event);
            wanted
                .find_map(|name| {
                    let (a, b) = (first_event(&view.spec, own, name)?, first_event(&run.spec, &run.recording, name)?);
                    Some(a as f64 - b as f64 * scale)
                })
                .unwrap_or(0.0)
        }
    };
    Shift { scale, begin }
}

/// The first row in which an event happens.
fn first_event(spec: &PlantSpec, rows: &Recording, name: &str) -> Option<u64> {
    let flag = spec.events.iter().find(|e| e.name == name)?.flag;
    first_at_least(rows, flag, 1.0)
}

/// The first row whose value is at least `least`: by halves, through the extremes of the recording.
fn first_at_least(rows: &Recording, column: usize, least: f64) -> Option<u64> {
    let holds = |from: u64, to: u64| rows.extremes(column, from, to).is_some_and(|(_, high)| high >= least);
    let (mut from, mut to) = (0, rows.rows());
    if !holds(from, to) {
        return None;
    }
    while to - from > 1 {
        let middle = from + (to - from) / 2;
        if holds(from, middle) { to = middle } else { from = middle }
    }
    Some(from)
}

/// The first row in which a run differs from the shown one, where that is known.
pub(super) fn first_difference(view: &RunView, run: &RunEntry) -> Option<u64> {
    let shown = view.beside.shown_run()?;
    if run.kind == RunKind::Log {
        return run.differs_at;
    }
    if run.parent == Some(shown.id) {
        return run.differs_at;
    }
    if shown.parent == Some(run.id) {
        return shown.differs_at;
    }
    // Branches of the same run: the first of them to leave it, where they left it at different instants.
    match (shown.differs_at, run.differs_at) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// A ring, where a run leaves another.
pub(super) fn ring(pen: &Pen, at: Pos2, colour: Color32) {
    pen.painter.circle(at, 4.0, *pen.theme.sunken, Stroke::new(1.6, colour));
}

/// A box that is ticked or not.
pub(super) fn tick_box(pen: &Pen, rect: Rect, on: bool) {
    let theme = &pen.theme;
    let radius = crate::app::theme::corners(2.0);
    let fill = if on { *theme.text } else { Color32::TRANSPARENT };
    let edge = Stroke::new(1.0, if on { *theme.text } else { *theme.text3 });
    pen.painter.rect(rect, radius, fill, edge, egui::StrokeKind::Inside);
    if on {
        let c = rect.center();
        let points = vec![c + vec2(-3.2, 0.2), c + vec2(-1.0, 2.6), c + vec2(3.4, -2.6)];
        pen.painter.add(Shape::line(points, Stroke::new(1.6, *theme.surface)));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::record::Recorder;

    #[test]
    fn the_first_row_of_an_event_is_found_by_halves() {
        for at in [0_u64, 1, 63, 64, 700, 999] {
            let mut recorder = Recorder::new(1);
            (0..1_000_u64).for_each(|row| recorder.push(&[if row == at || row == 999 { 1.0 } else { 0.0 }]));
            assert_eq!(first_at_least(&recorder.picture(), 0, 1.0), Some(at));
        }
        assert_eq!(first_at_least(&Recorder::new(1).picture(), 0, 1.0), None);
    }

    #[test]
    fn shifts_go_both_ways() {
        let shift = Shift { scale: 12.0, begin: -36.0 };
        assert_eq!(shift.here(10.0), 84.0);
        assert_eq!(shift.there(84.0), 10.0);
    }

    #[test]
    fn the_second_cursor_follows_the_first_and_a_third_begins_again() {
        let mut compare = Comparison::default();
        compare.set_next(40);
        assert_eq!(compare.cursors(), None);
        compare.set_next(10);
        assert_eq!(compare.cursors(), Some((10, 40)));
        compare.set_next(7);
        assert_eq!((compare.a, compare.b), (Some(7), None));
    }
}
