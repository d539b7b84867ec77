//! Parts of a picture: levers with their reasons, pickers, countdowns.

use std::path::PathBuf;
use std::sync::Arc;

use crate::config::Value;
use crate::control::{Parameter, Setting, is_policy_file};
use crate::plant::{Domain, EventKind, PlantSpec, Severity, Slot};
use crate::record::Recording;
use crate::rollout::{EventRecord, Intervention, LeverMode, Rollout, SlotState, World};
use crate::signal::{SignalId, format_number};

use super::view::{EventView, LeverView, OptionView, ParameterView};

/// Every lever as it stands. `recording` holds the rows of the rollout.
pub(super) fn levers(rollout: &Rollout, recording: &Recording) -> Vec<LeverView> {
    let (spec, row) = (rollout.spec(), rollout.row());
    let at = |signal: usize| row.get(signal).copied().unwrap_or(f64::NAN);
    let mut levers = Vec::with_capacity(spec.action_count());
    for (s, (slot, state)) in spec.slots.iter().zip(rollout.slots()).enumerate() {
        let columns = rollout.schema().levers.get(s);
        let values = state.levers.iter().zip(&state.commanded).zip(&state.applied);
        for (a, (action, ((&mode, &commanded), &applied))) in slot.actions.iter().zip(values).enumerate() {
            // What a hand asks for is the command from the moment it asks.
            let commanded = if let LeverMode::Manual(hand) = mode { hand } else { commanded };
            let column = columns.and_then(|c| c.get(a)).map(|c| c.applied);
            let limited = action.reasons.iter().find(|(flag, _)| at(*flag) == 1.0).map(|(_, text)| text.clone());
            levers.push(LeverView {
                name: format!("{}.{}", slot.name, action.name),
                slot: s,
                action: a,
                mode,
                commanded,
                applied,
                effect: action.effect.map_or(f64::NAN, at),
                effect_unit: action.effect.and_then(|e| spec.signals.get(e)).map_or(String::new(), |x| x.unit.clone()),
                rate_per_min: column.map_or(0.0, |c| rate_per_min(recording, c, spec.calendar.tick_s)),
                reason: if mode != LeverMode::Auto && !state.drives() {
                    Some("No effect: nobody drives this slot".to_owned())
                } else {
                    let order = Order { mode, commanded, applied, shielded: state.shielded };
                    order.why(&action.domain, limited)
                },
            });
        }
    }
    levers
}

/// Change of a column per minute, over the last minute or the last tick where that is longer.
pub(super) fn rate_per_min(recording: &Recording, column: SignalId, tick_s: u32) -> f64 {
    let ticks = u64::from(60 / tick_s.max(1)).max(1);
    let Some(last) = recording.rows().checked_sub(1) else { return 0.0 };
    let before = last.saturating_sub(ticks);
    let minutes = (last - before) as f64 * f64::from(tick_s) / 60.0;
    let rate = (recording.value(last, column) - recording.value(before, column)) / minutes;
    if rate.is_finite() { rate } else { 0.0 }
}

/// What was asked of a lever and what became of it.
struct Order {
    mode: LeverMode,
    commanded: f64,
    applied: f64,
    /// Whether the shield changed the slot's last decision.
    shielded: bool,
}

/// What a hand asks for while time stands still.
const NEXT_TICK: &str = "Takes effect with the next tick";

impl Order {
    /// Why the applied value is not what was asked for, else why its effect falls short (`limited`), in words that fit
    /// one line. A pin is plain to see, so that it does not hide a limit.
    fn why(&self, domain: &Domain, limited: Option<String>) -> Option<String> {
        let (low, high) = domain.bounds();
        // Values are cast to binary32 on their way to the plant.
        let same = |a: f64, b: f64| (a - b).abs() <= 1e-6 * (high - low);
        let wanted = domain.admit(self.mode.value().unwrap_or(self.commanded));
        let (waiting, moved) = (!same(wanted, self.applied), !same(self.commanded, self.applied));
        let number = |v: f64| format_number(v, if v.fract() == 0.0 { 0 } else { 2 });
        match self.mode {
            LeverMode::Pinned(_) if waiting => Some(NEXT_TICK.to_owned()),
            LeverMode::Pinned(_) if moved => limited.or_else(|| Some("Pinned: the command has no effect".to_owned())),
            LeverMode::Manual(_) if waiting && !self.shielded => Some(NEXT_TICK.to_owned()),
            _ if !moved => limited,
            _ if self.commanded > high => Some(format!("Clipped at its upper limit {}", number(high))),
            _ if self.commanded < low => Some(format!("Clipped at its lower limit {}", number(low))),
            _ if !waiting => Some("Rounded to a position".to_owned()),
            _ => Some("Changed by the shield".to_owned()),
        }
    }
}

