//! Alarms that stand: signals beyond their limits, pins that put a shield aside, controllers that do not decide themselves. The chip names the worst; a card
//! tells more until somebody has taken note.

use egui::{
    Align, Area, Color32, Order, Popup, PopupCloseBehavior, Pos2, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo,
    WidgetType, pos2, vec2,
};

use crate::app::theme::{Face, corners};
use crate::control::shown_name;
use crate::session::RunView;
use crate::signal::{Alarm, Limits, Signal, SignalId};

use super::acknowledged::{Acknowledged, Source};
use super::device;
use super::glyph;
use super::pen::Pen;
use super::selection::Selection;
use super::top_bar::place;
use super::widget::{Button, Chip};
use super::words::{clock, decimals_of, duration, seconds, value_unit};
use super::{Cx, PanelState};

/// Site time that a slope is taken over, s.
const SLOPE_S: f64 = 300.0;

/// Farthest that a slope is carried on, s: beyond this it tells nothing.
const FARTHEST_S: f64 = 14_400.0;

/// An alarm that nobody took note of blinks once in this time, s.
const BLINK_S: f64 = 1.0;

/// Width of the card.
const CARD: f32 = 400.0;

/// Width of the list.
const LIST: f32 = 420.0;

/// An alarm that stands.
#[derive(Debug, Clone, PartialEq)]
struct Standing {
    /// What it is about.
    source: Source,
    /// How far beyond.
    alarm: Alarm,
    /// The limit it is beyond, in the signal's unit.
    limit: f64,
    /// Whether it is above its limit.
    above: bool,
    /// Distance to that limit as a share of the signal's range, to rank alarms of one level.
    excess: f64,
    /// Whether somebody still has to take note of it.
    new: bool,
}

/// All alarms, worst first.
fn standing(view: &RunView, known: &Acknowledged) -> Vec<Standing> {
    // Before the first tick a row may hold zeros that nobody measured.
    if view.tick == 0 {
        return Vec::new();
    }
    let signals = view.spec.signals.iter().enumerate();
    let mut all: Vec<Standing> =
        signals.filter_map(|(column, signal)| judge(column, signal, view.value(column))).collect();
    all.extend(view.driver.defeated.iter().map(|lever| Standing {
        source: Source::Pin(lever.clone()),
        alarm: Alarm::Warn,
        limit: f64::NAN,
        above: false,
        excess: f64::INFINITY,
        new: true,
    }));
    let troubled = view.slots.iter().enumerate().filter(|(_, slot)| slot.troubled);
    all.extend(troubled.map(|(slot, _)| Standing {
        source: Source::Controller(slot),
        alarm: Alarm::Warn,
        limit: f64::NAN,
        above: false,
        excess: f64::INFINITY,
        new: true,
    }));
    for one in &mut all {
        one.new = known.is_new_alarm(&one.source, one.alarm);
    }
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
    let above = high.filter(|l| value > *l);
    let limit = above.or(low.filter(|l| value < *l))?;
    let range = (signal.range.1 - signal.range.0).abs().max(1e-9);
    let excess = (value - limit).abs() / range;
    Some(Standing { source: Source::Signal(column), alarm, limit, above: above.is_some(), excess, new: true })
}

/// Takes in what stands now: alarms that went count as new when they come back.
fn observe(view: &RunView, known: &mut Acknowledged) -> Vec<Standing> {
    known.observe(view);
    let mut all = standing(view, known);
    known.keep(|source| all.iter().any(|one| one.source == *source));
    all.retain(|one| !known.is_shelved(&one.source));
    all
}

