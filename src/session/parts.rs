//! Parts of a picture: levers with their reasons, pickers, countdowns.

use std::path::PathBuf;

use crate::rollout::{LeverMode, Rollout, World};

use super::view::{LeverView, OptionView};

/// Every lever as it stands.
pub(super) fn levers(rollout: &Rollout) -> Vec<LeverView> {
    let (spec, row) = (rollout.spec(), rollout.row());
    let at = |signal: usize| row.get(signal).copied().unwrap_or(f64::NAN);
    let mut levers = Vec::with_capacity(spec.action_count());
    for (s, (slot, state)) in spec.slots.iter().zip(rollout.slots()).enumerate() {
        let values = state.levers.iter().zip(&state.commanded).zip(&state.applied);
        for (a, (action, ((&mode, &commanded), &applied))) in slot.actions.iter().zip(values).enumerate() {
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
                reason: why(mode, commanded, applied, action.domain.bounds()).or(limited),
            });
        }
    }
    levers
}

/// Why a lever's applied value is not the commanded one.
fn why(mode: LeverMode, commanded: f64, applied: f64, (low, high): (f64, f64)) -> Option<String> {
    if (commanded - applied).abs() <= 1e-6 * (high - low) {
        return None;
    }
    Some(match mode {
        LeverMode::Pinned(_) => "Pinned: the command has no effect".to_owned(),
        _ if commanded > high => format!("Clipped at its upper limit {high}"),
        _ if commanded < low => format!("Clipped at its lower limit {low}"),
        _ => "Changed by the shield".to_owned(),
    })
}

/// Ticks until a slot decides again.
pub(super) fn to_decision(slot: &crate::plant::Slot, tick: u64) -> u64 {
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
    spec.slots.iter().map(|slot| world.controllers.fitting(spec, slot).into_iter().map(option).collect()).collect()
}

/// Plants that exist.
pub(super) fn plants(world: &World) -> Vec<OptionView> {
    let factories = world.plants.names().into_iter().filter_map(|name| world.factory(name).ok());
    factories.map(|f| OptionView { name: f.name().to_owned(), about: f.about().to_owned() }).collect()
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
