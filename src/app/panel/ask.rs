//! Questions about the run: number, unit and time, and a click that goes there. The field finds more of them, and the
//! extremes of any signal.

use std::sync::Arc;

use egui::{
    Align, Color32, CursorIcon, Rect, ScrollArea, Sense, Stroke, TextEdit, Ui, WidgetInfo, WidgetType, pos2, vec2,
};

use crate::app::board::{Answered, Ask, Asking, AskingKey};
use crate::app::theme::{Face, corners};
use crate::evaluate::ask::{Answer, Outcome};
use crate::plant::Question;
use crate::record::{Provenance, Recording};
use crate::session::{Command, PlayState, RunView};

use super::pen::Pen;
use super::widget::{self, spoken};
use super::{Cx, PanelState};

/// Height of a question.
const ROW: f32 = 26.0;

/// Height of the search field with the room around it.
const FIELD: f32 = 40.0;

/// From this width on time and share stand side by side.
const WIDE: f32 = 430.0;

/// Rows that pass before answers are worked out anew while time passes, as a share of those that there are.
const RENEWED: u64 = 200;

/// What a person looks for.
#[derive(Debug, Clone, Default)]
pub(super) struct AskState {
    search: String,
    /// What was asked for last.
    asked: Option<AskingKey>,
    /// Rows that were wanted back last: of which run, and how many lacked.
    needed: Option<(u64, String, u64)>,
}

/// All rows of what is shown, and where their columns come from.
fn rows(view: &RunView) -> (Recording, Option<Arc<[Provenance]>>) {
    match (&view.replay, view.beside.shown_run()) {
        (Some(replay), _) => (replay.all.clone(), Some(Arc::clone(&replay.provenance))),
        (None, Some(run)) => (run.recording.clone(), None),
        (None, None) => (view.recording.clone(), None),
    }
}

/// Asks where the answers at hand are of another run, another search, or old.
fn ask(state: &mut PanelState, cx: &Cx<'_>) -> AskingKey {
    let view = cx.view;
    let (recording, provenance) = rows(view);
    let key = AskingKey {
        run: view.run,
        log: view.replay.as_ref().map_or_else(String::new, |replay| replay.path.clone()),
        search: state.ask.search.trim().to_owned(),
        rows: recording.rows(),
        changes: recording.changes(),
    };
    let same = |have: &AskingKey| have.run == key.run && have.log == key.log && have.search == key.search;
    let moving = view.play == PlayState::Playing || view.replay.as_ref().is_some_and(|r| r.reading.is_some());
    let near = |have: &AskingKey| {
        let fresh = have.rows <= key.rows && key.rows - have.rows < (key.rows / RENEWED).max(60);
        same(have) && (have.rows == key.rows || moving && fresh)
    };
    // Rows that came back may tell more.
    let told = |have: &Answered| moving || have.unseen() == 0 || have.key.changes == key.changes;
    let answered = state.board.answered.as_ref();
    let known = answered.is_some_and(|have| near(&have.key) && have.is_whole() && told(have));
    // One asking at a time, except that another search or run does not wait.
    let busy = state.board.asking.as_ref().is_some_and(same);
    if known || busy || state.ask.asked.as_ref() == Some(&key) {
        return key;
    }
    state.ask.asked = Some(key.clone());
    state.board.asking = Some(key.clone());
    let (spec, schema) = (Arc::clone(&view.spec), Arc::clone(&view.schema));
    let asking = Asking { key: key.clone(), spec, schema, recording, provenance };
    state.board.asks.push(Ask::Question(Box::new(asking)));
    key
}

/// Wants rows back that went because memory is short, where answers lack them and time stands. What comes back may be
/// less than what was wanted: it is wanted again as long as that helps.
fn bring_back(state: &mut PanelState, key: &AskingKey, cx: &mut Cx<'_>) {
    let Some(have) = state.board.answered.as_ref().filter(|have| have.key == *key && have.is_whole()) else { return };
    let unseen = have.unseen();
    if unseen == 0 || cx.view.play == PlayState::Playing {
        return;
    }
    let before = state.ask.needed.as_ref().filter(|(run, log, _)| *run == key.run && *log == key.log);
    if before.is_some_and(|(.., lacked)| unseen >= *lacked) {
        return;
    }
    let gone = rows(cx.view).0.missing(0, key.rows);
    if let (Some(first), Some(last)) = (gone.first(), gone.last()) {
        state.ask.needed = Some((key.run, key.log.clone(), unseen));
        cx.out.push(Command::Need { run: None, from: first.start, to: last.end });
    }
}