impl Standing {
    fn signal<'a>(&self, view: &'a RunView) -> Option<(SignalId, &'a Signal)> {
        match self.source {
            Source::Signal(column) => Some((column, view.spec.signals.get(column)?)),
            Source::Pin(_) | Source::Controller(_) => None,
        }
    }

    /// `Zone A 33.1 °C`.
    fn words(&self, view: &RunView) -> String {
        match (self.signal(view), &self.source) {
            (Some((column, signal)), _) => format!("{} {}", signal.label, value_unit(signal, view.value(column))),
            (None, Source::Pin(lever)) => format!("{} pinned against the shield", lever_label(view, lever)),
            (None, Source::Controller(slot)) => {
                let label = view.spec.slots.get(*slot).map_or("", |s| s.label.as_str());
                let controller = view.slots.get(*slot).map_or("", |s| s.controller.as_str());
                format!("{label}: {} does not decide itself", shown_name(controller))
            }
            (None, Source::Signal(_)) => String::new(),
        }
    }

    /// `Zone A above 33 °C`.
    fn title(&self, view: &RunView) -> String {
        let Some((_, signal)) = self.signal(view) else { return self.words(view) };
        let side = if self.above { "above" } else { "below" };
        let limit = Signal { decimals: decimals_of(self.limit).min(signal.decimals), ..signal.clone() };
        let title = format!("{} {side} {}", signal.label, value_unit(&limit, self.limit));
        // The device that acts has its number on what it does.
        let device = self.signal(view).and_then(|(column, _)| device::of_signal(&view.spec, column));
        match device.filter(|_| self.alarm == Alarm::Trip) {
            Some(device) => format!("{title} ({device})"),
            None => title,
        }
    }

    /// `33.07 °C, trip in 40 min at this slope`.
    fn detail(&self, view: &RunView) -> String {
        if let Source::Controller(slot) = self.source {
            return view.slots.get(slot).and_then(super::told::trouble).unwrap_or_default();
        }
        let Some((column, signal)) = self.signal(view) else {
            return "The shield wanted another value: release the pin, or look what it guards".to_owned();
        };
        let value = value_unit(signal, view.value(column));
        match to_trip(view, column, signal) {
            Some(left) if self.alarm == Alarm::Warn && view.end.is_none() => {
                format!("{value}, trip in {} at this slope", rough(left))
            }
            _ => value,
        }
    }

    /// The colour of its shape.
    fn sign(&self, cx: &Cx<'_>) -> Color32 {
        if self.alarm == Alarm::Trip { *cx.theme.alarm.trip } else { *cx.theme.alarm.warn }
    }
}

fn lever_label<'a>(view: &'a RunView, name: &'a str) -> &'a str {
    let action = view.spec.find_action(name).and_then(|(s, a)| view.spec.slots.get(s)?.actions.get(a));
    action.map_or(name, |a| a.label.as_str())
}

/// Seconds until a signal reaches its trip limit if it goes on as it did in the last minutes.
fn to_trip(view: &RunView, column: SignalId, signal: &Signal) -> Option<f64> {
    let tick_s = f64::from(view.spec.calendar.tick_s.max(1));
    let back = ((SLOPE_S / tick_s).round() as u64).max(1);
    let last = view.recording.rows().checked_sub(1)?;
    let before = view.recording.value(last.checked_sub(back)?, column);
    let now = view.value(column);
    let slope = (now - before) / seconds(view, back as f64);
    let limit = if slope > 0.0 { signal.limits.trip_high } else { signal.limits.trip_low }?;
    let left = (limit - now) / slope;
    (left.is_finite() && (0.0..FARTHEST_S).contains(&left)).then_some(left)
}

/// A time that is only an estimate: no digits that it does not deserve.
fn rough(seconds: f64) -> String {
    let step = match seconds {
        s if s < 120.0 => 10.0,
        s if s < 3_600.0 => 60.0,
        _ => 600.0,
    };
    duration(((seconds / step).round() * step).max(step))
}

/// `1 trip, 2 warnings`.
fn count_words(all: &[Standing]) -> String {
    let count = |level| all.iter().filter(|one| one.alarm == level).count();
    let of = |count: usize, one: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        _ => Some(format!("{count} {one}s")),
    };
    let parts = [of(count(Alarm::Trip), "trip"), of(count(Alarm::Warn), "warning")];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Whether what asks for attention is in its bright half second. Nothing blinks where a person wants it still.
