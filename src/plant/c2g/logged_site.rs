//! Power chain and cooling of a tick, found again from what a transition log tells of them (core 3 and 4).
//!
//! Voltage tells reactive power, and that tells how IT power is shared by the zones, whose racks have different power
//! factors. What is found is run through the models again: where facility power or temperatures come out otherwise than
//! recorded, something else was at work (a fault, a dip), and nothing is claimed.

use super::electrical::{Chain, Flow};
use super::thermal::{Cooling, Load, Twin};

/// What the log tells of a tick. Powers in MW, temperatures in °C.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told {
    /// Zones A and B before the tick.
    pub before_degc: [f64; 2],
    /// Zones A and B after it.
    pub after_degc: [f64; 2],
    /// Ambient that the cooling felt.
    pub ambient_degc: f64,
    /// Speed of the pump.
    pub pump: f64,
    /// Effort of the air handling.
    pub hvac: f64,
    /// Draw at the grid connection.
    pub facility_mw: f64,
    /// IT power of the chain.
    pub it_mw: f64,
    /// Rigid and served work: the heat of both zones.
    pub demand_mw: f64,
    /// Voltage at the grid connection, pu.
    pub v_pu: f64,
    /// Factor on the conductances of cooling that the scenario sets.
    pub fault: f64,
}

/// What follows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Site {
    /// The power chain.
    pub flow: Flow,
    /// The cooling.
    pub cooling: Cooling,
    /// Heat of zones A and B, MW; NaN where both stand at idle power, so that it cannot be told.
    pub heat_mw: [f64; 2],
}

/// Largest differences that rounding to binary32 explains: power, MW; temperature, K; voltage, pu.
const POWER_MW: f64 = 5e-3;
const TEMPERATURE_K: f64 = 2e-5;
const VOLTAGE_PU: f64 = 1e-6;

/// Finds it. `lenient` asks for no agreement: it says what would follow from columns that are there.
pub(super) fn find(told: &Told, chain: &Chain, twin: &Twin, lenient: bool) -> Option<Site> {
    let [t_a, t_b] = told.after_degc;
    let chiller_mw = twin.chiller_mw(t_a, told.pump, told.fault);
    let air_mw = twin.params().zone_b.hvac_max_mw * told.hvac.clamp(0.0, 1.0)
        + twin.params().pump_max_mw * told.pump.clamp(0.0, 1.0).max(twin.params().pump_min_speed);
    let (it_a_mw, it_b_mw) = chain.shares(told.it_mw, told.facility_mw, told.v_pu, chiller_mw + air_mw);
    let (idle_a_mw, idle_b_mw) = chain.idle_mw();
    // Idle power is exact, and below it the chain tells nothing of the heat.
    let at_idle = |mw: f64, idle: f64| (mw - idle).abs() < POWER_MW;
    let (still_a, still_b) = (at_idle(it_a_mw, idle_a_mw), at_idle(it_b_mw, idle_b_mw));
    let (it_a_mw, it_b_mw) = match (still_a, still_b) {
        (true, _) => (idle_a_mw, told.it_mw - idle_a_mw),
        (false, true) => (told.it_mw - idle_b_mw, idle_b_mw),
        (false, false) => (it_a_mw, it_b_mw),
    };
    let heat_mw = match (still_a, still_b) {
        (true, true) => [f64::NAN; 2],
        (true, false) => [told.demand_mw - it_b_mw, it_b_mw],
        (false, _) => [it_a_mw, told.demand_mw - it_a_mw],
    };
    let flow = chain.from_it(it_a_mw, it_b_mw, chiller_mw, air_mw);
    // Nothing but temperatures decides how zone B sheds its heat.
    let [heat_a, heat_b] = if heat_mw.iter().any(|h| h.is_nan()) {
        let half = told.demand_mw / 2.0;
        [half, half]
    } else {
        heat_mw
    };
    let [before_a, before_b] = told.before_degc;
    let load = Load {
        p_a_mw: heat_a,
        p_b_mw: heat_b,
        hvac: told.hvac,
        pump: told.pump,
        t_ambient_degc: told.ambient_degc,
        fault_a: told.fault,
        fault_b: told.fault,
    };
    let cooling = twin.step(before_a, before_b, &load);
    let inputs = before_a + before_b + t_a + t_b + told.ambient_degc + told.pump + told.hvac + told.facility_mw;
    if (inputs + told.it_mw + told.demand_mw + told.v_pu).is_nan() {
        return None;
    }
    let near = |a: f64, b: f64, by: f64| (a - b).abs() <= by + 1e-6 * b.abs();
    let warm = heat_mw.iter().any(|h| h.is_nan())
        || (near(cooling.t_a_degc, t_a, TEMPERATURE_K) && near(cooling.t_b_degc, t_b, TEMPERATURE_K));
    let agrees = near(flow.facility_mw, told.facility_mw, POWER_MW) && near(flow.v_pcc_pu, told.v_pu, VOLTAGE_PU);
    (lenient || (agrees && warm)).then_some(Site { flow, cooling, heat_mw })
}
