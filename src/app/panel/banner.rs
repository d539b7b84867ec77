//! The end of a run: cause, moment, and what to do next. Fits the tile that it lies over.

use egui::{Align, Rect, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

use crate::app::theme::{Face, corners};
use crate::plant::Severity;
use crate::rollout::EndKind;
use crate::session::{Command, RunView};

use super::glyph;
use super::pen::Pen;
use super::timeline::interval_words;
use super::widget::{Button, Look, spoken};
use super::words::{clock, grouped, sentence};
use super::{Cx, PanelState};

/// Widest banner.
const WIDEST: f32 = 560.0;

/// Room around its words.
const PAD: f32 = 18.0;

/// Height of a line of buttons.
const LINE: f32 = 34.0;

/// A button: words, tooltip, look.
type Choice = (String, &'static str, Look);

/// What can be done at the end.
fn choices(view: &RunView) -> [Choice; 3] {
    let last = if view.replay.is_some() {
        ("Back to the live run".to_owned(), "Leaves the replay; the run waits where it was left", Look::Plain)
    } else {
        ("Continue with next seed".to_owned(), "Begins again with other random streams and plays", Look::Plain)
    };
    let again = if view.replay.is_some() {
        "Goes to the first row of the log"
    } else {
        "Begins this run again from its first tick, with the same seed"
    };
    [
        (
            format!("Back {}", interval_words(view)),
            "Goes back to the decision of the slowest slot before the end",
            Look::Primary,
        ),
        ("Begin again".to_owned(), again, Look::Plain),
        last,
    ]
}

/// Places of the buttons in a width, line by line from the upper left corner on.
fn places(pen: &Pen, choices: &[Choice], room: f32) -> Vec<Rect> {
    let mut at = pos2(0.0, 0.0);
    let mut places = Vec::with_capacity(choices.len());
    for (words, tip, _) in choices {
        let width = (Button::words(words, tip).width(pen) + 8.0).min(room.max(1.0));
        if at.x > 0.0 && at.x + width > room {
            at = pos2(0.0, at.y + LINE);
        }
        places.push(Rect::from_min_size(at, vec2(width, 26.0)));
        at.x += width + 8.0;
    }
    places
}

/// Draws the banner over a tile, if the run has ended.
pub(super) fn show(ui: &mut Ui, area: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    let Some(end) = &cx.view.end else { return };
    let theme = cx.theme;
    let pen = Pen::new(ui, &theme);
    let (severity, word) = match end.kind {
        EndKind::Trip => (Severity::Trip, "Tripped"),
        EndKind::EpisodeEnd => (Severity::Note, "End of the episode"),
        EndKind::TicksReached if cx.view.replay.is_some() => (Severity::Note, "End of the log"),
        EndKind::TicksReached => (Severity::Note, "End of the run"),
        EndKind::NoiseExhausted => (Severity::Warning, "The recording is over"),
    };
    let when = format!("at {}, after {} ticks", clock(cx.view.spec.calendar.civil(end.tick)), grouped(end.tick));
    let cause = sentence(&end.cause);
    let width = (area.width() - 24.0).clamp(1.0, WIDEST);
    let room = (width - 2.0 * PAD).max(1.0);
    let choices = choices(cx.view);
    let places = places(&pen, &choices, room);
    let lines = places.last().map_or(0.0, |p| p.top() + LINE);
    // The moment beside the word, or below it where the tile is narrow.
    let beside = pen.width(word, Face::Title) + pen.width(&when, Face::Label) + 42.0 <= room;
    let head = if beside { 44.0 } else { 62.0 };
    let cause_height = pen.paragraph_height(room, &cause, Face::Body);
    let height = (head + cause_height + 12.0 + lines + 6.0).min((area.height() - 8.0).max(1.0));
    let top = (area.top() + 44.0).min(area.bottom() - height - 4.0).max(area.top() + 4.0);
    let rect = Rect::from_min_size(pos2(area.center().x - width / 2.0, top), vec2(width, height));
    let mut chosen = None;
    super::inside(ui, rect.expand(2.0), "end", |ui| {
        // What lies below must not react through the banner.
        ui.interact(rect, ui.id().with("ground"), Sense::click_and_drag());
        let pen = Pen::new(ui, &theme);
        let ground = if severity == Severity::Trip { *theme.alarm.trip_bg } else { *theme.raised };
        let edge = if severity == Severity::Trip { Stroke::new(1.0, theme.alarm.trip) } else { theme.outline() };
        pen.painter.rect(rect, corners(theme.tokens.radius.menu), ground, edge, StrokeKind::Inside);
        let left = rect.left() + PAD;
        let y = rect.top() + 25.0;
        let outline = theme.alarm_text.map(|_| *theme.text);
        glyph::severity(&pen.painter, severity, pos2(left + 9.0, y), 20.0, theme.severity(severity), outline);
        let title = pen.text_within(pos2(left + 30.0, y), Align::Min, room - 30.0, word, Face::Title, theme.text);
        let at = if beside { pos2(title.right() + 10.0, y) } else { pos2(left + 30.0, y + 18.0) };
        pen.text_within(at, Align::Min, rect.right() - PAD - at.x, &when, Face::Label, theme.text2);
        let words = pen.paragraph(pos2(left, rect.top() + head), room, &cause, Face::Body, theme.text);
        let spoken_at = rect.with_max_y(words.bottom());
        spoken(ui, spoken_at, ui.id().with("words"), &format!("{word} {when}: {cause}"));
        let corner = pos2(left, words.bottom() + 12.0);
        for (index, ((words, tip, look), place)) in choices.iter().zip(&places).enumerate() {
            let place = place.translate(corner.to_vec2());
            if Button::words(words, tip).look(*look).show(ui, &theme, place, ui.id().with(index)).clicked() {
                chosen = Some(index);
            }
        }
    });
    match chosen {
        Some(0) => cx.out.push(Command::BackInterval),
        Some(1) => cx.run_named("reset"),
        Some(_) if cx.view.replay.is_some() => cx.run_named("leave_replay"),
        Some(_) => {
            cx.run_named("next_seed");
            cx.out.push(Command::Play);
        }
        None => return,
    }
    state.charts.follow();
}
