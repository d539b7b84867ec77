//! The card of a tour: where it is, what it says, its question, its buttons. As high as its longest words, so that
//! nothing moves while numbers change.

use egui::{Align, Area, Order, Rect, Sense, Ui, WidgetInfo, WidgetType, pos2, vec2};

use crate::app::panel::glyph::Glyph;
use crate::app::panel::pen::Pen;
use crate::app::panel::widget::{self, Button, Look};
use crate::app::panel::{PanelState, TileId};
use crate::app::theme::{Face, Theme, corners, mix};
use crate::session::tour::{Phase, Player};
use crate::session::{Command, RunView};

/// Widest card, points.
const WIDEST: f32 = 560.0;

/// Narrowest card, points: below it the site's picture is too small to carry it.
const NARROWEST: f32 = 380.0;

/// Narrowest card over another tile, points.
const SLIM: f32 = 320.0;

/// Up to this height a site's picture is too low to carry a card, points.
const LOW: f32 = 430.0;

/// Room at the sides.
const PAD: f32 = 14.0;

/// Room below for the legend of the site's picture, where the tile is high.
const LEGEND: f32 = 62.0;

/// Height of the buttons' row.
const BUTTONS: f32 = 26.0;

/// What a person clicked.
enum Clicked {
    Play,
    Pause,
    Back,
    Skip,
    Loop,
    Close,
    Answer(usize),
}

/// Draws the card, if a tour is played.
pub(super) fn show(ui: &Ui, room: Rect, state: &mut PanelState, view: &RunView, theme: &Theme, out: &mut Vec<Command>) {
    let Some(player) = state.tour.player.as_ref() else { return };
    if room.width() < 200.0 || room.height() < 120.0 {
        return;
    }
    let site =
        state.tiling.place(&TileId::Site).filter(|site| site.width() >= NARROWEST + 24.0 && site.height() > 260.0);
    let pen = Pen::new(ui, theme);
    let words = Words::of(player, view);
    let longest = |width: f32| words.height(&pen, width - 2.0 * PAD);
    // A low site keeps its picture: the card lies over a tile that the scene does not point at.
    let low = site.is_some_and(|site| site.height() <= LOW);
    let beside = if low { elsewhere(state, player, view, &longest) } else { None };
    let rect = beside.unwrap_or_else(|| {
        // Where there is none the card lies on the legend, so that the site is seen above it.
        let over = site.map_or(room, |site| site.with_max_y(site.bottom() - if low { 0.0 } else { LEGEND }));
        let width = (over.width() - 24.0).min(WIDEST);
        let height = longest(width).min(room.height() - 16.0);
        let left = if site.is_some() { over.left() + 12.0 } else { over.center().x - width / 2.0 };
        Rect::from_min_size(pos2(left, (over.bottom() - 12.0 - height).max(room.top() + 8.0)), vec2(width, height))
    });
    state.site.lies_over(rect);
    let area = Area::new(ui.id().with("tour card")).order(Order::Foreground).fixed_pos(rect.min);
    let clicked = area.show(ui.ctx(), |ui| draw(ui, rect, player, &words, theme)).inner;
    let Some(player) = state.tour.player.as_mut() else { return };
    match clicked {
        None => return,
        Some(Clicked::Play) => player.play(view, out),
        Some(Clicked::Pause) => {
            player.pause(false);
            out.push(Command::Pause);
        }
        Some(Clicked::Back) => player.back(),
        Some(Clicked::Skip) => player.skip(out),
        Some(Clicked::Loop) => player.set_looping(!player.looping()),
        Some(Clicked::Answer(choice)) => player.answer(choice),
        Some(Clicked::Close) => {
            state.close_tour();
            out.push(Command::Pause);
        }
    }
    ui.ctx().request_repaint();
}

/// A place for the card over a tile beside the site: the largest one that it fits into and that the scene does not point
/// at.
fn elsewhere(state: &PanelState, player: &Player, view: &RunView, height: &dyn Fn(f32) -> f32) -> Option<Rect> {
    let scene = player.scene()?;
    let meant = |tile: &TileId| {
        let name = tile.to_string();
        [TileId::Site, TileId::Timeline].contains(tile)
            || scene.highlight.iter().chain(&scene.show).any(|shown| *shown == name)
    };
    let custom = state.custom.charts.keys().copied().map(TileId::Custom);
    let open = TileId::all(&view.spec).into_iter().chain(custom).filter(|tile| !meant(tile));
    let fitting = open.filter_map(|tile| {
        let place = state.tiling.place(&tile)?.shrink(6.0);
        let width = place.width().min(WIDEST);
        (width >= SLIM && height(width) <= place.height()).then_some((place, width))
    });
    let (place, width) = fitting.max_by(|a, b| a.0.area().total_cmp(&b.0.area()))?;
    let height = height(width);
    Some(Rect::from_min_size(pos2(place.left(), place.bottom() - height), vec2(width, height)))
}

