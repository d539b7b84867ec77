//! Play against the machine: the start card, the live score beside the machines, the result, the best results.

use std::collections::BTreeMap;

use egui::{Align, Area, Order, Rect, Sense, TextEdit, Ui, WidgetInfo, WidgetType, pos2, vec2};
use serde::{Deserialize, Serialize};

use crate::app::theme::{Face, Theme, corners, mix};
use crate::session::contest::{Aim, Contest, Game, Outcome, Stage};
use crate::session::{Command, RunView};
use crate::signal::format_number;

use super::glyph::Glyph;
use super::pen::Pen;
use super::widget::{self, Button, Look, Segment};
use super::words::{countdown, duration, signed};
use super::{PanelState, TileId};

/// Width of the cards, points.
const WIDTH: f32 = 470.0;

/// Least room for a card beside something, points.
const LEAST: f32 = 390.0;

/// Room at the sides.
const PAD: f32 = 16.0;

/// Heights of a card while a game is played: of the title, of a line of results, of the note below them.
struct Heights {
    title: f32,
    line: f32,
    note: f32,
}

impl Heights {
    const ROOMY: Self = Self { title: 24.0, line: 26.0, note: 34.0 };
    /// Over a small site the card leaves as much of it to be seen as it can: the note goes to the title's words.
    const SLIM: Self = Self { title: 18.0, line: 19.0, note: 0.0 };
    /// Height of a site from which on the card is roomy.
    const FROM: f32 = 480.0;

    fn whole(&self, more: f32) -> f32 {
        2.0 * self.title + 18.0 + 3.0 * self.line + self.note + more
    }
}

/// Best results that are kept for each plant and scenario.
const KEPT: usize = 5;

/// Room for the legend of the site's picture: its width in a small site, its height.
const LEGEND: (f32, f32) = (204.0, 62.0);

/// How long a game can take, s, with words.
const LENGTHS: [(f64, &str); 3] = [(300.0, "5 min"), (150.0, "2 min 30 s"), (60.0, "1 min")];

/// Site time that a game is about, s: what its plant says of a tick is known where the run is of that plant.
fn site_s(contest: &Contest, view: &RunView) -> f64 {
    contest.ticks as f64 * f64::from(view.spec.calendar.tick_s.max(1))
}

/// A result worth keeping.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Best {
    /// Who played.
    pub name: String,
    /// Tracking score, 0 to 1.
    pub score: f64,
    /// Sum of the reward.
    pub reward: f64,
    /// Limits that were broken.
    pub broken: usize,
    /// Simulated seconds per second.
    pub speed: f64,
}

/// What the window knows of games.
#[derive(Debug, Clone, Default)]
pub(super) struct ContestState {
    /// What the start card offers.
    offer: Option<Contest>,
    speed: usize,
    game: Option<Game>,
    last: Option<f64>,
    name: String,
    kept: bool,
    /// Best results, by plant and scenario, the best first.
    best: BTreeMap<String, Vec<Best>>,
}

impl PanelState {
    /// Opens the start card of a game on the plant that is shown, or puts it away. Tells why there is none.
    pub(super) fn toggle_contest(&mut self, view: &RunView, out: &mut Vec<Command>) {
        if self.contest.offer.take().is_some() || self.contest.game.take().is_some() {
            return;
        }
        match Contest::of(&view.spec.name) {
            Some(contest) => {
                self.close_welcome();
                self.close_tour();
                self.contest.offer = Some(contest.on_axes_of(view));
                out.push(Command::Pause);
            }
            None => self.complain(&crate::config::Error::invalid(
                crate::config::Place::source("game"),
                format!("{} tells no game", view.spec.title),
                "Begin a run of a plant that does.",
            )),
        }
    }

    /// Puts card and game away; the best results stay.
    pub(super) fn end_game(&mut self) {
        (self.contest.offer, self.contest.game) = (None, None);
    }

    /// The game that is played.
    pub fn game(&self) -> Option<&Game> {
        self.contest.game.as_ref()
    }

    /// Best results, by plant and scenario, the best first.
    pub fn best_results(&self) -> &BTreeMap<String, Vec<Best>> {
        &self.contest.best
    }

    /// Takes over the best results that were kept.
    pub fn set_best_results(&mut self, best: BTreeMap<String, Vec<Best>>) {
        self.contest.best = best;
    }
}

