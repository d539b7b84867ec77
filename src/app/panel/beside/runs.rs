//! The tile Runs: every run of the session with its colour, what drives it and where it stands; shadows; verdicts.

use egui::{Align as TextAlign, Rect, ScrollArea, Ui, pos2, vec2};

use crate::app::command;
use crate::app::theme::Face;
use crate::control::shown_name;
use crate::session::{Command, RunEntry, RunView};

use super::super::glyph::Glyph;
use super::super::pen::Pen;
use super::super::picker::{Alternative, Picker};
use super::super::widget::{self, Button, Look as Dress, Segment, spoken};
use super::super::words::signed;
use super::super::{Cx, PanelState};
use super::race::{self, RaceForm};
use super::{Align, Look, checked, kpi, row};

/// Height of a line of buttons.
const HEAD: f32 = 34.0;

/// Height of the line of choices.
const CHOICES: f32 = 30.0;

/// Room at both sides.
pub(super) const PAD: f32 = 12.0;

/// What the tile remembers.
#[derive(Debug, Clone, Default)]
pub(in crate::app::panel) struct RunsState {
    /// Run that gets another name, the name so far, and whether its field is new.
    pub(super) renaming: Option<(u64, String, bool)>,
    /// What a race or shadows are begun with, while it is shown.
    pub(super) race: Option<RaceForm>,
    /// Rows of a run that were asked for, because they were gone.
    pub(super) needed: Option<(u64, std::ops::Range<u64>)>,
    /// The form is wanted, for this slot, and made when the tile is drawn next.
    wanted: Option<Option<usize>>,
}

impl RunsState {
    /// Shows the form for races and shadows, or puts it away.
    pub fn toggle_race(&mut self) {
        if self.race.take().is_none() {
            self.wanted = Some(None);
        }
    }

    /// Shows the form for a slot.
    pub fn race_for(&mut self, slot: usize) {
        self.wanted = Some(Some(slot));
    }
}

/// Draws the tile's body.
pub(in crate::app::panel) fn show(ui: &mut Ui, rect: Rect, state: &mut PanelState, cx: &mut Cx<'_>) {
    if let Some(slot) = state.runs.wanted.take() {
        state.runs.race = Some(RaceForm::of(cx.view, slot));
    }
    super::super::inside(ui, rect, "runs", |ui| {
        if cx.view.replay.is_some() {
            checked::instead(ui, rect, cx);
            return;
        }
        let (head, mut body) = rect.split_top_bottom_at_y(rect.top() + HEAD.min(rect.height()));
        buttons(ui, head, cx);
        let several = cx.view.beside.runs.len() > 1;
        if several {
            let lines = if state.charts.compare.align == Align::Event { 2.0 } else { 1.0 };
            let (line, rest) = body.split_top_bottom_at_y(body.top() + (lines * CHOICES).min(body.height()));
            choices(ui, line, state, cx);
            body = rest;
        }
        super::super::inside(ui, body, "list", |ui| {
            ScrollArea::vertical().id_salt("runs").auto_shrink(false).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                if let Some(mut form) = state.runs.race.take() {
                    let kept = race::show(ui, body.width(), &mut form, cx);
                    state.runs.race = kept.then_some(form);
                }
                let runs = std::sync::Arc::clone(&cx.view.beside.runs);
                for (run, rank) in ranked(&runs, cx.view) {
                    row::show(ui, body.width(), run, rank, state, cx);
                }
                if !several {
                    empty(ui, body, cx);
                }
                shadows(ui, body.width(), cx);
                if several {
                    kpi::show(ui, body.width(), state, cx);
                }
                ui.allocate_space(vec2(1.0, 8.0));
            });
        });
    });
}

/// The metric that races are ranked by: the reward of the slot that they are about, summed where a plant sums it.
pub(super) fn reward_metric(view: &RunView, race: Option<u64>) -> Option<usize> {
    let spec = &view.spec;
    let metric = |slot: usize| {
        let reward = spec.slots.get(slot)?.reward?;
        let of = |wanted: &crate::plant::Fold| spec.metrics.iter().position(|m| m.slot == slot && m.fold == *wanted);
        of(&crate::plant::Fold::Sum(reward)).or_else(|| of(&crate::plant::Fold::Mean(reward)))
    };
    let raced = race.and_then(|race| slot_of_race(view, race)).and_then(metric);
    let fastest = || super::super::levers::slot_order(view).into_iter().find_map(metric);
    raced.or_else(fastest)
}

/// The slot in which the runs of a race have different controllers.
fn slot_of_race(view: &RunView, race: u64) -> Option<usize> {
    let names = |run: &RunEntry| run.controllers.split(" + ").map(str::to_owned).collect::<Vec<_>>();
    let all: Vec<Vec<String>> = view.beside.runs.iter().filter(|r| r.race == Some(race)).map(names).collect();
    let first = all.first()?;
    let part = (0..first.len()).find(|k| all.iter().any(|own| own.get(*k) != first.get(*k)))?;
    // Controllers are joined without the slots that nobody drives.
    let driven = view.slots.iter().enumerate().filter(|(_, s)| s.drives).map(|(k, _)| k);
    driven.into_iter().nth(part)
}

