//! The data centre's own simulators, as studies sweep them: constants of the built-in configuration, formulas of the
//! plant and of nobody else.
#![deny(clippy::indexing_slicing)]

use super::{Values, setup};
use crate::config::{Document, Result};
use crate::plant::c2g::bess::Battery;
use crate::plant::c2g::electrical::{Chain, Flow};
use crate::plant::c2g::params::{Params, ThermalOverride};
use crate::plant::c2g::thermal::{Cooling, Load, Twin};
use crate::rollout::World;

/// Length of a tick of the plant, s (core 1).
pub(super) const TICK_S: f64 = 5.0;

/// A tick after which a zone has settled, whatever its capacity, s. The plant's step is exact, so that one is enough as
/// long as the way in which heat is shed stays the same.
const FOREVER_S: f64 = 1e9;

/// Steps within which zone B has found the way in which it sheds its heat for good.
const SETTLING: usize = 8;

/// The plant's simulators with their constants, each as often as a sweep wants it.
pub(super) struct Simulators {
    /// Everything that the configuration says about the plant.
    pub(super) params: Params,
}

impl Simulators {
    /// Those of the plant as a study's values make it. Only the plant's own layers are read, not those of controllers:
    /// this happens anew whenever a parameter is moved.
    ///
    /// # Errors
    /// When the plant is not registered in this world, or a layer of it is spoilt.
    pub(super) fn new(world: &World, values: &Values) -> Result<Self> {
        let (factory, setup) = (world.factory("c2g")?, setup(values));
        let mut config = Document::new();
        for (name, text) in factory.layers().into_iter().chain(factory.axis_layers(&setup.axes)) {
            config.layer_text(&name, &text)?;
        }
        Ok(Self { params: Params::from_document(&config)? })
    }

    /// The power chain.
    pub(super) fn chain(&self) -> Chain {
        let f = &self.params.fidelity;
        Chain::new(&self.params.site.electrical, f.rack_a_max_kw, f.rack_b_max_kw)
    }

    /// The two zones, stepped by `dt_s` seconds.
    pub(super) fn twin(&self, over: &ThermalOverride, dt_s: f64) -> Twin {
        Twin::new(&self.params.site.thermal, over, dt_s)
    }

    /// The battery, stepped by a tick.
    pub(super) fn battery(&self) -> Battery {
        let f = &self.params.fidelity;
        Battery::new(&self.params.site.bess, f.bess_e_mwh, f.bess_p_mw, TICK_S)
    }

    /// Temperatures and powers after a load has held for ever.
    pub(super) fn settled(&self, over: &ThermalOverride, load: &Load) -> Cooling {
        let twin = self.twin(over, FOREVER_S);
        let p = twin.params();
        let mut last = twin.step(p.zone_a.t_supply_degc, p.zone_b.t_supply_degc, load);
        for _ in 0..SETTLING {
            let next = twin.step(last.t_a_degc, last.t_b_degc, load);
            if next == last {
                break;
            }
            last = next;
        }
        last
    }

    /// The power chain with zones that have settled: what the site draws at IT powers in MW.
    pub(super) fn drawn(&self, load: &Load) -> (Cooling, Flow) {
        let cooling = self.settled(&ThermalOverride::default(), load);
        let flow = self.chain().from_power(
            load.p_a_mw * 1000.0,
            load.p_b_mw * 1000.0,
            cooling.p_cool_a_mw,
            cooling.p_hvac_mw + cooling.p_pump_mw,
        );
        (cooling, flow)
    }

    /// IT power of zones A and B with all racks at full load, MW.
    pub(super) fn full_mw(&self) -> (f64, f64) {
        let (e, f) = (&self.params.site.electrical, &self.params.fidelity);
        (e.zone_a.racks * f.rack_a_max_kw / 1000.0, e.zone_b.racks * f.rack_b_max_kw / 1000.0)
    }

