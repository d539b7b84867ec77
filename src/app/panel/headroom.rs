//! What the site could give for the next quarter of an hour, up and down, lever by lever, drawn against the commitment.

use egui::{Align, Color32, Rect, Stroke, StrokeKind, Ui, pos2, vec2};

use crate::app::theme::{Face, corners};
use crate::evaluate::headroom::{Direction, Found, Headroom, Reach, passed_words, stop_words};
use crate::plant::{Action, Domain, HeadroomSpec, PlantSpec};
use crate::session::{Command, HeadroomNote, RunView};
use crate::signal::{Carrier, format_number};

use super::Cx;
use super::pen::Pen;
use super::widget::spoken;
use super::words::{SPACE, clock, duration, seconds, sentence};

/// Shortest time between two askings while time passes, s.
const RENEWED_S: f64 = 0.5;

/// Room for the words at the left of a bar.
const LEFT: f32 = 68.0;

/// Room for the number at the right of a bar.
const RIGHT: f32 = 74.0;

/// Width of a column of numbers below.
const COLUMN: f32 = 72.0;

/// Height of a bar.
const BAR: f32 = 22.0;

/// Height of a line of the table below.
const ROW: f32 = 22.0;

/// A few words beside the tile's title.
pub(super) fn caption(spec: &PlantSpec) -> String {
    let Some(table) = &spec.headroom else { return String::new() };
    let long = duration(f64::from(spec.calendar.tick_s) * table.ticks as f64);
    let against = if table.commitment.is_some() { " against the commitment" } else { "" };
    format!("next {long}{against}")
}

/// A state that can be asked about: the run, how often it was changed, and ticks run.
type State = (u64, u64, u64);

/// What was asked for last.
#[derive(Debug, Clone, Default)]
pub(super) struct HeadroomState {
    /// The state, and when by egui's clock, s.
    asked: Option<(State, f64)>,
}

/// Words that stand where there is no answer; `None` where one can come.
fn why_not(view: &RunView) -> Option<&'static str> {
    if view.spec.headroom.is_none() {
        Some("This plant's tables tell nothing of head-room")
    } else if view.replay.is_none() && view.end.is_some() {
        Some("The run is over: nothing comes after it")
    } else {
        None
    }
}

/// Asks for the present where what is known is older. What was asked is not asked again, answered or not: the answer
/// wakes the window, and so does a change of what is asked about.
fn ask(ui: &Ui, state: &mut HeadroomState, cx: &mut Cx<'_>) {
    let view = cx.view;
    if view.headroom.as_ref().is_some_and(|have| have.tick == view.tick) {
        return;
    }
    let now = ui.input(|i| i.time);
    let present = (view.run, view.beside.changes, view.tick);
    let left = match state.asked {
        Some((asked, _)) if asked == present => return,
        // Another state of the same run, while time passes: few of them are asked about.
        Some(((run, ..), at)) if run == view.run && at <= now => at + RENEWED_S - now,
        _ => 0.0,
    };
    if left <= 0.0 {
        state.asked = Some((present, now));
        cx.out.push(Command::Headroom);
    } else {
        ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(left.clamp(0.02, RENEWED_S)));
    }
}

/// Words that stand while there is no answer, and what to do about it.
fn waiting(view: &RunView) -> (String, &str) {
    match &view.beside.headroom {
        Some(HeadroomNote::Refused { what, cure, .. }) => (format!("No head-room: {what}"), cure.as_str()),
        Some(HeadroomNote::Again(part)) => {
            (format!("Running the log again up to here: {:.0}{SPACE}%", 100.0 * part), "")
        }
        None if view.replay.is_some() => ("Running the log again up to here …".to_owned(), ""),
        None => ("Rolling the plant to its limits …".to_owned(), ""),
    }
}