/// Whether the list of events tells of an intervention: not of every move of a hand, nor of answers, which are decisions.
pub(super) fn is_deed(what: &Intervention) -> bool {
    !matches!(what, Intervention::Lever { mode: LeverMode::Manual(_), .. } | Intervention::Answer { .. })
}

/// The event that a slot's controller begins not to decide itself.
pub(super) fn trouble(rollout: &Rollout, slot: usize) -> Option<EventView> {
    let (spec, state) = (rollout.spec().slots.get(slot)?, rollout.slots().get(slot)?);
    let tick = rollout.tick().saturating_sub(1);
    Some(EventView {
        tick,
        instant: tick + 1,
        event: None,
        slot: Some(slot),
        entity: None,
        severity: Severity::Warning,
        label: format!("{}: {} did not decide itself", spec.label, state.controller_name),
        value: state.trouble.clone().unwrap_or_default(),
    })
}

/// An event as the window lists it; `value` is that of the event's own signal.
pub(super) fn happened(spec: &PlantSpec, event: usize, kind: &EventKind, tick: u64, value: f64) -> EventView {
    let value = kind.value.and_then(|s| spec.signals.get(s)).map_or(String::new(), |signal| {
        if signal.unit.is_empty() { signal.format(value) } else { format!("{} {}", signal.format(value), signal.unit) }
    });
    EventView {
        tick,
        instant: tick + 1,
        event: Some(event),
        slot: None,
        entity: spec.signals.get(kind.flag).map(|signal| signal.entity),
        severity: kind.severity,
        label: kind.label.clone(),
        value,
    }
}

/// Events that began on the last tick.
pub(super) fn happened_now(rollout: &Rollout) -> impl Iterator<Item = EventView> + '_ {
    let spec = rollout.spec();
    let told = |record: &EventRecord| {
        let kind = spec.events.get(record.event)?;
        Some(happened(spec, record.event, kind, record.tick, record.value))
    };
    rollout.events().iter().filter_map(told)
}

/// What somebody did before a tick, as the list of events has it; `controllers` drove the slots.
pub(super) fn deed(spec: &PlantSpec, controllers: &[&str], tick: u64, what: &Intervention) -> EventView {
    EventView {
        tick,
        instant: tick,
        event: None,
        slot: None,
        entity: what.entity(spec),
        severity: Severity::Note,
        label: what.describe(spec, controllers),
        value: String::new(),
    }
}

/// Ticks until a slot decides again.
pub(super) fn to_decision(slot: &Slot, tick: u64) -> u64 {
    let period = slot.period_ticks.max(1);
    if tick < slot.phase_ticks {
        return slot.phase_ticks - tick;
    }
    let over = (tick - slot.phase_ticks) % period;
    if over == 0 { 0 } else { period - over }
}

/// Controllers that fit each slot.
pub(super) fn choices(world: &World, rollout: &Rollout) -> Vec<Vec<OptionView>> {
    let spec = rollout.spec();
    let option = |(name, about): (&str, &str)| OptionView { name: name.to_owned(), about: about.to_owned() };
    // Networks that nobody has named yet cannot drive.
    let ready =
        |(name, _): &(&str, &str)| !world.controllers.card(name).is_some_and(|c| c.lacks_model(rollout.config()));
    let fitting = |slot| world.controllers.fitting(spec, slot).into_iter().filter(ready).map(option).collect();
    spec.slots.iter().map(fitting).collect()
}

/// Alternatives of a slot, with the network that drives it where that is named by its file.
pub(super) fn with_own(choices: &[OptionView], controller: &str) -> Vec<OptionView> {
    let own = is_policy_file(controller) && !choices.iter().any(|c| c.name == controller);
    let own = own.then(|| OptionView { name: controller.to_owned(), about: "Network from a file".to_owned() });
    choices.iter().cloned().chain(own).collect()
}

/// Parameters of the controller that drives a slot.
pub(super) fn parameters(world: &World, rollout: &Rollout, state: &SlotState) -> Vec<ParameterView> {
    let Some(card) = world.controllers.card(&state.controller_name) else { return Vec::new() };
    let view = |(name, parameter): (&String, &Parameter)| {
        let tuned = state.tuned.get(&format!("{}.{name}", card.name)).cloned();
        let configured = || match &rollout.config().get(&format!("{}.{name}", card.section()))?.value {
            Value::Bool(on) => Some(Setting::Switch(*on)),
            Value::Int(x) => Some(Setting::Number(*x as f64)),
            Value::Float(x) => Some(Setting::Number(*x)),
            Value::Str(text) => Some(Setting::Text(text.clone())),
            _ => None,
        };
        ParameterView {
            name: name.clone(),
            card: parameter.clone(),
            tuned: tuned.is_some(),
            value: tuned.or_else(configured),
        }
    };
    card.parameters.iter().map(view).collect()
}

