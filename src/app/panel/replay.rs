//! The log that is played instead of a run: its chip, what is known of it, the other logs of the set, and the way back.

use std::path::PathBuf;

use egui::{Align, Ui, pos2, vec2};

use crate::app::board::Ask;
use crate::app::command::WindowDeed;
use crate::app::theme::Face;
use crate::record::Provenance;
use crate::session::{Command, ReplayView};

use super::beside::checked;
use super::control::WORDS;
use super::pen::Pen;
use super::picker::{Alternative, Picker};
use super::widget::{Button, Look, spoken};
use super::words::{grouped, sentence};
use super::{Cx, PanelState, TileId, control, policy_card};

/// Most bad rows that are listed in the tile; the tooltip has more.
const MOST_LISTED: usize = 3;

/// How the names of result files end, before `.csv`.
const RESULTS: [&str; 4] = ["_episodes", "_hardware", "_macro", "_base"];

/// Files that were dropped onto the window, told by their names: a setup begins a run, a network shows its card, results
/// go on the scoreboard, anything else is a log.
pub(super) fn dropped(ui: &Ui, state: &mut PanelState, cx: &mut Cx<'_>) {
    let files = ui.ctx().input_mut(|input| std::mem::take(&mut input.raw.dropped_files));
    let paths: Vec<_> = files.into_iter().filter_map(|file| file.path).collect();
    let ending = |path: &PathBuf| path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    let (setups, rest): (Vec<_>, Vec<_>) =
        paths.into_iter().partition(|path| matches!(ending(path).as_str(), "yaml" | "yml"));
    cx.out.extend(setups.into_iter().next().map(Command::Open));
    let (networks, rest): (Vec<_>, Vec<_>) = rest.into_iter().partition(|path| ending(path) == "onnx");
    if let Some(network) = networks.into_iter().next() {
        policy_card::look_at(state, network);
    }
    let is_result = |path: &PathBuf| {
        let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        ending(path) == "csv" && RESULTS.iter().any(|end| stem.ends_with(end))
    };
    let (results, logs): (Vec<_>, Vec<_>) = rest.into_iter().partition(is_result);
    if !results.is_empty() {
        state.board.asks.push(Ask::Read(results));
        cx.deeds.push(WindowDeed::ShowTile(TileId::Scoreboard));
    }
    if !logs.is_empty() {
        cx.out.push(Command::Replay(logs));
    }
}

/// Results of benchmarks that were given as logs go on the scoreboard.
pub(super) fn results(state: &mut PanelState, cx: &mut Cx<'_>) {
    let files = &cx.view.beside.results;
    if let Some(new @ [_, ..]) = files.get(state.results_sent..) {
        state.board.asks.push(Ask::Read(new.to_vec()));
        cx.deeds.push(WindowDeed::ShowTile(TileId::Scoreboard));
        state.results_sent = files.len();
    }
}

/// Words of the chip.
pub(super) fn chip_words(replay: &ReplayView) -> String {
    match replay.reading {
        Some(part) => format!("REPLAY {} · {:.0}{}%", replay.name, part * 100.0, super::words::SPACE),
        None if replay.following => format!("REPLAY {} · following", replay.name),
        None => format!("REPLAY {}", replay.name),
    }
}

