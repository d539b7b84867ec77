//! Studies of heat: how zones settle, where, what it costs to cool them, and what a failing pump does.

mod constants;
mod cop;
mod hvac;
mod pump_fault;
mod steady_state;
mod step_response;

pub(super) use constants::Constants;
pub(super) use cop::{Cop, cop_at};
pub(super) use hvac::Hvac;
pub(super) use pump_fault::PumpFault;
pub(super) use steady_state::SteadyState;
pub(super) use step_response::StepResponse;

use super::simulators::{Simulators, TICK_S, load};
use super::{Parameter, Values};
use crate::evaluate::exhibit::Layer;
use crate::plant::c2g::params::ThermalOverride;
use crate::plant::c2g::thermal::Load;

/// Temperatures of both zones over time.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Course {
    /// Time, min.
    pub(super) time_min: Vec<f64>,
    /// Zone A, °C.
    pub(super) t_a_degc: Vec<f64>,
    /// Zone B, °C.
    pub(super) t_b_degc: Vec<f64>,
}

impl Course {
    /// Runs both zones tick by tick from temperatures in °C under a load that depends on the time in s.
    pub(super) fn run(
        site: &Simulators,
        over: &ThermalOverride,
        from: (f64, f64),
        seconds: f64,
        load: impl Fn(f64) -> Load,
    ) -> Self {
        let twin = site.twin(over, TICK_S);
        let (mut a, mut b) = from;
        let mut course = Self { time_min: vec![0.0], t_a_degc: vec![a], t_b_degc: vec![b] };
        let ticks = (seconds / TICK_S).round().max(0.0) as u64;
        for tick in 0..ticks {
            let cooling = twin.step(a, b, &load(tick as f64 * TICK_S));
            (a, b) = (cooling.t_a_degc, cooling.t_b_degc);
            course.time_min.push((tick + 1) as f64 * TICK_S / 60.0);
            course.t_a_degc.push(a);
            course.t_b_degc.push(b);
        }
        course
    }

    /// Lines of both zones.
    fn lines(&self) -> [Layer; 2] {
        [Layer::line("zone A", self.line(&self.t_a_degc), 0), Layer::line("zone B", self.line(&self.t_b_degc), 1)]
    }

    /// Points of a zone's line, thinned to about a thousand; the last one stays.
    fn line(&self, zone: &[f64]) -> Vec<(f64, f64)> {
        let step = (zone.len() / 1000).max(1);
        let last = zone.len().saturating_sub(1);
        let all = self.time_min.iter().zip(zone).enumerate();
        all.filter(|(k, _)| k % step == 0 || *k == last).map(|(_, (t, v))| (*t, *v)).collect()
    }

    /// First time at or after `from_min` at which a zone is at `limit` or above, min.
    pub(super) fn reaches(&self, zone: &[f64], limit: f64, from_min: f64) -> Option<f64> {
        let mut found = self.time_min.iter().zip(zone).filter(|(t, _)| **t >= from_min);
        found.find(|(_, v)| **v >= limit).map(|(t, _)| *t)
    }
}

/// Time at which a line that goes from its first value to `end` has covered 63.2 % of the way, between two points by a
/// straight line; `None` where it never does or there is no way to go.
pub(super) fn time_constant(time: &[f64], values: &[f64], end: f64) -> Option<f64> {
    let start = *values.first()?;
    if (end - start).abs() < 1e-6 {
        return None;
    }
    let covered = |v: f64| (v - start) / (end - start);
    let goal = 1.0 - libm::exp(-1.0);
    let mut pairs = time.iter().zip(values).zip(time.iter().zip(values).skip(1));
    let ((t0, v0), (t1, v1)) = pairs.find(|((_, _), (_, v))| covered(**v) >= goal)?;
    let (from, to) = (covered(*v0), covered(*v1));
    Some(if to > from { t0 + (t1 - t0) * (goal - from) / (to - from) } else { *t1 })
}

/// IT power of zone A.
fn p_a(default: f64) -> Parameter {
    Parameter::number("p_a_mw", "Heat in zone A", "MW", (0.0, 160.0), default, 1)
        .about("Liquid-cooled GPU racks: 16 MW idle, 150 MW full.")
}

/// IT power of zone B.
fn p_b(default: f64) -> Parameter {
    Parameter::number("p_b_mw", "Heat in zone B", "MW", (0.0, 110.0), default, 1)
        .about("Air-cooled CPU racks: 10 MW idle, 100 MW full.")
}

/// Speed of the pump.
fn pump(default: f64) -> Parameter {
    Parameter::number("pump", "Pump speed", "", (0.0, 1.0), default, 2)
        .about("Of the liquid loop; it never turns slower than 0.15.")
}

/// Effort of the HVAC.
fn hvac(default: f64) -> Parameter {
    Parameter::number("hvac", "HVAC effort", "", (0.0, 1.0), default, 2).about("Of the air machines; 1 draws 50 MW.")
}

/// Temperature outside.
pub(super) fn ambient(default: f64) -> Parameter {
    Parameter::number("ambient_degc", "Ambient", "°C", (-20.0, 50.0), default, 1).about("Temperature outside.")
}

/// What the five parameters above ask of the zones.
fn asked(values: &Values) -> Load {
    load(values.get("p_a_mw"), values.get("p_b_mw"), values.get("pump"), values.get("hvac"), values.get("ambient_degc"))
}

#[cfg(test)]
pub(super) mod support {
    #![allow(clippy::unwrap_used)]
    use super::super::{Quiet, Shown, Study};
    use super::*;
    use crate::rollout::World;

    /// Simulators with the built-in constants.
    pub(crate) fn simulators() -> Simulators {
        Simulators::new(&World::default(), &Values::new(Vec::new())).unwrap()
    }

    /// Runs a study with some values set.
    pub(crate) fn shown(study: &dyn Study, set: &[&str]) -> Shown {
        let world = World::default();
        let mut values = Values::new(study.parameters(&world).unwrap());
        set.iter().for_each(|one| values.set(one).unwrap());
        study.run(&world, &values, &Quiet).unwrap().unwrap()
    }

    /// The number of a finding.
    pub(crate) fn number(shown: &Shown, name: &str) -> f64 {
        shown.findings.iter().find(|f| f.name == name).map_or(f64::NAN, |f| f.value)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_time_constant_is_that_of_an_exponential() {
        let time: Vec<f64> = (0..200).map(f64::from).collect();
        let values: Vec<f64> = time.iter().map(|t| 5.0 - 4.0 * libm::exp(-t / 23.0)).collect();
        assert!((time_constant(&time, &values, 5.0).unwrap() - 23.0).abs() < 0.02);
        assert_eq!(time_constant(&time, &values, 500.0), None);
        assert_eq!(time_constant(&time, &[1.0, 1.0], 1.0), None);
    }
}