/// What the game commands now. Before the tiles are drawn.
pub(super) fn frame(ui: &Ui, state: &mut PanelState, view: &RunView, out: &mut Vec<Command>) {
    let now = ui.input(|i| i.time);
    let contest = &mut state.contest;
    let Some(game) = &mut contest.game else { return };
    let dt = contest.last.map_or(0.0, |last| now - last);
    contest.last = Some(now);
    let before = game.stage().clone();
    game.frame(view, dt, out);
    if matches!(game.stage(), Stage::Begins | Stage::Countdown(_)) {
        ui.ctx().request_repaint_after(std::time::Duration::from_millis(50));
    }
    if matches!(before, Stage::Begins) && matches!(game.stage(), Stage::Countdown(_)) {
        state.tiling.reveal(&TileId::Levers);
        let score = view.spec.tiles.iter().find(|tile| super::help::has_score(&tile.rows));
        if let Some(tile) = score {
            state.tiling.reveal(&TileId::Plant(tile.name.clone()));
        }
    }
}

/// What a person clicked.
enum Clicked {
    Start,
    Close,
    Again,
    Keep,
    Forget,
}

/// Draws the card that stands.
pub(super) fn show(ui: &Ui, room: Rect, state: &mut PanelState, view: &RunView, theme: &Theme, out: &mut Vec<Command>) {
    if room.width() < 240.0 || room.height() < 160.0 {
        return;
    }
    let clicked = match (&state.contest.offer, &state.contest.game) {
        (Some(_), _) => start(ui, room, state, view, theme),
        (None, Some(_)) => playing(ui, room, state, view, theme),
        (None, None) => return,
    };
    match clicked {
        None => return,
        Some(Clicked::Start) => {
            if let Some(contest) = state.contest.offer.take() {
                let length = LENGTHS.get(state.contest.speed).map_or(300.0, |(length, _)| *length);
                let speed = site_s(&contest, view) / length;
                state.contest.game = Some(Game::new(contest, speed));
                (state.contest.last, state.contest.kept) = (None, false);
            }
        }
        Some(Clicked::Close) => {
            let played = state.contest.game.take().is_some();
            state.contest.offer = None;
            out.extend(played.then_some(Command::Pause));
        }
        Some(Clicked::Again) => {
            state.contest.offer = state.contest.game.take().map(|game| game.contest().clone());
        }
        Some(Clicked::Keep) => keep(state, view),
        Some(Clicked::Forget) => {
            if let Some(game) = &state.contest.game {
                state.contest.best.remove(&game.contest().key());
            }
        }
    }
    ui.ctx().request_repaint();
}

/// Keeps the person's result under the name that was typed.
fn keep(state: &mut PanelState, view: &RunView) {
    let contest = &mut state.contest;
    let Some(game) = &contest.game else { return };
    let Some((_, own)) = game.results(view).into_iter().next() else { return };
    let name = if contest.name.trim().is_empty() { "Somebody" } else { contest.name.trim() };
    let best = Best {
        name: name.chars().take(24).collect(),
        score: own.score,
        reward: own.reward,
        broken: own.broken.len(),
        speed: game.speed(),
    };
    let list = contest.best.entry(game.contest().key()).or_default();
    list.push(best);
    list.sort_by(|a, b| b.score.total_cmp(&a.score).then(b.reward.total_cmp(&a.reward)));
    list.truncate(KEPT);
    contest.kept = true;
}

/// A card with its ground; `name` is what screen readers call it.
fn card<R>(ui: &Ui, rect: Rect, name: &str, theme: &Theme, draw: impl FnOnce(&mut Ui) -> R) -> R {
    let area = Area::new(ui.id().with(name)).order(Order::Foreground).fixed_pos(rect.min);
    let shown = area.show(ui.ctx(), |ui| {
        let ground = ui.allocate_rect(rect, Sense::click_and_drag());
        ground.widget_info(|| WidgetInfo::labeled(WidgetType::Window, true, name));
        let radius = corners(theme.tokens.radius.menu);
        ui.painter().rect(rect, radius, theme.header, theme.outline(), egui::StrokeKind::Inside);
        draw(ui)
    });
    shown.inner
}

