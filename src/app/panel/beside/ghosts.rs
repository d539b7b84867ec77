//! Shadows on the levers: what controllers that do not act would command, now and of late.

use egui::{Pos2, Rect, Shape, Stroke, pos2};

use crate::app::theme::mix;
use crate::session::{RunView, ShadowView};
use crate::signal::Hold;

use super::super::pen::Pen;
use super::super::series;
use super::super::words::signed;
use super::Look;

/// Shadows of a slot.
pub(in crate::app::panel) fn of_slot(view: &RunView, slot: usize) -> impl Iterator<Item = &ShadowView> {
    view.beside.shadows.iter().filter(move |s| s.slot == slot)
}

/// A small hollow triangle below a lever's track, that points at what a shadow would command. Each shadow has a shape
/// of its own beside its colour: the first stands alone, others carry more bars.
pub(in crate::app::panel) fn mark(pen: &Pen, x: f32, y: f32, nth: usize, look: &Look) {
    let points = vec![pos2(x - 4.0, y + 5.0), pos2(x + 4.0, y + 5.0), pos2(x, y - 1.5)];
    pen.painter.add(Shape::convex_polygon(points, *pen.theme.surface, Stroke::new(1.2, look.colour)));
    for bar in 0..nth.min(3) {
        let y = y + 7.0 + 2.0 * bar as f32;
        pen.hline(x - 3.0, x + 3.0, y, Stroke::new(1.0, look.colour));
    }
}

/// Ghost lines in the history of a lever: what shadows would have commanded. `x` and `y` are the places of ticks and
/// values.
pub(in crate::app::panel) fn lines(
    pen: &Pen,
    view: &RunView,
    (slot, action): (usize, usize),
    (from, to): (f64, f64),
    rect: Rect,
    place: impl Fn(f64, f64) -> Pos2,
) {
    let theme = &pen.theme;
    for shadow in of_slot(view, slot) {
        let look = Look::of(theme, shadow.colour);
        let off = shadow.since as f64;
        let trace = series::past(&shadow.recording, action, Hold::Step, from - off, to - off, rect.width());
        let stroke = Stroke::new(1.0, mix(look.colour, theme.sunken, 0.8));
        for piece in &trace.pieces {
            let points: Vec<Pos2> = piece.iter().map(|[tick, value]| place(tick + off, *value)).collect();
            let (dash, gap) = look.dash.unwrap_or((4.0, 2.0));
            pen.broken(&points, dash, gap, stroke);
        }
    }
}

/// What shadows would command and earn, in words; empty without shadows.
pub(in crate::app::panel) fn words(
    view: &RunView,
    slot: usize,
    action: usize,
    value: impl Fn(f64) -> String,
) -> String {
    let of = |shadow: &ShadowView| {
        let command = shadow.commanded.get(action).copied().unwrap_or(f64::NAN);
        let reward =
            if shadow.reward.is_finite() { format!(", reward {}", signed(shadow.reward, 3)) } else { String::new() };
        format!("{} would command {}{reward}", crate::control::shown_name(&shadow.controller), value(command))
    };
    of_slot(view, slot).map(of).collect::<Vec<_>>().join("\n")
}