fn lit(ui: &Ui, still: bool) -> bool {
    if still {
        return true;
    }
    let half = BLINK_S / 2.0;
    let phase = ui.input(|i| i.time).rem_euclid(BLINK_S);
    // Awake exactly when the chip changes, not before.
    ui.ctx().request_repaint_after_secs((half - phase.rem_euclid(half)).max(0.01) as f32);
    phase < half
}

/// The chip that names the worst alarm; returns where it begins.
pub(super) fn chip(ui: &Ui, pen: &Pen, end: Pos2, least: f32, state: &mut PanelState, cx: &mut Cx<'_>) -> f32 {
    let theme = cx.theme;
    let all = observe(cx.view, &mut state.events.known);
    let words = match all.first() {
        None => match state.events.known.shelf().count() {
            0 => "No alarms".to_owned(),
            count => format!("No alarms, {count} shelved"),
        },
        Some(worst) => format!("{}: {}", count_words(&all), worst.words(cx.view)),
    };
    let level = all.first().map_or(Alarm::Normal, |s| s.alarm);
    let quiet = level == Alarm::Normal;
    let new = all.iter().any(|one| one.new);
    let bright = !new || lit(ui, state.still);
    let (mut fill, mut ink) = theme.alarm_chip(level);
    let mut edge = Stroke::NONE;
    let colour = match level {
        Alarm::Normal => *theme.alarm.ok,
        Alarm::Warn => *theme.alarm.warn,
        Alarm::Trip => *theme.alarm.trip,
    };
    if quiet {
        fill = Color32::TRANSPARENT;
    } else if !bright {
        (fill, ink) = (*theme.raised, *theme.text);
        edge = Stroke::new(1.0, if theme.alarm_text.is_some() { *theme.text } else { colour });
    }
    let face = if quiet || !new { Face::Label } else { Face::LabelStrong };
    let room = (end.x - least).max(34.0);
    // The width of the bold words, so that nothing moves when the alarm is acknowledged. Where they do not fit, the count
    // stands alone.
    let width_of = |words: &str| pen.width(words, Face::LabelStrong) + 34.0;
    let shorter = if quiet { vec![String::new()] } else { vec![count_words(&all), all.len().to_string()] };
    let fits = std::iter::once(&words).chain(&shorter).find(|w| width_of(w) <= room);
    let written = fits.or(shorter.last()).unwrap_or(&words);
    let width = width_of(written).min(room);
    let rect = place(pos2(end.x - width, end.y), width);
    let name = match (quiet, new) {
        (true, _) => words.clone(),
        (false, true) => format!("Alarms: {words}, to acknowledge"),
        (false, false) => format!("Alarms: {words}"),
    };
    let chip = Chip { glyph: None, words: "", name: &name, fill, edge, ink };
    let response = chip.show(ui, &theme, rect, ui.id().with("alarms"));
    let outline = theme.alarm_text.map(|_| *theme.text).filter(|_| !quiet);
    let sign = if !quiet && bright && theme.alarm_text.is_some() { ink } else { colour };
    glyph::alarm(&pen.painter, level, pos2(rect.left() + 14.0, rect.center().y), 12.0, sign, outline);
    pen.text_within(pos2(rect.left() + 26.0, rect.center().y), Align::Min, width - 32.0, written, face, ink);
    let popup = Popup::menu(&response).gap(6.0).close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    popup.show(|ui| list(ui, &all, state, cx));
    rect.left() - 10.0
}

/// Every alarm with its limit and buttons that take note of it and put it on the shelf; below, what lies there.
fn list(ui: &mut Ui, all: &[Standing], state: &mut PanelState, cx: &mut Cx<'_>) {
    ui.set_min_width(LIST);
    if all.is_empty() {
        let shelved = state.events.known.shelf().next().is_some();
        ui.label(if shelved { "None besides those on the shelf" } else { "Every signal is within its limits" });
    }
    for (index, one) in all.iter().enumerate() {
        alarm_row(ui, index, one, state, cx);
        if state.events.known.choosing.as_ref() == Some(&one.source) {
            spans(ui, index, one, state, cx);
        }
    }
    if all.iter().filter(|one| one.new).count() > 1 {
        ui.separator();
        if ui.button("Acknowledge all").clicked() {
            state.events.known.everything(cx.view);
        }
    }
    shelf(ui, state, cx);
}

