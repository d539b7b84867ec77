//! The scoreboard: the running episode beside stored results, and benchmarks that are started from here.

pub(super) mod column;
mod form;
mod running;
mod table;

use egui::{Align, Rect, ScrollArea, Ui, pos2, vec2};

use crate::app::board::{Ask, Progress};
use crate::app::command::WindowDeed;
use crate::app::theme::{Face, corners};

use super::error_card::sign;
use super::glyph::Glyph;
use super::pen::Pen;
use super::widget::{Button, Look, spoken};
use super::words::duration;
use super::{Cx, PanelState};

use form::Form;
use running::Running;
use table::Sorted;

/// Height of the line of buttons.
const HEAD: f32 = 34.0;

/// Height of the line of the progress.
const PROGRESS: f32 = 40.0;

/// Room at both sides.
const PAD: f32 = 12.0;

/// How a person looks at the scoreboard.
#[derive(Debug, Clone, Default)]
pub(super) struct ScoreboardState {
    /// What a benchmark is started with, while it is shown.
    form: Option<Form>,
    /// The form is wanted and made when the tile is drawn next.
    wanted: bool,
    /// Column that rows are sorted by.
    sorted: Sorted,
    /// The default folder was read.
    looked: bool,
}

impl ScoreboardState {
    /// Shows the form, or puts it away.
    pub fn toggle_form(&mut self) {
        self.wanted = self.form.take().is_none() && !self.wanted;
    }
}

/// Draws the scoreboard into a tile's body.
pub(super) fn show(ui: &mut Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    if !state.scoreboard.looked {
        state.scoreboard.looked = true;
        state.board.asks.push(Ask::Look);
    }
    let stale = state.scoreboard.form.as_ref().is_some_and(|form| !form.is_for(cx.view));
    if std::mem::take(&mut state.scoreboard.wanted) || stale {
        state.scoreboard.form = Some(Form::of(cx.view));
    }
    super::inside(ui, rect, "scoreboard", |ui| {
        let (head, mut body) = rect.split_top_bottom_at_y(rect.top() + HEAD.min(rect.height()));
        buttons(ui, head, state, cx);
        if let Some(now) = state.board.progress.clone() {
            let (line, rest) = body.split_top_bottom_at_y(body.top() + PROGRESS.min(body.height()));
            progress(ui, line, &now, cx);
            body = rest;
        }
        let running = Running::of(cx.view);
        let alone = state.board.stored.sections.is_empty() && state.scoreboard.form.is_none();
        if alone && running.is_none() {
            invite(ui, body, NOTHING, state, cx);
            return;
        }
        super::inside(ui, body, "rows", |ui| {
            ScrollArea::both().id_salt("scoreboard").auto_shrink(false).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                if let Some(mut form) = state.scoreboard.form.take() {
                    let kept = form::show(ui, body.width(), &mut form, state, cx);
                    state.scoreboard.form = kept.then_some(form);
                }
                let top = ui.cursor().top();
                table::show(ui, body.width(), state, running.as_ref(), cx);
                let rest = body.height() - (ui.cursor().top() - top) - 12.0;
                if alone && rest > 60.0 {
                    let (_, place) = ui.allocate_space(vec2(body.width(), rest));
                    let left = ui.clip_rect().left();
                    let place = Rect::from_min_size(pos2(left, place.top()), place.size());
                    invite(ui, place, ALONE, state, cx);
                }
            });
        });
    });
}

/// What is said where nothing is on the board.
const NOTHING: &str = "Nothing to compare yet: let time pass, open the results of a benchmark, or run one here.";

/// What is said where only the running episode is.
const ALONE: &str = "Only the running episode is here. Open the results of a benchmark to see it among them, or run a \
                     benchmark beside it.";

/// Buttons, and how much is on the board.
fn buttons(ui: &Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    let theme = cx.theme;
    let pen = Pen::new(ui, &theme);
    pen.hline(rect.left(), rect.right(), rect.bottom() - 0.5, theme.hairline());
    let running = state.board.progress.is_some();
    let busy = running.then_some("A benchmark is running");
    let stored = std::sync::Arc::clone(&state.board.stored);
    let none = stored.files.is_empty().then_some("No file is open");
    let open = Button::words("Open results…", "Puts the CSV files of benchmarks on the board");
    let bench = Button { disabled: busy, ..Button::words("Benchmark…", "What a benchmark can be started with") };
    let clear =
        Button { disabled: none, ..Button::words("Clear", "Takes all files off the board; they stay on the disk") };
    let mut x = rect.left() + PAD;
    let mut place = |button: &Button<'_>| {
        let width = button.width(&pen) + 8.0;
        let at = Rect::from_min_size(pos2(x, rect.top() + 5.0), vec2(width, 24.0));
        x = at.right() + 6.0;
        at
    };
    let at = place(&open);
    if open.show(ui, &theme, at, ui.id().with("open")).clicked() {
        cx.deeds.push(WindowDeed::OpenResults);
    }
    let at = place(&bench);
    if bench.show(ui, &theme, at, ui.id().with("bench")).clicked() {
        cx.deeds.push(WindowDeed::Benchmark);
    }
    let at = place(&clear);
    if clear.show(ui, &theme, at, ui.id().with("clear")).clicked() {
        state.board.asks.push(Ask::Forget);
    }
    let (rows, files) = (stored.rows(), stored.files.len());
    let count = |n: usize, what: &str| if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") };
    let words = format!("{} from {}", count(rows, "row"), count(files, "file"));
    let right = rect.right() - PAD;
    let notes = stored.notes.len();
    if files > 0 && right - x > pen.width(&words, Face::Label) + 26.0 {
        let at = pen.text(pos2(right, rect.center().y - 1.0), Align::Max, &words, Face::Label, theme.text3);
        let mut about: Vec<String> = stored.files.iter().map(|f| f.display().to_string()).collect();
        about.extend(stored.notes.iter().cloned());
        let all = spoken(ui, at, ui.id().with("files"), &words);
        all.on_hover_text(about.join("\n"));
        if notes > 0 {
            sign(&pen, pos2(at.left() - 12.0, rect.center().y - 1.0), &theme);
        }
    }
}