fn start(ui: &Ui, room: Rect, state: &mut PanelState, view: &RunView, theme: &Theme) -> Option<Clicked> {
    let contest = state.contest.offer.clone()?;
    let pen = Pen::new(ui, theme);
    let width = WIDTH.min(room.width() - 24.0);
    let inner = width - 2.0 * PAD;
    let keys = "Keys: 1 to 4 take a lever, arrows move it, Shift makes the steps finer. The pointer does the same.";
    let text = pen.paragraph_height(inner, &contest.goal, Face::Body) + pen.paragraph_height(inner, keys, Face::Label);
    let best = state.contest.best.get(&contest.key()).cloned().unwrap_or_default();
    let lines = best.len() as f32 * 20.0 + if best.is_empty() { 0.0 } else { 26.0 };
    let size = vec2(width, 46.0 + text + 22.0 + 34.0 + lines + 48.0);
    let rect = Rect::from_center_size(room.center(), size);
    let mut clicked = None;
    card(ui, rect, "Play against the machine", theme, |ui| {
        let pen = Pen::new(ui, theme);
        let left = rect.left() + PAD;
        let mut y = rect.top() + 26.0;
        pen.text(pos2(left, y), Align::Min, &contest.title, Face::Title, theme.text);
        y += 18.0;
        let at = pen.paragraph(pos2(left, y), inner, &contest.goal, Face::Body, theme.text);
        widget::spoken(ui, at, ui.id().with("goal"), &contest.goal);
        y = at.bottom() + 8.0;
        y = pen.paragraph(pos2(left, y), inner, keys, Face::Label, theme.text2).bottom() + 14.0;
        let words = format!("{} of site time in", duration(site_s(&contest, view)));
        let label = pen.text(pos2(left, y + 12.0), Align::Min, &words, Face::Label, theme.text2);
        let segments: Vec<Segment<'_>> = LENGTHS
            .iter()
            .enumerate()
            .map(|(index, (_, words))| Segment {
                words,
                name: format!("Play in {words}"),
                tip: "How long the game takes",
                chosen: index == state.contest.speed,
            })
            .collect();
        let place = Rect::from_min_max(pos2(label.right() + 12.0, y), pos2(rect.right() - PAD, y + 24.0));
        if let Some(index) = widget::segmented(ui, theme, place, ui.id().with("speed"), &segments) {
            state.contest.speed = index;
        }
        y += 38.0;
        if !best.is_empty() {
            pen.text(pos2(left, y + 6.0), Align::Min, "Best results here", Face::LabelStrong, theme.text2);
            y += 24.0;
            for line in &best {
                best_line(&pen, left, rect.right() - PAD, y, line);
                y += 20.0;
            }
        }
        let row = rect.bottom() - PAD - 26.0;
        let begin = Button {
            glyph: Some(Glyph::Play),
            ..Button::words("Start", "Begins the game's run; the one that is shown goes")
        };
        let place = Rect::from_min_size(pos2(left, row), vec2(110.0, 26.0));
        let enter = ui.input_mut(|i| i.consume_key(egui::Modifiers::NONE, egui::Key::Enter));
        if begin.look(Look::Primary).show(ui, theme, place, ui.id().with("start")).clicked() || enter {
            clicked = Some(Clicked::Start);
        }
        let place = Rect::from_min_size(pos2(left + 120.0, row), vec2(90.0, 26.0));
        let escaped = ui.input_mut(|i| i.consume_key(egui::Modifiers::NONE, egui::Key::Escape));
        let button = Button::words("Not now", "Puts this card away (Esc)").look(Look::Quiet);
        if button.show(ui, theme, place, ui.id().with("not now")).clicked() || escaped {
            clicked = Some(Clicked::Close);
        }
    });
    clicked
}

fn best_line(pen: &Pen, left: f32, right: f32, y: f32, best: &Best) {
    let theme = &pen.theme;
    pen.text_within(pos2(left, y), Align::Min, (right - left) * 0.45, &best.name, Face::Label, theme.text);
    let limits = if best.broken == 0 { "no limit broken".to_owned() } else { format!("{} limits broken", best.broken) };
    let words = format!("{} · {:.0}× · {limits}", format_number(best.score, 3), best.speed);
    pen.text(pos2(right, y), Align::Max, &words, Face::NumberLabel, theme.text2);
}

