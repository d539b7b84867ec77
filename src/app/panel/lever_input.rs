//! How pointer, keyboard and screen readers move a lever.

use egui::accesskit::{Action as Wish, ActionData};
use egui::{Event, EventFilter, Key, Modifiers, Rect, Response, Ui};

use crate::plant::Domain;
use crate::rollout::LeverMode;

use super::lever::Lever;
use super::lever_entry::Entry;

/// Nudges that a page key makes.
const PAGE: f64 = 5.0;

/// Part of a nudge that an arrow makes while Shift is held.
const FINE: f64 = 0.2;

/// Where the pointer holds a thumb, kept while it is dragged.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Grip {
    /// From the pointer to the thumb, points.
    offset: f32,
}

/// What the keys of the lever that has the keyboard ask for.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Keys {
    /// Nudges up or down.
    steps: f64,
    /// Neutral value.
    neutral: bool,
    /// Who shall move it.
    mode: Option<Wanted>,
    /// A number is to be typed.
    type_in: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Wanted {
    Auto,
    Pin,
    Manual,
}

impl Lever<'_> {
    /// The mode that pointer, keyboard or screen reader ask for.
    pub(super) fn moved(
        &self,
        ui: &Ui,
        response: &Response,
        track: Rect,
        grip: &mut Grip,
        entry: &mut Option<Entry>,
    ) -> Option<LeverMode> {
        if response.drag_started() {
            response.request_focus();
            let thumb = self.x_of(track, self.applied());
            let pressed = response.interact_pointer_pos().map_or(0.0, |p| thumb - p.x);
            grip.offset = if pressed.abs() <= 8.0 { pressed } else { 0.0 };
        }
        let (low, high) = self.bounds();
        if let Some(pointer) = response.interact_pointer_pos().filter(|_| response.dragged()) {
            let share = f64::from((pointer.x + grip.offset - track.left()) / track.width().max(1.0)).clamp(0.0, 1.0);
            let value = self.rounded(low + share * (high - low));
            // Holding a thumb without moving it asks for nothing.
            let same = (value - self.mode.value().unwrap_or_else(|| self.rounded(self.view.applied))).abs() < 1e-9;
            return (!same).then(|| self.held(value));
        }
        let keys = self.keys(ui, response);
        if keys.type_in && matches!(self.action.domain, Domain::Continuous { .. }) {
            *entry = Some(Entry::begin(self));
        }
        if let Some(mode) = keys.mode {
            let wanted = match mode {
                Wanted::Auto => LeverMode::Auto,
                Wanted::Pin => LeverMode::Pinned(self.stands_at()),
                Wanted::Manual => LeverMode::Manual(self.stands_at()),
            };
            return (wanted != self.mode).then_some(wanted);
        }
        if keys.neutral {
            return Some(self.held(self.action.default));
        }
        if keys.steps != 0.0 {
            return Some(self.held(self.nudged(keys.steps)));
        }
        ui.input(|input| {
            input.accesskit_action_requests(response.id, Wish::SetValue).find_map(|request| match request.data {
                Some(ActionData::NumericValue(value)) if value.is_finite() => Some(self.held(value.clamp(low, high))),
                _ => None,
            })
        })
    }

    /// Where so many nudges lead.
    fn nudged(&self, steps: f64) -> f64 {
        let (low, high) = self.bounds();
        // Positions know no part of a step.
        let steps = match self.action.domain {
            Domain::Discrete { .. } => steps.signum() * steps.abs().round().max(1.0),
            Domain::Continuous { .. } => steps,
        };
        (self.stands_at() + steps * self.action.nudge).clamp(low, high)
    }

    /// What the keys ask for since the last frame.
    fn keys(&self, ui: &Ui, response: &Response) -> Keys {
        let steps = ui.input(|input| {
            let count = |action| input.num_accesskit_action_requests(response.id, action) as f64;
            count(Wish::Increment) - count(Wish::Decrement)
        });
        let mut keys = Keys { steps, ..Keys::default() };
        if !response.has_focus() {
            return keys;
        }
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, escape: true, ..Default::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let mut leave = false;
        ui.input(|input| {
            for event in &input.events {
                if let Event::Key { key, pressed: true, modifiers, .. } = event {
                    leave |= *key == Key::Escape;
                    keys.take(*key, *modifiers);
                }
            }
        });
        if leave {
            // Escape gives the lever back and lets go of the keyboard.
            response.surrender_focus();
        }
        keys
    }

    /// A dragged value on a grid fine enough for a hand: a fifth of a nudge.
    fn rounded(&self, value: f64) -> f64 {
        let (low, high) = self.bounds();
        let grid = match self.action.domain {
            Domain::Discrete { .. } => 1.0,
            Domain::Continuous { .. } => (self.action.nudge / 5.0).max((high - low) / 1_000.0),
        };
        if grid > 0.0 && grid.is_finite() {
            ((value / grid).round() * grid).clamp(low, high)
        } else {
            value.clamp(low, high)
        }
    }
}

impl Keys {
    /// Takes one key in.
    fn take(&mut self, key: Key, modifiers: Modifiers) {
        let size = if modifiers.shift { FINE } else { 1.0 };
        match key {
            Key::ArrowRight | Key::ArrowUp => self.steps += size,
            Key::ArrowLeft | Key::ArrowDown => self.steps -= size,
            Key::PageUp => self.steps += PAGE,
            Key::PageDown => self.steps -= PAGE,
            Key::Home => self.neutral = true,
            Key::Escape => self.mode = Some(Wanted::Auto),
            Key::Enter => self.type_in = true,
            Key::A if modifiers.is_none() => self.mode = Some(Wanted::Auto),
            Key::P if modifiers.is_none() => self.mode = Some(Wanted::Pin),
            Key::M if modifiers.is_none() => self.mode = Some(Wanted::Manual),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shift_makes_arrows_fine_and_pages_are_coarse() {
        let mut keys = Keys::default();
        keys.take(Key::ArrowRight, Modifiers::SHIFT);
        assert!((keys.steps - 0.2).abs() < 1e-12);
        keys.take(Key::PageDown, Modifiers::NONE);
        assert!((keys.steps + 4.8).abs() < 1e-12);
    }

    #[test]
    fn letters_with_ctrl_belong_to_others() {
        let mut keys = Keys::default();
        keys.take(Key::P, Modifiers::COMMAND);
        assert_eq!(keys, Keys::default());
        keys.take(Key::P, Modifiers::NONE);
        assert_eq!(keys.mode, Some(Wanted::Pin));
    }
}