/// Draws field and answers into a tile's body.
pub(super) fn show(ui: &mut Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    let theme = cx.theme;
    let pad = theme.tokens.space.tile_pad;
    if rect.width() < 80.0 || rect.height() < 30.0 {
        return;
    }
    let field = Rect::from_min_max(rect.min + vec2(pad, 8.0), pos2(rect.right() - pad, rect.top() + FIELD - 6.0));
    search(ui, field, state, cx);
    let key = ask(state, cx);
    bring_back(state, &key, cx);
    let body = rect.with_min_y((rect.top() + FIELD).min(rect.bottom()));
    let have = state
        .board
        .answered
        .clone()
        .filter(|have| have.key.run == key.run && have.key.log == key.log && have.key.search == key.search);
    let Some(have) = have else {
        return note(ui, body, "Working it out …", cx);
    };
    if have.list.is_empty() {
        return note(ui, body, "No question and no signal of these words", cx);
    }
    let body = progress(ui, body, &have, cx);
    super::inside(ui, body, "ask", |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ScrollArea::vertical().id_salt("ask").auto_shrink(false).show_rows(ui, ROW, have.list.len(), |ui, range| {
            for (place, (question, answer)) in have.list.iter().enumerate().skip(range.start).take(range.len()) {
                let (_, rect) = ui.allocate_space(vec2(ui.available_width(), ROW));
                row(ui, rect, place, question, answer.as_ref(), state, cx);
            }
        });
    });
}

/// A few words where there are no answers.
fn note(ui: &Ui, body: Rect, words: &str, cx: &Cx<'_>) {
    let at = pos2(body.center().x, body.top() + 20.0);
    let place =
        Pen::new(ui, &cx.theme).text_within(at, Align::Center, body.width() - 16.0, words, Face::Label, cx.theme.text3);
    spoken(ui, place, ui.id().with("ask note"), words);
}

/// A thin bar while answers are being worked out; returns the room below it.
fn progress(ui: &Ui, body: Rect, have: &Answered, cx: &Cx<'_>) -> Rect {
    if have.is_whole() || body.height() < 40.0 {
        return body;
    }
    let known = have.list.iter().filter(|(_, answer)| answer.is_some()).count();
    let share = known as f32 / have.list.len().max(1) as f32;
    let line = Rect::from_min_size(body.min, vec2(body.width(), 2.0));
    ui.painter().rect_filled(line, 0.0, cx.theme.sunken);
    let done = line.with_max_x(line.left() + share * line.width());
    ui.painter().rect_filled(done, 0.0, cx.theme.text2);
    let words = format!("{known} of {} questions are answered", have.list.len());
    spoken(ui, line, ui.id().with("ask progress"), &words);
    body.with_min_y(body.top() + 2.0)
}

fn search(ui: &mut Ui, field: Rect, state: &mut PanelState, cx: &Cx<'_>) {
    let theme = &cx.theme;
    let radius = corners(theme.tokens.radius.control);
    ui.painter().rect(field, radius, theme.sunken, theme.outline(), egui::StrokeKind::Inside);
    super::inside(ui, field, "ask field", |ui| {
        let edit = TextEdit::singleline(&mut state.ask.search)
            .hint_text("Find a question or a signal")
            .vertical_align(Align::Center)
            .frame(egui::Frame::NONE.inner_margin(egui::Margin::symmetric(8, 0)))
            .desired_width(f32::INFINITY);
        let response = ui.add_sized(field.size(), edit);
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_label("Find a question or a signal"));
    });
}

