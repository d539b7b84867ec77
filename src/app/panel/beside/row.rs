//! A row of the tile Runs: whether it is drawn, its line, its name, who drives it, where it stands, what it earned.

use egui::{
    Align, CursorIcon, Key, Popup, PopupCloseBehavior, Rect, Sense, TextEdit, Ui, WidgetInfo, WidgetType, pos2, vec2,
};

use crate::app::theme::Face;
use crate::control::shown_name;
use crate::session::{Command, RunEntry, RunKind};

use super::super::glyph::Glyph;
use super::super::pen::Pen;
use super::super::widget::{Button, Look as Dress, focus_ring};
use super::super::words::{clock, grouped, signed};
use super::super::{Cx, PanelState};
use super::runs::{PAD, reward_metric};
use super::tick_box;

/// Height of a row.
const ROW: f32 = 44.0;

/// Places of run colours that a person can choose.
const COLOURS: usize = 8;

/// What drives a run and where it stands, in words.
fn details(run: &RunEntry) -> String {
    let time = |tick: u64| clock(run.spec.calendar.civil(tick));
    let mut words = match run.kind {
        RunKind::Log => "log".to_owned(),
        _ => run.controllers.split(" + ").map(shown_name).collect::<Vec<_>>().join(" + "),
    };
    if run.kind == RunKind::Branch {
        words.push_str(&format!(", from {}", time(run.branched_at)));
    }
    match (run.reading, &run.end) {
        (Some(part), _) => words.push_str(&format!(", {:.0}{}% read", part * 100.0, super::super::words::SPACE)),
        (None, Some(end)) => words.push_str(&format!(", ended {}: {}", time(run.reach), end.cause)),
        (None, None) if run.kind == RunKind::Log => words.push_str(&format!(", {} ticks", grouped(run.reach))),
        (None, None) => words.push_str(&format!(", to {}", time(run.reach))),
    }
    words
}

/// Draws a row; `rank` is its place in a race.
pub(super) fn show(
    ui: &mut Ui,
    width: f32,
    run: &RunEntry,
    rank: Option<usize>,
    state: &mut PanelState,
    cx: &mut Cx<'_>,
) {
    let theme = cx.theme;
    let (_, rect) = ui.allocate_space(vec2(width, ROW));
    if !ui.is_rect_visible(rect) {
        return;
    }
    let id = ui.id().with(("run", run.id));
    let shown = run.id == cx.view.beside.shown;
    let ground = ui.interact(rect, id, Sense::click());
    let words = details(run);
    let place = rank.map_or(String::new(), |k| format!(", place {k}"));
    let name = format!("Run {}{place}: {words}", run.name);
    ground.widget_info(|| WidgetInfo::selected(WidgetType::SelectableLabel, true, shown, &name));
    let pen = Pen::new(ui, &theme);
    if shown {
        pen.painter.rect_filled(rect, 0.0, theme.select_bg);
    } else if ground.hovered() {
        pen.painter.rect_filled(rect, 0.0, theme.hover);
    }
    pen.hline(rect.left(), rect.right(), rect.bottom() - 0.5, theme.hairline());
    let (first, second) = (rect.top() + 14.0, rect.top() + 32.0);
    visibility(
        ui,
        &pen,
        Rect::from_center_size(pos2(rect.left() + 20.0, rect.center().y), vec2(24.0, 24.0)),
        run,
        state,
        cx,
    );
    let look = state.charts.compare.look(&theme, run);
    let sample = Rect::from_min_size(pos2(rect.left() + 36.0, rect.center().y - 10.0), vec2(24.0, 20.0));
    colour(ui, &pen, sample, run, state, cx);
    look.sample(&pen, Rect::from_min_size(pos2(sample.left() + 1.0, rect.center().y - 1.0), vec2(22.0, 2.0)));
    let left = rect.left() + 68.0;
    let mut right = rect.right() - PAD;
    let menu = Rect::from_center_size(pos2(right - 10.0, first), vec2(20.0, 20.0));
    more(ui, menu, run, shown, state, cx);
    right = menu.left() - 4.0;
    if shown {
        let at = pen.text(pos2(right - 4.0, first), Align::Max, "shown", Face::Label, theme.text2);
        right = at.left() - 8.0;
    } else if rect.width() > 250.0 && run.kind != RunKind::Log {
        let spoken_name = format!("Follow {}", run.name);
        let button =
            Button { name: &spoken_name, ..Button::words("Follow", "Shows this run; the shown one stands beside") };
        let at = Rect::from_min_size(pos2(right - 56.0, first - 10.0), vec2(56.0, 20.0));
        if button.show(ui, &theme, at, id.with("follow")).clicked() {
            cx.out.push(Command::Follow(run.id));
        }
        right = at.left() - 8.0;
    }
    title(ui, &pen, Rect::from_min_max(pos2(left, first - 10.0), pos2(right, first + 10.0)), run, rank, state, cx);
    let mut end = rect.right() - PAD;
    if let Some(metric) = reward_metric(cx.view, run.race)
        && run.kind != RunKind::Log
    {
        let value = run.metrics.get(metric).copied().unwrap_or(f64::NAN);
        let text = if value.is_finite() { signed(value, 1) } else { "–".to_owned() };
        let at = pen.text(pos2(end, second), Align::Max, &text, Face::NumberLabel, theme.text);
        end = at.left() - 8.0;
    }
    pen.text_within(pos2(left, second), Align::Min, end - left, &words, Face::Label, theme.text2);
    focus_ring(ui, &theme, &ground, rect.shrink(3.0));
    if ground.clicked() && !shown && run.kind != RunKind::Log {
        cx.out.push(Command::Follow(run.id));
    }
    let tip =
        cx.view.spec.metrics.get(reward_metric(cx.view, run.race).unwrap_or(usize::MAX)).map_or("", |m| m.doc.as_str());
    let act = if shown { "This run is shown" } else { "A click shows this run; the shown one stands beside" };
    ground
        .on_hover_cursor(if shown { CursorIcon::Default } else { CursorIcon::PointingHand })
        .on_hover_text(format!("{words}\n{act}. The number: {tip}"));
}