/// Everything that the card says now.
struct Words {
    head: String,
    title: String,
    /// What is said, and what else will be said in this scene: the room is made for the longer one.
    body: String,
    longest: Vec<String>,
    choices: Vec<String>,
    answer: Option<(bool, String)>,
    note: &'static str,
    /// Part of the scene's time that has passed.
    passed: f32,
}

impl Words {
    fn of(player: &Player, view: &RunView) -> Self {
        let tour = player.tour();
        let scenes = tour.scenes.len();
        let head = format!("{} · {} of {scenes}", tour.title, player.at() + 1);
        let title = player.scene().map_or_else(String::new, |scene| scene.title.clone());
        let mut words = Self {
            head,
            title,
            body: player.words(view),
            longest: Vec::new(),
            choices: Vec::new(),
            answer: None,
            note: "",
            passed: player.passed(view) as f32,
        };
        if let Some(scene) = player.scene() {
            let all = std::iter::once(&scene.caption).chain(scene.then.as_ref());
            words.longest = all.map(|phrase| phrase.words(view, player.span())).collect();
            if let (Phase::Asks(given), Some(question)) = (player.phase(), &scene.question) {
                words.body = question.text.words(view, player.span());
                words.longest.clear();
                words.choices = question.choices.iter().map(|choice| choice.words(view, player.span())).collect();
                words.answer = given.map(|given| (given == question.right, question.answer.words(view, player.span())));
            }
        }
        match player.phase() {
            Phase::Begins => words.body = "The run of this tour begins …".to_owned(),
            Phase::Failed(why) => words.body = why.clone(),
            Phase::Over => words.note = "The end. The run is yours.",
            _ if player.paused() => words.note = "Paused: the run is in your hands.",
            _ if player.hurries() => words.note = "Goes there at full speed …",
            _ => {}
        }
        words
    }

    fn height(&self, pen: &Pen, width: f32) -> f32 {
        let of = |text: &str| pen.paragraph_height(width, text, Face::Body);
        let body = self.longest.iter().map(|text| of(text)).fold(of(&self.body), f32::max);
        let choices = self.choices.len() as f32 * 30.0;
        let answer = self.answer.as_ref().map_or(0.0, |(_, text)| of(text) + 26.0);
        PAD + 18.0 + 10.0 + 22.0 + body + choices + answer + 14.0 + BUTTONS + PAD
    }
}

fn draw(ui: &mut Ui, rect: Rect, player: &Player, words: &Words, theme: &Theme) -> Option<Clicked> {
    let ground = ui.allocate_rect(rect, Sense::click_and_drag());
    ground.widget_info(|| WidgetInfo::labeled(WidgetType::Window, true, "Tour"));
    let pen = Pen::new(ui, theme);
    pen.painter.rect(rect, corners(theme.tokens.radius.menu), theme.header, theme.outline(), egui::StrokeKind::Inside);
    let (left, right) = (rect.left() + PAD, rect.right() - PAD);
    let mut y = rect.top() + PAD + 7.0;
    let head = pen.text_within(pos2(left, y), Align::Min, right - left - 30.0, &words.head, Face::Label, theme.text2);
    widget::spoken(ui, head, ui.id().with("tour head"), &words.head);
    let mut clicked = None;
    let cross = Rect::from_min_size(pos2(right - 18.0, y - 12.0), vec2(24.0, 24.0));
    let button = Button::sign(Glyph::Cross, "End the tour", "Ends the tour; the tiles stand as before, the run stays")
        .look(Look::Quiet);
    if button.show(ui, theme, cross, ui.id().with("end tour")).clicked() {
        clicked = Some(Clicked::Close);
    }
    y += 15.0;
    progress(&pen, Rect::from_min_max(pos2(left, y), pos2(right, y + 3.0)), player, words.passed);
    y += 20.0;
    pen.text_within(pos2(left, y), Align::Min, right - left, &words.title, Face::Title, theme.text);
    y += 12.0;
    let body = pen.paragraph(pos2(left, y), right - left, &words.body, Face::Body, theme.text);
    widget::spoken(ui, body, ui.id().with("tour words"), &words.body);
    y = body.bottom() + 8.0;
    let given = match player.phase() {
        Phase::Asks(given) => *given,
        _ => None,
    };
    let right_choice = player.scene().and_then(|scene| scene.question.as_ref()).map(|question| question.right);
    for (index, choice) in words.choices.iter().enumerate() {
        let place = Rect::from_min_size(pos2(left, y), vec2(right - left, 26.0));
        y += 30.0;
        let look = if given == Some(index) { Look::Primary } else { Look::Plain };
        // Once it is answered the right one is told by a word, not by colour alone.
        let told = match given {
            Some(_) if right_choice == Some(index) => format!("Right: {choice}"),
            _ => choice.clone(),
        };
        let disabled = given.map(|_| "It is answered");
        let button = Button { disabled, ..Button::words(&told, "Answers the question") };
        if button.look(look).show(ui, theme, place, ui.id().with(("choice", index))).clicked() {
            clicked = Some(Clicked::Answer(index));
        }
    }
    if let Some((right_one, answer)) = &words.answer {
        let verdict = if *right_one { "That is it." } else { "Not that." };
        pen.text(pos2(left, y + 10.0), Align::Min, verdict, Face::LabelStrong, theme.text);
        let at = pen.paragraph(pos2(left, y + 20.0), right - left, answer, Face::Body, theme.text2);
        widget::spoken(ui, at, ui.id().with("tour answer"), &format!("{verdict} {answer}"));
    }
    clicked.or(buttons(
        ui,
        Rect::from_min_max(pos2(left, rect.bottom() - PAD - BUTTONS), pos2(right, rect.bottom() - PAD)),
        player,
        words,
        theme,
    ))
}

