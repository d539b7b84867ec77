//! What a hardware planner makes of its observations: state, commitment, and heat that no observation shows.
//!
//! The 18 observations give the rigid IT power of both zones only as a sum. The zones' temperatures tell the rest: the
//! plant's thermal step is linear in the heat, so two temperatures and the levers between them give the heat exactly.
//! A fault that nobody announced shows up as heat as well, which is what makes the plan free of offset.

use serde::{Deserialize, Serialize};

use super::site::{Heat, Site};
use crate::control::rule_based::entry;
use crate::plant::c2g::thermal::Twin;

/// What the planner holds to be true before a tick.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(in crate::control) struct View {
    /// Temperature of zone A and B, degC.
    pub t_degc: [f64; 2],
    /// State of charge, 0..1.
    pub soc: f64,
    /// Signal that this tick is scored against, −1..1.
    pub regd: f64,
    /// Commitment, MW.
    pub committed_mw: f64,
    /// Batch work that arrives on a tick, MW.
    pub arrived_mw: f64,
    /// Batch work waiting, MW of one tick.
    pub backlog_mw: f64,
    /// Energy price, $/MWh.
    pub lmp_usd: f64,
    /// Ambient, degC.
    pub t_ambient_degc: f64,
    /// Rigid IT power of both zones, MW.
    pub base_mw: f64,
}

/// Memory between ticks.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub(in crate::control) struct Observer {
    last: Option<View>,
    /// Whether `last` is of the tick before and was measured, not carried on.
    fresh: bool,
    /// Heat of both zones as the temperatures told it, MW.
    heat_mw: Option<[f64; 2]>,
}

/// Share of the rigid power that stands in zone A before the temperatures have told it.
const FIRST_SHARE_A: f64 = 0.3;

impl Observer {
    /// Takes in an observation and the levers that were applied since the one before.
    ///
    /// An observation of nothing but zeros is none: the as-shipped program hands it out on the first tick of an
    /// interval (D-16). The last view is carried on then, the signal by its law.
    pub fn take(&mut self, site: &Site, tick: &Twin, obs: &[f64], held: &[f64]) -> Option<View> {
        let blank = obs.iter().all(|&x| x == 0.0) || obs.iter().any(|x| !x.is_finite());
        if blank {
            let mut view = self.last?;
            view.regd *= site.grid.regd.rho;
            self.last = Some(view);
            self.fresh = false;
            return Some(view);
        }
        let p = &site.params;
        let cap_mw = p.site.facility_cap_kw / 1000.0;
        let view = View {
            t_degc: [entry(obs, 0) * p.site.t_safe_degc, entry(obs, 1) * p.site.t_safe_degc],
            soc: entry(obs, 2),
            regd: entry(obs, 6),
            committed_mw: entry(obs, 17) * site.scenario.committed_mw_max,
            arrived_mw: entry(obs, 4) * cap_mw,
            backlog_mw: entry(obs, 16) * site.flex_max_mw(),
            lmp_usd: entry(obs, 7) * 200.0,
            t_ambient_degc: site.ambient_degc(entry(obs, 13)),
            base_mw: entry(obs, 3) * cap_mw,
        };
        if let (Some(before), true) = (self.last, self.fresh) {
            self.heat_mw = Some(told(site, tick, &before, &view, entry(held, 1), entry(held, 2)));
        }
        self.last = Some(view);
        self.fresh = true;
        Some(view)
    }

    /// Heat that the coming ticks are planned with: what the last one had.
    pub fn heat(&self, view: &View) -> Heat {
        let guess = [FIRST_SHARE_A * view.base_mw + view.arrived_mw, (1.0 - FIRST_SHARE_A) * view.base_mw];
        let [p_a_mw, p_b_mw] = self.heat_mw.unwrap_or(guess);
        Heat { p_a_mw, p_b_mw, t_ambient_degc: view.t_ambient_degc }
    }
}

/// Heat of both zones between two views, MW: the inverse of the plant's thermal step, which is linear in it.
fn told(site: &Site, tick: &Twin, before: &View, after: &View, pump: f64, hvac: f64) -> [f64; 2] {
    let at = |p_mw: f64| {
        let heat = Heat { p_a_mw: p_mw, p_b_mw: p_mw, t_ambient_degc: before.t_ambient_degc };
        site.heat(tick, before.t_degc, pump, hvac, &heat)
    };
    let (none, some) = (at(0.0), at(100.0));
    let mut heat = [0.0; 2];
    for (zone, out) in heat.iter_mut().enumerate() {
        let [zero, hundred, found] = [&none, &some, &after.t_degc].map(|t| t.get(zone).copied().unwrap_or(0.0));
        *out = (100.0 * (found - zero) / (hundred - zero)).clamp(0.0, 400.0);
    }
    heat
}
