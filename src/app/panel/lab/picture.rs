//! What a study shows: its figures, one at a time, and its findings; what is going on while it is run.

use std::sync::Arc;

use egui::{Align, Rect, ScrollArea, Sense, Ui, pos2, vec2};

use crate::app::board::{Ask, LabShown};
use crate::app::theme::{Face, ThemeName};
use crate::evaluate::figures::Sheet;
use crate::evaluate::study::Study;

use super::super::pen::Pen;
use super::super::widget::{Button, Look, Segment, segmented, spoken};
use super::super::{Cx, PanelState, drawing, inside};

/// Height of the line that tells what is going on.
const STATUS: f32 = 30.0;

/// A drawing, and what it was made from.
#[derive(Debug, Clone)]
pub(super) struct Drawn {
    of: Arc<LabShown>,
    exhibit: usize,
    size: (f32, f32),
    theme: ThemeName,
    sheet: Arc<Sheet>,
}

/// What is shown of a study, if it is shown.
fn have(study: &dyn Study, state: &PanelState) -> Option<Arc<LabShown>> {
    state.board.lab.shown.clone().filter(|have| have.key.study == study.name())
}

/// The height that drawing and findings want on a narrow tile.
pub(super) fn height(study: &dyn Study, width: f32, state: &PanelState) -> f32 {
    let Some(have) = have(study, state) else { return 220.0 };
    let exhibit = have.shown.exhibits.get(state.lab.exhibit.min(have.shown.exhibits.len().saturating_sub(1)));
    let drawing = exhibit.map_or(200.0, |e| e.height(f64::from(width.max(320.0))) as f32);
    drawing + 34.0 + STATUS + 40.0 * have.shown.findings.len() as f32
}

/// The drawing with what stands above and below it.
pub(super) fn show(ui: &mut Ui, rect: Rect, study: &'static dyn Study, state: &mut PanelState, cx: &mut Cx<'_>) {
    let theme = cx.theme;
    let rect = status(ui, rect, study, state, cx);
    let Some(have) = have(study, state) else {
        let failed = state.board.lab.failed.as_ref().is_some_and(|f| f.key.study == study.name());
        if !failed && state.board.lab.stopped.is_none() {
            note(ui, rect, "Working it out …", cx);
        }
        return;
    };
    let exhibits = &have.shown.exhibits;
    state.lab.exhibit = state.lab.exhibit.min(exhibits.len().saturating_sub(1));
    let mut body = rect;
    if exhibits.len() > 1 {
        let line = Rect::from_min_size(rect.min, vec2(rect.width(), 26.0));
        let segments: Vec<Segment<'_>> = exhibits
            .iter()
            .enumerate()
            .map(|(k, e)| Segment {
                words: &e.title,
                name: e.title.clone(),
                tip: &e.caption,
                chosen: k == state.lab.exhibit,
            })
            .collect();
        if let Some(k) = segmented(ui, &theme, line, ui.id().with("lab exhibits"), &segments) {
            state.lab.exhibit = k;
        }
        body = rect.with_min_y(line.bottom() + 6.0);
    }
    inside(ui, body, "lab shown", |ui| {
        ScrollArea::vertical().id_salt(("lab shown", study.name(), state.lab.exhibit)).auto_shrink(false).show(
            ui,
            |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                let width = ui.available_width();
                let below = findings_height(ui, width, &have, cx);
                let least = exhibits.get(state.lab.exhibit).map_or(200.0, |e| e.height(f64::from(width)) as f32);
                let height = least.max(body.height() - below).max(200.0);
                let (_, place) = ui.allocate_space(vec2(width, height));
                draw(ui, place, &have, state, cx);
                findings(ui, width, &have, cx);
            },
        );
    });
}

