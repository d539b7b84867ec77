//! Fields that the time line opens: what time shall pass until, and the note of a bookmark.

use egui::{Align2, Id, RichText, TextEdit, Ui};

use crate::app::panel::asking::{Answer, Form};
use crate::app::panel::words::clock;
use crate::app::panel::{Cx, PanelState};
use crate::session::{Command, RunView, Until};

/// Most completions that are offered.
const MOST: usize = 6;

/// Widest field.
const WIDEST: f32 = 420.0;

/// What the time line remembers.
#[derive(Debug, Clone, Default)]
pub(in crate::app::panel) struct TimelineState {
    /// The note that is being written.
    note: Option<Note>,
    /// What time shall pass until, while it is asked for.
    until: Option<Asked>,
    /// Where dragging with Shift began: the begin of a loop.
    pub(in crate::app::panel) loop_from: Option<u64>,
    /// Instant that the menu was opened at.
    pub(in crate::app::panel) menu_at: Option<u64>,
    /// A planned disturbance that is dragged, and by how many ticks.
    pub(in crate::app::panel) moved: Option<(u64, f64)>,
}

/// A note that is being written.
#[derive(Debug, Clone)]
struct Note {
    /// The mark that gets it; `None` for a new one.
    id: Option<u64>,
    tick: u64,
    text: String,
    fresh: bool,
}

/// What time shall pass until.
#[derive(Debug, Clone, Default)]
struct Asked {
    text: String,
    /// What was wrong with the text, and the cure.
    wrong: Option<(String, String)>,
    fresh: bool,
}

impl TimelineState {
    /// Opens the field for a note: of a new mark, or of one that is there.
    pub fn write(&mut self, id: Option<u64>, tick: u64, text: String) {
        self.until = None;
        self.note = Some(Note { id, tick, text, fresh: true });
    }

    /// Opens the field that time passes until, or puts it away.
    pub fn ask_until(&mut self) {
        self.note = None;
        self.until = if self.until.is_some() { None } else { Some(Asked { fresh: true, ..Asked::default() }) };
    }
}

/// Draws the field that is open.
pub(in crate::app::panel) fn show(ui: &Ui, state: &mut PanelState, cx: &mut Cx<'_>) {
    if let Some(mut note) = state.timeline.note.take() {
        state.timeline.note = write(ui, &mut note, cx).then_some(note);
    }
    if let Some(mut asked) = state.timeline.until.take() {
        state.timeline.until = until(ui, &mut asked, cx).then_some(asked);
    }
}

/// A form above the time line.
fn form<'a>(ui: &Ui, name: &'a str, question: &'a str, go: &'a str, cx: &Cx<'_>) -> Form<'a> {
    let low = -(cx.theme.tokens.header.timeline + 24.0);
    let width = (ui.max_rect().width() - 48.0).clamp(120.0, WIDEST);
    Form { name, at: (Align2::CENTER_BOTTOM, low), width, question, go }
}

/// `true` while the field stays open.
fn write(ui: &Ui, note: &mut Note, cx: &mut Cx<'_>) -> bool {
    let time = clock(cx.view.spec.calendar.civil(note.tick));
    let title =
        if note.id.is_some() { format!("Note of the bookmark at {time}") } else { format!("Bookmark at {time}") };
    let answer = form(ui, "bookmark note", &title, "Keep the bookmark", cx).show(ui, &cx.theme, |ui| {
        let field = TextEdit::singleline(&mut note.text).hint_text("Note; may be empty").desired_width(f32::INFINITY);
        let edit = ui.add(field.id(Id::new("bookmark note field")));
        ui.ctx().accesskit_node_builder(edit.id, |node| node.set_label("Note"));
        if std::mem::take(&mut note.fresh) {
            edit.request_focus();
        }
    });
    if answer == Answer::Yes {
        let text = note.text.trim().to_owned();
        cx.out.push(match note.id {
            Some(id) => Command::Remark { id, text },
            None => Command::Mark { tick: note.tick, text },
        });
    }
    answer == Answer::Open
}

