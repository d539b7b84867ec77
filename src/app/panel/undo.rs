//! Undo and redo of layout and settings: what the settings file would hold, before and after each change.
//!
//! A change counts once the pointer is released, so that dragging an edge is one step. The run is never touched, nor
//! what is only remembered: the window's size, files that were open, best results.

use egui::Ui;

use crate::app::settings::Settings;

use super::PanelState;

/// Most steps that are kept.
const MOST: usize = 60;

/// Time that changes of one kind gather in, s.
const GATHER_S: f64 = 0.4;

/// What can be undone and done again.
#[derive(Debug, Clone, Default)]
pub(super) struct UndoState {
    past: Vec<(Settings, &'static str)>,
    future: Vec<(Settings, &'static str)>,
    last: Option<Settings>,
    /// When the newest change was seen, and what it was.
    changed: Option<(f64, &'static str)>,
}

/// What counts as a change: the settings without what is only remembered.
fn counted(panel: &PanelState) -> Settings {
    let plain = Settings::default();
    let now = Settings::of(panel);
    Settings {
        window: plain.window,
        recent: plain.recent,
        best_results: plain.best_results,
        hidden_runs: plain.hidden_runs,
        run_colours: plain.run_colours,
        ..now
    }
}

/// Takes in what the panels are like after a frame.
pub(super) fn see(ui: &Ui, state: &mut PanelState) {
    // A tour moves the tiles about as it likes, and puts them back.
    if state.tour_player().is_some() || ui.input(|i| i.pointer.any_down()) {
        return;
    }
    let now = counted(state);
    let time = ui.input(|i| i.time);
    let undo = &mut state.undo;
    let Some(last) = undo.last.replace(now.clone()) else { return };
    if last == now {
        return;
    }
    let what = difference(&last, &now);
    // Stepping through themes or sizes with a key is one change.
    let goes_on = undo.changed.is_some_and(|(at, before)| before == what && time - at < GATHER_S);
    undo.changed = Some((time, what));
    if !goes_on {
        undo.past.push((last, what));
        if undo.past.len() > MOST {
            undo.past.remove(0);
        }
    }
    undo.future.clear();
}

/// What differs, in words; the first thing where several do.
fn difference(before: &Settings, after: &Settings) -> &'static str {
    if before.layout != after.layout {
        "the change of the layout"
    } else if before.changed_layout != after.changed_layout {
        "the move of tiles"
    } else if before.layouts != after.layouts {
        "the change of kept layouts"
    } else if before.charts != after.charts {
        "the change of a chart"
    } else if before.theme != after.theme {
        "the change of the theme"
    } else if before.scale.to_bits() != after.scale.to_bits() {
        "the change of the scale"
    } else if before.span != after.span {
        "the change of what charts show"
    } else if before.align != after.align || before.differences != after.differences {
        "the change of how runs are compared"
    } else if before.welcome != after.welcome {
        "whether the first page comes at the start"
    } else {
        "a change of settings"
    }
}

/// Takes the last change back, or does it again, and tells what it was.
pub(super) fn step(state: &mut PanelState, back: bool) {
    if state.tour_player().is_some() {
        state.tell("Undo waits for the end of the tour: it puts the tiles back itself".to_owned());
        return;
    }
    let present = counted(state);
    let undo = &mut state.undo;
    let taken = if back { undo.past.pop() } else { undo.future.pop() };
    let Some((wanted, what)) = taken else {
        state.tell(if back { "Nothing to undo" } else { "Nothing to redo" }.to_owned());
        return;
    };
    let other = if back { &mut undo.future } else { &mut undo.past };
    other.push((present, what));
    let own = Settings::of(state);
    let wanted = Settings {
        window: own.window,
        recent: own.recent,
        best_results: own.best_results,
        hidden_runs: own.hidden_runs,
        run_colours: own.run_colours,
        ..wanted
    };
    wanted.apply(state);
    // What was put back is no change of its own.
    let counted = counted(state);
    state.undo.last = Some(counted);
    state.undo.changed = None;
    state.tell(format!("{} {what}", if back { "Undid" } else { "Did again" }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::theme::ThemeName;

    /// A frame without a pointer, at a time.
    fn frame(state: &mut PanelState, time: f64) {
        let ctx = egui::Context::default();
        let input = egui::RawInput { time: Some(time), ..Default::default() };
        let _ = ctx.run_ui(input, |ui| see(ui, state));
    }

    #[test]
    fn changes_are_taken_back_one_by_one_and_done_again() {
        let mut state = PanelState::default();
        frame(&mut state, 0.0);
        state.theme = ThemeName::Light;
        frame(&mut state, 1.0);
        state.tiling.choose("Flows");
        frame(&mut state, 2.0);
        step(&mut state, true);
        assert_eq!((state.tiling.name(), state.theme), ("Live", ThemeName::Light));
        assert_eq!(state.notices.last().map(|n| n.text.as_str()), Some("Undid the change of the layout"));
        step(&mut state, true);
        assert_eq!(state.theme, ThemeName::Dark);
        step(&mut state, true);
        assert_eq!(state.notices.last().map(|n| n.text.as_str()), Some("Nothing to undo"));
        frame(&mut state, 3.0);
        step(&mut state, false);
        step(&mut state, false);
        assert_eq!((state.tiling.name(), state.theme), ("Flows", ThemeName::Light));
        // Something new ends what could be done again.
        step(&mut state, true);
        state.still = true;
        frame(&mut state, 4.0);
        step(&mut state, false);
        assert_eq!(state.notices.last().map(|n| n.text.as_str()), Some("Nothing to redo"));
    }

    #[test]
    fn what_is_only_remembered_is_no_change() {
        let mut state = PanelState::default();
        frame(&mut state, 0.0);
        state.window = Some([1_000, 700]);
        state.set_recent(vec![("a.csv".into(), "a log".to_owned())]);
        frame(&mut state, 1.0);
        step(&mut state, true);
        assert_eq!(state.notices.last().map(|n| n.text.as_str()), Some("Nothing to undo"));
        assert_eq!(state.recent().len(), 1);
    }

    #[test]
    fn steps_of_one_kind_in_a_moment_are_one_change() {
        let mut state = PanelState::default();
        frame(&mut state, 0.0);
        for (number, scale) in [1.25, 1.5, 1.75].into_iter().enumerate() {
            state.set_scale(scale);
            frame(&mut state, 1.0 + 0.1 * number as f64);
        }
        step(&mut state, true);
        assert_eq!(state.scale(), 1.0);
    }
}