/// Runs in their order, those of a race by their reward with their places.
fn ranked<'a>(runs: &'a [RunEntry], view: &RunView) -> Vec<(&'a RunEntry, Option<usize>)> {
    let mut out: Vec<(&RunEntry, Option<usize>)> = Vec::with_capacity(runs.len());
    let mut done: Vec<u64> = Vec::new();
    for run in runs {
        let Some(race) = run.race else {
            out.push((run, None));
            continue;
        };
        if done.contains(&race) {
            continue;
        }
        done.push(race);
        let metric = reward_metric(view, Some(race));
        let value = |run: &RunEntry| metric.and_then(|k| run.metrics.get(k)).copied().unwrap_or(f64::NAN);
        let mut own: Vec<&RunEntry> = runs.iter().filter(|r| r.race == Some(race)).collect();
        // Those without a number come last; equal ones keep their order.
        own.sort_by(|a, b| match (value(a), value(b)) {
            (a, b) if a.is_nan() || b.is_nan() => a.is_nan().cmp(&b.is_nan()),
            (a, b) => b.total_cmp(&a),
        });
        out.extend(own.into_iter().enumerate().map(|(place, run)| (run, Some(place + 1))));
    }
    out
}

/// Branch, race, lay beside.
fn buttons(ui: &Ui, rect: Rect, cx: &mut Cx<'_>) {
    let theme = cx.theme;
    let pen = Pen::new(ui, &theme);
    pen.hline(rect.left(), rect.right(), rect.bottom() - 0.5, theme.hairline());
    let mut x = rect.left() + PAD;
    for (id, words) in [("branch", "Branch here"), ("race", "Race…"), ("lay", "Lay a log…")] {
        let Some(entry) = command::find(id) else { continue };
        let tip = entry.tip();
        let button = Button { disabled: (entry.deed)(cx.view).err(), ..Button::words(words, &tip) };
        let room = rect.right() - 6.0 - x;
        let place =
            Rect::from_min_size(pos2(x, rect.top() + 5.0), vec2((button.width(&pen) + 2.0).min(room.max(1.0)), 24.0));
        if button.show(ui, &theme, place, ui.id().with(id)).clicked() {
            cx.run(entry);
        }
        x = place.right() + 6.0;
    }
}

/// Overlay or difference, and how times are laid over each other.
fn choices(ui: &mut Ui, rect: Rect, state: &mut PanelState, cx: &Cx<'_>) {
    let theme = &cx.theme;
    let pen = Pen::new(ui, theme);
    let compare = &mut state.charts.compare;
    let height = theme.tokens.control.segmented_h;
    let y = rect.top() + CHOICES / 2.0;
    let place = |x: f32, width: f32| Rect::from_min_size(pos2(x, y - height / 2.0), vec2(width, height));
    let segment =
        |words: &'static str, name: String, tip: &'static str, chosen: bool| Segment { words, name, tip, chosen };
    let words = ["Overlay", "Difference"];
    let narrow = rect.width() < 330.0;
    let width = widget::segmented_width(&pen, &words);
    let over = [
        segment(
            words[0],
            "Charts show overlays".to_owned(),
            "Charts show all runs over each other",
            !compare.difference,
        ),
        segment(
            words[1],
            "Charts show differences".to_owned(),
            "Charts show runs less the shown one (I)",
            compare.difference,
        ),
    ];
    let at = place(rect.left() + PAD, width.min(rect.width() * 0.5));
    if let Some(chosen) = widget::segmented(ui, theme, at, ui.id().with("over"), &over) {
        compare.difference = chosen == 1;
    }
    let ways: Vec<Segment<'_>> = Align::ALL
        .iter()
        .map(|way| {
            let tip = match way {
                Align::Clock => "The same time of day stands over each other",
                Align::Tick => "The same number of ticks stands over each other",
                Align::Event => "The first event that both runs had stands over each other",
            };
            segment(way.label(), format!("Align by {}", way.label().to_lowercase()), tip, compare.align == *way)
        })
        .collect();
    let width = widget::segmented_width(&pen, &Align::ALL.map(Align::label));
    let left = rect.right() - PAD - width.min(rect.right() - PAD - at.right() - 8.0);
    if !narrow && left - at.right() > pen.width("Align by", Face::Label) + 16.0 {
        pen.text(pos2(left - 6.0, y), TextAlign::Max, "Align by", Face::Label, theme.text3);
    }
    let at = place(left, rect.right() - PAD - left);
    if at.width() > 60.0
        && let Some(way) =
            widget::segmented(ui, theme, at, ui.id().with("align"), &ways).and_then(|k| Align::ALL.get(k))
    {
        compare.align = *way;
    }
    if compare.align == Align::Event {
        let kinds = cx.view.spec.events.iter().map(|e| Alternative { name: &e.name, label: &e.label, about: "" });
        let first = Alternative { name: "", label: "The first that both had", about: "" };
        let all: Vec<Alternative<'_>> = std::iter::once(first).chain(kinds).collect();
        let picker = Picker {
            label: "Event",
            about: "The first event of this kind stands over each other",
            value: &compare.event,
            alternatives: &all,
        };
        let line = rect.bottom() - CHOICES / 2.0;
        let said = pen.text(pos2(rect.left() + PAD, line), TextAlign::Min, "Event", Face::Label, theme.text2);
        let place = Rect::from_min_max(pos2(said.right() + 8.0, line - 12.0), pos2(rect.right() - PAD, line + 12.0));
        if let Some(chosen) = picker.show(ui, theme, place, ui.id().with("align event")) {
            compare.event = chosen;
        }
    }
}