/// What tunes the controllers of a new run as those of this one are tuned now.
pub(super) fn tuning(world: &World, rollout: &Rollout) -> Vec<Intervention> {
    let mut all = Vec::new();
    for (slot, state) in rollout.spec().slots.iter().zip(rollout.slots()) {
        let Some(card) = world.controllers.card(&state.controller_name) else { continue };
        let own = |key: &str| key.strip_prefix(&card.name)?.strip_prefix('.').map(str::to_owned);
        all.extend(state.tuned.iter().filter_map(|(key, value)| {
            Some(Intervention::Parameter { slot: slot.name.clone(), name: own(key)?, value: Some(value.clone()) })
        }));
    }
    all
}

/// Plants that exist.
pub(super) fn plants(world: &World) -> Vec<OptionView> {
    let factories = world.plants.names().into_iter().filter_map(|name| world.factory(name).ok());
    factories.map(|f| OptionView { name: f.name().to_owned(), about: f.about().to_owned() }).collect()
}

/// Metrics so far, in the order of the plant's table.
pub(super) fn metrics(rollout: &Rollout) -> Arc<[f64]> {
    (0..rollout.spec().metrics.len()).map(|m| rollout.metric(m)).collect()
}

/// Levers whose pin puts aside what the shield wanted.
pub(super) fn defeated(rollout: &Rollout) -> Vec<String> {
    let slots = rollout.spec().slots.iter().zip(rollout.slots());
    slots
        .flat_map(|(slot, state)| {
            let levers = slot.actions.iter().zip(&state.defeated).filter(|(_, defeated)| **defeated);
            levers.map(|(action, _)| format!("{}.{}", slot.name, action.name))
        })
        .collect()
}

/// The path itself, or with the first free number before its extension.
pub(super) fn next_free(path: &std::path::Path) -> PathBuf {
    let stem = path.file_stem().map_or("log".into(), |s| s.to_string_lossy().into_owned());
    let extension = path.extension().map_or("csv".into(), |s| s.to_string_lossy().into_owned());
    let base =
        stem.rsplit_once('-').filter(|(_, n)| n.parse::<u32>().is_ok()).map_or(stem.as_str(), |(b, _)| b).to_owned();
    (2_u32..)
        .map(|n| path.with_file_name(format!("{base}-{n}.{extension}")))
        .find(|p| !p.exists())
        .unwrap_or_else(|| path.to_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lever_says_why_it_does_not_what_was_asked() {
        let range = Domain::Continuous { low: 0.0, high: 1.0 };
        let fans = Domain::Discrete { labels: vec!["Off".into(), "On".into()] };
        let of = |mode, commanded, applied, shielded| Order { mode, commanded, applied, shielded };
        let auto = |commanded, applied| of(LeverMode::Auto, commanded, applied, false);
        let (manual, pinned) = (LeverMode::Manual, LeverMode::Pinned);
        for (order, domain, words) in [
            (auto(0.5, 0.5), &range, "Limited"),
            (auto(0.1, f64::from(0.1_f32)), &range, "Limited"),
            (auto(1.5, 1.0), &range, "Clipped at its upper limit 1"),
            (auto(-0.5, 0.0), &range, "Clipped at its lower limit 0"),
            (auto(0.4, 0.0), &fans, "Rounded to a position"),
            (of(LeverMode::Auto, 0.5, 0.2, true), &range, "Changed by the shield"),
            (of(manual(0.5), 0.5, 0.2, true), &range, "Changed by the shield"),
            (of(manual(0.5), 0.5, 0.2, false), &range, NEXT_TICK),
            (of(manual(0.5), 0.5, 0.5, false), &range, "Limited"),
            (of(pinned(0.5), 0.2, 0.2, false), &range, NEXT_TICK),
            (of(pinned(0.5), 0.2, 0.5, false), &range, "Limited"),
        ] {
            assert_eq!(order.why(domain, Some("Limited".to_owned())).as_deref(), Some(words));
        }
        let pin = of(pinned(0.5), 0.2, 0.5, false).why(&range, None);
        assert_eq!(pin.as_deref(), Some("Pinned: the command has no effect"));
        assert_eq!(auto(0.5, 0.5).why(&range, None), None);
    }

    #[test]
    fn the_rate_is_the_change_of_a_minute() {
        let mut recorder = crate::record::Recorder::new(1);
        assert_eq!(rate_per_min(&recorder.picture(), 0, 5), 0.0);
        for k in 0..30 {
            recorder.push(&[f64::from(k) * 0.01]);
            if k == 0 {
                assert_eq!(rate_per_min(&recorder.picture(), 0, 5), 0.0, "one row moves nowhere");
            }
        }
        let rate = |tick_s| rate_per_min(&recorder.picture(), 0, tick_s);
        assert!((rate(5) - 0.12).abs() < 1e-9, "{}", rate(5));
        assert!((rate(900) - 0.01 / 15.0).abs() < 1e-9, "{}", rate(900));
    }
}