/// How far the benchmark is, and the way to end it.
fn progress(ui: &Ui, rect: Rect, now: &Progress, cx: &mut Cx<'_>) {
    let theme = cx.theme;
    let pen = Pen::new(ui, &theme);
    let words = match (now.stopping, now.total, now.left_s) {
        (true, ..) => "Cancelling: rows that are complete stay".to_owned(),
        (_, 0, _) => "Working out the plan".to_owned(),
        (_, total, None) => format!("{} of {total} episodes", now.done),
        (_, total, Some(left)) => {
            format!("{} of {total} episodes, {} left · {}", now.done, duration(left.max(1.0)), now.now)
        }
    };
    let cancel = Button {
        disabled: now.stopping.then_some("It is being cancelled"),
        glyph: Some(Glyph::Cross),
        name: "Cancel the benchmark",
        ..Button::words("Cancel", "Ends the benchmark; rows that are complete stay in its files")
    };
    let width = cancel.width(&pen) + 8.0;
    let at = Rect::from_min_size(pos2(rect.right() - PAD - width, rect.top() + 8.0), vec2(width, 24.0));
    let (left, right) = (rect.left() + PAD, (at.left() - 10.0).max(rect.left() + PAD + 1.0));
    let line = pos2(left, rect.top() + 14.0);
    pen.text_within(line, Align::Min, right - left, &words, Face::LabelStrong, theme.text);
    let track = Rect::from_min_max(pos2(left, rect.top() + 25.0), pos2(right, rect.top() + 31.0));
    let part = if now.total == 0 { 0.0 } else { (now.done as f32 / now.total as f32).clamp(0.0, 1.0) };
    pen.painter.rect_filled(track, corners(theme.tokens.radius.bar), theme.sunken);
    let done = track.with_max_x(track.left() + part * track.width());
    pen.painter.rect_filled(done, corners(theme.tokens.radius.bar), theme.focus);
    spoken(ui, Rect::from_min_max(pos2(left, rect.top() + 4.0), track.max), ui.id().with("progress"), &words);
    if cancel.show(ui, &theme, at, ui.id().with("cancel")).clicked() {
        cx.run_named("cancel_benchmark");
    }
    pen.hline(rect.left(), rect.right(), rect.bottom() - 0.5, theme.hairline());
}

/// What can be done where little or nothing is on the board.
fn invite(ui: &Ui, rect: Rect, words: &str, state: &PanelState, cx: &mut Cx<'_>) {
    let theme = cx.theme;
    let pen = Pen::new(ui, &theme);
    let width = (rect.width() - 2.0 * PAD).clamp(1.0, 420.0);
    let buttons = if state.board.progress.is_none() { 36.0 } else { 0.0 };
    let height = pen.paragraph_height(width, words, Face::Body) + buttons;
    let top = (rect.center().y - height / 2.0).max(rect.top() + 8.0);
    let left = rect.center().x - width / 2.0;
    let said = pen.paragraph(pos2(left, top), width, words, Face::Body, theme.text2);
    spoken(ui, said, ui.id().with("invitation"), words);
    if buttons == 0.0 {
        return;
    }
    let bench = Button::words("Run a benchmark…", "What a benchmark can be started with").look(Look::Primary);
    let open = Button { name: "Open results to compare", ..Button::words("Open results…", "Asks for CSV files") };
    let at = Rect::from_min_size(pos2(left, said.bottom() + 10.0), vec2(bench.width(&pen) + 12.0, 26.0));
    let beside = Rect::from_min_size(pos2(at.right() + 8.0, at.top()), vec2(open.width(&pen) + 8.0, 26.0));
    if bench.show(ui, &theme, at, ui.id().with("invite benchmark")).clicked() {
        cx.deeds.push(WindowDeed::Benchmark);
    }
    if beside.right() <= left + width && open.show(ui, &theme, beside, ui.id().with("invite results")).clicked() {
        cx.deeds.push(WindowDeed::OpenResults);
    }
}
