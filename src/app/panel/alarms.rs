//! Signals beyond their limits: which, how far, and the chip that names the worst.

use egui::{Align, Popup, Pos2, Stroke, Ui, pos2, vec2};

use crate::app::theme::Face;
use crate::session::RunView;
use crate::signal::{Alarm, Limits, Signal, SignalId};

use super::Cx;
use super::glyph;
use super::pen::Pen;
use super::top_bar::place;
use super::widget::{Chip, spoken};
use super::words::value_unit;

/// A signal beyond a limit.
#[derive(Debug, Clone, PartialEq)]
struct Standing {
    /// Column of the row.
    column: SignalId,
    /// How far beyond.
    alarm: Alarm,
    /// The limit it is beyond, in the signal's unit.
    limit: f64,
    /// Distance to that limit as a share of the signal's range, to rank alarms of one level.
    excess: f64,
}

/// All signals beyond a limit in the current row, worst first.
fn standing(view: &RunView) -> Vec<Standing> {
    // Before the first tick a row may hold zeros that nobody measured.
    if view.tick == 0 {
        return Vec::new();
    }
    let mut all: Vec<Standing> = view
        .spec
        .signals
        .iter()
        .enumerate()
        .filter_map(|(column, signal)| judge(column, signal, view.value(column)))
        .collect();
    all.sort_by(|a, b| b.alarm.cmp(&a.alarm).then(b.excess.total_cmp(&a.excess)));
    all
}

fn judge(column: SignalId, signal: &Signal, value: f64) -> Option<Standing> {
    let alarm = signal.limits.judge(value);
    let Limits { warn_low, warn_high, trip_low, trip_high } = signal.limits;
    let (low, high) = match alarm {
        Alarm::Normal => return None,
        Alarm::Warn => (warn_low, warn_high),
        Alarm::Trip => (trip_low, trip_high),
    };
    let limit = high.filter(|l| value > *l).or(low.filter(|l| value < *l))?;
    let range = (signal.range.1 - signal.range.0).abs().max(1e-9);
    Some(Standing { column, alarm, limit, excess: (value - limit).abs() / range })
}

/// Signals beyond a limit; returns where the chip begins.
pub(super) fn chip(ui: &Ui, pen: &Pen, end: Pos2, least: f32, cx: &Cx<'_>) -> f32 {
    let theme = &cx.theme;
    let all = standing(cx.view);
    let words = match all.first().and_then(|s| cx.view.spec.signals.get(s.column).map(|signal| (s, signal))) {
        None => "No alarms".to_owned(),
        Some((worst, signal)) => {
            format!("{}  {} {}", all.len(), signal.label, value_unit(signal, cx.view.value(worst.column)))
        }
    };
    let level = all.first().map_or(Alarm::Normal, |s| s.alarm);
    let (fill, ink) = theme.alarm_chip(level);
    let quiet = level == Alarm::Normal;
    let face = if quiet { Face::Label } else { Face::LabelStrong };
    let room = (end.x - least).max(34.0);
    let width = (pen.width(&words, face) + 34.0).min(room);
    let rect = place(pos2(end.x - width, end.y), width);
    let name = if quiet { "No alarms".to_owned() } else { format!("Alarms: {words}") };
    let chip = Chip {
        glyph: None,
        words: "",
        name: &name,
        fill: if quiet { egui::Color32::TRANSPARENT } else { fill },
        edge: Stroke::NONE,
        ink,
    };
    let response = chip.show(ui, theme, rect, ui.id().with("alarms"));
    let outline = theme.alarm_text.map(|_| ink).filter(|_| !quiet);
    let sign = match level {
        Alarm::Normal => *theme.alarm.ok,
        _ if theme.alarm_text.is_some() => ink,
        Alarm::Warn => *theme.alarm.warn,
        Alarm::Trip => *theme.alarm.trip,
    };
    glyph::alarm(&pen.painter, level, pos2(rect.left() + 14.0, rect.center().y), 12.0, sign, outline);
    pen.text_within(pos2(rect.left() + 26.0, rect.center().y), Align::Min, width - 32.0, &words, face, ink);
    Popup::menu(&response).gap(6.0).show(|ui| list(ui, &all, cx));
    rect.left() - 10.0
}

fn list(ui: &mut Ui, all: &[Standing], cx: &Cx<'_>) {
    let theme = &cx.theme;
    ui.set_min_width(320.0);
    if all.is_empty() {
        ui.label("Every signal is within its limits");
    }
    for alarm in all {
        let Some(signal) = cx.view.spec.signals.get(alarm.column) else { continue };
        let (_, rect) = ui.allocate_space(vec2(320.0, 24.0));
        let pen = Pen::new(ui, theme);
        let y = rect.center().y;
        let sign = if alarm.alarm == Alarm::Trip { *theme.alarm.trip } else { *theme.alarm.warn };
        glyph::alarm(
            &pen.painter,
            alarm.alarm,
            pos2(rect.left() + 10.0, y),
            11.0,
            sign,
            theme.alarm_text.map(|_| *theme.text),
        );
        let value = value_unit(signal, cx.view.value(alarm.column));
        let limit = format!("limit {}", value_unit(signal, alarm.limit));
        let at = pen.text(pos2(rect.right() - 4.0, y), Align::Max, &limit, Face::Caption, theme.text2);
        let at = pen.text(pos2(at.left() - 12.0, y), Align::Max, &value, Face::NumberLabel, theme.text);
        pen.text_within(
            pos2(rect.left() + 24.0, y),
            Align::Min,
            at.left() - rect.left() - 32.0,
            &signal.label,
            Face::Label,
            theme.text,
        );
        spoken(ui, rect, ui.id().with(("alarm", alarm.column)), &format!("{} {value}, {limit}", signal.label));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_signal_tells_which_limit_it_broke() {
        let signal = Signal::new("t", 0, "T", "°C", "")
            .range(15.0, 40.0)
            .limits(Limits { warn_low: Some(18.0), ..Limits::high(33.0, 35.0) });
        assert_eq!(judge(0, &signal, 30.0), None);
        assert_eq!(judge(0, &signal, f64::NAN), None);
        let warm = judge(3, &signal, 34.0).unwrap();
        assert_eq!((warm.column, warm.alarm, warm.limit), (3, Alarm::Warn, 33.0));
        assert_eq!(judge(0, &signal, 36.0).unwrap().limit, 35.0);
        assert_eq!(judge(0, &signal, 10.0).unwrap().limit, 18.0);
    }
}
