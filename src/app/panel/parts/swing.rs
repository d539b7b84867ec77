//! A power that goes both ways, on a level bar between its limits.

use egui::{Align, Rect, Stroke, StrokeKind, Ui, pos2, vec2};

use crate::app::theme::{Face, corners};
use crate::signal::SignalId;

use super::super::Cx;
use super::super::pen::Pen;
use super::super::words::{decimals_of, number_of, sentence, signed};
use super::selectable;
use super::source::doing;

/// Height without and with numbers below the bar.
pub(super) const HEIGHTS: [f32; 2] = [32.0, 46.0];

/// What the bar shows.
pub(super) struct Swing<'a> {
    /// Words above it.
    pub title: &'a str,
    /// The power.
    pub signal: SignalId,
    /// Signals of its limits to either side, both as positive numbers.
    pub limits: (Option<SignalId>, Option<SignalId>),
    /// What a negative and a positive value do.
    pub verbs: &'a (String, String),
}

/// What it does now in a word: `Discharging`, `Idle`; empty before the first value.
pub(super) fn state(verbs: &(String, String), signal: SignalId, cx: &Cx<'_>) -> String {
    let value = cx.view.value(signal);
    // Less than what the last printed digit tells is nothing.
    let least = cx.view.schema.signals.get(signal).map_or(0.0, |s| 0.5 * 10_f64.powi(-(s.decimals as i32)));
    match value {
        v if v.is_nan() => String::new(),
        v if v >= least.max(f64::MIN_POSITIVE) => sentence(&doing(&verbs.1)),
        v if v <= -least.max(f64::MIN_POSITIVE) => sentence(&doing(&verbs.0)),
        _ => "Idle".to_owned(),
    }
}

impl Swing<'_> {
    /// Draws the bar.
    pub fn show(&self, ui: &Ui, rect: Rect, cx: &mut Cx<'_>) {
        let view = cx.view;
        let Some(signal) = view.schema.signals.get(self.signal) else { return };
        let theme = cx.theme;
        let pen = Pen::new(ui, &theme);
        let value = view.value(self.signal);
        let state = state(self.verbs, self.signal, cx);
        let spoken = format!("{} {} {}: {state}", signal.label, number_of(signal, value), signal.unit);
        selectable(ui, rect.expand2(vec2(4.0, 2.0)), ui.id().with(("swing", self.signal)), self.signal, &spoken, cx);
        self.words(&pen, rect, &state);
        let limit = |id: Option<SignalId>| id.map(|id| view.value(id)).filter(|v| v.is_finite());
        let (low, high) = (limit(self.limits.0), limit(self.limits.1));
        let span = [signal.range.0.abs(), signal.range.1.abs(), low.unwrap_or(0.0).abs(), high.unwrap_or(0.0).abs()]
            .into_iter()
            .filter(|v| v.is_finite())
            .fold(0.0, f64::max);
        if span <= 0.0 || rect.width() < 24.0 {
            return;
        }
        let y = rect.top() + 23.0;
        let track = Rect::from_min_max(pos2(rect.left(), y - 4.5), pos2(rect.right(), y + 4.5));
        let x = |v: f64| track.center().x + ((v / span).clamp(-1.0, 1.0) as f32) * track.width() / 2.0;
        let radius = corners(theme.tokens.radius.bar);
        pen.painter.rect_filled(track, radius, theme.sunken);
        if value.is_finite() {
            let bar = Rect::from_x_y_ranges(x(0.0).min(x(value))..=x(0.0).max(x(value)), track.shrink(0.5).y_range());
            pen.painter.rect_filled(bar, radius, theme.accent_of(signal.carrier));
        }
        pen.painter.rect_stroke(track, radius, theme.outline(), StrokeKind::Inside);
        pen.vline(x(0.0), track.top() - 3.0, track.bottom() + 3.0, Stroke::new(1.0, *theme.text));
        if let Some(low) = low {
            bracket(&pen, x(-low), track, 1.0);
        }
        if let Some(high) = high {
            bracket(&pen, x(high), track, -1.0);
        }
        if rect.bottom() - track.bottom() >= 14.0 {
            scale(&pen, track, span, &x);
        }
    }

    /// Title and state at the left, which way is which at the right.
    fn words(&self, pen: &Pen, rect: Rect, state: &str) {
        let theme = &pen.theme;
        let y = rect.top() + 8.0;
        let sides = format!("− {}   + {}", self.verbs.0, self.verbs.1);
        let sides_width = pen.width(&sides, Face::Label);
        let (title_width, state_width) = (pen.width(self.title, Face::Label), pen.width(state, Face::LabelStrong));
        let mut right = rect.right();
        if title_width + 12.0 + sides_width <= rect.width() {
            pen.text(pos2(right, y), Align::Max, &sides, Face::Label, theme.text3);
            right -= sides_width + 12.0;
        }
        let title = pen.text_within(
            pos2(rect.left(), y),
            Align::Min,
            right - rect.left(),
            self.title,
            Face::Label,
            theme.text2,
        );
        if title.right() + 10.0 + state_width <= right {
            pen.text(pos2(title.right() + 10.0, y), Align::Min, state, Face::LabelStrong, theme.text);
        }
    }
}

/// The bracket of a limit; it opens towards zero for `inwards` of the right sign.
fn bracket(pen: &Pen, x: f32, track: Rect, inwards: f32) {
    let line = Stroke::new(1.5, *pen.theme.text);
    let x = x.clamp(track.left() + 0.75, track.right() - 0.75);
    let (top, bottom) = (track.top() - 2.5, track.bottom() + 2.5);
    pen.vline(x, top, bottom, line);
    let (from, to) = (x.min(x + 4.0 * inwards), x.max(x + 4.0 * inwards));
    pen.hline(from, to, top, line);
    pen.hline(from, to, bottom, line);
}

/// Numbers below the bar.
fn scale(pen: &Pen, track: Rect, span: f64, x: &dyn Fn(f64) -> f32) {
    let theme = &pen.theme;
    let y = track.bottom() + 11.0;
    let shares: &[f64] = if track.width() >= 200.0 { &[-1.0, -0.5, 0.0, 0.5, 1.0] } else { &[-1.0, 0.0, 1.0] };
    for share in shares {
        let value = span * share;
        let words = signed(value, decimals_of(value).min(1));
        let align = match *share {
            s if s <= -1.0 => Align::Min,
            s if s >= 1.0 => Align::Max,
            _ => Align::Center,
        };
        pen.text(pos2(x(value), y), align, &words, Face::NumberCaption, theme.text3);
    }
}
