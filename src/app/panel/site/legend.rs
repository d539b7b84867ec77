//! The temperature legend: the fixed scale with its limits.

use egui::{Align, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Ui, pos2, vec2};

use crate::app::panel::pen::Pen;
use crate::app::panel::{Cx, PanelState, widget};
use crate::app::theme::{Face, corners, mix};
use crate::signal::Alarm;

/// Height of the legend.
const HEIGHT: f32 = 56.0;

/// Steps of colour.
const STEPS: usize = 75;

/// Draws it at the lower right; returns what it covers.
pub(super) fn show(ui: &Ui, rect: Rect, state: &PanelState, cx: &Cx<'_>, roomy: bool) -> Option<Rect> {
    let legend = state.stage.tell.legend.as_ref()?;
    let theme = &cx.theme;
    let width = if roomy { 232.0 } else { 180.0 };
    if rect.width() < width + 40.0 || rect.height() < HEIGHT * 3.0 {
        return None;
    }
    let size = vec2(width + 16.0, HEIGHT);
    let ground = Rect::from_min_size(rect.max - size - vec2(8.0, 8.0), size);
    let pen = Pen::new(ui, theme).clipped(rect);
    let fill = mix(theme.surface, theme.scene.ground, 0.9);
    pen.painter.rect_filled(ground, corners(theme.tokens.radius.control), fill);
    let bar = Rect::from_min_size(pos2(ground.left() + 8.0, ground.top() + 20.0), vec2(width, 10.0));
    let head = bar.top() - 10.0;
    pen.text(pos2(bar.left(), head), Align::Min, &legend.title, Face::Caption, theme.text2);
    pen.text(pos2(bar.right(), head), Align::Max, "fixed scale", Face::Caption, theme.text3);
    let (low, high) = theme.tokens.temperature.range_degc;
    let x_of = |degc: f64| bar.left() + ((degc - low) / (high - low).max(1e-9)) as f32 * bar.width();
    for k in 0..STEPS {
        let share = |k: usize| bar.left() + bar.width() * k as f32 / STEPS as f32;
        let degc = low + (high - low) * (k as f64 + 0.5) / STEPS as f64;
        let step = Rect::from_min_max(pos2(share(k), bar.top()), pos2(share(k + 1) + 0.3, bar.bottom()));
        pen.painter.rect_filled(step, 0.0, theme.temperature(degc));
    }
    pen.painter.rect_stroke(bar, 0.0, Stroke::new(1.0, theme.line_strong), StrokeKind::Inside);
    ticks(&pen, bar, (low, high), legend.marks_degc.iter().map(|(degc, _)| *degc).fold(high, f64::min), x_of);
    for (degc, alarm) in &legend.marks_degc {
        if !(low..=high).contains(degc) {
            continue;
        }
        let x = x_of(*degc);
        pen.vline(x, bar.top() - 3.0, bar.bottom() + 4.0, Stroke::new(1.5, theme.text));
        outlined(&pen.painter, *alarm, pos2(x, bar.bottom() + 9.5), Stroke::new(1.3, theme.text2));
        // The numbers of neighbours stand away from each other.
        let (align, dx) = if *alarm == Alarm::Trip { (Align::Min, -1.0) } else { (Align::Max, 1.0) };
        let text = format!("{degc:.0}");
        pen.text(pos2(x + dx, bar.bottom() + 20.0), align, &text, Face::NumberCaption, theme.text2);
    }
    let marks: Vec<String> =
        legend.marks_degc.iter().map(|(degc, alarm)| format!("{} {degc:.0}", word(*alarm))).collect();
    let words = format!("{}: fixed scale {low:.0} to {high:.0}. {}", legend.title, marks.join(", "));
    widget::spoken(ui, ground, ui.id().with("legend"), &words);
    Some(ground)
}

/// Every five degrees up to where the marks begin.
fn ticks(pen: &Pen, bar: Rect, (low, high): (f64, f64), marks_begin: f64, x_of: impl Fn(f64) -> f32) {
    let theme = &pen.theme;
    let mut degc = (low / 5.0).ceil() * 5.0;
    while degc <= high + 1e-9 {
        let x = x_of(degc);
        if degc < marks_begin - 1.5 || degc > marks_begin + 4.5 {
            let x = x.clamp(bar.left() + 0.5, bar.right() - 0.5);
            pen.vline(x, bar.bottom(), bar.bottom() + 4.0, Stroke::new(1.0, theme.text3));
            let align = if degc <= low {
                Align::Min
            } else if degc >= high {
                Align::Max
            } else {
                Align::Center
            };
            let text = format!("{degc:.0}");
            pen.text(pos2(x, bar.bottom() + 10.0), align, &text, Face::NumberCaption, theme.text3);
        }
        degc += 5.0;
    }
}

fn word(alarm: Alarm) -> &'static str {
    match alarm {
        Alarm::Normal => "normal",
        Alarm::Warn => "warning above",
        Alarm::Trip => "trip above",
    }
}

/// The outline of an alarm's shape: nothing is wrong here, it only says where it would be.
fn outlined(painter: &Painter, alarm: Alarm, at: Pos2, stroke: Stroke) {
    let points = match alarm {
        Alarm::Trip => {
            (0..8).map(|k| at + egui::Vec2::angled((k as f32 + 0.5) * std::f32::consts::FRAC_PI_4) * 5.2).collect()
        }
        Alarm::Warn | Alarm::Normal => {
            vec![at + vec2(0.0, -5.0), at + vec2(5.0, 4.0), at + vec2(-5.0, 4.0)]
        }
    };
    painter.add(Shape::closed_line(points, stroke));
}
