//! The tile One step more: what one step less and one step more of each lever would have changed.

use egui::{Align, Rect, ScrollArea, Stroke, Ui, pos2, vec2};

use crate::app::panel::pen::Pen;
use crate::app::panel::widget::spoken;
use crate::app::panel::words::signed;
use crate::app::panel::{Cx, PanelState};
use crate::app::theme::{Face, corners};
use crate::rollout::{SlotWhy, StepWhy};

use super::{Ink, PAD, told_slot};

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

/// Draws the tile's body.
pub(in crate::app::panel) fn show(ui: &mut Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    crate::app::panel::inside(ui, rect, "one step more", |ui| {
        let Some(told) = told_slot(ui, rect, state, cx) else { return };
        let (slot, ink) = (told.slot, told.ink);
        let theme = &ink.theme;
        let pen = Pen::new(ui, theme);
        if slot.steps.is_empty() {
            let words = if slot.drives { "No decision has been made yet." } else { "Nobody drives this slot." };
            pen.text(rect.min + vec2(PAD, 20.0), Align::Min, words, Face::Body, ink.of(theme.text2));
            return;
        }
        let unit = slot
            .service
            .as_ref()
            .map_or_else(|| slot.levers.first().map_or("", |l| l.unit.as_str()), |service| service.unit.as_str());
        let places = places(&pen, rect, slot, unit);
        let y = rect.top() + LINE / 2.0 + 1.0;
        let caption = |x: f32, align: Align, text: &str| {
            pen.text(pos2(x, y), align, text, Face::Caption, ink.of(theme.text3));
        };
        let when = if slot.until > slot.decided.unwrap_or(0) + 1 { "this interval" } else { "this tick" };
        caption(rect.left() + PAD, Align::Min, &format!("lever, {when}"));
        let gives = if slot.service.is_some() { "gives" } else { "effect" };
        caption(places.given, Align::Max, &if unit.is_empty() { gives.to_owned() } else { format!("{gives}, {unit}") });
        if places.half > 12.0 {
            caption(places.middle, Align::Center, "reward");
        }
        caption(places.change, Align::Max, "change");
        let body = Rect::from_min_max(
            pos2(rect.left(), rect.top() + LINE),
            pos2(rect.right(), (rect.bottom() - LINE - 4.0).max(rect.top() + LINE)),
        );
        let high = (body.height() / slot.steps.len() as f32).clamp(ROWS.0, ROWS.1);
        crate::app::panel::inside(ui, body, "steps", |ui| {
            ScrollArea::vertical().id_salt("steps").auto_shrink(false).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                for (index, step) in slot.steps.iter().enumerate() {
                    let (_, row) = ui.allocate_space(vec2(rect.width(), high));
                    if ui.is_rect_visible(row) {
                        draw(ui, row, (index, step), &places, slot, ink, cx);
                    }
                }
            });
        });
        let best = slot.best.and_then(|best| slot.steps.get(best)).map_or_else(
            || "No single step would have earned more.".to_owned(),
            |step| format!("Best single step: {}, reward {}.", step.label, signed(step.reward, 3)),
        );
        let y = (body.top() + high * slot.steps.len() as f32).min(body.bottom()) + LINE / 2.0 + 2.0;
        let at = pos2(rect.left() + PAD, y);
        let line =
            pen.text_within(at, Align::Min, rect.width() - 2.0 * PAD, &best, Face::LabelStrong, ink.of(theme.text));
        spoken(ui, line, ui.id().with("best"), &best);
    });
}

fn places(pen: &Pen, rect: Rect, slot: &SlotWhy, unit: &str) -> Places {
    let most = slot.steps.iter().map(|s| s.reward.abs()).filter(|r| r.is_finite()).fold(0.0, f64::max);
    // Small rewards keep three digits that say something.
    let digits = if most > 0.0 && most < 0.01 { 5 } else { 3 };
    let names = slot.steps.iter().map(|s| pen.width(&s.label, Face::Label)).fold(0.0, f32::max);
    let given = slot.steps.iter().map(|s| pen.width(&signed(s.given, 2), Face::NumberLabel)).fold(0.0, f32::max);
    let given = given.max(pen.width(&format!("gives, {unit}"), Face::Caption));
    let changes =
        slot.steps.iter().map(|s| pen.width(&signed(s.reward, digits), Face::NumberLabel)).fold(0.0, f32::max);
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

fn draw(ui: &Ui, row: Rect, (index, step): (usize, &StepWhy), places: &Places, slot: &SlotWhy, ink: Ink, cx: &Cx<'_>) {
    let theme = &ink.theme;
    let pen = Pen::new(ui, theme);
    let y = row.center().y;
    let best = slot.best == Some(index);
    if best {
        let ground = row.shrink2(vec2(PAD - 6.0, 0.5));
        pen.painter.rect_filled(ground, corners(2.0), ink.of(theme.select_bg));
    }
    pen.hline(row.left() + PAD, row.right() - PAD, row.bottom(), Stroke::new(1.0, ink.of(theme.line)));
    let face = if best { Face::LabelStrong } else { Face::Label };
    let at = pos2(row.left() + PAD, y);
    pen.text_within(at, Align::Min, places.name_room, &step.label, face, ink.of(theme.text));
    if step.trial.is_some() && step.given.is_finite() {
        let text = signed(step.given, 2);
        let shade = if step.given == 0.0 { theme.text3 } else { theme.text2 };
        pen.text(pos2(places.given, y), Align::Max, &text, Face::NumberLabel, ink.of(shade));
    }
    if places.half > 12.0 {
        pen.vline(places.middle, row.top(), row.bottom(), Stroke::new(1.0, ink.of(theme.line_strong)));
        if step.reward.is_finite() && step.reward != 0.0 {
            let action = cx.view.spec.slots.get(slot.slot).and_then(|s| s.actions.get(step.lever));
            let colour = action.map_or(*theme.text2, |a| theme.accent_of(a.carrier));
            let end = places.middle + (step.reward / places.most) as f32 * places.half;
            let (a, b) = (places.middle.min(end), places.middle.max(end).max(places.middle.min(end) + 1.0));
            let bar = Rect::from_min_max(pos2(a, y - 5.0), pos2(b, y + 5.0));
            pen.painter.rect_filled(bar, 0.0, ink.of(colour));
        }
    }
    let room = (places.change - places.middle).max(40.0);
    let told = step.trial.is_some() && step.reward.is_finite();
    let (text, face, shade) = if told && (step.reward != 0.0 || step.held.is_empty()) {
        (signed(step.reward, places.digits), Face::NumberLabel, theme.text)
    } else if step.held.is_empty() {
        ("not told".to_owned(), Face::Label, theme.text3)
    } else {
        (step.held.clone(), Face::Label, theme.text3)
    };
    pen.text_within(pos2(places.change, y), Align::Max, room, &text, face, ink.of(shade));
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