fn playing(ui: &Ui, room: Rect, state: &mut PanelState, view: &RunView, theme: &Theme) -> Option<Clicked> {
    let game = state.contest.game.clone()?;
    let over = *game.stage() == Stage::Over;
    let results = game.results(view);
    let site = state.tiling.place(&TileId::Site).filter(|site| site.width() >= 420.0 && site.height() > 300.0);
    let slim = !over && site.is_some_and(|site| site.height() < Heights::FROM);
    let around = match site {
        // Beside the legend of the site's picture, or above it.
        Some(site) if slim && site.width() >= LEGEND.0 + LEAST => site.with_max_x(site.right() - LEGEND.0),
        Some(site) => site.with_max_y(site.bottom() - LEGEND.1),
        None => room,
    };
    let width = WIDTH.min(around.width() - 18.0);
    let best = state.contest.best.get(&game.contest().key()).cloned().unwrap_or_default();
    let more = if over { 96.0 + best.len() as f32 * 20.0 } else { 0.0 };
    let heights = if slim { Heights::SLIM } else { Heights::ROOMY };
    let height = heights.whole(more);
    let corner = pos2(around.left() + 12.0, (around.bottom() - 12.0 - height).max(room.top() + 8.0));
    let rect = Rect::from_min_size(corner, vec2(width, height));
    state.site.lies_over(rect);
    let mut clicked = None;
    card(ui, rect, "Game", theme, |ui| {
        let pen = Pen::new(ui, theme);
        let (left, right) = (rect.left() + PAD, rect.right() - PAD);
        let mut y = rect.top() + heights.title;
        let title = match game.stage() {
            Stage::Begins => "The run begins …".to_owned(),
            Stage::Countdown(left) => format!("Ready: {:.0}", left.max(0.0).ceil()),
            Stage::Plays if game.contest().aim() == Aim::Follow => {
                format!("Follow the request: {} left", countdown(game.left_s(view)))
            }
            Stage::Plays => format!("Save: {} left", duration(game.left_s(view))),
            Stage::Over => verdict(&results, game.contest().aim()),
            Stage::Failed(why) => why.clone(),
        };
        let at = pen.text_within(pos2(left, y), Align::Min, right - left - 30.0, &title, Face::Title, theme.text);
        widget::spoken(ui, at, ui.id().with("game title"), &title).on_hover_text(game.contest().aim().formula());
        let cross = Rect::from_min_size(pos2(right - 20.0, y - 12.0), vec2(24.0, 24.0));
        let button = Button::sign(Glyph::Cross, "End the game", "Ends the game; its runs stay").look(Look::Quiet);
        if button.show(ui, theme, cross, ui.id().with("end game")).clicked() {
            clicked = Some(Clicked::Close);
        }
        y += heights.title;
        let aim = game.contest().aim();
        for (x, words) in [(0.64, aim.amount()), (0.84, "reward"), (1.0, "limits")] {
            pen.text(pos2(left + (right - left) * x, y), Align::Max, words, Face::Caption, theme.text3);
        }
        pen.text(pos2(left, y), Align::Min, aim.score(), Face::Caption, theme.text3);
        y += 18.0;
        table(ui, &pen, (left, right), (y, heights.line), &results, &game, view);
        y += 3.0 * heights.line + 2.0;
        if heights.note > 0.0 {
            let caption = aim.formula();
            pen.text_within(pos2(left, y + 2.0), Align::Min, right - left, caption, Face::Caption, theme.text3);
        }
        if over {
            clicked = clicked.take().or(ending(
                ui,
                &pen,
                Rect::from_min_max(pos2(left, y + 18.0), pos2(right, rect.bottom() - 12.0)),
                state,
                &best,
            ));
        }
    });
    clicked
}

/// `You beat both machines`, and so on.
fn verdict(results: &[(String, Outcome)], aim: Aim) -> String {
    let Some(((_, own), machines)) = results.split_first() else { return "Nothing was played".to_owned() };
    let beaten: Vec<&str> =
        machines.iter().filter(|(_, m)| own.score > m.score).map(|(name, _)| name.as_str()).collect();
    let did = match aim {
        Aim::Follow => "followed closer",
        Aim::Save => "saved more",
    };
    match beaten.is_empty() {
        true => format!("The machines {did} this time"),
        false => format!("You {did} than {}", beaten.join(" and ")),
    }
}

