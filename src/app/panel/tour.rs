//! The tour that is played: its commands among those of the person, its layout, tiles and camera, and its card.
//!
//! What a person does by hand stops the tour where it stands; nothing is taken from them. When it goes on after the run
//! was changed, its scene begins again.

mod card;

use egui::{Rect, StrokeKind, Ui};

use crate::app::command::TourStep;
use crate::app::theme::{Theme, corners};
use crate::session::tour::{self, Offer, Phase, Player, Tour};
use crate::session::{Command, RunView};

use super::selection::Selection;
use super::tiling::Tiling;
use super::{PanelState, TileId};

/// What the window knows of tours.
#[derive(Debug, Clone, Default)]
pub(super) struct TourState {
    player: Option<Player>,
    /// How the tiles stood before the tour.
    before: Option<Box<Tiling>>,
    /// Time of the last frame, s.
    last: Option<f64>,
    /// What a key or a menu made the tour command in this frame: that is nothing a person did to the run.
    done: Vec<Command>,
    /// Tiles to bring to light once the layout stands.
    reveal: Vec<TileId>,
    /// Tours on offer: those of the program, then those of the person's own folder.
    offers: Option<Vec<Offer>>,
}

impl TourState {
    /// How the tiles stood before the tour, while one is played.
    fn before(&self) -> Option<&Tiling> {
        self.before.as_deref()
    }

    /// Tours on offer.
    pub fn offers(&mut self) -> &[Offer] {
        self.offers.get_or_insert_with(tour::built_in)
    }
}

impl PanelState {
    /// Begins a tour. Its run takes the place of the one that is shown.
    pub fn start_tour(&mut self, tour: Tour) {
        self.close_welcome();
        self.end_game();
        if self.tour.before.is_none() {
            self.tour.before = Some(Box::new(self.tiling.clone()));
        }
        self.tour.player = Some(Player::new(std::sync::Arc::new(tour)));
        self.tour.last = None;
    }

    /// Tours on offer.
    pub(super) fn tour_offers(&self) -> Vec<Offer> {
        self.tour.offers.clone().unwrap_or_else(tour::built_in)
    }

    /// Tours of the person's own, beside those of the program.
    pub fn set_own_tours(&mut self, own: Vec<Offer>) {
        let all = tour::built_in().into_iter().chain(own);
        self.tour.offers = Some(all.collect());
    }

    /// How the person wants the tiles to stand, also while a tour shows others.
    pub fn own_tiling(&self) -> &Tiling {
        self.tour.before().unwrap_or(&self.tiling)
    }

    /// The tour that is played.
    pub fn tour_player(&mut self) -> Option<&mut Player> {
        self.tour.player.as_mut()
    }

    /// Ends the tour: the tiles stand as before, the run is the person's.
    pub fn close_tour(&mut self) {
        self.tour.player = None;
        if let Some(before) = self.tour.before.take() {
            self.tiling = *before;
        }
    }
}

/// What the tour commands now; shows what its scene wants shown. Before the tiles are drawn.
pub(super) fn frame(ui: &Ui, state: &mut PanelState, view: &RunView) -> Vec<Command> {
    if let Some(tour) = state.board.tour.take() {
        state.start_tour(*tour);
    }
    let now = ui.input(|i| i.time);
    let Some(player) = &mut state.tour.player else { return Vec::new() };
    let dt = state.tour.last.map_or(0.0, |last| now - last);
    state.tour.last = Some(now);
    let mut out = Vec::new();
    player.frame(view, dt, &mut out);
    let entered = player.entered().and_then(|at| player.tour().scenes.get(at).cloned());
    let rests = player.paused() || matches!(player.phase(), Phase::Over | Phase::Failed(_) | Phase::Asks(_));
    if !rests {
        ui.ctx().request_repaint_after(std::time::Duration::from_millis(100));
    }
    let Some(scene) = entered else { return out };
    if let Some(layout) =
        scene.layout.as_deref().filter(|layout| state.tiling.name() != *layout || state.tiling.changed())
    {
        state.tiling.choose(layout);
    }
    if let Some(station) = &scene.station {
        state.stage.ask.station = Some(station.clone());
    }
    if let Some(entity) = &scene.select {
        let entity = view.spec.entities.iter().position(|e| e.name == *entity);
        state.selection = Selection { entity, signal: None };
    }
    state.tour.reveal = scene.show.iter().filter_map(|name| TileId::find(name)).collect();
    out
}

/// Brings the scene's tiles to light, and draws a ring around those that it speaks of. After the tiles were drawn.
pub(super) fn point_out(ui: &Ui, state: &mut PanelState, theme: &Theme) {
    for tile in std::mem::take(&mut state.tour.reveal) {
        state.tiling.reveal(&tile);
        ui.ctx().request_repaint();
    }
    let Some(player) = state.tour.player.as_ref().filter(|p| !matches!(p.phase(), Phase::Over | Phase::Failed(_)))
    else {
        return;
    };
    let Some(scene) = player.scene() else { return };
    for tile in scene.highlight.iter().filter_map(|name| TileId::find(name)) {
        if let Some(mut place) = state.tiling.place(&tile) {
            place.min.y -= theme.tokens.header.tile;
            let radius = corners(theme.tokens.radius.tile + 2.0);
            ui.painter().rect_stroke(place.expand(2.0), radius, theme.focus_ring(), StrokeKind::Middle);
        }
    }
}

