//! From plan to levers: on each tick the difference between what is asked now and what the plan foresaw is put on
//! the levers in the order of what they cost.
//!
//! The plan knows the signal's mean only, the tick knows the signal. Air handling comes first: it moves 50 MW at no
//! cost of its own while zone B has room. Battery and pump follow. Work is shed last, and only where the error would
//! cost more than the throughput that is lost.

use super::observer::View;
use super::site::Site;
use crate::plant::c2g::params::Tracking;

/// Levers in the units of the plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::control) struct Levers {
    /// Batch throttle, 0..1.
    pub throttle: f64,
    /// Pump speed, 0..1.
    pub pump: f64,
    /// HVAC effort, 0..1.
    pub hvac: f64,
    /// Battery at its terminals, MW, + = discharge.
    pub bess_mw: f64,
}

/// How far the tick may move a lever below what is planned, because heat forbids more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::control) struct Guard {
    /// Lowest pump speed.
    pub pump_low: f64,
    /// Lowest HVAC effort.
    pub hvac_low: f64,
    /// Lowest throttle: below it work would wait.
    pub throttle_low: f64,
    /// Highest discharge, MW.
    pub discharge_mw: f64,
    /// Highest charge, MW.
    pub charge_mw: f64,
}

/// Reduction that levers deliver at a view, MW (core 8.2).
pub(in crate::control) fn delivered_mw(site: &Site, view: &View, levers: &Levers) -> f64 {
    let cooling = site.cooling_mw(levers.pump, levers.hvac);
    match site.params.fidelity.tracking {
        Tracking::Code => (1.0 - levers.throttle) * view.arrived_mw + levers.bess_mw - cooling,
        // Planners keep the throttle where all work is served.
        Tracking::Physical => levers.bess_mw - cooling,
        Tracking::SeedLiteral => view.arrived_mw + levers.bess_mw,
    }
}

/// Moves a lever by as much of `gap_mw` as fits; `per_mw` is the lever's change for one megawatt of reduction.
fn take(lever: &mut f64, gap_mw: &mut f64, per_mw: f64, low: f64, high: f64) {
    if low > high || per_mw == 0.0 {
        return;
    }
    let wanted = *lever + *gap_mw * per_mw;
    let given = wanted.clamp(low.min(*lever), high.max(*lever));
    *gap_mw -= (given - *lever) / per_mw;
    *lever = given;
}

/// The levers of this tick.
pub(in crate::control) fn allocate(site: &Site, view: &View, plan: Levers, guard: &Guard) -> Levers {
    let thermal = &site.params.site.thermal;
    let mut u = plan;
    let demanded = view.committed_mw * view.regd;
    let mut gap = demanded - delivered_mw(site, view, &u);
    let shed_pays = site.throttle_counts()
        && site.error_price_per_mw(view.committed_mw) * view.arrived_mw > site.params.reward.throughput;
    let per_throttle = if view.arrived_mw > 0.0 { -1.0 / view.arrived_mw } else { 0.0 };
    if gap < 0.0 && site.throttle_counts() {
        // Too much is delivered: work that was shed comes back first.
        let planned = u.throttle;
        take(&mut u.throttle, &mut gap, per_throttle, planned, 1.0);
    }
    let cooling_counts = site.cooling_counts();
    if cooling_counts {
        take(&mut u.hvac, &mut gap, -1.0 / thermal.zone_b.hvac_max_mw, guard.hvac_low, 1.0);
    }
    take(&mut u.bess_mw, &mut gap, 1.0, -guard.charge_mw, guard.discharge_mw);
    if cooling_counts {
        take(&mut u.pump, &mut gap, -1.0 / thermal.pump_max_mw, guard.pump_low, 1.0);
    }
    if gap > 0.0 && shed_pays {
        take(&mut u.throttle, &mut gap, per_throttle, guard.throttle_low, 1.0);
    }
    u.bess_mw = u.bess_mw.clamp(-guard.charge_mw, guard.discharge_mw);
    u
}