/// A line for each player: score with its bar, error, reward, limits.
fn table(
    ui: &Ui,
    pen: &Pen,
    (left, right): (f32, f32),
    (top, line): (f32, f32),
    results: &[(String, Outcome)],
    game: &Game,
    view: &RunView,
) {
    let theme = &pen.theme;
    let names = std::iter::once("You".to_owned()).chain(game.contest().against.clone());
    let [first, _] = game.contest().signals();
    let unit = view.spec.signal(first).and_then(|s| view.spec.signals.get(s)).map_or("", |s| s.unit.as_str());
    for (index, name) in names.enumerate() {
        let y = top + index as f32 * line;
        let found = results.iter().find(|(known, _)| *known == name).map(|(_, outcome)| outcome);
        let face = if index == 0 { Face::LabelStrong } else { Face::Label };
        pen.text_within(pos2(left, y), Align::Min, 84.0, &name, face, theme.text);
        let score = found.map_or(f64::NAN, |o| o.score);
        let (bar, number) = if right - left < 400.0 {
            (left + 84.0..=left + 112.0, 158.0)
        } else {
            (left + 90.0..=left + 150.0, 196.0)
        };
        let track = Rect::from_x_y_ranges(bar, y - 3.0..=y + 3.0);
        pen.painter.rect_filled(track, 2.0, theme.sunken);
        if score.is_finite() {
            let bar = track.with_max_x(track.left() + track.width() * score.clamp(0.0, 1.0) as f32);
            pen.painter.rect_filled(bar, 2.0, mix(theme.accent.grid, theme.header, if index == 0 { 1.0 } else { 0.6 }));
        }
        pen.text(pos2(left + number, y), Align::Max, &format_number(score, 3), Face::NumberLabel, theme.text);
        let whole = right - left;
        let error = found.map_or(f64::NAN, |o| o.error);
        let error = match (game.contest().aim(), unit) {
            (Aim::Follow, unit) => format!("{} {unit}", format_number(error, 2)),
            (Aim::Save, "g") => format!("{} kg", format_number(error / 1_000.0, 1)),
            (Aim::Save, unit) => format!("{} {unit}", format_number(error, 1)),
        };
        pen.text(pos2(left + whole * 0.64, y), Align::Max, &error, Face::NumberLabel, theme.text2);
        let reward = found.map_or("–".to_owned(), |o| signed(o.reward, 1));
        pen.text(pos2(left + whole * 0.84, y), Align::Max, &reward, Face::NumberLabel, theme.text2);
        let broken = found.map_or(&[][..], |o| &o.broken);
        let words = if found.is_none() { "–".to_owned() } else { broken.len().to_string() };
        let at = pen.text(pos2(right, y), Align::Max, &words, Face::NumberLabel, theme.text2);
        let told = match broken {
            [] => "No limit broken".to_owned(),
            list => format!("Beyond a limit: {}", list.join(", ")),
        };
        let amount = game.contest().aim().amount();
        let spoken = format!("{name}: score {}, {amount} {error}, reward {reward}. {told}", format_number(score, 3));
        let line = Rect::from_min_max(pos2(left, y - 10.0), pos2(at.right(), y + 10.0));
        widget::spoken(ui, line, ui.id().with(("player", index)), &spoken).on_hover_text(told);
    }
}

/// The name under which a result is kept, the best ones, and what can be done next.
fn ending(ui: &mut Ui, pen: &Pen, rect: Rect, state: &mut PanelState, best: &[Best]) -> Option<Clicked> {
    let theme = &pen.theme;
    let mut clicked = None;
    let mut y = rect.top();
    if state.contest.kept {
        pen.text(
            pos2(rect.left(), y + 13.0),
            Align::Min,
            "Kept among the best results, if it is one of five",
            Face::Label,
            theme.text2,
        );
    } else {
        let place = Rect::from_min_size(pos2(rect.left(), y), vec2(200.0, 26.0));
        let edit = ui.put(place, TextEdit::singleline(&mut state.contest.name).hint_text("Your name").char_limit(24));
        ui.ctx().accesskit_node_builder(edit.id, |node| node.set_label("Your name"));
        let enter = edit.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
        let place = Rect::from_min_size(pos2(rect.left() + 210.0, y), vec2(120.0, 26.0));
        let button = Button::words("Keep my result", "Keeps it with the settings, for this plant and scenario");
        if button.show(ui, theme, place, ui.id().with("keep")).clicked() || enter {
            clicked = Some(Clicked::Keep);
        }
    }
    y += 38.0;
    for line in best {
        best_line(pen, rect.left(), rect.right(), y + 6.0, line);
        y += 20.0;
    }
    let row = rect.bottom() - 26.0;
    let again = Button { glyph: Some(Glyph::Play), ..Button::words("Play again", "The same game again") };
    let place = Rect::from_min_size(pos2(rect.left(), row), vec2(120.0, 26.0));
    if again.look(Look::Primary).show(ui, theme, place, ui.id().with("again")).clicked() {
        clicked = Some(Clicked::Again);
    }
    if !best.is_empty() {
        let place = Rect::from_min_size(pos2(rect.left() + 130.0, row), vec2(170.0, 26.0));
        let button =
            Button::words("Forget the best results", "Forgets those of this plant and scenario").look(Look::Quiet);
        if button.show(ui, theme, place, ui.id().with("forget")).clicked() {
            clicked = Some(Clicked::Forget);
        }
    }
    clicked
}