fn visibility(ui: &Ui, pen: &Pen, rect: Rect, run: &RunEntry, state: &mut PanelState, cx: &Cx<'_>) {
    let shown = run.id == cx.view.beside.shown;
    let on = shown || state.charts.compare.shows(run);
    let response =
        ui.interact(rect, ui.id().with(("visible", run.id)), if shown { Sense::hover() } else { Sense::click() });
    let name = format!("Draw {}", run.name);
    response.widget_info(|| WidgetInfo::selected(WidgetType::Checkbox, !shown, on, &name));
    tick_box(pen, Rect::from_center_size(rect.center(), vec2(14.0, 14.0)), on);
    focus_ring(ui, &cx.theme, &response, rect.shrink(3.0));
    if response.clicked() {
        state.charts.compare.toggle(run);
    }
    response.on_hover_text(if shown { "The shown run is always drawn" } else { "Whether charts and timeline draw it" });
}

/// The sample of its line: a click offers colours.
fn colour(ui: &Ui, pen: &Pen, rect: Rect, run: &RunEntry, state: &mut PanelState, cx: &Cx<'_>) {
    let response = ui.interact(rect, ui.id().with(("colour", run.id)), Sense::click());
    let name = format!("Colour of {}", run.name);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &name));
    if response.hovered() {
        pen.painter.rect_filled(rect.expand(2.0), 3.0, cx.theme.raised);
    }
    focus_ring(ui, &cx.theme, &response, rect);
    Popup::menu(&response).gap(4.0).show(|ui| palette(ui, run, state, cx));
    response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text("Colour and dash of its lines");
}

fn palette(ui: &mut Ui, run: &RunEntry, state: &mut PanelState, cx: &Cx<'_>) {
    let present = state.charts.compare.look(&cx.theme, run).index % COLOURS;
    for index in 0..COLOURS {
        let look = super::Look::of(&cx.theme, index);
        let (rect, response) = ui.allocate_exact_size(vec2(92.0, 20.0), Sense::click());
        let name = format!("Colour {} for {}", index + 1, run.name);
        response.widget_info(|| WidgetInfo::selected(WidgetType::RadioButton, true, index == present, &name));
        let pen = Pen::new(ui, &cx.theme);
        if response.hovered() || response.has_focus() {
            pen.painter.rect_filled(rect, 3.0, cx.theme.hover);
        }
        if index == present {
            pen.painter.circle_filled(pos2(rect.left() + 8.0, rect.center().y), 3.0, cx.theme.focus);
        }
        look.sample(&pen, Rect::from_min_size(pos2(rect.left() + 20.0, rect.center().y - 1.0), vec2(64.0, 2.0)));
        if response.clicked() {
            state.charts.compare.colours.insert(run.name.clone(), index);
            ui.close();
        }
    }
}

