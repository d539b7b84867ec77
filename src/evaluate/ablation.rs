//! Ablations: each lever pinned in turn, none of them, and all, on the same seeds (the source's `--fixed-action`).

use crate::config::{Error, Place, Result};
use crate::plant::PlantSpec;
use crate::rollout::{Setup, World};

use super::arms::{Arm, Played, play};
use super::trials::Told;

/// A lever and the value at which it is pinned when its turn comes.
#[derive(Debug, Clone, PartialEq)]
pub struct Lever {
    /// `slot.action`.
    pub name: String,
    /// Words.
    pub label: String,
    /// Value, in the lever's own unit.
    pub value: f64,
}

/// The levers of the slots that every run has, each at what it rests at (control 1.5, the default inner action).
pub fn levers(spec: &PlantSpec) -> Vec<Lever> {
    let slots = spec.slots.iter().filter(|s| !s.optional);
    slots
        .flat_map(|slot| {
            slot.actions.iter().map(|action| Lever {
                name: format!("{}.{}", slot.name, action.name),
                label: action.label.clone(),
                value: action.default,
            })
        })
        .collect()
}

/// Puts a lever's value where somebody gave another: `name=value`.
///
/// # Errors
/// Names that are no lever's, values that are no numbers.
pub fn pin_at(levers: &mut [Lever], text: &str) -> Result<()> {
    let wrong = |what: String, cure: &str| Error::invalid(Place::source("--at"), what, cure);
    let Some((name, value)) = text.split_once('=') else {
        return Err(wrong(format!("`{text}` is not of the form LEVER=VALUE"), "Write --at LEVER=VALUE."));
    };
    let name = name.trim();
    let value = value.trim().parse::<f64>().ok().filter(|v| v.is_finite());
    let value = value.ok_or_else(|| wrong(format!("`{text}` gives no number"), "Write --at LEVER=VALUE."))?;
    let own = |l: &&mut Lever| l.name == name || l.name.rsplit('.').next() == Some(name);
    if let Some(lever) = levers.iter_mut().find(own) {
        lever.value = value;
        return Ok(());
    }
    Err(Error::unknown(Place::source("--at"), "lever", name, levers.iter().map(|l| l.name.as_str())))
}

/// The arms: nothing pinned, each lever in turn, all of them.
pub fn arms(base: &Setup, levers: &[Lever]) -> Vec<Arm> {
    let arm = |name: String, label: String, pinned: &[Lever]| {
        let mut setup = base.clone();
        setup.fixed_actions.extend(pinned.iter().map(|l| (l.name.clone(), l.value)));
        Arm { name, label, setup }
    };
    let mut all = vec![arm("none".to_owned(), "Nothing pinned".to_owned(), &[])];
    for lever in levers {
        let at = crate::signal::format_number(lever.value, 2);
        all.push(arm(
            lever.name.rsplit('.').next().unwrap_or(&lever.name).to_owned(),
            format!("{} at {at}", lever.label),
            std::slice::from_ref(lever),
        ));
    }
    all.push(arm("all".to_owned(), "All pinned".to_owned(), levers));
    all
}

/// Plays them; `None` when it was given up.
///
/// # Errors
/// Setups that cannot be built, runs that fail.
pub fn ablate(world: &World, base: &Setup, levers: &[Lever], episodes: u64, told: Told<'_>) -> Result<Option<Played>> {
    play(world, arms(base, levers), episodes, told)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_lever_has_its_turn_at_its_resting_value() {
        let world = World::default();
        let base = Setup { seed: 100, ticks: Some(30), ..Setup::default() };
        let mut own = levers(world.build(&base).unwrap().spec());
        let values: Vec<f64> = own.iter().map(|l| l.value).collect();
        assert_eq!(values, [1.0, 0.7, 0.7, 0.0], "control 1.5");
        pin_at(&mut own, "pump_speed_A=0.4").unwrap();
        assert!(pin_at(&mut own, "pump=1").is_err() && pin_at(&mut own, "pump_speed_A=x").is_err());
        let all = arms(&base, &own);
        let names: Vec<&str> = all.iter().map(|a| a.name.as_str()).collect();
        assert_eq!(names, ["none", "throttle_batch", "pump_speed_A", "hvac_effort", "bess_dispatch", "all"]);
        let pins: Vec<usize> = all.iter().map(|a| a.setup.fixed_actions.len()).collect();
        assert_eq!(pins, [0, 1, 1, 1, 1, 4]);
        assert_eq!(all[2].setup.fixed_actions["hardware.pump_speed_A"], 0.4);
    }

    /// With all levers pinned at rest nobody tracks: what the resting hardware gives is the golden figure's kind of
    /// constant action (control 0), whoever drives.
    #[test]
    fn with_all_levers_pinned_it_does_not_matter_who_drives() {
        let world = World::default();
        let of = |hardware: &str| {
            let policies = [("macro", "fixed"), ("hardware", hardware)].map(|(s, n)| (s.to_owned(), n.to_owned()));
            let base = Setup { seed: 100, ticks: Some(200), policies: policies.into(), ..Setup::default() };
            let own = levers(world.build(&base).unwrap().spec());
            let played = ablate(&world, &base, &own, 2, &mut |_, _| true).unwrap().unwrap();
            let last = played.arms.len() - 1;
            (0..played.figures.len()).map(|f| played.values(last, f).to_vec()).collect::<Vec<_>>()
        };
        assert_eq!(of("rule_based"), of("pid"));
    }
}
