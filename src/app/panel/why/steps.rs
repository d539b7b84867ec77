//! The tile One step more: what one step less and one step more of each lever would have changed.

use egui::{Align, Rect, ScrollArea, Stroke, Ui, pos2, vec2};

use crate::app::panel::pen::Pen;
use crate::app::panel::widget::spoken;
use crate::app::panel::words::{SPACE, signed};
use crate::app::panel::{Cx, PanelState};
use crate::app::theme::{Face, corners};
use crate::rollout::{SlotWhy, StepWhy, Why};

use super::{Ink, PAD, chosen, told};

/// Lowest and highest line of a step.
const ROWS: (f32, f32) = (18.0, 26.0);

/// Height of captions and of the sentence below.
const LINE: f32 = 24.0;

/// Where the columns stand, and how long a bar is.
struct Places {
    name_room: f32,
    given: f32,
    middle: f32,
    half: f32,
    change: f32,
    most: f64,
    digits: usize,
}

/// A line of the table.
#[derive(Clone, Copy)]
struct Line<'a> {
    slot: &'a SlotWhy,
    step: &'a StepWhy,
    best: bool,
}

/// Steps of the slot that is chosen and of those that decide as often as it does, the chosen one first.
fn lines<'a>(why: &'a Why, slot: usize, cx: &Cx<'_>) -> Vec<Line<'a>> {
    let period = |s: usize| cx.view.spec.slots.get(s).map(|slot| slot.period_ticks);
    let mut slots: Vec<&SlotWhy> = why.slots.iter().filter(|s| period(s.slot) == period(slot)).collect();
    slots.sort_by_key(|s| s.slot != slot);
    let lines = slots.into_iter().flat_map(|slot| {
        slot.steps.iter().enumerate().map(move |(k, step)| Line { slot, step, best: slot.best == Some(k) })
    });
    lines.collect()
}

/// Unit of what a step gives.
fn unit_of(slot: &SlotWhy, lever: usize) -> &str {
    match &slot.service {
        Some(service) => &service.unit,
        None => slot.levers.get(lever).map_or("", |l| l.unit.as_str()),
    }
}

/// Draws the tile's body.
pub(in crate::app::panel) fn show(ui: &mut Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    crate::app::panel::inside(ui, rect, "one step more", |ui| {
        let Some((why, ink)) = told(ui, rect, state, cx) else { return };
        let Some(chosen) = chosen(&state.why, cx.view) else { return };
        let Some(slot) = why.slots.get(chosen) else { return };
        let theme = &ink.theme;
        let pen = Pen::new(ui, theme);
        let lines = lines(why, chosen, cx);
        if lines.is_empty() {
            let words = if slot.drives { "No decision has been made yet." } else { "Nobody drives this slot." };
            let at = pen.text(rect.min + vec2(PAD, 20.0), Align::Min, words, Face::Body, ink.of(theme.text2));
            spoken(ui, at, ui.id().with("no steps"), words);
            return;
        }
        // One unit stands in the caption, several beside their numbers.
        let first = lines.first().map_or("", |l| unit_of(l.slot, l.step.lever));
        let common = lines.iter().all(|l| unit_of(l.slot, l.step.lever) == first);
        let places = places(&pen, rect, &lines, common.then_some(first));
        let y = rect.top() + LINE / 2.0 + 1.0;
        let caption = |x: f32, align: Align, text: &str| {
            pen.text(pos2(x, y), align, text, Face::Caption, ink.of(theme.text3));
        };
        let when = if slot.until > slot.decided.unwrap_or(0) + 1 { "this interval" } else { "this tick" };
        caption(rect.left() + PAD, Align::Min, &format!("lever, {when}"));
        caption(places.given, Align::Max, &given_words(slot, common.then_some(first)));
        if places.half > 12.0 {
            caption(places.middle, Align::Center, "reward");
        }
        caption(places.change, Align::Max, "change");
        let body = Rect::from_min_max(
            pos2(rect.left(), rect.top() + LINE),
            pos2(rect.right(), (rect.bottom() - LINE - 4.0).max(rect.top() + LINE)),
        );
        let high = (body.height() / lines.len() as f32).clamp(ROWS.0, ROWS.1);
        crate::app::panel::inside(ui, body, "steps", |ui| {
            ScrollArea::vertical().id_salt("steps").auto_shrink(false).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                for (index, line) in lines.iter().enumerate() {
                    let (_, row) = ui.allocate_space(vec2(rect.width(), high));
                    if ui.is_rect_visible(row) {
                        draw(ui, row, (index, *line), &places, !common, ink, cx);
                    }
                }
            });
        });
        let best = slot.best.and_then(|best| slot.steps.get(best)).map_or_else(
            || "No single step would have earned more.".to_owned(),
            |step| format!("Best single step: {}, reward {}.", step.label, signed(step.reward, places.digits)),
        );
        let y = (body.top() + high * lines.len() as f32).min(body.bottom()) + LINE / 2.0 + 2.0;
        let at = pos2(rect.left() + PAD, y);
        let line =
            pen.text_within(at, Align::Min, rect.width() - 2.0 * PAD, &best, Face::LabelStrong, ink.of(theme.text));
        spoken(ui, line, ui.id().with("best"), &best).on_hover_text(
            "The step whose stretch, run again through the plant, comes to the highest reward; the change is told, \
             without unit",
        );
    });
}