/// The name, or the field in which it is changed.
fn title(
    ui: &mut Ui,
    pen: &Pen,
    rect: Rect,
    run: &RunEntry,
    rank: Option<usize>,
    state: &mut PanelState,
    cx: &mut Cx<'_>,
) {
    if let Some((id, mut name, fresh)) = state.runs.renaming.clone().filter(|(id, ..)| *id == run.id) {
        let field = rect.with_max_x(rect.right().max(rect.left() + 60.0));
        let mut done = None;
        super::super::inside(ui, field, ("rename", run.id), |ui| {
            let edit = ui.add_sized(field.size(), TextEdit::singleline(&mut name).vertical_align(Align::Center));
            ui.ctx().accesskit_node_builder(edit.id, |node| node.set_label("Name of the run"));
            if fresh {
                edit.request_focus();
            }
            if edit.lost_focus() {
                let dropped = ui.input(|i| i.key_pressed(Key::Escape));
                done = Some(!dropped);
            }
        });
        let wanted = name.trim().to_owned();
        state.runs.renaming = if done.is_none() { Some((id, name, false)) } else { None };
        if done == Some(true) && !wanted.is_empty() && wanted != run.name {
            // What a person chose for a run stays with it under its new name.
            let compare = &mut state.charts.compare;
            if compare.hidden.remove(&run.name) {
                compare.hidden.insert(wanted.clone());
            }
            if let Some(colour) = compare.colours.remove(&run.name) {
                compare.colours.insert(wanted.clone(), colour);
            }
            cx.out.push(Command::Rename { id, name: wanted });
        }
        return;
    }
    let y = rect.center().y;
    let mut x = rect.left();
    if let Some(rank) = rank {
        let words = format!("{rank}.");
        x = pen.text(pos2(x, y), Align::Min, &words, Face::NumberLabel, pen.theme.text2).right() + 6.0;
    }
    let at = pen.text_within(pos2(x, y), Align::Min, rect.right() - x, &run.name, Face::Title, pen.theme.text);
    let response = ui.interact(at.expand(2.0), ui.id().with(("name", run.id)), Sense::click());
    if response.double_clicked() {
        state.runs.renaming = Some((run.id, run.name.clone(), true));
    } else if response.clicked() && run.id != cx.view.beside.shown && run.kind != RunKind::Log {
        cx.out.push(Command::Follow(run.id));
    }
    response.on_hover_text("A double click changes the name");
}

/// Everything else that can be done with a run.
fn more(ui: &Ui, rect: Rect, run: &RunEntry, shown: bool, state: &mut PanelState, cx: &mut Cx<'_>) {
    let name = format!("More about {}", run.name);
    let button = Button::sign(Glyph::More, &name, "Rename, promote, close").look(Dress::Quiet);
    let response = button.show(ui, &cx.theme, rect, ui.id().with(("more", run.id)));
    let popup = Popup::menu(&response).gap(4.0).close_behavior(PopupCloseBehavior::CloseOnClick);
    popup.show(|ui| {
        ui.set_min_width(170.0);
        let item = |ui: &mut Ui, words: &str, tip: &str, why: Option<&str>| {
            let response = ui.add_enabled(why.is_none(), egui::Button::new(words)).on_hover_text(tip);
            response.on_disabled_hover_text(why.unwrap_or_default()).clicked()
        };
        if item(ui, "Rename…", "Gives it another name", None) {
            state.runs.renaming = Some((run.id, run.name.clone(), true));
        }
        let log = (run.kind == RunKind::Log).then_some("A log only stands beside.");
        let why = log.or((run.kind == RunKind::Home).then_some("It is the home run."));
        if item(ui, "Promote", "Makes it the home run; its parents stay", why) {
            cx.out.push(Command::Promote(run.id));
        }
        let why = shown.then_some("It is shown: follow another run first.");
        if item(ui, "Close", "Takes it away", why) {
            cx.out.push(Command::Close(run.id));
        }
    });
}