/// One question with its answer.
fn row(
    ui: &Ui,
    rect: Rect,
    place: usize,
    question: &Question,
    answer: Option<&Answer>,
    state: &mut PanelState,
    cx: &mut Cx<'_>,
) {
    let theme = cx.theme;
    let pen = Pen::new(ui, &theme);
    let goal = answer.and_then(|a| a.instant).filter(|tick| *tick <= cx.view.reach());
    let sense = if goal.is_some() { Sense::click() } else { Sense::hover() };
    let response = ui.interact(rect, ui.id().with(("question", place)), sense);
    let (text, more, time) = match answer {
        Some(a) => (a.text.as_str(), a.more.as_str(), a.time.as_str()),
        None => ("…", "", ""),
    };
    let all = [question.label.as_str(), text, more, time].into_iter().filter(|w| !w.is_empty());
    let name = all.collect::<Vec<_>>().join(", ");
    let kind = if goal.is_some() { WidgetType::Button } else { WidgetType::Label };
    response.widget_info(|| WidgetInfo::labeled(kind, true, &name));
    let here = goal.is_some() && goal == Some(cx.view.tick);
    let ground = if here {
        Some(*theme.select_bg)
    } else if response.hovered() && goal.is_some() {
        Some(*theme.hover)
    } else {
        None
    };
    if let Some(ground) = ground {
        pen.painter.rect_filled(rect.shrink2(vec2(1.0, 0.5)), 0.0, ground);
    }
    let (left, right, y) = (rect.left() + 12.0, rect.right() - 12.0, rect.center().y);
    let found = answer.is_some_and(|a| a.outcome == Outcome::Found);
    let faint: Color32 = if ground.is_some() { *theme.text2 } else { *theme.text3 };
    let mut x = right;
    if goal.is_some() {
        let stroke = Stroke::new(1.4, *theme.text2);
        let (tip, tail) = (pos2(x - 1.0, y), x - 5.0);
        pen.painter.line_segment([pos2(tail, y - 4.0), tip], stroke);
        pen.painter.line_segment([tip, pos2(tail, y + 4.0)], stroke);
    }
    x -= 14.0;
    // Columns of one width, so that numbers stand below each other.
    let wide = rect.width() >= WIDE;
    let last = if wide || more.is_empty() { time } else { more };
    let column = pen.width("30 Sep 00:00:00", Face::NumberLabel).min(rect.width() * 0.24);
    pen.text_within(pos2(x, y), Align::Max, column, last, Face::NumberLabel, *theme.text2);
    x -= column + 8.0;
    if wide {
        let column = rect.width() * 0.14;
        pen.text_within(pos2(x, y), Align::Max, column, more, Face::Label, *theme.text2);
        x -= column + 8.0;
    }
    let digits = text.chars().any(|c| c.is_ascii_digit());
    let face = if found && digits { Face::NumberLabel } else { Face::Label };
    let ink = if found { *theme.text } else { faint };
    // Where not both have room a number stands whole before its name, and a name before words.
    let (free, needed) = (x - left - 10.0, pen.width(text, face));
    let name = pen.width(&question.label, Face::Label);
    let room = if digits { needed.min(0.75 * free) } else { (free - name).max(0.4 * free) }.max(20.0);
    let value = pen.text_within(pos2(x, y), Align::Max, room, text, face, ink);
    let room = value.left() - left - 8.0;
    pen.text_within(pos2(left, y), Align::Min, room, &question.label, Face::Label, *theme.text);
    pen.hline(left, right, rect.bottom() - 0.5, theme.hairline());
    widget::focus_ring(ui, &theme, &response, rect.shrink(3.0));
    let response = if goal.is_some() { response.on_hover_cursor(CursorIcon::PointingHand) } else { response };
    let response = response.on_hover_text(tip(question, answer, goal.is_some()));
    if let Some(tick) = goal.filter(|_| response.clicked()) {
        cx.out.push(Command::GoTo { tick });
        state.charts.centre_on(cx.view, tick);
    }
}

/// What exactly the number is, and what else belongs to it.
fn tip(question: &Question, answer: Option<&Answer>, goes: bool) -> String {
    let mut lines = vec![question.doc.clone()];
    if let Some(a) = answer {
        let told = [a.text.as_str(), a.more.as_str(), a.detail.as_str(), a.time.as_str()];
        let told: Vec<&str> = told.into_iter().filter(|w| !w.is_empty()).collect();
        lines.push(told.join(", "));
        if a.unseen > 0 {
            lines.push(format!("{} rows are out of memory and may not be counted", a.unseen));
        }
    }
    if goes {
        lines.push("Click: goes there".to_owned());
    }
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}
