//! The end of a run: cause, moment, and what to do next.

use egui::{Align, Rect, Sense, Ui, pos2, vec2};

use crate::app::theme::{Face, corners};
use crate::plant::Severity;
use crate::rollout::EndKind;
use crate::session::Command;

use super::glyph;
use super::pen::Pen;
use super::timeline::interval_words;
use super::widget::{Button, Look, spoken};
use super::words::{clock, grouped, sentence};
use super::{Cx, PanelState};

/// Draws the banner over the charts, if the run has ended.
pub(super) fn show(ui: &mut Ui, area: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    let Some(end) = &cx.view.end else { return };
    let theme = cx.theme;
    let size = vec2((area.width() - 32.0).clamp(1.0, 560.0), 132.0);
    let rect = Rect::from_min_size(pos2(area.center().x - size.x / 2.0, area.top() + 44.0), size);
    super::inside(ui, rect.expand(2.0), "end", |ui| {
        // What lies below must not react through the banner.
        ui.interact(rect, ui.id().with("ground"), Sense::click_and_drag());
        let pen = Pen::new(ui, &theme);
        let (severity, word) = match end.kind {
            EndKind::Trip => (Severity::Trip, "Tripped"),
            EndKind::EpisodeEnd => (Severity::Note, "End of the episode"),
            EndKind::TicksReached => (Severity::Note, "End of the run"),
            EndKind::NoiseExhausted => (Severity::Warning, "The recording is over"),
        };
        let ground = if severity == Severity::Trip { *theme.alarm.trip_bg } else { *theme.raised };
        let edge = if severity == Severity::Trip { egui::Stroke::new(1.0, theme.alarm.trip) } else { theme.outline() };
        pen.painter.rect(rect, corners(theme.tokens.radius.menu), ground, edge, egui::StrokeKind::Inside);
        let left = rect.left() + 18.0;
        glyph::severity(
            &pen.painter,
            severity,
            pos2(left + 9.0, rect.top() + 27.0),
            20.0,
            theme.severity(severity),
            None,
        );
        let time = clock(cx.view.spec.calendar.civil(end.tick));
        let title = pen.text(pos2(left + 30.0, rect.top() + 27.0), Align::Min, word, Face::Title, theme.text);
        let when = format!("at {time}, after {} ticks", grouped(end.tick));
        pen.text(pos2(title.right() + 10.0, rect.top() + 27.0), Align::Min, &when, Face::Label, theme.text2);
        let cause = sentence(&end.cause);
        let room = rect.right() - 18.0 - left;
        pen.text_within(pos2(left, rect.top() + 60.0), Align::Min, room, &cause, Face::Body, theme.text);
        spoken(ui, rect.with_max_y(rect.top() + 72.0), ui.id().with("words"), &format!("{word} {when}: {cause}"));
        buttons(ui, &pen, rect, state, cx);
    });
}

fn buttons(ui: &Ui, pen: &Pen, rect: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    let theme = cx.theme;
    let back = format!("Back {}", interval_words(cx.view));
    let mut x = rect.left() + 18.0;
    let mut button = |words: &str, tip: &str, look: Look| {
        let button = Button::words(words, tip).look(look);
        let place = Rect::from_min_size(pos2(x, rect.bottom() - 42.0), vec2(button.width(pen) + 8.0, 26.0));
        x = place.right() + 8.0;
        button.show(ui, &theme, place, ui.id().with(words)).clicked()
    };
    let (go_back, again, next) = (
        button(&back, "Goes back to the decision of the slowest slot before the end", Look::Primary),
        button("Begin again", "Begins this run again from its first tick, with the same seed", Look::Plain),
        button("Continue with next seed", "Begins again with other random streams and plays", Look::Plain),
    );
    if go_back {
        cx.out.push(Command::BackInterval);
    }
    if again {
        cx.run_named("reset");
    }
    if next {
        cx.run_named("next_seed");
        cx.out.push(Command::Play);
    }
    if go_back || again || next {
        state.charts.follow();
    }
}
