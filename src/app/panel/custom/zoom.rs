//! Looking closer at charts without a time axis: the wheel zooms about the pointer, a drag moves, a double click shows
//! everything again. What is shown of each chart is kept while its kind and units are the same.

use std::collections::HashMap;

use egui::{CursorIcon, Id, Pos2, Rect, Response, Ui, Vec2};

/// Narrowest part that is shown, as a share of all.
const NARROWEST: f64 = 1e-4;

/// A stretch of an axis, in its unit.
pub(in crate::app::panel) type Stretch = (f64, f64);

/// What is shown of an axis, where that is not all of it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Part {
    across: Option<Stretch>,
    up: Option<Stretch>,
}

/// What is shown of each chart that somebody looked closer at.
#[derive(Debug, Clone, Default)]
pub(in crate::app::panel) struct Zooms {
    parts: HashMap<Id, Part>,
}

/// All of both axes of a chart, and what of it is shown. An axis that cannot be zoomed has `None`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::app::panel) struct Shown {
    /// Horizontal: all, and what is shown.
    pub across: (Stretch, Stretch),
    /// Vertical, upwards: all, and what is shown.
    pub up: Option<(Stretch, Stretch)>,
}

impl Shown {
    /// Whether some of it is out of sight.
    pub fn is_part(&self) -> bool {
        self.across.0 != self.across.1 || self.up.is_some_and(|(all, shown)| all != shown)
    }

    /// A word for the badge.
    pub fn words(&self) -> &'static str {
        if self.is_part() { "zoomed" } else { "" }
    }
}

impl Zooms {
    /// Whether somebody looks closer at any chart.
    pub fn any(&self) -> bool {
        !self.parts.is_empty()
    }

    /// What is shown of a chart whose axes have these ends.
    pub fn shown(&self, id: Id, across: Stretch, up: Option<Stretch>) -> Shown {
        let part = self.parts.get(&id).copied().unwrap_or_default();
        let held = |all: Stretch, part: Option<Stretch>| (all, part.map_or(all, |part| within(part, all)));
        Shown { across: held(across, part.across), up: up.map(|up| held(up, part.up)) }
    }

    /// Wheel, drag and double click on a plot; true when something else is shown from now on.
    pub fn turn(&mut self, ui: &Ui, response: &Response, plot: Rect, shown: &Shown) -> bool {
        let before = self.parts.get(&response.id).copied();
        if response.double_clicked() {
            self.parts.remove(&response.id);
        } else {
            let mut part = Part { across: Some(shown.across.1), up: shown.up.map(|(_, shown)| shown) };
            if self.wheel(ui, response, plot, shown, &mut part) | self.drag(ui, response, plot, shown, &mut part) {
                // Where everything is in sight nothing has to be kept.
                let whole = |all: Stretch, part: Option<Stretch>| {
                    part.map(|part| within(part, all)).filter(|part| *part != all)
                };
                let kept = Part {
                    across: whole(shown.across.0, part.across),
                    up: shown.up.and_then(|(all, _)| whole(all, part.up)),
                };
                if kept == Part::default() {
                    self.parts.remove(&response.id);
                } else {
                    self.parts.insert(response.id, kept);
                }
            }
        }
        let changed = self.parts.get(&response.id).copied() != before;
        if changed {
            ui.ctx().request_repaint();
        }
        changed
    }

    fn wheel(&self, ui: &Ui, response: &Response, plot: Rect, shown: &Shown, part: &mut Part) -> bool {
        let Some(at) = response.hover_pos() else { return false };
        let (scroll, zoom) = ui.input(|i| (i.smooth_scroll_delta, i.zoom_delta()));
        let factor = f64::from(zoom) * f64::from((scroll.y / 240.0).clamp(-1.0, 1.0)).mul_add(0.8, 1.0).max(0.2);
        if scroll != Vec2::ZERO {
            // What the plot took must not scroll the tile as well.
            ui.input_mut(|i| i.smooth_scroll_delta = Vec2::ZERO);
        }
        if (factor - 1.0).abs() <= 1e-3 {
            return false;
        }
        let (x, y) = shares(at, plot);
        part.across = Some(closer(shown.across.1, x, factor));
        part.up = shown.up.map(|(_, up)| closer(up, y, factor));
        true
    }

    fn drag(&self, ui: &Ui, response: &Response, plot: Rect, shown: &Shown, part: &mut Part) -> bool {
        if !response.dragged() || !shown.is_part() {
            return false;
        }
        ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
        let by = response.drag_delta() / plot.size();
        let moved = |(all, (low, high)): (Stretch, Stretch), share: f64| {
            let by = (share * (high - low)).clamp((all.0 - low).min(0.0), (all.1 - high).max(0.0));
            (low + by, high + by)
        };
        part.across = Some(moved(shown.across, -f64::from(by.x)));
        part.up = shown.up.map(|up| moved(up, f64::from(by.y)));
        by != Vec2::ZERO
    }
}

/// Where a point lies in a plot, as shares from the left and from below.
fn shares(at: Pos2, plot: Rect) -> (f64, f64) {
    let share = (at - plot.left_bottom()) / plot.size();
    (f64::from(share.x).clamp(0.0, 1.0), f64::from(-share.y).clamp(0.0, 1.0))
}

/// A stretch nearer by a factor, with the value at a share of it left where it is.
fn closer((low, high): Stretch, share: f64, factor: f64) -> Stretch {
    let fixed = low + share * (high - low);
    (fixed - (fixed - low) / factor, fixed + (high - fixed) / factor)
}

/// A stretch as far as it lies within all, never narrower than can be told apart.
fn within((low, high): Stretch, all: Stretch) -> Stretch {
    let width = all.1 - all.0;
    let own = high - low;
    if !(own.is_finite() && own < width) {
        return all;
    }
    let least = NARROWEST * width;
    let (low, high) = if own >= least {
        (low, high)
    } else {
        let middle = f64::midpoint(low, high);
        (middle - 0.5 * least, middle + 0.5 * least)
    };
    // What has moved on is followed to the edge.
    let by = (all.0 - low).max(0.0) + (all.1 - high).min(0.0);
    (low + by, high + by)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closer_look_keeps_what_is_under_the_pointer_and_stays_within_all() {
        let (low, high) = closer((0.0, 100.0), 0.25, 2.0);
        assert_eq!((low, high), (12.5, 62.5));
        assert_eq!(low + 0.25 * (high - low), 25.0, "the value under the pointer");
        assert_eq!(within((-10.0, 40.0), (0.0, 100.0)), (0.0, 50.0));
        assert_eq!(within((80.0, 130.0), (0.0, 100.0)), (50.0, 100.0));
        assert_eq!(within((-10.0, 130.0), (0.0, 100.0)), (0.0, 100.0), "farther than all is all");
        let (low, high) = within((50.0, 50.0), (0.0, 100.0));
        assert!((high - low - 0.01).abs() < 1e-9, "{low} {high}");
        assert_eq!(within((f64::NAN, 1.0), (0.0, 100.0)), (0.0, 100.0));
    }
}