fn alarm_row(ui: &mut Ui, index: usize, one: &Standing, state: &mut PanelState, cx: &mut Cx<'_>) {
    let theme = cx.theme;
    let (_, rect) = ui.allocate_space(vec2(LIST, 40.0));
    let pen = Pen::new(ui, &theme);
    let id = ui.id().with(("alarm", index));
    let go = ui.interact(rect, id, Sense::click());
    let (title, detail) = (one.title(cx.view), one.detail(cx.view));
    go.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, format!("{title}, {detail}")));
    if go.hovered() || go.has_focus() {
        pen.painter.rect_filled(rect, corners(theme.tokens.radius.control), theme.hover);
    }
    let outline = theme.alarm_text.map(|_| *theme.text);
    let at = pos2(rect.left() + 12.0, rect.center().y);
    glyph::alarm(&pen.painter, one.alarm, at, 12.0, one.sign(cx), outline);
    let mut end = rect.right() - 4.0;
    let mut button = |words: &'static str, tip: &str, name: &str| {
        let button = Button { name, ..Button::words(words, tip) };
        let width = button.width(&pen);
        let place = Rect::from_min_size(pos2(end - width, rect.center().y - 12.0), vec2(width, 24.0));
        end = place.left() - 8.0;
        button.show(ui, &theme, place, id.with(words)).clicked()
    };
    let shelve = format!("Shelve {title}");
    if button("Shelve", "Puts it aside for some time: it is neither counted nor blinks", &shelve) {
        let known = &mut state.events.known;
        known.choosing = if known.choosing.as_ref() == Some(&one.source) { None } else { Some(one.source.clone()) };
    }
    if one.new && button("Acknowledge", "Takes note of it", &format!("Acknowledge {title}")) {
        state.events.known.alarm(cx.view, &one.source, one.alarm);
    }
    let (left, face) = (rect.left() + 28.0, if one.new { Face::LabelStrong } else { Face::Label });
    pen.text_within(pos2(left, rect.top() + 12.0), Align::Min, end - left, &title, face, theme.text);
    pen.text_within(pos2(left, rect.top() + 28.0), Align::Min, end - left, &detail, Face::Caption, theme.text2);
    if go.clicked() {
        select(one, cx);
    }
}

/// For how long an alarm can be put on the shelf: words, and seconds of site time; `None` is the end of the run.
const SPANS: [(&str, Option<u64>); 3] = [("15 min", Some(900)), ("1 h", Some(3_600)), ("Until the end", None)];

/// Buttons that say for how long an alarm goes on the shelf.
fn spans(ui: &mut Ui, index: usize, one: &Standing, state: &mut PanelState, cx: &Cx<'_>) {
    let theme = cx.theme;
    let (_, rect) = ui.allocate_space(vec2(LIST, 30.0));
    let pen = Pen::new(ui, &theme);
    let y = rect.center().y;
    let words = pen.text(pos2(rect.left() + 28.0, y), Align::Min, "Shelve for", Face::Label, theme.text2);
    let mut x = words.right() + 8.0;
    for (words, span_s) in SPANS {
        let name = format!("Shelve for {words}");
        let button = Button { name: &name, ..Button::words(words, "By the site's clock; it comes back by itself") };
        let width = button.width(&pen);
        let place = Rect::from_min_size(pos2(x, y - 12.0), vec2(width, 24.0));
        if button.show(ui, &theme, place, ui.id().with(("shelve", index, words))).clicked() {
            let ticks = span_s.map(|s| cx.view.spec.calendar.ticks_in(s));
            state.events.known.shelve(one.source.clone(), ticks);
        }
        x += width + 6.0;
    }
}