    /// IT power of zones A and B, each at its share between idle racks (0) and full ones (1), MW.
    pub(super) fn it_mw(&self, share_a: f64, share_b: f64) -> (f64, f64) {
        let ((idle_a, idle_b), (full_a, full_b)) = (self.chain().idle_mw(), self.full_mw());
        (idle_a + share_a * (full_a - idle_a), idle_b + share_b * (full_b - idle_b))
    }
}

/// What zones are given, without a fault.
pub(super) fn load(p_a_mw: f64, p_b_mw: f64, pump: f64, hvac: f64, t_ambient_degc: f64) -> Load {
    Load { p_a_mw, p_b_mw, hvac, pump, t_ambient_degc, fault_a: 1.0, fault_b: 1.0 }
}

/// `count` values from `low` to `high`, both among them; the middle alone where one is asked for.
pub(super) fn spread(low: f64, high: f64, count: usize) -> Vec<f64> {
    match count {
        0 => Vec::new(),
        1 => vec![(low + high) / 2.0],
        _ => (0..count).map(|k| low + (high - low) * k as f64 / (count - 1) as f64).collect(),
    }
}

/// Middles of cells between edges, one less than edges.
pub(super) fn middles(edges: &[f64]) -> Vec<f64> {
    edges.windows(2).map(|w| w.iter().sum::<f64>() / 2.0).collect()
}

/// The smallest value of `low..=high` at which `holds` is true, which it stays from there on; `None` where it is not even
/// at `high`.
pub(super) fn least(low: f64, high: f64, holds: impl Fn(f64) -> bool) -> Option<f64> {
    if !holds(high) {
        return None;
    }
    if holds(low) {
        return Some(low);
    }
    let (mut no, mut yes) = (low, high);
    for _ in 0..34 {
        let middle = (no + yes) / 2.0;
        if holds(middle) { yes = middle } else { no = middle }
    }
    Some(yes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_settled_zone_is_one_that_has_run_for_days() {
        let site = Simulators::new(&World::default(), &Values::new(Vec::new())).unwrap();
        let none = ThermalOverride::default();
        // Flow of air, what machines lift, colder than the supply air: each limit once.
        for (p_a, p_b, pump, hvac, ambient) in [
            (100.0, 44.0, 1.0, 0.7, 25.0),
            (60.0, 100.0, 0.5, 0.5, 40.0),
            (20.0, 12.0, 0.15, 1.0, -20.0),
            (50.0, 30.0, 0.3, 0.0, 10.0),
        ] {
            let load = load(p_a, p_b, pump, hvac, ambient);
            let settled = site.settled(&none, &load);
            let twin = site.twin(&none, TICK_S);
            let (mut a, mut b) = (31.0, 24.0);
            for _ in 0..4 * 17_280 {
                let c = twin.step(a, b, &load);
                (a, b) = (c.t_a_degc, c.t_b_degc);
            }
            assert!((a - settled.t_a_degc).abs() < 1e-6, "{load:?}: {a} against {}", settled.t_a_degc);
            assert!((b - settled.t_b_degc).abs() < 1e-3, "{load:?}: {b} against {}", settled.t_b_degc);
        }
    }

    #[test]
    fn zone_a_settles_where_the_specification_says() {
        let site = Simulators::new(&World::default(), &Values::new(Vec::new())).unwrap();
        for (p_a, pump, told) in [(100.0, 1.0, 32.75), (100.0, 0.7, 33.90), (100.0, 0.5, 35.42), (150.0, 1.0, 34.15)] {
            let t = site.settled(&ThermalOverride::default(), &load(p_a, 44.0, pump, 0.7, 25.0)).t_a_degc;
            assert!((t - told).abs() < 0.006, "{p_a} MW at pump {pump}: {t} °C, {told} °C told");
        }
    }

    #[test]
    fn the_least_value_is_found_to_the_bit_that_matters() {
        assert_eq!(least(0.0, 1.0, |x| x > 2.0), None);
        assert_eq!(least(0.0, 1.0, |_| true), Some(0.0));
        assert!((least(0.0, 1.0, |x| x * x >= 0.5).unwrap() - 0.5_f64.sqrt()).abs() < 1e-9);
    }
}
