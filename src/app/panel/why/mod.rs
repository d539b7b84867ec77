//! Why a tick came as it did: the tiles Why, Observation, One step more and the bid of the interval.
//!
//! The tick is the one under the pointer, else that of the mark, else the last one. It is asked for through the session
//! ([`Command::Why`]); until the answer is there the last one stands, paler.

mod bid;
mod command;
mod seen;
mod steps;
mod waterfall;

use std::sync::Arc;

use egui::{Align, Color32, Rect, Ui, pos2, vec2};

use crate::app::theme::{Face, Theme, mix};
use crate::rollout::{Probe, SlotWhy, Why};
use crate::session::{Command, RunView};

use super::levers::slot_order;
use super::pen::Pen;
use super::widget::{self, Segment, spoken};
use super::words::{clock, grouped};
use super::{Cx, PanelState};

pub(super) use bid::show as bid;
pub(super) use seen::show as seen;
pub(super) use steps::show as steps;
pub(super) use waterfall::show as why;

/// Shortest time between two questions, s: a pointer that moves asks for few of the ticks that it passes.
const PAUSE_S: f64 = 0.15;

/// How pale an answer stands that is about another tick.
const PALE: f32 = 0.45;

/// Room at the edges of a tile.
const PAD: f32 = 12.0;

/// Height of a line of buttons or captions.
const HEAD: f32 = 30.0;

/// What the tiles remember.
#[derive(Debug, Clone, Default)]
pub(super) struct WhyState {
    /// The slot that was chosen.
    slot: Option<usize>,
    /// Whether the tile Why shows the way of the commands.
    commands: bool,
    /// What was asked for last, and when, s.
    sent: Option<(Asked, f64)>,
}

/// A question: run, tick, whether all of its stretches had been run, and if not, how often the run was changed.
type Asked = (u64, u64, bool, u64);

/// What a tile draws with: an answer, and the ink for it.
struct Told<'a> {
    slot: &'a SlotWhy,
    ink: Ink,
}

/// Colours of an answer: paler while it is about another tick.
#[derive(Clone, Copy)]
struct Ink {
    theme: Theme,
    share: f32,
}

impl Ink {
    /// A colour as it is drawn.
    fn of(&self, colour: impl Into<Color32>) -> Color32 {
        let colour = colour.into();
        if self.share >= 1.0 { colour } else { mix(colour, self.theme.surface, self.share) }
    }
}

/// The tick that is meant; `None` before the first.
fn wanted(state: &PanelState, view: &RunView) -> Option<u64> {
    let last = view.reach().checked_sub(1)?;
    let pointed = state.charts.cursor().or(state.charts.mark.map(|mark| mark as f64));
    let instant = pointed.filter(|i| i.is_finite()).unwrap_or(view.tick as f64);
    Some(((instant.round() - 1.0).max(0.0) as u64).min(last))
}

/// Asks for the tick that is meant, unless the answer is there or on its way; returns whether the answer is about it.
/// What was foretold is asked again once it has been run, and after a change.
fn ask(ui: &Ui, state: &mut PanelState, cx: &mut Cx<'_>) -> bool {
    let view = cx.view;
    let Some(tick) = wanted(state, view) else { return false };
    let whole = view.reach() >= Probe::until(&view.spec, tick);
    // What has not been run yet comes otherwise after a change.
    let key = (view.run, tick, whole, if whole { 0 } else { view.beside.changes });
    let answer = view.beside.why.as_ref();
    let told = answer.is_some_and(|a| a.tick == tick);
    let foretold = answer
        .and_then(|a| a.told.as_ref().ok())
        .is_some_and(|why| why.slots.iter().any(|s| s.foretold_from.is_some()));
    let now = ui.input(|i| i.time);
    let state = &mut state.why;
    let sent = state.sent.filter(|(_, at)| *at <= now);
    // What was asked is not asked again, answered or not: the answer wakes the window.
    if sent.is_some_and(|(sent, _)| sent == key) || told && !(foretold && (whole || sent.is_some())) {
        return told;
    }
    let left = sent.map_or(0.0, |(_, at)| at + PAUSE_S - now);
    if left <= 0.0 {
        state.sent = Some((key, now));
        cx.out.push(Command::Why { tick });
    } else {
        ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(left.clamp(0.02, PAUSE_S)));
    }
    told
}

/// Slots that can be asked about, the fastest first.
fn slots(view: &RunView) -> Vec<usize> {
    let worth = |s: &usize| view.spec.slots.get(*s).is_some_and(|slot| slot.reward.is_some());
    slot_order(view).into_iter().filter(worth).collect()
}

/// The slot that is shown.
fn chosen(state: &WhyState, view: &RunView) -> Option<usize> {
    let all = slots(view);
    let drives = |s: &&usize| view.slots.get(**s).is_some_and(|slot| slot.drives);
    let usual = || all.iter().find(drives).or(all.first()).copied();
    state.slot.filter(|s| all.contains(s)).or_else(usual)
}