/// `true` while the field stays open.
fn until(ui: &Ui, asked: &mut Asked, cx: &mut Cx<'_>) -> bool {
    let theme = cx.theme;
    let view = cx.view;
    let answer = form(ui, "run until", "Let time pass until", "Run until then", cx).show(ui, &theme, |ui| {
        let id = Id::new("run until field");
        let field = TextEdit::singleline(&mut asked.text)
            .hint_text("signal > number, tick 720, event")
            .desired_width(f32::INFINITY);
        let edit = ui.add(field.id(id).font(egui::TextStyle::Monospace));
        ui.ctx().accesskit_node_builder(edit.id, |node| node.set_label("Run until"));
        if std::mem::take(&mut asked.fresh) {
            edit.request_focus();
        }
        if edit.changed() {
            asked.wrong = None;
        }
        match &asked.wrong {
            Some((what, cure)) => {
                ui.add(egui::Label::new(RichText::new(what).color(*theme.text).strong()).wrap());
                ui.add(egui::Label::new(RichText::new(cure).color(*theme.text2)).wrap());
            }
            None => {
                let words = Until::parse(&asked.text, &view.spec, &view.schema)
                    .map_or(String::new(), |until| format!("Pauses at {}", until.words(&view.spec)));
                ui.label(RichText::new(words).color(*theme.text2));
            }
        }
        let offers = completions(&asked.text, view);
        ui.horizontal_wrapped(|ui| {
            for (words, text) in offers {
                let chip = egui::Button::new(RichText::new(&words).small());
                if ui.add(chip).on_hover_text("Writes this").clicked() {
                    asked.text = text;
                    asked.wrong = None;
                    ui.memory_mut(|m| m.request_focus(id));
                    // What is typed next goes behind it.
                    if let Some(mut cursor) = egui::TextEdit::load_state(ui.ctx(), id) {
                        let end = egui::text::CCursor::new(asked.text.chars().count());
                        cursor.cursor.set_char_range(Some(egui::text::CCursorRange::one(end)));
                        cursor.store(ui.ctx(), id);
                    }
                }
            }
        });
    });
    if answer == Answer::Yes {
        match Until::parse(&asked.text, &view.spec, &view.schema) {
            Ok(until) => {
                cx.out.push(Command::Until(Some(until)));
                return false;
            }
            Err(error) => {
                asked.wrong = Some((error.to_string(), error.cure()));
                // The person goes on writing where it is wrong.
                asked.fresh = true;
            }
        }
    }
    answer != Answer::No
}

/// What the text may become: words for a button, and the whole text then.
fn completions(text: &str, view: &RunView) -> Vec<(String, String)> {
    let text = text.trim_start();
    if let Some(name) = text.strip_prefix("event") {
        let name = name.trim();
        let kinds = view.spec.events.iter().filter(|e| e.name.contains(name) && e.name != name);
        return kinds.take(MOST).map(|e| (e.label.clone(), format!("event {}", e.name))).collect();
    }
    if text.contains(['<', '>', '=', '!']) {
        return Vec::new();
    }
    let needle = text.trim().to_lowercase();
    if needle.is_empty() {
        let next = (view.tick / 720 + 1) * 720;
        let mut out =
            vec![("Next event".to_owned(), "event".to_owned()), (format!("Tick {next}"), format!("tick {next}"))];
        // Signals that have a limit are what people wait for.
        let limited = view.spec.signals.iter().filter_map(|s| Some((s, s.limits.warn_high?)));
        out.extend(limited.take(MOST - 2).map(|(s, at)| (format!("{} > {at}", s.label), format!("{} > {at}", s.name))));
        return out;
    }
    let fits = |s: &&crate::signal::Signal| s.name.contains(&needle) || s.label.to_lowercase().contains(&needle);
    let fitting = view.schema.signals.iter().filter(fits).filter(|s| s.name != needle);
    fitting.take(MOST).map(|s| (s.name.clone(), format!("{} > ", s.name))).collect()
}