/// Draws it into a tile's body.
pub(super) fn show(ui: &mut Ui, rect: Rect, state: &mut HeadroomState, cx: &mut Cx<'_>) {
    let theme = cx.theme;
    let pad = theme.tokens.space.tile_pad;
    let body = rect.shrink2(vec2(pad, 8.0));
    if body.width() < 120.0 || body.height() < 40.0 {
        return;
    }
    let pen = Pen::new(ui, &theme).clipped(rect);
    let view = cx.view;
    if let Some(words) = why_not(view) {
        let place = pen.paragraph(body.min + vec2(0.0, 6.0), body.width(), words, Face::Label, theme.text3);
        spoken(ui, place, ui.id().with("headroom note"), words);
        return;
    }
    ask(ui, state, cx);
    let (Some(table), Some(told)) = (&view.spec.headroom, view.headroom.clone()) else {
        let (words, cure) = waiting(view);
        let place = pen.paragraph(body.min + vec2(0.0, 6.0), body.width(), &words, Face::Label, theme.text3);
        if !cure.is_empty() {
            pen.paragraph(place.left_bottom() + vec2(0.0, 6.0), body.width(), cure, Face::Caption, theme.text3);
        }
        spoken(ui, place, ui.id().with("headroom note"), &words);
        return;
    };
    let drawing = Drawing { spec: &view.spec, table, told: &told };
    let end = drawing.bars(ui, &pen, body, view);
    let note = pen.paragraph_height(body.width(), &table.note, Face::Caption);
    let legend = drawing.legend_height(&pen, body.width());
    let below = note + legend + 10.0;
    let levers = ROW * (table.levers.len() as f32 + 1.0) + 10.0;
    let mut y = end + 8.0;
    if y + levers + below <= body.bottom() {
        drawing.levers(ui, &pen, body.with_min_y(y));
        y += levers;
    }
    // Legend and what is counted stand at the lower edge, as far as there is room.
    if y + below <= body.bottom() + 4.0 {
        let top = body.bottom() - below + 6.0;
        drawing.legend(&pen, Rect::from_min_size(pos2(body.left(), top), vec2(body.width(), legend)));
    }
    if y + note <= body.bottom() + 4.0 {
        let at = pos2(body.left(), body.bottom() - note);
        let place = pen.paragraph(at, body.width(), &table.note, Face::Caption, theme.text3);
        spoken(ui, place, ui.id().with("headroom counts"), &table.note).on_hover_text(format!(
            "Sustained: the least of {} over every tick of the next {}, in {}, with levers held at values that pass no limit",
            view.spec.signals.get(table.delivered.signal).map_or("what is given", |s| s.label.as_str()),
            duration(seconds(view, table.ticks as f64)),
            table.unit
        ));
    }
}

/// Everything that is drawn.
struct Drawing<'a> {
    spec: &'a PlantSpec,
    table: &'a HeadroomSpec,
    told: &'a Headroom,
}

/// A stretch of a bar: levers of one form of energy that stand side by side.
struct Piece {
    carrier: Carrier,
    amount: f64,
}