/// Does with the tour what a key or a menu asks for.
pub(super) fn step(state: &mut PanelState, step: TourStep, view: &RunView) {
    let Some(player) = &mut state.tour.player else { return };
    let out = &mut state.tour.done;
    match step {
        TourStep::Toggle if player.paused() || *player.phase() == Phase::Over => player.play(view, out),
        TourStep::Toggle => {
            player.pause(false);
            out.push(Command::Pause);
        }
        TourStep::Next => player.skip(out),
        TourStep::Back => player.back(),
        TourStep::Loop => player.set_looping(!player.looping()),
        TourStep::End => {
            out.push(Command::Pause);
            state.close_tour();
        }
    }
}

/// Draws the card over the site's picture, or above a height where there is none.
pub(super) fn show(ui: &Ui, room: Rect, state: &mut PanelState, view: &RunView, theme: &Theme, out: &mut Vec<Command>) {
    card::show(ui, room, state, view, theme, out);
}

/// Puts the commands of the tour and of the person together: what the person does stops the tour.
pub(super) fn join(state: &mut PanelState, view: &RunView, out: &mut Vec<Command>, mut mine: Vec<Command>) {
    mine.append(&mut state.tour.done);
    let Some(player) = &mut state.tour.player else {
        out.extend(mine);
        return;
    };
    if matches!(player.phase(), Phase::Over | Phase::Failed(_)) {
        out.extend(mine);
        return;
    }
    if player.paused() {
        // Space lets time pass again: with it the tour goes on.
        if let [Command::TogglePlay] = out.as_slice() {
            out.clear();
            player.play(view, out);
        }
        out.extend(mine);
        return;
    }
    if out.iter().any(|command| matches!(command, Command::TogglePlay)) {
        out.retain(|command| !matches!(command, Command::TogglePlay));
        out.push(Command::Pause);
        player.pause(false);
    } else if out.iter().any(is_deed) {
        out.push(Command::Pause);
        player.pause(true);
    }
    out.extend(mine);
}

/// Whether a command changes the run or shows another one; reading, marking and looking do not.
fn is_deed(command: &Command) -> bool {
    !matches!(
        command,
        Command::Need { .. }
            | Command::Dismiss { .. }
            | Command::Memory(_)
            | Command::Mark { .. }
            | Command::Remark { .. }
            | Command::Unmark(_)
            | Command::Rename { .. }
            | Command::Log(_)
            | Command::Speed(_)
    )
}

/// What of a tour this window does not know: layouts, tiles.
///
/// # Errors
/// An unknown name, with line, column and cure.
pub fn check(tour: &Tour) -> crate::config::Result<()> {
    let layouts = super::BuiltIn::ALL.map(super::BuiltIn::name);
    let tiles: Vec<String> = TileId::all(&tour.spec).iter().map(TileId::to_string).collect();
    for (index, scene) in tour.scenes.iter().enumerate() {
        let place = |key: &str| tour.place(&format!("scenes.{index}.{key}"));
        if let Some(layout) = scene.layout.as_deref().filter(|layout| !layouts.contains(layout)) {
            return Err(crate::config::Error::unknown(place("layout"), "layout", layout, layouts));
        }
        for (key, names) in [("show", &scene.show), ("highlight", &scene.highlight)] {
            if let Some((number, name)) = names.iter().enumerate().find(|(_, name)| !tiles.contains(name)) {
                let place = place(&format!("{key}.{number}"));
                return Err(crate::config::Error::unknown(place, "tile", name, tiles));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::rollout::World;

    #[test]
    fn the_window_knows_every_layout_and_tile_of_the_tours() {
        for offer in tour::built_in() {
            let tour = tour::find(&offer.name, &World::default()).unwrap();
            check(&tour).map_err(|e| e.report()).unwrap();
        }
    }

    #[test]
    fn an_unknown_tile_is_refused_with_line_and_column() {
        let text = "title: T\nabout: a\nminutes: 1\nscenes:\n  - title: S\n    caption: C\n    show: [levers, levrs]\n";
        let tour = Tour::read("mine.yaml", text, &World::default()).unwrap();
        let error = check(&tour).unwrap_err();
        assert_eq!(error.to_string(), "mine.yaml:7:20: unknown tile `levrs`");
        assert!(error.cure().starts_with("Did you mean `levers`?"), "{}", error.cure());
    }

    #[test]
    fn looking_and_marking_stop_no_tour() {
        assert!(!is_deed(&Command::Need { run: None, from: 0, to: 1 }) && !is_deed(&Command::Dismiss { notice: 1 }));
        assert!(is_deed(&Command::GoTo { tick: 1 }) && is_deed(&Command::StepTick));
    }
}