/// What lies on the shelf, with a button that takes it back.
fn shelf(ui: &mut Ui, state: &mut PanelState, cx: &Cx<'_>) {
    let theme = cx.theme;
    let shelf: Vec<(Source, Option<u64>)> =
        state.events.known.shelf().map(|(source, until)| (source.clone(), until)).collect();
    if shelf.is_empty() {
        return;
    }
    ui.separator();
    ui.label(format!("Shelved, {}", shelf.len()));
    let stands = standing(cx.view, &state.events.known);
    for (index, (source, until)) in shelf.into_iter().enumerate() {
        let (_, rect) = ui.allocate_space(vec2(LIST, 34.0));
        let pen = Pen::new(ui, &theme);
        let one = stands.iter().find(|one| one.source == source);
        let at = pos2(rect.left() + 12.0, rect.center().y);
        let level = one.map_or(Alarm::Warn, |one| one.alarm);
        glyph::alarm(&pen.painter, level, at, 12.0, *theme.surface, Some(*theme.text));
        glyph::barred(&pen.painter, at, 12.0, *theme.text);
        let title = one.map_or_else(|| name(cx.view, &source), |one| one.title(cx.view));
        let until = match until {
            Some(tick) => format!("until {}", clock(cx.view.spec.calendar.civil(tick))),
            None => "until the end of the run".to_owned(),
        };
        let detail = if one.is_some() { format!("stands, {until}") } else { format!("does not stand, {until}") };
        let spoken = format!("Unshelve {title}");
        let button = Button { name: &spoken, ..Button::words("Unshelve", "Counts and shows it again") };
        let width = button.width(&pen);
        let place = Rect::from_min_size(pos2(rect.right() - 4.0 - width, rect.center().y - 12.0), vec2(width, 24.0));
        if button.show(ui, &theme, place, ui.id().with(("unshelve", index))).clicked() {
            state.events.known.unshelve(&source);
        }
        let (left, room) = (rect.left() + 28.0, place.left() - 8.0 - rect.left() - 28.0);
        pen.text_within(pos2(left, rect.top() + 10.0), Align::Min, room, &title, Face::Label, theme.text);
        pen.text_within(pos2(left, rect.top() + 25.0), Align::Min, room, &detail, Face::Caption, theme.text2);
        let words = format!("Shelved: {title}, {detail}");
        spoken_label(ui, rect.with_max_x(place.left() - 4.0), index, &words);
    }
}

fn spoken_label(ui: &Ui, rect: Rect, index: usize, words: &str) {
    super::widget::spoken(ui, rect, ui.id().with(("shelved", index)), words);
}

/// What an alarm that does not stand is about.
fn name(view: &RunView, source: &Source) -> String {
    match source {
        Source::Signal(column) => view.spec.signals.get(*column).map_or(String::new(), |s| s.label.clone()),
        Source::Pin(lever) => lever_label(view, lever).to_owned(),
        Source::Controller(slot) => view.spec.slots.get(*slot).map_or(String::new(), |s| s.label.clone()),
    }
}

/// Selects what an alarm is about.
fn select(one: &Standing, cx: &mut Cx<'_>) {
    if let Some((column, signal)) = one.signal(cx.view) {
        cx.selection = Selection { entity: Some(signal.entity), signal: Some(column) };
    }
}