impl Drawing<'_> {
    fn number(&self, value: f64) -> String {
        format_number(value, self.table.decimals)
    }

    fn with_unit(&self, value: f64) -> String {
        format!("{}{SPACE}{}", self.number(value), self.table.unit)
    }

    fn label(&self, lever: usize) -> &str {
        self.action(lever).map_or("", |a| a.label.as_str())
    }

    fn action(&self, lever: usize) -> Option<&Action> {
        let lever = self.table.levers.get(lever)?;
        self.spec.slots.get(lever.slot)?.actions.get(lever.action)
    }

    fn carrier(&self, lever: usize) -> Carrier {
        self.action(lever).map_or(Carrier::Aux, |a| a.carrier)
    }

    /// Contributions that go the right way, by form of energy.
    fn pieces(&self, found: &Found) -> Vec<Piece> {
        let mut all: Vec<Piece> = Vec::new();
        for (k, &amount) in found.parts.iter().enumerate().filter(|(_, amount)| **amount > 0.0) {
            let carrier = self.carrier(k);
            match all.last_mut() {
                Some(last) if last.carrier == carrier => last.amount += amount,
                _ => all.push(Piece { carrier, amount }),
            }
        }
        all
    }

    /// The largest number that a bar has to hold.
    fn largest(&self) -> f64 {
        let sides = Direction::BOTH.map(|d| {
            let found = self.told.side(d).all.found();
            found.map_or(0.0, |f| self.pieces(f).iter().map(|p| p.amount).sum::<f64>().max(f.amount))
        });
        let most = sides.into_iter().chain(self.told.commitment).fold(0.0, f64::max);
        if most > 0.0 { 1.05 * most } else { 1.0 }
    }

    /// Both bars; returns where they end.
    fn bars(&self, ui: &Ui, pen: &Pen, body: Rect, view: &RunView) -> f32 {
        let theme = &pen.theme;
        let (left, right) = (body.left() + LEFT, (body.right() - RIGHT).max(body.left() + LEFT + 20.0));
        let largest = self.largest();
        let x = |value: f64| left + ((value / largest).clamp(0.0, 1.0) as f32) * (right - left);
        let line = body.top() + 6.0;
        let long = duration(seconds(view, self.told.ticks as f64));
        // An answer of the present needs no time.
        let when = match self.told.tick == view.tick {
            true => String::new(),
            false => format!("{long} from {}", clock(self.spec.calendar.civil(self.told.tick))),
        };
        let mut first = body.left();
        if let Some(owed) = self.told.commitment {
            let words = format!("commitment {}", self.with_unit(owed));
            let width = pen.width(&words, Face::Label);
            let middle = x(owed).clamp(left + width / 2.0, (body.right() - width / 2.0).max(left + width / 2.0));
            pen.text(pos2(middle, line), Align::Center, &words, Face::Label, theme.text);
            first = middle - width / 2.0;
        }
        if self.told.commitment.is_none() || first - body.left() > pen.width(&when, Face::Label) + 8.0 {
            pen.text(pos2(body.left(), line), Align::Min, &when, Face::Label, theme.text3);
        }
        let roomy = body.height() >= 150.0;
        let step = if roomy { BAR + 30.0 } else { BAR + 20.0 };
        let mut top = line + 13.0;
        for direction in Direction::BOTH {
            let bar = Rect::from_min_max(pos2(left, top), pos2(right, top + BAR));
            self.bar(ui, pen, body, bar, direction, &x);
            top += step;
        }
        top - if roomy { 8.0 } else { 2.0 }
    }

    fn bar(&self, ui: &Ui, pen: &Pen, body: Rect, bar: Rect, direction: Direction, x: &dyn Fn(f64) -> f32) {
        let theme = &pen.theme;
        let side = self.told.side(direction);
        let y = bar.center().y;
        let name = sentence(direction.name());
        pen.text(pos2(body.left(), y - 6.0), Align::Min, &name, Face::LabelStrong, theme.text);
        pen.text(pos2(body.left(), y + 8.0), Align::Min, direction.words(), Face::Caption, theme.text3);
        pen.painter.rect_filled(bar, corners(theme.tokens.radius.bar), theme.sunken);
        let found = side.all.found();
        let mut at = 0.0;
        for piece in found.map_or_else(Vec::new, |f| self.pieces(f)) {
            let place = Rect::from_x_y_ranges(x(at)..=x(at + piece.amount), bar.y_range());
            let colour = theme.accent_of(piece.carrier);
            pen.painter.rect_filled(place, 0.0, colour);
            if at > 0.0 {
                pen.vline(place.left(), place.top(), place.bottom(), Stroke::new(1.0, *theme.surface));
            }
            // The line of the commitment goes through none of the numbers.
            let cut = self.told.commitment.map(x).filter(|cut| place.x_range().shrink(2.0).contains(*cut));
            let sides = match cut {
                Some(cut) => vec![place.with_max_x(cut - 1.0), place.with_min_x(cut + 1.0)],
                None => vec![place],
            };
            let room = sides.into_iter().max_by(|a, b| a.width().total_cmp(&b.width())).unwrap_or(place);
            let all = [self.with_unit(piece.amount), self.number(piece.amount)];
            if let Some(words) = all.iter().find(|w| pen.width(w, Face::NumberLabel) + 6.0 <= room.width()) {
                pen.text(room.center(), Align::Center, words, Face::NumberLabel, ink_on(colour));
            }
            at += piece.amount;
        }
        pen.painter.rect_stroke(bar, corners(theme.tokens.radius.bar), theme.hairline(), StrokeKind::Inside);
        if let Some(owed) = self.told.commitment {
            let stroke = Stroke::new(2.0, *theme.text);
            pen.vline(x(owed), bar.top() - 4.0, bar.bottom() + 4.0, stroke);
        }
        let amount = found.map_or_else(|| "–".to_owned(), |f| self.with_unit(f.amount));
        pen.text(pos2(body.right(), y), Align::Max, &amount, Face::Number, theme.text);
        let (mut words, short) = self.verdict(direction);
        let room = body.right() - bar.left();
        if short && pen.width(&words, Face::LabelStrong) > room {
            words = words.replace(" of the commitment", "");
        }
        let face = if short { Face::LabelStrong } else { Face::Label };
        let ink = if short { *theme.text } else { *theme.text2 };
        let line = pos2(bar.left(), bar.bottom() + 10.0);
        pen.text_within(line, Align::Min, room, &words, face, ink);
        let place = Rect::from_min_max(pos2(body.left(), bar.top() - 4.0), pos2(body.right(), bar.bottom() + 18.0));
        let told = format!("{name}, {}: {amount}. {words}", direction.words());
        let tip = self.tip(direction);
        spoken(ui, place, ui.id().with(("headroom", direction.name())), &told).on_hover_text(format!("{told}\n{tip}"));
    }

    /// "34.3 MW to spare", and whether it falls short.
    fn verdict(&self, direction: Direction) -> (String, bool) {
        match (&self.told.side(direction).all, self.told.spare(direction)) {
            (Reach::Cannot(passed), _) => (format!("{} is passed anyway", passed_words(self.spec, passed)), true),
            (_, Some(spare)) if spare < 0.0 => (format!("{} short of the commitment", self.with_unit(-spare)), true),
            (_, Some(spare)) => (format!("{} to spare", self.with_unit(spare)), false),
            (_, None) => ("nothing is owed".to_owned(), false),
        }
    }

    /// Each lever with its share, its value and why it goes no further.
    fn tip(&self, direction: Direction) -> String {
        let Some(found) = self.told.side(direction).all.found() else { return String::new() };
        let lines = found.parts.iter().enumerate().map(|(k, part)| {
            let value = found.values.get(k).map_or_else(String::new, |v| lever_value(self.action(k), *v));
            let stop = found.stops.get(k).copied().flatten();
            let stop = stop.map_or_else(String::new, |stop| format!(", {}", stop_words(self.spec, &stop)));
            format!("{} {} at {value}{stop}", self.label(k), self.with_unit(*part))
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Each lever alone.
    fn levers(&self, ui: &Ui, pen: &Pen, rect: Rect) {
        let theme = &pen.theme;
        let (up_x, down_x) = (rect.right() - COLUMN, rect.right());
        let y = rect.top() + ROW / 2.0;
        let head = "Each lever alone";
        pen.text(pos2(rect.left(), y), Align::Min, head, Face::Caption, theme.text3);
        pen.text(pos2(up_x, y), Align::Max, "up", Face::Caption, theme.text3);
        pen.text(pos2(down_x, y), Align::Max, "down", Face::Caption, theme.text3);
        for k in 0..self.table.levers.len() {
            let place =
                Rect::from_min_size(pos2(rect.left(), rect.top() + ROW * (k as f32 + 1.0)), vec2(rect.width(), ROW));
            pen.hline(place.left(), place.right(), place.top(), theme.hairline());
            let y = place.center().y;
            let edge = Rect::from_min_size(pos2(place.left(), y - 6.0), vec2(3.0, 12.0));
            pen.painter.rect_filled(edge, 0.0, theme.accent_of(self.carrier(k)));
            let label = self.label(k);
            let at = pen.text(pos2(place.left() + 9.0, y), Align::Min, label, Face::Label, theme.text);
            let alone = Direction::BOTH.map(|d| self.told.side(d).alone.get(k));
            for (reach, x) in alone.iter().zip([up_x, down_x]) {
                let amount = reach.and_then(Reach::found).map(|f| f.amount);
                let quiet = amount.is_none_or(|a| a.abs() < 0.5 * 10_f64.powi(-(self.table.decimals as i32)));
                let words = amount.map_or_else(|| "–".to_owned(), |a| self.with_unit(a));
                let ink = if quiet { *theme.text3 } else { *theme.text };
                pen.text(pos2(x, y), Align::Max, &words, Face::NumberLabel, ink);
            }
            let why = Direction::BOTH.map(|d| self.why(d, k));
            let held = alone.iter().zip(&why).find(|(_, why)| why.starts_with("held") || why.ends_with("anyway"));
            if let Some((_, why)) = held {
                let room = up_x - COLUMN - at.right();
                pen.text_within(pos2(at.right() + 8.0, y), Align::Min, room, why, Face::Caption, theme.text3);
            }
            let told = alone.map(|reach| match reach.and_then(Reach::found) {
                Some(found) => self.with_unit(found.amount),
                None => "nothing".to_owned(),
            });
            let words = format!("{label} alone: up {}, down {}", told[0], told[1]);
            let tip = format!("{words}\nUp: {}. Down: {}. The other levers stay where they are.", why[0], why[1]);
            spoken(ui, place, ui.id().with(("headroom lever", k)), &words).on_hover_text(tip);
        }
    }

    /// Why a lever goes no further by itself.
    fn why(&self, direction: Direction, lever: usize) -> String {
        match self.told.side(direction).alone.get(lever) {
            Some(Reach::Can(found)) => {
                let stop = found.stops.get(lever).copied().flatten();
                stop.map_or_else(String::new, |stop| stop_words(self.spec, &stop))
            }
            Some(Reach::Cannot(passed)) => format!("{} is passed anyway", passed_words(self.spec, passed)),
            None => String::new(),
        }
    }

    /// Forms of energy with the names of their levers, in the order of the bars.
    fn groups(&self) -> Vec<(Carrier, String)> {
        let mut all: Vec<(Carrier, String)> = Vec::new();
        for k in 0..self.table.levers.len() {
            let (carrier, label) = (self.carrier(k), self.label(k));
            match all.last_mut() {
                Some((last, names)) if *last == carrier => *names = format!("{names}, {label}"),
                _ => all.push((carrier, label.to_owned())),
            }
        }
        all
    }

    fn legend_height(&self, pen: &Pen, width: f32) -> f32 {
        let mut lines = 1.0;
        let mut x = 0.0;
        for (_, names) in self.groups() {
            let own = pen.width(&names, Face::Label) + 30.0;
            if x > 0.0 && x + own > width + 16.0 {
                lines += 1.0;
                x = 0.0;
            }
            x += own;
        }
        18.0 * lines
    }

    fn legend(&self, pen: &Pen, rect: Rect) {
        let theme = &pen.theme;
        let (mut x, mut y) = (rect.left(), rect.top() + 8.0);
        for (carrier, names) in self.groups() {
            let own = pen.width(&names, Face::Label) + 30.0;
            if x > rect.left() && x + own > rect.right() + 16.0 {
                (x, y) = (rect.left(), y + 18.0);
            }
            let sample = Rect::from_min_size(pos2(x, y - 5.0), vec2(10.0, 10.0));
            pen.painter.rect_filled(sample, 0.0, theme.accent_of(carrier));
            pen.text(pos2(x + 15.0, y), Align::Min, &names, Face::Label, theme.text2);
            x += own;
        }
    }
}

/// A lever's value as people call it.
fn lever_value(action: Option<&Action>, value: f64) -> String {
    match action.map(|a| &a.domain) {
        Some(Domain::Discrete { labels }) => labels.get(value.max(0.0) as usize).cloned().unwrap_or_default(),
        _ => format_number(value, 2),
    }
}

/// Black or white, whichever reads better on a colour.
fn ink_on(colour: Color32) -> Color32 {
    let [r, g, b, _] = colour.to_array().map(f32::from);
    if 0.299 * r + 0.587 * g + 0.114 * b > 128.0 { Color32::BLACK } else { Color32::WHITE }
}