/// A line about a study that is being run, was stopped or failed; returns the room below it.
fn status(ui: &mut Ui, rect: Rect, study: &dyn Study, state: &mut PanelState, cx: &Cx<'_>) -> Rect {
    let theme = cx.theme;
    let line = Rect::from_min_size(rect.min, vec2(rect.width(), STATUS - 6.0));
    let below = rect.with_min_y(rect.top() + STATUS);
    let lab = &state.board.lab;
    let running = lab.running.as_ref().filter(|r| r.key.study == study.name() && !study.card().quick);
    let (words, ink, button) = if let Some(running) = running {
        let share = if running.of > 0 { 100.0 * running.done as f64 / running.of as f64 } else { 0.0 };
        let words =
            if running.stopping { "Stopping …".to_owned() } else { format!("Working it out, {share:.0} % …") };
        let bar = line.with_min_y(line.bottom() - 3.0);
        ui.painter().rect_filled(bar, 0.0, theme.sunken);
        let done = bar.with_max_x(bar.left() + bar.width() * share as f32 / 100.0);
        ui.painter().rect_filled(done, 0.0, theme.text2);
        (words, theme.text2, Some(("Cancel", "Stops the study; what was shown stays")))
    } else if let Some(failed) = lab.failed.as_ref().filter(|f| f.key.study == study.name()) {
        (format!("{} {}", failed.text, failed.cure), theme.text, Some(("Try again", "Runs the study again")))
    } else if lab.stopped.as_ref().is_some_and(|key| key.study == study.name()) {
        (
            "Stopped. What is shown is of other values.".to_owned(),
            theme.text2,
            Some(("Go on", "Runs the study after all")),
        )
    } else {
        return rect;
    };
    let pen = Pen::new(ui, &theme);
    let mut right = line.right();
    if let Some((label, tip)) = button {
        let button = Button::words(label, tip).look(Look::Plain);
        let width = button.width(&pen);
        let place = Rect::from_min_size(pos2(right - width, line.top()), vec2(width, 20.0));
        right = place.left() - 8.0;
        if button.show(ui, &theme, place, ui.id().with("lab status")).clicked() {
            if label == "Cancel" {
                state.board.asks.push(Ask::StopStudy);
            } else {
                state.board.lab.failed = None;
                state.board.lab.stopped = None;
                state.lab.asked = None;
            }
        }
    }
    let at = pos2(line.left(), line.top() + 10.0);
    let place = pen.text_within(at, Align::Min, right - line.left(), &words, Face::Label, ink);
    spoken(ui, place, ui.id().with("lab words"), &words).on_hover_text(words.as_str());
    below
}

/// A few words where there is no drawing.
fn note(ui: &Ui, body: Rect, words: &str, cx: &Cx<'_>) {
    let at = pos2(body.center().x, body.top() + 24.0);
    let place =
        Pen::new(ui, &cx.theme).text_within(at, Align::Center, body.width(), words, Face::Label, cx.theme.text3);
    spoken(ui, place, ui.id().with("lab note"), words);
}

/// Paints the exhibit, made anew where study, size or colours are others.
fn draw(ui: &mut Ui, rect: Rect, have: &Arc<LabShown>, state: &mut PanelState, cx: &Cx<'_>) {
    let Some(exhibit) = have.shown.exhibits.get(state.lab.exhibit) else { return };
    let size = (rect.width().round(), rect.height().round());
    let same = |d: &Drawn| {
        Arc::ptr_eq(&d.of, have) && d.exhibit == state.lab.exhibit && d.size == size && d.theme == state.theme
    };
    let sheet = match state.lab.drawn.as_ref().filter(|d| same(d)) {
        Some(drawn) => Arc::clone(&drawn.sheet),
        None => {
            let sheet = exhibit.sheet((f64::from(size.0), f64::from(size.1)), &drawing::ink(&cx.theme));
            let sheet = Arc::new(sheet);
            let (of, exhibit) = (Arc::clone(have), state.lab.exhibit);
            state.lab.drawn = Some(Drawn { of, exhibit, size, theme: state.theme, sheet: Arc::clone(&sheet) });
            sheet
        }
    };
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    drawing::paint(&painter, rect.min, &sheet);
    let words = format!("{}. {}", exhibit.title, exhibit.caption);
    let response = ui.interact(rect, ui.id().with("lab drawing"), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Image, true, &words));
}

/// Room between findings.
const GAP: f32 = 5.0;

fn findings_height(ui: &Ui, width: f32, have: &LabShown, cx: &Cx<'_>) -> f32 {
    let pen = Pen::new(ui, &cx.theme);
    let lines = have.shown.findings.iter().map(|f| pen.paragraph_height(width - 18.0, &f.words, Face::Label) + GAP);
    lines.sum::<f32>() + 14.0
}

/// What was found, in sentences.
fn findings(ui: &mut Ui, width: f32, have: &LabShown, cx: &Cx<'_>) {
    let theme = cx.theme;
    ui.add_space(8.0);
    for (k, finding) in have.shown.findings.iter().enumerate() {
        let pen = Pen::new(ui, &theme);
        let height = pen.paragraph_height(width - 18.0, &finding.words, Face::Label);
        let (_, place) = ui.allocate_space(vec2(width, height + GAP));
        pen.painter.circle_filled(pos2(place.left() + 5.0, place.top() + 8.0), 2.0, theme.text3);
        let at = pos2(place.left() + 14.0, place.top());
        let told = pen.paragraph(at, width - 18.0, &finding.words, Face::Label, theme.text);
        spoken(ui, told, ui.id().with(("lab finding", k)), &finding.words);
    }
}
