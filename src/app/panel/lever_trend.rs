//! What a lever did of late: a small history, how fast it moves, and what its planner means to do next.

use egui::{Color32, Mesh, Pos2, Rect, Shape, Stroke, pos2};

use crate::app::theme::{corners, mix};
use crate::control::PlanTrace;
use crate::rollout::ActionColumns;
use crate::session::RunView;
use crate::signal::Hold;

use super::curve::{self, Form};
use super::pen::Pen;
use super::series;
use super::words::{duration, seconds, signed};

/// Site time that the history shows, s.
const SPAN_S: f64 = 900.0;

/// Least ticks that the history shows.
const LEAST_TICKS: f64 = 24.0;

/// Decisions of its slot that the history shows at least.
const LEAST_DECISIONS: f64 = 8.0;

/// Site time that a rate is taken over, s.
const RATE_S: f64 = 60.0;

/// A lever's columns in the rows so far.
#[derive(Clone, Copy)]
pub(super) struct Trend<'a> {
    /// The run.
    pub view: &'a RunView,
    /// Where its values stand in a row.
    pub columns: Option<ActionColumns>,
    /// Ticks between two decisions of its slot.
    pub period_ticks: u64,
    /// Numbers of its slot and action.
    pub lever: (usize, usize),
    /// What the slot's controller means to do with it.
    pub plan: Option<&'a PlanTrace>,
}

impl Trend<'_> {
    /// Ticks that the history shows.
    fn span(&self) -> f64 {
        let tick_s = f64::from(self.view.spec.calendar.tick_s.max(1));
        (SPAN_S / tick_s).max(LEAST_TICKS).max(LEAST_DECISIONS * self.period_ticks as f64)
    }

    /// Ticks of the plan that lie ahead, at most half as many as the history shows; 0 without a plan.
    fn ahead(&self) -> f64 {
        let Some(plan) = self.plan else { return 0.0 };
        let end = plan.from_tick.saturating_add(plan.step_ticks.saturating_mul(plan.values.len() as u64));
        (end.saturating_sub(self.view.tick) as f64).min((self.span() / 2.0).floor())
    }

    /// `2 min`: how far the plan is shown; `None` without one.
    pub fn ahead_words(&self) -> Option<String> {
        Some(self.ahead()).filter(|ahead| *ahead > 0.0).map(|ahead| duration(seconds(self.view, ahead)))
    }

    /// The plan from the present on, as steps: ticks and values.
    fn planned(&self) -> Vec<[f64; 2]> {
        let Some(plan) = self.plan else { return Vec::new() };
        let (now, end) = (self.view.tick as f64, self.view.tick as f64 + self.ahead());
        let mut points = Vec::with_capacity(2 * plan.values.len());
        let mut since = plan.from_tick as f64;
        for value in &plan.values {
            let until = since + plan.step_ticks.max(1) as f64;
            let (from, to) = (since.max(now), until.min(end));
            since = until;
            if to > from && value.is_finite() {
                points.extend([[from, *value], [to, *value]]);
            }
        }
        points
    }

    /// `15 min`.
    pub fn span_words(&self) -> String {
        duration(seconds(self.view, self.span()))
    }

    /// Ticks that a rate is taken over: a minute, or what lies between two decisions.
    fn window(&self) -> u64 {
        let tick_s = f64::from(self.view.spec.calendar.tick_s.max(1));
        ((RATE_S / tick_s).ceil() as u64).max(self.period_ticks).max(1)
    }

    /// `1 min`: the time that a rate is taken over.
    pub fn window_words(&self) -> String {
        duration(seconds(self.view, self.window() as f64))
    }

    /// `+0.12/min`, or `steady`; empty before there is anything to tell.
    pub fn rate_words(&self, decimals: usize) -> String {
        let rows = self.view.recording.rows();
        let window = self.window();
        let (Some(columns), true) = (self.columns, rows > window) else { return String::new() };
        let at = |row: u64| self.view.recording.value(row, columns.applied);
        let change = at(rows - 1) - at(rows - 1 - window);
        if !change.is_finite() {
            return String::new();
        }
        let words = signed(change, decimals);
        if words.bytes().all(|b| matches!(b, b'0' | b'.')) {
            return "steady".to_owned();
        }
        let per = match duration(seconds(self.view, window as f64)) {
            one if one == "1 min" => "min".to_owned(),
            one if one == "1 h" => "h".to_owned(),
            several => several,
        };
        format!("{words}/{per}")
    }

    /// Draws what was applied as an area from the neutral value on, what was commanded as a thin line, and right of the
    /// present what is planned as a dashed one.
    pub fn draw(&self, pen: &Pen, rect: Rect, bounds: (f64, f64), neutral: f64, accent: Color32, fill: Color32) {
        let Some(columns) = self.columns.filter(|_| rect.width() > 8.0 && rect.height() > 3.0) else { return };
        let theme = &pen.theme;
        pen.painter.rect_filled(rect, corners(theme.tokens.radius.bar), theme.sunken);
        let inner = rect.shrink2(egui::vec2(0.0, 1.5));
        let (low, high) = bounds;
        let y = |value: f64| inner.bottom() - ((value - low) / (high - low)).clamp(0.0, 1.0) as f32 * inner.height();
        let to = self.view.tick as f64;
        let from = to - self.span();
        let shown = to - from + self.ahead();
        let x = |tick: f64| inner.left() + ((tick - from) / shown).clamp(0.0, 1.0) as f32 * inner.width();
        let base = if neutral.is_finite() { y(neutral) } else { inner.bottom() };
        let trace = |column| series::past(&self.view.recording, column, Hold::Step, from, to, inner.width());
        let line = |points: &[[f64; 2]], form: Form, stroke: Stroke| {
            let points: Vec<Pos2> = points.iter().map(|[tick, value]| pos2(x(*tick), y(*value))).collect();
            curve::draw(pen, &points, form, stroke);
        };
        let applied = trace(columns.applied);
        // One mesh without soft edges: parts that touch show no seam.
        let mut area = Mesh::default();
        for [[since, _], [until, value]] in applied.pieces.iter().flat_map(|p| p.array_windows().copied()) {
            let (top, bottom) = (y(value).min(base), y(value).max(base));
            if x(until) > x(since) && bottom > top {
                let part = Rect::from_min_max(pos2(x(since), top), pos2(x(until), bottom));
                area.add_colored_rect(part, fill);
            }
        }
        pen.painter.add(Shape::mesh(area));
        pen.hline(inner.left(), inner.right(), base, theme.hairline());
        let commanded = trace(columns.commanded);
        for piece in &commanded.pieces {
            line(piece, commanded.form(Hold::Step), Stroke::new(1.0, mix(*theme.text3, theme.sunken, 0.7)));
        }
        for piece in &applied.pieces {
            line(piece, applied.form(Hold::Step), Stroke::new(1.2, accent));
        }
        super::beside::ghosts::lines(pen, self.view, self.lever, (from, to), inner, |tick, value| {
            pos2(x(tick), y(value))
        });
        let plan: Vec<Pos2> = self.planned().iter().map(|[tick, value]| pos2(x(*tick), y(*value))).collect();
        if plan.len() > 1 {
            let ghost = Stroke::new(1.2, mix(accent, theme.sunken, 0.75));
            pen.painter.extend(Shape::dashed_line(&plan, ghost, 3.0, 2.5));
            pen.vline(x(to), inner.top(), inner.bottom(), Stroke::new(1.0, theme.text3));
        }
    }
}