/// Caption of what a step gives.
fn given_words(slot: &SlotWhy, unit: Option<&str>) -> String {
    let gives = if slot.service.is_some() { "gives" } else { "effect" };
    unit.filter(|u| !u.is_empty()).map_or_else(|| gives.to_owned(), |unit| format!("{gives}, {unit}"))
}

/// What a step gives, with its unit where the caption does not tell it.
fn given(line: Line<'_>, with_unit: bool) -> String {
    let number = signed(line.step.given, 2);
    let unit = unit_of(line.slot, line.step.lever);
    if with_unit && !unit.is_empty() { format!("{number}{SPACE}{unit}") } else { number }
}

fn places(pen: &Pen, rect: Rect, lines: &[Line<'_>], unit: Option<&str>) -> Places {
    let steps = || lines.iter().map(|l| l.step);
    let most = steps().map(|s| s.reward.abs()).filter(|r| r.is_finite()).fold(0.0, f64::max);
    // Small rewards keep three digits that say something.
    let digits = if most > 0.0 && most < 0.01 { 5 } else { 3 };
    let names = steps().map(|s| pen.width(&s.label, Face::Label)).fold(0.0, f32::max);
    let told = lines.iter().filter(|l| l.step.given.is_finite());
    let given = told.map(|l| pen.width(&given(*l, unit.is_none()), Face::NumberLabel)).fold(0.0, f32::max);
    let caption = lines.first().map_or(String::new(), |l| given_words(l.slot, unit));
    let given = given.max(pen.width(&caption, Face::Caption));
    let changes = steps().map(|s| pen.width(&signed(s.reward, digits), Face::NumberLabel)).fold(0.0, f32::max);
    let changes = changes.max(pen.width("at its limit", Face::Label));
    let name_room = names.min(0.42 * rect.width());
    let given_at = rect.left() + PAD + name_room + 12.0 + given;
    let change = rect.right() - PAD;
    let (from, to) = (given_at + 14.0, change - changes - 10.0);
    Places {
        name_room,
        given: given_at,
        middle: (from + to) / 2.0,
        half: ((to - from) / 2.0).max(0.0),
        change,
        most: most.max(1e-12),
        digits,
    }
}

fn draw(ui: &Ui, row: Rect, (index, line): (usize, Line<'_>), places: &Places, with_unit: bool, ink: Ink, cx: &Cx<'_>) {
    let Line { slot, step, best } = line;
    let theme = &ink.theme;
    let pen = Pen::new(ui, theme);
    let y = row.center().y;
    if best {
        let ground = row.shrink2(vec2(PAD - 6.0, 0.5));
        pen.painter.rect_filled(ground, corners(2.0), ink.of(theme.select_bg));
    }
    pen.hline(row.left() + PAD, row.right() - PAD, row.bottom(), Stroke::new(1.0, ink.of(theme.line)));
    let face = if best { Face::LabelStrong } else { Face::Label };
    let at = pos2(row.left() + PAD, y);
    pen.text_within(at, Align::Min, places.name_room, &step.label, face, ink.of(theme.text));
    if step.trial.is_some() && step.given.is_finite() {
        let text = given(line, with_unit);
        let shade = if step.given == 0.0 { theme.text3 } else { theme.text2 };
        pen.text(pos2(places.given, y), Align::Max, &text, Face::NumberLabel, ink.of(shade));
    }
    // Words take the room of the bar.
    let moves = step.reward.is_finite() && step.reward != 0.0;
    let silent = !step.held.is_empty() && !moves;
    let room = places.change - if silent { places.given + 14.0 } else { places.middle };
    if places.half > 12.0 && !silent {
        pen.vline(places.middle, row.top(), row.bottom(), Stroke::new(1.0, ink.of(theme.line_strong)));
        if moves {
            let action = cx.view.spec.slots.get(slot.slot).and_then(|s| s.actions.get(step.lever));
            let colour = action.map_or(*theme.text2, |a| theme.accent_of(a.carrier));
            let end = places.middle + (step.reward / places.most) as f32 * places.half;
            let (a, b) = (places.middle.min(end), places.middle.max(end).max(places.middle.min(end) + 1.0));
            let bar = Rect::from_min_max(pos2(a, y - 5.0), pos2(b, y + 5.0));
            pen.painter.rect_filled(bar, 0.0, ink.of(colour));
        }
    }
    let told = step.trial.is_some() && step.reward.is_finite();
    let (text, face, shade) = if told && (step.reward != 0.0 || step.held.is_empty()) {
        (signed(step.reward, places.digits), Face::NumberLabel, theme.text)
    } else if step.held.is_empty() {
        ("not told".to_owned(), Face::Label, theme.text3)
    } else {
        (step.held.clone(), Face::Label, theme.text3)
    };
    pen.text_within(pos2(places.change, y), Align::Max, room.max(40.0), &text, face, ink.of(shade));
    let words = match told {
        true => format!("{}: reward {}", step.label, signed(step.reward, places.digits)),
        false => format!("{}: {text}", step.label),
    };
    let trips = step.trial.is_some_and(|t| t.trips);
    let tip = format!(
        "{words}{}{}",
        if step.held.is_empty() { String::new() } else { format!("\n{}", step.held) },
        if trips { "\nIt would have broken a limit" } else { "" },
    );
    spoken(ui, row, ui.id().with(("step", index)), &words).on_hover_text(tip);
}