/// Draws what is known of the log.
pub(super) fn show(ui: &mut Ui, replay: &ReplayView, cx: &mut Cx<'_>) {
    let theme = cx.theme;
    let width = ui.available_width();
    let (_, rect) = ui.allocate_space(vec2(width, control::FIELD));
    let place = control::field(&Pen::new(ui, &theme), rect, "Log");
    let numbers: Vec<String> = (0..replay.set.len()).map(|k| k.to_string()).collect();
    let logs: Vec<Alternative<'_>> =
        replay.set.iter().zip(&numbers).map(|(label, name)| Alternative { name, label, about: "" }).collect();
    let chosen = replay.chosen.to_string();
    let picker = Picker { label: "Log of the set", about: &replay.path, value: &chosen, alternatives: &logs };
    let asked = picker.show(ui, &theme, place, ui.id().with("log of the set"));
    cx.out.extend(asked.and_then(|name| name.parse().ok()).map(Command::Pick));

    let count = |wanted: fn(&Provenance) -> bool| replay.provenance.iter().filter(|p| wanted(p)).count();
    let logged = count(|p| matches!(p, Provenance::Logged(_)));
    let derived = count(|p| *p == Provenance::Derived);
    let absent = count(|p| *p == Provenance::Absent);
    line(ui, cx, &sentence(replay.kind), &replay.path);
    if let Some(time) = &replay.time {
        let (_, rect) = ui.allocate_space(vec2(width, control::FIELD));
        let place = control::field(&Pen::new(ui, &theme), rect, "Time");
        let all: Vec<Alternative<'_>> =
            time.choices.iter().map(|name| Alternative { name, label: name, about: "" }).collect();
        let value = time.chosen.as_deref().or(time.choices.last().map(String::as_str)).unwrap_or_default();
        let picker =
            Picker { label: "Time column", about: "The column that tells the time", value, alternatives: &all };
        cx.out.extend(picker.show(ui, &theme, place, ui.id().with("time column")).map(Command::TimeColumn));
    }
    let growing = if replay.following { ", more are expected: the file is being written" } else { "" };
    line(ui, cx, &format!("{} rows{growing}", grouped(replay.rows)), "");
    line(
        ui,
        cx,
        &format!("{logged} columns recorded, {derived} derived, {absent} not in it"),
        "Tooltips of signals say which is which. What is not in the log is shown as –",
    );
    for note in replay.notes.iter() {
        line(ui, cx, note, note);
    }
    if replay.bad.count > 0 {
        let all = replay.bad.listed.iter().take(20).map(String::as_str).collect::<Vec<_>>().join("\n");
        let words = match replay.bad.count {
            1 => "1 row left out: it cannot be read".to_owned(),
            count => format!("{} rows left out: they cannot be read", grouped(count)),
        };
        line(ui, cx, &words, &all);
        for bad in replay.bad.listed.iter().take(MOST_LISTED) {
            let short = bad.rsplit_once('/').map_or(bad.as_str(), |(_, end)| end);
            line(ui, cx, short, bad);
        }
    }
    let (_, place) = ui.allocate_space(vec2(width, 62.0));
    let from = pos2(place.left() + 12.0, place.top() + 5.0);
    checked::buttons(ui, from, width - 24.0, cx);
    if let Some(checked) = cx.view.beside.checked.clone() {
        let (_, place) = ui.allocate_space(vec2(width, 28.0));
        checked::chip(ui, pos2(place.left() + 12.0, place.center().y), width - 24.0, &checked, cx);
    }
    let (_, rect) = ui.allocate_space(vec2(width, 38.0));
    let pen = Pen::new(ui, &theme);
    let back = Button::words("Back to the live run", "Leaves the replay; the run waits where it was left");
    let at = egui::Rect::from_min_size(pos2(rect.left() + 12.0, rect.top() + 5.0), vec2(back.width(&pen) + 8.0, 24.0));
    if back.look(Look::Plain).show(ui, &theme, at, ui.id().with("leave")).clicked() {
        cx.out.push(Command::Leave);
    }
    if replay.reading.is_some() {
        let stop = Button::words("Stop reading", "Keeps the rows that have been read");
        let at = egui::Rect::from_min_size(pos2(at.right() + 6.0, at.top()), vec2(stop.width(&pen) + 8.0, 24.0));
        if stop.show(ui, &theme, at, ui.id().with("stop")).clicked() {
            cx.out.push(Command::StopReading);
        }
    }
    pen.hline(rect.left() + 12.0, rect.right() - 12.0, rect.bottom() - 3.5, theme.hairline());
}

fn line(ui: &mut Ui, cx: &Cx<'_>, words: &str, tip: &str) {
    let theme = &cx.theme;
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), WORDS));
    let pen = Pen::new(ui, theme);
    let room = rect.width() - 24.0;
    let from = pos2(rect.left() + 12.0, rect.center().y);
    let at = pen.text_within(from, Align::Min, room, words, Face::Label, theme.text2);
    let response = spoken(ui, at, ui.id().with(("replay", words)), words);
    let tip = if tip.is_empty() && pen.width(words, Face::Label) > room { words } else { tip };
    if !tip.is_empty() {
        response.on_hover_text(tip);
    }
}
