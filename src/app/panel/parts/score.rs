//! How well a response followed a request, by a named definition: three parts and their mean, on bars from 0 to 1.

use egui::{Align, Rect, Stroke, StrokeKind, Ui, pos2, vec2};

use crate::app::theme::{Face, corners};
use crate::evaluate::regulation::{Pair, Score, ScoreDefinition, last_score};
use crate::session::RunView;
use crate::signal::{Carrier, SignalId, format_number};

use super::super::Cx;
use super::super::pen::Pen;
use super::super::widget::spoken;
use super::super::words::duration;

/// Height of the title.
const TITLE: f32 = 20.0;

/// Height of a bar with its words.
const LINE: f32 = 17.0;

/// Distance of the hairline between parts and mean.
const RULE: f32 = 7.0;

/// Height of the definition.
const CAPTION: f32 = 15.0;

/// Heights with the mean alone, with its definition, with the parts, with everything.
pub(super) const HEIGHTS: [f32; 4] =
    [TITLE + LINE, TITLE + LINE + CAPTION, TITLE + 4.0 * LINE + RULE, TITLE + 4.0 * LINE + RULE + CAPTION];

/// From this mean on, a resource passes the qualification test.
const PASS: f64 = 0.75;

/// The newest block that has a score.
fn newest(view: &RunView, request: SignalId, response: SignalId) -> Option<Score> {
    let pair = Pair { request, response };
    last_score(ScoreDefinition::default(), &view.recording, pair, view.spec.calendar.tick_s, view.tick)
}

/// Draws the score.
pub(super) fn show(ui: &Ui, rect: Rect, request: SignalId, response: SignalId, cx: &Cx<'_>) {
    let view = cx.view;
    let theme = &cx.theme;
    let pen = Pen::new(ui, theme);
    let score = newest(view, request, response);
    let title = "PJM-style score";
    let when = score.map_or_else(String::new, |score| {
        let end = view.spec.calendar.civil(score.block_to_tick);
        format!("5 min to {:02}:{:02}", end.hour(), end.minute())
    });
    let line = rect.top() + 9.0;
    let name = pen.text_within(pos2(rect.left(), line), Align::Min, rect.width(), title, Face::Title, theme.text);
    if name.right() + 10.0 + pen.width(&when, Face::Label) <= rect.right() {
        pen.text(pos2(rect.right(), line), Align::Max, &when, Face::Label, theme.text3);
    }
    let carrier = view.schema.signals.get(request).map_or(Carrier::Aux, |s| s.carrier);
    let values = score.map_or([f64::NAN; 3], |s| [s.correlation, s.delay, s.precision]);
    let composite = score.map_or(f64::NAN, |s| s.composite);
    let labels = ["Correlation", "Delay", "Precision"];
    // Parts, mean and definition, as far as the height goes; the mean always.
    let room = rect.height() - TITLE;
    let all = room + 0.5 >= 4.0 * LINE + RULE;
    let captioned = room + 0.5 >= CAPTION + if all { 4.0 * LINE + RULE } else { LINE };
    let label_room = labels.iter().chain(&["Composite"]).map(|l| pen.width(l, Face::Label)).fold(0.0, f32::max) + 10.0;
    let row = |top: f32| Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), LINE));
    let bars = Bars { pen: &pen, carrier, label_room };
    let mut top = rect.top() + TITLE;
    if all {
        for (label, value) in labels.into_iter().zip(values) {
            bars.line(row(top), label, value, false);
            top += LINE;
        }
        pen.hline(rect.left(), rect.right(), top + RULE / 2.0, theme.hairline());
        top += RULE;
    }
    bars.line(row(top), "Composite", composite, true);
    top += LINE;
    let definition = match score {
        Some(score) => format!("M12 legacy, joint argmax, lag {}", duration(score.delay_s)),
        None => "No block of 5 min can be scored yet".to_owned(),
    };
    if captioned {
        let at = pos2(rect.left(), top + 7.0);
        pen.text_within(at, Align::Min, rect.width(), &definition, Face::Caption, theme.text3);
    }
    let number = |v: f64| format_number(v, 2);
    let [correlation, delay, precision] = values.map(number);
    let words = format!(
        "{title} {}: correlation {correlation}, delay {delay}, precision {precision}, {when}",
        number(composite)
    );
    spoken(ui, rect, ui.id().with("score"), &words).on_hover_text(format!(
        "Mean of three scores over a block of 5 min, each from 0 to 1: correlation with the request, delay, precision. \
         A block ends 5 min before the present, because the response may lag so long. {}. The tick is the pass mark, {PASS}.",
        ScoreDefinition::default().caption()
    ));
}

/// Draws bars from 0 to 1 that stand below each other.
struct Bars<'a> {
    pen: &'a Pen,
    carrier: Carrier,
    label_room: f32,
}

impl Bars<'_> {
    fn line(&self, row: Rect, label: &str, value: f64, passes: bool) {
        let (pen, theme) = (self.pen, &self.pen.theme);
        let y = row.center().y;
        let ink = if value.is_finite() { theme.text } else { theme.text3 };
        pen.text(pos2(row.right(), y), Align::Max, &format_number(value, 2), Face::Number, ink);
        let number_room = pen.width("0.00", Face::Number) + 10.0;
        pen.text_within(pos2(row.left(), y), Align::Min, self.label_room, label, Face::Label, theme.text2);
        let (from, to) = (row.left() + self.label_room, row.right() - number_room);
        if to - from < 16.0 {
            return;
        }
        let track = Rect::from_min_max(pos2(from, y - 3.5), pos2(to, y + 3.5));
        let radius = corners(theme.tokens.radius.bar);
        pen.painter.rect(track, radius, theme.sunken, theme.hairline(), StrokeKind::Inside);
        if value.is_finite() {
            let bar = track.with_max_x(from + (value.clamp(0.0, 1.0) as f32) * track.width());
            pen.painter.rect_filled(bar, radius, theme.accent_of(self.carrier));
        }
        if passes {
            let x = from + PASS as f32 * track.width();
            pen.vline(x, track.top() - 4.0, track.bottom() + 4.0, Stroke::new(1.0, *theme.text));
        }
    }
}