/// What to draw; says in the tile what is in the way where there is nothing.
fn told<'a>(ui: &Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'a>) -> Option<(&'a Why, Ink)> {
    let fresh = ask(ui, state, cx);
    let theme = cx.theme;
    let view: &'a RunView = cx.view;
    let say = |words: &str, cure: &str| {
        let pen = Pen::new(ui, &theme);
        let width = (rect.width() - 2.0 * PAD).max(1.0);
        let at = pen.paragraph(rect.min + vec2(PAD, PAD), width, words, Face::Body, theme.text2);
        if !cure.is_empty() {
            pen.paragraph(pos2(at.left(), at.bottom() + 6.0), width, cure, Face::Label, theme.text3);
        }
        spoken(ui, at, ui.id().with("why says"), words);
    };
    if wanted(state, view).is_none() {
        say("Nothing has been run yet.", "Press Space, or step a tick on.");
        return None;
    }
    match view.beside.why.as_ref().map(|answer| &answer.told) {
        None => {
            say("The tick is being run again …", "");
            None
        }
        Some(Err((what, cure))) => {
            say(&super::words::sentence(what), cure);
            None
        }
        Some(Ok(why)) => {
            let why: &'a Why = Arc::as_ref(why);
            Some((why, Ink { theme, share: if fresh { 1.0 } else { PALE } }))
        }
    }
}

/// The same for the slot that is chosen.
fn told_slot<'a>(ui: &Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'a>) -> Option<Told<'a>> {
    let (why, ink) = told(ui, rect, state, cx)?;
    let slot = chosen(&state.why, cx.view)?;
    Some(Told { slot: why.slots.get(slot)?, ink })
}

/// Draws the switch between slots, and which tick is told at the right end.
fn head(ui: &Ui, rect: Rect, state: &mut PanelState, cx: &Cx<'_>) {
    let theme = cx.theme;
    let view = cx.view;
    let pen = Pen::new(ui, &theme);
    let all = slots(view);
    let now = chosen(&state.why, view);
    let spec = |s: &usize| view.spec.slots.get(*s);
    let alone = |s: &usize| {
        all.iter().filter(|o| spec(o).map(|x| x.period_ticks) == spec(s).map(|x| x.period_ticks)).count() == 1
    };
    let words: Vec<String> = all
        .iter()
        .map(|s| match spec(s) {
            Some(slot) if alone(s) && all.len() > 1 => {
                if slot.period_ticks <= 1 {
                    "This tick".to_owned()
                } else {
                    "This interval".to_owned()
                }
            }
            Some(slot) => slot.label.clone(),
            None => String::new(),
        })
        .collect();
    let mut segments: Vec<Segment<'_>> = all
        .iter()
        .zip(&words)
        .map(|(s, words)| Segment {
            words,
            name: format!("Why {}", spec(s).map_or("", |slot| slot.label.as_str())),
            tip: "Whose reward, observation and levers are told",
            chosen: !state.why.commands && now == Some(*s),
        })
        .collect();
    segments.push(Segment {
        words: "Commands",
        name: "The way of the commands".to_owned(),
        tip: "What became of each command between controller and plant",
        chosen: state.why.commands,
    });
    let names: Vec<&str> = segments.iter().map(|s| s.words).collect();
    let height = theme.tokens.control.segmented_h + 2.0;
    let room = (rect.width() - 2.0 * PAD).max(1.0);
    let width = widget::segmented_width(&pen, &names).min(room);
    let place = Rect::from_min_size(pos2(rect.left() + PAD, rect.center().y - height / 2.0), vec2(width, height));
    let id = ui.id().with("why slots");
    if let Some(index) = widget::segmented(ui, &theme, place, id, &segments) {
        state.why.commands = index >= all.len();
        if let Some(slot) = all.get(index) {
            state.why.slot = Some(*slot);
        }
    }
    let Some(why) = view.beside.why.as_ref() else { return };
    let ink = |colour| if wanted(state, view) == Some(why.tick) { colour } else { mix(colour, theme.surface, PALE) };
    let time = clock(view.spec.calendar.civil(why.tick + 1));
    let number = grouped(why.tick);
    let runs = [
        ("tick ", Face::Label, ink(*theme.text3)),
        (number.as_str(), Face::NumberLabel, ink(*theme.text)),
        ("  ", Face::Label, *theme.text3),
        (time.as_str(), Face::NumberLabel, ink(*theme.text)),
    ];
    let right = pos2(rect.right() - PAD, rect.center().y);
    if pen.width_of(&runs) < right.x - place.right() - 8.0 {
        let at = pen.runs(right, Align::Max, &runs);
        let tip = format!("Tick {number}, which ends at {time}");
        spoken(ui, at, ui.id().with("why tick"), &tip).on_hover_text(&tip);
    }
}

/// Tells in a line that part of a stretch has not been run.
fn foretold(told: &SlotWhy, view: &RunView) -> Option<String> {
    let from = told.foretold_from?;
    let time = clock(view.spec.calendar.civil(from));
    Some(format!("From {time} on as it comes when everything goes on as it does."))
}