/// A bar for each scene; the present one fills with its time.
fn progress(pen: &Pen, rect: Rect, player: &Player, passed: f32) {
    let theme = &pen.theme;
    let scenes = player.tour().scenes.len().max(1);
    let gap = 3.0;
    let width = ((rect.width() - gap * (scenes - 1) as f32) / scenes as f32).max(1.0);
    for scene in 0..scenes {
        let bar = Rect::from_min_size(
            pos2(rect.left() + scene as f32 * (width + gap), rect.top()),
            vec2(width, rect.height()),
        );
        let over = scene < player.at() || *player.phase() == Phase::Over;
        let ink = if over { *theme.text2 } else { mix(theme.text2, theme.header, 0.25) };
        pen.painter.rect_filled(bar, 1.5, ink);
        if scene == player.at() && !over {
            pen.painter.rect_filled(bar.with_max_x(bar.left() + bar.width() * passed), 1.5, theme.text);
        }
    }
}

fn buttons(ui: &Ui, row: Rect, player: &Player, words: &Words, theme: &Theme) -> Option<Clicked> {
    let pen = Pen::new(ui, theme);
    let mut clicked = None;
    let mut x = row.left();
    let mut place = |width: f32| {
        let rect = Rect::from_min_size(pos2(x, row.top()), vec2(width, BUTTONS));
        x += width + 6.0;
        rect
    };
    let first = (player.at() == 0).then_some("This is the first scene");
    let back = Button {
        disabled: first,
        ..Button::sign(Glyph::BackInterval, "Back a scene", "To the scene before; the run goes there at full speed")
    };
    if back.show(ui, theme, place(30.0), ui.id().with("tour back")).clicked() {
        clicked = Some(Clicked::Back);
    }
    let over = *player.phase() == Phase::Over;
    let stands = player.paused() || over;
    let (glyph, label, tip) = match (over, stands) {
        (true, _) => (Glyph::Play, "Play again", "Plays the tour from its first scene"),
        (_, true) => (Glyph::Play, "Go on", "The tour goes on; a scene whose run you changed begins again"),
        _ => (Glyph::Pause, "Pause", "The tour stands, and the run with it"),
    };
    let play = Button { glyph: Some(glyph), ..Button::words(label, tip) };
    let play = if stands { play.look(Look::Primary) } else { play };
    let width = play.width(&pen) + 6.0;
    if play.show(ui, theme, place(width), ui.id().with("tour play")).clicked() {
        clicked = Some(if stands { Clicked::Play } else { Clicked::Pause });
    }
    if !over {
        let answered = matches!(player.phase(), Phase::Asks(Some(_)));
        let last = player.at() + 1 == player.tour().scenes.len();
        let label = match (player.phase(), last) {
            (Phase::Stands | Phase::Asks(_), true) => "Finish",
            (Phase::Stands | Phase::Asks(_), false) => "Next scene",
            _ => "Skip",
        };
        let skip = Button { glyph: Some(Glyph::StepInterval), ..Button::words(label, "To the next scene") };
        let skip = if answered { skip.look(Look::Primary) } else { skip };
        let width = skip.width(&pen) + 6.0;
        if skip.show(ui, theme, place(width), ui.id().with("tour skip")).clicked() {
            clicked = Some(Clicked::Skip);
        }
    }
    let again = Button::words("Loop", "Begins again after the last scene: for a screen that nobody attends")
        .look(if player.looping() { Look::Primary } else { Look::Quiet });
    let width = again.width(&pen) + 4.0;
    if again.show(ui, theme, place(width), ui.id().with("tour loop")).clicked() {
        clicked = Some(Clicked::Loop);
    }
    let at = pen.text_within(
        pos2(row.right(), row.center().y),
        Align::Max,
        (row.right() - x).max(1.0),
        words.note,
        Face::Label,
        theme.text2,
    );
    if !words.note.is_empty() {
        widget::spoken(ui, at, ui.id().with("tour note"), words.note);
    }
    clicked
}