/// What can be done where there is one run.
fn empty(ui: &mut Ui, body: Rect, cx: &mut Cx<'_>) {
    let theme = cx.theme;
    let pen = Pen::new(ui, &theme);
    let words = "Only this run is here. Branch it to try something else from this instant on: the noise stays the same, so \
                 that what you change is all that differs. Or let controllers race, or lay a recorded log beside.";
    let width = (body.width() - 2.0 * PAD).clamp(1.0, 420.0);
    let height = pen.paragraph_height(width, words, Face::Body);
    let (_, place) = ui.allocate_space(vec2(body.width(), height + 66.0));
    let said = pen.paragraph(pos2(place.left() + PAD, place.top() + 14.0), width, words, Face::Body, theme.text2);
    spoken(ui, said, ui.id().with("empty"), words);
    let Some(entry) = command::find("branch") else { return };
    let tip = entry.tip();
    let button = Button {
        name: "Make the first branch",
        disabled: (entry.deed)(cx.view).err(),
        ..Button::words("Branch here", &tip).look(Dress::Primary)
    };
    let at = Rect::from_min_size(pos2(said.left(), said.bottom() + 12.0), vec2(button.width(&pen) + 12.0, 26.0));
    if button.show(ui, &theme, at, ui.id().with("first")).clicked() {
        cx.run(entry);
    }
}

/// Shadows with the rewards that they would have earned.
fn shadows(ui: &mut Ui, width: f32, cx: &mut Cx<'_>) {
    let shadows = std::sync::Arc::clone(&cx.view.beside.shadows);
    if shadows.is_empty() {
        return;
    }
    let theme = cx.theme;
    let (_, line) = ui.allocate_space(vec2(width, 26.0));
    let pen = Pen::new(ui, &theme);
    let y = line.center().y + 2.0;
    let title = pen.text(pos2(line.left() + PAD, y), TextAlign::Min, "Shadows", Face::LabelStrong, theme.text2);
    let words = "compute every tick, do not act; reward ahead of who drives";
    let room = line.right() - PAD - title.right() - 12.0;
    pen.text_within(pos2(title.right() + 12.0, y), TextAlign::Min, room, words, Face::Label, theme.text3);
    for shadow in shadows.iter() {
        let (_, place) = ui.allocate_space(vec2(width, 24.0));
        let pen = Pen::new(ui, &theme);
        let y = place.center().y;
        let look = Look::of(&theme, shadow.colour);
        look.sample(&pen, Rect::from_min_size(pos2(place.left() + 34.0, y - 1.0), vec2(22.0, 2.0)));
        let slot = cx.view.spec.slots.get(shadow.slot).map_or("", |s| s.label.as_str());
        let number = signed(shadow.ahead, 1);
        let cross = Rect::from_center_size(pos2(place.right() - PAD - 9.0, y), vec2(20.0, 20.0));
        let end = pen.text(pos2(cross.left() - 6.0, y), TextAlign::Max, &number, Face::NumberLabel, theme.text);
        let from = pos2(place.left() + 64.0, y);
        let name = shown_name(&shadow.controller);
        let room = end.left() - from.x - 8.0;
        let at = pen.text_within(from, TextAlign::Min, room, name, Face::Label, theme.text);
        let rest = end.left() - at.right() - 14.0;
        if rest > 30.0 {
            let (words, ink) = match &shadow.trouble {
                Some(trouble) => (trouble.as_str(), theme.text2),
                None => (slot, theme.text3),
            };
            pen.text_within(pos2(at.right() + 8.0, y), TextAlign::Min, rest, words, Face::Caption, ink);
        }
        let reward = if shadow.reward.is_finite() { signed(shadow.reward, 3) } else { "–".to_owned() };
        let words = format!("Shadow {name} of {slot}: {reward} this tick, {number} ahead");
        let seen = place.with_max_x(cross.left() - 4.0);
        let tip = shadow.trouble.as_ref().map_or(words.clone(), |t| format!("{words}\nNot its own decision: {t}"));
        spoken(ui, seen, ui.id().with(("shadow", shadow.id)), &words).on_hover_text(tip);
        let name = format!("Take the shadow {name} away");
        let button = Button::sign(Glyph::Cross, &name, "It computes no more").look(Dress::Quiet);
        if button.show(ui, &theme, cross, ui.id().with(("unshadow", shadow.id))).clicked() {
            cx.out.push(Command::Unshadow(shadow.id));
        }
    }
}