/// Draws the worst alarm that nobody took note of yet as a card into the lower right corner of a rectangle; returns the
/// upper edge of what it covers, the rectangle's lower edge where there is none.
pub(super) fn card(ui: &Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'_>) -> f32 {
    let theme = cx.theme;
    let all = observe(cx.view, &mut state.events.known);
    let new: Vec<&Standing> = all.iter().filter(|one| one.new).collect();
    let Some(worst) = new.first().filter(|_| rect.width() > 120.0 && rect.height() > 70.0) else {
        return rect.bottom();
    };
    let (title, detail) = (worst.title(cx.view), worst.detail(cx.view));
    let more = new.len() - 1;
    let detail = if more > 0 { format!("{detail} · {more} more") } else { detail };
    let size = vec2(CARD.min(rect.width() - 16.0), 54.0);
    let card = Rect::from_min_size(rect.right_bottom() - size - vec2(8.0, 8.0), size);
    let area = Area::new(ui.id().with("alarm card")).order(Order::Middle).fixed_pos(card.min).constrain(false);
    let (acknowledged, go) = area
        .show(ui.ctx(), |ui| {
            ui.set_clip_rect(card.expand(2.0));
            let response = ui.allocate_rect(card, Sense::click());
            let name = format!("{title}: {detail}");
            response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &name));
            let pen = Pen::new(ui, &theme);
            let (ground, colour) = match worst.alarm {
                Alarm::Trip => (*theme.alarm.trip_bg, *theme.alarm.trip),
                _ => (*theme.alarm.warn_bg, *theme.alarm.warn),
            };
            let edge = Stroke::new(1.0, if theme.alarm_text.is_some() { *theme.text } else { colour });
            let radius = corners(theme.tokens.radius.control);
            pen.painter.rect(card, radius, ground, edge, StrokeKind::Inside);
            let flag = card.with_max_x(card.left() + 36.0).shrink(1.0);
            pen.painter.rect_filled(flag, egui::CornerRadius { ne: 0, se: 0, ..radius }, colour);
            // The shape on its own colour: the ink that is readable on it.
            let ink = theme
                .alarm_text
                .map_or(*theme.bg, |words| if worst.alarm == Alarm::Trip { *words.trip } else { *words.warn });
            glyph::alarm(&pen.painter, worst.alarm, flag.center(), 14.0, ink, None);
            let button = Button::words("Acknowledge", "Takes note of it; the alarm itself stays until it has gone");
            let width = button.width(&pen) + 4.0;
            let place =
                Rect::from_min_size(pos2(card.right() - width - 12.0, card.center().y - 13.0), vec2(width, 26.0));
            let clicked = button.show(ui, &theme, place, ui.id().with("acknowledge")).clicked();
            let left = card.left() + 44.0;
            let room = place.left() - 8.0 - left;
            let small = pen.width(&detail, Face::Label) > room;
            let face = if small { Face::Caption } else { Face::Label };
            pen.text_within(pos2(left, card.top() + 18.0), Align::Min, room, &title, Face::Title, theme.text);
            pen.text_within(pos2(left, card.top() + 37.0), Align::Min, room, &detail, face, theme.text);
            (clicked, response.on_hover_text(&name).clicked())
        })
        .inner;
    if go {
        select(worst, cx);
    }
    if acknowledged {
        let (source, level) = (worst.source.clone(), worst.alarm);
        state.events.known.alarm(cx.view, &source, level);
    }
    state.site.lies_over(card);
    card.top()
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
        assert_eq!((warm.source, warm.alarm, warm.limit), (Source::Signal(3), Alarm::Warn, 33.0));
        assert_eq!(judge(0, &signal, 36.0).unwrap().limit, 35.0);
        let cold = judge(0, &signal, 10.0).unwrap();
        assert!(cold.limit == 18.0 && !cold.above);
    }

    #[test]
    fn estimates_have_no_digits_that_they_do_not_deserve() {
        assert_eq!([4.0, 47.0, 2_380.0, 7_300.0].map(rough), ["10 s", "50 s", "40 min", "2 h"]);
    }

    #[test]
    fn alarms_are_counted_in_words() {
        let one =
            |alarm| Standing { source: Source::Signal(0), alarm, limit: 0.0, above: true, excess: 0.0, new: true };
        assert_eq!(count_words(&[one(Alarm::Warn)]), "1 warning");
        assert_eq!(count_words(&[one(Alarm::Trip), one(Alarm::Warn), one(Alarm::Warn)]), "1 trip, 2 warnings");
    }
}
